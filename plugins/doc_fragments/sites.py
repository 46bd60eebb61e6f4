# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which sites a task reads."""

from __future__ import annotations


class ModuleDocFragment:
    DOCUMENTATION = r"""
options:
  sites:
    description:
      - The sites, each by name or by cloud system id. An entry can also be a glob over names, such as C(Shop *).
    type: list
    elements: str
    default: ["*"]
  allow_empty:
    description:
      - Whether a glob of O(sites) may match no site. Then there is a warning that names the nearest. V(false) makes it
        an error, also for C(*).
    type: bool
    default: true
"""
