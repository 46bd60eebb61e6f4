# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The loop against a simulator: what it asks for, what it tells, and what outages and kills become."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.nxai.cloud.plugins.module_utils._core.errors import BadInput, NxaiError
from ansible_collections.nxai.cloud.plugins.plugin_utils._events.source import Watcher, watch
from simulator.testing import Served, serve

WORLD: dict[str, Any] = {
    "times": {"record": 0, "code": 0, "assignment": 0},
    "accounts": [{"email": "demo@example.com", "password": "demo", "organisations": ["Retail"]}],
    "organisations": [{"name": "Retail"}],
    "catalogues": [{"name": "Shops", "organisation": "Retail"}],
    "models": [{"name": f"Person@{number}", "organisation": "Retail", "catalogues": ["Shops"]} for number in (6, 7)],
    "sites": [
        {
            "name": f"Shop {number}",
            "organisation": "Retail",
            "servers": [{"name": f"Server {number}", "devices": ["Door", "Till", "{{ 7 * 7 }}"]}],
        }
        for number in (1, 2, 3)
    ],
}
PIPELINE = {"modelUUID": "11111111-1111-4111-8111-111111111111", "modelNMS": 0.4}


@pytest.fixture(scope="module")
def served() -> Iterator[Served]:
    with serve(seed=WORLD) as served:
        yield served


