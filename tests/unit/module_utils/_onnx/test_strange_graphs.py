# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Graphs that no runtime loads although each node is right by itself, and strange ones that every runtime loads."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy
import onnx
import pytest
from made_models import FLOAT, NAME, checked, classifier, codes
from onnx import TensorProto, helper, numpy_helper

from ansible_collections.nxai.cloud.plugins.module_utils._core.errors import BadInput
from ansible_collections.nxai.cloud.plugins.module_utils._onnx.graph.wire import as_field
from ansible_collections.nxai.cloud.plugins.module_utils._onnx.partial import missing_part

STANDARD, OWN = helper.make_opsetid("", 16), helper.make_opsetid("own", 1)
ANY = helper.make_tensor_value_info


def scores(last: str = "before") -> list[onnx.NodeProto]:
    """The nodes of a classifier, whose scores are called so."""
    return [
        helper.make_node("GlobalAveragePool", ["image"], ["pooled"]),
        helper.make_node("Flatten", ["pooled"], ["flat"]),
        helper.make_node("MatMul", ["flat", "weights"], ["product"]),
        helper.make_node("Softmax", ["product"], [last], axis=1),
    ]


def weight(values: Any, name: str, kind: str = "float32") -> onnx.TensorProto:
    return numpy_helper.from_array(numpy.asarray(values, kind), name)


def ends_with(operator: str, *more: str, weights: Sequence[onnx.TensorProto] = (), **form: Any) -> onnx.ModelProto:
    return classifier([*scores(), helper.make_node(operator, ["before", *more], [NAME], **form)], weights=weights)


def choice(then: onnx.GraphProto) -> onnx.ModelProto:
    other = helper.make_graph([helper.make_node("Neg", ["before"], ["e"])], "else", [], [ANY("e", FLOAT, None)])
    node = helper.make_node("If", ["yes"], [NAME], then_branch=then, else_branch=other)
    return classifier([*scores(), node], weights=[weight(True, "yes", "bool")])


def branch(made: str, name: str = "then") -> onnx.GraphProto:
    """With one value of this name, or none for a value from outside."""
    nodes = [helper.make_node("Identity", ["before"], [made])] if made != "before" else []
    return helper.make_graph(nodes, name, [], [ANY(made, FLOAT, None)])


def function(calls: Sequence[str] = ("before",), opset: int | None = 16, imports: Any = (STANDARD, OWN)) -> Any:
    body = [helper.make_node("Add", ["a", "a"], ["b"])]
    own = [] if opset is None else [helper.make_opsetid("", opset)]
    made = classifier([*scores(), helper.make_node("Twice", calls, [NAME], domain="own")])
    made.functions.append(helper.make_function("own", "Twice", ["a"], ["b"], body, own))
    del made.opset_import[:]
    made.opset_import.extend(imports)
    return made


def changed(change: Callable[[onnx.ModelProto], Any]) -> onnx.ModelProto:
    made = classifier()
    change(made)
    return made


def _typeless(made: onnx.ModelProto) -> None:
    made.graph.node[3].attribute[0].ClearField("type")


def _in_the_wrong_list(made: onnx.ModelProto) -> None:
    made.graph.initializer[0].ClearField("raw_data")
    made.graph.initializer[0].int64_data.extend([1] * 6)


def _of_no_type(made: onnx.ModelProto) -> None:
    made.graph.initializer.append(TensorProto(name="more", data_type=77, dims=[1], raw_data=b"1234"))


def _without_a_required_input(made: onnx.ModelProto) -> None:
    made.graph.node[2].input[0] = ""


