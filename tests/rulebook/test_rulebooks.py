# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Twenty changes are twenty events, whatever is killed; and each rulebook does by itself what it is for."""

from __future__ import annotations

import json
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
import yaml
from rulebook_runs import Rulebook, shipped

from simulator.records import Device
from simulator.seed import Seed
from simulator.testing import Served, serve
from tools.workplace import ansible

MODEL = "11111111-1111-4111-8111-111111111111"
PIPELINE = {"modelUUID": MODEL, "modelNMS": 0.4}
WORLD: dict[str, Any] = {
    "times": {"record": 0, "code": 0, "assignment": 0, "announce": 0},
    "accounts": [{"email": "demo@example.com", "password": "demo", "organisations": ["Retail"]}],
    "organisations": [{"name": "Retail"}],
    "catalogues": [{"name": "Shops", "organisation": "Retail"}],
    "models": [
        {"name": "Person@6", "organisation": "Retail", "catalogues": ["Shops"], "id": MODEL},
        {"name": "Person@7", "organisation": "Retail", "status": "processing"},
        {"name": "Person@8", "organisation": "Retail", "status": "processing"},
    ],
    "sites": [
        {
            "name": f"Shop {number}",
            "organisation": "Retail",
            "online": number != 2,
            "servers": [
                {"name": f"Server {number}{letter}", "devices": [f"Door {letter}", f"Till {letter}", "{{ 7 * 7 }}"]}
                for letter in "AB"
            ],
        }
        for number in (1, 2, 3, 4)
    ],
}
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


@pytest.fixture
def cloud() -> Iterator[Served]:
    with serve(seed=WORLD) as served:
        yield served


def shop(cloud: Served, number: int) -> Any:
    return next(site for site in cloud.world.sites.values() if site.name == f"Shop {number}")


def servers(cloud: Served, number: int) -> list[Any]:
    return list(shop(cloud, number).servers.values())


def cameras(cloud: Served, number: int) -> list[Any]:
    return list(shop(cloud, number).devices.values())


def first_changes(cloud: Served) -> Iterator[tuple[str, str]]:
    """Makes the changes, and gives the kind of each and the id of what it is about."""
    for number, online in ((1, False), (2, True)):
        shop(cloud, number).online = online
        yield "site_online" if online else "site_offline", shop(cloud, number).id
    servers(cloud, 3)[0].status = "stopped"
    yield "server_stopped", servers(cloud, 3)[0].uuid
    servers(cloud, 4)[0].plugin_version = "5.0.0"
    yield "plugin_updated", servers(cloud, 4)[0].uuid
    for camera in cameras(cloud, 3)[:2]:
        camera.pipelines = [PIPELINE]
        yield "assignment_changed", camera.nxid
    new = Device("{0f0f0f0f-0000-4000-8000-000000000001}", "New", servers(cloud, 3)[1])
    shop(cloud, 3).devices[new.nxid] = new
    yield "device_added", new.nxid


def second_changes(cloud: Served) -> Iterator[tuple[str, str]]:
    servers(cloud, 3)[0].status = "running"
    yield "server_running", servers(cloud, 3)[0].uuid
    gone = cameras(cloud, 4)[0]
    del shop(cloud, 4).devices[gone.nxid]
    yield "device_removed", gone.nxid
    moved = cameras(cloud, 4)[0]
    moved.server = servers(cloud, 4)[1]
    yield "device_moved", moved.nxid
    changed = cameras(cloud, 3)[0]
    changed.pipelines = []
    yield "assignment_changed", changed.nxid
    for model in cloud.world.models.values():
        if model.name == "Person@7":
            model.fixed_status = "ok"
            yield "model_ready", model.uuid
    for catalogue in cloud.world.catalogues.values():
        catalogue.name = "Stores"
        yield "catalogue_changed", catalogue.uuid
    servers(cloud, 4)[1].plugin_version = "5.0.0"
    yield "plugin_updated", servers(cloud, 4)[1].uuid


