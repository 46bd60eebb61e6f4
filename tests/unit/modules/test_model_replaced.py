# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A service that gives its default to what a change does not name, and one that stores other names."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from module_runs import Calls, RunModule
from test_model_not_shown import MODEL, QUICK, catalogues, hide, world

from ansible_collections.nxai.cloud.plugins.module_utils._api.compute import ComputeApi
from simulator.testing import Served

LINE = "operations.update_model.replaces"
KNOWN = {"operations": {"update_model": {"replaces": True}}}
DEFAULTS: dict[str, Any] = {"Documentation": "", "InputDriverDetails": {}, "Catalogues": [], "Tags": []}


@pytest.fixture
def replaces(world: Served, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """From now on what a change does not name is gone, as often as ``times`` says."""
    usual = ComputeApi.update_model
    world.world.models[MODEL].members.update(Alias="a", Tags=["theirs"])

    def begin(times: int = 99) -> None:
        left = [times]

        def update(api: ComputeApi, uuid: str, data: dict[str, Any], *further: Any) -> None:
            left[0] -= 1
            usual(api, uuid, {**DEFAULTS, **data} if left[0] >= 0 else data, *further)

        monkeypatch.setattr(ComputeApi, "update_model", update)

    return begin


TASKS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("nxai_model", {"name": "A", "alias": "b"}),
    ("nxai_model", {"name": "A", "alias": "b", "wait": False}),
    ("nxai_catalogue", {"name": "Fleet", "models": ["A"]}),
)


NAMES = ("Documentation", "InputDriverDetails", "Tags")


def whole(world: Served) -> dict[str, Any]:
    members = world.world.models[MODEL].members
    return {**{name: members.get(name) for name in NAMES}, "in House": "House" in catalogues(world)}


@pytest.mark.parametrize(("module", "task"), TASKS)
def test_what_a_change_takes_away_is_sent_again(
    world: Served, replaces: Callable[..., None], run_module: RunModule, module: str, task: dict[str, Any]
) -> None:
    before = whole(world)
    replaces()
    done = run_module(module, warns=True, **task)
    assert done["changed"] is True and whole(world) == before
    assert len(done["warnings"]) == 1 and f"{LINE}: true" in done["warnings"][0]


@pytest.mark.parametrize(("module", "task"), TASKS)
def test_the_whole_is_sent_where_the_contract_says_so(
    world: Served,
    replaces: Callable[..., None],
    run_module: RunModule,
    writes: Calls,
    module: str,
    task: dict[str, Any],
) -> None:
    before = whole(world)
    replaces()
    patches = len([each for each in writes() if "PATCH" in each])
    assert run_module(module, contract=KNOWN, **task)["changed"] is True
    assert whole(world) == before and len([each for each in writes() if "PATCH" in each]) == patches + 1


def test_what_is_not_shown_is_not_replaced(
    world: Served, hide: Callable[..., None], run_module: RunModule, writes: Calls
) -> None:
    hide(lambda row: row.pop("Documentation"))
    failed = run_module("nxai_model", name="A", alias="b", contract=KNOWN)
    assert failed["failed"] and "does not show Documentation" in failed["msg"] and LINE in failed["msg"]
    assert writes() == []


def test_what_does_not_come_back_is_returned(
    world: Served, replaces: Callable[..., None], run_module: RunModule, monkeypatch: pytest.MonkeyPatch
) -> None:
    replaces()
    forgets = ComputeApi.update_model

    def update(api: ComputeApi, uuid: str, data: dict[str, Any], *further: Any) -> None:
        forgets(api, uuid, {**data, "Documentation": ""}, *further)

    monkeypatch.setattr(ComputeApi, "update_model", update)
    failed = run_module("nxai_model", warns=True, name="A", alias="b")
    assert failed["failed"] and '{"Documentation": "Text"}' in failed["msg"] and LINE in failed["msg"]


def test_another_value_of_what_was_not_named_is_sent_again(
    world: Served, run_module: RunModule, monkeypatch: pytest.MonkeyPatch
) -> None:
    usual = ComputeApi.update_model
    world.world.models[MODEL].members.update(Alias="a")
    before = whole(world)

    def update(api: ComputeApi, uuid: str, data: dict[str, Any], *further: Any) -> None:
        usual(api, uuid, {"Documentation": "Other", **data}, *further)

    monkeypatch.setattr(ComputeApi, "update_model", update)
    done = run_module("nxai_model", warns=True, name="A", alias="b")
    assert done["changed"] is True and whole(world) == before
    assert len(done["warnings"]) == 1 and '"Documentation": "Text"' in done["warnings"][0]


def test_what_the_service_writes_in_another_form_is_no_change(
    world: Served, hide: Callable[..., None], run_module: RunModule, writes: Calls
) -> None:
    looks = [0]

    def other(row: dict[str, Any]) -> None:
        looks[0] += 1
        row["UpdatedAt"], row["Tags"] = f"{looks[0]}", [looks[0]]

    hide(other)
    patches = len([each for each in writes() if "PATCH" in each])
    assert run_module("nxai_model", name="A", alias="b")["changed"] is True
    assert len([each for each in writes() if "PATCH" in each]) == patches + 1


# Names ---------------------------------------------------------------------------------------------------------------


@pytest.fixture
def numbered(monkeypatch: pytest.MonkeyPatch) -> None:
    usual = ComputeApi._sent

    def sent(api: ComputeApi, record: str, data: dict[str, Any]) -> dict[str, Any]:
        made = usual(api, record, data)
        return {**made, "Name": f"{made['Name']} (1)"} if "EnableConversions" in made or record == "catalogue" else made

    monkeypatch.setattr(ComputeApi, "_sent", sent)


def test_a_model_under_another_name_gets_its_own(
    world: Served, numbered: None, run_module: RunModule, onnx_file: Path
) -> None:
    made = run_module("nxai_model", warns=True, name="New", file=str(onnx_file), **QUICK)
    assert made["model"]["name"] == "New" and "fields.model.name" in made["warnings"][0]
    assert run_module("nxai_model", name="New", file=str(onnx_file), **QUICK)["changed"] is False


def test_a_catalogue_that_cannot_have_its_name_is_taken_away(
    world: Served, numbered: None, run_module: RunModule
) -> None:
    for _run in range(2):
        failed = run_module("nxai_catalogue", name="New")
        assert failed["failed"] and failed["changed"] is False and "fields.catalogue.name" in failed["msg"]
        assert "'New (1)'" in failed["msg"] and sorted(each.name for each in world.world.catalogues.values()) == [
            "Fleet",
            "House",
        ]


__all__ = ["hide", "world"]
