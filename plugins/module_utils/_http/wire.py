# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How an answer comes off the wire: by a deadline that no read outlives, within bounds, and in one reading only."""

from __future__ import annotations

import io
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from http.client import HTTPException, HTTPMessage, HTTPResponse
from typing import Any

MOST_HEAD = 1 << 18  # bytes of the status line and headers, with all "100 Continue" before them
MOST_WIRE = 48 << 20  # bytes of one answer as it travels

_SECONDS: ContextVar[float] = ContextVar("seconds", default=60.0)


class AnswerTooLate(TimeoutError):
    """The answer was not whole by its deadline."""


class BadAnswer(HTTPException):
    """What came is more than an answer can be, or can be read in two ways."""


@contextmanager
def answer_within(seconds: float) -> Iterator[None]:
    """Answers to what this thread sends in the block have so long, each from the last byte of its request."""
    before = _SECONDS.set(seconds)
    try:
        yield
    finally:
        _SECONDS.reset(before)


class Answering(HTTPResponse):
    """An answer of ``http.client``, also that of a proxy to CONNECT. It is made when all of the request is sent."""

    def __init__(self, sock: Any, *args: Any, **kwargs: Any) -> None:
        super().__init__(sock, *args, **kwargs)
        self._wire = _Wire(self.fp.detach(), sock)
        self.fp = io.BufferedReader(self._wire)

    def begin(self) -> None:
        super().begin()
        self._wire.most = MOST_WIRE
        _check_length(self.headers)


class _Wire(io.RawIOBase):
    """The bytes of one answer. A read waits for the silence that the socket allows now, and never past the end."""

    def __init__(self, raw: io.RawIOBase, sock: Any) -> None:
        self.most = MOST_HEAD
        self._raw = raw
        self._sock = sock
        self._silence = sock.gettimeout()
        self._end = time.monotonic() + _SECONDS.get()
        self._taken = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        left = self._end - time.monotonic()
        if left <= 0:
            raise AnswerTooLate("the answer did not end in time")
        self._sock.settimeout(left if self._silence is None else min(self._silence, left))
        try:
            count = self._raw.readinto(buffer)
        except TimeoutError:
            if time.monotonic() < self._end:
                raise
            raise AnswerTooLate("the answer did not end in time") from None
        self._taken += count or 0
        if self._taken > self.most:
            raise BadAnswer(f"it does not end: more than {self.most >> 10} KiB came")
        return count

    def close(self) -> None:
        super().close()
        self._raw.close()


def _check_length(headers: HTTPMessage) -> None:
    """Where an answer ends must be said in one way, or what follows could be taken for the next answer."""
    lengths, codings = headers.get_all("Content-Length", []), headers.get_all("Transfer-Encoding", [])
    if len(lengths) + len(codings) > 1:
        raise BadAnswer("it says more than once how long it is")
    if lengths and not (lengths[0].strip().isascii() and lengths[0].strip().isdigit()):
        raise BadAnswer("its Content-Length is not a number")
    if codings and codings[0].strip().lower() != "chunked":
        raise BadAnswer("its Transfer-Encoding is not chunked")
