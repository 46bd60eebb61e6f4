# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The page of a simulated fleet: made twice, with some changes in between, and opened where there is a screen."""

from __future__ import annotations

import json
import os
import subprocess
import webbrowser
from pathlib import Path
from urllib.request import Request, urlopen

from tools.simulated import simulator
from tools.venvs import demo_venv
from tools.workplace import CACHE, ROOT, environment

_WORLD = {
    "models": [{"name": f"Person detector@{version}", "catalogues": ["Shop models"]} for version in (6, 7)],
    "catalogues": [{"name": "Shop models", "public": True}],
    "generate": {
        "sites": 60, "servers": 2, "devices": 20, "models": 3, "offline_every": 17,
        "plugin_5_every": 4, "assigned": True,
    },
}  # fmt: skip


def fleet_demo() -> int:
    folder, seed = CACHE / "fleet-demo", CACHE / "fleet-demo.json"
    for each in ("fleet.html", "fleet.json"):
        (folder / each).unlink(missing_ok=True)
    seed.write_text(json.dumps(_WORLD))
    venv = demo_venv()
    with simulator(venv, "--seed", str(seed), "--control") as variables:
        quiet = {"ANSIBLE_LOCALHOST_WARNING": "false", "ANSIBLE_INVENTORY_UNPARSED_WARNING": "false"}
        env = {**environment([venv.folder / "bin"], **variables), **quiet}
        playbook = ROOT / "playbooks" / "fleet_report.yml"
        command: list[str | Path] = [venv.bin("ansible-playbook"), playbook, "-e", f"fleet_dir={folder}"]
        for part in ("first", "second"):
            done = subprocess.run(command, env=env, stdin=subprocess.DEVNULL, check=False)
            if done.returncode:
                return done.returncode
            if part == "first":
                _change(variables["NXAI_API_URL"], folder / "fleet.json")
    page = folder / "fleet.html"
    if not ((os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")) and webbrowser.open(page.as_uri())):
        print(f"The page: {page}")
    return 0


def _change(url: str, memory: Path) -> None:
    """Behind the back of everybody: a site goes off-line, and cameras of another one run nothing."""
    first, second, *_others = [each for each in json.loads(memory.read_text())["sites"] if each["online"]]
    _post(f"{url}/_sim/site", {"site": first["id"], "online": False})
    for camera, *_members in second["cameras"][:5]:
        _post(f"{url}/_sim/device", {"site": second["id"], "device": camera, "pipelines": []})


def _post(url: str, body: dict[str, object]) -> None:
    urlopen(Request(url, json.dumps(body).encode(), {"Content-Type": "application/json"}), timeout=30).close()
