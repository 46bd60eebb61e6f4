# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The evidence holds shapes and words that are known, and no value."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.nxai.cloud.plugins.module_utils._api.contract.lines import LINES
from ansible_collections.nxai.cloud.plugins.module_utils._api.contract.operations import OPERATIONS
from ansible_collections.nxai.cloud.plugins.module_utils._core.errors import Refused
from ansible_collections.nxai.cloud.plugins.module_utils._first_contact.evidence import (
    Evidence,
    Exchange,
    code_of,
    headers_of,
    query_of,
    shape_of,
)
from ansible_collections.nxai.cloud.plugins.module_utils._first_contact.vocabulary import is_member

UUID = "459d2273-1514-431c-9d34-f5b72f3bfe20"


@pytest.mark.parametrize(
    ("value", "shape"),
    [
        (None, {"null": 1}),
        (True, {"boolean": 1}),
        (7, {"integer": 1}),
        (0.5, {"number": 1}),
        ("", {"empty text": 1}),
        ("Anna", {"text": 1}),
        ("4711", {"text of digits": 1}),
        (UUID, {"UUID": 1}),
        (f"{{{UUID}}}", {"UUID in braces": 1}),
        ("00000000-0000-0000-0000-000000000000", {"zero UUID": 1}),
        ("2026-01-01T00:00:00Z", {"time": 1}),
        ("0001-01-01T00:00:00Z", {"zero time": 1}),
        ("https://cdn.example/x", {"address": 1}),
        ([], {"empty list": 1}),
        ({}, {"empty object": 1}),
        ([1, "a", None], {"list": 1, "of": {"rows": 3, "integer": 1, "null": 1, "text": 1}}),
        ({"Name": "Anna"}, {"object": 1, "members": {"Name": {"text": 1}}}),
        ('{"Name": "Anna"}', {"object": 1, "members": {"Name": {"text": 1}}}),
    ],
)  # fmt: skip
def test_a_shape(value: Any, shape: dict[str, Any]) -> None:
    assert shape_of(value) == shape


def test_rows_are_put_together() -> None:
    rows = [{"UUID": UUID, "Size": 1}, {"UUID": UUID, "Size": None}, {"UUID": UUID}]
    members = {"UUID": {"UUID": 3}, "Size": {"integer": 1, "null": 1}}
    assert shape_of(rows) == {"list": 1, "of": {"rows": 3, "object": 3, "members": members}}


@pytest.mark.parametrize(
    ("key", "shown"),
    [
        ("Name", "Name"),
        ("nx_ai", "nx_ai"),
        ("V2", "V2"),
        ("$ref", "$ref"),
        (UUID, "(masked)"),
        (f"model_nms_{UUID}", "(masked)"),
        ("anna@example.com", "(masked)"),
        ("4711", "(masked)"),
        ("Shop 7", "(masked)"),
        ("камера", "(masked)"),
        ("x" * 60, "(masked)"),
    ],
)
def test_a_key_that_looks_like_data_is_replaced(key: str, shown: str) -> None:
    assert [*shape_of({key: 1})["members"]] == [shown]


def test_objects_by_their_names_are_data() -> None:
    cameras = {"Entrance": {"NxID": "x"}, "Till": {"NxID": "y"}}
    assert shape_of(cameras)["members"] == {"(masked)": {"object": 2, "members": {"NxID": {"text": 2}}}}


def test_what_users_name_is_data() -> None:
    shape = shape_of({"UserSettings": {"Anna": {"Bob": 1}}, "PluginSettings": '{"Anna": 1}'})["members"]
    assert "Anna" not in str(shape) and "Bob" not in str(shape) and [*shape] == ["PluginSettings", "UserSettings"]


def test_words_are_told_of_states_alone() -> None:
    row = {"Status": "ok", "state": "Converting", "stateOfHealth": "online", "Name": "ok", "health": "a b"}
    assert shape_of(row)["members"] == {
        "Status": {"word ok": 1},
        "state": {"word": 1},
        "stateOfHealth": {"word online": 1},
        "Name": {"text": 1},
        "health": {"text": 1},
    }
    rows = [{"State": "Converting"}, {"State": "converting"}, {"State": "Anna"}]
    assert shape_of(rows)["of"]["members"]["State"] == {"word": 1, "word Converting": 1, "word converting": 1}
    assert shape_of({"Status": "MARKER-7"})["members"] == {"Status": {"text": 1}}


