# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the doctor reads, as records from rows: small things by default well, and worlds with everything wrong."""

from __future__ import annotations

from typing import Any

from ansible_collections.nxai.cloud.plugins.module_utils._api.records.records import (
    Catalogue,
    Device,
    Model,
    Server,
    Site,
)
from ansible_collections.nxai.cloud.plugins.module_utils._connection.settings import Settings
from ansible_collections.nxai.cloud.plugins.module_utils._core.errors import Refused
from ansible_collections.nxai.cloud.plugins.module_utils._doctor.seen import Seen

OURS, THEIRS, STRANGERS = (f"3f1d0a52-6c1e-4f0b-9d57-00000000000{digit}" for digit in "123")
NAMES = {OURS: "Ours", THEIRS: "Theirs", STRANGERS: "Strangers"}
HOSTILE = ["\u202e evil", "{{ 7*7 }}", "</testcase>&\"'\\", "naïve — ☕", "\x07\x1b[31m\x00\ufffe\n# x", "x" * 400]


def uuid(kind: str, number: int = 0) -> str:
    return f"{sum(kind.encode()):08x}-0000-4000-8000-{number:012x}"


def organisation(ident: str) -> dict[str, str]:
    return {"UUID": ident, "Name": NAMES[ident]}


def site(number: int = 0, owner: str = OURS, name: str = "", **members: Any) -> Site:
    row = {"UUID": uuid("site", number), "Name": name or f"Shop {number}", "Status": "online"}
    return Site.from_api({**row, "Organisation": organisation(owner), **members})


def server(number: int = 0, **members: Any) -> Server:
    row = {"UUID": uuid("server", number), "Name": f"Server {number}", "Status": "running", "Runtime": "Nx CPU"}
    return Server.from_api({**row, "Supports": {"Pipelines": True}, **members})


def device(number: int = 0, *models: Model | str, on: Server | None = None, **members: Any) -> Device:
    uuids = [each if isinstance(each, str) else each.uuid for each in models]
    row = {"NxID": f"{{{uuid('device', number)}}}", "Name": f"Camera {number}", "Enabled": True}
    at = {"UUID": (on or server()).id}
    pipelines = [{"modelUUID": each, "chains": []} for each in uuids]
    return Device.from_api({**row, "Server": at, "nxAI": {"pipelines": pipelines}, **members})


def model(number: int = 0, name: str = "", catalogues: list[str] | None = None, **members: Any) -> Model:
    files = [{"MIMEType": "application/x-onnx"}]
    row = {"UUID": uuid("model", number), "Name": name or f"Model {number}", "Status": "ok", "Code": {"Status": "ok"}}
    within = {"Catalogues": [uuid("catalogue")] if catalogues is None else catalogues}
    return Model.from_api({**row, **within, "Organisation": organisation(OURS), "Downloads": files, **members})


def catalogue(number: int = 0, owner: str = OURS, **members: Any) -> Catalogue:
    row = {"UUID": uuid("catalogue", number), "Name": f"Shelf {number}", "Organisation": organisation(owner)}
    return Catalogue.from_api({**row, **members})


def seen(**parts: Any) -> Seen:
    """All is read, and there is nothing, but for ``parts``."""
    nothing: dict[str, Any] = {"catalogues": [], "models": [], "sites": [], "servers": [], "devices": []}
    return Seen(**{"settings": Settings(token="t"), "contract": [], "all_sites": True, **nothing, **parts})


def all_wrong(sites: int) -> Seen:
    """Every problem that a reading can show at once, at each of so many sites, with hostile names."""
    models = [
        model(1, "Person@1", UpdatedAt="2026-01-01"),
        model(2, "Person@2", [], UpdatedAt="2026-02-01"),
        model(3, "Failed", Status="failed"),
        model(4, "Slow", Status="processing"),
        model(5, "Spare", Status="processing"),
        model(6, "Loose", []),
    ]
    found: dict[str, list[Any]] = {"sites": [], "servers": [], "devices": [], "unread": []}
    for number in range(sites):
        name = f"Shop {number} {HOSTILE[number % len(HOSTILE)]}"
        own = site(number, THEIRS if number % 2 else OURS, name, Status="offline" if number % 5 == 4 else "online")
        found["sites"].append(own)
        if number % 5 == 3:
            error = Refused("GET /dev/system", f"HTTP {500 + number % 4} of {number}", "Wait.", 500 + number % 4)
            found["unread"].append(("devices", own, error))
        elif own.online:
            _add_wrong(found, own, models)
    errors = {"devices": [error for _part, _site, error in found["unread"]]}
    return seen(catalogues=[catalogue(shared_with=[])], models=models, errors=errors, **found)


def _add_wrong(found: dict[str, list[Any]], own: Site, models: list[Model]) -> None:
    old = server(0, Supports={"Pipelines": False})
    hailo, down = server(1, Runtime="Hailo-8"), server(2, Status=f"stopped {own.name}")
    new = server(3, AIPluginVersion="5.0.6", Postprocessors=[])
    running = [models[0], *models[2:4], models[5], uuid("gone")]
    named = {"modelUUID": models[0].uuid, "Postprocessor": f"Heatmap {own.name}"}
    found["servers"] += [(own, each) for each in (old, hailo, down, new)]
    found["devices"] += [
        (own, each)
        for each in (
            *(device(number, model, on=hailo) for number, model in enumerate(running)),
            *(device(20 + number, on=hailo, Enabled=False) for number in range(3)),
            device(30, on=down),
            device(31, on=down, nxAI={"pipelines": f"not known {own.name}"}),
            device(32, on=new, nxAI={"pipelines": [named]}),
        )
    ]
