# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Every field of every answer, changed in every way: a clear failure or a success, never a traceback.

The true answer of the simulator is taken, one value in it is replaced, taken out or renamed, and a task meets that.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import requests
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from module_runs import Calls, RunModule
from wire_rows import FILE, MODEL, WORLD

from ansible_collections.nxai.cloud.plugins.module_utils._api.contract.operations import OPERATIONS
from simulator.testing import Served
from tools.strange import STRANGE, changed, places

QUICK = {"wait_interval": 0.01, "wait_timeout": 0.1}
PIPELINE = ("nxai_pipeline", {"site": "Shop 1", "devices": ["Till"], "pipelines": [{"model": "A"}], **QUICK})
MODEL_TASK = ("nxai_model", {"name": "A", "documentation": "New", "catalogues": ["Other"], **QUICK})
TASKS: dict[str, list[tuple[str, dict[str, Any]]]] = {
    "list_models": [
        MODEL_TASK,
        PIPELINE,
        ("nxai_model_info", {"usage": True}),
        ("nxai_doctor_info", {}),
        ("nxai_estate_info", {}),
    ],
    "get_model": [("nxai_model", {**MODEL_TASK[1], "name": MODEL}), ("nxai_model_info", {"models": [MODEL]})],
    "list_catalogues": [
        MODEL_TASK,
        ("nxai_catalogue", {"name": "Old"}),
        ("nxai_catalogue_info", {"list_models": True}),
    ],
    "list_sites": [PIPELINE, ("nxai_site_info", {}), ("nxai_doctor_info", {}), ("nxai_estate_info", {})],
    "list_servers": [PIPELINE, ("nxai_server_info", {}), ("nxai_doctor_info", {})],
    "list_devices": [
        PIPELINE,
        ("nxai_device_info", {}),
        ("nxai_pipeline_info", {}),
        ("nxai_doctor_info", {}),
        ("nxai_estate_info", {}),
    ],
    "list_registry_devices": [("nxai_device", {"name": "R1", "groups": ["G2"]})],
    "list_groups": [("nxai_device", {"name": "R1", "groups": ["G2"]})],
    "list_organisations": [("nxai_organisation_info", {})],
    "list_channel_partners": [("nxai_organisation_info", {})],
    "create_model": [("nxai_model", {"name": "New", "file": FILE, **QUICK})],
    "update_model": [MODEL_TASK],
    "create_catalogue": [("nxai_catalogue", {"name": "New"})],
    "rename_catalogue": [("nxai_catalogue", {"name": "Old", "new_name": "New"})],
    "put_pipelines": [PIPELINE],
    "join_group": [("nxai_device", {"name": "R1", "groups": ["G2"]})],
    "update_registry_device": [("nxai_device", {"name": "R1", "new_name": "R2"})],
    "issue_token": [("nxai_token", {"username": "demo@example.com", "password": "demo", "return_token": True})],
    "describe_compute": [("nxai_contract_info", {})],
    "describe_device": [("nxai_contract_info", {})],
}
# What deletes has no answer to look into.
SILENT = {"delete_model", "delete_catalogue", "leave_group", "revoke_token"}
# What is true, and not in a listing: the answers to writes, as the simulator gives them.
ANSWERS: dict[str, Any] = {
    "create_model": {"UUID": MODEL, "Name": "New"},
    "create_catalogue": {"UUID": MODEL, "Name": "New"},
    "issue_token": {
        "access_token": "nxcdb-a", "refresh_token": "nxcdb-r", "expires_in": 3600, "expires_at": "1", "scope": "x",
        "token_type": "bearer",
    },
}  # fmt: skip


def true_answer(cloud: Served, operation: str) -> Any:
    if operation in ANSWERS:
        return ANSWERS[operation]
    if OPERATIONS[operation].method != "GET":
        return {"Message": "", "Field": ""}
    site = next(iter(cloud.world.sites))
    prefix = {"compute": "/cpt", "device": "/dev", "cloud": ""}[OPERATIONS[operation].api]
    path = prefix + OPERATIONS[operation].path.format(site_id=site, uuid=MODEL)
    answer = requests.get(cloud.url + path, headers={"Authorization": f"Bearer {cloud.token()}"}, timeout=10)
    assert answer.status_code == 200
    return answer.json()


def test_every_operation_has_a_task() -> None:
    assert set(TASKS) | SILENT == set(OPERATIONS)
    assert set(TASKS) & SILENT == set()


@pytest.mark.parametrize("operation", sorted(TASKS))
def test_a_clear_failure_or_a_success(
    operation: str, cloud: Served, run_module: RunModule, onnx_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NXAI_RETRY_BUDGET", "0.05")
    cloud.reset(seed=WORLD)
    answer = true_answer(cloud, operation)
    everywhere = list(places(answer))
    assert len(everywhere) > 1 or operation in ANSWERS
    outcomes = set()

    @settings(max_examples=100, derandomize=True, suppress_health_check=list(HealthCheck), database=None)
    @given(st.sampled_from(everywhere), st.integers(0, len(STRANGE) - 1), st.sampled_from(TASKS[operation]))
    def examine(path: tuple[Any, ...], place: int, task: tuple[str, dict[str, Any]]) -> None:
        cloud.clear_faults()
        cloud.reset(seed=WORLD)
        body = changed(answer, path, STRANGE[place])
        records = {"X-Pagination-Records": str(len(body))} if isinstance(body, list) else {}
        cloud.fault("status", operation, status=200, body=json.dumps(body), headers=records, times=0)
        name, options = task
        given_options = {each: str(onnx_file) if value == FILE else value for each, value in options.items()}
        result = run_module(name, warns=None, **given_options)
        outcomes.add(bool(result.get("failed")))
        said = json.dumps(result)
        assert "Traceback" not in said
        if result.get("failed"):
            assert isinstance(result["msg"], str) and 10 < len(result["msg"]) < 5000, result["msg"][:300]

    examine()
    cloud.clear_faults()
    assert outcomes


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


@pytest.mark.parametrize("name", ["nxai_device_info", "nxai_pipeline_info", "nxai_doctor_info", "nxai_estate_info"])
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
