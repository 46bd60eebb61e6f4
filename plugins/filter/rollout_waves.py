# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The waves of a rollout: which devices get it when."""

from __future__ import annotations

DOCUMENTATION = r"""
name: rollout_waves
short_description: Divide devices into waves that are fair samples
version_added: 0.1.0
author:
  - The nxai.cloud maintainers (@nxai)
description:
  - Divides devices into waves. A wave of a number or share of devices takes from each site in proportion to the devices
    that it has, so that it is a fair sample.
  - The order follows from the ids of sites and devices alone, so the same devices give the same waves, in whatever
    order they come.
positional: waves, groups
options:
  _input:
    description: The devices, as P(nxai.cloud.rollout_devices#filter) gives them.
    type: list
    elements: dict
    required: true
  waves:
    description:
      - A list of wave sizes. An entry is a number of devices, a share of all devices such as V(5%), rounded up, or the
        name of a group of the inventory. Devices of an earlier wave are not in a later one.
      - A last entry that is a number or a share is repeated until no device is left, as with the C(serial) of a play.
    type: list
    elements: raw
    required: true
  groups:
    description: The groups of the inventory, which is the variable C(groups). Needed where a wave is a group.
    type: dict
    default: {}
  canary:
    description: A group whose devices make the first wave.
    type: str
  first:
    description:
      - The NxID or the name of a device that makes a wave of its own before all others, called C(proof). For example
        V(Storage room).
      - A O(canary) of this device alone makes no further wave.
    type: str
"""

EXAMPLES = r"""
- name: First one shop, then five percent of all, then quarters
  ansible.builtin.debug:
    msg: "{{ devices | nxai.cloud.rollout_waves(['5%', '25%'], groups, canary='site_shop_001') }}"
  vars:
    devices: "{{ groups['all'] | map('extract', hostvars) | nxai.cloud.rollout_devices }}"
"""

RETURN = r"""
_value:
  description: The waves, in order. None is empty.
  returned: success
  type: list
  elements: dict
  contains:
    name:
      description: The entry that the wave is made by.
      type: str
      sample: 5%
    devices:
      description: The devices of the wave, as they were given.
      type: list
      elements: dict
      sample:
        - host: Entrance
          site: 8d6f6d5c-7f0e-4c3a-9d5c-2f3a1b0c9e8d
          site_name: Shop 001
          device: "{4f7d9c1e-2b6a-4d3f-8a5b-0c1d2e3f4a5b}"
          name: Entrance
          unavailable: ""
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ansible.errors import AnsibleFilterError

from ..module_utils._core.errors import BadInput
from ..module_utils._rollout.waves import Row, divided


def rollout_waves(
    devices: Sequence[Row],
    waves: Sequence[Any],
    groups: Mapping[str, Sequence[str]] | None = None,
    canary: str | None = None,
    first: str | None = None,
) -> list[dict[str, Any]]:
    """Raises where an entry means nothing, a group gives no device, or devices are left over."""
    try:
        return divided(devices, waves, groups, canary, first)
    except BadInput as error:
        raise AnsibleFilterError(str(error)) from None


class FilterModule:
    def filters(self) -> dict[str, Callable[..., Any]]:
        return {"rollout_waves": rollout_waves}
