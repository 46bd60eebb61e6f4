# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Values inside of answers and the paths that lead to them, as a contract writes them. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ..._api.contract.translation import STEP
from ..._core.limits import read_json
from ..._core.values import UUID_TEXT, ZERO_UUID, plain

Path = tuple[str, ...]
MOST_STEPS = 4
MOST_ROWS = 200  # of a listing that are looked at


def members(row: Any, steps: int = MOST_STEPS, above: Path = ()) -> Iterator[tuple[Path, Any]]:
    """Each member of a record with its path, outer ones first. Lists are not entered, texts that hold JSON are."""
    opened = unpacked(row)
    if not isinstance(opened, Mapping):
        return
    inner = [((*above, name), value) for name, value in opened.items() if STEP.fullmatch(str(name))]
    yield from inner
    if steps > 1:
        for path, value in inner:
            yield from members(value, steps - 1, path)


def unpacked(value: Any) -> Any:
    if isinstance(value, str) and value[:1] in ("{", "["):
        try:
            return read_json(value.encode("utf-8", "replace"))
        except ValueError:
            return value
    return value


def dotted(path: Path) -> str:
    return ".".join(path)


def last(path: Path) -> str:
    """The last name as names are compared."""
    return plain(path[-1])


def is_uuid(value: Any) -> bool:
    return isinstance(value, str) and UUID_TEXT.fullmatch(value) is not None and ZERO_UUID not in value


def common(rows: list[Mapping[str, Any]]) -> Iterator[tuple[Path, list[Any]]]:
    """Each path that leads to something in every row, with what is there."""
    if not rows:
        return
    found = [dict(members(row)) for row in rows]
    for path in found[0]:
        values = [each.get(path) for each in found]
        if all(value is not None for value in values):
            yield path, values


def lists(data: Any) -> Iterator[tuple[Path, list[Any]]]:
    """Each list in an answer that is an object, with its path."""
    for path, value in members(data, 3):
        if isinstance(value, list):
            yield path, value


def where_is(value: str, data: Any) -> str | None:
    """The path to a value in an answer, or None."""
    if data == value:
        return ""
    found = (path for path, each in members(data) if isinstance(each, str) and each.lower() == value.lower())
    return next(map(dotted, found), None)
