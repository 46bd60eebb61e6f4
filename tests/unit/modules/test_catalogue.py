# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import Any

import pytest
from module_runs import Calls, RunModule

from ansible_collections.nxai.cloud.plugins.module_utils._api.compute import ComputeApi
from ansible_collections.nxai.cloud.plugins.module_utils._engine.polling import Deadline
from ansible_collections.nxai.cloud.plugins.module_utils._models.fields import FIELDS
from simulator import views
from simulator.testing import Served


def test_create_then_nothing_to_do(cloud: Served, run_module: RunModule, writes: Calls, reads: Calls) -> None:
    made = run_module("nxai_catalogue", name="Shop models")
    assert made["changed"] is True
    assert made["diff"]["after"] == {"name": "Shop models"}
    assert writes() == ["POST /cpt/catalogues"]
    cloud.clear_log()

    again = run_module("nxai_catalogue", name="Shop models")
    assert again["changed"] is False
    assert again["catalogue"] == made["catalogue"]
    assert writes() == [] and reads() == ["/cpt/catalogues"]


def test_by_uuid(run_module: RunModule, writes: Calls) -> None:
    uuid = run_module("nxai_catalogue", name="Shop models")["catalogue"]["uuid"]
    assert run_module("nxai_catalogue", name=uuid.upper())["changed"] is False
    renamed = run_module("nxai_catalogue", name=f"{{{uuid}}}", new_name="Retail")["catalogue"]
    assert (renamed["uuid"], renamed["name"]) == (uuid, "Retail")


def test_rename_is_idempotent(cloud: Served, run_module: RunModule, writes: Calls) -> None:
    made = run_module("nxai_catalogue", name="Shop models")
    cloud.clear_log()
    renamed = run_module("nxai_catalogue", name="Shop models", new_name="Retail models")
    assert renamed["diff"]["before"] == {"name": "Shop models"}
    assert renamed["diff"]["after"] == {"name": "Retail models"}
    assert writes() == [f"PATCH /cpt/catalogue/{made['catalogue']['uuid']}"]
    assert run_module("nxai_catalogue", name="Shop models", new_name="Retail models")["changed"] is False


def test_delete(cloud: Served, run_module: RunModule, writes: Calls) -> None:
    run_module("nxai_catalogue", name="Shop models")
    cloud.clear_log()
    assert run_module("nxai_catalogue", name="Shop models", state="absent", check=True)["changed"] is True
    assert writes() == []
    gone = run_module("nxai_catalogue", name="Shop models", state="absent")
    assert gone["changed"] is True and gone["catalogue"] is None
    assert run_module("nxai_catalogue", name="Shop models", state="absent")["changed"] is False
    assert len(writes()) == 1


def test_check_mode_plans_and_writes_nothing(run_module: RunModule, writes: Calls) -> None:
    planned = run_module("nxai_catalogue", name="Shop models", check=True)
    assert planned["changed"] is True
    assert planned["catalogue"] == {"uuid": None, "name": "Shop models", "organisation": None, "shared_with": None}
    assert writes() == []


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"name": "Twin"}, "2 match"),
        ({"name": "One", "new_name": "Two"}, "both"),
        ({"name": "11111111-2222-4333-8444-555555555555"}, "no catalogue has this UUID"),
    ],
)
def test_which_is_meant_has_to_be_clear(
    cloud: Served, run_module: RunModule, writes: Calls, options: dict[str, Any], words: str
) -> None:
    uuids = [run_module("nxai_catalogue", name=name)["catalogue"]["uuid"] for name in ("One", "Two", "Twin", "Other")]
    cloud.world.catalogues[uuids[-1]].name = "Twin"
    cloud.clear_log()
    failed = run_module("nxai_catalogue", **options)
    assert failed["failed"] and words in failed["msg"] and writes() == []
    assert words != "2 match" or all(uuid in failed["msg"] for uuid in uuids[2:])


@pytest.mark.parametrize("name", ["{{ 7*7 }}", "a\nb", 'quote " and \\', "🙂", "../../etc/passwd", "x" * 300])
def test_hostile_names_are_just_names(run_module: RunModule, name: str) -> None:
    assert run_module("nxai_catalogue", name=name)["catalogue"]["name"] == name
    assert run_module("nxai_catalogue", name=name)["changed"] is False


