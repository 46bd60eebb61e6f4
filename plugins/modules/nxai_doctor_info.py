#!/usr/bin/python
# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: nxai_doctor_info
short_description: Find what is wrong with the connection and the sites
version_added: 0.1.0
description:
  - Checks the way to the service, TLS, the token, O(act_as), the API itself, sites, servers, devices and models, and
    says for each finding what to do.
  - Sends only GETs (sign-in excepted). What cannot be read is a finding, and does not stop the other checks. The task
    succeeds all the same; only options that cannot work fail it.
  - The playbook C(nxai.cloud.doctor) prints the result and fails where something is wrong.
extends_documentation_fragment:
  - nxai.cloud.connection
  - nxai.cloud.act_as
  - nxai.cloud.attributes
  - nxai.cloud.sites
attributes:
  diff_mode:
    support: none
options:
  concurrency:
    description: How many sites are read at the same time, from 1 to 16.
    type: int
    default: 8
seealso:
  - module: nxai.cloud.nxai_contract_info
author:
  - The nxai.cloud maintainers (@nxai)
"""

EXAMPLES = r"""
- name: Look
  nxai.cloud.nxai_doctor_info:
  register: doctor

- name: Show what was found
  ansible.builtin.debug:
    msg: "{{ doctor.table.splitlines() }}"

- name: Nothing is wrong
  ansible.builtin.assert:
    that: doctor.counts.error == 0
"""

RETURN = r"""
checks:
  description: Each check and how it ended.
  returned: success
  type: list
  elements: dict
  contains:
    check:
      description: The name of the check; docs/doctor.md lists them.
      type: str
      sample: sites
    status:
      description: V(ok), V(warning) or V(error), or V(unknown) where what it looks at could not be read.
      type: str
      sample: warning
    findings:
      description: How many findings there are.
      type: int
      sample: 1
findings:
  description: What was found, errors first.
  returned: success
  type: list
  elements: dict
  contains:
    check:
      description: The check that found it.
      type: str
      sample: sites
    severity:
      description: V(error) for what does not work, V(warning) for what may be meant to be so.
      type: str
      sample: warning
    where:
      description: What it is about.
      type: str
      sample: Shop Copenhagen
    what:
      description: What is wrong.
      type: str
      sample: the site is off-line
    advice:
      description: What to do.
      type: str
      sample: "Check the server and its way to the internet: nothing can be assigned there."
counts:
  description: How many findings there are of each severity.
  returned: success
  type: dict
  sample: {error: 0, warning: 1}
table:
  description: The same for people.
  returned: success
  type: str
  sample: "OK       reachability"
error:
  description: What was tried, what came back, and what to do now.
  returned: failure
  type: dict
  contains:
    tried: {description: "What was tried, such as the method and the address of the request.", type: str,
            sample: GET https://api.sclbl.nxvms.com/dev/systems}
    answer: {description: "What came back, or what is wrong.", type: str,
             sample: "HTTP 401 Unauthorized: token expired"}
    advice: {description: What to do now. Empty where there is nothing to say., type: str,
             sample: "The token is missing, wrong or expired. Get a new one."}
    status: {description: The HTTP status. V(null) where it is not about an answer of the service., type: int,
             sample: 401}
"""

from ..module_utils._doctor.reading import read_doctor
from ..module_utils._engine.module import run_info
from ..module_utils._fleet.information import SITES_SPEC

ARGUMENT_SPEC = {**SITES_SPEC, "concurrency": {"type": "int", "default": 8}}


def main() -> None:
    run_info(ARGUMENT_SPEC, read_doctor)


if __name__ == "__main__":
    main()
