# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The one judge of addresses: options, redirects, proxies, and whatever a request is sent to.

Parsers differ in what they make of an odd URL, and that difference can send a token to a stranger. So only plain
spellings are taken, on which all parsers agree, and what is sent is built anew from the parts that were judged.
"""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass, field
from urllib.parse import unquote

from .._core.errors import missing_library

_PLAIN = re.compile(r"[!-\[\]-~]+")  # ASCII that can be seen, without the backslash
_URL = re.compile(r"(https?)://([^/?#]*)(.*)", re.IGNORECASE)
_HOST_AND_PORT = re.compile(r"(?:\[([0-9A-Fa-f:.]+)\]|([^:\[\]]+))(?::([1-9][0-9]{0,4}))?")
_NAME = re.compile(r"(?=.{1,253}\Z)(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?(?:\.(?!\Z)|\Z))+")
_LIKE_A_NUMBER = re.compile(r"(?:.*\.)?(?:[0-9]+|0x[0-9a-f]*)")  # what resolvers may take for an IPv4 address
_LOGIN = re.compile(r"(?:[A-Za-z0-9._~!$&'()*+,;=:-]|%[0-9A-Fa-f]{2})*")
_PORTS = {"http": 80, "https": 443}


class BadUrl(ValueError):
    """It cannot be used. The message says why, without any part of the text, which may hold a password."""


@dataclass(frozen=True)
class Url:
    """An address that was judged. ``host`` is in lower case, without brackets. ``port`` is None where none is given."""

    scheme: str
    host: str
    port: int | None = None
    target: str = ""  # path and query
    login: str = field(default="", repr=False)  # user name and password, percent-encoded

    def __str__(self) -> str:
        login = f"{self.login}@" if self.login else ""
        return f"{self.scheme}://{login}{self.authority}{self.target}"

    @property
    def authority(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port is None else f"{host}:{self.port}"

    @property
    def origin(self) -> tuple[str, str, int]:
        return self.scheme, self.host, self.port or _PORTS[self.scheme]

    @property
    def in_clear_text(self) -> bool:
        """Whether others could read what is sent there."""
        return self.scheme == "http" and not is_loopback(self.host)

    @property
    def secrets(self) -> tuple[str, str]:
        """The password, as it is written and as it is meant."""
        password = self.login.partition(":")[2]
        return password, unquote(password)


def judged(text: str, *, with_login: bool = False) -> Url:
    """The address in ``text``, which may hold user name and password ``with_login`` only. Raises ``BadUrl``."""
    if not _PLAIN.fullmatch(text):
        raise BadUrl("it holds a space, a backslash, or a character that is not plain ASCII")
    found = _URL.fullmatch(text)
    if not found:
        raise BadUrl("it does not begin with https:// or http://")
    scheme, authority, target = found.groups()
    login, at, place = authority.rpartition("@")
    if at and not with_login:
        raise BadUrl("it holds a user name or a password")
    if not _LOGIN.fullmatch(login) or (with_login and "@" in target):
        raise BadUrl("a character of its user name or password has to be percent-encoded, for example # as %23")
    if "#" in target:
        raise BadUrl("it holds a #")
    if target.startswith("//"):
        raise BadUrl("its path begins with two slashes")
    parts = _HOST_AND_PORT.fullmatch(place)
    if not parts:
        raise BadUrl("what follows :// is not a host name, or a host name and a port")
    six, name, port = parts.groups()
    if port and int(port) > 65535:
        raise BadUrl("its port is above 65535")
    host = _ipv6(six) if six else _name(name.lower())
    return _as_sent(Url(scheme.lower(), host, int(port) if port else None, target, login))


def is_loopback(host: str) -> bool:
    """Whether this host is this very machine. The connection sees to it that it goes nowhere else."""
    return is_localhost(host) or host == "::1" or (host.startswith("127.") and bool(_LIKE_A_NUMBER.fullmatch(host)))


def is_localhost(host: str) -> bool:
    return host == "localhost" or host.endswith(".localhost")


def _ipv6(text: str) -> str:
    try:
        address = ipaddress.IPv6Address(text)
    except ValueError:
        raise BadUrl("what stands in brackets is not an IPv6 address") from None
    if address.ipv4_mapped:
        raise BadUrl("its host is an IPv4 address in the form of IPv6; write it as four numbers")
    return str(address)


def _name(name: str) -> str:
    if _LIKE_A_NUMBER.fullmatch(name):
        try:
            return str(ipaddress.IPv4Address(name))
        except ValueError:
            raise BadUrl("its host is a number and not an IPv4 address; write that as four numbers") from None
    if not _NAME.fullmatch(name):
        raise BadUrl("its host is not a plain host name")
    return name


def _as_sent(url: Url) -> Url:
    """The same, once the library that will send it reads it in the same way."""
    try:
        from urllib3.exceptions import HTTPError
        from urllib3.util import parse_url
    except ImportError:
        advice = "Install it for the Python that runs this task: pip install requests."
        raise missing_library("Prepare the connection", "requests", advice) from None
    try:
        read = parse_url(str(url))
    except HTTPError:
        raise BadUrl("the HTTP library cannot read it") from None
    if (read.scheme, (read.host or "").strip("[]"), read.port) != (url.scheme, url.host, url.port):
        raise BadUrl("the HTTP library reads another address in it")
    return url
