# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The session of requests as the settings want it: TLS, proxy, no cookies, no netrc, no redirects of its own."""

from __future__ import annotations

import ipaddress
from http.cookiejar import DefaultCookiePolicy
from typing import TYPE_CHECKING, Any, cast

from .._connection.proxy import Proxy
from .._connection.settings import Settings, authorities
from .._connection.urls import is_localhost
from .wire import Answering, ProxySocket, connecting

if TYPE_CHECKING:
    import socket
    import ssl

    import requests

CONNECTIONS = 16


def new_session(settings: Settings) -> requests.Session:
    import requests

    class Session(requests.Session):
        def get_redirect_target(self, resp: requests.Response) -> str | None:
            """None, as redirects are followed here by hand; otherwise requests reads and prepares the next one."""
            return None

    session = Session()
    session.trust_env = False  # proxies and authorities are chosen here; ~/.netrc would replace the token
    session.headers["User-Agent"] = "nxai.cloud (Ansible collection)"
    session.headers["Accept-Encoding"] = "gzip"
    session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))  # nothing is kept between requests
    adapter = _adapter(settings.validate_certs)
    for scheme in ("http://", "https://"):
        session.mount(scheme, adapter(pool_maxsize=CONNECTIONS, pool_block=True))
    return session


def request_options(settings: Settings, proxy: Proxy | None) -> dict[str, Any]:
    """What each request of the session is sent with."""
    return {
        "proxies": dict.fromkeys(("http", "https"), str(proxy.url)) if proxy else None,
        "verify": (authorities(settings)[1] or True) if settings.validate_certs else False,
        "cert": _certificate(settings),
        "allow_redirects": False,
        "stream": True,
    }


def _adapter(verified: bool) -> type[requests.adapters.HTTPAdapter]:
    """Connections that read as ``Answering`` does, and that reach no other machine as localhost."""
    from requests.adapters import HTTPAdapter
    from urllib3.connection import HTTPConnection, HTTPSConnection
    from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
    from urllib3.exceptions import NewConnectionError

    class Named:
        """In the errors of urllib3 it is called by its address, which urllib3 puts before what has happened."""

        host: str
        port: Any  # None in some pools

        def __str__(self) -> str:
            return f"{self.host}:{self.port}"

        __repr__ = __str__

    class Plain(Named, HTTPConnection):
        _answer: Answering | None = None

        def response_class(self, *args: Any, **kwargs: Any) -> Answering:  # type: ignore[override]
            self._answer = Answering(*args, **kwargs)
            return self._answer

        def connect(self) -> None:
            with connecting(cast(float, self.timeout)):
                super().connect()

        def _tunnel(self) -> None:
            try:
                super()._tunnel()
            finally:
                if self._answer:
                    self._answer.close()  # which older Pythons leave open

        def _new_conn(self) -> socket.socket:
            name = self.host
            if not is_localhost(name):
                return super()._new_conn()
            self.host = "localhost"  # what name servers say of names below it does not count
            try:
                found = super()._new_conn()
            finally:
                self.host = name
            if not ipaddress.ip_address(found.getpeername()[0]).is_loopback:
                found.close()
                raise NewConnectionError(self, "localhost is another machine here; check /etc/hosts")
            return found

    class Secure(Plain, HTTPSConnection):
        def connect(self) -> None:
            super().connect()
            # What the pool looks at before it warns at each request. The user has switched validation off.
            self.is_verified = self.is_verified or not verified

        def _connect_tls_proxy(self, hostname: str, sock: socket.socket) -> ssl.SSLSocket:
            found = super()._connect_tls_proxy(hostname, sock)
            found.__class__ = ProxySocket
            return found

    class PlainPool(Named, HTTPConnectionPool):
        ConnectionCls = Plain

    class SecurePool(Named, HTTPSConnectionPool):
        ConnectionCls = Secure

    pools = {"http": PlainPool, "https": SecurePool}

    class Adapter(HTTPAdapter):
        def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
            super().init_poolmanager(*args, **kwargs)
            self.poolmanager.pool_classes_by_scheme = pools

        def proxy_manager_for(self, *args: Any, **kwargs: Any) -> Any:
            manager = super().proxy_manager_for(*args, **kwargs)
            manager.pool_classes_by_scheme = pools
            return manager

    return Adapter


def _certificate(settings: Settings) -> str | tuple[str, str] | None:
    if settings.client_cert and settings.client_key:
        return settings.client_cert, settings.client_key
    return settings.client_cert
