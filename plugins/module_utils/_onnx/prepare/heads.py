# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What comes out of a network, and by what it is known."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ..._core.errors import BadInput
from .names import every_node

ULTRALYTICS, OBJECTNESS, YOLOX, END_TO_END, CLASSIFIER = (
    "ultralytics",
    "objectness",
    "yolox",
    "end_to_end",
    "classifier",
)
HEADS = (ULTRALYTICS, OBJECTNESS, YOLOX, END_TO_END, CLASSIFIER)
STRIDES = (8, 16, 32)
_FEW = 1000  # boxes: an end-to-end head has a few hundred, the others have thousands of candidates
_TASKS = {"segment": "segmentation", "pose": "pose", "obb": "oriented boxes", "semantic": "segmentation"}
_TORCHVISION = {"boxes", "labels", "scores", "masks", "keypoints"}
_ARITHMETIC = {"Add", "Sub", "Mul", "Div", "Pow", "Exp"}
_PASS = {"Identity", "Reshape", "Flatten", "Squeeze", "Unsqueeze", "Cast", "Transpose"}
_LEARNED = {"Conv", "Gemm", "MatMul", "QLinearConv", "ConvTranspose", "ConvInteger", "QLinearMatMul", "MatMulInteger"}


@dataclass(frozen=True)
class Head:
    """``turned``: candidates stand in rows where the family has them in columns. ``last``: what makes the scores."""

    kind: str
    output: str
    classes: int  # 0: not told by the shape
    candidates: int
    turned: bool = False
    last: str = ""


def find_head(
    model: Any, shapes: dict[str, list[int | None] | None], wanted: str, names: int, image: tuple[int, int]
) -> Head:
    """``names``: how many classes are known, 0 for not known. ``image``: height and width. Raises BadInput."""
    refuse(model, shapes)
    output = model.graph.output[0].name
    shape = shapes.get(output)
    if wanted == "auto" and names == 2 and _is_few(shape) and not _selects(model):
        answer = f"its output {output} {_words(shape)} may be boxes that are chosen already, or two classes"
        raise _unknown(answer, f"Give head: {END_TO_END}, or head: {ULTRALYTICS}.")
    found = _by_shape(model, output, shape, names, image)
    if wanted != "auto" and (found is None or found.kind != wanted):
        found = _as_wanted(wanted, output, shape, names)
    if found is None:
        raise _unknown(f"its output {output} {_words(shape)} is of no head that is known")
    if found.classes and names and found.classes != names:
        answer = f"{names} class names are given, and the output {output} {_words(shape)} has {found.classes} classes"
        raise BadInput("find the head of the network", answer, f"Give {found.classes} classes, or another head.")
    if found.kind == CLASSIFIER:
        return Head(CLASSIFIER, output, found.classes, 0, False, last_activation(model, output))
    return found


def refuse(model: Any, shapes: dict[str, list[int | None] | None]) -> None:
    """Raises BadInput for what no recipe is known for, by its name."""
    metadata = {each.key: each.value for each in model.metadata_props}
    task = _TASKS.get(metadata.get("task", ""))
    outputs = [each.name for each in model.graph.output]
    found = [shapes.get(each) or [] for each in outputs]
    if task is None and "kpt_shape" in metadata:
        task = "pose"
    if task is None and len(outputs) == 2 and sorted(map(len, found)) == [3, 4]:
        task = "segmentation"
    if task:
        raise _unknown(f"it is a network for {task}", "Nx shows boxes and scores. Train or export it for detection.")
    if (len(outputs) > 1 and {each.lower() for each in outputs} & _TORCHVISION) or _is_torchvision(found):
        raise _unknown("it has a head of torchvision, with boxes, labels and scores apart")
    if len(outputs) != 1:
        listed = ", ".join(f"{name} {_words(shapes.get(name))}" for name in outputs[:5])
        raise _unknown(f"it has {len(outputs)} outputs: {listed}")


def _is_torchvision(shapes: Sequence[Sequence[int | None]]) -> bool:
    return len(shapes) in (3, 4) and sorted(map(len, shapes))[:2] == [1, 1] and any(each[-1:] == [4] for each in shapes)


