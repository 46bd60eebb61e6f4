# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Sites, servers, devices, and the assignment of pipelines."""

from __future__ import annotations

import json
from typing import Any

import pytest
from simulator_calls import Calls

from simulator.schemas import NXID
from simulator.testing import Served

NOBODY = "00000000-0000-4000-8000-000000000000"
SEED = """
models:
  - {name: ready}
  - {name: converting, status: converting}
  - {name: failed, status: error}
sites:
  - name: Shop
    servers:
      - {name: Main, devices: [Door, Till, {name: Disabled, enabled: false}, {name: Silent, announced: false}]}
      - {name: Old, supports_pipelines: false, devices: [Yard]}
      - {name: Stopped, status: stopped, devices: [Attic]}
  - name: Away
    online: false
    version: 5.1.0.1
    servers: [{name: Hidden, devices: [Cellar]}]
"""


@pytest.fixture
def shop(simulator: Served) -> Shop:
    simulator.reset(SEED)
    simulator.world.clock.speed = 0
    return Shop(simulator)


class Shop(Calls):
    """The first site, with devices and models by name."""

    def __init__(self, served: Served) -> None:
        super().__init__(served)
        self.site, self.away = served.world.sites
        self.devices = {item.name: item.nxid for item in served.world.sites[self.site].devices.values()}
        self.models = {item.name: item.uuid for item in served.world.models.values()}

    def assigned(self) -> dict[str, list[str]]:
        names = {uuid: name for name, uuid in self.models.items()}
        return {device: [names[uuid] for uuid in models] for device, models in self.pipelines(self.site).items()}


def test_sites_servers_and_devices_have_their_wire_shapes(shop: Shop) -> None:
    site = shop.get("/dev/systems")[0]
    assert (site["UUID"], site["Name"], site["Status"]) == (shop.site, "Shop", "online")
    servers = shop.get(f"/dev/system/{shop.site}/servers")
    device = shop.get(f"/dev/system/{shop.site}/devices")[0]

    supports = {row["Name"]: row["Supports"]["Pipelines"] for row in servers}
    assert supports == {"Main": True, "Old": False, "Stopped": True}
    assert device["NxID"] == f"{{{device['V2']['id']}}}".lower()
    assert device["Server"].items() >= {"Name": "Main", "Status": "running"}.items()
    assert device["nxAI"]["pipelines"] == []


def test_an_offline_site_has_the_zero_time_and_no_children(shop: Shop) -> None:
    away = shop.get("/dev/systems")[1]
    assert (away["Name"], away["Version"], away["UpdatedAt"]) == ("Away", "5.1.0.1", "0001-01-01T00:00:00Z")
    assert shop.get(f"/dev/system/{shop.away}/servers") == shop.get(f"/dev/system/{shop.away}/devices") == []
    cellar = list(shop.served.world.sites[shop.away].devices)
    answer = shop.put(shop.away, cellar, shop.models["ready"])
    assert (answer.status_code, answer.json()["Message"]) == (422, "No devices are applicable")


def test_an_assignment_arrives_a_moment_later_and_replaces_everything(shop: Shop) -> None:
    door = [shop.devices["Door"]]
    members = {"modelNMS": 0.3, "chains": [{"unknown": 1}], "extra": "kept"}
    assert shop.put(shop.site, door, shop.models["ready"], **members).status_code == 200
    assert shop.assigned()["Door"] == []
    shop.served.advance(2)
    row = shop.get(f"/dev/system/{shop.site}/devices")[0]
    assert row["nxAI"]["pipelines"] == [{"modelUUID": shop.models["ready"], **members}]
    settings = row["nxAI"]["PluginSettings"]
    assert (settings["selectedPipeline"], settings["deviceActiveSwitch"]) == ("Custom", "true")
    assert settings[f"model_nms_{shop.models['ready']}"] == "0.3"

    shop.put(shop.site, door)
    shop.put(shop.site, door, shop.models["ready"], shop.models["ready"])
    shop.served.advance(2)
    assert shop.assigned()["Door"] == ["ready", "ready"]


