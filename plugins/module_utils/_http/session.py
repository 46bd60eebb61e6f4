# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The session of requests as the settings want it: TLS, proxy, no cookies, no netrc, no redirects of its own."""

from __future__ import annotations

from http.cookiejar import DefaultCookiePolicy
from typing import TYPE_CHECKING, Any

from .settings import Settings

if TYPE_CHECKING:
    import requests

CONNECTIONS = 16


def new_session(settings: Settings) -> requests.Session:
    import requests

    class Session(requests.Session):
        def get_redirect_target(self, resp: requests.Response) -> str | None:
            """None, as redirects are followed here by hand; otherwise requests reads and prepares the next one."""
            return None

    session = Session()
    session.headers["User-Agent"] = "nxai.cloud (Ansible collection)"
    session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))  # nothing is kept between requests
    adapter = requests.adapters.HTTPAdapter if settings.validate_certs else _unverified_adapter()
    for scheme in ("http://", "https://"):
        session.mount(scheme, adapter(pool_maxsize=CONNECTIONS, pool_block=True))
    return session


def request_options(settings: Settings) -> dict[str, Any]:
    """What each request of the session is sent with: of the session itself, the environment would override some."""
    return {
        "auth": _no_auth,
        "proxies": dict.fromkeys(("http", "https"), settings.proxy) if settings.proxy else None,
        "verify": (settings.ca_path or True) if settings.validate_certs else False,
        "cert": _certificate(settings),
        "allow_redirects": False,
        "stream": True,
    }


def _unverified_adapter() -> type[requests.adapters.HTTPAdapter]:
    """The user has switched validation off: no warning at each request, and no filter for the whole process either."""
    from requests.adapters import HTTPAdapter
    from urllib3.connection import HTTPSConnection
    from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

    class Connection(HTTPSConnection):
        def connect(self) -> None:
            super().connect()
            self.is_verified = True  # what the pool looks at before it warns

    class Pool(HTTPSConnectionPool):
        ConnectionCls = Connection

    pools = {"http": HTTPConnectionPool, "https": Pool}

    class Adapter(HTTPAdapter):
        def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
            super().init_poolmanager(*args, **kwargs)
            self.poolmanager.pool_classes_by_scheme = pools

        def proxy_manager_for(self, *args: Any, **kwargs: Any) -> Any:
            manager = super().proxy_manager_for(*args, **kwargs)
            manager.pool_classes_by_scheme = pools
            return manager

    return Adapter


def _no_auth(request: requests.PreparedRequest) -> requests.PreparedRequest:
    """Given as ``auth`` so that requests does not look into ~/.netrc and replace the Authorization header."""
    return request


def _certificate(settings: Settings) -> str | tuple[str, str] | None:
    if settings.client_cert and settings.client_key:
        return settings.client_cert, settings.client_key
    return settings.client_cert