@pytest.fixture
def models(upload: RunModule, cloud: Served) -> dict[str, str]:
    made = {name: upload(name=name)["model"]["uuid"] for name in ("One", "Two", "Three")}
    cloud.clear_log()
    return made


def names(result: dict) -> list[str]:
    return [each["name"] for each in result["catalogue"]["models"]]


def test_append_and_exact(
    cloud: Served, run_module: RunModule, models: dict[str, str], writes: Calls, reads: Calls
) -> None:
    made = run_module("nxai_catalogue", name="Shop", models=["One", models["Two"].upper()])
    assert made["diff"]["after"] == {"name": "Shop", "models": ["One", "Two"]}
    assert names(made) == ["One", "Two"] and [each["name"] for each in made["models_added"]] == ["One", "Two"]
    assert writes() == ["POST /cpt/catalogues", *(f"PATCH /cpt/function/{models[name]}" for name in ("One", "Two"))]
    cloud.clear_log()
    assert run_module("nxai_catalogue", name="Shop", models=["Two"])["changed"] is False
    assert writes() == [] and sorted(reads()) == ["/cpt/catalogues", *["/cpt/functions"] * 2]

    moved = run_module("nxai_catalogue", name="Shop", models=["Three", "Two"], models_mode="exact")
    assert moved["diff"] == {
        "before": {"models": ["One", "Two"]}, "after": {"models": ["Three", "Two"]},
        "before_header": "catalogue Shop", "after_header": "catalogue Shop",
    }  # fmt: skip
    assert names(moved) == ["Three", "Two"]
    assert [each["name"] for each in moved["models_removed"]] == ["One"]
    assert writes() == [f"PATCH /cpt/function/{models[name]}" for name in ("Three", "One")]
    assert run_module("nxai_catalogue", name="Shop", models=["Three", "Two"], models_mode="exact")["changed"] is False


def test_other_catalogues_of_a_model_stay(run_module: RunModule, models: dict[str, str]) -> None:
    first = run_module("nxai_catalogue", name="First", models=["One"])["catalogue"]["uuid"]
    second = run_module("nxai_catalogue", name="Second", models=["One"])["catalogue"]["uuid"]
    (found,) = run_module("nxai_model_info", models=["One"])["models"]
    assert found["catalogues"] == [first, second]
    assert run_module("nxai_catalogue", name="First", models=[], models_mode="exact")["changed"] is True
    (found,) = run_module("nxai_model_info", models=["One"])["models"]
    assert found["catalogues"] == [second]


def test_renamed_and_filled_at_once(run_module: RunModule, models: dict[str, str]) -> None:
    run_module("nxai_catalogue", name="Shop")
    both = run_module("nxai_catalogue", name="Shop", new_name="Retail", models=["One"])
    assert both["catalogue"]["name"] == "Retail" and names(both) == ["One"]
    assert run_module("nxai_catalogue", name="Shop", new_name="Retail", models=["One"])["changed"] is False


def test_unknown_model(run_module: RunModule, models: dict[str, str], writes: Calls) -> None:
    failed = run_module("nxai_catalogue", name="Shop", models=["Fore"])
    assert failed["failed"] and 'Find model "Fore"' in failed["msg"]
    planned = run_module("nxai_catalogue", name="Shop", models=["Fore", "One"], check=True)
    assert planned["changed"] is True and planned["diff"]["after"]["models"] == ["Fore", "One"]
    assert names(planned) == ["One"]
    assert writes() == []


