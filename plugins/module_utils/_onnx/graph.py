# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""An ONNX file without its weights: the same message with only those fields that describe the graph.

The file is walked field by field, and what is not needed is skipped, not read: a model of 2 GiB costs as much as its
list of nodes.
"""

from __future__ import annotations

import os
from typing import BinaryIO

from .._core.errors import BadInput
from .._core.files import open_regular
from .header import varint

# Messages of onnx.proto (ONNX 1.15) -> field number -> the message in it, or "" for a field that is kept as it is.
# Every other field is left out: the values of tensors above all, and what connects the nodes.
_KEPT: dict[str, dict[int, str]] = {
    "model": {1: "", 7: "graph", 8: "", 25: "function"},
    "graph": {1: "node", 5: "tensor", 11: "value", 12: "value", 15: "sparse"},
    "node": {4: "", 5: "attribute", 7: ""},
    "attribute": {5: "place", 6: "inner graph", 10: "place", 11: "inner graph"},
    "inner graph": {1: "node", 5: "place", 15: "sparse"},
    "tensor": {8: "", 13: "", 14: ""},
    "place": {13: "", 14: ""},  # of a tensor whose name nobody asks for
    "sparse": {1: "place"},
    "function": {1: "", 7: "node", 10: ""},
    "value": {1: "", 2: "type"},
    "type": {1: "tensor type"},
    "tensor type": {1: "", 2: "shape"},
    "shape": {1: "dimension"},
    "dimension": {1: "", 2: ""},
}
# One like another before it tells nothing new: a transformer has 100,000 of 30 kinds.
_ONCE = {"node", "attribute", "place"}
# A few bytes make an object of 150, and twice that once it is looked at.
_MOST_FIELDS = 3_000_000  # of the whole file: a transformer of 100,000 nodes has half of that
_MOST_KEPT = 300_000  # of the description
_MOST_BYTES = 16 << 20  # of the description: the names of 200,000 weights
_MOST_VALUES = 1_000  # inputs and outputs
_MOST_VALUE_BYTES = 1 << 20  # of them: the names of 20,000 classes take half
_MOST_DEPTH = 32  # of messages in each other: a graph in an attribute of a node takes three
_WINDOW = 1 << 13  # bytes
_FIXED = {1: 8, 5: 4}  # wire type -> bytes


def graph_only(path: str) -> bytes:
    """A ``ModelProto`` in bytes. Raises BadInput for a file that is not one to its end, and for one past all reason."""
    tried = f"read the graph of {path}"
    try:
        with open_regular(path) as file:
            return _Walk(file, tried).message("model", 0, os.fstat(file.fileno()).st_size, 0)
    except OSError as error:
        raise BadInput(tried, error.strerror or "it cannot be read", "Check its permissions.") from error


class _Walk:
    def __init__(self, file: BinaryIO, tried: str) -> None:
        self.file = file
        self.tried = tried
        self.window, self.begin = b"", 0  # a stretch of the file, and where it begins: most fields are small
        self.fields = self.kept = self.bytes = self.values = self.value_bytes = 0

    def message(self, name: str, position: int, end: int, depth: int) -> bytes:
        """The kept fields of the message that reaches from ``position`` to ``end``."""
        if depth > _MOST_DEPTH:
            raise self._damaged(f"its graphs are nested too deeply: more than {_MOST_DEPTH} messages in each other")
        kept = bytearray()
        seen: set[bytes] = set()
        fields = _KEPT[name]
        while position < end:
            key, head, size = self._head(position, end)
            position += len(head)
            inner = fields.get(key >> 3)
            if inner is not None:
                before = self.kept, self.bytes
                field = self._field(inner, key, head, position, size, depth)
                if field in seen:
                    self.kept, self.bytes = before
                else:
                    kept += field
                if inner in _ONCE:
                    seen.add(field)
            position += size
        return bytes(kept)

    def _head(self, position: int, end: int) -> tuple[int, bytes, int]:
        """The key of a field, the bytes before its content, and how many its content has."""
        self.fields += 1
        if self.fields > _MOST_FIELDS:
            raise self._too_much(f"it has more than {_MOST_FIELDS:,} fields")
        head = self._bytes(position, min(20, end - position))
        key, used = varint(head)
        value, length = (0, 0) if key & 7 in _FIXED else varint(head[used:])
        size = _FIXED.get(key & 7, value if key & 7 == 2 else 0)
        lost = used == 0 or key & 7 not in (0, 1, 2, 5) or (length == 0 and key & 7 in (0, 2))
        if lost or position + used + length + size > end:
            raise self._damaged("it is damaged: a field does not end where it should")
        return key, head[: used + length], size

    def _bytes(self, position: int, size: int) -> bytes:
        offset = position - self.begin
        if not 0 <= offset <= len(self.window) - size:
            self.file.seek(position)
            self.window, self.begin, offset = self.file.read(max(size, _WINDOW)), position, 0
        return self.window[offset : offset + size]

    def _field(self, inner: str, key: int, head: bytes, position: int, size: int, depth: int) -> bytes:
        """A kept field, of which a message may have become shorter."""
        self.kept += 1
        if self.kept > _MOST_KEPT:
            raise self._too_much(f"its description alone has more than {_MOST_KEPT:,} nodes, weights and texts")
        if not inner or key & 7 != 2:
            self.bytes += size
            if self.bytes > _MOST_BYTES:
                raise self._too_much(f"its description alone has more than {_MOST_BYTES >> 20} MiB")
            return head + self._bytes(position, size)
        content = self.message(inner, position, position + size, depth + 1)
        if inner == "value":
            self._count_value(len(content))
        return _as_varint(key) + _as_varint(len(content)) + content

    def _count_value(self, size: int) -> None:
        self.values += 1
        self.value_bytes += size
        if self.values > _MOST_VALUES:
            raise self._too_much(f"it has more than {_MOST_VALUES:,} inputs and outputs")
        if self.value_bytes > _MOST_VALUE_BYTES:
            raise self._too_much(f"its inputs and outputs alone have more than {_MOST_VALUE_BYTES >> 20} MiB")

    def _damaged(self, answer: str) -> BadInput:
        return BadInput(self.tried, answer, "Export the model again.")

    def _too_much(self, answer: str) -> BadInput:
        return BadInput(self.tried, answer, "Simplify the model, or set check_file to off if you trust the file.")


def _as_varint(value: int) -> bytes:
    encoded = bytearray()
    while value > 0x7F:
        encoded.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*encoded, value])
