# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Shapes that the file does not say, worked out from the graph by the onnx library."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from .outline import Outline
from .wire import as_field, as_varint, text

_MOST_NODES = 100_000  # a second
_GRAPH, _OPSETS, _OUTPUT = 7, 8, 12


def inferred(onnx: Any, outline: Outline) -> dict[str, Any]:
    """The types of the outputs by their names, without what the file itself says of them. Empty where it cannot."""
    if outline.parts is None or outline.nodes > _MOST_NODES or outline.unmade or outline.late or not outline.opsets[0]:
        return {}
    try:
        outputs = onnx.shape_inference.infer_shapes(_model(onnx, outline)).graph.output
    except Exception:  # whatever the library raises: the shapes stay unknown
        return {}
    return {text(each.name): each.type for each in outputs if each.type.tensor_type.HasField("shape")}


def _model(onnx: Any, outline: Outline) -> bytes:
    opsets = (
        as_field(_OPSETS, as_field(1, domain.encode()) + b"\x10" + as_varint(version))
        for domain, version in outline.opsets[0].items()
        if version > 0
    )
    graph = b"".join([*(outline.parts or ()), *(_without_shape(onnx, each) for each in outline.outputs)])
    return b"\x08\x08" + as_field(_GRAPH, graph) + b"".join(opsets)


def _without_shape(onnx: Any, output: Any) -> bytes:
    """An exporter wrote it before dimensions were fixed."""
    bare = onnx.ValueInfoProto()
    bare.CopyFrom(output)
    forget_shape(bare)
    return as_field(_OUTPUT, bare.SerializeToString())


def forget_shape(value: Any) -> None:
    """``value``: a ValueInfoProto, changed in place."""
    if value.type.HasField("tensor_type"):
        value.type.tensor_type.ClearField("shape")


def dimensions(shape: Any) -> Sequence[int | str | None]:
    """Some exporters write -1 for an unknown size."""
    return [each.dim_value if each.dim_value > 0 else text(each.dim_param) or None for each in shape.dim]
