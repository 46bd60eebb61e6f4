# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.nxai.cloud.plugins.module_utils._engine.reconcile import Field, plan_object, same, view
from ansible_collections.nxai.cloud.plugins.module_utils._models.fields import FIELDS, new_model

FOUND = {
    "UUID": "459d2273-1514-431c-9d34-f5b72f3bfe20",
    "Name": "Detector",
    "Documentation": "Text",
    "InputDriverDetails": {"means": [0, 0, 0], "vars": [1, 1, 1], "order": 0, "unknown": "kept"},
    "EnableConversions": ["a"],
    "Unknown": {"deep": True},
}
AB = {"a": 1, "b": 2}


def test_nothing_declared_and_what_info_shows_is_nothing_to_do() -> None:
    assert not plan_object(FIELDS, FOUND, {}).changed
    assert not plan_object(FIELDS, FOUND, view(FIELDS, FOUND)).changed


def test_only_top_level_keys_that_differ_are_sent_with_their_neighbours() -> None:
    plan = plan_object(FIELDS, FOUND, {"name": "Detector", "layout": "nhwc", "conversions": ["a"]})
    assert plan.action == "update"
    assert plan.send == {"InputDriverDetails": {"means": [0, 0, 0], "vars": [1, 1, 1], "order": 1, "unknown": "kept"}}
    assert (plan.before, plan.after) == ({"layout": "nchw"}, {"layout": "nhwc"})


def test_an_empty_list_and_an_empty_text_are_declared() -> None:
    plan = plan_object(FIELDS, {**FOUND, "Alias": "a"}, {"conversions": [], "alias": ""})
    assert plan.send == {"EnableConversions": [], "Alias": ""}


HIDDEN = [{}, {"InputDriverDetails": None}, {"InputDriverDetails": "odd"}, {"InputDriverDetails": {}}]
ALL_INPUT = {"channels": 3, "height": 5, "width": 6, "means": [1], "scales": [2], "layout": "nchw"}


@pytest.mark.parametrize("found", HIDDEN, ids=str)
@pytest.mark.parametrize("force", [False, True])
def test_one_of_the_details_that_are_not_shown_is_not_sent_alone(found: dict[str, Any], force: bool) -> None:
    plan = plan_object(FIELDS, found, {"width": 64, "input_details": {"own": 1}}, force=force)
    assert not plan.changed and plan.send == {} and set(plan.unknown) >= {"width"}


@pytest.mark.parametrize("found", HIDDEN, ids=str)
def test_all_details_can_be_sent_though_they_are_not_shown(found: dict[str, Any]) -> None:
    plan = plan_object(FIELDS, found, ALL_INPUT)
    assert not plan.changed and set(plan.unknown) == set(ALL_INPUT)
    forced = plan_object(FIELDS, found, ALL_INPUT, force=True)
    assert forced.unknown == () and forced.endangered == ()
    wire = {"channels": 3, "height": 5, "width": 6, "means": [1], "vars": [2], "order": 0}
    assert forced.send == {"InputDriverDetails": wire}


def test_a_change_of_details_that_are_shown_in_part_names_what_would_be_lost() -> None:
    part = {"InputDriverDetails": {"height": 5, "means": [1], "theirs": 1}}
    assert not plan_object(FIELDS, part, {"height": 5, "means": [1]}).changed
    plan = plan_object(FIELDS, part, {"height": 6, "width": 7})
    assert set(plan.endangered) == {"channels", "scales", "layout"}
    safe = plan_object(FIELDS, part, {**ALL_INPUT, "height": 6})
    assert safe.endangered == () and safe.unknown == ()
    wire = {"channels": 3, "height": 6, "width": 6, "means": [1], "vars": [2], "order": 0, "theirs": 1}
    assert safe.send == {"InputDriverDetails": wire}


@pytest.mark.parametrize("value", [{}, {"Documentation": 1, "Alias": 2}])
def test_what_is_not_shown_is_not_taken_for_empty(value: dict[str, Any]) -> None:
    plan = plan_object(FIELDS, value, {"conversions": ["a"], "catalogues": ["b"], "output_details": {"c": 1}})
    assert not plan.changed and plan.unknown == ("output_details", "conversions", "catalogues")


