# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Steps, some of them side by side, and the table at the end."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tools.workplace import CACHE, ROOT

# pytest's closing line, as in "== 12 passed, 1 skipped in 3.21s =="
_PYTEST = re.compile(r"^=* ?(?=\d+ (?:passed|failed|error|skipped))([\w ,]+?) in [\d.]+s", re.MULTILINE)
_COUNT = re.compile(r"(\d+) (\w+)")
_SKIPPED = re.compile(r"^WARNING: ((?:Skipp|Excluding|Required program).*)$", re.MULTILINE)


class Failed(Exception):
    """A step did not pass."""


class NotRun(Exception):
    """A step could not be tried here, for a reason that is no fault of the clone."""


_SCREEN = threading.Lock()


class Shell:
    """Runs the commands of a step: what they print is kept, and goes to the screen at once where nothing else does."""

    def __init__(self, live: bool) -> None:
        self.text = ""
        self._live = live

    def run(self, command: Sequence[str | Path], env: Mapping[str, str], cwd: Path = ROOT) -> str:
        """Run it and return its output. Raises Failed where its exit status is not 0."""
        lines = []
        pipes: Any = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.STDOUT}
        env = {**env, "NO_COLOR": "1", "ANSIBLE_NOCOLOR": "1"}
        arguments = [str(each) for each in command]
        with subprocess.Popen(arguments, cwd=cwd, env=env, text=True, errors="replace", **pipes) as process:
            assert process.stdout is not None
            for line in process.stdout:
                lines.append(line)
                if self._live:
                    sys.stdout.write(line)
                    sys.stdout.flush()
        output = "".join(lines)
        self.text += output
        if process.returncode:
            raise Failed(f"exit status {process.returncode}: {' '.join(map(str, command))}")
        return output


@dataclass
class Step:
    """One gate. Without a test count of its own it counts as one test. ``alone``: it uses all processors by itself."""

    title: str
    action: Callable[[Shell], object]
    alone: bool = False
    state: str = "not run"
    seconds: float = 0.0
    passed: int = 0
    failed: int = 0
    not_run: list[str] = field(default_factory=list)

    def run(self, live: bool = True) -> bool:
        if live:
            print(f"\n=== {self.title}", flush=True)
        shell, started, problem, reason = Shell(live), time.monotonic(), "", ""
        try:
            self.action(shell)
        except (Failed, RuntimeError) as error:
            problem = str(error)
        except NotRun as error:
            reason = str(error)
        self.seconds = time.monotonic() - started
        if reason:
            self.not_run = [reason]
        else:
            self._count(shell.text, problem)
            self.state = "FAILED" if problem else "passed"
        with _SCREEN:
            if not live:
                print(f"\n=== {self.title}\n{shell.text}", end="", flush=True)
            print(f"=== {self.title}: {self.state} in {self.seconds:.1f} s {problem or reason}".rstrip(), flush=True)
        return not problem

    def _count(self, text: str, problem: str) -> None:
        counts: Counter[str] = Counter()
        for number, word in _COUNT.findall(" ".join(_PYTEST.findall(text))):
            counts[word] += int(number)
        self.passed = counts.pop("passed", 0 if problem else 1)
        self.failed = counts.pop("failed", 0) + counts.pop("error", 0) + counts.pop("errors", 0)
        if problem:
            self.failed = max(self.failed, 1)
        self.not_run = [f"{number} tests {word}" for word, number in counts.items()] + _SKIPPED.findall(text)


def run_steps(steps: Sequence[Step], cannot_run: Sequence[str], to_the_end: bool = False) -> int:
    """Run until the first failure, or all; print the table, and return the exit status. The summary comes last."""
    started = time.monotonic()
    results = (_run_beside(group) for group in _groups(steps))
    good = all(list(results) if to_the_end else results)
    print("\n=== Summary")
    for step in steps:
        print(f"{step.state:>8} {step.seconds:8.1f} s  {step.title}")
    print(f"{'':>8} {time.monotonic() - started:8.1f} s  in all")
    not_run = [f"{step.title}: {line}" for step in steps for line in dict.fromkeys(step.not_run)]
    for line in [*cannot_run, *not_run]:
        print(f"not run: {line}")
    summary = f"{sum(step.passed for step in steps)} passed, {sum(step.failed for step in steps)} failed"
    (CACHE / "summary").write_text(f"{summary}\n")
    print(summary, flush=True)
    return 0 if good else 1


def _groups(steps: Iterable[Step]) -> list[list[Step]]:
    """Those that follow each other and need one processor each are one group."""
    found: list[list[Step]] = []
    for step in steps:
        if found and not step.alone and not found[-1][-1].alone:
            found[-1].append(step)
        else:
            found.append([step])
    return found


def _run_beside(group: Sequence[Step]) -> bool:
    """Whether all passed, as many side by side as there are processors. After a failure the others end all the same."""
    if len(group) == 1:
        return group[0].run()
    with ThreadPoolExecutor(max_workers=os.cpu_count()) as pool:
        return all(list(pool.map(lambda step: step.run(live=False), group)))
