# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What rows of any shape say of the contract: what is sure is proposed, and what is not is asked."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ansible_collections.nxai.cloud.plugins.module_utils._first_contact.inference.draft import Draft
from ansible_collections.nxai.cloud.plugins.module_utils._first_contact.inference.pipelines import (
    infer_pipelines,
    running,
)
from ansible_collections.nxai.cloud.plugins.module_utils._first_contact.inference.records import Inferred, infer_record
from ansible_collections.nxai.cloud.plugins.module_utils._first_contact.inference.words import (
    infer_model_words,
    infer_server_words,
    infer_site_words,
)

A, B, C = (f"459d2273-1514-431c-9d34-f5b72f3bfe2{digit}" for digit in "012")
Row = dict[str, Any]


def lines(found: Inferred) -> dict[str, Any]:
    return {key: value for each in found.proposals for key, value in each.lines.items()}


@pytest.mark.parametrize(
    ("record", "rows", "found"),
    [
        ("model", [{"UUID": A, "Name": "A"}, {"uuid": B, "name": "B"}], {}),
        ("model", [{"FunctionUUID": A, "Name": "A", "Organisation": {"UUID": B}}], {"fields.model.id": "FunctionUUID"}),
        ("model", [{"Meta": {"UUID": A}, "Name": "A"}, {"Meta": {"UUID": B}}], {"fields.model.id": "Meta.UUID"}),
        ("site", [{"cloudId": A, "Name": "A", "ownerId": "7"}], {"fields.site.id": "cloudId"}),
        ("device", [{"V2": {"id": A}, "Name": "A", "Server": {"UUID": B}}], {"fields.device.id": "V2.id"}),
        ("device", [{"Key": f"{{{A}}}", "Name": "A"}, {"Key": f"{{{B}}}", "Name": "B"}], {"fields.device.id": "Key"}),
        ("site", [{"UUID": A, "Info": {"Label": "Shop"}}], {"fields.site.name": "Info.Label"}),
        ("site", [{"UUID": A, "SystemName": "S", "Organisation": {"Name": "R"}}], {"fields.site.name": "SystemName"}),
        ("site", [{"UUID": A, "Name": "S", "isOnline": True}], {"fields.site.online": "isOnline"}),
        (
            "server",
            [{"UUID": A, "Name": "S", "Plugin": {"Version": "4.2"}}],
            {"fields.server.plugin_version": "Plugin.Version"},
        ),
        ("model", [{"UUID": A, "Name": "A", "Description": "Counts."}], {"fields.model.documentation": "Description"}),
        ("model", [{"UUID": A, "Name": "A", "InCatalogues": [C]}], {"fields.model.catalogues": "InCatalogues"}),
        ("model", [{"UUID": A, "Name": "A", "Tags": [B]}], {}),
        ("model", [{"UUID": A, "Name": None}], {}),
        ("model", [], {}),
        ("model", [{}], {}),
        ("model", [{"x y": 1, "UUID": [A], "Name": {"a": 1}}], {}),
    ],
)  # fmt: skip
def test_where_records_have_their_members(record: str, rows: list[Row], found: dict[str, Any]) -> None:
    assert lines(infer_record(record, rows, Draft(), [C])) == found


def test_of_two_that_are_as_good_the_user_is_asked() -> None:
    rows = [{"FirstUUID": A, "OtherUUID": B, "Name": "A"}, {"FirstUUID": B, "OtherUUID": A, "Name": "B"}]
    found = infer_record("device", rows, Draft())
    assert lines(found) == {}
    assert found.questions == [
        "fields.device.id: which member of a device is its id? It may be FirstUUID or OtherUUID."
    ]
    named = infer_record("site", [{"UUID": A, "Long_Name": "x", "ShortName": "y"}], Draft())
    assert lines(named) == {}
    assert named.questions == [
        "fields.site.name: is it Long_Name or ShortName of a site? None has it where it was expected."
    ]


