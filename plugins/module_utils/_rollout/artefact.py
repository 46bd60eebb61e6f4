# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The journal as a text that one job hands on to the next, and whether it is to be taken. Pure.

It is untrusted: all of it is judged before any of it is used.
"""

from __future__ import annotations

import base64
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .._core.errors import BadInput
from .._core.limits import Memory, TooLarge, as_text, inflated
from .journal import Content, content_of
from .ledger import Ledger
from .lines import Wrong

MOST_BYTES = 32 << 20  # of a journal that is handed on: some 100,000 cameras
MOST_PACKED = MOST_BYTES // 2  # characters as handed on: a whole one packs to a fifth
_TRIED = "Read pipeline_rollout_saved"
_ADVICE = "Hand it on unchanged, or leave it out."


@dataclass(frozen=True)
class Handed:
    """What another job left. ``data``: the bytes of its journal."""

    data: bytes
    content: Content
    ledger: Ledger


def pack(data: bytes) -> str:
    """A journal as text that no template engine takes for its own."""
    return base64.b64encode(zlib.compress(data)).decode()


def unpack(saved: str) -> Handed:
    """Raises BadInput for what no job hands on."""
    try:
        if len(saved) > MOST_PACKED:
            raise TooLarge(f"it has more than {MOST_PACKED >> 20} MiB")
        data = inflated(base64.b64decode(saved, validate=True), MOST_BYTES)
        as_text(data, Memory.of(data))
    except TooLarge as error:
        advice = f"{_ADVICE} Jobs that use the same pipeline_rollout_path need none."
        raise BadInput(_TRIED, str(error), advice) from None
    except ValueError as error:
        raise BadInput(_TRIED, f"it is not what an earlier run handed on ({error})", _ADVICE) from None
    content = content_of(data, _TRIED, _ADVICE)
    if content.torn or not content.rows:
        raise BadInput(_TRIED, "it is not what an earlier run handed on (it is not whole)", _ADVICE)
    try:
        ledger = Ledger.of(content.rows)
    except Wrong as error:
        raise BadInput(_TRIED, f"it is not what this version hands on: {error}", _ADVICE) from None
    if ledger.plan is None:
        raise BadInput(_TRIED, "it is not what an earlier run handed on (it holds no plan)", _ADVICE)
    return Handed(data, content, ledger)


def text_of(saved: Any, rollout: str) -> str:
    """The text for this rollout: what is handed on is a dictionary by the names of rollouts, or one text."""
    found = saved.get(rollout, "") if isinstance(saved, Mapping) else saved
    if found is not None and not isinstance(found, str):
        raise BadInput(_TRIED, "it is neither a text nor a dictionary of texts", _ADVICE)
    return found or ""


def to_take(handed: Handed, here: Content, rollout: str, id_here: str) -> tuple[bool, str]:
    """Whether the journal that was handed on takes the place of the one at hand, and why not, for people.

    Raises BadInput where both went on in different ways from the same beginning: neither knows what the other wrote.
    """
    if handed.ledger.rollout != rollout:
        return False, f"pipeline_rollout_saved is of the rollout {handed.ledger.rollout}: it is left aside."
    if not here.rows:
        return True, ""
    if handed.ledger.id != id_here:
        return False, "pipeline_rollout_saved is of an earlier rollout of this name: it is left aside."
    if here.continues(handed.content):
        return False, ""
    if handed.content.continues(here):
        return True, ""
    same = sum(one == other for one, other in zip(here.sums, handed.content.sums, strict=False))
    raise BadInput(
        _TRIED,
        f"after line {same} it and the journal at hand went on in different ways, so two runs were at work",
        "Each knows cameras that the other does not. Take back what the one at hand wrote, without "
        "pipeline_rollout_saved, by pipeline_rollout_action=rollback. Then do the same with the other one, in a new "
        "pipeline_rollout_path.",
    )
