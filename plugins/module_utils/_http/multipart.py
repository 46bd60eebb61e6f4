# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Uploads as a stream: constant memory, and a new stream for each repeat."""

from __future__ import annotations

import base64
import hashlib
import os
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, BinaryIO

from .._core.errors import BadInput, missing_library
from .._core.files import open_regular
from .._core.values import to_json

# The socket's time-out runs for one block, so it has to be small enough for a slow line. It stays just below 128 KiB,
# from where on the C library would map and unmap the memory of each block.
BLOCK = 120 << 10
FORMS = ("multipart", "multipart_json", "json")


class Multipart:
    """The body of a model upload: the part ``data`` (JSON text) and, if a file is given, the part ``file``.

    In the form ``multipart_json`` the part ``data`` says that it is JSON. In the form ``json`` the body is the JSON
    text, and holds the file as base64 in a member.

    ``open()`` gives a new stream from the beginning each time, so a repeat never goes on with a half-read file.
    """

    def __init__(
        self,
        data: Mapping[str, Any],
        file: str | None = None,
        size: int | None = None,
        progress: Callable[[int, int], None] | None = None,
        sha256: str | None = None,
        names: tuple[str, str] = ("data", "file"),
        form: str = "multipart",
    ) -> None:
        """``size`` and ``sha256`` are what the caller found earlier. A file of another size is not sent at all, and one
        of another digest not to its end.

        ``progress`` is called after each block with the bytes sent and the bytes in all. ``names``: of the two parts.
        ``form``: one of ``FORMS``.
        """
        self._text = to_json(data)
        self._file = file
        self._size = size
        self._sha256 = sha256
        self._progress = progress
        self._names = names
        self._form = form
        self._boundary = uuid.uuid4().hex
        whole = form == "json"
        self.content_type = "application/json" if whole else f"multipart/form-data; boundary={self._boundary}"

    @contextmanager
    def open(self) -> Iterator[Stream]:
        """A stream with a length, open as long as the context lasts."""
        data = (None, self._text, "application/json") if self._form == "multipart_json" else self._text
        if self._file is None:
            yield self._plain(None) if self._form == "json" else self._stream([(self._names[0], data)])
            return
        with _opened(self._file) as handle:
            source = _Source(handle, self._file, self._size, self._sha256)
            part = (os.path.basename(self._file), source, "application/octet-stream")
            parts = [(self._names[0], data), (self._names[1], part)]
            yield self._plain(source) if self._form == "json" else self._stream(parts)

    def _plain(self, source: _Source | None) -> Stream:
        return Stream(_Json(self._text, self._names[1], source), self._progress)

    def _stream(self, parts: list[tuple[str, Any]]) -> Stream:
        try:
            from requests_toolbelt.multipart.encoder import MultipartEncoder
        except ImportError:
            advice = "Install it for the Python that runs this task: pip install requests-toolbelt."
            raise missing_library("Prepare the upload", "requests-toolbelt", advice) from None
        return Stream(MultipartEncoder(parts, boundary=self._boundary), self._progress)


def _opened(path: str) -> BinaryIO:
    try:
        return open_regular(path)
    except OSError as error:
        raise BadInput(f"Upload {path}", str(error.strerror), "Check the path and who may read it.") from None


class Stream:
    """Blocks of bytes with a known length in all: sent as they are, with a Content-Length."""

    def __init__(self, encoder: Any, progress: Callable[[int, int], None] | None = None) -> None:
        self._encoder = encoder
        self._progress = progress

    def __len__(self) -> int:
        return int(self._encoder.len)

    def __iter__(self) -> Iterator[bytes]:
        total, sent = len(self), 0
        while block := self._encoder.read(BLOCK):
            yield block
            sent += len(block)
            if self._progress:
                self._progress(sent, total)


class _Json:
    """An object, with a file in it as base64. Has what ``Stream`` asks for."""

    def __init__(self, text: str, name: str, source: _Source | None) -> None:
        self._source = source
        self._begin, self._end = text.encode(), b""
        if source is not None:
            comma = ", " if text != "{}" else ""
            self._begin, self._end = f'{text[:-1]}{comma}{to_json(name)}: "'.encode(), b'"}'
        size = 4 * -(-source.len // 3) if source else 0
        self.len = len(self._begin) + size + len(self._end)

    def read(self, size: int) -> bytes:
        begin, self._begin = self._begin, b""
        if begin:
            return begin
        if self._source is not None and self._source.len:
            return base64.b64encode(self._source.read(size // 4 * 3))
        end, self._end = self._end, b""
        return end


class _Source:
    """A file that must stay as it is while it is sent. Has what MultipartEncoder asks for: ``len`` and ``read``."""

    def __init__(self, handle: BinaryIO, path: str, size: int | None, sha256: str | None) -> None:
        self._handle = handle
        self._path = path
        self._sha256 = sha256
        self._digest = hashlib.sha256()
        self._before = os.fstat(handle.fileno())
        self.len = self._before.st_size  # what is still to be read
        if size is not None and size != self.len:
            raise self._changed(f"it has {self.len} bytes and had {size} when it was looked at")

    def read(self, size: int = -1) -> bytes:
        wanted = self.len if size < 0 else min(size, self.len)
        try:
            block = self._handle.read(wanted)
            after = os.fstat(self._handle.fileno())
        except OSError as error:
            raise BadInput(f"Upload {self._path}", f"reading failed: {error.strerror}", "Check the disk.") from None
        if len(block) < wanted or (after.st_size, after.st_mtime_ns) != (
            self._before.st_size,
            self._before.st_mtime_ns,
        ):
            raise self._changed("it changed while it was being sent")
        self.len -= len(block)
        if self._sha256:
            self._check(block, self._sha256)
        return block

    def _check(self, block: bytes, sha256: str) -> None:
        """The last block is held back where the digest is another, so that the service never has the whole."""
        self._digest.update(block)
        if not self.len and self._digest.hexdigest() != sha256:
            answer = "what was read to send it is not what was checked before, so the upload was broken off"
            advice = "Look at the model in the portal, and run the task again when nothing writes to the file any more."
            raise BadInput(f"Upload {self._path}", answer, advice)

    def _changed(self, how: str) -> BadInput:
        return BadInput(f"Upload {self._path}", how, "Run the task again when nothing writes to the file any more.")
