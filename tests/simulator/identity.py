# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The identity provider: grants, sessions, rotation, second factor and lock-out. Knows nothing of HTTP routes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from .clock import Clock
from .identifiers import new_uuid
from .records import Account
from .settings import Quirks, Times
from .tokens import CLOUD_HOSTS, Scope, ScopeError, read, sign

ISSUER = f"https://{CLOUD_HOSTS[0]}"
FULL_SCOPE = f"{ISSUER}/ cloudSystemId=*"
SECOND_FACTOR = "second_factor_required"
# The HTTP status of each result code, as the identity provider's source maps them.
STATUS = {
    "notAuthorized": 401, "badUsername": 401, "forbidden": 403, "accountBlocked": 403, "secondFactorRequired": 403,
    "invalidTotp": 403, "badRequest": 400, "invalidFormat": 400, "notFound": 404,
}  # fmt: skip


class SignInError(Exception):
    """A refusal of the identity provider, with one of its own result codes."""

    def __init__(self, code: str, text: str) -> None:
        super().__init__(text)
        self.code = code
        self.text = text
        self.status = STATUS[code]


class TokenError(Exception):
    """The token is unknown, expired, revoked, used up, or waits for its second factor."""


@dataclass
class Session:
    """What one sign-in gave. Its id is in each of its tokens."""

    account: Account
    scope: Scope
    client_id: str
    signed_in_at: float
    refresh_seconds: float
    waits_for_second_factor: bool = False
    refresh_id: str = ""  # of the newest refresh token
    rotated: dict[str, float] = field(default_factory=dict)  # refresh token id -> when it was replaced


@dataclass(frozen=True)
class Claims:
    account: Account
    kind: str  # accessToken | refreshToken
    scope: Scope
    session: str
    raw: Mapping[str, Any]


