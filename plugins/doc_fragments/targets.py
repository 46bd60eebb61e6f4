# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which devices a task is for, over any number of sites."""

from __future__ import annotations


class ModuleDocFragment:
    DOCUMENTATION = r"""
options:
  site:
    description:
      - The site of the O(devices), or of those that O(select) picks, by name or by cloud system id.
      - For example V(Shop 001).
    type: str
  sites:
    description:
      - The sites whose devices O(select) picks from, each by name or by cloud system id.
      - An entry can also be a glob over names, such as C(Shop *). C(*) is every site that the token may see.
    type: list
    elements: str
  allow_empty:
    description:
      - Whether a glob of O(sites) may match no site. Then there is a warning that names the nearest. V(false) makes it
        an error, also for C(*).
    type: bool
    default: true
  devices:
    description:
      - The devices, each by name or by NxID, with or without braces. For example V([Entrance, Till 1]).
      - For devices of many sites in one task, an entry can also be a mapping with the keys C(site) and C(device), or a
        list of these two.
      - An empty list means no device.
    type: list
    elements: raw
  select:
    description:
      - Picks devices of whole sites, instead of naming them in O(devices).
      - V(all) of them; those that are V(enabled), where the service says so; or those V(running) the O(running_model).
    type: str
    choices: [all, enabled, running]
  running_model:
    description:
      - The model, by name or UUID, that the devices run, by themselves or in a chain, for O(select=running). For
        example V(Person detector).
    type: str
  concurrency:
    description: How many sites are read or written at the same time, from 1 to 16.
    type: int
    default: 8
"""
