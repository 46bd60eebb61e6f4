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
from functools import partial
from pathlib import Path

from tools.locks import CONSTRAINTS, Pin, constraints, locked, read_pins, resolve
from tools.pythons import CORES, Core, Python, found
from tools.workplace import CACHE, ROOT, TESTS

_RUNTIME = ROOT / "requirements.txt"
_SIMULATOR = TESTS / "requirements-simulator.txt"
_TEST = TESTS / "requirements-test.txt"
_MODELS = TESTS / "requirements-models.txt"
_LINT = TESTS / "requirements-lint.txt"
_BENCH = TESTS / "requirements-bench.txt"
_MUTATE = TESTS / "requirements-mutate.txt"
_AUDIT = TESTS / "requirements-audit.txt"
_EE = TESTS / "requirements-ee.txt"
_RULEBOOK = TESTS / "requirements-rulebook.txt"
_VENDORS_RUNTIME = TESTS / "requirements-runtime.txt"
_HEAVY_MODELS = TESTS / "requirements-heavy-models.txt"
# The models are taken out of packages that shall not bring what they need to run themselves.
_WITHOUT_NEEDS = {_TEST: (_MODELS,), _VENDORS_RUNTIME: (_MODELS, _HEAVY_MODELS)}


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
    apart: bool = False  # with versions of its own, all of them in its requirements

    @property
    def folder(self) -> Path:
        return CACHE / "venvs" / self.name

    def bin(self, program: str) -> str:
        return str(self.folder / "bin" / program)

    def make(self) -> Venv:
        """Make it unless it is there with the same contents. Nothing is installed but what has its hash here."""
        stamp = self.folder / "made-of"
        contents = self._contents()
        if stamp.is_file() and stamp.read_text() == contents:
            return self
        print(f"Making the environment {self.name}: {self.core.release} on Python {self.python} ...", flush=True)
        started = time.monotonic()
        found = self.resolved(self._constraints())
        requirements = self.folder / "locked.txt"
        requirements.write_text(locked(found, read_pins(CONSTRAINTS.read_text())))
        self._pip("install", "-qq", "--no-deps", "--require-hashes", "-r", str(requirements))
        stamp.write_text(contents)
        print(f"  {time.monotonic() - started:.0f} s", flush=True)
        return self

    def _constraints(self) -> str:
        """For pip's ``-c``: what was tested, or where ``lowest`` the oldest libraries that the collection allows."""
        pins = read_pins(CONSTRAINTS.read_text())
        if self.apart:
            return ""
        if not self.lowest:
            return constraints(pins)
        lowest = lowest_allowed()
        names = {line.partition("==")[0] for line in lowest.splitlines()}
        return constraints([pin for pin in pins if pin.key[0] not in names]) + lowest

    def resolved(self, constrained: str) -> list[Pin]:
        """Make it anew and empty, and ask pip what would go into it."""
        shutil.rmtree(self.folder, ignore_errors=True)
        subprocess.run([str(self.python.executable), "-m", "venv", str(self.folder)], check=True, env=_clean())
        limits = self.folder / "constraints.txt"
        limits.write_text(constrained)
        files = [argument for each in self.requirements for argument in ("-r", str(each))]
        core = [f"ansible-core=={self.core.release}"] if _RUNTIME in self.requirements else []
        pins = resolve(self.bin("python"), self.folder / "report.json", ["-c", str(limits), *core, *files], _clean())
        return [*pins, *(pin for each in self._models() for pin in read_pins(each.read_text()))]

    def _models(self) -> list[Path]:
        return [models for each in self.requirements for models in _WITHOUT_NEEDS.get(each, ())]

    def unlocked(self) -> str:
        """The program uv, to make the hashes with, where none can be known yet."""
        self._pip("install", "-qq", *(argument for each in self.requirements for argument in ("-r", str(each))))
        return self.bin("uv")

    def _pip(self, *arguments: str) -> None:
        command = [self.bin("python"), "-m", "pip", *arguments, "--disable-pip-version-check"]
        subprocess.run(command, check=True, env=_clean(), stdin=subprocess.DEVNULL)

    def _contents(self) -> str:
        files = [each.read_bytes() for each in (*self.requirements, *self._models(), CONSTRAINTS)]
        digest = hashlib.sha256(b"\0".join([*files, self._constraints().encode()])).hexdigest()
        return f"{self.python.executable} {self.folder} ansible-core {self.core.release} {digest}\n"


