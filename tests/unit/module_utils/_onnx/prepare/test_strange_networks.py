# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Networks and files that led nxai_model_prepare astray: to a wrong head, to a proof of nothing, or past all limits."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

from ansible_collections.nxai.cloud.plugins.module_utils._core.errors import BadInput
from ansible_collections.nxai.cloud.plugins.module_utils._onnx.check import check_model
from ansible_collections.nxai.cloud.plugins.module_utils._onnx.prepare import proof as proofs
from ansible_collections.nxai.cloud.plugins.module_utils._onnx.prepare.mark import MARK
from ansible_collections.nxai.cloud.plugins.module_utils._onnx.prepare.recipe import prepare
from tools.trained_model import FLOAT, Network, classifier, end_to_end, objectness, ultralytics, yolox

DEFAULTS: dict[str, Any] = {
    "classes": None, "labels_file": None, "width": None, "height": None, "head": "auto", "iou_threshold": 0.45,
    "max_boxes": 100, "means": None, "scales": None, "normalisation": "graph", "proof": "require", "backup": False,
}  # fmt: skip
Prepare = Callable[..., dict[str, Any]]
FOUR = list("abcd")


@pytest.fixture
def prepared(tmp_path: Path) -> Prepare:
    def run(made: onnx.ModelProto | bytes, **options: Any) -> dict[str, Any]:
        source = tmp_path / "trained.onnx"
        source.write_bytes(made if isinstance(made, bytes) else made.SerializeToString())
        return prepare({**DEFAULTS, "src": str(source), "dest": str(tmp_path / "nx.onnx"), **options}, False)

    return run


def renamed(made: onnx.ModelProto, old: str, new: str) -> onnx.ModelProto:
    for node in made.graph.node:
        for side in (node.input, node.output):
            side[:] = [new if name == old else name for name in side]
    for value in (*made.graph.input, *made.graph.output):
        value.name = new if value.name == old else value.name
    return made


# Names ---------------------------------------------------------------------------------------------------------------


def test_an_output_may_have_the_name_that_it_is_to_have(prepared: Prepare, tmp_path: Path) -> None:
    """A file that was prepared once, or named by hand: what came out of it was lost behind its own name."""
    made = renamed(classifier("Softmax"), "logits", "scores-0:a;1:b;2:c;3:d")
    assert prepared(made, classes=FOUR)["proof"]["compared"] == 16
    again = (tmp_path / "nx.onnx").read_bytes()
    assert prepared(again, classes=FOUR)["proof"]["compared"] == 16
    made = renamed(end_to_end(), "output0", "bboxes-format:xyxysc;0:a;1:b;2:c")
    assert prepared(made)["proof"]["compared"] >= 3


def test_an_output_may_have_the_name_of_an_input_of_nx(prepared: Prepare, tmp_path: Path) -> None:
    """Without a proof it was written, and no runtime loaded it."""
    assert prepared(renamed(ultralytics(), "output0", "nms_sensitivity"))["proof"]["compared"] >= 3
    assert prepared(renamed(ultralytics(), "output0", "nms_sensitivity"), proof="off", max_boxes=7)["changed"] is True
    assert check_model(str(tmp_path / "nx.onnx"), 1 << 30, runtime=True).findings == []


def test_a_value_may_have_the_name_that_the_image_gets_inside(prepared: Prepare) -> None:
    made = renamed(ultralytics(), "images", "image")
    made = renamed(made, made.graph.node[0].output[0], "image_before")
    assert prepared(made)["proof"]["compared"] >= 3


# Heads ---------------------------------------------------------------------------------------------------------------


def test_one_class_is_no_list_of_chosen_boxes(prepared: Prepare) -> None:
    """[1, n, 6] with few candidates: where the objectness became the score of corners, and the proof agreed."""
    assert prepared(objectness(1), classes=["a"])["head"] == "objectness"
    assert prepared(yolox(1), classes=["a"])["head"] == "yolox"


def test_two_classes_in_rows_are_asked_about(prepared: Prepare) -> None:
    made = ultralytics()
    made = renamed(made, "output0", "raw")
    made.graph.node.append(helper.make_node("Transpose", ["raw"], ["output0"], perm=[0, 2, 1]))
    made.graph.output[0].CopyFrom(helper.make_tensor_value_info("output0", FLOAT, [1, 64, 6]))
    with pytest.raises(BadInput, match=r"chosen already, or two classes\. Give head: end_to_end, or head: ultralytics"):
        prepared(made)
    assert prepared(made, head="ultralytics")["proof"]["compared"] >= 3
    with pytest.raises(BadInput, match="holds no numbers of classes"):
        prepared(made, head="end_to_end")


