# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The ASGI application: routes from the tables, and around them the log and the faults."""

from __future__ import annotations

import secrets
from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import BaseRoute, Match, Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from . import cloud, compute, openapi
from .access import admit
from .answers import Json, Refusal, outcome
from .bodies import json_value, read_body
from .clock import Clock
from .faults import Faults, meet
from .identity import SignInError
from .journal import Journal
from .operations import Call, Operation
from .seed import Seed
from .table import COMPUTE, DEVICE
from .world import World

APIS = {"cpt": COMPUTE, "dev": DEVICE}


class Simulator:
    """A world, its log and its faults. Tokens outlive a reset, as their key does."""

    def __init__(self, seed: Seed, speed: float = 1.0) -> None:
        self._key = secrets.token_bytes(32)
        self._speed = speed
        self.seed = seed
        self.journal = Journal()
        self.faults = Faults()
        self.world = self._make()

    def _make(self) -> World:
        world = World(Clock(self._speed), self._key)
        try:
            self.seed.fill(world)
        except ValueError:
            world.close()
            raise
        return world

    def reset(self, seed: Seed | None = None) -> None:
        """A new world from the seed, no faults, an empty log. A seed that cannot be used changes nothing."""
        before, old_seed = self.world, self.seed
        self.seed = seed or old_seed
        try:
            self.world = self._make()
        except ValueError:
            self.seed = old_seed
            raise
        before.close()
        self.faults.restart()
        self.journal.clear()

    def token(self, email: str = "", scope: str = "") -> str:
        """A fresh access token of an account, by default the first, good for an hour of real time at least."""
        world = self.world
        account = world.accounts[email.lower()] if email else next(iter(world.accounts.values()))
        seconds = world.times.access_token * max(1.0, world.clock.speed)
        return world.identity.issue(account, scope, seconds)

    def close(self) -> None:
        self.world.close()


class OperationEndpoint:
    """Everything that one path of an API can do, by method."""

    def __init__(self, simulator: Simulator, operations: Mapping[str, Operation]) -> None:
        self._simulator = simulator
        self._operations = operations

    def name(self, method: str) -> str:
        operation = self._operations.get(_read_as(method))
        return operation.name if operation else ""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        operation = self._operations[_read_as(request.method)]
        try:
            answer = await self._perform(operation, request)
        except Refusal as refusal:
            answer = refusal.response()
        except ClientDisconnect:
            return
        await answer(scope, receive, send)

    async def _perform(self, operation: Operation, request: Request) -> Response:
        world = self._simulator.world
        path = {name: str(value) for name, value in request.path_params.items()}
        call = Call(request, world, path)
        if operation.needs != "nobody":
            call.signed_in = admit(operation, request, world)
        call.query = _query(operation, request)
        if operation.body is not None and not operation.upload:
            call.body = json_value(await read_body(request))
            found = operation.check.problems(call.body)
            if found:
                raise Refusal(operation.invalid, "Some members are missing or not right", found)
        result = await operation.handler(call)
        return result if isinstance(result, Response) else Json(result)


def _read_as(method: str) -> str:
    return "GET" if method == "HEAD" else method


def _query(operation: Operation, request: Request) -> dict[str, Any]:
    """The known parameters, by their proper names; unknown ones are passed over."""
    given = {name.lower(): value for name, value in request.query_params.items()}
    query: dict[str, Any] = {}
    faults: dict[str, str] = {}
    for parameter in operation.query:
        if parameter.name.lower() in given:
            value = query[parameter.name] = parameter.read(given[parameter.name.lower()])
            faults.update(parameter.check.problems(value, parameter.name))
    if faults:
        raise Refusal(operation.invalid, "Some parameters are not right", faults)
    return query


class CloudEndpoint:
    """The same for a path of the identity provider, whose errors look different."""

    def __init__(self, simulator: Simulator, operations: Mapping[str, tuple[str, cloud.Endpoint]]) -> None:
        self._simulator = simulator
        self._operations = operations

    def name(self, method: str) -> str:
        return self._operations.get(_read_as(method), ("",))[0]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        _name, endpoint = self._operations[_read_as(request.method)]
        try:
            answer = await endpoint(request, self._simulator.world)
        except SignInError as error:
            answer = cloud.failure(error.status, error.code, error.text)
        except ClientDisconnect:
            return
        await answer(scope, receive, send)


