#!/usr/bin/python
# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: nxai_model_prepare
short_description: Make of a trained network an ONNX file that Nx runs
version_added: 0.1.0
description:
  - Takes an ONNX file as an exporter writes it, such as that of Ultralytics, and writes one that keeps Nx's rules.
  - Its input is one image named C(image), of float32 and of one size, as a camera gives it, from 0 to 255.
  - Its output is boxes [n, 6] with non-maximum suppression inside, or scores [1, classes], with the classes in its
    name. The least score of a box is the input C(nms_sensitivity).
  - Weights in other files are taken into the one. Opset and IR version are lowered to 17 and 9 where that changes
    nothing.
  - Where onnxruntime is there, the original and the new file see the same images, and what comes out of both is
    compared. Where they differ, the task fails and writes nothing. The new file is looked into as
    M(nxai.cloud.nxai_model_check) does, and has to pass.
  - A second run with the same source, the same options and the same version of this recipe changes nothing. The file
    itself notes what it was made of, and is made again where another tool has changed it.
  - Needs no account and sends no request.
attributes:
  check_mode:
    support: full
    description: In check mode all is done but the writing of O(dest).
  diff_mode:
    support: full
    description: In diff mode the module shows both files in words, and each step.
  idempotent:
    support: full
    description: A second run with the same options and nothing changed in between changes nothing.
requirements:
  - onnx >= 1.16
  - onnxruntime (for the proof)
options:
  src:
    description: The ONNX file as it was exported, on the machine where the module runs.
    type: path
    required: true
  dest:
    description: The file to write. What is there is replaced as a whole.
    type: path
    required: true
  classes:
    description:
      - The names of the classes, in the order of the training.
      - Without this and O(labels_file), those that the exporter noted in the file, as Ultralytics does.
    type: list
    elements: str
  labels_file:
    description:
      - A text file with one class a line, on the machine where the module runs.
      - Where each line begins with its number, as in C(0 Person), that is left out. No line between may be empty.
    type: path
  width:
    description: The width of the image in pixels, for a file that leaves it open and does not note it.
    type: int
  height:
    description: The height of the image in pixels, as O(width).
    type: int
  head:
    description:
      - What comes out of the network. V(auto) finds it by the shape of the output.
      - V(ultralytics) is C([1, 4 + classes, n]), as YOLOv8, v9, v11 and v12 have it.
      - V(objectness) is C([1, n, 5 + classes]) in pixels, as YOLOv5 and v7 have it.
      - V(yolox) is the same in cells of a grid, as YOLOX exports it.
      - V(end_to_end) is C([1, n, 6]), boxes that are chosen already, as YOLOv10 and YOLO26 have it.
      - V(classifier) is C([1, classes]). Logits become probabilities.
    type: str
    choices: [auto, ultralytics, objectness, yolox, end_to_end, classifier]
    default: auto
  iou_threshold:
    description: From which overlap of two boxes of one class only the better one stays. Not for V(end_to_end).
    type: float
    default: 0.45
  max_boxes:
    description: How many boxes come out at most, the best ones.
    type: int
    default: 100
  means:
    description: What was subtracted from each channel in the training, one number or one a channel. 0 by default.
    type: list
    elements: float
  scales:
    description:
      - What each channel was divided by in the training, one number or one a channel.
      - By default 255 for the heads V(ultralytics), V(objectness) and V(end_to_end) and for what Ultralytics exported,
        else 1.
    type: list
    elements: float
  normalisation:
    description:
      - V(graph) puts O(means) and O(scales) into the network, so that nothing has to be set in the cloud.
      - V(fields) leaves them out of it. RV(settings) then has them, for M(nxai.cloud.nxai_model).
    type: str
    choices: [graph, fields]
    default: graph
  proof:
    description:
      - V(auto) compares the two files where onnxruntime is there, V(require) fails where it is not, V(off) compares
        nothing.
      - Each network runs in a process of its own that may take 120 seconds and 6 GiB, with the rights of the user.
    type: str
    choices: [auto, require, 'off']
    default: auto
  backup:
    description: Whether to keep what O(dest) held under a name with the time in it.
    type: bool
    default: false
notes:
  - Not prepared, and refused by name, are networks for segmentation, pose and oriented boxes, heads of torchvision,
    inputs of whole numbers (uint8) or with the channels at the end (NHWC), and files that are compiled for Hailo.
seealso:
  - module: nxai.cloud.nxai_model
  - module: nxai.cloud.nxai_model_check
author:
  - The nxai.cloud maintainers (@nxai)
"""

EXAMPLES = r"""
- name: An export of Ultralytics, for Nx
  nxai.cloud.nxai_model_prepare:
    src: best.onnx
    dest: person-detector.onnx

- name: The same, with names and a size that the export does not have
  nxai.cloud.nxai_model_prepare:
    src: yolox.onnx
    dest: person-detector.onnx
    head: yolox
    classes: [Person, Bicycle]
    width: 416
    height: 416
    proof: require
    backup: true
  register: prepared

