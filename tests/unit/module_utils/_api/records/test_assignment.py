# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a row says of pipelines: known, a class of its own, or not understood. Never none where it does not say so."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.nxai.cloud.plugins.module_utils._api.records.assignment import Known, Unknown, read_assignment
from ansible_collections.nxai.cloud.plugins.module_utils._api.records.pipeline import models_of
from ansible_collections.nxai.cloud.plugins.module_utils._api.records.records import Device

A, B = "459d2273-1514-431c-9d34-f5b72f3bfe20", "7b65bdda-39da-4259-b1bf-b0d1dbb7b162"
ZERO = "00000000-0000-0000-0000-000000000000"
ONE = [{"modelUUID": A, "modelNMS": 0.5}]
ROW = {
    "NxID": "{4f7d9c1e-2b6a-4d3f-8a5b-0c1d2e3f4a5b}", "Name": "Door", "Enabled": True, "Group": None, "V2": {"id": B},
    "Server": {"Name": "S", "UUID": B, "Supports": {"Pipelines": True}, "Postprocessors": ["Counting"]},
}  # fmt: skip
SETTINGS = {f"model_nms_{A}": "0.5", "selectedPipeline": "Custom", "deviceActiveSwitch": "true"}


def read(**members: Any) -> Known | Unknown:
    return read_assignment({**ROW, **members})


@pytest.mark.parametrize(
    "members",
    [
        {"nxAI": {"pipelines": ONE}},
        {"NXAI": {"Pipelines": ONE}},
        {"nx_ai": {"pipelines": ONE, "PluginSettings": SETTINGS, "models": [{"modelUUID": B}], "selectedPipeline": B}},
        {"nxAI": json.dumps({"pipelines": ONE, "PluginSettings": SETTINGS})},
        {"nxAI": {"pipelines": json.dumps(ONE)}},
        {"nxAI": json.dumps({"pipelines": json.dumps(ONE)})},
        {"nxAI": {"pipelines": ONE}, "FunctionID": A.upper(), "CurrentPipeline": {"UUID": A}, "Functions": [A]},
        {"nxAI": {"pipelines": ONE}, "FunctionID": ZERO, "ModelId": None, "Pipelines": [], "Model": "P3245"},
    ],
)
def test_pipelines_in_their_place_are_known(members: dict[str, Any]) -> None:
    found = read(**members)
    assert isinstance(found, Known) and models_of(found.pipelines) == [A]


@pytest.mark.parametrize("nx_ai", [{"pipelines": []}, {"pipelines": "[]", "PluginSettings": SETTINGS}])
def test_an_empty_list_in_the_place_says_none(nx_ai: Any) -> None:
    assert read(nxAI=nx_ai) == Known(())


REST = "Enabled: boolean, Name: text, NxID: text, Server: object, V2: object"


@pytest.mark.parametrize(
    ("members", "shape"),
    [
        ({}, REST),
        ({"nxAI": None}, f"{REST}, nxAI: null"),
        ({"nxAI": ""}, f"{REST}, nxAI: empty text"),
        ({"nxAI": "null"}, f"{REST}, nxAI: text"),
        ({"nxAI": {}}, f"{REST}, nxAI: {{}}"),
        ({"nxAI": {"pipelines": None}}, f"{REST}, nxAI: {{pipelines: null}}"),
        ({"nxAI": '{"pipelines": null}'}, f"{REST}, nxAI: {{pipelines: null}}"),
        (
            {"nxAI": {"PluginSettings": {}, "models": [], "selectedPipeline": A}},
            f"{REST}, nxAI: {{PluginSettings: empty object, models: empty list, selectedPipeline: UUID}}",
        ),
        ({"nxAI": {"PluginSettings": SETTINGS}}, f"{REST}, nxAI: {{PluginSettings: object}}"),
        ({"nxAI": []}, f"{REST}, nxAI: empty list"),
        ({"nxAI": False}, f"{REST}, nxAI: boolean"),
        ({"nxAI": {"pipelines": {}}}, f"{REST}, nxAI: {{pipelines: empty object}}"),
        ({"nxAI": {"pipelines": ""}}, f"{REST}, nxAI: {{pipelines: empty text}}"),
        ({"nxAI": {"pipelines": "{}"}}, f"{REST}, nxAI: {{pipelines: empty object}}"),
        ({"nxAI": " None "}, f"{REST}, nxAI: text"),
        ({"nxAI": {"pipelines": "none"}}, f"{REST}, nxAI: {{pipelines: text}}"),
        ({"nxAI": {"pipelines": False}}, f"{REST}, nxAI: {{pipelines: boolean}}"),
    ],
)
def test_nothing_in_the_place_is_a_class_by_keys_and_types(members: dict[str, Any], shape: str) -> None:
    found = read(**members)
    assert isinstance(found, Unknown) and found.shape == shape


