# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""ansible-rulebook loads the files of extensions/eda by ``runpy``, in a Python that may have the package ansible."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tools.workplace import COLLECTIONS

EDA = COLLECTIONS / "ansible_collections" / "nxai" / "cloud" / "extensions" / "eda" / "plugins"
PROGRAM = """
import asyncio, runpy, sys
for path in sys.argv[1:]:
    print(asyncio.iscoroutinefunction(runpy.run_path(path)["main"]))
print("ansible" in sys.modules)
"""


@pytest.mark.parametrize("with_ansible", [False, True])
def test_the_files_find_their_collection(tmp_path: Path, with_ansible: bool) -> None:
    if with_ansible:  # which brings a package that is no namespace, with other collections
        (tmp_path / "ansible_collections" / "ansible" / "posix").mkdir(parents=True)
        (tmp_path / "ansible_collections" / "__init__.py").touch()
    files = [str(EDA / "event_source" / "nxai_events.py"), str(EDA / "event_filter" / "nxai_hosts.py")]
    done = subprocess.run(
        [sys.executable, "-B", "-c", PROGRAM, *files],
        env={"PYTHONPATH": str(tmp_path)},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout.split() == ["True", "False", "False"], done.stderr
