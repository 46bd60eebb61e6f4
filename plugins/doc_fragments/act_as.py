# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""For whom a request is made: the account itself, or an organisation or channel partner it belongs to.

Neither an argument spec default nor ansible-core reads the environment for a suboption of a dict that is not given:
modules and the inventory plugin fill in the two variables themselves.
"""

from __future__ import annotations


class ModuleDocFragment:
    DOCUMENTATION = r"""
options:
  act_as:
    description:
      - Whose models, catalogues and sites are meant. Without it, those of the account itself.
      - Both suboptions are needed, or none.
    type: dict
    suboptions:
      kind:
        description:
          - What kind of party to act for.
          - Also read from the environment variable E(NXAI_ACT_AS_KIND).
        type: str
        choices: [user, organization, channel_partner]
      id:
        description:
          - The UUID of that party, such as V(6f6bb0c3-94f3-4a3c-b0c5-3cbb6f0a2f11).
          - Also read from the environment variable E(NXAI_ACT_AS_ID).
        type: str
"""
