# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""nxai_model_prepare, on a network of each family: what it makes is loaded, and gives what the original gives."""

from __future__ import annotations

import json
import os
import stat
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
from ansible_collections.nxai.cloud.plugins.module_utils._onnx.prepare.recipe import prepare
from ansible_collections.nxai.cloud.plugins.module_utils._onnx.runtime import run_model
from tools.trained_model import SIDE, Network, classifier, end_to_end, objectness, ultralytics, yolox

DEFAULTS: dict[str, Any] = {
    "classes": None, "labels_file": None, "width": None, "height": None, "head": "auto", "iou_threshold": 0.45,
    "max_boxes": 100, "means": None, "scales": None, "normalisation": "graph", "proof": "require", "backup": False,
}  # fmt: skip
Prepare = Callable[..., dict[str, Any]]


@pytest.fixture
def prepared(tmp_path: Path) -> Prepare:
    """The result for a network; the files are ``trained.onnx`` and ``nx.onnx``."""

    def run(made: onnx.ModelProto | bytes, check_mode: bool = False, **options: Any) -> dict[str, Any]:
        source = tmp_path / "trained.onnx"
        source.write_bytes(made if isinstance(made, bytes) else made.SerializeToString())
        chosen = {**DEFAULTS, "src": str(source), "dest": str(tmp_path / "nx.onnx"), **options}
        return prepare(chosen, check_mode)

    return run


FAMILIES: dict[str, tuple[Callable[[], onnx.ModelProto], dict[str, Any], str]] = {
    "ultralytics": (ultralytics, {}, "ultralytics"),
    "ultralytics, any size": (lambda: ultralytics(dynamic=True), {}, "ultralytics"),
    "ultralytics, one class": (lambda: ultralytics(1, "{0: 'person'}"), {}, "ultralytics"),
    "ultralytics, half": (lambda: ultralytics(kind="float16"), {}, "ultralytics"),
    "objectness": (objectness, {"classes": ["a", "b", "c"]}, "objectness"),
    "yolox": (yolox, {"classes": ["a", "b"]}, "yolox"),
    "end to end": (end_to_end, {}, "end_to_end"),
    "logits": (classifier, {"classes": ["a", "b", "c", "d"]}, "classifier"),
    "softmax": (lambda: classifier("Softmax"), {"classes": ["a", "b", "c", "d"]}, "classifier"),
    "sigmoid": (lambda: classifier("Sigmoid"), {"classes": ["a", "b", "c", "d"]}, "classifier"),
    "logarithms": (lambda: classifier("LogSoftmax", opset=13), {"classes": ["a", "b", "c", "d"]}, "classifier"),
}


@pytest.mark.parametrize("family", FAMILIES)
def test_each_family_gives_what_it_gave(prepared: Prepare, tmp_path: Path, family: str) -> None:
    make, options, head = FAMILIES[family]
    result = prepared(make(), **options)
    assert (result["changed"], result["head"]) == (True, head)
    proof = result["proof"]
    assert proof["images"] == 4 and proof["compared"] >= (16 if head == "classifier" else 3)
    for name, largest in proof["largest_difference"].items():
        assert largest is None or largest <= proof["tolerance"][name] / 10, "far below what is allowed"
    report = check_model(str(tmp_path / "nx.onnx"), 1 << 30, runtime=True)
    assert [each for each in report.findings if each.code != "class_names"] == []
    assert report.runtime is not None and report.runtime.loads and report.runtime.outputs
    made = onnx.load(tmp_path / "nx.onnx")
    onnx.checker.check_model(made, full_check=True)
    assert made.graph.input[0].name == "image" and made.ir_version <= 9


def boxes(tmp_path: Path, image: Any, sensitivity: float) -> Any:
    feeds = {"0/image": image, "0/nms_sensitivity": numpy.array([sensitivity], "float32")}
    numpy.savez(tmp_path / "in.npz", **feeds)
    run = run_model(str(tmp_path / "nx.onnx"), arrays=str(tmp_path / "in.npz"), save=str(tmp_path / "out.npz"))
    assert run.error == ""
    with numpy.load(tmp_path / "out.npz") as found:
        return found["0/0"]


