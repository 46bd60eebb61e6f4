# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Rollouts as the jobs of a controller run them: answers of surveys, which are text, and artefacts of earlier jobs."""

from __future__ import annotations

import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from typing import Any, ClassVar

import pytest
import yaml

from simulator.testing import Served, serve
from tools.rollouts import Job, assign_something, devices_of, first_model, snapshot
from tools.workplace import ROOT, ansible

SETTINGS = '{"wait_interval": "0.1", "wait_timeout": 20}'


@pytest.fixture
def cloud() -> Iterator[Served]:
    with serve(speed=50, sites=4, servers=1, devices=5, models=2, hostile_names=True) as served:
        assign_something(served)
        yield served


class Workflow:
    """Jobs one after the other. Each has a folder of its own, and gets what those before it left over its variables."""

    def __init__(self, cloud: Served, home: Path) -> None:
        self.cloud, self.home = cloud, home
        self.artefacts: dict[str, Any] = {}
        self.jobs = 0

    def operator(self, playbook: str, **answers: Any) -> Job:
        self.jobs += 1
        folder = self.home / f"job-{self.jobs}"
        folder.mkdir()
        op = Job(self.cloud, folder, playbook, **{"pipeline_rollout_settings": SETTINGS, **answers})
        op.variables |= self.artefacts
        op.env |= {"ANSIBLE_SHOW_CUSTOM_STATS": "1"}
        return op

    def job(self, playbook: str = "nxai.cloud.rollout", code: int = 0, **answers: Any) -> str:
        op = self.operator(playbook, **answers)
        ended, said = op.run()
        assert ended == code, said
        self.artefacts |= left(said)
        return said


def left(said: str) -> dict[str, Any]:
    """The final statistics, which are a job's artefacts."""
    _before, _between, after = said.partition("CUSTOM STATS: ")
    found: dict[str, Any] = json.loads(after[after.index("RUN: ") + 5 :].strip()) if after else {}
    return found


@pytest.fixture
def workflow(cloud: Served, tmp_path: Path) -> Workflow:
    return Workflow(cloud, tmp_path)


def unset() -> dict[str, str]:
    """A survey that asks for all that is optional, and gets no answer."""
    document = yaml.safe_load((ROOT / "roles" / "pipeline_rollout" / "meta" / "argument_specs.yml").read_text())
    return {
        name: "" for name, spec in document["argument_specs"]["main"]["options"].items() if not spec.get("required")
    }


def test_a_survey_gives_text_for_everything(cloud: Served, workflow: Workflow) -> None:
    answers = {
        **unset(),
        "pipeline_rollout_name": "0000",
        "pipeline_rollout_model": first_model(cloud),
        "pipeline_rollout_nms": "0.5",
        "pipeline_rollout_waves": "25\n100%",
        "pipeline_rollout_soak": "0, 0",
        "pipeline_rollout_server_running": "running\nonline\n",
        "pipeline_rollout_max_failures": "5%",
        "pipeline_rollout_settings": SETTINGS,
    }
    said = workflow.job(**answers)
    assert "0000: finished." in said and "wave 1 of 1 (25): done" in said
    assert {pipelines[0]["modelNMS"] for pipelines in running(cloud, first_model(cloud))} == {0.5}
    cloud.clear_log()
    wrong = {
        "pipeline_rollout_pipelines": "Person detector",
        "pipeline_rollout_soak": "",
        "pipeline_rollout_waves": "[5",
    }
    said = " ".join(workflow.job(code=2, **{**answers, **wrong}).split())
    assert "pipeline_rollout_pipelines is 'Person detector': give a list of dictionaries" in said
    assert "pipeline_rollout_waves is '[5'" in said and cloud.log("list_devices") != cloud.writes() == []


def running(cloud: Served, model: str) -> list[list[Any]]:
    """Of each device the pipelines of this model."""
    return [[each for each in device.pipelines if each["modelUUID"] == model] for device in devices_of(cloud).values()]