- name: With a list of names, the colours that it was trained with, and half as many boxes
  nxai.cloud.nxai_model_prepare:
    src: classifier.onnx
    dest: parking.onnx
    labels_file: labels.txt
    means: [123.7, 116.3, 103.5]
    scales: [58.4, 57.1, 57.4]
    normalisation: fields
    iou_threshold: 0.6
    max_boxes: 50

- name: Upload it
  nxai.cloud.nxai_model:
    name: Person detector
    file: "{{ prepared.dest }}"
    means: "{{ prepared.settings.means }}"
    scales: "{{ prepared.settings.scales }}"
"""

RETURN = r"""
dest:
  description: The file that was written, or is as it should be.
  returned: success
  type: str
  sample: person-detector.onnx
head:
  description: What came out of the network, as O(head).
  returned: success
  type: str
  sample: ultralytics
steps:
  description: What was done, in order. Of an earlier run where nothing changed.
  returned: success
  type: list
  elements: dict
  contains:
    step:
      description: A word for it, which does not change between releases.
      type: str
      sample: input
    said:
      description: What it did.
      type: str
      sample: images is now image, divided by 255
classes:
  description: The classes by their number.
  returned: success
  type: dict
  sample:
    "0": Person
    "1": Bicycle
settings:
  description: The options of M(nxai.cloud.nxai_model) that belong to the file.
  returned: success
  type: dict
  sample:
    channels: 3
    height: 640
    width: 640
    means: [0, 0, 0]
    scales: [1, 1, 1]
    layout: nchw
proof:
  description: How the two files were compared. V(null) where they were not, as where nothing changed.
  returned: success
  type: dict
  contains:
    runtime:
      description: The version of onnxruntime.
      type: str
      sample: 1.17.0
    images:
      description: How many images both saw.
      type: int
      sample: 4
    compared:
      description: How many boxes or scores were compared.
      type: int
      sample: 23
    kind:
      description: V(boxes) or V(scores).
      type: str
      sample: boxes
    largest_difference:
      description: The largest differences, C(box) in pixels of the image and C(score). Classifiers have no C(box).
      type: dict
      sample: {box: 0.0000153, score: 0.0}
    tolerance:
      description: How large they may be.
      type: dict
      sample: {box: 0.1, score: 0.001}
    left_out:
      description: The images of which rounding would have decided, which boxes stay, so that they were not compared.
      type: int
      sample: 0
backup_file:
  description: Where what was there before is kept.
  returned: with O(backup), where something was replaced
  type: str
  sample: /srv/models/person-detector.onnx.4711.2026-11-27@14:05:00~
mode:
  description: The permissions of O(dest).
  returned: where O(dest) is there
  type: str
  sample: "0644"
size:
  description: The size of O(dest) in bytes.
  returned: where O(dest) is there
  type: int
  sample: 12150158
owner:
  description: The owner of O(dest).
  returned: where O(dest) is there
  type: str
  sample: nxai
group:
  description: The group of O(dest).
  returned: where O(dest) is there
  type: str
  sample: nxai
uid:
  description: The number of the owner of O(dest).
  returned: where O(dest) is there
  type: int
  sample: 1000
gid:
  description: The number of the group of O(dest).
  returned: where O(dest) is there
  type: int
  sample: 1000
state:
  description: What O(dest) is, which is V(file), or a link to one.
  returned: where O(dest) is there
  type: str
  sample: file
secontext:
  description: The SELinux context of O(dest).
  returned: where O(dest) is there, on a machine with SELinux
  type: str
  sample: unconfined_u:object_r:user_home_t:s0
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
from ..module_utils._onnx.prepare.recipe import prepare

ARGUMENT_SPEC = {
    "src": {"type": "path", "required": True},
    "dest": {"type": "path", "required": True},
    "classes": {"type": "list", "elements": "str"},
    "labels_file": {"type": "path"},
    "width": {"type": "int"},
    "height": {"type": "int"},
    "head": {
        "type": "str",
        "choices": ["auto", "ultralytics", "objectness", "yolox", "end_to_end", "classifier"],
        "default": "auto",
    },
    "iou_threshold": {"type": "float", "default": 0.45},
    "max_boxes": {"type": "int", "default": 100},
    "means": {"type": "list", "elements": "float"},
    "scales": {"type": "list", "elements": "float"},
    "normalisation": {"type": "str", "choices": ["graph", "fields"], "default": "graph"},
    "proof": {"type": "str", "choices": ["auto", "require", "off"], "default": "auto"},
    "backup": {"type": "bool", "default": False},
}


def run(options: Mapping[str, Any], check_mode: bool) -> dict[str, Any]:
    return prepare(options, check_mode)


def main() -> None:
    run_local(ARGUMENT_SPEC, run, mutually_exclusive=[("classes", "labels_file")])


if __name__ == "__main__":
    main()
