# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""From a trained network to one that Nx runs: the steps, each with what it did, in words."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ..._core.errors import BadInput
from ..graph.remarks import class_names
from ..graph.shapes import dimensions, forget_shape
from . import boxes, heads, versions
from .build import Builder
from .image import NAME, SENSITIVITY, Image, find_image, name_image
from .names import free_name
from .source import Source, refuse_early

_ULTRALYTICS = "Ultralytics"
_NOT_IN_NAMES = {"Cc", "Zl", "Zp"}  # kinds of characters: line breaks and such
_MOST_NAME = 100  # characters of a class


@dataclass
class Prepared:
    """The model, and what the proof and the result have to know of it."""

    model: Any
    head: heads.Head
    image: Image
    means: list[float]
    scales: list[float]
    in_graph: bool
    names: list[str]
    steps: list[dict[str, str]]

    @property
    def settings(self) -> dict[str, Any]:
        """The fields of nxai_model that belong to it."""
        nothing = {"means": [0.0] * self.image.channels, "scales": [1.0] * self.image.channels}
        fields = nothing if self.in_graph else {"means": self.means, "scales": self.scales}
        size = {"channels": self.image.channels, "height": self.image.height, "width": self.image.width}
        return {**size, **fields, "layout": "nchw"}


def build(onnx: Any, source: Source, options: Mapping[str, Any], labels: Sequence[str] | None) -> Prepared:
    """Changes the model of ``source``. Raises BadInput where that cannot be done."""
    model, tried = source.model, source.tried
    steps: list[dict[str, str]] = []

    def did(step: str, said: str) -> None:
        if said:
            steps.append({"step": step, "said": said})

    did("weights", source.merge(onnx))
    refuse_early(model, tried)
    metadata = {each.key: each.value for each in model.metadata_props}
    names, origin = _names(options, labels, metadata)
    heads.refuse(model, _shapes(onnx, model))
    before = _described_input(model)
    image = find_image(onnx, model, options["width"], options["height"], _noted_size(metadata), tried)
    after = f"[1, {image.channels}, {image.height}, {image.width}]"
    did("image", f"{before} is fixed at {after}" if before != f"{image.original} {after}" else "")
    did("versions", ", ".join(versions.lower(onnx, model, _least_opset(model), tried)))
    shapes = _shapes(onnx, model)
    did("shapes", "shapes of all values worked out")
    head = heads.find_head(model, shapes, options["head"], len(names), image.size)
    means, scales = _normalisation(options, head, metadata, image.channels)
    names = _checked_names(names, head, tried)
    did("classes", f"{len(names)} {'class' if len(names) == 1 else 'classes'} from {origin}")
    made = Prepared(model, head, image, means, scales, options["normalisation"] == "graph", names, steps)
    did("head", _end(onnx, made, options))
    inside = (means, scales) if made.in_graph else ([0.0] * image.channels, [1.0] * image.channels)
    said = name_image(Builder(onnx, model), image, *inside)
    did("input", f"{image.original} is now {NAME}" + (f", {', '.join(said)}" if said else ""))
    _remark(model, made)
    did("normalisation", _words_of(made))
    _refresh(onnx, model, tried)
    return made


def _names(
    options: Mapping[str, Any], labels: Sequence[str] | None, metadata: Mapping[str, str]
) -> tuple[list[str], str]:
    """The names of the classes in order, and where they are from."""
    if options["classes"]:
        return list(options["classes"]), "the option classes"
    if labels is not None:
        return list(labels), "the file of labels"
    noted = class_names(metadata)
    if noted and sorted(noted) == list(range(len(noted))):
        return [noted[number] for number in range(len(noted))], "the metadata of the file"
    return [], ""


def _checked_names(names: Sequence[str], head: heads.Head, tried: str) -> list[str]:
    if not names:
        answer = "it does not name its classes, and neither does the task"
        count = f" ({head.classes} of them)" if head.classes else ""
        raise BadInput(tried, answer, f"Give classes{count}, or labels_file with one a line.")
    for each in names:
        is_plain = ";" not in each and _NOT_IN_NAMES.isdisjoint(map(unicodedata.category, each))
        if not each.strip() or not is_plain or len(each) > _MOST_NAME:
            answer = f"{each[:60]!r} cannot be the name of a class"
            raise BadInput(
                tried, answer, f"Give classes without ';' and control characters, up to {_MOST_NAME} characters."
            )
    return [each.strip() for each in names]


def _noted_size(metadata: Mapping[str, str]) -> list[int]:
    """Height and width, as Ultralytics notes them."""
    try:
        noted = json.loads(metadata.get("imgsz", "null"))
    except (ValueError, RecursionError):
        return []
    if isinstance(noted, int):
        noted = [noted, noted]
    is_pair = isinstance(noted, list) and len(noted) == 2 and all(isinstance(each, int) and each > 1 for each in noted)
    return noted if is_pair else []


