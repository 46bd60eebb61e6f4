# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The guide "Your estate in git", followed as it stands."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from ansible_collections.nxai.cloud.plugins.module_utils._estate.check import estate_of
from simulator.records import Device
from simulator.testing import Served, serve
from tools.workplace import ROOT, ansible

GUIDE = (ROOT / "docs" / "estate.md").read_text()
BLOCKS = re.findall(r"```(yaml|shell|text)\n(.*?)```", GUIDE, re.DOTALL)
SAMPLE, *_FILES = [text for kind, text in BLOCKS if kind == "yaml"]
FILES = {re.findall(r"# (\S+)\n", text)[0]: text for text in _FILES}
LINES = [line for kind, text in BLOCKS if kind == "shell" for line in text.splitlines()]
COMMANDS = [line for line in LINES if "nxai.cloud.estate " not in line]  # those are in test_estate_apply.py
[DRIFT] = [text for kind, text in BLOCKS if kind == "text"]
SEVEN, SIX = "459d2273-1514-431c-9d34-f5b72f3bfe27", "459d2273-1514-431c-9d34-f5b72f3bfe26"
SHOPS = {"Shop 001": ["Entrance", "Till 1", "Till 2"], "Shop 002": [f"Till {place}" for place in range(1, 6)]}
SHOPS["Shop 003"] = SHOPS["Shop 002"]


def pipeline(model: str, nms: float = 0.42) -> dict[str, Any]:
    usual = {
        "modelUUID": model,
        "modelNMS": nms,
        "resizingMethod": "Letterbox",
        "Preprocessor": "",
        "Postprocessor": "",
    }
    return {**usual, "chains": []}


def world() -> dict[str, Any]:
    sites = [
        {
            "name": shop,
            "servers": [{"name": "S", "devices": [{"name": e, "pipelines": [pipeline(SEVEN)]} for e in names]}],
        }
        for shop, names in SHOPS.items()
    ]
    models = [
        {"name": "Person detector@7", "id": SEVEN, "catalogues": ["Shop models"]},
        {"name": "Person detector@6", "id": SIX},
    ]
    return {"catalogues": ["Shop models", "Test"], "models": models, "sites": sites}


def click(cloud: Served) -> None:
    """What somebody did in the portal."""
    world = cloud.world
    world.models[SEVEN].catalogues = [each.uuid for each in world.catalogues.values() if each.name == "Test"]
    for site in world.sites.values():
        for device in list(site.devices.values()):
            device.pipelines = [pipeline(SIX) if device.name != "Entrance" else pipeline(SEVEN, 0.7)]
        if site.name == "Shop 002":
            site.devices["x"] = Device("{156bd960-7d61-532e-8b28-f7ebda2d9992}", "Yard", device.server)


@pytest.fixture
def cloud() -> Iterator[Served]:
    with serve(world()) as served:
        yield served


def test_each_command_and_its_words(cloud: Served, tmp_path: Path) -> None:
    variables = {"NXAI_API_URL": cloud.url, "NXAI_CLOUD_URL": cloud.url, "NXAI_TOKEN": cloud.token()}
    assert len(COMMANDS) == 2
    for command in COMMANDS:
        done = ansible(tmp_path, "playbook", *shlex.split(command)[1:], **variables)
        assert done.returncode == 0, f"{command}\n{done.stdout}{done.stderr}"
    before = (tmp_path / "estate/estate.yml").read_bytes()
    click(cloud)
    report = ("-e", "drift_report=drift.json")
    done = ansible(tmp_path, "playbook", *shlex.split(COMMANDS[1])[1:], *report, **variables)
    assert done.returncode == 2, done.stdout + done.stderr
    told = yaml.safe_load((tmp_path / "drift.json").read_text())
    assert told["summary"] == DRIFT.splitlines() and told["drift"]
    assert all(line in done.stdout for line in DRIFT.splitlines())
    (tmp_path / "report.yml").write_text(FILES["report.yml"])
    done = ansible(tmp_path, "playbook", "report.yml", **variables)
    assert done.returncode == 0 and done.stdout.count('"msg"') == 2, done.stdout + done.stderr
    assert (tmp_path / "estate/estate.yml").read_bytes() == before
    assert {entry.method for entry in cloud.log()} == {"GET"}


def test_the_sample_is_an_estate() -> None:
    found = estate_of([("docs/estate.md", yaml.safe_load(SAMPLE))])
    assert [len(site.devices) for site in found.sites.values()] == [4, 0]
    assert found.models[0].options["means"] == [0.0, 0.0, 0.0]


def variables_of(playbook: str) -> set[str]:
    """As they are declared."""
    text = (ROOT / "playbooks" / "meta" / "argument_specs.yml").read_text()
    return set(yaml.safe_load(text)["argument_specs"][playbook]["options"])


@pytest.mark.parametrize(
    ("name", "playbooks"),
    [
        (".github/workflows/estate.yml", ["drift", "estate_export"]),
        (".github/workflows/estate-change.yml", ["estate", "estate"]),
        (".gitlab-ci.yml", ["estate", "estate", "drift", "estate_export"]),
    ],
)
def test_the_jobs_use_variables_that_there_are(name: str, playbooks: list[str]) -> None:
    text = FILES[name]
    assert yaml.safe_load(text)
    found = re.findall(r"ansible-playbook nxai\.cloud\.(\w+)((?: -e \S+)*)", text)
    assert [playbook for playbook, _extra in found] == playbooks
    for playbook, extra in found:
        known = variables_of("drift") if playbook == "drift" else {"estate_path"}  # which all of them have
        assert {each.partition("=")[0] for each in extra.split() if each != "-e"} <= known


@pytest.mark.parametrize("name", ["estate_export", "drift"])
def test_each_variable_is_in_the_guide(name: str) -> None:
    named = set(re.findall(r"^\| `(\w+)`", GUIDE, re.MULTILINE))
    assert variables_of(name) <= named
