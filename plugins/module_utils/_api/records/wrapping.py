# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Where the list is in the answer to a listing, and the number of all rows: as the contract says, or as is usual. Pure.

A place is written as the contract writes it: names with dots between them, "" for the answer itself.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from ..._core.values import plain
from ..contract.lines import names_of
from ..contract.translation import STEP, path_of, value_at
from .beside import is_set, says_none_yet, says_part
from .rows import Listed, by_id, ungrouped

_WRAPPERS = ("items", "data", "results", "rows")
_OWN_NAMES = {"site": ("systems", "sites"), "model": ("functions", "models")}
_TOTALS = ("total", "count")
_MESSAGES = ("message", "messages", "detail", "reason", "error", "errors", "warning", "warnings")


class Told(NamedTuple):
    total: int
    place: str


def find_rows(data: Any, record: str, places: Sequence[str]) -> Listed | None:
    """The list: at one of ``places``, in a member of a usual name, or else the only list of objects.

    None: it is not clear which it is, as where two places hold different ones, or there is none.
    ``null`` is an empty list only where such a member holds it.
    """
    known = [Listed(value, place) for place in places if isinstance(value := value_at(data, path_of(place)), list)]
    if known:
        return ungrouped(known[0], record) if all(each.rows == known[0].rows for each in known) else None
    if not isinstance(data, dict):
        return None
    named = list(_named(data, (*_WRAPPERS, *_OWN_NAMES.get(record, (f"{record}s",)))))
    lists = [ungrouped(Listed(value, place), record) for place, value in named if isinstance(value, list)]
    lists = lists or list(by_id(("", data), *named, record=record))
    lists = lists or list(_lists_of_objects(data, record))
    if lists:
        return lists[0] if len(lists) == 1 else None
    nulls = [place for place, value in named if value is None]
    nulls += [place for place in places if _is_null(data, place)]
    return Listed([], nulls[0]) if nulls and not _complains(data) else None


def find_total(data: Any, listed: Listed) -> Told | None:
    """The number of all rows, where it is a member beside the list. ``count`` may be that of this very page."""
    outer = listed.place.rpartition(".")[0]
    for way in dict.fromkeys((outer, "")):
        row = value_at(data, path_of(way))
        names = [key for name in _TOTALS for key in row if plain(key) == name] if isinstance(row, dict) else []
        for key in names:
            said = str(row[key]).strip()
            if said.isascii() and said.isdigit() and len(said) < 10:
                of_this_page = plain(key) == "count" and int(said) == len(listed.rows)
                return None if of_this_page else Told(int(said), f"{way}.{key}" if way else key)
    return None


def doubt_of(data: Any, listed: Listed) -> str:
    """What beside the list of the last page says that it failed, or is a part, in words; "" for nothing."""
    return next((f"{place} beside it" for place, name, value in _beside(data, listed) if says_part(name, value)), "")


def doubt_of_none(data: Any, listed: Listed) -> str:
    """What in an answer without rows speaks against there being none, where no total says it; "" for nothing."""
    if isinstance(data, dict) and value_at(data, path_of(listed.place)) is None:
        return "it holds null, which is not an empty list"
    said = (
        place
        for place, name, value in _beside(data, listed)
        if (plain(name) in _MESSAGES and is_set(value)) or says_none_yet(name, value)
    )
    return next((f"an empty list came, and {place} beside it" for place in said), "")


def _beside(data: Any, listed: Listed) -> Iterator[tuple[str, str, Any]]:
    """Place, name and value of each member beside the way to the list, and of those one step further."""
    outer, way = data, ""
    for step in path_of(listed.place):
        if not isinstance(outer, dict) or step == "*":
            return  # these are the rows
        for key, value in outer.items():
            if key != step:
                yield f"{way}{key}", key, value
                if isinstance(value, dict):
                    yield from ((f"{way}{key}.{name}", name, inner) for name, inner in value.items())
        outer, way = outer.get(step), f"{way}{step}."


def _named(data: dict[str, Any], names: tuple[str, ...]) -> Iterator[tuple[str, Any]]:
    """The members of these names, and those inside of one."""
    for key, value in data.items():
        if plain(key) in names:
            yield key, value
            if isinstance(value, dict):
                yield from ((f"{key}.{inner}", each) for inner, each in value.items() if plain(inner) in names)


def _lists_of_objects(data: dict[str, Any], record: str) -> Iterator[Listed]:
    if set(map(str.lower, data)) & set(names_of(record, "id")):
        return  # a record by itself: its lists are its own
    for key, value in data.items():
        if isinstance(value, list) and value and all(isinstance(row, dict) for row in value) and STEP.fullmatch(key):
            yield Listed(value, key)


def _is_null(data: dict[str, Any], place: str) -> bool:
    outer, _dot, name = place.rpartition(".")
    row = value_at(data, path_of(outer))
    return bool(name) and isinstance(row, dict) and any(plain(key) == plain(name) and row[key] is None for key in row)


def _complains(data: dict[str, Any]) -> bool:
    """Whether it gives a reason why there is nothing."""
    return any(value and plain(key) in ("message", "error", "errors") for key, value in data.items())
