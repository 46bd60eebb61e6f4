# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from ansible_collections.nxai.cloud.plugins.module_utils._api.records.pipeline import (
    Pipeline,
    ids_in,
    models_of,
    with_models,
)
from ansible_collections.nxai.cloud.plugins.module_utils._core.errors import BadInput

MODEL, B, C = (f"459d2273-1514-431c-9d34-f5b72f3bfe2{digit}" for digit in "012")


def test_a_new_pipeline_is_what_the_portal_sends() -> None:
    assert Pipeline.new({"model": MODEL}).to_wire() == {
        "modelUUID": MODEL, "modelNMS": 0.42, "resizingMethod": "Letterbox", "Preprocessor": "",
        "Postprocessor": "", "chains": [],
    }  # fmt: skip


@pytest.mark.parametrize(
    "wire",
    [
        {},
        {"modelUUID": MODEL},
        {"modelUUID": MODEL.upper(), "modelNMS": None, "chains": None},
        {"modelUUID": 7, "modelNMS": "0.5", "resizingMethod": ["Crop"], "Preprocessor": {}, "chains": "none"},
        {"modelUUID": MODEL, "resizingMethod": "letterbox", "Future": {"deep": [1, None]}, "model": "x"},
    ],
)
def test_what_came_goes_back_untouched(wire: dict[str, Any]) -> None:
    assert Pipeline(wire).to_wire() == wire
    assert Pipeline(wire).with_option({"model": None}).to_wire() == wire


def test_only_what_is_declared_changes() -> None:
    wire = {"modelUUID": MODEL, "resizingMethod": "SomethingNew", "Future": 1}
    assert Pipeline(wire).with_option({"nms": 0.5}).to_wire() == {**wire, "modelNMS": 0.5}


def test_an_option_round_trips() -> None:
    option = {
        "model": MODEL, "nms": 0.3, "resizing_method": "crop", "preprocessor": "a", "postprocessor": "b",
        "chains": [{"modelUUID": MODEL}], "extra": {"Future": 1},
    }  # fmt: skip
    assert Pipeline.new(option).to_option() == option


@pytest.mark.parametrize(
    ("one", "other", "equal"),
    [
        ({}, {"Preprocessor": "", "chains": []}, True),
        ({"modelNMS": 0.42}, {"modelNMS": 0.41999998688697815}, True),
        ({"resizingMethod": "Letterbox"}, {"resizingMethod": "letterbox"}, True),
        ({"modelNMS": 0.42}, {"modelNMS": "0.42"}, True),
        ({"modelNMS": 0.42}, {"modelNMS": 0.43}, False),
        ({}, {"Future": 1}, False),
        ({"modelNMS": "a"}, {"modelNMS": "b"}, False),
        ({"chains": "a"}, {"chains": []}, False),
        ({"nms": 0.1}, {"nms": 0.2}, False),
        ({"model": B}, {"model": C}, False),
        ({"extra": 1}, {}, False),
    ],
)
def test_equal_in_meaning(one: dict[str, Any], other: dict[str, Any], equal: bool) -> None:
    assert (Pipeline({"modelUUID": MODEL, **one}) == Pipeline({"modelUUID": MODEL.upper(), **other})) is equal


@pytest.mark.parametrize(
    ("option", "expected"),
    [
        ({"model": ""}, "model is not a UUID"),
        ({"model": MODEL, "nms": -0.1}, "nms is not a number from 0 to 1"),
        ({"model": MODEL, "nms": True}, "nms is not a number from 0 to 1"),
        ({"model": MODEL, "resizing_method": 1}, "resizing_method is not one of"),
        ({"model": MODEL, "preprocessor": []}, "preprocessor is not a name"),
        ({"model": MODEL, "chains": {}}, "chains is not a list"),
        ({"model": MODEL, "extra": {"chains": []}}, "have options of their own"),
    ],
)
def test_wrong_options(option: dict[str, Any], expected: str) -> None:
    with pytest.raises(BadInput, match=expected):
        Pipeline.new(option)


def test_models_of_chains_count_once_and_a_model_is_the_same_however_it_is_written() -> None:
    chained = Pipeline({"modelUUID": MODEL, "chains": [{"modelUUID": B, "chains": [{"x": {"modelUUID": C}}]}]})
    assert models_of([chained, Pipeline({"modelUUID": B})]) == [MODEL, B, C]
    written = [MODEL.upper(), f"{{{MODEL}}}", MODEL, "", None, [MODEL], MODEL.replace("-", ""), 7, "7"]
    assert models_of(Pipeline({"modelUUID": each}) for each in written) == [MODEL, "7"]
    assert models_of([Pipeline({"chains": [{"ModelUuid": B.upper()}], "Future": {"MODELUUID": C}})]) == [B, C]


