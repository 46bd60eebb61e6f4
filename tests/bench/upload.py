# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Upload a large file with the module and with curl, by turns, each to a new simulator: memory and throughput.

    python tests/bench/upload.py [MiB] [ROUNDS]

Prints the module's peak memory, also with a file of 100 MiB, and two ratios to the throughput of ``curl -F`` (1 is as
fast): of the upload alone, which is what curl does, and of the whole process of the module: start, digest of the file,
listing, upload. The faster the line, the more the digest weighs in the second, and here the line is the machine itself.
"""

from __future__ import annotations

import json
import os
import statistics
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from tools.cost import measured
from tools.simulated import simulator
from tools.venvs import Venv, newest_venv
from tools.workplace import ROOT, environment

MIB = 1 << 20
UPLOAD = """
import os, sys, time
from ansible_collections.nxai.cloud.plugins.module_utils._api.client import Client
options = {"api_url": os.environ["NXAI_API_URL"], "token": os.environ["NXAI_TOKEN"]}
with Client.from_options(options) as client:
    started = time.perf_counter()
    client.compute.create_model({"Name": os.path.basename(sys.argv[1]), "Customization": "metavms"}, sys.argv[1])
    print(time.perf_counter() - started)
"""
MODULE = ROOT / "plugins" / "modules" / "nxai_model.py"
SMALL = 100  # MiB: memory must not grow from here


def main(mebibytes: int = 2048, rounds: int = 3) -> None:
    venv = newest_venv()
    with TemporaryDirectory(prefix="nxai-bench-", dir=ROOT / ".cache") as folder:
        file = write_onnx(Path(folder, "large.onnx"), mebibytes)
        small = write_onnx(Path(folder, "small.onnx"), SMALL)
        theirs, alone, whole, peaks, small_peaks = [], [], [], [], []
        for _round in range(rounds):
            with fresh(venv) as env:
                theirs.append(measured(curl(file, env), env, b"")[1])
            with fresh(venv) as env:
                alone.append(float(measured([venv.bin("python"), "-c", UPLOAD, str(file)], env, b"")[0]))
            with fresh(venv) as env:
                seconds, peak = module(venv, file, env)
                whole.append(seconds)
                peaks.append(peak)
                small_peaks.append(module(venv, small, env)[1])
    print(f"file                 {mebibytes} MiB, {rounds} rounds by turns, medians")
    print(f"curl -F              {mebibytes / statistics.median(theirs):.0f} MiB/s")
    for name, times in (("the upload alone", alone), ("the whole module", whole)):
        ratio = statistics.median(theirs) / statistics.median(times)
        print(f"{name}     {mebibytes / statistics.median(times):.0f} MiB/s, {ratio:.2f} of curl")
    memory, small_memory = max(peaks) / MIB, max(small_peaks) / MIB
    print(f"module's peak memory {memory:.1f} MiB, and {small_memory:.1f} MiB with a file of {SMALL} MiB")


@contextmanager
def fresh(venv: Venv) -> Iterator[dict[str, str]]:
    """The environment for one upload to a simulator of its own, once the disk has what earlier ones were given.

    A simulator keeps what it gets, and the kernel would slow down whoever comes after the first few gigabytes.
    """
    with simulator(venv) as variables:
        os.sync()
        yield {**environment(**variables), "PYTHONPATH": str(ROOT / ".cache" / "collections")}


def module(venv: Venv, file: Path, env: dict[str, str]) -> tuple[float, int]:
    """Seconds and peak memory in bytes of one upload by the module, as it runs on a managed machine."""
    options = {"name": file.name, "file": str(file), "wait": False, "check_file": "off"}
    arguments = json.dumps({"ANSIBLE_MODULE_ARGS": options}).encode()
    return measured([venv.bin("python"), str(MODULE)], env, arguments)[1:]


def write_onnx(path: Path, mebibytes: int) -> Path:
    """An ONNX file of this size, of a version, a graph that is one large weight, and an opset."""
    length = mebibytes * MIB - 64
    weight = b"\x08" + _number(length) + b"\x10\x02\x42\x01w\x4a" + _number(length)  # bytes, named w
    initializer = b"\x2a" + _number(len(weight) + length)
    with path.open("wb") as file:
        file.write(b"\x08\x08\x42\x02\x10\x10\x3a" + _number(len(initializer) + len(weight) + length))
        file.write(initializer + weight)
        block = os.urandom(MIB)
        for _block in range(length // MIB):
            file.write(block)
        file.write(block[: length % MIB])
    return path


def _number(value: int) -> bytes:
    """In five bytes, as protobuf takes it."""
    return bytes((value >> 7 * place & 0x7F) | (0x80 if place < 4 else 0) for place in range(5))


def curl(file: Path, variables: dict[str, str]) -> list[str]:
    data = json.dumps({"Name": file.name, "Customization": "metavms"})
    header = f"Authorization: Bearer {variables['NXAI_TOKEN']}"
    parts = ["-F", f"data={data};type=application/json", "-F", f"file=@{file};type=application/octet-stream"]
    return [
        "curl", "-sS", "--fail", "-H", header, "-H", "Expect:", *parts,
        variables["NXAI_API_URL"] + "/cpt/functions",
    ]  # fmt: skip


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