def _shapes(onnx: Any, model: Any) -> dict[str, list[int | None] | None]:
    """Of the outputs, by the graph alone: what an exporter noted is of the time before dimensions were fixed."""
    del model.graph.value_info[:]
    bare = onnx.ModelProto()
    bare.CopyFrom(model)
    for each in bare.graph.output:
        forget_shape(each)
    try:
        found = onnx.shape_inference.infer_shapes(bare, data_prop=True)
    except Exception:  # whatever the library raises: the shapes stay unknown
        found = bare
    shapes: dict[str, list[int | None] | None] = {}
    for inferred, noted in zip(found.graph.output, model.graph.output, strict=True):
        known = [
            list(dimensions(each.type.tensor_type.shape)) if each.type.tensor_type.HasField("shape") else None
            for each in (inferred, noted)
        ]
        new, old = ([size if isinstance(size, int) else None for size in each] if each else None for each in known)
        if new is not None and old is not None and len(new) == len(old):
            new = [one or other for one, other in zip(new, old, strict=True)]
        shapes[inferred.name] = new if new is not None else old
    return shapes


def _described_input(model: Any) -> str:
    weights = {each.name for each in model.graph.initializer}
    for each in model.graph.input:
        if each.name not in weights:
            return f"{each.name} [{', '.join(str(size or '?') for size in dimensions(each.type.tensor_type.shape))}]"
    return ""


def _least_opset(model: Any) -> int:
    """Boxes need an opset that scores do not; which of the two comes out is seen by the rank, if at all."""
    output = model.graph.output[0].type.tensor_type
    return 7 if len(output.shape.dim) in (1, 2) else boxes.MIN_OPSET


def _normalisation(
    options: Mapping[str, Any], head: heads.Head, metadata: Mapping[str, str], channels: int
) -> tuple[list[float], list[float]]:
    """As the task says, else as the family is trained."""
    by_family = 255.0 if head.kind in (heads.ULTRALYTICS, heads.OBJECTNESS, heads.END_TO_END) else 1.0
    if _ULTRALYTICS in metadata.get("author", "") or _ULTRALYTICS in metadata.get("description", ""):
        by_family = 255.0
    found = []
    for name, usual in (("means", 0.0), ("scales", by_family)):
        values = [float(each) for each in options[name] or [usual]]
        values = values * channels if len(values) == 1 else values
        if len(values) != channels or (name == "scales" and not all(values)):
            answer = f"{name} {options[name]} does not fit {channels} channels"
            raise BadInput("read the options", answer, "Give one number, or one for each channel, no scale of 0.")
        found.append(values)
    return found[0], found[1]


def _end(onnx: Any, made: Prepared, options: Mapping[str, Any]) -> str:
    """The output that Nx reads, in place of the one that is there."""
    model, head = made.model, made.head
    listed = ";".join(f"{number}:{name}" for number, name in enumerate(made.names))
    del model.graph.output[:]
    value = onnx.helper.make_tensor_value_info
    if head.kind == heads.CLASSIFIER:
        name = f"scores-{listed}"
        raw = _freed(model, head.output, name)
        build = Builder(onnx, model)
        said = boxes.add_scores(build, head, _wide(build, raw), name)
        model.graph.output.append(value(name, onnx.TensorProto.FLOAT, [1, head.classes]))
        return f"{head.output} is now scores of {head.classes} classes, {said}"
    name = f"bboxes-format:xyxysc;{listed}"
    raw = _freed(model, head.output, name, SENSITIVITY)
    limits = options["iou_threshold"], options["max_boxes"]
    build = Builder(onnx, model)
    boxes.add_boxes(build, head, _wide(build, raw), made.image.size, SENSITIVITY, *limits, name)
    model.graph.output.append(value(name, onnx.TensorProto.FLOAT, ["boxes", 6]))
    model.graph.input.append(value(SENSITIVITY, onnx.TensorProto.FLOAT, [1]))
    chosen = "" if head.kind == heads.END_TO_END else f", by non-maximum suppression (overlap {limits[0]:g})"
    return f"{head.kind}: {head.output} is now boxes [n, 6] above {SENSITIVITY}, at most {limits[1]}{chosen}"


def _freed(model: Any, raw: str, *names: str) -> str:
    """What the raw output is called once nothing has these names: an exporter may have given it one of them."""
    for name in names:
        now = free_name(model, name)
        raw = now if raw == name else raw
    return raw


def _wide(build: Builder, raw: str) -> str:
    """The raw output as float32."""
    onnx = build.onnx
    whole = onnx.ModelProto()
    whole.CopyFrom(build.model)
    whole.graph.output.add(name=raw)
    found = onnx.shape_inference.infer_shapes(whole)
    if found.graph.output[0].type.tensor_type.elem_type in (onnx.TensorProto.FLOAT, 0):
        return raw
    return build.node("Cast", [raw], to=onnx.TensorProto.FLOAT)


def _remark(model: Any, made: Prepared) -> None:
    """Where the vendor's toolchain looks for it."""
    fields = made.settings
    model.graph.doc_string = json.dumps({"means": fields["means"], "vars": fields["scales"]})


def _words_of(made: Prepared) -> str:
    means, scales = (", ".join(f"{each:g}" for each in values) for values in (made.means, made.scales))
    place = "inside the graph" if made.in_graph else "as fields of the model"
    return f"means {means} and scales {scales} {place}; the file notes what is left to do"


def _refresh(onnx: Any, model: Any, tried: str) -> None:
    if not model.graph.name:
        model.graph.name = "prepared"
    try:
        found = onnx.shape_inference.infer_shapes(model)
        onnx.checker.check_model(found)
    except Exception as error:
        reason = " ".join(str(error).split())[:400]
        raise BadInput(tried, f"what was made of it is no valid model: {reason}", "Export it another way.") from None
    model.CopyFrom(found)
