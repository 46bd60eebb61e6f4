# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The check against what runtimes do: each file is made here, and named after the rule that it is for."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy
import onnx
import pytest
from made_models import FLOAT, NAME, Check, checked, classifier, codes
from onnx import TensorProto, helper, numpy_helper

from ansible_collections.nxai.cloud.plugins.module_utils._core.errors import BadInput

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


def _made_twice_by_one_node() -> onnx.ModelProto:
    made = classifier()
    made.graph.node.append(helper.make_node("Split", ["flat"], ["half", "half"], axis=1))
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
    "made twice by one node": (_made_twice_by_one_node, "made_twice", "'half'"),
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
