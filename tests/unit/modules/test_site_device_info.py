# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The modules that read sites, servers, devices and pipelines, against a simulator."""

from __future__ import annotations

import json

import pytest
from module_runs import Calls, RunModule

from simulator.testing import Served

A, B = (f"459d2273-1514-431c-9d34-f5b72f3bfe2{digit}" for digit in "01")
WIRE = {"modelUUID": A, "modelNMS": 0.7, "resizingMethod": "Stretch", "chains": [{"modelUUID": B}], "Future": [1]}
WORLD = f"""
times: {{assignment: 0}}
models: [{{name: A, id: {A}}}, {{name: B, id: {B}}}]
sites:
  - name: Shop 1
    servers:
      - name: S
        runtime: OpenVINO
        devices: [{{name: Door, pipelines: [{json.dumps(WIRE)}]}}, {{name: Till, enabled: false}}]
  - {{name: Shop 2, servers: [{{name: T, status: stopped, devices: [Door]}}]}}
  - {{name: Depot, online: false, servers: [{{name: U, devices: [Door]}}]}}
"""


@pytest.fixture(autouse=True)
def estate(cloud: Served) -> Served:
    cloud.reset(seed=WORLD)
    return cloud


def site_id(cloud: Served, name: str) -> str:
    return next(each.id for each in cloud.world.sites.values() if each.name == name)


def test_sites_by_glob_name_and_id(cloud: Served, run_module: RunModule) -> None:
    every = run_module("nxai_site_info")
    assert every["changed"] is False
    assert {each["name"]: each["online"] for each in every["sites"]} == {"Shop 1": True, "Shop 2": True, "Depot": False}
    assert every["sites"][0]["id"] == site_id(cloud, "Shop 1") and every["sites"][0]["organisation"] == "Demo Retail"
    some = run_module("nxai_site_info", sites=[site_id(cloud, "Depot").upper(), "Shop ?", "Shop 1"])
    assert [each["name"] for each in some["sites"]] == ["Depot", "Shop 1", "Shop 2"]
    assert "Near: Depot" in run_module("nxai_site_info", sites=["Depo"])["msg"]
    unknown = run_module("nxai_site_info", sites=["11111111-2222-4333-8444-555555555555"])
    assert unknown["failed"] and "none of 3" in unknown["msg"]


def test_servers_with_what_the_service_says_of_them(run_module: RunModule) -> None:
    found = run_module("nxai_server_info", concurrency=2)
    assert [(each["site_name"], each["name"], each["status"]) for each in found["servers"]] == [
        ("Shop 1", "S", "running"),
        ("Shop 2", "T", "stopped"),
    ]
    assert found["servers"][0]["runtime"] == "OpenVINO" and "Line Crossing" in found["servers"][0]["postprocessors"]
    assert {each["supports_pipelines"] for each in found["servers"]} == {True}
    assert [each["name"] for each in found["unread_sites"]] == ["Depot"]


@pytest.mark.parametrize("module", ["nxai_server_info", "nxai_device_info", "nxai_pipeline_info"])
def test_a_site_that_fails_is_not_an_empty_site(cloud: Served, run_module: RunModule, module: str) -> None:
    cloud.fault("status", path=f"/dev/system/{site_id(cloud, 'Shop 1')}/*", status=403, times=0)
    failed = run_module(module)
    assert failed["failed"] and "403" in failed["msg"] and failed["error"]["status"] == 403
    assert [each["name"] for each in failed.get("servers", failed.get("devices"))] in (["T"], ["Door"])


def test_devices_can_be_given_to_nxai_pipeline(run_module: RunModule) -> None:
    found = run_module("nxai_device_info", select="enabled", sites=["Shop *"])
    assert [(each["site_name"], each["name"]) for each in found["devices"]] == [("Shop 1", "Door"), ("Shop 2", "Door")]
    assert found["devices"][0]["server"]["status"] == "running"
    assert found["devices"][0]["pipelines"][0]["nms"] == 0.7
    idle = [each for each in found["devices"] if not each["pipelines"]]
    planned = run_module("nxai_pipeline", check=True, devices=idle, pipelines=[{"model": "A"}])
    assert planned["totals"]["planned"] == 1


