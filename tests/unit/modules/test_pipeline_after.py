# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""After a write: what the service shows in another way, errors after an effect, and which of 200 were refused."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from typing import Any

import pytest

from ansible_collections.nxai.cloud.plugins.module_utils._http import answer
from simulator.testing import Served

Calls = Callable[[], list[str]]
RunModule = Callable[..., dict[str, Any]]
Row = dict[str, Any]
RowsAs = Callable[[Callable[[Row], Row]], None]
A, B = (f"459d2273-1514-431c-9d34-f5b72f3bfe2{digit}" for digit in "01")
TOTAL = 1  # request of a task that shows that totals count all rows
OLD = {"modelUUID": B, "modelNMS": 0.3, "resizingMethod": "Crop", "chains": [], "UserSettings": {"limit": 1}}
WORLD = f"""
times: {{record: 0, code: 0, assignment: 0}}
organisations: [Retail]
accounts: [{{email: demo@example.com, password: demo, organisations: [Retail]}}]
models: [{{name: A, id: {A}}}, {{name: B, id: {B}}}]
sites:
  - name: Shop 1
    servers: [{{name: S, devices: [Door, {{name: Busy, pipelines: [{json.dumps(OLD)}]}}]}}]
"""


@pytest.fixture(autouse=True)
def estate(cloud: Served) -> Served:
    cloud.reset(seed=WORLD)
    return cloud


def run(run_module: RunModule, *devices: str, **options: Any) -> dict[str, Any]:
    usual = {
        "site": "Shop 1",
        "devices": list(devices),
        "wait_interval": 0.01,
        "wait_timeout": 0.3,
        "applicable_timeout": 0,
    }
    given = {**usual, "devices": list(devices), "pipelines": [{"model": A, "nms": 0.42}], **options}
    return run_module("nxai_pipeline", **{name: value for name, value in given.items() if value is not None})


def ends(result: dict[str, Any]) -> dict[str, tuple[str, str]]:
    return {each["name"]: (each["status"], each["reason"]) for each in result["devices"]}


def with_pipelines(change: Callable[[list[Row]], list[Row]]) -> Callable[[Row], Row]:
    return lambda row: {**row, "nxAI": {**row["nxAI"], "pipelines": change(row["nxAI"]["pipelines"])}}


def without_nms(wire: Row) -> Row:
    return {name: value for name, value in wire.items() if name != "modelNMS"}


@pytest.mark.parametrize(
    ("shown", "said"),
    [
        (lambda found: [without_nms(each) for each in found], "the service does not show: modelNMS"),
        (
            lambda found: [{**each, "modelNMS": str(each["modelNMS"])} for each in found],
            "the service writes in another form: modelNMS",
        ),
        (
            lambda found: [{**each, "modelNMS": each["modelNMS"] + 1e-8} for each in found],
            "the service writes in another form: modelNMS",
        ),
        (lambda found: [dict(reversed(each.items())) for each in found], ""),
        (lambda found: found[::-1] if len(found) == 2 else found, "order differs"),
    ],
)
def test_what_the_service_shows_in_another_way_is_applied_and_said(
    run_module: RunModule, rows_as: RowsAs, writes: Calls, shown: Callable[[list[Row]], list[Row]], said: str
) -> None:
    rows_as(with_pipelines(shown))
    wanted = [{"model": A, "nms": 0.42}, {"model": "B", "nms": 0.5}]
    hidden = "does not show" in said
    made = run(run_module, "Busy", state="exact", pipelines=wanted, warns=hidden)
    assert ends(made) == {"Busy": ("applied", said)}
    assert len(writes()) == 1
    if hidden:
        (warning,) = made["warnings"]
        assert "does not show modelNMS" in warning and "fields.pipeline.nms (observed)" in warning


def test_a_threshold_as_text_is_no_change(run_module: RunModule, rows_as: RowsAs, writes: Calls) -> None:
    rows_as(with_pipelines(lambda found: [{**each, "modelNMS": str(each["modelNMS"])} for each in found]))
    run(run_module, "Door")
    again = run(run_module, "Door")
    assert again["changed"] is False and again["devices"][0]["before"][0]["nms"] == 0.42 and len(writes()) == 1


def test_settings_that_are_not_known_are_kept_shown_and_carried_by_swap(cloud: Served, run_module: RunModule) -> None:
    swapped = run(run_module, "Busy", pipelines=None, swap={"from": "B", "to": "A"})
    assert "UserSettings" in swapped["diff"]["prepared"]
    (busy,) = [each for site in cloud.world.sites.values() for each in site.devices.values() if each.name == "Busy"]
    busy.settle(cloud.world.clock.now())
    assert busy.pipelines == [{**OLD, "modelUUID": A}]


def test_extra_keys_that_are_called_like_options_are_restored(cloud: Served, run_module: RunModule) -> None:
    (busy,) = [each for site in cloud.world.sites.values() for each in site.devices.values() if each.name == "Busy"]
    busy.pipelines = [{**OLD, "nms": 0.1, "model": "x"}]
    snapshot = run(run_module, "Busy", check=True)["snapshot"]
    busy.pipelines = [{**OLD, "nms": 0.2, "model": "y"}]
    restored = run_module("nxai_pipeline", restore=snapshot, wait_interval=0.01)
    assert ends(restored) == {"Busy": ("applied", "")}
    assert busy.pipelines == [{**OLD, "nms": 0.1, "model": "x"}]


