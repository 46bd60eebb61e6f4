# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the user declared about the connection, checked once, before a byte is sent."""

from __future__ import annotations

import ipaddress
import json
import os
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any
from urllib.parse import SplitResult, urlsplit

from .._core.errors import BadInput

DEFAULT_API_URL = "https://api.sclbl.nxvms.com"
ACT_AS_KINDS = ("user", "organization", "channel_partner")
AUTH_SCHEMES = ("bearer", "raw")
TRIED = "Read the connection options"
LARGEST_NUMBER = 86400  # seconds in a day


@dataclass(frozen=True)
class ActAs:
    """On whose behalf the APIs are asked: both headers or none (``X-Act-As-Kind``, ``X-Act-As-ID``)."""

    kind: str
    id: str


@dataclass(frozen=True, kw_only=True)
class Settings:
    """The connection of one task. Times are in seconds. Secrets are kept out of ``repr``.

    ``timeout`` is the longest silence: no byte received, or none accepted. ``retry_budget`` is the waiting in all
    between repeats. ``cloud_url`` has no default, so that a password never goes to a guessed host.
    """

    api_url: str = DEFAULT_API_URL
    cloud_url: str | None = None
    token: str | None = field(default=None, repr=False)
    token_file: str | None = None
    refresh_token: str | None = field(default=None, repr=False)
    username: str | None = None
    password: str | None = field(default=None, repr=False)
    mfa_code: str | None = field(default=None, repr=False)
    client_id: str = "3rdParty"
    token_scope: str | None = None
    auth_scheme: str = "bearer"
    act_as: ActAs | None = None
    customization: str = "metavms"
    validate_certs: bool = True
    ca_path: str | None = None
    client_cert: str | None = None
    client_key: str | None = None
    proxy: str | None = field(default=None, repr=False)
    timeout: float = 30.0
    retries: int = 4
    retry_budget: float = 120.0
    operations: Any = field(default_factory=dict, hash=False)  # as the user wrote it: the table of calls checks it

    @property
    def connect_timeout(self) -> float:
        return min(10.0, self.timeout)

    @classmethod
    def from_options(cls, options: Mapping[str, Any]) -> Settings:
        """Settings from module or plugin options. Options of other names are not looked at; None and "" mean unset.

        Raises ``BadInput`` for what cannot work as written.
        """
        given: dict[str, Any] = {item.name: options.get(item.name) for item in fields(cls)}
        given = {name: value for name, value in given.items() if value is not None and value != ""}
        given["api_url"] = _origin("api_url", given.get("api_url", cls.api_url))
        if "cloud_url" in given:
            given["cloud_url"] = _origin("cloud_url", given["cloud_url"])
        if "act_as" in given:
            given["act_as"] = _act_as(given["act_as"])
        if "operations" in given:
            given["operations"] = _from_json(given["operations"])
        for name, kind in (("timeout", float), ("retries", int), ("retry_budget", float)):
            if name in given:
                given[name] = _number(name, given[name], kind)
        settings = cls(**given)
        _check_choice(settings)
        _check_proxy(settings)
        _check_files(settings)
        _check_plain_http(settings)
        return settings


def _origin(option: str, text: Any) -> str:
    """``scheme://host[:port]`` without a trailing slash, or BadInput."""
    shape = f"Write {option} as https://HOST or https://HOST:PORT, for example {DEFAULT_API_URL}."
    try:
        url = urlsplit(str(text).strip())
        port = url.port
    except ValueError as error:
        raise BadInput(TRIED, f"{option} is not a URL ({error})", shape) from None
    if url.scheme not in ("http", "https") or not url.hostname:
        raise BadInput(TRIED, f"{option} does not begin with https:// and a host name", shape)
    if url.username is not None or url.password is not None:
        raise BadInput(TRIED, f"{option} holds a user name or a password", f"{shape} Those have options of their own.")
    if url.path not in ("", "/") or url.query or url.fragment:
        raise BadInput(TRIED, f"{option} holds more than a host", f"{shape} The paths /cpt and /dev are added to it.")
    host = f"[{url.hostname}]" if ":" in url.hostname else url.hostname
    return f"{url.scheme}://{host}" + (f":{port}" if port is not None else "")


