# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Where the list and the total are in an answer."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.nxai.cloud.plugins.module_utils._api.records.rows import Listed
from ansible_collections.nxai.cloud.plugins.module_utils._api.records.wrapping import (
    doubt_of_none,
    find_rows,
    find_total,
)

ROW = {"UUID": "a", "Catalogues": [{"UUID": "b"}]}


@pytest.mark.parametrize(
    ("record", "data", "rows", "place"),
    [
        ("model", [ROW], [ROW], ""),
        ("model", [], [], ""),
        ("model", {"items": [ROW]}, [ROW], "items"),
        ("model", {"Data": []}, [], "Data"),
        ("model", {"results": [ROW], "count": 1, "next": None}, [ROW], "results"),
        ("model", {"Rows": [ROW], "Errors": []}, [ROW], "Rows"),
        ("model", {"Functions": []}, [], "Functions"),
        ("site", {"systems": []}, [], "systems"),
        ("device", {"devices": [ROW], "id": "request 5"}, [ROW], "devices"),
        ("model", {"data": {"items": [ROW], "total": 1}}, [ROW], "data.items"),
        ("model", {"Entries": [ROW], "Warnings": ["text"], "Nothing": []}, [ROW], "Entries"),
        ("model", {"data": None, "Entries": [ROW]}, [ROW], "Entries"),
        ("model", {"items": None}, [], "items"),
        ("model", {"items": None, "Message": ""}, [], "items"),
        ("model", {"Payload": {"List": None}}, [], "Payload.List"),
        ("model", {"Payload": {"List": [ROW]}, "items": []}, [ROW], "Payload.List"),
    ],
)
def test_a_list_is_found(record: str, data: Any, rows: Any, place: str) -> None:
    assert find_rows(data, record, ["", "Payload.List"]) == Listed(rows, place)


@pytest.mark.parametrize(
    "data",
    [
        None,
        "text",
        {},
        {"Entries": None},
        {"Entries": []},  # of nobody knows what
        {"Errors": ["text"]},
        {"systems": []},  # of another kind
        {"items": [ROW], "data": [ROW]},
        {"Entries": [ROW], "Others": [ROW]},
        {"items": None, "Message": "the system is offline"},
        {"items": "text"},
        ROW,  # one record is no listing of what is in it
        {"uuid": "a", "Downloads": [{}]},
    ],
    ids=repr,
)
def test_what_is_not_clear_is_not_a_list(data: Any) -> None:
    assert find_rows(data, "model", ["", "Payload.List"]) is None


@pytest.mark.parametrize(
    ("data", "place", "told"),
    [
        ({"items": [ROW], "total": 5}, "items", (5, "total")),
        ({"items": [ROW], "Total": "5"}, "items", (5, "Total")),
        ({"items": [ROW], "count": 5}, "items", (5, "count")),
        ({"items": [ROW], "count": 1}, "items", None),  # may be that of the page
        ({"items": [ROW], "total": 1}, "items", (1, "total")),
        ({"items": [ROW], "count": 1, "total": 7}, "items", (7, "total")),
        ({"data": {"items": [ROW], "total": 5}}, "data.items", (5, "data.total")),
        ({"data": {"items": [ROW]}, "total": 5}, "data.items", (5, "total")),
        ({"items": [ROW], "total": True}, "items", None),
        ({"items": [ROW], "total": -1}, "items", None),
        ({"items": [ROW], "total": None}, "items", None),
        ([ROW], "", None),
    ],
)
def test_the_total_beside_the_list(data: Any, place: str, told: Any) -> None:
    assert find_total(data, Listed([ROW], place)) == told


FINE = {"success": True, "status": 200, "online": True, "code": "0", "stale": False, "next": None, "info": {"page": 1}}


@pytest.mark.parametrize(
    ("beside", "doubt"),
    [
        (FINE, ""),
        ({"ok": "false"}, "ok"),
        ({"meta": {"isOnline": False}}, "meta.isOnline"),
        ({"status_code": 504}, "status_code"),
        ({"errorCode": "1004"}, "errorCode"),
        ({"unreachable": ["Server A"]}, "unreachable"),
        ({"nextPage": "/dev/x"}, "nextPage"),
        ({"detail": "no answer"}, "detail"),
    ],
    ids=lambda value: value if isinstance(value, str) else None,
)
def test_what_speaks_against_there_being_none(beside: dict[str, Any], doubt: str) -> None:
    said = f"an empty list came, and {doubt} beside it" if doubt else ""
    assert doubt_of_none({"items": [], **beside}, Listed([], "items")) == said
