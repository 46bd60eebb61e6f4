# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The estate as files, against a simulator: written, and read again."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from module_runs import Calls, RunModule

from ansible_collections.nxai.cloud.plugins.module_utils._api.compute import ComputeApi
from ansible_collections.nxai.cloud.plugins.module_utils._http.operation import Operation
from bench.estate import seed
from simulator import views
from simulator.records import Catalogue
from simulator.testing import Served

A, B, C, FOREIGN = (f"459d2273-1514-431c-9d34-f5b72f3bfe2{digit}" for digit in "0123")


def pipeline(model: str, **more: Any) -> dict[str, Any]:
    return {
        "modelUUID": model, "modelNMS": 0.42, "resizingMethod": "Letterbox", "Preprocessor": "", "Postprocessor": "",
        "chains": [], **more,
    }  # fmt: skip


CHAINED = pipeline(A, modelNMS=0.7, chains=[{"Method": "Crop", "modelUUID": B}], Future={"kept": [1, 2.5, None]})


def shop(name: str, devices: dict[str, list[dict[str, Any]]], **more: Any) -> dict[str, Any]:
    found = [{"name": each, "pipelines": pipelines} for each, pipelines in devices.items()]
    return {"name": name, "organisation": "Retail", "servers": [{"name": "S", "devices": found}], **more}


MARK = "<!-- nxai.cloud file sha256:" + 64 * "a" + " size:7 -->"
WORLD: dict[str, Any] = {
    "times": {"record": 0, "code": 0, "assignment": 0},
    "organisations": ["Retail", "Other"],
    "accounts": [{"email": "demo@example.com", "password": "demo", "organisations": ["Retail"]}],
    "catalogues": ["Shop models", {"name": "Theirs", "organisation": "Other", "public": True}],
    "models": [
        {
            "name": "Person@7",
            "id": A,
            "catalogues": ["Shop models"],
            "members": {"Documentation": f"# Person\n\nFinds people.\n\n{MARK}", "Alias": "person"},
        },
        {"name": "Face blur", "id": B},
        {"name": "Person@6", "id": C},
        {"name": "Foreign", "id": FOREIGN, "organisation": "Other", "catalogues": ["Theirs"]},
    ],
    "sites": [
        shop("Shop 1", {"Door": [pipeline(A)], "Till": [pipeline(A)], "Yard": [CHAINED], "Spare": []}),
        shop("Shop 2", {"Door": [pipeline(A)], "Gate": [CHAINED, pipeline(FOREIGN)]}),
        shop("Depot", {"Door": []}, online=False),
    ],
}


@pytest.fixture(autouse=True)
def estate(cloud: Served) -> Served:
    cloud.reset(seed=WORLD)
    return cloud


def site(cloud: Served, name: str) -> Any:
    return next(each for each in cloud.world.sites.values() if each.name == name)


def written(result: dict[str, Any], folder: Path) -> Path:
    for each in result["files"]:
        path = folder / each["name"]
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(each["text"].encode())
    return folder


def text(result: dict[str, Any]) -> str:
    return "".join(each["text"] for each in result["files"])


def document(result: dict[str, Any]) -> dict[str, Any]:
    """What the one file of an export says."""
    [file] = result["files"]
    found: dict[str, Any] = yaml.safe_load(file["text"])
    return found


@pytest.mark.parametrize("split", [False, True])
def test_an_export_is_read_again_and_nothing_differs(
    run_module: RunModule, tmp_path: Path, writes: Calls, split: bool
) -> None:
    first = run_module("nxai_estate_info", path=str(tmp_path / "estate"), split=split)
    assert first["comparison"] is None and all(each["changed"] for each in first["files"])
    folder = written(first, tmp_path / "estate")
    again = run_module("nxai_estate_info", path=str(folder), split=split)
    assert not any(each["changed"] for each in again["files"]) and again["stale"] == []
    assert not again["comparison"]["drift"], again["comparison"]["summary"]
    assert writes() == []


