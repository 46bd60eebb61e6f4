# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.nxai.cloud.plugins.module_utils._api.records.pipeline import Pipeline, models_of
from ansible_collections.nxai.cloud.plugins.module_utils._api.records.records import Device, Site
from ansible_collections.nxai.cloud.plugins.module_utils._pipelines.reconcile import (
    AssignmentPlan,
    DeviceChange,
    State,
    merge,
    swap,
)

A, B, C = (f"459d2273-1514-431c-9d34-f5b72f3bfe2{digit}" for digit in "012")
MODELS = st.sampled_from([A, B, C])
TEXTS = st.sampled_from(["", "a", "{{ 7*7 }}"])
WIRES = st.fixed_dictionaries(
    {"modelUUID": MODELS},
    optional={"modelNMS": st.floats(0, 1), "Future": st.integers(), "chains": st.just([]), "Preprocessor": TEXTS},
)
DECLARED = st.fixed_dictionaries(
    {"model": MODELS}, optional={"nms": st.none() | st.floats(0, 1), "preprocessor": st.none() | TEXTS}
)
FOUND = st.lists(WIRES, max_size=5).map(lambda wires: tuple(Pipeline(wire) for wire in wires))


@given(FOUND, st.lists(DECLARED, max_size=4), st.sampled_from(["present", "exact", "absent"]))
def test_doing_it_twice_is_doing_it_once(
    found: tuple[Pipeline, ...], declared: list[dict[str, Any]], state: State
) -> None:
    once = merge(found, declared, state)
    assert merge(once, declared, state) == once


@given(FOUND, st.lists(DECLARED, max_size=4))
def test_present_never_loses_or_reorders(found: tuple[Pipeline, ...], declared: list[dict[str, Any]]) -> None:
    result = merge(found, declared, "present")
    assert [each.model for each in result[: len(found)]] == [each.model for each in found]
    models = {each["model"] for each in declared}
    for before, after in zip(found, result, strict=False):
        assert {**before.wire, **after.wire} == after.wire, "a key is gone"
        if before.model not in models:
            assert after.wire == before.wire


@given(FOUND, st.lists(DECLARED, max_size=4))
def test_absent_takes_out_only_what_is_named(found: tuple[Pipeline, ...], declared: list[dict[str, Any]]) -> None:
    models = {each["model"] for each in declared}
    assert merge(found, declared, "absent") == tuple(each for each in found if each.model not in models)


def test_the_second_of_one_model_stands_for_the_second_found() -> None:
    found = (Pipeline({"modelUUID": A, "modelNMS": 0.1}), Pipeline({"modelUUID": A, "modelNMS": 0.2}))
    result = merge(found, [{"model": A}, {"model": A, "nms": 0.9}], "present")
    assert [each.wire["modelNMS"] for each in result] == [0.1, 0.9]


@given(FOUND)
def test_swap_of_what_does_not_run_is_no_change(found: tuple[Pipeline, ...]) -> None:
    without = tuple(each for each in found if each.model != A)
    assert swap(without, {A}, B) is without
    assert A not in models_of(swap(found, {A}, B))


@pytest.mark.parametrize(
    ("found", "old", "expected"),
    [
        ([(A, 0.1), (B, 0.2)], {A}, [(B, 0.1)]),
        ([(B, 0.2), (A, 0.1)], {A}, [(B, 0.2)]),
        ([(A, 0.1), (C, 0.3)], {A, C}, [(B, 0.1)]),
        ([(C, 0.3), (A, 0.1), (B, 0.2)], {A, C}, [(B, 0.3)]),
        ([(A, 0.1), (C, 0.3), (A, 0.9)], {A}, [(B, 0.1), (C, 0.3), (B, 0.9)]),
        ([(C, 0.3), (B, 0.2), (B, 0.9)], {A}, [(C, 0.3), (B, 0.2), (B, 0.9)]),
    ],
)
def test_swap_makes_one_pipeline_of_several_models_and_the_first_settings_win(
    found: list[tuple[str, float]], old: set[str], expected: list[tuple[str, float]]
) -> None:
    """Two pipelines of one and the same model are meant so, and stay two."""
    wires = tuple(Pipeline({"modelUUID": model, "modelNMS": nms, "UserSettings": {"x": nms}}) for model, nms in found)
    swapped = swap(wires, old, B)
    assert [(each.model, each.wire["modelNMS"]) for each in swapped] == expected
    assert [each.wire["UserSettings"]["x"] for each in swapped] == [nms for _model, nms in expected]
    assert swap(swapped, old, B) == swapped


def test_settings_that_are_not_known_are_shown_in_the_diff() -> None:
    one, other = (Pipeline({"modelUUID": A, "UserSettings": {"limit": limit}}) for limit in (1, 2))
    text = AssignmentPlan((change("s", 1, (one,), (other,)),)).diff("assignments")["prepared"]
    for sign, limit in (("-", 1), ("+", 2)):
        assert f'  {sign} {A} nms=null resizing_method=null extra={{"UserSettings": {{"limit": {limit}}}}}' in text


def test_new_models_are_those_of_chains_too() -> None:
    chained = {"modelUUID": A, "chains": [{"modelUUID": B}]}
    assert change("s", 1, (Pipeline({"modelUUID": A}),), (Pipeline(chained),)).new_models == [B]


def change(site: str, number: int, before: tuple[Pipeline, ...], after: tuple[Pipeline, ...]) -> DeviceChange:
    device = Device.from_api({"NxID": f"{{4f7d9c1e-2b6a-4d3f-8a5b-{number:012}}}", "Name": f"Camera {number}"})
    return DeviceChange(Site.from_api({"id": site, "Name": site}), device, before, after)


def test_ten_thousand_equal_changes_are_one_block_of_the_diff() -> None:
    plan = AssignmentPlan(
        tuple(change("Shop", n, (), (Pipeline.new({"model": A}),)) for n in range(10_000)), {A: "Det"}
    )
    text = plan.diff("assignments")["prepared"]
    assert text.splitlines()[1] == "10000 devices:"
    assert f"+ Det ({A}) nms=0.42" in text
    assert "and 9988 more" in text
    assert len(text) < 1000


def test_the_diff_shows_both_sides_and_hostile_names_on_one_line() -> None:
    plan = AssignmentPlan(
        (change("s1", 1, (Pipeline({"modelUUID": A}),), (Pipeline({"modelUUID": B}),)),),
        {A: "{{ 7*7 }}\n- x"},
        {"s1": "a\nb"},
    )
    text = plan.diff("assignments")["prepared"]
    assert f'  - "{{{{ 7*7 }}}}\\n- x" ({A})' in text
    assert f"  + {B}" in text
    assert '"a\\nb": Camera 1' in text


def test_a_new_order_alone_is_shown() -> None:
    one, two = Pipeline({"modelUUID": A}), Pipeline({"modelUUID": B})
    plan = AssignmentPlan((change("s", 1, (one, two), (two, one)),), {})
    assert plan.changed
    assert "order: " in plan.diff("assignments")["prepared"]
