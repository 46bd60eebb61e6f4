# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Where a token comes from, when it expires, how it is renewed."""

from __future__ import annotations

import base64
import binascii
import json
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from .._core.errors import BadInput, NxaiError, Refused, SignInFailed
from .._core.redaction import Redactor
from .._core.values import mapping, number
from .._core.voice import SILENT, Voice
from .settings import Settings
from .token_file import TokenFile

MARGIN = 60.0  # seconds before its end at which a token is renewed
LIFETIME = 3600.0  # of a token whose answer does not tell (as in the vendor's samples)
LATEST = 253402300799.0  # the end of the year 9999, after which no date can be written
PREFIX = "nxcdb-"  # of the identity provider
SIGN_IN = "Sign in to the Nx Cloud"
_NOTHING_THERE = (404, 405)
GRANTS = {  # each way to a token, in the order in which they are tried, and what to do where it fails
    "refresh_token": ("refresh token", "The refresh token is wrong, expired or already used: sign in again."),
    "authorization_code": (
        "authorization code",
        "A code works once, for a short time, with the client_id and redirect_uri it was made for: get another.",
    ),
    "password": ("user name and password", "Check username, password, client_id and cloud_url."),
}
_ADVICE = {
    "secondFactorRequired": "The account has two-factor sign-in: set mfa_code to the code of your authenticator.",
    "second_factor_required": "The account has two-factor sign-in: set mfa_code to the code of your authenticator.",
    "invalidTotp": "mfa_code is wrong or too old: give a new one.",
    "accountBlocked": "The account is locked, for a minute after wrong passwords. Wait, then check the password.",
    "accountNotActivated": "Activate the account by the link in the e-mail that was sent to it.",
}


@dataclass(frozen=True)
class Token:
    """An access token; ``renew_at`` and ``expires`` in seconds since the epoch, None: until it is refused."""

    access: str = field(repr=False)
    refresh: str | None = field(default=None, repr=False)
    expires: float | None = None
    renew_at: float | None = None