def test_what_is_in_it(run_module: RunModule, cloud: Served) -> None:
    found = document(run_module("nxai_estate_info"))
    assert found["catalogues"] == [{"name": "Shop models"}]
    assert [each["name"] for each in found["models"]] == ["Face blur", "Person@6", "Person@7"]
    person = found["models"][2]
    assert person["documentation"] == "# Person\n\nFinds people." and person["alias"] == "person"
    assert person["file"] == {"sha256": "a" * 64, "size": 7} and person["catalogues"] == ["Shop models"]
    assert found["profiles"] == {"Person@7": [{"model": "Person@7"}]}
    chained = {
        "model": "Person@7", "nms": 0.7, "chains": [{"Method": "Crop", "modelUUID": "Face blur"}],
        "extra": {"Future": {"kept": [1, 2.5, None]}},
    }  # fmt: skip
    ids = {name: {each.name: each.nxid for each in site(cloud, name).devices.values()} for name in ("Shop 1", "Shop 2")}
    depot, one, two = found["sites"]
    assert depot == {"id": site(cloud, "Depot").id, "name": "Depot", "unread": "the site is off-line"}
    assert one == {
        "id": site(cloud, "Shop 1").id,
        "name": "Shop 1",
        "profile": "Person@7",
        "devices": {ids["Shop 1"][name]: name for name in ("Door", "Till")},
        "exceptions": [
            {"pipelines": [], "devices": {ids["Shop 1"]["Spare"]: "Spare"}},
            {"pipelines": [chained], "devices": {ids["Shop 1"]["Yard"]: "Yard"}},
        ],
    }
    assert two["profile"] == "Person@7" and two["exceptions"][0]["pipelines"] == [chained, {"model": "Foreign"}]


def test_the_order_of_the_service_says_nothing(run_module: RunModule, cloud: Served) -> None:
    first = text(run_module("nxai_estate_info"))
    world = cloud.world
    for kind in ("models", "catalogues", "sites"):
        setattr(world, kind, dict(reversed(getattr(world, kind).items())))
    for each in world.sites.values():
        devices = dict(reversed(each.devices.items()))
        each.devices.clear()
        each.devices.update(devices)
        for device in devices.values():
            device.pipelines = [dict(reversed(one.items())) for one in device.pipelines]
    world.models[A].members = dict(reversed(world.models[A].members.items()))
    assert text(run_module("nxai_estate_info")) == first


def test_a_site_that_is_off_line_keeps_what_the_file_says(run_module: RunModule, cloud: Served, tmp_path: Path) -> None:
    first = run_module("nxai_estate_info", path=str(tmp_path))
    written(first, tmp_path)
    site(cloud, "Shop 1").online = False
    cloud.world.sites.pop(site(cloud, "Shop 2").id)
    again = run_module("nxai_estate_info", path=str(tmp_path))
    assert text(again) == text(first) and not again["files"][0]["changed"]
    assert [each["name"] for each in again["unread_sites"]] == ["Shop 1", "Depot"]
    assert again["comparison"]["summary"] == ["Shop 2: the account does not see this shop any more"]
    assert "2 shops: the site is off-line (Shop 1, Depot)" in again["not_known"]


def test_a_site_that_shows_nothing_has_not_lost_its_cameras(
    run_module: RunModule, cloud: Served, tmp_path: Path
) -> None:
    written(run_module("nxai_estate_info", path=str(tmp_path)), tmp_path)
    site(cloud, "Shop 1").devices.clear()
    again = run_module("nxai_estate_info", path=str(tmp_path))
    assert not again["files"][0]["changed"] and not again["comparison"]["drift"]
    assert "Shop 1: the site shows no devices" in "\n".join(again["comparison"]["not_known"])


def test_a_camera_that_is_not_seen_any_more_stays_in_the_file(
    run_module: RunModule, cloud: Served, tmp_path: Path
) -> None:
    written(run_module("nxai_estate_info", path=str(tmp_path)), tmp_path)
    devices = site(cloud, "Shop 1").devices
    devices.pop(next(nxid for nxid, each in devices.items() if each.name == "Yard"))
    again = run_module("nxai_estate_info", path=str(tmp_path))
    assert not again["files"][0]["changed"]
    assert again["comparison"]["summary"] == ["Yard at Shop 1: not seen at its shop any more"]
    assert again["comparison"]["summary"][0] in again["not_known"]


