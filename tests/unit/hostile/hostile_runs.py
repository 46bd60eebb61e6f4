# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A command of Ansible as a process of its own: how it ended, what it said, how long it took, how large it became."""

from __future__ import annotations

import contextlib
import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from tools.workplace import users_environment

# A small process between, since what a process says of its children begins with its own size.
_WRAPPER = """
import json, resource, subprocess, sys
code = subprocess.run(sys.argv[2:], stdin=subprocess.DEVNULL).returncode
peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / (1 << 20 if sys.platform == "darwin" else 1 << 10)
with open(sys.argv[1], "w") as file:
    json.dump([code, peak], file)
"""
_TRACEBACK = re.compile(r"^(?:\s*)Traceback \(most recent call last\):\n(?:(?:[ \t].*)?\n)*(.*)", re.MULTILINE)
# ansible-core shows where an error of its own kinds came from at -vvv. Those have words for people all the same.
_OWN = re.compile(r"\s*(?:ansible\.(?:errors|_internal|module_utils)\.[\w.]*|Ansible\w+)(?::|$)")
_UNEXPECTED = ("Unexpected Exception", "MODULE FAILURE", "An exception occurred during task", "RecursionError")


@dataclass(frozen=True)
class Ended:
    code: int | None  # None: it did not end within its limit
    said: str
    seconds: float
    mebibytes: float  # of the largest of its processes

    def problems(self, secrets: Sequence[str]) -> list[str]:
        """What no answer of a service may lead to."""
        found = [f"it says {text!r}" for text in _UNEXPECTED if text in self.said]
        found += [f"traceback: {last}" for last in _TRACEBACK.findall(self.said) if not _OWN.match(last)]
        squeezed = "".join(self.said.split())
        for secret in secrets:
            if (at := squeezed.find(secret)) >= 0:
                found.append(f"a secret is told: {squeezed[max(0, at - 200) : at + 20]}")
        if self.code is None:
            found.append(f"it did not end within {self.seconds:.0f} s")
        elif self.code and not re.search(r"^(?:fatal|failed): |ERROR", self.said, re.MULTILINE):
            found.append(f"exit code {self.code} without an error")
        return found


def run(command: Sequence[str], folder: Path, limit: float, **variables: str) -> Ended:
    """``python -m ansible COMMAND -vvvvv`` in ``folder``, killed after ``limit`` seconds."""
    figures = folder / "figures.json"
    wrapped = [sys.executable, "-I", "-c", _WRAPPER, str(figures), sys.executable, "-m", "ansible", *command, "-vvvvv"]
    began, code, peak = time.monotonic(), None, 0.0
    with subprocess.Popen(
        wrapped, cwd=folder, env=users_environment(folder, **variables), stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace", start_new_session=True,
    ) as process:  # fmt: skip
        try:
            said, _nothing = process.communicate(timeout=limit)
            code, peak = json.loads(figures.read_text())
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            said, _nothing = process.communicate()
        finally:  # also where the tests themselves are stopped
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
    return Ended(code, said, time.monotonic() - began, peak)


class Elsewhere:
    """Another host: a port that keeps what anybody sends to it."""

    def __init__(self) -> None:
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._socket.getsockname()[1]}"
        self.heard: list[bytes] = []

    def _listen(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                caller, _address = self._socket.accept()
                with caller:
                    caller.settimeout(5)
                    first = b"nothing"
                    with contextlib.suppress(OSError):
                        first = caller.recv(4096)
                        caller.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\n[]")
                    self.heard.append(first)

    @contextlib.contextmanager
    def listening(self) -> Iterator[Elsewhere]:
        thread = threading.Thread(target=self._listen, name="elsewhere", daemon=True)
        thread.start()
        try:
            yield self
        finally:
            self._socket.shutdown(socket.SHUT_RDWR)
            self._socket.close()
            thread.join(10)