def test_named_devices_and_running_ones(cloud: Served, run_module: RunModule, reads: Calls) -> None:
    named = run_module("nxai_device_info", site="Shop 1", devices=["Till"])
    assert [(each["name"], each["enabled"]) for each in named["devices"]] == [("Till", False)]
    running = run_module("nxai_device_info", select="running", running_model="B")
    assert [each["name"] for each in running["devices"]] == ["Door"]
    cloud.clear_log()
    assert run_module("nxai_device_info", devices=[])["devices"] == []
    gone = run_module("nxai_device_info", site="Shop 1", devices=["{00000000-0000-4000-8000-000000000001}"])
    assert gone["failed"] and "does not list this device" in gone["msg"]


def test_pipelines_come_back_as_they_were(cloud: Served, run_module: RunModule, writes: Calls) -> None:
    found = run_module("nxai_pipeline_info", site="Shop 1")
    assert found["changed"] is False
    assert [each["pipelines"] for each in found["pipelines"]] == [[WIRE], []]
    quick = {"wait_interval": 0.01, "wait_timeout": 1, "applicable_timeout": 0}
    run_module("nxai_pipeline", site="Shop 1", select="all", pipelines=[], state="exact", **quick)
    device = next(iter(cloud.world.sites[site_id(cloud, "Shop 1")].devices.values()))
    assert device.pipelines == []
    run_module("nxai_pipeline", restore=found["pipelines"], **quick)
    assert device.pipelines == [WIRE]
    cloud.clear_log()
    same = run_module("nxai_pipeline", site="Shop 1", devices=["Door"], pipelines=found["devices"][0]["pipelines"])
    assert same["changed"] is False and writes() == []


def test_what_is_not_understood_is_in_no_snapshot(cloud: Served, run_module: RunModule) -> None:
    for name in ("Shop 1", "Shop 2"):
        nxid = f"{{4f7d9c1e-2b6a-4d3f-8a5b-0c1d2e3f4a5{name[-1]}}}"
        rows = [{"NxID": nxid, "Name": "Door", "nxAI": {"pipelines": "what?"}}]
        cloud.fault("status", path=f"/dev/system/{site_id(cloud, name)}/devices", status=200, body=rows, times=2)
    found = run_module("nxai_pipeline_info", warns=True)
    assert found["pipelines"] == [] and [each["pipelines"] for each in found["devices"]] == [None, None]
    (warning,) = found["warnings"]
    assert "lacks Door at site Shop 1, Door at site Shop 2, because" in warning
    assert "warnings" not in run_module("nxai_device_info", site="Shop 1"), "which has no snapshot"


@pytest.mark.parametrize(
    ("module", "path"),
    [
        ("site", "/dev/systems"),
        ("server", "/dev/system/{site}/servers"),
        ("device", "/dev/system/{site}/devices"),
        ("model", "/cpt/functions"),
        ("catalogue", "/cpt/catalogues"),
    ],
)
def test_names_that_are_nowhere_are_reported(cloud: Served, run_module: RunModule, module: str, path: str) -> None:
    uuid = "4f7d9c1e-2b6a-4d3f-8a5b-0c1d2e3f4a5b"
    row = {"NxID" if module == "device" else "UUID": uuid, "Title": "North", "Code": {"Status": "ok"}, "Status": "ok"}
    headers = {"X-Pagination-Records": "1"}
    site = site_id(cloud, "Shop 1")
    cloud.fault("status", path=path.format(site=site), status=200, body=[row], headers=headers, times=0)
    where = {"sites": [site]} if "{site}" in path else {}
    (warning,) = run_module(f"nxai_{module}_info", **where, warns=True)["warnings"]
    assert f"None of the 1 {module}s shows a name" in warning and f"fields.{module}.name" in warning


@pytest.mark.parametrize("module", ["nxai_site_info", "nxai_server_info", "nxai_device_info", "nxai_pipeline_info"])
def test_a_glob_that_matches_no_site_is_reported(cloud: Served, run_module: RunModule, module: str) -> None:
    found = run_module(module, sites=["Shop 1", "shop *"], warns=True)
    assert found["warnings"] == [
        'No site matches "shop *". Near: Shop 1, Shop 2. Names are exact, with upper and lower case.'
    ]
    run_module(module, sites=["Shop *", "Depo?"])
    cloud.reset(seed={"sites": []})
    run_module(module, sites=["*"])