def test_as_many_candidates_as_rows_are_not_turned(prepared: Prepare) -> None:
    """80 classes for an image of 64 pixels: [1, 84, 84], and here 60 for [1, 64, 64]."""
    made = ultralytics(60, json.dumps([f"c{number}" for number in range(60)]))
    assert prepared(made)["head"] == "ultralytics"
    output = onnx.load(prepared(made)["dest"]).graph
    assert any(node.op_type == "Transpose" and list(node.attribute[0].ints) == [0, 2, 1] for node in output.node)


def test_a_class_without_a_name_is_found_by_the_proof(prepared: Prepare) -> None:
    with pytest.raises(BadInput, match=r"finds the class 2, and there are names up to 1\. Give all classes"):
        prepared(end_to_end(), classes=["a", "b"], head="end_to_end")


def _scores(*, share: bool) -> onnx.ModelProto:
    """A softmax that is written out, or the mean of two."""
    net = Network(9)
    pooled = net.node("GlobalAveragePool", net.features(8))
    flat = net.node("Reshape", pooled, net.constant([1, 8], "int64"))

    def logits() -> str:
        return net.node("MatMul", flat, net.constant(net.chance.normal(0, 0.001, (8, 4))))

    if share:
        power = net.node("Exp", logits())
        net.node("Div", power, net.node("ReduceSum", power, axes=[1], keepdims=1), output="scores")
    else:
        both = net.node("Add", net.node("Softmax", logits(), axis=1), net.node("Softmax", logits(), axis=1))
        net.node("Mul", both, net.constant([0.5]), output="scores")
    return net.model([("scores", FLOAT, [1, 4])])


def test_no_second_softmax_over_one_that_is_written_out(prepared: Prepare) -> None:
    result = prepared(_scores(share=True), classes=FOUR)
    assert "probabilities already (Softmax)" in next(each["said"] for each in result["steps"] if each["step"] == "head")
    assert "warnings" not in result and "warnings" not in prepared(classifier(), classes=FOUR)


def test_what_looks_like_probabilities_is_said(prepared: Prepare) -> None:
    (warning,) = prepared(_scores(share=False), classes=FOUR)["warnings"]
    assert "have the sum 1 on each image" in warning


# The proof -----------------------------------------------------------------------------------------------------------


def test_what_is_no_number_proves_nothing(prepared: Prepare, tmp_path: Path) -> None:
    made = renamed(classifier(), "logits", "before")
    made.graph.node.append(helper.make_node("Abs", ["before"], ["above"]))
    made.graph.node.append(helper.make_node("Neg", ["above"], ["below"]))
    made.graph.node.append(helper.make_node("Log", ["below"], ["logits"]))
    made.graph.output[0].name = "logits"
    with pytest.raises(BadInput, match=r"no numbers \(NaN\)"):
        prepared(made, classes=FOUR)
    assert not (tmp_path / "nx.onnx").exists()


def test_a_difference_that_is_no_number_is_one() -> None:
    found = proofs._apart(numpy, numpy.array([numpy.inf, numpy.nan, 1.0]), numpy.array([numpy.inf, 1.0, 1.5]))
    assert found.tolist() == [0.0, numpy.inf, 0.5]
    pair: Any = type("Pair", (), {"head": type("Head", (), {"kind": "ultralytics"})})
    with pytest.raises(BadInput, match="no numbers"):
        proofs._check_rows(numpy, pair, numpy.array([[0, 0, numpy.nan, 1, 0.5, 0]]), "")


def test_thousands_of_equal_scores_take_no_minutes() -> None:
    rows = numpy.zeros((proofs._MOST_ROWS + 1, 6))
    rows[:, 0], rows[:, 4] = numpy.arange(len(rows)) * 10, 0.7
    rows[:, 2], rows[:, 3] = rows[:, 0] + 5, 5
    start = time.process_time()
    assert proofs.suppress(numpy, rows, 0.5, 0.45, 100)[1] is True
    kept, _is_close = proofs.suppress(numpy, rows[:-1], 0.5, 0.45, 10_000)
    assert len(kept) == proofs._MOST_ROWS and time.process_time() - start < 10


