# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which branches of ``plugins/module_utils`` the unit tests take."""

from __future__ import annotations

import json
import subprocess

from tools.venvs import mutate_venv
from tools.workplace import CACHE, ROOT, environment

WANTED = 95.0  # per cent of the branches
# Tests that run the code in their own process. Playbooks run it in others, which would cost minutes and show no more.
_TESTS = ("module_utils", "plugin_utils", "modules", "inventory", "lookup", "filter", "roles/pipeline_rollout")
_ELSEWHERE = "tests/unit/roles/pipeline_rollout/test_rollout_playbook.py"


def coverage() -> int:
    """Print the table. 1 if a test fails or if fewer branches are taken than wanted."""
    venv = mutate_venv()
    folder = CACHE / "coverage"
    folder.mkdir(parents=True, exist_ok=True)
    report = folder / "report.json"
    measure = ["--cov=plugins/module_utils", "--cov-branch", "--cov-report=term-missing", f"--cov-report=json:{report}"]
    tests = [f"tests/unit/{each}" for each in _TESTS]
    command = [venv.bin("python"), "-m", "pytest", "-q", f"--ignore={_ELSEWHERE}", *measure, *tests]
    env = environment([venv.folder / "bin"], COVERAGE_FILE=str(folder / "data"))
    failed = subprocess.run(command, cwd=ROOT, env=env, stdin=subprocess.DEVNULL, check=False).returncode
    if failed:
        return failed
    totals = json.loads(report.read_text())["totals"]
    branches = 100 * totals["covered_branches"] / totals["num_branches"]
    print(f"Statements and branches together: {totals['percent_covered']:.1f} %")
    print(f"Branches alone: {totals['covered_branches']} of {totals['num_branches']}, {branches:.1f} %", end="")
    print(f" (wanted: {WANTED:.0f} %)")
    return int(branches < WANTED)
