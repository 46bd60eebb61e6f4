# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a contract file mixes up: the path of another kind of thing, and the place of another field. Pure.

Each is a line that is right by itself, and would have its effect elsewhere, or write a value that nobody notices.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from ..._core.values import plain
from ..._http.operation import Operation
from .lines import RECORDS
from .operations import OPERATIONS

_PLACE = re.compile(r"\{\w+\}")


def wrong_path(operations: Mapping[str, Operation], changed: Iterable[str]) -> tuple[str, str]:
    """The first of these operations with the path of one on another kind of thing, and that one; "" for none."""
    for name in changed:
        for other in (*operations.values(), *OPERATIONS.values()):
            if _kind(name) != _kind(other.name) and _at(operations[name]) == _at(other) != _at(OPERATIONS[name]):
                return name, other.name
    return "", ""


def wrong_place(record: str, places: Mapping[str, tuple[str, ...]]) -> tuple[str, str]:
    """The first field that has changed places with others, and the one whose place it has; "" for none.

    A place is free where the field that is known to be there has moved to one that is not known.
    """
    lines = {name: line for name, line in RECORDS[record].items() if line.sent}
    known = {_plain(line.default[0]): name for name, line in lines.items()}
    taken = {name: known.get(_plain(places[name][0]), name) for name in places if name in lines}
    for name, other in taken.items():
        if other != name and taken.get(other, other) != other:
            return name, other
    return "", ""


def _kind(operation: str) -> str:
    """What it is about, such as model."""
    return operation.partition("_")[2].removesuffix("s")


def _at(operation: Operation) -> tuple[str, str]:
    return operation.api, _PLACE.sub("{}", operation.path).rstrip("/").lower()


def _plain(place: str) -> tuple[str, ...]:
    return tuple(map(plain, place.split(".")))
