# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""``nxai_estate``: catalogues and models made what the file says, what is left to assign, and what is never touched."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from module_runs import Calls, RunModule

from simulator import views
from simulator.testing import Served

A, B, C = (f"459d2273-1514-431c-9d34-f5b72f3bfe2{digit}" for digit in "012")
USUAL = "modelNMS: 0.42, resizingMethod: Letterbox, Preprocessor: '', Postprocessor: '', chains: []"
RUNS_A = f"pipelines: [{{modelUUID: {A}, {USUAL}}}]"
RUNS_B = RUNS_A.replace(A, B)
WORLD = f"""
times: {{record: 0, code: 0, assignment: 0}}
catalogues: [Shop models, Old models]
models:
  - {{name: A, id: {A}, catalogues: [Shop models]}}
  - {{name: B, id: {B}}}
  - {{name: C, id: {C}, catalogues: [Old models]}}
sites:
  - name: Shop 1
    servers: [{{name: S, devices: [{{name: Door, {RUNS_A}}}, {{name: Till, {RUNS_A}}}, Yard]}}]
  - name: Shop 2
    servers: [{{name: S, devices: [{{name: Door, {RUNS_B}}}, Gate]}}]
"""
Edit = Callable[[dict[str, Any]], None]
Apply = Callable[..., dict[str, Any]]


@pytest.fixture(autouse=True)
def estate(cloud: Served) -> Served:
    cloud.reset(seed=WORLD)
    return cloud


@pytest.fixture
def folder(run_module: RunModule, tmp_path: Path, cloud: Served) -> Path:
    (text,) = (each["text"] for each in run_module("nxai_estate_info")["files"])
    (tmp_path / "estate.yml").write_text(text)
    cloud.clear_log()
    return tmp_path / "estate.yml"


@pytest.fixture
def edited(folder: Path) -> Callable[[Edit], None]:
    """Somebody changes the file by hand."""
    import yaml

    def edit(change: Edit) -> None:
        document = yaml.safe_load(folder.read_text())
        change(document)
        folder.write_text(json.dumps(document))

    return edit


@pytest.fixture
def apply(run_module: RunModule, folder: Path) -> Apply:
    quick = {"wait_interval": 0.01, "wait_timeout": 5}

    def run(step: str = "apply", **options: Any) -> dict[str, Any]:
        return run_module("nxai_estate", path=str(folder), step=step, **{**quick, **options})

    return run


def shop(cloud: Served, name: str) -> Any:
    return next(site for site in cloud.world.sites.values() if site.name == name)


def camera(cloud: Served, site: str, name: str) -> Any:
    return next(each for each in shop(cloud, site).devices.values() if each.name == name)


def names(result: dict[str, Any], cloud: Served, member: str = "assignments") -> set[str]:
    known = {each.nxid: each.name for site in cloud.world.sites.values() for each in site.devices.values()}
    return {known[device] for each in result[member] for device in each["devices"]}


def without_c(document: dict[str, Any]) -> None:
    document["models"] = [each for each in document["models"] if each["name"] != "C"]
    document["catalogues"] = [each for each in document["catalogues"] if each["name"] != "Old models"]


@pytest.mark.parametrize("check", [False, True])
def test_nothing_differs_and_only_gets_are_sent(apply: Apply, writes: Calls, check: bool) -> None:
    done = apply(check=check)
    assert done["changed"] is False and writes() == []
    for member in ("diff", "done", "differences", "beside", "not_known", "assignments", "coming", "emptied", "whole"):
        assert done[member] == [], member


def test_what_differs_is_made_so_and_check_mode_only_says_it(
    apply: Apply, edited: Callable[[Edit], None], cloud: Served, writes: Calls, onnx_file: Path
) -> None:
    def change(document: dict[str, Any]) -> None:
        document["catalogues"].append({"name": "New models"})
        document["models"].append({"name": "D", "catalogues": ["New models"], "alias": "dd"})
        next(each for each in document["models"] if each["name"] == "A")["alias"] = "aa"
        document["sites"][0]["exceptions"] = [
            {"pipelines": [{"model": "D"}], "devices": {camera(cloud, "Shop 1", "Yard").nxid: "Yard"}},
        ]
        document["sites"][0]["devices"] = {
            nxid: name for nxid, name in document["sites"][0]["devices"].items() if name != "Yard"
        }

    edited(change)
    files = {"D": str(onnx_file)}
    planned = apply(check=True, files=files)
    assert writes() == [] and planned["changed"] is True
    assert planned["done"] == ["catalogue New models", "model A", "model D"] and planned["coming"] == ["D"]
    assert "nothing instead of D" in " ".join(planned["differences"])

    done = apply(files=files)
    assert done["done"] == planned["done"] and names(done, cloud) == {"Yard"}
    assert [each["pipelines"] for each in done["assignments"]] == [[{"model": "D"}]]
    found = {each.name: each for each in cloud.world.models.values()}
    assert found["A"].members["Alias"] == "aa" and found["D"].members["Alias"] == "dd"
    assert apply(files=files)["changed"] is False
    assert apply("prune")["differences"] == done["differences"][-1:], "what is not assigned yet"


