# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the jobs of a workflow have left of their parts of a rollout, as one."""

from __future__ import annotations

DOCUMENTATION = r"""
name: rollout_sum
short_description: Add up what several jobs have done of one rollout
version_added: 0.1.0
author:
  - The nxai.cloud maintainers (@nxai)
description:
  - Adds up the statistics C(pipeline_rollout_summary_1_of_8) to C(pipeline_rollout_summary_8_of_8), which the jobs of a
    workflow have left of their parts of a rollout. Without parts it takes C(pipeline_rollout_summary).
  - A part that has left nothing counts as not known, and so does the whole then.
options:
  _input:
    description: What was left, by the names of the statistics.
    type: dict
    required: true
"""

EXAMPLES = r"""
- name: How it ended
  ansible.builtin.debug:
    msg: "{{ (dict(names | zip(query('ansible.builtin.vars', *names))) | nxai.cloud.rollout_sum).lines }}"
  vars:
    names: "{{ query('ansible.builtin.varnames', '^pipeline_rollout_summary') }}"
"""

RETURN = r"""
_value:
  description: How the rollout ended.
  returned: success
  type: dict
  contains:
    name:
      description: What the rollout is called; empty where no job says so.
      type: str
      sample: person-detector-7
    status:
      description: V(finished) where every part is; else the status of the first that is not, or V(not known).
      type: str
      sample: finished
    message:
      description: The same as a sentence.
      type: str
      sample: "8 parts: 7 finished, 1 stopped."
    totals:
      description: The numbers of cameras, of all parts together.
      type: dict
      sample: {devices: 500, done: 490, unchanged: 0, failed: 10, aside: 0, back: 0, waiting: 0}
    lines:
      description: A line for each part, and one for all.
      type: list
      elements: str
      sample: ["part 1 of 8: finished, 60 cameras (60 done)."]
"""

from collections.abc import Callable, Mapping
from typing import Any

from ansible.errors import AnsibleFilterError

from ..module_utils._core.errors import BadInput
from ..module_utils._rollout.adding import added_up


def rollout_sum(left: Mapping[str, Any]) -> dict[str, Any]:
    """Raises where the parts are of different numbers."""
    if not isinstance(left, Mapping):
        raise AnsibleFilterError("nxai.cloud.rollout_sum takes a dictionary of statistics by their names")
    try:
        return added_up(left)
    except BadInput as error:
        raise AnsibleFilterError(str(error)) from None


class FilterModule:
    def filters(self) -> dict[str, Callable[..., Any]]:
        return {"rollout_sum": rollout_sum}
