# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The execution environment: what ansible-builder makes of its definition, and jobs as a controller runs them."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from tools.report import Failed, Shell
from tools.venvs import Venv
from tools.workplace import ROOT

DEFINITION = ROOT / "extensions" / "ee" / "execution-environment.yml"
_MODEL = "Face locator"  # of the world of the demonstration
# As the surveys of a controller and its templates give it.
_ROLLOUT: dict[str, Any] = {
    "pipeline_rollout_name": "from-the-tarball",
    "pipeline_rollout_model": _MODEL,
    "pipeline_rollout_nms": "0.5",
    "pipeline_rollout_waves": "50%\n100%",
    "pipeline_rollout_canary": "",
    "pipeline_rollout_unavailable": "queue",
}


def define(builder: Venv, installed: Path, folder: Path, env: Mapping[str, str], shell: Shell) -> None:
    """``create`` takes the definition, and ``introspect`` finds all that the installed collection needs."""
    context = folder / "context"
    options: list[str | Path] = ["--output-filename", "Containerfile", "--context", context, "--file", DEFINITION]
    shell.run([builder.bin("ansible-builder"), "create", *options], env)
    wanted = yaml.safe_load(DEFINITION.read_text())
    containerfile = (context / "Containerfile").read_text()
    collections = yaml.safe_load((context / "_build" / "requirements.yml").read_text())
    if wanted["images"]["base_image"]["name"] not in containerfile or collections != wanted["dependencies"]["galaxy"]:
        raise Failed("ansible-builder made something else than the definition says")
    written = folder / "python.txt"
    shell.run([builder.bin("ansible-builder"), "introspect", "--write-pip", written, installed], env)
    found = written.read_text()
    needed = [line for line in (ROOT / "requirements.txt").read_text().splitlines() if ">=" in line]
    missing = [line for line in needed if line not in found]
    if missing:
        raise Failed(f"ansible-builder does not see that the collection needs {', '.join(missing)}")


class Controller:
    """Jobs with a private data directory each, the collections of an environment, and a home where nobody can write."""

    def __init__(self, runner: Venv, installed: Path, folder: Path, env: Mapping[str, str], shell: Shell) -> None:
        self._runner, self._folder, self._shell = runner, folder, shell
        self._home = folder / "home"
        self._home.mkdir(mode=0o555)
        collections = f"{folder / 'requirements_collections'}:{installed}"
        self._env = {**env, "HOME": str(self._home), "ANSIBLE_COLLECTIONS_PATH": collections}
        self._project = folder / "project"
        command = ["ansible-playbook", "nxai.cloud.controller_project", "-e", f"controller_project_dir={self._project}"]
        shell.run(command, self._env, folder)

    def synchronised(self, credential: Mapping[str, str]) -> str:
        """The inventory, as a job gets it: a program that prints it."""
        listing = self._folder / "inventory.json"
        strict = {"ANSIBLE_INVENTORY_UNPARSED_FAILED": "True", "ANSIBLE_INVENTORY_EXPORT": "True"}
        command: list[str | Path] = ["ansible-inventory", "--list", "--export", "--output", listing]
        command += ["-i", self._project / "cameras.nxai.yml", "--playbook-dir", self._project]
        self._shell.run(command, {**self._env, **strict, **credential}, self._project)
        return f"#!/usr/bin/env python3\nprint({listing.read_text()!r})\n"

    def run(self, playbook: str, inventory: str, credential: Mapping[str, str], **told: Any) -> dict[str, Any]:
        """The statistics that the job has left. Raises Failed where it fails, or leaves something in the home."""
        job = self._folder / playbook.partition(".")[0]
        shutil.copytree(self._project, job / "project")
        files = {
            "inventory/hosts": inventory,
            "env/envvars": yaml.safe_dump({**credential, "ANSIBLE_HOME": str(job / "ansible")}),
            "env/extravars": yaml.safe_dump(told),
            "env/settings": yaml.safe_dump({"suppress_ansible_output": False}),
        }
        for name, text in files.items():
            path = job / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
            path.chmod(0o700 if name == "inventory/hosts" else 0o600)
        self._shell.run([self._runner.bin("ansible-runner"), "run", job, "-p", playbook, "-i", "1"], self._env)
        if list(self._home.iterdir()):
            raise Failed(
                f"{playbook} left something in the home: {', '.join(each.name for each in self._home.iterdir())}"
            )
        return _statistics(job / "artifacts" / "1" / "job_events")


def _statistics(events: Path) -> dict[str, Any]:
    """Those of the last event, which is all that a controller keeps."""
    read = (json.loads(each.read_text()) for each in events.glob("*.json"))
    [last] = [each["event_data"] for each in read if each["event"] == "playbook_on_stats"]
    found: dict[str, Any] = last.get("artifact_data", {})
    return found


def run_jobs(controller: Controller, credential: Mapping[str, str]) -> None:
    """Look, roll out, and see how it ended: with credentials from the environment alone."""
    inventory = controller.synchronised(credential)
    controller.run("doctor.yml", inventory, credential)
    left = controller.run("rollout.yml", inventory, credential, **_ROLLOUT)
    if left["pipeline_rollout_summary"]["status"] != "finished":
        raise Failed(f"the rollout is not finished: {left['pipeline_rollout_summary']['message']}")
    controller.run("rollout_status.yml", inventory, {}, **left)
