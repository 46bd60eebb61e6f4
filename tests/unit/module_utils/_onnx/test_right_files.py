# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The same for what files are and hold: other formats, notes, time, and what is no file."""

from __future__ import annotations

import io
import json
import math
import os
import pickle
import time
import zipfile
from pathlib import Path

import numpy
import onnx
import pytest
from made_models import FLOAT, LIMIT, NAME, Check, checked, classifier, codes, saved
from onnx import TensorProto, helper

from ansible_collections.nxai.cloud.plugins.module_utils._core.errors import BadInput
from ansible_collections.nxai.cloud.plugins.module_utils._onnx.check import check_model
from ansible_collections.nxai.cloud.plugins.module_utils._onnx.header import inspect_file
from tools.tflite_model import UINT8, teachable_machine, tflite

# 6 -------------------------------------------------------------------------------------------------------------------


def _archive(**contents: bytes) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for name, content in contents.items():
            archive.writestr(name.replace("__", "/").replace("_dot_", "."), content)
    return made.getvalue()


def _npz() -> bytes:
    made = io.BytesIO()
    numpy.savez(made, a=numpy.zeros(3), b=numpy.ones(2))
    return made.getvalue()


FOREIGN: dict[str, tuple[bytes, str]] = {
    "best.pt": (_archive(best__data_dot_pkl=b"\x80\x02}q\x00.", best__version=b"3\n"), "a PyTorch file"),
    "old.pt": (pickle.dumps(0x1950A86A20F9469CFC6C, 2), "a PyTorch file"),
    "model.pkl": (pickle.dumps({"a": 1}, 4), "a pickled file"),
    "photos.zip": (_archive(one_dot_jpg=b"\xff\xd8\xff", two_dot_jpg=b"\xff\xd8\xff"), "a ZIP file without a model"),
    "empty.zip": (_archive(), "a ZIP file without a model"),
    "arrays.npz": (_npz(), "a NumPy file"),
    "array.npy": (b"\x93NUMPY\x01\x00v\x00{'descr'", "a NumPy file"),
    "model.keras": (_archive(config_dot_json=b"{}", model_dot_weights_dot_h5=b"\x89HDF"), "a Keras file"),
    "model.h5": (b"\x89HDF\r\n\x1a\n" + bytes(100), "(Keras) file"),
    "saved_model.zip": (_archive(m__saved_model_dot_pb=b"\x08\x01"), "a TensorFlow SavedModel"),
    "saved_model.pb": (b"\x08\x01\x12\x03\x0a\x01x", "a TensorFlow SavedModel"),
    "graph.pb": (b"\x0a\x05\x0a\x03abc\x22\x00", "a TensorFlow graph"),
    "model.safetensors": ((80).to_bytes(8, "little") + b'{"a":{"dtype":"F32"}}' + bytes(90), "a safetensors file"),
    "page.onnx": (b"<!DOCTYPE html><html>Sign in</html>", "an HTML file"),
    "pointer.onnx": (b"version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n", "pointer of Git LFS"),
    "photo.onnx": (b"\xff\xd8\xff\xe0\x00\x10JFIF", "a picture file"),
    "model.ort": (b"\x18\x00\x00\x00ORTM" + bytes(30), "an ONNX Runtime (ORT) file"),
}


@pytest.mark.parametrize("name", FOREIGN)
def test_m06_files_of_others_are_named(tmp_path: Path, name: str) -> None:
    content, said = FOREIGN[name]
    with pytest.raises(BadInput) as raised:
        inspect_file(saved(tmp_path, content, name))
    assert said in raised.value.answer and len(raised.value.advice) > 10


