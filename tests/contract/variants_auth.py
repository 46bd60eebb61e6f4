# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Signing in: what is sent as a token, how a token is asked for, how its end shows."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qsl

from .layer import Ask, Asked, Rewrite, Told, refusal, told
from .rewrites import WRITES, after, answers, before, elsewhere, status, web_page
from .variant import ADAPTED, WORKS, row_of

_TOKEN = ("issue_token",)
_PREFIX = "nxcdb-"


def _unauthorised() -> Told:
    return refusal(401, "The token cannot be used", AuthorizationInvalid=True)


def _headers(accepts: Callable[[str], bool], answer: Callable[[], Told], writes_only: bool = False) -> Rewrite:
    """The resource APIs take only some forms of the header."""

    async def rewrite(asked: Asked, ask: Ask) -> Told:
        concerned = asked.operation in WRITES or not writes_only
        if (
            asked.path.startswith(("/cpt/", "/dev/"))
            and concerned
            and not accepts(asked.headers.get("authorization", ""))
        ):
            return answer()
        return await ask(asked)

    return rewrite


def _raw(header: str) -> bool:
    return header.startswith(_PREFIX)


def _jwt(header: str) -> bool:
    return header.startswith("Bearer ") and not header.startswith(f"Bearer {_PREFIX}")


def _kind(asked: Asked) -> str:
    """Which of the tokens that it has issued a request carries."""
    return str(asked.memory.get("kinds", {}).get(asked.token.removeprefix(_PREFIX), ""))


def _remembers() -> Rewrite:
    """Remember the tokens that are issued, by their kind."""

    def change(asked: Asked, answer: Told) -> None:
        kinds = asked.memory.setdefault("kinds", {})
        kinds.update((str(answer.data[name]).removeprefix(_PREFIX), name) for name in ("access_token", "refresh_token"))

    return after(_TOKEN, change)


def _refresh_on_writes(raw: bool) -> Rewrite:
    async def rewrite(asked: Asked, ask: Ask) -> Told:
        right = _kind(asked) == "refresh_token" and raw == _raw(asked.headers.get("authorization", ""))
        if asked.operation in WRITES and not right:
            return refusal(403, "Forbidden")
        return await ask(asked)

    return rewrite


def _ends_early(answer: Callable[[], Told], uses: int = 5) -> Rewrite:
    """A token is good for so many requests, whatever its expiry says: sessions of an account can be shortened."""

    async def rewrite(asked: Asked, ask: Ask) -> Told:
        if not asked.path.startswith(("/cpt/", "/dev/")):
            return await ask(asked)
        count = asked.memory[asked.token] = asked.memory.get(asked.token, 0) + 1
        return answer() if count > uses else await ask(asked)

    return rewrite


def _form_only(code: int, body: Any) -> Rewrite:
    def change(asked: Asked) -> Told | None:
        if asked.body.lstrip().startswith(b"{"):
            return told(code, body)
        asked.data = dict(parse_qsl(asked.body.decode()))
        return None

    return before(_TOKEN, change)


def _answer(change: Callable[[dict[str, Any]], Any]) -> Rewrite:
    return answers(_TOKEN, change)


def _without(*names: str) -> Rewrite:
    return _answer(lambda data: {name: value for name, value in data.items() if name not in names})


def _renamed(**names: str) -> Rewrite:
    return _answer(lambda data: {names.get(name, name): value for name, value in data.items()})


def _needs_scope(asked: Asked) -> Told | None:
    wanted = "scope" in asked.data
    return None if wanted else told(400, {"resultCode": "badRequest", "errorText": "scope is missing"})


def _needs_act_as() -> Rewrite:
    async def rewrite(asked: Asked, ask: Ask) -> Told:
        if asked.path.startswith(("/cpt/", "/dev/")) and "x-act-as-id" not in asked.headers:
            return refusal(403, "X-Act-As-Kind and X-Act-As-ID are required")
        return await ask(asked)

    return rewrite