DEFAULTS = {"modelNMS": 0.42, "resizingMethod": "Letterbox", "Preprocessor": "", "chains": [], "UserSettings": {}}
DEFAULTS_SHAPE = (
    "Preprocessor: empty text, UserSettings: empty object, chains: empty list, modelNMS: number, resizingMethod: text"
)


@pytest.mark.parametrize(
    ("found", "shape"),
    [
        ([{}], "[empty object]"),
        ([None], "[null]"),
        ([""], "[empty text]"),
        ([DEFAULTS], f"[{{{DEFAULTS_SHAPE}}}]"),
        ([{"modelUUID": ""}], "[{modelUUID: empty text}]"),
        ({"modelUUID": None}, "{modelUUID: null}"),
        ([{"modelUUID": ZERO, "Status": "idle", "Order": 0}], "[{Order: number, Status: text, modelUUID: zero UUID}]"),
        ([{"modelUUID": f"{{{ZERO}}}"}, {"modelUUID": ZERO}, None], "[null | {modelUUID: zero UUID}]"),
        (json.dumps([{"model_uuid": "", "UUID": ZERO}]), "[{UUID: zero UUID, model_uuid: empty text}]"),
    ],
)
def test_pipelines_of_no_model_are_a_class_and_not_none(found: Any, shape: str) -> None:
    said = read(nxAI={"pipelines": found, "models": [], "selectedPipeline": ""})
    assert isinstance(said, Unknown) and "shows no model at nxAI.pipelines" in said.reason
    assert said.shape == f"{REST}, nxAI: {{models: empty list, pipelines: {shape}, selectedPipeline: empty text}}"