def test_boxes_are_limited_sorted_and_apart(prepared: Prepare, tmp_path: Path) -> None:
    """Written here once more, apart from the proof: by torchvision's rule, one class at a time."""
    prepared(ultralytics(), max_boxes=5, iou_threshold=0.3)
    image = numpy.random.default_rng(3).uniform(0, 255, (1, 3, SIDE, SIDE)).astype("float32")
    found = boxes(tmp_path, image, 0.0)
    assert found.shape == (5, 6) and list(found[:, 4]) == sorted(found[:, 4], reverse=True)
    for index, one in enumerate(found):
        for other in found[index + 1 :]:
            width = min(one[2], other[2]) - max(one[0], other[0])
            height = min(one[3], other[3]) - max(one[1], other[1])
            shared = max(0, width) * max(0, height)
            both = sum((each[2] - each[0]) * (each[3] - each[1]) for each in (one, other)) - shared
            assert one[5] != other[5] or shared / both <= 0.3 + 1e-5
    least = float(found[2, 4])
    assert len(boxes(tmp_path, image, least + 1e-6)) <= 3 and boxes(tmp_path, image, 1.0).shape == (0, 6)


def test_a_second_run_changes_nothing_and_another_choice_does(prepared: Prepare, tmp_path: Path) -> None:
    first = prepared(ultralytics())
    content, when = (tmp_path / "nx.onnx").read_bytes(), os.stat(tmp_path / "nx.onnx").st_mtime_ns
    again = prepared(ultralytics())
    assert (again["changed"], again["steps"], again["settings"]) == (False, first["steps"], first["settings"])
    assert "diff" not in again and os.stat(tmp_path / "nx.onnx").st_mtime_ns == when
    assert prepared(ultralytics(), max_boxes=50)["changed"] is True
    assert prepared(ultralytics(classes=3, names="['a', 'b', 'c']"))["changed"] is True, "another source"
    assert prepared(ultralytics(), proof="off")["changed"] is True
    assert (tmp_path / "nx.onnx").read_bytes() == content, "the same bytes, wherever it is done"
    (tmp_path / "nx.onnx").write_bytes(content[:-100])
    assert prepared(ultralytics())["changed"] is True, "and what is damaged is made again"


def test_check_mode_says_it_in_words_and_writes_nothing(prepared: Prepare, tmp_path: Path) -> None:
    result = prepared(ultralytics(dynamic=True), check_mode=True)
    assert result["changed"] is True and not (tmp_path / "nx.onnx").exists()
    before, after = result["diff"]["before"], result["diff"]["after"]
    assert "input images [?, 3, ?, ?] float32\n" in before and "not usable by Nx" in before
    assert "input image [1, 3, 64, 64] float32\n" in after and "\nusable by Nx\n" in after
    assert "output bboxes-format:xyxysc;0:person;1:bicycle [?, 6] float32\n" in after
    assert "versions: IR version 10 to 9\n" in after and "input: images is now image, divided by 255\n" in after
    assert {each["step"] for each in result["steps"]} >= {"image", "versions", "classes", "head", "input"}


def test_what_was_there_is_kept_on_request(prepared: Prepare, tmp_path: Path) -> None:
    dest = tmp_path / "nx.onnx"
    dest.write_bytes(b"before")
    dest.chmod(0o640)
    backup = Path(prepared(ultralytics(), backup=True)["backup_file"])
    assert backup.read_bytes() == b"before" and stat.S_IMODE(dest.stat().st_mode) == 0o640
    assert "backup_file" not in prepared(ultralytics(), max_boxes=9)
    assert sorted(each.name for each in tmp_path.iterdir()) == sorted(["nx.onnx", "trained.onnx", backup.name])


def test_class_names_come_from_three_places(prepared: Prepare, tmp_path: Path) -> None:
    assert prepared(ultralytics())["classes"] == {"0": "person", "1": "bicycle"}
    labels = tmp_path / "labels.txt"
    labels.write_text("\ufeffMan\nBike\n\n")
    assert prepared(ultralytics(), labels_file=str(labels))["classes"] == {"0": "Man", "1": "Bike"}
    labels.write_text("Woman\nBike\n")
    assert prepared(ultralytics(), labels_file=str(labels))["changed"] is True, "what is in it counts"
    assert prepared(ultralytics(), classes=["One", "Two"])["classes"] == {"0": "One", "1": "Two"}


