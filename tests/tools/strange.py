# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""JSON answers with one value that is not what it should be."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping
from typing import Any

TAKEN_OUT = object()
DEEP: Any = "z"
for _level in range(150):
    DEEP = [DEEP]
STRANGE = [
    TAKEN_OUT, TAKEN_OUT, DEEP,
    None, True, False, 0, -1, 1.5, 10**30, "", "x", "{{ 7*7 }}", "\x00\x1b[31m", "a\nb", "\ud83d\ude00", "../../x",
    "0001-01-01T00:00:00Z", [], {}, [None], [[]], {"a": {"b": 1}}, "y" * 100_000, [1] * 1000,
]  # fmt: skip


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The paths of all values in a JSON document."""
    yield path
    if isinstance(value, Mapping):
        for name in value:
            yield from places(value[name], (*path, name))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from places(inner, (*path, index))


def changed(answer: Any, path: tuple[Any, ...], change: Any) -> Any:
    """The answer with one value replaced, or taken out."""
    if not path:
        return None if change is TAKEN_OUT else change
    made = copy.deepcopy(answer)
    inner = made
    for step in path[:-1]:
        inner = inner[step]
    if change is TAKEN_OUT:
        del inner[path[-1]]
    else:
        inner[path[-1]] = change
    return made
