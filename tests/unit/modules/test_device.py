# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import Any

import pytest
from module_runs import Calls, RunModule

from simulator.testing import Served

WORLD = """
registry:
  groups: [North, South, Doors]
  devices: [{name: Gate 7, runtime: Nx CPU, serial: "42", groups: [South]}, Gate 8]
"""


@pytest.fixture(autouse=True)
def registry(cloud: Served) -> Served:
    cloud.reset(seed=WORLD)
    return cloud


def names(result: dict[str, Any]) -> list[str]:
    return sorted(each["name"] for each in result["device"]["groups"])


def test_rename_and_groups(cloud: Served, run_module: RunModule, writes: Calls) -> None:
    options = {"name": "Gate 7", "new_name": "North gate", "groups": ["North", "Doors"]}
    planned = run_module("nxai_device", check=True, **options)
    assert planned["changed"] and writes() == []
    made = run_module("nxai_device", **options)
    assert made["device"]["name"] == "North gate" and names(made) == ["Doors", "North", "South"]
    members = cloud.world.registry[made["device"]["uuid"]].members
    assert (members["Name"], members["Serial"], members["Runtime"]) == ("North gate", "42", "Nx CPU")
    cloud.clear_log()
    assert run_module("nxai_device", **options)["changed"] is False
    assert writes() == []
    exact = run_module("nxai_device", name="North gate", groups=["North"], groups_mode="exact")
    assert names(exact) == ["North"]
    assert sorted(each.split()[0] for each in writes()) == ["DELETE", "DELETE"]


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({"name": "Gate 9"}, "Near: Gate"),
        ({"name": "Gate 7", "groups": ["Nroth"]}, "Near: North"),
        ({"name": "Gate 7", "new_name": "Gate 8"}, "both are there"),
    ],
)
def test_bad_input(run_module: RunModule, writes: Calls, options: dict[str, Any], expected: str) -> None:
    failed = run_module("nxai_device", **options)
    assert failed["failed"] and expected in failed["msg"] and writes() == []


def test_groups_that_the_service_does_not_tell_are_not_guessed(
    cloud: Served, run_module: RunModule, writes: Calls
) -> None:
    uuid = "4f7d9c1e-2b6a-4d3f-8a5b-0c1d2e3f4a5b"
    cloud.fault("status", path="/dev/devices", status=200, body=[{"UUID": uuid, "Name": "Gate 7"}], times=0)
    cloud.fault("status", path="/dev/groups", status=200, body=[{"UUID": uuid, "Name": "North"}], times=0)
    failed = run_module("nxai_device", name="Gate 7", groups=["North"])
    assert failed["failed"] and "does not say which groups" in failed["msg"] and writes() == []
