# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Devices that do not say what they run: written to only after one of them has proved what that means."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from typing import Any

import pytest

from ansible_collections.nxai.cloud.plugins.module_utils._api.device import DeviceApi
from simulator.testing import Served

RunModule = Callable[..., dict[str, Any]]
Row = dict[str, Any]
RowsAs = Callable[[Callable[[Row], Row]], None]
A, B = (f"459d2273-1514-431c-9d34-f5b72f3bfe2{digit}" for digit in "01")
OLD = {"modelUUID": B, "modelNMS": 0.3, "chains": [], "UserSettings": {"kept": True}}
WORLD = f"""
times: {{record: 0, code: 0, assignment: 0}}
organisations: [Retail]
accounts: [{{email: demo@example.com, password: demo, organisations: [Retail]}}]
models: [{{name: A, id: {A}}}, {{name: B, id: {B}}}]
sites:
  - name: Shop 1
    servers: [{{name: S, devices: [Door, Till, Yard, {{name: Busy, pipelines: [{json.dumps(OLD)}]}}]}}]
"""
QUICK = {"wait_interval": 0.01, "wait_timeout": 0.3, "applicable_timeout": 0, "site": "Shop 1"}

RESTORING = dict.fromkeys(("site", "select", "pipelines"))


@pytest.fixture(autouse=True)
def estate(cloud: Served) -> Served:
    cloud.reset(seed=WORLD)
    return cloud


def fresh_are_null(row: Row) -> Row:
    return row if row["nxAI"]["pipelines"] else {**row, "nxAI": None}


def none_is_shown(row: Row) -> Row:
    return {**row, "nxAI": {name: value for name, value in row["nxAI"].items() if name != "pipelines"}}


def at_the_top(row: Row) -> Row:
    return {**none_is_shown(row), "Pipelines": row["nxAI"]["pipelines"]}


def pipelines(cloud: Served) -> dict[str, list[str]]:
    """The models that each device runs."""
    found = {}
    for site in cloud.world.sites.values():
        for device in site.devices.values():
            device.settle(cloud.world.clock.now())
            found[device.name] = [each["modelUUID"] for each in device.pipelines]
    return found


def run(run_module: RunModule, **options: Any) -> dict[str, Any]:
    """For all devices, unless the options say otherwise: None leaves one out."""
    given = {**QUICK, "select": "all", "pipelines": [{"model": A}], **options}
    return run_module("nxai_pipeline", **{name: value for name, value in given.items() if value is not None})


def statuses(result: dict[str, Any]) -> dict[str, str]:
    return {each["name"]: each["status"] for each in result["devices"]}


def shape_of(result: dict[str, Any]) -> str:
    shape: str = result["proof"]["shape"]
    return shape


@pytest.mark.parametrize("rows", [fresh_are_null, none_is_shown, at_the_top])
@pytest.mark.parametrize("check", [False, True])
def test_nothing_is_written_where_the_service_does_not_say_what_runs(
    cloud: Served, run_module: RunModule, rows_as: RowsAs, rows: Callable[[Row], Row], check: bool
) -> None:
    rows_as(rows)
    failed = run(run_module, check=check)
    assert failed["failed"] and cloud.writes() == []
    assert "fields.device.pipelines" in failed["msg"] and "Door at site Shop 1" in failed["msg"]
    if rows is fresh_are_null:
        assert "Name: text, NxID: text, Server: object, V2: object, nxAI: null" in failed["msg"]
        nxid = failed["refused"][0]["device"]
        assert f'prove: one and prove_device: "{nxid}"' in failed["msg"]
        assert "nxai.cloud.first_contact may find it out" in failed["msg"]
        assert len(failed["refused"]) == 3, "Busy says what it runs"
    assert "Entrance" not in failed["msg"] and A not in failed["msg"]


