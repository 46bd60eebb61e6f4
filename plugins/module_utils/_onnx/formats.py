# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which kind of file that is, by its first bytes and, for an archive, by the names in it."""

from __future__ import annotations

import re
import struct
import zipfile
from collections.abc import Sequence
from typing import BinaryIO

TFLITE, ZIP = "TensorFlow Lite", "ZIP"

_EXPORT = "Export it to ONNX"
_ULTRALYTICS = "With Ultralytics: YOLO('best.pt').export(format='onnx', opset=16). Then use nxai_model_prepare."
_TORCH = f"{_EXPORT} (torch.onnx.export). {_ULTRALYTICS}"
_TENSORFLOW = f"{_EXPORT} (tf2onnx), or to TensorFlow Lite."
_KINDS = {  # of files that are no model that Nx takes -> what to do
    "PyTorch": _TORCH,
    "pickled": _TORCH,
    "safetensors": _TORCH,
    "Keras": _TENSORFLOW,
    "HDF5 (Keras)": _TENSORFLOW,
    "TensorFlow SavedModel": _TENSORFLOW,
    "TensorFlow graph": _TENSORFLOW,
    "NumPy": "It holds arrays, not a network. Name the model file.",
    "ONNX Runtime (ORT)": "Use the ONNX file that it was made of.",
    "TensorRT": "It runs on one kind of GPU only. Use the ONNX file that it was made of.",
    "GGUF": "Nx runs vision models only.",
    "Core ML": f"{_EXPORT}, from what it was made of.",
    "OpenVINO or other XML": "Use the ONNX file that it was made of.",
    "picture": "Name the model file.",
    "PDF": "Name the model file.",
    "HTML": "A download gave a page, for example of a login. Download it again.",
    "pointer of Git LFS": "The file itself is not here: git lfs pull.",
    "gzip": "Unpack it (gunzip), and name what was in it.",
    "tar": "Unpack it (tar xf), and name what was in it.",
    "zip": "A ZIP file has to hold a .tflite file and its labels, as Teachable Machine exports them.",
}
_STARTS: Sequence[tuple[bytes, str]] = (
    (b"\x89HDF\r\n\x1a\n", "HDF5 (Keras)"),
    (b"\x93NUMPY", "NumPy"),
    (b"ftrt", "TensorRT"),
    (b"ptrt", "TensorRT"),
    (b"GGUF", "GGUF"),
    (b"\xff\xd8\xff", "picture"),
    (b"\x89PNG", "picture"),
    (b"%PDF", "PDF"),
    (b"version https://git-lfs", "pointer of Git LFS"),
    (b"\x1f\x8b", "gzip"),
)
_MOST_ENTRIES, _MOST_DIRECTORY = 10_000, 4 << 20  # of an archive, whose list of contents is read whole
_END_OF_ARCHIVE = struct.Struct("<4s4H2LH")
_PICKLE = re.compile(rb"\x80[\x02-\x05]", re.DOTALL)


def advice_for(kind: str) -> str:
    return _KINDS[kind]


def taken_format(start: bytes) -> str | None:
    """TensorFlow Lite, ZIP, or None. ``start``: 8 bytes or more."""
    if start[4:8] == b"TFL3":
        return TFLITE
    return ZIP if start.startswith((b"PK\x03\x04", b"PK\x05\x06")) else None


def foreign_format(start: bytes) -> str | None:
    """A kind of file that Nx does not take, as far as its first 300 bytes tell."""
    for begin, kind in _STARTS:
        if start.startswith(begin):
            return kind
    if start[4:8] == b"ORTM":
        return "ONNX Runtime (ORT)"
    if start[257:262] == b"ustar":
        return "tar"
    if _PICKLE.match(start) and not start.startswith(b"\x80\x02\x08"):
        return "PyTorch" if b"\x8a\nl\xfc\x9cF\xf9 j\xa8P\x19" in start else "pickled"
    if len(start) > 9 and start[8:10] == b'{"' and int.from_bytes(start[:8], "little") < 100 << 20:
        return "safetensors"
    text = start.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if text.startswith((b"<!doctype html", b"<html")):
        return "HTML"
    return "OpenVINO or other XML" if text.startswith((b"<?xml", b"<net ")) else None


def protobuf_format(fields: Sequence[tuple[int, int]]) -> str | None:
    """What a file of protobuf fields is that is not ONNX. ``fields``: number and wire type of the first ones."""
    if not fields:
        return None
    if fields[0] == (1, 0) and (2, 2) in fields and all(number < 3 for number, _wire in fields):
        return "TensorFlow SavedModel"
    if fields[0] == (1, 0) and any(number >= 200 for number, _wire in fields):
        return "Core ML"
    return "TensorFlow graph" if fields[0] == (1, 2) and {each for each, _wire in fields} <= {1, 2, 3, 4} else None


def kind_of_archive(names: Sequence[str]) -> str | None:
    """What an archive is by the names in it; None for one that holds a ``.tflite`` file."""
    if any(name.lower().endswith(".tflite") for name in names):
        return None
    if any(name.endswith(("/data.pkl", "/constants.pkl")) or name == "data.pkl" for name in names):
        return "PyTorch"
    if names and all(name.endswith(".npy") for name in names):
        return "NumPy"
    if "model.weights.h5" in names or any(name.endswith((".h5", ".keras")) for name in names):
        return "Keras"
    return "TensorFlow SavedModel" if any(name.endswith("saved_model.pb") for name in names) else "zip"


def names_in_archive(file: BinaryIO, size: int) -> list[str]:
    """The names in a ZIP archive. Raises ``zipfile.BadZipFile`` for one that is cut, or past all reason."""
    file.seek(max(0, size - (1 << 16) - _END_OF_ARCHIVE.size))
    end = file.read()
    place = end.rfind(b"PK\x05\x06")
    if place < 0 or len(end) - place < _END_OF_ARCHIVE.size:
        raise zipfile.BadZipFile("its list of contents is missing, which stands at its end: it is cut short")
    _mark, _disk, _first, _here, entries, directory, _offset, _comment = _END_OF_ARCHIVE.unpack_from(end, place)
    if entries > _MOST_ENTRIES or directory > _MOST_DIRECTORY:
        raise zipfile.BadZipFile(f"it holds more than {_MOST_ENTRIES:,} files")
    with zipfile.ZipFile(file) as archive:
        return [name for name in archive.namelist() if not _is_note_of_a_mac(name)]


def _is_note_of_a_mac(name: str) -> bool:
    """macOS puts a file of its own beside each that it packs."""
    return name.startswith("__MACOSX/") or name.rpartition("/")[2].startswith("._")
