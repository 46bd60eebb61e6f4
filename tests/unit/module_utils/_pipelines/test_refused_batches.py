# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Requests that are refused for what has nothing to do with a device, or with its state: fewer at a time, or later."""

from __future__ import annotations

from collections.abc import Collection
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
AFTER = (Pipeline.new({"model": MODEL}),)
OPTIONS = {
    "batch_size": 200, "applicable_timeout": 60, "wait": True, "wait_interval": 2, "wait_timeout": 60, "concurrency": 1,
}  # fmt: skip


def nxids(count: int) -> list[str]:
    return [f"{{4f7d9c1e-2b6a-4d3f-8a5b-{number:012}}}" for number in range(count)]


class Service:
    """It takes ``most`` devices at a time, none of the ``bad``, and nothing before the time ``ready``."""

    def __init__(
        self, status: int, words: str, most: int = 1000, bad: Collection[str] = (), ready: float = 0, known: int = 0
    ) -> None:
        self.status, self.words, self.most, self.bad, self.ready = status, words, most, set(bad), ready
        self.devices_at_once = known
        self.now = 0.0
        self.requests: list[int] = []
        self.found: list[int] = []
        self.looks = 0
        self.shown: set[str] = set()
        self.keeps_all = False

    def put_pipelines(self, _site: str, devices: list[str], _models: Any, _pipelines: Any) -> None:
        self.requests.append(len(devices))
        self.shown |= set(devices) if self.keeps_all else set()
        if len(devices) > self.most or self.bad.intersection(devices) or self.now < self.ready:
            raise Refused("PUT", f"HTTP {self.status}: {self.words}", "", self.status)
        self.shown |= set(devices)

    def list_devices_without_rows(self, _site: str) -> list[Device]:
        self.looks += 1
        rows = [{"NxID": each, "nxAI": {"pipelines": [AFTER[0].to_wire()]}} for each in self.shown]
        return [Device.from_api(row) for row in rows]

    def says_not_applicable(self, _error: Refused) -> bool:
        return False

    def takes_at_once(self, devices: int) -> None:
        self.found.append(devices)

    def sent(self, count: int, **options: Any) -> dict[str, str]:
        """How each device ends, by its number."""

        def sleep(seconds: float) -> None:
            self.now += seconds

        def deadline(seconds: float) -> Deadline:
            return Deadline(seconds, lambda: self.now, sleep)

        api: Any = self
        writer = PipelineWriter(api, {**OPTIONS, **options}, deadline)
        changes = [DeviceChange(SITE, Device.from_api({"NxID": each}), (), AFTER) for each in nxids(count)]
        writer.send(AssignmentPlan(tuple(changes)))
        assert len(writer.status) == count
        return {str(number): writer.status[each.key][0] for number, each in enumerate(changes)}


@pytest.mark.parametrize(
    ("status", "words"), [(413, ""), (422, "Too many devices"), (400, "at most 7 elements"), (500, "max 7")]
)
@pytest.mark.parametrize("most", [1, 7, 99])
def test_a_service_that_takes_fewer_at_a_time_gets_fewer(status: int, words: str, most: int) -> None:
    service = Service(status, words, most)
    assert set(service.sent(100, batch_size=100).values()) == {"sent"}
    assert service.found == [max(size for size in service.requests if size <= most)]
    assert len(service.requests) <= 2 * 100 / most + 8
    before = len(service.requests)
    service.devices_at_once = service.found[0]
    service.sent(100)
    assert max(service.requests[before:]) <= most, "it is known, and not found out again"


def test_what_was_found_holds_for_the_next_batch() -> None:
    service = Service(413, "", 10)
    service.sent(60, batch_size=20)
    assert [size for size in service.requests if size > 10] == [20]


def test_one_reason_for_all_is_one_error_after_few_requests() -> None:
    for words, most in (("the threshold exceeds 1", 10), ("modelNMS is no number", 3)):
        service = Service(400, words, bad=nxids(200))
        assert set(service.sent(200).values()) == {"failed"}
        assert len(service.requests) <= most and service.found == []


@pytest.mark.parametrize("words", ["this one has too many zones", "what is it?"])
def test_one_device_at_fault_keeps_no_other_back(words: str) -> None:
    service = Service(400, words, bad=nxids(50)[7:8])
    ends = service.sent(50)
    assert [number for number, end in ends.items() if end != "sent"] == ["7"] and ends["7"] == "failed"
    assert service.found == [], "that is no limit"


@pytest.mark.parametrize(
    ("status", "words", "waits"),
    [
        (423, "Locked", True),
        (409, "a deployment is running", True),
        (425, "", True),
        (404, "The device is not known", True),
        (404, "Not Found", False),
        (429, "slow down", True),
        (503, "", True),
        (400, "The camera is restarting", True),
        (422, "please try again", True),
        (400, "bad", False),
    ],
)
def test_a_state_that_passes_is_waited_for(status: int, words: str, waits: bool) -> None:
    service = Service(status, words, ready=20)
    assert set(service.sent(3).values()) == {"sent" if waits else "failed"}
    assert (service.now >= 20) is waits
    forever = Service(status, words, ready=9999)
    assert set(forever.sent(3).values()) == {"failed"} and forever.now <= 62
    assert status not in (429, 503) or forever.requests == [3] * len(forever.requests), "it is left alone"


@pytest.mark.parametrize(("status", "looks"), [(400, 1), (422, 1), (409, 1), (404, 1), (401, 0), (403, 0), (405, 0)])
def test_a_refusal_after_the_effect_is_looked_up_once_for_all(status: int, looks: int) -> None:
    service = Service(status, "deployment failed", bad=nxids(9))
    service.keeps_all = True
    assert set(service.sent(9, applicable_timeout=0).values()) == {"applied" if looks else "failed"}
    assert service.looks == looks
