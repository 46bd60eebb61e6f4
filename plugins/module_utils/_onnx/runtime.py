# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One run of a model in onnxruntime, in a process of its own with limits on time and memory.

A file from outside may crash a runtime, or take all memory: then only that process ends.
"""

from __future__ import annotations

import importlib.util
import json
import os
import re
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from .._core.errors import missing_library

SECONDS, MEBIBYTES = 120, 6144  # limits: the largest file that Nx takes needs a third of either
_NO_MEMORY = re.compile(r"bad_alloc|bad allocation|[Ff]ailed to allocate memory|[Cc]annot allocate memory")
_LONGEST = 600  # characters of what a runtime says

# Told what to do by one line of JSON, and answers with one. ``feeds``: name, type, shape and what to fill it with, or
# a file of arrays in NumPy's format. With ``save`` the outputs are written there.
_PROGRAM = r"""
import json, resource, sys
task = json.loads(sys.stdin.readline())
resource.setrlimit(resource.RLIMIT_AS, (task["bytes"], task["bytes"]))
resource.setrlimit(resource.RLIMIT_CPU, (task["seconds"], task["seconds"] + 5))
resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
answer = {}
try:
    import numpy
    import onnxruntime
    answer["version"] = onnxruntime.__version__
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 4
    session = onnxruntime.InferenceSession(task["model"], options, providers=["CPUExecutionProvider"])
    answer["loads"] = True
    answer["inputs"] = [[each.name, each.type, list(each.shape)] for each in session.get_inputs()]
    if task["arrays"]:
        rounds = numpy.load(task["arrays"], allow_pickle=False)
        count = 1 + max(int(name.partition("/")[0]) for name in rounds.files)
        feeds = [{} for _ in range(count)]
        for name in rounds.files:
            number, _, inner = name.partition("/")
            feeds[int(number)][inner] = rounds[name]
    else:
        feeds = [{name: numpy.full(shape, fill, dtype=kind) for name, kind, shape, fill in task["feeds"]}]
    names = [each.name for each in session.get_outputs()]
    saved = {}
    for number, feed in enumerate(feeds if task["run"] else []):
        outputs = session.run(None, feed)
        found = []
        for index, (name, value) in enumerate(zip(names, outputs)):
            is_tensor = isinstance(value, numpy.ndarray)
            found.append([name, str(value.dtype) if is_tensor else type(value).__name__,
                          list(value.shape) if is_tensor else None])
            if task["save"] and is_tensor:
                saved["%d/%d" % (number, index)] = value
        answer["outputs"] = found
    if task["save"]:
        numpy.savez(task["save"], **saved)
except MemoryError:
    answer["memory"] = True
except BaseException as error:
    answer["error"] = "%s: %s" % (type(error).__name__, error)
print("\n" + json.dumps(answer))
"""


@dataclass(frozen=True)
class Run:
    """What became of it. ``error``: what the runtime said, or what the limit was; "" where it loaded and ran."""

    version: str
    loads: bool
    error: str = ""
    limit: str = ""
    outputs: dict[str, tuple[str, list[int] | None]] = field(default_factory=dict)

    def as_result(self) -> dict[str, Any]:
        return {
            "version": self.version,
            "loads": self.loads,
            "runs": bool(self.loads and not self.error and self.outputs),
            "said": self.error or None,
            "outputs": [
                {"name": name, "type": kind, "shape": shape} for name, (kind, shape) in self.outputs.items()
            ],
        }  # fmt: skip


def is_there() -> bool:
    """Whether this Python has onnxruntime. Does not load it."""
    return has_library("onnxruntime")


def has_library(name: str) -> bool:
    """Whether it could be imported. Does not do so: that takes time."""
    try:
        return importlib.util.find_spec(name) is not None
    except ValueError:  # somebody put None in its place
        return False


def require(tried: str) -> None:
    """Raises BadInput where onnxruntime is not there."""
    if not is_there():
        advice = "Install it for the Python that runs this task (pip install onnxruntime), or do without the run."
        raise missing_library(tried, "onnxruntime", advice)


def run_model(
    path: str,
    feeds: Sequence[tuple[str, str, Sequence[int], float]] | None = None,
    arrays: str = "",
    save: str = "",
    limits: tuple[int, int] = (SECONDS, MEBIBYTES),
) -> Run:
    """Load the model and, where something is fed, run it. ``arrays``: a .npz file with ``0/input``, ``1/input`` ..."""
    seconds, mebibytes = limits
    task = {
        "model": os.path.abspath(path), "feeds": list(feeds or ()), "arrays": arrays, "save": save,
        "run": bool(arrays) or feeds is not None, "seconds": seconds, "bytes": mebibytes << 20,
    }  # fmt: skip
    env = {**os.environ, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "PYTHONWARNINGS": "ignore"}
    command = [sys.executable, "-c", _PROGRAM]
    try:
        # No module is at hand here, and run_command knows no time limit.
        done = subprocess.run(  # pylint: disable=ansible-bad-function
            command, input=json.dumps(task) + "\n", env=env, capture_output=True, text=True, errors="replace",
            timeout=seconds + 30, check=False, cwd="/",
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        return _limited("", f"it ran for more than {seconds} seconds")
    return _read(done, seconds, mebibytes)


def _read(done: Any, seconds: int, mebibytes: int) -> Run:
    answer = _answer(done.stdout)
    version = str(answer.get("version", ""))
    if answer.get("memory") or _NO_MEMORY.search(str(answer.get("error", "")) + done.stderr[-2000:]):
        return _limited(version, f"it needs more than {mebibytes} MiB of memory", bool(answer.get("loads")))
    if done.returncode < 0 and not answer:
        if -done.returncode in (24, 9):  # SIGXCPU, SIGKILL
            return _limited(version, f"it ran for more than {seconds} seconds, or was ended by the system")
        return Run(version, False, f"onnxruntime crashed with signal {-done.returncode}")
    if not answer:
        return Run(version, False, f"onnxruntime ended without an answer: {done.stderr.strip()[-_LONGEST:]}")
    outputs = {name: (kind, shape) for name, kind, shape in answer.get("outputs", ())}
    error = " ".join(str(answer.get("error", "")).split())[:_LONGEST]
    return Run(version, bool(answer.get("loads")), error, "", outputs)


def _answer(said: str) -> Mapping[str, Any]:
    last = said.strip().rpartition("\n")[2]
    try:
        found = json.loads(last)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _limited(version: str, limit: str, loads: bool = False) -> Run:
    return Run(version, loads, limit, limit)
