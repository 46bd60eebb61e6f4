# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Write ``constraints.txt``: the versions of everything that the requirements bring with them."""

from __future__ import annotations

import subprocess

from tools.pythons import found
from tools.venvs import CONSTRAINTS, REQUIREMENTS, Venv, newest_core

_HEADER = """\
# What the requirements bring with them, at the versions that were tested. Made by: make pins
# Where Pythons need different versions, a Python that is not named takes what pip finds.
"""
# Those of ansible-core differ between its versions, and the environments name what they ask for themselves.
_FREE = {"ansible-core", "resolvelib"} | {
    line.partition("==")[0].lower() for each in REQUIREMENTS for line in each.read_text().splitlines() if "==" in line
}


def pin() -> int:
    """Resolve anew, on each Python of this machine with the newest ansible-core that it runs."""
    CONSTRAINTS.write_text(_HEADER)
    versions: dict[str, dict[int, str]] = {}
    for python in found().values():
        venv = Venv("pins", newest_core(python), python, REQUIREMENTS).make()
        freeze = [venv.bin("python"), "-m", "pip", "freeze", "--disable-pip-version-check"]
        for line in subprocess.run(freeze, check=True, capture_output=True, text=True).stdout.splitlines():
            name, _separator, version = line.partition("==")
            if name.lower() not in _FREE:
                versions.setdefault(name, {})[python.minor] = version
    lines = [line for name in sorted(versions, key=str.lower) for line in _lines(name, versions[name])]
    CONSTRAINTS.write_text(_HEADER + "\n".join(lines) + "\n")
    return 0


def _lines(name: str, by_python: dict[int, str]) -> list[str]:
    if len(set(by_python.values())) == 1:
        return [f"{name}=={next(iter(by_python.values()))}"]
    return [f'{name}=={version}; python_version == "3.{minor}"' for minor, version in sorted(by_python.items())]
