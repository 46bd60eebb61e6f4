# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Assign a model to all devices of many sites in one task, beside a loop of ``ansible.builtin.uri`` over some of them.

    python tests/bench/pipelines.py [SITES] [LOOPED]

Each site has 100 devices. Three playbooks are run: the one task, the loop over LOOPED devices, and one that does
nothing; the loop's time without that of the last is scaled to all devices. Then the module alone, for its memory and
requests, with SITES and with twice as many.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
import urllib.request
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
MODULE = ROOT / "plugins" / "modules" / "nxai_pipeline.py"
OPTIONS = {"select": "all", "sites": ["*"]}


class Estate:
    def __init__(self, venv: Venv, variables: dict[str, str]) -> None:
        self.venv = venv
        self.url = variables["NXAI_API_URL"]
        self.headers = {"Authorization": f"Bearer {variables['NXAI_TOKEN']}"}
        self.env = {**environment([venv.folder / "bin"], **variables), "PYTHONPATH": str(ROOT / ".cache/collections")}
        self.model = self.get("/cpt/functions")[0]["UUID"]

    def get(self, path: str, method: str = "GET") -> Any:
        request = urllib.request.Request(self.url + path, headers=self.headers, method=method)
        with urllib.request.urlopen(request) as answer:
            return json.load(answer)

    def some_devices(self, wanted: int) -> list[list[str]]:
        found: list[list[str]] = []
        for site in self.get("/dev/systems"):
            found += [[site["UUID"], each["NxID"]] for each in self.get(f"/dev/system/{site['UUID']}/devices")]
            if len(found) >= wanted:
                break
        return found[:wanted]

    def play(self, folder: Path, *tasks: dict[str, Any]) -> float:
        """Seconds of a whole playbook with these tasks."""
        book = folder / "play.json"
        book.write_text(json.dumps([{"hosts": "localhost", "gather_facts": False, "tasks": list(tasks)}]))
        started = time.perf_counter()
        command = [self.venv.bin("ansible-playbook"), "-i", "localhost,", "-c", "local", str(book)]
        done = subprocess.run(
            command, env=self.env, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise SystemExit(f"the playbook failed: {done.stdout[-2000:]}")
        return time.perf_counter() - started

    def module(self, nms: float) -> tuple[float, int]:
        """Seconds and peak memory in bytes of the module as a process of its own."""
        options = {**OPTIONS, "pipelines": [{"model": self.model, "nms": nms}]}
        arguments = json.dumps({"ANSIBLE_MODULE_ARGS": options}).encode()
        return measured([self.venv.bin("python"), str(MODULE)], self.env, arguments)[1:]


@contextmanager
def estate(venv: Venv, sites: int) -> Iterator[Estate]:
    numbers = ["--sites", str(sites), "--servers", "1", "--devices", str(DEVICES), "--models", "1"]
    with simulator(venv, *numbers, "--control") as variables:
        yield Estate(venv, variables)


def main(sites: int = 100, looped: int = 200) -> None:
    venv = newest_venv()
    with TemporaryDirectory(prefix="nxai-bench-", dir=ROOT / ".cache") as folder, estate(venv, sites) as one:
        ratio = beside_the_loop(one, Path(folder), sites * DEVICES, looped)
        single = alone(one, sites)
    with estate(venv, 2 * sites) as twice:
        double = alone(twice, 2 * sites)
    print(f"one task is {ratio:.0f} times as fast as the loop (at least 50 wanted)")
    print(f"twice the devices take {double / single:.2f} times as long (at most 2.2 wanted)")


def beside_the_loop(one: Estate, folder: Path, devices: int, looped: int) -> float:
    body = {"Devices": ["{{ item.1 }}"], "Functions": [one.model], "Pipelines": [{"modelUUID": one.model}]}
    uri = {
        "url": f"{one.url}/dev/system/{{{{ item.0 }}}}/devices/pipelines",
        "method": "PUT",
        "headers": one.headers,
        "body_format": "json",
        "body": body,
    }
    nothing = one.play(folder, {"ansible.builtin.meta": "noop"})
    loop = one.play(folder, {"ansible.builtin.uri": uri, "loop": one.some_devices(looped)}) - nothing
    task = one.play(folder, {"nxai.cloud.nxai_pipeline": {**OPTIONS, "pipelines": [{"model": one.model, "nms": 0.3}]}})
    scaled = nothing + loop * devices / looped
    print(f"playbook with one task, {devices} devices      {task:.1f} s, read back included")
    print(f"loop over {looped} of them, scaled               {scaled:.0f} s ({loop / looped:.2f} s for each)")
    return scaled / task


def alone(here: Estate, sites: int) -> float:
    """The module without a playbook, writing and then with nothing to do. Seconds of the first."""
    here.get("/_sim/log", "DELETE")
    seconds, memory = here.module(0.6)
    first = requests(here)
    here.get("/_sim/log", "DELETE")
    again, more = here.module(0.6)
    print(f"module alone, {sites * DEVICES} devices at {sites} sites:")
    print(f"  writing      {seconds:.1f} s, {memory / MIB:.0f} MiB; requests {first}")
    print(f"  no change    {again:.1f} s, {more / MIB:.0f} MiB; requests {requests(here)}")
    return seconds


def requests(here: Estate) -> str:
    count = here.get("/_sim/log")["operations"]
    return ", ".join(f"{number} {operation}" for operation, number in sorted(count.items()) if operation != "unknown")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
