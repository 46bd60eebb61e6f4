# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The check of ONNX files: graphs made for one rule each, and damaged files."""

from __future__ import annotations

import contextlib
import random
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from typing import Any

import onnx
import pytest
from onnx import TensorProto, helper

from ansible_collections.nxai.cloud.plugins.module_utils._core.errors import BadInput
from ansible_collections.nxai.cloud.plugins.module_utils._onnx.check import Report, check_model
from tools.cost import MOST_MEMORY, cost_of
from tools.demo_model import model as demo_model

Shape = list[Any]
Check = Callable[..., Report]
LIMIT = 640 << 20
FLOAT, BOOL = TensorProto.FLOAT, TensorProto.BOOL
IMAGE = ("image", FLOAT, [1, 3, 32, 48])
SCORES = ("scores-0:Cat;1:Dog", FLOAT, [1, 2])


def codes(report: Report) -> list[str]:
    return [f"{each.severity} {each.code}" for each in report.findings]


@pytest.mark.parametrize(
    ("inputs", "expected"),
    [
        ([("image-", FLOAT, [1, 32, 48, 1])], []),
        ([IMAGE, ("nms_sensitivity-", FLOAT, [1]), ("mask-", BOOL, [32, 48])], []),
        ([IMAGE, ("nms_sensitivity", FLOAT, [])], ["error nms_sensitivity"]),
        ([IMAGE, ("nms_sensitivity", TensorProto.DOUBLE, [1])], ["error nms_sensitivity"]),
        ([IMAGE, ("mask", BOOL, [48, 32])], ["error mask"]),
        ([IMAGE, ("mask", FLOAT, [32, 48])], ["error mask"]),
        ([IMAGE, ("threshold", FLOAT, [1])], ["error unknown_input"]),
        ([("images", FLOAT, [1, 3, 32, 48])], ["error image_name"]),
        ([("image", FLOAT, ["batch", 3, 32, 48])], ["error image_dynamic"]),
        ([("image", FLOAT, [1, 3, None, None])], ["error image_dynamic"]),
        ([("image", FLOAT, [-1, 3, 32, 48])], ["error image_dynamic"]),
        ([("image", FLOAT, [2, 3, 32, 48])], ["error image_batch"]),
        ([("image", FLOAT, [1, 4, 32, 48])], ["error image_channels"]),
        ([("image", FLOAT, [1, 3 * 32 * 48])], ["error image_rank"]),
        ([("image", FLOAT, None)], ["error image_rank"]),
        ([("image", TensorProto.UINT8, [1, 3, 32, 48])], ["error image_type"]),
        ([("text", FLOAT, [1, 512])], ["error no_image"]),
        ([], ["error no_image"]),
        ([("left", FLOAT, [1, 3, 32, 48]), ("right", FLOAT, [1, 3, 32, 48])], ["error many_images"]),
    ],
)  # fmt: skip
def test_inputs(check: Check, inputs: list[Any], expected: list[str]) -> None:
    assert codes(check(inputs=inputs)) == expected


@pytest.mark.parametrize(
    ("outputs", "expected", "classes"),
    [
        ([("bboxes-format:xyxysc;0:Person;7:Dog: small", FLOAT, [None, 6])], [], {0: "Person", 7: "Dog: small"}),
        ([("alarm-0:Fire", BOOL, [1, 1])], [], {0: "Fire"}),
        ([("alarm-0:Fire", FLOAT, [1, 1])], ["error output_type"], {0: "Fire"}),
        ([("bboxes-format:xywhsc;0:Person", FLOAT, [9, 6])], ["error box_format"], {0: "Person"}),
        ([("bboxes-format:xyxysc", FLOAT, [9, 6])], ["error classes"], {}),
        ([("bboxes-format:xyxysc;Person", FLOAT, [9, 6])], ["error classes"], {}),
        ([("bboxes-format:xyxysc;0:Person;0:Dog", FLOAT, [9, 6])], ["error classes"], {0: "Dog"}),
        ([("bboxes-format:xyxysc;0:Person", FLOAT, [1, 9, 6])], ["error output_shape"], {0: "Person"}),
        ([("bboxes-format:xyxysc;0:Person", FLOAT, None)], ["warning output_unknown"], {0: "Person"}),
        ([("scores-0:Cat;1:Dog", FLOAT, [1, 3])], ["error output_shape"], {0: "Cat", 1: "Dog"}),
        ([("scores-0:Cat;1:Dog", FLOAT, ["batch", 2])], ["warning output_unknown"], {0: "Cat", 1: "Dog"}),
        ([SCORES, ("features", FLOAT, [1, 512])], ["warning extra_output"], {0: "Cat", 1: "Dog"}),
        ([("output0", FLOAT, [1, 84, 8400])], ["error output_kind"], {}),
        ([("output0", FLOAT, [100, 6])], ["error output_name"], {}),
        ([], ["error no_output"], {}),
    ],
)  # fmt: skip
def test_outputs(check: Check, outputs: list[Any], expected: list[str], classes: dict[int, str]) -> None:
    report = check(outputs=outputs)
    assert codes(report) == expected
    assert {key: name for each in report.outputs for key, name in each.classes.items()} == classes


