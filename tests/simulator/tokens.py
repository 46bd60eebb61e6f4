# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Tokens as the identity provider makes them: ``nxcdb-`` and a JWT, here signed with HS256; and their scopes."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

PREFIX = "nxcdb-"
# Hosts of the real service, which the simulator stands in for. A scope for a whole cloud host, as the portal's is,
# was seen to work on the APIs. Which others there are is not known.
API_HOST = "api.sclbl.nxvms.com"
CLOUD_HOSTS = ("cloud.simulator.invalid", "cloud.networkoptix.com", "nxvms.com", "meta.nxvms.com")


def _text(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _data(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def _signature(signed: str, key: bytes) -> str:
    return _text(hmac.new(key, signed.encode(), hashlib.sha256).digest())


def sign(claims: dict[str, Any], key: bytes) -> str:
    """The token for these claims, with its prefix."""
    header = _text(json.dumps({"alg": "HS256", "typ": "JWT"}).encode())
    signed = f"{header}.{_text(json.dumps(claims).encode())}"
    return f"{PREFIX}{signed}.{_signature(signed, key)}"


def read(token: str, key: bytes) -> dict[str, Any] | None:
    """The claims of a token with or without its prefix; None when it is not one of ours. Its age is not looked at."""
    signed, _dot, signature = token.removeprefix(PREFIX).rpartition(".")
    if not signed.isascii() or not hmac.compare_digest(_signature(signed, key).encode(), signature.encode()):
        return None
    try:
        claims = json.loads(_data(signed.partition(".")[2]))
    except (ValueError, binascii.Error):
        return None
    return claims if isinstance(claims, dict) else None


class ScopeError(ValueError):
    """The scope is not space-separated URLs, absolute paths and ``key=value`` items."""


@dataclass(frozen=True)
class Scope:
    """URLs (or absolute paths) and systems that a token is good for; none of a kind means no limit of that kind."""

    urls: tuple[str, ...] = ()
    systems: tuple[str, ...] = ()

    @classmethod
    def parse(cls, text: str) -> Scope:
        urls, systems = [], []
        for item in text.split():
            name, equals, value = item.partition("=")
            if item.startswith("/") or urlsplit(item).netloc:
                urls.append(item)
            elif equals and name and value:
                systems.extend([value] if name == "cloudSystemId" else [])
            else:
                raise ScopeError(f"scope item {item[:80]!r} is neither a URL, nor a path, nor key=value")
        return cls(tuple(urls), tuple(systems))

    def __str__(self) -> str:
        return " ".join([*self.urls, *(f"cloudSystemId={system}" for system in self.systems)])

    def covers_api(self, path: str, host: str) -> bool:
        """Whether ``/cpt`` or ``/dev`` lies under one of the URLs: of the host that was asked, or of the real one."""
        names = (path, f"{host}{path}", f"{API_HOST}{path}", *CLOUD_HOSTS)
        return not self.urls or any(_url_covers(url.lower(), name.lower()) for url in self.urls for name in names)

    def covers_system(self, system: str) -> bool:
        return not self.systems or "*" in self.systems or system in self.systems

    @property
    def one_site(self) -> bool:
        """A token for named sites and for no URL: what a site accepts, and Compute only for reading."""
        return bool(self.systems) and "*" not in self.systems and not self.urls

    def narrowed(self, wanted: Scope) -> Scope | None:
        """What is both in this scope and wanted; None when that is nothing."""
        urls = _kept(wanted.urls, self.urls, _url_covers)
        systems = _kept(wanted.systems, self.systems, lambda have, want: have in ("*", want))
        if (self.urls and wanted.urls and not urls) or (self.systems and wanted.systems and not systems):
            return None
        return Scope(urls, systems)


def _url_covers(have: str, want: str) -> bool:
    own, other = (url.partition("://")[2] or url for url in (have, want))
    return (other.rstrip("/") + "/").startswith(own.rstrip("/") + "/")


def _kept(wanted: tuple[str, ...], have: tuple[str, ...], covers: Any) -> tuple[str, ...]:
    if not wanted or not have:
        return wanted or have
    keep: Iterable[str] = (want for want in wanted if any(covers(item, want) for item in have))
    return tuple(keep)
