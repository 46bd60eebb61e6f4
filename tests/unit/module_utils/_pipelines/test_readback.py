# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a device reports is compared by what it means, and what differs in form is said."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.nxai.cloud.plugins.module_utils._api.records.pipeline import Pipeline
from ansible_collections.nxai.cloud.plugins.module_utils._pipelines.readback import (
    carried_keys,
    compare,
    lost_keys,
    side_by_side,
)

A, B = (f"459d2273-1514-431c-9d34-f5b72f3bfe2{digit}" for digit in "01")
SENT: dict[str, Any] = {
    "modelUUID": A, "modelNMS": 0.42, "resizingMethod": "Letterbox", "Preprocessor": "", "chains": [],
    "UserSettings": {"limit": 7, "on": True, "empty": None},
}  # fmt: skip


def pipelines(*wires: dict[str, Any]) -> tuple[Pipeline, ...]:
    return tuple(map(Pipeline, wires))


@pytest.mark.parametrize(
    ("reported", "said"),
    [
        (SENT, ""),
        ({**SENT, "id": 7}, ""),
        (dict(reversed(SENT.items())), ""),
        ({**SENT, "modelUUID": f"{{{A.upper()}}}", "resizingMethod": "letterbox", "chains": None}, ""),
        ({name: value for name, value in SENT.items() if name not in ("Preprocessor", "chains")}, ""),
        ({**SENT, "UserSettings": {"limit": 7.0, "on": True}}, ""),
        ({name: value for name, value in SENT.items() if name != "modelNMS"}, "the service does not show: modelNMS"),
        ({"modelUUID": A}, "the service does not show: modelNMS, resizingMethod, UserSettings"),
        ({**SENT, "UserSettings": {"on": True}}, "the service does not show: limit"),
        ({**SENT, "modelNMS": "0.42"}, "the service writes in another form: modelNMS"),
        ({**SENT, "Preprocessor": "None"}, "the service writes in another form: Preprocessor"),
        ({**SENT, "modelNMS": 0.41999998688697815}, "the service writes in another form: modelNMS"),
        (
            {**SENT, "UserSettings": {"limit": "7", "on": "true"}},
            "the service writes in another form: limit, on",
        ),
    ],
)
def test_what_means_the_same_is_applied_and_said(reported: dict[str, Any], said: str) -> None:
    assert compare(pipelines(SENT), pipelines(reported)) == said


@pytest.mark.parametrize(
    "reported",
    [
        [],
        [SENT, SENT],
        [{**SENT, "modelUUID": B}],
        [{name: value for name, value in SENT.items() if name != "modelUUID"}],
        [{**SENT, "modelNMS": 0.43}],
        [{**SENT, "modelNMS": "0.43"}],
        [{**SENT, "modelNMS": None}],
        [{**SENT, "resizingMethod": "Crop"}],
        [{**SENT, "chains": [{"modelUUID": B}]}],
        [{**SENT, "UserSettings": {"limit": 8, "on": True}}],
        [{**SENT, "UserSettings": {"limit": 7, "on": 1}}],
        [{**SENT, "UserSettings": "x"}],
    ],
)
def test_what_means_something_else_is_not_applied(reported: list[dict[str, Any]]) -> None:
    assert compare(pipelines(SENT), pipelines(*reported)) is None


def test_another_order_is_applied_and_said() -> None:
    other = {"modelUUID": B}
    assert compare(pipelines(SENT, other), pipelines(other, SENT)) == "order differs"
    assert compare((), ()) == ""
    near, exact = {"modelUUID": A}, {"modelUUID": A, "modelNMS": 0.1}
    assert compare(pipelines(exact, near), pipelines(near, exact)) == "order differs"


def test_a_chain_is_the_model_and_the_order_that_was_sent() -> None:
    one, two = {"modelUUID": A}, {"modelUUID": B, "chains": [{"modelUUID": A}]}
    sent = pipelines({**SENT, "chains": [one, two]})
    assert compare(sent, pipelines({**SENT, "chains": [one, two]})) == ""
    assert compare(sent, pipelines({**SENT, "chains": [two, one]})) is None


def test_sent_stands_beside_reported_and_both_are_short() -> None:
    said = side_by_side(pipelines(SENT), pipelines({"modelUUID": B, "x\n": "y" * 10_000}))
    assert said.startswith('Sent: [{"Preprocessor": "", ') and f'Reported: [{{"modelUUID": "{B}", "x\\n": "yyy' in said
    assert len(said) < 700 and "\n" not in said


@pytest.mark.parametrize(("key", "same"), [("UUID", True), ("updatedAt", True), ("zoneId", False)])
def test_what_the_service_gives_anew_is_said_and_is_no_difference(key: str, same: bool) -> None:
    sent, reported = ({**SENT, key: each, "chains": [{"modelUUID": B, key: each}]} for each in "ab")
    said = f"the service writes in another form: {key}" if same else None
    assert compare(pipelines(sent), pipelines(reported)) == said
    inside = [{**SENT, "UserSettings": {key: each}} for each in "ab"]
    assert compare(pipelines(inside[0]), pipelines(inside[1])) is None


def test_a_key_that_was_shown_before_is_lost_and_not_hidden() -> None:
    settings = {"UserSettings": {"limit": 7}}
    without = {name: value for name, value in SENT.items() if name != "UserSettings"}
    assert compare(pipelines(SENT), pipelines(without), shown=pipelines({"modelUUID": B, **settings})) is None
    assert lost_keys(pipelines(SENT), pipelines(without), pipelines(SENT)) == ["UserSettings"]
    assert lost_keys(pipelines(SENT), pipelines({**SENT, "UserSettings": {"on": True}}), pipelines(SENT)) == ["limit"]
    assert lost_keys(pipelines(SENT), pipelines(without), pipelines(without)) == []
    assert compare(pipelines(SENT), pipelines(without), shown=pipelines(without)) == (
        "the service does not show: UserSettings"
    )


def test_a_known_key_of_another_model_says_nothing() -> None:
    """A model that has no use for a threshold may show none."""
    without = {name: value for name, value in SENT.items() if name != "modelNMS"}
    assert lost_keys(pipelines(SENT), pipelines(without), pipelines({"modelUUID": B, "modelNMS": 0.4})) == []
    assert lost_keys(pipelines(SENT), pipelines(without), pipelines(SENT)) == ["modelNMS"]


def test_what_the_service_says_by_itself_is_not_lost() -> None:
    told = {**SENT, "UpdatedAt": "2026-11-27T10:00:00Z"}
    assert lost_keys(pipelines(told), pipelines(SENT), pipelines(told)) == []
    assert carried_keys(pipelines(told), pipelines(told)) == {"UserSettings"}
    assert carried_keys(pipelines(told), pipelines({"modelUUID": A})) == set()