@pytest.mark.parametrize(
    ("version", "expected"),
    [((16, 9), []), ((17, 9), []), ((18, 9), ["error opset"]), ((16, 10), ["error ir_version"])],
)
def test_versions(check: Check, version: tuple[int, int], expected: list[str]) -> None:
    report = check(opset=version[0], ir_version=version[1])
    assert codes(report) == expected
    assert report.as_result()["usable"] is not any(each.startswith("error") for each in expected)


def test_operators_of_one_runtime(check: Check) -> None:
    inner = helper.make_graph([helper.make_node("Gelu", ["a"], ["b"])], "inner", [], [])
    nodes = [
        helper.make_node("FusedConv", ["image"], ["a"], domain="com.microsoft"),
        helper.make_node("If", ["a"], ["c"], then_branch=inner, else_branch=inner),
        helper.make_node("Relu", ["a"], ["d"]),
    ]
    report = check(nodes=nodes)  # Gelu came with opset 20
    assert codes(report) == ["error operator"]
    assert "ai.onnx.Gelu, com.microsoft.FusedConv." in report.findings[0].message


def test_a_function_of_the_model_is_no_foreign_operator(check: Check) -> None:
    made = demo_model()
    body = [helper.make_node("Relu", ["x"], ["y"])]
    made.functions.append(helper.make_function("own", "Twice", ["x"], ["y"], body, [helper.make_opsetid("", 16)]))
    made.opset_import.append(helper.make_opsetid("own", 1))
    made.graph.node.append(helper.make_node("Twice", ["image"], ["unused"], domain="own"))
    assert check(made).findings == []


def test_weights_that_old_files_list_as_inputs(check: Check) -> None:
    made = demo_model()
    made.graph.input.append(helper.make_tensor_value_info("corners", FLOAT, [4]))
    assert check(made).findings == []


def test_a_constant_in_another_file(check: Check) -> None:
    made = demo_model()
    tensor = helper.make_tensor("value", FLOAT, [1], [0])
    made.graph.node.append(helper.make_node("Constant", [], ["constant"], value=tensor))
    tensor = made.graph.node[-1].attribute[0].t
    tensor.ClearField("float_data")
    tensor.data_location = TensorProto.EXTERNAL
    tensor.external_data.add(key="location", value="weights.bin")
    report = check(made)
    assert codes(report) == ["error external_data"] and "weights.bin" in report.findings[0].message


def test_every_finding_says_how_to_correct_it(check: Check) -> None:
    report = check(inputs=[("x", BOOL, [2, 4, 5, 6]), ("y", FLOAT, [])], outputs=[("z", FLOAT, [1])], opset=18)
    assert len(report.findings) >= 6
    for each in report.findings:
        assert each.message.endswith(".") and len(each.advice) > 20


# Files ---------------------------------------------------------------------------------------------------------------


def test_large_weights_are_not_read(check: Check, tmp_path: Path) -> None:
    """Weights of 64 MiB in an initializer and in a constant: less than 4 MiB is ever held."""
    made = demo_model()
    large = onnx.TensorProto(name="large", data_type=FLOAT, dims=[32 << 18], raw_data=bytes(32 << 20))
    made.graph.initializer.append(large)
    made.graph.node.append(helper.make_node("Constant", [], ["constant"], value=large))
    path = tmp_path / "large.onnx"
    path.write_bytes(made.SerializeToString())
    del made, large
    check_model(str(path), LIMIT)  # imports, the first time
    tracemalloc.start()
    try:
        assert check_model(str(path), LIMIT).findings == []
        assert tracemalloc.get_traced_memory()[1] < 4 << 20
    finally:
        tracemalloc.stop()


def test_no_damage_is_a_traceback(tmp_path: Path) -> None:
    """Random bytes changed in a whole file: there is a report, or an error for people."""
    whole, chance, path = demo_model().SerializeToString(), random.Random(7), tmp_path / "damaged.onnx"
    reports = 0
    for _round in range(800):
        damaged = bytearray(whole)
        for _byte in range(chance.randint(1, 4)):
            damaged[chance.randrange(len(damaged))] = chance.randrange(256)
        path.write_bytes(damaged)
        with contextlib.suppress(BadInput):
            reports += str(check_model(str(path), LIMIT).as_result()).encode() != b""
    assert 100 < reports < 700, "both ways have been seen"


