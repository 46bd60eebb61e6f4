# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Models and catalogues where an answer hides what happened, a mark does not come back, or another run writes too."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from test_model_not_shown import MODEL, QUICK, WORLD, catalogues, drop, hide

from ansible_collections.nxai.cloud.plugins.module_utils._api.client import Client
from ansible_collections.nxai.cloud.plugins.module_utils._api.compute import ALL_AVAILABLE, ComputeApi
from ansible_collections.nxai.cloud.plugins.module_utils._api.records.file_mark import FileMark
from ansible_collections.nxai.cloud.plugins.module_utils._api.records.records import Model
from ansible_collections.nxai.cloud.plugins.module_utils._models import model, model_file
from simulator import views
from simulator.testing import Served

__all__ = ["hide"]
RunModule = Callable[..., dict[str, Any]]
Calls = Callable[[], list[str]]
Hide = Callable[..., None]
MARK = FileMark("0" * 64, 5)
ANSWERS: list[tuple[str, dict[str, Any]]] = [
    ("status", {"status": 500}),
    ("html", {}),
    ("status", {"status": 204, "body": ""}),
]


@pytest.fixture
def world(cloud: Served) -> Served:
    cloud.reset(seed=WORLD)
    return cloud


def models(world: Served, name: str) -> list[str]:
    return [uuid for uuid, each in world.world.models.items() if each.name == name]


# Errors after an effect ----------------------------------------------------------------------------------------------

WRITES: list[tuple[str, str, dict[str, Any]]] = [
    ("create_model", "nxai_model", {"name": "New", "file": "FILE"}),
    ("update_model", "nxai_model", {"name": "A", "alias": "a"}),
    ("update_model", "nxai_model", {"name": "A", "file": "FILE"}),
    ("delete_model", "nxai_model", {"name": "A", "state": "absent"}),
    ("update_model", "nxai_catalogue", {"name": "Fleet", "models": ["A"]}),
    ("create_catalogue", "nxai_catalogue", {"name": "New"}),
    ("rename_catalogue", "nxai_catalogue", {"name": "Fleet", "new_name": "New"}),
    ("delete_catalogue", "nxai_catalogue", {"name": "Fleet", "state": "absent"}),
]


@pytest.mark.parametrize(("kind", "members"), ANSWERS, ids=lambda value: str(value)[:20])
@pytest.mark.parametrize("wait", [True, False])
@pytest.mark.parametrize(
    ("operation", "module", "task"), WRITES, ids=lambda value: value if isinstance(value, str) else ""
)
def test_an_error_after_the_effect_is_looked_up(
    world: Served,
    run_module: RunModule,
    onnx_file: Path,
    operation: str,
    module: str,
    task: dict[str, Any],
    wait: bool,
    kind: str,
    members: dict[str, Any],
) -> None:
    given = {name: str(onnx_file) if value == "FILE" else value for name, value in task.items()}
    given.update({**QUICK, "wait": wait} if module == "nxai_model" else {})
    world.fault(kind, operation, handled=True, **members)
    done = run_module(module, warns=None, **given)
    assert done["changed"] is True and "failed" not in done
    assert len(world.log(operation)) == 1
    told = any("All the same it was done" in each for each in done.get("warnings", []))
    assert told is (not operation.startswith("create") and members.get("status") != 204)
    world.clear_faults()
    assert run_module(module, warns=None, **given)["changed"] is False


@pytest.mark.parametrize(
    ("operation", "module", "task"), WRITES, ids=lambda value: value if isinstance(value, str) else ""
)
def test_an_error_without_effect_is_an_error(
    world: Served, run_module: RunModule, onnx_file: Path, operation: str, module: str, task: dict[str, Any]
) -> None:
    given = {name: str(onnx_file) if value == "FILE" else value for name, value in task.items()}
    world.fault("status", operation, status=500)
    failed = run_module(module, warns=None, **given)
    assert failed["failed"] and "HTTP 500" in failed["msg"] and len(world.log(operation)) == 1


# Created, and not listed ---------------------------------------------------------------------------------------------


