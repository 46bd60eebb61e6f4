# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Release after release, with 5 % of all requests at fault: no wrong end state, and nothing that grows.

    python tests/soak/faults.py [MINUTES] [SEED]

Each round releases a version and rolls it out by the playbook ``release_and_rollout``, again and again until it says
that it is done, as a nightly job would. Then, without faults, every model, catalogue and device is looked at. Beside
it, another process reads the whole estate with one client all the time; its memory and its files are watched.
"""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from simulator.faults import Fault, Faults
from simulator.testing import Served, serve
from tools.demo_model import model
from tools.rollouts import Operator, devices_of
from tools.workplace import CACHE

NAME = "Person detector"
SHARE = 0.05
TRIES = 12  # of one release; what is not done by then is not going to be
SITES, DEVICES = 8, 10
KEPT = 3  # releases, by default of the role
GROWTH = 1.1  # times the memory after the first quarter
KINDS: list[dict[str, Any]] = [
    *({"kind": "status", "status": status} for status in (500, 502, 503, 504)),
    *({"kind": "status", "status": status, "handled": True} for status in (502, 504)),
    {"kind": "status", "status": 429, "headers": {"Retry-After": "0"}},
    {"kind": "status", "status": 503, "headers": {"Retry-After": "1"}},
    {"kind": "reset"},
    {"kind": "reset", "handled": True},
    {"kind": "truncate"},
    {"kind": "html"},
    {"kind": "delay", "seconds": 0.2},
    {"kind": "pagination", "records": 7},
]


class Weather(Faults):
    """Meets a share of all requests with a fault at random, and counts both."""

    def __init__(self, chance: random.Random) -> None:
        super().__init__()
        self.chance = chance
        self.bad = False
        self.met: Counter[str] = Counter()
        self.requests = 0

    def take(self, operation: str, path: str, method: str) -> Fault | None:
        self.requests += 1
        if not self.bad or self.chance.random() >= SHARE:
            return None
        fault = Fault(**self.chance.choice(KINDS))
        self.met[f"{fault.kind} {fault.status}" if fault.kind == "status" else fault.kind] += 1
        return fault


class Reader:
    """A process that reads all the time, and says how much it holds."""

    def __init__(self, cloud: Served) -> None:
        env = {**os.environ, "NXAI_API_URL": cloud.url, "NXAI_TOKEN": cloud.token()}
        command = [sys.executable, str(Path(__file__).with_name("reader.py"))]
        pipe = subprocess.PIPE
        self.process = subprocess.Popen(command, env=env, stdin=pipe, stdout=pipe, text=True)

    def read(self) -> dict[str, int]:
        """One more reading of the whole estate."""
        assert self.process.stdin and self.process.stdout
        self.process.stdin.write("again\n")
        self.process.stdin.flush()
        found: dict[str, int] = json.loads(self.process.stdout.readline())
        return found


def main(minutes: float = 30, seed: int = 1) -> int:
    end = time.monotonic() + minutes * 60
    weather = Weather(random.Random(seed))
    numbers = {"sites": SITES, "servers": 1, "devices": DEVICES, "models": 2}
    with TemporaryDirectory(prefix="nxai-soak-", dir=CACHE) as folder, serve(speed=20, **numbers) as cloud:
        cloud._simulator.faults = weather
        cloud.world.times.record = cloud.world.times.code = 1
        cloud.world.quirks.conversions = "all"  # the servers have all kinds of runtimes
        other = next(iter(cloud.world.models))
        for device in devices_of(cloud).values():
            device.pipelines = [had(other)]
        reader, readings = Reader(cloud), []
        try:
            number, runs = 0, 0
            while time.monotonic() < end or number < 2:
                number += 1
                runs += one_release(cloud, Path(folder), number, weather)
                check(cloud, number, other)
                weather.bad = True
                readings += [reader.read() for _reading in range(5)]
                weather.bad = False
                open_files = len(os.listdir("/proc/self/fd"))
                print(f"release {number}, run {runs}: {readings[-1]}, {open_files} files open here", flush=True)
        finally:
            reader.process.kill()
    report(number, runs, weather, readings)
    return 0


def one_release(cloud: Served, folder: Path, number: int, weather: Weather) -> int:
    """Run the playbook until it says that it is done. How often it was run."""
    file = folder / "person.onnx"
    file.write_bytes(model().SerializeToString())
    variables = {
        "model_release_model": NAME,
        "model_release_version": str(number),
        "model_release_file": str(file),
        "model_release_catalogues": ["Shop models"],
        "model_release_wait_delay": 1,
        "pipeline_rollout_waves": ["20%", "100%"],
        "pipeline_rollout_unavailable": "fail",
        "pipeline_rollout_name": f"release-{number}",
    }
    # The first release is given to all devices; the others take its place.
    playbook = "nxai.cloud.release_and_rollout"
    if number == 1:
        playbook = str(folder / "first.yml")
        Path(playbook).write_text(FIRST)
    operator = Operator(cloud, folder, playbook, **variables)
    operator.env |= {"NXAI_RETRIES": "6", "ANSIBLE_INVENTORY_UNPARSED_FAILED": "1"}
    for run in range(1, TRIES + 1):
        weather.bad = True
        process = operator.start()
        said = process.communicate(timeout=600)[0]
        weather.bad = False
        if "Traceback" in said:
            raise SystemExit(f"a traceback: {said[-3000:]}")
        if process.returncode == 0:
            return run
    raise SystemExit(f"release {number} is not done after {TRIES} runs: {said[-3000:]}")


FIRST = """
- hosts: localhost
  connection: local
  gather_facts: false
  tasks:
    - ansible.builtin.include_role: {name: nxai.cloud.model_release}
    - ansible.builtin.include_role: {name: nxai.cloud.pipeline_rollout}
      vars: {pipeline_rollout_pipelines: [{model: "{{ model_release_result.name }}", nms: 0.7}]}