def test_a_device_shows_its_models_and_the_pipeline_that_is_selected(shop: Shop) -> None:
    world, ready = shop.served.world, shop.models["ready"]
    till = world.sites[shop.site].devices[shop.devices["Till"]]
    till.pipelines = [{"modelUUID": ready}, {"modelUUID": NOBODY}, {"modelUUID": ready}]

    def nx_ai(name: str) -> dict[str, Any]:
        found: dict[str, Any] = next(
            row["nxAI"] for row in shop.get(f"/dev/system/{shop.site}/devices") if row["Name"] == name
        )
        return found

    assert nx_ai("Door") == {"models": [], "pipelines": [], "selectedPipeline": "", "PluginSettings": {}}
    chosen = nx_ai("Till")
    assert (chosen["models"], chosen["selectedPipeline"]) == ([{"UUID": ready, "Name": "ready"}], ready)
    shop.put(shop.site, [till.nxid], ready)
    shop.served.advance(2)
    assert (nx_ai("Till")["selectedPipeline"], len(nx_ai("Till")["pipelines"])) == ("Custom", 1)

    as_object = nx_ai("Till")
    world.quirks.nxai = "text"
    assert json.loads(str(nx_ai("Till"))) == as_object


@pytest.mark.parametrize("device", ["Disabled", "Silent", "Yard", "Attic"])
def test_no_devices_are_applicable(shop: Shop, device: str) -> None:
    answer = shop.put(shop.site, [shop.devices[device]], shop.models["ready"])
    assert (answer.status_code, answer.json()["Message"]) == (422, "No devices are applicable")
    assert list(answer.json()["Field"]) == [shop.devices[device]]
    shop.served.world.quirks.mixed_put = "refuse"
    assert shop.put(shop.site, [shop.devices["Door"], shop.devices[device]], shop.models["ready"]).status_code == 422


@pytest.mark.parametrize(
    ("body", "faults"),
    [
        ([], {"body": "must be object"}),
        ({}, {"Devices": "is required", "Pipelines": "is required"}),
        ({"Devices": [], "Pipelines": []}, {"Devices": "must not be empty"}),
        ({"Devices": [NOBODY], "Pipelines": []}, {"Devices.0": f"must match {NXID['pattern']}"}),
        ({"Devices": [f"{{{NOBODY}}}"], "Pipelines": {}}, {"Pipelines": "must be array"}),
        ({"Devices": [f"{{{NOBODY}}}"], "Pipelines": [{}]}, {"Pipelines.0.modelUUID": "is required"}),
        (
            {"Devices": [f"{{{NOBODY}}}"], "Pipelines": [{"modelUUID": "x", "modelNMS": "y"}]},
            {"Pipelines.0.modelUUID": "must be a UUID", "Pipelines.0.modelNMS": "must be number or null"},
        ),
    ],
)
def test_a_body_that_is_not_right_is_a_422_that_says_where_and_what(
    shop: Shop, body: object, faults: dict[str, str]
) -> None:
    answer = shop.send("PUT", f"/dev/system/{shop.site}/devices/pipelines", json=body)
    assert (answer.status_code, answer.json()["Field"]) == (422, faults)


def test_an_unknown_model_is_refused_or_ignored(shop: Shop) -> None:
    assert shop.put(shop.site, [shop.devices["Door"]], NOBODY).status_code == 422
    shop.served.world.quirks.unknown_model = "ignore"
    assert shop.put(shop.site, [shop.devices["Door"]], NOBODY).status_code == 200
    shop.served.advance(5)
    assert shop.assigned()["Door"] == []


