# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How an answer comes off the wire: by a deadline that no read outlives, within bounds, and in one reading only."""

from __future__ import annotations

import io
import ssl
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, wait
from contextlib import contextmanager
from contextvars import ContextVar, copy_context
from dataclasses import dataclass
from http.client import HTTPException, HTTPMessage, HTTPResponse, parse_headers
from typing import Any, TypeVar

MOST_HEAD = 1 << 18  # bytes of the status line and headers, with all that is like "100 Continue" before them
MOST_WIRE = 48 << 20  # bytes of one answer as it travels

Result = TypeVar("Result")


@dataclass
class _Exchange:
    """A request with its answer, redirects included.

    ``left``: for how many seconds it may still wait for bytes. Time in which the request goes out does not count.
    ``connected``: False while a connection is being made, and after that has failed: then nothing was sent.
    """

    left: float
    connected: bool = True


_EXCHANGE: ContextVar[_Exchange] = ContextVar("exchange")


class AnswerTooLate(TimeoutError):
    """The answer was not whole by its deadline."""


class BadAnswer(HTTPException):
    """What came is more than an answer can be, or can be read in two ways."""


@contextmanager
def exchange_within(seconds: float) -> Iterator[None]:
    """What this thread sends in the block is one exchange, whose answers have so long together."""
    before = _EXCHANGE.set(_Exchange(seconds))
    try:
        yield
    finally:
        _EXCHANGE.reset(before)


def is_connected() -> bool:
    """Whether the exchange got beyond making a connection, so that its request may have arrived."""
    return _EXCHANGE.get().connected


@contextmanager
def connecting(seconds: float) -> Iterator[None]:
    """A connection is made in the block. The consent of a proxy and TLS inside its TLS have so long together."""
    exchange = _EXCHANGE.get()
    left, exchange.left, exchange.connected = exchange.left, seconds, False
    try:
        yield
        exchange.connected = True
    finally:
        exchange.left = left


def in_turn(readers: Executor, read: Callable[[], Result]) -> Result:
    """What ``read`` gives in a thread of ``readers``. The exchange pays for the wait until one is free, too."""
    exchange = _EXCHANGE.get()
    began, left = time.monotonic(), exchange.left

    def begin() -> Result:
        exchange.left = left - (time.monotonic() - began)
        return read()

    future = readers.submit(copy_context().run, begin)
    wait([future], max(0.0, left))
    if future.cancel():
        raise AnswerTooLate("too many large answers came at once, and its turn did not come in time")
    return future.result()


@contextmanager
def _waiting(sock: Any, silence: float | None) -> Iterator[None]:
    """Bytes are awaited in the block: for as long as the socket allows silence, and never past the end."""
    exchange = _EXCHANGE.get()
    began, left = time.monotonic(), exchange.left
    if left <= 0:
        raise AnswerTooLate("the answer did not end in time")
    sock.settimeout(left if silence is None else min(silence, left))
    try:
        yield
    except TimeoutError:
        if time.monotonic() - began < left:
            raise
        raise AnswerTooLate("the answer did not end in time") from None
    finally:
        exchange.left = left - (time.monotonic() - began)  # set, not subtracted: a wait may hold others


class ProxySocket(ssl.SSLSocket):
    """TLS to a proxy, with TLS to the service inside. For one read of the inner, any number of these may be needed."""

    def recv(self, buflen: int = 1024, flags: int = 0) -> bytes:
        with _waiting(self, self.gettimeout()):
            return super().recv(buflen, flags)


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

    def _read_status(self) -> tuple[str, int, str]:
        """Passes over each 1xx, not only 100: its answer would be left for the next request."""
        while True:
            found: tuple[str, int, str] = super()._read_status()  # type: ignore[misc]
            if not 100 <= found[1] < 200:
                return found
            if found[1] == 101:
                raise BadAnswer("it changes to another protocol, which nobody asked for")
            parse_headers(self.fp)


class _Wire(io.RawIOBase):
    """The bytes of one answer."""

    def __init__(self, raw: io.RawIOBase, sock: Any) -> None:
        self.most = MOST_HEAD
        self._raw = raw
        self._sock = sock
        self._silence = sock.gettimeout()
        self._taken = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        with _waiting(self._sock, self._silence):
            count = self._raw.readinto(buffer)
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
