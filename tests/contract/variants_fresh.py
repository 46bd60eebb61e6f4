# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How a camera looks that runs nothing, or of which it is not shown what it runs."""

from __future__ import annotations

from typing import Any

from .layer import Rewrite
from .rewrites import DEVICE, MISSING, Row, fresh_only, put, rows, take
from .variant import ADAPTED, STOPS, Variant, row_of

_PLACE = "nxAI.pipelines"
_BEFORE = "Enabled: boolean, Group: text, Name: text, NxID: text, Server: object, V2: object"
_ZERO = "00000000-0000-0000-0000-000000000000"
_read = row_of("pipelines read")


def _nx_ai(pipelines: str = "") -> str:
    """The shape of a row with this in the place of the pipelines."""
    inner = f"pipelines: {pipelines}, " if pipelines else ""
    return f"nxAI: {{PluginSettings: empty object, models: empty list, {inner}selectedPipeline: empty text}}"


def _fresh(name: str, differs: str, value: Any, shape: str, place: str = _PLACE) -> Variant:
    """A camera without pipelines shows ``value`` there. ``shape``: of its row, behind that of the other members."""

    def change(row: Row) -> Row:
        take(row, place)
        if value is not MISSING:
            put(row, place, value)
        return row

    line = f"{_BEFORE}, {shape}" if shape else _BEFORE
    return _read(f"fresh-{name}", differs, fresh_only(change), outcome=ADAPTED, no_pipelines=[line])


def _hidden(place: str, *cameras: str) -> Rewrite:
    """Of these cameras, most of which run something, it is not shown."""

    def change(row: Row) -> Row:
        if row["Name"] in cameras:
            take(row, place)
        return row

    return rows(DEVICE, change)


VARIANTS = (
    _fresh("null", "null for the pipelines of a fresh camera", None, _nx_ai("null")),
    _fresh("absent", "no pipelines for a fresh camera", MISSING, _nx_ai()),
    _fresh("no-nxai", "no nxAI for a fresh camera", MISSING, "", "nxAI"),
    _fresh("null-nxai", "null for nxAI of a fresh camera", None, "nxAI: null", "nxAI"),
    _fresh("empty-nxai", "{} for nxAI of a fresh camera", {}, "nxAI: {}", "nxAI"),
    _fresh("list-nxai", "[] for nxAI of a fresh camera, as PHP writes it", [], "nxAI: empty list", "nxAI"),
    _fresh("text", '"" for the pipelines of a fresh camera', "", _nx_ai("empty text")),
    _fresh("word", "the word None for the pipelines of a fresh camera", "None", _nx_ai("text")),
    _fresh("object", "{} for the pipelines of a fresh camera", {}, _nx_ai("empty object")),
    _fresh("false", "false for the pipelines of a fresh camera", False, _nx_ai("boolean")),
    _fresh("null-element", "a list with null for the pipelines of a fresh camera", [None], _nx_ai("[null]")),
    _fresh(
        "default",
        "a fresh camera shows a pipeline without a model",
        [{"modelUUID": "", "modelNMS": 0.42, "chains": []}],
        _nx_ai("[{chains: empty list, modelNMS: number, modelUUID: empty text}]"),
    ),
    _fresh(
        "zero",
        "a fresh camera shows a pipeline of the zero UUID",
        [{"modelUUID": _ZERO, "chains": []}],
        _nx_ai("[{chains: empty list, modelUUID: zero UUID}]"),
    ),
    _fresh(
        "no-key",
        "a fresh camera shows a pipeline with defaults alone",
        [{"modelNMS": 0.42, "resizingMethod": "Letterbox"}],
        _nx_ai("[{modelNMS: number, resizingMethod: text}]"),
    ),
    _read("hidden-camera", "no nxAI for a camera that runs something", _hidden("nxAI", "Roof"), outcome=STOPS),
    _read("hidden-site", "no nxAI for the cameras of a site", _hidden("nxAI", "Door", "Till", "Yard"), outcome=STOPS),
    _read(
        "hidden-site-with-fresh",
        "no nxAI for the cameras of the site with a fresh one",
        _hidden("nxAI", "Gate", "Dock", "Roof", "Fresh"),
        outcome=STOPS,
    ),
    _read(
        "hidden-here-and-there",
        "no nxAI for some cameras, a fresh one among them",
        _hidden("nxAI", "Door", "Gate", "Fresh"),
        outcome=STOPS,
    ),
    _read(
        "hidden-pipelines",
        "no pipelines for a camera that runs something",
        _hidden(_PLACE, "Roof"),
        outcome=STOPS,
    ),
)
