# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A TensorFlow Lite file, read as the flatbuffer that it is: is all of it there, what goes in, and what comes out.

The numbers of fields are those of TensorFlow's ``schema.fbs``. Every place is held against the size of the file, so a
file that is cut short is found, wherever it was cut.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from math import prod

from .graph.wire import FileMessage

_TYPES = {  # number -> name and bits
    0: ("float32", 32), 1: ("float16", 16), 2: ("int32", 32), 3: ("uint8", 8), 4: ("int64", 64), 5: ("string", 0),
    6: ("bool", 8), 7: ("int16", 16), 8: ("complex64", 64), 9: ("int8", 8), 10: ("float64", 64),
    11: ("complex128", 128), 12: ("uint64", 64), 13: ("resource", 0), 14: ("variant", 0), 15: ("uint32", 32),
    16: ("uint16", 16), 17: ("int4", 4), 18: ("bfloat16", 16),
}  # fmt: skip
_MOST = 200_000  # parts of a file: tensors, operators, buffers
_LONGEST = 10_000  # characters of a name
_PAGE, _PAGES = 1 << 12, 1 << 10  # bytes of a page, and how many are kept

# Fields of the tables, by their place in schema.fbs.
_MODEL_CODES, _MODEL_GRAPHS, _MODEL_BUFFERS = 1, 2, 4
_GRAPH_TENSORS, _GRAPH_INPUTS, _GRAPH_OUTPUTS, _GRAPH_OPERATORS = 0, 1, 2, 3
_TENSOR_SHAPE, _TENSOR_TYPE, _TENSOR_BUFFER, _TENSOR_NAME, _TENSOR_SPARSE, _TENSOR_SIGNATURE = 0, 1, 2, 3, 6, 7
_BUFFER_DATA, _BUFFER_OFFSET, _BUFFER_SIZE = 0, 1, 2
_OPERATOR_CODE, _OPERATOR_INPUTS, _OPERATOR_OUTPUTS = 0, 1, 2


class Damaged(Exception):
    """What is wrong with the file, in words."""


@dataclass(frozen=True)
class TfliteTensor:
    """A dimension that is not fixed is None."""

    name: str
    shape: list[int | None]
    type: str


