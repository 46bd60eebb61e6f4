# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Injected faults: which requests they meet, and what they do to them."""

from __future__ import annotations

import asyncio
import contextlib
import fnmatch
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import Any

from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from .answers import PAGE_HEADER, outcome
from .hostile import ECHOES, Draw, bomb, echo, renamed
from .transport import hang_up, pour, reset

KINDS = ("status", "delay", "reset", "truncate", "drip", "html", "pagination", "headers", "bomb", "echo", "names")
_OPENED = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
_CHUNKED = _OPENED + b"Transfer-Encoding: chunked\r\n\r\n"
DRIPS = {  # what comes first, and what comes again and again after it
    "continue": (b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
    "headers": (_OPENED + b"X-Slow: ", b"a"),
    "chunk": (_CHUNKED + b"ffffff\r\n", b" "),
    "extension": (_CHUNKED + b"1;slow=", b"a"),
}
PARTS = {"drip": ("body", *DRIPS), "bomb": ("gzip", "gzip_twice", "deep", "listing"), "echo": ECHOES}
SENT = ("nothing", "half", "all")


@dataclass
class Fault:
    """One fault. It meets requests that fit ``operation``, ``path`` (a pattern as in a shell) and ``method``."""

    kind: str
    operation: str = ""
    path: str = ""
    method: str = ""
    nth: int = 1  # the first fitting request it meets, counted from 1
    times: int = 1  # how many it meets from there; 0: all
    seconds: float = 0.0  # real seconds to wait first (drip: before each byte; delay that is handled: after the effect)
    handled: bool = False  # the request takes effect before the fault: its true answer is lost
    status: int = 503
    headers: dict[str, str] = field(default_factory=dict)
    body: Any = None  # text as it is, anything else as JSON; None: what the service answers with
    after_bytes: int | None = None  # reset: when so many bytes of the body came in; None: when all did
    sent: str = "nothing"  # reset: how much of the true answer goes out before (nothing, half, all)
    records: int | None = None  # pagination: the number to claim; None: no header at all
    part: str = ""  # drip: of the answer; bomb: which; echo: where (PARTS; the first is the default)
    secrets: list[str] = field(default_factory=list)  # echo: what it repeats besides the request's own token
    seed: int = 0  # names: another number gives other names
    seen: int = 0  # fitting requests so far

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(f"kind must be one of {', '.join(KINDS)}, not {self.kind!r}")
        if self.sent not in SENT:
            raise ValueError(f"sent must be one of {', '.join(SENT)}, not {self.sent!r}")
        parts = PARTS.get(self.kind, ("",))
        self.part = self.part or parts[0]
        if self.part not in parts:
            raise ValueError(f"part of {self.kind} must be one of {', '.join(parts)}, not {self.part!r}")
        if self.kind == "html" and self.status == 503:
            self.status = 200

    def __str__(self) -> str:
        return f"{self.kind} {self.part}".rstrip()

    def fits(self, operation: str, path: str, method: str) -> bool:
        return (
            self.operation in ("", operation)
            and self.method.upper() in ("", method)
            and (not self.path or fnmatch.fnmatchcase(path, self.path))
        )


def fault_from(data: Mapping[str, Any]) -> Fault:
    """Raises ValueError for a name, kind or type that is not known."""
    known = {item.name: item for item in fields(Fault)}
    unknown = sorted(set(data) - set(known))
    if unknown or "kind" not in data:
        raise ValueError(f"{', '.join(unknown) or 'no kind'}: a fault has {', '.join(known)}, and needs a kind")
    for name in ("nth", "times", "seconds", "status", "after_bytes", "records", "seed"):
        value = data.get(name) or 0
        if isinstance(value, bool) or not isinstance(value, (int, float)) or value < 0:
            raise ValueError(f"{name} must be a number from 0 up, not {value!r}")
    return Fault(**data)


class Faults:
    def __init__(self) -> None:
        self.all: list[Fault] = []
        self.hostile: Draw | None = None  # meets what none of them does

    def take(self, operation: str, path: str, method: str, host: str = "") -> Fault | None:
        """The fault that meets this request; each that fits counts it. ``host`` is what the request named."""
        found = None
        for fault in self.all:
            if fault.fits(operation, path, method):
                fault.seen += 1
                active = fault.seen >= fault.nth and (not fault.times or fault.seen < fault.nth + fault.times)
                found = found or (fault if active else None)
        if found is None and self.hostile is not None:
            drawn = self.hostile.next(operation, path, method, host)
            return Fault(**drawn) if drawn else None
        return found

    def restart(self) -> None:
        """None of them any more; a hostile service begins anew."""
        self.all.clear()
        if self.hostile is not None:
            self.hostile.restart()

    def as_data(self) -> list[dict[str, Any]]:
        return [asdict(fault) for fault in self.all]


async def meet(fault: Fault, app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
    if fault.kind == "delay" and fault.handled:
        # The true answer, when somebody may have given up waiting for it.
        start, body = await _true_answer(app, scope, receive)
        await asyncio.sleep(fault.seconds)
        await _send(send, start, body)
        return
    if fault.seconds and fault.kind != "drip":
        await asyncio.sleep(fault.seconds)
    if fault.kind == "delay":
        await app(scope, receive, send)
    elif fault.kind == "drip" and fault.part != "body":
        await _swallow(receive, None)
        await pour(scope, receive, *DRIPS[fault.part], fault.seconds)
    elif fault.kind in ("names", "echo") and fault.part != "error":
        await _altered(fault, app, scope, receive, send)
    elif fault.kind == "drip":
        await _drip(fault.seconds, app, scope, receive, send)
    elif fault.kind == "truncate":
        await _part("half", app, scope, receive, send)
        await hang_up(scope, receive)
    elif fault.kind == "pagination":
        claim = None if fault.records is None else str(fault.records)
        await app(scope, receive, _with_headers(send, {PAGE_HEADER: claim}))
    elif fault.kind == "headers":
        await app(scope, receive, _with_headers(send, fault.headers))
    elif fault.kind == "reset" and fault.sent != "nothing":
        await _part(fault.sent, app, scope, receive, send)
        await reset(scope, receive)
    else:
        if fault.handled:
            await app(scope, receive, _nowhere)
        if fault.kind == "reset":
            if not fault.handled:
                await _swallow(receive, fault.after_bytes)
            await reset(scope, receive)
        else:
            await _answer(fault, scope)(scope, receive, send)


async def _nowhere(message: Message) -> None:
    """Takes the true answer, which the client shall not see."""


async def _swallow(receive: Receive, wanted: int | None) -> None:
    got = 0
    while wanted is None or got < wanted:
        message = await receive()
        got += len(message.get("body", b""))
        if not message.get("more_body", False):
            return


def _answer(fault: Fault, scope: Scope) -> Response:
    headers, path = dict(fault.headers), scope["path"]
    if fault.kind == "bomb":
        content, encoding = bomb(fault.part)
        return Response(content, 200, {**headers, **encoding}, media_type="application/json")
    if fault.kind == "echo":
        words = " ".join([f"you sent Authorization: {_authorization(scope)}", *fault.secrets])
        in_cloud = {"resultCode": "no", "errorText": words}
        said = in_cloud if path.startswith("/cdb/") else outcome(words, field={"x": words})
        return Response(json.dumps(said), fault.status, headers, media_type="application/json")
    if fault.kind == "html":
        text = fault.body if isinstance(fault.body, str) else "<html><body><h1>Gateway</h1></body></html>"
        return Response(text, fault.status, headers, media_type="text/html")
    body = fault.body
    if body is None:
        body = outcome("Injected fault", authorization_invalid=fault.status == 401)
        if path.startswith(("/cdb/", "/oauth2/")):
            body = {"resultCode": "serviceUnavailable", "errorText": "Injected fault"}
    if isinstance(body, list):
        headers.setdefault(PAGE_HEADER, str(len(body)))
    text = body if isinstance(body, str) else json.dumps(body)
    return Response(text, fault.status, headers, media_type="application/json")


def _with_headers(send: Send, changes: Mapping[str, str | None]) -> Send:
    """Sends the true answer with these headers in place of its own; None leaves one out."""
    names = {name.lower().encode() for name in changes}
    added = [(name.lower().encode(), value.encode()) for name, value in changes.items() if value is not None]

    async def changed(message: Message) -> None:
        if message["type"] == "http.response.start":
            message = {**message, "headers": [pair for pair in message["headers"] if pair[0] not in names] + added}
        await send(message)

    return changed


def _authorization(scope: Scope) -> str:
    return next((value.decode("latin-1") for name, value in scope["headers"] if name == b"authorization"), "none")


async def _altered(fault: Fault, app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
    """The true answer with names that nobody expects, or with secrets in its names or headers."""
    start, body = await _true_answer(app, scope, receive)
    secret = _authorization(scope).rpartition(" ")[2]
    if fault.part == "headers":
        added = [(name.lower().encode(), value.encode()) for name, value in echo([secret, *fault.secrets]).items()]
        start = {**start, "headers": [*start["headers"], *added]}
    else:
        texts = (secret, f"Bearer {secret}") if fault.kind == "echo" else None
        with contextlib.suppress(ValueError):
            body = json.dumps(renamed(json.loads(body), fault.seed, texts)).encode("ascii")
        kept = [pair for pair in start["headers"] if pair[0] != b"content-length"]
        start = {**start, "headers": [*kept, (b"content-length", str(len(body)).encode())]}
    await _send(send, start, body)


async def _true_answer(app: ASGIApp, scope: Scope, receive: Receive) -> tuple[Message, bytes]:
    """Let the request take effect. The start of its answer, and the whole body."""
    messages: list[Message] = []

    async def keep(message: Message) -> None:
        messages.append(message)

    await app(scope, receive, keep)
    return messages[0], b"".join(message.get("body", b"") for message in messages[1:])


async def _send(send: Send, start: Message, body: bytes, more_body: bool = False) -> None:
    await send(start)
    await send({"type": "http.response.body", "body": body, "more_body": more_body})


async def _part(sent: str, app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
    """Announce the whole body and send all or half of it. The connection is left for the caller to break."""
    start, body = await _true_answer(app, scope, receive)
    await _send(send, start, body if sent == "all" else body[: len(body) // 2], more_body=True)


async def _drip(seconds: float, app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
    """Send the true answer byte by byte, as long as somebody listens."""
    start, body = await _true_answer(app, scope, receive)
    await send(start)
    for byte in body:
        await asyncio.sleep(seconds)
        await send({"type": "http.response.body", "body": bytes((byte,)), "more_body": True})
    await send({"type": "http.response.body"})
