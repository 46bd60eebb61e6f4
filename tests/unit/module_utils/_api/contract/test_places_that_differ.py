# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A contract that gives several places, or other names, hides no pipeline: a device that may have one is unknown."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ansible_collections.nxai.cloud.plugins.module_utils._api.contract.file import contract_of
from ansible_collections.nxai.cloud.plugins.module_utils._api.records.pipeline import ids_in
from ansible_collections.nxai.cloud.plugins.module_utils._api.records.records import (
    Catalogue,
    Device,
    Model,
    RegistryDevice,
)
from ansible_collections.nxai.cloud.plugins.module_utils._api.records.wrapping import find_rows

ID = "459d2273-1514-431c-9d34-f5b72f3bfe20"
MODEL = "11111111-1111-4111-8111-111111111111"
OTHER = "33333333-3333-4333-8333-333333333333"
ROW = {"NxID": ID, "Name": "cam", "Server": {"UUID": OTHER, "Name": "S"}}
P, Q = {"modelUUID": MODEL, "modelNMS": 0.4}, {"modelUUID": OTHER, "modelNMS": 0.4}
R = {"ref": MODEL, "thr": 0.4}
RENAMED = {"model": "ref", "nms": "thr"}


def device(row: dict[str, Any], places: Any, pipeline: dict[str, str] | None = None) -> Device:
    fields = {"device": {"pipelines": places} if places else None, "pipeline": pipeline}
    return Device.listed(contract_of({"fields": fields}).known("device", [{**ROW, **row}]))[0]


@pytest.mark.parametrize(
    ("places", "row"),
    [
        (["nxAI.models", "nxAI.pipelines"], {"nxAI": {"models": [], "pipelines": [P]}}),
        (["nxAI.applied", "nxAI.pipelines"], {"nxAI": {"applied": [], "pipelines": [P]}}),
        (["nxAI.applied", "nxAI.pipelines"], {"nxAI": {"applied": [P], "pipelines": []}}),
        (["AI.pipelines", "nxAI.pipelines"], {"AI": {"pipelines": [P]}, "nxAI": {"pipelines": [Q]}}),
        (["AI.pipelines", "nxAI.pipelines"], {"AI": {"pipelines": [P, Q]}, "nxAI": {"pipelines": [P]}}),
        (["A.p", "B.p"], {"A": {"p": []}, "B": {"p": [P]}}),
        (["A.p", "B.p"], {"A": {"p": []}, "B": {"p": {"one": P}}}),
        (["A.p", "B.p", "C.p"], {"A": {"p": None}, "B": {"p": []}, "C": json.dumps({"p": [P]})}),
    ],
)
def test_places_that_differ_make_it_unknown(places: list[str], row: dict[str, Any]) -> None:
    found = device(row, places)
    assert found.assignment is None and found.unknown is not None and not found.unknown.shape
    assert found.unknown.reason.startswith("what is at ") and found.unknown.reason.endswith(" differs")
    assert MODEL in set(ids_in(found.raw))


@pytest.mark.parametrize(
    "row",
    [
        {"A": {"p": [P]}},
        {"B": {"p": [P]}},
        {"A": {"p": None}, "B": {"p": [P]}},
        {"A": {"p": ""}, "B": {"p": [P]}},
        {"A": {"p": [P]}, "B": {"p": [P]}},
        {"A": {"p": [P]}, "B": {"p": json.dumps([P])}},
    ],
)
def test_places_that_agree_are_one(row: dict[str, Any]) -> None:
    found = device(row, ["A.p", "B.p"])
    assert found.assignment is not None and [each.model for each in found.assignment] == [MODEL]


@pytest.mark.parametrize("value", [5, "text", None, [1]])
def test_a_service_may_have_such_a_member_itself(value: Any) -> None:
    found = device({"nxAI": {"pipelines": {"(different)": value}}}, None)
    assert found.unknown is not None and "is object and no list" in found.unknown.reason


def test_no_other_field_covers_a_pipeline() -> None:
    row = {"nxAI": {"pipelines": [], "Pipelines": [P], "PIPELINES": [Q]}, "Runs": []}
    found = device(row, "Runs")
    assert found.assignment is None and {MODEL, OTHER} <= set(ids_in(found.raw))