def test_one_device_proves_for_all_of_its_class(cloud: Served, run_module: RunModule, rows_as: RowsAs) -> None:
    rows_as(fresh_are_null)
    made = run(run_module, warns=True, prove="one", prove_device="Till")
    assert set(statuses(made).values()) == {"applied"}
    assert pipelines(cloud) == {"Door": [A], "Till": [A], "Yard": [A], "Busy": [B, A]}
    till = next(each for each in made["devices"] if each["name"] == "Till")
    sent = [each.path for each in cloud.writes()]
    assert len(sent) == 3, "the one alone, the two like it, and the one that runs something"
    assert made["proof"] == {
        "site": till["site"], "device": till["device"], "shape": made["contract"]["no_pipelines"][0], "proved": True,
    }  # fmt: skip
    (warning,) = made["warnings"]
    assert f"no_pipelines: [{json.dumps(shape_of(made))}]" in warning
    assert {each["name"]: each["pipelines"] for each in made["snapshot"]} == {
        "Door": [], "Till": [], "Yard": [], "Busy": [OLD],
    }  # fmt: skip
    assert till["before"] == []
    restored = run(run_module, restore=made["snapshot"], **RESTORING)
    assert set(statuses(restored).values()) == {"applied"}
    assert {each["reason"] for each in restored["devices"]} == {"", "none was sent, and nothing is shown"}
    assert pipelines(cloud) == {"Door": [], "Till": [], "Yard": [], "Busy": [B]}


def test_what_was_proved_is_not_asked_again(cloud: Served, run_module: RunModule, rows_as: RowsAs) -> None:
    rows_as(fresh_are_null)
    kept = run(run_module, warns=True, devices=["Till"], select=None, prove="one", prove_device="Till")["contract"]
    assert run(run_module, no_pipelines=kept["no_pipelines"], check=True)["totals"]["planned"] == 3
    assert run(run_module, no_pipelines=["another shape"])["failed"]
    made = run(run_module, no_pipelines=kept["no_pipelines"])
    assert statuses(made) == {"Door": "applied", "Till": "unchanged", "Yard": "applied", "Busy": "applied"}
    assert [each["name"] for each in made["snapshot"] if not each["pipelines"]] == ["Door", "Yard"]


def test_a_running_device_is_selected_where_the_others_are_known_to_run_nothing(
    run_module: RunModule, rows_as: RowsAs
) -> None:
    rows_as(fresh_are_null)
    options = {"select": "running", "running_model": B, "state": "absent", "pipelines": [{"model": B}], "check": True}
    failed = run(run_module, **options)
    assert "it is not known what Door at site Shop 1 runs" in failed["msg"]
    shape = run(run_module, warns=True, check=True, prove="one", prove_device="Door")["proof"]["shape"]
    assert statuses(run(run_module, **options, no_pipelines=[shape])) == {"Busy": "planned"}


@pytest.mark.parametrize(
    "rows", [none_is_shown, lambda row: at_the_top(row) if row["nxAI"]["pipelines"] else fresh_are_null(row)]
)
def test_where_it_does_not_appear_the_task_ends_there(
    cloud: Served, run_module: RunModule, rows_as: RowsAs, rows: Callable[[Row], Row]
) -> None:
    rows_as(rows)
    options = {"select": None, "devices": ["Door", "Till", "Yard"], "prove": "one", "prove_device": "Till"}
    failed = run(run_module, **options, warns=True, wait=False)
    assert (
        failed["failed"] and "Nothing else was written" in failed["msg"] and "fields.device.pipelines" in failed["msg"]
    )
    assert statuses(failed) == {"Door": "not_sent", "Till": "pending", "Yard": "not_sent"}
    assert failed["proof"]["proved"] is False and "contract" not in failed
    assert pipelines(cloud) == {"Door": [], "Till": [A], "Yard": [], "Busy": [B]}
    assert failed["snapshot"] == [] and "The snapshot lacks Door" in failed["warnings"][0]


def test_check_mode_says_what_would_be_asked(cloud: Served, run_module: RunModule, rows_as: RowsAs) -> None:
    rows_as(fresh_are_null)
    planned = run(run_module, check=True, warns=True, prove="one", prove_device="Till")
    assert planned["totals"]["planned"] == 4 and cloud.writes() == []
    assert any("would first write to Till at site Shop 1 alone" in each for each in planned["warnings"])
    assert {each["name"]: each["before"] for each in planned["devices"] if each["name"] != "Busy"} == dict.fromkeys(
        ("Door", "Till", "Yard")
    )


