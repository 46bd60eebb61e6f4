# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""nxai_model: requests counted, metadata, deletion, waiting, and what the service does not take."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from module_runs import QUICK, Calls, RunModule

from simulator.testing import Served


def test_requests_are_counted(cloud: Served, upload: RunModule, onnx_file: Path, writes: Calls, reads: Calls) -> None:
    uuid = upload()["model"]["uuid"]
    for options, patches, gets in (
        ({}, 0, 1),
        ({"alias": "a", "wait": False}, 1, 3),  # looked at twice before, and whether nothing else is gone
        ({"alias": "b"}, 1, 3),  # and read back
    ):
        cloud.clear_log()
        assert upload(**options)["changed"] is bool(patches)
        assert (writes(), reads()) == ([f"PATCH /cpt/function/{uuid}"] * patches, ["/cpt/functions"] * gets)
        assert sum(each.bytes for each in cloud.log() if each.method == "PATCH") < onnx_file.stat().st_size, "no file"


def test_without_waiting_the_model_is_shown_as_sent(upload: RunModule, run_module: RunModule) -> None:
    made = upload(wait=False, alias="a")
    (listed,) = run_module("nxai_model_info")["models"]
    assert made["model"]["state"] == "pending" and made["file_in_cloud"] == "same"
    told = ("uuid", "name", "alias", "file", "documentation", "means", "scales", "customization")
    assert {name: made["model"][name] for name in told} == {name: listed[name] for name in told}
    changed = upload(wait=False, alias="b")
    assert (changed["model"]["state"], changed["model"]["alias"]) == ("ready", "b")
    assert run_module("nxai_model", name="Detector", state="absent", wait=False)["model"] is None


def test_details_are_merged(cloud: Served, upload: RunModule, run_module: RunModule) -> None:
    uuid = upload(means=[1, 2, 3])["model"]["uuid"]
    members = cloud.world.models[uuid].members
    members["InputDriverDetails"]["theirs"] = {"deep": 1}
    members["OutputDriverDetails"] = {"theirs": 2, "postProcessing": None}
    changed = run_module(
        "nxai_model", name="Detector", input_details={"own": 1}, output_details={"own": "x", "theirs": 2}, **QUICK
    )
    assert changed["model"]["input_details"] == {"own": 1, "theirs": {"deep": 1}}
    assert changed["model"]["output_details"] == {"own": "x", "theirs": 2, "postProcessing": None}
    assert changed["model"]["means"] == [1, 2, 3]
    again = run_module("nxai_model", name="Detector", input_details={"own": 1}, output_details={"own": "x"}, **QUICK)
    assert again["changed"] is False


def test_values_that_no_option_can_say_are_kept_and_shown(
    cloud: Served, upload: RunModule, run_module: RunModule
) -> None:
    uuid = upload()["model"]["uuid"]
    odd = {"channels": 4, "order": 7, "means": "auto", "height": 64}
    cloud.world.models[uuid].members["InputDriverDetails"] = odd
    (found,) = run_module("nxai_model_info")["models"]
    assert (found["channels"], found["layout"], found["means"], found["height"]) == (None, None, None, 64)
    assert found["input_details"] == {"channels": 4, "order": 7, "means": "auto"}
    same = run_module("nxai_model", name="Detector", height=64, input_details=found["input_details"], **QUICK)
    assert same["changed"] is False


def test_numbers_may_lose_precision_on_their_way(cloud: Served, upload: RunModule) -> None:
    uuid = upload(scales=[0.229, 0.224, 0.225])["model"]["uuid"]
    details = cloud.world.models[uuid].members["InputDriverDetails"]
    details["vars"] = [0.2290000021457672, 0.2240000069141388, 0.22499999403953552]
    assert upload(scales=[0.229, 0.224, 0.225])["changed"] is False
    assert upload(scales=[0.229, 0.224, 0.226])["changed"] is True


