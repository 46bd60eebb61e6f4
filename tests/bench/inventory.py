# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The inventory on large estates, side by side with other ways to make one; ratios of medians, taken by turns.

    python tests/bench/inventory.py [DEVICES] [ROUNDS]

Each ``parse`` runs in a process of its own. The cloud is a simulator on this machine.
"""

from __future__ import annotations

import hashlib
import json
import os
import statistics
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import yaml

from bench.inventory_peer import peer
from tools.simulated import simulator
from tools.venvs import Venv, bench_venv
from tools.workplace import ROOT, environment

DEVICES_A_SITE = 50
LATENCY = 0.05
PLUGINS = ROOT / "tests" / "bench" / "inventory_plugins"
SIDE = ROOT / "tests" / "bench" / "inventory_side.py"
CONSTRUCTED: dict[str, Any] = {
    "compose": {
        "ansible_host": "nxai_server_name ~ '.example.com'",
        "label": "nxai_site_name ~ ' / ' ~ nxai_device_name",
        "models": "nxai_pipelines | map(attribute='model') | list",
    },
    "groups": {
        "assigned": "nxai_pipelines | length > 0",
        "usable": "nxai_server_status == 'running' and nxai_supports_pipelines",
    },
    "keyed_groups": [
        {"key": "nxai_plugin_version", "prefix": "plugin"},
        {"key": "nxai_server_name", "prefix": "on"},
        {"key": "models", "prefix": "model"},
    ],
}
PEER: dict[str, Any] = {
    "compose": {
        "host": "name ~ '.example.com'",
        "label": "location ~ ' / ' ~ name",
        "sites": "labels | dict2items | map(attribute='value') | list",
    },
    "groups": {"labelled": "labels | length > 0", "usable": "status == 'running' and architecture == 'x86'"},
    "keyed_groups": [
        {"key": "server_type", "prefix": "type"},
        {"key": "labels.site", "prefix": "at"},
        {"key": "sites", "prefix": "label"},
    ],
}


class Bench:
    def __init__(self, venv: Venv, folder: Path, variables: Mapping[str, str], rounds: int) -> None:
        self._python = venv.bin("python")
        self._folder = folder
        self._rounds = rounds
        self._url = variables["NXAI_API_URL"]
        paths = {"PYTHONPATH": str(ROOT / "tests"), "ANSIBLE_INVENTORY_PLUGINS": str(PLUGINS)}
        self.env = environment([venv.folder / "bin"], **variables, **paths, ANSIBLE_LOCALHOST_WARNING="false")

    def file(self, name: str, **options: Any) -> Path:
        path = self._folder / name
        path.write_text(yaml.safe_dump(options), encoding="utf-8")
        return path

    def ours(self, name: str, **options: Any) -> Path:
        return self.file(f"{name}.nxai.yml", plugin="nxai.cloud.nxai_devices", **options)

    def once(self, source: Path, *more: str) -> dict[str, Any]:
        """One ``parse``, and how many requests it sent."""
        self._simulator("log", "DELETE")
        command = [self._python, str(SIDE), str(source), *more]
        done = subprocess.run(command, env=self.env, capture_output=True, text=True, check=False)
        if done.returncode:
            raise RuntimeError(f"{source.name}: {done.stderr[-2000:]}")
        found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
        return {**found, "requests": len(self._simulator("log"))}

    def by_turns(self, *sources: Path) -> list[dict[str, Any]]:
        return by_turns(self._rounds, *(partial(self.once, source) for source in sources))

    def listed(self, source: Path, *more: str, **variables: str) -> tuple[float, str]:
        """Seconds of ``ansible-inventory --list``, and a digest of what it printed."""
        started = time.perf_counter()
        command = [self._python, "-m", "ansible", "inventory", "-i", str(source), "--list", *more]
        done = subprocess.run(command, env={**self.env, **variables}, capture_output=True, check=True)
        return time.perf_counter() - started, hashlib.sha256(done.stdout).hexdigest()

    def delay(self, seconds: float) -> None:
        self._simulator("faults", "DELETE")
        if seconds:
            self._simulator("faults", "POST", {"kind": "delay", "seconds": seconds, "times": 0})

    def _simulator(self, what: str, method: str = "GET", data: Any = None) -> Any:
        body = None if data is None else json.dumps(data).encode()
        request = urllib.request.Request(
            f"{self._url}/_sim/{what}", body, {"Content-Type": "application/json"}, method=method
        )
        with urllib.request.urlopen(request, timeout=60) as answer:
            found = json.loads(answer.read() or b"null")
        return found.get("entries", found) if isinstance(found, dict) else found


def by_turns(rounds: int, *sides: Callable[[], dict[str, Any]]) -> list[dict[str, Any]]:
    """For each side the last result, with the median of the seconds and the largest peak."""
    runs = [[side() for side in sides] for _round in range(rounds)]
    return [
        {
            **of_side[-1],
            "seconds": statistics.median(run["seconds"] for run in of_side),
            "peak": max(run["peak"] for run in of_side),
        }
        for of_side in zip(*runs, strict=True)
    ]


def local_cost(bench: Bench, folder: Path, devices: int) -> None:
    """``parse`` of a cached inventory, and of one that is read over HTTP, beside the baseline and the usual way.

    The baseline and the usual way have their data in memory, marked, before their time is taken.
    """
    cached = bench.ours(
        "cached", **CONSTRUCTED, cache=True, cache_plugin="jsonfile", cache_connection=str(folder / "c")
    )
    first = bench.once(cached, str(folder / "baseline.json"))
    (entry,) = (folder / "c").glob("*nxai_devices_*")
    stored = json.loads(entry.read_text(encoding="utf-8"))
    stored = stored.get("__payload__", stored)
    stored = json.loads(stored) if isinstance(stored, str) else stored
    contents = folder / "contents.json"
    contents.write_text(stored["contents"], encoding="utf-8")
    read = bench.ours("read", **CONSTRUCTED)
    baseline = bench.file("baseline.yml", plugin="bench_memory", way="baseline", data=str(folder / "baseline.json"))
    usual = bench.file("usual.yml", plugin="bench_memory", way="usual", data=str(contents), **CONSTRUCTED)
    sides = [*bench.by_turns(cached, baseline, read), bench.once(usual)]  # once: it takes a minute or more
    of_cached, of_baseline, of_read, of_usual = (side["seconds"] for side in sides)
    show(f"baseline, {devices} devices (same, no expression)", f"{of_baseline:.2f} s")
    show(f"parse, from the cache, {devices} devices", f"{of_cached:.2f} s, {sides[0]['requests']} requests")
    show("  to the baseline", f"{of_cached / of_baseline:.2f}, at most 1.5")
    show("  faster than the usual way", f"{of_usual / of_cached:.1f} times, at least 6")
    show(f"parse, with all that is read, {devices} devices", f"{of_read:.2f} s, {sides[2]['requests']} requests")
    show("  to the baseline, which reads nothing", f"{of_read / of_baseline:.2f}")
    show("  faster than the usual way, which reads nothing", f"{of_usual / of_read:.1f} times")
    show("same hosts, variables and groups", yes(all(side["digest"] == first["digest"] for side in sides)))
    show("ansible-inventory --list to the byte", yes(bench.listed(cached)[1] == bench.listed(usual)[1]))


def end_to_end(bench: Bench, folder: Path, devices: int, rounds: int) -> None:
    """``ansible-inventory --list --export`` with the expressions, and of the same hosts without any, from a cache."""
    cached = {"cache": True, "cache_plugin": "jsonfile", "cache_connection": str(folder / "c")}
    sources = bench.ours("with", **CONSTRUCTED, **cached), bench.ours("without", **cached)
    runs = [[bench.listed(source, "--export")[0] for source in sources] for _round in range(rounds + 1)][1:]
    with_them, without = (statistics.median(of_side) for of_side in zip(*runs, strict=True))
    show(f"--list --export, {devices} devices, from the cache", f"{with_them:.1f} s, without {without:.1f} s")
    show("  to the same hosts without any expression", f"{with_them / without:.2f}, at most 1.3")


def growth(bench: Bench, large: Bench, devices: int, rounds: int) -> None:
    """``parse`` of five times the devices, read from a simulator that has made its sites before."""
    source = bench.ours("growth", **CONSTRUCTED)
    sides = partial(bench.once, source), partial(large.once, source)
    by_turns(1, *sides)
    one, five = by_turns(rounds, *sides)
    show(
        f"parse, with all that is read, {5 * devices} devices", f"{five['seconds']:.1f} s, {five['requests']} requests"
    )
    show(f"  to {devices} devices", f"{five['seconds'] / one['seconds']:.2f}, at most 5.5")
    show("  peak memory", f"{five['peak']:.0f} MiB, and {one['peak']:.0f} MiB")


def remote_cost(bench: Bench) -> None:
    """A pool of eight beside one at a time, each request 50 ms late, no expressions."""
    bench.delay(LATENCY)
    pool, serial = bench.by_turns(bench.ours("pool", concurrency=8), bench.ours("serial", concurrency=1))
    bench.delay(0)
    show("pool of 8 at 50 ms a request, to serial", f"1/{serial['seconds'] / pool['seconds']:.1f}, at most 1/5")


def beside_a_peer(bench: Bench, devices: int) -> None:
    """End to end, ``ansible-inventory --list`` from a stand-in for each."""
    ours = bench.ours("whole", **CONSTRUCTED)
    with peer(devices) as url:
        theirs = bench.file("peer.hcloud.yml", plugin="hetzner.hcloud.hcloud", api_token="x", api_endpoint=url, **PEER)
        mine, its = bench.listed(ours)[0], bench.listed(theirs)[0]
        show(f"hetzner.hcloud --list, {devices} hosts", f"{its:.1f} s, ours {mine:.1f} s")
        show("  faster than hetzner.hcloud", f"{its / mine:.1f} times, at least 4")


def show(what: str, value: str) -> None:
    print(f"{what:52} {value}", flush=True)


def yes(value: bool) -> str:
    return "yes" if value else "NO"


def seed(folder: Path, devices: int) -> Path:
    numbers = {
        "sites": devices // DEVICES_A_SITE, "servers": 2, "devices": DEVICES_A_SITE, "models": 5, "assigned": True,
    }  # fmt: skip
    path = folder / f"{devices}.yml"
    path.write_text(yaml.safe_dump({"generate": numbers}), encoding="utf-8")
    return path


def main(devices: int = 10_000, rounds: int = 3) -> None:
    venv = bench_venv()
    print(f"{os.cpu_count()} cores, ansible-core {venv.core.release}, Python {venv.python}; medians of {rounds} rounds")
    with TemporaryDirectory(prefix="nxai-bench-", dir=ROOT / ".cache") as name:
        folder = Path(name)
        with simulator(venv, "--control", "--seed", str(seed(folder, devices))) as variables:
            bench = Bench(venv, folder, variables, rounds)
            local_cost(bench, folder, devices)
            end_to_end(bench, folder, devices, rounds)
            beside_a_peer(bench, devices)
            remote_cost(bench)
            with simulator(venv, "--control", "--seed", str(seed(folder, 5 * devices))) as more:
                growth(bench, Bench(venv, folder, more, rounds), devices, rounds)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
