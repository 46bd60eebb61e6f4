# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What an error speaks for, and the paths that a call may have."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ansible_collections.nxai.cloud.plugins.module_utils._api.contract.lines import LINES
from ansible_collections.nxai.cloud.plugins.module_utils._api.page import NoList
from ansible_collections.nxai.cloud.plugins.module_utils._api.pages import TooSmall
from ansible_collections.nxai.cloud.plugins.module_utils._core.errors import (
    AnswerLost,
    Incomplete,
    NxaiError,
    Refused,
    Unexpected,
)
from ansible_collections.nxai.cloud.plugins.module_utils._first_contact.inference.draft import Draft, Proposal
from ansible_collections.nxai.cloud.plugins.module_utils._first_contact.inference.paging import LISTINGS
from ansible_collections.nxai.cloud.plugins.module_utils._first_contact.inference.paths import other_places
from ansible_collections.nxai.cloud.plugins.module_utils._first_contact.inference.ways import (
    ReadWays,
    WriteWays,
    missing_names,
    unknown_names,
)


def reads(error: NxaiError, heard: Any = None, **members: Any) -> list[dict[str, Any]]:
    ways = ReadWays("list_sites", "site", lambda: heard, **members)
    return [dict(each.lines) for each in ways(Draft(), error)]


def writes(error: NxaiError, operation: str = "put_pipelines", **members: Any) -> list[dict[str, Any]]:
    return [dict(each.lines) for each in WriteWays(operation, **members)(Draft(), error)]


def refused(status: int, words: str = "", **fields: str) -> Refused:
    return Refused("PUT", f"HTTP {status}: {words}", status=status, fields=fields)


@pytest.mark.parametrize(
    ("error", "found"),
    [
        (refused(428, "If-Match is required"), [{"assignment.if_match": True}]),
        (refused(412, "precondition"), [{"assignment.if_match": True}]),
        (refused(400, "missing header If-Match"), [{"assignment.if_match": True}, {"assignment.as_list": True}]),
        (refused(400, "Customization is required"), [{"assignment.extra": {"Customization": "metavms"}}]),
        (refused(400, "", body="missing field: brand"), [{"assignment.extra": {"brand": "metavms"}}]),
        (refused(422, "SystemID is required"), [{"assignment.site": "SystemID"}]),
        (refused(400, "Ticket is required"), []),
        (refused(400, "cannot unmarshal object into []Assignment"), [{"assignment.as_list": True}]),
        (refused(409, "busy"), []),
    ],
)
def test_what_else_may_be_otherwise_of_an_assignment(error: Refused, found: list[dict[str, Any]]) -> None:
    assert writes(error, brand="metavms") == found
    assert not any(key.startswith("assignment.") for each in writes(error, "create_catalogue") for key in each)


def test_a_place_that_is_not_there_may_be_another() -> None:
    found = reads(refused(404), described=[Proposal({"operations.list_sites.path": "/v3/systems"}, "its document")])
    assert found[0] == {"operations.list_sites.path": "/v3/systems"}
    assert {"operations.list_sites.api": "cloud", "operations.list_sites.path": "/cdb/systems"} in found
    assert {"operations.list_sites.path": "/sites"} in found and {
        "operations.list_sites.path": "/api/v2/systems"
    } in found
    assert len(found) < 25


def test_the_id_of_a_site_may_be_another_one() -> None:
    uuid = "459d2273-1514-431c-9d34-f5b72f3bfe20"
    site = {"SystemID": uuid, "UUID": uuid[:-1] + "1", "Organisation": {"UUID": uuid}}
    assert reads(refused(404), site=site)[:2] == [{"fields.site.id": "SystemID"}, {"fields.site.id": "UUID"}]


@pytest.mark.parametrize("status", [401, 403, 500])
def test_a_token_that_is_refused_is_sent_in_another_way_until_one_was_right(status: int) -> None:
    other = [{"auth.scheme": "raw"}, {"auth.scheme": "bearer_jwt"}]
    assert reads(refused(status), sure=False) == other
    assert reads(refused(status), sure=False, free=False)[:1] != other[:1]
    assert not any("auth.scheme" in each for each in reads(refused(status)))


def test_pages_may_be_asked_for_in_other_words() -> None:
    found = reads(Incomplete("GET", "rows came twice"))
    assert {found[0][f"operations.{name}.query.Limit"] for name in LISTINGS} == {"limit"}
    assert all(key in LINES for each in found for key in each)
    *sizes, whole = reads(refused(400))
    assert [each["operations.list_models.page_size"] for each in sizes] == [100, 50, 10]
    assert whole == {"operations.list_sites.page_size": 0}


def test_a_later_page_that_is_refused_says_nothing_of_place_and_size() -> None:
    for status in (400, 404):
        error = Refused("GET", "no such page", "This relied on operations.list_sites.query.Offset (inferred)", status)
        assert reads(error) == []


def test_lists_may_be_inside_of_an_object() -> None:
    heard = {"Errors": [], "Result": {"Rows": [{"a": 1}], "Names": ["x"]}}
    assert reads(Unexpected("GET", "no list"), heard) == [{"fields.answer.rows": ["", "Result.Rows"]}]
    assert reads(NoList("GET", "null"), None) == [] and reads(Unexpected("GET", "no list"), "text") == []


