# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Records of a listing that do not come as a plain list: by their ids, or in groups. Pure.

A record holds values that are no objects, and has an id of its own. So neither form can be taken for a record, nor a
record for one of these. In a place ``*`` is each value of an object, or each element of a list.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from ..._core.values import folded, identity, is_uuid, plain
from ..contract.lines import RECORDS, names_of
from .spelling import own_id

GROUP = "(group)"  # what a group says of itself, kept with each of its records


class Listed(NamedTuple):
    """``groups``: how many the rows came in; 0 where they did not."""

    rows: list[Any]
    place: str
    groups: int = 0


def by_id(*places: tuple[str, Any], record: str) -> Iterator[Listed]:
    """Each of these values that is an object of records by id. One may have its id in its key alone."""
    names = names_of(record, "id")
    for place, value in places:
        if isinstance(value, dict) and value and all(isinstance(row, dict) for row in value.values()):
            ids = {key: identity(own_id(folded(row), names)) for key, row in value.items()}
            place = f"{place}.*" if place else "*"
            if all(found == identity(key) for key, found in ids.items()):
                yield Listed(list(value.values()), place)
            elif not any(ids.values()) and all(map(is_uuid, value)):
                name = RECORDS[record]["id"].default[0]
                yield Listed([{name: key, **row} for key, row in value.items()], place)


def ungrouped(listed: Listed, record: str) -> Listed:
    """The records of a list of groups, such as one for each server: objects without an id, each with a list of them."""
    names, found = names_of(record, "id"), []
    member = _member(listed.rows[0], names) if listed.rows else None  # of records, the first one settles it
    if member is None or any(_member(each, names) != member for each in listed.rows):
        return listed
    for group in listed.rows:
        own = {key: value for key, value in group.items() if key != member}
        found += [{**row, GROUP: own} if own else row for row in group[member]]
    if not found:
        return listed
    return Listed(found, f"{listed.place}.*.{member}".lstrip("."), len(listed.rows))


def _member(group: Any, names: tuple[str, ...]) -> str | None:
    """The member with the records of a group; None for what is none."""
    if not isinstance(group, dict) or own_id(folded(group), names):
        return None
    lists = [key for key, value in group.items() if isinstance(value, list) and _are_records(value, names)]
    return lists[0] if len(lists) == 1 else None


def _are_records(value: list[Any], names: tuple[str, ...]) -> bool:
    return all(isinstance(row, dict) and own_id(folded(row), names) for row in value)


def is_record(data: Any, record: str) -> bool:
    """Whether it is one record by itself: with an id and a name, and no unknown member that could be the list."""
    row: Mapping[str, Any] = folded(data) if isinstance(data, dict) else {}
    own = {plain(place.partition(".")[0]) for line in RECORDS[record].values() for place in line.default}
    lists = (value for name, value in row.items() if isinstance(value, list) and plain(name) not in own)
    named = any(isinstance(row.get(name), str) for name in names_of(record, "name"))
    unclear = any(isinstance(one, dict) for each in lists for one in each)
    return named and bool(own_id(row, names_of(record, "id"))) and not unclear
