# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Networks as exporters write them, with weights made by chance: small, but each with the head of its family."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy
import onnx
from onnx import TensorProto, helper, numpy_helper

SIDE = 64
FLOAT = TensorProto.FLOAT


class Network:
    """A few convolutions over an image, and what is added to them."""

    def __init__(self, seed: int = 1, kind: Any = "float32", size: Sequence[Any] = (1, 3, SIDE, SIDE)) -> None:
        self.chance, self.kind, self.size = numpy.random.default_rng(seed), kind, list(size)
        self.nodes: list[onnx.NodeProto] = []
        self.weights: list[onnx.TensorProto] = []

    def constant(self, values: Any, kind: Any = None) -> str:
        name = f"weights.{len(self.weights)}"
        self.weights.append(numpy_helper.from_array(numpy.asarray(values, dtype=kind or self.kind), name))
        return name

    def node(self, operator: str, *inputs: str, output: str = "", **attributes: Any) -> str:
        made = output or f"/{operator}.{len(self.nodes)}"
        self.nodes.append(helper.make_node(operator, list(inputs), [made], name=f"{made}/node", **attributes))
        return made

    def conv(self, value: str, before: int, after: int, stride: int, size: int = 3) -> str:
        shape = (after, before, size, size)
        weights = self.constant(self.chance.normal(0, 1.6 / numpy.sqrt(before * size * size), shape))
        bias = self.constant(self.chance.normal(0, 0.2, after))
        form: dict[str, Any] = {"strides": [stride] * 2, "pads": [size // 2] * 4, "kernel_shape": [size] * 2}
        return self.node("Conv", value, weights, bias, **form)

    def features(self, stride: int, image: str = "images") -> str:
        """Eight maps, each so many times smaller than the image."""
        value, channels, left = image, self.size[1] if isinstance(self.size[1], int) else 3, stride
        while left > 1:
            value, channels, left = self.node("Relu", self.conv(value, channels, 8, 2)), 8, left // 2
        return value

    def model(
        self, outputs: Sequence[tuple[str, Any, Any]], opset: int = 12, ir_version: int = 7, image: str = "images",
        metadata: dict[str, str] | None = None,
    ) -> onnx.ModelProto:  # fmt: skip
        types = {"float32": FLOAT, "float16": TensorProto.FLOAT16, "uint8": TensorProto.UINT8}
        infos = [helper.make_tensor_value_info(*each) for each in outputs]
        value = helper.make_tensor_value_info(image, types[self.kind], self.size)
        graph = helper.make_graph(self.nodes, "torch", [value], infos, self.weights)
        made = helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)], ir_version=ir_version)
        for key, text in (metadata or {}).items():
            made.metadata_props.add(key=key, value=text)
        return made


def ultralytics(
    classes: int = 2, names: str | None = "{0: 'person', 1: 'bicycle'}", task: str = "detect", kind: str = "float32",
    dynamic: bool = False, opset: int = 12, ir_version: int = 10, **more: str,
) -> onnx.ModelProto:  # fmt: skip
    """[1, 4 + classes, n]: centre and size in pixels, then a score for each class."""
    net = Network(classes, kind, ["batch", 3, "height", "width"] if dynamic else (1, 3, SIDE, SIDE))
    raw = net.conv(net.features(8), 8, 4 + classes, 1, 1)
    flat = net.node("Reshape", raw, net.constant([1, 4 + classes, -1], "int64"))
    cells = SIDE // 8
    centre = net.node("Add", _part(net, flat, 0, 2), net.constant(_centres(cells)))
    size = net.node("Mul", net.node("Sigmoid", _part(net, flat, 2, 4)), net.constant([40.0]))
    scores = net.node("Sigmoid", _part(net, flat, 4, 4 + classes))
    net.node("Concat", centre, size, scores, output="output0", axis=1)
    metadata = {"author": "Ultralytics", "task": task, "imgsz": f"[{SIDE}, {SIDE}]", **more}
    metadata.update({"names": names} if names else {})
    shape = ["batch", 4 + classes, "anchors"] if dynamic else [1, 4 + classes, cells * cells]
    element = TensorProto.FLOAT16 if kind == "float16" else FLOAT
    return net.model([("output0", element, shape)], opset, ir_version, metadata=metadata)