@pytest.mark.parametrize("levels", [100, 200, 350])
@pytest.mark.parametrize("option", ["pipelines", "restore"])
def test_a_chain_too_deep_to_handle_ends_in_words(run_module: RunModule, levels: int, option: str) -> None:
    wire: Row = {"modelUUID": A}
    for _level in range(levels):
        wire = {"modelUUID": A, "chains": [wire]}
    declared = {"pipelines": [{"model": A, "chains": [wire]}]}
    given = (
        declared if option == "pipelines" else {"restore": [{"site": "Shop 1", "device": "Door", "pipelines": [wire]}]}
    )
    targets = {"site": None, "devices": None, "pipelines": None} if option == "restore" else {}
    failed = run(run_module, "Door", **{**targets, **given})
    assert failed["failed"] and "nested more than 100 deep: correct the task" in failed["msg"]


@pytest.mark.parametrize("levels", [30, 46, 47, 60, 200])
def test_pipelines_in_a_text_are_as_deep_as_a_snapshot_can_be(
    run_module: RunModule, rows_as: RowsAs, levels: int
) -> None:
    wire: Row = {"modelUUID": A, "modelNMS": 0.5}
    for _level in range(levels):
        wire = {"modelUUID": A, "modelNMS": 0.5, "chains": [wire]}
    rows_as(lambda row: {**row, "nxAI": {"pipelines": json.dumps([wire])}})
    read = run_module("nxai_pipeline_info", site="Shop 1", warns=None)
    assert all((each["pipelines"] is None) == (levels > 46) for each in read["devices"])
    if levels <= 46:
        restored = run_module("nxai_pipeline", restore=read["pipelines"], check=True)
        assert restored["changed"] is False


# Errors after an effect


@pytest.mark.parametrize("wait", [True, False])
@pytest.mark.parametrize(
    ("kind", "members"),
    [("status", {"status": 500}), ("html", {}), ("reset", {}), ("status", {"status": 400})],
)
def test_an_error_after_the_effect_is_looked_up_and_not_called_failed(
    cloud: Served, run_module: RunModule, kind: str, members: dict[str, Any], wait: bool
) -> None:
    cloud.fault(kind, "put_pipelines", handled=True, times=0, **members)
    made = run(run_module, "Door", wait=wait, retries=0)
    status, reason = ends(made)["Door"]
    assert status == "applied" and not made.get("failed")
    assert reason.startswith("it shows what was sent, though the answer was ") is not (wait and kind == "reset")


@pytest.mark.parametrize("wait", [True, False])
@pytest.mark.parametrize(("kind", "members"), [("status", {"status": 500}), ("html", {}), ("status", {"status": 400})])
def test_an_error_without_effect_is_failed_after_one_look(
    cloud: Served, run_module: RunModule, reads: Calls, kind: str, members: dict[str, Any], wait: bool
) -> None:
    cloud.fault(kind, "put_pipelines", times=0, **members)
    failed = run(run_module, "Door", wait=wait, retries=0)
    assert failed["devices"][0]["status"] == "failed" and "1 of 1 devices failed (PUT" in failed["msg"]
    assert len([path for path in reads() if path.endswith("/devices")]) == 2 + TOTAL


def test_a_refusal_is_not_looked_up(cloud: Served, run_module: RunModule, reads: Calls) -> None:
    cloud.fault("status", "put_pipelines", status=403, times=0)
    assert run(run_module, "Door")["devices"][0]["status"] == "failed"
    assert len([path for path in reads() if path.endswith("/devices")]) == 1 + TOTAL


def test_what_cannot_be_looked_up_keeps_its_error(cloud: Served, run_module: RunModule) -> None:
    cloud.fault("status", "put_pipelines", status=500, times=0)
    cloud.fault("status", "list_devices", status=503, nth=2, times=0)
    status, reason = ends(run(run_module, "Door", retries=0))["Door"]
    assert status == "failed" and "500" in reason and "could not be read back" in reason and "503" in reason


# 200 devices


@pytest.mark.parametrize(("named", "most"), [(True, 3), (False, 175)])
def test_29_of_200_that_are_refused_are_found_and_fail(
    cloud: Served, run_module: RunModule, writes: Calls, named: bool, most: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    cloud.reset(seed={"times": {"assignment": 0}, "generate": {"sites": 1, "servers": 1, "devices": 200, "models": 1}})
    cloud.world.quirks.mixed_put = "refuse"
    (site,) = cloud.world.sites.values()
    off = random.Random(3).sample(sorted(site.devices), 29)
    for nxid in off:
        site.devices[nxid].enabled = False
    if not named:
        monkeypatch.setattr(answer, "_fields", lambda *_reply: {})
    model = next(iter(cloud.world.models))
    options = {
        "site": None,
        "devices": None,
        "select": "all",
        "sites": ["*"],
        "pipelines": [{"model": model, "nms": 0.9}],
    }
    failed = run_module(
        "nxai_pipeline",
        applicable_timeout=0,
        wait_interval=0.01,
        **{name: value for name, value in options.items() if value is not None},
    )
    assert failed["failed"] and failed["totals"]["applied"] == 171 and failed["totals"]["not_applicable"] == 29
    assert sorted(each["device"] for each in failed["devices"] if each["status"] == "not_applicable") == sorted(off)
    assert len(writes()) <= most
