# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The waves of a rollout: which devices get it when. Pure, and the same whatever the order of the inventory."""

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

import hashlib
import math
import re
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ansible.errors import AnsibleFilterError

Device = Mapping[str, Any]
_COUNT = re.compile(r"\d{1,9}")
_SHARE = re.compile(r"(\d{1,9}(?:\.\d{1,9})?) ?%")


def rollout_waves(
    devices: Sequence[Device],
    waves: Sequence[Any],
    groups: Mapping[str, Sequence[str]] | None = None,
    canary: str | None = None,
    first: str | None = None,
) -> list[dict[str, Any]]:
    """Raises where an entry means nothing, a group gives no device, or devices are left over."""
    entries = [str(each).strip() for each in [*([canary] if canary else []), *waves]]
    left = fair_order(devices)
    made: list[dict[str, Any]] = []
    if first:
        made.append({"name": "proof", "devices": _only(first, left)})
        left = _without(left, made[0]["devices"])
    for place, entry in enumerate(entries):
        last = place == len(entries) - 1
        if canary and place == 0 and made and {*(groups or {}).get(entry, ())} == {made[0]["devices"][0]["host"]}:
            continue  # the canary is the device that proves
        size = _size(entry, len(devices))
        if size is None or (canary and place == 0):
            chosen = _of_group(entry, left, groups or {})
            made.append({"name": entry, "devices": chosen})
            left = _without(left, chosen)
            continue
        for start in range(0, len(left) if last else min(size, len(left)), size):
            made.append({"name": entry, "devices": left[start : start + size]})
        left = [] if last else left[size:]
    if left:
        raise AnsibleFilterError(f"the waves leave {len(left)} of {len(devices)} devices over; end them with '100%'")
    return made


def fair_order(devices: Sequence[Device]) -> list[Device]:
    """Every stretch of it holds each site in proportion to its devices, as nearly as whole devices allow.

    A site's devices, in the order of their hashes, are spread evenly over the range from 0 to 1, beginning at a place
    of the site's own.
    """
    sites: dict[str, list[tuple[float, Device]]] = defaultdict(list)
    for each in devices:
        sites[str(each["site"])].append((_fraction(f"{each['site']} {each['device']}"), each))
    placed = []
    for site, members in sites.items():
        members.sort(key=lambda member: (member[0], str(member[1]["device"])))
        shift = _fraction(site)
        placed += [((rank + shift) / len(members), number, each) for rank, (number, each) in enumerate(members)]
    placed.sort(key=lambda place: (place[0], place[1], str(place[2]["site"]), str(place[2]["device"])))
    return [each for _place, _number, each in placed]


def _fraction(text: str) -> float:
    """A number from 0 to 1 that is always the same for the same text."""
    return int.from_bytes(hashlib.sha256(text.lower().encode()).digest()[:6], "big") / 2.0**48


def _size(entry: str, total: int) -> int | None:
    """A number of devices, or None where the entry is the name of a group."""
    share = _SHARE.fullmatch(entry)
    if not share and not _COUNT.fullmatch(entry):
        return None
    size = math.ceil(total * float(share.group(1)) / 100 - 1e-9) if share else int(entry)
    if size < 1 and total:
        raise AnsibleFilterError(f"a wave of {entry} holds no device")
    return max(size, 1)


def _of_group(entry: str, left: Sequence[Device], groups: Mapping[str, Sequence[str]]) -> list[Device]:
    if entry not in groups:
        raise AnsibleFilterError(
            f"the wave {entry!r} is neither a number, nor a share such as 5%, nor a group of the inventory"
        )
    hosts = set(groups[entry])
    chosen = [each for each in left if each["host"] in hosts]
    if not chosen:
        raise AnsibleFilterError(f"the group {entry!r} has no device that is not in an earlier wave already")
    return chosen


def _only(wanted: str, devices: Sequence[Device]) -> list[Device]:
    """The one device of that NxID, with or without braces, or of that name."""
    bare = wanted.strip("{}").lower()
    found = [each for each in devices if str(each["device"]).strip("{}").lower() == bare]
    found = found or [each for each in devices if each["name"] == wanted]
    if len(found) != 1:
        raise AnsibleFilterError(f"{len(found)} devices that take pipelines now are called {wanted!r}: give an NxID")
    return found


def _without(devices: Sequence[Device], others: Sequence[Device]) -> list[Device]:
    gone = {(each["site"], each["device"]) for each in others}
    return [each for each in devices if (each["site"], each["device"]) not in gone]


class FilterModule:
    def filters(self) -> dict[str, Callable[..., Any]]:
        return {"rollout_waves": rollout_waves}
