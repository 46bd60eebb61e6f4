# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Wire shapes. Field names are those of the APIs; which of them are guesses, the schemas in ``openapi`` say."""

from __future__ import annotations

import json
from typing import Any

from .clock import rfc3339
from .conversion import CONVERSIONS, downloads
from .identifiers import ZERO_UUID
from .records import Catalogue, Device, Model, RegistryDevice, RegistryGroup, Server, Site
from .world import World

# Members that a client may set, with what the service shows when it did not. Name and Catalogues come on top.
MODEL_MEMBERS: dict[str, Any] = {
    "Alias": "",
    "Documentation": "",
    "Customization": "metavms",
    "InputDriver": "vision",
    "InputDriverDetails": {},
    "OutputDriver": "vision",
    "OutputDriverDetails": {},
    "NamedInput": [],
    "NamedOutput": [],
    "EnableConversions": list(CONVERSIONS),  # as in the portal's form, where none is switched off
    "SourceName": "",
    "SourceUrl": "",
    "Site": None,
}


def organisation(world: World, owner: str) -> dict[str, str]:
    """The organisation of a thing; the zero UUID for what belongs to a person."""
    name = world.owner_name(owner)
    return {"UUID": owner if name else ZERO_UUID, "Name": name}


def catalogue(world: World, item: Catalogue) -> dict[str, Any]:
    return {"UUID": item.uuid, "Name": item.name, "Organisation": organisation(world, item.owner)}


def function(world: World, model: Model, base_url: str) -> dict[str, Any]:
    """A model in full, as a row of the list."""
    progress = world.progress(model)
    uri = f"{base_url}/cdn/{model.uuid}"
    members = {**MODEL_MEMBERS, **model.members}
    asked = members["EnableConversions"]
    return {
        **members,
        "UUID": model.uuid,
        "Name": model.name,
        "Status": progress.status,
        "Code": {"Status": progress.code_status, "CDNURI": uri if progress.has_cdn_uri else ""},
        "Catalogues": list(model.catalogues),
        "Organisation": organisation(world, model.owner),
        "Downloads": downloads(model.file, uri, asked, world.quirks) if model.file and progress.ready else [],
        "Size": model.file.size if model.file else 0,
        "ConversionLog": progress.log,
        "UpdatedAt": rfc3339(model.updated_at),
    }


def reduced_function(world: World, model: Model) -> dict[str, Any]:
    """What the plural item path is reported to give: the object with fields empty and without Code."""
    empty = {name: type(value)() if value is not None else None for name, value in MODEL_MEMBERS.items()}
    return {**empty, "UUID": model.uuid, "Name": model.name, "Status": world.progress(model).status}


def site(world: World, item: Site) -> dict[str, Any]:
    """An offline site keeps its id, name and version; its time is the zero time, and it has no counts."""
    shape: dict[str, Any] = {
        "UUID": item.id,
        "Name": item.name,
        "Version": item.version,
        "Status": "online" if item.online else "offline",
        "UpdatedAt": rfc3339(item.updated_at if item.online else 0),
        "Organisation": organisation(world, item.owner),
    }
    return shape


def server(item: Server) -> dict[str, Any]:
    external = [name for name in item.processors if name not in item.refused_processors]
    return {
        "UUID": item.uuid,
        "Name": item.name,
        "Status": item.status,
        "Version": item.version,
        "AIPluginVersion": item.plugin_version,
        "Supports": {"Pipelines": item.supports_pipelines},
        "Runtime": item.runtime,
        "Platform": item.platform,
        "OS": "ubuntu",
        "OSVersion": "24.04",
        "Licensed": item.licensed,
        "Preprocessors": [],
        "Postprocessors": ["Illegal Dumping", "Line Crossing", "Loitering Detection", "Object Counting", *external],
    }


def device(world: World, item: Device) -> dict[str, Any]:
    """A device as it is now; ``settle`` it first."""
    nx_ai = _nx_ai(world, item)
    return {
        "NxID": item.nxid,
        "Name": item.name,
        "Server": {
            "UUID": item.server.uuid,
            "Name": item.server.name,
            "Status": item.server.status,
            "AIPluginVersion": item.server.plugin_version,
            "Supports": {"Pipelines": item.server.supports_pipelines},
        },
        "V2": {"id": item.nxid.strip("{}")},
        "Enabled": item.enabled,
        "Group": item.group,
        "nxAI": json.dumps(nx_ai) if world.quirks.nxai == "text" else nx_ai,
    }


def _nx_ai(world: World, item: Device) -> dict[str, Any]:
    """What the VMS keeps of the plugin for a device. The pipeline selected is ``Custom`` once the cloud assigned it."""
    uuids = dict.fromkeys(pipeline["modelUUID"] for pipeline in item.pipelines)
    models = [world.models[uuid] for uuid in uuids if uuid in world.models]
    return {
        "models": [{"UUID": model.uuid, "Name": model.name} for model in models],
        "pipelines": item.pipelines,
        "selectedPipeline": item.settings.get("selectedPipeline") or next(iter(uuids), ""),
        "PluginSettings": item.settings,
    }


def registry_device(item: RegistryDevice) -> dict[str, Any]:
    functions = [{"FunctionUUID": uuid} for uuid in item.functions]
    return {**item.members, "UUID": item.uuid, "Functions": functions, "Groups": list(item.groups)}


def registry_group(item: RegistryGroup, devices: list[RegistryDevice]) -> dict[str, Any]:
    return {"UUID": item.uuid, "Name": item.name, "Devices": [device.uuid for device in devices]}
