# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The rules for a model's outputs: by their names Nx knows how to read them (contract B3)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from .tensors import PREPARE, Flaw, Tensor

_CLASS = re.compile(r"\s*(\d{1,9})\s*:\s*(.*)", re.DOTALL)
_KINDS = {"bboxes-format:": "boxes", "scores-": "scores", "alarm-": "alarm"}
_LISTED = 3


def give_roles(outputs: Sequence[Tensor]) -> None:
    """By the beginning of each name."""
    for each in outputs:
        each.role = next((role for prefix, role in _KINDS.items() if each.name.startswith(prefix)), None)


def is_settled(output: Tensor) -> bool:
    """Whether the file itself says as much of the shape as the rules ask for; of no role: enough for advice."""
    shape = output.shape
    if shape is None:
        return False
    if output.role == "boxes":
        return len(shape) != 2 or isinstance(shape[1], int)
    return all(isinstance(each, int) for each in shape) or output.role is None


def check_outputs(outputs: Sequence[Tensor]) -> Iterator[Flaw]:
    """Gives each output its role and its classes on the way."""
    give_roles(outputs)
    for each in outputs:
        if each.role is not None:
            (prefix,) = (prefix for prefix, role in _KINDS.items() if role == each.role)
            yield from _classes(each, each.name[len(prefix) :])
            yield from _output_shape(each)
            yield from _ids(each)
    unread = [each for each in outputs if each.role is None]
    if len(unread) < len(outputs):
        for each in unread:
            yield Flaw("extra_output", "warning", f"Nx does not read the output {each}.", "Leave it out if you can.")
    elif outputs:
        yield _unnamed(outputs)
    else:
        yield Flaw("no_output", "error", "The graph has no output.", "Export the model again.")


def _classes(output: Tensor, text: str) -> Iterator[Flaw]:
    """Reads ``0:Cat;1:Dog``, for boxes after the format and a semicolon."""
    if output.role == "boxes":
        order, _semicolon, text = text.partition(";")
        if order != "xyxysc":
            answer = f"The boxes of {output.name[:200]!r} are in the format {order[:60]!r}."
            yield Flaw("box_format", "error", answer, "Nx reads xyxysc: two corners, the score, the class.")
    pairs = [_CLASS.fullmatch(each) for each in text.split(";") if each.strip()]
    for pair in pairs:
        if pair:
            output.classes[int(pair[1])] = pair[2].strip()
    if not pairs or not all(pairs) or len(output.classes) != len(pairs):
        answer = f"The name of the output {output.name[:200]!r} does not list its classes, each number once."
        example = {"boxes": "bboxes-format:xyxysc;", "scores": "scores-", "alarm": "alarm-"}[str(output.role)]
        yield Flaw("classes", "error", answer, f"Name it like {example}0:Cat;1:Dog. {PREPARE}")


def _output_shape(output: Tensor) -> Iterator[Flaw]:
    kind = "bool" if output.role == "alarm" else "float32"
    if output.type != kind:
        yield Flaw("output_type", "error", f"The output {output} has to be {kind}.", "End the graph with a Cast.")
    shape, count = output.shape, len(output.classes)
    wanted = "[n, 6]" if output.role == "boxes" else f"[1, {count}]"
    if shape is None or _may_be(output, shape) is None:
        answer = f"The graph does not tell whether the output {output} is {wanted}."
        advice = "nxai_model_check with runtime: true runs it once, and knows. Nothing is wrong if it is."
        yield Flaw("output_unknown", "warning", answer, advice)
    elif _may_be(output, shape):
        return
    elif output.role == "boxes":
        advice = "End the graph with what makes it so: a Reshape, or the selection of boxes (non-maximum suppression)."
        if len(shape) == 3 and shape[0] == 1 and shape[2] == 6:
            advice = f"It holds boxes already: take its first dimension away (Squeeze). {PREPARE}"
        yield Flaw("output_shape", "error", f"The boxes {output} have to be [n, 6].", advice)
    else:
        answer = f"The output {output} has to be {wanted}, one value for each class of its name."
        yield Flaw("output_shape", "error", answer, "Correct the list of classes, or end the graph with a Reshape.")


def _may_be(output: Tensor, shape: Sequence[int | str | None]) -> bool | None:
    """Whether the shape is right; None where the file does not say enough."""
    if output.role == "boxes":
        if len(shape) != 2:
            return False
        return shape[1] == 6 if isinstance(shape[1], int) else None
    wanted = [1, len(output.classes)][-len(shape) :] if 1 <= len(shape) <= 2 else []
    if not wanted or any(isinstance(one, int) and one != other for one, other in zip(shape, wanted, strict=True)):
        return False
    return True if all(isinstance(each, int) for each in shape) else None


def _ids(output: Tensor) -> Iterator[Flaw]:
    """Of scores and alarms, the number of a class is its column."""
    columns = output.shape[-1] if output.shape else None
    if output.role == "boxes" or not isinstance(columns, int):
        return
    beyond = [f"{each}:{output.classes[each][:40]}" for each in sorted(output.classes) if each >= columns]
    if beyond and len(output.classes) == columns:
        answer = f"The classes {', '.join(beyond[:_LISTED])} have no column: the {columns} columns count from 0."
        yield Flaw("classes", "error", answer, f"Number the classes from 0 to {columns - 1}.")


def _unnamed(outputs: Sequence[Tensor]) -> Flaw:
    """By their shapes: what the outputs could be, if they had the names for it."""
    lists = [each for each in outputs if each.shape is not None and len(each.shape) in (1, 2)]
    listed = "; ".join(str(each) for each in outputs)
    if not lists:
        answer = f"No output can be boxes [n, 6] or scores [1, classes]: {listed}."
        advice = f"Add to the graph what makes boxes of it, such as non-maximum suppression, and name it. {PREPARE}"
        if any(each.shape and len(each.shape) == 3 and each.shape[2] == 6 and _is_few(each) for each in outputs):
            advice = (
                f"One holds boxes already: take its first dimension away (Squeeze), and name it like "
                f"bboxes-format:xyxysc;0:Cat;1:Dog. {PREPARE}"
            )
        return Flaw("output_kind", "error", answer, advice)
    answer = f"No output has a name that tells Nx how to read it: {listed}."
    advice = "Name one that holds scores like scores-0:Cat;1:Dog, with the shape [1, classes]"
    if any(each.shape and each.shape[-1] == 6 for each in lists):
        advice += ", or one that holds x, y, x, y, score, class like bboxes-format:xyxysc;0:Cat;1:Dog"
    return Flaw("output_name", "error", answer, f"{advice}. {PREPARE}")


def _is_few(output: Tensor) -> bool:
    """An end-to-end head gives a few hundred boxes; thousands are candidates that are still to be chosen from."""
    count = output.shape[1] if output.shape else None
    return not isinstance(count, int) or count <= 1000
