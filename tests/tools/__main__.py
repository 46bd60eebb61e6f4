# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""``python -m tools TARGET``, as the Makefile calls it."""

from __future__ import annotations

import argparse
import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

from tools.coverage import coverage
from tools.fleet_demo import fleet_demo
from tools.gates import Gates, pytest_on
from tools.mutation import mutate
from tools.pins import pin
from tools.report import Step, run_steps
from tools.simulated import simulator
from tools.venvs import NoPython, Venv, bench_venv, cannot_run, demo_venv, newest_venv, older_venvs
from tools.workplace import COLLECTIONS, TESTS, environment, prepare

_ON_OLDER_CORES = {"test", "test-all", "unit", "sanity", "integration"}
_BENCHES = (
    "bench-check", "bench-estate", "bench-fleet", "bench-inventory", "bench-pipelines", "bench-rollout", "bench-upload",
)  # fmt: skip
_SOAKS = {"soak": "faults", "soak-rollout": "rollout_kill"}
_GATES = (
    "lint",
    "audit",
    "docs",
    "returns",
    "changelog",
    "unit",
    "models",
    "sanity",
    "integration",
    "molecule",
    "build",
    "ee",
    "rulebooks",
)


def gates(target: str) -> int:
    """Run the steps of one target, or of all."""
    every = target == "test-all"
    older = older_venvs(every) if target in _ON_OLDER_CORES else []
    chosen = Gates(newest_venv(), older, every)
    steps: list[Step] = getattr(chosen, target)() if target in _GATES else chosen.all()
    # A hole that somebody found today must not fail a change that has nothing to do with it: not in test.
    steps = [*chosen.audit(), *steps] if every else steps
    return run_steps(steps, cannot_run(every) if target in _ON_OLDER_CORES else [], to_the_end=every)


def demo() -> int:
    """The demonstration, against a simulator that lives as long as it."""
    venv = demo_venv()
    with simulator(venv, speed=10.0) as variables:
        env = environment([venv.folder / "bin"], **variables)
        return subprocess.run(
            ["bash", str(TESTS / "tools" / "demo.sh")], env=env, stdin=subprocess.DEVNULL, check=False
        ).returncode


def script(folder: str, name: str) -> int:
    """One of the measurements in ``tests/bench`` (the inventory's compares with others), or of ``tests/soak``."""
    venv = bench_venv() if name == "inventory" else newest_venv()
    env = environment([venv.folder / "bin"], PYTHONPATH=f"{TESTS}{os.pathsep}{COLLECTIONS}")
    command = [venv.bin("python"), str(TESTS / folder / f"{name}.py")]
    return subprocess.run(command, env=env, stdin=subprocess.DEVNULL, check=False).returncode


def faults() -> int:
    """The fault matrix alone. Its last line counts what passed."""
    venv = newest_venv()
    return _pytest(venv, pytest_on(venv, "tests/faults"))


def contract() -> int:
    """The contract matrix alone. Its last lines show what is not as declared, and count."""
    venv = newest_venv()
    return _pytest(venv, [*pytest_on(venv, "tests/contract"), "--quiet", "--no-summary", "--tb=no"])


def _pytest(venv: Venv, command: Sequence[str | Path]) -> int:
    env = environment([venv.folder / "bin"])
    return subprocess.run(command, env=env, stdin=subprocess.DEVNULL, check=False).returncode


def _stop(signum: int, _frame: object) -> NoReturn:
    """Leave by an exception, so that a simulator is stopped."""
    sys.exit(128 + signum)


def main() -> int:
    parser = argparse.ArgumentParser(prog="tools")
    own = ("demo", "fleet-demo", "test", "test-all", "test-faults", "test-contract", "coverage", "mutate", "pins")
    parser.add_argument("target", choices=[*own, *_BENCHES, *_SOAKS, *_GATES])
    target = parser.parse_args().target
    signal.signal(signal.SIGTERM, _stop)
    prepare()
    try:
        match target:
            case "demo":
                return demo()
            case "fleet-demo":
                return fleet_demo()
            case "pins":
                return pin()
            case "test-faults":
                return faults()
            case "test-contract":
                return contract()
            case "coverage":
                return coverage()
            case "mutate":
                return mutate()
            case _ if target in _BENCHES:
                return script("bench", target.removeprefix("bench-"))
            case _ if target in _SOAKS:
                return script("soak", _SOAKS[target])
            case _:
                return gates(target)
    except (NoPython, RuntimeError, subprocess.CalledProcessError) as error:
        print(error, file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
