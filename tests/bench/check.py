# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Time and memory of the check of a model, beside ``onnx.load``.

Fails where the check takes more than five times that and a millisecond. The millisecond is what any file costs, however
small: it is opened, its digest is made, and the library works out its shapes. There ``onnx.load`` takes 0.03 ms.

Each is a process of its own, which has imported what it needs and looked at a small file before. Times are those of the
processor. Both take turns, so that what else the machine does meets both, and the best of five counts.
"""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path

import numpy
import onnx
from onnx import TensorProto, helper, numpy_helper

from tools.cost import MOST_MEMORY, Cost, cost_of
from tools.demo_model import model as demo_model

MOST_TIMES = 5.0
ANY_FILE = 0.001  # seconds
TURNS = 5
FLOAT = TensorProto.FLOAT
NAME = "scores-0:Cat;1:Dog"
_LOAD = """
import onnx
onnx.load(sys.argv[2])
begin = time.process_time()
onnx.load(sys.argv[1])
"""
_CHECK = """
from ansible_collections.nxai.cloud.plugins.module_utils._onnx.check import check_model
check_model(sys.argv[2], 1 << 40)
begin = time.process_time()
report = check_model(sys.argv[1], 1 << 40)
assert report.errors == [], report.errors
"""


def convolutions(path: Path, mebibytes: int) -> None:
    """A chain of layers with so many weights, and outputs whose shape is left open."""
    weights, nodes, value = [], [], "image"
    layers = 60
    side = int((mebibytes * 2**20 / 4 / layers) ** 0.5)
    nodes.append(helper.make_node("GlobalAveragePool", [value], ["pooled"]))
    nodes.append(helper.make_node("Flatten", ["pooled"], ["flat"]))
    value, before = "flat", 3
    for layer in range(layers + 1):
        after = 2 if layer == layers else side
        weights.append(numpy_helper.from_array(numpy.zeros((before, after), "float32"), f"layer.{layer}.weight"))
        nodes.append(helper.make_node("MatMul", [value, f"layer.{layer}.weight"], [f"layer.{layer}.product"]))
        value = NAME if layer == layers else f"layer.{layer}.out"
        nodes.append(helper.make_node("Relu", [f"layer.{layer}.product"], [value], name=f"layer.{layer}.relu"))
        before = after
    _save(path, nodes, weights)


def chain(path: Path, count: int) -> None:
    """So many nodes, with names as exporters write them."""
    nodes = [
        helper.make_node("GlobalAveragePool", ["image"], ["pooled"]),
        helper.make_node("Flatten", ["pooled"], ["flat"]),
        helper.make_node("MatMul", ["flat", "weights"], ["/layer.0/out"]),
    ]
    for number in range(count - 4):
        names = [f"/layer.{number}/out"], [f"/layer.{number + 1}/out"]
        nodes.append(helper.make_node("Relu", *names, name=f"/layer.{number}/Relu"))
    nodes.append(helper.make_node("Relu", [f"/layer.{count - 4}/out"], [NAME]))
    _save(path, nodes, [numpy_helper.from_array(numpy.zeros((3, 2), "float32"), "weights")], [1, 2])


def perceptron(path: Path, kibibytes: int) -> None:
    """Four nodes with so many weights."""
    side = kibibytes * 256 // 5
    weights = [
        numpy_helper.from_array(numpy.zeros(shape, "float32"), name)
        for name, shape in (("in", (3, side)), ("out", (side, 2)))
    ]
    nodes = [
        helper.make_node("GlobalAveragePool", ["image"], ["pooled"]),
        helper.make_node("Flatten", ["pooled"], ["flat"]),
        helper.make_node("MatMul", ["flat", "in"], ["hidden"]),
        helper.make_node("MatMul", ["hidden", "out"], [NAME]),
    ]
    _save(path, nodes, weights)


def _save(path: Path, nodes: list[onnx.NodeProto], weights: list[onnx.TensorProto], shape: object = ("N", 2)) -> None:
    image = helper.make_tensor_value_info("image", FLOAT, [1, 3, 64, 64])
    scores = helper.make_tensor_value_info(NAME, FLOAT, shape)
    graph = helper.make_graph(nodes, "graph", [image], [scores], weights)
    made = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 16)], ir_version=8)
    path.write_bytes(made.SerializeToString())


FILES = (
    ("1 KiB", perceptron, 1),
    ("16 KiB", perceptron, 16),
    ("64 KiB", perceptron, 64),
    ("256 KiB", perceptron, 256),
    ("1 MiB, 4 nodes", perceptron, 1024),
    ("1 MiB", convolutions, 1),
    ("16 MiB", convolutions, 16),
    ("100 MiB", convolutions, 100),
    ("1 GiB", convolutions, 1024),
    ("5 nodes", chain, 5),
    ("10 nodes", chain, 10),
    ("100 nodes", chain, 100),
    ("300 nodes", chain, 300),
    ("1,000 nodes", chain, 1_000),
    ("3,000 nodes", chain, 3_000),
    ("10,000 nodes", chain, 10_000),
    ("100,000 nodes", chain, 100_000),
    ("1,000,000 nodes", chain, 1_000_000),
)


def side_by_side(*arguments: str) -> tuple[Cost, Cost]:
    """``onnx.load`` and the check, each by its fastest turn."""
    turns = [[cost_of(code, *arguments) for code in (_LOAD, _CHECK)] for _turn in range(TURNS)]
    assert all(each.said == "nothing" for turn in turns for each in turn), turns[0]
    load, check = (min(found, key=lambda each: each.seconds) for found in zip(*turns, strict=True))
    return load, check


def main() -> int:
    slow = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        small = folder / "small.onnx"
        small.write_bytes(demo_model().SerializeToString())
        print(f"{'file':<18}{'MiB':>9}{'onnx.load':>14}{'check':>14}{'times':>8}{'memory of each, MiB':>24}")
        for title, make, size in FILES:
            path = folder / "model.onnx"
            make(path, size)
            load, check = side_by_side(str(path), str(small))
            times = check.seconds / load.seconds
            memory = f"{load.mebibytes:.0f} and {check.mebibytes:.0f}"
            print(f"{title:<18}{os.path.getsize(path) / 2**20:>9.3f}{load.seconds * 1000:>11.2f} ms"
                  f"{check.seconds * 1000:>11.2f} ms{times:>8.1f}{memory:>24}", flush=True)  # fmt: skip
            if check.seconds > MOST_TIMES * load.seconds + ANY_FILE or check.mebibytes > MOST_MEMORY:
                slow.append(title)
    if slow:
        limits = f"{MOST_TIMES:g} times onnx.load and {ANY_FILE * 1000:g} ms, or {MOST_MEMORY} MiB"
        print(f"More than {limits}: {', '.join(slow)}", file=sys.stderr)
    return int(bool(slow))


if __name__ == "__main__":
    sys.exit(main())
