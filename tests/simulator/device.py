# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The Device API: sites ("systems"), their servers and devices, and the assignment of pipelines."""

from __future__ import annotations

from typing import Any

from starlette.responses import Response

from . import views
from .answers import Refusal, outcome
from .identifiers import braced
from .operations import Call
from .records import Device, Site
from .world import World

NONE_APPLICABLE = "No devices are applicable"
COLUMNS = {"Name": lambda item: item.name, "UUID": lambda item: item.uuid}
SITE_COLUMNS = {
    "Name": lambda site: site.name,
    "UUID": lambda site: site.id,
    "UpdatedAt": lambda site: site.updated_at if site.online else 0,
}
DEVICE_COLUMNS = {"Name": lambda item: item.name, "NxID": lambda item: item.nxid}


def find_site(call: Call) -> Site:
    site = call.world.sites.get(call.path["site_id"].lower())
    if site is None or site.owner not in call.view.owners:
        raise Refusal(404, "There is no such system")
    return site


async def list_sites(call: Call) -> Response:
    rows = call.world.visible_sites(call.view)
    return call.page(rows, lambda site: views.site(call.world, site), SITE_COLUMNS)


async def list_servers(call: Call) -> Response:
    site = find_site(call)
    return call.page(list(site.servers.values()) if site.online else [], views.server, COLUMNS)


async def list_devices(call: Call) -> Response:
    site = find_site(call)
    now = call.world.clock.now()

    def view(device: Device) -> dict[str, Any]:
        device.settle(now)
        return views.device(call.world, device)

    return call.page(list(site.devices.values()) if site.online else [], view, DEVICE_COLUMNS)


def why_not(site: Site, device: Device, pipelines: list[dict[str, Any]], world: World) -> str:
    """Why the pipelines cannot be assigned to the device now; empty when they can."""
    if not site.online:
        return "the system is offline"
    if device.server.status != "running":
        return "the server is stopped"
    if not device.server.supports_pipelines:
        return "the plugin on the server does not support pipelines"
    if not device.enabled:
        return "the device is disabled"
    if world.clock.now() < device.silent_until:
        return "the plugin has not announced the device yet"
    named = {each.get("Postprocessor") for each in pipelines}
    refused = [name for name in device.server.refused_processors if name in named]
    if refused and world.quirks.refused_processor == "refuse":
        return f"AI Manager 5 on the server has refused the file of {', '.join(refused)}, which is of version 4"
    return ""


async def put_pipelines(call: Call) -> dict[str, Any]:
    """Replaces all pipelines of each device. They arrive a moment later; those of an unready model never do."""
    site, world, now = find_site(call), call.world, call.world.clock.now()
    reasons: dict[str, str] = {}
    applicable: list[Device] = []
    for nxid in dict.fromkeys(braced(text) for text in call.body["Devices"]):
        device = site.devices.get(nxid)
        reasons[nxid] = (
            why_not(site, device, call.body["Pipelines"], world)
            if device is not None
            else "the system has no such device"
        )
        if device is not None and not reasons[nxid]:
            applicable.append(device)
    refused = {nxid: reason for nxid, reason in reasons.items() if reason}
    if not applicable or (refused and world.quirks.mixed_put == "refuse"):
        raise Refusal(422, NONE_APPLICABLE, refused or {"Devices": "must not be empty"})
    pipelines = [{**pipeline, "modelUUID": pipeline["modelUUID"].lower()} for pipeline in call.body["Pipelines"]]
    if _usable(call, site, pipelines):
        for device in applicable:
            device.settle(now)
            device.on_the_way.append((now + world.times.assignment, pipelines))
    return outcome("Ok")


def _usable(call: Call, site: Site, pipelines: list[dict[str, Any]]) -> bool:
    """False when some model is not ready: the service accepts that and does nothing."""
    world, ready = call.world, True
    for number, pipeline in enumerate(pipelines):
        model = world.models.get(pipeline["modelUUID"])
        if model is None or not world.usable_at(model, site, call.view):
            if world.quirks.unknown_model == "refuse":
                message = "A model is not known to the organisation of the system"
                raise Refusal(422, message, {f"Pipelines.{number}.modelUUID": "is not known here"})
            ready = False
        else:
            ready = ready and world.progress(model).ready
    return ready
