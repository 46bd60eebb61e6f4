# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How it is shown what a camera runs."""

from __future__ import annotations

import json
from typing import Any

from .rewrites import (
    DEVICE,
    dropped,
    member,
    moved,
    pipelines,
    rows,
)
from .variant import ADAPTED, STOPS, WORKS, row_of
from .world import COUNTS, FOREIGN


def _at(path: str) -> dict[str, Any]:
    return {"fields": {"device": {"pipelines": path}}}


_read = row_of("pipelines read")
VARIANTS = (
    _read(
        "top-level",
        "pipelines beside nxAI, in the row itself",
        moved(DEVICE, "nxAI.pipelines", "pipelines"),
        outcome=ADAPTED,
        **_at("pipelines"),
    ),
    _read(
        "top-level-pascal",
        "Pipelines in the row, and no nxAI",
        dropped(DEVICE, "nxAI"),
        moved(DEVICE, "nxAI.pipelines", "Pipelines"),
        outcome=ADAPTED,
        **_at("Pipelines"),
    ),
    _read(
        "assigned",
        "nxAI.assigned",
        moved(DEVICE, "nxAI.pipelines", "nxAI.assigned"),
        outcome=ADAPTED,
        **_at("nxAI.assigned"),
    ),
    _read(
        "deeper",
        "nxAI.state.pipelines",
        moved(DEVICE, "nxAI.pipelines", "nxAI.state.pipelines"),
        outcome=ADAPTED,
        **_at("nxAI.state.pipelines"),
    ),
    _read(
        "parameters",
        "parameters.nxAI.pipelines, as in the VMS",
        moved(DEVICE, "nxAI", "parameters.nxAI"),
        outcome=ADAPTED,
        **_at("parameters.nxAI.pipelines"),
    ),
    _read(
        "current-pipeline",
        "CurrentPipeline, with the list",
        moved(DEVICE, "nxAI.pipelines", "CurrentPipeline"),
        outcome=ADAPTED,
        **_at("CurrentPipeline"),
    ),
    _read(
        "hidden-name",
        "under a name that says nothing: nxAI.items",
        moved(DEVICE, "nxAI.pipelines", "nxAI.items"),
        outcome=ADAPTED,
        **_at("nxAI.items"),
    ),
    _read("pascal", "nxAI.Pipelines", moved(DEVICE, "nxAI.pipelines", "nxAI.Pipelines"), outcome=WORKS),
    _read("nxai-lower", "nxai.pipelines", moved(DEVICE, "nxAI", "nxai"), outcome=WORKS),
    _read("nxai-snake", "nx_ai.pipelines", moved(DEVICE, "nxAI", "nx_ai"), outcome=WORKS),
    _read("not-shown", "nxAI without pipelines", dropped(DEVICE, "nxAI.pipelines"), outcome=STOPS),
    _read("no-nxai", "no nxAI", dropped(DEVICE, "nxAI"), outcome=STOPS),
    _read("null-nxai", "null for nxAI", member(DEVICE, "nxAI", lambda _value: None), outcome=STOPS),
    _read("null-pipelines", "null for every camera's pipelines", pipelines(lambda _value: None), outcome=STOPS),
    _read("text-nxai", "nxAI is a text that holds JSON", member(DEVICE, "nxAI", json.dumps), outcome=WORKS),
    _read("text-pipelines", "nxAI.pipelines is a text that holds JSON", pipelines(json.dumps), outcome=WORKS),
    _read(
        "text-settings",
        "nxAI.PluginSettings is a text that holds JSON",
        member(DEVICE, "nxAI.PluginSettings", json.dumps),
        outcome=WORKS,
    ),
    _read(
        "text-cut",
        "nxAI is a text that holds JSON, cut short",
        member(DEVICE, "nxAI", lambda value: json.dumps(value)[:60]),
        outcome=STOPS,
    ),
    _read(
        "beside-models",
        "nxAI has models and selectedPipeline beside pipelines",
        rows(
            DEVICE,
            lambda row: {
                **row,
                "nxAI": {**row["nxAI"], "models": [{"UUID": FOREIGN, "Name": COUNTS}], "selectedPipeline": "Custom"},
            },
        ),
        outcome=WORKS,
    ),
)
