# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Run a playbook of the collection against a simulator, as a user does; also for ``tests/soak``."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import yaml

from simulator.testing import Served
from tools.killing import kill_with_workers
from tools.workplace import users_environment

INVENTORY = "plugin: nxai.cloud.nxai_devices\n"
SECONDS = 300  # no run of a test takes so long
REFUSED_NAMES = re.compile(
    r"\[WARNING\]:\s+\d+\s+names?\s+cannot\s+be\s+used\s+for\s+hosts.*?control\s+character\.", re.DOTALL
)


class Operator:
    """Somebody in a directory of their own, who runs one command again and again."""

    def __init__(self, cloud: Served, folder: Path, playbook: str = "nxai.cloud.rollout", **variables: Any) -> None:
        self.cloud = cloud
        self.playbook = playbook
        self.folder = folder
        self.variables = {"pipeline_rollout_name": "detector", **variables}
        self.variables.setdefault("pipeline_rollout_settings", {"wait_interval": 0.1, "wait_timeout": 20})
        (folder / "estate.nxai.yml").write_text(INVENTORY)
        self.env = users_environment(folder, NXAI_API_URL=cloud.url, NXAI_TOKEN=cloud.token())

    @property
    def home(self) -> Path:
        return self.folder / f"rollout-{self.variables['pipeline_rollout_name']}"

    def start(self, *arguments: str, **variables: Any) -> subprocess.Popen[str]:
        command = [sys.executable, "-m", "ansible", "playbook", "-i", "estate.nxai.yml", self.playbook]
        command += ["-e", self.given({**self.variables, **variables}), *arguments]
        pipes: Any = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True}
        return subprocess.Popen(command, env=self.env, cwd=self.folder, start_new_session=True, **pipes)

    def given(self, variables: dict[str, Any]) -> str:
        return json.dumps(variables)

    def run(self, *arguments: str, **variables: Any) -> tuple[int, str]:
        """Exit code and output. Any warning of ansible-core fails the test, but one of names that no host can have."""
        process = self.start(*arguments, **variables)
        said, _nothing = process.communicate(timeout=SECONDS)
        expected = REFUSED_NAMES.sub("", said)
        assert "[WARNING]" not in expected and "[DEPRECATION" not in said and "Traceback" not in said, said
        return process.returncode, said

    def run_and_kill(self, moment: Callable[[], bool], workers_too: bool) -> bool:
        """Kill -9 when ``moment`` says so: the playbook alone, or with its workers. Whether it was still running."""
        process = self.start()
        while process.poll() is None and not moment():
            time.sleep(0.002)
        kill_with_workers(process.pid) if workers_too else process.kill()
        process.wait(SECONDS)
        if process.stdout:
            process.stdout.close()
        return process.returncode == -signal.SIGKILL

    def report(self) -> Any:
        return json.loads((self.home / "rollout-report.json").read_text())


class Job(Operator):
    """The same as a controller does it: variables come from a file, and each text in it is marked as no template."""

    def given(self, variables: dict[str, Any]) -> str:
        (self.folder / "extravars").write_text(yaml.dump(variables, Dumper=_Marking))
        return f"@{self.folder / 'extravars'}"


class _Marking(yaml.SafeDumper):
    def represent_data(self, data: Any) -> yaml.Node:
        return self.represent_scalar("!unsafe", data) if isinstance(data, str) else super().represent_data(data)

    def ignore_aliases(self, data: Any) -> bool:
        return True


def first_model(cloud: Served) -> str:
    return next(iter(cloud.world.models))


def devices_of(cloud: Served) -> dict[tuple[str, str], Any]:
    found = {}
    for site in cloud.world.sites.values():
        for device in cloud.world.devices_of(site):
            device.settle(cloud.world.clock.now())
            found[site.id, device.nxid] = device
    return found


def assign_something(cloud: Served) -> None:
    """Every device runs another model, with keys that nobody understands, and every third also the one rolled out."""
    other = list(cloud.world.models)[1]
    for place, device in enumerate(devices_of(cloud).values()):
        device.pipelines = [{"modelUUID": other, "modelNMS": 0.1, "x-of-someone": {"deep": [place % 4, "ü"]}}]
        if place % 3 == 0:
            device.pipelines.append({"modelUUID": first_model(cloud), "modelNMS": 0.9, "resizingMethod": "Stretch"})


def snapshot(cloud: Served) -> dict[tuple[str, str], str]:
    """The pipelines of all devices, byte for byte."""
    return {key: json.dumps(device.pipelines) for key, device in devices_of(cloud).items()}


def what_cameras_had(journal: Path) -> dict[tuple[str, str], Any]:
    """What the journal of a rollout could bring back: of each camera what it had at the first write."""
    found: dict[tuple[str, str], Any] = {}
    whole = journal.read_text().rpartition("\n")[0] if journal.exists() else ""
    lines = [json.loads(line) for line in whole.splitlines()]
    plans = [line for line in lines if line["line"] == "plan"]
    for line in (line for line in lines if line["line"] == "write"):
        for had, numbers in zip(line["had"], line["cameras"], strict=True):
            for first, last in (each if isinstance(each, list) else (each, each) for each in numbers):
                for site, nxid, _name, _host in plans[-1]["cameras"][first : last + 1]:
                    found.setdefault((plans[-1]["sites"][site][0], nxid), had)
    return found


def without(pipelines: list[Any], model: str) -> list[Any]:
    return [each for each in pipelines if each["modelUUID"] != model]


def wrong_devices(cloud: Served, before: dict[tuple[str, str], str], model: str, nms: float) -> list[Any]:
    """Devices that do not have what they had, in its order, with one pipeline of ``model`` as declared."""
    found = []
    for key, device in devices_of(cloud).items():
        had = json.loads(before[key])
        mine = [each["modelNMS"] for each in device.pipelines if each["modelUUID"] == model]
        if json.dumps(without(device.pipelines, model)) != json.dumps(without(had, model)) or mine != [nms]:
            found.append((key, had, device.pipelines))
    return found
