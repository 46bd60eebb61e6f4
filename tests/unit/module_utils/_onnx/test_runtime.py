# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A model in onnxruntime: what loads and runs, what does not, and what is given up."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import Any

import numpy
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

from ansible_collections.nxai.cloud.plugins.module_utils._core.errors import BadInput
from ansible_collections.nxai.cloud.plugins.module_utils._onnx import runtime
from ansible_collections.nxai.cloud.plugins.module_utils._onnx.check import Report, check_model
from tools.demo_model import OUTPUT
from tools.demo_model import model as demo_model

pytest.importorskip("onnxruntime")
FLOAT = TensorProto.FLOAT


def tried(folder: Path, made: onnx.ModelProto) -> Report:
    path = folder / "model.onnx"
    path.write_bytes(made.SerializeToString())
    return check_model(str(path), 1 << 30, runtime=True)


def chain(nodes: list[onnx.NodeProto], output: Any, weights: Any = ()) -> onnx.ModelProto:
    image = helper.make_tensor_value_info("image", FLOAT, [1, 3, 8, 8])
    graph = helper.make_graph(nodes, "g", [image], [output], list(weights))
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 16)], ir_version=8)


def test_m01_a_black_image_goes_through_it(tmp_path: Path) -> None:
    report = tried(tmp_path, demo_model())
    assert report.findings == [] and report.runtime is not None
    found = report.runtime.as_result()
    assert (found["loads"], found["runs"], found["said"]) == (True, True, None) and found["version"]
    assert found["outputs"] == [{"name": OUTPUT, "type": "float32", "shape": [1, 6]}]


def test_m01_what_comes_out_is_the_shape(tmp_path: Path) -> None:
    """The graph alone does not tell it: it depends on values."""
    shape = helper.make_node("Constant", [], ["flat"], value=helper.make_tensor("v", TensorProto.INT64, [1], [-1]))
    nodes = [
        shape,
        helper.make_node("NonZero", ["seed"], ["places"]),
        helper.make_node("Reshape", ["places", "flat"], ["zeros"]),
        helper.make_node("Add", ["zeros", "six"], ["sides"]),
        helper.make_node("Reshape", ["rows", "sides"], ["bboxes-format:xyxysc;0:Cat"]),
    ]
    weights = [
        helper.make_tensor("seed", FLOAT, [2], [1, 1]),
        helper.make_tensor("six", TensorProto.INT64, [2], [3, 5]),
        numpy_helper.from_array(numpy.zeros((3, 6), "float32"), "rows"),
    ]
    output = helper.make_tensor_value_info("bboxes-format:xyxysc;0:Cat", FLOAT, None)
    report = tried(tmp_path, chain(nodes, output, weights))
    assert report.findings == [] and report.outputs[0].shape == [3, 6]


def test_m01_what_does_not_load_and_what_does_not_run(tmp_path: Path) -> None:
    output = helper.make_tensor_value_info("scores-0:Cat", FLOAT, [1, 1])
    adds = [helper.make_node("Add", ["image", "text"], ["scores-0:Cat"])]
    text = helper.make_tensor("text", TensorProto.STRING, [1], ["a"])
    found = tried(tmp_path, chain(adds, output, [text]))
    assert [each.code for each in found.errors] == ["runtime_load"] and found.runtime and not found.runtime.loads
    gathers = [
        helper.make_node("ReduceMax", ["image"], ["most"], keepdims=0),
        helper.make_node("Cast", ["most"], ["number"], to=TensorProto.INT64),
        helper.make_node("Add", ["number", "ten"], ["beyond"]),
        helper.make_node("Gather", ["rows", "beyond"], ["scores-0:Cat"], axis=0),
    ]
    weights = [
        helper.make_tensor("ten", TensorProto.INT64, [1], [10]),
        helper.make_tensor("rows", FLOAT, [2, 1], [1, 2]),
    ]
    found = tried(tmp_path, chain(gathers, output, weights))
    assert [each.code for each in found.errors] == ["runtime_run"] and found.runtime and found.runtime.loads
    assert found.as_result()["runtime"]["runs"] is False and "indices" in found.errors[0].message


def test_m01_time_and_memory_have_limits(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "model.onnx"
    output = helper.make_tensor_value_info("scores-0:Cat", FLOAT, [1, 1])
    nodes = [
        helper.make_node("ReduceSum", ["image"], ["none"], keepdims=0),
        helper.make_node("Cast", ["none"], ["zero"], to=TensorProto.INT64),
        helper.make_node("Add", ["zero", "sides"], ["shape"]),
        helper.make_node("ConstantOfShape", ["shape"], ["large"]),
        helper.make_node("ReduceMax", ["large"], ["most"], keepdims=0),
        helper.make_node("Reshape", ["most", "one"], ["scores-0:Cat"]),
    ]
    sides = helper.make_tensor("sides", TensorProto.INT64, [3], [1024, 1024, 1024])
    one = helper.make_tensor("one", TensorProto.INT64, [2], [1, 1])
    path.write_bytes(chain(nodes, output, [sides, one]).SerializeToString())
    run = runtime.run_model(str(path), [("image", "float32", [1, 3, 8, 8], 0.0)], limits=(60, 3000))
    assert "more than 3000 MiB" in run.limit, run
    endless = "import resource, sys\nsys.stdin.readline()\nresource.setrlimit(resource.RLIMIT_CPU, (1, 2))\n"
    monkeypatch.setattr(runtime, "_PROGRAM", f"{endless}while True: pass")
    begin = time.monotonic()
    assert "more than 1 seconds" in runtime.run_model(str(path), limits=(1, 900)).limit
    assert time.monotonic() - begin < 60
    monkeypatch.setattr(runtime, "_PROGRAM", "import os, signal\nos.kill(os.getpid(), signal.SIGSEGV)")
    assert "crashed with signal 11" in runtime.run_model(str(path)).error
    monkeypatch.setattr(runtime, "_PROGRAM", "print('nonsense')")
    assert "without an answer" in runtime.run_model(str(path)).error


def test_without_the_library(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "onnxruntime", None)
    with pytest.raises(BadInput, match="pip install onnxruntime"):
        tried(tmp_path, demo_model())
