# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which proxy a request goes through, and who named it."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, replace

from .._core.errors import BadInput
from .urls import BadUrl, Url, is_loopback, judged

_TRIED = "Read the connection options"
_SOCKS = re.compile(r"socks[0-9a-z]*://", re.IGNORECASE)
_SHAPE = "Write it as http://HOST:PORT, or https://HOST:PORT."


@dataclass(frozen=True)
class Proxy:
    """``source``: the option or the environment variable that it comes from."""

    url: Url
    source: str


def proxy_for(url: Url, option: str | None) -> Proxy | None:
    """That of the option, else that of the environment, else none. None ever to this very machine.

    A proxy cannot reach this machine as localhost, and would read what goes there over plain http.
    """
    from requests.utils import get_environ_proxies, select_proxy

    if is_loopback(url.host):
        return None
    if option:
        return Proxy(judged_proxy(option, "proxy"), "proxy")
    found = select_proxy(str(url), get_environ_proxies(str(url)))
    if not found:
        return None
    names = [name for name, value in os.environ.items() if name.lower().endswith("_proxy") and value == found]
    source = names[0] if names else "the proxy of this machine"
    return Proxy(judged_proxy(found if "://" in found else f"http://{found}", source), source)


def judged_proxy(text: str, source: str) -> Url:
    """Raises ``BadInput`` without the login in the text, which may hold a password."""
    try:
        url = judged(text.strip(), with_login=True)
        if url.target not in ("", "/"):
            raise BadUrl("it holds more than a host")
    except BadUrl as error:
        socks = _SOCKS.match(text.strip())
        if socks:
            raise _no_socks(socks.group(), text.strip()[socks.end() :], source) from None
        raise BadInput(_TRIED, f"{source} is not the URL of a proxy ({error})", _SHAPE) from None
    return replace(url, target="")


def _no_socks(scheme: str, rest: str, source: str) -> BadInput:
    try:
        host = judged(f"http://{rest}", with_login=True).authority
    except BadUrl:  # then nobody knows where its password ends
        host = "..."
    way = "leave it out" if source == "proxy" else "name the host of the service in NO_PROXY"
    return BadInput(
        _TRIED,
        f"{source} is a SOCKS proxy ({scheme}{host}), and only http and https proxies are supported",
        f"Set proxy to an HTTP proxy, such as http://HOST:PORT. If the service can be reached without one, {way}.",
    )
