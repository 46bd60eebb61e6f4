#!/usr/bin/python
# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: nxai_model_info
short_description: List models
version_added: 0.1.0
description:
  - Lists the models that the account may see, all pages of them, as M(nxai.cloud.nxai_model) takes and returns them.
  - Can be repeated with C(until) to wait for a conversion.
extends_documentation_fragment:
  - nxai.cloud.connection
  - nxai.cloud.act_as
  - nxai.cloud.attributes
attributes:
  diff_mode:
    support: none
options:
  models:
    description:
      - The models, each by name or by UUID. An entry can also be a glob over names, such as C(Person detector*).
      - An entry that no model matches is no error; of several models with one name, all are listed.
    type: list
    elements: str
    default: ["*"]
  catalogue:
    description: Only the models of this catalogue, by name or UUID. The service is then asked for these only.
    type: str
  usage:
    description:
      - Also find the devices that use each model. This reads the devices of every site of the account, with one request
        for each site (more where a site has more than 500 devices), eight at a time.
    type: bool
    default: false
seealso:
  - module: nxai.cloud.nxai_model
  - module: nxai.cloud.nxai_catalogue_info
author:
  - The nxai.cloud maintainers (@nxai)
"""

EXAMPLES = r"""
- name: All models of a catalogue
  nxai.cloud.nxai_model_info:
    catalogue: Shop models
  register: found

- name: Models that no device uses
  nxai.cloud.nxai_model_info:
    usage: true
  register: found

- name: Their names
  ansible.builtin.debug:
    msg: "{{ found.models | rejectattr('used_by') | map(attribute='name') }}"

- name: Wait for the conversion of a model, and see it go on
  nxai.cloud.nxai_model_info:
    models:
      - Person detector
  register: found
  until: found.models | selectattr('state', 'equalto', 'ready') | length == 1
  retries: 60
  delay: 10
"""

RETURN = r"""
models:
  description: The models by name, and then by UUID.
  returned: success
  type: list
  elements: dict
  contains:
    uuid:
      description: The UUID that the service chose.
      type: str
      sample: 459d2273-1514-431c-9d34-f5b72f3bfe20
    name:
      description: The name. V(null) where the service does not show it.
      type: str
      sample: Person detector
    state:
      description: V(ready) where record and code are there, V(failed) where the conversion failed, else V(pending).
      type: str
      sample: ready
    status:
      description: The status word of the record, as the service gives it. V(null) where it gives none.
      type: str
      sample: ok
    code_status:
      description: The status word of the converted code, as the service gives it. V(null) where it gives none.
      type: str
      sample: ok
    downloadable:
      description: Whether the service names an address of the converted code, from which devices get it.
      type: bool
      sample: true
    file:
      description: The digest and the size in bytes that the model carries. V(null) where it carries none.
      type: dict
      sample: {sha256: 2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824, size: 4182}
    updated_at:
      description: When the service last changed the model. V(null) where the service does not say.
      type: str
      sample: "2026-11-24T08:15:00Z"
    conversion_log:
      description: What the service tells of a failed conversion. V(null) where it tells nothing, or nothing failed.
      type: str
      sample: null
    artefacts:
      description: MIME types of the files that the conversion made, without blanks. V(null) where it does not say.
      type: list
      elements: str
      sample: ["application/zip;source=original", application/x-onnx]
    customization:
      description: The brand that the model is for. V(null) where the service does not say.
      type: str
      sample: metavms
    alias:
      description: The second name. V(null) where it has none.
      type: str
      sample: person
    documentation:
      description: The documentation without the digest.
      type: str
      sample: "# Person detector"
    input_driver:
      description: What the model takes. V(null) where the service does not say.
      type: str
      sample: vision
    channels:
      description: The number of colour channels. V(null) where the service does not say.
      type: int
      sample: 3
    height:
      description: The height of the input in pixels. V(null) where the service does not say.
      type: int
      sample: 320
    width:
      description: The width of the input in pixels. V(null) where the service does not say.
      type: int
      sample: 320
    means:
      description: What is subtracted from each channel. V(null) where the service does not say.
      type: list
      elements: float
      sample: [0, 0, 0]
    scales:
      description: What each channel is divided by. V(null) where the service does not say.
      type: list
      elements: float
      sample: [255, 255, 255]
    layout:
      description: The order of the input's dimensions. V(null) where the service does not say.
      type: str
      sample: nchw
    input_details:
      description: What else the service holds about the input, by its own names.
      type: dict
      sample: {}
    output_driver:
      description: What the model gives. V(null) where the service does not say.
      type: str
      sample: vision
    output_details:
      description: What the service holds about the output, by its own names.
      type: dict
      sample:
        postProcessing: null
    conversions:
      description: The conversions that are asked for beside the usual ones. V(null) where the service does not say.
      type: list
      elements: str
      sample: []
    source_name:
      description: Where the model comes from. V(null) where the service does not say.
      type: str
      sample: null
    source_url:
      description: The address of the source. V(null) where the service does not say.
      type: str
      sample: null
    catalogues:
      description: The UUIDs of the catalogues that the model is in. V(null) where the service does not say.
      type: list
      elements: str
      sample: [0f4c4f77-39f5-4f6d-9e57-58b7f0b35d6f]
    organisation:
      description: The UUID of its organisation. Empty where it has none, or the service does not say.
      type: str
      sample: 0e5b2d6e-2d0f-4f5e-8a55-3c2f3f4f2b11
    used_by:
      description: The devices that use the model.
      returned: with O(usage)
      type: list
      elements: dict
      sample:
        - site: Shop 001
          site_id: 8d6f6d5c-7f0e-4c3a-9d5c-2f3a1b0c9e8d
          device: Entrance
          device_id: "{4f7d9c1e-2b6a-4d3f-8a5b-0c1d2e3f4a5b}"
unread_sites:
  description: The sites of which not all is known, with the reason.
  returned: with O(usage)
  type: list
  elements: dict
  contains:
    site: {description: The cloud system id of the site., type: str, sample: 8d6f6d5c-7f0e-4c3a-9d5c-2f3a1b0c9e8d}
    name: {description: The name of the site; empty where it is not known., type: str, sample: Shop 001}
    reason: {description: Why nothing of it is in the result., type: str,
             sample: "the site shows no devices: it is off-line, or still loading"}
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
from ..module_utils._models.information import MODELS_SPEC, read_models


def main() -> None:
    run_info(MODELS_SPEC, read_models)


if __name__ == "__main__":
    main()