def test_a_site_that_cannot_be_read_stays_as_it_is(run_module: RunModule, cloud: Served, tmp_path: Path) -> None:
    written(run_module("nxai_estate_info", path=str(tmp_path)), tmp_path)
    cloud.fault("status", "list_devices", path=f"*{site(cloud, 'Shop 1').id}*", status=500, times=0)
    again = run_module("nxai_estate_info", path=str(tmp_path), retries=0)
    assert not again["files"][0]["changed"] and not again["comparison"]["drift"]
    assert "HTTP 500" in "".join(again["comparison"]["not_known"])
    cloud.fault("status", "list_devices", status=500, times=0)
    assert "HTTP 500" in run_module("nxai_estate_info", path=str(tmp_path), retries=0)["msg"]


@pytest.mark.parametrize("operation", ["list_models", "list_catalogues", "list_sites"])
def test_without_a_part_there_is_no_estate(
    run_module: RunModule, cloud: Served, tmp_path: Path, operation: str
) -> None:
    cloud.fault("status", operation, status=500, times=0)
    result = run_module("nxai_estate_info", path=str(tmp_path), retries=0)
    assert result["failed"] and "HTTP 500" in result["msg"] and "files" not in result


@pytest.mark.parametrize(
    ("shown", "reason"),
    [
        ({"modelNMS": "high"}, "modelNMS"),
        ({"modelNMS": 42}, "nms is not a number from 0 to 1"),
        ({"resizingMethod": "Fit"}, "resizing_method cannot say fit"),
        ({"password": "***"}, "mask"),
        ({"deep": json.loads("[" * 92 + "]" * 92)}, "nested"),
        ({"long": int("9" * 60)}, "40 digits"),
    ],
)
def test_what_cannot_be_written_down_is_marked_and_named(
    run_module: RunModule, cloud: Served, tmp_path: Path, shown: dict[str, Any], reason: str
) -> None:
    door = next(each for each in site(cloud, "Shop 1").devices.values() if each.name == "Door")
    door.pipelines = [pipeline(A, **shown)]
    first = run_module("nxai_estate_info", path=str(tmp_path))
    one = next(each for each in document(first)["sites"] if each["name"] == "Shop 1")
    assert door.nxid not in one["devices"]
    [marked] = [each for each in one["exceptions"] if "unknown" in each]
    assert marked["devices"] == {door.nxid: "Door"} and reason in marked["unknown"]
    assert [(each["name"], each["site_name"]) for each in first["unknown_devices"]] == [("Door", "Shop 1")]
    again = run_module("nxai_estate_info", path=str(written(first, tmp_path)))
    assert not again["comparison"]["drift"] and not again["files"][0]["changed"]
    assert reason in "".join(again["comparison"]["not_known"])


def test_a_camera_that_says_nothing_any_more_keeps_what_the_file_says(
    run_module: RunModule, cloud: Served, tmp_path: Path
) -> None:
    written(run_module("nxai_estate_info", path=str(tmp_path)), tmp_path)
    door = next(each for each in site(cloud, "Shop 1").devices.values() if each.name == "Door")
    door.pipelines = [pipeline(A, modelNMS="high")]
    again = run_module("nxai_estate_info", path=str(tmp_path))
    assert not again["files"][0]["changed"] and not again["comparison"]["drift"]
    assert [each["name"] for each in again["unknown_devices"]] == ["Door"]


