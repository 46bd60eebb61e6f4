# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Access to the connection below a request, for faults that no answer can show: resets and answers cut short."""

from __future__ import annotations

import asyncio
import socket
import struct

from starlette.types import Receive, Scope
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

EXTENSION = "nxai.simulator.transport"


class Protocol(HttpToolsProtocol):
    """uvicorn's own protocol; it hands the transport to the application as an ASGI extension."""

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self.scope["extensions"] = {EXTENSION: self.transport}  # type: ignore[dict-item]


def _transport(scope: Scope) -> asyncio.Transport:
    transport = scope.get("extensions", {}).get(EXTENSION)
    if transport is None:
        raise RuntimeError("this fault needs the simulator's own server: use simulator.testing.serve")
    assert isinstance(transport, asyncio.Transport)
    return transport


async def reset(scope: Scope, receive: Receive) -> None:
    """Break the connection with a TCP reset; returns when it is gone."""
    transport = _transport(scope)
    transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    transport.abort()
    await _until_gone(receive)


async def hang_up(scope: Scope, receive: Receive) -> None:
    _transport(scope).close()
    await _until_gone(receive)


async def pour(scope: Scope, receive: Receive, head: bytes, again: bytes, seconds: float) -> None:
    """Write ``head``, then ``again`` every so often, past all rules of HTTP, until the other side leaves."""
    transport = _transport(scope)
    transport.write(head)
    while not transport.is_closing():
        await asyncio.sleep(max(seconds, 0.01))
        transport.write(again)
    await _until_gone(receive)


async def _until_gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
