# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The numbers of all parts of a rollout, added up of what their jobs left. Pure.

These are variables of another job. Whatever is in them, what is not known is not counted.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from .._core.errors import BadInput
from .._core.values import mapping, text
from .._core.wording import counted, shortened
from .report import KINDS, MOST_FAILED, failed_lines

_NAME = re.compile(r"pipeline_rollout_part_([0-9]{1,4})_of_([0-9]{1,4})")
# Where one part stands so, the whole does: the first of these that there is.
_ORDER = ("interrupted", "rolling_back", "stopped", "running", "paused", "rolled_back", "finished")
_TRIED = "Add up the parts"


def total(artefacts: Mapping[str, Any], rollout: str) -> dict[str, Any]:
    """The summary of the whole. ``missing``: the parts of which nothing is known. Raises BadInput where none is."""
    parts = {place: mapping(value) for name, value in artefacts.items() if (place := _place(name))}
    mine = {place: mapping(part.get("summary")) for place, part in parts.items() if _is_of(rollout, place, part)}
    if not mine:
        advice = "Run this in the node after those of the parts, with the same pipeline_rollout_name."
        raise BadInput(_TRIED, f"no part of {rollout} has left its numbers", advice)
    counts = {count for _number, count in mine}
    if len(counts) > 1:
        answer = f"there are parts of {' and of '.join(map(str, sorted(counts)))}"
        raise BadInput(_TRIED, answer, "Divide a rollout once. Another division is another pipeline_rollout_name.")
    count = counts.pop()
    missing = [f"{number}/{count}" for number in range(1, count + 1) if (number, count) not in mine]
    rows = [{"part": f"{number}/{of}", **_part(mine[number, of])} for number, of in sorted(mine)]
    status = _status([each["status"] for each in rows], bool(missing))
    found = {
        "name": rollout,
        "status": status,
        "message": _message(rows, missing, count),
        "how_to_go_on": _next_step(status, mine.values()),
        "totals": {kind: sum(each["totals"][kind] for each in rows) for kind in ("devices", *KINDS)},
        "parts": rows,
        "missing": missing,
        **_failures(mine.values()),
    }
    return {**found, "lines": [found["message"], *_lines(rows), *failed_lines(found)]}


def _place(name: str) -> tuple[int, int] | None:
    found = _NAME.fullmatch(name)
    place = (int(found.group(1)), int(found.group(2))) if found else (0, 0)
    return place if 1 <= place[0] <= place[1] else None


def _is_of(rollout: str, place: tuple[int, int], part: Mapping[str, Any]) -> bool:
    """With its part, the name is a text for YAML as well. Alone it may have become a number or a date on its way."""
    whole = "{} {}/{}".format(rollout, *place)
    return part.get("name") == rollout or mapping(part.get("summary")).get("name") == whole


def _part(summary: Mapping[str, Any]) -> dict[str, Any]:
    numbers = mapping(summary.get("totals"))
    return {
        "status": text(summary.get("status")) or "",
        "message": text(summary.get("message")) or "",
        "totals": {kind: _number(numbers.get(kind)) for kind in ("devices", *KINDS)},
    }


def _number(value: Any) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) and value > 0 else 0


def _status(statuses: list[str], missing: bool) -> str:
    if missing or any(each not in _ORDER for each in statuses):
        return "interrupted"
    return next(each for each in _ORDER if each in statuses)


def _next_step(status: str, summaries: Iterable[Mapping[str, Any]]) -> str:
    if status not in ("finished", "rolled_back"):
        return "Run the jobs of the other parts again."
    aside = (each for each in summaries if _number(mapping(each.get("totals")).get("aside")))
    return next(filter(None, (text(each.get("how_to_go_on")) for each in aside)), "")


def _message(rows: list[dict[str, Any]], missing: list[str], count: int) -> str:
    standing = Counter(each["status"].replace("_", " ") for each in rows)
    said = ", ".join(f"{number} {status or 'without a status'}" for status, number in standing.most_common())
    unknown = f" Nothing is known of {shortened(missing)}: run these jobs again." if missing else ""
    return f"Of {counted(count, 'part')}: {said}.{unknown}"


def _lines(rows: list[dict[str, Any]]) -> Iterator[str]:
    for row in rows:
        numbers = ", ".join(
            f"{number} {kind}" for kind, number in row["totals"].items() if number and kind != "devices"
        )
        yield f"part {row['part']}: {row['status'].replace('_', ' ')}; {numbers or 'no camera'}"


def _failures(summaries: Any) -> dict[str, Any]:
    """As the summary of a part has them: the causes of all, and the first cameras."""
    causes: Counter[tuple[str, str]] = Counter()
    failed: list[dict[str, Any]] = []
    for summary in summaries:
        for each in filter(None, map(mapping, _rows(summary, "causes"))):
            causes[text(each.get("cause")) or "", text(each.get("status")) or ""] += _number(each.get("devices"))
        for each in filter(None, map(mapping, _rows(summary, "failed"))):
            names = ("site", "site_name", "device", "name", "status", "reason")
            failed.append({name: text(each.get(name)) or "" for name in names})
    rows = [{"cause": cause, "status": status, "devices": number} for (cause, status), number in causes.most_common()]
    return {"failed": failed[:MOST_FAILED], "causes": rows[:MOST_FAILED]}


def _rows(summary: Mapping[str, Any], name: str) -> list[Any]:
    rows = summary.get(name)
    return rows if isinstance(rows, list) else []