def _by_shape(
    model: Any, output: str, shape: Sequence[int | None] | None, names: int, image: tuple[int, int]
) -> Head | None:
    if shape is None:
        return None
    if len(shape) == 2 and shape[1] == 6 and shape[0] != 1 and names != 6:
        return Head(END_TO_END, output, 0, shape[0] or 0)
    if len(shape) in (1, 2) or (len(shape) == 4 and shape[2:] == [1, 1]):
        classes = shape[0] if len(shape) == 1 else shape[1]
        return Head(CLASSIFIER, output, classes, 0) if classes else None
    if len(shape) != 3 or shape[0] != 1:
        return None
    rows, columns = shape[1], shape[2]
    if _is_few(shape) and (names not in (1, 2) or _selects(model)):
        return Head(END_TO_END, output, 0, rows or 0)
    if rows is None or columns is None:
        return None
    if rows < columns or (rows == columns and rows == names + 4):
        return Head(ULTRALYTICS, output, rows - 4, columns) if rows > 4 else None
    if names and columns == names + 4:
        return Head(ULTRALYTICS, output, names, rows, turned=True)
    if columns < 6:
        return None
    if is_decoded(model, output):
        return Head(OBJECTNESS, output, columns - 5, rows)
    return Head(YOLOX, output, columns - 5, rows) if rows == cells(image) else None


def _as_wanted(wanted: str, output: str, shape: Sequence[int | None] | None, names: int) -> Head:
    """The head that the task names, where the shape allows it."""
    rows, columns = (shape[1], shape[2]) if shape and len(shape) == 3 and shape[0] == 1 else (None, None)
    if wanted == ULTRALYTICS and rows and columns:
        turned = columns < rows
        return Head(wanted, output, min(rows, columns) - 4, max(rows, columns), turned)
    if wanted in (OBJECTNESS, YOLOX) and rows and columns and columns > 5:
        return Head(wanted, output, columns - 5, rows)
    if wanted == END_TO_END and columns == 6:
        return Head(wanted, output, 0, rows or 0)
    wanted_shape = {
        ULTRALYTICS: "[1, 4 + classes, candidates]", OBJECTNESS: "[1, candidates, 5 + classes]",
        YOLOX: "[1, candidates, 5 + classes]", END_TO_END: "[1, boxes, 6]", CLASSIFIER: "[1, classes]",
    }[wanted]  # fmt: skip
    answer = f"the head {wanted} has the output {wanted_shape}, and this one is {output} {_words(shape)}"
    raise BadInput("find the head of the network", answer, "Leave head out, or name another one.")


def cells(image: tuple[int, int]) -> int:
    """How many places there are where YOLOX looks for an object."""
    return sum((image[0] // stride) * (image[1] // stride) for stride in STRIDES)


def is_decoded(model: Any, output: str) -> bool:
    """Whether there is arithmetic between the last layers and the output: then boxes are in pixels already."""
    makers = {name: node for node in model.graph.node for name in node.output}
    waiting, seen = [output], set()
    while waiting:
        node = makers.get(waiting.pop())
        if node is None or id(node) in seen or node.op_type in _LEARNED:
            continue
        seen.add(id(node))
        if node.op_type in _ARITHMETIC:
            return True
        waiting += node.input
    return False


def _is_few(shape: Sequence[int | None] | None) -> bool:
    """As many rows as chosen boxes, with as many columns as they have."""
    return shape is not None and len(shape) == 3 and shape[2] == 6 and (shape[1] is None or shape[1] <= _FEW)


def _selects(model: Any) -> bool:
    """Whether the network chooses boxes itself."""
    return any(node.op_type in ("TopK", "NonMaxSuppression") for node in every_node(model))


def last_activation(model: Any, output: str) -> str:
    """The operator that makes the scores, past what only gives them another shape."""
    makers = {name: node for node in model.graph.node for name in node.output}
    node = makers.get(output)
    while node is not None and node.op_type in _PASS:
        node = makers.get(node.input[0])
    if node is not None and _is_share(node, makers):
        return "Softmax"  # written out
    return node.op_type if node is not None else ""


def _is_share(node: Any, makers: dict[str, Any]) -> bool:
    """Exponentials divided by their sum."""
    if node.op_type != "Div":
        return False
    upper, lower = (makers.get(each) for each in node.input)
    is_sum = lower is not None and lower.op_type == "ReduceSum" and lower.input[0] == node.input[0]
    return is_sum and upper is not None and upper.op_type == "Exp"


def _words(shape: Sequence[int | None] | None) -> str:
    return "[unknown]" if shape is None else f"[{', '.join('?' if each is None else str(each) for each in shape)}]"


def _unknown(answer: str, advice: str = "") -> BadInput:
    listed = ", ".join(HEADS)
    return BadInput(
        "find the head of the network", answer, advice or f"Known heads: {listed}. Export it without its last steps."
    )
