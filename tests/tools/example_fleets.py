# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Fleets of any size for the page of the fleet: some of all that may be there. With ``fleet_pages`` one sees them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from ansible_collections.nxai.cloud.plugins.module_utils._api.records.records import Device, Model, Server, Site
from ansible_collections.nxai.cloud.plugins.module_utils._connection.settings import Settings
from ansible_collections.nxai.cloud.plugins.module_utils._doctor.checks import diagnose
from ansible_collections.nxai.cloud.plugins.module_utils._doctor.seen import Seen
from ansible_collections.nxai.cloud.plugins.module_utils._estate.fleet.report import Report, as_report
from ansible_collections.nxai.cloud.plugins.module_utils._fleet.reading import Fleet

BEFORE, NOW = "2026-11-26T03:00:00Z", "2026-11-27T03:00:00Z"
TOWNS = ["Amsterdam", "Berlin", "Copenhagen", "Dresden", "Eindhoven", "Florence", "Gothenburg", "Hamburg"]
PLACES = ["Entrance", "Till", "Aisle", "Stock room", "Car park", "Delivery", "Window", "Corridor"]
MODELS = ["Person detector@7", "Person detector@6", "Queue length@2", "Empty shelf@1", "Number plates@3"]


def uuid(kind: str, number: object) -> str:
    return str(uuid5(NAMESPACE_URL, f"{kind} {number}"))


class Made:
    """``named``: makes each name another one. ``last``: as it was at the last report."""

    def __init__(
        self, sites: int, cameras: int, named: Callable[[str], str] = str, last: bool = False, well: bool = False
    ) -> None:
        self._cameras, self._named, self._last, self._well = cameras, named, last, well
        self.sites: list[Site] = []
        self.servers: list[tuple[Site, Server]] = []
        self.devices: list[tuple[Site, Device]] = []
        for number in range(sites):
            self._site(number)

    def fleet(self) -> Fleet:
        models = [
            Model.from_api(
                {"UUID": uuid("model", name), "Name": self._named(name), "Status": "ok", "Code": {"Status": "ok"}}
            )
            for name in MODELS
        ]
        return Fleet(catalogues=[], models=models, sites=self.sites, servers=self.servers, devices=self.devices)

    def _site(self, number: int) -> None:
        name = self._named(f"{TOWNS[number % len(TOWNS)]} {number + 1}")
        online = self._well or number % 29 != 4
        time = NOW if online else "0001-01-01T00:00:00Z"
        row = {"UUID": uuid("site", number), "Name": name, "Version": f"6.0.{number % 2}", "UpdatedAt": time}
        site = Site.from_api(row)
        self.sites.append(site)
        if not online and not self._last:
            return
        for place in range(1 + number % 2):
            self._server(site, number, place)

    def _server(self, site: Site, number: int, place: int) -> None:
        row = {
            "UUID": uuid("server", (number, place)),
            "Name": self._named(f"Server {'AB'[place]}"),
            "Status": "stopped" if number % 31 == 7 and not self._well and not self._last else "running",
            "PluginVersion": "4.2.1" if number % 4 else "5.0.6",
            "Runtime": "nvidia",
            "Supports": {"Pipelines": True},
        }
        server = Server.from_api(row)
        self.servers.append((site, server))
        share = 1 + number % 2
        for each in range(place, self._cameras, share):
            self.devices.append((site, self._device(number, each, server)))

    def _device(self, number: int, place: int, server: Server) -> Device:
        row: dict[str, Any] = {
            "NxID": "{" + uuid("camera", (number, place)) + "}",
            "Name": self._named(f"{PLACES[place % len(PLACES)]} {place // len(PLACES) + 1}"),
            "Enabled": place % 19 != 11,
            "Server": {"UUID": server.id, "Name": server.name},
            "nxAI": {"pipelines": self._pipelines(number, place)},
        }
        if number % 23 == 9 and place == 2 and not self._well:
            row["nxAI"] = {"pipelines": "what is this"}
        return Device.from_api(row)

    def _pipelines(self, number: int, place: int) -> list[dict[str, Any]]:
        if place % 11 == 10 and not self._well:
            return []
        newer = number % 5 != 3 and not (self._last and number % 5 == 2)
        first = {"modelUUID": uuid("model", MODELS[0 if newer else 1]), "modelNMS": 0.42, "resizingMethod": "Letterbox"}
        if place % 8 == 1:
            return [first, {"modelUUID": uuid("model", MODELS[2]), "modelNMS": 0.5, "resizingMethod": "Stretch"}]
        if place % 8 == 4:
            chained = {"modelUUID": uuid("model", MODELS[4]), "modelNMS": 0.3, "chains": []}
            return [{**first, "Postprocessor": "Heatmap", "chains": [chained]}]
        return [first]


def report_of(
    sites: int, cameras: int, *, named: Callable[[str], str] = str, first: bool = False, well: bool = False
) -> Report:
    before = None
    if not first:
        last = Made(sites, cameras, named, last=True, well=well).fleet()
        before = as_report(last, found_in(last), None, ["*"], BEFORE).memory
    fleet = Made(sites, cameras, named, well=well).fleet()
    return as_report(fleet, found_in(fleet), before, ["*"], NOW)


def found_in(fleet: Fleet) -> Mapping[str, Any]:
    return diagnose(Seen(settings=Settings(api_url="https://api.example.com", token="t"), contract=[], **vars(fleet)))


def written(name: str) -> Callable[[str], str]:
    """Each name with this behind it."""
    return lambda text: f"{text} {name}"


SAMPLES: dict[str, Callable[[], Report]] = {
    "three": partial(report_of, 3, 4, well=True, first=True),
    "forty": partial(report_of, 40, 30),
    "well": partial(report_of, 40, 12, well=True),
    "many": partial(report_of, 2_000, 5),
    "large": partial(report_of, 200, 50),
    "one_shop": partial(report_of, 1, 1_000, first=True),
}
