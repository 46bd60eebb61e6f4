# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The check of a TensorFlow Lite file."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from typing import BinaryIO

from .._api.records.file_mark import FileMark
from .._core.errors import BadInput
from .._core.files import open_regular
from .formats import TFLITE
from .graph.tensors import Flaw, Tensor
from .graph.wire import FileMessage
from .report import Report, check_size
from .tflite import Damaged, TfliteFile

_INPUT_TYPES = ("float32", "uint8", "int8")
_AGAIN = "Export the model again, or copy the file again."


def check_tflite(path: str, max_size: int, mark: FileMark) -> Report:
    """Raises BadInput for a file that is damaged."""
    try:
        with open_regular(path) as file:
            return report_on(file, os.fstat(file.fileno()).st_size, mark, max_size, TFLITE)
    except Damaged as error:
        raise BadInput(f"check the model file {path}", f"it is no whole .tflite file: {error}", _AGAIN) from None


def report_on(
    file: BinaryIO, size: int, mark: FileMark, max_size: int, kind: str, labels: Mapping[int, str] | None = None
) -> Report:
    """``labels``: of the archive that it is in; None where it is in none. Raises Damaged."""
    found = TfliteFile(FileMessage(file), size)
    inputs = [Tensor(each.name, list(each.shape), each.type) for each in found.inputs]
    outputs = [Tensor(each.name, list(each.shape), each.type) for each in found.outputs]
    report = Report(mark, kind, None, None, inputs, outputs)
    flaws = [*check_size(mark, max_size), *_image(inputs), *_outputs(outputs)]
    if labels is not None:
        report.classes = dict(labels)
        flaws += _labels(outputs, labels)
    report.findings = sorted(flaws, key=lambda each: each.severity != "error")
    return report


def _image(inputs: Sequence[Tensor]) -> Iterator[Flaw]:
    listed = "; ".join(map(str, inputs)) or "none"
    if len(inputs) != 1 or inputs[0].shape is None or len(inputs[0].shape) != 4:
        answer = f"It has to have one input, an image of four dimensions. Inputs: {listed}."
        yield Flaw("no_image", "error", answer, "Nx runs vision models only: [1, height, width, channels].")
        return
    image = inputs[0]
    image.role = "image"
    if image.shape and any(not isinstance(each, int) for each in image.shape):
        answer = f"The shape of the image {image} is not fixed."
        yield Flaw("image_dynamic", "error", answer, "Convert it for one image of one size.")
    elif image.shape and image.shape[0] != 1:
        answer = f"The image {image} is a batch of {image.shape[0]}; Nx gives one image at a time."
        yield Flaw("image_batch", "error", answer, "Convert it with a batch of 1.")
    elif image.layout is None:
        answer = f"The image {image} has neither 1 nor 3 channels."
        yield Flaw("image_channels", "error", answer, "Nx gives grey or RGB images. Export the model for one of these.")
    if image.type not in _INPUT_TYPES:
        answer = f"The image {image} has to be one of {', '.join(_INPUT_TYPES)}."
        yield Flaw("image_type", "error", answer, "Convert it with another type of input.")


def _outputs(outputs: Sequence[Tensor]) -> Iterator[Flaw]:
    if not outputs:
        yield Flaw("no_output", "error", "The graph has no output.", "Convert the model again.")
    elif len(outputs) > 1 or not outputs[0].shape or len(outputs[0].shape) > 2:
        listed = "; ".join(map(str, outputs))
        answer = f"Nx is known to read TensorFlow Lite files with one list of scores. Outputs: {listed}."
        yield Flaw("output_kind", "warning", answer, "Try it with one camera, or export the model to ONNX.")
    else:
        outputs[0].role = "scores"


def _labels(outputs: Sequence[Tensor], labels: Mapping[int, str]) -> Iterator[Flaw]:
    columns = outputs[0].shape[-1] if outputs and outputs[0].shape else None
    if not labels:
        answer = "There are no labels beside the .tflite file, so cameras could show numbers only."
        yield Flaw("labels", "error", answer, "Put a labels.txt into the archive, with one class a line.")
    elif isinstance(columns, int) and outputs[0].role == "scores" and columns != len(labels):
        answer = f"There are {len(labels)} labels, and {columns} scores come out."
        yield Flaw("labels", "error", answer, "Correct labels.txt: one class a line, in the order of the training.")
