# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Weights: whether all of them are in the file, by their lengths and without a look at their values."""

from __future__ import annotations

import struct
from collections.abc import Iterable
from math import prod
from typing import Any, NamedTuple

from .scope import TooMuch
from .wire import Fields, FileMessage, as_field, varint

# Fields of TensorProto.
DIMS, TYPE, NAME, RAW, PLACES, LOCATION = 1, 2, 8, 9, 13, 14
_FIXED = {4: 4, 10: 8}  # lists of floats and doubles -> bytes of one
_NUMBERS = (5, 7, 11)  # lists of whole numbers
_TEXTS = 6
_SEVERAL = (*_FIXED, *_NUMBERS, _TEXTS)
_NO_VALUES = as_field(RAW, b"")
_KEPT = (DIMS, TYPE, NAME, PLACES, LOCATION)
_STRING, _COMPLEX = 8, (14, 15)
EXTERNAL = 1
BITS = {  # of an element, by the number of its type
    1: 32, 2: 8, 3: 8, 4: 16, 5: 16, 6: 32, 7: 64, 9: 8, 10: 16, 11: 64, 12: 32, 13: 64, 14: 64, 15: 128, 16: 16,
    17: 8, 18: 8, 19: 8, 20: 8, 21: 4, 22: 4, 23: 4, 24: 8, 25: 2, 26: 2,
}  # fmt: skip
WHOLE_NUMBERS = (6, 7, 12, 13)  # types that shapes are written in
_LISTS = {1: 4, 14: 4, 7: 7, 11: 10, 15: 10, 12: 11, 13: 11, 8: 6}  # which list holds values of a type, else int32_data
_INT32_DATA = 5
_ATTRIBUTES = {
    4: "float_data", 5: "int32_data", 6: "string_data", 7: "int64_data", 10: "double_data", 11: "uint64_data",
}  # fmt: skip
_MOST_PIECES = 1_000_000  # fields of all large tensors: three seconds
_STEP = 1 << 20
_LONGEST = 1 << 12  # bytes of a name or place that is kept


class Weights(NamedTuple):
    """What a file holds of one tensor. ``raw``: bytes, or None; ``listed``: how many values stand in lists."""

    name: str
    dims: list[int]
    kind: int
    raw: int | None
    listed: int
    external: bool
    places: list[str]

    @property
    def is_known(self) -> bool:
        """Whether its type is one of ONNX."""
        return self.kind in BITS or self.kind == _STRING

    @property
    def flaw(self) -> str:
        """What does not fit, in words; "" where all does."""
        if self.external or any(each < 0 for each in self.dims):
            return "" if self.external else f"{self.name[:60]!r} has a negative dimension"
        elements = prod(self.dims)
        if self.raw is not None and self.kind in BITS:
            wanted = (elements * BITS[self.kind] + 7) // 8
            return "" if self.raw == wanted else f"{self.name[:60]!r} has {self.raw:,} of {wanted:,} bytes"
        if self.raw is None and (self.kind in BITS or self.kind == _STRING):
            wanted = elements * (2 if self.kind in _COMPLEX else 1)
            if BITS.get(self.kind, 8) < 8 and self.listed != wanted:
                wanted = (elements * BITS[self.kind] + 7) // 8  # several in one number
            return "" if self.listed == wanted else f"{self.name[:60]!r} has {self.listed:,} of {wanted:,} values"
        return ""


def list_of(kind: int) -> int:
    """The field that lists values of a type."""
    return _LISTS.get(kind, _INT32_DATA)


def weights_of(tensor: Any) -> Weights:
    """Of a TensorProto that is parsed."""
    external = tensor.data_location == EXTERNAL
    raw = len(tensor.raw_data) if tensor.HasField("raw_data") else None
    listed = len(getattr(tensor, _ATTRIBUTES[list_of(tensor.data_type)])) if raw is None and not external else 0
    places = [each.value for each in tensor.external_data if each.key == "location"] if external else []
    return Weights(tensor.name, tensor.dims[:], tensor.data_type, raw, listed, external, places)


def flaw_of_sparse(tensor: Any) -> str:
    """Of a SparseTensorProto that is parsed: a runtime may read, or write, beyond its memory."""
    name, count, places = tensor.values.name[:60], prod(tensor.values.dims), tensor.indices
    rank = len(tensor.dims) if len(places.dims) == 2 else 1
    if list(places.dims) not in ([count], [count, len(tensor.dims)]):
        return f"{name!r} has {count:,} values and {prod(places.dims):,} places for them"
    raw = places.raw_data
    numbers = struct.unpack(f"<{len(raw) // 8}q", raw[: len(raw) // 8 * 8]) if raw else tuple(places.int64_data)
    if len(numbers) != count * rank:
        return f"{name!r} has {len(numbers):,} of {count * rank:,} places"
    limits = tensor.dims if rank > 1 else [prod(tensor.dims)]
    if any(not 0 <= number < limits[index % rank] for index, number in enumerate(numbers)):
        return f"{name!r} has a place that is outside of its shape"
    return ""


def weights_in_file(source: FileMessage, begin: int, end: int) -> tuple[Weights, bytes]:
    """Of a TensorProto that stands in a file, and the same message without its values."""
    dims: list[int] = []
    kind = location = 0
    raw, name, kept = None, b"", bytearray()
    listed: dict[int, int] = {}
    places: list[bytes] = []
    for number, wire, start, first, last, value in Fields(source, begin, end):
        size = last - first
        source.pieces += 1
        if number == RAW:
            raw = size
        elif number in _SEVERAL:
            listed[number] = listed.get(number, 0) + _count(source, number, wire, first, last)
        elif number in _KEPT and size < _LONGEST and len(kept) < 4 * _LONGEST:
            kept += source.read(start, last - start)
        if number == DIMS:
            dims += [value] if wire == 0 else _varints(source.read(first, min(size, _LONGEST)))
        elif number == TYPE and wire == 0:
            kind = value
        elif number == NAME:
            name = source.read(first, min(size, _LONGEST))
        elif number == LOCATION and wire == 0:
            location = value
        elif number == PLACES and len(places) < 100:
            places.append(source.read(first, min(size, _LONGEST)))
        if source.pieces > _MOST_PIECES:
            raise TooMuch(f"weights in more than {_MOST_PIECES:,} pieces")
    count = listed.get(list_of(kind), 0)
    found = Weights(name.decode("utf-8", "replace"), dims, kind, raw, count, location == EXTERNAL, _locations(places))
    kept += b"" if found.external or kind == _STRING else _NO_VALUES
    return found, bytes(kept)


def _locations(entries: Iterable[bytes]) -> list[str]:
    """Of StringStringEntryProto messages with the key ``location``: their values."""
    found = []
    for each in entries:
        if each.startswith(b"\x0a\x08location\x12"):
            size, begin = varint(each, 11)
            found.append(each[begin : begin + size].decode("utf-8", "replace"))
    return found


def _count(source: FileMessage, number: int, wire: int, begin: int, end: int) -> int:
    """Values in one field of a list: one, or packed."""
    if wire != 2 or number == _TEXTS:
        return 1
    if number in _FIXED:
        return (end - begin) // _FIXED[number]
    ends, high = 0, bytes(range(0x80, 0x100))
    for position in range(begin, end, _STEP):
        ends += len(source.read(position, min(_STEP, end - position)).translate(None, high))
    return ends


def _varints(data: bytes) -> list[int]:
    found, offset = [], 0
    while offset < len(data):
        value, offset = varint(data, offset)
        found.append(value)
    return found
