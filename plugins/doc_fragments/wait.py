# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Waiting for what the cloud finishes after it has answered."""

from __future__ import annotations


class ModuleDocFragment:
    DOCUMENTATION = r"""
options:
  wait:
    description:
      - Whether to wait until the cloud has finished. Otherwise the module returns as soon as the request is accepted.
      - In check mode there is nothing to wait for.
    type: bool
    default: true
  wait_timeout:
    description:
      - For how many seconds to wait. The module fails when they have passed, and says what was still to come.
    type: float
    default: 600
  wait_interval:
    description:
      - How many seconds to leave between two looks.
    type: float
    default: 5
"""
