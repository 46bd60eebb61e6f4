# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The playbooks of a release, run by the command against a simulator."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from simulator.testing import Served
from tools.demo_model import model
from tools.workplace import users_environment

MODEL = "Person detector"
Play = Callable[..., str]


@pytest.fixture
def model_file(tmp_path: Path) -> Path:
    path = tmp_path / "person.onnx"
    path.write_bytes(model().SerializeToString())
    return path


@pytest.fixture
def play(tmp_path: Path, model_file: Path) -> Play:
    """Run a playbook of the collection for a version, and give its output. A warning fails the test."""

    def run(cloud: Served, playbook: str, version: str, *, check: bool = False, code: int = 0, **more: Any) -> str:
        variables = {
            "model_release_model": MODEL,
            "model_release_version": version,
            "model_release_file": str(model_file),
            "model_release_wait_delay": 1,
            "pipeline_rollout_settings": {"wait_interval": 0.1},
            **more,
        }
        env = users_environment(
            tmp_path,
            ANSIBLE_INVENTORY_UNPARSED_WARNING="0",
            ANSIBLE_SHOW_CUSTOM_STATS="1",
            NXAI_API_URL=cloud.url,
            NXAI_TOKEN=cloud.token(),
        )
        name = playbook if "/" in playbook else f"nxai.cloud.{playbook}"
        command = [sys.executable, "-m", "ansible", "playbook", name, "-e", json.dumps(variables)]
        if playbook == "release_and_rollout":
            (tmp_path / "estate.nxai.yml").write_text("plugin: nxai.cloud.nxai_devices\n")
            command += ["-i", "estate.nxai.yml"]
        command += ["--check", "--diff"] if check else []
        done = subprocess.run(command, env=env, cwd=tmp_path, capture_output=True, text=True, check=False, timeout=300)
        output = done.stdout + done.stderr
        assert done.returncode == code, output
        assert "WARNING" not in output and "DEPRECATION" not in output, output
        return output

    return run


@pytest.fixture
def retire(play: Play, tmp_path: Path) -> Play:
    """Run the entry point of the role that only retires."""
    role = {"name": "nxai.cloud.model_release", "tasks_from": "retire"}
    tasks = [{"name": "Retire", "ansible.builtin.include_role": role}]
    playbook = tmp_path / "retire.yml"
    playbook.write_text(json.dumps([{"name": "R", "hosts": "localhost", "gather_facts": False, "tasks": tasks}]))
    return lambda cloud, version, **more: play(cloud, str(playbook), version, **more)
