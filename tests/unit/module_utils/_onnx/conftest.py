# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Reports on ONNX graphs that a test makes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import onnx
import pytest
from onnx import TensorProto, helper

from ansible_collections.nxai.cloud.plugins.module_utils._onnx.check import Report, check_model

LIMIT = 640 << 20
IMAGE = ("image", TensorProto.FLOAT, [1, 3, 32, 48])
SCORES = ("scores-0:Cat;1:Dog", TensorProto.FLOAT, [1, 2])
SEED = helper.make_tensor("seed", TensorProto.FLOAT, [1], [1.0])


def _makers(outputs: Any, nodes: Any) -> list[onnx.NodeProto]:
    """Nodes that make what the others do not, in a shape that nobody can work out without running them."""
    made = {name for node in nodes for name in node.output}
    wanted = [each for each in outputs if each[0] not in made]
    if not wanted:
        return []
    flat = helper.make_tensor("flat", TensorProto.INT64, [1], [-1])
    return [
        helper.make_node("Constant", [], ["seed/flat"], value=flat),
        helper.make_node("NonZero", ["seed"], ["seed/places"]),
        helper.make_node("Reshape", ["seed/places", "seed/flat"], ["seed/shape"]),
        helper.make_node("Reshape", ["seed", "seed/shape"], ["seed/value"]),
        *(helper.make_node("Cast", ["seed/value"], [name], to=kind) for name, kind, _shape in wanted),
    ]


@pytest.fixture
def check(tmp_path: Path) -> Callable[..., Report]:
    """The report on a model, or on one that is made of inputs, outputs and nodes."""

    def run(
        made: onnx.ModelProto | None = None, *, inputs: Any = (IMAGE,), outputs: Any = (SCORES,), opset: int = 16,
        ir_version: int = 8, nodes: Any = (), max_size: int = LIMIT,
    ) -> Report:  # fmt: skip
        infos = [[helper.make_tensor_value_info(*each) for each in side] for side in (inputs, outputs)]
        graph = helper.make_graph([*nodes, *_makers(outputs, nodes)], "graph", *infos, [SEED])
        made = made or helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)], ir_version=ir_version)
        path = tmp_path / "model.onnx"
        path.write_bytes(made.SerializeToString())
        return check_model(str(path), max_size)

    return run
