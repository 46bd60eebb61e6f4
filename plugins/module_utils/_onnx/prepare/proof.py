# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The proof: the network as it came and the prepared one see the same pictures, and give the same.

What becomes boxes of the original's output is written here once more, in NumPy and box by box, and shares nothing with
the graph that was built: a mistake would have to be made twice.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from ..._core.errors import BadInput
from ..runtime import Run, run_model
from .heads import CLASSIFIER, END_TO_END, STRIDES, ULTRALYTICS, YOLOX, Head
from .image import NAME, SENSITIVITY, Image

TOLERANCE = {"float32": (0.1, 0.001), "float16": (1.0, 0.01)}  # pixels of the image; of a score from 0 to 1
_PICTURES = 4
_WANTED = 30  # boxes a picture, so that something is compared
_EDGE = 1e-5  # so close to a limit, rounding decides
_LEAST_SENSITIVITY = 1e-6
_NEVER = 2.0  # an overlap that no two boxes have
_MOST_ROWS = 5_000  # boxes above the limit: more than that, all alike, are not chosen from one by one
_MOST_BYTES = 1 << 30  # of what comes out, for all pictures
_TO_ONE = 1e-4  # so close to 1 is the sum of probabilities


@dataclass
class Proof:
    """The largest differences, in pixels and of scores, and what they are the largest of."""

    runtime: str
    tolerance: tuple[float, float]
    pictures: int = 0
    compared: int = 0
    boxes: float = 0.0
    scores: float = 0.0
    close: int = 0
    warnings: list[str] = field(default_factory=list)

    def as_result(self, head: Head) -> dict[str, Any]:
        kind = "scores" if head.kind == CLASSIFIER else "boxes"
        largest = {"box": self.boxes if kind == "boxes" else None, "score": self.scores}
        tolerance = {"box": self.tolerance[0] if kind == "boxes" else None, "score": self.tolerance[1]}
        return {
            "runtime": self.runtime, "images": self.pictures, "compared": self.compared, "kind": kind,
            "largest_difference": largest, "tolerance": tolerance, "left_out": self.close,
        }  # fmt: skip


@dataclass(frozen=True)
class Pair:
    """Both networks, as files, and how the second was made."""

    original: str
    prepared: str
    output: str
    head: Head
    image: Image
    means: Sequence[float]
    scales: Sequence[float]
    in_graph: bool  # whether the second does that to the picture itself
    iou: float
    most: int
    names: int  # how many classes have one


def prove(pair: Pair, folder: str, tried: str) -> Proof:
    """Raises BadInput where the two differ, or where either cannot be run."""
    import numpy

    pictures = make_pictures(numpy, pair.image)
    wanted = "float16" if pair.image.kind == "float16" else "float32"
    feeds = {
        f"{index}/{pair.image.original}": each for index, each in enumerate(_normal(numpy, pair, pictures, wanted))
    }
    raw = _outputs(numpy, pair.original, feeds, folder, "the original", tried)
    with numpy.errstate(all="ignore"):  # a size may be the exponential of anything: it is infinite in both then
        found = [_expected(numpy, pair, each) for each in raw[1]]
    if not pair.in_graph:
        pictures = _normal(numpy, pair, pictures, "float32")
    proof = Proof(raw[0].version, TOLERANCE[wanted], len(pictures))
    if pair.head.kind == CLASSIFIER:
        prepared = _outputs(numpy, pair.prepared, _fed(numpy, pictures, None), folder, "the prepared network", tried)
        for one, other in zip(found, prepared[1], strict=True):
            _compare_scores(numpy, proof, one, other, tried)
        proof.warnings += _of_scores(numpy, pair.head, raw[1])
        return proof
    limits = [_sensitivity(numpy, each) for each in found]
    prepared = _outputs(numpy, pair.prepared, _fed(numpy, pictures, limits), folder, "the prepared network", tried)
    for rows, limit, other in zip(found, limits, prepared[1], strict=True):
        iou = pair.iou if pair.head.kind != END_TO_END else _NEVER
        _check_rows(numpy, pair, rows[~(rows[:, 4] <= limit)], tried)
        expected, is_close = suppress(numpy, rows, limit, iou, pair.most)
        if is_close:
            proof.close += 1
        else:
            _compare_boxes(numpy, proof, expected, other, tried)
    if proof.close == len(pictures):
        advice = "A network that is not trained gives such. With proof: off it is not compared."
        raise BadInput(tried, "no picture gives boxes that are clear enough to compare", advice)
    if not proof.compared:
        proof.warnings.append(
            "No image of the proof gave a box, so nothing was compared. Look at it on one camera first."
        )
    return proof