@pytest.mark.parametrize("place", ["graph", "fields"])
def test_means_and_scales(prepared: Prepare, tmp_path: Path, place: str) -> None:
    result = prepared(ultralytics(), means=[10, 20, 30], scales=[50, 60, 70], normalisation=place)
    inside = place == "graph"
    wanted = ([0, 0, 0], [1, 1, 1]) if inside else ([10, 20, 30], [50, 60, 70])
    assert (result["settings"]["means"], result["settings"]["scales"]) == wanted
    assert result["proof"]["compared"] >= 3
    noted = json.loads(onnx.load(tmp_path / "nx.onnx").graph.doc_string)
    assert (noted["means"], noted["vars"]) == wanted


def test_weights_in_other_files_come_into_the_one(prepared: Prepare, tmp_path: Path) -> None:
    made = ultralytics()
    for each in made.graph.initializer:
        each.CopyFrom(numpy_helper.from_array(numpy_helper.to_array(each), each.name))
    folder = tmp_path / "export"
    folder.mkdir()
    onnx.save_model(
        made, str(folder / "best.onnx"), save_as_external_data=True, size_threshold=200, location="best.data"
    )
    result = prepared(made, src=str(folder / "best.onnx"))
    assert result["steps"][0] == {"step": "weights", "said": "weights of best.data taken into the file"}
    assert check_model(str(tmp_path / "nx.onnx"), 1 << 30).findings == [] and result["proof"]["compared"] >= 3
    assert prepared(made, src=str(folder / "best.onnx"))["changed"] is False
    data = (folder / "best.data").read_bytes()
    (folder / "best.data").write_bytes(data[:-8] + bytes(8))
    assert prepared(made, src=str(folder / "best.onnx"))["changed"] is True, "what is in them counts"
    (folder / "best.data").unlink()
    (folder / "best.data").symlink_to(tmp_path / "trained.onnx")
    with pytest.raises(BadInput, match="outside of its folder"):
        prepared(made, src=str(folder / "best.onnx"))


def test_names_are_changed_everywhere(prepared: Prepare, tmp_path: Path) -> None:
    """In graphs inside of nodes too, and where a value between has the name that an input is to have."""
    net = Network(4)
    value = net.conv("images", 3, 3, 1)
    inner = helper.make_node("Add", ["images", value], ["inner"])
    output = helper.make_tensor_value_info("inner", TensorProto.FLOAT, None)
    branch = helper.make_graph([inner], "branch", [], [output])
    choice = net.constant(True, "bool")
    net.nodes.append(helper.make_node("If", [choice], ["image"], then_branch=branch, else_branch=branch))
    pooled = net.node("GlobalAveragePool", "image")
    net.node("Reshape", pooled, net.constant([1, 3], "int64"), output="nms_sensitivity")
    made = net.model([("nms_sensitivity", TensorProto.FLOAT, [1, 3])])
    for more in ({}, {"scales": [255]}):
        result = prepared(made, classes=["a", "b", "c"], **more)
        assert result["head"] == "classifier" and result["proof"]["compared"] == 12


def _opset_18() -> onnx.ModelProto:
    """Axes of a reduction as an input, and a Split into a number of parts: both new in opset 18."""
    net = Network(11)
    first, second = "half.0", "half.1"
    value = net.features(8)
    net.nodes.append(helper.make_node("Split", [value], [first, second], axis=1, num_outputs=2))
    mean = net.node("ReduceMean", first, net.constant([2, 3], "int64"), keepdims=0)
    most = net.node("ReduceMax", second, net.constant([2, 3], "int64"), keepdims=0, noop_with_empty_axes=0)
    net.node("Concat", mean, most, output="logits", axis=1)
    return net.model([("logits", TensorProto.FLOAT, [1, 8])], 18, 8)