LOADED_BY_NONE: dict[str, tuple[Callable[[], onnx.ModelProto], str]] = {
    "two types": (lambda: ends_with("Add", "k", weights=[weight([[1, 1]], "k", "int64")]), "types"),
    "shapes": (lambda: changed(lambda made: made.graph.initializer[0].dims.__setitem__(slice(None), [2, 3])), "types"),
    "a type that is none": (lambda: ends_with("Cast", to=99), "types"),
    "a type that is newer": (
        lambda: classifier(
            [*scores("a"), helper.make_node("Cast", ["a"], ["b"], to=17), helper.make_node("Cast", ["b"], [NAME], to=1)]
        ),
        "types",
    ),
    "an axis that is not there": (lambda: ends_with("Transpose", perm=[0, 5]), "types"),
    "another type than declared": (lambda: ends_with("Cast", to=TensorProto.DOUBLE), "types"),
    "a branch with an output too many": (
        lambda: choice(
            helper.make_graph(
                branch("t").node, "then", [], [ANY("t", FLOAT, None), ANY("t", FLOAT, None)]
            )
        ),
        "types",
    ),
    "a value given through": (lambda: choice(branch("before")), "unmade_output"),
    "a name of the graph around": (lambda: choice(branch("pooled")), "made_twice"),
    "a weight and a node": (lambda: classifier(weights=[weight([[1, 1, 1]], "flat")]), "made_twice"),
    "two inputs": (lambda: changed(lambda made: made.graph.input.append(made.graph.input[0])), "made_twice"),
    "an output without a name": (
        lambda: changed(lambda made: made.graph.output.append(ANY("", FLOAT, [1]))), "unmade_output",
    ),
    "an input left out": (lambda: changed(_without_a_required_input), "attribute"),
    "an output left out": (lambda: classifier([*scores(NAME), helper.make_node("Relu", ["flat"], [""])]), "attribute"),
    "an attribute twice": (
        lambda: changed(lambda made: made.graph.node[3].attribute.append(made.graph.node[3].attribute[0])), "attribute",
    ),
    "an attribute without a type": (lambda: changed(_typeless), "attribute"),
    "the wrong list": (lambda: changed(_in_the_wrong_list), "weights_size"),
    "a weight of no type": (lambda: changed(_of_no_type), "weights"),
    "a function's domain": (lambda: function(imports=[STANDARD]), "operator"),
    "a function without opset": (lambda: function(opset=None), "operator"),
    "a function's inputs": (lambda: function(["before", "flat"]), "attribute"),
}  # fmt: skip


@pytest.mark.parametrize("name", LOADED_BY_NONE)
def test_what_no_runtime_loads(tmp_path: Path, name: str) -> None:
    make, code = LOADED_BY_NONE[name]
    assert f"error {code}" in codes(checked(tmp_path, make()))
    runtime = pytest.importorskip("onnxruntime")
    options = runtime.SessionOptions()
    options.log_severity_level = 4
    with pytest.raises(Exception, match="ONNXRuntimeError"):
        runtime.InferenceSession(str(tmp_path / "model.onnx"), options, providers=["CPUExecutionProvider"])


def test_a_function_has_an_opset_of_its_own(tmp_path: Path) -> None:
    assert codes(checked(tmp_path, function(opset=20))) == ["error opset"]


def test_a_function_that_calls_itself_or_is_there_twice(tmp_path: Path) -> None:
    made = function()
    made.functions[0].node[0].CopyFrom(helper.make_node("Twice", ["a"], ["b"], domain="own"))
    made.functions[0].opset_import.append(OWN)
    assert codes(checked(tmp_path, made)) == ["error types"]
    made = function()
    made.functions.append(made.functions[0])
    assert codes(checked(tmp_path, made)) == ["error made_twice"]


def _nested(depth: int) -> onnx.GraphProto:
    if not depth:
        return branch("t0")
    node = helper.make_node("If", ["yes"], [f"t{depth}"], then_branch=_nested(depth - 1), else_branch=branch("e"))
    return helper.make_graph([node], "then", [], [ANY(f"t{depth}", FLOAT, None)])


LOADED_BY_ALL: dict[str, Callable[[], onnx.ModelProto]] = {
    "a function": function,
    "a branch": lambda: choice(branch("t")),
    "the same name in both branches": lambda: choice(branch("e")),
    "graphs as deep as the library reads": lambda: choice(_nested(31)),
    "constants with one name": lambda: classifier(
        [*(helper.make_node("Constant", [], [f"c{i}"], name="anon", value_int=i) for i in (1, 2)), *scores(NAME)]
    ),
    "a weight that is an input": lambda: changed(lambda made: made.graph.input.append(ANY("weights", FLOAT, [3, 2]))),
}


