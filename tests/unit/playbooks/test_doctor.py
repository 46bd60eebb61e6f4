# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The playbook nxai.cloud.doctor, run by its name: table, exit code, and what it sends."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from simulator.testing import Served, serve
from tools.workplace import users_environment

Play = Callable[..., "subprocess.CompletedProcess[str]"]
IDLE = {"sites": [{"name": "Shop", "servers": [{"name": "S", "devices": ["Door"]}]}]}


@pytest.fixture
def play(tmp_path: Path) -> Play:
    def run(cloud: Served, *arguments: str, token: str = "") -> subprocess.CompletedProcess[str]:
        env = users_environment(
            tmp_path, ANSIBLE_INVENTORY_UNPARSED_WARNING="0", NXAI_API_URL=cloud.url, NXAI_TOKEN=token or cloud.token()
        )
        command = [sys.executable, "-m", "ansible", "playbook", "nxai.cloud.doctor", *arguments]
        return subprocess.run(command, env=env, cwd=tmp_path, capture_output=True, text=True, check=False, timeout=120)

    return run


def test_warnings_are_shown_and_fail_only_where_asked(play: Play) -> None:
    with serve(IDLE) as cloud:
        done = play(cloud)
        assert done.returncode == 0, done.stdout + done.stderr
        assert "warning: Shop / Door: it is enabled and runs nothing" in done.stdout
        assert "WARNING]" not in done.stdout + done.stderr and "changed=0 " in done.stdout
        assert {entry.method for entry in cloud.log()} == {"GET"}
        strict = play(cloud, "-e", "doctor_fail_on_warnings=true")
        assert strict.returncode == 2 and "0 errors, 1 warnings" in strict.stdout


def test_an_error_fails_after_the_table(play: Play) -> None:
    with serve(IDLE) as cloud:
        done = play(cloud, token="wrong")
        assert done.returncode == 2
        assert "ERROR    token" in done.stdout and "OK       contract" in done.stdout
