# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The playbooks of the demonstration and of the doctor, run by the command: what they print, and what they send."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeAlias

import pytest

from simulator.testing import Served, serve
from tools.demo_model import model
from tools.workplace import ROOT, ansible

PLAYBOOKS = ROOT / "playbooks"
DEMO_SEED = Path(__file__).parents[2] / "simulator" / "demo.yml"
DEMO = ("-i", str(PLAYBOOKS / "demo.nxai.yml"), str(PLAYBOOKS / "demo.yml"))
DOCTOR = ("nxai.cloud.doctor",)
FIRST_CONTACT = ("nxai.cloud.first_contact",)
IDLE = {"sites": [{"name": "Shop", "servers": [{"name": "S", "devices": ["Door"]}]}]}
Done: TypeAlias = subprocess.CompletedProcess[str]
Play = Callable[..., Done]


@pytest.fixture
def play(tmp_path: Path) -> Play:
    file = tmp_path / "model.onnx"
    file.write_bytes(model().SerializeToString())

    def run(playbook: Sequence[str], cloud: Served, *arguments: str, token: str = "") -> Done:
        variables = {"NXAI_API_URL": cloud.url, "NXAI_TOKEN": token or cloud.token()}
        return ansible(tmp_path, "playbook", *playbook, "-e", f"model_file={file}", *arguments, **variables)

    return run


def test_a_plan_on_an_empty_account_sends_no_write(play: Play) -> None:
    with serve() as cloud:
        done = play(DEMO, cloud, "--check", "--diff")
        assert done.returncode == 0, done.stdout + done.stderr
        assert '+    "name": "Shop models"' in done.stdout
        assert '+    "name": "Brightness detector"' in done.stdout
        assert {entry.method for entry in cloud.log()} == {"GET"}


def test_a_plan_on_an_account_with_cameras_sends_no_write(play: Play) -> None:
    with serve(DEMO_SEED) as cloud:
        done = play(DEMO, cloud, "--check", "--diff")
        assert done.returncode == 0, done.stdout + done.stderr
        assert "Shop Amsterdam: Car park, Entrance, Stock room, Till 1, Till 2" in done.stdout
        assert {entry.method for entry in cloud.log()} == {"GET"}


def test_the_second_run_changes_nothing_and_only_reads(play: Play) -> None:
    with serve(DEMO_SEED, speed=100) as cloud:
        first = play(DEMO, cloud)
        assert first.returncode == 0, first.stdout + first.stderr
        assert [entry.method for entry in cloud.writes()] == ["POST", "POST", "PUT"]
        cloud.clear_log()
        second = play(DEMO, cloud)
        assert "changed=0 " in second.stdout, second.stdout
        # Inventory 3 (sites, and devices of the two that are online), catalogue 1, model 2, pipeline 1. Where a listing
        # has several rows, each of the four also asks once whether its total counts them all.
        assert [entry.method for entry in cloud.log()] == ["GET"] * (3 + 1 + 2 + 1 + 4)


def test_without_cameras_it_says_what_to_choose(play: Play) -> None:
    with serve() as cloud:
        done = play(DEMO, cloud)
        assert done.returncode == 2
        assert "no camera in the group site_shop_amsterdam" in done.stdout
        assert cloud.writes() == []


def test_warnings_are_shown_and_fail_only_where_asked(play: Play) -> None:
    with serve(IDLE) as cloud:
        done = play(DOCTOR, cloud)
        assert done.returncode == 0, done.stdout + done.stderr
        assert "warning: Shop / Door: it is enabled and runs nothing" in done.stdout
        assert "WARNING]" not in done.stdout + done.stderr and "changed=0 " in done.stdout
        assert {entry.method for entry in cloud.log()} == {"GET"}
        strict = play(DOCTOR, cloud, "-e", "doctor_fail_on_warnings=true")
        assert strict.returncode == 2 and "0 errors, 1 warnings" in strict.stdout


def test_first_contact_reads_and_says_what_differs(play: Play, tmp_path: Path) -> None:
    with serve(DEMO_SEED) as cloud:
        where = ("-e", f"first_contact_dir={tmp_path}/found")
        done = play(FIRST_CONTACT, cloud, *where)
        assert done.returncode == 0 and "Nothing differs from what is known." in done.stdout, done.stdout + done.stderr
        assert "WARNING]" not in done.stdout + done.stderr and cloud.writes() == [] and len(cloud.log()) <= 60
        assert sorted(path.name for path in (tmp_path / "found").iterdir()) == [
            "first-contact-evidence.json", "first-contact.md", "nxai-contract.yml",
        ]  # fmt: skip
        assert "changed=0 " in play(FIRST_CONTACT, cloud, *where).stdout
        entrance = next(each.nxid for site in cloud.world.sites.values() for each in site.devices.values())
        done = play(
            FIRST_CONTACT, cloud, *where, "-e", f"first_contact_device={entrance}", "-e", "first_contact_create=true"
        )
        assert done.returncode == 0, done.stdout + done.stderr
        assert [entry.method for entry in cloud.writes()] == [
            "PUT",
            "POST",
            "PATCH",
            "POST",
            "PATCH",
            "DELETE",
            "DELETE",
        ]
        done = play(FIRST_CONTACT, cloud, *where, token="no-token-of-this-service")
        assert done.returncode == 2 and "HTTP 401" in done.stdout
        assert "could not be found out" in done.stdout and "Nothing differs" not in done.stdout


def test_an_error_fails_after_the_table(play: Play) -> None:
    with serve(IDLE) as cloud:
        done = play(DOCTOR, cloud, token="no-token-of-this-service")
        assert done.returncode == 2
        assert "ERROR    token" in done.stdout and "OK       contract" in done.stdout