@pytest.mark.parametrize(
    "members",
    [
        {"nxAI": "what?"},
        {"nxAI": [7]},
        {"nxAI": 7},
        {"nxAI": {"pipelines": True}},
        {"nxAI": {"pipelines": {A: {"modelNMS": 0.5}}}},
        {"nxAI": {"pipelines": "x"}},
        {"nxAI": {"pipelines": [*ONE, "x"]}},
        {"nxAI": {"pipelines": [{"modelUUID": "Person counter"}]}},
        {"nxAI": {"pipelines": [*ONE, {"modelUUID": ""}]}},
        {"nxAI": {"pipelines": [{"modelUUID": "", "chains": ONE}]}},
        {"nxAI": {"pipelines": [{"modelUUID": "", "modelName": "Person counter"}]}},
        {"nxAI": {"pipelines": [{"modelUUID": "", "modelId": 7}]}},
        {"nxAI": {"pipelines": [{"modelUUID": "", "Runs": f"<{A}>"}]}},
        {"nxAI": {"pipelines": [{"modelUUID": None, "UserSettings": {"zone": [1]}}]}},
        {"nxAI": {"pipelines": [{"modelUUID": None, "UserSettings": "{}"}]}},
        {"nxAI": {"pipelines": [{"Name": "Person counter", "modelNMS": 0.5}]}},
        {"nxAI": {"pipelines": [{"Number": 7}]}},
        {"nxAI": {"pipelines": {"count": 3}}},
        {"nxAI": {"pipelines": {"error": None}}},
        {"nxAI": {"pipelines": [{"modelUUID": ""}], "PluginSettings": {"Model_ID": 7}}},
        {"nxAI": {"pipelines": []}, "Pipelines": ONE},
        {"Pipelines": ONE},
        {"pipelines": json.dumps(ONE)},
        {"nxAI": {"assigned": ONE}},
        {"nxAI": {"pipelines": [], "assigned": {"deep": [{"Model_ID": 7}]}}},
        {"nxAI": {"pipelines": ONE}, "FunctionUUID": B},
        {"modelUUID": A},
        {"model-id": "detector"},
        {"CurrentPipeline": A},
        {"Functions": [A]},
        {"Assigned": {A: {"threshold": 0.5}}},
        {"Runs": [{"network": "detector", "modelNMS": 0.4, "resizingMethod": "Letterbox"}]},
        {"Runs": json.dumps({"deep": [{"modelUUID": A}]})},
        {"nxAI": {"PluginSettings": {"pipelines": json.dumps(ONE)}}},
        {"nxAI": "{" * 300},
        {"nxAI": "[" * 150 + "]" * 150},
        {"nxAI": json.dumps({"pipelines": [], "x": "y" * (1 << 20)})},
    ],
)
def test_what_may_be_pipelines_in_another_way_is_not_understood(members: dict[str, Any]) -> None:
    found = read(**members)
    assert isinstance(found, Unknown) and found.reason and found.shape == ""


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5) | st.sampled_from([A, B]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


@given(JSON, st.sampled_from(["modelUUID", "model_uuid", "ModelId", "FUNCTION-UUID", "functionids"]), st.booleans())
def test_a_model_anywhere_else_is_never_taken_for_none(beside: Any, key: str, as_text: bool) -> None:
    hidden: Any = {"a": [beside, {key: A}]}
    found = read(nxAI={"pipelines": []}, Other=json.dumps(hidden) if as_text else hidden)
    assert isinstance(found, Unknown) and found.shape == ""


@given(JSON)
def test_no_row_is_a_traceback_or_shows_a_value(value: Any) -> None:
    for members in ({"nxAI": value}, {"nxAI": {"pipelines": value}}, {"nxAI": {"x": value}}, {"Other": value}):
        found = read(**members)
        assert isinstance(found, Known) or (A not in found.shape and B not in found.shape and A not in found.reason)


def test_keys_that_hold_ids_or_odd_characters_make_no_class_each() -> None:
    shapes = {getattr(read(nxAI={f"model_{each}": 1, "a\nb": 1}), "shape", "") for each in (A, B)}
    assert shapes == {REST + ', nxAI: {"a\\nb": number, model_UUID: number}'}
    long = getattr(read(**{f"key {number}": 1 for number in range(100)}), "shape", "")
    other = getattr(read(**{f"key {number}": 1 for number in range(101)}), "shape", "")
    assert len(long) < 450 and len(other) < 450 and long != other


@pytest.mark.parametrize("beside", [{}, {"PluginSettings": SETTINGS}])
def test_one_pipeline_in_the_place_of_the_list_is_a_list_of_one(beside: dict[str, Any]) -> None:
    found = read(nxAI={"pipelines": ONE[0], **beside})
    assert isinstance(found, Known) and [each.to_wire() for each in found.pipelines] == ONE
    assert isinstance(read(nxAI={"pipelines": {"modelUUID": "Person counter"}}), Unknown)


def test_pipelines_that_are_texts_with_json_are_read() -> None:
    found = read(nxAI={"pipelines": [json.dumps(each) for each in ONE]})
    assert isinstance(found, Known) and [each.to_wire() for each in found.pipelines] == ONE
    assert isinstance(read(nxAI={"pipelines": ["{cut"]}), Unknown)


def test_the_keys_of_pipelines_are_known_in_any_case() -> None:
    found = read(nxAI={"pipelines": [{"modeluuid": A, "MODEL_NMS": 0.5}]})
    assert isinstance(found, Known) and (found.pipelines[0].model, found.pipelines[0].wire["modelNMS"]) == (A, 0.5)


def test_rows_of_one_device_that_differ_say_nothing_of_it() -> None:
    row, other = {**ROW, "nxAI": {"pipelines": ONE}}, {**ROW, "NxID": "{" + A + "}", "nxAI": {"pipelines": []}}
    (device,) = Device.listed([row, dict(row)])
    assert device.assignment and len(device.assignment) == 1
    twice = Device.listed([row, other, {**row, "NxID": ROW["NxID"].upper().strip("{}"), "nxAI": {"pipelines": []}}])
    assert [each.assignment for each in twice] == [None, None, ()]
    assert {each.unknown.shape for each in twice if each.unknown and "duplicate rows" in each.unknown.reason} == {""}
    assert [each.raw["nxAI"] for each in twice[:2]] == [{"pipelines": ONE}, {"pipelines": []}], "both stay to be seen"


def test_a_proof_counts_for_its_shape_alone() -> None:
    fresh, hidden = Device.from_api({**ROW, "nxAI": None}), Device.from_api({**ROW, "Pipelines": ONE})
    assert fresh.unknown and fresh.assignment is None
    assert fresh.with_proof({fresh.unknown.shape}).assignment == ()
    assert fresh.with_proof({"another"}).assignment is None
    assert hidden.with_proof({fresh.unknown.shape, ""}).assignment is None


def test_an_nxid_is_kept_as_it_was_listed() -> None:
    device = Device.from_api({**ROW, "NxID": A.upper()})
    assert (device.nxid, device.id) == (A.upper(), f"{{{A}}}")
