# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whether a site may use a model, by whom both belong to."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.nxai.cloud.plugins.module_utils._api.contract.lines import WIRE_NAMES
from ansible_collections.nxai.cloud.plugins.module_utils._api.records.pipeline import Pipeline, models_of
from ansible_collections.nxai.cloud.plugins.module_utils._api.records.records import Device, Model, Site
from ansible_collections.nxai.cloud.plugins.module_utils._pipelines.checks import (
    CHECKS_SPEC,
    Facts,
    refusals,
    sites_whose_servers_count,
)
from ansible_collections.nxai.cloud.plugins.module_utils._pipelines.readback import compare, side_by_side
from ansible_collections.nxai.cloud.plugins.module_utils._pipelines.reconcile import (
    AssignmentPlan,
    DeviceChange,
    merge,
    swap,
)

MODEL, SITE, ONE, OTHER = (f"459d2273-1514-431c-9d34-f5b72f3bfe2{digit}" for digit in "0123")
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=4) | st.just(MODEL),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4) | st.just("Name"), inner, max_size=3)
    ),
    max_leaves=5,
)
NOBODY = "00000000-0000-0000-0000-000000000000"
OPTIONS = {**dict.fromkeys(CHECKS_SPEC, False), "require_available": True}


@pytest.mark.parametrize(
    ("owner", "user", "acting", "refused"),
    [
        ({"UUID": ONE}, {"UUID": OTHER}, None, True),
        (ONE, OTHER, None, True),
        (ONE.upper(), {"ID": f"{{{ONE}}}"}, None, False),
        ({"UUID": ONE}, {"UUID": OTHER}, ONE, False),
        ({"UUID": NOBODY}, {"UUID": OTHER}, None, False),
        (ONE, NOBODY, None, False),
        ("A name", OTHER, None, False),
        (ONE, None, None, False),
    ],
)
def test_a_model_in_no_catalogue_is_refused_at_a_site_of_another_organisation(
    owner: Any, user: Any, acting: str | None, refused: bool
) -> None:
    model = Model.from_api({"UUID": MODEL, "Name": "M", "Catalogues": [], "Organisation": owner})
    site = Site.from_api({"ID": SITE, "Name": "S", "Organisation": user})
    device = Device.from_api({"NxID": SITE, "Name": "D"})
    change = DeviceChange(site, device, (), (Pipeline({"modelUUID": MODEL}),))
    found = refusals([change], Facts({MODEL: model}, {SITE: site}, {}, acting), OPTIONS, restoring=False)
    assert ["belongs to another organisation" in each.reason for each in found] == ([True] if refused else [])


@given(st.sampled_from([*WIRE_NAMES.values(), "UserSettings"]), JSON)
def test_no_value_of_a_key_of_a_pipeline_is_a_traceback(key: str, value: Any) -> None:
    """Not in the plan, its checks, its diff, nor the report."""
    site, device = Site.from_api({"ID": SITE, "Name": "S"}), Device.from_api({"NxID": SITE, "Name": "D"})
    before = (Pipeline.read({"modelUUID": MODEL, "Postprocessor": "Counting", key: value}),)
    for after in (merge(before, [{"model": ONE}], "present"), swap(before, [MODEL], ONE), before):
        change = DeviceChange(site, device, before, after)
        options = dict.fromkeys(CHECKS_SPEC, True)
        found = refusals([change], Facts({ONE: Model.from_api({"UUID": ONE, "Name": "M"})}), options, restoring=False)
        sites_whose_servers_count([change], {}, options)
        AssignmentPlan((change,), {}, {}).diff("assignments")
        assert compare(after, after, shown=before) == "" and side_by_side(after, before)
        assert all(each.reason for each in found) and [each.to_option() for each in after]
        assert models_of(after) is not None and [each.to_sent() for each in after]


@pytest.mark.parametrize(
    ("befores", "refused"),
    [
        ([[0.3, 0.3], []], 1),
        ([[0.3, 0.3], [0.2, 0.2]], 2),
        ([[0.3, 0.3], [0.2]], 0),
        ([[0.3, 0.3, 0.4]], 0),
        ([[]], 0),
    ],
)
def test_what_may_be_shown_twice_is_not_written_twice(befores: list[list[float]], refused: int) -> None:
    site, device = Site.from_api({"ID": SITE, "Name": "S"}), Device.from_api({"NxID": SITE, "Name": "D"})
    changes = [
        DeviceChange(site, device, tuple(Pipeline({"modelUUID": MODEL, "modelNMS": each}) for each in before), ())
        for before in befores
    ]
    found = refusals(changes, Facts(), OPTIONS, restoring=False)
    assert ["fields.device.pipelines" in each.reason for each in found] == [True] * refused
    assert refusals(changes, Facts(), OPTIONS, restoring=True) == []


@pytest.mark.parametrize(
    ("shown", "wanted", "refused"),
    [(42, 0.5, 2), ("42", 0.5, 2), (42, 42, 1), (1, 0.5, 0), (0.42, 0.5, 0), (None, 0.5, 0)],
)
def test_thresholds_that_may_be_percents_let_no_other_pass(shown: Any, wanted: Any, refused: int) -> None:
    """Also not to a device that has none to show."""
    site, device = Site.from_api({"ID": SITE, "Name": "S"}), Device.from_api({"NxID": SITE, "Name": "D"})
    before = (Pipeline({"modelUUID": MODEL, "modelNMS": shown}),)
    after = (Pipeline({"modelUUID": MODEL, "modelNMS": wanted}),)
    changes = [DeviceChange(site, device, before, after), DeviceChange(site, device, (), after)]
    facts = Facts({MODEL: Model.from_api({"UUID": MODEL, "Name": "M"})})
    found = refusals(changes, facts, OPTIONS, restoring=False)
    assert ["fields.pipeline.nms" in each.reason for each in found] == [True] * refused
    assert refusals(changes, Facts(), OPTIONS, restoring=True) == []
