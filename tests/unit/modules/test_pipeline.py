# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import Any

import pytest
from module_runs import QUICK, Calls, RunModule

from simulator.testing import Served


@pytest.fixture
def site(cloud: Served) -> str:
    return next(site.id for site in cloud.world.sites.values() if site.name == "Shop 001")


@pytest.fixture
def models(cloud: Served, upload: RunModule) -> list[str]:
    """The UUIDs of two ready models, A and B."""
    uuids = [upload(name=name)["model"]["uuid"] for name in "AB"]
    cloud.clear_log()
    return uuids


def assign(run_module: RunModule, devices: list[Any], *pipelines: dict[str, Any], **options: Any) -> dict[str, Any]:
    return run_module(
        "nxai_pipeline", **{"site": "Shop 001", "devices": devices, "pipelines": list(pipelines), **QUICK, **options}
    )


def test_assign_then_nothing_to_do(
    cloud: Served, run_module: RunModule, models: list[str], site: str, writes: Calls, reads: Calls
) -> None:
    made = assign(run_module, ["Entrance", "Till 1"], {"model": "A", "nms": 0.5}, site=site)
    assert made["changed"] is True
    assert [each["status"] for each in made["devices"]] == ["applied", "applied"]
    assert writes() == [f"PUT /dev/system/{site}/devices/pipelines"]
    assert "2 devices:" in made["diff"]["prepared"] and f"+ A ({models[0]}) nms=0.5" in made["diff"]["prepared"]
    cloud.clear_log()

    again = assign(run_module, ["Entrance", "Till 1"], {"model": "A", "nms": 0.5}, site=site)
    assert again["changed"] is False
    assert again["diff"]["prepared"] == ""
    assert writes() == [] and sorted(reads()) == ["/cpt/functions"] * 2 + [f"/dev/system/{site}/devices"] * 2
    cloud.clear_log()

    by_uuid = assign(run_module, ["Entrance", "Till 1"], {"model": models[0].upper(), "nms": 0.5})
    assert by_uuid["changed"] is False
    assert writes() == [] and sorted(reads()) == [*[f"/dev/system/{site}/devices"] * 2, *["/dev/systems"] * 2]


def test_devices_that_end_equal_share_one_put(
    cloud: Served, run_module: RunModule, models: list[str], writes: Calls
) -> None:
    assign(run_module, ["Entrance"], {"model": "A"})
    cloud.clear_log()
    made = assign(run_module, ["Entrance", "Till 1", "Till 2"], {"model": "B"})
    assert len(writes()) == 2, "one for the device with A and B, one for the two with B"
    assert [len(each["after"]) for each in made["devices"]] == [2, 1, 1]
    cloud.clear_log()
    assign(run_module, ["Entrance", "Till 1", "Till 2"], {"model": "A"}, state="exact", batch_size=2)
    assert len(writes()) == 2, "one result, but at most two devices in one request"


def test_present_keeps_order_settings_and_unknown_keys(run_module: RunModule, models: list[str]) -> None:
    assign(run_module, ["Entrance"], {"model": "A", "nms": 0.9, "extra": {"Future": {"deep": [1]}}}, {"model": "B"})
    changed = assign(run_module, ["Entrance"], {"model": "A", "resizing_method": "stretch"})["devices"][0]
    assert [each["model"] for each in changed["after"]] == models
    assert changed["after"][0]["nms"] == 0.9
    assert changed["after"][0]["resizing_method"] == "stretch"
    assert changed["after"][0]["extra"] == {"Future": {"deep": [1]}}


def test_exact_and_absent(run_module: RunModule, models: list[str]) -> None:
    assign(run_module, ["Entrance"], {"model": "A", "nms": 0.9, "extra": {"Future": 1}}, {"model": "B"})
    exact = assign(run_module, ["Entrance"], {"model": "B"}, {"model": "A"}, state="exact")
    usual = {"resizing_method": "letterbox", "preprocessor": "", "postprocessor": "", "chains": []}
    assert exact["devices"][0]["after"] == [
        {"model": models[1], "nms": 0.42, **usual, "extra": {}},
        {"model": models[0], "nms": 0.42, **usual, "extra": {"Future": 1}},
    ]
    assert assign(run_module, ["Entrance"], {"model": "B"}, {"model": "A"}, state="exact")["changed"] is False
    absent = assign(run_module, ["Entrance"], {"model": "A"}, state="absent")
    assert [each["model"] for each in absent["devices"][0]["after"]] == [models[1]]
    assert assign(run_module, ["Entrance"], {"model": "A"}, state="absent")["changed"] is False
    assert assign(run_module, ["Entrance"], state="exact")["devices"][0]["after"] == []


