# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The small world of the tests of first contact, and what is really in it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import yaml

from simulator.testing import Served

MODEL, DOOR = "459d2273-1514-431c-9d34-f5b72f3bfe20", "0c0c0c0c-1111-4111-8111-111111111111"
PIPELINE = {
    "modelUUID": MODEL,
    "modelNMS": 0.3,
    "resizingMethod": "Letterbox",
    "chains": [],
    "UserSettings": {"a": [1]},
}
WORLD = f"""
times: {{record: 0, code: 0, assignment: 0}}
partners: [Partner]
organisations: [{{name: Retail, partner: Partner}}]
accounts: [{{email: demo@example.com, password: demo, organisations: [Retail], partners: [Partner]}}]
catalogues: [House]
models: [{{name: Counter, id: {MODEL}, catalogues: [House]}}, {{name: Finder}}]
sites:
  - name: Shop 1
    servers: [{{name: A, devices: [{{name: Door, id: {DOOR}, pipelines: [{json.dumps(PIPELINE)}]}}, Till]}}]
  - {{name: Shop 2, servers: [{{name: B, devices: [Gate]}}]}}
  - {{name: Shop 3, online: false}}
"""
Meet = Callable[..., dict[str, Any]]


def everything(cloud: Served) -> Any:
    world = cloud.world
    found = [each for site in world.sites.values() for each in site.devices.values()]
    devices = {each.name: each.on_the_way[-1][1] if each.on_the_way else each.pipelines for each in found}
    return (
        devices,
        sorted(each.name for each in world.models.values()),
        sorted(each.name for each in world.catalogues.values()),
    )


def contract(folder: Path) -> Any:
    """What the file says; None where it says nothing, or is not there."""
    path = folder / "nxai-contract.yml"
    return yaml.safe_load(path.read_text()) if path.exists() else None


def nxid(cloud: Served, name: str) -> str:
    devices = (each for site in cloud.world.sites.values() for each in site.devices.values())
    return next(each.nxid for each in devices if each.name == name)