def test_whatever_counts_as_a_model_can_be_replaced() -> None:
    wire = {"modelUUID": MODEL, "chains": [{"ModelUuid": B, "Name": B}], "Future": {"MODELUUID": [B]}}
    assert with_models(wire, lambda _model: C) == {
        "modelUUID": C,
        "chains": [{"ModelUuid": C, "Name": B}],
        "Future": {"MODELUUID": [B]},
    }


def test_every_value_key_and_text_counts_where_a_model_must_not_be_missed() -> None:
    assert {MODEL, B, C} <= set(ids_in({"a": [{"any": MODEL.upper()}, f"{{{B}}}", 7], "b": None, "c": C}))
    inner = json.dumps({"deep": json.dumps([B.upper()])})
    assert {MODEL, B, C} <= set(ids_in([{f"model_nms_{MODEL}": 1}, inner, f"/m/{C.replace('-', '')}.onnx"]))


def test_what_is_put_aside_does_not_count_and_the_rest_of_its_text_does() -> None:
    text = json.dumps({f"model_nms_{MODEL}": 1, "model": B})
    assert {*ids_in([text, C], re.compile(r"model_nms_[0-9a-f-]{36}"))} & {MODEL, B, C} == {B, C}


def test_known_keys_are_known_in_any_spelling_and_go_back_as_they_came() -> None:
    wire = {"model_uuid": MODEL, "MODELNMS": 0.3, "chains": [{"model-uuid": B}], "usersettings": {"modelNMS": "x"}}
    pipeline = Pipeline.read(wire)
    assert (pipeline.model, pipeline.to_option()["nms"], models_of([pipeline])) == (MODEL, 0.3, [MODEL, B])
    assert pipeline.to_wire() == pipeline.to_sent() == wire
    assert pipeline.with_option({"nms": 0.5}).to_wire() == {**wire, "MODELNMS": 0.5}
    assert pipeline.with_models(lambda _model: C).to_wire()["model_uuid"] == C
    known = {"modelUUID": MODEL, "modelNMS": 0.3}
    assert pipeline == Pipeline({**known, **{key: wire[key] for key in ("chains", "usersettings")}})


def test_of_two_keys_that_may_be_one_neither_is_taken() -> None:
    wire = {"modeluuid": MODEL, "ModelUUID": B}
    assert Pipeline.read(wire).model == "" and Pipeline.read(wire).to_wire() == wire
    both = {"modelUUID": MODEL, "modeluuid": B}
    assert Pipeline.read(both).model == MODEL and Pipeline.read(both).to_wire() == both


def test_a_threshold_that_came_as_text_is_sent_as_a_number() -> None:
    wire = {"modelUUID": MODEL, "modelNMS": "0.3", "chains": [{"modelnms": "1", "Zone": "7"}], "Zone": "7"}
    sent = {**wire, "modelNMS": 0.3, "chains": [{"modelnms": 1.0, "Zone": "7"}]}
    assert Pipeline(wire).to_sent() == sent
    assert Pipeline(wire).to_wire() == wire, "a snapshot holds what came"
    assert Pipeline({"modelNMS": "high", "chains": "none"}).to_sent() == {"modelNMS": "high", "chains": "none"}


def test_the_word_none_is_no_processor() -> None:
    shown = Pipeline({"modelUUID": MODEL, "Preprocessor": "None", "Postprocessor": "none"})
    assert shown == Pipeline({"modelUUID": MODEL, "Preprocessor": "", "Postprocessor": None})
    assert (shown.to_option()["preprocessor"], shown.to_sent()["Preprocessor"]) == ("", "None")
    assert shown != Pipeline({"modelUUID": MODEL, "Preprocessor": "Nonesuch"})


@pytest.mark.parametrize(
    ("one", "other", "equal"),
    [
        ({"UUID": B, "pipeline_id": 7}, {"UUID": C, "pipeline_id": 8}, True),
        ({"UpdatedAt": "2026-11-01"}, {"UpdatedAt": "2026-11-02"}, True),
        ({"Id": {"zone": 1}}, {"Id": {"zone": 2}}, False),
        ({"zoneId": "a"}, {"zoneId": "b"}, False),
        ({"Status": "new"}, {"Status": "old"}, False),
    ],
)
def test_what_the_service_says_by_itself_is_not_compared(
    one: dict[str, Any], other: dict[str, Any], equal: bool
) -> None:
    model = {"modelUUID": MODEL}
    assert (Pipeline({**model, **one}) == Pipeline({**model, **other})) is equal
