# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Write the ONNX model of the demonstration: small, but a real graph that runs.

It puts one box over the whole image, whose score is the mean brightness scaled by the sensitivity. Names and shapes
of inputs and outputs are those that Nx asks for (contract B3).

    python demo_model.py brightness.onnx
"""

from __future__ import annotations

import sys

import onnx
from onnx import TensorProto, helper

SIDE = 64
OUTPUT = "bboxes-format:xyxysc;0:Bright"


def model() -> onnx.ModelProto:
    """A checked model: ``image`` [1, 3, 64, 64] and ``nms_sensitivity`` [1] to boxes [1, 6]."""
    graph = helper.make_graph(
        [
            helper.make_node("ReduceMean", ["image"], ["mean"], keepdims=0),
            helper.make_node("Mul", ["mean", "nms_sensitivity"], ["score"]),
            helper.make_node("Concat", ["corners", "score", "class"], ["box"], axis=0),
            helper.make_node("Reshape", ["box", "shape"], [OUTPUT]),
        ],
        "brightness",
        [
            helper.make_tensor_value_info("image", TensorProto.FLOAT, [1, 3, SIDE, SIDE]),
            helper.make_tensor_value_info("nms_sensitivity", TensorProto.FLOAT, [1]),
        ],
        [helper.make_tensor_value_info(OUTPUT, TensorProto.FLOAT, [1, 6])],
        [
            helper.make_tensor("corners", TensorProto.FLOAT, [4], [0, 0, SIDE, SIDE]),
            helper.make_tensor("class", TensorProto.FLOAT, [1], [0]),
            helper.make_tensor("shape", TensorProto.INT64, [2], [1, 6]),
        ],
    )
    # Opset 16 and IR 8 are what the edge is known to take (contract B3).
    made = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 16)], ir_version=8)
    onnx.checker.check_model(made, full_check=True)
    return made


if __name__ == "__main__":
    onnx.save(model(), sys.argv[1])