@pytest.mark.parametrize(
    ("row", "where"),
    [
        ({"nxAI": {"pipelines": [], "running": [R]}}, "nxAI.running.modelUUID"),
        ({"nxAI": {"pipelines": [], "running": {"x": json.dumps([R])}}}, "nxAI.running.x.modelUUID"),
        ({"nxAI": {"pipelines": [], "running": [{"ref": MODEL}]}}, "nxAI.running.modelUUID"),
        ({"nxAI": {"pipelines": [], "Pipelines": [R]}}, "nxAI.Pipelines.modelUUID"),
        ({"nxAI": {"pipelines": [], "ref": MODEL}}, "nxAI.modelUUID"),
        ({"nxAI": {"pipelines": []}, "Other": [{"deep": R}]}, "Other.deep.modelUUID"),
        ({"nxAI": {"pipelines": [{"ref": OTHER}], "running": [R]}}, "nxAI.running.modelUUID"),
    ],
)
def test_pipelines_elsewhere_are_found_by_the_names_of_the_file(row: dict[str, Any], where: str) -> None:
    found = device(row, None, RENAMED)
    assert found.assignment is None and found.unknown is not None and not found.unknown.shape
    assert found.unknown.reason == f"{where} names a model or holds pipelines, too"


@pytest.mark.parametrize(
    ("row", "places"),
    [
        ({"A": {"p": []}, "B": {"p": [R]}}, ["A.p", "B.p"]),
        ({"ai": {"pl": [], "PL": [R]}}, "ai.pl"),
        ({"nxAI": {"pipelines": [R]}, "Runs": []}, "Runs"),
    ],
)
def test_other_places_and_other_names_together(row: dict[str, Any], places: Any) -> None:
    assert device(row, places, RENAMED).assignment is None


def test_what_only_repeats_what_runs_is_no_doubt() -> None:
    found = device({"nxAI": {"pipelines": [R], "running": [R]}}, None, RENAMED)
    assert found.assignment is not None and found.assignment[0].model == MODEL


def test_names_that_a_row_has_anyway_are_no_pipelines() -> None:
    """A model's id may be called UUID, as is that of the server."""
    row = {"nxAI": {"pipelines": []}, "Organisation": {"UUID": OTHER, "Name": "O"}}
    assert device(row, None, {"model": "UUID", "preprocessor": "Name"}).assignment == ()
    row["nxAI"]["running"] = [{"UUID": MODEL, "modelNMS": 0.4}]  # type: ignore[assignment]
    assert device(row, None, {"model": "UUID"}).assignment is None


def test_text_that_holds_no_pipeline_stays_text() -> None:
    found = device({"nxAI": {"pipelines": []}, "Note": '{"a": [1]}'}, None, RENAMED)
    assert found.assignment == () and found.raw["Note"] == '{"a": [1]}'


def test_deep_text_is_no_traceback() -> None:
    deep: Any = [R]
    for _level in range(4):
        deep = json.dumps([[[[deep]]]])
        for _depth in range(40):
            deep = [deep]
    assert device({"nxAI": {"pipelines": []}, "Note": deep}, None, RENAMED).raw["Note"]


def test_other_lists_that_differ_are_not_known_either() -> None:
    """An empty first list says nothing where a second place holds something."""
    two = [{"UUID": ID}]
    row = {"UUID": ID, "New": [], "Catalogues": two, "Groups": two, "Organisations": two}
    fields = {
        "model": {"catalogues": ["New", "Catalogues"]},
        "registry_device": {"groups": ["New", "Groups"]},
        "catalogue": {"shared_with": ["New", "Organisations"]},
    }
    known = {record: contract_of({"fields": fields}).known(record, [row])[0] for record in fields}
    assert Model.from_api(known["model"]).catalogue_uuids is None
    assert RegistryDevice.from_api(known["registry_device"]).groups is None
    assert Catalogue.from_api(known["catalogue"]).shared_with is None


def test_rows_in_two_places_have_to_be_the_same() -> None:
    assert find_rows({"a": [], "b": [{"UUID": ID}]}, "device", ["a", "b"]) is None
    assert find_rows({"a": [], "b": []}, "device", ["a", "b"])[:2] == ([], "a")
    assert find_rows({"b": []}, "device", ["a", "b"])[:2] == ([], "b")
