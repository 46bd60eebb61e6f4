# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The rules for a model's inputs and outputs: by their names Nx knows what to feed and how to read (contract B3)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

_CLASS = re.compile(r"\s*(\d{1,9})\s*:\s*(.*)", re.DOTALL)
_KINDS = {"bboxes-format:": "boxes", "scores-": "scores", "alarm-": "alarm"}
_LONGEST = 60  # characters of one name in a message


@dataclass(frozen=True)
class Flaw:
    """One thing that is not as Nx wants it. ``advice`` says what to do about it."""

    code: str
    severity: Literal["error", "warning"]
    message: str
    advice: str


@dataclass
class Tensor:
    """An input or output. A dimension is a number, the name of one that is not fixed, or None; ``shape`` None: unknown.

    ``role``: image, nms_sensitivity, mask, boxes, scores, alarm, or None where Nx does not know what it is.
    """

    name: str
    shape: list[int | str | None] | None
    type: str
    role: str | None = None
    classes: dict[int, str] = field(default_factory=dict)

    def __str__(self) -> str:
        short = self.name if len(self.name) <= _LONGEST else self.name[:_LONGEST] + "..."
        return f"{short} {self.text_of_shape} {self.type}"

    @property
    def text_of_shape(self) -> str:
        """Dimensions that are not fixed as question marks: exporters write whole formulas there."""
        if self.shape is None:
            return "[unknown]"
        return f"[{', '.join(str(each) if isinstance(each, int) else '?' for each in self.shape)}]"

    def as_result(self) -> dict[str, Any]:
        return {"name": self.name, "shape": self.shape, "type": self.type, "role": self.role}

    @property
    def layout(self) -> str | None:
        """By where the channels are: one or three of them."""
        if self.shape is None or len(self.shape) != 4:
            return None
        return "nchw" if self.shape[1] in (1, 3) else "nhwc" if self.shape[3] in (1, 3) else None

    def as_image(self) -> dict[str, Any]:
        shape = [each if isinstance(each, int) else None for each in self.shape or []]
        if self.layout is None:
            return dict.fromkeys(("layout", "channels", "height", "width"))
        channels, height, width = (shape[1:4]) if self.layout == "nchw" else (shape[3], shape[1], shape[2])
        return {"layout": self.layout, "channels": channels, "height": height, "width": width}


def check_inputs(inputs: Sequence[Tensor]) -> Iterator[Flaw]:
    """Gives each input its role on the way."""
    for each in inputs:
        bare = each.name.removesuffix("-")  # Nx's own models have names with and without it
        each.role = bare if bare in ("image", "nms_sensitivity", "mask") else None
    image = next((each for each in inputs if each.role == "image"), None)
    if image is None:
        candidates = [each for each in inputs if each.role is None and each.shape is not None and len(each.shape) == 4]
        if len(candidates) != 1:
            yield _no_image(inputs, len(candidates))
            return
        image = candidates[0]
        image.role = "image"
        answer = f'The input {image} looks like the image, but its name is not "image".'
        advice = "Export it with that name (torch.onnx.export: input_names=['image']), or use sclblonnx.rename_input."
        yield Flaw("image_name", "error", answer, advice)
    yield from _image(image)
    for each in inputs:
        if each.role is None:
            answer = f"Nx would not know what to give to the input {each}."
            advice = "Make it a constant of the graph. Nx feeds image, nms_sensitivity and mask only."
            yield Flaw("unknown_input", "error", answer, advice)
    yield from _optional_inputs(inputs, image)


def _no_image(inputs: Sequence[Tensor], candidates: int) -> Flaw:
    listed = "; ".join(map(str, inputs)) or "none"
    if candidates:
        answer = f"{candidates} inputs have four dimensions, and none is named image: {listed}."
        return Flaw("many_images", "error", answer, "Only one image is given to a model. Name that input image.")
    answer = f"No input is an image of four dimensions. Inputs: {listed}."
    return Flaw("no_image", "error", answer, "Nx runs vision models only: [1, channels, height, width] or NHWC.")


def _image(image: Tensor) -> Iterator[Flaw]:
    if image.type != "float32":
        advice = "Begin the graph with a Cast to what it needs, and make the input float32."
        yield Flaw("image_type", "error", f"The image {image} has to be float32.", advice)
    if image.shape is None or len(image.shape) != 4:
        advice = "Begin the graph with a Reshape from [1, channels, height, width]."
        yield Flaw("image_rank", "error", f"The image {image} has to have four dimensions.", advice)
        return
    if image.layout is None:
        answer = f"The image {image} has neither 1 nor 3 channels, as the second dimension (NCHW) or the last (NHWC)."
        advice = "Nx gives grey or RGB images. Export the model for one of these."
        yield Flaw("image_channels", "error", answer, advice)
    if any(not isinstance(each, int) for each in image.shape):
        answer = f"The shape of the image {image} is not fixed."
        advice = (
            "Export it for one image of one size, without dynamic axes, or fix the input's dimensions in the file: "
            "model.graph.input[0].type.tensor_type.shape.dim[0].dim_value = 1, and so on."
        )
        yield Flaw("image_dynamic", "error", answer, advice)
    elif image.shape[0] != 1:
        answer = f"The image {image} is a batch of {image.shape[0]}; Nx gives one image at a time."
        yield Flaw("image_batch", "error", answer, "Export it with a batch of 1.")


