# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Names of another service to ours and back: nothing is lost, and nothing is read from where the file does not say."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.nxai.cloud.plugins.module_utils._api.contract.contract import KNOWN
from ansible_collections.nxai.cloud.plugins.module_utils._api.contract.file import contract_of
from ansible_collections.nxai.cloud.plugins.module_utils._api.records.records import Device, Model, Site
from ansible_collections.nxai.cloud.plugins.module_utils._core.errors import BadInput, Unexpected

ID = "459d2273-1514-431c-9d34-f5b72f3bfe20"


def known(record: str, row: Any, **fields: Any) -> Any:
    return contract_of({"fields": {record: fields}}).known(record, [row])[0]


def test_without_a_file_each_row_is_the_very_row() -> None:
    rows: list[Any] = [{"UUID": ID}]
    assert KNOWN.known("model", rows) is rows
    assert contract_of({"fields": {"site": {"name": "Title"}}}).known("device", rows) is rows
    assert contract_of({"fields": {"device": {"pipelines": "nxAI.pipelines"}}}).known("device", rows) is rows


PIPE: dict[str, Any] = {"modelUUID": ID, "modelNMS": 0.5}


@pytest.mark.parametrize(
    ("place", "value", "found"),
    [
        ("nxAI.pipelines.*", {ID: PIPE}, [PIPE]),
        ("nxAI.pipelines.*", {ID.upper(): {"modelNMS": 0.5}}, [PIPE]),
        ("nxAI.pipelines.*", {"1": PIPE, "2": PIPE}, [PIPE, PIPE]),
        ("nxAI.pipelines.*", {}, []),
        ("nxAI.pipelines.*", [], []),
        ("nxAI.pipelines.*", json.dumps({ID: PIPE}), [PIPE]),
        ("nxAI.pipelines.*.Pipeline", [{"pipeline": PIPE, "Comment": ""}], [PIPE]),
        ("nxAI.pipelines.*.Pipeline", {ID: {"Pipeline": json.dumps(PIPE)}}, [PIPE]),
        ("nxAI.pipelines.*", {"zone": PIPE}, None),
        ("nxAI.pipelines.*", {"2": PIPE}, None),
        ("nxAI.pipelines.*", {ID: PIPE, "x": 7}, None),
        ("nxAI.pipelines.*", None, None),
        ("nxAI.pipelines.*.Pipeline", [{"Pipeline": PIPE, "Active": True}], None),
        ("nxAI.pipelines.*.Pipeline", [{"Pipeline": PIPE}, {}], None),
    ],
)
def test_pipelines_in_another_form_than_a_list(place: str, value: Any, found: Any) -> None:
    """What such a form says besides is never passed over: then the assignment is unknown."""
    row = {"NxID": ID, "nxAI": {"pipelines": value, "models": []}}
    before = json.dumps(row)
    device = Device.from_api(known("device", row, pipelines=place))
    shown = None if device.assignment is None else [each.to_wire() for each in device.assignment]
    assert shown == found and json.dumps(row) == before
    assert device.assignment is not None or (device.unknown and (value is None or not device.unknown.shape))


def test_the_form_holds_for_the_names_of_the_file_and_for_another_place() -> None:
    contract = contract_of({"fields": {"device": {"pipelines": "AI.Runs.*"}, "pipeline": {"model": "function"}}})
    for value in ({ID: {"nms": 1}}, {ID: {"function": ID, "nms": 1}}):
        found = contract.known("device", [{"AI": {"Runs": value}}])[0]
        assert found["nxAI"] == {"pipelines": [{"modelUUID": ID, "nms": 1}]} and "(not read)" not in found


def test_what_comes_in_is_not_changed_itself() -> None:
    row = {"NxID": ID, "AI": {"Runs": [{"Function": 1}]}}
    before = json.dumps(row)
    contract = contract_of({"fields": {"device": {"pipelines": "AI.Runs"}, "pipeline": {"model": "function"}}})
    assert contract.known("device", [row])[0]["nxAI"] == {"pipelines": [{"modelUUID": 1}]}
    assert json.dumps(row) == before


@pytest.mark.parametrize(
    ("place", "row"),
    [
        ("Pipelines", {"Pipelines": [1]}),
        ("pipe_lines", {"PipeLines": [1], "nxAI": {"PluginSettings": {}}}),
        ("nxAI", {"nxAI": [1]}),
        ("nxAI.pipelines.list", {"nxAI": {"pipelines": {"list": [1], "count": 1}}}),
        ("parameters.nxAI.pipelines", {"parameters": {"nxAI": '{"pipelines": [1]}'}}),
        (["gone", "a.b"], {"a": {"b": [1]}}),
        (["empty", "none", "full"], {"empty": "", "none": None, "full": [1]}),
    ],
)
def test_pipelines_are_found_wherever_the_file_says(place: Any, row: Any) -> None:
    assert known("device", {"NxID": ID, **row}, pipelines=place)["nxAI"]["pipelines"] == [1]


@pytest.mark.parametrize("row", [{"nxAI": {"pipelines": [1]}}, {"nxAI": "text"}, {}])
def test_nothing_is_read_from_where_the_file_does_not_say(row: Any) -> None:
    """What is in the known place is kept where whoever looks for pipelines elsewhere sees it."""
    found = known("device", {"NxID": ID, **row}, pipelines="Runs")
    assert "pipelines" not in (found.get("nxAI") or {})
    assert found.get("(not read)") == ({"nxAI.pipelines": [1]} if row == {"nxAI": {"pipelines": [1]}} else None)


