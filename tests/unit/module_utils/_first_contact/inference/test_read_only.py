# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which keys of pipelines are only what the service says by itself: none that may be a setting."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.nxai.cloud.plugins.module_utils._api.records.pipeline import Assignment, Pipeline
from ansible_collections.nxai.cloud.plugins.module_utils._core.errors import Refused
from ansible_collections.nxai.cloud.plugins.module_utils._first_contact.inference.draft import Draft, Proposal
from ansible_collections.nxai.cloud.plugins.module_utils._first_contact.inference.read_only import (
    LINE,
    added_by_service,
    question,
    refused_keys,
    volatile,
    without_refused,
)

A = "459d2273-1514-431c-9d34-f5b72f3bfe20"
PIPE: dict[str, Any] = {"modelUUID": A, "modelNMS": 0.5, "chains": []}
ADDED = {**PIPE, "Status": "deployed", "modelName": "counter"}
TUNED = {**ADDED, "UserSettings": {"zone": []}, "Zone": "left"}


def assignment(*wires: dict[str, Any]) -> Assignment:
    return tuple(map(Pipeline.read, wires))


def refused(words: str, **fields: str) -> Refused:
    return Refused("PUT", f"HTTP 400: {words}", status=400, fields=fields)


@pytest.mark.parametrize(
    ("now", "keys"),
    [
        ([{**ADDED, "handle": "b"}], ["handle"]),
        ([{**ADDED, "handle": "a"}], []),
        ([{**ADDED, "handle": "b", "Status": "new"}], ["Status", "handle"]),
        ([{**ADDED, "handle": "b", "modelNMS": 0.4}], []),  # somebody else has written
        ([{**ADDED, "handle": {"zone": 1}}], []),
        ([ADDED], []),  # it is gone
        ([{**ADDED, "handle": "b"}] * 2, []),
        ([], []),
    ],
)
def test_what_differs_at_each_look_is_found_where_all_else_is_the_same(
    now: list[dict[str, Any]], keys: list[str]
) -> None:
    assert volatile(assignment({**ADDED, "handle": "a"}), assignment(*now)) == keys
    assert volatile(None, assignment(*now)) == volatile((), ()) == []


def test_what_the_service_adds_is_in_each_pipeline_and_no_setting() -> None:
    assert added_by_service([ADDED, TUNED]) == ["Status", "modelName"]
    assert added_by_service([{**ADDED, "Status": {}}, TUNED]) == ["modelName"]
    assert added_by_service([ADDED, PIPE]) == added_by_service([]) == []


def test_the_keys_that_a_refusal_names() -> None:
    sent = assignment(TUNED, ADDED)
    assert refused_keys(refused("unknown field 'status'"), sent) == ["Status"]
    assert refused_keys(refused("x", **{"Pipelines.0.Zone": "unknown"}), sent) == ["Zone"]
    assert refused_keys(refused("modelUUID, Zones and my-Status are unknown"), sent) == []


def test_only_what_is_named_is_left_out_first_and_then_what_is_added_everywhere() -> None:
    rows = [ADDED, TUNED]

    def lines(error: Refused, draft: Draft, *sent: dict[str, Any]) -> list[Any]:
        return [each.lines for each in without_refused(draft, error, assignment(*sent), rows)]

    error = refused("unknown field modelName")
    assert lines(error, Draft(), TUNED) == [{LINE: ["modelName"]}]
    one = Draft().adding(Proposal({LINE: ["modelName"]}, "x"))
    rest = {key: value for key, value in TUNED.items() if key != "modelName"}
    assert lines(error, one, rest) == [{LINE: ["Status"]}]
    assert one.adding(Proposal({LINE: ["Status"]}, "x")).value(LINE) == ["modelName", "Status"]
    assert lines(refused("unknown field UserSettings"), Draft(), TUNED) == [], "that may be a setting"
    assert lines(refused("unknown field Zone"), Draft(), TUNED) == []
    assert lines(refused("no"), Draft(), TUNED) == []
    assert lines(refused("unknown key"), Draft(), TUNED) == [{LINE: ["Status", "modelName"]}]


def test_what_the_user_is_asked() -> None:
    assert "first_contact_prove=one" in question(["Status"], ["Status", "modelName"])
    assert "first_contact_prove" not in question(["Status", "Zone"], ["Status"]) and "Zone" in question(["Zone"], [])
