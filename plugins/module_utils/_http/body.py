# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The body of an answer: unpacked here, so that what comes out of a compression is counted before it is made."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from typing import Any

MOST_OF_AN_ERROR = 1 << 16  # nobody reads more
LARGE = 1 << 19  # bytes: twice what a page of the service has
_BLOCK = 1 << 16


def read_beginning(raw: Any) -> bytes:
    """The body of an error, of which one byte more than the most says that it was cut."""
    return bytes(Reading(raw).up_to(MOST_OF_AN_ERROR)[: MOST_OF_AN_ERROR + 1])


class Reading:
    """The body of a response of urllib3, as far as it was read. ValueError where it is packed in another way."""

    def __init__(self, raw: Any) -> None:
        self._pieces = _pieces(raw)
        self._content = bytearray()

    def up_to(self, most: int) -> bytearray:
        """All of it, or some bytes more than ``most``. Another call goes on from there."""
        self._content = bytearray(self._content)  # anew: it grows where the thread that made it has its memory
        try:
            while len(self._content) <= most and (piece := next(self._pieces, None)) is not None:
                self._content += piece
        except BaseException:
            self._content.clear()  # an error keeps its frames, and libraries keep errors
            raise
        return self._content


def _pieces(raw: Any) -> Iterator[bytes]:
    gzip = _gzip(raw.headers.get("Content-Encoding", ""))
    for block in raw.stream(_BLOCK, decode_content=False):
        if gzip:
            yield from gzip.unpacked(block)
        else:
            yield block
    if gzip:
        gzip.end()
    if raw.length_remaining:  # urllib3 before 2 does not look
        raise ConnectionError(f"{raw.length_remaining} bytes of it are missing")


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

    def unpacked(self, block: bytes) -> Iterator[bytes]:
        """In pieces, since a block may stand for a thousand times as much."""
        self._empty, piece = False, b""
        while block or len(piece) == _BLOCK:
            try:
                piece = self._stream.decompress(block, _BLOCK)
            except zlib.error:
                raise ValueError("it says that it is gzip and is not") from None
            if self._stream.unused_data:
                raise ValueError("something follows the end of its gzip data")
            block = self._stream.unconsumed_tail
            yield piece

    def end(self) -> None:
        if not self._stream.eof and not self._empty:
            raise ValueError("its gzip data is cut short")
