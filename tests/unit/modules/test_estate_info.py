# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The estate as files, against a simulator: written, read again, and compared."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from module_runs import Calls, RunModule

from simulator.testing import Served

A, B, C, FOREIGN = (f"459d2273-1514-431c-9d34-f5b72f3bfe2{digit}" for digit in "0123")


def pipeline(model: str, **more: Any) -> dict[str, Any]:
    return {
        "modelUUID": model, "modelNMS": 0.42, "resizingMethod": "Letterbox", "Preprocessor": "", "Postprocessor": "",
        "chains": [], **more,
    }  # fmt: skip


CHAINED = pipeline(A, modelNMS=0.7, chains=[{"Method": "Crop", "modelUUID": B}], Future={"kept": [1, 2.5, None]})


def device(name: str, *pipelines: dict[str, Any]) -> str:
    return json.dumps({"name": name, "pipelines": list(pipelines)})


WORLD = f"""
times: {{record: 0, code: 0, assignment: 0}}
organisations: [Other]
catalogues: [{{name: Shop models}}, {{name: Theirs, organisation: Other, public: true}}]
models:
  - {{name: "Person detector@7", id: {A}, catalogues: [Shop models]}}
  - {{name: Face blur, id: {B}}}
  - {{name: "Person detector@6", id: {C}}}
  - {{name: Foreign, id: {FOREIGN}, organisation: Other, catalogues: [Theirs]}}
sites:
  - name: Shop 1
    servers:
      - name: S
        devices: [{device("Door", pipeline(A))}, {device("Till", pipeline(A))}, {device("Yard", CHAINED)}, Spare]
  - name: Shop 2
    servers: [{{name: S, devices: [{device("Door", pipeline(A))}, {device("Gate", CHAINED, pipeline(FOREIGN))}]}}]
  - {{name: Depot, online: false, servers: [{{name: S, devices: [Door]}}]}}
"""


@pytest.fixture(autouse=True)
def estate(cloud: Served) -> Served:
    cloud.reset(seed=WORLD)
    return cloud


def written(result: dict[str, Any], folder: Path) -> Path:
    for each in result["files"]:
        path = folder / each["name"]
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(each["text"].encode())
    return folder


@pytest.mark.parametrize("split", [False, True])
def test_an_export_says_what_is_there_and_nothing_differs(
    run_module: RunModule, tmp_path: Path, writes: Calls, split: bool
) -> None:
    first = run_module("nxai_estate_info", path=str(tmp_path / "estate"), split=split)

    assert first["comparison"] is None
    folder = written(first, tmp_path / "estate")
    again = run_module("nxai_estate_info", path=str(folder), split=split)
    assert not any(each["changed"] for each in again["files"])

    assert not again["comparison"]["drift"], again["comparison"]["summary"]
    assert writes() == []
