# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is remembered of a site: it says of each device what the cloud said, no more and no less."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ansible_collections.nxai.cloud.plugins.module_utils._api.contract.file import contract_of
from ansible_collections.nxai.cloud.plugins.module_utils._api.records.records import Device
from ansible_collections.nxai.cloud.plugins.plugin_utils._inventory.known import LastKnown

RUNS = {"modelUUID": "11111111-1111-4111-8111-111111111111", "chains": []}
ELSEWHERE = contract_of({"fields": {"device": {"pipelines": "ai.running"}}})


def row(**members: Any) -> dict[str, Any]:
    return {"NxID": "{22222222-2222-4222-8222-222222222222}", "Name": "Door", **members}


def remembered(devices: list[Device], whole: bool = False) -> list[Device]:
    known = LastKnown({}, "account", whole)
    known.put_site("site", [], devices)
    found = known.get_site("site")
    assert found is not None
    return found.devices


@pytest.mark.parametrize("whole", [False, True])
@pytest.mark.parametrize(
    "rows",
    [
        [row(nxAI={"pipelines": [RUNS]})],
        [row(nx_ai={"pipelines": [RUNS]})],
        [row(nxAI=json.dumps({"pipelines": [RUNS]}))],
        [row(nxAI={"pipelines": []})],
        [row()],
        [row(Zone=1)],
        [row(nxAI={"pipelines": [], "running": [RUNS]})],
        [row(nxAI={"pipelines": [{}]})],
        [row(nxAI={"pipelines": [RUNS]}, Zone=1), row(nxAI={"pipelines": [RUNS]}, Zone=2)],
        ELSEWHERE.known("device", [row(ai={"running": []}, nxAI={"pipelines": [RUNS]})]),
    ],
)
def test_a_remembered_device_is_as_known_as_the_live_one(rows: list[dict[str, Any]], whole: bool) -> None:
    live = Device.listed(rows)
    assert remembered(live, whole) == live


def test_a_device_that_was_proved_to_have_no_pipelines_has_none() -> None:
    (device,) = Device.listed([row(Zone=1)])
    assert device.unknown is not None
    proved = device.with_proof({device.unknown.shape})
    assert proved.assignment == () and remembered([proved]) == [proved]


def test_of_a_row_that_is_not_understood_the_reason_is_kept_and_not_the_row() -> None:
    store: dict[str, Any] = {}
    devices = Device.listed([row(nxAI={"pluginSettings": {"password": "of-a-camera"}})])
    assert devices[0].unknown is not None
    LastKnown(store, "account").put_site("site", [], devices)
    assert "of-a-camera" not in str(store)
