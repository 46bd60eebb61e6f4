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
  - Which models are in a catalogue is written on the models, so each that comes or goes is looked at once more
    and written with one request. A model that does not show its catalogues is not moved, as the others would be lost.
extends_documentation_fragment:
  - nxai.cloud.connection
  - nxai.cloud.act_as
  - nxai.cloud.attributes
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
      - The service deletes only empty catalogues, see O(force).
    type: str
    choices: [present, absent]
    default: present
  models:
    description:
      - The models that are to be in the catalogue, each by name or UUID. Without this option, they stay as they are.
      - In check mode, a model that is not there yet is taken for one that an earlier task would have created.
    type: list
    elements: str
  models_mode:
    description:
      - V(append) adds O(models) to those that are in the catalogue, V(exact) also takes all others out.
    type: str
    choices: [append, exact]
    default: append
  force:
    description:
      - With O(state=absent), take all models out of the catalogue before it is deleted. The models themselves stay, and
        RV(models_removed) lists them.
      - Without this, a catalogue with models in it is not deleted, and the task fails.
    type: bool
    default: false
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

- name: With these two models and no others
  nxai.cloud.nxai_catalogue:
    name: Retail models
    models:
      - Person detector
      - 459d2273-1514-431c-9d34-f5b72f3bfe20
    models_mode: exact

- name: Delete it with whatever is in it, acting for an organisation
  nxai.cloud.nxai_catalogue:
    name: Retail models
    state: absent
    force: true
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
      returned: where O(models) is given
      type: list
      elements: dict
      sample:
        - {name: Person detector, uuid: 459d2273-1514-431c-9d34-f5b72f3bfe20}
models_added:
  description: The models that were put into the catalogue.
  returned: success, and failure on the way
  type: list
  elements: dict
  sample:
    - {name: Person detector, uuid: 459d2273-1514-431c-9d34-f5b72f3bfe20}
models_removed:
  description: The models that were taken out of it.
  returned: success, and failure on the way
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

from ..module_utils._engine.module import run
from ..module_utils._models.catalogue import CatalogueResource
from ..module_utils._models.options import CATALOGUE_SPEC as ARGUMENT_SPEC


def main() -> None:
    run(ARGUMENT_SPEC, CatalogueResource)


if __name__ == "__main__":
    main()
