# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A rollout in five waves, end to end with gates, beside one ``nxai_pipeline`` task over the same devices.

    python tests/bench/rollout.py [SITES] [MORE_SITES]

Each site has 100 devices. The rollout is run with SITES and with MORE_SITES. Peak memory: of the largest process.
"""

from __future__ import annotations

import base64
import json
import sys
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from tools.cost import measured
from tools.simulated import simulator
from tools.venvs import Venv, newest_venv
from tools.workplace import ROOT, environment

MIB = 1 << 20
DEVICES = 100  # of each site
WAVES = ["2%", "8%", "20%", "30%", "40%"]
GATE = [{"name": "Look at nothing", "ansible.builtin.debug": {"msg": "wave {{ pipeline_rollout_wave.number }}"}}]


class Shop:
    """A folder at a simulator, in which playbooks are run."""

    def __init__(self, venv: Venv, folder: Path, variables: dict[str, str]) -> None:
        self.folder = folder
        self.command = [str(venv.bin("ansible-playbook"))]
        quiet = {"ANSIBLE_LOCALHOST_WARNING": "false", "ANSIBLE_INVENTORY_UNPARSED_WARNING": "false"}
        events = {
            "ANSIBLE_CALLBACK_PLUGINS": str(Path(__file__).parent / "callback_plugins"),
            "ANSIBLE_CALLBACKS_ENABLED": "event_sizes",
            "NXAI_EVENT_SIZES": str(folder / "events.json"),
        }
        self.env = {**environment([venv.folder / "bin"], **variables), **quiet, **events}

    def task(self) -> float:
        """Seconds of a playbook with one task for all devices."""
        options = {"select": "all", "sites": ["*"], "pipelines": [{"model": "People counter", "nms": 0.3}]}
        play = {"hosts": "localhost", "gather_facts": False, "tasks": [{"nxai.cloud.nxai_pipeline": options}]}
        book = self.folder / "task.json"
        book.write_text(json.dumps([play]))
        return measured([*self.command, str(book)], self.env, b"")[1]

    def rollout(self) -> tuple[float, int]:
        """Seconds and peak memory in bytes of a rollout."""
        inventory, gate = self.folder / "estate.nxai.yml", self.folder / "gate.yml"
        inventory.write_text("plugin: nxai.cloud.nxai_devices\n")
        gate.write_text(json.dumps(GATE))
        variables = {
            "pipeline_rollout_name": "bench",
            "pipeline_rollout_path": str(self.folder / "rollout"),
            "pipeline_rollout_pipelines": [{"model": "People counter", "nms": 0.6}],
            "pipeline_rollout_waves": WAVES,
            "pipeline_rollout_gate_tasks": str(gate),
        }
        command = [*self.command, "-i", str(inventory), "nxai.cloud.rollout", "-e", json.dumps(variables)]
        _said, seconds, memory = measured(command, self.env, b"")
        return seconds, memory

    def sizes(self) -> tuple[int, int]:
        """Bytes of the journal, and of what a job hands on."""
        journal = (self.folder / "rollout" / "journal.jsonl").read_bytes()
        return len(journal), len(base64.b64encode(zlib.compress(journal)))

    def events(self) -> int:
        """Bytes of all events of the last run, and of what it hands on, as a controller keeps them."""
        return sum(json.loads((self.folder / "events.json").read_text()).values())


@contextmanager
def shop(venv: Venv, sites: int) -> Iterator[Shop]:
    numbers = ["--sites", str(sites), "--servers", "1", "--devices", str(DEVICES), "--models", "1"]
    with TemporaryDirectory(prefix="nxai-bench-", dir=ROOT / ".cache") as folder, simulator(venv, *numbers) as found:
        yield Shop(venv, Path(folder), found)


def told(one: Shop, sites: int) -> float:
    seconds, memory = one.rollout()
    journal, handed = one.sizes()
    print(f"rollout in {len(WAVES)} waves, {sites * DEVICES} devices at {sites} sites:")
    print(
        f"  {seconds:.1f} s, {memory / MIB:.0f} MiB; journal {journal / MIB:.1f} MiB, handed on {handed / MIB:.1f} MiB"
    )
    print(f"  all events of the job {one.events() / MIB:.2f} MiB")
    return seconds


def main(sites: int = 100, more: int = 500) -> None:
    venv = newest_venv()
    with shop(venv, sites) as one:
        task: Any = one.task()
        print(f"one task, {sites * DEVICES} devices: {task:.1f} s")
        single = told(one, sites)
    print(f"the rollout takes {single / task:.1f} times as long as the task (at most 6 wanted)")
    if more:
        with shop(venv, more) as many:
            several = told(many, more)
        print(
            f"{more / sites:g} times the devices take {several / single:.2f} times as long (at most 5.5 wanted for 5)"
        )


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
