# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""``constraints.txt``: the versions that were tested, and the hashes of all files that an index has of each."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from tools.workplace import TESTS

CONSTRAINTS = TESTS / "constraints.txt"
HASHES_ONLY = "# From here on: hashes of further versions, which some environments take. They constrain nothing."
_LINE = re.compile(r'([\w.-]+)==([\w.+!-]+)(?:; python_version == "([\d.]+)")?((?: --hash=sha256:[0-9a-f]{64})*)')


@dataclass(frozen=True)
class Pin:
    """One version. ``python`` is the minor version it is for, as 3.12; empty for all."""

    name: str
    version: str
    python: str = ""
    hashes: tuple[str, ...] = ()
    constrains: bool = True

    @property
    def key(self) -> tuple[str, str]:
        return re.sub(r"[-_.]+", "-", self.name).lower(), self.version

    def __str__(self) -> str:
        return f"{self.name}=={self.version}" + (f'; python_version == "{self.python}"' if self.python else "")

    def with_hashes(self) -> str:
        return " \\\n    ".join([str(self), *(f"--hash={each}" for each in self.hashes)])


class NotPinned(RuntimeError):
    """A package that would be installed has no hash here."""


def read_pins(text: str) -> list[Pin]:
    """What pip's own format of requirements says; raises ValueError for a line that is none of ours."""
    pins: list[Pin] = []
    constrains = True
    for line in re.sub(r" \\\n *", " ", text).splitlines():
        constrains = constrains and line != HASHES_ONLY
        if not line or line.startswith("#"):
            continue
        found = _LINE.fullmatch(line)
        if found is None:
            raise ValueError(f"{CONSTRAINTS.name}: not a pin with hashes: {line:.80}")
        hashes = tuple(each.removeprefix("--hash=") for each in found[4].split())
        pins.append(Pin(found[1], found[2], found[3] or "", hashes, constrains))
    return pins


def constraints(pins: Sequence[Pin]) -> str:
    """For pip's ``-c``."""
    return "".join(f"{pin}\n" for pin in pins if pin.constrains)


def locked(found: Iterable[Pin], pins: Sequence[Pin]) -> str:
    """Requirements for ``--require-hashes``: what was found, with the hashes of the pins. Raises NotPinned."""
    hashes = {pin.key: pin.hashes for pin in pins if pin.hashes}
    wanted = list(found)
    missing = [str(pin) for pin in wanted if pin.key not in hashes]
    if missing:
        raise NotPinned(f"No hash in {CONSTRAINTS.name} for {', '.join(missing)}. Run: make pins")
    return "".join(f"{Pin(pin.name, pin.version, '', hashes[pin.key]).with_hashes()}\n" for pin in wanted)


def resolve(python: str, report: Path, arguments: Sequence[str], env: dict[str, str]) -> list[Pin]:
    """What pip would install for these arguments, without installing it. pip runs with the user's own settings."""
    options = ["--dry-run", "--ignore-installed", "-qq", "--disable-pip-version-check", "--report", str(report)]
    command = [python, "-m", "pip", "install", *options, *arguments]
    subprocess.run(command, check=True, env=env, stdin=subprocess.DEVNULL)
    items = [each["metadata"] for each in json.loads(report.read_text())["install"]]
    return sorted((Pin(each["name"], each["version"]) for each in items), key=lambda pin: pin.key)
