# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What several jobs have left of their parts of a rollout, as one. It may be anything: other jobs made it. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from .._core.errors import BadInput
from .._core.wording import printable
from .page.words import KINDS

WHOLE = "pipeline_rollout_summary"
_PART = re.compile(rf"{WHOLE}_([0-9]{{1,4}})_of_([0-9]{{1,4}})")
_NOT_KNOWN = "not known"


def added_up(left: Mapping[str, Any]) -> dict[str, Any]:
    """One summary, and lines for people. ``left`` is what was left, by the names of the variables."""
    parts = _parts(left)
    ends = [end if isinstance(end, Mapping) else {} for end in parts.values()]
    statuses = [_text(end, "status") or _NOT_KNOWN for end in ends]
    totals = {kind: sum(_number(end, kind) for end in ends) for kind in ("devices", *KINDS)}
    lines = [_line(name, end, status) for name, end, status in zip(parts, ends, statuses, strict=True)]
    status = _worst(statuses)
    message = lines[0] if len(parts) == 1 else _message(statuses)
    name = next(filter(None, (_text(end, "name") for end in ends)), "")
    lines += [f"all {len(parts)} parts: {_numbers(totals)}"] if len(parts) > 1 else []
    return {"name": name, "status": status, "message": message, "totals": totals, "lines": lines}


def _parts(left: Mapping[str, Any]) -> dict[str, Any]:
    """By what people call them. A part that left nothing is None."""
    found = {(int(match[1]), int(match[2])): left[name] for name in left if (match := _PART.fullmatch(name))}
    if not found:
        return {"the rollout": left.get(WHOLE)}
    counts = sorted({count for _number, count in found})
    if len(counts) > 1:
        raise BadInput(
            "adding up the parts of a rollout",
            f"there are parts of {counts[0]} and parts of {counts[-1]}",
            "Let one workflow have parts of one number.",
        )
    return {
        f"part {number} of {counts[0]}": found.get((number, counts[0]))
        for number in sorted({*range(1, counts[0] + 1), *(number for number, _count in found)})
    }


def _worst(statuses: Sequence[str]) -> str:
    others = [each for each in statuses if each != "finished"]
    return _NOT_KNOWN if _NOT_KNOWN in others else others[0] if others else "finished"


def _message(statuses: Sequence[str]) -> str:
    numbers = {each: statuses.count(each) for each in dict.fromkeys(statuses)}
    return f"{len(statuses)} parts: {', '.join(f'{number} {_said(status)}' for status, number in numbers.items())}."


def _line(name: str, end: Mapping[str, Any], status: str) -> str:
    if not end:
        return f"{name}: {status}. The job has left nothing: it was killed, or did not begin."
    totals = {kind: _number(end, kind) for kind in ("devices", *KINDS)}
    return " ".join(filter(None, (f"{name}: {_said(status)}, {_numbers(totals)}.", _text(end, "message"))))


def _numbers(totals: Mapping[str, int]) -> str:
    each = [f"{totals[kind]} {word}" for kind, (_letter, _sign, word) in KINDS.items() if totals[kind]]
    return f"{totals['devices']} cameras" + (f" ({', '.join(each)})" if each else "")


def _said(status: str) -> str:
    return status.replace("_", " ")


def _text(end: Mapping[str, Any], key: str) -> str:
    value = end.get(key)
    return printable(value) if isinstance(value, str) else ""


def _number(end: Mapping[str, Any], kind: str) -> int:
    totals = end.get("totals")
    value = totals.get(kind) if isinstance(totals, Mapping) else None
    return value if isinstance(value, int) and not isinstance(value, bool) else 0
