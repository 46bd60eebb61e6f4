# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What says that a model is ready, or gone, where the service says it in another way."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from module_runs import RunModule
from test_model_not_shown import QUICK, drop, hide, world

from ansible_collections.nxai.cloud.plugins.module_utils._api.compute import ComputeApi
from simulator.testing import Served

__all__ = ["hide", "world"]
Hide = Callable[..., None]


@pytest.mark.parametrize(
    ("shown", "line"),
    [
        (drop("Status"), ""),
        (lambda row: (row.pop("Status"), row.pop("Code"), row.pop("Downloads")), "fields.model.status (observed)"),
        (lambda row: row.update(Status="marinating"), "words.ready (observed)"),
    ],
)
def test_what_says_that_a_model_is_ready_is_named_where_it_never_is(
    hide: Hide, run_module: RunModule, onnx_file: Path, shown: Callable[[dict[str, Any]], Any], line: str
) -> None:
    hide(shown)
    made = run_module("nxai_model", name="New", file=str(onnx_file), wait_interval=0.01, wait_timeout=1)
    assert bool(made.get("failed")) is bool(line) and line in made.get("msg", "")


def test_without_any_state_a_model_is_ready_when_devices_can_fetch_it(
    hide: Hide, run_module: RunModule, onnx_file: Path
) -> None:
    hide(lambda row: (row.pop("Status"), row.pop("Code")))
    made = run_module("nxai_model", warns=True, name="New", file=str(onnx_file), **QUICK)
    assert made["model"]["state"] == "ready" and "fields.model.status" in made["warnings"][0]


@pytest.mark.parametrize("status", [404, 410])
@pytest.mark.parametrize(("kind", "name"), [("model", "A"), ("catalogue", "New")])
def test_what_is_gone_already_is_deleted(
    world: Served, run_module: RunModule, monkeypatch: pytest.MonkeyPatch, status: int, kind: str, name: str
) -> None:
    """Another run was faster, or the answer is wrong. What is still listed is not gone."""
    run_module("nxai_catalogue", name="New")
    usual = getattr(ComputeApi, f"delete_{kind}")
    world.fault("status", f"delete_{kind}", status=status, times=1)
    failed = run_module(f"nxai_{kind}", name=name, state="absent")
    assert failed["failed"] and f"HTTP {status}" in failed["msg"]

    def gone(api: ComputeApi, uuid: str) -> None:
        usual(api, uuid)
        usual(api, uuid)

    world.fault("status", f"delete_{kind}", status=status, nth=2)
    monkeypatch.setattr(ComputeApi, f"delete_{kind}", gone)
    done = run_module(f"nxai_{kind}", name=name, state="absent", warns=True)
    assert done["changed"] is True and "it was done" in done["warnings"][0]


def test_a_delete_that_was_accepted_and_is_not_done_names_the_call(world: Served, run_module: RunModule) -> None:
    world.fault("status", "delete_model", status=200, body={"Message": "Done"}, times=0)
    failed = run_module("nxai_model", name="A", state="absent")
    assert failed["failed"] and "still lists it" in failed["msg"] and "operations.delete_model.path" in failed["msg"]
