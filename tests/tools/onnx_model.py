# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Make a small object detector in ONNX that the Nx AI Manager would accept by its form. It detects nothing.

One input ``image`` and one output whose name lists the classes, as the manager's documentation asks for. Needs the
``onnx`` package: run it with the Python of one of the environments.
"""

from __future__ import annotations

import argparse
import random
from pathlib import Path

import onnx
from onnx import TensorProto, helper

SIDE = 64  # pixels of the square input image
FIELDS = 6  # x, y, x, y, score, class
OUTPUT = "bboxes-format:xyxysc;0:person;1:vehicle"


def detector(seed: int) -> onnx.ModelProto:
    """Average the image to one value per channel, and turn these into one box. The same seed gives the same weights."""
    numbers = random.Random(seed)
    weights = [numbers.uniform(-1, 1) for _ in range(3 * FIELDS)]
    graph = helper.make_graph(
        [
            helper.make_node("GlobalAveragePool", ["image"], ["pooled"]),
            helper.make_node("Flatten", ["pooled"], ["features"]),
            helper.make_node("MatMul", ["features", "weights"], [OUTPUT]),
        ],
        "detector",
        [helper.make_tensor_value_info("image", TensorProto.FLOAT, [1, 3, SIDE, SIDE])],
        [helper.make_tensor_value_info(OUTPUT, TensorProto.FLOAT, [1, FIELDS])],
        [helper.make_tensor("weights", TensorProto.FLOAT, [3, FIELDS], weights)],
    )
    model = helper.make_model(graph, producer_name="nxai.cloud", opset_imports=[helper.make_opsetid("", 16)])
    model.ir_version = 8
    onnx.checker.check_model(model, full_check=True)
    return model


def main() -> None:
    parser = argparse.ArgumentParser(description="Make a small object detector in ONNX.")
    parser.add_argument("file", type=Path)
    parser.add_argument("--seed", type=int, default=1, help="another seed, another file")
    arguments = parser.parse_args()
    arguments.file.write_bytes(detector(arguments.seed).SerializeToString())


if __name__ == "__main__":
    main()
