# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Other ways to ask for the pages of a listing, the likeliest first. Pure.

A service has one way, so each proposal is for all listings. That rows come twice refutes one: a number or a cursor that
is passed over gives the first page again. So numbers from 0 come before those from 1: the second page of a service that
counts from 1 has the number 2, and what it would give for 1 was there already.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from ..._api.contract.operations import OPERATIONS
from ..._core.values import plain
from .draft import Lines, Proposal

LISTINGS = tuple(each.name for each in OPERATIONS.values() if each.pages and each.api != "cloud")
_SPELLINGS = (("limit", "offset"), ("Top", "Skip"), ("top", "skip"), ("$top", "$skip"), ("limit", "skip"),
              ("PageSize", "Offset"), ("Count", "Start"))  # fmt: skip
_NUMBERS = (("PageSize", "Page"), ("page_size", "page"), ("PageSize", "PageNumber"), ("pageSize", "pageNumber"),
            ("page_size", "page_number"), ("PageSize", "PageIndex"), ("pageSize", "pageIndex"),
            ("Limit", "Offset"))  # fmt: skip
SIZES = ("Limit", "limit", "PageSize", "pageSize", "page_size", "per_page", "perPage", "Size", "size", "Count", "count")
_NEXT = ("next", "cursor", "continuation", "marker", "pagetoken")  # in the name of a member
_NOT_NEXT = ("prev", "has", "last", "first", "total", "count")
_CURSORS = ("Cursor", "cursor", "After", "after", "PageToken", "pageToken", "page_token", "ContinuationToken",
            "continuationToken", "Marker", "marker", "StartingAfter", "starting_after", "Token", "token",
            "Page", "page")  # fmt: skip
_BEFORE_THE_NAME = re.compile(r"^(x[-_])?(next)?[-_]*", re.IGNORECASE)
_MOST_NAMES = 22


def page_ways(data: Any, headers: Mapping[str, str]) -> Iterator[Proposal]:
    """``data`` and ``headers``: of the last answer."""
    yield from _cursors(data, headers)
    why = "rows came twice, or not all of them, when the paging was asked for as known"
    for names in _SPELLINGS:
        yield Proposal(named(*names), why)
    for limit, number in _NUMBERS:
        for way, first in (("pages_from_0", 0), ("pages", 1)):
            yield Proposal({**of_all(way), **named(limit, number)}, f"the pages have numbers, from {first}")


def spellings() -> Iterator[Proposal]:
    why = "a page that was asked for as known had other rows than asked for"
    return (Proposal(named(*names), why) for names in _SPELLINGS)


def sizes() -> Iterator[Proposal]:
    """Other names for how many rows are wanted, where the number of the page has one already."""
    why = "one row was asked for by this name, and came"
    return (Proposal({f"operations.{each}.query.Limit": name for each in LISTINGS}, why) for name in SIZES)


def of_all(way: str) -> Lines:
    return {f"operations.{each}.paging": way for each in LISTINGS}


def named(limit: str, offset: str) -> Lines:
    names = {"Limit": limit, "Offset": offset}
    return {f"operations.{each}.query.{name}": value for each in LISTINGS for name, value in names.items()}


def _cursors(data: Any, headers: Mapping[str, str]) -> Iterator[Proposal]:
    """Where something leads to the next page. Only a second page proves what its parameter is called."""
    in_headers = ((name.lower(), value) for name, value in headers.items() if _leads(name))
    for place, value in (*_leading(data), *in_headers):
        lines = {**of_all("cursor"), "fields.answer.next": place}
        why = f"{place} leads to the next page"
        if not value or (isinstance(value, str) and value.startswith(("http:", "https:", "/", "?"))):
            yield Proposal(lines, why)
        elif isinstance(value, (str, int)) and not isinstance(value, bool):
            for name in _parameters(place.rpartition(".")[2]):
                query = {f"operations.{each}.query.Offset": name for each in LISTINGS}
                yield Proposal({**lines, **query}, why)


def _leading(data: Any) -> Iterator[tuple[str, Any]]:
    """The members that may lead on, with their places: beside the list, or in an object there."""
    for key, value in data.items() if isinstance(data, dict) else ():
        if _leads(key) and not isinstance(value, (dict, list)):
            yield key, value
        for inner, each in value.items() if isinstance(value, dict) else ():
            if _leads(inner) and not isinstance(each, (dict, list)):
                yield f"{key}.{inner}", each


def _leads(name: object) -> bool:
    words = plain(name)
    return words == "after" or (any(each in words for each in _NEXT) and not words.startswith(_NOT_NEXT))


def _parameters(member: str) -> list[str]:
    """What a member is called, and that without the word next, come first."""
    bare = _BEFORE_THE_NAME.sub("", member)
    own = [each for each in (bare, bare[:1].lower() + bare[1:], member) if each]
    return [*dict.fromkeys((*own, *_CURSORS))][:_MOST_NAMES]
