#!/usr/bin/python
# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: nxai_model_check
short_description: Check whether Nx can run a model file
version_added: 0.1.0
description:
  - Looks into a model file, without an account and without a request, for what Nx requires of a model.
  - Of an ONNX file that is one image input with a fixed shape and one or three channels, optional inputs
    C(nms_sensitivity) and C(mask), an output of boxes or scores with the classes in its name, operators and attributes
    of the ONNX standard, each value made before it is used, weights that fit their shapes, and versions and a size that
    Nx takes.
  - Of a TensorFlow Lite file, or a ZIP archive as Teachable Machine exports it, that all of it is there, that it has
    one image input, and that there is a label for each score.
  - Weights are counted, not read, so that the size of the file does not matter for memory. With O(runtime) the model is
    loaded and run once.
  - The rules are those of the vendor's page on requirements for ONNX, and of onnxruntime 1.17, which it names. The
    service may have others. M(nxai.cloud.nxai_model_prepare) makes a file that keeps them.
attributes:
  check_mode:
    support: full
    description: In check mode the module works as usual, since it changes nothing.
  diff_mode:
    support: none
    description: There is nothing to compare.
requirements:
  - onnx >= 1.16 (for ONNX files)
  - onnxruntime (where O(runtime) is V(true))
options:
  file:
    description: The model file, on the machine where the module runs. An ONNX file, or a C(.tflite) or C(.zip) file.
    type: path
    required: true
  max_size:
    description: The size from which a file is too large, such as C(640M) or C(2G).
    type: bytes
    default: 640M
  runtime:
    description:
      - Whether to load an ONNX file in onnxruntime and to run one black image, in a process of its own that may take
        120 seconds and 6 GiB. What comes out then counts as the shape of an output.
      - The file is run with the rights of the user who runs the module.
    type: bool
    default: false
  means:
    description: What M(nxai.cloud.nxai_model) will be told. A warning says where the file notes something else.
    type: list
    elements: float
  scales:
    description: As O(means).
    type: list
    elements: float
seealso:
  - module: nxai.cloud.nxai_model
  - module: nxai.cloud.nxai_model_prepare
author:
  - The nxai.cloud maintainers (@nxai)
"""

EXAMPLES = r"""
- name: Will it run
  nxai.cloud.nxai_model_check:
    file: "{{ playbook_dir }}/person-detector.onnx"
  delegate_to: localhost
  register: checked
  failed_when: not checked.usable

- name: Will it run, and does it
  nxai.cloud.nxai_model_check:
    file: "{{ playbook_dir }}/person-detector.onnx"
    runtime: true
    means: [0, 0, 0]
    scales: [255, 255, 255]
  delegate_to: localhost

- name: What it takes and what it knows
  ansible.builtin.debug:
    msg: "{{ checked.image.width }} x {{ checked.image.height }}: {{ checked.classes.values() | join(', ') }}"
"""

RETURN = r"""
usable:
  description: Whether nothing was found that keeps Nx from running the model. Warnings alone do not.
  returned: success
  type: bool
  sample: false
findings:
  description: What is not as it should be, errors first.
  returned: success
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
file:
  description: Digest and size in bytes of the file.
  returned: success
  type: dict
  sample: {sha256: 2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824, size: 4182}
format:
  description: V(ONNX), V(TensorFlow Lite), or V(ZIP with TensorFlow Lite).
  returned: success
  type: str
  sample: ONNX
opset:
  description: The version of the standard operators. V(null) where the file does not say, or is of another format.
  returned: success
  type: int
  sample: 16
ir_version:
  description: The version of the ONNX format. V(null) where the file does not say, or is of another format.
  returned: success
  type: int
  sample: 8
inputs:
  description: The inputs, without those that are weights.
  returned: success
  type: list
  elements: dict
  contains:
    name:
      description: The name.
      type: str
      sample: image
    shape:
      description:
        - Each dimension as a number, as a name where it is not fixed, or V(null).
        - V(null) in all where the file does not say.
      type: list
      elements: raw
      sample: [1, 3, 640, 640]
    type:
      description: The type of the elements.
      type: str
      sample: float32
    role:
      description: One of V(image), V(nms_sensitivity) and V(mask), or V(null) where Nx would not know what it is.
      type: str
      sample: image
outputs:
  description: The outputs, as RV(inputs).
  returned: success
  type: list
  elements: dict
  contains:
    name:
      description: The name.
      type: str
      sample: bboxes-format:xyxysc;0:Person
    shape:
      description: As that of an input.
      type: list
      elements: raw
      sample: [100, 6]
    type:
      description: The type of the elements.
      type: str
      sample: float32
    role:
      description: One of V(boxes), V(scores) and V(alarm), or V(null) where Nx would not know how to read it.
      type: str
      sample: boxes
image:
  description: The image that the model takes, in the words of M(nxai.cloud.nxai_model). V(null) where it takes none.
  returned: success
  type: dict
  sample:
    layout: nchw
    channels: 3
    height: 640
    width: 640
classes:
  description: The classes by their number, from the names of the outputs or from the labels in an archive.
  returned: success
  type: dict
  sample:
    "0": Person
    "1": Bicycle
names:
  description: The classes by their number, as the metadata of the file has them. Empty where it has none.
  returned: success
  type: dict
  sample:
    "0": person
    "1": bicycle
normalisation:
  description:
    - The means and scales that the file notes, where the vendor's toolchain looks for them. V(null) where it notes
      none.
  returned: success
  type: dict
  sample:
    means: [0, 0, 0]
    scales: [1, 1, 1]
runtime:
  description: What became of the trial with O(runtime). V(null) without it.
  returned: success
  type: dict
  contains:
    version:
      description: The version of onnxruntime.
      type: str
      sample: 1.17.0
    loads:
      description: Whether it loads the model.
      type: bool
      sample: true
    runs:
      description: Whether it ran the model as well. An image that is not fixed is not tried.
      type: bool
      sample: true
    said:
      description: What it said. V(null) where nothing went wrong.
      type: str
      sample: null
    outputs:
      description: What came out.
      type: list
      elements: dict
      sample:
        - {name: "scores-0:Cat;1:Dog", type: float32, shape: [1, 2]}
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

from collections.abc import Mapping
from typing import Any

from ..module_utils._engine.module import run_local
from ..module_utils._onnx.check import check_model

ARGUMENT_SPEC = {
    "file": {"type": "path", "required": True},
    "max_size": {"type": "bytes", "default": "640M"},
    "runtime": {"type": "bool", "default": False},
    "means": {"type": "list", "elements": "float"},
    "scales": {"type": "list", "elements": "float"},
}


def check(options: Mapping[str, Any], _check_mode: bool) -> dict[str, Any]:
    report = check_model(options["file"], options["max_size"], None, options, options["runtime"])
    return report.as_result()


def main() -> None:
    run_local(ARGUMENT_SPEC, check)


if __name__ == "__main__":
    main()
