# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The playbooks that rulebooks run, where there is nothing to do for them; ``tests/rulebook`` sees them at work."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from simulator.testing import serve
from tools.rollouts import devices_of, first_model
from tools.webhook import webhook
from tools.workplace import ansible

WORLD = {"sites": [{"name": "Shop", "servers": [{"name": "A", "devices": ["Door", "Till"]}]}]}


def run(folder: Path, playbook: str, **variables: Any) -> tuple[str, list[str]]:
    """What it says, and the methods of its requests."""
    (folder / "estate.nxai.yml").write_text("plugin: nxai.cloud.nxai_devices\n")
    with serve(WORLD) as cloud:
        user = {"NXAI_API_URL": cloud.url, "NXAI_TOKEN": cloud.token()}
        if "notify_server" in variables:
            site = next(iter(cloud.world.sites.values()))
            variables |= {"notify_site": site.id, "notify_server": next(iter(site.servers))}
        said = ["-i", "estate.nxai.yml", f"nxai.cloud.{playbook}", "-e", json.dumps(variables)]
        done = ansible(folder, "playbook", *said, **user)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout, [entry.method for entry in cloud.log() if entry.method != "GET"]


@pytest.mark.parametrize(
    ("report", "words"),
    [
        ({"status": "paused", "queued": [{}, {}], "waves": []}, "paused, with 2 queued cameras"),
        ({"status": "finished", "queued": [], "waves": []}, "finished, with 0 queued cameras"),
        ({"status": "running", "queued": [], "waves": [{"name": "5%", "status": "writing"}]}, "is running, with 0"),
    ],
)
def test_a_rollout_that_is_not_finished_is_not_gone_on_with(tmp_path: Path, report: dict[str, Any], words: str) -> None:
    (tmp_path / "detector.yml").write_text("pipeline_rollout_name: x\npipeline_rollout_pipelines: [{model: x}]\n")
    (tmp_path / "rollout-report.json").write_text(json.dumps(report))
    variables = {"rollout_vars": str(tmp_path / "detector.yml"), "pipeline_rollout_path": str(tmp_path)}
    said, writes = run(tmp_path, "finish_queue", **variables)
    assert words in said and writes == []


@pytest.mark.parametrize("path", ["q", "q-2_of_3"])
def test_the_queue_of_a_part_is_that_of_its_own_folder(tmp_path: Path, path: str) -> None:
    """Which the variables of the rollout call by the name that all parts share."""
    (tmp_path / "q-2_of_3").mkdir()
    (tmp_path / "q-2_of_3" / "rollout-report.json").write_text('{"status": "paused", "queued": [{}], "waves": []}')
    variables = {"pipeline_rollout_name": "x", "pipeline_rollout_part": "2/3"}
    said, writes = run(tmp_path, "finish_queue", **variables, pipeline_rollout_path=str(tmp_path / path))
    assert "q-2_of_3 is paused, with 1 queued cameras" in " ".join(said.split()) and writes == []


def test_a_path_where_no_rollout_is_is_no_success(tmp_path: Path) -> None:
    told = json.dumps({"pipeline_rollout_name": "x", "pipeline_rollout_path": str(tmp_path / "slip")})
    done = ansible(tmp_path, "playbook", "nxai.cloud.finish_queue", "-e", told)
    assert done.returncode == 2 and "No rollout is in " in done.stdout and "slip, so nothing was done." in done.stdout


def test_a_queue_whose_run_was_killed_is_gone_on_with(tmp_path: Path) -> None:
    waves = [{"name": "100%", "status": "done"}, {"name": "queue", "status": "writing"}]
    (tmp_path / "rollout-report.json").write_text(json.dumps({"status": "running", "queued": [], "waves": waves}))
    told = json.dumps({"pipeline_rollout_path": str(tmp_path)})
    done = ansible(tmp_path, "playbook", "nxai.cloud.finish_queue", "-e", told)
    assert "pipeline_rollout_name" in done.stdout + done.stderr  # the role asks for what this test does not give


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (None, "Could not find or access"),
        ("- a list", "must be stored as a dictionary"),
        ("pipeline_rollout_name: x\n  y: [", "rollout_vars cannot be read."),
    ],
)
def test_a_file_of_variables_that_cannot_be_read_is_named(tmp_path: Path, content: str | None, words: str) -> None:
    if content is not None:
        (tmp_path / "detector.yml").write_text(content)
    variables = {"rollout_vars": str(tmp_path / "detector.yml"), "pipeline_rollout_path": str(tmp_path)}
    done = ansible(tmp_path, "playbook", "nxai.cloud.finish_queue", "-e", json.dumps(variables))
    assert done.returncode == 2 and words in done.stdout + done.stderr
    assert "rollout_vars cannot be read." in done.stdout + done.stderr


def test_a_server_that_runs_again_is_not_told_of(tmp_path: Path) -> None:
    variables = {"notify_url": "http://127.0.0.1:9/", "notify_text": "x", "notify_server": "", "notify_wait": 0}
    said, writes = run(tmp_path, "notify", **variables)
    assert "skipping: [localhost]" in said and writes == []


