# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Keys of pipelines that are not known: one device shows whether a write keeps them, before the others are written."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.nxai.cloud.plugins.module_utils._api.records.pipeline import Pipeline
from ansible_collections.nxai.cloud.plugins.module_utils._api.records.records import Device, Site
from ansible_collections.nxai.cloud.plugins.module_utils._core.errors import Refused
from ansible_collections.nxai.cloud.plugins.module_utils._engine.polling import Deadline
from ansible_collections.nxai.cloud.plugins.module_utils._pipelines.reconcile import AssignmentPlan, DeviceChange
from ansible_collections.nxai.cloud.plugins.module_utils._pipelines.writer import PipelineWriter

SITE = Site.from_api({"id": "s", "Name": "s"})
MODEL = "459d2273-1514-431c-9d34-f5b72f3bfe20"
HAD = {"modelUUID": MODEL, "modelNMS": 0.3, "UserSettings": {"zone": [1]}}
OPTIONS = {
    "batch_size": 200, "applicable_timeout": 60, "wait": True, "wait_interval": 2, "wait_timeout": 10, "concurrency": 1,
}  # fmt: skip


class Service:
    devices_at_once = 0

    def __init__(self, drops: tuple[str, ...], shown: dict[str, Any], devices: int = 3) -> None:
        self.drops, self.now = drops, 0.0
        self.requests: list[int] = []
        self.rows = {f"{{4f7d9c1e-2b6a-4d3f-8a5b-{number:012}}}": [shown] for number in range(devices)}

    def put_pipelines(self, _site: str, devices: list[str], _models: Any, pipelines: list[dict[str, Any]]) -> None:
        self.requests.append(len(devices))
        kept = [{key: value for key, value in each.items() if key not in self.drops} for each in pipelines]
        reached = [each for each in devices if each in list(self.rows)[self.out_of_reach :]]
        self.rows.update(dict.fromkeys(reached, kept[-1:] if self.last_only else kept))

    last_only = False  # whether a write keeps the last pipeline alone
    out_of_reach = 0  # of the devices, from the first on

    def list_devices_without_rows(self, _site: str) -> list[Device]:
        return [Device.from_api({"NxID": nxid, "nxAI": {"pipelines": shown}}) for nxid, shown in self.rows.items()]

    def says_not_applicable(self, _error: Refused) -> bool:
        return False

    def run(self, *after: dict[str, Any], restored: bool = False) -> list[tuple[str, str]]:
        def sleep(seconds: float) -> None:
            self.now += seconds

        api: Any = self
        writer = PipelineWriter(api, OPTIONS, lambda seconds: Deadline(seconds, lambda: self.now, sleep))
        changes = [
            DeviceChange(SITE, each, each.assignment or (), tuple(map(Pipeline, after)), restored)
            for each in self.list_devices_without_rows("s")
        ]
        writer.send(AssignmentPlan(tuple(changes)))
        writer.follow(AssignmentPlan(tuple(changes)))
        return [writer.status.get(each.key, ("not_sent", "")) for each in changes]


def test_where_a_write_keeps_them_all_are_written() -> None:
    service = Service((), HAD)
    assert [status for status, _reason in service.run({**HAD, "modelNMS": 0.5})] == ["applied"] * 3
    assert service.requests == [1, 2]


@pytest.mark.parametrize("restored", [False, True])
def test_where_it_takes_them_away_the_others_keep_what_they_have(restored: bool) -> None:
    """Also where a snapshot is put back: what is in it was shown once."""
    shown = {key: value for key, value in HAD.items() if not restored or key != "UserSettings"}
    service = Service(("UserSettings",), shown)
    found = service.run({**HAD, "modelNMS": 0.5}, restored=restored)
    assert [status for status, _reason in found] == ["conflict", "not_sent", "not_sent"]
    assert "UserSettings" in found[0][1] and set(service.requests) == {1}


def test_what_was_never_shown_is_only_hidden() -> None:
    service = Service(("UserSettings",), {"modelUUID": MODEL, "modelNMS": 0.3})
    found = service.run({**HAD, "modelNMS": 0.5})
    assert [status for status, _reason in found] == ["applied"] * 3 and service.requests == [3]


def test_where_a_pipeline_does_not_stay_one_device_gets_back_what_it_had() -> None:
    had = {"modelUUID": MODEL, "modelNMS": 0.3, "chains": []}
    service = Service((), had)
    service.last_only = True
    found = service.run(had, {**had, "modelUUID": f"5{MODEL[1:]}"})
    assert [status for status, _reason in found] == ["conflict", "not_sent", "not_sent"]
    assert "was sent again, and is back" in found[0][1] and set(service.requests) == {1}
    assert all(shown == [had] for shown in service.rows.values())


@pytest.mark.parametrize(
    ("out_of_reach", "ends"),
    [
        (1, ["pending", *["applied"] * 5]),
        (2, ["pending", "pending", *["applied"] * 4]),
        (3, [*["pending"] * 3, *["not_sent"] * 3]),
    ],
)
def test_after_some_that_do_not_follow_the_others_keep_what_they_have(out_of_reach: int, ends: list[str]) -> None:
    """The service may lose it, or these may be out of reach: nobody knows until one is seen to have kept it."""
    had = {"modelUUID": MODEL, "modelNMS": 0.3, "chains": []}
    service = Service((), had, devices=6)
    service.out_of_reach = out_of_reach
    found = service.run(had, {**had, "modelUUID": f"5{MODEL[1:]}"})
    assert [status for status, _reason in found] == ends
    held = [reason for status, reason in found if status == "not_sent"]
    assert all("wait_timeout" in each and "fields.assignment.pipelines" in each for each in held)
