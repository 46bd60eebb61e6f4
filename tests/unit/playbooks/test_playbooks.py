# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The playbooks of the demonstration and of the doctor, run by the command: what they print, and what they send."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TypeAlias
from xml.etree import ElementTree as xml

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
HOSTILE: dict[str, Any] = {
    "sites": 40, "servers": 3, "devices": 12, "models": 3, "offline_every": 10, "unsupported_every": 3,
    "disabled_every": 4, "plugin_5_every": 2, "assigned": True, "hostile_names": True,
}  # fmt: skip
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
        # has several rows, each of the four also asks once whether its total counts them all, the inventory twice.
        assert [entry.method for entry in cloud.log()] == ["GET"] * (3 + 1 + 2 + 1 + 5)


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
        assert "\nWARNING  Door at Shop: it is enabled and runs nothing\n" in done.stdout
        assert "WARNING]" not in done.stdout + done.stderr and "changed=0 " in done.stdout
        assert {entry.method for entry in cloud.log()} == {"GET"}
        strict = play(DOCTOR, cloud, "-e", "doctor_fail_on_warnings=true")
        assert strict.returncode == 2 and '"msg": "1 warning, 1 note"' in strict.stdout


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
        assert "\nERROR    GET " in done.stdout and "\nOK       reachability, tls, contract\n" in done.stdout


def test_forty_shops_with_hostile_names_are_told_in_forty_lines_of_plain_text(play: Play, tmp_path: Path) -> None:
    with serve(**HOSTILE) as cloud:
        every = ("-e", "doctor_format=text,junit,prometheus", "-e", f"doctor_path={tmp_path}")
        done = play(DOCTOR, cloud, *every)
        assert done.returncode == 0, done.stdout + done.stderr
        text = done.stdout.partition("TASK [What was found]")[2].partition("\n")[2].partition("\nok:")[0]
        assert 8 < len(text.splitlines()) <= 40 and all(line.isprintable() for line in text.splitlines())
        assert " at {{ 7*7 }}" in text and "\\u202e" in text and " cameras at 36 sites: " in text
        assert {entry.method for entry in cloud.log()} == {"GET"}
        xml.fromstring((tmp_path / "nxai_doctor.xml").read_bytes())
        file = tmp_path / "nxai_fleet.prom"
        assert 'site_name="{{ 7*7 }}"' in file.read_text() and file.stat().st_mode & 0o777 == 0o644
        assert [each.name for each in tmp_path.iterdir() if "prom" in each.name] == [file.name]
        silent = play(DOCTOR, cloud, "-e", "doctor_format=junit", "-e", f"doctor_path={tmp_path}")
        assert "WARNING  " not in silent.stdout and "(item=nxai_fleet.prom)" not in silent.stdout
        wrong = play(DOCTOR, cloud, "-e", "doctor_format=xml")
        assert wrong.returncode == 2 and "text, junit, prometheus" in wrong.stdout


TEXT = """\
- hosts: localhost
  gather_facts: false
  tasks:
    - nxai.cloud.text_out:
        text: "{{ lookup('ansible.builtin.file', 'told.txt', rstrip=false) }}"
        path: "{{ path | default(omit, true) }}"
    - nxai.cloud.text_out:
        text: nobody may see this
      no_log: true
"""
TOLD = "one\n  two {{ 7*7 }} \x1b[31m\u202e\tthree\n"


def test_a_text_is_shown_without_what_a_terminal_would_obey_or_written_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "play.yml").write_text(TEXT)
    (tmp_path / "told.txt").write_text(TOLD)
    shown = ansible(tmp_path, "playbook", "play.yml")
    assert "\none\n  two {{ 7*7 }} \\x1b[31m\\u202e\\tthree\n" in shown.stdout and "changed=0 " in shown.stdout
    assert "nobody may see this" not in shown.stdout and "failed=0 " in shown.stdout
    there = tmp_path / "out.txt"
    planned = ansible(tmp_path, "playbook", "play.yml", "-e", "path=out.txt", "--check", "--diff")
    assert not there.exists() and "+one" in planned.stdout and "changed=1 " in planned.stdout
    assert "changed=1 " in ansible(tmp_path, "playbook", "play.yml", "-e", "path=out.txt").stdout
    assert there.read_text() == TOLD
    assert "changed=0 " in ansible(tmp_path, "playbook", "play.yml", "-e", "path=out.txt").stdout
    (tmp_path / "folder").mkdir()
    for path in ("none/out.txt", "folder"):
        failed = ansible(tmp_path, "playbook", "play.yml", "-e", f"path={path}")
        said = failed.stdout + failed.stderr
        assert failed.returncode == 2 and f"Write {tmp_path}/{path}: " in said and "Traceback" not in said
