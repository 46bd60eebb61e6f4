# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The check against what runtimes do: each file is made here, and named after the rule that it is for."""

from __future__ import annotations

import io
import json
import math
import os
import pickle
import time
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

from ansible_collections.nxai.cloud.plugins.module_utils._core.errors import BadInput
from ansible_collections.nxai.cloud.plugins.module_utils._onnx.check import Report, check_model
from ansible_collections.nxai.cloud.plugins.module_utils._onnx.header import inspect_file
from tools.tflite_model import UINT8, teachable_machine, tflite

LIMIT = 640 << 20
FLOAT = TensorProto.FLOAT
NAME = "scores-0:Cat;1:Dog"
Check = Callable[..., Report]


def codes(report: Report) -> list[str]:
    return [f"{each.severity} {each.code}" for each in report.findings]


def classifier(
    nodes: Any = (), outputs: Any = ((NAME, FLOAT, [1, 2]),), weights: Any = (), opset: int = 16, **more: Any
) -> onnx.ModelProto:
    """From an image to two scores: the mean of each of three channels, times weights."""
    usual = [
        helper.make_node("GlobalAveragePool", ["image"], ["pooled"]),
        helper.make_node("Flatten", ["pooled"], ["flat"]),
        helper.make_node("MatMul", ["flat", "weights"], ["product"]),
        helper.make_node("Softmax", ["product"], [NAME], axis=1),
    ]
    infos = [helper.make_tensor_value_info(*each) for each in outputs]
    image = helper.make_tensor_value_info("image", FLOAT, [1, 3, 32, 48])
    matrix = numpy_helper.from_array(numpy.ones((3, 2), "float32"), "weights")
    graph = helper.make_graph(list(nodes) or usual, "graph", [image], infos, [matrix, *weights], **more)
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)], ir_version=8)


def saved(folder: Path, made: onnx.ModelProto | bytes, name: str = "model.onnx") -> str:
    path = folder / name
    path.write_bytes(made if isinstance(made, bytes) else made.SerializeToString())
    return str(path)


def checked(folder: Path, made: onnx.ModelProto | bytes, name: str = "model.onnx") -> Report:
    return check_model(saved(folder, made, name), LIMIT)


# 1 -------------------------------------------------------------------------------------------------------------------


def _renamed_input() -> onnx.ModelProto:
    made = classifier()
    made.graph.node[2].input[0] = "nowhere"
    return made


def _old_squeeze() -> onnx.ModelProto:
    made = classifier()
    made.graph.node[1].CopyFrom(helper.make_node("Squeeze", ["pooled"], ["flat"], axes=[2, 3]))
    return made


def _old_upsample() -> onnx.ModelProto:
    made = classifier()
    made.graph.node.insert(0, helper.make_node("Upsample", ["image", "sizes"], ["large"]))
    made.graph.node[1].input[0] = "large"
    made.graph.initializer.append(helper.make_tensor("sizes", FLOAT, [4], [1, 1, 2, 2]))
    return made


def _no_opset() -> onnx.ModelProto:
    made = classifier()
    del made.opset_import[:]
    return made


def _no_maker() -> onnx.ModelProto:
    made = classifier()
    made.graph.node[-1].output[0] = "elsewhere"
    return made


def _wrong_order() -> onnx.ModelProto:
    made = classifier()
    nodes = list(made.graph.node)
    del made.graph.node[:]
    made.graph.node.extend([nodes[1], nodes[0], *nodes[2:]])
    return made


def _made_twice() -> onnx.ModelProto:
    made = classifier()
    made.graph.node.append(helper.make_node("Relu", ["flat"], ["pooled"]))
    return made


def _namesakes() -> onnx.ModelProto:
    made = classifier()
    made.graph.node[0].name = made.graph.node[1].name = "pool"
    return made


def _cut_weights() -> onnx.ModelProto:
    made = classifier()
    made.graph.initializer[0].raw_data = made.graph.initializer[0].raw_data[:-3]
    return made


def _cut_list() -> onnx.ModelProto:
    made = classifier()
    made.graph.initializer[0].CopyFrom(helper.make_tensor("weights", FLOAT, [3, 2], [1.0] * 6))
    del made.graph.initializer[0].float_data[4:]
    return made


def _large_cut_weights() -> onnx.ModelProto:
    made = classifier()
    large = numpy_helper.from_array(numpy.zeros((100, 100), "float32"), "large")
    large.raw_data = large.raw_data[:-4]
    made.graph.initializer.append(large)
    return made


def _cut_constant(size: int) -> onnx.ModelProto:
    value = numpy_helper.from_array(numpy.zeros(size, "float32"), "value")
    value.raw_data = value.raw_data[4:]
    made = classifier()
    made.graph.node.append(helper.make_node("Constant", [], ["constant"], value=value))
    return made


