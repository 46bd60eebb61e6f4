# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A service that does not show all of a model: nothing that it hides is lost, or silently taken for right."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.nxai.cloud.plugins.module_utils._api.compute import ComputeApi
from simulator import views
from simulator.testing import Served

RunModule = Callable[..., dict[str, Any]]
Calls = Callable[[], list[str]]
Hide = Callable[..., None]
QUICK = {"wait_interval": 0.01, "wait_timeout": 20}
MODEL, OTHER = "459d2273-1514-431c-9d34-f5b72f3bfe20", "459d2273-1514-431c-9d34-f5b72f3bfe21"
DETAILS = {"channels": 3, "height": 320, "width": 320, "means": [1.0, 2.0, 3.0], "vars": [4.0, 5.0, 6.0], "order": 0}
WORLD = f"""
times: {{record: 0, code: 0, assignment: 0}}
accounts: [{{email: demo@example.com, password: demo, organisations: [Retail]}}]
organisations: [Retail]
catalogues: [House, Fleet]
models:
  - {{name: A, id: {MODEL}, catalogues: [House], documentation: Text, members: {{InputDriverDetails: {DETAILS}}}}}
  - {{name: B, id: {OTHER}, catalogues: [House]}}
sites: [{{name: Shop, servers: [{{name: S, devices: [Door]}}]}}]
"""


@pytest.fixture
def world(cloud: Served) -> Served:
    cloud.reset(seed=WORLD)
    return cloud


@pytest.fixture
def hide(world: Served, monkeypatch: pytest.MonkeyPatch) -> Hide:
    """Change what the service shows of each model: in the listing, and ``everywhere`` in the call for one, too."""
    usual = views.function

    def shown(change: Callable[[dict[str, Any]], Any], everywhere: bool = True) -> None:
        def function(*arguments: Any) -> dict[str, Any]:
            row = usual(*arguments)
            newest = world.log()[-1].operation if world.log() else ""
            if everywhere or newest != "get_model":
                change(row)
            return row

        monkeypatch.setattr(views, "function", function)

    return shown


def drop(name: str) -> Callable[[dict[str, Any]], Any]:
    return lambda row: row.pop(name)


def catalogues(world: Served, model: str = MODEL) -> list[str]:
    return sorted(world.world.catalogues[each].name for each in world.world.models[model].catalogues)


def details(world: Served) -> dict[str, Any]:
    found: dict[str, Any] = world.world.models[MODEL].members["InputDriverDetails"]
    return found


# Catalogues ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def unfiltered(monkeypatch: pytest.MonkeyPatch) -> None:
    """The listing of one catalogue is that of all models."""
    usual = ComputeApi.list_models
    monkeypatch.setattr(ComputeApi, "list_models", lambda api, _catalogue=None: usual(api))


@pytest.mark.parametrize("change", [drop("Catalogues"), lambda row: row.update(Catalogues=None)])
@pytest.mark.parametrize("module", ["nxai_model", "nxai_catalogue"])
def test_the_listing_of_a_catalogue_says_what_is_in_it(
    world: Served, hide: Hide, run_module: RunModule, module: str, change: Callable[[dict[str, Any]], Any]
) -> None:
    hide(change)
    task = {"nxai_model": {"name": "A", "catalogues": ["Fleet"]}, "nxai_catalogue": {"name": "Fleet", "models": ["A"]}}
    done = run_module(module, warns=True, **task[module])
    assert done["changed"] is True and catalogues(world) == ["Fleet", "House"]
    assert len(done["warnings"]) == 1 and "fields.model.catalogues" in done["warnings"][0]
    assert run_module(module, warns=True, **task[module])["changed"] is False


@pytest.mark.parametrize("brand", ["other", ""])
def test_a_model_of_another_brand_is_in_no_listing_of_this_one(
    world: Served, hide: Hide, run_module: RunModule, brand: str
) -> None:
    hide(lambda row: (row.pop("Catalogues"), row.update(Customization=brand)))
    done = run_module("nxai_model", warns=None, name="A", catalogues=["Fleet"])
    assert bool(done.get("failed")) is bool(brand), done


