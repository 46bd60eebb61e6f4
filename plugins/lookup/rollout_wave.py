# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The devices of a wave, for gate tasks. They are read from the journal where somebody asks for them."""

from __future__ import annotations

DOCUMENTATION = r"""
name: rollout_wave
short_description: The devices of a wave of a rollout
version_added: 0.1.0
author:
  - The nxai.cloud maintainers (@nxai)
description:
  - Reads them from the journal in the directory of a rollout. The role P(nxai.cloud.pipeline_rollout#role) does so
    where gate tasks use C(pipeline_rollout_wave).
options:
  _terms:
    description: The directory of the rollout.
    required: true
  wave:
    description: The number of the wave.
    type: int
    required: true
  trusted_owner:
    description: A user whose files are trusted like those of the user who runs the play, such as V(awx).
    type: str
"""

EXAMPLES = r"""
- name: How many devices the second wave has
  ansible.builtin.debug:
    msg: "{{ query('nxai.cloud.rollout_wave', 'rollout-detector', wave=2) | length }}"
"""

RETURN = r"""
_raw:
  description: The devices.
  returned: success
  type: list
  elements: dict
  sample:
    - site: 8d6f6d5c-7f0e-4c3a-9d5c-2f3a1b0c9e8d
      site_name: Shop 001
      device: "{4f7d9c1e-2b6a-4d3f-8a5b-0c1d2e3f4a5b}"
      name: Entrance
      status: applied
      reason: ""
"""

from typing import Any

from ansible.errors import AnsibleLookupError
from ansible.plugins.lookup import LookupBase

from ..module_utils._core.errors import NxaiError
from ..module_utils._rollout.beside import read_ledger
from ..module_utils._rollout.report import as_row


class LookupModule(LookupBase):
    def run(self, terms: list[str], variables: Any = None, **kwargs: Any) -> list[dict[str, Any]]:
        self.set_options(var_options=variables, direct=kwargs)
        found: list[dict[str, Any]] = []
        try:
            for term in terms:
                ledger = read_ledger(term, self.get_option("trusted_owner") or None)
                number = self.get_option("wave")
                found += [as_row(each) for wave in ledger.waves if wave.number == number for each in wave.cameras]
        except NxaiError as error:
            raise AnsibleLookupError(str(error)) from None
        return found
