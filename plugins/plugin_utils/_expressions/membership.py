# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Hosts as members of groups, many at a time. One by one, ansible-core looks for the groups above again and again."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from functools import lru_cache
from typing import Any

from ansible.inventory.group import Group
from ansible.inventory.host import Host


class Joining:
    """Hosts that are to be members of groups when ``done`` is called, as by ``group.add_host`` in the same order."""

    def __init__(self) -> None:
        self._waiting: defaultdict[Group, list[Host]] = defaultdict(list)

    def add(self, group: Group, host: Host) -> None:
        self._waiting[group].append(host)

    def done(self) -> None:
        waiting, self._waiting = self._waiting, defaultdict(list)
        for group, hosts in waiting.items():
            if is_as_known():
                _join(group, hosts)
            else:
                for host in hosts:
                    group.add_host(host)


def _join(group: Group, hosts: Iterable[Host]) -> None:
    names, above = group.host_names, [*group.get_ancestors(), group]
    for host in hosts:
        if host.name in names:
            continue
        group.hosts.append(host)
        names.add(host.name)
        for each in above:
            if each not in host.groups:
                host.groups.append(each)
    group.clear_hosts_cache()


@lru_cache(maxsize=1)
def is_as_known() -> bool:
    """Whether this version of ansible-core does the same: groups and hosts of no inventory show it."""
    return bool(_probe(lambda group, hosts: [group.add_host(host) for host in hosts]) == _probe(_join))


def _probe(join: Any) -> Any:
    top, middle, group, other = (Group(name) for name in ("top", "middle", "group", "other"))
    top.add_child_group(middle)
    middle.add_child_group(group)
    hosts = [Host("first"), Host("second"), Host("third")]
    other.add_host(hosts[0])
    group.add_host(hosts[2])
    before = [each.get_hosts() for each in (top, group)]
    join(group, [hosts[0], hosts[2], hosts[1], hosts[0]])
    groups = [
        (sorted(vars(each)), [host.name for host in each.hosts], sorted(each.host_names), len(each.get_hosts()))
        for each in (top, middle, group, other)
    ]
    members = [(sorted(vars(host)), sorted(each.name for each in host.groups)) for host in hosts]
    return groups, members, [len(found) for found in before]
