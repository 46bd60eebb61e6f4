# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Make a TensorFlow Lite file: a small classifier, as a flatbuffer that is written by hand, and its archive."""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Callable, Mapping, Sequence

Part = Callable[[bytearray], int]  # puts itself at the end, and says where it begins
FLOAT, UINT8 = 0, 3


def tflite(
    shape: Sequence[int] = (1, 32, 48, 3), classes: int = 2, kind: int = FLOAT, weights: int | None = None
) -> bytes:
    """One fully connected layer. ``weights``: how many bytes of them there are, by default as many as fit."""
    features = shape[1] * shape[2] * shape[3] if len(shape) == 4 else 1
    stored = features * classes * 4 if weights is None else weights
    tensors = [_tensor(shape, kind, 0, "image"), _tensor((classes, features), FLOAT, 1, "dense/weights")]
    tensors.append(_tensor((1, classes), kind, 0, "scores"))
    operator = _table({0: _number("<I", 0), 1: _integers([0, 1]), 2: _integers([2])})
    graph = _table({0: _list(tensors), 1: _integers([0]), 2: _integers([2]), 3: _list([operator])})
    buffers = [_table({}), _table({0: _bytes(bytes(stored))})]
    code = _table({0: _number("<b", 9), 3: _number("<i", 9)})  # FULLY_CONNECTED
    made = bytearray(b"\0\0\0\0TFL3")
    model = _table({0: _number("<I", 3), 1: _list([code]), 2: _list([graph]), 4: _list(buffers)})
    struct.pack_into("<I", made, 0, model(made))
    return bytes(made)


def teachable_machine(model: bytes, labels: str | None = "0 Cat\n1 Dog\n") -> bytes:
    """The archive that Teachable Machine exports."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("model_unquant.tflite", model)
        if labels is not None:
            archive.writestr("labels.txt", labels)
    return made.getvalue()


def _tensor(shape: Sequence[int], kind: int, buffer: int, name: str) -> Part:
    return _table(
        {0: _integers(shape), 1: _number("<b", kind), 2: _number("<I", buffer), 3: _bytes(name.encode() + b"\0", 1)}
    )


def _table(fields: Mapping[int, Part | bytes]) -> Part:
    """A list of fields, the fields, then the parts that they refer to."""

    def put(made: bytearray) -> int:
        _align(made)
        count = max(fields, default=-1) + 1
        places = {field: 4 + 8 * index for index, field in enumerate(fields)}
        listed = len(made)
        made += struct.pack("<2H", 4 + 2 * count, 4 + 8 * len(fields))
        made += struct.pack(f"<{count}H", *(places.get(field, 0) for field in range(count)))
        _align(made)
        begin = len(made)
        made += struct.pack("<i", begin - listed) + bytes(8 * len(fields))
        for field, content in fields.items():
            place = begin + places[field]
            if isinstance(content, bytes):
                made[place : place + len(content)] = content
            else:
                struct.pack_into("<I", made, place, content(made) - place)
        return begin

    return put


def _number(form: str, value: int) -> bytes:
    return struct.pack(form, value)


def _integers(values: Sequence[int]) -> Part:
    return _bytes(struct.pack(f"<{len(values)}i", *values), 0, len(values))


def _bytes(content: bytes, without: int = 0, length: int | None = None) -> Part:
    """``without``: bytes at the end that are not counted."""

    def put(made: bytearray) -> int:
        _align(made)
        begin = len(made)
        made.extend(struct.pack("<I", len(content) - without if length is None else length) + content)
        return begin

    return put


def _list(parts: Sequence[Part]) -> Part:
    def put(made: bytearray) -> int:
        _align(made)
        begin = len(made)
        made.extend(struct.pack("<I", len(parts)) + bytes(4 * len(parts)))
        for index, part in enumerate(parts):
            place = begin + 4 + 4 * index
            struct.pack_into("<I", made, place, part(made) - place)
        return begin

    return put


def _align(made: bytearray) -> None:
    made.extend(bytes(-len(made) % 4))
