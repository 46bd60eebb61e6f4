#!/usr/bin/python
# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: nxai_model
short_description: Upload, update, rename or delete a model in the Nx AI Cloud
version_added: 0.1.0
description:
  - Keeps a model (a C(function) of the Compute API) as declared, with its file, its metadata and its catalogues.
  - Reads the models first and sends only what differs. The file is sent only where its content differs.
  - The service is not known to publish a digest of the file. So this module leaves one at the end of the model's
    documentation, as an HTML comment that is invisible where the documentation is rendered.
  - The file is streamed, so that its size does not matter for memory.
extends_documentation_fragment:
  - nxai.cloud.connection
  - nxai.cloud.act_as
  - nxai.cloud.attributes
  - nxai.cloud.wait
attributes:
  check_mode:
    support: full
  diff_mode:
    support: full
  idempotent:
    support: full
requirements:
  - requests-toolbelt (where a file is uploaded)
options:
  name:
    description:
      - The name or the UUID of the model.
      - Names need not be unique in the cloud. Where two models have this name, the task fails and lists both.
    type: str
    required: true
  new_name:
    description: The name that the model is to have. A model that already has it counts as renamed.
    type: str
  file:
    description:
      - The model file, on the machine where the module runs. An ONNX file, or a C(.tflite) or C(.zip) file.
      - Needed to create a model. Without it, the file in the cloud is left as it is.
    type: path
  force:
    description:
      - Send O(file) also where it is not known whether the cloud has it (the model carries no digest), or where its
        conversion failed.
      - Without this, a model without a digest keeps its file, unless the service publishes a size and it differs.
        RV(file_in_cloud) then says V(unknown).
    type: bool
    default: false
  state:
    description: V(present) creates or updates the model, V(absent) deletes it.
    type: str
    choices: [present, absent]
    default: present
  alias:
    description: A second name, as the API calls it.
    type: str
  documentation:
    description: The documentation of the model, in Markdown. Without the digest, which this module adds and keeps.
    type: str
  input_driver:
    description: What the model takes. A new model without this option gets V(vision).
    type: str
  channels:
    description: The number of colour channels of the input. Found by the service where not given.
    type: int
    choices: [1, 3]
  height:
    description: The height of the input, in pixels. Found by the service where not given.
    type: int
  width:
    description: The width of the input, in pixels. Found by the service where not given.
    type: int
  means:
    description:
      - What is subtracted from each channel, before O(scales) is divided by. A new model without this option gets
        V([0, 0, 0]).
    type: list
    elements: float
  scales:
    description:
      - What each channel is divided by, after O(means). A new model without this option gets V([1, 1, 1]).
      - The API calls it C(vars); that this is the scale of the portal's form is inferred, not documented.
    type: list
    elements: float
  layout:
    description:
      - The order of the input's dimensions.
      - The API takes a number, C(order); that 0 is V(nchw) and 1 is V(nhwc) is inferred, not documented.
    type: str
    choices: [nchw, nhwc]
  output_driver:
    description: What the model gives. A new model without this option gets V(vision).
    type: str
  conversions:
    description:
      - The conversions to run, as the API takes them in C(EnableConversions). Their names are not publicly documented.
      - A new model without this option gets the empty list.
    type: list
    elements: str
  source_name:
    description: Where the model comes from, for people.
    type: str
  source_url:
    description: The address of the model's source, for people.
    type: str
  catalogues:
    description: The catalogues that the model is to be in, by name or UUID.
    type: list
    elements: str
  catalogues_mode:
    description:
      - V(append) adds O(catalogues) to those that the model is in, V(exact) also takes it out of all others.
    type: str
    choices: [append, exact]
    default: append
  wait:
    description:
      - Wait until the model is ready, both the record and its converted code. A model that is assigned before has no
        effect on the device.
  wait_timeout:
    default: 600
  wait_interval:
    default: 5
notes:
  - A new file in the cloud does not reach devices that already run the model, since these keep their copy by UUID.
    Upload a new model under a new name and assign that, where devices must change.
seealso:
  - module: nxai.cloud.nxai_catalogue
  - module: nxai.cloud.nxai_pipeline
author:
  - The nxai.cloud maintainers (@nxai)
