# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""No web page of the user's browser may reach the simulator: neither by its own address nor by DNS rebinding."""

from __future__ import annotations

import ipaddress
from collections.abc import Collection
from urllib.parse import urlsplit

from starlette.types import ASGIApp, Receive, Scope, Send

from .answers import Json, outcome

_NAVIGATION = "none"  # Sec-Fetch-Site of an address that a person has typed; programs do not send the header


class Guarded:
    """The application for callers that name it as what it is.

    ``host`` is the address that it was told to listen on, ``names`` are further names that lead to its API.
    """

    def __init__(self, app: ASGIApp, host: str, names: Collection[str] = ()) -> None:
        self._app = app
        self._host = host.lower()
        self._names = frozenset(names)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        problem = self._problem(scope) if scope["type"] == "http" else ""
        if not problem:
            await self._app(scope, receive, send)
            return
        control = _is_control(scope)
        body = {"error": problem} if control else outcome(problem)
        await Json(body, status_code=403)(scope, receive, send)

    def _problem(self, scope: Scope) -> str:
        control = _is_control(scope)
        if control and _all(scope, b"origin"):
            return "the control interface takes no request of a web page (it has an Origin)"
        if control and any(site != _NAVIGATION for site in _all(scope, b"sec-fetch-site")):
            return "the control interface takes no request of a web page (see its Sec-Fetch-Site)"
        # Who listens for other machines is reached by names that only they know, and the API has its tokens.
        if not control and not _is_loopback(self._host):
            return ""
        own = {self._host, str((scope.get("server") or (self._host,))[0]).lower()}
        own |= set() if control else self._names
        for named in _all(scope, b"host"):
            host = _host_of(named)
            if host not in own and not _is_loopback(host):
                return (
                    f"the Host {named!r:.100} is not this simulator: use localhost, or the address that it listens on"
                )
        return ""


def _is_control(scope: Scope) -> bool:
    return f"{scope['path']}/".startswith("/_sim/")


def _all(scope: Scope, wanted: bytes) -> list[str]:
    return [value.decode("latin-1") for name, value in scope["headers"] if name == wanted]


def _host_of(named: str) -> str:
    """The host of a Host header; empty for one that cannot be read."""
    try:
        parts = urlsplit(f"//{named}")
        return parts.hostname or "" if parts.netloc == named and "@" not in named else ""
    except ValueError:
        return ""


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")
