# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""nxai_model_check, and check_file of nxai_model."""

from __future__ import annotations

import hashlib
import io
import json
import sys
import zipfile
from pathlib import Path
from typing import Any

import onnx
import pytest
from module_runs import QUICK, Calls, RunModule

from tools.demo_model import model
from tools.tflite_model import teachable_machine, tflite


@pytest.fixture
def poor_file(tmp_path: Path) -> Path:
    """Not usable, since its image has another name; and with an output too many, which is a warning."""
    made = model()
    made.graph.input[0].name = made.graph.node[0].input[0] = "pixels"
    made.graph.output.append(made.graph.output[0])
    made.graph.output[1].name = "mean"
    path = tmp_path / "poor.onnx"
    path.write_bytes(made.SerializeToString())
    return path


@pytest.mark.usefixtures("cloud")
def test_the_module_needs_no_account(
    run_module: RunModule, onnx_file: Path, poor_file: Path, reads: Calls, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("NXAI_TOKEN", "NXAI_API_URL", "NXAI_CLOUD_URL"):
        monkeypatch.delenv(name)
    good = run_module("nxai_model_check", file=str(onnx_file), check=True)
    assert (good["changed"], good["usable"], good["findings"]) == (False, True, [])
    assert good["image"] == {"layout": "nchw", "channels": 3, "height": 64, "width": 64}
    assert good["classes"] == {"0": "Bright"} and (good["opset"], good["ir_version"]) == (16, 8)
    content = onnx_file.read_bytes()
    assert good["file"] == {"size": len(content), "sha256": hashlib.sha256(content).hexdigest()}
    assert [each["role"] for each in good["inputs"] + good["outputs"]] == ["image", "nms_sensitivity", "boxes"]
    assert good["inputs"][1] == {"name": "nms_sensitivity", "shape": [1], "type": "float32", "role": "nms_sensitivity"}
    poor = run_module("nxai_model_check", file=str(poor_file))
    assert poor["usable"] is False
    assert [each["code"] for each in poor["findings"]] == ["image_name", "extra_output"]
    assert all(each["advice"] for each in poor["findings"])
    assert reads() == []


def test_sizes_as_people_write_them(run_module: RunModule, onnx_file: Path) -> None:
    assert run_module("nxai_model_check", file=str(onnx_file), max_size="1K")["usable"] is True
    small = run_module("nxai_model_check", file=str(onnx_file), max_size="0.1K")
    assert [each["code"] for each in small["findings"]] == ["size"]
    assert "raise max_size" in small["findings"][0]["advice"]


@pytest.mark.parametrize(
    ("content", "said"),
    [(None, "no such file"), (b"", "is empty"), (b"PK\x03\x04rest", "not those of a whole .zip file")],
)
def test_nothing_to_check_fails(run_module: RunModule, tmp_path: Path, content: bytes | None, said: str) -> None:
    path = tmp_path / "model.onnx"
    if content is not None:
        path.write_bytes(content)
    failed = run_module("nxai_model_check", file=str(path))
    assert failed["failed"] and said in failed["msg"] and failed["error"]["advice"]


def test_off_looks_at_nothing(run_module: RunModule, poor_file: Path) -> None:
    made = run_module("nxai_model", name="Detector", file=str(poor_file), check_file="off", **QUICK)
    assert made["changed"] is True and "findings" not in made


def test_warn_sends_and_warns(run_module: RunModule, poor_file: Path, onnx_file: Path) -> None:
    made = run_module("nxai_model", name="Detector", file=str(poor_file), check_file="warn", warns=True, **QUICK)
    assert made["changed"] is True
    assert [each["code"] for each in made["findings"]] == ["image_name", "extra_output"]
    assert len(made["warnings"]) == 2 and "its name is not" in str(made["warnings"][0])
    again = run_module("nxai_model", name="Detector", file=str(poor_file), check_file="warn", **QUICK)
    assert again["changed"] is False, "and a file that is there already is no reason to warn"
    assert run_module("nxai_model", name="Good", file=str(onnx_file), check_file="warn", **QUICK)["findings"] == []


@pytest.mark.parametrize("check", [False, True])
def test_strict_refuses_before_anything_is_sent(
    run_module: RunModule, poor_file: Path, writes: Calls, check: bool
) -> None:
    failed = run_module("nxai_model", name="Detector", file=str(poor_file), check_file="strict", check=check, **QUICK)
    assert failed["failed"] and "its name is not" in failed["msg"] and "does not read" not in failed["msg"]
    assert [each["code"] for each in failed["findings"]] == ["image_name", "extra_output"]
    assert writes() == []


def test_strict_takes_what_is_good(run_module: RunModule, onnx_file: Path) -> None:
    made = run_module("nxai_model", name="Detector", file=str(onnx_file), check_file="strict", **QUICK)
    assert made["changed"] is True and made["findings"] == []
    failed = run_module("nxai_model", name="Two", file=str(onnx_file), check_file="strict", max_size="100", **QUICK)
    assert failed["failed"] and "MiB" in failed["msg"]


def test_a_part_of_a_model_is_refused_also_by_warn(run_module: RunModule, tmp_path: Path, writes: Calls) -> None:
    path = tmp_path / "part.onnx"
    made = model()
    corners = onnx.numpy_helper.to_array(made.graph.initializer[0])
    made.graph.initializer[0].CopyFrom(onnx.numpy_helper.from_array(corners, "corners"))
    onnx.save_model(made, str(path), save_as_external_data=True, size_threshold=0, location="weights.bin")
    failed = run_module("nxai_model", name="Detector", file=str(path), check_file="warn", **QUICK)
    assert failed["failed"] and "weights are in other files (weights.bin)" in failed["msg"]
    assert writes() == []


def test_without_the_library(
    run_module: RunModule, onnx_file: Path, writes: Calls, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "onnx", None)
    failed = run_module("nxai_model_check", file=str(onnx_file))
    assert failed["failed"] and "pip install onnx" in failed["msg"]
    failed = run_module("nxai_model", name="Detector", file=str(onnx_file), check_file="strict", **QUICK)
    assert failed["failed"] and "pip install onnx" in failed["msg"] and writes() == []
    warned = run_module("nxai_model", name="Detector", file=str(onnx_file), check_file="warn", warns=True, **QUICK)
    assert warned["changed"] is True and "pip install onnx" in str(warned["warnings"])
    assert run_module("nxai_model", name="Two", file=str(onnx_file), **QUICK)["changed"] is True


def test_m06_a_tflite_file_and_an_archive_pass_strict(run_module: RunModule, tmp_path: Path, writes: Calls) -> None:
    for name, content in (("model.tflite", tflite()), ("converted.zip", teachable_machine(tflite()))):
        (tmp_path / name).write_bytes(content)
        made = run_module("nxai_model", name=name, file=str(tmp_path / name), check_file="strict", **QUICK)
        assert made["changed"] is True and made["findings"] == []
        checked = run_module("nxai_model_check", file=str(tmp_path / name))
        assert checked["usable"] is True and checked["format"].endswith("TensorFlow Lite") and checked["opset"] is None
    count = len(writes())
    (tmp_path / "cut.tflite").write_bytes(tflite()[:1000])
    failed = run_module("nxai_model", name="Cut", file=str(tmp_path / "cut.tflite"), check_file="off", **QUICK)
    assert failed["failed"] and "cut short" in failed["msg"] and len(writes()) == count


def test_m09_the_options_are_held_against_the_file(run_module: RunModule, tmp_path: Path) -> None:
    made = model()
    made.graph.doc_string = json.dumps({"means": [0, 0, 0], "vars": [255, 255, 255]})
    path = tmp_path / "noted.onnx"
    path.write_bytes(made.SerializeToString())
    options = {"means": [0, 0, 0], "scales": [1, 1, 1]}
    sent = run_module("nxai_model", name="Noted", file=str(path), warns=True, **options, **QUICK)
    assert [each["code"] for each in sent["findings"]] == ["normalisation"] and "[255.0" in str(sent["warnings"])
    found = run_module("nxai_model_check", file=str(path), **options)
    assert found["normalisation"] == {"means": [0, 0, 0], "scales": [255, 255, 255]}
    assert [each["code"] for each in found["findings"]] == ["normalisation"] and found["usable"] is True


def test_m12_by_default_it_warns_where_the_library_is_there(
    run_module: RunModule, poor_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = run_module("nxai_model", name="Detector", file=str(poor_file), warns=True, **QUICK)
    assert made["changed"] is True and "its name is not" in str(made["warnings"])
    monkeypatch.setitem(sys.modules, "onnx", None)
    made = run_module("nxai_model", name="Two", file=str(poor_file), **QUICK)
    assert made["changed"] is True and "findings" not in made, "and nobody has to install it to upload"
    (tmp_path / "lite.tflite").write_bytes(tflite((1, 8, 8, 4)))
    made = run_module("nxai_model", name="Lite", file=str(tmp_path / "lite.tflite"), warns=True, **QUICK)
    assert [each["code"] for each in made["findings"]] == ["image_channels"], "which needs no library"


@pytest.mark.parametrize("mode", ["off", "warn", None])
@pytest.mark.parametrize("library", [True, False], ids=["with onnx", "without onnx"])
def test_m12_what_is_a_part_only_is_refused_whatever_it_says(
    run_module: RunModule, tmp_path: Path, writes: Calls, monkeypatch: pytest.MonkeyPatch, mode: Any, library: bool
) -> None:
    if not library:
        monkeypatch.setitem(sys.modules, "onnx", None)
    external, short, cut = model(), model(), model().SerializeToString()
    values = external.graph.initializer[0]
    values.ClearField("float_data")
    values.data_location = onnx.TensorProto.EXTERNAL
    values.external_data.add(key="location", value="weights.bin")
    del short.graph.initializer[0].float_data[2:]
    graph_only = model()
    del graph_only.opset_import[:]
    pickled = io.BytesIO()
    with zipfile.ZipFile(pickled, "w") as archive:
        archive.writestr("best/data.pkl", b"x")
    files = {
        "in other files": external.SerializeToString(),
        "not fit their shapes": short.SerializeToString(),
        "not those of a whole ONNX model": cut[:-20],
        "cut short": graph_only.SerializeToString(),
        "PyTorch": pickled.getvalue(),
    }
    options = {"check_file": mode} if mode else {}
    for number, (said, content) in enumerate(files.items()):
        path = tmp_path / f"{number}.onnx"
        path.write_bytes(content)
        failed = run_module("nxai_model", name=f"M{number}", file=str(path), warns=None, **options, **QUICK)
        assert failed["failed"] and said in failed["msg"], (said, failed["msg"])
    assert writes() == []
