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
from .header import varint

# Messages of onnx.proto (ONNX 1.15) -> field number -> the message in it, or "" for a field that is kept as it is.
# Every other field is left out: the values of tensors and attributes above all.
_KEPT: dict[str, dict[int, str]] = {
    "model": {1: "", 2: "", 3: "", 5: "", 7: "graph", 8: "", 25: "function"},
    "graph": {1: "node", 2: "", 5: "tensor", 11: "", 12: "", 15: "sparse"},
    "node": {1: "", 2: "", 3: "", 4: "", 5: "attribute", 7: ""},
    "attribute": {1: "", 5: "tensor", 6: "graph", 10: "tensor", 11: "graph", 20: ""},
    "tensor": {8: "", 13: "", 14: ""},
    "sparse": {1: "tensor"},
    "function": {1: "", 7: "node", 9: "", 10: ""},
}
_MOST_BYTES = 64 << 20  # of the description: hundreds of times what a large vision model has
_MOST_DEPTH = 32  # of messages in each other: a graph in an attribute of a node takes three
_FIXED = {1: 8, 5: 4}  # wire type -> bytes


def graph_only(path: str) -> bytes:
    """A ``ModelProto`` in bytes. Raises BadInput for a file that is not one to its end, and for one past all reason."""
    tried = f"read the graph of {path}"
    try:
        with open(path, "rb") as file:
            return _Walk(file, tried).message("model", os.fstat(file.fileno()).st_size, 0)
    except OSError as error:
        raise BadInput(tried, error.strerror or "it cannot be read", "Check its permissions.") from error


class _Walk:
    def __init__(self, file: BinaryIO, tried: str) -> None:
        self.file = file
        self.tried = tried
        self.left = _MOST_BYTES

    def message(self, name: str, end: int, depth: int) -> bytes:
        """The kept fields of the message that reaches from the present position to ``end``."""
        if depth > _MOST_DEPTH:
            raise self._damaged("its graphs are nested too deeply")
        kept = bytearray()
        position = self.file.tell()
        while position < end:
            self.file.seek(position)
            head = self.file.read(min(20, end - position))
            key, used = varint(head)
            value, length = (0, 0) if key & 7 in _FIXED else varint(head[used:])
            size = _FIXED.get(key & 7, value if key & 7 == 2 else 0)
            content = position + used + length
            if used == 0 or key & 7 not in (0, 1, 2, 5) or (length == 0 and key & 7 in (0, 2)) or content + size > end:
                raise self._damaged("it is damaged: a field does not end where it should")
            inner = _KEPT[name].get(key >> 3)
            if inner is not None:
                self.file.seek(content)
                field = self.message(inner, content + size, depth + 1) if inner and key & 7 == 2 else self._read(size)
                kept += head[:used] + (_as_varint(len(field)) if key & 7 == 2 else head[used : used + length]) + field
            position = content + size
        return bytes(kept)

    def _read(self, size: int) -> bytes:
        self.left -= size + 2
        if self.left < 0:
            raise self._damaged(f"its description alone has more than {_MOST_BYTES >> 20} MiB")
        return self.file.read(size)

    def _damaged(self, answer: str) -> BadInput:
        return BadInput(self.tried, answer, "Export the model again.")


def _as_varint(value: int) -> bytes:
    encoded = bytearray()
    while value > 0x7F:
        encoded.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*encoded, value])
