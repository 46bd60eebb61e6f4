# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import json

import pytest

from ansible_collections.nxai.cloud.plugins.module_utils._errors import BadInput
from ansible_collections.nxai.cloud.plugins.module_utils._records import Pipeline

MODEL = "459d2273-1514-431c-9d34-f5b72f3bfe20"
WIRE = {
    "modelUUID": MODEL,
    "modelNMS": 0.3,
    "resizingMethod": "Letterbox",
    "Preprocessor": "",
    "Postprocessor": "Line Crossing",
    "chains": [{"method": "Direct", "deep": {"er": [1, None]}}],
}
STRANGE = [
    {},
    {"resizingMethod": "Zoom"},
    {"resizingMethod": 7},
    {"modelNMS": "0.42"},
    {"modelNMS": True},
    {"modelNMS": [1]},
    {"modelNMS": 0},
    {"modelNMS": 10**400},
    {"Preprocessor": {"name": "x"}},
    {"Postprocessor": 3},
    {"chains": {"0": "x"}},
    {"chains": []},
    {"modelUUID": 12},
    {"modelUUID": "not a uuid"},
    {"newKey": {"a": [1, 2]}, "Another": None, "": 0},
]


def test_the_defaults_of_a_new_pipeline_are_those_of_the_portal():
    assert Pipeline(MODEL).to_wire() == {
        "modelUUID": MODEL,
        "modelNMS": 0.42,
        "resizingMethod": "Letterbox",
        "Preprocessor": "",
        "Postprocessor": "",
        "chains": [],
    }


@pytest.mark.parametrize("strange", STRANGE, ids=repr)
def test_what_came_over_the_wire_goes_back_unchanged(strange):
    wire = {**WIRE, **strange}
    assert Pipeline.from_wire(wire).to_wire() == wire


@pytest.mark.parametrize("strange", STRANGE, ids=repr)
def test_a_snapshot_written_as_options_restores_the_wire(strange):
    wire = {**WIRE, **strange}
    option = json.loads(json.dumps(Pipeline.from_wire(wire).to_option()))
    assert Pipeline.from_option(option).to_wire() == wire


@pytest.mark.parametrize("name", WIRE)
@pytest.mark.parametrize("value", [None, ...], ids=["null", "absent"])
def test_absent_and_null_count_as_not_set(name, value):
    wire = {key: found for key, found in {**WIRE, name: value}.items() if found is not ...}
    back = Pipeline.from_wire(wire).to_wire()
    assert {**back, name: None} == {**WIRE, name: None}
    assert back.get(name) in (None, "", [])


def test_a_spelling_in_upper_case_is_the_same_model():
    assert Pipeline.from_wire({**WIRE, "modelUUID": MODEL.upper()}) == Pipeline.from_wire(WIRE)


def test_the_option_shape():
    assert Pipeline.from_wire({**WIRE, "new": 1}).to_option() == {
        "model": MODEL,
        "nms": 0.3,
        "resizing_method": "letterbox",
        "preprocessor": "",
        "postprocessor": "Line Crossing",
        "chains": WIRE["chains"],
        "extra": {"new": 1},
    }


def test_an_option_that_is_missing_gets_the_default_and_none_means_not_set():
    assert Pipeline.from_option({"model": MODEL}) == Pipeline(MODEL)
    bare = Pipeline.from_option({"model": MODEL, "nms": None, "resizing_method": None, "chains": None, "extra": None})
    assert bare.to_wire() == {"modelUUID": MODEL, "Preprocessor": "", "Postprocessor": "", "chains": []}


def test_a_known_field_that_is_set_wins_over_extra():
    pipeline = Pipeline(MODEL, nms=0.5, extra={"modelNMS": "0.1", "resizingMethod": "Zoom"})
    assert pipeline.to_wire()["modelNMS"] == 0.5
    assert pipeline.to_wire()["resizingMethod"] == "Letterbox"


@pytest.mark.parametrize(
    "wrong",
    [
        {"model": 5},
        {"nms": "0.42"},
        {"nms": True},
        {"resizing_method": "zoom"},
        {"resizing_method": 1},
        {"preprocessor": []},
        {"postprocessor": 0},
        {"chains": {}},
        {"extra": []},
    ],
    ids=repr,
)
def test_an_option_of_the_wrong_type_is_refused_by_name(wrong):
    with pytest.raises(BadInput, match=next(iter(wrong))):
        Pipeline.from_option({"model": MODEL, **wrong})


def test_no_list_or_dictionary_is_shared_with_the_outside():
    chains, extra = [1], {"a": 1}
    option = Pipeline.from_option({"model": MODEL, "chains": chains, "extra": extra}).to_option()
    chains.append(2)
    extra["b"] = 2
    assert (option["chains"], option["extra"]) == ([1], {"a": 1})