class Identity:
    def __init__(self, accounts: dict[str, Account], clock: Clock, times: Times, quirks: Quirks, key: bytes) -> None:
        self._accounts = accounts
        self._clock = clock
        self._times = times
        self._quirks = quirks
        self._key = key
        self._sessions: dict[str, Session] = {}
        self._revoked: set[str] = set()
        self._failures: dict[str, list[float]] = {}  # e-mail -> moments of failed sign-ins in a row
        self._codes: dict[str, str] = {}  # authorisation code -> session id

    # Grants ----------------------------------------------------------------------------------------------------

    def token(self, form: Mapping[str, Any]) -> dict[str, Any]:
        """The answer to POST /cdb/oauth2/token. Raises SignInError."""
        grant = form.get("grant_type")
        if grant == "password":
            return self._password(form)
        if grant == "refresh_token":
            return self._refresh(form)
        if grant == "authorization_code":
            return self._code(form)
        raise SignInError("badRequest", f"grant_type {str(grant)[:40]!r} is not supported")

    def _password(self, form: Mapping[str, Any]) -> dict[str, Any]:
        email, password = self._word(form, "username").lower(), self._word(form, "password")
        account = self._accounts.get(email)
        self._check_lockout(email)
        if account is None or account.password != password:
            self._failures.setdefault(email, []).append(self._clock.now())
            code = "forbidden" if self._quirks.bad_password == 403 else "notAuthorized"
            raise SignInError(code, "Username or password is wrong")
        waits = self._second_factor(account, str(form.get("mfaCode") or ""))
        self._failures.pop(email, None)
        session = self._open(account, form, waits)
        if form.get("response_type") == "code":
            return {"code": self._new_code(session)}
        return self._answer(session)

    def _check_lockout(self, email: str) -> None:
        failures = self._failures.get(email, [])
        if not failures or len(failures) < self._times.lockout_failures:
            return
        if self._clock.now() < failures[-1] + self._times.lockout:
            raise SignInError("accountBlocked", "Too many failed attempts. Try again in a minute")
        failures.clear()

    @staticmethod
    def _second_factor(account: Account, code: str) -> bool:
        """Whether the session starts unusable, waiting for its code."""
        if account.mfa == "off":
            return False
        if code and code != account.mfa_code:
            raise SignInError("invalidTotp", "The one-time code is wrong")
        if not code and account.mfa == "refusal":
            raise SignInError("secondFactorRequired", "The account needs a one-time code")
        return not code

    def _refresh(self, form: Mapping[str, Any]) -> dict[str, Any]:
        try:
            claims = self.verify(self._word(form, "refresh_token"))
        except TokenError as error:
            raise SignInError("notAuthorized", f"The refresh token is not valid: {error}") from None
        if claims.kind != "refreshToken":
            raise SignInError("notAuthorized", "This is not a refresh token")
        session = self._sessions[claims.session]
        self._check_client(session, form.get("client_id") or session.client_id)  # OAuth lets a refresh leave it out
        return self._answer(claims.session, self._narrowed(session, form))

    def _code(self, form: Mapping[str, Any]) -> dict[str, Any]:
        code = self._word(form, "code")
        identifier = self._codes.get(code)
        if identifier is None:
            raise SignInError("notAuthorized", "The code is not known, or was used already")
        session = self._sessions[identifier]
        self._check_client(session, form.get("client_id"))
        session.scope = self._narrowed(session, form)
        del self._codes[code]
        return self._answer(identifier)

    @staticmethod
    def _check_client(session: Session, client_id: Any) -> None:
        """A refresh token and a code are for the client that they were made for. The words and the 401 are guesses."""
        if session.client_id and client_id != session.client_id:
            raise SignInError("notAuthorized", "It was made for another client_id")

    def _narrowed(self, session: Session, form: Mapping[str, Any]) -> Scope:
        scope = session.scope.narrowed(self._scope(form) or session.scope)
        if scope is None:
            raise SignInError("forbidden", "The scope asked for is not within that of the session")
        return scope

    def code_for(self, account: Account, client_id: str, scope: str = "") -> str:
        """An authorisation code, as the browser step ends with."""
        return self._new_code(self._open(account, {"client_id": client_id, "scope": scope}, False))

    def _new_code(self, session: str) -> str:
        code = new_uuid()
        self._codes[code] = session
        return code

    def second_factor(self, token: str, code: str) -> None:
        """Make a waiting session usable."""
        claims = self._claims(token)
        session = self._sessions.get(claims.session)
        if session is None or code != claims.account.mfa_code:
            raise SignInError("invalidTotp", "The one-time code is wrong")
        session.waits_for_second_factor = False

    # Sessions --------------------------------------------------------------------------------------------------

    def issue(self, account: Account, scope: str = "", seconds: float | None = None) -> str:
        """An access token without a sign-in, for tests and for the command line."""
        session = self._open(account, {"scope": scope}, False)
        return self._sign(session, "accessToken", seconds or self._times.access_token)

    def issue_refresh(self, account: Account) -> str:
        session = self._open(account, {}, False)
        return str(self._answer(session)["refresh_token"])

    def _open(self, account: Account, form: Mapping[str, Any], waits: bool) -> str:
        wanted = form.get("refresh_token_lifetime")
        shorter = float(wanted) if isinstance(wanted, (int, str)) and str(wanted).isdigit() else float("inf")
        identifier = new_uuid()
        self._sessions[identifier] = Session(
            account=account,
            scope=self._scope(form) or Scope.parse(FULL_SCOPE),
            client_id=str(form.get("client_id") or ""),
            signed_in_at=self._clock.now(),
            refresh_seconds=min(shorter, self._times.refresh_token),
            waits_for_second_factor=waits,
        )
        return identifier

    def _answer(self, identifier: str, scope: Scope | None = None) -> dict[str, Any]:
        session = self._sessions[identifier]
        access = self._sign(identifier, "accessToken", self._times.access_token, scope)
        answer: dict[str, Any] = {
            "access_token": access,
            "refresh_token": self._rotate(identifier),
            "expires_in": int(self._times.access_token),
            "expires_at": int((self._clock.now() + self._times.access_token) * 1000),
            "token_type": "bearer",
            "scope": str(scope or session.scope),
        }
        if session.waits_for_second_factor:
            answer["error"] = SECOND_FACTOR
        return answer

    def _rotate(self, identifier: str) -> str:
        session = self._sessions[identifier]
        if session.refresh_id:
            session.rotated.setdefault(session.refresh_id, self._clock.now())
        session.refresh_id = new_uuid()
        return self._sign(identifier, "refreshToken", session.refresh_seconds, token_id=session.refresh_id)

    def _sign(self, identifier: str, kind: str, seconds: float, scope: Scope | None = None, token_id: str = "") -> str:
        session, now = self._sessions[identifier], self._clock.now()
        claims = {
            "iss": ISSUER,
            "sub": session.account.email,
            "aud": str(scope or session.scope) if kind == "accessToken" else ISSUER,
            "iat": int(now),
            "exp": int(now + seconds),
            "jti": token_id or new_uuid(),
            "sid": identifier,
            "typ": kind,
            "client_id": session.client_id,
            "pwdTime": int(session.signed_in_at),
            "secSeq": 1,
            "region": "simulator",
        }
        return sign(claims, self._key)

    # Checks ----------------------------------------------------------------------------------------------------

    def verify(self, token: str) -> Claims:
        """Raises TokenError unless the token can be used now."""
        claims = self._claims(token)
        session = self._sessions.get(claims.session)
        if session is not None and session.waits_for_second_factor:
            raise TokenError("the second factor is missing")
        return claims

    def _claims(self, token: str) -> Claims:
        raw = read(token, self._key)
        if raw is None:
            raise TokenError("it is not known")
        now = self._clock.now()
        if raw["exp"] <= now:
            raise TokenError("it has expired")
        session = self._sessions.get(raw["sid"])
        account = self._accounts.get(raw["sub"].lower())
        if raw["sid"] in self._revoked or account is None or (session is None and raw["typ"] == "refreshToken"):
            raise TokenError("it was revoked")
        if session is not None and raw["typ"] == "refreshToken":
            replaced = session.rotated.get(raw["jti"])
            if replaced is not None and now >= replaced + self._times.refresh_grace:
                raise TokenError("it was used already")
        scope = Scope.parse(raw["aud"]) if raw["typ"] == "accessToken" else Scope()
        return Claims(account, raw["typ"], scope, raw["sid"], raw)

    def describe(self, token: str) -> dict[str, Any]:
        """What GET /cdb/oauth2/token/{token} says of a valid token."""
        claims = self.verify(token)
        now = self._clock.now()
        return {
            "username": claims.account.email,
            "time_since_password": int(now - claims.raw["pwdTime"]),
            "expires_in": int(claims.raw["exp"] - now),
            "expires_at": int(claims.raw["exp"] * 1000),
            "token_type": "bearer",
            "scope": str(claims.raw["aud"]),
            "client_id": claims.raw["client_id"],
        }

    def revoke(self, token: str) -> None:
        """End the session of a token. One that is not known is ended already."""
        raw = read(token, self._key)
        if raw is not None:
            self._revoked.add(raw["sid"])

    def log_out(self, account: Account) -> None:
        self._revoked.update(key for key, session in self._sessions.items() if session.account is account)

    @staticmethod
    def _word(form: Mapping[str, Any], name: str) -> str:
        value = form.get(name)
        if not isinstance(value, str) or not value:
            raise SignInError("badRequest", f"{name} is missing")
        return value

    @staticmethod
    def _scope(form: Mapping[str, Any]) -> Scope | None:
        try:
            return Scope.parse(str(form["scope"])) if form.get("scope") else None
        except ScopeError as error:
            raise SignInError("badRequest", str(error)) from None
