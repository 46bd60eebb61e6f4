# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which Pythons this machine has, and which versions of ansible-core they can run."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

_MINORS = range(10, 15)
# A Python without these cannot make a virtual environment (Debian and Ubuntu package them apart, as python3-venv).
_QUESTION = "import ensurepip, sys, venv; print(sys.version_info[1], sys.base_prefix)"


@dataclass(frozen=True)
class Core:
    """A minor version of ansible-core: its release here, and the Pythons 3.x that can run it as a controller."""

    minor: str
    release: str
    python_from: int
    python_to: int

    def pythons(self) -> list[Python]:
        """Those of this machine that can run it, oldest first."""
        return [python for minor, python in found().items() if self.python_from <= minor <= self.python_to]

    @property
    def final(self) -> bool:
        """Not a beta or a release candidate."""
        return self.release.replace(".", "").isdecimal()

    def __str__(self) -> str:
        return f"ansible-core {self.minor} (Python 3.{self.python_from} to 3.{self.python_to})"


# From the support matrix of the ansible-core documentation. Oldest first.
CORES = (
    Core("2.16", "2.16.19", 10, 12),
    Core("2.17", "2.17.14", 10, 12),
    Core("2.18", "2.18.19", 11, 13),
    Core("2.19", "2.19.14", 11, 13),
    Core("2.20", "2.20.10", 12, 14),
    Core("2.21", "2.21.5", 12, 14),
    Core("2.22", "2.22.0rc1", 13, 14),
)


@dataclass(frozen=True)
class Python:
    minor: int
    executable: Path

    def __str__(self) -> str:
        return f"3.{self.minor}"


@cache
def found() -> dict[int, Python]:
    """The Pythons by minor version, oldest first; of two with one minor version the first on PATH."""
    pythons: dict[int, Python] = {}
    for candidate in _candidates():
        python = _ask(candidate)
        if python is not None:
            pythons.setdefault(python.minor, python)
    return dict(sorted(pythons.items()))


def _candidates() -> Iterator[Path]:
    """Executables that may be a Python: on PATH, beside the running one, and where version managers keep theirs."""
    yield Path(sys.executable)
    folders = [
        Path(each) for each in os.environ.get("PATH", os.defpath).split(os.pathsep) if not each.endswith("shims")
    ]
    managed = [
        Path(sys.base_prefix).parent,
        Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions",
        Path.home() / ".local/share/uv/python",
    ]
    for manager in managed:
        folders += sorted(manager.glob("*/bin"), reverse=True)
    for folder in folders:
        for minor in _MINORS:
            if os.access(folder / f"python3.{minor}", os.X_OK):
                yield folder / f"python3.{minor}"


def _ask(executable: Path) -> Python | None:
    command = [str(executable), "-I", "-c", _QUESTION]
    try:
        answer = subprocess.run(command, capture_output=True, text=True, check=True, timeout=30).stdout
    except (OSError, subprocess.SubprocessError):
        return None
    # The base of a virtual environment, so that no environment is built on another.
    minor, prefix = answer.strip().split(maxsplit=1)
    base = Path(prefix) / "bin" / f"python3.{minor}"
    return Python(int(minor), base) if int(minor) in _MINORS and base.exists() else None
