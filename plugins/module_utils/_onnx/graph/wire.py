# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Protobuf fields of a file, found without reading what is in them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO, NamedTuple

_WINDOW = 1 << 16  # bytes
_FIXED = {1: 8, 5: 4}  # wire type -> bytes
_LONGEST = 20  # bytes of a key and a length


class NotProtobuf(Exception):
    """The bytes are not those of a message to its end. The text may say what they are."""


class Field(NamedTuple):
    """One field: its key stands at ``start``, its content from ``begin`` to ``end``. ``value``: of a number."""

    number: int
    wire: int
    start: int
    begin: int
    end: int
    value: int


class FileMessage:
    """Random access to a file through a window: most of what is looked at lies close together."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self.pieces = 0  # for those who count what they have read
        self._window, self._begin = b"", 0

    def read(self, position: int, size: int) -> bytes:
        """Fewer bytes at the end of the file. Large stretches are not kept."""
        offset = position - self._begin
        if 0 <= offset <= len(self._window) - size:
            return self._window[offset : offset + size]
        self._file.seek(position)
        if size > _WINDOW:
            return self._file.read(size)
        self._window, self._begin = self._file.read(_WINDOW), position
        return self._window[:size]

    def part(self, position: int, size: int) -> bytes:
        """The same, without a window."""
        self._file.seek(position)
        return self._file.read(size)

    def window(self, position: int) -> tuple[bytes, int]:
        """A stretch of bytes around ``position`` and where it begins, for a loop that has to be fast."""
        if not self._begin <= position < self._begin + len(self._window) - _LONGEST:
            self._file.seek(position)
            self._window, self._begin = self._file.read(_WINDOW), position
        return self._window, self._begin


class Fields:
    """The fields of the message between two places of a file, in their order."""

    def __init__(self, source: FileMessage, begin: int, end: int) -> None:
        self._source, self._begin, self._end = source, begin, end

    def __iter__(self) -> Iterator[Field]:
        position = self._begin
        while position < self._end:
            field = read_field(self._source, position, self._end)
            yield field
            position = field.end


def read_field(source: FileMessage, position: int, limit: int) -> Field:
    """The field at ``position`` of a message that ends at ``limit``."""
    window, base = source.window(position)
    offset = position - base
    key, after = varint(window, offset)
    number, wire = key >> 3, key & 7
    begin, value = after, 0
    if wire == 2 or wire == 0:
        value, after = varint(window, begin)
    if wire == 2:
        begin = after
        after += value
    elif wire:
        after = begin + _FIXED.get(wire, limit)
    if number == 0 or after + base > limit:
        raise NotProtobuf
    return Field(number, wire, position, begin + base, after + base, value)


def varint(data: bytes, offset: int = 0) -> tuple[int, int]:
    """A protobuf varint and where it ends. Raises NotProtobuf where there is none."""
    try:
        value = data[offset]
        if value < 0x80:
            return value, offset + 1  # nearly all of them
        value &= 0x7F
        for index in range(1, 10):
            byte = data[offset + index]
            value |= (byte & 0x7F) << (7 * index)
            if byte < 0x80:
                return value, offset + index + 1
    except IndexError:
        pass
    raise NotProtobuf


def as_field(number: int, content: bytes) -> bytes:
    """A field of bytes."""
    return as_varint(number << 3 | 2) + as_varint(len(content)) + content


def as_varint(value: int) -> bytes:
    encoded = bytearray()
    while value > 0x7F:
        encoded.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*encoded, value])


def text(value: str | bytes) -> str:
    """Text of a message: bytes where it is not UTF-8."""
    return value if isinstance(value, str) else value.decode("utf-8", "replace")