@pytest.mark.parametrize("name", LOADED_BY_ALL)
def test_what_every_runtime_loads(tmp_path: Path, name: str) -> None:
    assert codes(checked(tmp_path, LOADED_BY_ALL[name]())) == []


@pytest.mark.parametrize("shape", [[1, 5], [1, 1, 2]])
def test_the_graph_counts_not_what_the_file_says_of_its_output(tmp_path: Path, shape: list[int]) -> None:
    """It says [1, 2]: a runtime warns at most, and gives what the graph makes."""
    size = int(numpy.prod(shape))
    grown = [weight(numpy.ones((2, size)), "more"), weight(shape, "shape", "int64")]
    nodes = [*scores(), helper.make_node("MatMul", ["before", "more"], ["wide"])]
    made = classifier([*nodes, helper.make_node("Reshape", ["wide", "shape"], [NAME])], weights=grown)
    report = checked(tmp_path, made)
    assert codes(report) == ["error output_shape"] and report.outputs[0].shape == shape


@pytest.mark.parametrize("piece", [b"\x25\0\0\x80\x3f", b"\x08\x01"])
def test_weights_in_millions_of_pieces_take_no_minutes(tmp_path: Path, piece: bytes) -> None:
    """One value or dimension after the other: 5 million took 16 seconds, where onnx.load takes 0.1."""
    tensor = onnx.TensorProto(name="pieces", data_type=1, dims=[5_000_000]).SerializeToString() + piece * 5_000_000
    made = classifier()
    graph = made.graph.SerializeToString() + as_field(5, tensor)
    made.ClearField("graph")
    start = time.process_time()
    with pytest.raises(BadInput, match="weights in more than 1,000,000 pieces"):
        checked(tmp_path, made.SerializeToString() + as_field(7, graph))
    assert missing_part(str(tmp_path / "model.onnx")) == ""
    assert time.process_time() - start < 20


@pytest.mark.parametrize("versions", [(23, 16), (16, 23)])
def test_of_two_versions_of_one_domain_the_newer_counts(tmp_path: Path, versions: tuple[int, int]) -> None:
    """onnxruntime 1.17 takes one of them, the newest another."""
    made = classifier()
    del made.opset_import[:]
    made.opset_import.extend(helper.make_opsetid("", version) for version in versions)
    assert codes(checked(tmp_path, made)) == ["error opset"]


SPARSE = {
    "whole": ([0, 3], [2], [], ""),
    "by rows and columns": ([0, 1, 2, 0], [2, 2], [], ""),
    "short": ([0], [1], [], "has 2 values and 1 places"),
    "cut": ([0, 3], [2], [7], "has 1 of 2 places"),
    "outside": ([0, 33], [2], [], "outside of its shape"),
}


@pytest.mark.parametrize("name", SPARSE)
def test_places_of_sparse_weights(tmp_path: Path, name: str) -> None:
    """onnxruntime 1.17 crashes where there are too few."""
    places, dims, cut, said = SPARSE[name]
    indices = onnx.TensorProto(name="places", data_type=TensorProto.INT64, dims=dims)
    indices.int64_data.extend(places[: len(places) - len(cut)])
    sparse = onnx.SparseTensorProto(values=weight([1, 2], "weights"), indices=indices, dims=[3, 2])
    made = classifier()
    del made.graph.initializer[:]
    made.graph.sparse_initializer.append(sparse)
    report = checked(tmp_path, made)
    assert codes(report) == (["error weights"] if said else [])
    assert not said or said in report.findings[0].message
    for each in made.graph.sparse_initializer:
        each.indices.raw_data = numpy.asarray(each.indices.int64_data, "<i8").tobytes()
        each.indices.ClearField("int64_data")
    assert codes(checked(tmp_path, made)) == (["error weights"] if said else [])


def test_a_type_that_is_newer_is_no_missing_part(tmp_path: Path) -> None:
    """What is cut short is refused whatever check_file says; a type that nobody knows yet is not cut."""
    made = changed(_of_no_type)
    checked(tmp_path, made)
    assert missing_part(str(tmp_path / "model.onnx")) == ""