def test_graphs_in_graphs_without_end(tmp_path: Path) -> None:
    graph = b""
    for _depth in range(60):
        graph = _field(1, _field(5, _field(6, graph)))
    path = tmp_path / "deep.onnx"
    path.write_bytes(b"\x08\x08" + _field(7, graph))
    with pytest.raises(BadInput, match="nested too deeply"):
        check_model(str(path), LIMIT)


def _field(number: int, content: bytes) -> bytes:
    length, encoded = len(content), bytearray()
    while length > 0x7F:
        encoded.append(length & 0x7F | 0x80)
        length >>= 7
    key = [number << 3 | 2] if number < 16 else [number << 3 & 0x7F | 0x82, number >> 4]
    return bytes([*key, *encoded, length]) + content


FEW = 400_000


def _each(number: int, make: Callable[[int], bytes], count: int = FEW) -> bytes:
    return b"".join(_field(number, make(each)) for each in range(count))


def _name(number: int) -> bytes:
    return b"n%d" % number


BOMBS: dict[str, Callable[[], bytes]] = {
    "empty nodes": lambda: _field(7, _field(1, b"") * 2_000_000),
    "different nodes": lambda: _field(7, _each(1, lambda each: _field(4, _name(each)))),
    "empty weights": lambda: _field(7, _field(5, b"") * FEW),
    "names of weights": lambda: _field(7, _each(5, lambda each: _field(8, _name(each)))),
    "attributes": lambda: _field(7, _field(1, _each(5, lambda each: _field(5, _field(13, _field(1, _name(each))))))),
    "external places": lambda: _field(7, _field(5, _field(13, b"") * FEW)),
    "inputs": lambda: _field(7, _field(11, b"") * FEW),
    "dimensions": lambda: _field(7, _field(11, _field(2, _field(1, _field(2, _field(1, b"") * 3_000_000))))),
    "classes": lambda: _field(7, _field(12, _field(1, b"scores-" + b";".join(b"%d:" % n for n in range(FEW))))),
    "opsets": lambda: _field(8, b"") * 90_000 + _field(7, _field(5, b"") * FEW),
    "functions": lambda: _field(7, b"") + _field(25, _field(7, b"") * FEW + _field(10, b"") * FEW),
    "a long text": lambda: _field(7, _field(1, _field(4, b"x" * (17 << 20)))),
}


@pytest.mark.parametrize("name", BOMBS)
def test_a_few_bytes_do_not_become_gigabytes(tmp_path: Path, name: str) -> None:
    """Whatever is made of many small parts ends at a limit, which the error names, or costs little and is refused."""
    path = tmp_path / "model.onnx"
    path.write_bytes(b"\x08\x08" + BOMBS[name]())
    found = cost_of(
        "from ansible_collections.nxai.cloud.plugins.module_utils._onnx.check import check_model\n"
        "found = check_model(sys.argv[1], 1 << 30).as_result()\n"
        "raise SystemExit('taken for usable') if found['usable'] else ValueError('refused with findings')",
        str(path),
    )
    assert found.mebibytes < MOST_MEMORY, found
    is_given_up = "more than" in found.said and "check_file to off" in found.said
    assert is_given_up or found.said == "ValueError: refused with findings", found


@pytest.mark.parametrize("where", [14, 20])
def test_a_file_of_nothing_but_remarks_is_given_up(tmp_path: Path, where: int) -> None:
    path = tmp_path / "model.onnx"
    path.write_bytes(_field(where, b"") * 200_000 + _field(7, b""))
    with pytest.raises(BadInput, match="not those of a whole ONNX model"):
        check_model(str(path), LIMIT)


def test_a_transformer_of_a_hundred_thousand_nodes(check: Check) -> None:
    """With names of its own for each node, weight and value, as exporters write them."""
    nodes, weights, before = [], [], "image"
    for layer in range(25_000):
        place = f"/encoder/layer.{layer}/attention"
        nodes += [
            helper.make_node("MatMul", [before, f"{place}.weight"], [f"{place}/product"], name=f"{place}/MatMul"),
            helper.make_node("Add", [f"{place}/product", f"{place}.bias"], [f"{place}/sum"], name=f"{place}/Add"),
            helper.make_node("Transpose", [f"{place}/sum"], [f"{place}/turned"], name=f"{place}/T", perm=[0, 2, 1, 3]),
            helper.make_node("Constant", [], [f"{place}/one"], value=helper.make_tensor(place, FLOAT, [1], [1.0])),
        ]
        before = f"{place}/turned"
        weights += [helper.make_tensor(f"{place}.{kind}", FLOAT, [2], [1.0, 2.0]) for kind in ("weight", "bias")]
    made = demo_model()
    made.graph.node.extend(nodes)
    made.graph.initializer.extend(weights)
    made.graph.node.append(helper.make_node("FusedConv", ["image"], ["last"], domain="com.microsoft"))
    assert codes(check(made)) == ["error operator"], "what stands behind all of them is seen, and nothing else is found"
