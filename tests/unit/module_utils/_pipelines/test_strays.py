# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Devices that lost what they had for what another was sent."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from ansible_collections.nxai.cloud.plugins.module_utils._api.records.pipeline import Assignment, Pipeline
from ansible_collections.nxai.cloud.plugins.module_utils._api.records.records import Device, Site
from ansible_collections.nxai.cloud.plugins.module_utils._pipelines.reconcile import DeviceChange
from ansible_collections.nxai.cloud.plugins.module_utils._pipelines.strays import Strays

SITE = Site.from_api({"id": "s", "Name": "s"})
A, B, NEW = ({"modelUUID": f"{digit}59d2273-1514-431c-9d34-f5b72f3bfe20"} for digit in "456")
SENT = [A, NEW]


def device(number: int, *shown: dict[str, Any], server: str = "X") -> Device:
    nxid = f"{{4f7d9c1e-2b6a-4d3f-8a5b-{number:012}}}"
    return Device.from_api({"NxID": nxid, "Server": {"Name": server}, "nxAI": {"pipelines": [*shown]}})


def change(had: Device, *after: dict[str, Any]) -> DeviceChange:
    before = had.assignment or ()
    return DeviceChange(SITE, had, before, tuple(map(Pipeline.read, after)) or before)


def adds(found: Assignment) -> Assignment:
    return (*found, Pipeline.read(NEW))


def replaces(_found: Assignment) -> Assignment:
    return tuple(map(Pipeline.read, SENT))


def looked(
    rule: Callable[[Assignment], Assignment], others: list[Device], now: list[Device], late: bool = False
) -> Strays:
    """What is found where device 0 had A, was sent SENT, and shows it."""
    own = change(device(0, A), *SENT)
    beside = [change(each) for each in others]
    strays = Strays()
    strays.expect([own], beside, [rule])
    if late:
        strays.leave_out({each.key for each in beside}, lambda each: each.key)
    strays.sends(own)
    shown = {each.id: each for each in (device(0, *SENT), *now)}
    assert strays.look("s", {own.key}, shown) is bool(strays.lost)
    return strays


@pytest.mark.parametrize(
    ("had", "shows", "lost"),
    [
        ([B], SENT, True),
        ([B], [B], False),
        ([B], [B, *SENT], False),
        ([B], [NEW], False),
        ([], SENT, False),
        ([A], SENT, False),
    ],
    ids=["lost", "as it was", "it has it still", "of somebody else", "it had none", "nothing is lost"],
)
def test_one_that_shows_what_another_was_sent_has_lost_its_own(
    had: list[dict[str, Any]], shows: list[dict[str, Any]], lost: bool
) -> None:
    found = looked(adds, [device(1, *had)], [device(1, *shows)])
    assert bool(found.lost) is lost and not found.doubtful
    assert [each.device.id for each in found.beside] == ([device(1).id] if lost else [])
    assert not looked(adds, [device(1, *had)], [device(1, *shows)], late=True).lost


@pytest.mark.parametrize(
    ("others", "doubtful"),
    [([], 1), ([device(2, B)], 0), ([device(2, B, server="Y")], 1)],
    ids=["alone", "another of its server keeps its own", "one of another server does"],
)
def test_what_this_task_would_have_made_of_it_is_a_doubt_at_most(others: list[Device], doubtful: int) -> None:
    found = looked(replaces, [device(1, B), *others], [device(1, *SENT), *others])
    assert not found.lost and len(found.doubtful) == doubtful and bool(found.as_warning()) is bool(doubtful)


@pytest.mark.parametrize(
    ("others", "now", "lost", "doubtful"),
    [
        ([[B], [B]], [[], []], 2, 0),
        ([[B], [B]], [[], [B]], 0, 1),
        ([[A, B], [A]], [[B], []], 2, 0),
        ([[A, B], [B, A]], [[A], [B, A]], 0, 0),
        ([[B], [B]], [[NEW], [NEW]], 0, 0),
    ],
    ids=["all is gone", "of one", "the model that was sent is gone", "another model is", "of somebody else"],
)
def test_those_that_show_less_for_good_have_lost_it(
    others: list[list[dict[str, Any]]], now: list[list[dict[str, Any]]], lost: int, doubtful: int
) -> None:
    had = [device(number, *each) for number, each in enumerate(others, 1)]
    found = looked(adds, had, [device(number, *each) for number, each in enumerate(now, 1)])
    assert not found.lost and not found.doubtful and found.less_at(["s", "t"]) == (["s"] if lost + doubtful else [])
    assert found.believe_less(["s"]) == (["s"] if lost else [])
    assert (len(found.lost), len(found.doubtful)) == (lost, doubtful) and not found.less_at(["s"])


def test_one_that_shows_all_again_has_lost_nothing() -> None:
    found = looked(adds, [device(1, B), device(2, B)], [device(1), device(2)])
    shown = {each.id: each for each in (device(0, *SENT), device(1, B), device(2, B))}
    assert not found.look("s", {change(device(0, A)).key}, shown) and not found.less_at(["s"])
