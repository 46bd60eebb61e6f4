# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The devices of many hosts as one text. It is made once, and nothing looks into it on its way to the module."""

from __future__ import annotations

DOCUMENTATION = r"""
name: rollout_hosts
short_description: The devices of hosts, as a rollout takes them
version_added: 0.1.0
author:
  - The nxai.cloud maintainers (@nxai)
description:
  - The same as P(nxai.cloud.rollout_devices#filter) for hosts of the inventory, as one text for
    O(nxai.cloud.nxai_rollout#module:devices). With tens of thousands of hosts that is many times faster.
  - Of a host that an inventory plugin gave its C(nxai_) variables, these are read. Files in C(host_vars) are looked at
    only for other hosts.
positional: hosts
options:
  _input:
    description: The variable C(hostvars).
    type: dict
    required: true
  hosts:
    description: The names of the hosts.
    type: list
    elements: str
    required: true
  running:
    description: The words for a server that runs, in lower case.
    type: list
    elements: str
    default: [running]
  known:
    description:
      - The names of all hosts. Devices of those that are not in O(hosts) are left out by a run that goes on with a
        rollout, also where its host pattern reads the same as before.
    type: list
    elements: str
    default: []
"""

EXAMPLES = r"""
- name: Plan a rollout
  nxai.cloud.nxai_rollout:
    path: rollout-detector
    step: open
    name: detector
    declaration:
      pipelines:
        - model: Person detector
    devices: "{{ hostvars | nxai.cloud.rollout_hosts(groups['shops'], known=groups['all']) }}"
    waves: ["5%", "100%"]
"""

RETURN = r"""
_value:
  description: The devices, as one text.
  returned: success
  type: str
  sample: eJyrVkrOyMxJSS1SslIyNDI2MTVTqgUAMaIFOA==
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from ansible.errors import AnsibleFilterError

from ..module_utils._rollout.scope import list_of, packed_rows
from ..plugin_utils._rollout.devices import devices_of


def rollout_hosts(
    hostvars: Mapping[str, Any], hosts: Iterable[str], running: Any = ("running",), known: Iterable[str] = ()
) -> str:
    if not isinstance(hostvars, Mapping):
        raise AnsibleFilterError("nxai.cloud.rollout_hosts takes the variable hostvars")
    words, chosen = [str(each) for each in list_of(running, "running")], list(hosts)
    left = {str(each) for each in known}.difference(map(str, chosen))
    others = devices_of(_variables(hostvars, sorted(left)), words)
    return packed_rows(
        devices_of(_variables(hostvars, chosen), words), [(each["site"], each["device"]) for each in others]
    )


def _variables(hostvars: Mapping[str, Any], hosts: Iterable[str]) -> Iterator[Mapping[str, Any]]:
    """Of each host what its inventory plugin gave it, or all of its variables, which takes a hundred times as long."""
    inventory = getattr(hostvars, "_inventory", None)
    for name in hosts:
        host = inventory.get_host(name) if inventory is not None else None
        own = getattr(host, "vars", None)
        if isinstance(own, Mapping) and "nxai_device_id" in own and "nxai_site_id" in own:
            yield {**own, "inventory_hostname": name}
        elif name in hostvars:
            yield hostvars[name]


class FilterModule:
    def filters(self) -> dict[str, Callable[..., Any]]:
        return {"rollout_hosts": rollout_hosts}
