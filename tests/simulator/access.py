# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Who calls, and whether they may: the Authorization header in its three forms, and the act-as headers."""

from __future__ import annotations

from starlette.requests import Request

from .answers import AuthRefusal, Refusal
from .identifiers import is_uuid
from .identity import Claims, TokenError
from .operations import Caller, Operation
from .tokens import PREFIX
from .world import Viewpoint, World

ACT_AS_KIND, ACT_AS_ID = "X-Act-As-Kind", "X-Act-As-ID"
KINDS = ("user", "organization", "channel_partner")


def admit(operation: Operation, request: Request, world: World) -> Caller:
    """The caller. Raises AuthRefusal (401) or Refusal (403; 400 for act-as headers that make no sense)."""
    claims = authenticated(request, world)
    if operation.needs == "write":
        _check_write(operation, request, claims)
    return Caller(claims.account, _viewpoint(request, world, claims))


def authenticated(request: Request, world: World) -> Claims:
    header = request.headers.get("authorization", "").strip()
    scheme, _space, rest = header.partition(" ")
    bearer = scheme.lower() == "bearer"
    token = rest.strip() if bearer else header
    refused = world.quirks.auth_failure
    if not token:
        raise AuthRefusal(refused, "Authorization is missing")
    if not bearer and not token.startswith(PREFIX):
        raise AuthRefusal(refused, "Authorization is neither 'Bearer <token>' nor a token of the identity provider")
    try:
        claims = world.identity.verify(token)
    except TokenError as error:
        raise AuthRefusal(refused, f"The token cannot be used: {error}") from None
    if bearer and claims.kind == "refreshToken" and world.quirks.bearer_refresh_token == "refuse":
        raise AuthRefusal(refused, "A refresh token is no bearer token")
    return claims


def _check_write(operation: Operation, request: Request, claims: Claims) -> None:
    scope = claims.scope
    if not claims.account.can_write:
        raise Refusal(403, "The account may look, but not change anything")
    if not scope.covers_api(f"/{operation.api}", request.headers.get("host", "")):
        raise Refusal(403, "The token was made for another API or host")
    if scope.one_site and operation.api == "cpt":
        raise Refusal(403, "The token of a site may only read here")
    site = request.path_params.get("site_id")
    if site is not None and not scope.covers_system(str(site)):
        raise Refusal(403, "The token was made for another site")


def _viewpoint(request: Request, world: World, claims: Claims) -> Viewpoint:
    kind, identifier = request.headers.get(ACT_AS_KIND), request.headers.get(ACT_AS_ID)
    if kind is None and identifier is None:
        return world.personal(claims.account)
    if kind is None or identifier is None:
        missing = ACT_AS_KIND if kind is None else ACT_AS_ID
        raise Refusal(400, f"{ACT_AS_KIND} and {ACT_AS_ID} belong together", {missing: "is required"})
    if kind not in KINDS:
        raise Refusal(400, f"{ACT_AS_KIND} is not known", {ACT_AS_KIND: f"must be one of {', '.join(KINDS)}"})
    if not is_uuid(identifier):
        raise Refusal(400, f"{ACT_AS_ID} is not a UUID", {ACT_AS_ID: "must be a UUID"})
    view = world.acting_as(claims.account, kind, identifier)
    if view is None:
        raise Refusal(403, f"The account may not act as this {kind.replace('_', ' ')}")
    return view
