# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A layer in front of the simulator: what the client sends and gets passes through the rewrites of one variant."""

from __future__ import annotations

import json
import re
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any
from urllib.parse import parse_qsl, urlencode

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from simulator.app import APIS
from simulator.cloud import OPERATIONS as CLOUD

_PLACE = re.compile(r"\{\w+\}")
TOTAL = "x-pagination-records"
_LENGTH = ("content-length", "transfer-encoding")


def _routes() -> list[tuple[str, re.Pattern[str], str]]:
    found = [(each.method, f"/{api}{each.path}", each.name) for api, table in APIS.items() for each in table]
    found += [(method, path, name) for name, method, path, _endpoint in CLOUD]
    found.sort(key=lambda route: len(_PLACE.findall(route[1])))  # a plain path comes before one with places
    return [(method, pattern(path), name) for method, path, name in found]


def pattern(path: str) -> re.Pattern[str]:
    """A path of a table as a pattern whose groups are its places."""
    return re.compile(_PLACE.sub(lambda place: f"(?P<{place.group()[1:-1]}>[^/]+)", path))


_ROUTES = _routes()


@lru_cache(maxsize=1000)
def _operation(wanted: str, where: str) -> str:
    return next((name for method, path, name in _ROUTES if method == wanted and path.fullmatch(where)), "")


def _written(value: Any) -> bytes:
    """As the simulator writes it, so that what is not changed is the same."""
    return json.dumps(value, separators=(",", ":")).encode("ascii")


@dataclass
class Asked:
    """A request. ``memory`` lives as long as the world, ``now`` is the simulated time."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes
    memory: dict[str, Any]
    now: float

    @property
    def operation(self) -> str:
        """The simulator's name for what it would do with this request; empty for a path that it does not have."""
        return _operation(self.method, self.path)

    @property
    def data(self) -> Any:
        return json.loads(self.body)

    @data.setter
    def data(self, value: Any) -> None:
        self.body = _written(value)

    @property
    def token(self) -> str:
        """The token in its header, without the word Bearer."""
        return self.headers.get("authorization", "").removeprefix("Bearer ")

    def copy(self, **members: Any) -> Asked:
        return replace(self, **{"query": dict(self.query), "headers": dict(self.headers), **members})


@dataclass
class Told:
    """An answer."""

    status: int
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=lambda: {"content-type": "application/json"})

    @property
    def good(self) -> bool:
        return 200 <= self.status < 300

    @property
    def data(self) -> Any:
        return json.loads(self.body)

    @data.setter
    def data(self, value: Any) -> None:
        """Where rows come or go, the total follows."""
        total = self.headers.get(TOTAL, "")
        if total.isdigit() and isinstance(value, list):
            self.headers[TOTAL] = str(int(total) + len(value) - len(self.data))
        self.body = _written(value)


def told(status: int, data: Any) -> Told:
    return Told(status, _written(data))


def refusal(status: int, message: str, **members: Any) -> Told:
    """An error as the service words it."""
    return told(status, {"Message": message, **members})


Ask = Callable[[Asked], Awaitable[Told]]
Rewrite = Callable[[Asked, Ask], Awaitable[Told]]


class Layer:
    """An ASGI application around another. ``play`` takes the rewrites of the next variant, the outermost first."""

    def __init__(self, app: ASGIApp, now: Callable[[], float]) -> None:
        self._app = app
        self._now = now
        self._rewrites: Sequence[Rewrite] = ()
        self._memory: dict[str, Any] = {}
        self.touched = False  # whether a rewrite has made a difference since ``play``
        self.requests: list[tuple[str, str]] = []  # method and path, as the client sent them

    def play(self, rewrites: Sequence[Rewrite]) -> None:
        self._rewrites, self._memory, self.touched = rewrites, {}, False
        self.requests.clear()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        asked = await self._read(scope, receive)
        self.requests.append((asked.method, asked.path))
        passed: list[tuple[Asked, Told]] = []

        async def last(request: Asked) -> Told:
            answer = await self._pass_on(scope, request)
            passed.append((request, replace(answer, headers=dict(answer.headers))))
            return answer

        ask: Ask = last
        for rewrite in reversed(self._rewrites):
            ask = _around(rewrite, ask)
        answer = await ask(asked.copy())
        self.touched = self.touched or passed != [(asked, answer)] or "demanded" in self._memory
        await _send(answer, send)

    async def _read(self, scope: Scope, receive: Receive) -> Asked:
        body, more = b"", True
        while more:
            message = await receive()
            body += message.get("body", b"")
            more = message.get("more_body", False)
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        query = dict(parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True))
        return Asked(scope["method"], scope["path"], query, headers, body, self._memory, self._now())

    async def _pass_on(self, scope: Scope, asked: Asked) -> Told:
        headers = {name: value for name, value in asked.headers.items() if name not in _LENGTH}
        headers["content-length"] = str(len(asked.body))
        inner = {
            **scope,
            "method": asked.method,
            "path": asked.path,
            "raw_path": asked.path.encode("ascii"),
            "query_string": urlencode(asked.query).encode("ascii"),
            "headers": [(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers.items()],
        }
        answer = Told(0, headers={})

        async def whole() -> Message:
            return {"type": "http.request", "body": asked.body, "more_body": False}

        async def collect(message: Message) -> None:
            if message["type"] == "http.response.start":
                answer.status = message["status"]
                pairs = ((name.decode("latin-1"), value.decode("latin-1")) for name, value in message["headers"])
                answer.headers = {name.lower(): value for name, value in pairs if name.lower() not in _LENGTH}
            else:
                answer.body += message.get("body", b"")

        await self._app(inner, whole, collect)
        return answer


def _around(rewrite: Rewrite, inner: Ask) -> Ask:
    return lambda asked: rewrite(asked, inner)


async def _send(answer: Told, send: Send) -> None:
    headers = {**answer.headers, "content-length": str(len(answer.body))}
    if answer.status == 204:
        del headers["content-length"]
    pairs = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers.items()]
    await send({"type": "http.response.start", "status": answer.status, "headers": pairs})
    await send({"type": "http.response.body", "body": b"" if answer.status == 204 else answer.body})
