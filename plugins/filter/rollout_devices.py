# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The devices of a rollout, from the variables that the inventory gives its hosts. Pure: no request is made here."""

from __future__ import annotations

DOCUMENTATION = r"""
name: rollout_devices
short_description: The devices among hosts, and why some cannot take pipelines now
version_added: 0.1.0
author:
  - The nxai.cloud maintainers (@nxai)
description:
  - Takes the variables of hosts of the inventory P(nxai.cloud.nxai_devices#inventory), and gives their devices in a
    form that P(nxai.cloud.rollout_waves#filter) and O(nxai.cloud.nxai_pipeline#module:devices) take.
  - Hosts that are no devices, such as C(localhost), servers and sites, are left out. A device that is two hosts counts
    once.
  - What the inventory does not know is never a reason against a device.
options:
  _input:
    description: The variables of each host, as C(groups['all'] | map('extract', hostvars)) gives them.
    type: list
    elements: dict
    required: true
  running:
    description: The words for a server that runs, in lower case. The words of the service are not documented.
    type: list
    elements: str
    default: [running]
"""

EXAMPLES = r"""
- name: The cameras that could take pipelines now
  ansible.builtin.debug:
    msg: >-
      {{ groups['all'] | map('extract', hostvars) | nxai.cloud.rollout_devices
         | selectattr('unavailable', 'equalto', '') | map(attribute='name') | list }}
"""

RETURN = r"""
_value:
  description: The devices, ordered by site and device.
  returned: success
  type: list
  elements: dict
  contains:
    host:
      description: The name of the host in the inventory.
      type: str
      sample: Entrance
    site: {description: The cloud system id of the site., type: str, sample: 8d6f6d5c-7f0e-4c3a-9d5c-2f3a1b0c9e8d}
    site_name: {description: The name of the site; empty where it is not known., type: str, sample: Shop 001}
    device: {description: "The NxID of the device, with braces.", type: str,
             sample: "{4f7d9c1e-2b6a-4d3f-8a5b-0c1d2e3f4a5b}"}
    name: {description: The name of the device., type: str, sample: Entrance}
    unavailable:
      description: Why the device cannot take pipelines now; empty where nothing is known against it.
      type: str
      sample: its server is stopped
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from ansible.errors import AnsibleFilterError

from ..plugin_utils._rollout.devices import devices_of


def rollout_devices(hosts: Iterable[Mapping[str, Any]], running: Sequence[str] = ("running",)) -> list[dict[str, str]]:
    """Raises where the input is not the variables of hosts."""
    try:
        return devices_of(hosts, running)
    except TypeError:
        raise AnsibleFilterError(
            "nxai.cloud.rollout_devices takes the variables of hosts: map('extract', hostvars)"
        ) from None


class FilterModule:
    def filters(self) -> dict[str, Callable[..., Any]]:
        return {"rollout_devices": rollout_devices}
