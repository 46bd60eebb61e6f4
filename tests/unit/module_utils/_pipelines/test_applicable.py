# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which devices a service refuses that refuses whole requests: all of them, no others, in few requests."""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Collection, Mapping

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ansible_collections.nxai.cloud.plugins.module_utils._api.records.records import Device, Site
from ansible_collections.nxai.cloud.plugins.module_utils._core.errors import Refused
from ansible_collections.nxai.cloud.plugins.module_utils._pipelines.applicable import tell_apart
from ansible_collections.nxai.cloud.plugins.module_utils._pipelines.reconcile import Batch, DeviceChange

SITE = Site.from_api({"id": "s", "Name": "s"})
Name = Callable[[list[str], Collection[str]], Mapping[str, str]]


def ids(count: int) -> list[str]:
    return [f"{{4f7d9c1e-2b6a-4d3f-8a5b-{number:012}}}" for number in range(count)]


class Service:
    """It refuses each request with one of the ``bad`` in it. ``name``: its Field for what was sent and is bad."""

    def __init__(self, bad: Collection[str], name: Name | None = None, none_applicable: bool = False) -> None:
        self.bad = set(bad)
        self.name = name
        self.none_applicable = none_applicable
        self.requests = 0

    def put(self, batch: Batch) -> Refused | None:
        self.requests += 1
        sent = [each.device.id for each in batch.changes]
        faults = self.bad.intersection(sent)
        if not faults or (self.none_applicable and len(faults) < len(sent)):
            return None
        fields = self.name(sent, faults) if self.name else {}
        return Refused("PUT", "HTTP 422: No devices are applicable", "", 422, fields=fields)

    def found(self, sent: list[str]) -> tuple[list[str], list[str]]:
        """Those taken, and those that are not applicable."""
        devices = [Device.from_api({"NxID": each}) for each in sent]
        batch = Batch(SITE, tuple(DeviceChange(SITE, device, (), ()) for device in devices))
        refusal = self.put(batch)
        told = [(batch, None)] if refusal is None else list(tell_apart(batch, refusal, self.put))
        taken = [each.device.id for part, answer in told for each in part.changes if answer is None]
        refused = [each.device.id for part, answer in told for each in part.changes if answer is not None]
        assert sorted([*taken, *refused]) == sorted(sent), "each device once"
        return taken, refused


def bound(count: int, bad: int) -> float:
    return 2 * bad * math.log2(count / bad) + 2 * bad + 4


@settings(max_examples=300)
@given(st.integers(1, 250), st.data())
def test_exactly_those_at_fault_are_found_in_few_requests(count: int, data: st.DataObject) -> None:
    sent = ids(count)
    bad = data.draw(st.sets(st.sampled_from(sent), min_size=1))
    service = Service(bad)
    assert set(service.found(sent)[1]) == bad
    assert service.requests <= bound(count, len(bad))


@pytest.mark.parametrize(("bad", "most"), [(0, 1), (1, 13), (2, 22), (29, 160), (100, 260), (199, 220), (200, 216)])
def test_what_200_devices_cost(bad: int, most: int) -> None:
    costs = []
    for seed in range(20):
        service = Service(random.Random(seed).sample(ids(200), bad))
        assert set(service.found(ids(200))[1]) == service.bad
        costs.append(service.requests)
    assert sum(costs) / len(costs) <= most


def test_a_server_that_is_down_costs_no_request_for_each_good_device() -> None:
    service = Service(ids(200)[:100])
    assert set(service.found(ids(200))[1]) == service.bad
    assert service.requests <= 125


NAMES: dict[str, Name] = {
    "each": lambda _sent, faults: dict.fromkeys(faults, "it is disabled"),
    "places": lambda sent, faults: {f"Devices[{sent.index(each)}]": "it is disabled" for each in faults},
    "text": lambda _sent, faults: {"Devices": f"not applicable: {', '.join(faults)}".upper()},
    "echo": lambda sent, _faults: {"Devices": f"none of {', '.join(sent)} is applicable"},
    "some": lambda _sent, faults: {min(faults): "it is disabled"},
    "wrong": lambda sent, faults: {each: "it is disabled" for each in sent if each not in faults},
}


@given(st.sets(st.sampled_from(ids(40)), min_size=1), st.sampled_from(sorted(NAMES)))
def test_names_in_the_answer_are_tried_and_not_believed(bad: set[str], name: str) -> None:
    service = Service(bad, NAMES[name])
    assert set(service.found(ids(40))[1]) == bad
    assert service.requests <= 2 * 40 + 4


@pytest.mark.parametrize("name", ["each", "places"])
def test_where_the_answer_names_29_of_200_three_requests_do(name: str) -> None:
    service = Service(random.Random(1).sample(ids(200), 29), NAMES[name])
    assert set(service.found(ids(200))[1]) == service.bad
    assert service.requests == 3


def test_where_each_of_all_is_named_one_request_does() -> None:
    service = Service(ids(200), NAMES["each"], none_applicable=True)
    assert len(service.found(ids(200))[1]) == 200
    assert service.requests == 1


def test_a_service_that_refuses_only_where_none_is_applicable() -> None:
    service = Service(ids(50), none_applicable=True)
    assert len(service.found(ids(50))[1]) == 50
    assert service.requests <= 65