@pytest.fixture
def unlisted(monkeypatch: pytest.MonkeyPatch) -> Callable[[bool], None]:
    """Models called New are in no plain listing; with ``in_all`` in that of all available ones."""
    usual = ComputeApi.list_models

    def arm(in_all: bool) -> None:
        def listing(api: ComputeApi, catalogue: str | None = None) -> list[Model]:
            shown = in_all and catalogue == ALL_AVAILABLE
            return [each for each in usual(api, catalogue) if shown or each.name != "New"]

        monkeypatch.setattr(ComputeApi, "list_models", listing)
        monkeypatch.setattr(model, "_PATIENCE", 2.0)

    return arm


def test_a_new_model_that_only_the_list_of_all_shows_is_known_again(
    world: Served, run_module: RunModule, onnx_file: Path, unlisted: Callable[[bool], None]
) -> None:
    unlisted(True)
    task = {"name": "New", "file": str(onnx_file), **QUICK}
    made = run_module("nxai_model", **task)
    assert made["changed"] is True and made["file_in_cloud"] == "same"
    again = run_module("nxai_model", **task)
    assert again["changed"] is False and again["model"]["uuid"] == made["model"]["uuid"]
    assert len(models(world, "New")) == 1


def test_a_model_without_a_digest_that_only_the_list_of_all_shows_is_changed_where_no_file_is_given(
    world: Served, run_module: RunModule, onnx_file: Path, unlisted: Callable[[bool], None]
) -> None:
    made = run_module("nxai_model", name="New", file=str(onnx_file), **QUICK)
    world.world.models[made["model"]["uuid"]].members["Documentation"] = "From the portal."
    unlisted(True)
    changed = run_module("nxai_model", name="New", alias="n")
    assert changed["changed"] is True and changed["model"]["uuid"] == made["model"]["uuid"]
    unlisted(False)
    failed = run_module("nxai_model", name="New", alias="m")
    assert failed["failed"] and "operations.list_models.path (observed)" in failed["msg"]


def test_a_new_model_that_nothing_lists_is_taken_away_again(
    world: Served, run_module: RunModule, onnx_file: Path, unlisted: Callable[[bool], None]
) -> None:
    unlisted(False)
    for _run in range(2):
        failed = run_module("nxai_model", name="New", file=str(onnx_file), **QUICK)
        assert failed["failed"] and failed["changed"] is False and models(world, "New") == [], "none is left behind"
        assert "So it was deleted again" in failed["msg"] and "operations.list_models" in failed["msg"]
    uuid = run_module("nxai_model", name="New", file=str(onnx_file), wait=False)["model"]["uuid"]
    (found,) = run_module("nxai_model_info", models=[uuid])["models"]
    assert found["name"] == "New"
    kept = run_module("nxai_model", name=uuid, file=str(onnx_file), **QUICK)
    assert kept["changed"] is False and models(world, "New") == [uuid]


def test_a_new_model_that_nothing_lists_and_that_cannot_be_deleted_is_named(
    world: Served, run_module: RunModule, onnx_file: Path, unlisted: Callable[[bool], None]
) -> None:
    unlisted(False)
    world.fault("status", "delete_model", status=403)
    failed = run_module("nxai_model", name="New", file=str(onnx_file), **QUICK)
    (uuid,) = models(world, "New")
    assert failed["failed"] and failed["changed"] is True
    assert f"Delete {uuid} in the portal" in failed["msg"] and "HTTP 403" in failed["msg"]


# The mark ------------------------------------------------------------------------------------------------------------


def without_comments(row: dict[str, Any]) -> None:
    row["Documentation"] = row["Documentation"].partition("<!--")[0]


def test_a_mark_that_does_not_come_back_is_said_and_the_file_is_not_sent_again(
    world: Served, hide: Hide, run_module: RunModule, onnx_file: Path, tmp_path: Path, writes: Calls
) -> None:
    hide(without_comments)
    task = {"name": "New", "file": str(onnx_file), "documentation": "Text\n", **QUICK}
    made = run_module("nxai_model", warns=True, **task)
    assert made["file_in_cloud"] == "unknown" and len(made["warnings"]) == 1
    assert "changes of its file cannot be noticed here" in made["warnings"][0]
    for _run in range(2):
        again = run_module("nxai_model", warns=True, **task)
        assert again["changed"] is False and again["file_in_cloud"] == "unknown"
        assert "carries no digest" in again["warnings"][0]
    assert writes() == ["POST /cpt/functions"]
    assert run_module("nxai_model", warns=True, force=True, **task)["changed"] is True
    assert len(models(world, "New")) == 1


