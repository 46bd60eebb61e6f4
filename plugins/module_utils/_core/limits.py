# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Data from outside within limits: what comes out of a compression, how many values JSON has, how deep they nest.

A few bytes can stand for gigabytes. So each limit counts what is made of the bytes, before it is made.
"""

from __future__ import annotations

import json
import zlib
from typing import Any

MOST_DEPTH = 100  # lists and objects in each other: ten times what the service sends, and safe for any recursion
MOST_VALUES = 2_000_000  # of one JSON text: up to 80 bytes each, and more than the rows of 50,000 devices have


class TooLarge(ValueError):
    """It is past a limit, which the message names."""


def inflated(data: bytes, most: int) -> bytes:
    """What zlib made ``data`` of. Raises ValueError where that has more than ``most`` bytes, or is not whole."""
    stream = zlib.decompressobj()
    try:
        found = stream.decompress(data, most + 1)
    except zlib.error as error:
        raise ValueError(str(error)) from None
    if len(found) > most:
        raise TooLarge(f"it unpacks to more than {most >> 20} MiB")
    if not stream.eof or stream.unused_data:
        raise ValueError("its compressed data is cut short, or something follows it")
    return found


def read_json(text: bytes) -> Any:
    """The data of a JSON text. Raises ValueError for anything else, and TooLarge past one of the limits."""
    # Each value but the first follows one of these. In texts they count too: the limit leaves room for that.
    if sum(map(text.count, (b",", b"[", b"{"))) > MOST_VALUES:
        raise TooLarge(f"it has more than {MOST_VALUES:,} values")
    too_deep = TooLarge(f"its values are nested more than {MOST_DEPTH} deep")
    try:
        data = json.loads(text)
    except RecursionError:
        raise too_deep from None
    if is_deep(data):
        raise too_deep
    return data


def is_deep(value: Any) -> bool:
    """Whether lists and objects are nested more than MOST_DEPTH deep."""
    level = [value]
    for _depth in range(MOST_DEPTH):
        level = [
            inner
            for outer in level
            for inner in (outer.values() if isinstance(outer, dict) else outer if isinstance(outer, list) else ())
            if isinstance(inner, (dict, list))
        ]
        if not level:
            return False
    return True
