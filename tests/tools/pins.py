# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Write ``constraints.txt``: the versions of everything that the requirements bring with them, and their hashes."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from dataclasses import replace

from tools.locks import CONSTRAINTS, HASHES_ONLY, Pin, read_pins
from tools.venvs import Venv, every_venv, lowest_allowed
from tools.workplace import CACHE, TESTS

UV = TESTS / "requirements-pins.txt"
_HEADER = """\
# All that the requirements bring with them: the versions that were tested, and the hashes of all their files.
# Made by: make pins. Read by tests/tools/locks.py, and nothing is installed that is not in here.
# Where Pythons need different versions, a Python that is not named takes what pip finds, whose hash is missing."""
_NOT = ("deps", "header", "annotate", "emit-index-url")
Versions = dict[str, dict[int, set[str]]]  # by name and minor version of Python


def pin() -> int:
    """Resolve anew, for each environment that this machine can make."""
    versions: Versions = {}
    lowest: Versions = {}
    for venv in every_venv():
        _note(lowest if venv.lowest or venv.apart else versions, venv, lowest_allowed() if venv.lowest else "")
    uv = Venv("pins", venv.core, venv.python, (UV,))
    _note(versions, uv, "")
    hashes = {**_hashes(uv.unlocked(), lowest), **_hashes(uv.unlocked(), versions)}
    pins = [pin for name in sorted(versions, key=str.lower) for pin in _pins(name, versions[name])]
    known = {pin.key for pin in pins}
    for name, by_python in sorted(lowest.items()):
        oldest = (Pin(name, version, constrains=False) for each in by_python.values() for version in sorted(each))
        pins += [pin for pin in oldest if pin.key not in known]
    lines = {
        constrains: [replace(pin, hashes=hashes[pin.key]).with_hashes() for pin in pins if pin.constrains == constrains]
        for constrains in (True, False)
    }
    CONSTRAINTS.write_text("\n".join([_HEADER, *lines[True], HASHES_ONLY, *lines[False], ""]))
    return 0


def _note(versions: Versions, venv: Venv, constrained: str) -> None:
    for found in venv.resolved(constrained):
        versions.setdefault(found.name, {}).setdefault(venv.python.minor, set()).add(found.version)


def _pins(name: str, by_python: dict[int, set[str]]) -> list[Pin]:
    """Without a Python where all agree. Where versions of ansible-core do not, none of them constrains."""
    every = sorted(set().union(*by_python.values()))
    if len(every) == 1 or any(len(each) > 1 for each in by_python.values()):
        return [Pin(name, version, constrains=len(every) == 1) for version in every]
    return [Pin(name, next(iter(each)), f"3.{minor}") for minor, each in sorted(by_python.items())]


def _hashes(uv: str, versions: Versions) -> dict[tuple[str, str], tuple[str, ...]]:
    """Of every file, for whatever machine and Python. uv resolves one version of a name at a time."""
    found: dict[tuple[str, str], tuple[str, ...]] = {}
    for turn in _turns(versions):
        wanted, result = CACHE / "pins.in", CACHE / "pins.out"
        wanted.write_text("\n".join(turn) + "\n")
        options = ["--universal", "--generate-hashes", *(f"--no-{each}" for each in _NOT)]
        command = [uv, "pip", "compile", "-q", *options, "--python-version", "3.10", "-o", str(result), str(wanted)]
        subprocess.run(command, check=True, stdin=subprocess.DEVNULL)
        lines = result.read_text().splitlines()
        text = "\n".join(line.partition(" ; ")[0] + (" \\" if " ; " in line else "") for line in lines)
        found.update({pin.key: pin.hashes for pin in read_pins(text)})
    return found


def _turns(versions: Versions) -> Iterator[list[str]]:
    """All versions with the Pythons that need them, so that no turn has two of a name for one Python."""
    left = {(name, minor): sorted(each) for name, by in versions.items() for minor, each in by.items()}
    while left:
        yield [f'{name}=={each[0]}; python_version == "3.{minor}"' for (name, minor), each in sorted(left.items())]
        left = {key: each[1:] for key, each in left.items() if each[1:]}