def test_a_newer_opset_is_lowered_where_nothing_is_lost(prepared: Prepare, tmp_path: Path) -> None:
    result = prepared(_opset_18(), classes=list("abcdefgh"))
    assert {"step": "versions", "said": "opset 18 to 17, node by node"} in result["steps"]
    assert result["proof"]["compared"] == 32 and check_model(str(tmp_path / "nx.onnx"), 1 << 30).findings == []


def test_what_a_newer_opset_alone_can_do_is_refused(prepared: Prepare) -> None:
    net = Network(12)
    gelu = net.node("Gelu", net.features(8))
    flat = net.node("Reshape", net.node("GlobalAveragePool", gelu), net.constant([1, 8], "int64"), output="logits")
    with pytest.raises(BadInput, match="cannot be brought to opset 17: Gelu"):
        prepared(net.model([(flat, TensorProto.FLOAT, [1, 8])], 20, 9), classes=list("abcdefgh"))


def test_an_older_opset_is_raised_where_boxes_need_it(prepared: Prepare) -> None:
    made = ultralytics(opset=10, ir_version=5)
    result = prepared(made)
    assert {"step": "versions", "said": "opset 10 to 11"} in result["steps"] and result["proof"]["compared"] >= 3


def _outputs(*shapes: Any) -> onnx.ModelProto:
    net = Network(13)
    pooled = net.node("GlobalAveragePool", net.features(8))
    infos = []
    for number, shape in enumerate(shapes):
        size = int(numpy.prod(shape))
        row = net.node("Reshape", pooled, net.constant([1, 8], "int64"))
        made = net.node("MatMul", row, net.constant(net.chance.normal(0, 1, (8, size))))
        net.node("Reshape", made, net.constant(shape, "int64"), output=f"out{number}")
        infos.append((f"out{number}", TensorProto.FLOAT, list(shape)))
    return net.model(infos)


def _whole_numbers() -> onnx.ModelProto:
    made = classifier()
    made.graph.input[0].type.tensor_type.elem_type = TensorProto.UINT8
    return made


def _channels_last() -> onnx.ModelProto:
    net = Network(14, size=(1, SIDE, SIDE, 3))
    turned = net.node("Transpose", "images", perm=[0, 3, 1, 2])
    flat = net.node("Reshape", net.node("GlobalAveragePool", turned), net.constant([1, 3], "int64"), output="logits")
    return net.model([(flat, TensorProto.FLOAT, [1, 3])])


def _hailo() -> onnx.ModelProto:
    made = ultralytics()
    made.metadata_props.add(key="chip", value="hailo-8l")
    return made


REFUSED: dict[str, tuple[Callable[[], Any], dict[str, Any], str]] = {
    "segmentation, by its task": (lambda: ultralytics(task="segment"), {}, "a network for segmentation"),
    "segmentation, by its outputs": (lambda: _outputs((1, 37, 64), (1, 32, 4, 4)), {}, "a network for segmentation"),
    "pose": (lambda: ultralytics(task="pose"), {}, "a network for pose"),
    "pose, by a note": (lambda: ultralytics(task="detect", kpt_shape="[17, 3]"), {}, "a network for pose"),
    "oriented boxes": (lambda: ultralytics(task="obb"), {}, "a network for oriented boxes"),
    "torchvision": (lambda: _outputs((9, 4), (9,), (9,)), {}, "a head of torchvision"),
    "several outputs": (lambda: _outputs((1, 3, 4, 4), (1, 6, 4, 4)), {}, "it has 2 outputs"),
    "whole numbers": (_whole_numbers, {}, "its input images is uint8"),
    "channels at the end": (_channels_last, {"classes": ["a"]}, "channels at its end (NHWC)"),
    "Hailo": (_hailo, {}, "compiled for Hailo already"),
    "no names": (lambda: ultralytics(names=None), {}, "does not name its classes"),
    "too many names": (ultralytics, {"classes": ["a", "b", "c"]}, "3 class names are given"),
    "a name with a semicolon": (ultralytics, {"classes": ["a;b", "c"]}, "cannot be the name of a class"),
    "another size": (ultralytics, {"width": 32}, "its width is fixed at 64"),
    "another head": (ultralytics, {"head": "end_to_end"}, "the head end_to_end has the output [1, boxes, 6]"),
    "PyTorch": (lambda: b"PK\x03\x04", {}, "not those of a whole .zip file"),
    "overlap": (ultralytics, {"iou_threshold": 0.0}, "iou_threshold is a part of 1"),
    "boxes": (ultralytics, {"max_boxes": 0}, "max_boxes is 0"),
    "scales": (ultralytics, {"scales": [1.0, 2.0]}, "does not fit 3 channels"),
    "no folder": (ultralytics, {"dest": "/dev/null/here/nx.onnx"}, "the folder of dest"),
    "a folder": (ultralytics, {"dest": "/tmp"}, "dest is a directory"),
}


