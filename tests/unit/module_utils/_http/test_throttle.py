# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A pool of threads heeds a pause that the service asks for as one, and ends it with one request."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from functools import partial

import pytest

from ansible_collections.nxai.cloud.plugins.module_utils._api import client
from ansible_collections.nxai.cloud.plugins.module_utils._api.client import Client
from ansible_collections.nxai.cloud.plugins.module_utils._core.errors import NxaiError, Refused
from ansible_collections.nxai.cloud.plugins.module_utils._engine.sites import SiteReader
from ansible_collections.nxai.cloud.plugins.module_utils._http.throttle import Throttle
from ansible_collections.nxai.cloud.plugins.module_utils._http.transport import Transport
from simulator.testing import Served, serve

POOL, SITES = 8, 20
ReadAll = Callable[..., list[object]]


@pytest.fixture
def cloud() -> Iterator[Served]:
    with serve(sites=SITES, servers=1, devices=1) as served:
        yield served


@pytest.fixture
def pauses() -> list[tuple[int, int]]:
    """For each pause the number of requests before and after it."""
    return []


@pytest.fixture
def read_all(cloud: Served, pauses: list[tuple[int, int]], monkeypatch: pytest.MonkeyPatch) -> ReadAll:
    def sleep(seconds: float) -> None:
        before = len(cloud.log("list_devices"))
        time.sleep(seconds)
        pauses.append((before, len(cloud.log("list_devices"))))

    monkeypatch.setattr(client, "Transport", partial(Transport, sleep=sleep))

    def run(**options: object) -> list[object]:
        with Client.from_options({"api_url": cloud.url, "token": cloud.token(), **options}, read_only=True) as client:
            reader = SiteReader(client.device, POOL)
            return list(reader.read(reader.all(), client.device.list_devices))

    return run


def too_many(cloud: Served, times: int, **members: object) -> None:
    """All of the pool are on their way before the first answer."""
    headers = {"Retry-After": "1"}
    cloud.fault("status", "list_devices", status=429, headers=headers, times=times, seconds=0.3, **members)


def test_one_request_goes_first_after_the_pause(
    cloud: Served, read_all: ReadAll, pauses: list[tuple[int, int]]
) -> None:
    too_many(cloud, POOL + 1)
    listings = read_all()
    assert not [each for each in listings if isinstance(each, NxaiError)] and len(listings) == SITES
    assert pauses == [(POOL, POOL), (POOL + 1, POOL + 1)]
    statuses = [entry.status for entry in cloud.log("list_devices")]
    assert statuses == [429] * (POOL + 1) + [200] * SITES


def test_one_refusal_holds_up_all(cloud: Served, read_all: ReadAll, pauses: list[tuple[int, int]]) -> None:
    too_many(cloud, 1, nth=POOL + 1)
    assert len(read_all()) == SITES
    assert len(cloud.log("list_devices")) == SITES + 1
    (before, after), *more = pauses
    assert more == [] and POOL < before <= after < before + POOL  # only what was under way already


def test_a_pause_costs_the_budget_once(cloud: Served, read_all: ReadAll) -> None:
    too_many(cloud, POOL)
    assert not [each for each in read_all(retry_budget=2) if isinstance(each, NxaiError)]


def test_a_pause_beyond_the_budget_is_an_error(cloud: Served, read_all: ReadAll) -> None:
    too_many(cloud, POOL)
    refused = [each for each in read_all(retry_budget=0.5) if isinstance(each, Refused)]
    assert len(refused) == POOL


def test_an_answer_from_before_the_pause_does_not_end_it() -> None:
    slept: list[float] = []
    throttle = Throttle(10, slept.append, lambda: 100.0)
    with throttle.turn() as earlier:
        pass
    assert throttle.pause(3)
    throttle.at_ease(earlier)
    with throttle.turn() as later:
        throttle.at_ease(later)
    with throttle.turn():
        assert slept == [3]


def test_who_looks_again_waits_from_a_new_budget(new_transport: Callable[..., Transport]) -> None:
    transport = new_transport(retry_budget=5)
    assert transport.wait(4) and not transport.wait(4)
    transport.look_again()
    assert transport.wait(4) and not transport.wait(4)