def test_a_write_may_have_another_method_or_place() -> None:
    assert writes(refused(405))[:2] == [
        {"operations.put_pipelines.method": "POST"},
        {"operations.put_pipelines.method": "PATCH"},
    ]
    found = writes(refused(404), free=False)
    assert found[0] == {"operations.put_pipelines.path": "/system/{site_id}/pipelines"}
    assert {"operations.put_pipelines.path": "/systems/{site_id}/devices/pipelines"} in found
    assert not any(key.endswith("method") for each in found for key in each)


def test_the_refresh_token_is_for_the_user_to_allow() -> None:
    assert {"auth.token_on_writes": "refresh"} not in writes(refused(403))
    assert {"auth.token_on_writes": "refresh"} in writes(refused(403), refresh=True)
    assert {"auth.token_on_writes": "refresh"} not in writes(refused(404), refresh=True)


def test_after_an_answer_that_was_lost_nothing_else_is_written() -> None:
    for error in (AnswerLost("PUT", "time is up"), Unexpected("PUT", "a web page"), refused(500)):
        assert writes(error, free=False, refresh=True) == []


@pytest.mark.parametrize(
    ("error", "names"),
    [
        (refused(400, "no", NxIDs="is required"), ["NxIDs"]),
        (refused(400, "no", Devices="is not right"), []),
        (refused(400, "Visibility is required"), ["Visibility"]),
        (refused(400, "http: no such part: metadata"), ["metadata"]),
        (refused(400, "no", **{"Pipelines.0": "modelId is required"}), ["modelId"]),
        (refused(400, "no", **{"Pipelines.0.model-id": "missing"}), ["model-id"]),
        (refused(400, "x; DROP is required {{ y }} is missing"), ["DROP"]),
    ],
)
def test_what_a_refusal_says_is_missing(error: Refused, names: list[str]) -> None:
    assert missing_names(error) == names


def test_a_name_that_is_asked_for_goes_to_what_it_is_like() -> None:
    assert writes(refused(400, "", NxIDs="is required")) == [{"fields.assignment.devices": "NxIDs"}]
    assert writes(refused(400, "Title is required"), "create_catalogue") == [
        {"fields.catalogue.name": ["Title", "Name"]}
    ]
    assert writes(refused(400, "no such part: metadata"), "create_model")[:1] == [{"upload.data": "metadata"}]
    proved = {"proved": frozenset({"fields.catalogue.name"})}
    assert writes(refused(400, "Title is required"), "create_catalogue", **proved) == []
    assert unknown_names("create_model", refused(400, "Visibility is required")) == ["Visibility"]
    assert unknown_names("create_model", refused(400, "Title is required")) == []


ROWS = [{"UUID": "a", "Visibility": "own", "Organisation": {"UUID": "o"}}, {"UUID": "b", "Visibility": "own"}]


@pytest.mark.parametrize(
    ("operation", "name", "rows", "lines"),
    [
        ("create_model", "visibility", ROWS, {"upload.extra": {"visibility": "own"}}),
        ("create_catalogue", "OrganisationUUID", ROWS, {"catalogue.extra": {"OrganisationUUID": "o"}}),
        ("create_catalogue", "Owner", ROWS, None),
        ("create_model", "Visibility", [*ROWS, {"Visibility": "all"}], None),  # which of the two?
        ("update_model", "Visibility", ROWS, None),
    ],
)
def test_what_is_asked_for_may_be_what_all_have(
    operation: str, name: str, rows: list[dict[str, Any]], lines: dict[str, Any] | None
) -> None:
    all_ways = writes(refused(400, f"{name} is required"), operation, rows=rows)
    found = [each for each in all_ways if "extra" in json.dumps(each)]
    assert found == ([lines] if lines else [])


def test_a_model_may_go_out_in_another_form() -> None:
    forms = [{"upload.change_body": "multipart_json"}, {"upload.change_body": "json"}]
    assert writes(refused(422, "cannot be read"), "update_model") == forms
    objects = {"upload.catalogues": "objects"}
    assert writes(refused(400, "cannot unmarshal string into Catalogue"), "update_model") == [objects, *forms]
    proved = {"proved": frozenset({"upload.change_body"})}
    assert writes(refused(415), "update_model", **proved) == []


def test_where_a_listing_is_there_is_what_it_lists() -> None:
    draft = Draft(
        {"operations": {"list_catalogues": {"path": "/catalogs"}, "list_devices": {"path": "/site/{site_id}/cams"}}}
    )
    first = {name: next(other_places(name, draft.contract)) for name in ("create_catalogue", "put_pipelines")}
    assert first == {
        "create_catalogue": {"operations.create_catalogue.path": "/catalogs"},
        "put_pipelines": {"operations.put_pipelines.path": "/site/{site_id}/cams/pipelines"},
    }
    delete = [each["operations.delete_model.path"] for each in other_places("delete_model", draft.contract)]
    assert "/functions/{uuid}" in delete and "/models/{uuid}" in delete


@pytest.mark.parametrize("name", [key.split(".")[1] for key in LINES if key.endswith(".path")])
def test_every_place_can_be_held_by_a_contract(name: str) -> None:
    for lines in other_places(name, Draft().contract):
        assert Draft().adding(Proposal(lines, "why")).document


def test_no_way_to_page_is_tried_where_rows_move() -> None:
    """What helps then helps by chance."""
    error = Incomplete("GET", "rows came twice", "This relied on operations.list_sites.query.Offset")
    assert reads(error) and not reads(error, moved=lambda: True)


def test_a_total_that_is_too_small_is_not_believed() -> None:
    assert reads(TooSmall("GET", "more rows", "fields.answer.total")) == [{"fields.answer.total": ""}]
