# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Modules against a service whose wire differs a little from what is known: they work, and say what was found."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from simulator.testing import Served

RunModule = Callable[..., dict[str, Any]]
WORLD = """
times: {assignment: 0}
sites:
  - {name: Shop, servers: [{name: S, devices: [Door, Till, Yard]}]}
  - {name: Depot, online: false, servers: [{name: T, devices: [Door]}]}
"""


@pytest.fixture(autouse=True)
def estate(cloud: Served) -> Served:
    cloud.reset(seed=WORLD)
    return cloud


def site_id(cloud: Served, name: str) -> str:
    return next(each.id for each in cloud.world.sites.values() if each.name == name)


def test_sites_of_the_identity_provider(cloud: Served, run_module: RunModule) -> None:
    cloud.fault("status", "list_sites", status=404, times=0)
    found = run_module("nxai_site_info", warns=True)
    assert [(each["name"], each["online"]) for each in found["sites"]] == [("Shop", True), ("Depot", False)]
    assert any('operations.list_sites.path: "/cdb/systems"' in each for each in found["warnings"])
    contract = {
        "operations": {"list_sites": {"api": "cloud", "path": "/cdb/systems"}},
        "fields": {"answer": {"rows": ["", "systems"]}},
    }
    cloud.clear_log()
    assert run_module("nxai_site_info", contract=contract)["sites"] == found["sites"]
    assert [each.path for each in cloud.log()] == ["/cdb/systems"]


def test_a_token_by_a_form(cloud: Served, run_module: RunModule, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NXAI_TOKEN")
    signing = {"username": "demo@example.com", "password": "demo"}
    cloud.fault("status", "issue_token", status=415)
    found = run_module("nxai_site_info", warns=True, **signing)
    assert len(found["sites"]) == 2
    [said] = found["warnings"]
    assert said.startswith("The identity provider takes the request for a token only as a form.")
    assert said.endswith('auth.token_request: "form"')
    assert "warnings" not in run_module("nxai_site_info", contract={"auth": {"token_request": "form"}}, **signing)


@pytest.mark.parametrize("cap", [0, 2])
def test_devices_without_a_total(cloud: Served, run_module: RunModule, cap: int) -> None:
    cloud.world.quirks.max_page = cap
    cloud.fault("pagination", times=0)
    found = run_module("nxai_device_info", warns=bool(cap))
    assert sorted(each["name"] for each in found["devices"]) == ["Door", "Till", "Yard"]
    assert [each["name"] for each in found["unread_sites"]] == ["Depot"]


@pytest.mark.parametrize(
    "answer",
    [
        {"status": 404},
        {"status": 409, "body": {"Message": "The system is offline"}},
        {"status": 503, "body": {"Message": "The system is offline"}},
        {"status": 200, "body": "null"},
    ],
    ids=lambda answer: str(answer["status"]),
)
def test_a_site_that_is_off_line_may_say_so(cloud: Served, run_module: RunModule, answer: dict[str, Any]) -> None:
    depot = site_id(cloud, "Depot")
    cloud.fault("status", path=f"*{depot}*", times=0, **answer)
    devices = run_module("nxai_device_info")
    assert len(devices["devices"]) == 3
    [unread] = devices["unread_sites"]
    assert unread["name"] == "Depot" and "it is off-line" in unread["reason"]
    servers = run_module("nxai_server_info")
    assert [each["name"] for each in servers["unread_sites"]] == ["Depot"] and len(servers["servers"]) == 1
    refused = run_module("nxai_pipeline", site="Depot", devices=["Door"], pipelines=[], warns=None)
    assert refused["failed"] and "look at the site Depot: it is off-line" in refused["msg"]
    assert cloud.writes() == []


def test_a_smaller_page(cloud: Served, run_module: RunModule) -> None:
    refusal = {"Message": "Limit is not valid", "Field": {"Limit": "must be 50 or less"}}
    cloud.fault("status", "list_devices", status=422, body=refusal)
    found = run_module("nxai_device_info", warns=True, sites=["Shop"])
    assert len(found["devices"]) == 3
    assert "operations.list_devices.page_size: 50" in found["warnings"][0]