def test_two_rollouts_in_one_workflow_do_not_take_each_others_artefacts(cloud: Served, workflow: Workflow) -> None:
    """What a job left is a variable of all further ones, which no node can take away."""
    one, other = cloud.world.models
    first = {"pipeline_rollout_name": "one", "pipeline_rollout_model": one, "pipeline_rollout_waves": "5, 100%"}
    said = workflow.job(**first, pipeline_rollout_pause_before_wave="2")
    assert workflow.artefacts["pipeline_rollout_status"] == "paused"
    assert "A workflow needs another job for that" in " ".join(said.split())
    second = {"pipeline_rollout_name": "other", "pipeline_rollout_model": other, "pipeline_rollout_nms": "0.7"}
    workflow.job(**second)
    assert workflow.artefacts["pipeline_rollout_status"] == "finished"
    assert workflow.artefacts["pipeline_rollout_summary"]["name"] == "other"
    assert sorted(workflow.artefacts["pipeline_rollout_saved"]) == ["one", "other"]
    assert all(pipelines[0]["modelNMS"] == 0.7 for pipelines in running(cloud, other))
    workflow.job(**first)
    totals = workflow.artefacts["pipeline_rollout_summary"]["totals"]
    assert totals["done"] + totals["unchanged"] == 20 and workflow.artefacts["pipeline_rollout_status"] == "finished"
    assert all(running(cloud, one))


def test_parts_side_by_side_have_each_camera_once_and_are_added_up(cloud: Served, workflow: Workflow) -> None:
    answers = {
        "pipeline_rollout_name": "night",
        "pipeline_rollout_model": first_model(cloud),
        "pipeline_rollout_nms": "0.5",
    }
    parts = [workflow.operator("nxai.cloud.rollout", **answers, pipeline_rollout_part=f"{n}/3") for n in (1, 2, 3)]
    runs = [part.start() for part in parts]
    for run in runs:
        said, _nothing = run.communicate(timeout=300)
        assert run.returncode == 0, said
        workflow.artefacts |= left(said)
    cloud.advance(60)
    assert all(pipelines[0]["modelNMS"] == 0.5 for pipelines in running(cloud, first_model(cloud)))
    written = [(entry.path.split("/")[3], entry.path) for entry in cloud.writes()]
    assert len({site for site, _path in written}) == 4
    reports = [json.loads(path.read_text()) for path in workflow.home.glob("job-*/rollout-night-*/rollout-report.json")]
    assert sum(report["totals"]["devices"] for report in reports) == 20
    sites = [site["site"] for report in reports for site in report["sites"]]
    assert len(sites) == len(set(sites)) == 4
    said = workflow.job("nxai.cloud.rollout_total", pipeline_rollout_name="night")
    assert "Of 3 parts: 3 finished." in said
    assert workflow.artefacts["pipeline_rollout_summary"]["totals"]["done"] == 20
    del workflow.artefacts["pipeline_rollout_part_2_of_3"]
    said = workflow.job("nxai.cloud.rollout_total", 2, pipeline_rollout_name="night")
    assert "Nothing is known of 2/3" in said


@pytest.mark.parametrize("name", ["0042", "2026-11-28", "yes"])
def test_what_yaml_would_read_is_still_what_was_typed(cloud: Served, workflow: Workflow, name: str) -> None:
    """ansible-core 2.19 and newer makes numbers and dates of it, in artefacts as well, and null of what is empty."""
    before = snapshot(cloud)
    asked = {**unset(), "pipeline_rollout_name": name, "pipeline_rollout_model": first_model(cloud)}
    asked |= {"pipeline_rollout_nms": "0.50", "pipeline_rollout_waves": "5\n15"}
    workflow.job(**{**asked, "pipeline_rollout_pause_before_wave": "2"})
    workflow.job(**asked)
    summary = workflow.artefacts["pipeline_rollout_summary"]
    assert summary["name"] == name and summary["totals"]["done"] == 20
    assert list(workflow.artefacts["pipeline_rollout_saved"]) == [name]
    workflow.job(**{**asked, "pipeline_rollout_action": "rollback"})
    cloud.advance(60)
    assert snapshot(cloud) == before


