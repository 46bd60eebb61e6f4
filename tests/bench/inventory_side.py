# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One inventory source read once, in a process of its own: ``inventory_side.py FILE [baseline-file]`` prints JSON.

``seconds`` of ``parse`` alone, ``peak`` memory of the process in MiB, how many ``hosts``, and a ``digest`` of hosts,
variables and groups. baseline-file gets what the baseline needs to make the same inventory.
"""

from __future__ import annotations

import gc
import hashlib
import json
import resource
import sys
import time
from pathlib import Path
from typing import Any

import yaml
from ansible.inventory.data import InventoryData
from ansible.parsing.dataloader import DataLoader
from ansible.plugins.loader import init_plugin_loader, inventory_loader

GIVEN = ("inventory_file", "inventory_dir")


def main(source: str, baseline_file: str = "") -> None:
    init_plugin_loader()
    options = yaml.safe_load(Path(source).read_text(encoding="utf-8"))
    plugin = inventory_loader.get(options["plugin"])
    if options["plugin"] == "bench_memory":
        plugin.remember(options["way"], options["data"])
    inventory, loader = InventoryData(), DataLoader()
    gc.collect()
    started = time.perf_counter()
    plugin.parse(inventory, loader, source, cache=True)
    if options.get("cache"):
        plugin.update_cache_if_changed()
    seconds = time.perf_counter() - started
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1 << 20 if sys.platform == "darwin" else 1 << 10)
    found = snapshot(inventory)
    digest = hashlib.sha256(json.dumps(found, sort_keys=True).encode()).hexdigest()
    if baseline_file:
        Path(baseline_file).write_text(json.dumps(found), encoding="utf-8")
    print(json.dumps({"seconds": seconds, "peak": peak, "hosts": len(inventory.hosts), "digest": digest}))


def snapshot(inventory: Any) -> dict[str, Any]:
    hosts = [
        (host.name, {name: value for name, value in host.vars.items() if name not in GIVEN})
        for host in sorted(inventory.hosts.values(), key=lambda host: str(host.name))
    ]
    groups = [
        (group.name, group.vars, [child.name for child in group.child_groups], [host.name for host in group.hosts])
        for group in sorted(inventory.groups.values(), key=lambda group: str(group.name))
    ]
    return {"hosts": hosts, "groups": groups}


if __name__ == "__main__":
    main(*sys.argv[1:])
