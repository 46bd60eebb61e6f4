# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Model files for the tests of the check: how they are made, saved and checked."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy
import onnx
from onnx import TensorProto, helper, numpy_helper

from ansible_collections.nxai.cloud.plugins.module_utils._onnx.check import Report, check_model

LIMIT = 640 << 20
FLOAT = TensorProto.FLOAT
NAME = "scores-0:Cat;1:Dog"
Check = Callable[..., Report]


def codes(report: Report) -> list[str]:
    return [f"{each.severity} {each.code}" for each in report.findings]


def classifier(
    nodes: Any = (), outputs: Any = ((NAME, FLOAT, [1, 2]),), weights: Any = (), opset: int = 16, **more: Any
) -> onnx.ModelProto:
    """From an image to two scores: the mean of each of three channels, times weights."""
    usual = [
        helper.make_node("GlobalAveragePool", ["image"], ["pooled"]),
        helper.make_node("Flatten", ["pooled"], ["flat"]),
        helper.make_node("MatMul", ["flat", "weights"], ["product"]),
        helper.make_node("Softmax", ["product"], [NAME], axis=1),
    ]
    infos = [helper.make_tensor_value_info(*each) for each in outputs]
    image = helper.make_tensor_value_info("image", FLOAT, [1, 3, 32, 48])
    matrix = numpy_helper.from_array(numpy.ones((3, 2), "float32"), "weights")
    graph = helper.make_graph(list(nodes) or usual, "graph", [image], infos, [matrix, *weights], **more)
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)], ir_version=8)


def saved(folder: Path, made: onnx.ModelProto | bytes, name: str = "model.onnx") -> str:
    path = folder / name
    path.write_bytes(made if isinstance(made, bytes) else made.SerializeToString())
    return str(path)


def checked(folder: Path, made: onnx.ModelProto | bytes, name: str = "model.onnx") -> Report:
    return check_model(saved(folder, made, name), LIMIT)
