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
from ansible.parsing.dataloader import DataLoader
from ansible.plugins.loader import init_plugin_loader, inventory_loader
from inventory_estate import SEED, Reading

from simulator.testing import Served, serve
from tools.workplace import COLLECTIONS


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
def plugins() -> Any:
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


@pytest.fixture
def read(
    cloud: Served, plugins: Any, write: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> Callable[..., Reading]:
    """Reads the cloud with the given options, as ansible-core does; ``fresh`` is what ``--flush-cache`` makes of it.

    ``into`` holds what other sources brought, ``prepare`` is given the plugin, and ``plugin`` is one used before.
    Hosts are called as the cloud calls them, unless ``hostnames`` says something else.
    """

    def _read(
        fresh: bool = False,
        into: Reading | None = None,
        prepare: Callable[[Any], None] = lambda plugin: None,
        plugin: Any = None,
        **options: Any,
    ) -> Reading:
        plugin = plugin or plugins.get("nxai.cloud.nxai_devices")
        prepare(plugin)
        found = into or Reading()
        monkeypatch.setattr(plugin.display, "warning", lambda text, *_more, **_others: found.warnings.append(text))
        path = write(**{"hostnames": ["name"], **options})
        assert plugin.verify_file(str(path))
        plugin.parse(found, DataLoader(), str(path), cache=not fresh)
        if plugin.get_option("cache"):
            plugin.update_cache_if_changed()
        return found

    return _read
