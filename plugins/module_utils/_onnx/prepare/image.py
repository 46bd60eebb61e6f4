# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The beginning of a prepared network: one image of one size, as a camera gives it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ..._core.errors import BadInput
from .build import Builder
from .names import free_name, fresh, rename, used_names

NAME, SENSITIVITY = "image", "nms_sensitivity"
_TYPES = {1: "float32", 10: "float16"}
_LARGEST = 4096


@dataclass(frozen=True)
class Image:
    """``original``: the input's name in the file as it came."""

    original: str
    channels: int
    height: int
    width: int
    kind: str

    @property
    def size(self) -> tuple[int, int]:
        return self.height, self.width


def find_image(
    onnx: Any, model: Any, width: int | None, height: int | None, noted: Sequence[int], tried: str
) -> Image:  # fmt: skip
    """The only input, with its dimensions fixed in the model. ``noted``: height and width of the metadata, if any."""
    weights = {each.name for each in model.graph.initializer}
    for index in reversed(range(len(model.graph.input))):
        if model.graph.input[index].name in weights:
            del model.graph.input[index]  # old files list them there, and whoever feeds the network would see them
    inputs = list(model.graph.input)
    if len(inputs) != 1:
        listed = ", ".join(each.name for each in inputs[:5]) or "none"
        raise BadInput(tried, f"it has {len(inputs)} inputs: {listed}", "Export it with one input, the image.")
    tensor = inputs[0].type.tensor_type
    dims = list(tensor.shape.dim)
    kind = _TYPES.get(tensor.elem_type)
    if kind is None:
        name = onnx.TensorProto.DataType.Name(tensor.elem_type).lower()
        advice = "Export it with an input of float32: Nx gives that, and a network of whole numbers expects others."
        raise BadInput(tried, f"its input {inputs[0].name} is {name}", advice)
    if len(dims) != 4:
        answer = f"its input {inputs[0].name} has {len(dims)} dimensions"
        raise BadInput(tried, answer, "Networks for an image of [1, channels, height, width] are prepared.")
    sizes = [each.dim_value if each.dim_value > 0 else None for each in dims]
    if sizes[1] not in (1, 3):
        answer = f"its input {inputs[0].name} has {sizes[1] or 'an unknown number of'} channels"
        if sizes[3] in (1, 3):
            answer = f"its input {inputs[0].name} has the channels at its end (NHWC)"
        advice = "Export it as [1, channels, height, width] with 1 or 3 channels."
        raise BadInput(tried, answer, advice)
    if sizes[0] not in (None, 1):
        raise BadInput(tried, f"it takes {sizes[0]} images at a time", "Export it with a batch of 1.")
    chosen = [
        _size(word, sizes[place], asked, said, tried)
        for word, place, asked, said in zip(
            ("height", "width"), (2, 3), (height, width), noted or (None, None), strict=True
        )
    ]
    for dim, value in zip(dims, (1, sizes[1], *chosen), strict=True):
        dim.dim_value = value
    return Image(inputs[0].name, int(sizes[1] or 0), chosen[0], chosen[1], kind)


def _size(word: str, fixed: int | None, asked: int | None, noted: int | None, tried: str) -> int:
    if fixed is not None and asked not in (None, fixed):
        advice = f"Leave {word} out, or export the model again for {asked}."
        raise BadInput(tried, f"its {word} is fixed at {fixed}", advice)
    value = fixed or asked or noted
    if value is None:
        raise BadInput(tried, f"its {word} is not fixed, and it does not say for which", f"Give {word}, in pixels.")
    if not 1 <= value <= _LARGEST:
        raise BadInput(tried, f"{word} {value} is out of reach", f"Give a {word} from 1 to {_LARGEST}.")
    return value


def name_image(build: Builder, image: Image, means: Sequence[float], scales: Sequence[float]) -> list[str]:
    """The input ``image`` of float32, and what is done to it before the network. Says so in words."""
    model, onnx = build.model, build.onnx
    free = image.original != NAME
    if free:
        free_name(model, NAME)
    said = []
    changes = [("Sub", means, 0.0), ("Div", scales, 1.0)]
    wanted = [(operator, values) for operator, values, nothing in changes if any(each != nothing for each in values)]
    inside = image.original if free else fresh(used_names(model), f"{NAME}_before")
    if not wanted and image.kind == "float32":
        rename(model.graph, image.original, NAME)
    else:
        if not free:
            rename(model.graph, NAME, inside)
        value = NAME
        for operator, values in wanted:
            value = _normalised(build, operator, value, values, image.channels)
            said.append(f"{'less' if operator == 'Sub' else 'divided by'} {_list(values)}")
        if image.kind != "float32":
            value = build.first("Cast", [value], to=onnx.TensorProto.FLOAT16)
            said.append("cast from float32 to float16")
        build.first("Identity", [value], inside)
    shape = [1, image.channels, image.height, image.width]
    wanted_input = onnx.helper.make_tensor_value_info(NAME, onnx.TensorProto.FLOAT, shape)
    next(each for each in model.graph.input if each.name in (image.original, NAME, inside)).CopyFrom(wanted_input)
    return said


def _normalised(build: Builder, operator: str, value: str, values: Sequence[float], channels: int) -> str:
    same = len(set(values)) == 1
    numbers = list(values[:1]) if same else [[[[each]] for each in values[:channels]]]
    return build.first(operator, [value, build.constant(numbers)])


def _list(values: Sequence[float]) -> str:
    same = len(set(values)) == 1
    return f"{values[0]:g}" if same else ", ".join(f"{each:g}" for each in values)