def test_too_much_that_comes_out_is_not_read(prepared: Prepare, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(proofs, "_MOST_BYTES", 100)
    with pytest.raises(BadInput, match="the original gives 0 MiB for 4 pictures"):
        prepared(ultralytics())


# What is there already -----------------------------------------------------------------------------------------------


def _note(path: Path, change: Callable[[dict[str, Any]], Any]) -> None:
    made = onnx.load(path)
    (entry,) = (each for each in made.metadata_props if each.key == MARK)
    noted = json.loads(entry.value)
    change(noted)
    entry.value = json.dumps(noted)
    onnx.save(made, path)


def test_a_file_that_something_changed_is_made_again(prepared: Prepare, tmp_path: Path) -> None:
    prepared(ultralytics())
    made = onnx.load(tmp_path / "nx.onnx")
    first = made.graph.initializer[0]
    first.CopyFrom(numpy_helper.from_array(numpy_helper.to_array(first) * 0, first.name))
    onnx.save(made, tmp_path / "nx.onnx")
    assert prepared(ultralytics())["changed"] is True
    content = (tmp_path / "nx.onnx").read_bytes()
    (tmp_path / "nx.onnx").write_bytes(content + b"\x32\x04more")  # a remark at its end
    assert prepared(ultralytics())["changed"] is True and (tmp_path / "nx.onnx").read_bytes() == content


def test_a_note_says_no_more_than_it_should(prepared: Prepare, tmp_path: Path) -> None:
    """Ansible would have set the facts."""
    first = prepared(ultralytics())
    evil = {"changed": True, "failed": True, "dest": "/etc/passwd", "ansible_facts": {"a": 1}}
    _note(tmp_path / "nx.onnx", lambda noted: noted["result"].update(evil))
    result = prepared(ultralytics())
    assert (result["changed"], result["dest"]) == (False, first["dest"])
    assert set(result) == {"changed", "dest", "head", "steps", "classes", "settings", "proof"}
    _note(tmp_path / "nx.onnx", lambda noted: noted.update(result={}))
    assert prepared(ultralytics())["changed"] is True


def test_all_that_the_exporter_noted_is_kept(prepared: Prepare, tmp_path: Path) -> None:
    """Entries of more than 1 MiB were lost, long keys cut, and behind a thousand entries the own note was not found."""
    made = ultralytics()
    more = {"k" * 300: "v", "large": "x" * (2 << 20), **{f"key{number}": "" for number in range(1100)}}
    for key, value in more.items():
        made.metadata_props.add(key=key, value=value)
    prepared(made)
    found = {each.key: each.value for each in onnx.load(tmp_path / "nx.onnx").metadata_props}
    assert more.items() <= found.items() and prepared(made)["changed"] is False


# Files beside it -----------------------------------------------------------------------------------------------------


def test_many_weights_of_one_file_are_counted_each(prepared: Prepare, tmp_path: Path) -> None:
    """Sixty tensors that take all of a file of 50 MiB: 10 GiB of memory, and a traceback."""
    with open(tmp_path / "big.bin", "wb") as file:
        file.truncate(50 << 20)
    made = classifier()
    for number in range(60):
        tensor = made.graph.initializer.add(name=f"e{number}", data_type=1, dims=[2])
        tensor.data_location = TensorProto.EXTERNAL
        tensor.external_data.add(key="location", value="big.bin")
    with pytest.raises(BadInput, match=r"weights in other files have 2\.9 GiB"):
        prepared(made, classes=FOUR)


@pytest.mark.parametrize("place", ["x\0y", ""])
def test_weights_in_no_file(prepared: Prepare, place: str) -> None:
    made = classifier()
    tensor = made.graph.initializer.add(name="e", data_type=1, dims=[2], data_location=TensorProto.EXTERNAL)
    tensor.external_data.add(key="location", value=place)
    with pytest.raises(BadInput, match="which is no name of a file"):
        prepared(made, classes=FOUR)


@pytest.mark.parametrize(
    ("text", "said"),
    [("a\n\nc\n", "its line 2 is empty"), ("\na\nb\n", "its line 1 is empty"), (" \n\n", "it is empty")],
)
def test_a_line_without_a_class_moves_all_behind_it(prepared: Prepare, tmp_path: Path, text: str, said: str) -> None:
    labels = tmp_path / "labels.txt"
    labels.write_text(text)
    with pytest.raises(BadInput, match=said):
        prepared(end_to_end(), labels_file=str(labels))


def test_lines_end_where_lines_end_and_may_have_numbers(prepared: Prepare, tmp_path: Path) -> None:
    labels = tmp_path / "labels.txt"
    labels.write_bytes(b"0 Man\r\n1 Bike\r\n\r\n")
    assert prepared(ultralytics(), labels_file=str(labels))["classes"] == {"0": "Man", "1": "Bike"}
    labels.write_bytes("Man\u2028Woman\nBike\n".encode())
    with pytest.raises(BadInput, match="cannot be the name of a class"):
        prepared(ultralytics(), labels_file=str(labels))


@pytest.mark.parametrize("name", ["a\x00b", "a\tb", "a\x85b", "a;b"])
def test_characters_that_no_class_has(prepared: Prepare, name: str) -> None:
    with pytest.raises(BadInput, match="without ';' and control characters"):
        prepared(ultralytics(), classes=[name, "c"])