def test_a_model_that_vanished_is_named_before_anything_is_written(
    apply: Apply, edited: Callable[[Edit], None], cloud: Served, writes: Calls, onnx_file: Path
) -> None:
    edited(lambda document: document["catalogues"].append({"name": "New models"}))
    for uuid in (A, B):
        del cloud.world.models[uuid]
    refused = apply()
    for name in "AB":
        assert f"the model {name} needs its file, and estate_files has none for it" in refused["refused"]
    assert "Nothing was written" in refused["msg"] and writes() == []

    edited(lambda document: document.pop("models"))
    refused = apply()
    assert "2 cameras would need the model A, which is neither in the cloud nor in the estate" in refused["msg"]
    assert "Door at Shop 1" in refused["msg"] and writes() == []
    assert "x, which is no model of the estate" in apply(files={"x": str(onnx_file)})["msg"]


@pytest.mark.parametrize("check", [False, True])
def test_a_catalogue_that_nobody_has_is_named_before_anything_is_written(
    apply: Apply, edited: Callable[[Edit], None], writes: Calls, check: bool
) -> None:
    def misspell(document: dict[str, Any]) -> None:
        document["catalogues"].append({"name": "New models"})
        document["models"][0]["catalogues"] = ["New models", "New model"]

    edited(misspell)
    refused = apply(check=check)
    words = "the model A is to be in the catalogue New model, which is neither in the cloud nor in the estate"
    assert refused["refused"] == [words] and writes() == []


def test_another_file_than_the_estate_has_is_refused(
    apply: Apply, edited: Callable[[Edit], None], writes: Calls, onnx_file: Path
) -> None:
    other = {"name": "D", "file": {"sha256": "0" * 64, "size": 1}}
    edited(lambda document: document["models"].append(other))
    assert "is not the one that the estate has for D" in apply(files={"D": str(onnx_file)})["msg"] and writes() == []


def test_what_cannot_be_seen_is_named_and_never_taken_for_removed(
    apply: Apply, edited: Callable[[Edit], None], cloud: Served, writes: Calls
) -> None:
    shop(cloud, "Shop 2").online = False
    gone = camera(cloud, "Shop 1", "Till")
    del shop(cloud, "Shop 1").devices[gone.nxid]
    edited(lambda document: document["sites"][0].pop("exceptions", None))
    done = apply(prune="delete")
    assert done["assignments"] == [] == done["emptied"] and writes() == []
    assert any(each.startswith("Till at Shop 1: ") and "any more" in each for each in done["beside"])
    assert any("Yard at Shop 1" in each and "the file does not name it" in each for each in done["beside"])
    assert ["Shop 2: " in each for each in done["not_known"]] == [True]


def test_a_device_that_does_not_say_what_it_runs_is_left_alone(
    apply: Apply, cloud: Served, rows_as: Callable[[Callable[[Any], Any]], None]
) -> None:
    camera(cloud, "Shop 1", "Till").pipelines = []
    rows_as(lambda row: {**row, "nxAI": None} if row["Name"] == "Door" else row)
    done = apply()
    assert names(done, cloud) == {"Till"}
    assert "it is not known what it runs" in " ".join(done["not_known"])


