# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which devices are sent to alone, before others that keep the same."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from ansible_collections.nxai.cloud.plugins.module_utils._api.records.pipeline import Pipeline
from ansible_collections.nxai.cloud.plugins.module_utils._api.records.records import Device, Site
from ansible_collections.nxai.cloud.plugins.module_utils._pipelines.first import (
    first_of_many,
    held_back,
    silent_sites,
    to_keep,
)
from ansible_collections.nxai.cloud.plugins.module_utils._pipelines.reconcile import DeviceChange

SITE = Site.from_api({"id": "s", "Name": "s"})
MODEL = "459d2273-1514-431c-9d34-f5b72f3bfe20"
NEW = Pipeline.new({"model": f"5{MODEL[1:]}"})
ONE = {"modelUUID": MODEL, "modelNMS": 0.3, "chains": []}
OTHER = {"modelUUID": f"6{MODEL[1:]}", "chains": []}
CHAINED = {**ONE, "chains": [OTHER]}
TUNED = {**ONE, "UserSettings": {"zone": [1]}}


def change(number: int, *had: dict[str, Any], server: str = "A", exact: bool = False) -> DeviceChange:
    nxid = f"{{4f7d9c1e-2b6a-4d3f-8a5b-{number:012}}}"
    row = {"NxID": nxid, "Name": str(number), "Server": {"Name": server}, "nxAI": {"pipelines": [*had]}}
    device = Device.from_api(row)
    before = device.assignment or ()
    return DeviceChange(SITE, device, before, (NEW,) if exact else (*before, NEW))


@pytest.mark.parametrize(
    ("had", "keeps"),
    [
        ([], set()),
        ([ONE], {"something"}),
        ([ONE, OTHER], {"something", "several pipelines"}),
        ([CHAINED], {"something", "chains"}),
        ([TUNED], {"something", "keys that are not known"}),
    ],
)
def test_what_is_to_be_kept(had: list[dict[str, Any]], keeps: set[str]) -> None:
    assert to_keep(change(1, *had)) == keeps
    assert to_keep(change(1, *had, exact=True)) == set()


def in_turn(*changes: DeviceChange) -> list[str]:
    """The devices that go first where each keeps what it has."""
    left, kept, names = [*changes], set[str](), []
    while (first := first_of_many(left, kept)) is not None:
        left.remove(first)
        kept |= to_keep(first)
        names.append(first.device.name)
    return names


def test_one_goes_first_for_each_kind_that_several_have() -> None:
    assert in_turn(change(1, ONE), change(2, ONE)) == ["1"]
    assert in_turn(change(1, ONE), change(2)) == [], "none of several"
    assert in_turn(change(1, ONE, OTHER), change(2, ONE)) == ["2"], "no other has several"
    assert in_turn(change(1, ONE, OTHER), change(2, ONE), change(3, ONE, OTHER)) == ["2", "1"]
    both = [change(number, CHAINED, OTHER) for number in (3, 4)]
    assert in_turn(change(1, ONE), change(2, ONE, OTHER), *both) == ["1", "3"], "one shows both kinds"
    assert in_turn(change(1, ONE), change(2, TUNED), change(3, TUNED)) == ["2"]


def test_after_one_in_vain_comes_one_of_another_server() -> None:
    tried, *changes = change(1, ONE), change(2, ONE), change(3, ONE, server="B")
    assert first_of_many(changes, (), [tried]) is changes[1]
    assert first_of_many(changes[:1], (), [tried]) is changes[0], "the last one, too"
    assert first_of_many([change(2)], (), [tried]) is None, "it keeps nothing"


def test_what_was_tried_in_vain_is_held_back_and_nothing_else() -> None:
    one, several, chained, fresh = change(2, ONE), change(3, ONE, OTHER), change(4, CHAINED), change(5)
    changes = [one, several, chained, fresh]
    assert held_back(changes, (), []) == []
    assert held_back(changes, (), [change(1, ONE)]) == [one, several, chained]
    assert held_back(changes, ["something"], [change(1, ONE), change(6, ONE, OTHER)]) == [several]
    assert held_back([replace(one, restored=True)], (), [change(1, ONE)]) == []


@pytest.mark.parametrize(
    ("others", "looks"),
    [
        ([("B", [ONE])], ["s"]),
        ([("A", [ONE])], []),
        ([("B", [])], []),
    ],
    ids=["another server shows some", "the same server does", "none does"],
)
def test_a_server_that_shows_nothing_is_looked_at_again(
    others: list[tuple[str, list[dict[str, Any]]]], looks: list[str]
) -> None:
    rest = [change(10 + number, *had, server=server) for number, (server, had) in enumerate(others)]
    changes = [change(1), change(2), *rest]
    assert silent_sites(changes, {"s": changes}) == looks
    assert silent_sites(changes[1:], {"s": changes[1:]}) == [], "one camera alone"
