# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The project for a controller: written, written again, and run as a controller runs it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from simulator.testing import Served, serve
from tools.demo_model import model
from tools.rollouts import assign_something, devices_of, first_model
from tools.workplace import ansible

OWN = {".gitignore", "cameras.nxai.yml", "collections/requirements.yml", "group_vars/all/release.yml"}


def write(home: Path, *arguments: str) -> str:
    done = ansible(
        home, "playbook", "nxai.cloud.controller_project", "-e", "controller_project_dir=project", *arguments
    )
    said = done.stdout + done.stderr
    assert done.returncode == 0 and "WARNING]" not in said and "DEPRECATION" not in said, said
    return done.stdout


def files(folder: Path) -> dict[str, str]:
    return {str(each.relative_to(folder)): each.read_text() for each in folder.rglob("*") if each.is_file()}


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where somebody has written a project."""
    folder = tmp_path_factory.mktemp("home")
    write(folder)
    return folder


@pytest.fixture
def cloud() -> Iterator[Served]:
    with serve(speed=50, sites=2, servers=1, devices=3, models=2) as served:
        assign_something(served)
        yield served


def run(cloud: Served, home: Path, playbook: str, *arguments: str) -> tuple[int, str]:
    """As a controller does it: in the project, with its inventory, and credentials of the environment."""
    credential = {"NXAI_API_URL": cloud.url, "NXAI_TOKEN": cloud.token(), "ANSIBLE_SHOW_CUSTOM_STATS": "1"}
    project = home / "project"
    done = ansible(home, "playbook", "-i", project / "cameras.nxai.yml", project / playbook, *arguments, **credential)
    said = done.stdout + done.stderr
    assert "[WARNING]" not in said and "Traceback" not in said, said
    return done.returncode, said


def left_by(said: str) -> Any:
    """The statistics of a run, which a controller keeps as artefacts."""
    return json.JSONDecoder().raw_decode(said.partition("RUN: ")[2])[0]


def test_check_mode_writes_nothing_and_a_second_run_changes_nothing(tmp_path: Path) -> None:
    said = write(tmp_path, "--check", "--diff")
    assert "changed=1 " in said and not (tmp_path / "project").exists()
    assert "go on with docs/awx.md" in write(tmp_path)
    before = files(tmp_path / "project")
    assert "changed=0 " in write(tmp_path)
    (tmp_path / "project" / "doctor.yml").unlink()
    assert "changed=1 " in write(tmp_path, "--check", "--diff") and not (tmp_path / "project" / "doctor.yml").exists()
    assert "changed=1 " in write(tmp_path)
    assert files(tmp_path / "project") == before


def test_what_you_have_changed_stays(home: Path) -> None:
    project = home / "project"
    inventory = project / "cameras.nxai.yml"
    inventory.write_text(f"{inventory.read_text()}sites: ['*']\n")
    assert "changed=0 " in write(home) and "sites:" in inventory.read_text()


def test_each_playbook_is_one_line_and_can_be_read(home: Path) -> None:
    project = home / "project"
    playbooks = {name: text for name, text in files(project).items() if name not in OWN}
    for name, text in playbooks.items():
        assert text == f"---\n- ansible.builtin.import_playbook: nxai.cloud.{Path(name).stem}\n"
    done = ansible(home, "playbook", "--syntax-check", *(project / name for name in sorted(playbooks)))
    assert done.returncode == 0, done.stdout + done.stderr
    assert len(re.findall("^playbook: ", done.stdout, re.MULTILINE)) == len(playbooks) == 12


def test_a_rollout_of_the_project_ends_and_the_last_node_says_so(home: Path, cloud: Served) -> None:
    told = {"pipeline_rollout_name": "d", "pipeline_rollout_model": first_model(cloud)}
    told["pipeline_rollout_settings"] = '{"wait_interval": 0.1}'
    code, said = run(cloud, home, "rollout.yml", "-e", json.dumps(told))
    assert code == 0, said
    devices = devices_of(cloud).values()
    assert {device.pipelines[-1]["modelUUID"] for device in devices} == {first_model(cloud)}

    cloud.clear_log()
    artefacts = home / "artefacts.json"
    artefacts.write_text(json.dumps(left_by(said)))
    code, said = run(cloud, home, "rollout_status.yml", "-e", f"@{artefacts}")
    assert code == 0 and "\nThe rollout is finished. All waves are done." in said, said
    assert {entry.method for entry in cloud.log()} == {"GET"}  # those of the inventory


def test_the_last_node_fails_where_the_rollout_is_not_finished(home: Path) -> None:
    """The text comes from another job, and a controller marks it as no template."""
    left = home / "left.yml"
    left.write_text(
        "pipeline_rollout_status: paused\npipeline_rollout_summary: {message: !unsafe 'Before {{ 7*7 }}.'}\n"
    )
    done = ansible(home, "playbook", home / "project" / "rollout_status.yml", "-e", f"@{left}")
    assert done.returncode == 2 and '"msg": "The rollout is paused."' in done.stdout, done.stdout
    assert "\nThe rollout is paused. Before {{ 7*7 }}." in done.stdout, done.stdout
    done = ansible(home, "playbook", home / "project" / "rollout_status.yml")
    assert done.returncode == 2 and "The rollout is not known, as no job before this one" in done.stdout, done.stdout


def test_what_an_earlier_job_has_left_is_not_how_taking_back_has_ended(home: Path) -> None:
    """The job that takes back was killed: the workflow still has that the rollout is finished."""
    playbook = home / "project" / "rollout_status.yml"
    for status, said in (("finished", "not known, as the job that takes back has left nothing"), ("rolled_back",) * 2):
        told = {"pipeline_rollout_status": status, "pipeline_rollout_summary": {"message": "All waves are done."}}
        done = ansible(home, "playbook", playbook, "-e", json.dumps(told), "-e", "rollout_status_after_take_back=true")
        assert done.returncode == 2 and f"The rollout is {said}." in done.stdout, done.stdout
        assert ("All waves" in done.stdout) == (status == said)


def test_the_release_of_the_week_is_what_the_project_says(home: Path, cloud: Served) -> None:
    project = home / "project"
    (project / "models").mkdir()
    (project / "models" / "person.onnx").write_bytes(model().SerializeToString())
    week = project / "group_vars" / "all" / "release.yml"
    week.write_text(week.read_text().replace("# model_", "model_").replace("models/", f"{project}/models/"))
    code, said = run(cloud, home, "release.yml", "--check")
    assert code == 0 and "Person detector@2026.48: new" in said, said
    assert {entry.method for entry in cloud.log()} == {"GET"}
