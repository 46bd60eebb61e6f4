# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whether a model file is one that Nx can run, as far as the file tells.

The rules are those of the vendor's page "ONNX requirements" (contract B3), which is about opset 17 and ONNX 1.15, and
those of the runtime that it names, onnxruntime 1.17: what that refuses to load, no camera runs.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from typing import Any

from .._api.records.file_mark import FileMark
from .._core.errors import BadInput, missing_library
from .._core.files import open_regular
from .archive import check_archive
from .formats import TFLITE
from .graph.operators import check_operators, check_opsets
from .graph.outline import Outline, Reader
from .graph.outputs import check_outputs, give_roles, is_settled
from .graph.remarks import check_chip, check_class_names, check_normalisation, class_names, normalisation
from .graph.scope import TooMuch
from .graph.shapes import dimensions, inferred
from .graph.tensors import Flaw, Tensor, check_inputs
from .graph.wire import FileMessage, NotProtobuf, text
from .header import graph_places, inspect_file, other_format
from .lite import check_tflite
from .report import Report, check_size
from .runtime import require
from .trial import try_out

FIRST_OPSET, LAST_OPSET, LAST_IR = 7, 17, 9
_LISTED = 5
_STANDARD = ("", "ai.onnx.ml")
_NOT_INFERRED = {  # findings that shapes are lost by
    "operator", "attribute", "opset_missing", "external_data", "weights_size", "weights", "unmade", "unmade_output",
    "order", "made_twice", "runtime_load",
}  # fmt: skip


def check_model(
    path: str,
    max_size: int,
    mark: FileMark | None = None,
    declared: Mapping[str, Any] | None = None,
    runtime: bool = False,
) -> Report:
    """The report on one file, ``max_size`` in bytes. ``mark``: what ``inspect_file`` has already found.

    ``declared``: the options ``means`` and ``scales`` of the task. ``runtime``: load it in onnxruntime as well.

    Raises BadInput where there is nothing to report on: no model file at all, or no library.
    """
    mark = mark or inspect_file(path)
    kind = other_format(path)
    if kind is not None:
        return check_tflite(path, max_size, mark) if kind == TFLITE else check_archive(path, max_size, mark)
    tried = f"check the model file {path}"
    if runtime:
        require(tried)
    onnx = onnx_library(tried)
    outline = read_outline(onnx, path, tried)
    return _report(onnx, outline, mark, max_size, declared or {}, path if runtime else "")


def onnx_library(tried: str) -> Any:
    try:
        import onnx
        import onnx.checker
        import onnx.external_data_helper
        import onnx.helper
        import onnx.numpy_helper
        import onnx.shape_inference
        import onnx.version_converter
    except ImportError:
        advice = "Install it for the Python that runs this task (pip install onnx), or do without the check."
        raise missing_library(tried, "onnx", advice) from None
    return onnx


def read_outline(onnx: Any, path: str, tried: str) -> Outline:
    """All of the file but its weights. Raises BadInput for what is damaged, and for what is past all reason."""
    from google.protobuf.message import DecodeError

    try:
        with open_regular(path) as file:
            places = graph_places(file, os.fstat(file.fileno()).st_size)
            return Reader(onnx, FileMessage(file)).read(places)
    except (NotProtobuf, DecodeError, UnicodeDecodeError):
        answer = (
            "its bytes are not those of an ONNX model, or its graphs are nested too deeply (more than 30 in each other)"
        )
        raise BadInput(tried, answer, "Export the model again.") from None
    except TooMuch as error:
        advice = "Simplify the model, or set check_file to off if you trust the file."
        raise BadInput(tried, f"it has {error}", advice) from None
    except OSError as error:
        raise BadInput(tried, error.strerror or "it cannot be read", "Check its permissions.") from error


def _report(
    onnx: Any, outline: Outline, mark: FileMark, max_size: int, declared: Mapping[str, Any], trial: str
) -> Report:  # fmt: skip
    inputs = [tensor_of(onnx, each) for each in outline.inputs]
    outputs = [tensor_of(onnx, each) for each in outline.outputs]
    give_roles(outputs)
    report = Report(mark, "ONNX", outline.opsets[0].get(""), outline.ir_version, inputs, outputs)
    found = [*check_size(mark, max_size), *_whole(outline), *check_inputs(inputs), *_versions(outline)]
    found += _operators(onnx, outline)
    if trial:
        report.runtime, said = try_out(trial, inputs, outputs)
        found += said
    found += _infer(onnx, outline, outputs, not _NOT_INFERRED.isdisjoint(each.code for each in found))
    found += check_outputs(outputs)
    report.normalisation = normalisation(outline.doc)
    report.names = class_names(outline.metadata)
    classes = {key: name for each in outputs for key, name in each.classes.items()}
    found += check_normalisation(report.normalisation, declared)
    found += check_class_names(report.names, classes)
    found += check_chip(outline.metadata.get("chip"))
    report.findings = sorted(found, key=lambda each: each.severity != "error")
    return report


def tensor_of(onnx: Any, value: Any) -> Tensor:
    kind = value.type.WhichOneof("value")
    if kind not in (None, "tensor_type"):
        return Tensor(text(value.name), None, kind.removesuffix("_type").replace("_", " "))
    tensor = value.type.tensor_type
    shape = list(dimensions(tensor.shape)) if tensor.HasField("shape") else None
    return Tensor(text(value.name), shape, name_of_type(onnx, tensor.elem_type))


