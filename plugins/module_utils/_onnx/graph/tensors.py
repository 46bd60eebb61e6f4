# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The rules for a model's inputs: by their names Nx knows what to feed (contract B3)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

PREPARE = "nxai_model_prepare does this."
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
        advice = f"Export it with that name (torch.onnx.export: input_names=['image']). {PREPARE}"
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
        if image.type == "float16":
            advice = f"{advice} {PREPARE}"
        yield Flaw("image_type", "error", f"The image {image} has to be float32.", advice)
    if image.shape is None or len(image.shape) != 4:
        advice = "Begin the graph with a Reshape from [1, channels, height, width]."
        yield Flaw("image_rank", "error", f"The image {image} has to have four dimensions.", advice)
        return
    if image.layout is None and all(isinstance(image.shape[each], int) for each in (1, 3)):
        answer = f"The image {image} has neither 1 nor 3 channels, as the second dimension (NCHW) or the last (NHWC)."
        advice = "Nx gives grey or RGB images. Export the model for one of these."
        yield Flaw("image_channels", "error", answer, advice)
    if any(not isinstance(each, int) for each in image.shape):
        answer = f"The shape of the image {image} is not fixed."
        advice = f"Export it for one image of one size, without dynamic axes. {PREPARE}"
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
