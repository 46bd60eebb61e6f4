# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Where things lie, and the environment that every gate runs in. All state is below ``.cache`` of the clone."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TESTS = ROOT / "tests"
CACHE = ROOT / ".cache"
COLLECTIONS = CACHE / "collections"
HOME = CACHE / "home"

# A developer's own settings must not decide a gate, and an exported NXAI_TOKEN must never reach a test.
_FOREIGN = ("ANSIBLE_", "COVERAGE_", "MOLECULE_", "MYPY", "NXAI_", "PYENV_", "PYTEST_", "PYTHON", "RUFF_", "VIRTUAL_")
_ANSIBLE_CONFIG = CACHE / "ansible.cfg"  # empty: neither the user's nor the system's
_PIP_SETTINGS = (".config/pip", ".pip", ".netrc")


def prepare() -> None:
    """The collections path with a link to the clone, and a home that knows pip's settings and nothing else."""
    namespace = COLLECTIONS / "ansible_collections" / "nxai"
    _link(namespace / "cloud", ROOT)
    make_home(HOME, Path.home())
    _ANSIBLE_CONFIG.touch()


def make_home(home: Path, users: Path) -> None:
    """It knows pip's settings of the other one, and nothing else."""
    home.mkdir(parents=True, exist_ok=True)
    for name in _PIP_SETTINGS:
        if (users / name).exists():
            _link(home / name, users / name)


def _link(link: Path, target: Path) -> None:
    if link.is_symlink() and link.readlink() == target:
        return
    link.parent.mkdir(parents=True, exist_ok=True)
    link.unlink(missing_ok=True)
    link.symlink_to(target)


def users_environment(home: Path, **extra: str) -> dict[str, str]:
    """The variables for a command of Ansible as a user runs it, with a home of their own and few settings."""
    return {
        **environment(),
        "HOME": str(home),
        "ANSIBLE_HOME": str(home / ".ansible"),
        "ANSIBLE_NOCOLOR": "1",
        "ANSIBLE_LOCALHOST_WARNING": "0",
        **extra,
    }


def ansible(home: Path, program: str, *arguments: str | Path, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run ``ansible-PROGRAM`` of this Python as a user with this home, in it."""
    command = [sys.executable, "-m", "ansible", program, *map(str, arguments)]
    env = users_environment(home, **{"ANSIBLE_INVENTORY_UNPARSED_WARNING": "0", **variables})
    return subprocess.run(command, env=env, cwd=home, capture_output=True, text=True, check=False, timeout=300)


def environment(path: Iterable[Path] = (), **extra: str) -> dict[str, str]:
    """The variables for a gate, with the folders of ``path`` first on PATH."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(_FOREIGN)}
    # Shims of version managers answer for a Python that is not there, and ansible-test takes them at their word.
    inherited = [each for each in kept.get("PATH", os.defpath).split(os.pathsep) if not each.endswith("/shims")]
    kept["PATH"] = os.pathsep.join([*map(str, path), *inherited])
    if sys.platform == "linux":
        kept["LC_ALL"] = "C.UTF-8"
    return {
        **kept,
        "HOME": str(HOME),
        "ANSIBLE_HOME": str(CACHE / "ansible-home"),
        "ANSIBLE_COLLECTIONS_PATH": str(COLLECTIONS),
        "ANSIBLE_CONFIG": str(_ANSIBLE_CONFIG),
        "HYPOTHESIS_STORAGE_DIRECTORY": str(CACHE / "hypothesis"),
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONUNBUFFERED": "1",
        **extra,
    }