def _clean() -> dict[str, str]:
    """pip runs with the user's own settings, and without those of another Python."""
    return {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "VIRTUAL_ENV"))}


def lowest_allowed() -> str:
    """The oldest versions of what the collection itself needs, for pip's ``-c``."""
    return "".join(f"{line.replace('>=', '==')}\n" for line in _RUNTIME.read_text().splitlines() if ">=" in line)


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


def _newest(name: str, *requirements: Path) -> Venv:
    """The newest ansible-core on the newest Python, with these requirements."""
    core = newest_core()
    return Venv(name.format(core.minor), core, core.pythons()[-1], requirements).make()


demo_venv = partial(_newest, "demo", _RUNTIME, _SIMULATOR)
newest_venv = partial(_newest, "core-{}", _RUNTIME, _SIMULATOR, _TEST, _LINT)
bench_venv = partial(_newest, "bench", _RUNTIME, _SIMULATOR, _BENCH)  # with the collections of the package ansible
mutate_venv = partial(_newest, "mutate", _RUNTIME, _SIMULATOR, _TEST, _MUTATE)
audit_venv = partial(_newest, "audit", _AUDIT)  # the program pip-audit, apart from what it looks at
ee_venv = partial(_newest, "ee", _EE)  # ansible-builder and ansible-runner, apart from the Ansible that they call


def _of_rulebooks(name: str) -> Venv:
    core = newest_core()
    return Venv(name, core, core.pythons()[-1], (_RULEBOOK,), apart=True)


def rulebook_venv() -> Venv:
    """ansible-rulebook, with an ansible-core to run the playbooks of its rules."""
    return _of_rulebooks("rulebook").make()


def _of_runtime(name: str) -> Venv | None:
    """onnxruntime 1.17 is there for Python 3.12 and older. None where this machine has no such Python."""
    pythons = [python for python in found().values() if python.minor <= 12]
    return Venv(name, newest_core(), pythons[-1], (_VENDORS_RUNTIME,), apart=True) if pythons else None


def runtime_venv() -> Venv | None:
    """The vendor's runtime, and all packages that carry models."""
    venv = _of_runtime("runtime-1.17")
    return venv.make() if venv else None


def older_venvs(every: bool) -> list[Venv]:
    """The oldest ansible-core, or every one but the newest, pre-releases too, each on its oldest Python here.

    The oldest one has the oldest requests and urllib3 that ``requirements.txt`` allows.
    """
    cores = [core for core in runnable_cores() if core != newest_core()]
    files = (_RUNTIME, _SIMULATOR, _TEST)
    chosen = cores if every else cores[:1]
    return [Venv(f"core-{core.minor}", core, core.pythons()[0], files, core == cores[0]).make() for core in chosen]


def every_venv() -> list[Venv]:
    """One of each kind that this machine can make, not made; the linters on every Python."""
    core, files = newest_core(), (_RUNTIME, _SIMULATOR, _TEST)
    newest = core.pythons()[-1]
    lint = [Venv("pins", newest_core(python), python, (*files, _LINT)) for python in found().values()]
    older = [Venv("pins", each, each.pythons()[0], files) for each in runnable_cores()]
    older.append(Venv("pins", runnable_cores()[0], runnable_cores()[0].pythons()[0], files, lowest=True))
    others = ((_RUNTIME, _SIMULATOR, _BENCH), (*files, _MUTATE), (_AUDIT,), (_EE,))
    runtime = _of_runtime("pins")
    made = [*lint, *older, *(Venv("pins", core, newest, each) for each in others)]
    return [*made, _of_rulebooks("pins"), *([runtime] if runtime else [])]


def cannot_run(every: bool) -> list[str]:
    """What would be tested if this machine had the Pythons for it, in words."""
    wanted = CORES if every else (CORES[0], [core for core in CORES if core.final][-1])
    missing = [f"{core}: none of these Pythons here" for core in wanted if not core.pythons()]
    return missing + [f"Python 3.{minor}: not found" for minor in range(10, 15) if minor not in found()]