def _unmade_in_a_branch() -> onnx.ModelProto:
    made = classifier()
    output = helper.make_tensor_value_info("inner", FLOAT, [1, 2])
    branch = helper.make_graph([helper.make_node("Relu", ["nowhere"], ["inner"])], "branch", [], [output])
    made.graph.initializer.append(helper.make_tensor("choice", TensorProto.BOOL, [], [True]))
    node = helper.make_node("If", ["choice"], ["chosen"], then_branch=branch, else_branch=branch)
    made.graph.node.append(node)
    return made


def _lacks_an_attribute() -> onnx.ModelProto:
    made = classifier()
    made.graph.node.append(helper.make_node("Cast", ["flat"], ["cast"]))
    return made


def _attribute_of_another_type() -> onnx.ModelProto:
    made = classifier()
    made.graph.node.append(helper.make_node("Cast", ["flat"], ["cast"], to="FLOAT"))
    return made


NOT_LOADED: dict[str, tuple[Callable[[], onnx.ModelProto], str, str]] = {
    "an input that nothing makes": (_renamed_input, "unmade", "'nowhere'"),
    "in a branch": (_unmade_in_a_branch, "unmade", "'nowhere'"),
    "axes of Squeeze": (_old_squeeze, "attribute", "ai.onnx.Squeeze has no attribute axes (opset 16)"),
    "Upsample": (_old_upsample, "operator", "ai.onnx.Upsample"),
    "a missing attribute": (_lacks_an_attribute, "attribute", "ai.onnx.Cast lacks the attribute to"),
    "an attribute of another type": (_attribute_of_another_type, "attribute", "attribute to of another type"),
    "no opset": (_no_opset, "opset_missing", "which opset it uses"),
    "an output that nobody makes": (_no_maker, "unmade_output", NAME),
    "order": (_wrong_order, "order", "'pooled'"),
    "made twice": (_made_twice, "made_twice", "'pooled'"),
    "two nodes of one name": (_namesakes, "same_name", "'pool'"),
    "weights cut short": (_cut_weights, "weights_size", "'weights' has 21 of 24 bytes"),
    "a list cut short": (_cut_list, "weights_size", "'weights' has 4 of 6 values"),
    "large weights cut short": (_large_cut_weights, "weights_size", "'large' has 39,996 of 40,000 bytes"),
    "a constant cut short": (lambda: _cut_constant(10), "weights_size", "36 of 40 bytes"),
    "a large constant cut short": (lambda: _cut_constant(10_000), "weights_size", "39,996 of 40,000 bytes"),
}


@pytest.mark.parametrize("title", NOT_LOADED)
def test_m01_what_no_runtime_loads_is_an_error(tmp_path: Path, title: str) -> None:
    make, code, said = NOT_LOADED[title]
    found = {each.code: each.message for each in checked(tmp_path, make()).errors}
    assert list(found) == [code] and said in found[code]


def test_m01_the_same_graph_is_usable_where_nothing_is_wrong(tmp_path: Path) -> None:
    assert checked(tmp_path, classifier()).findings == []
    made = classifier()
    value = numpy_helper.from_array(numpy.zeros(10_000, "float32"), "value")
    made.graph.node.append(helper.make_node("Constant", [], ["constant"], value=value))
    made.graph.initializer.append(numpy_helper.from_array(numpy.zeros((9, 900), "float16"), "half"))
    made.graph.initializer.append(helper.make_tensor("numbers", TensorProto.INT64, [5000], range(5000)))
    made.graph.initializer.append(helper.make_tensor("texts", TensorProto.STRING, [2], ["a", "b"]))
    assert checked(tmp_path, made).findings == [], "weights in each of the forms"


def test_m01_two_files_one_behind_the_other(tmp_path: Path) -> None:
    whole = classifier().SerializeToString()
    with pytest.raises(BadInput, match="two models, one behind the other"):
        checked(tmp_path, whole + whole)


def test_m01_functions_have_values_and_opsets_of_their_own(tmp_path: Path) -> None:
    made = classifier()
    body = [helper.make_node("Squeeze", ["x"], ["y"], axes=[0])]
    own = helper.make_function("own", "Old", ["x"], ["y"], body, [helper.make_opsetid("", 11)])
    made.functions.append(own)
    made.opset_import.append(helper.make_opsetid("own", 1))
    made.graph.node.append(helper.make_node("Old", ["flat"], ["unused"], domain="own"))
    assert checked(tmp_path, made).findings == [], "right in opset 11, which is that of the function"
    made.functions[0].node[0].input[0] = "nowhere"
    assert codes(checked(tmp_path, made)) == ["error unmade"]


# 2, 3 ----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("opset", "ir_version", "expected"),
    [
        (17, 9, []),
        (16, 9, []),
        (18, 9, ["error opset"]),
        (17, 10, ["error ir_version"]),
        (17, 8, []),
        (6, 3, ["warning opset"]),
    ],
)
def test_m02_versions(tmp_path: Path, opset: int, ir_version: int, expected: list[str]) -> None:
    made = classifier(opset=opset)
    made.ir_version = ir_version
    if opset == 6:
        del made.graph.node[-1].attribute[:]  # as they were then
    report = checked(tmp_path, made)
    assert codes(report) == expected and report.as_result()["usable"] is not any(each[0] == "e" for each in expected)


