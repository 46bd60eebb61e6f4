# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Processors that devices name, and that AI Manager 5 on their server does not offer."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.nxai.cloud.plugins.module_utils._api.records.records import Device, Server, Site
from ansible_collections.nxai.cloud.plugins.module_utils._doctor.processors import unoffered

MODEL = "459d2273-1514-431c-9d34-f5b72f3bfe20"
MAIN, OTHER = (f"7b65bdda-39da-4259-b1bf-b0d1dbb7b16{digit}" for digit in "01")
SHOP, DEPOT = (Site.from_api({"UUID": MODEL.replace("459d", digits), "Name": digits}) for digits in ("1111", "2222"))


def server(version: str | None = "5.0.6", offered: Any = (), uuid: str = MAIN, **members: Any) -> Server:
    row = {"UUID": uuid, "Name": f"server {uuid[-1]}", "AIPluginVersion": version}
    shown = list(offered) if isinstance(offered, tuple) else offered
    return Server.from_api({**row, "Postprocessors": shown, "Preprocessors": [], **members})


def device(number: int, *pipelines: dict[str, Any], **at: Any) -> Device:
    wires = [{"modelUUID": MODEL, **each} for each in pipelines]
    nxid = f"{{7b65bdda-39da-4259-b1bf-{number:012}}}"
    return Device.from_api({"NxID": nxid, "Name": "d", "Server": at or {"UUID": MAIN}, "nxAI": {"pipelines": wires}})


def found(servers: list[Server], devices: list[Device], site: Site = SHOP) -> list[tuple[str, str, int]]:
    rows = unoffered([(SHOP, each) for each in servers], [(site, each) for each in devices])
    return [(server.id, processor, len(users)) for _site, server, processor, users in rows]


HEATMAP = {"Postprocessor": "Heatmap"}


def test_each_processor_is_counted_once_for_each_device() -> None:
    devices = [
        device(1, HEATMAP, {**HEATMAP, "Preprocessor": "Crop"}),
        device(2, {**HEATMAP, "UserSettings": {"a": 1}}),
        device(3, {"Postprocessor": "", "Preprocessor": None}),
        device(4, {"Postprocessor": "object counting"}),
        device(5),
    ]
    assert found([server(offered=("Object Counting",))], devices) == [
        (MAIN, "postprocessor Heatmap", 2),
        (MAIN, "preprocessor Crop", 1),
    ]


@pytest.mark.parametrize("version", ["5.0.6", "v5.1", "10.0", "5"])
def test_version_5_and_later(version: str) -> None:
    assert found([server(version)], [device(1, HEATMAP)]) == [(MAIN, "postprocessor Heatmap", 1)]


@pytest.mark.parametrize("version", ["4.2.0", "4.9.5", "", None, "unknown", "beta 5", "0.5"])
def test_not_before_version_5_and_not_where_it_is_not_known(version: str | None) -> None:
    assert found([server(version)], [device(1, HEATMAP)]) == []


@pytest.mark.parametrize("offered", [None, "Heatmap", {}, [{"Name": "Heatmap"}], [None]])
def test_nothing_is_said_where_the_server_does_not_tell_what_it_offers(offered: Any) -> None:
    assert found([server(offered=offered)], [device(1, HEATMAP)]) == []


def test_a_device_is_on_its_own_server_by_id_or_else_by_name() -> None:
    servers = [server(), server(uuid=OTHER)]
    assert found(servers, [device(1, HEATMAP, UUID=OTHER.upper(), Name="server 0")]) == [
        (OTHER, "postprocessor Heatmap", 1)
    ]
    both = [device(1, HEATMAP, Name="server 1"), device(2, HEATMAP, UUID=OTHER)]
    assert found(servers, both) == [(OTHER, "postprocessor Heatmap", 2)]
    assert found(servers, [device(1, HEATMAP)], site=DEPOT) == []


def test_a_device_whose_pipelines_are_not_known_names_none() -> None:
    row = {"NxID": f"{{{MAIN}}}", "Server": {"UUID": MAIN}, "nxAI": {"pipelines": [HEATMAP]}}
    assert Device.from_api(row).assignment is None and found([server()], [Device.from_api(row)]) == []
