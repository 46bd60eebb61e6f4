# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A simulator for as long as it is needed, and a model to upload to it."""

from __future__ import annotations

import shlex
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from tools.venvs import Venv
from tools.workplace import CACHE, TESTS, environment

# For gates: a conversion takes 6 s instead of 30 s, and a token still lives for 12 minutes.
FAST = 5.0
_PATIENCE = 60  # seconds until it must be up: a cold start on a slow disk


@contextmanager
def simulator(venv: Venv, *world: str, speed: float = 1.0) -> Iterator[dict[str, str]]:
    """Start a simulator on a free port, give its ``NXAI_…`` variables, and stop it.

    ``world`` is its arguments, by default those for the world of the demonstration; ``speed`` is how many seconds pass
    in it for each real one.
    """
    with TemporaryDirectory(prefix="nxai-") as folder:
        env_file = Path(folder, "env")
        options = [*(world or ("--seed", "demo.yml")), "--speed", str(speed), "--env-file", str(env_file)]
        command = [venv.bin("python"), "-m", "simulator", *options]
        with running(command, env_file, env=environment(PYTHONPATH=str(TESTS))) as variables:
            yield variables


@contextmanager
def running(command: Sequence[str], env_file: Path, **options: Any) -> Iterator[dict[str, str]]:
    """The command starts a simulator that writes ``env_file``: give its variables, and stop it in the end."""
    env_file.unlink(missing_ok=True)
    log = env_file.with_suffix(".log")
    with log.open("w") as output:
        process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT, **options
        )
    try:
        yield _variables(process, env_file, log)
    finally:
        process.terminate()
        try:
            process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _variables(process: subprocess.Popen[bytes], env_file: Path, log: Path) -> dict[str, str]:
    """The contents of the file that the simulator writes once it listens: lines ``export NAME=value``."""
    deadline = time.monotonic() + _PATIENCE
    while time.monotonic() < deadline and process.poll() is None:
        text = env_file.read_text() if env_file.exists() else ""
        if text.endswith("\n") and "NXAI_TOKEN=" in text:
            words = shlex.split(text)
            return dict(word.split("=", 1) for word in words if "=" in word)
        time.sleep(0.1)
    raise RuntimeError(f"The simulator did not start. It said:\n{log.read_text()}")


def make_model(venv: Venv) -> Path:
    """The ONNX model of the demonstration."""
    model = CACHE / "brightness.onnx"
    with TemporaryDirectory(prefix="model-", dir=CACHE) as folder:  # another gate may read it at this moment
        made = Path(folder, model.name)
        subprocess.run([venv.bin("python"), str(TESTS / "tools" / "demo_model.py"), str(made)], check=True)
        made.replace(model)
    return model