def _act_as(given: Any) -> ActAs | None:
    if isinstance(given, ActAs):
        given = {"kind": given.kind, "id": given.id}
    if not isinstance(given, Mapping):
        raise BadInput(TRIED, "act_as is not a dictionary", "Write act_as with its two keys, kind and id.")
    kind, identity = given.get("kind") or None, given.get("id") or None
    if kind is None and identity is None:
        return None
    if kind is None or identity is None:
        missing = "kind" if kind is None else "id"
        raise BadInput(TRIED, f"act_as has no {missing}", "Give both kind and id, or leave act_as out.")
    if kind not in ACT_AS_KINDS:
        raise BadInput(TRIED, "act_as.kind is not known", f"Use one of {', '.join(ACT_AS_KINDS)}.")
    try:
        return ActAs(str(kind), str(uuid.UUID(str(identity))))
    except ValueError:
        raise BadInput(TRIED, "act_as.id is not a UUID", "Copy the UUID of the organisation from the portal.") from None


def _from_json(given: Any) -> Any:
    """The option operations, which the environment holds as JSON text."""
    if not isinstance(given, str):
        return given
    try:
        return json.loads(given)
    except (ValueError, RecursionError):
        raise BadInput(TRIED, "operations is not JSON", "Write it as a dictionary, or as JSON text of one.") from None


def _number(option: str, value: Any, kind: type[float | int]) -> float | int:
    try:
        number = kind(value)
    except (TypeError, ValueError, OverflowError):
        raise BadInput(TRIED, f"{option} is not a number", f"Give {option} as a plain number.") from None
    above_zero = option == "timeout"
    if not (number > 0 if above_zero else number >= 0) or number > LARGEST_NUMBER:
        least = "above 0" if above_zero else "of 0 or more"
        shown = str(number).removesuffix(".0")
        raise BadInput(TRIED, f"{option} is {shown}", f"Give a number {least}, at most {LARGEST_NUMBER}.")
    return number


def _check_choice(settings: Settings) -> None:
    if settings.auth_scheme not in AUTH_SCHEMES:
        raise BadInput(TRIED, "auth_scheme is not known", f"Use one of {', '.join(AUTH_SCHEMES)}.")
    if settings.client_key and not settings.client_cert:
        raise BadInput(TRIED, "client_key is set and client_cert is not", "Set client_cert to the certificate's file.")


def _check_proxy(settings: Settings) -> None:
    try:
        url = urlsplit(settings.proxy or "http://none")
        good = url.scheme in ("http", "https") and url.hostname and url.port != 0 and url.path in ("", "/")
    except ValueError:
        good = False
    if not good:  # its text is not said, as it may hold a password
        raise BadInput(TRIED, "proxy is not the URL of a proxy", "Write it as http://HOST:PORT.")


def _check_files(settings: Settings) -> None:
    for option in ("client_cert", "client_key"):
        path = getattr(settings, option)
        if path and not os.path.isfile(path):
            raise BadInput(TRIED, f"{option} names no file: {path}", f"Correct the path in {option}.")
    if settings.ca_path and not os.path.exists(settings.ca_path):
        raise BadInput(TRIED, f"ca_path does not exist: {settings.ca_path}", "Correct the path in ca_path.")


def _check_plain_http(settings: Settings) -> None:
    """Credentials travel in clear text over http, so only to this very machine."""
    secrets = (settings.token, settings.token_file, settings.refresh_token, settings.password)
    for option in ("api_url", "cloud_url"):
        url = urlsplit(getattr(settings, option) or "")
        if url.scheme == "http" and any(secrets) and not _is_loopback(url):
            raise BadInput(TRIED, f"{option} would carry credentials over plain http to {url.hostname}", "Use https.")


def _is_loopback(url: SplitResult) -> bool:
    host = url.hostname or ""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