"""

EXAMPLES = r"""
- name: A model, uploaded and converted, in a catalogue
  nxai.cloud.nxai_model:
    name: Person detector
    file: "{{ playbook_dir }}/person-detector.onnx"
    documentation: |
      # Person detector
      Finds people at a distance of up to 20 m.
    means: [0, 0, 0]
    scales: [255, 255, 255]
    catalogues:
      - Shop models

- name: Another name, without sending the file
  nxai.cloud.nxai_model:
    name: Person detector
    new_name: Person detector (retired)

- name: Delete it
  nxai.cloud.nxai_model:
    name: Person detector (retired)
    state: absent
"""

RETURN = r"""
model:
  description: The model as read back, in the words of the options. V(null) where it was deleted or never there.
  returned: success, and failure after the upload
  type: dict
  contains:
    uuid:
      description: The UUID that the service chose. V(null) in check mode where the model would be created.
      type: str
      sample: 459d2273-1514-431c-9d34-f5b72f3bfe20
    name:
      description: The name.
      type: str
      sample: Person detector
    state:
      description:
        - V(ready) where record and code are there, V(failed) where the conversion failed, else V(pending).
      type: str
      sample: ready
    status:
      description: The status word of the record, as the service gives it.
      type: str
      sample: ok
    code_status:
      description: The status word of the converted code, as the service gives it.
      type: str
      sample: ok
    file:
      description: The digest and the size in bytes that the model carries. V(null) where it carries none.
      type: dict
      sample:
        sha256: 2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824
        size: 4182
    updated_at:
      description: When the service last changed the model.
      type: str
      sample: "2026-11-24T08:15:00Z"
    alias:
      description: The second name.
      type: str
      sample: person
    documentation:
      description: The documentation without the digest.
      type: str
      sample: "# Person detector"
    input_driver:
      description: What the model takes.
      type: str
      sample: vision
    channels:
      description: The number of colour channels.
      type: int
      sample: 3
    height:
      description: The height of the input in pixels.
      type: int
      sample: 320
    width:
      description: The width of the input in pixels.
      type: int
      sample: 320
    means:
      description: What is subtracted from each channel.
      type: list
      elements: float
      sample: [0, 0, 0]
    scales:
      description: What each channel is divided by.
      type: list
      elements: float
      sample: [255, 255, 255]
    layout:
      description: The order of the input's dimensions.
      type: str
      sample: nchw
    output_driver:
      description: What the model gives.
      type: str
      sample: vision
    conversions:
      description: The conversions that are run.
      type: list
      elements: str
      sample: []
    source_name:
      description: Where the model comes from.
      type: str
      sample: null
    source_url:
      description: The address of the source.
      type: str
      sample: null
    catalogues:
      description: The UUIDs of the catalogues that the model is in.
      type: list
      elements: str
      sample: [0f4c4f77-39f5-4f6d-9e57-58b7f0b35d6f]
file_in_cloud:
  description:
    - Whether the model in the cloud has the content of O(file), after the task. V(same), V(different), or V(unknown)
      where the model carries no digest.
  returned: where O(file) is given and the model is there
  type: str
  sample: same
error:
  description: What was tried, what came back, and what to do now.
  returned: failure
  type: dict
  sample:
    tried: read the model file /srv/models/person.onnx
    answer: the file is empty
    advice: Export the model again.
    status: null
"""

from ansible_collections.nxai.cloud.plugins.module_utils._manage_model import ModelResource
from ansible_collections.nxai.cloud.plugins.module_utils._model_fields import OPTION_FIELDS
from ansible_collections.nxai.cloud.plugins.module_utils.module import run, wait_spec

ARGUMENT_SPEC = {
    "name": {"type": "str", "required": True},
    "new_name": {"type": "str"},
    "file": {"type": "path"},
    "force": {"type": "bool", "default": False},
    "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
    **{field.option: field.spec for field in OPTION_FIELDS},
    "catalogues": {"type": "list", "elements": "str"},
    "catalogues_mode": {"type": "str", "choices": ["append", "exact"], "default": "append"},
    **wait_spec(timeout=600, interval=5),
}


def main() -> None:
    run(ARGUMENT_SPEC, ModelResource)


if __name__ == "__main__":
    main()
