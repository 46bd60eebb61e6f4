# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The Device API: the older registry of devices and groups, kept apart from the devices of Nx sites."""

from __future__ import annotations

from typing import Any

from starlette.responses import Response

from . import views
from .answers import Refusal, outcome
from .identifiers import new_uuid
from .operations import Call
from .records import RegistryDevice, RegistryGroup

COLUMNS = {"Name": lambda item: item.members["Name"], "UUID": lambda item: item.uuid}
GROUP_COLUMNS = {"Name": lambda item: item.name, "UUID": lambda item: item.uuid}


def _device(call: Call, uuid: str) -> RegistryDevice:
    item = call.world.registry.get(uuid.lower())
    if item is None or item.owner not in call.view.owners:
        raise Refusal(404, "There is no such device")
    return item


def _group(call: Call, uuid: str) -> RegistryGroup:
    item = call.world.groups.get(uuid.lower())
    if item is None or item.owner not in call.view.owners:
        raise Refusal(404, "There is no such group")
    return item


def _own(call: Call) -> list[RegistryDevice]:
    return [item for item in call.world.registry.values() if item.owner in call.view.owners]


async def list_devices(call: Call) -> Response:
    rows = _own(call)
    if "Group" in call.query:
        rows = [item for item in rows if call.query["Group"].lower() in item.groups]
    return call.page(rows, views.registry_device, COLUMNS)


async def create_device(call: Call) -> dict[str, Any]:
    names = ("Name", "Runtime", "Serial", "Type")
    item = RegistryDevice(new_uuid(), call.view.acting, {name: call.body.get(name) for name in names})
    call.world.registry[item.uuid] = item
    return outcome("Ok", item.uuid)


async def get_device(call: Call) -> dict[str, Any]:
    return views.registry_device(_device(call, call.path["uuid"]))


async def update_device(call: Call) -> dict[str, Any]:
    item = _device(call, call.path["uuid"])
    item.members.update({name: call.body[name] for name in item.members if name in call.body})
    return outcome("Ok", item.uuid)


async def delete_device(call: Call) -> dict[str, Any]:
    item = _device(call, call.path["uuid"])
    del call.world.registry[item.uuid]
    return outcome("Deleted", item.uuid)


async def assign_functions(call: Call) -> dict[str, Any]:
    """Assignment as it was before there were pipelines."""
    item = _device(call, call.path["uuid"])
    item.functions = [row["FunctionUUID"].lower() for row in call.body]
    return outcome("Ok", item.uuid)


async def statistics(call: Call) -> dict[str, Any]:
    return {"Devices": len(_own(call))}


async def list_groups(call: Call) -> Response:
    rows = [item for item in call.world.groups.values() if item.owner in call.view.owners]
    own = _own(call)

    def view(item: RegistryGroup) -> dict[str, Any]:
        return views.registry_group(item, [device for device in own if item.uuid in device.groups])

    return call.page(rows, view, GROUP_COLUMNS)


async def delete_group(call: Call) -> dict[str, Any]:
    item = _group(call, call.path["uuid"])
    del call.world.groups[item.uuid]
    for device in call.world.registry.values():
        device.groups = [uuid for uuid in device.groups if uuid != item.uuid]
    return outcome("Deleted", item.uuid)


async def add_to_group(call: Call) -> dict[str, Any]:
    group = _group(call, call.path["uuid"])
    for device in [_device(call, uuid) for uuid in call.body["Devices"]]:
        device.groups = list(dict.fromkeys([*device.groups, group.uuid]))
    return outcome("Ok", group.uuid)


async def leave_group(call: Call) -> dict[str, Any]:
    device, group = _device(call, call.path["uuid"]), _group(call, call.path["group"])
    device.groups = [uuid for uuid in device.groups if uuid != group.uuid]
    return outcome("Ok", device.uuid)