@pytest.mark.parametrize("title", REFUSED)
def test_what_cannot_be_done_is_refused_by_name(prepared: Prepare, tmp_path: Path, title: str) -> None:
    make, options, said = REFUSED[title]
    with pytest.raises(BadInput) as raised:
        prepared(make(), **options)
    assert said in raised.value.answer and raised.value.advice
    assert not (tmp_path / "nx.onnx").exists()


def test_the_source_is_never_written_over(prepared: Prepare, tmp_path: Path) -> None:
    (tmp_path / "trained.onnx").write_bytes(b"")
    (tmp_path / "link.onnx").symlink_to("trained.onnx")
    for name in ("trained.onnx", "link.onnx"):
        with pytest.raises(BadInput, match="the same file"):
            prepared(ultralytics(), dest=str(tmp_path / name))


# The proof -----------------------------------------------------------------------------------------------------------


def _shifted(step: str) -> Callable[..., Any]:
    """A graph that is built wrongly: something that the proof has to find."""
    from ansible_collections.nxai.cloud.plugins.module_utils._onnx.prepare import boxes as built

    right = built._candidates

    def wrong(build: Any, head: Any, raw: str, image: Any) -> Any:
        corners, scores = right(build, head, raw, image)
        if step == "boxes":
            return build.node("Add", [corners, build.constant([0.5])]), scores
        if step == "scores":
            return corners, build.node("Mul", [scores, build.constant([0.99])])
        return corners, build.node("Gather", [scores, build.constant([1, 0], "int64")], axis=2)

    return wrong


@pytest.mark.parametrize("step", ["boxes", "scores", "classes"])
def test_the_proof_finds_a_graph_that_was_built_wrongly(
    prepared: Prepare, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    where = "ansible_collections.nxai.cloud.plugins.module_utils._onnx.prepare.boxes._candidates"
    monkeypatch.setattr(where, _shifted(step))
    with pytest.raises(BadInput, match="does not give what the original gives"):
        prepared(ultralytics())
    assert not (tmp_path / "nx.onnx").exists()
    assert prepared(ultralytics(), proof="off")["proof"] is None, "which nobody finds without it"


def test_suppression_in_the_proof_by_hand() -> None:
    rows = numpy.array(
        [
            [0, 0, 10, 10, 0.9, 0],
            [1, 0, 11, 10, 0.8, 0],  # 9/11 of it is the first one
            [1, 0, 11, 10, 0.7, 1],  # of another class
            [20, 20, 30, 30, 0.6, 0],
            [40, 40, 50, 50, 0.1, 0],  # below the limit
        ]
    )
    kept, is_close = proofs.suppress(numpy, rows, 0.2, 0.5, 10)
    assert [row[4] for row in kept] == [0.9, 0.7, 0.6] and is_close is False
    assert len(proofs.suppress(numpy, rows, 0.2, 0.9, 10)[0]) == 4
    assert len(proofs.suppress(numpy, rows, 0.2, 0.5, 2)[0]) == 2
    assert proofs.suppress(numpy, rows, 0.2, 9 / 11, 10)[1] is True, "rounding would decide"
    assert proofs.suppress(numpy, rows, 0.7, 0.5, 10)[1] is True


def test_without_the_runtime(prepared: Prepare, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "onnxruntime", None)
    with pytest.raises(BadInput, match="onnxruntime"):
        prepared(ultralytics())
    assert prepared(ultralytics(), proof="auto")["proof"] is None
