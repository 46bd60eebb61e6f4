# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The control interface under /_sim: for tests and demonstrations, off unless asked for."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import asdict
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from . import settings
from .answers import Json
from .app import Simulator
from .bodies import read_body
from .clock import rfc3339
from .faults import fault_from
from .hostile import draw_from
from .identifiers import braced
from .records import Device, Site
from .seed import Seed


class ControlError(ValueError):
    """What was asked of the control interface cannot be done."""


Action = Callable[[Mapping[str, Any]], Any]


class Control:
    """Each action takes the JSON object of the request and gives the JSON answer. Raises ValueError."""

    def __init__(self, simulator: Simulator) -> None:
        self._simulator = simulator

    def state(self, _data: Mapping[str, Any]) -> Any:
        world = self._simulator.world
        kinds = ("organisations", "accounts", "catalogues", "models", "sites")
        return {
            "clock": self.clock({}),
            "counts": {kind: len(getattr(world, kind)) for kind in kinds},
            "quirks": asdict(world.quirks),
            "times": asdict(world.times),
        }

    def reset(self, _data: Mapping[str, Any]) -> Any:
        self._simulator.reset()
        return self.state({})

    def seed(self, data: Mapping[str, Any]) -> Any:
        self._simulator.reset(Seed(data))
        return self.state({})

    def add(self, data: Mapping[str, Any]) -> Any:
        """What a seed document names comes on top of what there is; the same names and ids replace."""
        Seed(data).fill(self._simulator.world)
        return self.state({})

    def clock(self, data: Mapping[str, Any]) -> Any:
        clock = self._simulator.world.clock
        if "speed" in data:
            clock.speed = float(data["speed"])
        clock.advance(float(data.get("advance", 0)))
        return {"now": clock.now(), "time": rfc3339(clock.now()), "speed": clock.speed}

    def quirks(self, data: Mapping[str, Any]) -> Any:
        return asdict(settings.apply(self._simulator.world.quirks, data))

    def times(self, data: Mapping[str, Any]) -> Any:
        return asdict(settings.apply(self._simulator.world.times, data))

    def faults(self, _data: Mapping[str, Any]) -> Any:
        return self._simulator.faults.as_data()

    def add_fault(self, data: Mapping[str, Any]) -> Any:
        self._simulator.faults.all.append(fault_from(data))
        return self.faults({})

    def clear_faults(self, _data: Mapping[str, Any]) -> Any:
        self._simulator.faults.all.clear()
        return []

    def hostile(self, _data: Mapping[str, Any]) -> Any:
        draw = self._simulator.faults.hostile
        return {"seed": draw.seed if draw else None, "elsewhere": draw.elsewhere if draw else None}

    def be_hostile(self, data: Mapping[str, Any]) -> Any:
        self._simulator.faults.hostile = draw_from(data)
        return self.hostile({})

    def be_honest(self, _data: Mapping[str, Any]) -> Any:
        self._simulator.faults.hostile = None
        return self.hostile({})

    def log(self, _data: Mapping[str, Any]) -> Any:
        return self._simulator.journal.as_data()

    def clear_log(self, _data: Mapping[str, Any]) -> Any:
        self._simulator.journal.clear()
        return self.log({})

    def restart(self, data: Mapping[str, Any]) -> Any:
        """As if media servers restarted: their devices are not announced for a while."""
        return {"devices": self._simulator.world.silence(self._devices(data))}

    def announce(self, data: Mapping[str, Any]) -> Any:
        return {"devices": self._simulator.world.announce(self._devices(data))}

    def alter_site(self, data: Mapping[str, Any]) -> Any:
        site = self._site(data)
        _alter(site, data, {"name": str, "online": bool, "version": str}, ("site",))
        site.updated_at = self._simulator.world.clock.now()
        return {"site": site.id}

    def alter_server(self, data: Mapping[str, Any]) -> Any:
        server = self._site(data).servers.get(str(data.get("server", "")).lower())
        if server is None:
            raise ControlError(f"server: there is no server {data.get('server')!r} at this site")
        kinds: dict[str, type] = {"name": str, "status": str, "plugin_version": str, "runtime": str}
        _alter(server, data, {**kinds, "supports_pipelines": bool, "licensed": bool}, ("site", "server"))
        return {"server": server.uuid}

    def alter_device(self, data: Mapping[str, Any]) -> Any:
        device = self._site(data).devices.get(braced(str(data.get("device", ""))))
        if device is None:
            raise ControlError(f"device: there is no device {data.get('device')!r} at this site")
        kinds: dict[str, type] = {"name": str, "enabled": bool, "group": str, "pipelines": list}
        _alter(device, data, kinds, ("site", "device"))
        return {"device": device.nxid}

    def alter_model(self, data: Mapping[str, Any]) -> Any:
        model = self._simulator.world.models.get(str(data.get("model", "")).lower())
        if model is None:
            raise ControlError(f"model: there is no model {data.get('model')!r}")
        _alter(model, data, {"name": str, "fixed_status": str, "catalogues": list}, ("model",))
        return {"model": model.uuid}

    def _site(self, data: Mapping[str, Any]) -> Site:
        site = self._simulator.world.sites.get(str(data.get("site", "")).lower())
        if site is None:
            raise ControlError(f"site: there is no site {data.get('site')!r}")
        return site

    def _devices(self, data: Mapping[str, Any]) -> list[Device]:
        """All devices of a site, of one server of it (``server``), or the named ones (``devices``)."""
        site = self._site(data)
        chosen = list(site.devices.values())
        if "server" in data:
            chosen = [device for device in chosen if device.server.uuid == str(data["server"]).lower()]
        if "devices" in data:
            wanted = {braced(str(item)) for item in data["devices"]}
            chosen = [device for device in chosen if device.nxid in wanted]
        return chosen