def objectness(classes: int = 3) -> onnx.ModelProto:
    """[1, n, 5 + classes]: centre and size in pixels, whether there is anything, and which class."""
    net = Network(5)
    raw = net.conv(net.features(8), 8, 5 + classes, 1, 1)
    flat = net.node("Reshape", raw, net.constant([1, 5 + classes, -1], "int64"))
    centre = net.node("Add", _part(net, flat, 0, 2), net.constant(_centres(SIDE // 8)))
    size = net.node("Mul", net.node("Sigmoid", _part(net, flat, 2, 4)), net.constant([40.0]))
    rest = net.node("Sigmoid", _part(net, flat, 4, 5 + classes))
    net.node("Transpose", net.node("Concat", centre, size, rest, axis=1), output="output", perm=[0, 2, 1])
    return net.model([("output", FLOAT, [1, (SIDE // 8) ** 2, 5 + classes])], 11, 6)


def yolox(classes: int = 2) -> onnx.ModelProto:
    """As ``objectness``, in cells of three grids and with sizes as logarithms."""
    net = Network(6)
    rows = []
    small = net.node("Mul", "images", net.constant([0.002]))
    for stride in (8, 16, 32):
        maps = net.features(stride, small)
        box = net.conv(maps, 8, 4, 1, 1)
        rest = net.node("Sigmoid", net.conv(maps, 8, 1 + classes, 1, 1))
        both = net.node("Concat", box, rest, axis=1)
        rows.append(net.node("Reshape", both, net.constant([1, 5 + classes, -1], "int64")))
    net.node("Transpose", net.node("Concat", *rows, axis=2), output="output", perm=[0, 2, 1])
    return net.model([("output", FLOAT, [1, 64 + 16 + 4, 5 + classes])], 11, 6)


def end_to_end(count: int = 30) -> onnx.ModelProto:
    """[1, n, 6]: corners, score and class of boxes that are chosen already, best first."""
    net = Network(8)
    pooled = net.node("GlobalAveragePool", net.features(8))
    flat = net.node("Reshape", pooled, net.constant([1, 8], "int64"))
    raw = net.node("MatMul", flat, net.constant(net.chance.normal(0, 1, (8, count * 5))))
    rows = net.node("Sigmoid", net.node("Reshape", raw, net.constant([1, count, 5], "int64")))
    first = net.node("Mul", _part(net, rows, 0, 2, 2), net.constant([30.0]))
    second = net.node("Add", first, net.node("Mul", _part(net, rows, 2, 4, 2), net.constant([30.0])))
    score = _part(net, rows, 4, 5, 2)
    number = net.node("Round", net.node("Mul", score, net.constant([2.0])))
    net.node("Concat", first, second, score, number, output="output0", axis=2)
    names = {"names": "{0: 'a', 1: 'b', 2: 'c'}", "task": "detect"}
    return net.model([("output0", FLOAT, [1, count, 6])], 13, 8, metadata=names)


def classifier(last: str = "", shape: Sequence[Any] = (1, 4), opset: int = 12) -> onnx.ModelProto:
    """Logits, or what ``last`` makes of them."""
    net = Network(9)
    pooled = net.node("GlobalAveragePool", net.features(8))
    flat = net.node("Reshape", pooled, net.constant([1, 8], "int64"))
    scores = net.node("MatMul", flat, net.constant(net.chance.normal(0, 1, (8, 4))))
    form: dict[str, Any] = {} if last == "Sigmoid" else {"axis": 1}
    scores = net.node(last, scores, **form) if last else scores
    net.node("Reshape", scores, net.constant([1, 4], "int64"), output="logits")
    return net.model([("logits", FLOAT, shape)], opset, 7)


def _part(net: Network, value: str, begin: int, end: int, axis: int = 1) -> str:
    return net.node("Slice", value, *(net.constant([each], "int64") for each in (begin, end, axis)))


def _centres(cells: int) -> Any:
    places: Any = numpy.meshgrid(numpy.arange(cells), numpy.arange(cells))
    return (numpy.stack(places).reshape(1, 2, -1) + 0.5) * 8