def make_pictures(numpy: Any, image: Image) -> list[Any]:
    """Numbers from 0 to 255: noise, a slope, and shapes in colours. The same ones at each run."""
    chance = numpy.random.default_rng(7)
    shape = (1, image.channels, image.height, image.width)
    slope = numpy.broadcast_to(numpy.linspace(0, 255, image.width), shape)
    pictures = [_as_picture(numpy, chance.uniform(0, 255, shape))]
    pictures.append(_as_picture(numpy, slope * chance.uniform(0.5, 1, (1, image.channels, 1, 1))))
    for _number in range(_PICTURES - len(pictures)):
        shapes = numpy.full(shape, 114.0)
        for _shape in range(12):
            top, left = (int(chance.integers(0, max(1, size - 2))) for size in image.size)
            bottom = top + int(chance.integers(2, max(3, image.height // 2)))
            right = left + int(chance.integers(2, max(3, image.width // 2)))
            shapes[:, :, top:bottom, left:right] = chance.uniform(0, 255, (1, image.channels, 1, 1))
        pictures.append(_as_picture(numpy, shapes + chance.normal(0, 4, shape)))
    return pictures


def _as_picture(numpy: Any, values: Any) -> Any:
    return numpy.clip(numpy.round(values), 0, 255).astype("float32")


def _normal(numpy: Any, pair: Pair, pictures: Sequence[Any], kind: str) -> list[Any]:
    means, scales = (numpy.asarray(each, "float32").reshape(1, -1, 1, 1) for each in (pair.means, pair.scales))
    return [((each - means) / scales).astype(kind) for each in pictures]


def _fed(numpy: Any, pictures: Sequence[Any], limits: Sequence[float] | None) -> dict[str, Any]:
    feeds = {f"{index}/{NAME}": each for index, each in enumerate(pictures)}
    if limits is not None:
        feeds.update({f"{i}/{SENSITIVITY}": numpy.array([each], "float32") for i, each in enumerate(limits)})
    return feeds


def _outputs(
    numpy: Any, path: str, feeds: dict[str, Any], folder: str, title: str, tried: str
) -> tuple[Run, list[Any]]:  # fmt: skip
    arrays, save = os.path.join(folder, "feeds.npz"), os.path.join(folder, "outputs.npz")
    numpy.savez(arrays, **feeds)
    run = run_model(path, arrays=arrays, save=save)
    if run.error:
        advice = "Install a newer onnxruntime, which knows what is in it, or use proof: off and try it on one camera."
        raise BadInput(tried, f"onnxruntime {run.version} does not run {title}: {run.error}", advice)
    if os.path.getsize(save) > _MOST_BYTES:
        answer = f"{title} gives {os.path.getsize(save) >> 20:,} MiB for {_PICTURES} pictures"
        raise BadInput(tried, answer, "Export it for a smaller image.")
    with numpy.load(save, allow_pickle=False) as found:
        return run, [found[f"{index}/0"].astype("float64") for index in range(_PICTURES)]


# What becomes of the original's output ------------------------------------------------------------------------------


def _expected(numpy: Any, pair: Pair, raw: Any) -> Any:
    """Rows of x, y, x, y, score, class; for a classifier its probabilities."""
    head = pair.head
    if head.kind == CLASSIFIER:
        scores = raw.reshape(-1)
        if head.last in ("Softmax", "Sigmoid"):
            return scores
        power = numpy.exp(scores if head.last == "LogSoftmax" else scores - scores.max())
        return power if head.last == "LogSoftmax" else power / power.sum()
    rows = raw.reshape(raw.shape[-2:])
    if head.kind == END_TO_END:
        return rows
    if head.kind == ULTRALYTICS and not head.turned:
        rows = rows.T
    x, y, width, height = rows[:, 0], rows[:, 1], rows[:, 2], rows[:, 3]
    if head.kind == YOLOX:
        x, y, width, height = _from_cells(numpy, x, y, width, height, pair.image)
    scores = rows[:, 4:] if head.kind == ULTRALYTICS else rows[:, 5:] * rows[:, 4:5]
    number = scores.argmax(axis=1)
    best = scores[numpy.arange(len(scores)), number]
    return numpy.stack([x - width / 2, y - height / 2, x + width / 2, y + height / 2, best, number], axis=1)


def _from_cells(numpy: Any, x: Any, y: Any, width: Any, height: Any, image: Image) -> tuple[Any, Any, Any, Any]:
    column, row, size = [], [], []
    for stride in STRIDES:
        for down in range(image.height // stride):
            for across in range(image.width // stride):
                column.append(across)
                row.append(down)
                size.append(stride)
    pixels = numpy.array(size, "float64")
    placed = (x + numpy.array(column)) * pixels, (y + numpy.array(row)) * pixels
    return *placed, numpy.exp(width) * pixels, numpy.exp(height) * pixels


def _sensitivity(numpy: Any, rows: Any) -> float:
    """In the widest gap between two scores that leaves some boxes above it: then rounding decides nothing."""
    scores = numpy.unique(rows[:, 4])[::-1]
    first = scores[: _WANTED * 4]
    if len(first) < 2:
        return _LEAST_SENSITIVITY
    gaps = first[:-1] - first[1:]
    start = min(_WANTED // 3, len(gaps) - 1)
    place = start + int(numpy.argmax(gaps[start:]))
    return max(_LEAST_SENSITIVITY, float((first[place] + first[place + 1]) / 2))


def suppress(numpy: Any, rows: Any, limit: float, iou: float, most: int) -> tuple[Any, bool]:
    """The best box of each heap, class by class. The second: whether rounding would decide about one."""
    is_close = bool(numpy.any(numpy.abs(rows[:, 4] - limit) < _EDGE * max(limit, _EDGE)))
    rows = rows[rows[:, 4] > limit]
    if len(rows) > _MOST_ROWS:
        return rows[:0], True
    rows = rows[numpy.argsort(-rows[:, 4], kind="stable")]
    kept, count = numpy.empty_like(rows), 0
    for row in rows:
        others = kept[:count]
        overlaps = _overlaps(numpy, row, others[others[:, 5] == row[5]])
        is_close = is_close or bool(numpy.any(numpy.abs(overlaps - iou) < _EDGE))
        if not numpy.any(overlaps > iou):
            kept[count] = row
            count += 1
    if count > most:
        is_close = is_close or bool(kept[most - 1][4] - kept[most][4] < _EDGE)
    return kept[: min(count, most)], is_close


def _overlaps(numpy: Any, one: Any, others: Any) -> Any:
    """Of one box with each of the others: the shared area by that of both."""
    with numpy.errstate(all="ignore"):  # sizes may be infinite
        sides = numpy.minimum(one[2:4], others[:, 2:4]) - numpy.maximum(one[:2], others[:, :2])
        shared = numpy.maximum(0.0, sides).prod(axis=1)
        areas = (one[2] - one[0]) * (one[3] - one[1]) + (others[:, 2] - others[:, 0]) * (others[:, 3] - others[:, 1])
        return numpy.where(areas > shared, shared / numpy.where(areas > shared, areas - shared, 1.0), 0.0)


# Comparing -----------------------------------------------------------------------------------------------------------


def _compare_boxes(numpy: Any, proof: Proof, expected: Any, found: Any, tried: str) -> None:
    if found.shape != expected.shape:
        raise _differs(tried, f"{len(found)} boxes come out where {len(expected)} are right")
    is_left = numpy.ones(len(found), bool)
    for row in expected:
        same = numpy.flatnonzero(is_left & (found[:, 5] == row[5]))
        if not len(same):
            raise _differs(tried, f"no box of class {int(row[5])} comes out where one is right")
        apart = _apart(numpy, found[same, :5], row[:5])
        nearest = int(apart.max(axis=1).argmin())
        is_left[same[nearest]] = False
        proof.boxes = max(proof.boxes, float(apart[nearest, :4].max()))
        proof.scores = max(proof.scores, float(apart[nearest, 4]))
        proof.compared += 1
    if not (proof.boxes <= proof.tolerance[0] and proof.scores <= proof.tolerance[1]):
        raise _differs(tried, f"boxes differ by {proof.boxes:.3g} pixels and scores by {proof.scores:.3g}")


def _compare_scores(numpy: Any, proof: Proof, expected: Any, found: Any, tried: str) -> None:
    if found.shape != (1, len(expected)):
        raise _differs(tried, f"{found.shape} scores come out where {len(expected)} are right")
    if not numpy.isfinite(expected).all():
        raise _no_numbers(tried)
    proof.scores = max(proof.scores, float(_apart(numpy, found[0], expected).max()))
    proof.compared += len(expected)
    if not proof.scores <= proof.tolerance[1]:
        raise _differs(tried, f"scores differ by {proof.scores:.3g}")


def _apart(numpy: Any, one: Any, other: Any) -> Any:
    """How far, number by number: nothing where both are equal, infinite too; without end where one is no number."""
    with numpy.errstate(invalid="ignore"):
        apart = numpy.where(one == other, 0.0, numpy.abs(one - other))
    return numpy.where(numpy.isnan(apart), numpy.inf, apart)


def _check_rows(numpy: Any, pair: Pair, rows: Any, tried: str) -> None:
    """Raises BadInput where the rows of the original are no boxes."""
    if numpy.isnan(rows).any():
        raise _no_numbers(tried)
    if pair.head.kind != END_TO_END or not len(rows):
        return
    numbers = rows[:, 5]
    if (numbers != numpy.round(numbers)).any() or numbers.min() < 0:
        answer = f"its last column holds no numbers of classes, such as {numbers[0]:.3g}, so it is no head {END_TO_END}"
        raise BadInput(tried, answer, "Say which head it is.")
    if numbers.max() >= pair.names:
        answer = f"it finds the class {int(numbers.max())}, and there are names up to {pair.names - 1}"
        raise BadInput(tried, answer, "Give all classes, in the order of the training.")


def _of_scores(numpy: Any, head: Head, raw: Sequence[Any]) -> list[str]:
    """A warning where scores look like probabilities before softmax was put over them."""
    are_shares = all((each >= 0).all() and abs(each.sum() - 1) < _TO_ONE for each in raw)
    if head.last in ("Softmax", "Sigmoid", "LogSoftmax") or head.classes < 2 or not are_shares:
        return []
    return [
        "The scores of the original have the sum 1 on each image: they may be probabilities already, and softmax was "
        "put over them. End the graph with Softmax itself where that is so."
    ]


def _no_numbers(tried: str) -> BadInput:
    answer = "the original gives values that are no numbers (NaN), so there is nothing to compare with"
    return BadInput(
        tried, answer, "Look whether it works where it was trained; half precision may be too small for it."
    )


def _differs(tried: str, answer: str) -> BadInput:
    return BadInput(
        tried, f"the prepared network does not give what the original gives: {answer}", "Nothing was written."
    )
