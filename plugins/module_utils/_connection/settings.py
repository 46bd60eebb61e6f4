# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the user declared about the connection, checked once, before a byte is sent."""

from __future__ import annotations

import os
import re
import uuid
from collections.abc import Callable, Mapping
from dataclasses import MISSING, dataclass, field, replace
from typing import Any

from .._core.errors import BadInput
from .._core.files import check_trusted, open_regular
from .fields import ConnectionField, connection_field, fields_of
from .proxy import judged_proxy
from .urls import BadUrl, judged
from .ways import described

ACT_AS_KINDS = ("user", "organization", "channel_partner")
TRIED = "Read the connection options"
LARGEST_NUMBER = 86400  # seconds in a day
_BUNDLES = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")
_HASHED = re.compile(r"[0-9a-f]{8}\.r?[0-9]+")  # the names that OpenSSL opens in a folder of authorities
# Which brand a cloud host is of (contract I9).
_BRANDS = {"nxvms.com": "default", "meta.nxvms.com": "metavms"}


@dataclass(frozen=True)
class ActAs:
    """On whose behalf the APIs are asked: both headers or none (``X-Act-As-Kind``, ``X-Act-As-ID``)."""

    kind: str = connection_field(MISSING, choices=ACT_AS_KINDS)
    id: str = connection_field(MISSING)


@dataclass(frozen=True, kw_only=True)
class Settings:
    """The connection of one task, and the one place where its options are declared.

    Times are in seconds. ``timeout`` is the longest silence: no byte received, or none accepted. ``retry_budget`` is
    the waiting in all between repeats. ``cloud_url`` has no default, so that a password never goes to a guessed host.
    """

    api_url: str = connection_field("https://api.sclbl.nxvms.com", account=True)
    cloud_url: str | None = connection_field(account=True)
    token: str | None = connection_field(secret=True)
    token_file: str | None = connection_field(type="path", account=True)
    trusted_owner: str | None = connection_field()
    refresh_token: str | None = connection_field(secret=True)
    username: str | None = connection_field(account=True)
    password: str | None = connection_field(secret=True)
    mfa_code: str | None = connection_field(secret=True)
    client_id: str = connection_field("3rdParty", account=True)
    token_scope: str | None = connection_field(account=True)
    auth_scheme: str | None = connection_field(choices=("bearer", "raw", "bearer_jwt"))
    act_as: ActAs | None = connection_field(  # noqa: RUF009, it is a field as the others are
        type="dict", account=True, suboptions=fields_of(ActAs, "NXAI_ACT_AS_")
    )
    customization: str | None = connection_field(account=True)
    validate_certs: bool = connection_field(True, type="bool")
    ca_path: str | None = connection_field(type="path")
    client_cert: str | None = connection_field(type="path")
    client_key: str | None = connection_field(type="path")
    proxy: str | None = connection_field(secret=True)
    timeout: float = connection_field(30.0, type="float")
    retries: int = connection_field(4, type="int")
    retry_budget: float = connection_field(120.0, type="float")
    # The way of signing in and where it comes from, for errors. No option.
    signed_in: str = field(default="", compare=False)
    # As the user wrote it: ``contract_of`` reads and checks it.
    contract: Any = connection_field(type="raw")  # noqa: RUF009, as above

    @property
    def brand(self) -> str:
        """The customization, by default that of the cloud."""
        host = judged(self.cloud_url).host if self.cloud_url else ""
        return self.customization or _BRANDS.get(host, "metavms")

    @property
    def connect_timeout(self) -> float:
        return min(10.0, self.timeout)

    @classmethod
    def from_options(cls, options: Mapping[str, Any], sources: Mapping[str, str] | None = None) -> Settings:
        """Settings from module or plugin options. Options of other names are not looked at; None and "" mean unset.

        ``sources`` says where those of signing in come from that the task or file does not give. Raises ``BadInput``
        for what cannot work as written.
        """
        given: dict[str, Any] = {}
        for option in CONNECTION_FIELDS:
            value = options.get(option.name)
            if value is not None and value != "":
                given[option.name] = _checked(option, value)
        settings = cls(**given, signed_in=described(given, sources or {}))
        if settings.proxy:
            judged_proxy(settings.proxy, "proxy")
        _check_files(settings)
        _check_plain_http(settings)
        return settings


CONNECTION_FIELDS = fields_of(Settings)


def authorities(settings: Settings) -> tuple[str, str]:
    """The option or variable that names the authorities to trust, and their file or folder; "" for those of requests.

    The variables are those that requests knows.
    """
    if settings.ca_path:
        return "ca_path", settings.ca_path
    return next(((name, path) for name in _BUNDLES if (path := os.environ.get(name))), ("", ""))


