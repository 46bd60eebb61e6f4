# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The devices of hosts as one text, and the devices of a wave."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import SimpleNamespace
from typing import Any

import pytest
from ansible.errors import AnsibleFilterError

from ansible_collections.nxai.cloud.plugins.filter.rollout_devices import rollout_devices
from ansible_collections.nxai.cloud.plugins.filter.rollout_hosts import rollout_hosts
from ansible_collections.nxai.cloud.plugins.module_utils._core.values import identity
from ansible_collections.nxai.cloud.plugins.module_utils._rollout.scope import rows_of

HOSTS: dict[str, dict[str, Any]] = {
    "Door": {"nxai_site_id": "s", "nxai_device_id": "{1}", "nxai_device_name": "Dör", "nxai_site_name": "Shop"},
    "Till": {"nxai_site_id": "s", "nxai_device_id": "{2}", "nxai_enabled": False},
    "server": {"nxai_site_id": "s"},
}


class HostVars(Mapping[str, Any]):
    """As ansible-core has it: to read all variables of a host takes long."""

    def __init__(self, own: dict[str, dict[str, Any]]) -> None:
        self.read: list[str] = []
        self._inventory = SimpleNamespace(
            get_host=lambda name: SimpleNamespace(vars=own[name]) if name in own else None
        )

    def __getitem__(self, name: str) -> Any:
        self.read.append(name)
        return {**HOSTS[name], "inventory_hostname": name}

    def __contains__(self, name: object) -> bool:
        return name in HOSTS

    def __iter__(self) -> Iterator[str]:
        return iter(HOSTS)

    def __len__(self) -> int:
        return len(HOSTS)


def test_it_is_what_rollout_devices_gives() -> None:
    listed = rollout_devices([{**own, "inventory_hostname": name} for name, own in HOSTS.items()])
    fast, slow = HostVars(HOSTS), HostVars({})
    assert rows_of(rollout_hosts(fast, list(HOSTS))) == rows_of(rollout_hosts(slow, list(HOSTS))) == (listed, set())
    assert fast.read == ["server"] and slow.read == list(HOSTS)
    assert [row["unavailable"] for row in listed] == ["", "it is not enabled"]


def test_the_words_for_a_server_that_runs_may_be_a_text() -> None:
    own = {"Door": {**HOSTS["Door"], "nxai_server_status": "Up"}}
    assert [row["unavailable"] for row in rows_of(rollout_hosts(HostVars(own), ["Door"], "up"))[0]] == [""]
    assert [row["unavailable"] for row in rows_of(rollout_hosts(HostVars(own), ["Door"]))[0]] == ["its server is Up"]


def test_the_other_devices_of_the_inventory_come_with_it() -> None:
    rows, others = rows_of(rollout_hosts(HostVars(HOSTS), ["Door"], known=list(HOSTS)))
    everything = rollout_devices([{**own, "inventory_hostname": name} for name, own in HOSTS.items()])
    assert [row["host"] for row in rows] == ["Door"]
    assert others == {(identity(row["site"]), identity(row["device"])) for row in everything if row["host"] != "Door"}
    assert len(others) == 1


def test_anything_else_is_refused() -> None:
    with pytest.raises(AnsibleFilterError, match="takes the variable hostvars"):
        rollout_hosts([], [])  # type: ignore[arg-type]
