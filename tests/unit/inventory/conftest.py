# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A simulated cloud with three sites, and ways to read it as an inventory."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible.inventory.data import InventoryData
from ansible.parsing.dataloader import DataLoader
from ansible.plugins.loader import init_plugin_loader, inventory_loader
from ansible_collections.nxai.cloud.plugins.module_utils import _errors
from simulator.testing import Served, serve

COLLECTIONS = Path(_errors.__file__).parents[5]
HOSTILE = [
    "{{ 7*7 }}",
    "{% for x in y %}",
    "{# gone",
    "% set x = 1 %",
    "{7}",
    'it\'s "quoted" \\',
    "two\nlines",
    "🎥 Köln",
    "y" * 300,
    "!unsafe x",
    "null",
    "[1, 2]",
    "True",
]
PIPELINE = {
    "modelUUID": "459d2273-1514-431c-9d34-f5b72f3bfe20",
    "modelNMS": 0.5,
    "resizingMethod": "Letterbox",
    "Preprocessor": "",
    "Postprocessor": "{{ 1 + 1 }}",
    "chains": [],
}
SEED: dict[str, Any] = {
    "organisations": [{"name": "Retail"}, {"name": "Other"}],
    "accounts": [{"email": "robot@example.com", "password": "s3cret-word", "organisations": ["Retail", "Other"]}],
    "sites": [
        {
            "name": "Shop Amsterdam",
            "organisation": "Retail",
            "servers": [
                {"name": "Main", "devices": [{"name": "Entrance", "pipelines": [PIPELINE]}, "Till"]},
                {"name": "Old", "supports_pipelines": False, "devices": ["Yard"]},
            ],
        },
        {
            "name": "Shop Berlin",
            "organisation": "Retail",
            "servers": [{"name": "Main", "devices": ["Entrance", "Office"]}],
        },
        {"name": "Depot", "organisation": "Other", "online": False},
    ],
}


@pytest.fixture(scope="module")
def _served() -> Iterator[Served]:
    with serve(SEED) as served:
        yield served


@pytest.fixture
def cloud(_served: Served, monkeypatch: pytest.MonkeyPatch) -> Served:
    """The cloud of SEED with an empty log, to which the environment leads, token included."""
    _served.clear_faults()
    _served.reset(SEED)
    for name in [name for name in os.environ if name.startswith("NXAI_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("NXAI_API_URL", _served.url)
    monkeypatch.setenv("NXAI_TOKEN", _served.token())
    _served.clear_log()
    return _served


@pytest.fixture(scope="session")
def _loader() -> Any:
    """ansible-core's loader of inventory plugins, which knows only collections that its own importer brought in."""
    package = "ansible_collections.nxai.cloud"
    if not hasattr(sys.modules[package], "_collection_meta"):
        for name in (package, "ansible_collections.nxai", "ansible_collections"):
            del sys.modules[name]
        init_plugin_loader([str(COLLECTIONS)])
    return inventory_loader


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., Path]:
    """Writes an inventory file with the given options."""

    def _write(name: str = "test.nxai.yml", **options: Any) -> Path:
        path = tmp_path / name
        path.write_text(yaml.safe_dump({"plugin": "nxai.cloud.nxai_devices", **options}), encoding="utf-8")
        return path

    return _write


class Reading(InventoryData):
    """An inventory as the plugin left it, with the plugin's warnings."""

    def __init__(self) -> None:
        super().__init__()
        self.warnings: list[str] = []

    def graph(self) -> dict[str, list[str]]:
        """The members of each group: groups, then hosts."""
        return {
            name: [child.name for child in group.child_groups] + [str(host.name) for host in group.hosts]
            for name, group in self.groups.items()
        }

    def variables(self, host: str) -> dict[str, Any]:
        return dict(self.hosts[host].vars)


@pytest.fixture
def read(
    cloud: Served, _loader: Any, write: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> Callable[..., Reading]:
    """Reads the cloud with the given options, as ansible-core does; ``fresh`` is what ``--flush-cache`` makes of it."""

    def _read(fresh: bool = False, **options: Any) -> Reading:
        plugin = _loader.get("nxai.cloud.nxai_devices")
        found = Reading()
        monkeypatch.setattr(plugin.display, "warning", lambda text, *_more, **_others: found.warnings.append(text))
        path = write(**options)
        assert plugin.verify_file(str(path))
        plugin.parse(found, DataLoader(), str(path), cache=not fresh)
        if plugin.get_option("cache"):
            plugin.update_cache_if_changed()
        return found

    return _read