def test_plugin_5_keeps_user_settings_and_refuses_processors_of_version_4(simulator: Served) -> None:
    five: dict[str, Any] = {"plugin_version": "5.0.6", "processors": ["Heatmap"]}
    servers = [
        {"name": "Updated", **five, "processor_version": 4, "devices": ["Door"]},
        {"name": "New", **five, "devices": ["Till"]},
        {"name": "Old", "processors": ["Heatmap"], "devices": ["Yard"]},
    ]
    simulator.reset({"models": [{"name": "ready"}], "sites": [{"name": "Shop", "servers": servers}, {"name": "Away"}]})
    shop, world = Shop(simulator), simulator.world
    ready, settings = shop.models["ready"], {"UserSettings": {"phrase1": "a ladder"}}

    rows = {row["Name"]: row for row in shop.get(f"/dev/system/{shop.site}/servers")}
    assert [rows[name]["AIPluginVersion"] for name in ("Updated", "New", "Old")] == ["5.0.6", "5.0.6", "4.2.0"]
    assert {name for name, row in rows.items() if "Heatmap" in row["Postprocessors"]} == {"New", "Old"}
    answer = shop.put(shop.site, list(shop.devices.values()), ready, Postprocessor="Heatmap", **settings)
    simulator.advance(2)
    assert (answer.status_code, shop.assigned()) == (200, {"Door": [], "Till": ["ready"], "Yard": ["ready"]})
    till = world.sites[shop.site].devices[shop.devices["Till"]]
    assert till.pipelines == [{"modelUUID": ready, "Postprocessor": "Heatmap", **settings}]

    answer = shop.put(shop.site, [shop.devices["Door"]], ready, Postprocessor="Heatmap")
    assert (answer.status_code, list(answer.json()["Field"])) == (422, [shop.devices["Door"]])
    assert "of version 4" in str(answer.json()["Field"])
    assert shop.put(shop.site, [shop.devices["Door"]], ready, Postprocessor="Loitering Detection").status_code == 200
    world.quirks.refused_processor = "accept"
    assert shop.put(shop.site, [shop.devices["Door"]], ready, Postprocessor="Heatmap").status_code == 200


def test_case_of_ids_does_not_matter(shop: Shop) -> None:
    assert shop.put(shop.site.upper(), [shop.devices["Door"].upper()], shop.models["ready"].upper()).status_code == 200
    shop.served.advance(2)
    assert shop.assigned()["Door"] == ["ready"]


def test_devices_are_silent_after_a_restart_until_announced(shop: Shop) -> None:
    world = shop.served.world
    site = world.sites[shop.site]
    main = next(iter(site.servers.values()))
    door, model = [shop.devices["Door"]], shop.models["ready"]

    world.silence(world.devices_of(site, main))
    assert shop.put(shop.site, door, model).status_code == 422
    shop.served.advance(world.times.announce)
    assert shop.put(shop.site, door, model).status_code == 200

    world.silence(world.devices_of(site, main))
    world.announce(world.devices_of(site, main))
    assert shop.put(shop.site, door, model).status_code == 200


def test_devices_come_in_pages(simulator: Served, calls: Calls) -> None:
    simulator.reset(sites=1, servers=2, devices=151)
    (site,) = simulator.world.sites
    path = f"/dev/system/{site}/devices"
    pages = [calls.get(path, Limit=50, Offset=start) for start in (0, 50, 100, 150)]
    assert [len(page) for page in pages] == [50, 50, 50, 1]
    assert [row for page in pages for row in page] == calls.get(path)
    assert len({row["NxID"] for page in pages for row in page}) == 151


def test_the_older_registry_is_a_world_of_its_own(simulator: Served, calls: Calls) -> None:
    devices = [{"name": "Box", "serial": "1", "groups": ["Front"]}, "Other"]
    simulator.reset({"registry": {"groups": ["Front"], "devices": devices}})
    (group,) = calls.get("/dev/groups")
    (box,) = calls.get("/dev/devices", Group=group["UUID"])
    assert (box["Serial"], group["Devices"]) == ("1", [box["UUID"]])

    path, model = f"/dev/device/{box['UUID']}", {"FunctionUUID": NOBODY}
    calls.send("POST", f"{path}/functions", json=[model])
    calls.send("DELETE", f"/dev/group/{group['UUID']}")
    row = calls.get(path)
    assert (calls.get("/dev/groups"), row["Groups"], row["Functions"]) == ([], [], [model])
    new = calls.send("POST", "/dev/devices", json={"Name": "New", "RegistrationToken": "t"}).json()["UUID"]
    assert calls.get("/dev/devices/statistics") == {"Devices": 3}
    assert calls.send("DELETE", path).json()["Message"] == "Deleted"
    assert new in [row["UUID"] for row in calls.get("/dev/devices")]