def _optional_inputs(inputs: Sequence[Tensor], image: Tensor) -> Iterator[Flaw]:
    size = image.as_image()
    wanted = {"nms_sensitivity": ([1], "float32"), "mask": ([size["height"], size["width"]], "bool")}
    for each in inputs:
        if each.role not in wanted:
            continue
        shape, kind = wanted[each.role]
        if each.type != kind or (None not in shape and each.shape != shape):
            answer = f"The input {each} has to be {shape} {kind}."
            yield Flaw(each.role, "error", answer, "Export it so, or leave it out: it is optional.")


def check_outputs(outputs: Sequence[Tensor]) -> Iterator[Flaw]:
    """Gives each output its role and its classes on the way."""
    for each in outputs:
        prefix = next((prefix for prefix in _KINDS if each.name.startswith(prefix)), None)
        if prefix is not None:
            each.role = _KINDS[prefix]
            yield from _classes(each, each.name[len(prefix) :])
            yield from _output_shape(each)
    unread = [each for each in outputs if each.role is None]
    if len(unread) < len(outputs):
        for each in unread:
            yield Flaw("extra_output", "warning", f"Nx does not read the output {each}.", "Leave it out if you can.")
    elif outputs:
        yield _unnamed(outputs)
    else:
        yield Flaw("no_output", "error", "The graph has no output.", "Export the model again.")


def _classes(output: Tensor, text: str) -> Iterator[Flaw]:
    """Reads ``0:Cat;1:Dog``, for boxes after the format and a semicolon."""
    if output.role == "boxes":
        order, _semicolon, text = text.partition(";")
        if order != "xyxysc":
            answer = f"The boxes of {output.name!r} are in the format {order!r}."
            yield Flaw("box_format", "error", answer, "Nx reads xyxysc: two corners, the score, the class.")
    pairs = [_CLASS.fullmatch(each) for each in text.split(";") if each.strip()]
    for pair in pairs:
        if pair:
            output.classes[int(pair[1])] = pair[2].strip()
    if not pairs or not all(pairs) or len(output.classes) != len(pairs):
        answer = f"The name of the output {output.name[:200]!r} does not list its classes, each number once."
        example = {"boxes": "bboxes-format:xyxysc;", "scores": "scores-", "alarm": "alarm-"}[str(output.role)]
        yield Flaw("classes", "error", answer, f"Name it like {example}0:Cat;1:Dog.")


def _output_shape(output: Tensor) -> Iterator[Flaw]:
    kind = "bool" if output.role == "alarm" else "float32"
    if output.type != kind:
        yield Flaw("output_type", "error", f"The output {output} has to be {kind}.", "End the graph with a Cast.")
    if output.shape is None:
        answer = f"The graph does not say the shape of the output {output.name!r}."
        yield Flaw("output_unknown", "warning", answer, "Save what onnx.shape_inference.infer_shapes(model) gives.")
    elif output.role == "boxes" and (len(output.shape) != 2 or output.shape[1] != 6):
        advice = "End the graph with what makes it so: a Reshape, or the selection of boxes (non-maximum suppression)."
        yield Flaw("output_shape", "error", f"The boxes {output} have to be [n, 6].", advice)
    elif output.role != "boxes" and not _is_list(output.shape, len(output.classes)):
        answer = f"The output {output} has to be [1, {len(output.classes)}], one value for each class of its name."
        yield Flaw("output_shape", "error", answer, "Correct the list of classes, or end the graph with a Reshape.")


def _is_list(shape: Sequence[int | str | None], length: int) -> bool:
    return len(shape) == 2 and shape[0] == 1 and shape[1] == length


def _unnamed(outputs: Sequence[Tensor]) -> Flaw:
    """By their shapes: what the outputs could be, if they had the names for it."""
    lists = [each for each in outputs if each.shape is not None and len(each.shape) == 2]
    listed = "; ".join(str(each) for each in outputs)
    if not lists:
        answer = f"No output can be boxes [n, 6] or scores [1, classes]: {listed}."
        advice = "Add to the graph what makes boxes of it, such as non-maximum suppression, and name that output so."
        return Flaw("output_kind", "error", answer, advice)
    answer = f"No output has a name that tells Nx how to read it: {listed}."
    advice = "Name one that holds scores like scores-0:Cat;1:Dog, with the shape [1, classes]"
    if any(each.shape and each.shape[1] == 6 for each in lists):
        advice += ", or one that holds x, y, x, y, score, class like bboxes-format:xyxysc;0:Cat;1:Dog"
    return Flaw("output_name", "error", answer, f"{advice}: sclblonnx.rename_output.")
