# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A model run once on a black image: what comes out is known then, whatever the file says of it."""

from __future__ import annotations

from collections.abc import Sequence

from .graph.tensors import Flaw, Tensor
from .runtime import Run, run_model

_FILLS = {"image": 0.0, "nms_sensitivity": 0.25, "mask": 1.0}


def try_out(path: str, inputs: Sequence[Tensor], outputs: Sequence[Tensor]) -> tuple[Run, list[Flaw]]:
    """Gives each output the shape and type that it had. An image that is not fixed is not fed: it only loads."""
    feeds = [(each.name, each.type, each.shape or [], _FILLS.get(each.role or "", 0.0)) for each in inputs]
    fixed = all(isinstance(size, int) for _name, _type, shape, _fill in feeds for size in shape) and all(
        each.shape is not None for each in inputs
    )
    known = [(name, kind, [size for size in shape if isinstance(size, int)], fill) for name, kind, shape, fill in feeds]
    run = run_model(path, known if fixed and inputs else None)
    for each in outputs:
        kind, shape = run.outputs.get(each.name, ("", None))
        if shape is not None:
            each.type, each.shape = kind, _merged(each.shape, shape)
    return run, _flaws(run)


def _merged(said: Sequence[int | str | None] | None, seen: Sequence[int]) -> list[int | str | None]:
    """As it was seen; a dimension that the file leaves open stays open where it was 0, as with no boxes at all."""
    if said is None or len(said) != len(seen):
        return list(seen)
    return [size if size or isinstance(before, int) else before for before, size in zip(said, seen, strict=True)]


def _flaws(run: Run) -> list[Flaw]:
    if not run.error:
        return []
    runtime = f"onnxruntime {run.version}".strip()
    if run.limit:
        answer = f"The trial in {runtime} was given up: {run.limit}."
        return [Flaw("runtime_limit", "warning", answer, "A camera has less. Use a smaller network or image.")]
    if run.loads:
        answer = f"{runtime} loads it, and cannot run it on a black image: {run.error}"
        return [Flaw("runtime_run", "error", answer, "Export the model again, for one image of one size.")]
    answer = f"{runtime} does not load it: {run.error}"
    return [Flaw("runtime_load", "error", answer, "Export the model again, or look which operator it names.")]
