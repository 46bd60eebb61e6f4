# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""``nxai_pipeline`` with ``assignments``: many devices, each with an assignment of its own, in one task."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest
import yaml
from module_runs import Calls, RunModule

from simulator.testing import Served

RowsAs = Callable[[Callable[[dict[str, Any]], dict[str, Any]]], None]
QUICK = {"wait_interval": 0.01, "wait_timeout": 0.3, "applicable_timeout": 0}
A, B, SLOW = (f"459d2273-1514-431c-9d34-f5b72f3bfe2{digit}" for digit in "013")
RUNS_B = f"{{modelUUID: {B}, modelNMS: 0.7, x-of-someone: {{deep: [1]}}}}"
WORLD = f"""
times: {{record: 0, code: 0, assignment: 0}}
organisations: [Retail]
accounts: [{{email: demo@example.com, password: demo, organisations: [Retail]}}]
models: [{{name: A, id: {A}}}, {{name: B, id: {B}}}, {{name: Slow, id: {SLOW}, status: processing}}]
sites:
  - name: Shop 1
    servers: [{{name: S, devices: [Door, Till, {{name: Yard, pipelines: [{RUNS_B}]}}]}}]
  - name: Shop 2
    servers: [{{name: S, devices: [{{name: Door, pipelines: [{RUNS_B}]}}, Gate]}}]
  - {{name: Depot, online: false, servers: [{{name: S, devices: [Door]}}]}}
"""


@pytest.fixture(autouse=True)
def estate(cloud: Served) -> Served:
    cloud.reset(seed=WORLD)
    cloud.clear_log()
    return cloud


def group(site: str, devices: Iterable[str], *pipelines: dict[str, Any]) -> dict[str, Any]:
    return {"site": site, "devices": list(devices), "pipelines": list(pipelines)}


def run(run_module: RunModule, *groups: dict[str, Any], **options: Any) -> dict[str, Any]:
    return run_module("nxai_pipeline", **{**QUICK, "assignments": list(groups), **options})


def running(cloud: Served) -> dict[str, list[tuple[str, float]]]:
    """Model and threshold of each pipeline, by ``site/device``."""
    found = {}
    for site in cloud.world.sites.values():
        for device in site.devices.values():
            device.settle(cloud.world.clock.now())
            found[f"{site.name}/{device.name}"] = [(each["modelUUID"], each["modelNMS"]) for each in device.pipelines]
    return found


def nxid(cloud: Served, site: str, name: str) -> str:
    found = next(each for each in cloud.world.sites.values() if each.name == site)
    return next(each.nxid for each in found.devices.values() if each.name == name)


MANY = (
    group("Shop 1", ["Door", "Till"], {"model": "A", "nms": 0.5}),
    group("Shop 1", ["Yard"], {"model": "B"}, {"model": A.upper()}),
    group("Shop 2", ["Door"]),
    group("Shop 2", ["Gate"], {"model": "A", "nms": 0.5}),
)


def test_each_group_gets_exactly_what_is_its_own(cloud: Served, run_module: RunModule, writes: Calls) -> None:
    made = run(run_module, *MANY)
    assert made["totals"]["applied"] == 5 == made["totals"]["changed"]
    assert len(writes()) == 4, "one for each site and result; the two devices of Shop 1 share one"
    assert running(cloud) == {
        "Shop 1/Door": [(A, 0.5)], "Shop 1/Till": [(A, 0.5)], "Shop 1/Yard": [(B, 0.42), (A, 0.42)],
        "Shop 2/Door": [], "Shop 2/Gate": [(A, 0.5)], "Depot/Door": [],
    }  # fmt: skip
    yard = next(each for each in made["devices"] if each["name"] == "Yard")
    assert yard["after"][0]["extra"] == {"x-of-someone": {"deep": [1]}}, "a key that is not known stays"
    cloud.clear_log()

    again = run(run_module, *MANY)
    assert again["changed"] is False and again["totals"]["unchanged"] == 5 and writes() == []

    back = run_module("nxai_pipeline", restore=made["snapshot"], **QUICK)
    assert back["totals"]["applied"] == 5
    assert running(cloud)["Shop 2/Door"] == [(B, 0.7)] == running(cloud)["Shop 1/Yard"]


