# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Hosts become members of groups as by ansible-core's own method, on each version of it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from ansible.inventory.data import InventoryData
from ansible.inventory.group import Group
from ansible.inventory.host import Host

from ansible_collections.nxai.cloud.plugins.plugin_utils._expressions import membership
from ansible_collections.nxai.cloud.plugins.plugin_utils._expressions.membership import Joining, is_as_known


@pytest.fixture(autouse=True)
def _anew() -> Iterator[None]:
    is_as_known.cache_clear()
    yield
    is_as_known.cache_clear()


def inventory() -> InventoryData:
    found = InventoryData()
    for name in ("site", "server", "flat"):
        found.add_group(name)
    found.add_child("site", "server")
    for number in range(5):
        found.add_host(f"host{number}")
    return found


def described(found: InventoryData) -> object:
    groups = {name: [host.name for host in group.get_hosts()] for name, group in found.groups.items()}
    return groups, {name: sorted(group.name for group in host.get_groups()) for name, host in found.hosts.items()}


WANTED = [("server", 1), ("flat", 0), ("server", 3), ("flat", 1), ("server", 1), ("site", 4)]


def test_this_version_of_ansible_is_as_known() -> None:
    assert is_as_known()


@pytest.mark.parametrize("known", [True, False])
def test_members_are_what_they_would_be_one_by_one(monkeypatch: pytest.MonkeyPatch, known: bool) -> None:
    one_by_one, at_once, joining = inventory(), inventory(), Joining()
    assert one_by_one.groups["site"].get_hosts() == at_once.groups["site"].get_hosts() == []  # and remembered
    if not known:
        monkeypatch.setattr(membership, "is_as_known", lambda: False)
    for group, number in WANTED:
        one_by_one.groups[group].add_host(one_by_one.hosts[f"host{number}"])
        joining.add(at_once.groups[group], at_once.hosts[f"host{number}"])
    assert at_once.groups["server"].hosts == []
    joining.done()
    assert described(at_once) == described(one_by_one)
    joining.done()
    assert described(at_once) == described(one_by_one)


def test_another_way_to_add_a_host_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    own = Host.add_group
    monkeypatch.setattr(Host, "add_group", lambda host, group: own(host, group) and host.groups.append(Group("more")))
    assert not is_as_known()
