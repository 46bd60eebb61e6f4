# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Receiving a model: the multipart parts ``data`` and ``file`` in any order, or one JSON object.

The file goes to disk as it comes in; of it, no more than one chunk is in memory.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header
from starlette.requests import Request

from .answers import Refusal
from .bodies import json_object, read_body
from .conversion import file_kind
from .identifiers import new_uuid
from .records import StoredFile

MAX_DATA = 16 << 20  # bytes of the part ``data``


@dataclass
class Upload:
    data: dict[str, Any] | None  # None when there was no such part
    file: StoredFile | None

    def discard(self) -> None:
        if self.file is not None and self.file.path is not None:
            self.file.path.unlink(missing_ok=True)


class _Store:
    """A file on disk with its digest, size and first bytes."""

    def __init__(self, folder: Path, name: str, limit: int) -> None:
        self.name = name or "model"
        self.path = folder / new_uuid()
        self._limit = limit
        self._handle = self.path.open("wb", buffering=0)
        self._digest = hashlib.sha256()
        self._head = b""
        self._size = 0

    def write(self, chunk: memoryview) -> None:
        if self._size < 8:
            self._head += bytes(chunk[:8])
        self._size += len(chunk)
        if self._limit and self._size > self._limit:
            raise Refusal(413, f"The file is larger than {self._limit} bytes", {"file": "is too large"})
        self._digest.update(chunk)
        self._handle.write(chunk)

    def close(self) -> StoredFile:
        self._handle.close()
        return StoredFile(self.name, self._size, self._digest.hexdigest(), file_kind(self._head[:8]), self.path)

    def abandon(self) -> None:
        self._handle.close()
        self.path.unlink(missing_ok=True)


class _Parts:
    def __init__(self, folder: Path, limit: int) -> None:
        self._folder = folder
        self._limit = limit
        self._headers: dict[str, bytes] = {}
        self._field = b""
        self._value = b""
        self._part = ""
        self.data: bytearray | None = None
        self.store: _Store | None = None
        self.complete = False

    def callbacks(self) -> Any:
        return {name: getattr(self, name) for name in dir(self) if name.startswith("on_")}

    def on_part_begin(self) -> None:
        self._headers, self._part = {}, ""

    def on_header_field(self, data: bytes, start: int, end: int) -> None:
        self._field += data[start:end]

    def on_header_value(self, data: bytes, start: int, end: int) -> None:
        self._value += data[start:end]

    def on_header_end(self) -> None:
        self._headers[self._field.decode("latin-1").lower()] = self._value
        self._field, self._value = b"", b""

    def on_headers_finished(self) -> None:
        _kind, options = parse_options_header(self._headers.get("content-disposition"))
        self._part = options.get(b"name", b"").decode("utf-8", "replace")
        if self._part == "data" and self.data is None:
            self.data = bytearray()
        elif self._part == "file" and self.store is None:
            self.store = _Store(self._folder, options.get(b"filename", b"").decode("utf-8", "replace"), self._limit)
        elif self._part in ("data", "file"):
            raise Refusal(400, f"The part {self._part} is there twice", {self._part: "must be there once"})

    def on_part_data(self, data: bytes, start: int, end: int) -> None:
        if self._part == "file" and self.store is not None:
            self.store.write(memoryview(data)[start:end])
        elif self._part == "data" and self.data is not None:
            self.data += data[start:end]
            if len(self.data) > MAX_DATA:
                raise Refusal(413, f"The part data is larger than {MAX_DATA} bytes", {"data": "is too large"})

    def on_end(self) -> None:
        self.complete = True


async def receive(request: Request, folder: Path, limit: int) -> Upload:
    """Raises Refusal (400 for what cannot be understood, 413 for too much), and leaves nothing behind then."""
    kind, options = parse_options_header(request.headers.get("content-type"))
    if kind != b"multipart/form-data":
        return _from_json(json_object(await read_body(request)), folder, limit)
    boundary = options.get(b"boundary")
    if not boundary:
        raise Refusal(400, "The multipart body has no boundary")
    parts = _Parts(folder, limit)
    done = False
    try:
        await _feed(request, parts, boundary)
        data = None if parts.data is None else json_object(bytes(parts.data), "data")
        done = True
    finally:
        if parts.store is not None and not done:
            parts.store.abandon()
    return Upload(data, parts.store.close() if parts.store is not None else None)


async def _feed(request: Request, parts: _Parts, boundary: bytes) -> None:
    try:
        parser = MultipartParser(boundary, parts.callbacks())
        async for chunk in request.stream():
            if chunk:
                parser.write(chunk)
    except FormParserError as error:
        raise Refusal(400, f"The multipart body cannot be read: {error}") from None
    if not parts.complete:
        raise Refusal(400, "The multipart body ends before its last boundary")


def _from_json(data: dict[str, Any], folder: Path, limit: int) -> Upload:
    """The JSON form: members of the model, and its file as base64 in ``OnnxModel``."""
    encoded = data.pop("OnnxModel", None)
    if encoded is None:
        return Upload(data, None)
    if not isinstance(encoded, str):
        raise Refusal(400, "OnnxModel is not text", {"OnnxModel": "must be base64"})
    try:
        content = base64.b64decode(encoded, validate=True)
    except (binascii.Error, ValueError):
        raise Refusal(400, "OnnxModel is not base64", {"OnnxModel": "must be base64"}) from None
    store = _Store(folder, "model.onnx", limit)
    try:
        store.write(memoryview(content))
    except Refusal:
        store.abandon()
        raise
    return Upload(data, store.close())