class Watched:
    """The application with its log and faults. Requests to the control interface are neither logged nor faulted."""

    def __init__(self, app: Starlette, simulator: Simulator) -> None:
        self._app = app
        self._simulator = simulator

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or f"{scope['path']}/".startswith("/_sim/"):
            await self._app(scope, receive, send)
            return
        operation = self._operation(scope)
        entry = self._simulator.journal.open(scope["method"], scope["path"], operation)
        host = next((value.decode("latin-1") for name, value in scope["headers"] if name == b"host"), "")
        fault = self._simulator.faults.take(operation, scope["path"], scope["method"], host)
        entry.fault = str(fault or "")

        async def counted() -> Message:
            message = await receive()
            entry.bytes += len(message.get("body", b""))
            return message

        async def noted(message: Message) -> None:
            if message["type"] == "http.response.start":
                entry.status = message["status"]
            await send(message)

        if fault is None:
            await self._app(scope, counted, noted)
        else:
            await meet(fault, self._app, scope, counted, noted)

    def _operation(self, scope: Scope) -> str:
        for route in self._app.routes:
            endpoint = getattr(route, "endpoint", None)
            if not isinstance(endpoint, (OperationEndpoint, CloudEndpoint)):
                continue
            if route.matches(scope)[0] is not Match.NONE:
                return endpoint.name(scope["method"])
        return ""


def build(simulator: Simulator, control_routes: list[BaseRoute]) -> ASGIApp:
    routes: list[BaseRoute] = []
    for api, operations in APIS.items():
        routes.extend(_api_routes(simulator, api, operations))
    routes.append(Route("/cdn/{uuid:uuid}", OperationEndpoint(simulator, {"GET": _CDN}), methods=["GET"]))
    routes.extend(_cloud_routes(simulator))
    routes.extend(control_routes)
    handlers: Any = {HTTPException: _not_served}
    app = Starlette(routes=routes, exception_handlers=handlers)
    app.router.redirect_slashes = False
    return Watched(app, simulator)


_CDN = Operation(
    name="cdn_file", api="cdn", method="GET", path="/cdn/{uuid}", handler=compute.cdn_file, needs="nobody",
    summary="The bytes of a model.", evidence="inferred",
)  # fmt: skip


def _api_routes(simulator: Simulator, api: str, operations: tuple[Operation, ...]) -> list[BaseRoute]:
    by_path: dict[str, dict[str, Operation]] = defaultdict(dict)
    for operation in operations:
        by_path[operation.path][operation.method] = operation
    routes: list[BaseRoute] = []
    for path, methods in by_path.items():
        for name in ("uuid", "site_id", "group"):
            path = path.replace("{" + name + "}", "{" + name + ":uuid}")
        routes.append(Route(f"/{api}{path}", OperationEndpoint(simulator, methods), methods=list(methods)))
    document = openapi.document(api, operations)

    async def alive(request: Request) -> Response:
        return Json(outcome("Ok"))

    async def as_json(request: Request) -> Response:
        return Json(document)

    async def as_page(request: Request) -> Response:
        return HTMLResponse(openapi.html(document))

    routes += [Route(path, alive) for path in (f"/{api}", f"/{api}/")]
    return [*routes, Route(f"/{api}/openapi.json", as_json), Route(f"/{api}/openapi.html", as_page)]


def _cloud_routes(simulator: Simulator) -> list[BaseRoute]:
    by_path: dict[str, dict[str, tuple[str, cloud.Endpoint]]] = defaultdict(dict)
    for name, method, path, endpoint in cloud.OPERATIONS:
        by_path[path][method] = (name, endpoint)
    return [Route(path, CloudEndpoint(simulator, item), methods=list(item)) for path, item in by_path.items()]


async def _not_served(request: Request, error: Exception) -> Response:
    """A path or method that is not there: JSON, as everything else."""
    assert isinstance(error, HTTPException)
    if request.url.path.startswith(("/cdb/", "/oauth2/", "/partners/")):
        answer = cloud.failure(error.status_code, "notFound", error.detail)
    else:
        answer = Json(outcome(error.detail), status_code=error.status_code)
    answer.headers.update(error.headers or {})
    return answer
