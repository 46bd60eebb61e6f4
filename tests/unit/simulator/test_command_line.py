# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""``python -m simulator`` as a program of its own, with every warning an error."""

from __future__ import annotations

import json
import os
import signal
import socket
import stat
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import requests

TESTS = Path(__file__).resolve().parents[2]
PROGRAM = [sys.executable, "-X", "dev", "-W", "error", "-m", "simulator"]


@contextmanager
def program(tmp_path: Path, *options: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    environment = {**os.environ, "TMPDIR": str(tmp_path)}
    with subprocess.Popen(
        [*PROGRAM, "--print-url", *options], cwd=TESTS, env=environment, text=True, stdout=-1, stderr=-1
    ) as process:
        try:
            assert process.stdout is not None
            yield process, process.stdout.readline().strip()
        finally:
            process.kill()


def variables(path: Path) -> dict[str, str]:
    lines = path.read_text().splitlines()
    return dict(line.removeprefix("export ").split("=", 1) for line in lines)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_serves_and_ends_without_a_trace(tmp_path: Path, number: signal.Signals) -> None:
    environment = tmp_path / "env"
    with program(tmp_path, "--seed", "demo.yml", "--env-file", str(environment), "--speed", "50") as (process, url):
        found = variables(environment)
        assert (found["NXAI_API_URL"], found["NXAI_CLOUD_URL"]) == (url, url)
        assert stat.S_IMODE(environment.stat().st_mode) == 0o600
        headers = {"Authorization": f"Bearer {found['NXAI_TOKEN']}"}
        assert len(requests.get(f"{url}/dev/systems", headers=headers, timeout=10).json()) == 3
        assert requests.get(f"{url}/_sim", timeout=10).status_code == 404
        process.send_signal(number)
        _out, errors = process.communicate(timeout=20)

    # In development mode asyncio tells of callbacks that took long, which on a busy machine they may.
    assert [line for line in errors.splitlines() if not line.startswith("Executing <")] == []
    assert process.returncode == 0
    assert list(tmp_path.iterdir()) == [environment]


def test_numbers_tls_and_control(tmp_path: Path) -> None:
    environment = tmp_path / "env"
    options = ("--sites", "2", "--devices", "3", "--tls", "--control", "--env-file", str(environment))
    with program(tmp_path, *options) as (_process, url):
        assert url.startswith("https://")
        answer = requests.get(f"{url}/_sim", verify=variables(environment)["NXAI_CA_PATH"], timeout=10)
        assert answer.json()["counts"]["sites"] == 2


def test_a_hostile_service_is_asked_for_by_a_number(tmp_path: Path) -> None:
    with program(tmp_path, "--hostile", "890") as (_process, url):
        answer = requests.get(f"{url}/dev/systems", timeout=10, allow_redirects=False)
        target = f"http://elsewhere.invalid\\@{url.removeprefix('http://')}/dev/systems"
        assert (answer.status_code, answer.headers["Location"]) == (308, target)


def test_an_upload_is_never_whole_in_memory(tmp_path: Path) -> None:
    size = 192 << 20
    environment = tmp_path / "env"
    with program(tmp_path, "--env-file", str(environment)) as (process, url):

        def body() -> Iterator[bytes]:
            yield b'--b\r\nContent-Disposition: form-data; name="data"\r\n\r\n{"Name": "big"}\r\n'
            yield b'--b\r\nContent-Disposition: form-data; name="file"; filename="big.onnx"\r\n\r\n'
            for _chunk in range(size >> 20):
                yield bytes(1 << 20)
            yield b"\r\n--b--\r\n"

        headers = {
            "Authorization": f"Bearer {variables(environment)['NXAI_TOKEN']}",
            "Content-Type": "multipart/form-data; boundary=b",
        }
        answer = requests.post(f"{url}/cpt/functions", data=body(), headers=headers, timeout=60)
        model = requests.get(f"{url}/cpt/function/{answer.json()['UUID']}", headers=headers, timeout=10).json()
        status = Path(f"/proc/{process.pid}/status").read_text()

    assert model["Size"] == size
    peak = int(status.partition("VmHWM:")[2].split()[0]) << 10
    assert peak < size / 2, f"{peak >> 20} MiB"


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--seed", "nowhere.yml"], "nowhere.yml: cannot be read: No such file"),
        (["--seed", "BAD"], "colour is not known"),
        (["--seed", "demo.yml", "--sites", "3"], "exclude each other"),
        (["--sites", "3", "--servers", "0"], "generate.servers must be at least 1"),
        (["--sites", "-3"], "generate.sites must be from 0 up"),
        (["--port", "TAKEN"], "cannot listen on 127.0.0.1 port"),
        (["--host", "no.such.host.invalid"], "cannot listen on no.such.host.invalid"),
        (["--env-file", "/nowhere/env"], "/nowhere/env: No such file or directory"),
    ],
)
def test_what_cannot_be_done_is_one_line_and_exit_code_2(tmp_path: Path, options: list[str], message: str) -> None:
    bad = tmp_path / "bad.yml"
    bad.write_text(json.dumps({"colour": "red"}))
    with socket.create_server(("127.0.0.1", 0)) as taken:
        words = {"BAD": str(bad), "TAKEN": str(taken.getsockname()[1])}
        command = [*PROGRAM, *(words.get(option, option) for option in options)]
        run = subprocess.run(command, cwd=TESTS, capture_output=True, text=True, timeout=20, check=False)

    assert (run.returncode, run.stdout) == (2, "")
    assert message in run.stderr and len(run.stderr.splitlines()) == 1
