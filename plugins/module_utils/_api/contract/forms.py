# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Records in another form than a list of them, as a place with ``*`` says: ``nxAI.pipelines.*.Pipeline``. Pure.

``*`` is each value of an object, or each element of a list. They are written as a list, so what such a form says
besides would be lost: then nothing is read of it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, TypeAlias

from ..._core.limits import read_json
from ..._core.values import UUID_TEXT, identity, plain

Path: TypeAlias = "tuple[str, ...]"
EACH = "*"


def opened(value: Any) -> Any:
    """The data of a text that holds JSON: the service may keep objects as such."""
    if isinstance(value, str) and value.lstrip()[:1] in ("{", "["):
        try:
            return read_json(value.encode())
        except ValueError:
            return value
    return value


def split(path: Path) -> tuple[Path, Path | None]:
    """The way to the object or list, and the way inside of each of its elements; None where the path has no ``*``."""
    if EACH not in path:
        return path, None
    place = path.index(EACH)
    return path[:place], path[place + 1 :]


def each_of(value: Any, inside: Path, models: Sequence[str]) -> list[dict[str, Any]] | None:
    """The records as a list, or None where something would be left out. ``models``: keys that hold a record's model.

    The key of each value is its model, which it may not repeat, or its place; the members on the way are the only ones.
    """
    data = opened(value)
    if not isinstance(data, (list, Mapping)):
        return None
    found = []
    for place, (key, outer) in enumerate(_pairs(data)):
        record = _inside(outer, inside)
        if record is None:
            return None
        shown = next((identity(record[name]) for name in record if plain(name) in map(plain, models)), "")
        if not shown and UUID_TEXT.fullmatch(key):
            record = {models[0]: identity(key), **record}
        elif identity(key) not in ("", shown) and key not in (str(place), str(place + 1)):
            return None
        found.append(record)
    return found


def _pairs(data: list[Any] | Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    if isinstance(data, Mapping):
        return ((str(key), each) for key, each in data.items())
    return (("", each) for each in data)


def _inside(value: Any, path: Path) -> dict[str, Any] | None:
    """The record at a path of members that are the only ones; empty ones beside them say nothing."""
    for name in path:
        outer = opened(value)
        if not isinstance(outer, Mapping):
            return None
        full = [key for key, inner in outer.items() if inner not in (None, "", [], {}) or plain(key) == plain(name)]
        if len(full) != 1 or plain(full[0]) != plain(name):
            return None
        value = outer[full[0]]
    record = opened(value)
    return dict(record) if isinstance(record, Mapping) else None
