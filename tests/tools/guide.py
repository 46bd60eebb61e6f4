# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The simulator as its guide says, by the guide's own lines."""

from __future__ import annotations

import re
import shutil
from collections.abc import Mapping
from http.client import HTTPConnection
from urllib.parse import urlsplit

from tools.report import Failed, Shell
from tools.simulated import running
from tools.workplace import CACHE, ROOT, TESTS

_CLONE = CACHE / "venvs" / "guide"  # the environment, and of the clone what the guide names
_REQUIREMENTS = "requirements-simulator.txt"


def serve_by_guide(env: Mapping[str, str], shell: Shell) -> None:
    """Make the environment unless it is there with the same contents, start the program, read one list, stop it."""
    install, start = _lines()
    made_of = f"{install}{(TESTS / _REQUIREMENTS).read_text()}"
    stamp = _CLONE / "made-of"
    if not stamp.is_file() or stamp.read_text() != made_of:
        shutil.rmtree(_CLONE, ignore_errors=True)
        (_CLONE / "tests").mkdir(parents=True)
        shutil.copy(TESTS / _REQUIREMENTS, _CLONE / "tests")
        shell.run(["bash", "-ec", install], env, _CLONE)
        stamp.write_text(made_of)
    shutil.rmtree(_CLONE / "tests" / "simulator", ignore_errors=True)
    shutil.copytree(TESTS / "simulator", _CLONE / "tests" / "simulator")
    command = ["bash", "-ec", f". .venv/bin/activate\ncd tests\nexec {start}"]
    with running(command, _CLONE / ".venv" / "nxai.env", cwd=_CLONE, env=env) as variables:
        _read_sites(variables["NXAI_API_URL"], variables["NXAI_TOKEN"])


def _lines() -> tuple[str, str]:
    """What installs, and what starts it: here on a free port."""
    guide = (ROOT / "docs" / "simulator.md").read_text(encoding="utf-8")
    block = re.search(r"```sh\n(.*?)```", guide, re.DOTALL)
    install, _cd, start = (block[1] if block else "").partition("cd tests\n")
    if "--port 8080" not in start:
        raise Failed("docs/simulator.md does not begin with the lines that start the simulator")
    return install, start.replace("--port 8080", "--port 0")


def _read_sites(url: str, token: str) -> None:
    connection = HTTPConnection(urlsplit(url).netloc, timeout=30)
    connection.request("GET", "/dev/systems", headers={"Authorization": f"Bearer {token}"})
    status = connection.getresponse().status
    connection.close()
    if status != 200:
        raise Failed(f"the simulator of the guide answered GET /dev/systems with {status}")
