# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The estate as files, beside the read of the inventory, with names and pipelines of all kinds.

    python tests/bench/estate.py [DEVICES] [SITES] [ROUNDS]

Both run in processes of their own, by turns; the ratio is that of the medians.
"""

from __future__ import annotations

import json
import random
import statistics
import sys
import urllib.request
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import yaml

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


def methods(variables: Mapping[str, str]) -> set[str]:
    with urllib.request.urlopen(f"{variables['NXAI_API_URL']}/_sim/log", timeout=60) as answer:
        return {each["method"] for each in json.load(answer)["entries"]}


def main(devices: int = 10_000, sites: int = 200, rounds: int = 3) -> None:
    venv = newest_venv()
    with TemporaryDirectory(prefix="nxai-bench-", dir=ROOT / ".cache") as name:
        folder = Path(name)
        world = folder / "seed.yml"
        world.write_text(yaml.safe_dump(seed(devices, sites)), encoding="utf-8")
        with simulator(venv, "--control", "--seed", str(world)) as variables:
            compare(venv, folder, variables, rounds)


def compare(venv: Venv, folder: Path, variables: dict[str, str], rounds: int) -> None:
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
    show("  to the read of the inventory", f"{of_estate / of_inventory:.2f}, at most {MOST_TIMES}")
    show("all exports to the byte", yes(not texts and not again["files"][0]["changed"]))
    show("size of the file", f"{file.stat().st_size / 1e6:.2f} MB, {len(file.read_text().splitlines())} lines")
    show("comparison with the file", f"{seconds:.1f} s, {peak >> 20} MiB")
    left = [*again["comparison"]["summary"], *again["not_known"]]
    show("nothing differs, nothing is unknown", yes(not left) if not left else f"NO: {left[:3]}")
    show("GETs only", yes(methods(variables) == {"GET"}))


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
