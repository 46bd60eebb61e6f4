# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Twenty changes are twenty events, whatever is killed; and each rulebook does by itself what it is for."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from rulebook_runs import Rulebook, shipped

from simulator.testing import Served, serve
from tools.event_changes import (
    MODEL,
    PIPELINE,
    WORLD,
    cameras,
    first_changes,
    second_changes,
    servers,
    shop,
    third_changes,
)
from tools.webhook import webhook
from tools.workplace import ROOT, ansible

SHOW = [
    {
        "name": "Show",
        "hosts": "localhost",
        "sources": [
            {
                "nxai.cloud.nxai_events": {"interval": 1, "state_file": "{{ state_file }}"},
                "filters": [{"nxai.cloud.nxai_hosts": None}],
            }
        ],
        "rules": [
            {
                "name": "Show",
                "condition": "event.event_id is defined",
                "action": {
                    "debug": {
                        "msg": "EVENT|{{ event.event_id }}|{{ event.kind }}|"
                        "{{ event.device_id | default(event.server_id) | default(event.site_id)"
                        " | default(event.model_id) | default(event.catalogue_id) }}|"
                        "{{ event.limit | default('') }}"
                    }
                },
            }
        ],
    }
]


INVENTORY = """
plugin: nxai.cloud.nxai_devices
cache: true
cache_plugin: ansible.builtin.jsonfile
cache_connection: {}
cache_timeout: 3600
"""
GUIDE = (ROOT / "docs" / "events.md").read_text(encoding="utf-8")


def of_the_guide() -> list[Any]:
    """Its rulebooks, each with a state file of its own, as all run in one folder here."""
    found = [yaml.safe_load(block) for block in re.findall(r"```yaml\n(# \w+\.yml\n- name.*?)```", GUIDE, re.DOTALL)]
    rulesets = [ruleset for rulebook in found for ruleset in rulebook]
    for number, ruleset in enumerate(rulesets):
        ruleset["name"] = f"Guide {number}"
        ruleset["sources"][0]["nxai.cloud.nxai_events"].update(interval=1, state_file=f"guide-{number}.json")
    return rulesets


@pytest.fixture
def cloud() -> Iterator[Served]:
    with serve(seed=WORLD) as served:
        yield served


def test_twenty_changes_give_their_twenty_events_over_two_kills(cloud: Served, tmp_path: Path) -> None:
    book = Rulebook(cloud, tmp_path, SHOW + of_the_guide(), state_file=str(tmp_path / "state.json"))
    expected: list[tuple[str, str]] = []

    def all_told() -> bool:
        return {each[1:] for each in book.events()} >= set(expected)

    try:
        book.start()
        book.wait_until(lambda: len([*tmp_path.glob("*.json")]) == 3)
        expected += first_changes(cloud)
        book.kill()  # before it has seen them
        book.start()
        book.wait_until(all_told)
        told = len(book.events())
        expected += second_changes(cloud)
        book.wait_until(lambda: len(book.events()) > told)
        book.kill()  # while it tells of them
        book.start()
        book.wait_until(all_told)
        expected += third_changes(cloud)
        book.wait_until(all_told)
    finally:
        book.stop()
    by_id = {event_id: (kind, about) for event_id, kind, about in book.events()}
    assert re.search(r"Z site_online: Shop 2\n", book.said())
    assert re.search(
        r"shop-3-door-a-[0-9a-f]{8}: \[\] became \['Person@6'\]; limit localhost,shop-3-door-a-", book.said()
    )
    assert len(expected) == 20
    assert Counter(by_id.values()) == Counter(expected)
    assert "|localhost,shop-3-new-" in book.said() and "|localhost,site_shop_1" in book.said()


def runs(cloud: Served, number: int) -> list[list[str]]:
    found = []
    for camera in cameras(cloud, number):
        camera.settle(cloud.world.clock.now())
        found.append([pipeline["modelUUID"] for pipeline in camera.pipelines])
    return found


