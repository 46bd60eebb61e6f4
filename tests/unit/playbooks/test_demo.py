# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The playbook of the demonstration, run by the command, and what it sends."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from simulator.testing import Served, serve
from tools.demo_model import model
from tools.workplace import ROOT, users_environment

PLAYBOOKS = ROOT / "playbooks"
DEMO_SEED = Path(__file__).parents[2] / "simulator" / "demo.yml"
Play = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def play(tmp_path: Path) -> Play:
    """Runs the demonstration's playbook against a simulator."""
    file = tmp_path / "model.onnx"
    file.write_bytes(model().SerializeToString())

    def run(cloud: Served, *arguments: str) -> subprocess.CompletedProcess[str]:
        env = users_environment(tmp_path, NXAI_API_URL=cloud.url, NXAI_TOKEN=cloud.token())
        command = [sys.executable, "-m", "ansible", "playbook", "-i", str(PLAYBOOKS / "demo.nxai.yml")]
        command += [str(PLAYBOOKS / "demo.yml"), "-e", f"model_file={file}", *arguments]
        return subprocess.run(command, env=env, cwd=tmp_path, capture_output=True, text=True, check=False, timeout=120)

    return run


def test_a_plan_on_an_empty_account_sends_no_write(play: Play) -> None:
    with serve() as cloud:
        done = play(cloud, "--check", "--diff")
        assert done.returncode == 0, done.stdout + done.stderr
        assert '+    "name": "Shop models"' in done.stdout
        assert '+    "name": "Brightness detector"' in done.stdout
        assert {entry.method for entry in cloud.log()} == {"GET"}


def test_a_plan_on_an_account_with_cameras_sends_no_write(play: Play) -> None:
    with serve(DEMO_SEED) as cloud:
        done = play(cloud, "--check", "--diff")
        assert done.returncode == 0, done.stdout + done.stderr
        assert "Shop Amsterdam: Car park, Entrance, Stock room, Till 1, Till 2" in done.stdout
        assert {entry.method for entry in cloud.log()} == {"GET"}


def test_the_second_run_changes_nothing_and_only_reads(play: Play) -> None:
    with serve(DEMO_SEED, speed=100) as cloud:
        first = play(cloud)
        assert first.returncode == 0, first.stdout + first.stderr
        assert [entry.method for entry in cloud.writes()] == ["POST", "POST", "PUT"]
        cloud.clear_log()
        second = play(cloud)
        assert "changed=0 " in second.stdout, second.stdout
        # Inventory 3 (sites, and devices of the two that are online), catalogue 1, model 2, pipeline 1.
        assert [entry.method for entry in cloud.log()] == ["GET"] * (3 + 1 + 2 + 1)


def test_without_cameras_it_says_what_to_choose(play: Play) -> None:
    with serve() as cloud:
        done = play(cloud)
        assert done.returncode == 2
        assert "no camera in the group site_shop_amsterdam" in done.stdout
        assert cloud.writes() == []
