# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""For each operation a task that needs it, in a small world; what that world holds before and after."""

from __future__ import annotations

import copy
import hashlib
import json
import os
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ansible_collections.nxai.cloud.plugins.module_utils._api.records.file_mark import FileMark, join_documentation
from ansible_collections.nxai.cloud.plugins.module_utils._api.records.pipeline import Pipeline
from simulator.testing import Served
from tools.demo_model import model
from tools.rollouts import devices_of

CONTENT = model().SerializeToString()
MARK = FileMark(hashlib.sha256(CONTENT).hexdigest(), len(CONTENT))
ALPHA, BETA, GAMMA = (f"{digit * 8}-1111-4111-8111-111111111111" for digit in "abc")
STRANGE = {"modelUUID": ALPHA, "modelNMS": 0.3, "resizingMethod": "Letterbox", "notKnownHere": {"kept": [1, None]}}
ADDED = Pipeline.new({"model": BETA}).to_wire()
# Three of everything, so that pages of two rows are more than one.
WORLD = f"""
times: {{record: 0, code: 0, assignment: 0}}
partners: [P1, P2, P3]
organisations: [Retail, O2, O3]
accounts:
  - email: demo@example.com
    password: pass-word-marked
    organisations: [Retail, O2, O3]
    partners: [P1, P2, P3]
catalogues: [Old, Empty, Third]
models:
  - {{name: Alpha, id: {ALPHA}, catalogues: [Old], documentation: First}}
  - {{name: Beta, id: {BETA}, catalogues: [Old]}}
  - {{name: Gamma, id: {GAMMA}, documentation: {json.dumps(join_documentation("Third", MARK))}}}
sites:
  - name: Shop 1
    servers:
      - {{name: A, devices: [{{name: Door, pipelines: [{json.dumps(STRANGE)}]}}, Till, Yard]}}
      - {{name: B}}
      - {{name: C}}
  - {{name: Shop 2}}
  - {{name: Shop 3}}
registry:
  groups: [G1, G2, G3]
  devices: [{{name: R1, groups: [G1]}}, R2, R3]
"""
State = dict[str, Any]


def state(served: Served) -> State:
    """What a user would mind about: names in order, so that a double shows, and the pipelines of each device."""
    world = served.world
    groups = {uuid: group.name for uuid, group in world.groups.items()}
    return {
        "catalogues": sorted(each.name for each in world.catalogues.values()),
        "models": sorted((each.name, str(each.members.get("Documentation", ""))) for each in world.models.values()),
        "pipelines": {each.name: each.pipelines for each in devices_of(served).values()},
        "token_file": os.path.exists(os.environ.get("NXAI_TOKEN_FILE", "")),
        "registry": sorted(
            (each.members["Name"], sorted(map(groups.get, each.groups))) for each in world.registry.values()
        ),
    }


@dataclass(frozen=True)
class Scene:
    """A task that sends the operation. ``change`` makes of the state before what it shall be after."""

    module: str
    options: dict[str, Any]
    change: Callable[[State], object] | None = None

    def after(self, before: State) -> State:
        wanted = copy.deepcopy(before)
        if self.change:
            self.change(wanted)
        return wanted


FILE = "FILE"  # replaced by the path of a file with CONTENT
_MARKED = join_documentation("", MARK)
_DOOR = {"site": "Shop 1", "devices": ["Door"], "wait_interval": 0.01}
_KEPT = {**_DOOR, "pipelines": [{"model": "Alpha"}]}


def becomes(kind: str, place: int | str, value: Any) -> Callable[[State], object]:
    """One thing in the state gives way to this value."""
    return lambda wanted: wanted[kind].__setitem__(place, value)


def more(kind: str, value: Any) -> Callable[[State], object]:
    return lambda wanted: wanted[kind].append(value)


SCENES = {
    # Present already: a listing that is taken for empty or whole when it is not would create a second one.
    "list_models": Scene("nxai_model", {"name": "Gamma", "file": FILE}),
    "get_model": Scene("nxai_model", {"name": GAMMA, "file": FILE}),
    "list_catalogues": Scene("nxai_catalogue", {"name": "Third"}),
    "list_sites": Scene("nxai_pipeline", _KEPT),
    "list_servers": Scene("nxai_server_info", {"sites": ["Shop 1"]}),
    "list_devices": Scene("nxai_pipeline", _KEPT),
    "list_registry_devices": Scene("nxai_device", {"name": "R1", "groups": ["G1"]}),
    "list_groups": Scene("nxai_device", {"name": "R1", "groups": ["G1"]}),
    "create_model": Scene("nxai_model", {"name": "New", "file": FILE}, more("models", ("New", _MARKED))),
    "update_model": Scene(
        "nxai_model", {"name": "Alpha", "documentation": "Second"}, becomes("models", 0, ("Alpha", "Second"))
    ),
    "delete_model": Scene("nxai_model", {"name": "Beta", "state": "absent"}, lambda wanted: wanted["models"].pop(1)),
    "create_catalogue": Scene("nxai_catalogue", {"name": "Zoo"}, more("catalogues", "Zoo")),
    "rename_catalogue": Scene("nxai_catalogue", {"name": "Third", "new_name": "Zoo"}, becomes("catalogues", 2, "Zoo")),
    "delete_catalogue": Scene(
        "nxai_catalogue", {"name": "Empty", "state": "absent"}, lambda wanted: wanted["catalogues"].remove("Empty")
    ),
    "put_pipelines": Scene(
        "nxai_pipeline", {**_DOOR, "pipelines": [{"model": "Beta"}]}, becomes("pipelines", "Door", [STRANGE, ADDED])
    ),
    "update_registry_device": Scene(
        "nxai_device", {"name": "R3", "new_name": "R9"}, becomes("registry", 2, ("R9", []))
    ),
    "join_group": Scene("nxai_device", {"name": "R2", "groups": ["G2"]}, becomes("registry", 1, ("R2", ["G2"]))),
    "leave_group": Scene(
        "nxai_device", {"name": "R1", "groups": [], "groups_mode": "exact"}, becomes("registry", 0, ("R1", []))
    ),
    "list_organisations": Scene("nxai_organisation_info", {}),
    "list_channel_partners": Scene("nxai_organisation_info", {}),
    "issue_token": Scene("nxai_catalogue", {"name": "Third"}),
    "revoke_token": Scene("nxai_token", {"state": "absent"}, lambda wanted: wanted.__setitem__("token_file", False)),
    "describe_compute": Scene("nxai_contract_info", {"apis": ["compute"]}),
    "describe_device": Scene("nxai_contract_info", {"apis": ["device"]}),
}