def test_of_a_refusal_only_names_are_told() -> None:
    error = Refused("GET /x", "HTTP 400: Anna", status=400, code="badRequest", fields={"Devices": "Anna", UUID: "x"})
    assert code_of(error) == ("badRequest", ("(masked)", "Devices"))
    assert code_of(Refused("GET", "x", code="Anna's 7"))[0] == "(masked)"
    assert code_of(Refused("GET", "x", code="anna_not_found", fields={"Anna": "x"})) == ("(masked)", ("(masked)",))
    assert code_of(Refused("GET", "x", code="invalid_grant"))[0] == "invalid_grant"
    assert code_of(Refused("", ""))[0] == ""
    names = ["X-Pagination-Records", "date", "X-Anna-4711", "x-anna-tenant", "X-Total-Count"]
    assert headers_of(names) == ("date", "x-pagination-records", "x-total-count", "(2 others)")


def test_a_path_of_the_users_own_contract_is_not_told() -> None:
    call = Exchange("list_sites", "GET", "/api/v2/anna/systems/{site_id}", (), 200).as_evidence()["call"]
    assert call == "GET /api/v2/(masked)/systems/{site_id}"


def test_every_path_and_name_of_the_contract_is_told() -> None:
    for each in OPERATIONS.values():
        assert "(masked)" not in Exchange(each.name, each.method, each.path, (), 200).as_evidence()["call"]
        assert query_of(each.query, each.query) == each.query
    for line in LINES.values():
        if line.key.startswith("fields.") and isinstance(line.default, str) and line.default.isalnum():
            assert is_member(line.default), line.key


def _keys(shape: Any) -> set[str]:
    return set(shape) - {"(masked)"}


@pytest.mark.parametrize("inner", [{"Anna": 1}, {"Anna": 1, "Bob": 2}, {"Anna": {"x": 1}}, {"Anna": "x", "Bob": [1]}])
def test_keys_inside_of_one_record_are_data(inner: dict[str, Any]) -> None:
    assert "Anna" not in str(shape_of([{"Name": "x", "Shares": inner}]))
    assert "Anna" not in str(shape_of({"data": {"Anna": {"Name": 1}}}))
    assert "Anna" not in str(shape_of({"Anna": {"Name": 1}}))
    assert "Anna" not in str(shape_of([{"Name": "x", "Shares": inner}, {"Name": "y", "Shares": {"Cleo": 1}}]))
    assert "Anna" not in str(shape_of([{"Name": "x", "Shares": inner}] * 3)), "no key in there is a known one"


def test_names_of_members_that_are_new_are_told() -> None:
    rows = [{"Zorb": 1, "Inner": {"Quux": 1, "id": 1}}, {"Zorb": 2, "Inner": {"Quux": 2, "id": 2}}, {"Once": 1}]
    members = shape_of(rows)["of"]["members"]
    assert _keys(members) == {"Zorb", "Inner"} and _keys(members["Inner"]["members"]) == {"Quux", "id"}
    assert _keys(shape_of([{"Zorb": {}}])["of"]["members"]) == {"Zorb"}
    assert _keys(shape_of({"Zorb": [1], "total": 2})["members"]) == {"Zorb", "total"}


def test_names_of_classes_are_data() -> None:
    rows = [{"OutputDriverDetails": {"Anna": 1}, "InputDriverDetails": {"height": 1, "Anna": 2}}] * 3
    assert "Anna" not in str(shape_of(rows)) and "height" in str(shape_of(rows))


def test_the_same_is_told_once() -> None:
    evidence = Evidence()
    for _turn in (1, 2):
        evidence.add(Exchange("list_models", "GET", "/functions", (), 200, shape={"empty list": 1}))
    assert evidence.as_json([], "1").count("list_models") == 1


def test_names_of_parameters_that_a_service_gave_are_masked_where_they_look_like_data() -> None:
    assert query_of(["Limit", "$top", "Cursor", "4711-me@example.com"], ["Limit", "$top"]) == (
        "Limit", "$top", "Cursor", "(masked)",
    )  # fmt: skip
