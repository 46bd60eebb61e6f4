# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The body of an answer: unpacked here, so that what comes out of a compression is counted before it is made."""

from __future__ import annotations

import zlib
from typing import Any

from .._core.limits import TooLarge

MOST_BYTES = 48 << 20  # of one page: 50,000 devices with their pipelines have less
MOST_OF_AN_ERROR = 1 << 16  # nobody reads more
_BLOCK = 1 << 16


def read_body(raw: Any) -> bytes:
    """The whole body of a response of urllib3. Raises ValueError where it is too large, or packed in another way."""
    return _read(raw, MOST_BYTES)


def read_beginning(raw: Any) -> bytes:
    """The same of an error, of which one byte more than the most says that it was cut."""
    try:
        return _read(raw, MOST_OF_AN_ERROR)
    except _More as more:
        return more.content


class _More(TooLarge):
    def __init__(self, content: bytes, most: int) -> None:
        super().__init__(f"it has more than {most >> 20} MiB")
        self.content = content


def _read(raw: Any, most: int) -> bytes:
    content, gzip = bytearray(), _gzip(raw.headers.get("Content-Encoding", ""))
    for block in raw.stream(_BLOCK, decode_content=False):
        content += gzip.unpacked(block, most + 1 - len(content)) if gzip else block
        if len(content) > most:
            raise _More(bytes(content[: most + 1]), most)
    if gzip:
        gzip.end()
    if raw.length_remaining:  # urllib3 before 2 does not look
        raise ConnectionError(f"{raw.length_remaining} bytes of it are missing")
    return bytes(content)


def _gzip(encoding: str) -> _Gzip | None:
    name = encoding.strip().lower()
    if name in ("", "identity"):
        return None
    if name in ("gzip", "x-gzip"):
        return _Gzip()
    raise ValueError("it is packed in another way than gzip, which alone was asked for, or more than once")


class _Gzip:
    def __init__(self) -> None:
        self._stream = zlib.decompressobj(wbits=31)
        self._empty = True

    def unpacked(self, block: bytes, most: int) -> bytes:
        self._empty = False
        try:
            found = self._stream.decompress(block, most)
        except zlib.error:
            raise ValueError("it says that it is gzip and is not") from None
        if self._stream.unused_data:
            raise ValueError("something follows the end of its gzip data")
        return found

    def end(self) -> None:
        if not self._stream.eof and not self._empty:
            raise ValueError("its gzip data is cut short")
