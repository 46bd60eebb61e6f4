# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How far the conversion of a model is: computed from the clock whenever somebody looks."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from .records import Model, StoredFile
from .settings import Quirks, Times

# The MIME types that were seen in the service's file lists: those that are always made, by the kind of the file.
ARTEFACTS = {
    "onnx": ("application/x-onnx",),
    "tflite": ("application/x-tensorflow-lite; type=float32", "application/x-onnx"),
    "zip": ("application/zip; source=original", "application/zip; kind=teachable-machine", "application/x-onnx"),
    "unknown": ("application/octet-stream; source=original",),
}


# Of an ONNX file also what EnableConversions asks for. The words are those of the portal's form: on the wire a guess.
CONVERSIONS = {"Hailo": "application/x-onnx; device=hailo", "MemryX": "application/zip; device=mxa"}


@dataclass(frozen=True)
class Progress:
    """``status`` is the record's, ``code_status`` the conversion's; a model can be used when both are ``ok``."""

    status: str
    code_status: str
    has_cdn_uri: bool
    log: str

    @property
    def ready(self) -> bool:
        return self.status == "ok" and self.code_status == "ok"


def progress(model: Model, now: float, times: Times, quirks: Quirks) -> Progress:
    if model.fixed_status:
        return _fixed(model.fixed_status, quirks)
    if model.file is None:
        return Progress("new", "", False, "no file yet")
    age = now - model.received_at
    if age < times.record:
        status = "queued" if age < times.record / 4 else "processing"
        return Progress(status, "queued", False, "waiting for a converter")
    if model.file.kind == "unknown" and not quirks.accept_any_file:
        return Progress("error", "error", False, f"{model.file.name}: not an ONNX, TensorFlow Lite or zip file")
    if age < times.code:
        return Progress("ok", "processing", False, "converting")
    late = quirks.cdn == "late" and age < times.code + times.late_cdn
    return Progress("ok", "ok", not late and quirks.cdn != "never", "converted")


def _fixed(status: str, quirks: Quirks) -> Progress:
    ready = status == "ok"
    return Progress(status, status, ready and quirks.cdn == "in_time", "converted" if ready else status)


def file_kind(head: bytes) -> str:
    """What the first bytes of a file say it is. An ONNX file is a protobuf message that starts with field 1."""
    if head[4:8] == b"TFL3":
        return "tflite"
    if head.startswith(b"PK\x03\x04"):
        return "zip"
    return "onnx" if head.startswith(b"\x08") else "unknown"


def downloads(file: StoredFile, uri: str, asked: Iterable[Any], quirks: Quirks) -> list[dict[str, Any]]:
    """The files that a conversion yields. Member names are guesses; the MIME types are not."""
    words = {str(each).lower() for each in (CONVERSIONS if quirks.conversions == "all" else asked)}
    further = [mime for word, mime in CONVERSIONS.items() if word.lower() in words and file.kind == "onnx"]
    return [
        {"MIMEType": mime, "Name": file.name, "Size": file.size, "URL": f"{uri}?file={number}"}
        for number, mime in enumerate([*ARTEFACTS[file.kind], *further])
    ]
