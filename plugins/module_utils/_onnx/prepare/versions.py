# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Opset and IR version down to what the runtime of Nx loads, as far as that changes nothing."""

from __future__ import annotations

from typing import Any

from ..._core.errors import BadInput
from .names import every_graph, every_node

MOST_OPSET, MOST_IR = 17, 9
_LEAST_IR, _USUAL_IR = 4, 8  # before 4 each weight had to be an input, too
_REDUCTIONS = {
    "ReduceMax", "ReduceMin", "ReduceMean", "ReduceProd", "ReduceL1", "ReduceL2", "ReduceLogSum", "ReduceLogSumExp",
    "ReduceSumSquare",
}  # fmt: skip
_DEFAULTS: dict[tuple[str, str], object] = {  # of attributes that came later: left at this, nothing is lost
    ("Cast", "saturate"): 1,
    ("QuantizeLinear", "saturate"): 1,
    ("QuantizeLinear", "block_size"): 0,
    ("QuantizeLinear", "output_dtype"): 0,
    ("QuantizeLinear", "precision"): 0,
    ("DequantizeLinear", "block_size"): 0,
    ("DequantizeLinear", "output_dtype"): 0,
    ("Resize", "antialias"): 0,
    ("Resize", "keep_aspect_ratio_policy"): b"stretch",
    ("AveragePool", "dilations"): [1, 1],
    ("Cast", "round_mode"): b"up",
    ("Reshape", "allowzero"): 0,
}
_GRID_MODES = {b"linear": b"bilinear", b"cubic": b"bicubic"}


def lower(onnx: Any, model: Any, least_opset: int, tried: str) -> list[str]:
    """Says what was changed. Raises BadInput where a node of a newer opset means something that an older one lacks."""
    said = []
    opset = _opset(model)
    if opset is None:
        raise BadInput(tried, "it does not say its opset", "Export the model again.")
    if opset > MOST_OPSET:
        for node in every_node(model):
            if node.domain in ("", "ai.onnx"):
                _older(onnx, model, node, opset, tried)
        _stamp(model, MOST_OPSET)
        said.append(f"opset {opset} to {MOST_OPSET}, node by node")
    elif opset < least_opset:
        _newer(onnx, model, least_opset, tried)
        said.append(f"opset {opset} to {least_opset}")
    if not _LEAST_IR <= model.ir_version <= MOST_IR:
        before, model.ir_version = model.ir_version, MOST_IR if model.ir_version > MOST_IR else _USUAL_IR
        said.append(f"IR version {before} to {model.ir_version}")
    return said


def _opset(model: Any) -> int | None:
    return next((each.version for each in model.opset_import if each.domain in ("", "ai.onnx")), None)


def _stamp(model: Any, opset: int) -> None:
    for owner in (model, *model.functions):
        for each in owner.opset_import:
            if each.domain in ("", "ai.onnx"):
                each.version = opset


def _older(onnx: Any, model: Any, node: Any, opset: int, tried: str) -> None:
    """One node, as the older opset writes it."""
    if node.op_type in _REDUCTIONS and len(node.input) == 2:
        _axes_as_attribute(onnx, model, node, tried)
    elif node.op_type == "Split":
        _sizes_of_split(onnx, model, node, tried)
    elif node.op_type == "GridSample":
        for each in node.attribute:
            each.s = _GRID_MODES.get(each.s, each.s) if each.name == "mode" else each.s
    try:
        now = onnx.defs.get_schema(node.op_type, opset)
        then = onnx.defs.get_schema(node.op_type, MOST_OPSET)
    except onnx.defs.SchemaError:
        raise _cannot(node, f"opset {MOST_OPSET} has no such operator", tried) from None
    if now.since_version == then.since_version:
        return
    for index in reversed(range(len(node.attribute))):
        each = node.attribute[index]
        if each.name in then.attributes:
            continue
        value = onnx.helper.get_attribute_value(each)
        if _DEFAULTS.get((node.op_type, each.name), node) != value:
            raise _cannot(node, f"its attribute {each.name} is newer", tried)
        del node.attribute[index]
    while node.input and not node.input[-1]:
        del node.input[-1]
    if len(node.input) > then.max_input:
        raise _cannot(node, f"it has {len(node.input)} inputs, and had at most {then.max_input}", tried)


def _axes_as_attribute(onnx: Any, model: Any, node: Any, tried: str) -> None:
    if node.input[1]:
        axes = _constant(onnx, model, node.input[1])
        if axes is None:
            raise _cannot(node, "its axes are computed", tried)
        keep = next((each.i for each in node.attribute if each.name == "noop_with_empty_axes"), 0)
        if not axes.size and keep:
            raise _cannot(node, "it does nothing", tried)
        if axes.size:
            node.attribute.append(onnx.helper.make_attribute("axes", [int(each) for each in axes.flatten()]))
    del node.input[1:]
    kept = [each for each in node.attribute if each.name != "noop_with_empty_axes"]
    del node.attribute[:]
    node.attribute.extend(kept)


def _sizes_of_split(onnx: Any, model: Any, node: Any, tried: str) -> None:
    """``num_outputs`` with a remainder is new: older ones split into equal parts only, and that is what stays."""
    wanted = next((each.i for each in node.attribute if each.name == "num_outputs"), None)
    if wanted is None:
        return
    axis = next((each.i for each in node.attribute if each.name == "axis"), 0)
    size = _size_of(onnx, model, node.input[0], axis)
    if size is None or size % wanted:
        raise _cannot(node, "its parts are not known to be equal", tried)
    kept = [each for each in node.attribute if each.name != "num_outputs"]
    del node.attribute[:]
    node.attribute.extend(kept)


def _size_of(onnx: Any, model: Any, name: str, axis: int) -> int | None:
    found = onnx.shape_inference.infer_shapes(model)
    for each in (*found.graph.value_info, *found.graph.input):
        if each.name == name:
            dims = each.type.tensor_type.shape.dim
            return dims[axis].dim_value or None if -len(dims) <= axis < len(dims) else None
    return None


def _constant(onnx: Any, model: Any, name: str) -> Any:
    for graph in every_graph(model.graph):
        for each in graph.initializer:
            if each.name == name:
                return onnx.numpy_helper.to_array(each)
        for node in graph.node:
            if node.op_type == "Constant" and name in node.output:
                value = onnx.helper.get_attribute_value(node.attribute[0])
                return onnx.numpy_helper.to_array(value) if isinstance(value, onnx.TensorProto) else None
    return None


def _newer(onnx: Any, model: Any, least: int, tried: str) -> None:
    """By the library's own converter, which goes up exactly; the proof shows it."""
    try:
        converted = onnx.version_converter.convert_version(model, least)
    except Exception as error:
        reason = " ".join(str(error).split())[:300]
        advice = f"Export it with an opset from {least} to {MOST_OPSET}."
        raise BadInput(tried, f"its opset cannot be raised to {least}: {reason}", advice) from None
    model.CopyFrom(converted)


def _cannot(node: Any, reason: str, tried: str) -> BadInput:
    answer = f"it cannot be brought to opset {MOST_OPSET}: {node.op_type} {node.name[:60]!r}, {reason}"
    return BadInput(tried, answer, f"Export it with opset {MOST_OPSET} or less (export(format='onnx', opset=16)).")
