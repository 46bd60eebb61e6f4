#!/usr/bin/python
# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: nxai_catalogue
short_description: Create, rename or delete a catalogue in the Nx AI Cloud
version_added: 0.1.0
description:
  - Keeps a catalogue, a named set of models that organisations may use, as declared.
  - Reads the catalogues first and writes only where something differs.
  - To put models into a catalogue, use O(nxai.cloud.nxai_model#module:catalogues).
extends_documentation_fragment:
  - nxai.cloud.connection
  - nxai.cloud.act_as
  - nxai.cloud.attributes
attributes:
  check_mode:
    support: full
  diff_mode:
    support: full
  idempotent:
    support: full
options:
  name:
    description:
      - The name or the UUID of the catalogue.
      - Names need not be unique in the cloud. Where two catalogues have this name, the task fails and lists both.
    type: str
    required: true
  new_name:
    description:
      - The name that the catalogue is to have. A catalogue that already has it counts as renamed.
      - Where neither O(name) nor O(new_name) exists, a catalogue O(new_name) is created.
    type: str
  state:
    description:
      - V(present) creates or renames the catalogue, V(absent) deletes it.
      - The service deletes only empty catalogues.
    type: str
    choices: [present, absent]
    default: present
seealso:
  - module: nxai.cloud.nxai_model
author:
  - The nxai.cloud maintainers (@nxai)
"""

EXAMPLES = r"""
- name: A catalogue for the models of the shops
  nxai.cloud.nxai_catalogue:
    name: Shop models

- name: Give it another name
  nxai.cloud.nxai_catalogue:
    name: Shop models
    new_name: Retail models

- name: Delete it, acting for an organisation
  nxai.cloud.nxai_catalogue:
    name: Retail models
    state: absent
    act_as:
      kind: organization
      id: 6f6bb0c3-94f3-4a3c-b0c5-3cbb6f0a2f11
"""

RETURN = r"""
catalogue:
  description: The catalogue as read back. V(null) where it was deleted or never there.
  returned: success
  type: dict
  contains:
    uuid:
      description: The UUID that the service chose. V(null) in check mode where the catalogue would be created.
      type: str
      sample: 0f4c4f77-39f5-4f6d-9e57-58b7f0b35d6f
    name:
      description: The name.
      type: str
      sample: Shop models
error:
  description: What was tried, what came back, and what to do now.
  returned: failure
  type: dict
  sample:
    tried: GET /cpt/catalogues
    answer: "401: token expired"
    advice: Get a new token.
    status: 401
"""

from ansible_collections.nxai.cloud.plugins.module_utils._manage_catalogue import CatalogueResource
from ansible_collections.nxai.cloud.plugins.module_utils.module import run

ARGUMENT_SPEC = {
    "name": {"type": "str", "required": True},
    "new_name": {"type": "str"},
    "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
}


def main() -> None:
    run(ARGUMENT_SPEC, CatalogueResource)


if __name__ == "__main__":
    main()
