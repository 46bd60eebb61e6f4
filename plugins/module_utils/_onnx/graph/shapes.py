# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Shapes that the file does not say, worked out from the graph by the onnx library."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from .outline import Outline
from .wire import as_field, as_varint, text

_MOST_NODES = 20_000  # a fifth of a second
_FEW_NODES = 5_000  # where it is done whatever the file says: more than any detector has
_GRAPH, _OPSETS, _OUTPUT, _FUNCTIONS = 7, 8, 12, 25
_LONGEST = 300  # characters of what the library says


def inferred(onnx: Any, outline: Outline, is_wanted: bool) -> tuple[dict[str, Any], str]:
    """The types of the outputs by their names, without what the file itself says of them, and what does not fit.

    Nothing where that cannot be found, or takes long and is not wanted. Runtimes refuse what does not fit.
    """
    most = _MOST_NODES if is_wanted else _FEW_NODES
    if outline.parts is None or outline.nodes > most or outline.unmade or outline.late or not outline.opsets[0]:
        return {}, ""
    from google.protobuf.message import DecodeError

    model, flaw = _model(onnx, outline), ""
    try:
        found = onnx.shape_inference.infer_shapes(model, check_type=True, strict_mode=True)
    except DecodeError:  # graphs inside of graphs, deeper than the library reads
        return {}, ""
    except Exception as error:  # whatever the library raises
        flaw = "" if outline.is_guessed else _said(error)
        try:
            found = onnx.shape_inference.infer_shapes(model)
        except Exception:
            return {}, flaw
    types = {text(each.name): each.type for each in found.graph.output if each.type.tensor_type.HasField("shape")}
    return types, flaw


def _said(error: Exception) -> str:
    said = " ".join(str(error).split()).removeprefix("[ShapeInferenceError] ").removeprefix("Inference error(s): ")
    return said[:_LONGEST]


def _model(onnx: Any, outline: Outline) -> bytes:
    opsets = (
        as_field(_OPSETS, as_field(1, domain.encode()) + b"\x10" + as_varint(version))
        for domain, version in outline.opsets[0].items()
        if version > 0
    )
    graph = b"".join([*(outline.parts or ()), *(_without_shape(onnx, each) for each in outline.outputs)])
    functions = (as_field(_FUNCTIONS, each) for each in outline.function_parts)
    return b"\x08\x08" + as_field(_GRAPH, graph) + b"".join([*opsets, *functions])


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
