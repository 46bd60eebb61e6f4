# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whether an ONNX file is a model that Nx can run, as far as its graph tells.

The rules are those of the vendor's page "ONNX requirements" (contract B3). Two limits come from elsewhere: opset 16
and IR version 9 are what a client of the service was seen to insist on, so one more is a warning only.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

from .._api.records.file_mark import FileMark
from .._core.errors import BadInput, missing_library
from .graph import graph_only
from .header import inspect_file, other_format
from .tensors import Flaw, Tensor, check_inputs, check_outputs

SURE_OPSET, LAST_OPSET, SURE_IR = 16, 17, 9


@dataclass
class Report:
    """What was found in a model file. ``usable``: nothing was found that keeps Nx from running it."""

    file: FileMark
    opset: int | None
    ir_version: int
    inputs: list[Tensor]
    outputs: list[Tensor]
    findings: list[Flaw] = field(default_factory=list)

    @property
    def errors(self) -> list[Flaw]:
        return [each for each in self.findings if each.severity == "error"]

    def as_result(self) -> dict[str, Any]:
        image = next((each for each in self.inputs if each.role == "image"), None)
        return {
            "file": asdict(self.file),
            "opset": self.opset,
            "ir_version": self.ir_version,
            "inputs": [each.as_result() for each in self.inputs],
            "outputs": [each.as_result() for each in self.outputs],
            "image": image.as_image() if image else None,
            "classes": {str(key): name for each in self.outputs for key, name in each.classes.items()},
            "findings": [asdict(each) for each in self.findings],
            "usable": not self.errors,
        }


def check_model(path: str, max_size: int, mark: FileMark | None = None) -> Report:
    """The report on one file, ``max_size`` in bytes. ``mark``: what ``inspect_file`` has already found.

    Raises BadInput where there is nothing to report on: no model file at all, one that is not ONNX, or no library.
    """
    mark = mark or inspect_file(path)
    tried = f"check the model file {path}"
    kind = other_format(path)
    if kind is not None:
        raise BadInput(tried, f"it is a {kind} file", "Only ONNX files can be checked: set check_file to off for it.")
    try:
        import onnx
        from google.protobuf.message import DecodeError
    except ImportError:
        advice = "Install it for the Python that runs this task (pip install onnx), or do without the check."
        raise missing_library(tried, "onnx", advice) from None
    try:
        model = onnx.ModelProto.FromString(graph_only(path))
    except DecodeError:
        raise BadInput(tried, "its bytes are not those of an ONNX model", "Export the model again.") from None
    return _report(onnx, model, mark, max_size)


def _report(onnx: Any, model: Any, mark: FileMark, max_size: int) -> Report:
    weights = {each.name for each in model.graph.initializer}
    inputs = [_tensor(onnx, each) for each in model.graph.input if each.name not in weights]
    outputs = [_tensor(onnx, each) for each in model.graph.output]
    opset = next((each.version for each in model.opset_import if _domain(each) == ""), None)
    report = Report(mark, opset, model.ir_version, inputs, outputs)
    found = [
        *_size(mark, max_size),
        *_external(model),
        *check_inputs(inputs),
        *check_outputs(outputs),
        *_versions(opset, model.ir_version),
        *_operators(onnx, model),
    ]
    report.findings = sorted(found, key=lambda each: each.severity != "error")
    return report


def _tensor(onnx: Any, value: Any) -> Tensor:
    tensor = value.type.tensor_type
    shape = None
    if tensor.HasField("shape"):
        # Some exporters write -1 for what is not known.
        shape = [each.dim_value if each.dim_value > 0 else _text(each.dim_param) or None for each in tensor.shape.dim]
    names = {number: name.lower() for name, number in onnx.TensorProto.DataType.items()}
    kind = names.get(tensor.elem_type, "undefined")
    return Tensor(_text(value.name), shape, {"float": "float32", "double": "float64"}.get(kind, kind))


def _size(mark: FileMark, max_size: int) -> Iterator[Flaw]:
    if mark.size > max_size:
        yield Flaw(
            "size",
            "error",
            f"The file has {mark.size / 2**20:.0f} MiB, more than {max_size / 2**20:.0f} MiB.",
            "Store the weights as 16-bit floats, or use a smaller network. If your service takes more: raise max_size.",
        )


def _external(model: Any) -> Iterator[Flaw]:
    tensors = [*model.graph.initializer, *(each.values for each in model.graph.sparse_initializer)]
    for node in _nodes(model):
        for attribute in node.attribute:
            tensors += [attribute.t, *attribute.tensors]
    places = {
        _text(entry.value)
        for tensor in tensors
        if tensor.data_location == 1  # EXTERNAL
        for entry in tensor.external_data
        if entry.key == "location"
    }
    if places or any(tensor.data_location == 1 for tensor in tensors):
        listed = ", ".join(sorted(places)[:3]) or "not named"
        yield Flaw(
            "external_data",
            "error",
            f"It is a part of a model only: its weights are in other files ({listed}).",
            "Put all into one: onnx.save_model(onnx.load('model.onnx'), 'whole.onnx', save_as_external_data=False).",
        )


def _versions(opset: int | None, ir_version: int) -> Iterator[Flaw]:
    if opset is not None and opset > SURE_OPSET:
        severity: Literal["error", "warning"] = "error" if opset > LAST_OPSET else "warning"
        limit = f"is tested up to {LAST_OPSET}" if severity == "error" else f"is sure to work up to {SURE_OPSET}"
        advice = f"Export with opset_version={SURE_OPSET}, or use onnx.version_converter.convert_version."
        yield Flaw("opset", severity, f"It has opset {opset}; Nx {limit}.", advice)
    if ir_version > SURE_IR:
        answer = f"It has IR version {ir_version}; up to {SURE_IR} is sure to work."
        advice = f"Where no newer type is used: model.ir_version = {SURE_IR}, and save it again."
        yield Flaw("ir_version", "warning", answer, advice)


def _operators(onnx: Any, model: Any) -> Iterator[Flaw]:
    versions = {_domain(each): each.version for each in model.opset_import}
    own = {(_domain(each), _text(each.name)) for each in model.functions}
    unknown = set()
    for domain, operator in sorted({(_domain(node), _text(node.op_type)) for node in _nodes(model)} - own):
        if not _defined(onnx, operator, versions.get(domain, onnx.defs.onnx_opset_version()), domain):
            unknown.add(f"{domain or 'ai.onnx'}.{operator}"[:80])
    if unknown:
        yield Flaw(
            "operator",
            "error",
            f"These operators are not in the ONNX standard: {', '.join(sorted(unknown)[:10])}.",
            "Export without optimisations for one runtime, or with a newer onnx library where the operator is newer.",
        )


def _domain(owner: Any) -> str:
    """The standard operators' domain has two names."""
    domain = _text(owner.domain)
    return "" if domain == "ai.onnx" else domain


def _text(value: str | bytes) -> str:
    """Text of a message: bytes where it is not UTF-8."""
    return value if isinstance(value, str) else value.decode("utf-8", "replace")


def _defined(onnx: Any, operator: str, version: int, domain: str) -> bool:
    try:
        onnx.defs.get_schema(operator, version, domain)
    except onnx.defs.SchemaError:
        return False
    return True


def _nodes(model: Any) -> Iterator[Any]:
    """Every node, those in the graphs of attributes and in functions too."""
    waiting = [*model.graph.node, *(node for each in model.functions for node in each.node)]
    while waiting:
        node = waiting.pop()
        yield node
        for attribute in node.attribute:
            for graph in (attribute.g, *attribute.graphs):
                waiting += graph.node
