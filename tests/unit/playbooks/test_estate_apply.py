# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The playbook estate, run by the command: what it makes of a cloud, and what it leaves alone and names."""

from __future__ import annotations

import json
import re
import shlex
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeAlias

import pytest
import yaml

from simulator.testing import Served, serve
from tools.demo_model import model
from tools.workplace import ROOT, ansible

Done: TypeAlias = subprocess.CompletedProcess[str]
Play = Callable[..., str]
HOSTILE = [
    "{{ 7*7 }}",
    "[1]",
    "a: b",
    "\u202etfel",
    "'",
]  # names of cameras and models that are something else elsewhere
PERSON, BLUR = "Person detector@7", HOSTILE[0]
SITES = {"Shop 1": ["Door", "Till", *HOSTILE], "Shop 2": ["Door", "Yard"], "Shop 3": ["Door"]}
KEPT = {"Note": {"{{ x }}": [1, None]}}


def seed(sites: dict[str, list[str]] | None = None) -> dict[str, Any]:
    """Sites and devices, and nothing else."""
    return {
        "times": {"record": 0, "code": 0, "assignment": 0},
        "sites": [
            {"name": name, "servers": [{"name": "S", "devices": [{"name": each} for each in devices]}]}
            for name, devices in (sites or SITES).items()
        ],
    }


@pytest.fixture(scope="module")
def cloud() -> Iterator[Served]:
    with serve(seed()) as served:
        yield served


@pytest.fixture
def files(tmp_path: Path) -> dict[str, str]:
    made = {}
    for number, name in enumerate((PERSON, BLUR)):
        network = model()
        network.doc_string = name
        made[name] = f"{number}.onnx"
        (tmp_path / made[name]).write_bytes(network.SerializeToString())
    return made


@pytest.fixture
def play(tmp_path: Path, cloud: Served) -> Play:
    """Run a playbook and give its output. A warning fails the test."""

    def run(playbook: str, *words: str, code: int = 0, **extra: Any) -> str:
        variables = {"NXAI_API_URL": cloud.url, "NXAI_TOKEN": cloud.token(), "NXAI_CLOUD_URL": cloud.url}
        extra = {"estate_path": "estate/", "estate_settings": {"wait_interval": 0.1}, **extra}
        cloud.clear_log()
        done = ansible(tmp_path, "playbook", f"nxai.cloud.{playbook}", *words, "-e", json.dumps(extra), **variables)
        output = done.stdout + done.stderr
        assert done.returncode == code, output
        assert "WARNING]" not in output and "Traceback" not in output, output
        return output

    return run


@pytest.fixture
def applied(play: Play, cloud: Served, files: dict[str, str], tmp_path: Path) -> Path:
    """A cloud with models, catalogues and assignments, made of a file; and the export of it."""
    cloud.reset(seed=seed())
    (tmp_path / "estate").mkdir()
    (tmp_path / "estate" / "estate.yml").write_text(json.dumps(first_estate(cloud)))
    play("estate", estate_files=files)
    (tmp_path / "estate" / "estate.yml").unlink()
    play("estate_export")
    return tmp_path / "estate" / "estate.yml"


def first_estate(cloud: Served) -> dict[str, Any]:
    chained = {"model": PERSON, "nms": 0.7, "chains": [{"Method": "Crop", "modelUUID": BLUR}], "extra": KEPT}
    sites = []
    for site in cloud.world.sites.values():
        nxids = {each.nxid: each.name for each in site.devices.values()}
        odd = {nxid: name for nxid, name in nxids.items() if name in HOSTILE}
        usual = {nxid: name for nxid, name in nxids.items() if name not in HOSTILE}
        exceptions = [{"pipelines": [chained, {"model": BLUR}], "devices": odd}] if odd else []
        pipelines = [] if site.name == "Shop 3" else [{"model": PERSON}]
        sites.append({"id": site.id, "name": site.name, "pipelines": pipelines, "devices": usual})
        sites[-1] |= {"exceptions": exceptions} if exceptions else {}
    models = [{"name": PERSON, "alias": "people", "catalogues": [HOSTILE[1]]}, {"name": BLUR, "documentation": "[1]"}]
    return {"estate": 1, "catalogues": [{"name": HOSTILE[1]}], "models": models, "sites": sites}


def methods(cloud: Served) -> set[str]:
    return {entry.method for entry in cloud.log()}


def running(cloud: Served) -> dict[str, list[str]]:
    names = {each.uuid: each.name for each in cloud.world.models.values()}
    found = {}
    for site in cloud.world.sites.values():
        for device in site.devices.values():
            device.settle(cloud.world.clock.now())
            found[f"{site.name}/{device.name}"] = [names[each["modelUUID"]] for each in device.pipelines]
    return found


