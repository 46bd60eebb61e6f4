# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Where an answer says that its next page is. Pure.

Only parameters are taken from an address: the next request goes where the first one went, whatever host it names.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from .._core.values import plain
from .._http.answer import Answer
from .._http.operation import Operation
from .contract.translation import path_of, value_at

LINK = "Link"  # the header of RFC 8288
_LINK = re.compile(r"<([^<>]*)>((?:\s*;\s*[\w*-]+\s*(?:=\s*(?:\"[^\"]*\"|[^\s\",;]+))?)*)")
_RELATION = re.compile(r";\s*rel\s*=\s*(?:\"([^\"]*)\"|([^\s\",;]+))", re.IGNORECASE)
_NAME = re.compile(r"[A-Za-z0-9_.$\[\]-]{1,100}")
_MOST_NAMES = 5
_MOST_OF_A_CURSOR = 2000

Query = Mapping[str, str]


class NoCursor(ValueError):
    """There is something where the next page is named, and it is no cursor. Its text says what it is."""


def linked(header: str) -> str:
    """The address of the next page in a header Link, "" where there is none."""
    for found in _LINK.finditer(header):
        relation = _RELATION.search(found.group(2))
        if relation and "next" in (relation.group(1) or relation.group(2) or "").lower().split():
            return found.group(1)
    return ""


def next_page(answer: Answer, operation: Operation, places: Sequence[str]) -> tuple[Query | None, bool]:
    """The parameters that ask for the next page, None at the end; and whether a place for them was there at all.

    Raises ``NoCursor``.
    """
    there = False
    for place in places:
        header = answer.headers.get(place)
        if header is not None:
            value: Any = linked(header) if place.lower() == LINK.lower() else header.strip()
            there = True
        else:
            value = value_at(answer.data, path_of(place))
            there = there or _is_there(answer.data, place)
        if value is None or value is False or value == "":
            continue
        return _parameters(value, operation, place.lower() == LINK.lower()), True
    return None, there


def _is_there(data: Any, place: str) -> bool:
    *outer, last = path_of(place)
    row = value_at(data, tuple(outer))
    return isinstance(row, Mapping) and plain(last) in map(plain, row)


def _parameters(value: Any, operation: Operation, is_address: bool) -> Query:
    if isinstance(value, bool) or not isinstance(value, (str, int)):
        raise NoCursor(type(value).__name__)
    text = str(value)
    if len(text) > _MOST_OF_A_CURSOR or not text.isprintable():
        raise NoCursor("a text that is too long, or cannot be shown")
    if not is_address and not re.match(r"https?://|/|\?", text):
        return {"Offset": text}
    found = _of_address(text, operation)
    if not found:
        raise NoCursor("an address without a parameter that leads on")
    return found


def _of_address(address: str, operation: Operation) -> dict[str, str]:
    """Its parameters that this call does not send by itself, in the known names."""
    try:
        pairs = dict(parse_qsl(urlsplit(address).query))
    except ValueError:
        return {}
    ours = {operation.spelling.get(name, name): name for name in operation.query}
    found = {ours.get(name, name): value for name, value in pairs.items() if ours.get(name, "Offset") == "Offset"}
    named = all(map(_NAME.fullmatch, found)) and all(map(str.isprintable, found.values()))
    return found if named and len(found) <= _MOST_NAMES else {}
