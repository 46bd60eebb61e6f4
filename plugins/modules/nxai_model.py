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
  - The file is streamed, so that its size does not matter for memory. The time-out is for silence, not for the whole.
    During an upload a line goes to the system's log every ten seconds, and RV(upload) holds the figures at its end.
  - An upload whose answer is lost, is an error of the service or holds no UUID is looked up by name and digest. It is
    sent again only after a lost answer, and only where it is not there.
  - What the service does not show is not taken for empty. A declared option that is not shown is named in a warning and
    in RV(unknown), and is not sent. Where something else would be lost by a change, that is an error.
extends_documentation_fragment:
  - nxai.cloud.connection
  - nxai.cloud.act_as
  - nxai.cloud.attributes
  - nxai.cloud.model_fields
  - nxai.cloud.wait
requirements:
  - requests-toolbelt (where a file is uploaded)
  - onnx (where O(check_file) looks into an ONNX file)
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
      - Send declared options also where the service does not show them (RV(unknown)), if nothing else can be lost.
      - Without this, a model without a digest keeps its file, unless the service publishes a size and it differs.
        A warning and RV(file_in_cloud) then say that this is not known.
    type: bool
    default: false
  check_file:
    description:
      - Whether to look into O(file) before it is sent, and refuse what Nx would not run, as
        M(nxai.cloud.nxai_model_check) finds it. A file that is in the cloud already is not looked into.
      - V(warn) shows each finding as a warning; V(strict) fails at an error, and where the file cannot be checked.
        Without it, it is V(warn) where the Python library C(onnx) is there or not needed, and else V(off).
      - Whatever it says, a file is refused that is cut short, of another kind, or whose weights are in other files.
    type: str
    choices: ['off', warn, strict]
  max_size:
    description: The size from which O(check_file) finds a file too large, such as C(640M) or C(2G).
    type: bytes
    default: 640M
  state:
    description: V(present) creates or updates the model, V(absent) deletes it.
    type: str
    choices: [present, absent]
    default: present
  in_use:
    description:
      - What to do with O(state=absent) where devices use the model.
      - V(fail) looks for them first, and deletes nothing where it finds one. This reads the devices of every site of
        the account, twice where nothing uses it, with one request for each site (more where it has more than 500
        devices), eight at a time. Sites that show no devices, as offline ones do, are listed in RV(unread_sites).
      - V(ignore) deletes without looking.
    type: str
    choices: [fail, ignore]
    default: fail
  alias:
    description: A second name, which the API calls alias, such as V(person).
    type: str
  documentation:
    description: The documentation of the model, in Markdown. Without the digest, which this module adds and keeps.
    type: str
  documentation_file:
    description: A file with the O(documentation), in UTF-8, on the machine where the module runs.
    type: path
  customization:
    description:
      - The brand that the model is for, by the name that the APIs use for it, such as V(metavms).
      - A new model without this option gets V(default) where O(cloud_url) is that of C(nxvms.com), and else V(metavms).
        A model that is there keeps what it has.
      - Also read from the environment variable E(NXAI_CUSTOMIZATION).
    type: str
  catalogues:
    description: The catalogues that the model is to be in, by name or UUID.
    type: list
    elements: str
  catalogues_mode:
    description: V(append) adds O(catalogues) to those that the model is in, V(exact) also takes it out of all others.
    type: str
    choices: [append, exact]
    default: append
  artefacts:
    description:
      - With O(wait), also wait until the model has a file for each of these accelerators, such as V(hailo-8l) or
        V(mxa), or of each of these MIME types, such as V(application/x-onnx;device=hailo).
      - RV(model.artefacts) shows which there are. A model can be converted, and have no file for a device of yours.
    type: list
    elements: str
  wait:
    description:
      - Wait until the model is ready, both the record and its converted code. A model that is assigned before has no
        effect on the device. A status that is neither good nor a failure means not yet, whatever it is called.
      - With V(false) no request follows the write, and RV(model) is what was sent.
        M(nxai.cloud.nxai_model_info) can be repeated until the model is ready.
  wait_timeout:
    default: 900
  wait_interval:
    default: 5