def test_a_round_trip_is_byte_equal(play: Play, cloud: Served, files: dict[str, str], applied: Path) -> None:
    exported = applied.read_bytes()
    assert b"people" in exported and b"sha256" in exported

    given = json.dumps({PERSON: files[PERSON], BLUR: None})
    unchanged = play("estate", estate_files=given, estate_waves="[]")  # text, as from AWX
    assert "changed=0 " in unchanged and methods(cloud) == {"GET"}

    cloud.reset(seed=seed())
    planned = play("estate", "--check", "--diff", estate_files=files)
    assert methods(cloud) == {"GET"} and not cloud.world.models
    assert "4 cameras at 2 shops: nothing instead of Person detector@7 (Door at Shop 1," in planned
    assert "it is not in the cloud" in planned and "+ Person detector@7 nms=0.42" in planned
    play("estate", estate_files=files)
    assert running(cloud)["Shop 1/Door"] == [PERSON] and running(cloud)["Shop 1/{{ 7*7 }}"] == [PERSON, BLUR]
    applied.unlink()
    play("estate_export")
    assert applied.read_bytes() == exported


def test_in_waves_and_what_is_not_named_goes(
    play: Play, cloud: Served, files: dict[str, str], applied: Path, tmp_path: Path
) -> None:
    (tmp_path / "estate.nxai.yml").write_text("plugin: nxai.cloud.nxai_devices\n")
    for site in cloud.world.sites.values():
        for device in site.devices.values():
            device.pipelines = []
    waves = {"estate_waves": ["1", "100%"], "pipeline_rollout_settings": {"wait_interval": 0.1}}
    inventory = ("-i", "estate.nxai.yml")

    planned = play("estate", *inventory, "--check", "--diff", **waves)
    assert methods(cloud) == {"GET"} and "wave 1" in planned and "nothing instead of" in planned
    paused = play("estate", *inventory, pipeline_rollout_pause_before_wave=["2"], estate_prune="delete", **waves)
    assert "Models that a rollout may have to give back] *********\nskipping" in paused, "it is not at its end"
    assert sum(map(bool, running(cloud).values())) == 1 and "Paused before wave 2 of 2" in paused
    done = play("estate", *inventory, **waves)
    assert "All waves are done." in done and running(cloud)["Shop 1/{{ 7*7 }}"] == [PERSON, BLUR]
    assert len(list(tmp_path.glob("rollout-estate-*"))) == 1, "both runs were of one rollout"
    again = play("estate", *inventory, **waves)
    assert "changed=0 " in again and methods(cloud) == {"GET"}

    shop = next(iter(cloud.world.sites.values()))
    next(each for each in shop.devices.values() if each.name == "Door").pipelines = []
    late = play("estate", *inventory, code=2, **waves)
    assert "is finished, but 1 of its cameras differ from the estate" in late and methods(cloud) == {"GET"}
    play("estate", *inventory, estate_rollout="once more", **waves)
    assert running(cloud)["Shop 1/Door"] == [PERSON]

    document = yaml.safe_load(applied.read_text())
    document["sites"] = [each for each in document["sites"] if each["name"] != "Shop 2"]
    applied.write_text(json.dumps(document))
    person = next(each for each in cloud.world.models.values() if each.name == PERSON)
    forgotten = "00000000-0000-4000-8000-000000000001"
    cloud.world.models[forgotten] = replace(person, uuid=forgotten, name="Forgotten")
    reported = play("estate")
    assert "model Forgotten: the file does not name it" in reported and methods(cloud) == {"GET"}
    play("estate", "--check", "--diff", estate_prune="delete")
    assert methods(cloud) == {"GET"}
    play("estate", estate_prune="delete")
    assert running(cloud)["Shop 2/Door"] == [] and running(cloud)["Shop 1/Door"] == [PERSON]
    assert "Forgotten" not in {each.name for each in cloud.world.models.values()}


def test_the_commands_of_the_guide(play: Play, cloud: Served, applied: Path, tmp_path: Path) -> None:
    guide = (ROOT / "docs" / "estate.md").read_text(encoding="utf-8")
    review, do, in_waves = re.findall(r"^ansible-playbook (.*nxai\.cloud\.estate .*)$", guide, re.MULTILINE)
    (tmp_path / "estate.nxai.yml").write_text("plugin: nxai.cloud.nxai_devices\n")
    document = yaml.safe_load(applied.read_text())
    for each in document["sites"]:
        if each["name"] == "Shop 3":
            each.pop("profile", None)
            each["pipelines"] = [{"model": PERSON, "nms": 0.3}]
    applied.write_text(json.dumps(document))

    def run(command: str) -> str:
        variables = {"NXAI_API_URL": cloud.url, "NXAI_TOKEN": cloud.token(), "NXAI_CLOUD_URL": cloud.url}
        cloud.clear_log()
        done = ansible(tmp_path, "playbook", *shlex.split(command), **variables)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    shown = run(review)
    assert "Door at Shop 3: nothing instead of Person detector@7" in shown and "nms=0.3" in shown
    assert methods(cloud) == {"GET"}
    run(do)
    assert running(cloud)["Shop 3/Door"] == [PERSON]
    assert "changed=0 " in run(in_waves) and methods(cloud) == {"GET"}


def test_each_variable_is_in_the_guide() -> None:
    guide = (ROOT / "docs" / "estate.md").read_text(encoding="utf-8")
    specification = yaml.safe_load((ROOT / "roles" / "estate" / "meta" / "argument_specs.yml").read_text())
    options = specification["argument_specs"]["main"]["options"]
    assert sorted(each for each in options if f"`{each}`" not in guide) == []
