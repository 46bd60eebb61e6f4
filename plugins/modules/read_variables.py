#!/usr/bin/python
# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: read_variables
short_description: Read the variables of a role or playbook of this collection
version_added: 0.1.0
description:
  - Gives each variable the type that is declared for it. Surveys, and C(-e name=value), give text for everything, and
    an empty text for what is not filled in. The roles and playbooks of this collection begin with it; a playbook of
    yours need not.
  - An empty text, V(null) and a variable that is not there are all not set. The default counts then.
  - What is declared as a text stays as it is, such as V(no), V(1e3) or V(0000). So it does where a controller gives it,
    of which ansible-core 2.19 and newer makes numbers, dates and nothing.
  - A list of names has one on each line, or is a JSON list of texts. It is not divided at commas. Numbers, shares and
    groups of the inventory may stand on one line, with commas.
  - A list or dictionary with something inside is text in JSON or YAML, or the thing itself.
  - All that is wrong is said in one error, before anything happens.
attributes:
  check_mode:
    description: It changes nothing, in check mode neither.
    support: full
  diff_mode:
    description: There is no change to show.
    support: none
  idempotent:
    description: It changes nothing.
    support: full
  action:
    description: It runs on the controller, whatever the host of the task is.
    support: full
options:
  role:
    description: A role of this collection, such as V(pipeline_rollout).
    type: str
  playbook:
    description: A playbook of this collection, such as V(doctor). Either this or O(role).
    type: str
  entry_point:
    description: The file of tasks of O(role).
    type: str
    default: main
  defaults:
    description:
      - "What counts where a variable is not set, by the names of variables, such as V({doctor_path: reports})."
    type: dict
    default: {}
seealso:
  - module: nxai.cloud.nxai_rollout
author:
  - The nxai.cloud maintainers (@nxai)
"""

EXAMPLES = r"""
- name: Read what is given
  nxai.cloud.read_variables:
    playbook: doctor
  vars:
    doctor_sites: |
      Shop Amsterdam
      Depot, east
    doctor_fail_on_warnings: "yes"
  register: given

- name: Look
  nxai.cloud.nxai_doctor_info:
    sites: "{{ given.sites }}" # Shop Amsterdam, and Depot, east
    fail_on_warnings: "{{ given.fail_on_warnings }}" # true
"""

RETURN = r"""
each_variable:
  description:
    - The value of each variable that is declared, under the name of the variable without that of the role or playbook.
    - They are not shown in the output of the task.
  returned: success
  type: dict
  sample: {sites: [Shop Amsterdam, "Depot, east"], fail_on_warnings: true}
"""

from ansible.module_utils.basic import AnsibleModule


def main() -> None:
    options = {
        "role": {"type": "str"},
        "playbook": {"type": "str"},
        "entry_point": {"type": "str", "default": "main"},
        "defaults": {"type": "dict", "default": {}},
    }
    one = [("role", "playbook")]
    module = AnsibleModule(options, supports_check_mode=True, mutually_exclusive=one, required_one_of=one)
    module.fail_json(
        msg="read_variables runs on the controller only, and Ansible has not found its action plugin there."
    )


if __name__ == "__main__":
    main()