def test_a_lost_answer_of_a_service_that_drops_marks_doubles_nothing(
    world: Served, hide: Hide, run_module: RunModule, onnx_file: Path
) -> None:
    hide(without_comments)
    world.fault("reset", "create_model", handled=True)
    made = run_module("nxai_model", warns=True, name="New", file=str(onnx_file), **QUICK)
    assert models(world, "New") == [made["model"]["uuid"]]


def test_documentation_that_holds_a_mark_itself_does_not_loop(
    world: Served, run_module: RunModule, onnx_file: Path, tmp_path: Path
) -> None:
    (tmp_path / "notes.md").write_text(f"Text\n\n{MARK}\n", encoding="utf-8")
    for task in ({"documentation": f"Text\n\n{MARK}"}, {"documentation_file": str(tmp_path / "notes.md")}):
        task = {"name": "New", "file": str(onnx_file), **task, **QUICK}
        run_module("nxai_model", **task)
        again = run_module("nxai_model", **task)
        assert again["changed"] is False and again["file_in_cloud"] == "same"


def test_a_file_that_another_run_put_there_meanwhile_is_an_error(
    world: Served, hide: Hide, run_module: RunModule, onnx_file: Path
) -> None:
    run_module("nxai_model", name="New", file=str(onnx_file), **QUICK)
    hide(lambda row: row.update(Documentation=f"Text\n\n{MARK}"))
    failed = run_module("nxai_model", name="New", file=str(onnx_file), **QUICK)
    assert failed["failed"] and "carries the digest of another file now" in failed["msg"]


def test_a_file_that_is_exchanged_while_it_is_checked_is_an_error(
    world: Served,
    run_module: RunModule,
    onnx_file: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    writes: Calls,
) -> None:
    """Another file is checked than the one whose digest is known, which is back before it is sent."""
    path, aside = tmp_path / "model.onnx", tmp_path / "aside"
    path.write_bytes(onnx_file.read_bytes())
    usual = model_file.check_model

    def exchanged(*arguments: Any) -> Any:
        path.rename(aside)
        path.write_bytes(onnx_file.read_bytes())
        try:
            return usual(*arguments)
        finally:
            aside.replace(path)

    monkeypatch.setattr(model_file, "check_model", exchanged)
    failed = run_module("nxai_model", name="New", file=str(path), check_file="strict")
    assert failed["failed"] and "it changed while it was looked into" in failed["msg"] and writes() == []


# Artefacts -----------------------------------------------------------------------------------------------------------


def test_artefacts_are_waited_for(world: Served, hide: Hide, run_module: RunModule, onnx_file: Path) -> None:
    task = {"name": "New", "file": str(onnx_file), "conversions": ["Hailo", "MemryX"], **QUICK}
    made = run_module("nxai_model", artefacts=["mxa", "application/x-onnx; device=hailo"], **task)
    assert "application/x-onnx;device=hailo" in made["model"]["artefacts"]
    late = run_module("nxai_model", artefacts=["mxa", "dx-1"], **task)
    assert late["failed"] and "ready, but without a file for dx-1 (it has application/" in late["msg"]
    hide(drop("Downloads"))
    unknown = run_module("nxai_model", artefacts=["mxa"], **task)
    assert "does not show its files" in unknown["msg"] and unknown["model"]["artefacts"] is None
    assert "fields.model.downloads" in unknown["msg"]


# Two runs at once ----------------------------------------------------------------------------------------------------


def interleaved(world: Served, monkeypatch: pytest.MonkeyPatch, uuid: str, times: int = 1) -> None:
    """Just before a task writes the catalogues of a model, another client that has not seen them writes its own."""
    usual, left = ComputeApi.update_model, [times]

    def update(api: ComputeApi, model: str, data: Any, *rest: Any) -> None:
        usual(api, model, data, *rest)
        if left[0] and "Catalogues" in data:
            left[0] -= 1
            with Client.from_options({"api_url": world.url, "token": world.token()}) as other:
                usual(other.compute, model, {"Catalogues": [uuid]})

    monkeypatch.setattr(ComputeApi, "update_model", update)