PIPE = {
    "modelUUID": A,
    "modelNMS": 0.4,
    "resizingMethod": "Letterbox",
    "Preprocessor": "",
    "Postprocessor": "",
    "chains": [],
}


def renamed(**names: str) -> Row:
    return {names.get(key, key): value for key, value in PIPE.items()}


@pytest.mark.parametrize(
    ("row", "found"),
    [
        ({"nxAI": {"pipelines": [PIPE]}}, {}),
        ({"NXAI": {"Pipelines": [PIPE]}}, {}),
        ({"nxAI": {"pipelines": []}}, {}),
        ({}, {}),
        ({"CurrentPipeline": [PIPE]}, {"fields.device.pipelines": "CurrentPipeline"}),
        ({"nxAI": {"items": [PIPE]}}, {"fields.device.pipelines": "nxAI.items"}),
        ({"parameters": {"nxAI": json.dumps({"now": [PIPE]})}}, {"fields.device.pipelines": "parameters.nxAI.now"}),
        ({"nxAI": {"pipelines": [renamed(modelUUID="FunctionUUID")]}}, {"fields.pipeline.model": "FunctionUUID"}),
        ({"Now": [{"Model": {"UUID": A}}]}, {"fields.device.pipelines": "Now", "fields.pipeline.model": "Model.UUID"}),
        ({"nxAI": {"pipelines": [renamed(modelNMS="Sensitivity")]}}, {"fields.pipeline.nms": "Sensitivity"}),
        (
            {"nxAI": {"pipelines": [renamed(resizingMethod="Fit", chains="Children", Postprocessor="PostProcName")]}},
            {
                "fields.pipeline.resizing_method": "Fit",
                "fields.pipeline.chains": "Children",
                "fields.pipeline.postprocessor": "PostProcName",
            },
        ),
        # what there is to choose from is not what runs
        ({"nxAI": {"models": [{"UUID": A, "Name": "x"}], "now": [PIPE]}}, {"fields.device.pipelines": "nxAI.now"}),
        ({"nxAI": {"models": [{"UUID": A, "Name": "x"}]}}, {}),
        # elements that name no model that is listed, or not all of them one
        ({"Now": [{"modelUUID": B}]}, {}),
        ({"Now": [PIPE, {"x": 1}]}, {}),
        ({"Now": {A: PIPE}}, {"fields.device.pipelines": "Now.*"}),
        ({"Now": [{"selectedPipeline": A}]}, {}),
        ({"Now": [A]}, {}),
    ],
)  # fmt: skip
def test_where_devices_have_their_pipelines(row: Row, found: dict[str, Any]) -> None:
    fresh = {"NxID": C, "Name": "Fresh"}
    assert lines(infer_pipelines([{"NxID": B, **row}, fresh], Draft(), {A})) == found


PLACE, ENVELOPE = "nxAI.pipelines.*", "nxAI.pipelines.*.Pipeline"


@pytest.mark.parametrize(
    ("value", "place"),
    [
        ({A: PIPE}, PLACE),
        ({A: {"modelNMS": 0.5}, C: {"modelNMS": 0.5}}, PLACE),
        ([{"Pipeline": PIPE}], ENVELOPE),
        ({"0": {"Pipeline": PIPE}, "1": {"Pipeline": PIPE}}, ENVELOPE),
        ({"zone 7": PIPE}, None),
        ([{"Pipeline": PIPE, "Active": True}], None),
    ],
)
def test_pipelines_in_another_form_than_a_list(value: Any, place: str | None) -> None:
    found = lines(infer_pipelines([{"NxID": B, "nxAI": {"pipelines": value}}], Draft(), {A}))
    assert found.get("fields.device.pipelines") == place


def test_the_spelling_that_all_pipelines_have_is_the_one_that_is_sent() -> None:
    rows = [{"NxID": B, "nxAI": {"pipelines": [{"model_uuid": A, "model_nms": 0.5, "chains": []}]}}]
    assert lines(infer_pipelines(rows, Draft(), {A})) == {
        "fields.pipeline.model": "model_uuid", "fields.pipeline.nms": "model_nms",
    }  # fmt: skip
    rows[0]["nxAI"]["pipelines"].append({"modelUUID": A, "MODELNMS": 0.5})
    assert lines(infer_pipelines(rows, Draft(), {A})) == {}


