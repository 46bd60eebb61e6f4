# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The server: a bound socket first, so that the port is known and errors show before anything runs."""

from __future__ import annotations

import socket
import tempfile
from collections.abc import Callable, Collection
from contextlib import ExitStack
from pathlib import Path

import uvicorn
from starlette.types import ASGIApp

from . import certificate, control
from .app import Simulator, build
from .guard import Guarded
from .transport import Protocol


class Serving:
    """A simulator on a port. ``run`` is left to the caller: in a thread, or as the main program."""

    def __init__(
        self,
        simulator: Simulator,
        host: str,
        port: int,
        tls: bool,
        with_control: bool,
        names: Collection[str] = (),
        around: Callable[[ASGIApp], ASGIApp] | None = None,
    ) -> None:
        """``around`` puts another application in front of it, for tests.

        Raises OSError when the address cannot be had, ImportError when TLS needs a library that is not there.
        """
        self.simulator = simulator
        self.ca_path: Path | None = None  # with TLS: the certificate to trust
        key_path: Path | None = None
        with ExitStack() as cleanup:
            cleanup.callback(simulator.close)
            self._socket = cleanup.enter_context(_bound(host, port))
            if tls:
                folder = cleanup.enter_context(tempfile.TemporaryDirectory(prefix="nxai-simulator-tls-"))
                self.ca_path, key_path = certificate.make(Path(folder), host)
            self._cleanup = cleanup.pop_all()
        shown = f"[{host}]" if ":" in host else host
        self.url = f"{'https' if tls else 'http'}://{shown}:{self._socket.getsockname()[1]}"
        app: ASGIApp = Guarded(build(simulator, control.routes(simulator) if with_control else []), host, names)
        self.server = uvicorn.Server(
            uvicorn.Config(
                around(app) if around else app,
                http=Protocol,
                loop="asyncio",
                ws="none",
                lifespan="off",
                log_config=None,
                log_level="error",
                access_log=False,
                server_header=False,
                timeout_keep_alive=60,
                timeout_graceful_shutdown=1,
                ssl_certfile=self.ca_path,
                ssl_keyfile=key_path,
            )
        )

    def run(self) -> None:
        """Serve until ``server.should_exit`` is set, or a signal comes to the main thread."""
        try:
            self.server.run(sockets=[self._socket])
        finally:
            self.close()

    def close(self) -> None:
        self._cleanup.close()


def _bound(host: str, port: int) -> socket.socket:
    family, kind, protocol, _name, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    found = socket.socket(family, kind, protocol)
    try:
        found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        found.bind(address)
        found.listen(2048)  # from here on a connection waits, and is not refused
    except OSError:
        found.close()
        raise
    return found
