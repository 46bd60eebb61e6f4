# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The playbooks estate_export and drift, run by the command: what they write, print and send."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeAlias

import pytest

from simulator.testing import Served, serve
from tools.killing import kill_with_workers
from tools.workplace import ansible, users_environment

Done: TypeAlias = subprocess.CompletedProcess[str]
Play = Callable[..., Done]
MODEL = "459d2273-1514-431c-9d34-f5b72f3bfe20"
# What a template, a path, YAML or a terminal takes for something else. Each comes through byte for byte.
NAMES = [
    "{{ 7*7 }}", "{% if %}", "{# x", "#jinja2: x", "!vault x", "!unsafe x", "../../etc/hosts", "null", "1e5", "~",
    "- x", "a: b", "a #b", "yes", "\u202etfel", "two\nlines", "bell\x07", "é", "🎥", " blank ", "'", '"', "\\", "%a",
]  # fmt: skip
DOCUMENTATION = "# {{ lookup('pipe', 'id') }}\n\n{% raw %}\n- it's\t\n"


def pipeline(**more: Any) -> dict[str, Any]:
    usual = {
        "modelUUID": MODEL,
        "modelNMS": 0.42,
        "resizingMethod": "Letterbox",
        "Preprocessor": "",
        "Postprocessor": "",
    }
    return {**usual, "chains": [], **more}


def seed() -> dict[str, Any]:
    devices = [{"name": each, "pipelines": [pipeline(Note={each: each})]} for each in NAMES]
    models = [{"name": "{{ model }}", "id": MODEL, "members": {"Documentation": DOCUMENTATION}}]
    sites = [{"name": name, "servers": [{"name": "S", "devices": devices}]} for name in NAMES[:6]]
    return {"times": {"assignment": 0}, "catalogues": NAMES, "models": models, "sites": sites}


@pytest.fixture
def cloud() -> Iterator[Served]:
    with serve(seed()) as served:
        yield served


@pytest.fixture
def play(tmp_path: Path, cloud: Served) -> Play:
    cloud.clear_log()

    def run(playbook: str, *extra: str) -> Done:
        variables = {"NXAI_API_URL": cloud.url, "NXAI_TOKEN": cloud.token(), "NXAI_CLOUD_URL": cloud.url}
        options = [word for each in extra for word in (("-e", each) if "=" in each else (each,))]
        return ansible(tmp_path, "playbook", f"nxai.cloud.{playbook}", *options, **variables)

    return run