def test_a_snapshot_brings_back_what_was(
    cloud: Served, run_module: RunModule, models: list[str], writes: Calls
) -> None:
    before = assign(run_module, ["Entrance"], {"model": "A", "nms": 0.123, "extra": {"Future": None}})
    after = assign(run_module, ["Entrance", "Till 1"], {"model": "B"}, state="exact")
    restored = run_module("nxai_pipeline", restore=after["snapshot"], **QUICK)
    assert restored["changed"] is True
    assert [each["after"] for each in restored["devices"]] == [before["devices"][0]["after"], []]
    cloud.clear_log()
    assert run_module("nxai_pipeline", restore=after["snapshot"], **QUICK)["changed"] is False
    assert writes() == []


def test_check_mode_plans_with_a_model_that_is_not_there_yet(
    run_module: RunModule, models: list[str], writes: Calls
) -> None:
    planned = assign(run_module, ["Entrance"], {"model": "To be uploaded"}, check=True)
    assert planned["changed"] is True
    assert planned["devices"][0]["status"] == "planned"
    assert "+ To be uploaded" in planned["diff"]["prepared"]
    assert writes() == []


def test_no_devices_is_nothing_to_do(run_module: RunModule, reads: Calls) -> None:
    assert assign(run_module, [], {"model": "A"})["changed"] is False
    assert reads() == []


@pytest.mark.parametrize(
    ("devices", "pipeline", "options", "expected"),
    [
        (["Entrance"], {"model": "No such"}, {}, 'model "No such"'),
        (["Entrance"], {"model": "11111111-2222-4333-8444-555555555555"}, {}, "there is no model 11111111"),
        (["Entrence"], {"model": "A"}, {}, "Near: Entrance"),
        (["Twin"], {"model": "A"}, {}, "2 match"),
        (["Entrance"], {"model": "A"}, {"site": "Shop 003"}, 'site "Shop 003"'),
        (["Entrance"], {"model": "A"}, {"site": "11111111-2222-4333-8444-555555555555"}, "knows no such site"),
        (["Old camera"], {"model": "A"}, {}, "does not support pipelines"),
        (["Entrance", "Entrance"], {"model": "A"}, {}, "named twice"),
        (["Entrance"], {"model": "A", "nms": 1.5}, {}, "nms is not a number from 0 to 1"),
        (["Entrance"], {"model": "A", "extra": {"modelNMS": 1}}, {}, "have options of their own"),
        ([{"device": "Entrance"}], {"model": "A"}, {"site": None}, "its site or its device is missing"),
        ([["Entrance"]], {"model": "A"}, {}, "its site or its device is missing"),
    ],
)
def test_bad_input(
    run_module: RunModule,
    models: list[str],
    writes: Calls,
    devices: list[Any],
    pipeline: dict[str, Any],
    options: dict[str, Any],
    expected: str,
) -> None:
    failed = assign(run_module, devices, pipeline, **options)
    assert failed["failed"] and expected in failed["msg"]
    assert set(failed["error"]) == {"tried", "answer", "advice", "status"}
    assert writes() == []


def test_a_device_that_does_not_follow_fails_with_the_snapshot(
    cloud: Served, run_module: RunModule, upload: RunModule
) -> None:
    """An unready model's assignment is accepted and has no effect."""
    cloud.world.times.code = 30
    upload(name="Slow", wait=False)
    failed = assign(run_module, ["Entrance"], {"model": "Slow"}, require_ready=False, wait_timeout=0.1)
    assert failed["failed"] and "1 of 1 devices do not report what was sent" in failed["msg"]
    assert failed["devices"][0]["status"] == "pending"
    assert failed["snapshot"][0]["pipelines"] == []
    assert failed["changed"] is True


def test_devices_that_are_announced_in_time_are_assigned(
    cloud: Served, run_module: RunModule, models: list[str]
) -> None:
    cloud.fault("status", "put_pipelines", status=422, body={"Message": "No devices are applicable"})
    made = assign(run_module, ["Entrance"], {"model": "A"})
    assert made["devices"][0]["status"] == "applied"


def test_what_is_not_understood_is_not_overwritten(
    cloud: Served, run_module: RunModule, models: list[str], writes: Calls
) -> None:
    rows = [{"NxID": "{4f7d9c1e-2b6a-4d3f-8a5b-0c1d2e3f4a5b}", "Name": "Entrance", "nxAI": {"pipelines": "what?"}}]
    cloud.fault("status", "list_devices", status=200, body=rows)
    failed = assign(run_module, ["Entrance"], {"model": "A"})
    assert failed["failed"] and "nxAI.pipelines: a text that is not JSON" in failed["msg"]
    assert writes() == []