def _checked(option: ConnectionField, value: Any) -> Any:
    """The value as ``Settings`` holds it, or BadInput."""
    if option.type in _NUMBERS:
        return _number(option.name, value, _NUMBERS[option.type])
    if option.choices:
        return _one_of(option.name, value, option.choices)
    check = _CHECKS.get(option.name)
    return check(option.name, value) if check else value


def _origin(option: str, text: Any) -> str:
    """``scheme://host[:port]`` without a trailing slash, or BadInput."""
    shape = f"Write {option} as https://HOST or https://HOST:PORT, for example {Settings.api_url}."
    try:
        url = judged(str(text).strip())
    except BadUrl as error:
        raise BadInput(TRIED, f"{option} cannot be used: {error}", shape) from None
    if url.target not in ("", "/"):
        raise BadInput(TRIED, f"{option} holds more than a host", f"{shape} The paths /cpt and /dev are added to it.")
    return str(replace(url, target=""))


def _act_as(_option: str, given: Any) -> ActAs | None:
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
    _one_of("act_as.kind", kind, ACT_AS_KINDS)
    try:
        return ActAs(str(kind), str(uuid.UUID(str(identity))))
    except ValueError:
        raise BadInput(TRIED, "act_as.id is not a UUID", "Copy the UUID of the organisation from the portal.") from None


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


def _one_of(option: str, value: Any, choices: tuple[str, ...]) -> Any:
    if value not in choices:
        raise BadInput(TRIED, f"{option} has an unknown value", f"Use one of {', '.join(choices)}.")
    return value


_NUMBERS: dict[str, type[float | int]] = {"float": float, "int": int}
_CHECKS: dict[str, Callable[[str, Any], Any]] = {
    "api_url": _origin,
    "cloud_url": _origin,
    "act_as": _act_as,
}


def _check_files(settings: Settings) -> None:
    if settings.client_key and not settings.client_cert:
        raise BadInput(TRIED, "client_key is set and client_cert is not", "Set client_cert to the certificate's file.")
    _check_opens("client_cert", settings.client_cert)
    _check_opens("client_key", settings.client_key)
    option, path = authorities(settings)
    if path and settings.validate_certs:
        _check_authorities(option, path, settings.trusted_owner)
    if settings.client_cert and _is_encrypted(settings.client_cert, settings.client_key):
        option = "client_key" if settings.client_key else "client_cert"
        advice = "Give a key without one, such as openssl pkey -in KEY -out PLAIN_KEY makes, readable by you alone."
        raise BadInput(TRIED, f"the private key in {option} has a pass phrase", advice)


def _check_authorities(option: str, path: str, trusted_owner: str | None) -> None:
    """Who can change one of these files can read what is sent, with an authority of their own."""
    files = _hashed(option, path) if os.path.isdir(path) else [path]
    for each in files:
        _check_opens(option, each)
    for each in dict.fromkeys((path, *files)):
        check_trusted(f"Read {option}", each, trusted_owner)


def _hashed(option: str, folder: str) -> list[str]:
    """The files that OpenSSL may open. It passes over a link that leads nowhere, too."""
    try:
        names = sorted(filter(_HASHED.fullmatch, os.listdir(folder)))
    except OSError as error:
        raise _unreadable(option, folder, error) from None
    return [path for path in (os.path.join(folder, name) for name in names) if os.path.exists(path)]


def _check_opens(option: str, path: str | None) -> None:
    """Before OpenSSL opens it, which waits for a pipe without end and says little."""
    try:
        if path:
            open_regular(path).close()
    except (OSError, ValueError) as error:
        raise _unreadable(option, path, error) from None


def _unreadable(option: str, path: str | None, error: OSError | ValueError) -> BadInput:
    words = getattr(error, "strerror", None) or error
    advice = f"Correct the path in {option}, or who may read it."
    return BadInput(TRIED, f"{option} names no file that can be read: {path} ({words})", advice)


class _PassPhraseWanted(Exception):
    pass


def _is_encrypted(certificate: str, key: str | None) -> bool:
    """Found out before connecting, as OpenSSL would ask for the pass phrase at the terminal."""
    import ssl  # costs 20 ms: only where there is a certificate

    def refuse() -> str:
        raise _PassPhraseWanted

    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_cert_chain(certificate, key, password=refuse)
    except _PassPhraseWanted:
        return True
    except OSError:  # said with more words when it is used
        return False
    return False


def _check_plain_http(settings: Settings) -> None:
    """Credentials travel in clear text over http, so only to this very machine. The transport looks again."""
    secrets = (settings.token, settings.token_file, settings.refresh_token, settings.password)
    for option, address in (("api_url", settings.api_url), ("cloud_url", settings.cloud_url)):
        url = judged(address) if address else None
        if url and url.in_clear_text and any(secrets):
            raise BadInput(TRIED, f"{option} would carry credentials over plain http to {url.host}", "Use https.")
