# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a model file must be before it is worth uploading."""

from __future__ import annotations

import hashlib
import os
from typing import BinaryIO

from .._api.records.file_mark import FileMark
from .._core.errors import BadInput
from .._core.files import open_regular

# Top-level fields of ModelProto in onnx.proto (ONNX 1.15) and whether each is length-delimited.
_ONNX_FIELDS = {1: False, 2: True, 3: True, 4: True, 5: False, 6: True, 7: True, 8: True, 14: True, 20: True, 25: True}
_GRAPH = 7
_CHUNK = 1 << 20
_MOST_FIELDS = 100_000  # at the top, where a model has its graph, its functions and a few remarks


def inspect_file(path: str) -> FileMark:
    """Digest and size of a model file.

    Raises BadInput for a file that is missing, unreadable, empty, or by its bytes neither ONNX, TensorFlow Lite nor a
    ZIP archive: the formats of the portal's upload form (contract B3).
    """
    tried = f"read the model file {path}"
    try:
        with open_regular(path) as file:
            size = os.fstat(file.fileno()).st_size
            if size == 0:
                raise BadInput(tried, "the file is empty", "Export the model again.")
            if not _is_model(file, size):
                raise BadInput(
                    tried,
                    "its bytes are not those of a whole ONNX model, nor of a .tflite or .zip file",
                    "Export the model again, or check that the copy or download of the file was complete.",
                )
            file.seek(0)
            digest = hashlib.sha256()
            while chunk := file.read(_CHUNK):
                digest.update(chunk)
    except FileNotFoundError:
        advice = "The path is on the machine that runs the module."
        raise BadInput(tried, "there is no such file", advice) from None
    except OSError as error:
        advice = "Check the path and who may read it."
        raise BadInput(tried, error.strerror or "it cannot be read", advice) from error
    return FileMark(digest.hexdigest(), size)


def other_format(path: str) -> str | None:
    """The name of the format where the file is one of the two that are taken beside ONNX."""
    with open_regular(path) as file:
        return _other_format(file.read(8))


def _other_format(start: bytes) -> str | None:
    if start[4:8] == b"TFL3":
        return "TensorFlow Lite"
    return "ZIP" if start.startswith(b"PK\x03\x04") else None


def _is_model(file: BinaryIO, size: int) -> bool:
    return _other_format(file.read(8)) is not None or _is_onnx(file, size)


def _is_onnx(file: BinaryIO, size: int) -> bool:
    """Walk the top-level fields of the protobuf message: each known, the last ending where the file ends.

    Reads a few bytes a field and skips their contents, so that the size of the file does not matter.
    """
    position, seen_graph, fields = 0, False, 0
    while position < size:
        fields += 1
        file.seek(position)
        head = file.read(20)
        key, used = varint(head)
        field, wire_type = key >> 3, key & 7
        if (
            fields > _MOST_FIELDS
            or used == 0
            or field not in _ONNX_FIELDS
            or wire_type != (2 if _ONNX_FIELDS[field] else 0)
        ):
            return False
        value, length = varint(head[used:])
        if length == 0:
            return False
        seen_graph = seen_graph or field == _GRAPH
        position += used + length + (value if wire_type == 2 else 0)
    return seen_graph and position == size


def varint(data: bytes) -> tuple[int, int]:
    """A protobuf varint and the bytes it took, or 0 bytes where there is none."""
    if data and data[0] < 0x80:
        return data[0], 1  # nearly all of them
    value = 0
    for index, byte in enumerate(data[:10]):
        value |= (byte & 0x7F) << (7 * index)
        if byte < 0x80:
            return value, index + 1
    return 0, 0
