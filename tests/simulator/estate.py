# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Generated worlds of any size: the same numbers and the same random seed give the same world.

Sites are made at once, with nothing in them. The servers and devices of a site are made when it is first looked at,
so that neither seeding nor a page of one site walks over the devices of all.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from .identifiers import braced, stable_uuid
from .names import CAMERAS, MODELS, name_of, site_name
from .records import Catalogue, Children, Device, Model, Server, Site, StoredFile
from .world import World

EPOCH = 1767225600.0  # 2026-01-01: times of generated things do not depend on when they are made
RUNTIMES = ("Nx CPU", "ONNX-CUDA", "OpenVINO", "Hailo-8")


@dataclass(frozen=True)
class Numbers:
    """``servers`` and ``devices`` are per site. Every n-th of something is odd in its way; 0 means none is."""

    sites: int = 0
    servers: int = 1
    devices: int = 10
    models: int = 0
    random_seed: int = 1
    offline_every: int = 0
    unsupported_every: int = 0  # servers whose plugin does not support pipelines, counted within a site
    plugin_5_every: int = 0  # servers with AI Manager 5, counted within a site
    disabled_every: int = 0  # devices
    assigned: bool = False  # devices start with a pipeline of a generated model
    hostile_names: bool = False


def generate(world: World, numbers: Numbers, owner: str) -> None:
    models = [_model(numbers, index, owner) for index in range(numbers.models)]
    world.models.update((model.uuid, model) for model in models)
    if models:
        uuid = stable_uuid(numbers.random_seed, "catalogue")
        world.catalogues[uuid] = Catalogue(uuid, "Generated models", owner)
        for model in models:
            model.catalogues.append(uuid)
    chosen = [model.uuid for model in models] if numbers.assigned else []
    for index in range(numbers.sites):
        site = _site(numbers, index, owner, chosen)
        world.sites[site.id] = site


def _is_nth(index: int, every: int) -> bool:
    return every > 0 and (index + 1) % every == 0


def _model(numbers: Numbers, index: int, owner: str) -> Model:
    uuid = stable_uuid(numbers.random_seed, "model", index)
    rng = random.Random(uuid)
    file = StoredFile("model.onnx", rng.randrange(100_000, 50_000_000), rng.randbytes(32).hex(), "onnx")
    name = name_of(MODELS, index, numbers.hostile_names)
    moment = EPOCH + index * 60
    return Model(uuid, name, owner, {}, file=file, received_at=moment, updated_at=moment, fixed_status="ok")


def _site(numbers: Numbers, index: int, owner: str, models: list[str]) -> Site:
    identifier = stable_uuid(numbers.random_seed, "site", index)
    return Site(
        id=identifier,
        name=site_name(index, numbers.sites, numbers.hostile_names),
        owner=owner,
        online=not _is_nth(index, numbers.offline_every),
        updated_at=EPOCH + index * 60,
        make_children=_children(numbers, identifier, models),
    )


def _children(numbers: Numbers, site_id: str, models: list[str]) -> Callable[[], Children]:
    def make() -> Children:
        rng = random.Random(site_id)
        servers = [_server(numbers, site_id, number, rng) for number in range(numbers.servers)]
        devices = (_device(numbers, site_id, number, servers, models, rng) for number in range(numbers.devices))
        return {server.uuid: server for server in servers}, {device.nxid: device for device in devices}

    return make


def _server(numbers: Numbers, site_id: str, number: int, rng: random.Random) -> Server:
    supports = not _is_nth(number, numbers.unsupported_every)
    usual = "5.0.6" if _is_nth(number, numbers.plugin_5_every) else "4.2.0"
    return Server(
        uuid=stable_uuid(site_id, "server", number),
        name=f"Server {number + 1}",
        plugin_version=usual if supports else "4.1.62-beta",
        supports_pipelines=supports,
        runtime=rng.choice(RUNTIMES),
    )


def _device(
    numbers: Numbers, site_id: str, number: int, servers: list[Server], models: list[str], rng: random.Random
) -> Device:
    server = servers[number % len(servers)]
    return Device(
        nxid=braced(stable_uuid(site_id, "device", number)),
        name=name_of(CAMERAS, number, numbers.hostile_names),
        server=server,
        enabled=not _is_nth(number, numbers.disabled_every),
        pipelines=[pipeline(rng.choice(models), server)] if models else [],
    )


def pipeline(model: str, server: Server) -> dict[str, Any]:
    found: dict[str, Any] = {
        "modelUUID": model,
        "modelNMS": 0.42,
        "resizingMethod": "Letterbox",
        "Preprocessor": "",
        "Postprocessor": "",
        "chains": [],
    }
    if server.is_plugin_5:
        found |= {"Postprocessor": "Object Counting", "UserSettings": {"sensitivity": 0.5, "zone": "door"}}
    return found
