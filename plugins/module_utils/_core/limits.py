# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Data from outside within limits: what comes out of a compression, how many values JSON has, how deep they nest.

A few bytes can stand for gigabytes. So each limit counts what is made of the bytes, before it is made.
"""

from __future__ import annotations

import json
import re
import zlib
from typing import Any, NamedTuple

MOST_DEPTH = 100  # lists and objects in each other: ten times what the service sends, and safe for any recursion
MOST_VALUES = 2_000_000  # of one JSON text: more than the rows of 50,000 devices have
MOST_NAMES = 20_000  # of members, each counted once: a name that comes once costs as much as a value
MOST_MEMORY = 216 << 20  # bytes: a text and its data; Python and Ansible have some 70 MiB, and all is to stay below 300

# Bytes of memory, measured on Python 3.10, which needs more than those after it.
_OBJECT, _LIST, _OTHER = 256, 96, 80
_FOUR_BYTES = re.compile(rb"[\xf0-\xff]")  # such a character makes all others of its text as wide
_SURROGATE = re.compile(rb"\\u[dD][89abAB]")  # and so does this one
_STRING = re.compile(rb'"([^"]*)"(\s*:)?')


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


class Memory(NamedTuple):
    """Bytes that a JSON text takes, and the data made of it: at most so many, or a little more."""

    text: int
    data: int
    values: int

    @property
    def needed(self) -> int:
        return self.text + self.data

    @classmethod
    def of(cls, content: bytes) -> Memory:
        """Counted, with nothing made. Members whose names come but once cost up to twice as much: see MOST_NAMES."""
        width = 1
        if not content.isascii() or (b"\\" in content and b"\\u" in content):  # a single byte is found far faster
            width = 4 if _FOUR_BYTES.search(content) or _SURROGATE.search(content) else 2
        text = width * len(content)
        # Each value but the first follows one of these. In texts they count too: the limits leave room for that.
        objects, lists, others = map(content.count, (b"{", b"[", b","))
        values = objects + lists + others
        if objects * _OBJECT > MOST_MEMORY // 4:  # it takes as long as all of the above
            objects -= content.count(b'"{')  # an NxID begins so, and no object can
        return cls(text, text + objects * _OBJECT + lists * _LIST + others * _OTHER, values)


def read_json(content: bytes) -> Any:
    """The data of a JSON text. Raises ValueError for anything else, and TooLarge past one of the limits."""
    return parsed(as_text(content, Memory.of(content)))


def as_text(content: bytes, memory: Memory) -> str:
    """The text, for ``parsed``. Raises TooLarge past the limits on values, memory and names."""
    if memory.values > MOST_VALUES:
        raise TooLarge(f"it has more than {MOST_VALUES:,} values")
    if memory.needed > MOST_MEMORY:
        raise TooLarge(f"it would take more than {MOST_MEMORY >> 20} MiB of memory")
    if memory.needed > MOST_MEMORY // 4 and _has_many_names(content):  # less is within the limit even at twice as much
        raise TooLarge(f"its objects have members of more than {MOST_NAMES:,} names")
    return content.decode("utf-8-sig", "surrogatepass")


def parsed(text: str) -> Any:
    """The data of what ``as_text`` has judged. Who has forgotten the bytes of the text saves their memory."""
    try:
        data = json.loads(text)
        if not is_deep(data):
            return data
    except RecursionError:
        pass
    raise TooLarge(f"its values are nested more than {MOST_DEPTH} deep")


def lines_of(text: str) -> list[Any]:
    """The objects of a text with one on each line. Raises ValueError for anything else."""
    found = [parsed(line) for line in text.split("\n") if line.strip()]
    if len(found) < 2 or not all(isinstance(each, dict) for each in found):
        raise ValueError("not one object on each line")
    return found


def _has_many_names(content: bytes) -> bool:
    if content.count(b":") <= MOST_NAMES:
        return False
    plain = content.replace(b"\\\\", b"").replace(b'\\"', b"")  # each quote that is left begins or ends a text
    names = set()
    for text in _STRING.finditer(plain):
        if text[2]:
            names.add(text[1])
            if len(names) > MOST_NAMES:
                return True
    return False


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
