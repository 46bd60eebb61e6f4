# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a check found."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from typing import Any

from .._api.records.file_mark import FileMark
from .graph.tensors import Flaw, Tensor
from .runtime import Run

PARTIAL = ("external_data", "weights_size", "opset_missing")  # findings that make a file a part of a model only


@dataclass
class Report:
    """What was found in a model file. ``usable``: nothing was found that keeps Nx from running it.

    ``classes``: those of the labels beside a TensorFlow Lite file. An ONNX file has them in its outputs.
    """

    file: FileMark
    format: str
    opset: int | None
    ir_version: int | None
    inputs: list[Tensor]
    outputs: list[Tensor]
    findings: list[Flaw] = field(default_factory=list)
    normalisation: dict[str, list[float]] | None = None
    names: dict[int, str] = field(default_factory=dict)
    classes: dict[int, str] = field(default_factory=dict)
    runtime: Run | None = None

    @property
    def errors(self) -> list[Flaw]:
        return [each for each in self.findings if each.severity == "error"]

    def as_result(self) -> dict[str, Any]:
        image = next((each for each in self.inputs if each.role == "image"), None)
        classes = {**self.classes, **{key: name for each in self.outputs for key, name in each.classes.items()}}
        return {
            "file": asdict(self.file),
            "format": self.format,
            "opset": self.opset,
            "ir_version": self.ir_version,
            "inputs": [each.as_result() for each in self.inputs],
            "outputs": [each.as_result() for each in self.outputs],
            "image": image.as_image() if image else None,
            "classes": {str(key): name for key, name in classes.items()},
            "names": {str(key): name for key, name in self.names.items()},
            "normalisation": self.normalisation,
            "runtime": self.runtime.as_result() if self.runtime else None,
            "findings": [asdict(each) for each in self.findings],
            "usable": not self.errors,
        }


def check_size(mark: FileMark, max_size: int) -> Iterator[Flaw]:
    if mark.size > max_size:
        yield Flaw(
            "size",
            "error",
            f"The file has {mark.size / 2**20:.0f} MiB, more than {max_size / 2**20:.0f} MiB.",
            "Store the weights as 16-bit floats, or use a smaller network. If your service takes more: raise max_size.",
        )
