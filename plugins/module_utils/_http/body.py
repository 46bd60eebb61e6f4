# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The body of an answer: unpacked here, so that what comes out of a compression is counted before it is made."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator
from typing import Any

from .._core.limits import TooLarge

MOST_BYTES = 48 << 20  # of one page: 50,000 devices with their pipelines have less
MOST_OF_AN_ERROR = 1 << 16  # nobody reads more
LARGE = 1 << 19  # bytes: twice what a page of the service has
_BLOCK = 1 << 16


def read_body(raw: Any, most: int, when_large: Callable[[], object]) -> bytes:
    """The whole body of a response of urllib3. Raises ValueError where it is too large, or packed in another way.

    ``when_large`` is called once, before more than LARGE bytes are held.
    """
    most = min(most, MOST_BYTES)
    content = _read(raw, most, when_large)
    if len(content) > most:
        raise TooLarge(f"it has more than {most >> 20} MiB")
    return content


def read_beginning(raw: Any) -> bytes:
    """The same of an error, of which one byte more than the most says that it was cut."""
    return _read(raw, MOST_OF_AN_ERROR, lambda: None)


def _read(raw: Any, most: int, when_large: Callable[[], object]) -> bytes:
    """One byte more than ``most`` where there are more."""
    content, gzip, is_large = bytearray(), _gzip(raw.headers.get("Content-Encoding", "")), False
    for block in raw.stream(_BLOCK, decode_content=False):
        for piece in gzip.unpacked(block) if gzip else (block,):
            if not is_large and len(content) + len(piece) > LARGE:
                is_large = True
                when_large()
            content += piece
            if len(content) > most:
                del content[most + 1 :]
                return bytes(content)
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
