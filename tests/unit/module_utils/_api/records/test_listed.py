# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a pipeline does not show as it is: what follows on it, secrets, values of another type."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.nxai.cloud.plugins.module_utils._api.contract.file import contract_of
from ansible_collections.nxai.cloud.plugins.module_utils._api.device import DeviceApi
from ansible_collections.nxai.cloud.plugins.module_utils._api.records.listed import devices_listed, with_settings
from ansible_collections.nxai.cloud.plugins.module_utils._api.records.records import Device

A = "459d2273-1514-431c-9d34-f5b72f3bfe20"
ONE = {"modelUUID": A, "modelNMS": 0.5, "resizingMethod": "Crop", "chains": []}
PLAIN = {"modelUUID": A, "modelNMS": 0.5, "resizingMethod": "Letterbox", "Preprocessor": "", "Postprocessor": ""}
SHORT = {"modelUUID": A, "modelNMS": 0.5, "resizingMethod": "Crop"}  # of a service that leaves out what has no value


def row(pipeline: Any, number: int = 1) -> dict[str, Any]:
    return {"NxID": f"{{7b65bdda-39da-4259-b1bf-b0d1dbb7b1{number:02}}}", "nxAI": {"pipelines": [pipeline]}}


def listed(*pipelines: Any, **assignment: Any) -> list[Device]:
    contract = contract_of({"assignment": assignment} if assignment else None)
    return [with_settings(each, contract) for each in devices_listed(map(row, pipelines, range(9)), contract)]


def test_what_follows_on_a_pipeline_is_not_none_where_it_is_not_shown() -> None:
    (hidden,) = listed(PLAIN)
    assert hidden.assignment is None and hidden.unknown and "chains" in hidden.unknown.reason
    assert [each.wire for each in hidden.as_read or ()] == [PLAIN]
    assert listed(ONE)[0].assignment is not None and listed(SHORT)[0].assignment is not None
    assert listed(PLAIN, left_out=["chains"])[0].assignment is not None


def test_a_pipeline_anywhere_that_shows_it_tells_that_others_have_none(server: Any, transport: Any, reply: Any) -> None:
    chained = {**PLAIN, "chains": [PLAIN]}
    server.handle = lambda request: reply(
        data=[row(chained if "/b/" in request.path else PLAIN)], headers={"X-Pagination-Records": "1"}
    )
    api = DeviceApi(transport)
    (first,) = api.list_devices("a")
    assert first.assignment is None
    assert api.list_devices("b")[0].assignment is not None
    assert [each.assignment is None for each in api.as_known([first])] == [False]


@pytest.mark.parametrize("bare", [{}, {"chains": []}, {"Preprocessor": "", "Postprocessor": ""}, {"modelNMS": None}])
def test_a_service_that_shows_no_setting_at_all_may_have_some(bare: dict[str, Any]) -> None:
    (hidden,) = listed({"modelUUID": A, **bare})
    assert hidden.assignment is None and hidden.unknown and "modelNMS" in hidden.unknown.reason
    assert listed({"modelUUID": A, **bare}, left_out=["modelNMS"])[0].assignment is None
    assert listed({"modelUUID": A, **bare}, left_out=["modelNMS", "resizingMethod", "chains"])[0].assignment is not None


def test_where_some_pipeline_shows_a_setting_the_others_are_known_to_have_none(
    transport: Any, server: Any, reply: Any
) -> None:
    both = [row({"modelUUID": A}, 1), row({"modelUUID": A, "modelNMS": 0.5}, 2)]
    server.handle = lambda request: reply(data=both, headers={"X-Pagination-Records": "2"})
    assert [each.assignment is not None for each in DeviceApi(transport).list_devices("a")] == [True, True]


@pytest.mark.parametrize("name", ["password", "apiKey", "API_KEY", "clientSecret", "AccessToken", "pin", "credentials"])
@pytest.mark.parametrize("value", ["as it is", "", None, True])
def test_a_secret_may_be_another_one_than_is_shown(name: str, value: Any) -> None:
    pipeline = {**ONE, "UserSettings": {"server": [{name: value}]}}
    (device,) = listed(pipeline)
    assert device.assignment is None and device.unknown and "assignment.shown_whole" in device.unknown.reason
    assert listed(pipeline, shown_whole=[name])[0].assignment is not None


@pytest.mark.parametrize("settings", [{"maxTokens": 5}, {"keyframes": "all"}, {"pinned": "x"}, {"zone": "door"}])
def test_other_settings_are_known(settings: Any) -> None:
    assert listed({**ONE, "UserSettings": settings})[0].assignment is not None


@pytest.mark.parametrize(
    "members",
    [
        {"chains": 1}, {"chains": {"a": 1}}, {"chains": "x"}, {"modelNMS": "0,42"}, {"modelNMS": [0.4]},
        {"Postprocessor": {"Name": "x"}}, {"Preprocessor": 3}, {"UserSettings": True}, {"settings": False},
    ],
)  # fmt: skip
def test_a_value_of_another_type_is_not_understood(members: Any) -> None:
    (device,) = listed({**ONE, **members})
    assert device.assignment is None and device.unknown and not device.unknown.shape and device.as_read is None
