# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The round trip of an estate, by the playbooks: from a cloud to a file, and from the file to an empty cloud."""

from __future__ import annotations

import json
import urllib.request
from collections import Counter
from collections.abc import Mapping
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import onnx
import yaml

from ansible_collections.nxai.cloud.plugins.module_utils._api.records.file_mark import FileMark
from ansible_collections.nxai.cloud.plugins.module_utils._onnx.header import inspect_file
from tools.cost import measured
from tools.demo_model import model
from tools.simulated import simulator
from tools.venvs import Venv
from tools.workplace import environment

WAVES = ["10%", "100%"]
TIMES = {"record": 0, "code": 0, "assignment": 0}
FORM = {  # what every client gives to a new model
    "InputDriverDetails": {"means": [0.0, 0.0, 0.0], "vars": [1.0, 1.0, 1.0]},
    "OutputDriverDetails": {"postProcessing": None},
}


def requests(variables: Mapping[str, str]) -> Counter[str]:
    """What was asked of a simulator until now, by method."""
    with urllib.request.urlopen(f"{variables['NXAI_API_URL']}/_sim/log", timeout=60) as answer:
        return Counter(each["method"] for each in json.load(answer)["entries"])


class Trip:
    """A world with models that were made of files here, and the same sites with nothing else."""

    def __init__(self, venv: Venv, folder: Path, world: Mapping[str, Any]) -> None:
        self._venv = venv
        self._folder = folder
        self._files: dict[str, str] = {}
        self._full = {**world, "times": TIMES, "models": [*map(self._with_file, world["models"])]}

    def _with_file(self, row: Mapping[str, Any]) -> dict[str, Any]:
        path = self._folder / f"{len(self._files)}.onnx"
        network = model()
        network.doc_string = row["name"]
        onnx.save(network, path)
        self._files[row["name"]] = str(path)
        found = inspect_file(str(path))
        return {**row, "documentation": str(FileMark(found.sha256, found.size)), "members": FORM}

    def full(self) -> AbstractContextManager[dict[str, str]]:
        return self._cloud("full", self._full)

    def empty(self) -> AbstractContextManager[dict[str, str]]:
        sites = [
            {**site, "servers": [{**server, "devices": _idle(server["devices"])} for server in site["servers"]]}
            for site in self._full["sites"]
        ]
        return self._cloud("empty", {"times": TIMES, "sites": sites})

    def _cloud(self, name: str, world: Mapping[str, Any]) -> AbstractContextManager[dict[str, str]]:
        path = self._folder / f"{name}.yml"
        path.write_text(yaml.safe_dump(world), encoding="utf-8")
        return simulator(self._venv, "--control", "--seed", str(path))

    def export(self, variables: Mapping[str, str], name: str) -> bytes:
        """To a file that is not there yet."""
        path = self._folder / name
        self._play(variables, "estate_export", estate_path=str(path))
        return path.read_bytes()

    def apply(self, variables: Mapping[str, str], name: str, **extra: Any) -> tuple[str, str]:
        """Without a file of a model where it asks for none. What it said, and what it took."""
        given = {"estate_files": self._files, "estate_settings": {"batch_size": 100, "wait_interval": 0.2}}
        return self._play(variables, "estate", estate_path=str(self._folder / name), **given, **extra)

    def apply_in_waves(self, variables: Mapping[str, str], name: str) -> tuple[str, str]:
        (self._folder / "estate.nxai.yml").write_text("plugin: nxai.cloud.nxai_devices\n")
        rollout = {"pipeline_rollout_path": str(self._folder / "rollout")}
        return self.apply(variables, name, estate_waves=WAVES, **rollout)

    def _play(self, variables: Mapping[str, str], playbook: str, **extra: Any) -> tuple[str, str]:
        quiet = {"ANSIBLE_LOCALHOST_WARNING": "false", "ANSIBLE_INVENTORY_UNPARSED_WARNING": "false"}
        env = {**environment([self._venv.folder / "bin"], **variables), **quiet}
        given = self._folder / "variables.json"
        given.write_text(json.dumps(extra), encoding="utf-8")
        inventory = ["-i", str(self._folder / "estate.nxai.yml")] if "estate_waves" in extra else []
        command = [self._venv.bin("ansible-playbook"), *inventory, f"nxai.cloud.{playbook}", "-e", f"@{given}"]
        said, seconds, peak = measured(command, env, b"")
        return said, f"{seconds:.1f} s, {peak >> 20} MiB"


def _idle(devices: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{**each, "pipelines": []} for each in devices]