def test_check_mode_shows_all_groups_and_sends_gets_only(
    cloud: Served, run_module: RunModule, writes: Calls, reads: Calls
) -> None:
    planned = run(run_module, *MANY, group("Shop 2", []), check=True)
    assert planned["totals"]["planned"] == 5 and writes() == []
    assert sum(each.endswith("/devices") for each in reads()) == 2 + 1, "each site is read once, and the total proved"
    assert "3 devices:" in planned["diff"]["prepared"], "equal changes of two shops are one block"


@pytest.mark.parametrize("nobody", [[], [group("Shop 1", [], {"model": "A"})]])
def test_nobody_is_named(run_module: RunModule, nobody: list[Any]) -> None:
    assert run(run_module, *nobody)["changed"] is False


def test_a_device_of_two_groups_is_refused(cloud: Served, run_module: RunModule, writes: Calls) -> None:
    twice = run(run_module, group("Shop 1", ["Door"]), group("Shop 1", ["Till", "Door"], {"model": "A"}))
    assert "it is named twice" in twice["msg"] and writes() == []
    by_id = nxid(cloud, "Shop 1", "Door")
    otherwise = run(run_module, group("Shop 1", ["Door"]), group("Shop 1", [by_id], {"model": "A"}))
    assert "it is named twice" in otherwise["msg"] and writes() == []


def test_the_same_checks_as_for_pipelines(cloud: Served, run_module: RunModule, writes: Calls) -> None:
    refused = run(run_module, *MANY[:2], group("Shop 2", ["Gate"], {"model": "Slow"}))
    assert "the model Slow is not ready" in refused["msg"] and "Gate at site Shop 2" in refused["msg"]
    unknown = run(run_module, *MANY[:2], group("Shop 2", ["Gate"], {"model": "C"}))
    assert 'Find model "C"' in unknown["msg"]
    wrong = run(run_module, group("Shop 2", ["Gate"], {"model": "A", "nms": 2}))
    assert "nms is not a number from 0 to 1" in wrong["msg"]
    assert writes() == []


def test_what_nobody_knows_is_not_written_over(
    cloud: Served, run_module: RunModule, writes: Calls, rows_as: RowsAs
) -> None:
    rows_as(lambda row: {**row, "nxAI": None} if row["Name"] == "Gate" else row)
    refused = run(run_module, *MANY)
    assert "it is not known what it runs" in refused["msg"] and "Gate at site Shop 2" in refused["msg"]
    assert writes() == []


def test_a_site_that_is_off_line_is_named_and_the_others_are_done(
    cloud: Served, run_module: RunModule, writes: Calls
) -> None:
    away = group("Depot", ["Door"], {"model": "A"})
    gone = group("Shop 2", ["{00000000-0000-4000-8000-000000000000}"], {"model": "A"})
    refused = run(run_module, *MANY, away, gone)
    assert "Door at site Depot" in refused["msg"] and "does not list this device" in refused["msg"] and writes() == []
    made = run(run_module, *MANY, away, gone, not_applicable="skip")
    assert made["totals"]["applied"] == 5 and made["totals"]["not_applicable"] == 2


@pytest.mark.parametrize("beside", [{"devices": ["Door"]}, {"site": "Shop 1"}, {"pipelines": [{"model": "A"}]}])
def test_assignments_say_all_by_themselves(run_module: RunModule, beside: dict[str, Any]) -> None:
    assert "mutually exclusive" in run(run_module, *MANY, **beside)["msg"]


def test_the_task_of_the_guide(cloud: Served, run_module: RunModule) -> None:
    guide = (Path(__file__).parents[3] / "docs" / "pipelines.md").read_text(encoding="utf-8")
    task = re.search(r"```yaml\n( *- name: Each camera of the shop.*?)```", guide, re.DOTALL)
    assert task
    (options,) = (each["nxai.cloud.nxai_pipeline"] for each in yaml.safe_load(task[1]))
    world = WORLD.replace("Shop 1", "Shop 001").replace("Door, Till", "Entrance, Till 1")
    cloud.reset(seed=world.replace("name: Yard", "name: Storage room").replace("{name: A,", "{name: Person detector,"))
    assert run_module("nxai_pipeline", **options, **QUICK)["totals"]["applied"] == 3
    assert running(cloud)["Shop 001/Storage room"] == [] and running(cloud)["Shop 001/Till 1"] == [(A, 0.5)]


def test_to_take_out_is_not_what_exact_groups_are_for(run_module: RunModule, reads: Calls) -> None:
    assert "each of the assignments is exact" in run(run_module, *MANY, state="absent")["msg"]
    assert not [each for each in reads() if "/devices" in each]
