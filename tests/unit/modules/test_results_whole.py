# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A result arrives whole or not at all, whatever text is in it and whatever the secrets of the task are."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from simulator.testing import Served
from tools.workplace import users_environment

RunModule = Callable[..., dict[str, Any]]
Calls = Callable[[], list[str]]
MODEL = "459d2273-1514-431c-9d34-f5b72f3bfe20"


@pytest.fixture
def part_of_an_nxid(cloud: Served) -> str:
    """Four characters out of the NxID of a camera, which somebody has as a password."""
    site = next(each for each in cloud.world.sites.values() if each.name == "Shop 002")
    (device,) = site.devices.values()
    return device.nxid[-9:-5]


@pytest.mark.parametrize("module", ["nxai_device_info", "nxai_pipeline_info"])
def test_a_result_that_ansible_would_mask_is_refused(run_module: RunModule, part_of_an_nxid: str, module: str) -> None:
    failed = run_module(module, sites=["Shop 002"], mfa_code=part_of_an_nxid)
    assert failed["failed"] and failed["changed"] is False
    assert "equals a secret that the task was given (mfa_code)" in failed["msg"] and "token_file" in failed["msg"]
    assert part_of_an_nxid not in failed["msg"]
    assert "failed" not in run_module(module, sites=["Shop 002"])


def test_nothing_is_written_whose_snapshot_would_be_masked(
    cloud: Served, run_module: RunModule, onnx_file: Path, part_of_an_nxid: str, writes: Calls
) -> None:
    run_module("nxai_model", name="A", file=str(onnx_file), wait_interval=0.01)
    cloud.clear_log()
    task: dict[str, Any] = {"site": "Shop 002", "devices": ["Entrance"], "pipelines": [{"model": "A"}]}
    failed = run_module("nxai_pipeline", mfa_code=part_of_an_nxid, **task)
    assert failed["failed"] and failed["changed"] is False and "(mfa_code)" in failed["msg"]
    assert writes() == []


def test_what_was_written_is_said_though_the_result_is_refused(
    cloud: Served, run_module: RunModule, onnx_file: Path, writes: Calls
) -> None:
    """The service chooses the UUID, so nobody can look before."""
    failed = run_module("nxai_catalogue", name="New", mfa_code="-4")  # as every UUID of version 4 has
    assert failed["failed"] and failed["changed"] is True and "The change was made." in failed["msg"]
    assert writes() == ["POST /cpt/catalogues"]


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (400, '{"Message": "no \\ud800 such"}'),
        (200, f'[{{"UUID": "{MODEL}", "InputDriverDetails": {{"x": "a \\ud800 b"}}}}]'),
    ],
    ids=["error", "result"],
)
def test_a_lone_surrogate_does_not_lose_a_result(cloud: Served, tmp_path: Path, status: int, body: str) -> None:
    """Through a process of its own, as Ansible runs it."""
    cloud.fault("status", "list_models", status=status, body=body, headers={"X-Pagination-Records": "1"}, times=0)
    options = {"api_url": cloud.url, "token": cloud.token()}
    command = [sys.executable, "-m", "ansible", "adhoc", "localhost", "-m", "nxai.cloud.nxai_model_info"]
    env = users_environment(tmp_path)
    done = subprocess.run(
        [*command, "-a", json.dumps(options)], env=env, cwd=tmp_path, capture_output=True, check=False, timeout=120
    )
    said = (done.stdout + done.stderr).decode("utf-8")
    assert "Traceback" not in said and "MODULE FAILURE" not in said and "UnicodeEncodeError" not in said, said
    assert ("no ? such" if status == 400 else "a ? b") in said
