# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""From what a user writes, a name or a UUID, to exactly one record."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any, TypeVar

from ansible_collections.nxai.cloud.plugins.module_utils._errors import BadInput

Record = TypeVar("Record")
_UUID = re.compile(r"\{?([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})\}?", re.IGNORECASE)


def find(wanted: str, records: Iterable[Record], kind: str, where: str) -> Record:
    """The one record whose UUID (case and braces do not matter) or exact name is ``wanted``.

    ``kind`` and ``where`` are for the error: ``find("Lobby", devices, "device", "at site HQ")``. Raises ``BadInput`` if
    there is none (naming near names) or more than one (listing them with their UUIDs).
    """
    among = list(records)
    wanted_id = _bare(wanted)
    found = [record for record in among if _bare(_identity(record)) == wanted_id] if _UUID.fullmatch(wanted) else []
    found = found or [record for record in among if _name(record) == wanted]
    if len(found) == 1:
        return found[0]
    tried = f'Find {kind} "{wanted}" {where}'.rstrip()
    if found:
        listed = ", ".join(f'"{_name(record)}" ({_identity(record)})' for record in found)
        raise BadInput(tried, f"{len(found)} match: {listed}", f"Give the UUID of the {kind} you mean.")
    raise BadInput(tried, f"none of {len(among)} has that name or UUID", _near(wanted, among, kind))


def _identity(record: Any) -> str:
    return str(getattr(record, "uuid", None) or getattr(record, "id", ""))


def _name(record: Any) -> str:
    return str(record.name)


def _bare(text: str) -> str:
    return text.strip("{}").lower()


def _near(wanted: str, among: list[Any], kind: str) -> str:
    import difflib

    names = {_name(record).lower(): _name(record) for record in among}
    near = difflib.get_close_matches(wanted.lower(), names, n=3, cutoff=0.6)
    if near:
        return f"Near: {', '.join(names[name] for name in near)}. Names are exact, with upper and lower case."
    return f"Check the name, and that the token (and act_as) may see that {kind}."