@pytest.mark.parametrize("text", ['["x", 1]', "{'a': 1}", "007", "null", 'say "a"\\b\n\u00e9'])
def test_a_text_is_sent_as_it_is(tmp_path: Path, text: str) -> None:
    with webhook(204) as (address, bodies):
        run(tmp_path, "notify", notify_url=address, notify_text=text)
    assert bodies == [{"text": text}]


def test_a_webhook_that_takes_nothing_is_an_error_that_keeps_its_address(tmp_path: Path) -> None:
    with webhook(404) as (address, _bodies):
        found = [(address, "notify_url answers with status 404")]
        for url, words in [*found, ("http://127.0.0.1:9/hook", "Nothing answers"), ("nonsense", "Nothing answers")]:
            told = json.dumps({"notify_url": url, "notify_text": "x"})
            done = ansible(tmp_path, "playbook", "nxai.cloud.notify", "-e", told)
            assert done.returncode == 2 and words in done.stdout + done.stderr
            assert url not in done.stdout + done.stderr or url == "nonsense"


def test_nothing_is_put_back_unless_that_is_wanted(tmp_path: Path) -> None:
    said, writes = run(tmp_path, "put_back", estate_path=str(tmp_path), put_back="false")
    assert "changed=0" in said and writes == []


def test_a_queue_is_finished_by_what_a_survey_gives(tmp_path: Path) -> None:
    """As a controller tells it: the file of the rollout, and its folder, as texts."""
    (tmp_path / "estate.nxai.yml").write_text("plugin: nxai.cloud.nxai_devices\n")
    with serve(WORLD, models=1, speed=50) as cloud:
        user = {"NXAI_API_URL": cloud.url, "NXAI_TOKEN": cloud.token()}
        [server] = next(iter(cloud.world.sites.values())).servers.values()
        rollout = {
            "pipeline_rollout_name": "detector",
            "pipeline_rollout_model": first_model(cloud),
            "pipeline_rollout_waves": "1",
            "pipeline_rollout_unavailable": "queue",
        }
        (tmp_path / "detector.yml").write_text(json.dumps(rollout))
        server.status = "stopped"
        first = ("-i", "estate.nxai.yml", "nxai.cloud.rollout", "-e", "@detector.yml")
        done = ansible(tmp_path, "playbook", *first, **user)
        assert done.returncode == 0, done.stdout + done.stderr
        assert [device.pipelines for device in devices_of(cloud).values()] == [[], []]
        server.status = "running"
        told = json.dumps({"rollout_vars": "detector.yml", "pipeline_rollout_path": "rollout-detector"})
        again = ("-i", "estate.nxai.yml", "nxai.cloud.finish_queue", "-e", told)
        done = ansible(tmp_path, "playbook", *again, **user)
        assert done.returncode == 0, done.stdout + done.stderr
        assert [len(device.pipelines) for device in devices_of(cloud).values()] == [1, 1]


def test_sites_that_come_back_one_after_the_other_all_get_their_turn(tmp_path: Path) -> None:
    """The limit of a run, which is the site that is back, does not end the queue of the others."""
    (tmp_path / "estate.nxai.yml").write_text("plugin: nxai.cloud.nxai_devices\n")
    sites = [{"name": f"Shop {number}", "servers": [{"name": "A", "devices": ["Door"]}]} for number in (1, 2, 3)]
    with serve({"sites": sites}, models=1, speed=50) as cloud:
        user = {"NXAI_API_URL": cloud.url, "NXAI_TOKEN": cloud.token()}
        servers = [next(iter(site.servers.values())) for site in cloud.world.sites.values()]
        rollout = {"pipeline_rollout_name": "detector", "pipeline_rollout_model": first_model(cloud)}
        rollout |= {"pipeline_rollout_waves": "1", "pipeline_rollout_unavailable": "queue"}
        rollout["pipeline_rollout_settings"] = {"wait_interval": 0.1}
        (tmp_path / "detector.yml").write_text(json.dumps(rollout))
        told = json.dumps({"rollout_vars": "detector.yml", "pipeline_rollout_path": "rollout-detector"})
        runs = [("rollout", "@detector.yml", "all,localhost")]
        runs += [("finish_queue", told, f"localhost,site_shop_{number}") for number in (2, 3)]
        for server in servers[1:]:
            server.status = "stopped"
        for number, (playbook, variables, limit) in enumerate(runs):
            servers[number].status = "running"
            command = ("-i", "estate.nxai.yml", f"nxai.cloud.{playbook}", "-e", variables, "--limit", limit)
            done = ansible(tmp_path, "playbook", *command, **user)
            assert done.returncode == 0, done.stdout + done.stderr
            assert ("when the queued cameras are back" in done.stdout) is (number < 2)
            given = [len(device.pipelines) for device in devices_of(cloud).values()]
            assert given == [1] * (number + 1) + [0] * (2 - number)
