# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""To import a plugin opens no connection, starts no program and writes no file."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from ansible_collections.nxai.cloud.plugins.module_utils._core import errors

PLUGINS = Path(errors.__file__).parents[2]
PROGRAM = """
import importlib, sys

def watch(event, arguments):
    writes = event == "open" and isinstance(arguments[1], str) and set(arguments[1]) & set("wax+")
    if event in ("socket.connect", "socket.getaddrinfo", "socket.bind", "subprocess.Popen", "os.system") or writes:
        sys.exit(f"{name}: {event} {arguments}")

name = ""
import ansible.plugins.inventory, ansible.plugins.lookup, requests, requests_toolbelt  # not ours to watch
sys.addaudithook(watch)
for name in sys.argv[1:]:
    importlib.import_module("ansible_collections.nxai.cloud.plugins." + name)
print(len(sys.argv) - 1)
"""


def test_an_import_does_nothing_else() -> None:
    files = [path for path in PLUGINS.rglob("*.py") if path.name != "__init__.py"]
    names = [".".join(path.relative_to(PLUGINS).with_suffix("").parts) for path in sorted(files)]
    command = [sys.executable, "-B", "-c", PROGRAM, *names]
    env = {"PYTHONPATH": str(PLUGINS.parents[3]), "HOME": "/nonexistent", "ANSIBLE_HOME": "/nonexistent"}
    done = subprocess.run(command, env=env, capture_output=True, text=True, check=False)
    assert done.stdout.strip() == str(len(names)), done.stdout + done.stderr
    assert len(names) > 80


def test_the_lower_layers_do_not_load_what_only_modules_need() -> None:
    """``ansible.module_utils.basic`` costs 0.3 s for each task of an inventory, a lookup or an action."""
    low = [path for layer in ("_core", "_http", "_api") for path in (PLUGINS / "module_utils" / layer).glob("*.py")]
    names = [".".join(path.relative_to(PLUGINS).with_suffix("").parts) for path in low]
    program = f"{PROGRAM}\nprint('ansible.module_utils.basic' in sys.modules)".replace(
        "import ansible.plugins.inventory, ansible.plugins.lookup, requests, requests_toolbelt", "import requests"
    )
    env = {"PYTHONPATH": str(PLUGINS.parents[3]), "HOME": "/nonexistent", "ANSIBLE_HOME": "/nonexistent"}
    command = [sys.executable, "-B", "-c", program, *names]
    done = subprocess.run(command, env=env, capture_output=True, text=True, check=False)
    assert done.stdout.split() == [str(len(names)), "False"], done.stdout + done.stderr