def _moved_region() -> Rewrite:
    async def rewrite(asked: Asked, ask: Ask) -> Told:
        if asked.path == "/cdb/oauth2/token":
            return Told(307, headers={"location": "/eu/cdb/oauth2/token"})
        return await ask(asked.copy(path=asked.path.removeprefix("/eu")))

    return rewrite


_SCHEME = {"scheme": "raw"}
_variant = row_of("auth")
VARIANTS = (
    _variant(
        "expired-419", "a token ends early, with 419", _ends_early(lambda: refusal(419, "It is over")), outcome=WORKS
    ),
    _variant("expired-200-page", "the same, with a page and 200", _ends_early(lambda: web_page(200)), outcome=WORKS),
    _variant(
        "expired-302",
        "the same, with a redirect to a page to sign in",
        _ends_early(lambda: Told(302, b"", {"location": "/login"})),
        outcome=WORKS,
    ),
    _variant(
        "expired-200-words",
        "the same, with 200 and words",
        _ends_early(lambda: refusal(200, "It is over", AuthorizationInvalid=True)),
        outcome=WORKS,
    ),
    _variant(
        "raw-401",
        "Bearer is refused, the token without a word is wanted",
        _headers(_raw, _unauthorised),
        outcome=ADAPTED,
        auth=_SCHEME,
    ),
    _variant(
        "raw-403",
        "the same, with 403",
        _headers(_raw, lambda: refusal(403, "Forbidden")),
        outcome=ADAPTED,
        auth=_SCHEME,
    ),
    _variant(
        "raw-500",
        "the same, with 500",
        _headers(_raw, lambda: refusal(500, "Internal Server Error")),
        outcome=ADAPTED,
        auth=_SCHEME,
    ),
    _variant(
        "raw-writes-404",
        "reads take Bearer, writes answer 404 to it",
        _headers(_raw, lambda: refusal(404, "There is no such function"), writes_only=True),
        outcome=ADAPTED,
        auth=_SCHEME,
    ),
    _variant(
        "raw-writes-403",
        "reads take Bearer, writes answer 403 to it",
        _headers(_raw, lambda: refusal(403, "Forbidden"), writes_only=True),
        outcome=ADAPTED,
        auth=_SCHEME,
    ),
    _variant("jwt", "Bearer wants the token without nxcdb-", _headers(_jwt, _unauthorised), outcome=WORKS),
    _variant(
        "jwt-500",
        "the same, with 500 in place of 401",
        _headers(_jwt, lambda: refusal(500, "invalid token")),
        outcome=ADAPTED,
        auth={"scheme": "bearer_jwt"},
    ),
    _variant(
        "refresh-on-writes",
        "writes want the refresh token behind Bearer",
        _remembers(),
        _refresh_on_writes(raw=False),
        outcome=ADAPTED,
        auth={"token_on_writes": "refresh"},
    ),
    _variant(
        "refresh-on-writes-raw",
        "writes want the refresh token without a word, as the portal is said to send it",
        _remembers(),
        _refresh_on_writes(raw=True),
        outcome=ADAPTED,
        auth={"token_on_writes": "refresh", "scheme": "raw"},
    ),
    _variant(
        "token-form-415",
        "a token is asked for by a form, JSON gets 415",
        _form_only(415, {"Message": "Unsupported Media Type"}),
        outcome=WORKS,
        auth={"token_request": "form"},
    ),
    _variant(
        "token-form-400",
        "a token is asked for by a form, JSON gets 400",
        _form_only(400, {"resultCode": "badRequest", "errorText": "grant_type is missing"}),
        outcome=ADAPTED,
        auth={"token_request": "form"},
    ),
    _variant(
        "token-form-400-page",
        "the same, with a web page",
        _form_only(400, "<html>Bad Request</html>"),
        outcome=ADAPTED,
        auth={"token_request": "form"},
    ),
    _variant(
        "token-path",
        "tokens only at /oauth2/v1/token",
        elsewhere("POST /oauth2/v1/token", "POST /cdb/oauth2/token"),
        outcome=ADAPTED,
        operations={"issue_token": {"path": "/oauth2/v1/token"}},
    ),
    _variant(
        "token-redirect", "tokens are at a regional path, by a 307 to the same host", _moved_region(), outcome=WORKS
    ),
    _variant("token-wrapped", "the token is inside data", _answer(lambda data: {"data": data}), outcome=WORKS),
    _variant(
        "token-camel",
        "accessToken, refreshToken, expiresIn",
        _renamed(
            access_token="accessToken", refresh_token="refreshToken", expires_in="expiresIn", expires_at="expiresAt"
        ),
        outcome=WORKS,
    ),
    _variant("token-named-token", "the access token is called token", _renamed(access_token="token"), outcome=WORKS),
    _variant(
        "token-expiry-text",
        "expires_in and expires_at as text",
        _answer(lambda data: {**data, "expires_in": str(data["expires_in"]), "expires_at": str(data["expires_at"])}),
        outcome=WORKS,
    ),
    _variant("token-no-expiry", "no expires_in and no expires_at", _without("expires_in", "expires_at"), outcome=WORKS),
    _variant(
        "token-expiry-seconds",
        "expires_at in seconds, no expires_in",
        _without("expires_in"),
        _answer(lambda data: {**data, "expires_at": data["expires_at"] // 1000}),
        outcome=WORKS,
    ),
    _variant(
        "token-expiry-time",
        "expires_at as a time of day, no expires_in",
        _without("expires_in"),
        _answer(lambda data: {**data, "expires_at": "2035-01-01T00:00:00Z"}),
        outcome=WORKS,
    ),
    _variant("token-no-refresh", "no refresh token", _without("refresh_token", "token_type", "scope"), outcome=WORKS),
    _variant("token-status-201", "tokens come with 201", status(_TOKEN, 201), outcome=WORKS),
    _variant(
        "token-plain-text", "tokens come as text/plain", status(_TOKEN, 200, content_type="text/plain"), outcome=WORKS
    ),
    _variant(
        "token-error-empty", 'a good token has error: ""', _answer(lambda data: {**data, "error": ""}), outcome=WORKS
    ),
    _variant(
        "token-scope-wanted",
        "no token without a scope",
        before(_TOKEN, _needs_scope),
        outcome=ADAPTED,
        auth={"scope": "https://api.sclbl.nxvms.com/ cloudSystemId=*"},
    ),
    _variant(
        "act-as-wanted",
        "nothing without the act-as headers",
        _needs_act_as(),
        outcome=ADAPTED,
        auth={"act_as": {"kind": "organization", "id": "00000000-0000-4000-8000-000000000001"}},
    ),
    _variant("expired-401", "a token ends after five requests, with 401", _ends_early(_unauthorised), outcome=WORKS),
    _variant("expired-401-page", "the same, with a web page", _ends_early(lambda: web_page(401)), outcome=WORKS),
    _variant(
        "expired-403",
        "a token ends after five requests, with 403",
        _ends_early(lambda: refusal(403, "Forbidden", AuthorizationInvalid=True)),
        outcome=WORKS,
    ),
    _variant(
        "expired-403-bare",
        "the same, without AuthorizationInvalid",
        _ends_early(lambda: refusal(403, "Forbidden")),
        outcome=WORKS,
    ),
    _variant(
        "expired-500",
        "a token ends after five requests, with 500",
        _ends_early(lambda: refusal(500, "Internal Server Error", AuthorizationInvalid=True)),
        outcome=WORKS,
    ),
    _variant(
        "expired-500-bare",
        "the same, without AuthorizationInvalid",
        _ends_early(lambda: refusal(500, "Internal Server Error"), 6),
        outcome=WORKS,
    ),
)