@pytest.mark.parametrize("change", [drop("Catalogues"), lambda row: row.update(Catalogues=None)])
def test_a_catalogue_is_not_added_to_those_that_are_not_known(
    world: Served,
    hide: Hide,
    unfiltered: None,
    run_module: RunModule,
    writes: Calls,
    change: Callable[[dict[str, Any]], Any],
) -> None:
    hide(change)
    for task in (
        ("nxai_model", {"name": "A", "catalogues": ["Fleet"]}),
        ("nxai_catalogue", {"name": "Fleet", "models": ["A"]}),
    ):
        failed = run_module(task[0], **task[1])
        assert failed["failed"] and "does not show which catalogues" in failed["msg"]
        assert "fields.model.catalogues" in failed["msg"]
    assert writes() == [] and catalogues(world) == ["House"]


@pytest.mark.parametrize("module", ["nxai_model", "nxai_catalogue"])
def test_what_only_the_call_for_one_model_shows_is_known(
    world: Served, hide: Hide, run_module: RunModule, module: str
) -> None:
    hide(drop("Catalogues"), everywhere=False)
    task = {"nxai_model": {"name": "A", "catalogues": ["Fleet"]}, "nxai_catalogue": {"name": "Fleet", "models": ["A"]}}
    assert run_module(module, **task[module])["changed"] is True
    assert catalogues(world) == ["Fleet", "House"]
    assert run_module(module, **task[module])["changed"] is False


@pytest.mark.parametrize("module", ["nxai_model", "nxai_catalogue"])
def test_catalogues_that_are_shown_by_name_are_kept(
    world: Served, hide: Hide, run_module: RunModule, module: str
) -> None:
    names = {uuid: each.name for uuid, each in world.world.catalogues.items()}
    hide(lambda row: row.update(Catalogues=[names[each] for each in row["Catalogues"]]))
    task = {"nxai_model": {"name": "A", "catalogues": ["Fleet"]}, "nxai_catalogue": {"name": "Fleet", "models": ["A"]}}
    assert run_module(module, **task[module])["changed"] is True
    assert catalogues(world) == ["Fleet", "House"]
    assert run_module(module, **task[module])["changed"] is False


def test_all_catalogues_can_be_named_though_they_are_not_shown(
    world: Served, hide: Hide, unfiltered: None, run_module: RunModule, writes: Calls
) -> None:
    hide(drop("Catalogues"))
    task = {"name": "A", "catalogues": ["Fleet", "House"], "catalogues_mode": "exact", **QUICK}
    kept = run_module("nxai_model", warns=True, **task)
    assert kept["changed"] is False and kept["unknown"] == ["catalogues"] and writes() == []
    assert len(kept["warnings"]) == 1 and "does not show catalogues of the model A" in kept["warnings"][0]
    sent = run_module("nxai_model", warns=True, force=True, **task)
    assert sent["changed"] is True and sent["unknown"] == ["catalogues"]
    assert catalogues(world) == ["Fleet", "House"]


def test_a_catalogue_whose_models_are_not_all_known_is_not_said_to_be_exact(
    world: Served, hide: Hide, unfiltered: None, run_module: RunModule
) -> None:
    hide(lambda row: row["Name"] == "B" and row.pop("Catalogues"))
    done = run_module("nxai_catalogue", warns=True, name="House", models=["A"], models_mode="exact")
    assert done["changed"] is False and "1 models do not show their catalogues" in done["warnings"][0]
    assert catalogues(world, OTHER) == ["House"]


# Details -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("everywhere", [False, True])
def test_one_of_the_details_does_not_wipe_the_others(
    world: Served, hide: Hide, run_module: RunModule, everywhere: bool
) -> None:
    hide(drop("InputDriverDetails"), everywhere)
    for turn in range(2):
        done = run_module("nxai_model", warns=everywhere, name="A", height=640, **QUICK)
        assert done["changed"] is (turn == 0 and not everywhere)
        if everywhere:
            assert done["unknown"] == ["height"] and "fields.model.height" in done["warnings"][0]
    assert details(world) == {**DETAILS, "height": 320 if everywhere else 640}