def test_where_names_are_not_unique_the_uuid_says_which(run_module: RunModule, cloud: Served, tmp_path: Path) -> None:
    world = cloud.world
    world.models[C].name = world.models[B].name = "Person@7"
    world.models[FOREIGN].name = A  # of another model
    shelf = next(iter(world.catalogues.values()))
    world.catalogues["x"] = Catalogue("11111111-2222-4333-8444-555555555555", shelf.name, shelf.owner)
    first = run_module("nxai_estate_info", path=str(tmp_path))
    found = document(first)
    assert [each["uuid"] for each in found["models"]] == [A, B, C]
    assert found["profiles"] == {A: [{"model": A}]} and found["models"][0]["catalogues"] == [shelf.uuid]
    assert len({each["uuid"] for each in found["catalogues"]}) == 2 and FOREIGN in first["files"][0]["text"]
    again = run_module("nxai_estate_info", path=str(written(first, tmp_path)))
    assert not again["comparison"]["drift"] and not again["files"][0]["changed"], again["comparison"]["summary"]


def test_a_site_with_another_name_gets_another_file_and_leaves_the_old_one(
    run_module: RunModule, cloud: Served, tmp_path: Path
) -> None:
    written(run_module("nxai_estate_info", path=str(tmp_path), split=True), tmp_path)
    site(cloud, "Shop 1").name = "../../Größe {{ 7*7 }}"
    again = run_module("nxai_estate_info", path=str(tmp_path), split=True)
    part = site(cloud, "../../Größe {{ 7*7 }}").id[:8]
    assert [each["name"] for each in again["files"] if each["changed"]] == [f"sites/groe-7-7-{part}.yml"]
    assert again["stale"] == [f"sites/shop-1-{part}.yml"]


def test_the_whole_is_beside_while_several_files_are_written(
    run_module: RunModule, cloud: Served, tmp_path: Path
) -> None:
    """What is in the files then may be of two exports, and cannot be read together."""
    whole = run_module("nxai_estate_info", path=str(tmp_path))
    assert whole["underway"] is None, "one file is written at once"
    written(whole, tmp_path)
    next(iter(site(cloud, "Shop 1").devices.values())).pipelines = [pipeline(C)]
    first = run_module("nxai_estate_info", path=str(tmp_path), split=True)
    (tmp_path / first["underway"]["name"]).write_text(first["underway"]["text"])
    (tmp_path / "profiles.yml").write_text(first["files"][2]["text"])
    site(cloud, "Shop 2").online = False
    again = run_module("nxai_estate_info", path=str(tmp_path), split=True, warns=True)
    assert again["comparison"]["drift"] is False and "An export was interrupted" in again["warnings"][0]
    assert {each["name"]: each["text"] for each in again["files"]} == {
        each["name"]: each["text"] for each in first["files"]
    }
    assert [each["name"] for each in again["files"] if not each["changed"]] == ["profiles.yml"]
    assert again["stale"] == ["estate.yml"] and again["underway"] == first["underway"]


def test_a_profile_keeps_the_name_that_the_file_has_for_it(
    run_module: RunModule, cloud: Served, tmp_path: Path
) -> None:
    first = run_module("nxai_estate_info", path=str(tmp_path))
    written(first, tmp_path)
    file = tmp_path / "estate.yml"
    file.write_text(
        first["files"][0]["text"].replace("  Person@7:\n", "  usual:\n").replace("profile: Person@7", "profile: usual")
    )
    again = run_module("nxai_estate_info", path=str(tmp_path))
    assert not again["files"][0]["changed"] and document(again)["profiles"] == {"usual": [{"model": "Person@7"}]}


def test_a_file_is_one_file_whatever_is_asked(run_module: RunModule, tmp_path: Path) -> None:
    first = run_module("nxai_estate_info", path=str(tmp_path / "shops.yml"), split=True)
    assert [each["name"] for each in first["files"]] == ["shops.yml"]
    again = run_module("nxai_estate_info", path=str(written(first, tmp_path) / "shops.yml"), split=True)
    assert [each["changed"] for each in again["files"]] == [False]


def test_only_some_sites_leave_the_others_as_they_are(run_module: RunModule, cloud: Served, tmp_path: Path) -> None:
    written(run_module("nxai_estate_info", path=str(tmp_path)), tmp_path)
    for name in ("Shop 1", "Shop 2"):
        next(iter(site(cloud, name).devices.values())).pipelines = [pipeline(C)]
    again = run_module("nxai_estate_info", path=str(tmp_path), sites=["Shop 2"])
    now = {each["name"]: each for each in document(again)["sites"]}
    before = {each["name"]: each for each in yaml.safe_load((tmp_path / "estate.yml").read_text())["sites"]}
    assert now["Shop 1"] == before["Shop 1"] and now["Shop 2"] != before["Shop 2"]


