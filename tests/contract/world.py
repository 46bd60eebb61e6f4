# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The small world of the scenes, and the truth about it: what it really holds, whatever the client was shown."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from simulator.world import World

FOREIGN = "459d2273-1514-431c-9d34-f5b72f3bfe20"
OTHER = "7b65bdda-39da-4259-b1bf-b0d1dbb7b162"
COUNTS, FINDS = "Person counter", "Vehicle finder"

_COMMON = {"resizingMethod": "Letterbox", "Preprocessor": "", "Postprocessor": "", "chains": []}
_PLAIN = {"modelUUID": FOREIGN, "modelNMS": 0.42, **_COMMON}
_TUNED = {**_PLAIN, "modelNMS": 0.3, "Postprocessor": "Line Crossing", "UserSettings": {"zone": [[0, 0], [0.5, 1]]}}
_SECOND = {**_PLAIN, "modelUUID": OTHER, "modelNMS": 0.7}
_CHAINED = {**_PLAIN, "chains": [{**_PLAIN, "modelUUID": OTHER}]}
_HAD = {"Door": [_TUNED], "Till": [_PLAIN, _SECOND], "Yard": [_CHAINED], "Gate": [_TUNED], "Dock": [_PLAIN], "Roof": []}
_HAD["Roof"] = [{**_PLAIN, "modelNMS": 0.55}]
CAMERAS = (*_HAD, "Fresh")

_DETAILS = {"channels": 3, "height": 320, "width": 320, "means": [127.5] * 3, "vars": [255.0] * 3, "order": 1}
_MEMBERS = {"InputDriverDetails": _DETAILS, "Alias": "pc", "SourceName": "lab"}


def _devices(*names: str) -> str:
    return json.dumps([{"name": name, "pipelines": _HAD.get(name, [])} for name in names])


SEED = f"""
times: {{record: 5, code: 10, assignment: 2}}
organisations: [Retail]
accounts: [{{email: demo@example.com, password: pass-word, organisations: [Retail]}}]
catalogues: [House]
models:
  - name: {COUNTS}
    id: {FOREIGN}
    catalogues: [House]
    documentation: Counts people.
    members: {json.dumps(_MEMBERS)}
  - {{name: {FINDS}, id: {OTHER}, catalogues: [House]}}
sites:
  - {{name: Shop 1, servers: [{{name: Server A, devices: {_devices("Door", "Till", "Yard")}}}]}}
  - {{name: Shop 2, servers: [{{name: Server B, devices: {_devices("Gate", "Dock", "Roof", "Fresh")}}}]}}
  - name: Shop 3
    online: false
    servers: [{{name: Server C, devices: [{{name: Cellar, pipelines: {json.dumps([_PLAIN])}}}]}}]
"""


@dataclass(frozen=True)
class Truth:
    """What a user would mind about. Models by UUID: name, catalogues (names), digest of the file, further members."""

    cameras: Mapping[str, list[dict[str, Any]]]
    models: Mapping[str, dict[str, Any]]
    catalogues: Counter[str]

    def named(self, name: str) -> list[dict[str, Any]]:
        return [each for each in self.models.values() if each["name"] == name]


def truth(world: World) -> Truth:
    """As it will be when what is on its way has arrived. Nothing is copied: the simulator replaces, and never edits."""
    catalogues = {uuid: each.name for uuid, each in world.catalogues.items()}
    cameras = {}
    for site in world.sites.values():
        for device in site.devices.values():
            cameras[device.name] = device.on_the_way[-1][1] if device.on_the_way else device.pipelines
    models = {
        uuid: {
            "name": each.name,
            "catalogues": sorted(catalogues.get(one, one) for one in each.catalogues),
            "sha256": each.file.sha256 if each.file else "",
            **each.members,
        }
        for uuid, each in world.models.items()
    }
    return Truth(cameras, models, Counter(catalogues.values()))


def same(one: Any, other: Any) -> bool:
    """Equal, but for the form of numbers and for members that are empty in one and left out in the other."""
    if isinstance(one, dict) and isinstance(other, dict):
        return all(same(one.get(name), other.get(name)) for name in {*one, *other})
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(same, one, other))
    if one in _EMPTY or other in _EMPTY:
        return one in _EMPTY and other in _EMPTY
    numbers = [_number(each) for each in (one, other)]
    if None not in numbers:
        return abs(float(numbers[0] or 0) - float(numbers[1] or 0)) < 1e-6
    return bool(one == other)


def holds(more: Any, less: Any) -> bool:
    """Whether all of ``less`` is in ``more``, which may have further members."""
    if isinstance(more, dict) and isinstance(less, dict):
        return all(holds(more.get(name), value) for name, value in less.items())
    if isinstance(more, list) and isinstance(less, list):
        return len(more) == len(less) and all(map(holds, more, less))
    return same(more, less)


_EMPTY: tuple[Any, ...] = (None, "", [], {}, 0)


def _number(value: Any) -> float | None:
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        return None
    try:
        return float(value)
    except ValueError:
        return None


def within(less: list[Any], more: list[Any]) -> bool:
    """Whether all of ``less`` is in ``more``."""
    return all(any(same(each, found) for found in more) for each in less)


def lost_pipelines(before: Truth, now: Truth) -> Iterator[str]:
    for name, had in before.cameras.items():
        if not within(had, now.cameras[name]):
            yield f"{name} had {json.dumps(had)} and has {json.dumps(now.cameras[name])}"


def lost_models(before: Truth, now: Truth, changed: Mapping[str, Any]) -> Iterator[str]:
    """``changed``: members of the foreign model that the scene declares otherwise, by dotted path."""
    for uuid, had in before.models.items():
        has = now.models.get(uuid)
        if has is None:
            yield f"the model {had['name']} is gone"
            continue
        if not within(had["catalogues"], has["catalogues"]):
            yield f"{had['name']} was in {had['catalogues']} and is in {has['catalogues']}"
        for path, value in _leaves({key: each for key, each in had.items() if key != "catalogues"}):
            if path not in changed and not same(value, _at(has, path)):
                yield f"{had['name']}: {path} was {value!r} and is {_at(has, path)!r}"


def _leaves(value: dict[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    for key, inner in value.items():
        if isinstance(inner, dict):
            yield from _leaves(inner, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}", inner


def _at(value: Any, path: str) -> Any:
    for name in path.split("."):
        value = value.get(name) if isinstance(value, dict) else None
    return value
