# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a run begins with: the contract that is given, and the lines of the file that an earlier run has written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from .._api.contract.file import document_of
from .._core.errors import BadInput
from .inference.draft import Draft, reasons_in

_AS_BEFORE = "so it was in this file before"


def beginning(options: Mapping[str, Any], path: str, content: str) -> tuple[Draft, dict[str, Any]]:
    """The draft, and what the file holds of it. ``content``: of the file at ``path``, "" for none.

    Raises ``BadInput`` where one of the two is no contract.
    A line of the contract that is given counts before one of the file. None of the file is left out: what this run
    does not find may still be so.
    """
    given = document_of(options["contract"], options["trusted_owner"])
    own = document_of(path, options["trusted_owner"]) if content else {}
    draft = Draft(_merged(own, given))
    try:
        draft.contract  # noqa: B018, it is checked here
    except BadInput as error:
        advice = "Move the file away, or give it as contract (NXAI_CONTRACT) alone."
        raise replace(error, answer=f"{error.answer}, with the lines of {path}", advice=advice) from None
    mine, said = Draft(own), reasons_in(content)
    found = [key for key in mine.leaves if Draft(given).value(key) is None]
    reasons = {key: said.get(key, _AS_BEFORE) for key in found}
    return Draft(draft.document, reasons, said), own


def _merged(below: Mapping[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    found = dict(below)
    for name, value in above.items():
        inner = found.get(name)
        both = isinstance(inner, Mapping) and isinstance(value, Mapping)
        found[name] = _merged(inner, value) if both else value  # type: ignore[arg-type]
    return found
