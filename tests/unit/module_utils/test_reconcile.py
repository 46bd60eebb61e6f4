# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from ansible_collections.nxai.cloud.plugins.module_utils._model_fields import FIELDS, new_model
from ansible_collections.nxai.cloud.plugins.module_utils._reconcile import plan_object, view

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
