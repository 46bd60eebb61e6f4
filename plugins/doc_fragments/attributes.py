# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What each module says about check mode, diff mode and its action group."""

from __future__ import annotations


class ModuleDocFragment:
    DOCUMENTATION = r"""
options: {}
attributes:
  check_mode:
    description: In check mode the module plans as usual, says what would change, and changes nothing.
    support: full
  diff_mode:
    description: In diff mode the module shows what it found beside what it declares.
    support: full
  idempotent:
    description: A second run with the same options and nothing changed in between changes nothing.
    support: full
  action_group:
    description: Defaults for all modules at once, by C(group/nxai.cloud.nxai) in C(module_defaults).
    support: full
    membership: [nxai.cloud.nxai]
"""
