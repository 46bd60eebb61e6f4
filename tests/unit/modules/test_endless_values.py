# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Values that would never end: chains in chains, 200 deep, and a wait of nan seconds. An error with words, no write."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from simulator.testing import Served

Calls = Callable[[], list[str]]
RunModule = Callable[..., dict[str, Any]]
MODEL = "459d2273-1514-431c-9d34-f5b72f3bfe20"


def chained(depth: int) -> dict[str, Any]:
    made: dict[str, Any] = {"modelUUID": MODEL}
    for _level in range(depth):
        made = {"modelUUID": MODEL, "chains": [made]}
    return made


@pytest.mark.parametrize(
    "options",
    [
        {"site": "Shop 001", "devices": ["Entrance"], "pipelines": [{"model": MODEL, "chains": [chained(200)]}]},
        {"site": "Shop 001", "devices": ["Entrance"], "pipelines": [{"model": MODEL, "extra": chained(200)}]},
        {"restore": [{"site": "Shop 001", "device": "Entrance", "pipelines": [chained(200)]}]},
    ],
)
def test_of_a_task(run_module: RunModule, writes: Calls, options: dict[str, Any]) -> None:
    result = run_module("nxai_pipeline", **options)
    assert result["failed"] and "are nested more than 100 deep" in result["msg"]
    assert writes() == []


@pytest.mark.parametrize("name", ["nxai_device_info", "nxai_pipeline_info", "nxai_doctor_info"])
def test_of_the_service(cloud: Served, run_module: RunModule, name: str) -> None:
    rows = [{"NxID": "{4f7d9c1e-2b6a-4d3f-8a5b-0c1d2e3f4a5b}", "Name": "Till", "nxAI": {"pipelines": [chained(200)]}}]
    cloud.fault("status", "list_devices", status=200, body=json.dumps(rows), times=0)
    result = run_module(name, warns=None)
    cloud.clear_faults()
    assert "nested more than 100 deep" in json.dumps(result)


@pytest.mark.parametrize("name", ["wait_timeout", "applicable_timeout", "timeout"])
def test_a_wait_of_nan_seconds_is_refused(run_module: RunModule, writes: Calls, name: str) -> None:
    task: dict[str, Any] = {"site": "Shop 001", "devices": ["Entrance"], "pipelines": [{"model": MODEL}], name: "nan"}
    assert f"{name} is nan" in run_module("nxai_pipeline", **task)["msg"]
    assert writes() == []
