# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Kill -9 a playbook with its workers, which newer versions of ansible-core put into sessions of their own."""

from __future__ import annotations

import os
import signal
import subprocess
from contextlib import suppress


def kill_with_workers(pid: int) -> None:
    """``pid``: of a playbook that leads a group. It may have ended already."""
    found = subprocess.run(["pgrep", "-P", str(pid)], capture_output=True, text=True, check=False).stdout
    for each in (pid, *map(int, found.split())):
        with suppress(ProcessLookupError):
            os.killpg(each, signal.SIGKILL)