"""


def had(other: str) -> dict[str, Any]:
    """What every device ran before."""
    return {"modelUUID": other, "modelNMS": 0.1, "x-of-someone": {"deep": [1, "ü"]}}


def check(cloud: Served, number: int, other: str) -> None:
    """Each device has what it had, and the new release; each model and catalogue is there once."""
    cloud.advance(120)
    names = Counter(each.name for each in cloud.world.models.values())
    releases = {name: count for name, count in names.items() if name.startswith(f"{NAME}@")}
    wanted = {f"{NAME}@{each}": 1 for each in range(max(1, number - KEPT + 1), number + 1)}
    if not wanted.items() <= releases.items() or max(releases.values()) > 1:
        raise SystemExit(f"models: {releases}, and there should be {wanted}")
    catalogues = [each.name for each in cloud.world.catalogues.values() if each.name == "Shop models"]
    if len(catalogues) != 1:
        raise SystemExit(f"{len(catalogues)} catalogues where there should be one")
    uuid = next(each.uuid for each in cloud.world.models.values() if each.name == f"{NAME}@{number}")
    for key, device in devices_of(cloud).items():
        has = device.pipelines
        right = len(has) == 2 and has[0] == had(other) and (has[1]["modelUUID"], has[1]["modelNMS"]) == (uuid, 0.7)
        if not right:
            raise SystemExit(f"device {key} has {has}, and should run {uuid} beside what it had")
    cloud.clear_log()


def report(number: int, runs: int, weather: Weather, readings: list[dict[str, int]]) -> None:
    early, late = readings[len(readings) // 4], readings[-1]
    faults = sum(weather.met.values())
    print(f"{number} releases to {SITES * DEVICES} devices in {runs} runs: every model, catalogue and device is right")
    print(f"{weather.requests} requests, {faults} at fault: {dict(weather.met)}")
    print(f"the reader after {len(readings)} readings: {late}; after a quarter of them: {early}")
    if late["kilobytes"] > early["kilobytes"] * GROWTH or late["files"] > early["files"] + 2:
        raise SystemExit("it grows")


if __name__ == "__main__":
    sys.exit(main(*map(float, sys.argv[1:])))