notes:
  - A new file in the cloud does not reach devices that already run the model, since these keep their copy by UUID.
    Upload a new model under a new name and assign that, where devices must change.
seealso:
  - module: nxai.cloud.nxai_model_check
  - module: nxai.cloud.nxai_model_prepare
  - module: nxai.cloud.nxai_model_info
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

- name: Only if Nx can run it, in the colours that it was trained with
  nxai.cloud.nxai_model:
    name: Person detector 2
    file: "{{ playbook_dir }}/person-detector-2.onnx"
    documentation_file: "{{ playbook_dir }}/person-detector-2.md"
    check_file: strict
    means: [123.7, 116.3, 103.5]
    scales: [58.4, 57.1, 57.4]

- name: Another name, without sending the file
  nxai.cloud.nxai_model:
    name: Person detector
    new_name: Person detector (retired)

- name: Delete it, unless a device uses it
  nxai.cloud.nxai_model:
    name: Person detector (retired)
    state: absent
"""

RETURN = r"""
model:
  description: The model as read back, in the words of the options. V(null) where it is not there.
  returned: success, and failure after the upload
  type: dict
  contains:
    uuid:
      description: The UUID that the service chose. V(null) in check mode where the model would be created.
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
    organisation:
      description: The UUID of its organisation. Empty where it has none, or the service does not say.
      type: str
      sample: 0e5b2d6e-2d0f-4f5e-8a55-3c2f3f4f2b11
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
unknown:
  description:
    - The options that are declared and that the service does not show, so that it is not known whether they are as
      declared. They were sent with a new model and with O(force), otherwise not.
  returned: success, with O(state=present)
  type: list
  elements: str
  sample: []
file_in_cloud:
  description:
    - Whether the model in the cloud has the content of O(file), after the task. V(same), V(different), or V(unknown)
      where the model carries no digest.
  returned: where O(file) is given and the model is there
  type: str
  sample: same
upload:
  description: Bytes of the upload and seconds that it took, with all that had to be sent again.
  returned: where the file was sent
  type: dict
  sample: {bytes: 5242, seconds: 0.042, mib_per_second: 0.1}
findings:
  description: What O(check_file) found, see M(nxai.cloud.nxai_model_check).
  returned: where the file was looked into
  type: list
  elements: dict
  contains:
    code:
      description: A word for what it is, which does not change between releases.
      type: str
      sample: image_name
    severity:
      description: V(error) for what keeps Nx from running the model, V(warning) for what may.
      type: str
      sample: error
    message:
      description: What was found.
      type: str
      sample: The input images [1, 3, 640, 640] float32 looks like the image, but its name is not "image".
    advice:
      description: What to do about it.
      type: str
      sample: "Export it with that name (torch.onnx.export: input_names=['image']). nxai_model_prepare does this."
used_by:
  description: The devices that use a model that is to be deleted.
  returned: with O(state=absent) and O(in_use=fail), where the model is there
  type: list
  elements: dict
  sample:
    - site: Shop 001
      site_id: 8d6f6d5c-7f0e-4c3a-9d5c-2f3a1b0c9e8d
      device: Entrance
      device_id: "{4f7d9c1e-2b6a-4d3f-8a5b-0c1d2e3f4a5b}"
unread_sites:
  description: The sites of which not all is known, with the reason.
  returned: with O(state=absent) and O(in_use=fail), where the model is there
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

from ..module_utils._engine.module import run
from ..module_utils._models.model import ModelResource
from ..module_utils._models.options import MODEL_SPEC as ARGUMENT_SPEC


def main() -> None:
    run(ARGUMENT_SPEC, ModelResource, mutually_exclusive=[("documentation", "documentation_file")])


if __name__ == "__main__":
    main()