def test_a_file_that_is_wrong_is_told_before_anything_is_asked(
    run_module: RunModule, cloud: Served, tmp_path: Path
) -> None:
    (tmp_path / "estate.yml").write_text("estate: 1\nsites: [{id: a, devices: {x: y}}]\n")
    result = run_module("nxai_estate_info", path=str(tmp_path))
    assert "estate.yml: sites[0] (a) has devices and neither profile nor pipelines" in result["msg"]
    assert cloud.log() == []


def test_for_an_organisation_only_what_is_its_own_counts(run_module: RunModule, cloud: Served) -> None:
    other = next(each.id for each in cloud.world.organisations.values() if each.name == "Other")
    next(iter(cloud.world.accounts.values())).organisations.append(other)
    site(cloud, "Shop 2").owner = other
    found = document(run_module("nxai_estate_info", act_as={"kind": "organization", "id": other}))
    assert [each["name"] for each in found["models"]] == ["Foreign"]
    assert [each["name"] for each in found["sites"]] == ["Shop 2"]
    assert [each["name"] for each in found["catalogues"]] == ["Theirs"]


def test_where_nobody_says_whose_it_is_it_counts_and_that_is_told(run_module: RunModule, cloud: Served) -> None:
    cloud.fault("status", path="/partners/*", status=403, times=0)
    result = run_module("nxai_estate_info", warns=True)
    assert [each["name"] for each in document(result)["models"]] == ["Face blur", "Foreign", "Person@6", "Person@7"]
    assert "It is not known which organisations the account belongs to" in result["warnings"][0]


def test_names_and_pipelines_of_all_kinds_come_back_to_the_byte(
    run_module: RunModule, cloud: Served, writes: Calls, tmp_path: Path
) -> None:
    """Some hundreds here; ``tests/bench/estate.py`` does the same with 10,000 devices at 200 sites."""
    cloud.reset(seed(400, 8))
    first = run_module("nxai_estate_info", path=str(tmp_path), split=True, token=cloud.token())
    written(first, tmp_path)
    assert sum(each["name"].startswith("sites/") for each in first["files"]) == 8
    again = run_module("nxai_estate_info", path=str(tmp_path), split=True, token=cloud.token())
    assert not any(each["changed"] for each in again["files"]) and again["stale"] == again["not_known"] == []
    assert again["comparison"]["differences"] == again["comparison"]["unseen"] == [] and writes() == []
    whole = run_module("nxai_estate_info", path=str(tmp_path / "new.yml"), token=cloud.token())
    devices = [
        each for shop in document(whole)["sites"] for group in (shop, *shop["exceptions"]) for each in group["devices"]
    ]
    assert len(devices) == len(set(devices)) == 400


@pytest.mark.parametrize("listed", [True, False])
def test_a_model_that_does_not_say_whose_it_is_counts_where_the_account_lists_it(
    run_module: RunModule, cloud: Served, monkeypatch: pytest.MonkeyPatch, listed: bool
) -> None:
    usual, listing = views.function, ComputeApi._list

    def silent(*arguments: Any) -> dict[str, Any]:
        return {key: value for key, value in usual(*arguments).items() if key != "Organisation"}

    def without(api: ComputeApi, record: str, operation: Operation, query: dict[str, str]) -> list[Any]:
        rows = listing(api, record, operation, query)
        return [row for row in rows if listed or query or row["UUID"] != FOREIGN]

    monkeypatch.setattr(views, "function", silent)
    monkeypatch.setattr(ComputeApi, "_list", without)
    result = run_module("nxai_estate_info")
    assert ("Foreign" in [each["name"] for each in document(result)["models"]]) is listed
    assert "model: Foreign" in result["files"][0]["text"]
