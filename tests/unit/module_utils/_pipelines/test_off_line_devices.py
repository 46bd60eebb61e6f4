# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Devices that a site shows which is off-line."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.nxai.cloud.plugins.module_utils._api.records.records import Device, Site
from ansible_collections.nxai.cloud.plugins.module_utils._fleet.targets import Chosen, Found
from ansible_collections.nxai.cloud.plugins.module_utils._pipelines.resource import PipelineResource

NXID = "{0c0c0c0c-1111-4111-8111-111111111111}"


@pytest.mark.parametrize(
    ("online", "shown", "left_out"),
    [
        (False, {}, True),
        (False, {"nxAI": {"pipelines": []}}, False),
        (None, {}, False),
        (True, {}, False),
    ],
)
def test_one_that_does_not_show_what_it_runs_is_not_applicable(
    online: bool | None, shown: dict[str, Any], left_out: bool
) -> None:
    site = Site.from_api({"UUID": "s", "Name": "HQ", "Online": online})
    device = Device.from_api({"NxID": NXID, "Name": "Door", **shown})
    found = PipelineResource._reachable(Found([Chosen(site, device)]))
    assert [each.device.name for each in found.chosen] == ([] if left_out else ["Door"])
    assert [(each.device, each.name, each.status) for each in found.missing] == (
        [(NXID, "Door", "not_applicable")] if left_out else []
    )
    assert not left_out or "off-line" in found.missing[0].reason