def test_a_text_in_the_way_is_kept() -> None:
    found = known("device", {"NxID": ID, "nxAI": "text", "Runs": [1]}, pipelines="Runs")
    assert found == {"NxID": ID, "nxAI": {"pipelines": [1]}, "(not read)": {"nxAI": "text"}}


def test_null_is_not_absent() -> None:
    assert known("device", {"NxID": ID, "Runs": None}, pipelines="Runs")["nxAI"] == {"pipelines": None}
    assert "nxAI" not in known("device", {"NxID": ID}, pipelines="Runs")


def test_an_id_is_not_taken_from_another_place() -> None:
    with pytest.raises(Unexpected, match="it has no id"):
        Site.from_api(known("site", {"ID": ID, "UUID": ID}, id="key"))
    assert Site.from_api(known("site", {"ID": "other", "Key": ID}, id="key")).id == ID


def test_a_field_can_take_the_place_of_another_and_two_can_be_read_from_one() -> None:
    row = {"UUID": ID, "Title": "alias", "Alias": "name", "Code": {"Status": "ok", "CDNURI": "u"}}
    model = Model.from_api(known("model", row, name="Alias", alias="Title", status="Code.Status"))
    assert (model.name, model.raw["Alias"]) == ("name", "alias")
    assert (model.status, model.code_status, model.cdn_uri, model.state) == ("ok", "ok", "u", "ready")


def test_what_is_inside_of_what_moves_moves_by_itself() -> None:
    row = {"UUID": ID, "Input": {"std": [1], "mean": [2], "more": 3}}
    fields = {"input_details": "Input", "scales": "Input.std", "means": "Input.mean"}
    found = known("model", row, **fields)
    assert found == {"UUID": ID, "InputDriverDetails": {"vars": [1], "means": [2], "more": 3}}
    assert contract_of({"fields": {"model": fields}}).outgoing("model", found) == row


def test_records_inside_of_records() -> None:
    contract = contract_of({"fields": {"reference": {"id": "Key", "name": "Title"}, "server": {"name": "Host"}}})
    [model] = contract.known(
        "model", [{"UUID": ID, "Organisation": {"Key": ID, "Title": "O"}, "Catalogues": [{"Key": ID}]}]
    )
    assert (Model.from_api(model).organisation.name, Model.from_api(model).catalogue_uuids) == ("O", (ID,))
    [device] = contract.known("device", [{"NxID": ID, "server": {"host": "S"}}])
    assert Device.from_api(device).server.name == "S"


NAMES = ("modelUUID", "modelNMS", "Preprocessor", "chains", "Function", "UUID", "x", "Alpha", "beta_1", "(not read)")
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.sampled_from(["", "text", ID]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(NAMES), inner, max_size=4),
    max_leaves=12,
)
PLACES = ("Function.UUID", "Function", "Alpha", "x.y.z", "modelUUID", "Preprocessor")
FILES = st.dictionaries(st.sampled_from(["model", "nms", "chains"]), st.sampled_from(PLACES))


@given(FILES, st.dictionaries(st.sampled_from(NAMES), VALUES, max_size=6))
def test_a_pipeline_goes_out_as_it_came_in(fields: dict[str, str], row: dict[str, Any]) -> None:
    """Whatever is in it, whatever the file says: a device is written with what it had."""
    try:
        contract = contract_of({"fields": {"pipeline": fields}})
    except BadInput:
        return  # refused, with words: see the tests of the file
    [device] = contract.known("device", [{"NxID": ID, "nxAI": {"pipelines": [row]}}])
    assert contract.outgoing("pipeline", device["nxAI"]["pipelines"][0]) == row


@given(FILES, st.dictionaries(st.sampled_from(("ModelUUID", "MODEL_UUID", *NAMES)), VALUES, max_size=6))
def test_nothing_of_a_pipeline_is_lost_whatever_the_spelling(fields: dict[str, Any], row: dict[str, Any]) -> None:
    with suppress(BadInput):
        contract = contract_of({"fields": {"pipeline": {**fields, "resizing_method": ["Gone", "x", "Alpha"]}}})
        [device] = contract.known("device", [{"NxID": ID, "nxAI": {"pipelines": [row]}}])
        found = contract.outgoing("pipeline", device["nxAI"]["pipelines"][0])
        assert set(map(str, leaves(row))) <= set(map(str, leaves(found)))


def leaves(value: Any) -> Iterator[Any]:
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else None
    if not inner:
        yield value
    for each in inner or ():
        yield from leaves(each)


def test_models_in_chains_have_the_name_of_the_file_too() -> None:
    contract = contract_of({"fields": {"pipeline": {"model": "FunctionUUID", "chains": "Children"}}})
    row = {"FunctionUUID": ID, "Children": [{"FunctionUUID": ID, "Children": [{"then": {"FunctionUUID": ID}}]}]}
    [device] = contract.known("device", [{"NxID": ID, "nxAI": {"pipelines": [row]}}])
    [pipeline] = device["nxAI"]["pipelines"]
    inner = {"then": {"modelUUID": ID}}
    assert pipeline == {"modelUUID": ID, "chains": [{"modelUUID": ID, "chains": [inner]}]}
    assert contract.outgoing("pipeline", pipeline) == row