def test_m02_no_ir_version(tmp_path: Path) -> None:
    made = classifier()
    made.ClearField("ir_version")
    assert codes(checked(tmp_path, made)) == ["error ir_version"]


@pytest.mark.parametrize("opset", [3, 4])
def test_m02_the_operators_of_machine_learning_have_a_version_too(tmp_path: Path, opset: int) -> None:
    made = classifier()
    made.opset_import.append(helper.make_opsetid("ai.onnx.ml", opset + 1))
    assert codes(checked(tmp_path, made)) == (["error opset"] if opset == 4 else [])


def test_m03_no_advice_that_breaks_models(tmp_path: Path) -> None:
    """Everything that can be prepared is told so, and no library is named that stamps another opset."""
    made = classifier(outputs=[("output0", FLOAT, [1, 2])])
    made.graph.node[0].input[0] = made.graph.input[0].name = "images"
    made.graph.node[-1].output[0] = "output0"
    made.graph.input[0].type.tensor_type.shape.dim[0].dim_param = "batch"
    made.ir_version = 10
    found = checked(tmp_path, made).findings
    assert {each.code for each in found} == {"image_name", "image_dynamic", "output_name", "ir_version"}
    for each in found:
        assert "nxai_model_prepare" in each.advice and "sclblonnx" not in each.advice


# 4, 5 ----------------------------------------------------------------------------------------------------------------


def test_m04_shapes_that_the_graph_tells(tmp_path: Path) -> None:
    """What the exporter left open is worked out, from the image that is fixed."""
    report = checked(tmp_path, classifier(outputs=[(NAME, FLOAT, ["N", 2])]))
    assert report.findings == [] and report.outputs[0].shape == [1, 2]
    report = checked(tmp_path, classifier(outputs=[(NAME, FLOAT, None)]))
    assert report.findings == [] and report.outputs[0].shape == [1, 2]
    wrong = checked(tmp_path, classifier(outputs=[("scores-0:Cat;1:Dog;2:Cow", FLOAT, ["N", "K"])], nodes=_three()))
    assert codes(wrong) == ["error output_shape"], "and where that is wrong, it is an error"


def _three() -> list[onnx.NodeProto]:
    return [
        helper.make_node("GlobalAveragePool", ["image"], ["pooled"]),
        helper.make_node("Flatten", ["pooled"], ["flat"]),
        helper.make_node("MatMul", ["flat", "weights"], ["scores-0:Cat;1:Dog;2:Cow"]),
    ]


def test_m04_scores_of_one_dimension(tmp_path: Path) -> None:
    nodes = [
        helper.make_node("GlobalAveragePool", ["image"], ["pooled"]),
        helper.make_node("Flatten", ["pooled"], ["flat"], axis=0),
        helper.make_node("MatMul", ["flat", "weights"], ["product"]),
        helper.make_node("Reshape", ["product", "shape"], [NAME]),
    ]
    shape = helper.make_tensor("shape", TensorProto.INT64, [1], [2])
    assert checked(tmp_path, classifier(nodes, [(NAME, FLOAT, [2])], [shape])).findings == []


@pytest.mark.parametrize(
    ("output", "shape", "expected"),
    [
        ("bboxes-format:xyxysc;0:Cat", ["n", "k"], ["warning output_unknown"]),
        ("bboxes-format:xyxysc;0:Cat", ["n", 6], []),
        ("bboxes-format:xyxysc;0:Cat", ["n", 7], ["error output_shape"]),
        (NAME, ["n", "k"], ["warning output_unknown"]),
        (NAME, [2], []),
        (NAME, [3], ["error output_shape"]),
        (NAME, [1, 1, 2], ["error output_shape"]),
    ],
)
def test_m04_what_is_right_and_what_is_not_known(check: Check, output: str, shape: Any, expected: list[str]) -> None:
    assert codes(check(outputs=[(output, FLOAT, shape)])) == expected


@pytest.mark.parametrize("name", ["output0", "bboxes-format:xyxysc;0:Cat"])
def test_m04_an_end_to_end_head_is_not_told_to_suppress(check: Check, name: str) -> None:
    found = check(outputs=[(name, FLOAT, [1, 300, 6])]).errors
    assert len(found) == 1 and "Squeeze" in found[0].advice and "suppression" not in found[0].advice


def test_m05_class_numbers_beyond_the_columns(check: Check) -> None:
    found = check(outputs=[("scores-1:Cat;2:Dog", FLOAT, [1, 2])]).errors
    assert [each.code for each in found] == ["classes"] and "2:Dog" in found[0].message
    assert check(outputs=[("alarm-0:Cat;2:Dog", TensorProto.BOOL, [1, 2])]).errors[0].code == "classes"
    assert check(outputs=[("bboxes-format:xyxysc;1:Cat;7:Dog", FLOAT, [9, 6])]).findings == [], "boxes name theirs"


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
    assert "map" in checked(tmp_path, made).findings[1].message


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