def test_taking_back_says_what_it_cannot_know(cloud: Served, workflow: Workflow) -> None:
    """A job was killed in its wave, and its journal is gone with its container."""
    asked = {"pipeline_rollout_name": "n", "pipeline_rollout_model": first_model(cloud), "pipeline_rollout_waves": "5"}
    workflow.job(**asked, pipeline_rollout_pause_before_wave="2")
    cloud.clear_log()
    assert workflow.operator("nxai.cloud.rollout", **asked).run_and_kill(lambda: len(cloud.writes()) > 4, True)
    workflow.job(**asked, pipeline_rollout_action="rollback")
    summary = workflow.artefacts["pipeline_rollout_summary"]
    assert summary["status"] == "rolled_back" and "a job that was killed has written" in summary["message"]


class _Store(BaseHTTPRequestHandler):
    """An object store that takes what is put there."""

    taken: ClassVar[list[tuple[str, str, bytes]]] = []

    def do_PUT(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.taken.append((self.path, self.headers["Content-Type"], body))
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *arguments: Any) -> None:
        pass


def test_the_report_and_what_failed_outlive_the_job(cloud: Served, workflow: Workflow) -> None:
    for device in list(devices_of(cloud).values())[:3]:
        device.silent_until = 1e12
    answers = {
        "pipeline_rollout_name": "r",
        "pipeline_rollout_model": first_model(cloud),
        "pipeline_rollout_nms": "0.5",
        "pipeline_rollout_waves": "100%",
        "pipeline_rollout_settings": '{"applicable_timeout": 0, "wait_interval": 0.1, "wait_timeout": 2}',
        "pipeline_rollout_report_to": "there.html",
    }
    said = workflow.job(code=2, **answers)
    summary = workflow.artefacts["pipeline_rollout_summary"]
    assert workflow.artefacts["pipeline_rollout_status"] == "stopped" == summary["status"]
    assert sum(each["devices"] for each in summary["causes"]) == len(summary["failed"]) == 3
    last = " ".join(said[said.rindex("Say how to go on") :].split())
    assert "Failed: 3 cameras: " in last and summary["failed"][0]["reason"][:40] in last
    assert (workflow.home / "job-1" / "there.html").read_text().startswith("<!")

    store = HTTPServer(("127.0.0.1", 0), _Store)
    Thread(target=store.serve_forever, daemon=True).start()
    try:
        address = f"http://127.0.0.1:{store.server_port}/reports/r.html?X-Signature=s3cret"
        answers |= {"pipeline_rollout_report_to": address, "pipeline_rollout_max_failures": "100%"}
        answers |= {"pipeline_rollout_max_failures_per_wave": "100%", "pipeline_rollout_name": "again"}
        said = workflow.job(**answers)
    finally:
        store.shutdown()
        store.server_close()
    ((path, kind, body),) = _Store.taken
    assert path.startswith("/reports/r.html?") and kind.startswith("text/html") and body.startswith(b"<!")
    assert "s3cret" not in said
    said = workflow.job(**{**answers, "pipeline_rollout_name": "third"})
    assert "The report could not be put to pipeline_rollout_report_to" in said and "s3cret" not in said


@pytest.mark.parametrize(
    "playbook", [path.stem for path in sorted((ROOT / "playbooks").glob("*.yml")) if ".nxai" not in path.name]
)
def test_no_limit_makes_a_success_of_nothing(tmp_path: Path, playbook: str) -> None:
    """Neither one that matches nothing, as in an inventory without hosts, nor one that leaves localhost out."""
    (tmp_path / "hosts").write_text("[shop]\ndoor\n")
    inventory = ("-i", "hosts") if playbook > "estate" else ()
    limit = "shop" if inventory else "nothing-of-this-name"
    done = ansible(tmp_path, "playbook", *inventory, f"nxai.cloud.{playbook}", "--limit", limit)
    said = " ".join((done.stdout + done.stderr).split())
    assert done.returncode not in (0, 250) and f"--limit {limit} leaves localhost out" in said, said
    assert f"--limit 'localhost,{limit}'" in said and "Traceback" not in said