def contents(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize("split", ["false", "true"])
def test_an_export_is_written_once_and_stays_as_it_is(play: Play, cloud: Served, tmp_path: Path, split: str) -> None:
    estate = tmp_path / "estate"
    options = ("estate_path=estate/", f"estate_split={split}")
    planned = play("estate_export", *options, "--check", "--diff")
    assert planned.returncode == 0 and not estate.exists(), planned.stdout + planned.stderr
    first = play("estate_export", *options)
    assert first.returncode == 0, first.stdout + first.stderr
    assert "WARNING]" not in first.stdout + first.stderr
    there = contents(estate)
    assert len(there) == (9 if split == "true" else 1)
    again = play("estate_export", *options)
    assert "changed=0 " in again.stdout and contents(estate) == there, again.stdout
    quiet = play("drift", "estate_path=estate")
    assert quiet.returncode == 0, quiet.stdout + quiet.stderr
    assert {entry.method for entry in cloud.log()} == {"GET"}


def test_an_export_that_is_killed_is_told_apart_and_made_whole(play: Play, cloud: Served, tmp_path: Path) -> None:
    estate = tmp_path / "estate"
    assert play("estate_export", "estate_path=estate").returncode == 0
    site = list(cloud.world.sites.values())[-1]  # its file is not the first one
    for device in site.devices.values():
        device.pipelines = []
    with started(tmp_path, cloud, "estate_export", "estate_path=estate", "estate_split=true") as process:
        while process.poll() is None and not list(estate.glob("sites/*.yml")):
            time.sleep(0.01)
        kill_with_workers(process.pid)
    assert {".estate-export.yml", "estate.yml", "catalogues.yml"} <= set(contents(estate))

    refused = play("estate", "estate_path=estate")
    assert refused.returncode == 2 and "an export was interrupted" in refused.stdout and cloud.writes() == []
    seen = play("drift", "estate_path=estate")
    assert seen.returncode == 0 and "An export was interrupted" in seen.stdout + seen.stderr, seen.stdout
    assert play("estate_export", "estate_path=estate", "estate_split=true").returncode == 0
    whole = contents(estate)
    assert len(whole) == 9 and ".estate-export.yml" not in whole
    again = play("estate_export", "estate_path=estate", "estate_split=true")
    assert "changed=0 " in again.stdout and contents(estate) == whole
    assert play("drift", "estate_path=estate").returncode == 0


@contextmanager
def started(folder: Path, cloud: Served, playbook: str, *extra: str) -> Iterator[subprocess.Popen[bytes]]:
    """A playbook in a group of processes of its own."""
    variables = {"NXAI_API_URL": cloud.url, "NXAI_TOKEN": cloud.token(), "NXAI_CLOUD_URL": cloud.url}
    command = [sys.executable, "-m", "ansible", "playbook", f"nxai.cloud.{playbook}"]
    command += [word for each in extra for word in ("-e", each)]
    nothing = subprocess.DEVNULL
    env = users_environment(folder, **variables)
    with subprocess.Popen(command, env=env, cwd=folder, stdout=nothing, stderr=nothing, start_new_session=True) as one:
        yield one


def test_drift_tells_hostile_names_as_they_are(play: Play, cloud: Served, tmp_path: Path) -> None:
    assert play("estate_export", "estate_path=estate.yml").returncode == 0
    for site in cloud.world.sites.values():
        for device in site.devices.values():
            device.pipelines = [{**each, "modelNMS": 0.5} for each in device.pipelines]
    planned = play("drift", "estate_path=estate.yml", "drift_report=drift.json", "--check")
    assert planned.returncode == 2 and not (tmp_path / "drift.json").exists()
    done = play("drift", "estate_path=estate.yml", "drift_report=drift.json")
    assert done.returncode == 2, done.stdout + done.stderr
    report = json.loads((tmp_path / "drift.json").read_text())
    [change] = report["differences"]
    declared = [each["pipelines"] for each in report["assignments"]]
    assert [{"model": "{{ model }}", "extra": {"Note": {NAMES[0]: NAMES[0]}}}] in declared
    assert {each["name"] for each in change["places"]} == set(NAMES)
    assert report["summary"] == [change["line"]] and "{{ model }}: nms" in done.stdout
    assert all(line.isprintable() for line in done.stdout.splitlines())
    assert {entry.method for entry in cloud.log()} == {"GET"}


def test_drift_without_a_file_says_so(play: Play, tmp_path: Path) -> None:
    done = play("drift", "estate_path=nowhere")
    assert done.returncode == 2 and f"There is no estate in {tmp_path}/nowhere." in done.stdout


@pytest.mark.parametrize("name", ["drift", "estate_export", "estate"])
@pytest.mark.parametrize("sites", ['["Shp *"]', "\"['Shop *']\""])
def test_sites_that_are_none_are_not_sites_where_nothing_differs(
    play: Play, cloud: Served, tmp_path: Path, name: str, sites: str
) -> None:
    (tmp_path / "estate.yml").write_text("estate: 1\nsites: []\n")
    done = play(name, "estate_path=estate.yml", "-e", f'{{"estate_sites": {sites}}}')
    assert done.returncode == 2 and "Find sites that match" in done.stdout, done.stdout
    assert (tmp_path / "estate.yml").read_text() == "estate: 1\nsites: []\n" and cloud.writes() == []


def test_a_file_whose_site_has_another_name_is_removed(play: Play, cloud: Served, tmp_path: Path) -> None:
    options = ("estate_path=estate", "estate_split=true")
    assert play("estate_export", *options).returncode == 0
    site = next(iter(cloud.world.sites.values()))
    name, site.name = site.name, "Another name"
    before = set(contents(tmp_path / "estate"))
    done = play("estate_export", *options)
    site.name = name
    assert done.returncode == 0, done.stdout + done.stderr
    after = set(contents(tmp_path / "estate"))
    assert len(after) == len(before) and [each for each in after - before if "another-name" in each]
