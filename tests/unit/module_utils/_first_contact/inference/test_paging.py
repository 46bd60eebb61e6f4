# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The ways to page that are tried, and in which order."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.nxai.cloud.plugins.module_utils._first_contact.explore import MOST_TRIES
from ansible_collections.nxai.cloud.plugins.module_utils._first_contact.inference.draft import Draft
from ansible_collections.nxai.cloud.plugins.module_utils._first_contact.inference.paging import LISTINGS, page_ways

WAY, OFFSET, NEXT = "operations.list_sites.paging", "operations.list_sites.query.Offset", "fields.answer.next"


def ways(data: Any, **headers: str) -> list[dict[str, Any]]:
    return [
        dict(each.lines) for each in page_ways(data, {name.replace("_", "-"): each for name, each in headers.items()})
    ]


def test_each_is_a_contract_for_all_listings() -> None:
    for each in page_ways({"items": [], "next": "a"}, {"X-Next-Page": "2"}):
        Draft().adding(each)
        assert {key.split(".")[1] for key in each.lines if key.startswith("operations.")} == set(LISTINGS)


def test_numbers_from_0_are_refuted_before_those_from_1_are_tried() -> None:
    """The other way round, the second page of a service that counts from 0 would be left out without a word."""
    numbered = [(each[OFFSET], each[WAY]) for each in ways([]) if WAY in each]
    for name in {name for name, _way in numbered}:
        assert [way for other, way in numbered if other == name] == ["pages_from_0", "pages"]


@pytest.mark.parametrize(
    ("beside", "place", "names"),
    [
        ({"Next": "2"}, "Next", ["Next", "Cursor"]),
        ({"nextToken": "2"}, "nextToken", ["Token", "token", "nextToken"]),
        ({"next_cursor": 2}, "next_cursor", ["cursor", "next_cursor"]),
        ({"meta": {"nextPageToken": "x"}}, "meta.nextPageToken", ["PageToken", "pageToken", "nextPageToken"]),
        ({"cursor": "x", "total": 4}, "cursor", ["cursor", "Cursor"]),
        ({"next": "https://h/x?cursor=2"}, "next", [None]),
        ({"next": None}, "next", [None]),
    ],
    ids=str,
)
def test_what_leads_on_comes_first(beside: dict[str, Any], place: str, names: list[str | None]) -> None:
    found = ways({"items": [], **beside})
    first = [each for each in found if each.get(WAY) == "cursor"]
    assert found[: len(first)] == first and {each[NEXT] for each in first} == {place}
    assert [each.get(OFFSET) for each in first][: len(names)] == names
    assert len(first) < MOST_TRIES


def test_a_header_may_lead_on() -> None:
    first = ways([], X_Next_Cursor="2", Retry_After="3", X_Pagination_Records="4")[0]
    assert (first[NEXT], first[OFFSET]) == ("x-next-cursor", "cursor")
    assert NEXT in ways([], X_Next_Page="")[0] and OFFSET not in ways([], X_Next_Page="")[0]


@pytest.mark.parametrize(
    "beside", [{"hasNext": True}, {"previous": "x"}, {"total": 3}, {"next": {"a": 1}}, {"next": [1]}, {"Name": "next"}]
)
def test_what_does_not_lead_on_is_no_cursor(beside: dict[str, Any]) -> None:
    assert [each for each in ways({"items": [], **beside}) if each.get(WAY) == "cursor"] == []


def test_a_list_by_itself_leads_nowhere() -> None:
    assert all(each.get(WAY) != "cursor" for each in ways([{"next": "x"}]))
