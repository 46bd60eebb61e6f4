# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

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


def test_nothing_declared_is_nothing_to_do() -> None:
    assert not plan_object(FIELDS, FOUND, {}).changed


def test_what_info_shows_can_be_declared_without_a_change() -> None:
    assert not plan_object(FIELDS, FOUND, view(FIELDS, FOUND)).changed


def test_only_top_level_keys_that_differ_are_sent_with_their_neighbours() -> None:
    plan = plan_object(FIELDS, FOUND, {"name": "Detector", "layout": "nhwc", "conversions": ["a"]})
    assert plan.action == "update"
    assert plan.send == {"InputDriverDetails": {"means": [0, 0, 0], "vars": [1, 1, 1], "order": 1, "unknown": "kept"}}
    assert plan.before == {"layout": "nchw"}
    assert plan.after == {"layout": "nhwc"}


def test_an_empty_list_and_an_empty_text_are_declared() -> None:
    plan = plan_object(FIELDS, FOUND, {"conversions": [], "alias": ""})
    assert plan.send == {"EnableConversions": [], "Alias": ""}


def test_creation_starts_from_the_defaults() -> None:
    plan = plan_object(FIELDS, None, {"name": "New", "means": [1, 2, 3]}, new_model("metavms"))
    assert plan.action == "create"
    assert plan.send["InputDriverDetails"] == {"means": [1, 2, 3], "vars": [1.0, 1.0, 1.0]}
    assert plan.send["Customization"] == "metavms"
    assert plan.before == {}
    assert plan.after == {"name": "New", "means": [1, 2, 3]}


def test_a_value_of_another_shape_is_replaced_not_stumbled_over() -> None:
    plan = plan_object(FIELDS, {**FOUND, "InputDriverDetails": "odd"}, {"width": 64})
    assert plan.send == {"InputDriverDetails": {"width": 64}}


def test_what_is_declared_for_a_new_object_is_shown_though_it_is_the_default() -> None:
    defaults = new_model("metavms")
    plan = plan_object(FIELDS, None, {"name": "New", "scales": [1.0, 1.0, 1.0]}, defaults)
    assert plan.after == {"name": "New", "scales": [1.0, 1.0, 1.0]}
    assert plan.send == {**defaults, "Name": "New"}


def test_the_diff_is_one_that_ansible_prints() -> None:
    assert plan_object(FIELDS, FOUND, {"name": "Other"}).diff("Model Detector") == {
        "before": {"name": "Detector"},
        "after": {"name": "Other"},
        "before_header": "Model Detector",
        "after_header": "Model Detector",
    }


class TestMerge:
    """An option that is a dictionary, of which only the keys declared count."""

    FIELD = Field("settings", ("Details", "Settings"), {}, merge=True)

    def test_keys_that_are_not_declared_stay(self) -> None:
        found = {"Details": {"Settings": {"a": 1, "b": 2}, "else": 3}}
        plan = plan_object([self.FIELD], found, {"settings": {"b": 5}})
        assert plan.send == {"Details": {"Settings": {"a": 1, "b": 5}, "else": 3}}
        assert plan.before == {"settings": {"a": 1, "b": 2}}
        assert plan.after == {"settings": {"a": 1, "b": 5}}

    def test_a_part_of_what_is_there_is_no_change(self) -> None:
        found = {"Details": {"Settings": {"a": 1, "b": 2}}}
        assert not plan_object([self.FIELD], found, {"settings": {"b": 2}}).changed

    @pytest.mark.parametrize("found", [{}, {"Details": None}, {"Details": {"Settings": None}}])
    def test_where_nothing_is_there_it_is_made(self, found) -> None:
        plan = plan_object([self.FIELD], found, {"settings": {"b": 5}})
        assert plan.send == {"Details": {"Settings": {"b": 5}}}
        assert plan.before == {"settings": None}


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