def test_a_part_of_the_details_names_what_would_be_lost(
    world: Served, hide: Hide, run_module: RunModule, writes: Calls
) -> None:
    shown = ("height", "width", "order")
    hide(lambda row: row.update(InputDriverDetails={name: row["InputDriverDetails"].get(name) for name in shown}))
    failed = run_module("nxai_model", name="A", height=640)
    assert failed["failed"] and "These would be lost: channels, means, scales" in failed["msg"]
    assert "fields.model.input_details" in failed["msg"]
    assert writes() == [] and details(world) == DETAILS
    task = {"channels": 3, "means": [1, 2, 3], "scales": [4, 5, 6]}
    run_module("nxai_model", name="A", height=640, warns=True, **task, **QUICK)
    assert writes() == [f"PATCH /cpt/function/{MODEL}"]
    assert details(world) == {**DETAILS, "height": 640}


def test_names_may_be_spelled_in_another_way(world: Served, hide: Hide, run_module: RunModule) -> None:
    def spelled(row: dict[str, Any]) -> None:
        for name in [each for each in row if each != "UUID"]:
            row[name[:1].lower() + name[1:]] = row.pop(name)

    hide(spelled)
    assert run_module("nxai_model", name="A", height=640, catalogues=["Fleet"], **QUICK)["changed"] is True
    assert run_module("nxai_model", name="A", height=640, catalogues=["Fleet"], **QUICK)["changed"] is False
    assert details(world) == {**DETAILS, "height": 640} and catalogues(world) == ["Fleet", "House"]


# Other values --------------------------------------------------------------------------------------------------------


def test_a_value_that_is_not_shown_is_said_once_and_sent_with_force(
    world: Served, hide: Hide, run_module: RunModule, writes: Calls
) -> None:
    hide(drop("Alias"))
    kept = run_module("nxai_model", warns=True, name="A", alias="a", **QUICK)
    assert kept["changed"] is False and kept["unknown"] == ["alias"] and len(kept["warnings"]) == 1
    assert "does not show alias of the model A" in kept["warnings"][0] and "fields.model.alias" in kept["warnings"][0]
    assert writes() == []
    sent = run_module("nxai_model", warns=True, name="A", alias="a", force=True, **QUICK)
    assert sent["changed"] is True and world.world.models[MODEL].members["Alias"] == "a"
    assert len(sent["warnings"]) == 1 and "it was accepted" in sent["warnings"][0]


def test_a_new_model_is_sent_whole_and_what_is_not_shown_of_it_is_said(
    world: Served, hide: Hide, run_module: RunModule, onnx_file: Path
) -> None:
    hide(drop("Alias"))
    task = {"name": "New", "file": str(onnx_file), "alias": "a", **QUICK}
    made = run_module("nxai_model", warns=True, **task)
    assert made["unknown"] == ["alias"] and len(made["warnings"]) == 1
    again = run_module("nxai_model", warns=True, **task)
    assert again["changed"] is False and again["unknown"] == ["alias"]


def test_documentation_that_is_not_shown_is_not_wiped_by_a_digest(
    world: Served, hide: Hide, run_module: RunModule, onnx_file: Path, writes: Calls
) -> None:
    hide(drop("Documentation"))
    failed = run_module("nxai_model", name="A", file=str(onnx_file), force=True)
    assert failed["failed"] and "would be lost" in failed["msg"] and "fields.model.documentation" in failed["msg"]
    assert writes() == [] and world.world.models[MODEL].members["Documentation"] == "Text"
    hide(drop("Documentation"), everywhere=False)
    run_module("nxai_model", name="A", file=str(onnx_file), force=True, **QUICK)
    assert world.world.models[MODEL].members["Documentation"].startswith("Text\n\n<!-- nxai.cloud file")
