# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A world of a few sites, and twenty changes of it, each of which is one event."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from simulator.records import Device
from simulator.seed import Seed
from simulator.testing import Served

MODEL = "11111111-1111-4111-8111-111111111111"
PIPELINE = {"modelUUID": MODEL, "modelNMS": 0.4, "": "a member without a name"}
WORLD: dict[str, Any] = {
    "times": {"record": 0, "code": 0, "assignment": 0, "announce": 0},
    "accounts": [{"email": "demo@example.com", "password": "demo", "organisations": ["Retail"]}],
    "organisations": [{"name": "Retail"}],
    "catalogues": [{"name": "Shops", "organisation": "Retail"}],
    "models": [
        {"name": "Person@6", "organisation": "Retail", "catalogues": ["Shops"], "id": MODEL},
        {"name": "Person@7", "organisation": "Retail", "status": "processing"},
        {"name": "Person@8", "organisation": "Retail", "status": "processing"},
    ],
    "sites": [
        {
            "name": f"Shop {number}",
            "organisation": "Retail",
            "online": number != 2,
            "servers": [
                {"name": f"Server {number}{letter}", "devices": [f"Door {letter}", f"Till {letter}", "{{ 7 * 7 }}"]}
                for letter in "AB"
            ],
        }
        for number in (1, 2, 3, 4)
    ],
}


def shop(cloud: Served, number: int) -> Any:
    return next(site for site in cloud.world.sites.values() if site.name == f"Shop {number}")


def servers(cloud: Served, number: int) -> list[Any]:
    return list(shop(cloud, number).servers.values())


def cameras(cloud: Served, number: int) -> list[Any]:
    return list(shop(cloud, number).devices.values())


def first_changes(cloud: Served) -> Iterator[tuple[str, str]]:
    """Makes the changes, and gives the kind of each and the id of what it is about."""
    for number, online in ((1, False), (2, True)):
        shop(cloud, number).online = online
        yield "site_online" if online else "site_offline", shop(cloud, number).id
    servers(cloud, 3)[0].status = "stopped"
    yield "server_stopped", servers(cloud, 3)[0].uuid
    servers(cloud, 4)[0].plugin_version = "5.0.0"
    yield "plugin_updated", servers(cloud, 4)[0].uuid
    for camera in cameras(cloud, 3)[:2]:
        camera.pipelines = [PIPELINE]
        yield "assignment_changed", camera.nxid
    new = Device("{0f0f0f0f-0000-4000-8000-000000000001}", "New", servers(cloud, 3)[1])
    shop(cloud, 3).devices[new.nxid] = new
    yield "device_added", new.nxid


def second_changes(cloud: Served) -> Iterator[tuple[str, str]]:
    servers(cloud, 3)[0].status = "running"
    yield "server_running", servers(cloud, 3)[0].uuid
    gone = cameras(cloud, 4)[0]
    del shop(cloud, 4).devices[gone.nxid]
    yield "device_removed", gone.nxid
    moved = cameras(cloud, 4)[0]
    moved.server = servers(cloud, 4)[1]
    yield "device_moved", moved.nxid
    changed = cameras(cloud, 3)[0]
    changed.pipelines = []
    yield "assignment_changed", changed.nxid
    for model in cloud.world.models.values():
        if model.name == "Person@7":
            model.fixed_status = "ok"
            yield "model_ready", model.uuid
    for catalogue in cloud.world.catalogues.values():
        catalogue.name = "Stores"
        yield "catalogue_changed", catalogue.uuid
    servers(cloud, 4)[1].plugin_version = "5.0.0"
    yield "plugin_updated", servers(cloud, 4)[1].uuid


def third_changes(cloud: Served) -> Iterator[tuple[str, str]]:
    Seed({"sites": [{"name": "Shop 5", "organisation": "Retail"}]}).fill(cloud.world)
    yield "site_added", shop(cloud, 5).id
    for model in cloud.world.models.values():
        if model.name == "Person@8":
            model.fixed_status = "error"
            yield "model_failed", model.uuid
    for camera in cameras(cloud, 3)[2:4]:
        camera.pipelines = [PIPELINE]
        yield "assignment_changed", camera.nxid
    servers(cloud, 4)[0].status = "stopped"
    yield "server_stopped", servers(cloud, 4)[0].uuid
    shop(cloud, 1).online = True
    yield "site_online", shop(cloud, 1).id