TASKS = [
    ("nxai_model", {"name": "A", "catalogues": ["Fleet"], **QUICK}),
    ("nxai_catalogue", {"name": "Fleet", "models": ["A"]}),
]


@pytest.mark.parametrize(("module", "task"), TASKS, ids=["model", "catalogue"])
def test_a_membership_that_another_run_wrote_over_is_written_again(
    world: Served, run_module: RunModule, monkeypatch: pytest.MonkeyPatch, module: str, task: dict[str, Any]
) -> None:
    house = next(uuid for uuid, each in world.world.catalogues.items() if each.name == "House")
    interleaved(world, monkeypatch, house)
    assert run_module(module, **task)["changed"] is True
    assert catalogues(world) == ["Fleet", "House"] and len(world.log("update_model")) == 3


@pytest.mark.parametrize(("module", "task"), TASKS, ids=["model", "catalogue"])
def test_a_membership_that_is_written_over_each_time_is_an_error(
    world: Served, run_module: RunModule, monkeypatch: pytest.MonkeyPatch, module: str, task: dict[str, Any]
) -> None:
    house = next(uuid for uuid, each in world.world.catalogues.items() if each.name == "House")
    interleaved(world, monkeypatch, house, times=99)
    failed = run_module(module, **task)
    assert failed["failed"] and failed["changed"] is True and len(world.log("update_model")) == 6


@pytest.mark.parametrize(("module", "task"), TASKS, ids=["model", "catalogue"])
def test_a_membership_that_came_between_plan_and_write_is_kept(
    world: Served, run_module: RunModule, monkeypatch: pytest.MonkeyPatch, module: str, task: dict[str, Any]
) -> None:
    run_module("nxai_catalogue", name="New")
    new = next(uuid for uuid, each in world.world.catalogues.items() if each.name == "New")
    usual = ComputeApi.get_model

    def late(api: ComputeApi, uuid: str) -> Model | None:  # the last look before the write
        world.world.models[MODEL].catalogues.append(new)
        monkeypatch.setattr(ComputeApi, "get_model", usual)
        return usual(api, uuid)

    monkeypatch.setattr(ComputeApi, "get_model", late)
    run_module(module, **task)
    assert catalogues(world) == ["Fleet", "House", "New"]


# Use -----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "shown",
    [
        {"pipelines": [], "models": {MODEL.upper(): {}}},
        {"pipelines": [], "selectedPipeline": f"pipeline of {MODEL}"},
        json.dumps({"pipelines": [{"modelUUID": MODEL}]}),
    ],
    ids=["key", "inside of a text", "text that holds JSON"],
)
def test_a_model_is_in_use_wherever_its_uuid_stands(
    world: Served, run_module: RunModule, monkeypatch: pytest.MonkeyPatch, writes: Calls, shown: Any
) -> None:
    usual = views.device
    monkeypatch.setattr(views, "device", lambda item, *more: {**usual(item, *more), "nxAI": shown})
    failed = run_module("nxai_model", name="A", state="absent")
    assert failed["failed"] and "1 devices use it" in failed["msg"] and writes() == []


def test_a_model_that_only_ran_once_is_not_in_use(world: Served, run_module: RunModule) -> None:
    (site,) = world.world.sites.values()
    (device,) = site.devices.values()
    device.settings[f"model_nms_{MODEL}"] = "0.42"
    assert run_module("nxai_model", name="A", state="absent")["changed"] is True


def test_a_device_that_does_not_show_what_it_runs_may_use_the_model(
    world: Served, run_module: RunModule, monkeypatch: pytest.MonkeyPatch, writes: Calls
) -> None:
    usual = views.device
    monkeypatch.setattr(views, "device", lambda item, *more: {**usual(item, *more), "nxAI": {"pipelines": "?"}})
    failed = run_module("nxai_model", name="A", state="absent")
    assert (
        failed["failed"] and "1 devices do not show what is assigned" in failed["msg"] and "Shop: Door" in failed["msg"]
    )
    assert "fields.device.pipelines" in failed["msg"] and writes() == []
    found = run_module("nxai_model_info", usage=True)
    assert [each["reason"] for each in found["unread_sites"]] == ["1 of 1 devices do not show what is assigned to them"]
    assert run_module("nxai_model", name="A", state="absent", in_use="ignore")["changed"] is True