@pytest.fixture
def sharing(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The service shows whom catalogues are shared with: those in the list."""
    usual, shared = views.catalogue, list[str]()
    monkeypatch.setattr(views, "catalogue", lambda *given: {**usual(*given), "SharedWith": shared})
    return shared


def test_prune_keeps_a_catalogue_that_may_be_shared(
    apply: Apply, edited: Callable[[Edit], None], request: pytest.FixtureRequest, writes: Calls
) -> None:
    edited(lambda document: document["catalogues"].clear())
    edited(lambda document: document["models"].clear())
    kept = apply("prune", check=True, prune="delete")["kept"]
    assert [each for each in kept if each.startswith("catalogue Old models: the service does not show whether it is")]
    request.getfixturevalue("sharing").append({"UUID": A, "Name": "Bakery"})
    kept = apply("prune", check=True, prune="delete")["kept"]
    assert "catalogue Old models: it is shared with Bakery" in kept and writes() == []


@pytest.mark.usefixtures("sharing")
def test_prune_deletes_only_what_is_certainly_unused(
    apply: Apply, edited: Callable[[Edit], None], cloud: Served, writes: Calls
) -> None:
    edited(without_c)
    assert len(apply()["beside"]) == 2 and apply("prune")["deleted"] == []
    planned = apply("prune", check=True, prune="delete")
    assert planned["deleted"] == ["model C"] and writes() == []

    camera(cloud, "Shop 2", "Gate").pipelines = [{"modelUUID": A, "chains": [{"modelUUID": C}]}]
    used = apply("prune", prune="delete")
    assert used["deleted"] == [] and "model C: it is in use (Shop 2: Gate)" in used["kept"]
    assert any(each.startswith("catalogue Old models: 1 models are in it") for each in used["kept"])
    camera(cloud, "Shop 2", "Gate").pipelines = []

    needed = apply("prune", prune="delete", needed=[C.upper()])
    assert "model C: a rollout may have to give it back" in needed["kept"]
    shop(cloud, "Shop 2").online = False
    unseen = apply("prune", prune="delete")
    assert any(each.startswith("model C: it is not known whether it is in use: Shop 2") for each in unseen["kept"])
    assert writes() == []

    shop(cloud, "Shop 2").online = True
    done = apply("prune", prune="delete")
    assert done["deleted"] == ["model C", "catalogue Old models"] and done["changed"] is True
    assert sorted(each.name for each in cloud.world.models.values()) == ["A", "B"]
    assert apply("prune", prune="delete")["changed"] is False


def test_prune_empties_sites_that_the_file_does_not_have(
    apply: Apply, edited: Callable[[Edit], None], cloud: Served, writes: Calls
) -> None:
    edited(lambda document: document["sites"].pop())
    assert apply()["emptied"] == [] and any("Shop" in each for each in apply()["beside"])
    found = apply(prune="delete")
    (group,) = found["emptied"]
    assert group["pipelines"] == [] and writes() == []
    assert all(camera_of.pipelines for camera_of in cloud.world.sites[group["site"]].devices.values()
               if camera_of.nxid in group["devices"])  # fmt: skip


def test_a_device_of_such_a_site_that_says_nothing_keeps_what_it_has(
    apply: Apply, edited: Callable[[Edit], None], cloud: Served, rows_as: Callable[[Callable[[Any], Any]], None]
) -> None:
    edited(lambda document: document["sites"].clear())
    rows_as(lambda row: {**row, "nxAI": None} if row["Name"] == "Till" else row)
    done = apply(prune="delete")
    assert names(done, cloud, "emptied") == {"Door"}
    assert [each for each in done["not_known"] if each.startswith("Till at Shop 1: it is not known what it runs")]


@pytest.mark.parametrize(
    "change", [{"name": "Renamed"}, dict.fromkeys(("exceptions", "devices", "profile", "pipelines"))]
)
def test_a_site_that_the_file_may_have_under_another_id_is_not_emptied(
    apply: Apply, edited: Callable[[Edit], None], change: dict[str, Any]
) -> None:
    """Of a site that was set up anew, or whose id was written wrong, the name or the devices are the same."""
    edited(lambda document: document["sites"][0].update({"id": "another", **change}))
    done = apply(prune="delete")
    assert done["emptied"] == []
    assert [each for each in done["not_known"] if each.startswith("Shop 1: the file has this shop under another id")]


def test_models_of_one_name_are_told_apart(cloud: Served, run_module: RunModule, tmp_path: Path, writes: Calls) -> None:
    cloud.world.models[B].name = "A"
    file = tmp_path / "twins.yml"
    file.write_text(run_module("nxai_estate_info")["files"][0]["text"])
    cloud.world.models[B].members["Alias"] = "clicked"
    found = run_module("nxai_estate", path=str(file), step="apply")
    assert found["done"] == ["model A"] and [each.split()[0] for each in writes()] == ["PATCH"]
    assert not cloud.world.models[B].members["Alias"] and "Alias" not in cloud.world.models[A].members
    del cloud.world.models[B]
    failed = run_module("nxai_estate", path=str(file), step="apply")
    assert "the model A is not in the cloud, and is named by its UUID" in failed["msg"]


def test_a_key_that_nobody_understands_is_named_and_stays(
    apply: Apply, edited: Callable[[Edit], None], cloud: Served, run_module: RunModule, writes: Calls
) -> None:
    for name in ("Door", "Till"):
        (pipeline,) = camera(cloud, "Shop 1", name).pipelines
        camera(cloud, "Shop 1", name).pipelines = [{**pipeline, "Future": 1}]
    camera(cloud, "Shop 1", "Till").pipelines[0]["modelNMS"] = 0.9
    first = apply()
    assert names(first, cloud) == {"Till"}
    assert [each for each in first["beside"] if each.startswith("Door at Shop 1: A: extra: also Future. To apply")]
    run_module("nxai_pipeline", assignments=first["assignments"])
    assert len(writes()) == 1 and camera(cloud, "Shop 1", "Till").pipelines[0]["Future"] == 1

    again = apply()
    assert again["assignments"] == [] == again["differences"]
    assert [each for each in again["beside"] if each.startswith("2 cameras at 1 shop: A: extra: also Future. To apply")]


def test_a_file_that_is_not_given_is_none(apply: Apply, writes: Calls) -> None:
    assert apply(files={"A": None, "B": ""})["done"] == []
    refused = apply(files={"A": None, "B": 7, "C": ["x"]})["refused"]
    assert refused == ["the file of B is no path", "the file of C is no path"] and writes() == []


def test_the_whole_is_the_same_in_each_run(apply: Apply, cloud: Served) -> None:
    first = apply(whole=True)["whole"]
    assert names({"whole": first}, cloud, "whole") == {"Door", "Till", "Yard", "Gate"}
    shop(cloud, "Shop 2").online = False
    camera(cloud, "Shop 1", "Till").pipelines = []
    assert apply(whole=True)["whole"] == first


def test_there_is_no_estate(run_module: RunModule, tmp_path: Path, reads: Calls) -> None:
    failed = run_module("nxai_estate", path=str(tmp_path / "nowhere"), step="apply")
    assert "nothing is there" in failed["msg"] and "nxai.cloud.estate_export makes one" in failed["msg"]
    assert reads() == []


def test_prune_leaves_what_may_be_somebody_elses(
    apply: Apply, edited: Callable[[Edit], None], monkeypatch: pytest.MonkeyPatch, writes: Calls
) -> None:
    edited(without_c)
    usual = views.function

    def silent(*given: Any) -> dict[str, Any]:
        return {name: value for name, value in usual(*given).items() if name != "Organisation"}

    monkeypatch.setattr(views, "function", silent)
    done = apply("prune", prune="delete")
    assert "model C: it is not known whose it is" in done["kept"] and writes() == []


def test_what_broke_off_goes_on(apply: Apply, edited: Callable[[Edit], None], cloud: Served, onnx_file: Path) -> None:
    def change(document: dict[str, Any]) -> None:
        document["catalogues"].append({"name": "New models"})
        document["models"] += [{"name": "D", "catalogues": ["New models"]}, {"name": "E"}]

    edited(change)
    files = {"D": str(onnx_file), "E": str(onnx_file)}
    cloud.fault(operation="create_model", nth=1, kind="status", status=403)
    broken = apply(files=files)
    assert broken["failed"] and broken["changed"] is True, "the catalogue was made before that"
    cloud.clear_faults()
    assert apply(files=files)["done"] == ["model D", "model E"]
    assert apply(files=files)["changed"] is False
    assert sorted(each.name for each in cloud.world.catalogues.values()) == ["New models", "Old models", "Shop models"]


def test_a_setting_that_the_file_does_not_know_is_not_rolled_out(apply: Apply, edited: Any, cloud: Served) -> None:
    """To declare it would write the default."""

    def forget(document: dict[str, Any]) -> None:
        (site,) = [each for each in document["sites"] if each["name"] == "Shop 2"]
        site["pipelines"] = [{"model": "A", "nms": None}]
        site.pop("profile", None)

    edited(forget)
    found = apply(whole=True, check=True)
    (differs,) = names(found, cloud)
    (left_out,) = [group for group in found["assignments"] if group["site"] == shop(cloud, "Shop 2").id]
    assert not [each for each in found["whole"] if set(each["devices"]) & set(left_out["devices"])]
    assert any("cannot be rolled out to in waves" in line and differs in line for line in found["not_known"])
