# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A scripted HTTP server on loopback, a clock that only moves when told, and transports that use both."""

from __future__ import annotations

import http.server
import json
import socket
import ssl
import struct
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from ansible_collections.nxai.cloud.plugins.module_utils._api.contract.file import contract_of
from ansible_collections.nxai.cloud.plugins.module_utils._connection.settings import Settings
from ansible_collections.nxai.cloud.plugins.module_utils._http.transport import Transport


@dataclass
class Request:
    method: str
    path: str
    query: dict[str, str]
    headers: Any
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass
class Reply:
    """What goes out. ``fate``: answer, reset (RST, no answer), close (no answer), cut (a part of the body), stall."""

    status: int = 200
    data: Any = None
    body: bytes | None = None
    headers: dict[str, str] = field(default_factory=dict)
    fate: str = "answer"
    seconds: float = 0.0

    def content(self) -> bytes:
        return self.body if self.body is not None else json.dumps(self.data).encode()


class ScriptedServer:
    """Answers each request with the next reply of the script, or with what ``handle`` returns."""

    def __init__(self, context: ssl.SSLContext | None = None) -> None:
        self.requests: list[Request] = []
        self.script: list[Reply] = []
        self.handle: Callable[[Request], Reply] = self._next
        self._lock = threading.Lock()
        owner = self

        class Handler(_Handler):
            server_owner = owner

        self._server = _QuietServer(("127.0.0.1", 0), Handler)
        if context:
            self._server.socket = context.wrap_socket(self._server.socket, server_side=True)
        self.port: int = self._server.server_address[1]
        self.url = f"{'https' if context else 'http'}://127.0.0.1:{self.port}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,))
        self._thread.start()

    def answer(self, *replies: Reply) -> None:
        self.script += replies

    def paths(self) -> list[str]:
        return [f"{request.method} {request.path}" for request in self.requests]

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def _next(self, _request: Request) -> Reply:
        return self.script.pop(0) if self.script else Reply(599, {"Message": "the script has ended"})

    def react(self, request: Request) -> Reply:
        with self._lock:
            self.requests.append(request)
            return self.handle(request)


class _QuietServer(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Clients that go away in the middle belong to the tests."""


class _Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # headers and body go out in two writes
    server_owner: ScriptedServer

    def _serve(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        parts = urlsplit(self.path)
        query = {name: values[0] for name, values in parse_qs(parts.query, keep_blank_values=True).items()}
        reply = self.server_owner.react(Request(self.command, parts.path, query, self.headers, body))
        if reply.fate == "reset":
            # Linger of zero seconds: closing sends RST.
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        if reply.fate in ("reset", "close"):
            self.close_connection = True
            self.connection.close()
            return
        if reply.fate == "stall":
            time.sleep(reply.seconds)
        content = reply.content()
        self.send_response(reply.status)
        headers = {"Content-Type": "application/json", "Content-Length": str(len(content)), **reply.headers}
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content[: len(content) // 2] if reply.fate == "cut" else content)
        self.close_connection = self.close_connection or reply.fate == "cut"

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = _serve

    def log_message(self, *_arguments: Any) -> None:
        pass


class Clock:
    """Seconds since some epoch; sleeping only moves it."""

    def __init__(self) -> None:
        self.now = 1_800_000_000.0
        self.sleeps: list[float] = []

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.sleeps.append(seconds)
        self.now += seconds


@pytest.fixture
def reply() -> type[Reply]:
    return Reply


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def new_server() -> Iterator[Callable[..., ScriptedServer]]:
    made: list[ScriptedServer] = []

    def make(context: ssl.SSLContext | None = None) -> ScriptedServer:
        made.append(ScriptedServer(context))
        return made[-1]

    yield make
    for scripted in made:
        scripted.close()


@pytest.fixture
def server(new_server: Callable[..., ScriptedServer]) -> ScriptedServer:
    return new_server()


@pytest.fixture
def new_transport(server: ScriptedServer, clock: Clock) -> Iterator[Callable[..., Transport]]:
    """A transport to the scripted server, on the clock of the test; the back-off is always the longest allowed."""
    made: list[Transport] = []

    def make(read_only: bool = False, **options: Any) -> Transport:
        settings = Settings.from_options({"api_url": server.url, "token": "tok-secret-1", **options})
        operations = contract_of(settings.contract).operations
        made.append(Transport(settings, read_only, operations, sleep=clock.sleep, clock=clock, jitter=lambda: 1.0))
        return made[-1]

    yield make
    for transport in made:
        transport.close()


@pytest.fixture
def transport(new_transport: Callable[..., Transport]) -> Transport:
    return new_transport()


@pytest.fixture
def closed_port() -> int:
    """A port on which nobody listens."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])