class TfliteFile:
    """Inputs and outputs of the first graph. Raises Damaged for a file of which a part is missing or does not fit."""

    def __init__(self, source: FileMessage, size: int) -> None:
        self._size = size
        self._page = lru_cache(maxsize=_PAGES)(lambda number: source.part(number * _PAGE, _PAGE))
        self._parts = 0
        model = self._table(self._number("<I", 0))
        buffers = self._tables(model, _MODEL_BUFFERS)
        self._buffers = [self._length_of_buffer(each) for each in buffers]
        codes = self._tables(model, _MODEL_CODES)
        graphs = self._tables(model, _MODEL_GRAPHS)
        if not graphs:
            raise Damaged("it has no graph")
        found = [self._graph(each, len(codes)) for each in graphs]
        self.inputs, self.outputs = found[0]

    def _graph(self, graph: int, codes: int) -> tuple[list[TfliteTensor], list[TfliteTensor]]:
        tensors = [self._tensor(each) for each in self._tables(graph, _GRAPH_TENSORS)]
        for operator in self._tables(graph, _GRAPH_OPERATORS):
            if self._scalar(operator, _OPERATOR_CODE, "<I") >= codes:
                raise Damaged("it uses an operator that it does not list")
            for field in (_OPERATOR_INPUTS, _OPERATOR_OUTPUTS):
                if any(each >= len(tensors) for each in self._integers(operator, field)):
                    raise Damaged("an operator uses a tensor that is not there")
        sides = [self._integers(graph, field) for field in (_GRAPH_INPUTS, _GRAPH_OUTPUTS)]
        if any(not 0 <= each < len(tensors) for side in sides for each in side):
            raise Damaged("an input or output is a tensor that is not there")
        inputs, outputs = ([tensors[each] for each in side] for side in sides)
        return inputs, outputs

    def _tensor(self, tensor: int) -> TfliteTensor:
        shape = self._integers(tensor, _TENSOR_SHAPE)
        kind, bits = _TYPES.get(self._scalar(tensor, _TENSOR_TYPE, "<b"), ("unknown", 0))
        name = self._text(tensor, _TENSOR_NAME)
        buffer = self._scalar(tensor, _TENSOR_BUFFER, "<I")
        if buffer >= max(1, len(self._buffers)):
            raise Damaged(f"the weights of {name[:60]!r} are not there")
        stored = self._buffers[buffer] if self._buffers else 0
        wanted = (prod(shape) * bits + 7) // 8
        if stored and bits and not self._place(tensor, _TENSOR_SPARSE) and stored != wanted:
            raise Damaged(f"the weights of {name[:60]!r} have {stored} bytes, and their shape needs {wanted}")
        signature = self._integers(tensor, _TENSOR_SIGNATURE) or shape
        return TfliteTensor(name, [each if each >= 0 else None for each in signature], kind)

    def _length_of_buffer(self, buffer: int) -> int:
        offset, size = (self._scalar(buffer, field, "<Q") for field in (_BUFFER_OFFSET, _BUFFER_SIZE))
        if offset > 1:  # of a file of more than 2 GiB, whose weights stand behind the flatbuffer
            if offset + size > self._size:
                raise Damaged("it is cut short: weights are missing")
            return size
        start, length = self._vector(buffer, _BUFFER_DATA, 1)
        return length if start else 0

    # What a flatbuffer is made of ------------------------------------------------------------------------------------

    def _read(self, position: int, size: int) -> bytes:
        """By pages that are kept: a table, its fields and what they refer to lie far apart."""
        first, last = position // _PAGE, (position + size - 1) // _PAGE
        found = b"".join(self._page(number) for number in range(first, last + 1))
        return found[position - first * _PAGE :][:size]

    def _number(self, form: str, position: int) -> int:
        size = struct.calcsize(form)
        data = self._read(position, size) if 0 <= position <= self._size - size else b""
        if len(data) != size:
            raise Damaged("it is cut short: it refers to what stands behind its end")
        return int(struct.unpack(form, data)[0])

    def _table(self, position: int) -> int:
        """The place of a table, whose list of fields has to be there."""
        self._parts += 1
        if self._parts > _MOST:
            raise Damaged(f"it has more than {_MOST:,} parts")
        listed = position - self._number("<i", position)
        if self._number("<H", listed) < 4:
            raise Damaged("a table of it has no list of fields")
        if position + self._number("<H", listed + 2) > self._size:
            raise Damaged("it is cut short: a part of it ends behind its end")
        return position

    def _place(self, table: int, field: int) -> int:
        """Where a field stands, or 0."""
        listed = table - self._number("<i", table)
        entry = 4 + 2 * field
        offset = self._number("<H", listed + entry) if entry < self._number("<H", listed) else 0
        return table + offset if offset else 0

    def _scalar(self, table: int, field: int, form: str) -> int:
        place = self._place(table, field)
        return self._number(form, place) if place else 0

    def _vector(self, table: int, field: int, width: int) -> tuple[int, int]:
        """Where the first element stands, and how many there are; 0, 0 where there is no such field."""
        place = self._place(table, field)
        if not place:
            return 0, 0
        begin = place + self._number("<I", place)
        length = self._number("<I", begin)
        if begin + 4 + length * width > self._size:
            raise Damaged("it is cut short: a list of it ends behind its end")
        return begin + 4, length

    def _tables(self, table: int, field: int) -> list[int]:
        start, length = self._vector(table, field, 4)
        if length > _MOST:
            raise Damaged(f"it has more than {_MOST:,} parts")
        places = (start + 4 * index for index in range(length))
        return [self._table(place + self._number("<I", place)) for place in places]

    def _integers(self, table: int, field: int) -> list[int]:
        start, length = self._vector(table, field, 4)
        self._parts += length // 16
        if length > _MOST or self._parts > _MOST:
            raise Damaged(f"it has more than {_MOST:,} parts")
        return list(self._unpacked(start, length))

    def _unpacked(self, start: int, length: int) -> Iterator[int]:
        yield from struct.unpack(f"<{length}i", self._read(start, 4 * length))

    def _text(self, table: int, field: int) -> str:
        start, length = self._vector(table, field, 1)
        return self._read(start, min(length, _LONGEST)).decode("utf-8", "replace") if start else ""