class Credentials:
    """The value of the Authorization header, renewed in time. Threads may share it.

    Sources in order: ``token`` (renewed by ``refresh_token`` if both are given), ``token_file``, ``refresh_token``,
    ``username`` and ``password``. ``post_token`` sends one grant to the identity provider and returns the decoded body;
    it raises what ``Transport.send`` raises. ``scheme`` is how the header is written, and ``scope`` what a token is
    asked for. Both may be changed.
    """

    def __init__(
        self,
        settings: Settings,
        post_token: Callable[[dict[str, str]], Any],
        clock: Callable[[], float] = time.time,
        redactor: Redactor | None = None,
        voice: Voice = SILENT,
    ) -> None:
        self._settings = settings
        self.scheme = settings.auth_scheme or "bearer"
        self.scope = settings.token_scope
        self._post_token = post_token
        self._clock = clock
        self._redactor = redactor or Redactor()
        self._lock = threading.Lock()
        self._token: Token | None = None
        self.file = None
        if settings.token_file and not settings.token:
            self.file = TokenFile(settings.token_file, settings.trusted_owner, voice)
        for secret in (settings.token, settings.refresh_token, settings.password, settings.mfa_code):
            self._redactor.add(secret)

    def header(self, with_refresh: bool = False) -> str:
        """The Authorization header. Raises ``BadInput`` (no way to a token) or ``SignInFailed``."""
        with self._lock:
            return self._header(self._current(), with_refresh)

    def access_token(self) -> str:
        """The token that ``header`` would send."""
        with self._lock:
            return self._current().access

    def _current(self) -> Token:
        if self._token is None:
            self._token = self._first()
        due = self._token.renew_at is not None and self._clock() >= self._token.renew_at
        if not self._token.access or (due and self._can_renew()):
            self._token = self._renewed(self._token)
        return self._token

    def renew(self, rejected: str, with_refresh: bool = False) -> bool:
        """After a refusal of the header ``rejected``: True if there is another one to try now."""
        with self._lock:
            if self._token is None or self._header(self._token, with_refresh) != rejected:
                return True  # another thread has renewed it
            if not self._can_renew():
                return False
            self._token = self._renewed(self._token)
            return self._header(self._token, with_refresh) != rejected

    def has_expired(self, rejected: str) -> bool:
        """Whether the token of the header ``rejected`` has an end that is known, and that has passed."""
        with self._lock:
            token = self._token
            ended = token is not None and token.expires is not None and self._clock() >= token.expires
            return ended and token is not None and self._header(token, False) == rejected

    def asks_freely(self) -> bool:
        """Whether another token costs the user nothing: no token of theirs is spent for it, nor a code that works once.

        Nobody locks the account either: the one before was given for the same.
        """
        return not (self._settings.token or self._settings.mfa_code)

    def _header(self, token: Token, with_refresh: bool) -> str:
        word = token.refresh if with_refresh else token.access
        if not word:
            raise BadInput(
                SIGN_IN,
                "auth.token_on_writes of the contract says refresh, and there is no refresh token",
                "Give refresh_token, or a token_file that holds one.",
            )
        if self.scheme == "raw":
            return word
        return f"Bearer {word.removeprefix(PREFIX) if self.scheme == 'bearer_jwt' else word}"

    def _first(self) -> Token:
        """The token that was given, or one without ``access`` that says where to get it."""
        settings = self._settings
        if settings.token:
            return self._declared(settings.token, settings.refresh_token)
        if self.file:
            return self._from_file(self.file.read())
        if settings.refresh_token or self._has_password():
            return Token("", settings.refresh_token)
        raise BadInput(
            SIGN_IN,
            "username is set and password is not" if settings.username else "no credentials are given",
            "Give one of: token (NXAI_TOKEN); token_file (NXAI_TOKEN_FILE); refresh_token (NXAI_REFRESH_TOKEN) with "
            "cloud_url; username and password (NXAI_USERNAME, NXAI_PASSWORD) with cloud_url (NXAI_CLOUD_URL). Of the "
            "environment, only what belongs to the way and the account that the task gives is used beside it.",
        )

    def _has_password(self) -> bool:
        return bool(self._settings.username and self._settings.password)

    def _can_renew(self) -> bool:
        refresh = self._token.refresh if self._token else None
        return bool(self._settings.cloud_url and (refresh or self._has_password()))

    def _renewed(self, old: Token) -> Token:
        def renewed_by_another(current: Token) -> bool:
            usable = current.renew_at is None or self._clock() < current.renew_at
            return current.access not in ("", old.access) and usable

        return self.issue(old, renewed_by_another)

    def stored(self) -> Token | None:
        """What ``token_file`` holds, though it may have expired. None without such a file."""
        return self._from_file(self.file.read()) if self.file and self.file.exists() else None

    def issue(
        self, old: Token | None, good: Callable[[Token], bool], code: Mapping[str, str] | None = None, way: str = ""
    ) -> Token:
        """A new token in place of ``old``, kept in ``token_file`` if that is given. The rest is as for ``grants``.

        Tasks and runs share the file. Only one at a time may spend the refresh token in it, and the others take its
        result if they find it ``good``.
        """
        if not self.file:
            return self._sign_in(self.grants(old.refresh if old else None, code, way))
        with self.file.locked():
            current = self.stored()
            if current and good(current):
                return current
            grants = self.grants(current.refresh if current else None, code, way)
            with self.file.renewal() as store:
                token = self._sign_in(grants)
                store(token.access, token.refresh, token.expires or self._clock() + LIFETIME)
            return token

    def grants(self, refresh: str | None, code: Mapping[str, str] | None = None, way: str = "") -> list[dict[str, str]]:
        """What to ask the identity provider for, the first that works: all ways that are given, or only this one.

        ``code`` is the authorization code as the request takes it, with ``redirect_uri`` if there was one.
        """
        settings = self._settings
        if not settings.cloud_url:
            raise BadInput(
                SIGN_IN,
                "cloud_url is not set",
                "Set cloud_url to the Nx Cloud of your brand, for example https://HOST.",
            )
        common = {"response_type": "token", "client_id": settings.client_id}
        if self.scope:
            common["scope"] = self.scope
        refresh = refresh or settings.refresh_token
        given: dict[str, Mapping[str, str] | None] = {
            "refresh_token": {"refresh_token": refresh} if refresh else None,
            "authorization_code": code,
            "password": self._password() if self._has_password() else None,
        }
        found = [{"grant_type": kind, **own, **common} for kind, own in given.items() if own and way in ("", kind)]
        if not found:
            raise BadInput(
                SIGN_IN,
                f"there is no {GRANTS[way][0] if way else 'refresh token, code or password'}",
                "Set refresh_token, code, or username and password.",
            )
        return found

    def _password(self) -> dict[str, str]:
        settings = self._settings
        second = {"mfaCode": settings.mfa_code} if settings.mfa_code else {}
        return {"username": settings.username or "", "password": settings.password or "", **second}

    def _sign_in(self, grants: list[dict[str, str]]) -> Token:
        for grant in grants[:-1]:
            try:
                return self._grant(grant)
            except SignInFailed as error:
                if error.status in _NOTHING_THERE:
                    raise
        return self._grant(grants[-1])

    def _grant(self, grant: dict[str, str]) -> Token:
        kind, refresh = grant["grant_type"], grant.get("refresh_token")
        tried = f"{SIGN_IN} ({GRANTS[kind][0]})"
        try:
            body = _members(self._post_token(grant))
        except Refused as error:
            if error.status not in (400, 401, 403, *_NOTHING_THERE):
                raise
            raise self._failed(tried, error, kind) from None
        access, fresh = body.get("accesstoken") or body.get("token"), body.get("refreshtoken")
        refresh = fresh if isinstance(fresh, str) and fresh else refresh
        self._redactor.add(refresh)
        if body.get("error") or not isinstance(access, str) or not access:
            said = str(body.get("error") or body.get("resultcode") or "the answer holds no access token")
            raise self._failed(tried, NxaiError(tried, self._redactor.clean(said)[:200]), kind)
        self._redactor.add(access)
        expires = _expires(body, access, self._clock())
        return self._token_of(self._word(access, "the new token"), refresh, expires or self._clock() + LIFETIME)

    def _failed(self, tried: str, error: NxaiError, kind: str) -> SignInFailed:
        advice = next((text for word, text in _ADVICE.items() if word in error.answer), GRANTS[kind][1])
        if error.status == 400:  # with what it says of the form of the request
            advice = f"{advice} {error.advice}".strip()
        elif error.status in _NOTHING_THERE:
            advice = error.advice
        if self._settings.signed_in:
            advice = f"{advice} The sign-in was {self._settings.signed_in}."
        return SignInFailed(tried, error.answer, advice, error.status)

    def _declared(self, text: str, refresh: str | None) -> Token:
        """A token that the user gave: its expiry is known only if it is a JWT."""
        access = self._word(text, "token")
        return self._token_of(access, refresh, _jwt_expiry(access))

    def _from_file(self, content: dict[str, Any]) -> Token:
        access, refresh = content.get("access_token"), content.get("refresh_token")
        refresh = refresh if isinstance(refresh, str) and refresh else self._settings.refresh_token
        self._redactor.add(refresh)
        if not isinstance(access, str) or not access:
            if not refresh and not self._has_password():
                raise BadInput(
                    f"Read {self._settings.token_file}",
                    "it holds no access_token",
                    "Sign in again and store the token.",
                )
            return Token("", refresh)
        access = self._word(access, "the token in token_file")
        return self._token_of(access, refresh, _milliseconds(content.get("expires_at")) or _jwt_expiry(access))

    def _token_of(self, access: str, refresh: str | None, expires: float | None) -> Token:
        """The margin is at most half of what is left, so that a short-lived token is not renewed at each request."""
        self._redactor.add(access)
        if expires is None or expires > LATEST:
            return Token(access, refresh)
        left = max(0.0, expires - self._clock())
        return Token(access, refresh, expires, expires - min(MARGIN, left / 2))

    def _word(self, text: str, what: str) -> str:
        """The bare token. What was pasted may begin with the scheme and end with a newline."""
        words = text.split()
        if words and words[0].lower() == "bearer":
            del words[0]
        if len(words) != 1 or not words[0].isascii() or not words[0].isprintable():
            raise BadInput(SIGN_IN, f"{what} holds spaces or unusual characters", "Copy the token again, whole.")
        return words[0]


