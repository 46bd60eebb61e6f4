# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a model file must be before it is worth uploading. Needs no library."""

from __future__ import annotations

import errno
import hashlib
import os
import zipfile
from typing import BinaryIO

from .._api.records.file_mark import FileMark
from .._core.errors import BadInput
from .._core.files import open_regular
from .formats import (
    TFLITE,
    advice_for,
    foreign_format,
    kind_of_archive,
    names_in_archive,
    protobuf_format,
    taken_format,
)
from .graph.wire import Fields, FileMessage, NotProtobuf
from .tflite import Damaged, TfliteFile

# Fields of ModelProto and whether each is length-delimited. Later versions of ONNX may add others.
_ONNX_FIELDS = {1: False, 2: True, 3: True, 4: True, 5: False, 6: True, 7: True, 8: True, 14: True, 20: True, 25: True}
_IR_VERSION, _GRAPH = 1, 7
_CHUNK = 1 << 16  # what a digest is fastest with: more costs new memory each time
_MOST_FIELDS = 100_000  # at the top, where a model has its graph, its functions and a few remarks
_NEWER = range(9, 1000)  # numbers of fields that this version does not know
_WHOLE = "Export the model again, or check that the copy or download of the file was complete."


def inspect_file(path: str) -> FileMark:
    """Digest and size of a model file.

    Raises BadInput for a file that is missing, unreadable or empty, that is cut short, or that is by its bytes neither
    ONNX, TensorFlow Lite nor a ZIP archive with such a file: the formats of the portal's upload form (contract B3).
    """
    tried = f"read the model file {path}"
    try:
        with open_regular(path) as file:
            size = os.fstat(file.fileno()).st_size
            if size == 0:
                raise BadInput(tried, "the file is empty", "Export the model again.")
            _check_format(file, size, tried)
            file.seek(0)
            digest = hashlib.sha256()
            while chunk := file.read(_CHUNK):
                digest.update(chunk)
    except FileNotFoundError:
        advice = "The path is on the machine that runs the module."
        raise BadInput(tried, _missing(path), advice) from None
    except OSError as error:
        advice = "Name the file itself." if error.errno == errno.EINVAL else "Check the path and who may read it."
        raise BadInput(tried, error.strerror or "it cannot be read", advice) from error
    return FileMark(digest.hexdigest(), size)


def other_format(path: str) -> str | None:
    """The name of the format where the file is one of the two that are taken beside ONNX."""
    with open_regular(path) as file:
        return taken_format(file.read(8))


def graph_places(file: BinaryIO, size: int) -> list[tuple[int, int, int]]:
    """Number, begin and end of each top-level field of an ONNX file. Raises NotProtobuf for what is not one."""
    places, seen = [], []
    for field in Fields(FileMessage(file), 0, size):
        seen.append((field.number, field.wire))
        known = _ONNX_FIELDS.get(field.number)
        fits = field.wire == (2 if known else 0) if known is not None else field.number in _NEWER
        if len(seen) > _MOST_FIELDS or not fits:
            raise NotProtobuf(protobuf_format(seen) or "")
        places.append((field.number, field.begin, field.end))
    if _GRAPH not in [number for number, _begin, _end in places]:
        raise NotProtobuf(protobuf_format(seen) or "")
    return places


def _missing(path: str) -> str:
    if os.path.islink(path):
        return f"it is a link to {os.readlink(path)}, and there is no such file"
    return "there is no such file"


def _check_format(file: BinaryIO, size: int, tried: str) -> None:
    start = file.read(300)
    kind = taken_format(start)
    if kind == TFLITE:
        _check_tflite(file, size, tried)
    elif kind is not None:
        _check_archive(file, size, tried)
    elif foreign := foreign_format(start):
        raise _foreign(tried, foreign)
    else:
        _check_onnx(file, size, tried)


def _check_tflite(file: BinaryIO, size: int, tried: str) -> None:
    try:
        TfliteFile(FileMessage(file), size)
    except Damaged as error:
        raise BadInput(tried, f"its bytes are not those of a whole .tflite file: {error}", _WHOLE) from None


def _check_archive(file: BinaryIO, size: int, tried: str) -> None:
    try:
        kind = kind_of_archive(names_in_archive(file, size))
    except (zipfile.BadZipFile, NotImplementedError, ValueError) as error:
        raise BadInput(tried, f"its bytes are not those of a whole .zip file: {error}", _WHOLE) from None
    if kind == "zip":
        raise BadInput(tried, "it is a ZIP file without a model in it", advice_for("zip"))
    if kind is not None:
        raise _foreign(tried, kind)


def _check_onnx(file: BinaryIO, size: int, tried: str) -> None:
    try:
        places = graph_places(file, size)
    except NotProtobuf as error:
        if str(error):
            raise _foreign(tried, str(error)) from None
        raise BadInput(
            tried, "its bytes are not those of a whole ONNX model, nor of a .tflite or .zip file", _WHOLE
        ) from None
    for number in (_IR_VERSION, _GRAPH):
        if [each for each, _begin, _end in places].count(number) > 1:
            raise BadInput(tried, "it holds two models, one behind the other", "Give each a file of its own.")


def _foreign(tried: str, kind: str) -> BadInput:
    article = "an" if kind[0] in "AEIOU" or kind.startswith("HTML") else "a"
    return BadInput(tried, f"it is {article} {kind} file, which Nx does not run", advice_for(kind))
