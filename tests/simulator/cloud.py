# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""HTTP of the identity provider: /cdb, /oauth2, /authorize."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import parse_qsl, urlencode

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from .answers import Json
from .bodies import read_body
from .identity import SignInError
from .world import World

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


async def issue_token(request: Request, world: World) -> Response:
    return Json(world.identity.token(await _form(request)))


async def revoke_token(request: Request, world: World) -> Response:
    world.identity.revoke(request.path_params["token"])
    return Json({"resultCode": "ok"})


async def authorize(request: Request, world: World) -> Response:
    """The browser step, with a person who agrees at once: ``email`` picks the account, else it is the first."""
    query = request.query_params
    account = world.accounts.get(query.get("email", "").lower()) or next(iter(world.accounts.values()), None)
    target = query.get("redirect_url") or query.get("redirect_uri")
    if account is None or not target:
        raise SignInError("badRequest", "redirect_url is missing")
    answer = {"code": world.identity.code_for(account, query.get("client_id", ""))}
    if "state" in query:
        answer["state"] = query["state"]
    return RedirectResponse(f"{target}{'&' if '?' in target else '?'}{urlencode(answer)}", status_code=302)


# name, method, path, endpoint
OPERATIONS: tuple[tuple[str, str, str, Endpoint], ...] = (
    ("issue_token", "POST", "/cdb/oauth2/token", issue_token),
    ("issue_token", "POST", "/oauth2/v1/token", issue_token),
    ("revoke_token", "DELETE", "/cdb/oauth2/token/{token}", revoke_token),
    ("authorize", "GET", "/authorize", authorize),
)