@pytest.fixture
def cloud(served: Served, monkeypatch: pytest.MonkeyPatch) -> Served:
    served.reset(seed=WORLD)
    served.clear_log()
    served.clear_faults()
    for name in [name for name in os.environ if name.startswith("NXAI_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("NXAI_API_URL", served.url)
    monkeypatch.setenv("NXAI_TOKEN", served.token())
    monkeypatch.setenv("NXAI_RETRY_BUDGET", "0")
    return served


@pytest.fixture
def args(tmp_path: Path) -> dict[str, Any]:
    return {"state_file": str(tmp_path / "events.json")}


def kinds(events: list[dict[str, Any]]) -> list[str]:
    return sorted(event["kind"] for event in events)


def shops(cloud: Served) -> list[Any]:
    return list(cloud.world.sites.values())


def cameras(cloud: Served, shop: int) -> list[Any]:
    return list(shops(cloud)[shop].devices.values())


def test_the_first_look_tells_nothing_and_the_next_what_changed(cloud: Served, args: dict[str, Any]) -> None:
    watcher = Watcher(args)
    assert watcher.look() == []
    cameras(cloud, 0)[0].pipelines = [PIPELINE]
    shops(cloud)[1].online = False
    events = watcher.look()
    assert kinds(events) == ["assignment_changed", "site_offline"]
    assert {event["site_group"] for event in events} == {"site_shop_1", "site_shop_2"}
    assert watcher.look() == []
    assert {entry.method for entry in cloud.log()} == {"GET"}


def test_sites_are_read_in_turn_within_the_budget_and_one_that_is_back_comes_first(
    cloud: Served, args: dict[str, Any]
) -> None:
    watcher = Watcher({**args, "requests": 1, "kinds": ["site_online", "device_added"]})
    watcher.look()
    last = shops(cloud)[2]
    last.online = False
    for _look in range(3):
        watcher.look()
    last.online = True
    cloud.clear_log()
    for _look in range(3):
        watcher.look()
    asked = [entry.path.split("/")[3] for entry in cloud.log("list_devices")]
    assert asked[0] == last.id
    assert sorted(asked) == sorted(site.id for site in shops(cloud))
    assert len(cloud.log("list_sites")) <= 4  # one for each look, and one that looks whether its total counts all
    assert not cloud.log("list_servers") + cloud.log("list_models") + cloud.log("list_catalogues")


def test_only_what_was_asked_for_is_told(cloud: Served, args: dict[str, Any]) -> None:
    watcher = Watcher({**args, "kinds": ["device_removed"], "sites": ["Shop 1", "* 3"]})
    watcher.look()
    for shop in shops(cloud):
        next(iter(shop.servers.values())).status = "stopped"
        shop.devices.popitem()
    events = watcher.look()
    assert kinds(events) == ["device_removed"] * 2
    assert {event["site_name"] for event in events} == {"Shop 1", "Shop 3"}


def test_an_outage_is_one_event_and_nothing_is_gone(cloud: Served, args: dict[str, Any]) -> None:
    watcher = Watcher(args)
    watcher.look()
    cloud.fault("status", status=503, times=10_000)
    (event,) = watcher.look()
    assert event["kind"] == "service_down" and "HTTP 503" in event["reason"]
    first = watcher.pause()
    assert watcher.look() == []
    assert watcher.pause() > first > 60
    watcher.close()
    watcher = Watcher(args)
    assert watcher.waiting() == [event]
    assert watcher.look() == []  # a restart in between makes no second one
    cloud.clear_faults()
    cameras(cloud, 2)[1].pipelines = [PIPELINE]
    assert kinds(watcher.look()) == ["assignment_changed", "service_up"]


@pytest.mark.parametrize("operation", ["list_devices", "list_servers"])
def test_where_no_site_can_be_read_it_is_an_outage(cloud: Served, args: dict[str, Any], operation: str) -> None:
    watcher = Watcher(args)
    watcher.look()
    cloud.fault("status", operation, status=500, times=10_000)
    assert kinds(watcher.look()) == ["service_down"]


@pytest.mark.parametrize(
    "fault",
    [
        {"kind": "status", "status": 200, "body": []},
        {"kind": "status", "status": 200, "body": None, "headers": {"X-Nothing": "1"}},
        {"kind": "status", "status": 403},
        {"kind": "status", "status": 404},
        {"kind": "truncate"},
        {"kind": "html"},
        {"kind": "pagination", "records": 99},
    ],
    ids=str,
)
def test_whatever_a_listing_of_cameras_ends_with_none_is_gone_and_none_has_changed(
    cloud: Served, args: dict[str, Any], fault: dict[str, Any]
) -> None:
    """What was changed meanwhile is told when it can be seen again."""
    watcher = Watcher(args)
    watcher.look()
    cloud.fault(**{"times": 0, "operation": "list_devices", **fault})
    cameras(cloud, 0)[0].pipelines = [PIPELINE]
    for _look in range(2):
        assert not [event for event in watcher.look() if "device_id" in event]
    cloud.clear_faults()
    assert [event["kind"] for event in watcher.look() if "device_id" in event] == ["assignment_changed"]


def test_one_site_that_cannot_be_read_keeps_nobody_from_the_others(cloud: Served, args: dict[str, Any]) -> None:
    watcher = Watcher(args)
    watcher.look()
    cloud.fault("status", "list_devices", status=500, times=1)  # of the first site
    cameras(cloud, 0)[0].pipelines = cameras(cloud, 2)[0].pipelines = [PIPELINE]
    found = watcher.look()
    assert [event["site_name"] for event in found] == ["Shop 3"]
    assert [event["site_name"] for event in watcher.look()] == ["Shop 1"]


def test_an_empty_list_of_sites_is_an_outage_and_not_three_removals(cloud: Served, args: dict[str, Any]) -> None:
    watcher = Watcher(args)
    watcher.look()
    kept = dict(cloud.world.sites)
    cloud.world.sites.clear()
    assert kinds(watcher.look()) == ["service_down"]
    cloud.world.sites.update(kept)
    assert kinds(watcher.look()) == ["service_up"]


@pytest.mark.parametrize("operation", ["list_models", "list_catalogues"])
def test_an_empty_list_of_models_or_catalogues_tells_nothing(
    cloud: Served, args: dict[str, Any], operation: str
) -> None:
    watcher = Watcher(args)
    watcher.look()
    cloud.fault("status", operation, status=200, body=[], times=0)
    assert watcher.look() == []
    cloud.clear_faults()
    assert watcher.look() == []


def test_what_was_not_handed_on_comes_again_and_what_was_does_not(cloud: Served, args: dict[str, Any]) -> None:
    watcher = Watcher(args)
    watcher.look()
    shops(cloud)[0].online = False
    (event,) = watcher.look()
    watcher.close()  # killed before it was handed on
    watcher = Watcher(args)
    assert watcher.waiting() == [event]
    watcher.handed_on(event)
    assert watcher.look() == []
    watcher.close()
    assert Watcher(args).waiting() == []


def test_what_was_handed_on_a_moment_ago_comes_again_where_that_is_asked(cloud: Served, args: dict[str, Any]) -> None:
    now = [1000.0]
    watcher = Watcher({**args, "repeat_seconds": 600}, lambda: now[0])
    watcher.look()
    shops(cloud)[0].online = False
    (event,) = watcher.look()
    watcher.handed_on(event)
    now[0] += 599
    watcher.look()
    watcher.close()
    assert Watcher(args).waiting() == [event]


def test_the_events_of_changes_while_nobody_looked(cloud: Served, args: dict[str, Any]) -> None:
    watcher = Watcher(args)
    watcher.look()
    watcher.close()
    cameras(cloud, 1)[1].pipelines = [PIPELINE]
    assert kinds(Watcher(args).look()) == ["assignment_changed"]


def test_a_token_that_expires_is_renewed(cloud: Served, args: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NXAI_TOKEN")
    account = {"username": "demo@example.com", "password": "demo", "cloud_url": cloud.url}
    watcher = Watcher({**args, **account})
    watcher.look()
    watcher.look()
    assert len(cloud.log("issue_token")) == 1
    cloud.advance(7 * 24 * 3600)
    assert watcher.look() == []
    assert len(cloud.log("issue_token")) > 1


def test_no_secret_is_in_an_event_in_the_file_or_in_the_log(
    cloud: Served, args: dict[str, Any], caplog: pytest.LogCaptureFixture
) -> None:
    token = cloud.token()
    watcher = Watcher({**args, "token": token})
    watcher.look()
    cloud.fault("status", "list_sites", status=503, times=0, body={"message": f"no luck with {token}"})
    (event,) = watcher.look()
    assert "no luck with ***" in event["reason"] and "no luck with ***" in caplog.text
    kept = Path(args["state_file"]).read_text()
    for text in (str(event), caplog.text, kept):
        assert token not in text and token.removeprefix("nxcdb-") not in text


def test_a_wrong_password_ends_it_at_once(cloud: Served, args: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NXAI_TOKEN")
    account = {"username": "demo@example.com", "password": "wrong", "cloud_url": cloud.url}
    with pytest.raises(NxaiError, match="Check username, password"):
        Watcher({**args, **account}).look()


@pytest.mark.parametrize(
    ("option", "value", "words"),
    [
        ("interval", "soon", "Give a number from 1"),
        ("interval", 0, "Give a number from 1"),
        ("kinds", ["site_onlin"], "is no kind of event"),
        ("sites", 7, "Give a list of texts"),
        ("inteval", 60, "'inteval' is none"),
        ("validate_certs", "flase", "is no boolean word"),
        ("act_as", "organization", "Give one with kind and id"),
        ("proxy", ["http://proxy.example.com"], "Give a text"),
    ],
)
def test_a_slip_of_the_pen_is_named(cloud: Served, args: dict[str, Any], option: str, value: Any, words: str) -> None:
    with pytest.raises(BadInput, match=words):
        Watcher({**args, option: value})


def test_digits_are_a_text_where_one_is_meant(cloud: Served, args: dict[str, Any]) -> None:
    assert Watcher({**args, "mfa_code": 123456}).look() == []


def test_the_source_puts_events_on_the_queue_without_templates(cloud: Served, args: dict[str, Any]) -> None:
    async def run() -> list[dict[str, Any]]:
        queue: asyncio.Queue[Any] = asyncio.Queue()
        source = asyncio.create_task(watch(queue, {**args, "interval": 1}))
        while not cloud.log("list_devices")[2:]:
            await asyncio.sleep(0.05)
        cameras(cloud, 0)[2].pipelines = [PIPELINE]
        shops(cloud)[2].online = False
        events = [await asyncio.wait_for(queue.get(), 60) for _event in range(2)]
        source.cancel()
        await asyncio.gather(source, return_exceptions=True)
        return events

    events = asyncio.run(run())
    assert kinds(events) == ["assignment_changed", "site_offline"]
    assert "{ { 7 * 7 }}" in {event.get("device_name") for event in events}
    Watcher(args).close()  # the lock is free again