def third_changes(cloud: Served) -> Iterator[tuple[str, str]]:
    Seed({"sites": [{"name": "Shop 5", "organisation": "Retail"}]}).fill(cloud.world)
    yield "site_added", shop(cloud, 5).id
    for model in cloud.world.models.values():
        if model.name == "Person@8":
            model.fixed_status = "error"
            yield "model_failed", model.uuid
    for camera in cameras(cloud, 3)[2:4]:
        camera.pipelines = [PIPELINE]
        yield "assignment_changed", camera.nxid
    servers(cloud, 4)[0].status = "stopped"
    yield "server_stopped", servers(cloud, 4)[0].uuid
    shop(cloud, 1).online = True
    yield "site_online", shop(cloud, 1).id


def test_twenty_changes_give_their_twenty_events_over_two_kills(cloud: Served, tmp_path: Path) -> None:
    book = Rulebook(cloud, tmp_path, SHOW, state_file=str(tmp_path / "state.json"))
    expected: list[tuple[str, str]] = []

    def all_told() -> bool:
        return {each[1:] for each in book.events()} >= set(expected)

    try:
        book.start()
        book.wait_until((tmp_path / "state.json").exists)
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
    assert len(expected) == 20
    assert Counter(by_id.values()) == Counter(expected)
    assert "|localhost,shop-3-new-" in book.said() and "|localhost,site_shop_1" in book.said()


@contextmanager
def webhook() -> Iterator[tuple[str, list[str]]]:
    """Its address, and what is written to it."""
    texts: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            texts.append(json.loads(body)["text"])
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_words: Any) -> None:
            """Nothing on the screen."""

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/", texts
        server.shutdown()


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
    (tmp_path / "estate.nxai.yml").write_text("plugin: nxai.cloud.nxai_devices\n")
    for server in servers(cloud, 2):
        server.status = "stopped"  # the cameras are known, and cannot take pipelines
    book_of_rollout = ("-i", "estate.nxai.yml", "nxai.cloud.rollout", "-e", "@detector.yml")
    done = ansible(tmp_path, "playbook", *book_of_rollout, **user)
    assert done.returncode == 0, done.stdout + done.stderr
    assert runs(cloud, 2) == [[]] * 6
    export = ("nxai.cloud.estate_export", "-e", "estate_path=estate", "-e", '{"estate_sites": ["Shop 3"]}')
    done = ansible(tmp_path, "playbook", *export, **user)
    assert done.returncode == 0, done.stdout + done.stderr
    shop(cloud, 2).online = False

    rulesets = shipped("site_is_back") + shipped("model_is_ready")
    rulesets += shipped("assignment_changed", once_after="2 seconds") + shipped("server_stopped", notify_wait="1")
    for number, ruleset in enumerate(rulesets):
        source = ruleset["sources"][0]["nxai.cloud.nxai_events"]
        source["state_file"] = str(tmp_path / f"state-{number}.json")
        if source["kinds"] == ["assignment_changed"]:
            source["sites"] = ["Shop 3"]
    with webhook() as (address, texts):
        book = Rulebook(
            cloud,
            tmp_path,
            rulesets,
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
            for server in servers(cloud, 2):
                server.status = "running"
            shop(cloud, 2).online = True
            cameras(cloud, 3)[0].pipelines = [PIPELINE]
            servers(cloud, 4)[0].status = "stopped"
            newer = model_called(cloud, "Person@7")
            newer.fixed_status = "ok"
            book.wait_until(lambda: runs(cloud, 2) == [[MODEL]] * 6)
            book.wait_until(lambda: runs(cloud, 1) == [[newer.uuid]] * 6)
            book.wait_until(lambda: (tmp_path / "drift.json").exists() and runs(cloud, 3)[0] == [])
            book.wait_until(lambda: bool(texts))
        finally:
            book.stop()
    assert texts[0] == "Server 4A at Shop 4 has been stopped for ten minutes."
    drift = json.loads((tmp_path / "drift.json").read_text())
    assert [each["kind"] for each in drift["differences"]] == ["assignment"]
