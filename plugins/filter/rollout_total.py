# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The numbers of a rollout in parts."""

from __future__ import annotations

DOCUMENTATION = r"""
name: rollout_total
short_description: Add up the parts of a rollout
version_added: 0.1.0
author:
  - The nxai.cloud maintainers (@nxai)
description:
  - Adds up what the parts of a rollout have left as statistics. In a workflow of AWX they are variables of the next
    job.
  - A part that has left nothing is named as missing, and the status is then C(interrupted). Otherwise it is that of the
    part that needs somebody most.
  - The playbook C(nxai.cloud.rollout_total) uses it.
positional: rollout
options:
  _input:
    description: The statistics C(pipeline_rollout_part_1_of_8) and so on, by their names. Others are left aside.
    type: dict
    required: true
  rollout:
    description: The C(pipeline_rollout_name) of the rollout.
    type: str
    required: true
"""

EXAMPLES = r"""
- name: Add up the parts
  ansible.builtin.debug:
    msg: "{{ (parts | nxai.cloud.rollout_total('detector')).lines }}"
  vars:
    names: "{{ query('ansible.builtin.varnames', '^pipeline_rollout_part_[0-9]+_of_[0-9]+$') }}"
    parts: "{{ dict(names | zip(query('ansible.builtin.vars', *names))) }}"
"""

RETURN = r"""
_value:
  description: The summary of the whole, as that of a part, with C(parts) and C(missing), and C(lines) for people.
  returned: success
  type: dict
  sample:
    name: detector
    status: finished
    message: "Of 2 parts: 2 finished."
    how_to_go_on: ""
    totals: {devices: 500, done: 498, unchanged: 0, failed: 2, aside: 0, back: 0, waiting: 0}
    parts:
      - part: 1/2
        status: finished
        message: All waves are done.
        totals: {devices: 260, done: 258, unchanged: 0, failed: 2, aside: 0, back: 0, waiting: 0}
    missing: []
    failed:
      - site: 8d6f6d5c-7f0e-4c3a-9d5c-2f3a1b0c9e8d
        site_name: Shop 001
        device: "{4f7d9c1e-2b6a-4d3f-8a5b-0c1d2e3f4a5b}"
        name: Entrance
        status: pending
        reason: it did not report what was sent
    causes:
      - {cause: it did not report what was sent, status: pending, devices: 2}
    lines: ["Of 2 parts: 2 finished."]
"""

from collections.abc import Callable, Mapping
from typing import Any

from ansible.errors import AnsibleFilterError

from ..module_utils._core.errors import BadInput
from ..module_utils._rollout.total import total


def rollout_total(artefacts: Mapping[str, Any], rollout: str) -> dict[str, Any]:
    if not isinstance(artefacts, Mapping):
        raise AnsibleFilterError("nxai.cloud.rollout_total takes a dictionary of what the parts have left")
    try:
        return total(artefacts, str(rollout))
    except BadInput as error:
        raise AnsibleFilterError(str(error)) from None


class FilterModule:
    def filters(self) -> dict[str, Callable[..., Any]]:
        return {"rollout_total": rollout_total}