def model_called(cloud: Served, name: str) -> Any:
    return next(model for model in cloud.world.models.values() if model.name == name)


def test_a_site_that_is_back_finishes_its_queue_and_the_others_do_what_they_are_for(
    cloud: Served, tmp_path: Path
) -> None:
    """All rulebooks of the collection, in one process, over one afternoon without a person."""
    shop(cloud, 2).online = True
    for camera in cameras(cloud, 1):
        camera.pipelines = [PIPELINE]
    rollout = {
        "pipeline_rollout_name": "person-6",
        "pipeline_rollout_pipelines": [{"model": "Person@6"}],
        "pipeline_rollout_waves": ["100%"],
        "pipeline_rollout_hosts": "site_shop_2",
        "pipeline_rollout_unavailable": "queue",
        "pipeline_rollout_settings": {"wait_interval": 0.2, "wait_timeout": 60},
    }
    (tmp_path / "detector.yml").write_text(yaml.safe_dump(rollout))
    user = {"NXAI_API_URL": cloud.url, "NXAI_TOKEN": cloud.token()}
    (tmp_path / "estate.nxai.yml").write_text(INVENTORY.format(tmp_path / "cache"))
    done = ansible(tmp_path, "inventory", "-i", "estate.nxai.yml", "--list", **user)
    assert "shop-2-till-a-" in done.stdout, done.stderr
    shop(cloud, 2).online = False  # when the inventory has been read
    book_of_rollout = ("-i", "estate.nxai.yml", "nxai.cloud.rollout", "-e", "@detector.yml")
    done = ansible(tmp_path, "playbook", *book_of_rollout, **user)
    assert done.returncode == 0, done.stdout + done.stderr
    assert runs(cloud, 2) == [[]] * 6
    export = ("nxai.cloud.estate_export", "-e", "estate_path=estate", "-e", '{"estate_sites": ["Shop 3"]}')
    done = ansible(tmp_path, "playbook", *export, **user)
    assert done.returncode == 0, done.stdout + done.stderr

    rulesets = shipped("site_is_back") + shipped("model_is_ready")
    rulesets += shipped("assignment_changed", once_after="2 seconds") + shipped("server_stopped", notify_wait="1")
    for number, ruleset in enumerate(rulesets):
        source = ruleset["sources"][0]["nxai.cloud.nxai_events"]
        source["state_file"] = str(tmp_path / f"state-{number}.json")
        if source["kinds"] == ["assignment_changed"]:
            source["sites"] = ["Shop 3"]
    with webhook() as (address, bodies):
        book = Rulebook(
            cloud,
            tmp_path,
            rulesets,
            user["NXAI_TOKEN"],
            state_file="",
            rollout_vars=str(tmp_path / "detector.yml"),
            rollout_path=str(tmp_path / "rollout-person-6"),
            model_pattern="Person@",
            model_replaces="Person@*",
            canary="site_shop_1",
            rollouts=str(tmp_path),
            estate_path=str(tmp_path / "estate"),
            drift_report=str(tmp_path / "drift.json"),
            put_back=True,
            notify_url=address,
        )
        try:
            book.start()
            book.wait_until(lambda: len(list(tmp_path.glob("state-*.json"))) == len(rulesets))
            shop(cloud, 2).online = True
            cameras(cloud, 3)[0].pipelines = [PIPELINE]
            servers(cloud, 4)[0].status = "stopped"
            newer = model_called(cloud, "Person@7")
            newer.fixed_status = "ok"
            book.wait_until(lambda: runs(cloud, 2) == [[MODEL]] * 6)
            book.wait_until(lambda: runs(cloud, 1) == [[newer.uuid]] * 6)
            book.wait_until(lambda: "Door A at Shop 3: Person@6 instead of nothing" in book.said())
            book.wait_until(lambda: (tmp_path / "drift.json").exists() and runs(cloud, 3)[0] == [])
            book.wait_until(lambda: bool(bodies))
        finally:
            book.stop()
    assert bodies[0]["text"] == "Server 4A at Shop 4 has been stopped for ten minutes."