@pytest.mark.parametrize(
    ("device", "options", "expected"),
    [
        ("Busy", {}, 'The device "Busy" is none of these'),
        ("Nobody", {}, 'The device "Nobody" is none of these'),
        ("Till", {"state": "exact", "pipelines": []}, "nothing to be seen"),
        (None, {}, "prove is one but all of the following are missing: prove_device"),
    ],
)
def test_a_device_that_cannot_prove(
    cloud: Served, run_module: RunModule, rows_as: RowsAs, device: str | None, options: dict[str, Any], expected: str
) -> None:
    rows_as(fresh_are_null)
    failed = run(run_module, prove="one", prove_device=device, **options)
    assert failed["failed"] and expected in failed["msg"] and cloud.writes() == []


def test_a_device_of_another_class_proves_nothing_for_these(
    cloud: Served, run_module: RunModule, rows_as: RowsAs
) -> None:
    rows_as(lambda row: none_is_shown(row) if row["Name"] in ("Yard", "Busy") else fresh_are_null(row))
    failed = run(run_module, prove="one", prove_device="Till")
    assert sorted(each["device"] for each in failed["refused"]) == sorted(
        each.nxid
        for site in cloud.world.sites.values()
        for each in site.devices.values()
        if each.name in ("Yard", "Busy")
    )
    assert cloud.writes() == []


@pytest.mark.parametrize("given", [False, "false"])
def test_who_knows_may_write_all_the_same(cloud: Served, run_module: RunModule, rows_as: RowsAs, given: Any) -> None:
    rows_as(lambda row: {**row, "nxAI": None} if row["Name"] == "Door" else row)
    made = run(run_module, warns=True, prove=given, select=None, devices=["Door", "Till"], wait=False)
    assert pipelines(cloud)["Door"] == [A] and statuses(made) == {"Door": "sent", "Till": "sent"}
    assert [each["name"] for each in made["snapshot"]] == ["Till"], "nobody knows what Door had"
    assert "The snapshot lacks Door at site Shop 1" in made["warnings"][0]
    rows_as(at_the_top)
    assert run(run_module, prove=given)["failed"], "what is not understood is never written over"


def test_a_snapshot_is_not_restored_to_a_device_that_does_not_say_what_it_runs(
    cloud: Served, run_module: RunModule, rows_as: RowsAs
) -> None:
    snapshot = run_module("nxai_pipeline_info", site="Shop 1")["pipelines"]
    run(run_module)
    rows_as(none_is_shown)
    cloud.clear_log()
    failed = run(run_module, restore=snapshot, **RESTORING)
    assert len(failed["refused"]) == 4 and cloud.writes() == []
    read = run_module("nxai_pipeline_info", site="Shop 1", warns=True)
    assert read["pipelines"] == [] and "The snapshot lacks Door" in read["warnings"][0]
    assert {each["pipelines"] is None and each["unknown"] != "" for each in read["devices"]} == {True}


def test_rows_that_differ_are_not_written_over(cloud: Served, run_module: RunModule) -> None:
    site = next(iter(cloud.world.sites.values()))
    door = next(each for each in site.devices.values() if each.name == "Door")
    rows = [
        {"NxID": nxid, "Name": "Door", "nxAI": {"pipelines": found}}
        for nxid, found in ((door.nxid, []), (door.nxid.upper(), [OLD]))
    ]
    cloud.fault("status", "list_devices", status=200, body=rows, times=0)
    failed = run(run_module, prove=False)
    assert "duplicate rows" in failed["msg"] and len(failed["refused"]) == 1 and cloud.writes() == []
    named = run(run_module, select=None, devices=[door.nxid])
    assert "duplicate rows" in named["msg"]


def test_an_nxid_goes_out_as_it_was_listed(
    run_module: RunModule, rows_as: RowsAs, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: list[str] = []
    put = DeviceApi.put_pipelines

    def noted(self: DeviceApi, site: str, devices: Iterable[str], *rest: Any) -> None:
        sent.extend(devices)
        put(self, site, list(devices), *rest)

    monkeypatch.setattr(DeviceApi, "put_pipelines", noted)
    rows_as(lambda row: {**row, "NxID": row["NxID"].upper()})
    made = run(run_module, select=None, devices=["Door"])
    nxid = made["devices"][0]["device"]
    assert statuses(made) == {"Door": "applied"} and nxid == nxid.lower() and sent == [nxid.upper()]
