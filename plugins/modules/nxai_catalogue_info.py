#!/usr/bin/python
# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: nxai_catalogue_info
short_description: List catalogues
version_added: 0.1.0
description:
  - Lists the catalogues that the account may see, all pages of them.
extends_documentation_fragment:
  - nxai.cloud.connection
  - nxai.cloud.act_as
  - nxai.cloud.attributes
attributes:
  diff_mode:
    support: none
options:
  catalogues:
    description:
      - The catalogues, each by name or by UUID. An entry can also be a glob over names, such as C(Shop *).
      - An entry that no catalogue matches is no error; of several catalogues with one name, all are listed.
    type: list
    elements: str
    default: ["*"]
  list_models:
    description: List the models of each catalogue too, at the cost of one more listing.
    type: bool
    default: false
seealso:
  - module: nxai.cloud.nxai_catalogue
  - module: nxai.cloud.nxai_model_info
author:
  - The nxai.cloud maintainers (@nxai)
"""

EXAMPLES = r"""
- name: All catalogues
  nxai.cloud.nxai_catalogue_info:
  register: found

- name: Their names
  ansible.builtin.debug:
    msg: "{{ found.catalogues | map(attribute='name') }}"
"""

RETURN = r"""
catalogues:
  description: The catalogues by name, and then by UUID.
  returned: success
  type: list
  elements: dict
  contains:
    uuid:
      description: The UUID that the service chose.
      type: str
      sample: 0f4c4f77-39f5-4f6d-9e57-58b7f0b35d6f
    name:
      description: The name.
      type: str
      sample: Shop models
    organisation:
      description: The organisation that it belongs to, by name or else by UUID. V(null) where the service does not say.
      type: str
      sample: Retail
    shared_with:
      description: The organisations that may use it. V(null) where the service does not say; it is not known to.
      type: list
      elements: str
      sample: null
    models:
      description: The models in it, by name and then by UUID.
      returned: with O(list_models)
      type: list
      elements: dict
      sample:
        - {name: Person detector, uuid: 459d2273-1514-431c-9d34-f5b72f3bfe20}
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
from ..module_utils._models.information import CATALOGUES_SPEC, read_catalogues


def main() -> None:
    run_info(CATALOGUES_SPEC, read_catalogues)


if __name__ == "__main__":
    main()