def name_of_type(onnx: Any, number: int) -> str:
    try:
        kind = str(onnx.TensorProto.DataType.Name(number)).lower()
    except ValueError:
        kind = "undefined"
    return {"float": "float32", "double": "float64"}.get(kind, kind)


def _infer(onnx: Any, outline: Outline, outputs: list[Tensor], is_known: bool) -> Iterator[Flaw]:
    """Gives each output the shape that the graph gives it, whatever the file says of it.

    ``is_known``: it is said already why no runtime loads it.
    """
    found, flaw = inferred(onnx, outline, not all(map(is_settled, outputs)))
    for each in outputs:
        kind = found.get(each.name)
        is_sure = not flaw and not is_known  # else shapes are of a graph that nothing runs
        if kind is not None and (is_sure or not is_settled(each)):
            shape = list(dimensions(kind.tensor_type.shape))
            same = each.shape is not None and len(each.shape) == len(shape)
            before = each.shape if same and each.shape else [None] * len(shape)
            each.shape = [new if isinstance(new, int) else old for new, old in zip(shape, before, strict=True)]
    if flaw and not is_known:
        answer = f"Types or shapes do not fit each other: {flaw}. No runtime loads that."
        yield Flaw("types", "error", answer, "It was edited, or its opset was changed. Export the model again.")


def _whole(outline: Outline) -> Iterator[Flaw]:
    """Is each part of it there, and made before it is used."""
    export = "Export the model again."
    if outline.is_external:
        listed = ", ".join(sorted(outline.places)[:3]) or "not named"
        yield Flaw(
            "external_data",
            "error",
            f"It is a part of a model only: its weights are in other files ({listed}).",
            "Put all into one: nxai_model_prepare does this, or onnx.save_model with save_as_external_data=False.",
        )
    if outline.short:
        answer = f"Weights do not fit their shapes: {'; '.join(outline.short)}. No runtime loads that."
        yield Flaw("weights_size", "error", answer, f"It was cut short or edited. {export}")
    if outline.odd:
        answer = f"Weights are not what ONNX has: {'; '.join(outline.odd)}. Runtimes refuse that, or crash."
        yield Flaw("weights", "error", answer, export)
    if outline.unmade:
        answer = f"Nodes use what nothing in the graph makes: {_quoted(outline.unmade)}. No runtime loads that."
        yield Flaw("unmade", "error", answer, f"A node was removed or renamed. {export}")
    if outline.late:
        answer = (
            f"Nodes use what a later node makes: {_quoted(outline.late)}. That is no valid ONNX; few runtimes load it."
        )
        yield Flaw("order", "error", answer, "Put the nodes into order, each behind those that it needs.")
    if outline.twice:
        answer = f"Several values have the same name: {_quoted(outline.twice)}. No runtime loads that."
        yield Flaw("made_twice", "error", answer, f"Graphs were merged without new names. {export}")
    if outline.namesakes:
        answer = f"Several nodes have the same name: {_quoted(outline.namesakes)}. No runtime loads that."
        yield Flaw("same_name", "error", answer, "Give each node a name of its own, or none.")
    if outline.unmade_outputs:
        answer = f"No node makes the output {_quoted(outline.unmade_outputs)}. No runtime loads that."
        yield Flaw("unmade_output", "error", answer, f"It was renamed at one end only. {export}")


def _versions(outline: Outline) -> Iterator[Flaw]:
    yield from check_opsets(outline.opsets[0])
    opset = max((each[""] for each in outline.opsets.values() if "" in each), default=None)
    if opset is not None and opset > LAST_OPSET:
        answer = f"It has opset {opset}; Nx is tested up to {LAST_OPSET}."
        advice = "Export with opset_version=16. nxai_model_prepare converts what can be converted exactly."
        yield Flaw("opset", "error", answer, advice)
    elif opset is not None and opset < FIRST_OPSET:
        answer = f"It has opset {opset}; runtimes have most operators from opset {FIRST_OPSET} on."
        yield Flaw("opset", "warning", answer, "Look with runtime: true whether it loads, or export it with opset 16.")
    if outline.ir_version is None or outline.ir_version < 1:
        yield Flaw("ir_version", "error", "It does not say its IR version, which ONNX asks for.", "Export it again.")
    elif outline.ir_version > LAST_IR:
        answer = (
            f"It has IR version {outline.ir_version}; the runtime of Nx (onnxruntime 1.17) refuses all above {LAST_IR}."
        )
        advice = f"nxai_model_prepare does this, or: model.ir_version = {LAST_IR}, where no newer type is used."
        yield Flaw("ir_version", "error", answer, advice)


def _operators(onnx: Any, outline: Outline) -> Iterator[Flaw]:
    is_old = outline.ir_version == 1
    foreign: set[str] = set()
    if outline.metadata.get("chip"):
        foreign = {each.domain for each in outline.signatures if each.domain not in _STANDARD}
    yield from check_operators(onnx, iter(outline.signatures), outline.opsets, outline.functions, foreign, is_old)


def _quoted(names: list[str]) -> str:
    listed = ", ".join(repr(text(each)[:60]) for each in names[:_LISTED])
    return f"{listed} and others" if len(names) > _LISTED else listed
