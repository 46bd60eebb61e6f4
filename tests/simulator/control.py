# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The control interface under /_sim: for tests and demonstrations, off unless asked for."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import asdict
from functools import partial
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
from .records import Device
from .seed import Seed


class ControlError(ValueError):
    """What was asked of the control interface cannot be done."""


Action = Callable[[Mapping[str, Any]], Any]
AT_A_SITE = ("server", "device")
ALTERABLE: dict[str, dict[str, type]] = {
    "site": {"name": str, "online": bool, "version": str},
    "server": {
        "name": str, "status": str, "plugin_version": str, "runtime": str, "supports_pipelines": bool, "licensed": bool,
    },
    "device": {"name": str, "enabled": bool, "group": str, "pipelines": list},
    "model": {"name": str, "fixed_status": str, "catalogues": list},
}  # fmt: skip


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

    def alter(self, kind: str, data: Mapping[str, Any]) -> Any:
        """Change members of a site or model, or of a server or device of a site."""
        key, record = self._one(kind, data)
        naming = (kind, "site") if kind in AT_A_SITE else (kind,)
        changes = {name: value for name, value in data.items() if name not in naming}
        for name, value in changes.items():
            if name not in ALTERABLE[kind]:
                raise ControlError(f"{name} is not known; known are {', '.join(ALTERABLE[kind])}")
            if not isinstance(value, ALTERABLE[kind][name]):
                raise ControlError(f"{name} must be of type {ALTERABLE[kind][name].__name__}")
        for name, value in changes.items():
            setattr(record, name, value)
        if kind == "site":
            record.updated_at = self._simulator.world.clock.now()
        return {kind: key}

    def _one(self, kind: str, data: Mapping[str, Any]) -> tuple[str, Any]:
        """The one that ``data`` names, and its id."""
        holder: Any = self._one("site", data)[1] if kind in AT_A_SITE else self._simulator.world
        name = str(data.get(kind, ""))
        key = braced(name) if kind == "device" else name.lower()
        record = getattr(holder, f"{kind}s").get(key)
        if record is None:
            raise ControlError(f"{kind}: there is no {kind} {name!r}{' at this site' if kind in AT_A_SITE else ''}")
        return key, record

    def _devices(self, data: Mapping[str, Any]) -> list[Device]:
        """All devices of a site, of one server of it (``server``), or the named ones (``devices``)."""
        chosen: list[Device] = list(self._one("site", data)[1].devices.values())
        if "server" in data:
            chosen = [device for device in chosen if device.server.uuid == str(data["server"]).lower()]
        if "devices" in data:
            wanted = {braced(str(item)) for item in data["devices"]}
            chosen = [device for device in chosen if device.nxid in wanted]
        return chosen


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
        **{f"/_sim/{kind}": {"POST": partial(control.alter, kind)} for kind in ALTERABLE},
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
