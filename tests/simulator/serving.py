# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The server: a bound socket first, so that the port is known and errors show before anything runs."""

from __future__ import annotations

import shutil
import socket
import tempfile
from pathlib import Path

import uvicorn

from . import certificate, control
from .app import Simulator, build
from .transport import Protocol


class Serving:
    """A simulator on a port. ``server.run(sockets=[socket])`` is left to the caller: a thread, or the main program."""

    def __init__(self, simulator: Simulator, host: str, port: int, tls: bool, with_control: bool) -> None:
        self.simulator = simulator
        self.socket = _bound(host, port)
        self._folder = Path(tempfile.mkdtemp(prefix="nxai-simulator-tls-")) if tls else None
        self.ca_path: Path | None = None
        key_path: Path | None = None
        if self._folder is not None:
            self.ca_path, key_path = certificate.make(self._folder, host)
        shown = f"[{host}]" if ":" in host else host
        self.url = f"{'https' if tls else 'http'}://{shown}:{self.socket.getsockname()[1]}"
        config = uvicorn.Config(
            build(simulator, control.routes(simulator) if with_control else []),
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
        self.server = uvicorn.Server(config)

    def run(self) -> None:
        """Serve until ``server.should_exit`` is set, or a signal comes to the main thread."""
        try:
            self.server.run(sockets=[self.socket])
        finally:
            self.close()

    def close(self) -> None:
        self.socket.close()
        self.simulator.close()
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)


def _bound(host: str, port: int) -> socket.socket:
    """Raises OSError when the address cannot be had."""
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
