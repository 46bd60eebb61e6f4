# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The estate as files, beside the read of the inventory, with names and pipelines of all kinds; and its round trip.

    python tests/bench/estate.py [DEVICES] [SITES] [ROUNDS]

Both run in processes of their own, by turns; the ratio is that of the medians. Memory: of the largest process. Fails
where the file is not the same to the byte, where something is written that is so already, or where an export takes
more than twice as long as the inventory.
"""

from __future__ import annotations

import difflib
import json
import random
import statistics
import sys
from collections.abc import Mapping
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import yaml

from bench.estate_trip import WAVES, Trip, requests
from bench.inventory import Bench, show, yes
from simulator.hostile_names import NAMES
from tools.cost import measured
from tools.simulated import simulator
from tools.venvs import Venv, newest_venv
from tools.workplace import ROOT

MODULE = "ansible_collections.nxai.cloud.plugins.modules.nxai_estate_info"
KEYS = [
    name for name in NAMES if "password" not in name and name.isprintable() and len(set(name)) > 1
]  # no secret, no mask
MODELS = 20
MOST_TIMES = 2.0


def seed(devices: int, sites: int) -> dict[str, Any]:
    """Most cameras of a shop run the same, some have settings, chains and unknown keys of their own."""
    draw = random.Random(7)
    uuids = [f"459d2273-1514-431c-9d34-{place:012d}" for place in range(MODELS)]
    names = [f"Detector@{place}" for place in range(MODELS - 6)] + list(NAMES[:5]) + ["Detector@1"]
    models = [{"name": name, "id": uuid} for name, uuid in zip(names, uuids, strict=True)]
    usual = [[pipeline(uuid)] for uuid in uuids[:4]] + [[pipeline(uuids[4]), pipeline(uuids[-2], modelNMS=0.5)], []]
    return {
        "catalogues": list(NAMES[:20]),
        "models": models,
        "sites": [
            {
                "name": f"{NAMES[place % len(NAMES)]} {place}",
                "servers": [{"name": "S", "devices": shop(devices // sites, draw.choice(usual), uuids, draw)}],
            }
            for place in range(sites)
        ],
    }


def shop(devices: int, usual: list[Any], uuids: list[str], draw: random.Random) -> list[dict[str, Any]]:
    return [
        {"name": draw.choice(NAMES), "pipelines": usual if draw.random() < 0.8 else special(uuids, draw)}
        for _device in range(devices)
    ]


def special(uuids: list[str], draw: random.Random) -> list[dict[str, Any]]:
    name = draw.choice(KEYS)
    chain = [{"Method": name, "modelUUID": draw.choice(uuids), "modelNMS": 0.1}]
    more = {name or "x": [name, draw.random(), None, {"a": draw.randrange(9)}]}
    return [
        pipeline(draw.choice(uuids), modelNMS=round(draw.random(), 2), chains=chain, **more),
        pipeline(draw.choice(uuids), Postprocessor=draw.choice(("", "Line Crossing"))),
    ]


def pipeline(uuid: str, **more: Any) -> dict[str, Any]:
    usual = {
        "modelUUID": uuid,
        "modelNMS": 0.42,
        "resizingMethod": "Letterbox",
        "Preprocessor": "",
        "Postprocessor": "",
    }
    return {**usual, "chains": [], **more}


def read(venv: Venv, env: Mapping[str, str], **options: Any) -> tuple[dict[str, Any], float, int]:
    """What the module gives, with its seconds and its peak in bytes."""
    arguments = json.dumps({"ANSIBLE_MODULE_ARGS": options}).encode()
    output, seconds, peak = measured([venv.bin("python"), "-m", MODULE], env, arguments)
    return json.loads(output), seconds, peak


class Promises:
    """What has to be so. ``broken``: those that are not."""

    def __init__(self) -> None:
        self.broken: list[str] = []

    def keep(self, what: str, is_so: bool, but: str = "") -> None:
        self.broken += [] if is_so else [what]
        show(what, yes(is_so) if is_so or not but else f"{yes(is_so)}: {but}")


def main(devices: int = 10_000, sites: int = 200, rounds: int = 3) -> int:
    venv, promises = newest_venv(), Promises()
    with TemporaryDirectory(prefix="nxai-bench-", dir=ROOT / ".cache") as name:
        folder = Path(name)
        world = folder / "seed.yml"
        world.write_text(yaml.safe_dump(seed(devices, sites)), encoding="utf-8")
        with simulator(venv, "--control", "--seed", str(world)) as variables:
            compare(venv, folder, variables, rounds, promises)
        there_and_back(Trip(venv, folder, without_twins(seed(devices, sites))), promises)
    return len(promises.broken)


def compare(venv: Venv, folder: Path, variables: dict[str, str], rounds: int, promises: Promises) -> None:
    bench = Bench(venv, folder, variables, rounds)
    env = {**bench.env, "PYTHONPATH": str(ROOT / ".cache/collections")}
    inventory, nothing = bench.ours("read"), folder / "not-there.yml"
    bench.once(inventory)
    turns = [(bench.once(inventory), read(venv, env, path=str(nothing))) for _round in range(rounds)]
    of_inventory = statistics.median(each["seconds"] for each, _estate in turns)
    of_estate = statistics.median(seconds for _inventory, (_result, seconds, _peak) in turns)
    texts = {estate[0]["files"][0]["text"] for _inventory, estate in turns}
    file = folder / "estate.yml"
    file.write_text(texts.pop(), encoding="utf-8")
    again, seconds, peak = read(venv, env, path=str(file))
    show("read of the inventory", f"{of_inventory:.1f} s")
    show("export, with the start of the module", f"{of_estate:.1f} s, {turns[0][1][2] >> 20} MiB")
    ratio = of_estate / of_inventory
    promises.keep(f"  to the read of the inventory, {ratio:.2f}: at most {MOST_TIMES}", ratio <= MOST_TIMES)
    promises.keep("all exports to the byte", not texts and not again["files"][0]["changed"])
    show("size of the file", f"{file.stat().st_size / 1e6:.2f} MB, {len(file.read_text().splitlines())} lines")
    show("comparison with the file", f"{seconds:.1f} s, {peak >> 20} MiB")
    left = [*again["comparison"]["summary"], *again["not_known"]]
    promises.keep("nothing differs, nothing is unknown", not left, str(left[:3]))
    promises.keep("GETs only", set(requests(variables)) == {"GET"})


def without_twins(world: dict[str, Any]) -> dict[str, Any]:
    """Of two models with one name, which one is meant only the first cloud can say. All are in a catalogue."""
    models = [{**each, "name": f"{each['name']} {place}"} for place, each in enumerate(world["models"])]
    shelves = [{**each, "catalogues": [NAMES[place % 20]]} for place, each in enumerate(models)]
    return {**world, "models": shelves}


def there_and_back(trip: Trip, promises: Promises) -> None:
    with trip.full() as variables:
        exported = trip.export(variables, "first.yml")
        promises.keep("two exports to the byte", trip.export(variables, "second.yml") == exported)
        said, cost = trip.apply(variables, "first.yml")
        show("apply where nothing differs", cost)
        promises.keep("  changed=0", "changed=0 " in said, said[-600:])
        asked = requests(variables)
        promises.keep("  GETs only", set(asked) == {"GET"}, str(asked))
    ways = {"at once": trip.apply, f"in {len(WAVES)} waves": trip.apply_in_waves}
    for way, apply in ways.items():
        with trip.empty() as variables:
            _said, cost = apply(variables, "first.yml")
            show(f"apply to an empty cloud, {way}", f"{cost}, {sum(requests(variables).values())} requests")
            again = trip.export(variables, f"after {way}.yml")
            promises.keep("  its export to the byte", again == exported, difference(exported, again))


def difference(before: bytes, after: bytes) -> str:
    lines = difflib.unified_diff(before.decode().splitlines(), after.decode().splitlines(), lineterm="", n=0)
    return "\n".join(islice(lines, 8))


if __name__ == "__main__":
    sys.exit(1 if main(*map(int, sys.argv[1:])) else 0)
