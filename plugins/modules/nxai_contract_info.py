#!/usr/bin/python
# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: nxai_contract_info
short_description: Compare the live API with what this collection relies on
version_added: 0.1.0
description:
  - Reads the OpenAPI documents that the Nx AI Cloud publishes, and compares them with the calls that this collection
    makes, the fields that it sends, and those that it reads.
  - Says for each difference what to do, and gives the option that adapts the collection where there is one.
  - Needs no token. It understands OpenAPI 3.0 and 3.1, and Swagger 2.0.
extends_documentation_fragment:
  - nxai.cloud.connection
  - nxai.cloud.act_as
  - nxai.cloud.attributes
attributes:
  diff_mode:
    support: none
options:
  apis:
    description: Which of the two APIs are compared.
    type: list
    elements: str
    choices: [compute, device]
    default: [compute, device]
seealso:
  - module: nxai.cloud.nxai_doctor_info
author:
  - The nxai.cloud maintainers (@nxai)
"""

EXAMPLES = r"""
- name: Compare
  nxai.cloud.nxai_contract_info:
  register: contract

- name: Show it
  ansible.builtin.debug:
    msg: "{{ contract.table.splitlines() }}"

- name: With a path that has turned out to be different
  nxai.cloud.nxai_contract_info:
    contract:
      operations:
        update_model:
          path: /functions/{uuid}
"""

RETURN = r"""
differences:
  description: What differs, the worst first.
  returned: success
  type: list
  elements: dict
  contains:
    operation:
      description: The name of the call, as O(contract) takes it.
      type: str
      sample: update_model
    kind:
      description: What differs, in a word; docs/contract.md lists them.
      type: str
      sample: path
    severity:
      description:
        - V(error) for what cannot work, V(warning) for what may work in part, V(note) for what is good to know.
      type: str
      sample: error
    expected:
      description: What the collection relies on.
      type: str
      sample: PATCH /function/{uuid}
    found:
      description: What the document says.
      type: str
      sample: /functions/{uuid}
    advice:
      description: What to do.
      type: str
      sample: "Set the option that is given here: contract: {operations: {'update_model': {'method': 'PUT'}}}"
    option:
      description: Connection options that adapt the collection; V(null) where there are none.
      type: dict
      sample: {contract: {operations: {update_model: {path: "/functions/{uuid}"}}}}
counts:
  description: How many differences there are of each severity.
  returned: success
  type: dict
  sample: {error: 1, warning: 0, note: 0}
table:
  description: The same for people.
  returned: success
  type: str
  sample: No differences.
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

from ..module_utils._engine.module import run_info
from ..module_utils._first_contact.openapi.information import read_contract

APIS = ["compute", "device"]
ARGUMENT_SPEC = {"apis": {"type": "list", "elements": "str", "choices": APIS, "default": APIS}}


def main() -> None:
    run_info(ARGUMENT_SPEC, read_contract)


if __name__ == "__main__":
    main()
