# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""HTTP of the identity provider and cloud database: /cdb, /oauth2, /partners, /authorize."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import parse_qsl, urlencode

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from .access import authenticated
from .answers import Json, Refusal
from .bodies import read_body
from .clock import rfc3339
from .identity import Claims, SignInError, TokenError
from .world import World

SYSTEM = {"systemStatus": "activated", "customization": "metavms"}  # of every site
Endpoint = Callable[[Request, World], Awaitable[Response]]


def failure(status: int, code: str, text: str) -> Response:
    """The error body of the cloud database. Its tests read ``errorString``, its library ``errorText``."""
    body = {"resultCode": code, "errorClass": "logicError", "errorDetail": 0, "errorText": text, "errorString": text}
    return Json(body, status_code=status)


async def _form(request: Request) -> dict[str, Any]:
    """JSON or a web form, whatever the content type says."""
    body = await read_body(request)
    if body.lstrip().startswith(b"{"):
        try:
            form = json.loads(body)
        except ValueError:
            raise SignInError("badRequest", "The body is not JSON") from None
        return dict(form)
    return dict(parse_qsl(body.decode("utf-8", "replace")))


def _signed_in(request: Request, world: World) -> Claims:
    try:
        return authenticated(request, world)
    except Refusal as refusal:
        raise SignInError("notAuthorized", refusal.message) from None


async def issue_token(request: Request, world: World) -> Response:
    return Json(world.identity.token(await _form(request)))


async def validate_token(request: Request, world: World) -> Response:
    try:
        return Json(world.identity.describe(request.path_params["token"]))
    except TokenError as error:
        raise SignInError("notAuthorized", f"The token is not valid: {error}") from None


async def revoke_token(request: Request, world: World) -> Response:
    world.identity.revoke(request.path_params["token"])
    return Json({"resultCode": "ok"})


async def introspect(request: Request, world: World) -> Response:
    form = await _form(request)
    try:
        return Json({"active": True, **world.identity.describe(str(form.get("token", "")))})
    except TokenError:
        return Json({"active": False})


async def log_out(request: Request, world: World) -> Response:
    world.identity.log_out(_signed_in(request, world).account)
    return Json({"resultCode": "ok"})


async def second_factor(request: Request, world: World) -> Response:
    """Makes a token usable that came with ``error: second_factor_required``."""
    token = request.query_params.get("token", "") or request.headers.get("authorization", "").partition(" ")[2]
    try:
        world.identity.second_factor(token, request.path_params["code"])
    except TokenError as error:
        raise SignInError("notAuthorized", f"The token is not valid: {error}") from None
    return Json({"resultCode": "ok"})


async def list_systems(request: Request, world: World) -> Response:
    """The sites as the cloud database knows them: also those of every organisation of the account."""
    account = _signed_in(request, world).account
    owners = {account.id, *account.organisations}
    rows = [
        {
            "id": site.id,
            "name": site.name,
            "customization": SYSTEM["customization"],
            "ownerAccountEmail": account.email,
            "status": SYSTEM["systemStatus"],
            "version": site.version,
            "registrationTime": rfc3339(site.updated_at),
            "system2faEnabled": False,
            "accessRole": "owner" if account.can_write else "viewer",
            "stateOfHealth": "online" if site.online else "offline",
        }
        for site in world.sites.values()
        if site.owner in owners
    ]
    wanted = {name: request.query_params.get(name, own) == own for name, own in SYSTEM.items()}
    return Json({"systems": rows if all(wanted.values()) else []})


async def organizations(request: Request, world: World) -> Response:
    account = _signed_in(request, world).account
    own = [world.organisations[item] for item in account.organisations]
    rows = [{**_roles(item.id, item.name, account.can_write), "channelPartner": item.partner or None} for item in own]
    return _results(request, rows)


async def channel_partners(request: Request, world: World) -> Response:
    account = _signed_in(request, world).account
    rows = [_roles(item, world.partners[item], account.can_write) for item in account.partners]
    return _results(request, rows)


def _roles(identifier: str, name: str, can_write: bool) -> dict[str, Any]:
    return {"id": identifier, "name": name, "ownRolesIds": [], "ownPermissions": ["manage"] if can_write else ["view"]}


def _results(request: Request, rows: list[dict[str, Any]]) -> Response:
    def number(name: str, otherwise: int) -> int:
        text = request.query_params.get(name, "")
        return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else otherwise

    first, limit = number("offset", 0), number("limit", 100)
    more = first + limit < len(rows)
    url = str(request.url.include_query_params(offset=first + limit, limit=limit)) if more else None
    return Json({"count": len(rows), "next": url, "previous": None, "results": rows[first : first + limit]})


async def authorize(request: Request, world: World) -> Response:
    """The browser step, with a person who agrees at once: ``email`` picks the account, else it is the first."""
    query = request.query_params
    account = world.accounts.get(query.get("email", "").lower()) or next(iter(world.accounts.values()), None)
    target = query.get("redirect_url") or query.get("redirect_uri")
    if account is None or not target:
        raise SignInError("badRequest", "redirect_url is missing")
    answer = {"code": world.identity.code_for(account, query.get("client_id", ""), query.get("scope", ""))}
    if "state" in query:
        answer["state"] = query["state"]
    return RedirectResponse(f"{target}{'&' if '?' in target else '?'}{urlencode(answer)}", status_code=302)


# name, method, path, endpoint
OPERATIONS: tuple[tuple[str, str, str, Endpoint], ...] = (
    ("issue_token", "POST", "/cdb/oauth2/token", issue_token),
    ("issue_token", "POST", "/oauth2/v1/token", issue_token),
    ("validate_token", "GET", "/cdb/oauth2/token/{token}", validate_token),
    ("revoke_token", "DELETE", "/cdb/oauth2/token/{token}", revoke_token),
    ("introspect", "POST", "/cdb/oauth2/introspect", introspect),
    ("log_out", "DELETE", "/cdb/oauth2/user/self", log_out),
    ("second_factor", "GET", "/cdb/account/self/2fa/totp/key/{code}", second_factor),
    ("cloud_systems", "GET", "/cdb/systems", list_systems),
    ("organizations", "GET", "/partners/api/v2/organizations/", organizations),
    ("channel_partners", "GET", "/partners/api/v2/channel_partners/", channel_partners),
    ("authorize", "GET", "/authorize", authorize),
)
