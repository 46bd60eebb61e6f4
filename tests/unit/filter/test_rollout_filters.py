# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The filters that choose devices and divide them into waves."""

from __future__ import annotations

import random
from collections import Counter
from typing import Any

import pytest
from ansible.errors import AnsibleFilterError
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.nxai.cloud.plugins.filter.rollout_devices import rollout_devices
from ansible_collections.nxai.cloud.plugins.filter.rollout_waves import rollout_waves
from ansible_collections.nxai.cloud.plugins.module_utils._rollout.waves import fair_order


def devices(*sizes: int) -> list[dict[str, str]]:
    return [
        {"host": f"h{site}-{each}", "site": f"site-{site}", "device": f"{{device-{site}-{each}}}", "name": "Camera"}
        for site, size in enumerate(sizes)
        for each in range(size)
    ]


def sizes_of(waves: list[dict[str, Any]]) -> list[int]:
    return [len(wave["devices"]) for wave in waves]


SITES = st.lists(st.integers(1, 12), min_size=1, max_size=12)


@given(SITES, st.randoms(use_true_random=False))
def test_the_order_of_the_inventory_does_not_matter(sizes: list[int], chance: random.Random) -> None:
    found = devices(*sizes)
    shuffled = chance.sample(found, len(found))
    assert rollout_waves(shuffled, ["10%", 3, "100%"]) == rollout_waves(found, ["10%", 3, "100%"])


@given(SITES, st.lists(st.sampled_from([1, 7, "5%", "12.5%", "50 %"]), min_size=1, max_size=4))
def test_each_device_is_in_exactly_one_wave_and_no_wave_is_empty(sizes: list[int], entries: list[Any]) -> None:
    waves = rollout_waves(devices(*sizes), entries)
    keys = [(each["site"], each["device"]) for wave in waves for each in wave["devices"]]
    assert sorted(keys) == sorted((each["site"], each["device"]) for each in devices(*sizes))
    assert 0 not in sizes_of(waves)


@given(SITES, st.integers(0, 150), st.integers(0, 150))
def test_a_wave_takes_from_each_site_in_proportion(sizes: list[int], one: int, other: int) -> None:
    order = fair_order(devices(*sizes))
    start, end = sorted((min(one, len(order)), min(other, len(order))))
    count = Counter(each["site"] for each in order[start:end])
    for site, size in enumerate(sizes):
        fair = size * (end - start) / len(order)
        # A device may be one place too early or late at either end, and its site's neighbours push by as much.
        assert abs(count[f"site-{site}"] - fair) < 2 + size * len(sizes) / len(order)


def test_the_first_wave_of_many_sites_takes_at_most_one_device_of_each() -> None:
    first = rollout_waves(devices(*[20] * 100), ["5%", "100%"])[0]
    assert set(Counter(each["site"] for each in first["devices"]).values()) == {1}


@pytest.mark.parametrize(
    ("entries", "expected"),
    [
        (["100%"], [40]),
        ([1, "5%", "25%"], [1, 2, 10, 10, 10, 7]),
        (["1%"], [1] * 40),
        ([15], [15, 15, 10]),
        (["12.5%", "100%"], [5, 35]),
        (["0.1%", 1000], [1, 39]),
    ],
)
def test_counts_and_shares(entries: list[Any], expected: list[int]) -> None:
    assert sizes_of(rollout_waves(devices(10, 30), entries)) == expected


def test_the_waves_are_always_the_same() -> None:
    """These ids have always given this order: a rollout of one version goes on with another."""
    names = [each["device"] for each in fair_order(devices(3, 2))]
    assert names == ["{device-0-2}", "{device-0-1}", "{device-1-0}", "{device-0-0}", "{device-1-1}"]


def test_a_device_that_proves_is_a_wave_of_its_own() -> None:
    some = devices(5, 2)
    waves = rollout_waves(some, ["50%"], {"lab": [some[3]["host"]]}, canary="lab", first=some[3]["device"].upper())
    assert [(wave["name"], len(wave["devices"])) for wave in waves] == [("proof", 1), ("50%", 4), ("50%", 2)]
    assert waves[0]["devices"] == [some[3]]
    assert sum(wave["devices"].count(some[3]) for wave in waves) == 1
    for wanted in ("Nobody", some[3]["name"]):
        twice = [{**each, "name": some[3]["name"]} for each in some]
        with pytest.raises(AnsibleFilterError, match=r"devices that take pipelines now are called .*Give an NxID"):
            rollout_waves(twice, ["100%"], first=wanted)


def test_groups_and_a_canary() -> None:
    groups = {"shop": ["h1-0", "h1-1", "someone else"], "lab": ["h0-0", "h1-0"], "7": ["h0-1"]}
    waves = rollout_waves(devices(5, 2), ["shop", "100%"], groups, canary="lab")
    assert [wave["name"] for wave in waves] == ["lab", "shop", "100%"]
    assert sizes_of(waves) == [2, 1, 4]
    assert sizes_of(rollout_waves(devices(5, 2), [3], groups, canary="7")) == [1, 3, 3]


@pytest.mark.parametrize(
    ("entries", "words"),
    [
        ([3, "nowhere"], "'nowhere' is neither a number, nor a share such as 5%, nor a group"),
        (["empty", "100%"], "the group 'empty' has no device"),
        (["shop"], "leave 2 of 3 devices over. End them with '100%'"),
        ([0], "a wave of 0 holds no device"),
        (["0%"], "a wave of 0% holds no device"),
        (["-5"], "'-5' is neither"),
        ([], "leave 3 of 3 devices over"),
    ],
)
def test_entries_that_make_no_plan(entries: list[Any], words: str) -> None:
    with pytest.raises(AnsibleFilterError, match=words):
        rollout_waves(devices(3), entries, {"shop": ["h0-0"], "empty": ["h9-9"]})


def host(**variables: Any) -> dict[str, Any]:
    names = {"inventory_hostname": "Till", "nxai_device_id": "{d-1}", "nxai_device_name": "Till"}
    return {**names, "nxai_site_id": "site-1", "nxai_site_name": "Shop", "nxai_site_online": True, **variables}


@pytest.mark.parametrize(
    ("variables", "reason"),
    [
        ({}, ""),
        ({"nxai_site_online": None, "nxai_supports_pipelines": None, "nxai_server_status": ""}, ""),
        ({"nxai_server_status": "Running", "nxai_supports_pipelines": True, "nxai_enabled": True}, ""),
        ({"nxai_site_online": False}, "its site is off-line"),
        ({"nxai_server_status": "stopped"}, "its server is stopped"),
        ({"nxai_supports_pipelines": False}, "its server does not support pipelines"),
        ({"nxai_enabled": False}, "it is not enabled"),
    ],
)
def test_why_a_device_cannot_take_pipelines_now(variables: dict[str, Any], reason: str) -> None:
    (found,) = rollout_devices([host(**variables)])
    assert found["unavailable"] == reason
    assert found["host"] == "Till" and found["site_name"] == "Shop"


def test_only_devices_and_each_once() -> None:
    hosts = [{"inventory_hostname": "localhost"}, host(), host(inventory_hostname="again"), host(nxai_device_id="")]
    assert len(rollout_devices(hosts)) == 1
    assert rollout_devices([host(nxai_server_status="online")], running=["online"])[0]["unavailable"] == ""
    with pytest.raises(AnsibleFilterError, match="takes the variables of hosts"):
        rollout_devices(["Till"])  # type: ignore[list-item]
