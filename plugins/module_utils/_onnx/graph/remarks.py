# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What exporters note beside the graph: class names, how images are normalised, and for which chip it was compiled."""

from __future__ import annotations

import ast
import json
import math
import warnings
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from .tensors import Flaw

CHIPS = ("hailo", "hailo-8l")  # values of ``chip`` in the metadata (contract B5)
_MOST_NAMES = 1 << 18  # characters of a list of names
_CLOSE = 1e-4
_LISTED = 3


def class_names(metadata: Mapping[str, str]) -> dict[int, str]:
    """From ``names``, as Ultralytics writes them (a dictionary, in Python's words or JSON), or from a list of lines."""
    for key in ("names", "classes", "labels", "character"):
        found = _names(metadata.get(key, ""))
        if found:
            return found
    return {}


def _names(noted: str) -> dict[int, str]:
    if not noted.strip() or len(noted) > _MOST_NAMES:
        return {}
    value = _value(noted)
    if isinstance(value, dict):
        try:
            return {int(key): str(name) for key, name in value.items()}
        except (TypeError, ValueError):
            return {}
    if isinstance(value, (list, tuple)):
        return {number: str(name) for number, name in enumerate(value)}
    lines = noted.splitlines() if "\n" in noted else noted.split(",")
    return {number: name.strip() for number, name in enumerate(lines)} if len(lines) > 1 else {}


def _value(noted: str) -> Any:
    for read in (json.loads, ast.literal_eval):
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # a name may hold what looks like an escape
                return read(noted)
        except (ValueError, SyntaxError, MemoryError, RecursionError, TypeError):
            continue
    return None


def normalisation(doc: str) -> dict[str, list[float]] | None:
    """``means`` and ``scales`` out of the description of the graph, where the vendor's toolchain looks for them."""
    if len(doc) > _MOST_NAMES or not doc.lstrip().startswith("{"):
        return None
    try:
        noted = json.loads(doc)
    except (ValueError, RecursionError):
        return None
    found = {ours: noted.get(theirs) for ours, theirs in (("means", "means"), ("scales", "vars"))}
    if not all(isinstance(each, list) and each and all(map(_is_number, each)) for each in found.values()):
        return None
    return {name: [float(each) for each in values] for name, values in found.items()}


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)


def check_normalisation(noted: Mapping[str, Sequence[float]] | None, declared: Mapping[str, Any]) -> Iterator[Flaw]:
    """``declared``: the options ``means`` and ``scales``, where they are given."""
    for name in ("means", "scales"):
        wanted = declared.get(name)
        if not noted or not wanted:
            continue
        pairs = list(zip(wanted, noted[name], strict=False))
        if len(wanted) == len(noted[name]) and all(abs(one - other) <= _CLOSE for one, other in pairs):
            continue
        answer = f"The file notes {name} {noted[name]}, and the task says {list(wanted)}."
        advice = "The toolchain reads those of the file. Make both the same, or the colours are wrong for the network."
        yield Flaw("normalisation", "warning", answer, advice)


def check_class_names(noted: Mapping[int, str], classes: Mapping[int, str]) -> Iterator[Flaw]:
    """The names in the output's name against those of the metadata."""
    if not noted or not classes:
        return
    other = [
        f"{number} is {name[:40]!r} in the name and {noted[number][:40]!r} in the metadata"
        for number, name in sorted(classes.items())
        if number in noted and _plain(noted[number]) != _plain(name)
    ]
    if other or len(noted) != len(classes):
        answer = f"The output's name lists {len(classes)} classes, and the metadata {len(noted)}"
        answer += f": {'; '.join(other[:_LISTED])}." if other else "."
        yield Flaw("class_names", "warning", answer, "Look which is right: cameras show those of the output's name.")


def _plain(name: str) -> str:
    return " ".join(name.replace("_", " ").replace("-", " ").lower().split())


def check_chip(chip: str | None) -> Iterator[Flaw]:
    if chip in CHIPS:
        answer = f"It is compiled for the chip {chip} (metadata), and runs on that accelerator only."
        yield Flaw(
            "chip", "warning", answer, "Right for cameras with that chip; for others upload the ONNX file itself."
        )
    elif chip:
        answer = f"Its metadata names the chip {chip[:40]!r}, which is none that Nx is known to read."
        yield Flaw("chip", "warning", answer, f"Known are {' and '.join(CHIPS)}.")
