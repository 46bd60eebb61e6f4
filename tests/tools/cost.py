# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a piece of code costs in a process of its own: seconds of the processor, and the most memory it held."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tools.workplace import COLLECTIONS

MOST_MEMORY = 300  # MiB: what any input from outside may cost, Python and the libraries included
_NO_THREADS = {"OPENBLAS_NUM_THREADS": "1"}  # numpy brings threads that spin: up to 4 ms for whoever counts
_FRAME = """
import json, sys, time

begin = time.process_time()
said = "nothing"
try:
{code}
except Exception as error:
    said = f"{{type(error).__name__}}: {{error}}"
seconds = time.process_time() - begin
with open("/proc/self/status") as file:  # ru_maxrss of resource would begin with what the parent held
    peak = next(int(line.split()[1]) for line in file if line.startswith("VmHWM"))
print(json.dumps([seconds, peak / 1024, said]))
"""


@dataclass(frozen=True)
class Cost:
    """``said``: type and text of the error that ended it."""

    seconds: float
    mebibytes: float
    said: str


def measured(command: Sequence[str], env: Mapping[str, str], stdin: bytes) -> tuple[str, float, int]:
    """What a command said that has to succeed, its seconds from start to end, and its peak memory in bytes."""
    started = time.perf_counter()
    process = subprocess.Popen(command, env=env, stdin=-1, stdout=-1, stderr=subprocess.STDOUT)
    assert process.stdin and process.stdout
    with process.stdin, process.stdout:
        process.stdin.write(stdin)
        process.stdin.close()
        output = process.stdout.read().decode()
    _pid, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{command[0]} failed: {output[-2000:]}")
    return output, time.perf_counter() - started, usage.ru_maxrss * (1 if sys.platform == "darwin" else 1024)


def cost_of(code: str, *arguments: str) -> Cost:
    """``code`` finds the arguments in ``sys.argv[1:]``."""
    indented = "\n".join(f"    {line}" for line in code.strip().splitlines())
    run = subprocess.run(
        [sys.executable, "-c", _FRAME.format(code=indented), *arguments],
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(COLLECTIONS), *filter(None, sys.path)]), **_NO_THREADS},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert run.returncode == 0, run.stderr
    return Cost(*json.loads(run.stdout))