def _alter(record: object, data: Mapping[str, Any], kinds: Mapping[str, type], naming: tuple[str, ...]) -> None:
    changes = {name: value for name, value in data.items() if name not in naming}
    for name, value in changes.items():
        if name not in kinds:
            raise ControlError(f"{name} is not known; known are {', '.join(kinds)}")
        if not isinstance(value, kinds[name]):
            raise ControlError(f"{name} must be of type {kinds[name].__name__}")
    for name, value in changes.items():
        setattr(record, name, value)


def routes(simulator: Simulator) -> list[BaseRoute]:
    control = Control(simulator)
    table: dict[str, dict[str, Action]] = {
        "/_sim": {"GET": control.state},
        "/_sim/reset": {"POST": control.reset},
        "/_sim/seed": {"POST": control.seed},
        "/_sim/add": {"POST": control.add},
        "/_sim/clock": {"GET": control.clock, "POST": control.clock},
        "/_sim/quirks": {"GET": control.quirks, "POST": control.quirks},
        "/_sim/times": {"GET": control.times, "POST": control.times},
        "/_sim/faults": {"GET": control.faults, "POST": control.add_fault, "DELETE": control.clear_faults},
        "/_sim/hostile": {"GET": control.hostile, "POST": control.be_hostile, "DELETE": control.be_honest},
        "/_sim/log": {"GET": control.log, "DELETE": control.clear_log},
        "/_sim/restart": {"POST": control.restart},
        "/_sim/announce": {"POST": control.announce},
        "/_sim/site": {"POST": control.alter_site},
        "/_sim/server": {"POST": control.alter_server},
        "/_sim/device": {"POST": control.alter_device},
        "/_sim/model": {"POST": control.alter_model},
    }
    return [Route(path, _endpoint(actions), methods=list(actions)) for path, actions in table.items()]


def _endpoint(actions: Mapping[str, Action]) -> Callable[[Request], Awaitable[Response]]:
    async def endpoint(request: Request) -> Response:
        try:
            data = _data(request, (await read_body(request)).decode("utf-8", "replace"))
            return Json(actions["GET" if request.method == "HEAD" else request.method](data))
        except (ValueError, TypeError) as error:
            return Json({"error": str(error)}, status_code=400)

    return endpoint


def _data(request: Request, text: str) -> Mapping[str, Any]:
    """A JSON object; for seeds also YAML."""
    if not text.strip() or request.method == "GET":
        return {}
    if request.url.path in ("/_sim/seed", "/_sim/add"):
        return Seed.from_yaml(text).document
    data = json.loads(text)
    if not isinstance(data, dict):
        raise ControlError("the body must be a JSON object")
    return data
