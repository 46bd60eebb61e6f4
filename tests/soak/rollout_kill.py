# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Kill -9 a rollout of 500 devices in 5 waves at random moments, run it again each time, and look at every device.

    python tests/soak/rollout_kill.py [KILLS] [SEED]

Every other time the playbook alone is killed, and its worker goes on for a while beside the next run; else the worker
is killed too. Where a rollout ends before it could be killed, the next one begins, with another threshold. After each
kill: no pipeline that was there before has changed, and what each device had that did change is in the journal.
Then 20,000 random histories are run, with kills at any request (tests/unit/module_utils/_rollout/test_histories.py).
"""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from simulator.testing import Served, serve
from tools.rollouts import (
    Operator,
    assign_something,
    devices_of,
    first_model,
    snapshot,
    what_cameras_had,
    without,
    wrong_devices,
)
from tools.workplace import CACHE, TESTS

SITES, DEVICES = 25, 20  # 500 devices
WAVES = ["2%", "8%", "20%", "30%", "40%"]
Before = dict[tuple[str, str], str]


def main(kills: int = 20, seed: int = 1) -> int:
    chance = random.Random(seed)
    numbers = {"sites": SITES, "servers": 1, "devices": DEVICES, "models": 2}
    with TemporaryDirectory(prefix="nxai-soak-", dir=CACHE) as folder, serve(speed=20, **numbers) as cloud:
        assign_something(cloud)
        killed = finished = 0
        while killed < kills:
            finished += 1
            killed += one_rollout(cloud, folder, finished, kills - killed, chance)
    what = f"{finished} rollouts of {SITES * DEVICES} devices in {len(WAVES)} waves"
    print(f"{killed} kills in {what}: every device is right", flush=True)
    return histories()


def histories(number: int = 20_000) -> int:
    """Shared out among the processors. Each draws its own, as so many are not derandomized."""
    test = TESTS / "unit" / "module_utils" / "_rollout" / "test_histories.py"
    shares = os.cpu_count() or 1
    env = {**os.environ, "NXAI_HISTORIES": str(-(-number // shares))}
    command = [sys.executable, "-m", "pytest", "-q", "-n0", str(test)]
    running = [subprocess.Popen(command, env=env) for _share in range(shares)]
    ended = [each.wait() for each in running]
    return int(any(ended))


def one_rollout(cloud: Served, folder: str, number: int, kills: int, chance: random.Random) -> int:
    """Kill it up to so many times, then let it end. How often it was killed."""
    model, nms, before = first_model(cloud), 0.3 + number / 100, snapshot(cloud)
    operator = Operator(cloud, Path(folder), pipeline_rollout_waves=WAVES)
    operator.variables |= {
        "pipeline_rollout_name": f"detector-{number}",
        "pipeline_rollout_pipelines": [{"model": model, "nms": nms}],
    }
    killed = 0
    while killed < kills:
        seconds, started = chance.uniform(1.5, 16), time.monotonic()
        if not operator.run_and_kill(lambda end=started + seconds: time.monotonic() > end, workers_too=killed % 2 == 0):
            break
        killed += 1
        check(not_to_change(cloud, before, model), "what was not to change has changed")
        check(unsaved(operator, before), "a device was written to that the journal knows nothing of")
        stand = operator.report()["totals"]["done"] if operator.home.exists() else 0
        print(f"rollout {number}, kill {killed} after {seconds:.1f} s: {stand} devices are known done")
    code, said = operator.run()
    cloud.advance(60)
    if code:
        raise SystemExit(f"the last run failed: {said[-3000:]}")
    check(wrong_devices(cloud, before, model, nms), "devices that are not as declared")
    return killed


def not_to_change(cloud: Served, before: Before, model: str) -> list[Any]:
    return [
        (key, had, device.pipelines)
        for key, device in devices_of(cloud).items()
        if without(had := json.loads(before[key]), model) != without(device.pipelines, model)
    ]


def unsaved(operator: Operator, before: Before) -> list[Any]:
    saved = what_cameras_had(operator.home / "journal.jsonl")
    now = snapshot(operator.cloud)
    return [key for key, had in before.items() if now[key] != had and saved.get(key) != json.loads(had)]


def check(wrong: list[Any], words: str) -> None:
    if wrong:
        raise SystemExit(f"{words}: {len(wrong)} devices, such as {wrong[0]}")


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))