def test_customization_of_a_new_model_and_of_one_that_is_there(
    upload: RunModule, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert upload()["model"]["customization"] == "metavms"
    assert upload(customization="other")["diff"]["after"] == {"customization": "other"}
    assert upload()["changed"] is False, "nothing declared, nothing reset"
    monkeypatch.setenv("NXAI_CUSTOMIZATION", "third")
    assert upload(name="New")["model"]["customization"] == "third"


def test_documentation_from_a_file(upload: RunModule, tmp_path: Path) -> None:
    path = tmp_path / "readme.md"
    path.write_text("# Größe {{ 7*7 }}", encoding="utf-8")
    made = upload(documentation_file=str(path))
    assert made["model"]["documentation"] == "# Größe {{ 7*7 }}"
    assert upload(documentation_file=str(path))["changed"] is False
    both = upload(documentation_file=str(path), documentation="x")
    assert both["failed"] and "mutually exclusive" in both["msg"]
    path.write_bytes(b"\xff\xfe")
    assert "not text in UTF-8" in upload(documentation_file=str(path))["msg"]
    assert "No such file" in upload(documentation_file=str(tmp_path / "none"))["msg"]
    os.mkfifo(tmp_path / "pipe")  # which nobody writes to
    assert "a pipe, not a file" in upload(documentation_file=str(tmp_path / "pipe"))["msg"]


def test_the_upload_is_told_in_figures(upload: RunModule, onnx_file: Path) -> None:
    told = upload()["upload"]
    assert told["bytes"] > onnx_file.stat().st_size and told["seconds"] > 0
    assert "upload" not in upload(alias="a")


def test_what_was_accepted_and_not_done_is_an_error(cloud: Served, upload: RunModule) -> None:
    upload(alias="old")
    cloud.fault("status", "update_model", status=200, body={"Message": "Ok"})
    failed = upload(alias="new")
    assert failed["failed"] and failed["changed"] is True
    assert "accepted the change, but alias is 'old'" in failed["msg"]


def test_a_failed_conversion_shows_its_log(cloud: Served, upload: RunModule) -> None:
    uuid = upload()["model"]["uuid"]
    cloud.world.models[uuid].fixed_status = "rejected"
    failed = upload()
    assert failed["failed"] and "Status rejected" in failed["msg"] and "its log ends with: rejected" in failed["msg"]
    assert failed["model"]["conversion_log"] == "rejected" and failed["changed"] is False


def test_an_unknown_word_is_not_yet(cloud: Served, upload: RunModule) -> None:
    uuid = upload()["model"]["uuid"]
    cloud.world.models[uuid].fixed_status = "marinating"
    cloud.clear_log()
    late = upload(wait_timeout=600, wait_interval=60)
    assert late["failed"] and "not ready after 600 s: Status marinating, Code marinating" in late["msg"]
    assert len(cloud.log("list_models")) in (11, 12)  # one to plan, and one after each pause
    assert late["model"]["state"] == "pending"
    cloud.world.models[uuid].fixed_status = ""
    assert upload()["model"]["state"] == "ready"


@pytest.fixture
def assigned(cloud: Served, upload: RunModule, run_module: RunModule) -> str:
    """The UUID of a model that runs at both shops."""
    uuid = upload()["model"]["uuid"]
    for site, devices in (("Shop 001", ["Till 1", "Entrance"]), ("Shop 002", ["Entrance"])):
        run_module("nxai_pipeline", site=site, devices=devices, pipelines=[{"model": uuid}], wait_interval=0.01)
    cloud.clear_log()
    return str(uuid)


@pytest.mark.parametrize("check", [False, True])
def test_a_model_in_use_is_not_deleted(
    run_module: RunModule, assigned: str, writes: Calls, reads: Calls, check: bool
) -> None:
    failed = run_module("nxai_model", name="Detector", state="absent", check=check)
    assert failed["failed"] and "3 devices use it" in failed["msg"]
    assert "Shop 001: Entrance, Till 1; Shop 002: Entrance" in failed["msg"]
    assert {(each["site"], each["device"]) for each in failed["used_by"]} == {
        ("Shop 001", "Entrance"), ("Shop 001", "Till 1"), ("Shop 002", "Entrance"),
    }  # fmt: skip
    assert writes() == []
    assert sorted(each.rpartition("/")[2] for each in reads()) == [
        *["devices"] * 3, "functions", *["systems"] * 2,  # the totals of sites and of devices are looked at once
    ]  # fmt: skip


def test_in_use_ignored(run_module: RunModule, assigned: str, reads: Calls) -> None:
    gone = run_module("nxai_model", name="Detector", state="absent", in_use="ignore")
    assert gone["changed"] is True and "used_by" not in gone
    assert reads() == ["/cpt/functions"] * 2


def test_a_model_in_a_chain_is_in_use(cloud: Served, upload: RunModule, run_module: RunModule, assigned: str) -> None:
    child = upload(name="Plates")["model"]["uuid"]
    device = next(iter(next(iter(cloud.world.sites.values())).devices.values()))
    device.pipelines = [{"modelUUID": assigned, "chains": [{"unknown": {"model": child.upper()}}]}]
    failed = run_module("nxai_model", name="Plates", state="absent")
    assert failed["failed"] and "1 devices use it" in failed["msg"]


def test_offline_sites_are_told(cloud: Served, upload: RunModule, run_module: RunModule, reads: Calls) -> None:
    upload()
    site = next(each for each in cloud.world.sites.values() if each.name == "Shop 002")
    site.online = False
    gone = run_module("nxai_model", name="Detector", state="absent")
    assert gone["changed"] is True and gone["used_by"] == []
    assert [each["name"] for each in gone["unread_sites"]] == ["Shop 002"]
    assert len([path for path in reads() if site.id in path]) == 1  # it may show its devices all the same


def test_a_site_that_cannot_be_read_is_no_site_without_devices(
    cloud: Served, upload: RunModule, run_module: RunModule, writes: Calls
) -> None:
    upload()
    cloud.clear_log()
    cloud.fault("status", "list_devices", status=403, times=0)
    failed = run_module("nxai_model", name="Detector", state="absent")
    assert failed["failed"] and "403" in failed["msg"] and "in_use: ignore" in failed["msg"]
    assert writes() == []


def test_usage_of_all_models(upload: RunModule, run_module: RunModule, assigned: str) -> None:
    upload(name="Idle")
    found = run_module("nxai_model_info", usage=True)
    assert {each["name"]: len(each["used_by"]) for each in found["models"]} == {"Detector": 3, "Idle": 0}
    assert found["unread_sites"] == []


def test_usage_is_the_same_whatever_the_order_of_answers(cloud: Served, run_module: RunModule, assigned: str) -> None:
    first = run_module("nxai_model_info", usage=True)
    sites = cloud.world.sites
    for where in (sites, *(each.devices for each in sites.values())):
        turned = dict(reversed(where.items()))
        where.clear()
        where.update(turned)
    assert run_module("nxai_model_info", usage=True) == first


def test_a_site_that_is_online_and_shows_no_devices_is_told(
    cloud: Served, run_module: RunModule, assigned: str
) -> None:
    site = next(each for each in cloud.world.sites.values() if each.name == "Shop 002")
    site.devices.clear()
    found = run_module("nxai_model_info", usage=True)
    assert [(each["name"], "still loading" in each["reason"]) for each in found["unread_sites"]] == [("Shop 002", True)]