def test_a_place_that_cannot_be_told_from_another_is_no_place() -> None:
    found = infer_pipelines([{"NxID": B, "Now": [PIPE], "Before": [PIPE]}], Draft(), {A})
    assert lines(found) == {} and found.questions[0].startswith("fields.device.pipelines: ")
    assert infer_pipelines([{"NxID": B, "Now": [A]}], Draft(), {A}).questions == []


def test_rows_that_are_no_devices_say_nothing_of_pipelines() -> None:
    groups = [{"Server": "A", "Devices": [{"NxID": B, "selectedPipeline": A, "nxAI": {"pipelines": [PIPE]}}]}]
    assert lines(infer_pipelines(groups, Draft(), {A})) == {}


def test_what_devices_run() -> None:
    rows = [
        {"NxID": B, "nxAI": {"pipelines": [PIPE, {"modelUUID": B.upper(), "chains": [{"modelUUID": C}]}]}},
        {"NxID": C},
    ]
    assert running(rows, Draft().contract) == {A, B, C}


def model(status: Any, code: Any, **more: Any) -> Row:
    return {"UUID": A, "Name": "A", "Status": status, "Code": code, **more}


@pytest.mark.parametrize(
    ("row", "found"),
    [
        (model("ok", {"Status": "ok"}), {}),
        (model("Ready", {"Status": "Ready"}), {"words.ready": ["ready"]}),
        (model("done", {"Status": "Built"}), {"words.ready": ["built", "done"]}),
        (model("processing", {"Status": "ok"}), {}),
        (model("ok", {"CDNURI": "x"}, Conversion={"State": "ok"}), {"fields.model.code_status": "Conversion.State"}),
        (model("ok", "ok"), {"fields.model.code_status": "Code"}),
        (model(3, {"Status": 3}), {"words.ready": ["3"]}),
        (model(None, None), {}),
    ],
)
def test_models_that_run_are_ready(row: Row, found: dict[str, Any]) -> None:
    assert lines(infer_model_words([row], Draft(), {A})) == found
    assert lines(infer_model_words([row], Draft(), set())) in ({}, found)


def test_models_that_nobody_runs_and_nobody_can_fetch_say_nothing() -> None:
    assert lines(infer_model_words([model("Ready", {"Status": "Ready"})], Draft(), {B})) == {}
    fetched = model("Ready", {"Status": "Ready", "CDNURI": "https://cdn"})
    assert lines(infer_model_words([fetched], Draft(), set())) == {"words.ready": ["ready"]}


def sites(*words: Any) -> list[Row]:
    return [{"UUID": uuid, "Name": "S", "Status": word} for uuid, word in zip((A, B, C), words, strict=False)]


def test_sites_that_show_devices_are_online() -> None:
    shown = {A: True, B: False}
    assert lines(infer_site_words(sites("up", "down"), Draft(), shown)) == {
        "words.online": ["up"],
        "words.offline": ["down"],
    }
    assert lines(infer_site_words(sites("online", "offline"), Draft(), shown)) == {}
    assert lines(infer_site_words(sites(None, 5), Draft(), shown)) == {}
    asked = infer_site_words(sites("up", "up"), Draft(), shown)
    assert lines(asked) == {} and asked.questions == ["words.online, words.offline: what do these say of a site: up?"]


def test_what_servers_say_is_asked() -> None:
    assert infer_server_words([{"UUID": A, "Status": "Running"}, {"Status": "stopped"}], Draft()) == Inferred()
    assert lines(infer_server_words([{"UUID": A, "Status": "online"}], Draft())) == {"words.running": ["online"]}
    asked = infer_server_words([{"UUID": A, "Status": "Started"}, {"UUID": B, "Status": 7}], Draft()).questions
    assert asked == ["words.running: do these say that a server is well: started?"]