def test_deletion_needs_force_while_models_are_in_it(
    cloud: Served, run_module: RunModule, models: dict[str, str], writes: Calls
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


def test_an_error_on_the_way_says_what_was_done(cloud: Served, run_module: RunModule, models: dict[str, str]) -> None:
    cloud.fault("status", "update_model", nth=2, status=403)
    failed = run_module("nxai_catalogue", name="Shop", models=["One", "Two"])
    assert failed["failed"] and failed["changed"] is True and "403" in failed["msg"]
    assert failed["models_added"] == [{"uuid": models["One"], "name": "One"}]
    assert run_module("nxai_catalogue", name="Shop", models=["One", "Two"])["changed"] is True


def test_models_that_did_not_move_are_an_error(cloud: Served, run_module: RunModule, models: dict[str, str]) -> None:
    cloud.fault("status", "update_model", status=200, body={"Message": "Ok"}, times=0)
    failed = run_module("nxai_catalogue", name="Shop", models=["One"])
    assert failed["failed"] and "not where they were sent to, though it was accepted: One" in failed["msg"]


def test_info_lists_the_models_too(run_module: RunModule, models: dict[str, str], reads: Calls) -> None:
    run_module("nxai_catalogue", name="Shop", models=["Two", "One"])
    run_module("nxai_catalogue", name="Empty")
    before = len(reads())
    empty, shop = run_module("nxai_catalogue_info", list_models=True)["catalogues"]
    assert len(reads()) == before + 2 + 1  # the total is looked at once
    assert empty["models"] == []
    assert [each["name"] for each in shop["models"]] == ["One", "Two"]
    assert shop["organisation"] is None and shop["shared_with"] is None


def test_models_by_name_uuid_and_glob(run_module: RunModule, upload: RunModule, writes: Calls) -> None:
    two, one = (upload(name=name)["model"] for name in ("Two", "One"))
    sent = len(writes())
    assert run_module("nxai_model_info")["models"] == [one, two]
    assert run_module("nxai_model_info", models=["T*"])["models"] == [two]
    assert run_module("nxai_model_info", models=["One"])["models"] == [one]
    assert run_module("nxai_model_info", models=[f"{{{two['uuid'].upper()}}}"])["models"] == [two]
    assert run_module("nxai_model_info", models=["None of them"])["models"] == []
    assert len(writes()) == sent


def test_two_models_of_one_name_are_both_listed(cloud: Served, run_module: RunModule, upload: RunModule) -> None:
    one, two = (upload(name=name)["model"]["uuid"] for name in ("One", "Two"))
    cloud.world.models[two].name = "One"
    assert [each["uuid"] for each in run_module("nxai_model_info", models=["One"])["models"]] == sorted([one, two])


def test_models_of_a_catalogue(cloud: Served, run_module: RunModule, upload: RunModule, reads: Calls) -> None:
    uuid = run_module("nxai_catalogue", name="Shop models")["catalogue"]["uuid"]
    inside = upload(name="Inside", catalogues=["Shop models"])["model"]
    upload(name="Outside")
    cloud.clear_log()
    assert run_module("nxai_model_info", catalogue=uuid)["models"] == [inside]
    assert reads() == ["/cpt/functions"]
    assert run_module("nxai_model_info", catalogue="Shop models")["models"] == [inside]
    failed = run_module("nxai_model_info", catalogue="Shop model")
    assert failed["failed"] and "Near: Shop models" in failed["msg"]


def test_what_info_shows_can_be_declared_without_a_change(
    cloud: Served, run_module: RunModule, upload: RunModule, writes: Calls
) -> None:
    run_module("nxai_catalogue", name="Shop models")
    upload(
        name="Detector", catalogues=["Shop models"], alias="d", documentation="Text", channels=3,
        height=64, width=64, means=[1, 2, 3], scales=[4, 5, 6], layout="nhwc", conversions=["a"],
        source_name="n", source_url="https://example.com", customization="other", input_details={"own": [1]},
        output_details={"own": "o"}, input_driver="i", output_driver="o",
    )  # fmt: skip
    (found,) = run_module("nxai_model_info")["models"]
    cloud.clear_log()
    told = (
        "uuid",
        "state",
        "status",
        "code_status",
        "downloadable",
        "file",
        "organisation",
        "updated_at",
        "conversion_log",
    )
    options = {name: value for name, value in found.items() if name not in (*told, "artefacts")}
    assert {*options} == {each.option for each in FIELDS}
    assert None not in options.values() and options["input_details"] == {"own": [1]}
    again = upload(**options, catalogues_mode="exact")
    assert again["changed"] is False
    assert writes() == []


def test_catalogues(run_module: RunModule) -> None:
    for name in ("Two", "One", "Other"):
        run_module("nxai_catalogue", name=name)
    found = run_module("nxai_catalogue_info")["catalogues"]
    assert [each["name"] for each in found] == ["One", "Other", "Two"]
    assert set(found[0]) == {"uuid", "name", "organisation", "shared_with"}
    some = run_module("nxai_catalogue_info", catalogues=["O*"])["catalogues"]
    assert [each["name"] for each in some] == ["One", "Other"]
    assert run_module("nxai_catalogue_info", catalogues=["Three"])["catalogues"] == []


def test_models_that_do_not_tell_their_catalogues_are_reported(cloud: Served, run_module: RunModule) -> None:
    uuid = run_module("nxai_catalogue", name="Shop models")["catalogue"]["uuid"]
    inside = {"UUID": "459d2273-1514-431c-9d34-f5b72f3bfe20", "Name": "Inside", "Catalogues": [uuid]}
    unknown = {"UUID": "459d2273-1514-431c-9d34-f5b72f3bfe21", "Name": "Unknown"}
    other = {"UUID": "459d2273-1514-431c-9d34-f5b72f3bfe22", "Name": "Other"}
    cloud.fault("status", "list_models", status=200, body=[inside, unknown, {**other, "Catalogues": None}])
    found = run_module("nxai_catalogue_info", list_models=True, warns=True)
    assert [each["name"] for each in found["catalogues"][0]["models"]] == ["Inside"]
    assert found["warnings"] == ["2 of 3 models came without their catalogues, so the lists of models may lack them."]
    cloud.fault("status", "list_models", status=200, body=[inside, {**unknown, "Catalogues": []}])
    run_module("nxai_catalogue_info", list_models=True)


def test_the_listing_of_a_catalogue_says_which_models_are_in_it(
    cloud: Served, run_module: RunModule, models: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    run_module("nxai_catalogue", name="Shop models", models=["One"])
    usual = views.function
    shown = ("UUID", "Name", "Status", "Code", "InputDriverDetails")
    monkeypatch.setattr(
        views, "function", lambda *of: {name: value for name, value in usual(*of).items() if name in shown}
    )
    found = run_module("nxai_catalogue_info", list_models=True, warns=True)
    assert [each["name"] for each in found["catalogues"][0]["models"]] == ["One"]
    assert len(found["warnings"]) == 1 and "fields.model.catalogues" in found["warnings"][0]


@pytest.mark.parametrize("late", [2, 3])
def test_a_new_catalogue_that_is_listed_late_is_waited_for(
    cloud: Served, run_module: RunModule, monkeypatch: pytest.MonkeyPatch, late: int
) -> None:
    usual, looks = ComputeApi.list_catalogues, iter(range(99))
    monkeypatch.setattr(ComputeApi, "list_catalogues", lambda api: usual(api) if next(looks) > late else [])
    monkeypatch.setattr(Deadline, "pause", lambda _deadline, _seconds: None)
    made = run_module("nxai_catalogue", name="New")
    assert made["changed"] is True and made["catalogue"]["name"] == "New" and len(cloud.writes()) == 1


def test_a_catalogue_that_one_view_shows_is_not_lost_where_the_other_is_behind(
    run_module: RunModule, models: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    old = ComputeApi.get_model
    name, uuid = next(iter(models.items()))
    before: list[Any] = []

    def behind(self: ComputeApi, asked: str) -> Any:
        before.append(before[0] if before else old(self, asked))
        return before[-1]

    monkeypatch.setattr(ComputeApi, "get_model", behind)
    run_module("nxai_catalogue", name="First", models=[name])
    second = run_module("nxai_catalogue", name="Second", models=[name], warns=True)
    monkeypatch.setattr(ComputeApi, "get_model", old)
    assert any("may be behind" in each for each in second["warnings"])
    first = run_module("nxai_catalogue", name="First", models=[name])
    assert first["changed"] is False and [each["uuid"] for each in first["catalogue"]["models"]] == [uuid]