def _members(answer: Any) -> dict[str, Any]:
    """What the answer to a grant holds, by name without case and "_", also where all of it is inside of one member.

    A token that is not found here is lost, and the refresh token that was spent for it, too.
    """
    body = {str(name).lower().replace("_", ""): value for name, value in mapping(answer).items()}
    inner = [value for value in body.values() if isinstance(value, dict)]
    return body if "accesstoken" in body or len(inner) != 1 else {**body, **_members(inner[0])}


def _expires(body: dict[str, Any], access: str, now: float) -> float | None:
    """``expires_in`` comes first because it does not depend on two clocks being alike."""
    seconds = number(body.get("expiresin"))
    if seconds is not None and seconds > 0:
        return now + seconds
    expires = _milliseconds(body.get("expiresat")) or _jwt_expiry(access)
    # A token that is born expired says that the clocks differ: it is used until it is refused.
    return expires if expires and expires > now else None


def _milliseconds(value: Any) -> float | None:
    found = number(value)
    return found / 1000 if found is not None and 0 < found < 1e16 else None


def _jwt_expiry(token: str) -> float | None:
    """``exp`` of a JWT in seconds; None if it is not a JWT or has none."""
    expires = number(jwt_claims(token).get("exp"))
    return float(expires) if expires is not None and 0 < expires < 1e13 else None


def jwt_claims(token: str) -> Mapping[str, Any]:
    """The claims of a JWT, read without checking the signature; none if it is not a JWT."""
    parts = token.split(".")
    if len(parts) != 3:
        return {}
    try:
        return mapping(json.loads(base64.urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4))))
    except (ValueError, RecursionError, binascii.Error):
        return {}


def without_prefix(header: str) -> str:
    """The header with its token in the other form, without ``nxcdb-``; "" if it has none that begins so."""
    word, _space, token = header.partition(" ")
    return f"{word} {token.removeprefix(PREFIX)}" if token.startswith(PREFIX) else ""