def test_what_is_not_shown_is_sent_with_force_where_nothing_can_be_lost() -> None:
    plan = plan_object(FIELDS, {}, {"alias": "a", "conversions": ["b"], "output_details": {"c": 1}}, force=True)
    assert plan.send == {"Alias": "a", "EnableConversions": ["b"]} and plan.unknown == ("output_details",)


def test_a_value_that_is_null_is_not_set() -> None:
    assert plan_object(FIELDS, {"Alias": None}, {"alias": "a"}).send == {"Alias": "a"}


@pytest.mark.parametrize(
    ("found", "declared"),
    [("text", "text\n"), ("a\r\nb", "a\nb"), ("text\n\n", "text"), ("", "\n")],
)
def test_a_text_is_the_same_whatever_ends_its_lines(found: str, declared: str) -> None:
    assert not plan_object(FIELDS, {"Documentation": found}, {"documentation": declared}).changed
    assert plan_object(FIELDS, {"Documentation": found}, {"documentation": declared + "x"}).changed


@pytest.mark.parametrize("declared", [{"means": [1, 2, 3]}, {"scales": [1.0, 1.0, 1.0]}], ids=["other", "the default"])
def test_creation_starts_from_the_defaults_and_shows_what_is_declared(declared) -> None:
    defaults = new_model("metavms")
    plan = plan_object(FIELDS, None, {"name": "New", **declared}, defaults)
    assert (plan.action, plan.before, plan.after) == ("create", {}, {"name": "New", **declared})
    details = {"means": declared.get("means", [0.0, 0.0, 0.0]), "vars": [1.0, 1.0, 1.0]}
    assert plan.send == {**defaults, "Name": "New", "InputDriverDetails": details}
    assert plan.send["Customization"] == "metavms"


def test_the_diff_is_one_that_ansible_prints() -> None:
    headers = {"before_header": "Model Detector", "after_header": "Model Detector"}
    diff = plan_object(FIELDS, FOUND, {"name": "Other"}).diff("Model Detector")
    assert diff == {"before": {"name": "Detector"}, "after": {"name": "Other"}, **headers}


@pytest.mark.parametrize(
    ("found", "declared", "sent", "before"),
    [
        ({"Details": {"Settings": AB, "else": 3}}, {"b": 5}, {"Settings": {"a": 1, "b": 5}, "else": 3}, AB),
        ({"Details": {"Settings": AB}}, {"b": 2}, None, None),
        ({"Details": {"Settings": {}}}, {"b": 5}, {"Settings": {"b": 5}}, {}),
    ],
)
def test_of_a_dictionary_only_the_keys_declared_count(found, declared, sent, before) -> None:
    field = Field("settings", ("Details", "Settings"), {}, merge=True)
    plan = plan_object([field], found, {"settings": declared})
    assert plan.changed is (sent is not None)
    if sent:
        assert plan.send == {"Details": sent}
        assert (plan.before, plan.after) == ({"settings": before}, {"settings": sent["Settings"]})


@pytest.mark.parametrize("found", [{}, {"Details": None}, {"Details": {"Settings": None}}], ids=str)
@pytest.mark.parametrize("force", [False, True])
def test_a_dictionary_that_is_not_shown_is_not_known(found, force) -> None:
    field = Field("settings", ("Details", "Settings"), {}, merge=True)
    plan = plan_object([field], found, {"settings": {"b": 5}}, force=force)
    assert not plan.changed and plan.unknown == ("settings",)


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [
        (0.1, 0.10000000149011612, True),  # as a 32-bit float
        ([0.1, 2], [0.10000000149011612, 2.0], True),
        (1, 1.0, True),
        (0.1, 0.10001, False),
        (0.1, 0.2, False),
        ([0.1], [0.1, 0.1], False),
        ([0.1, 0.2], [0.1, 0.3], False),
        (True, 1.0, False),
        (0.0, False, False),
        (1.0, "1.0", False),
        (None, 0.0, False),
        ("a", "a", True),
    ],
)
def test_numbers_may_have_been_32_bit_floats_and_nothing_else_is_a_number(one, other, alike) -> None:
    assert [same(*pair) for pair in ((one, other), (other, one))] == [alike, alike]
