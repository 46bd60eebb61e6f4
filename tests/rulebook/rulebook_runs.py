# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""ansible-rulebook as a user runs it, with the installed collection, beside a simulator in the test's process.

The gate says where both are: ``RULEBOOK_BIN`` and ``RULEBOOK_COLLECTIONS``. See ``tests/tools/gates.py``.
"""

from __future__ import annotations

import os
import re
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import yaml

from simulator.testing import Served
from tools.workplace import environment

BIN = Path(os.environ["RULEBOOK_BIN"])
COLLECTION = Path(os.environ["RULEBOOK_COLLECTIONS"]) / "ansible_collections" / "nxai" / "cloud"
PATIENCE = 1200.0  # seconds: nothing takes so long, but on a machine that is busy with something else
_STARTING = 3  # looks of a source that has begun


class Rulebook:
    """One rulebook and its process, in a folder with a home of its own. It can be killed and started again."""

    def __init__(self, cloud: Served, folder: Path, rulebook: Any, token: str = "", **variables: Any) -> None:
        """With the inventory estate.nxai.yml of the folder, which is made where it is not there."""
        self.cloud = cloud
        self.folder = folder
        self._said: list[Path] = []
        (folder / "rulebook.yml").write_text(rulebook if isinstance(rulebook, str) else yaml.safe_dump(rulebook))
        (folder / "events.yml").write_text(yaml.safe_dump(variables))
        if not (folder / "estate.nxai.yml").exists():
            (folder / "estate.nxai.yml").write_text("plugin: nxai.cloud.nxai_devices\n")
        self._env = environment(
            [BIN],
            HOME=str(folder),
            ANSIBLE_HOME=str(folder / ".ansible"),
            ANSIBLE_COLLECTIONS_PATH=os.environ["RULEBOOK_COLLECTIONS"],
            ANSIBLE_NOCOLOR="1",
            NXAI_API_URL=cloud.url,
            NXAI_TOKEN=token or cloud.token(),
        )
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Return when its source looks."""
        self._said.append(self.folder / f"said-{len(self._said)}.log")
        command = [BIN / "ansible-rulebook", "-r", "rulebook.yml", "-e", "events.yml", "-i", "estate.nxai.yml"]
        with self._said[-1].open("w") as output:
            self._process = subprocess.Popen(
                command, env=self._env, cwd=self.folder, stdin=subprocess.DEVNULL, stdout=output, stderr=output
            )
        looked = len(self.cloud.log("list_sites"))
        self.wait_until(lambda: len(self.cloud.log("list_sites")) >= looked + _STARTING)

    def kill(self) -> None:
        """With -9, as the kernel does it where memory is short."""
        assert self._process is not None
        self._process.kill()
        self._process.wait()
        self._process = None

    def stop(self) -> None:
        if self._process is not None:
            self.kill()

    def said(self) -> str:
        return "".join(path.read_text(errors="replace") for path in self._said)

    def events(self) -> list[tuple[str, str, str]]:
        """What its rule printed of each: id, kind, and what it is about."""
        return [tuple(line.split("|")) for line in re.findall(r"EVENT\|(.*?\|.*?\|.*?)\|", self.said())]

    def wait_until(self, condition: Callable[[], bool]) -> None:
        end = time.monotonic() + PATIENCE
        while not condition():
            alive = self._process is not None and self._process.poll() is None
            assert alive and time.monotonic() < end, self.said()[-8000:]
            time.sleep(0.2)


def shipped(name: str, **replaced: str) -> list[Any]:
    """A rulebook of the collection, with its waits replaced by short ones."""
    text = (COLLECTION / "extensions" / "eda" / "rulebooks" / f"{name}.yml").read_text()
    for wait, short in replaced.items():
        pattern = rf"(?<=\b{wait}: ).*"
        assert re.search(pattern, text), f"{name} has no {wait}"
        text = re.sub(pattern, short, text)
    rulesets: list[Any] = yaml.safe_load(text)
    for ruleset in rulesets:
        for source in ruleset["sources"]:
            source["nxai.cloud.nxai_events"]["interval"] = 1
    return rulesets
