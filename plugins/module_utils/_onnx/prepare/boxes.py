# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The end of a prepared network: from what the head gives to what Nx reads."""

from __future__ import annotations

from typing import Any

from .build import Builder
from .heads import END_TO_END, OBJECTNESS, STRIDES, ULTRALYTICS, YOLOX, Head

MIN_OPSET = 11  # NonMaxSuppression, TopK and Slice as they are used here


def add_boxes(
    build: Builder, head: Head, raw: str, image: tuple[int, int], sensitivity: str, iou: float, most: int, name: str
) -> None:
    """Boxes [n, 6] in pixels of the image, best first, at most ``most``, with a score above ``sensitivity``."""
    if head.kind == END_TO_END:
        rows = build.reshape(raw, [-1, 6])
        score = build.reshape(build.slice(rows, 4, 5, 1), [-1])
        above = build.node("NonZero", [build.node("Greater", [score, sensitivity])])
        chosen = build.reshape(above, [-1])
        kept = build.node("Gather", [rows, chosen], axis=0)
        _best(build, kept, build.node("Gather", [score, chosen], axis=0), most, name)
        return
    corners, scores = _candidates(build, head, raw, image)
    classes = build.node("ArgMax", [scores], axis=2, keepdims=0)
    best = build.node("ReduceMax", [scores], axes=[2], keepdims=0)
    limits = [build.constant([most], "int64"), build.constant([iou]), sensitivity]
    selected = build.node("NonMaxSuppression", [corners, _of_best(build, scores, classes, head.classes), *limits])
    chosen = build.reshape(build.slice(selected, 2, 3, 1), [-1])
    score = build.node("Gather", [build.reshape(best, [-1]), chosen], axis=0)
    number = build.node("Gather", [build.reshape(classes, [-1]), chosen], axis=0)
    columns = [
        build.node("Gather", [build.reshape(corners, [-1, 4]), chosen], axis=0),
        build.reshape(score, [-1, 1]),
        build.reshape(build.node("Cast", [number], to=build.onnx.TensorProto.FLOAT), [-1, 1]),
    ]
    _best(build, build.node("Concat", columns, axis=1), score, most, name)


def add_scores(build: Builder, head: Head, raw: str, name: str) -> str:
    """Probabilities [1, classes]. Returns what was done to the scores, in words."""
    flat = build.reshape(raw, [1, head.classes])
    if head.last in ("Softmax", "Sigmoid"):
        build.node("Identity", [flat], name)
        return f"the scores are probabilities already ({head.last})"
    if head.last == "LogSoftmax":
        build.node("Exp", [flat], name)
        return "the exponential of the scores, which are logarithms"
    build.node("Softmax", [flat], name, axis=1)
    return "softmax over the scores, which are logits"


def _candidates(build: Builder, head: Head, raw: str, image: tuple[int, int]) -> tuple[str, str]:
    """Corners [1, n, 4] and scores [1, n, classes]."""
    rows = raw
    if head.kind == ULTRALYTICS and not head.turned:
        rows = build.node("Transpose", [raw], perm=[0, 2, 1])
    centre, size = build.slice(rows, 0, 2, 2), build.slice(rows, 2, 4, 2)
    if head.kind == YOLOX:
        centre, size = _on_the_grid(build, centre, size, image)
    half = build.node("Mul", [size, build.constant([0.5])])
    edges = [build.node("Sub", [centre, half]), build.node("Add", [centre, half])]
    corners = build.node("Concat", edges, axis=2)
    first = 4 if head.kind == ULTRALYTICS else 5
    scores = build.slice(rows, first, first + head.classes, 2)
    if head.kind in (OBJECTNESS, YOLOX):
        scores = build.node("Mul", [scores, build.slice(rows, 4, 5, 2)])
    return corners, scores


def _on_the_grid(build: Builder, centre: str, size: str, image: tuple[int, int]) -> tuple[str, str]:
    """YOLOX gives places in cells, and logarithms of sizes in cells."""
    places, strides = grid(build.numpy, image)
    scale = build.constant(strides)
    moved = build.node("Add", [centre, build.constant(places)])
    return build.node("Mul", [moved, scale]), build.node("Mul", [build.node("Exp", [size]), scale])


def grid(numpy: Any, image: tuple[int, int]) -> tuple[Any, Any]:
    """Column and row of each cell [1, n, 2], and how many pixels it has [1, n, 1]."""
    places, strides = [], []
    for stride in STRIDES:
        rows, columns = image[0] // stride, image[1] // stride
        down, across = numpy.meshgrid(numpy.arange(rows), numpy.arange(columns), indexing="ij")
        places.append(numpy.stack([across, down], axis=2).reshape(1, -1, 2))
        strides.append(numpy.full((1, rows * columns, 1), stride))
    return numpy.concatenate(places, axis=1), numpy.concatenate(strides, axis=1)


def _of_best(build: Builder, scores: str, classes: str, count: int) -> str:
    """Scores [1, classes, n], 0 but for the best class of each candidate: each is judged once, among its own class."""
    turned = build.node("Transpose", [scores], perm=[0, 2, 1])
    if count == 1:
        return turned
    number = build.constant([[[each] for each in range(count)]], "int64")
    is_best = build.node("Equal", [build.reshape(classes, [1, 1, -1]), number])
    return build.node("Where", [is_best, turned, build.constant([0.0])])


def _best(build: Builder, rows: str, score: str, most: int, name: str) -> None:
    count, limit = build.node("Shape", [score]), build.constant([most], "int64")
    number = build.node("Where", [build.node("Less", [count, limit]), count, limit])
    _scores, order = build.nodes("TopK", [score, number], 2, axis=0)
    build.node("Gather", [rows, order], name, axis=0)
