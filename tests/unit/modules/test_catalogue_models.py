# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from simulator.testing import Served

Calls = Callable[[], list[str]]


@pytest.fixture
def models(run_module: Callable, onnx_file: Path, cloud: Served) -> dict[str, str]:
    """Three models, by name."""
    made = {
        name: run_module("nxai_model", name=name, file=str(onnx_file), wait_interval=0.01)["model"]["uuid"]
        for name in ("One", "Two", "Three")
    }
    cloud.clear_log()
    return made


def names(result: dict) -> list[str]:
    return [each["name"] for each in result["catalogue"]["models"]]


def test_append_and_exact(
    cloud: Served, run_module: Callable, models: dict[str, str], writes: Calls, reads: Calls
) -> None:
    made = run_module("nxai_catalogue", name="Shop", models=["One", models["Two"].upper()])
    assert made["diff"]["after"] == {"name": "Shop", "models": ["One", "Two"]}
    assert names(made) == ["One", "Two"] and [each["name"] for each in made["models_added"]] == ["One", "Two"]
    assert writes() == ["POST /cpt/catalogues", *(f"PATCH /cpt/function/{models[name]}" for name in ("One", "Two"))]
    cloud.clear_log()
    assert run_module("nxai_catalogue", name="Shop", models=["Two"])["changed"] is False
    assert writes() == [] and sorted(reads()) == ["/cpt/catalogues", "/cpt/functions"]

    moved = run_module("nxai_catalogue", name="Shop", models=["Three", "Two"], models_mode="exact")
    assert moved["diff"] == {
        "before": {"models": ["One", "Two"]}, "after": {"models": ["Three", "Two"]},
        "before_header": "catalogue Shop", "after_header": "catalogue Shop",
    }  # fmt: skip
    assert names(moved) == ["Three", "Two"]
    assert [each["name"] for each in moved["models_removed"]] == ["One"]
    assert writes() == [f"PATCH /cpt/function/{models[name]}" for name in ("Three", "One")]
    assert run_module("nxai_catalogue", name="Shop", models=["Three", "Two"], models_mode="exact")["changed"] is False


def test_other_catalogues_of_a_model_stay(run_module: Callable, models: dict[str, str]) -> None:
    first = run_module("nxai_catalogue", name="First", models=["One"])["catalogue"]["uuid"]
    second = run_module("nxai_catalogue", name="Second", models=["One"])["catalogue"]["uuid"]
    (found,) = run_module("nxai_model_info", models=["One"])["models"]
    assert found["catalogues"] == [first, second]
    assert run_module("nxai_catalogue", name="First", models=[], models_mode="exact")["changed"] is True
    (found,) = run_module("nxai_model_info", models=["One"])["models"]
    assert found["catalogues"] == [second]


def test_renamed_and_filled_at_once(run_module: Callable, models: dict[str, str]) -> None:
    run_module("nxai_catalogue", name="Shop")
    both = run_module("nxai_catalogue", name="Shop", new_name="Retail", models=["One"])
    assert both["catalogue"]["name"] == "Retail" and names(both) == ["One"]
    assert run_module("nxai_catalogue", name="Shop", new_name="Retail", models=["One"])["changed"] is False


def test_unknown_model(run_module: Callable, models: dict[str, str], writes: Calls) -> None:
    failed = run_module("nxai_catalogue", name="Shop", models=["Fore"])
    assert failed["failed"] and 'Find model "Fore"' in failed["msg"]
    planned = run_module("nxai_catalogue", name="Shop", models=["Fore", "One"], check=True)
    assert planned["changed"] is True and planned["diff"]["after"]["models"] == ["Fore", "One"]
    assert names(planned) == ["One"]
    assert writes() == []


def test_deletion_needs_force_while_models_are_in_it(
    cloud: Served, run_module: Callable, models: dict[str, str], writes: Calls
) -> None:
    run_module("nxai_catalogue", name="Shop", models=["One", "Two"])
    cloud.clear_log()
    for check in (True, False):
        failed = run_module("nxai_catalogue", name="Shop", state="absent", check=check)
        assert failed["failed"] and "2 models are in it (One, Two)" in failed["msg"]
    assert run_module("nxai_catalogue", name="Shop", state="absent", force=True, check=True)["changed"] is True
    assert writes() == []

    gone = run_module("nxai_catalogue", name="Shop", state="absent", force=True)
    assert gone["catalogue"] is None and gone["diff"]["before"] == {"name": "Shop", "models": ["One", "Two"]}
    assert gone["models_removed"] == [{"uuid": models[name], "name": name} for name in ("One", "Two")]
    assert [each.partition(" ")[0] for each in writes()] == ["PATCH", "PATCH", "DELETE"]
    assert len(run_module("nxai_model_info")["models"]) == 3


def test_an_error_on_the_way_says_what_was_done(cloud: Served, run_module: Callable, models: dict[str, str]) -> None:
    cloud.fault("status", "update_model", nth=2, status=403)
    failed = run_module("nxai_catalogue", name="Shop", models=["One", "Two"])
    assert failed["failed"] and failed["changed"] is True and "403" in failed["msg"]
    assert failed["models_added"] == [{"uuid": models["One"], "name": "One"}]
    assert run_module("nxai_catalogue", name="Shop", models=["One", "Two"])["changed"] is True


def test_models_that_did_not_move_are_an_error(cloud: Served, run_module: Callable, models: dict[str, str]) -> None:
    cloud.fault("status", "update_model", status=200, body={"Message": "Ok"})
    failed = run_module("nxai_catalogue", name="Shop", models=["One"])
    assert failed["failed"] and "did not move, though it was accepted: One" in failed["msg"]


def test_info_lists_the_models_too(run_module: Callable, models: dict[str, str], reads: Calls) -> None:
    run_module("nxai_catalogue", name="Shop", models=["Two", "One"])
    run_module("nxai_catalogue", name="Empty")
    before = len(reads())
    empty, shop = run_module("nxai_catalogue_info", list_models=True)["catalogues"]
    assert len(reads()) == before + 2
    assert empty["models"] == []
    assert [each["name"] for each in shop["models"]] == ["One", "Two"]
    assert shop["organisation"] is None and shop["shared_with"] is None