def test_m06_a_tflite_file_is_walked_to_its_end(tmp_path: Path) -> None:
    whole = tflite()
    assert inspect_file(saved(tmp_path, whole, "whole.tflite")).size == len(whole)
    for end in (*range(1, 100, 7), 1000, len(whole) // 2, len(whole) - 1):
        with pytest.raises(BadInput, match="not those of a whole"):
            inspect_file(saved(tmp_path, whole[:end], "cut.tflite"))
    with pytest.raises(BadInput, match="have 4000 bytes, and their shape needs 36864"):
        inspect_file(saved(tmp_path, tflite(weights=4000), "short.tflite"))


def test_m06_a_tflite_file_is_checked(tmp_path: Path) -> None:
    report = checked(tmp_path, tflite(kind=UINT8), "model.tflite")
    assert report.findings == [] and report.as_result()["usable"] is True
    assert report.as_result()["inputs"] == [
        {"name": "image", "shape": [1, 32, 48, 3], "type": "uint8", "role": "image"}
    ]
    assert report.as_result()["image"] == {"layout": "nhwc", "channels": 3, "height": 32, "width": 48}
    assert [(each.name, each.shape) for each in report.outputs] == [("scores", [1, 2])]
    assert codes(checked(tmp_path, tflite((1, 40)), "sound.tflite")) == ["error no_image"]
    assert codes(checked(tmp_path, tflite((4, 8, 8, 3)), "batch.tflite")) == ["error image_batch"]
    assert codes(checked(tmp_path, tflite((1, 8, 8, 4)), "four.tflite")) == ["error image_channels"]


def test_m06_an_archive_of_teachable_machine_is_checked(tmp_path: Path) -> None:
    report = checked(tmp_path, teachable_machine(tflite()), "converted_tflite.zip")
    assert report.findings == [] and report.as_result()["classes"] == {"0": "Cat", "1": "Dog"}
    plain = checked(tmp_path, teachable_machine(tflite(), "Cat\nDog\n"), "plain.zip")
    assert plain.as_result()["classes"] == {"0": "Cat", "1": "Dog"}
    assert codes(checked(tmp_path, teachable_machine(tflite(), None), "bare.zip")) == ["error labels"]
    assert codes(checked(tmp_path, teachable_machine(tflite(classes=3)), "three.zip")) == ["error labels"]
    with pytest.raises(BadInput, match="in it is not whole"):
        checked(tmp_path, teachable_machine(tflite()[:1000]), "cut.zip")
    whole = teachable_machine(tflite())
    with pytest.raises(BadInput, match=r"not those of a whole \.zip file"):
        checked(tmp_path, whole[: len(whole) // 2], "half.zip")
    with pytest.raises(BadInput, match="once it is unpacked"):
        check_model(saved(tmp_path, teachable_machine(tflite()), "small.zip"), 20_000)


# 7, 8, 9 -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("chip", ["hailo", "hailo-8l"])
def test_m07_a_file_for_hailo_is_said_not_refused(tmp_path: Path, chip: str) -> None:
    node = helper.make_node("HailoOp", ["image"], [NAME], domain="com.hailo")
    made = classifier([node])
    assert codes(checked(tmp_path, made)) == ["error operator"]
    made.metadata_props.add(key="chip", value=chip)
    made.opset_import.append(helper.make_opsetid("com.hailo", 1))
    report = checked(tmp_path, made)
    assert codes(report) == ["warning chip"] and chip in report.findings[0].message


def test_m08_a_newer_field_is_passed_over(tmp_path: Path) -> None:
    """Field 26 of the model holds a message, field 100 a number; nobody knows them yet."""
    newer = classifier().SerializeToString() + b"\xd2\x01\x03abc" + b"\xa0\x06\x07"
    assert checked(tmp_path, newer).findings == []
    with pytest.raises(BadInput, match="not those of a whole ONNX model"):
        checked(tmp_path, newer + b"\xd2\x01\x09abc")


def test_m09_normalisation_and_class_names_are_held_against_the_file(tmp_path: Path) -> None:
    made = classifier()
    made.graph.doc_string = json.dumps({"means": [0, 0, 0], "vars": [255, 255, 255]})
    made.metadata_props.add(key="names", value="{0: 'cat', 1: \"dog\"}")
    path = saved(tmp_path, made)
    report = check_model(path, LIMIT)
    assert report.findings == [] and report.names == {0: "cat", 1: "dog"}
    assert report.normalisation == {"means": [0, 0, 0], "scales": [255, 255, 255]}
    same = {"means": [0, 0, 0], "scales": [255.0, 255.0, 255.0]}
    assert check_model(path, LIMIT, None, same).findings == []
    other = check_model(path, LIMIT, None, {"means": None, "scales": [58.4, 57.1, 57.4]})
    assert codes(other) == ["warning normalisation"] and "58.4" in other.findings[0].message
    made.metadata_props[0].value = json.dumps({"0": "cat", "1": "bird"})
    found = checked(tmp_path, made).findings
    assert [each.code for each in found] == ["class_names"] and "'bird'" in found[0].message


@pytest.mark.parametrize("noted", ["", "{", "[1]", '{"means": "0", "vars": [1]}', '{"means": [NaN], "vars": [1]}'])
def test_m09_a_description_for_people_is_none_of_this(tmp_path: Path, noted: str) -> None:
    made = classifier()
    made.graph.doc_string = noted
    assert checked(tmp_path, made).normalisation is None


# 10 ------------------------------------------------------------------------------------------------------------------


def test_m10_time_is_a_few_times_that_of_the_library(tmp_path: Path) -> None:
    """``make bench-check`` does this with a million nodes, and with 1 GiB of weights. Here it is the best of three."""
    nodes = [helper.make_node("GlobalAveragePool", ["image"], ["pooled"])]
    nodes += [
        helper.make_node("Relu", [f"v{n}" if n else "pooled"], [f"v{n + 1}"], name=f"n{n}") for n in range(60_000)
    ]
    nodes += [
        helper.make_node("Flatten", ["v60000"], ["flat"]),
        helper.make_node("MatMul", ["flat", "weights"], [NAME]),
    ]
    path = saved(tmp_path, classifier(nodes))
    times: dict[str, list[float]] = {"load": [], "check": []}
    for _turn in range(3):
        begin = time.process_time()
        onnx.load(path)
        between = time.process_time()
        assert check_model(path, LIMIT).findings == []
        times["load"].append(between - begin)
        times["check"].append(time.process_time() - between)
    assert min(times["check"]) <= 5 * min(times["load"]), times


# 11 ------------------------------------------------------------------------------------------------------------------


def test_m11_what_is_no_file_is_named(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "link").symlink_to("gone.onnx")
    for name, said in (("", "a directory"), ("pipe", "a pipe"), ("link", "link to gone.onnx"), ("no", "no such file")):
        with pytest.raises(BadInput) as raised:
            inspect_file(str(tmp_path / name))
        assert said in raised.value.answer, name


def test_m11_an_image_of_which_nothing_is_fixed(check: Check) -> None:
    found = check(inputs=[("image", FLOAT, ["n", "c", "h", "w"])]).findings
    assert [each.code for each in found] == ["image_dynamic"], "and nothing of channels that nobody knows"


def test_m11_outputs_that_are_no_tensors(tmp_path: Path) -> None:
    made = classifier()
    made.graph.node.append(helper.make_node("SequenceConstruct", ["flat"], ["list"]))
    made.graph.output.append(helper.make_tensor_sequence_value_info("list", FLOAT, None))
    report = checked(tmp_path, made)
    assert codes(report) == ["warning extra_output"] and "sequence" in report.findings[0].message
    made.graph.output.add(name="table").type.map_type.key_type = TensorProto.INT64
    made.graph.node.append(helper.make_node("SequenceConstruct", ["flat"], ["table"]))
    report = checked(tmp_path, made)
    assert codes(report) == ["error types", "warning extra_output", "warning extra_output"]
    assert "map" in report.findings[2].message


def _nested(depth: int) -> onnx.NodeProto:
    output = helper.make_tensor_value_info(f"v{depth}", FLOAT, [1, 3])
    if depth == 0:
        node = helper.make_node("Relu", ["flat"], ["v0"])
    else:
        inner = _nested(depth - 1)
        below = helper.make_tensor_value_info(f"v{depth - 1}", FLOAT, [1, 3])
        branch = helper.make_graph([inner], f"branch{depth}", [], [below])
        node = helper.make_node("If", ["choice"], [output.name], then_branch=branch, else_branch=branch)
    return node


def test_m11_twelve_branches_in_each_other_are_valid(tmp_path: Path) -> None:
    made = classifier(weights=[helper.make_tensor("choice", TensorProto.BOOL, [], [True])])
    made.graph.node.append(_nested(12))
    onnx.checker.check_model(made)
    assert checked(tmp_path, made).findings == []


def test_sizes_of_numbers_that_share_bytes(tmp_path: Path) -> None:
    """Two of four bits in a byte, and an odd one at the end."""
    made = classifier()
    tensor = TensorProto(name="four", data_type=TensorProto.INT4, dims=[5], raw_data=bytes(3))
    made.graph.initializer.append(tensor)
    assert checked(tmp_path, made).findings == []
    made.graph.initializer[-1].raw_data = bytes(5)
    assert codes(checked(tmp_path, made)) == ["error weights_size"] and math.ceil(5 / 2) == 3
