# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A proxy that is reached by https: it drips, in each state of the connection, or leaves once it has the request."""

from __future__ import annotations

import contextlib
import socket
import ssl
import struct
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.nxai.cloud.plugins.module_utils._api.contract.operations import CREATE_CATALOGUE, LIST_MODELS
from ansible_collections.nxai.cloud.plugins.module_utils._core.errors import AnswerLost, Unreachable
from simulator import certificate

QUICK = replace(LIST_MODELS, name="quick", time_limit=0.5)
SLOW = replace(LIST_MODELS, name="slow", time_limit=5)
RECORD = b"\x16\x03\x03\x40\x00"  # the head of a TLS record of 16 KiB
HINTS = b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n"
OPEN = b"HTTP/1.1 200 Open\r\n\r\n"
HEAD = b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n"
GOOD = b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n[1]"


class Inner:
    """The service's side of TLS, spoken through another TLS connection."""

    def __init__(self, outer: ssl.SSLSocket, context: ssl.SSLContext) -> None:
        self._outer, self._taken, self._given = outer, ssl.MemoryBIO(), ssl.MemoryBIO()
        self._tls = context.wrap_bio(self._taken, self._given, server_side=True)
        self._loop(self._tls.do_handshake)

    def recv(self) -> Any:
        return self._loop(lambda: self._tls.read(1 << 16))

    def sendall(self, content: bytes) -> None:
        self._loop(lambda: self._tls.write(content))

    def _loop(self, step: Callable[[], Any]) -> Any:
        while True:
            with contextlib.suppress(ssl.SSLWantReadError):
                found = step()
                self._outer.sendall(self._given.read())
                return found
            self._outer.sendall(self._given.read())
            block = self._outer.recv(1 << 16)
            if not block:
                raise ConnectionError("the client has gone")
            self._taken.write(block)


class Proxy:
    """A proxy by TLS and, in its tunnels, a service. It drips as soon as a connection is in the state ``drips_in``."""

    def __init__(self, folder: Path) -> None:
        self.ca_path, key = certificate.make(folder, "cloud.test")
        self.drips_in = self.leaves_by = ""
        self.consent = OPEN
        self.asked: list[bytes] = []
        self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._context.load_cert_chain(self.ca_path, key)
        self._over = threading.Event()
        self._listening = socket.create_server(("127.0.0.1", 0))
        self._listening.settimeout(0.05)
        self.port = self._listening.getsockname()[1]
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def _run(self) -> None:
        with self._listening:
            while not self._over.is_set():
                with contextlib.suppress(OSError), self._listening.accept()[0] as connection:
                    connection.settimeout(5)
                    self._serve(connection)

    def _serve(self, connection: socket.socket) -> None:
        if self.drips_in == "outer handshake":
            self._drip(connection, RECORD, b"x")
        with self._context.wrap_socket(connection, server_side=True) as outer:
            self.asked.append(outer.recv(1 << 16))
            if self.drips_in == "consent":
                self._drip(outer, b"HTTP/1.1 200 Open\r\n", b"X-A: b\r\n")
            outer.sendall(self.consent)
            if self.drips_in == "inner handshake":
                self._drip(outer, RECORD, b"x")
            inner = Inner(outer, self._context)
            self.asked.append(inner.recv())
            if self.leaves_by == "reset":
                outer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            if self.leaves_by:
                return
            if self.drips_in == "record":
                self._drip(outer, b"\x17\x03\x03\x40\x00", b"x")
            if self.drips_in == "body":
                self._drip(inner, HEAD, b"x")
            inner.sendall(GOOD)

    def _drip(self, connection: Any, start: bytes, drop: bytes) -> None:
        connection.sendall(start)
        end = time.monotonic() + 5
        while not self._over.wait(0.05) and time.monotonic() < end:
            connection.sendall(drop)

    def close(self) -> None:
        self._over.set()
        self._thread.join()


@pytest.fixture
def proxy(tmp_path: Path) -> Iterator[Proxy]:
    found = Proxy(tmp_path)
    yield found
    found.close()


@pytest.fixture
def transport(proxy: Proxy, new_transport: Callable[..., Any]) -> Any:
    options = {"proxy": f"https://127.0.0.1:{proxy.port}", "ca_path": str(proxy.ca_path), "retries": 0}
    return new_transport(api_url="https://cloud.test", timeout=0.4, **options)


def test_an_answer_comes_through_both_layers(proxy: Proxy, transport: Any) -> None:
    assert transport.send(SLOW).data == [1]
    assert [head.split()[0] for head in proxy.asked] == [b"CONNECT", b"GET"]


def test_what_comes_before_the_consent_is_passed_over(proxy: Proxy, transport: Any) -> None:
    proxy.consent = HINTS * 3 + OPEN
    assert transport.send(SLOW).data == [1]


@pytest.mark.parametrize("way", ["close", "reset"])
def test_a_request_that_was_sent_may_have_arrived(proxy: Proxy, new_transport: Callable[..., Any], way: str) -> None:
    """urllib3 calls it a fault of the proxy; a POST that creates is not sent again for that."""
    proxy.leaves_by = way
    options = {"proxy": f"https://127.0.0.1:{proxy.port}", "ca_path": str(proxy.ca_path), "retries": 3}
    with pytest.raises(AnswerLost, match="connection broke"):
        new_transport(api_url="https://cloud.test", **options).send(CREATE_CATALOGUE, json={"Name": "n"})
    assert [head.split()[0] for head in proxy.asked] == [b"CONNECT", b"POST"]


@pytest.mark.parametrize("state", ["outer handshake", "consent", "inner handshake"])
def test_a_proxy_that_drips_is_given_up_when_the_time_to_connect_is_over(
    proxy: Proxy, transport: Any, state: str
) -> None:
    proxy.drips_in = state
    began = time.monotonic()
    with pytest.raises(Unreachable, match=r"no way through .it took longer than the time-out") as caught:
        transport.send(SLOW)
    assert time.monotonic() - began < 2
    assert caught.value.advice.startswith("Check the option proxy (or NXAI_PROXY)")


@pytest.mark.parametrize("state", ["record", "body"])
def test_a_dripping_answer_ends_at_its_deadline(proxy: Proxy, transport: Any, state: str) -> None:
    proxy.drips_in = state
    began = time.monotonic()
    with pytest.raises(AnswerLost, match="did not end in time"):
        transport.send(QUICK)
    assert 0.4 < time.monotonic() - began < 2
    assert proxy.asked[1].startswith(b"GET /cpt/functions ")


def test_a_service_that_drips_its_handshake_is_given_up(proxy: Proxy, new_transport: Callable[..., Any]) -> None:
    proxy.drips_in = "outer handshake"
    began = time.monotonic()
    with pytest.raises(Unreachable, match=r"no connection .it took longer than the time-out"):
        new_transport(api_url=f"https://127.0.0.1:{proxy.port}", timeout=0.4, retries=0).send(SLOW)
    assert time.monotonic() - began < 2
