# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A rollout to cameras of which the service does not say what they run: one proves it first, and once."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from simulator import views
from simulator.testing import Served, serve
from tools.rollouts import Operator, devices_of, first_model

Row = dict[str, Any]


@pytest.fixture
def rows_as(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[Row], Row]], None]:
    usual = views.device
    return lambda rewrite: monkeypatch.setattr(views, "device", lambda world, item: rewrite(usual(world, item)))


def fresh_are_null(row: Row) -> Row:
    return row if row["nxAI"]["pipelines"] else {**row, "nxAI": None}


def run(op: Operator, *arguments: str, **variables: Any) -> tuple[int, str]:
    """As ``Operator.run``, with warnings."""
    process = op.start(*arguments, **variables)
    said, _nothing = process.communicate(timeout=300)
    assert "Traceback" not in said, said
    return process.returncode, said


def hired(cloud: Served, folder: Path, **variables: Any) -> Operator:
    for device in devices_of(cloud).values():
        device.pipelines = []
    return Operator(
        cloud,
        folder,
        pipeline_rollout_pipelines=[{"model": first_model(cloud), "nms": 0.5}],
        pipeline_rollout_waves=["50%"],
        **variables,
    )


def test_one_camera_proves_it_and_no_wave_or_run_asks_again(
    tmp_path: Path, rows_as: Callable[[Callable[[Row], Row]], None]
) -> None:
    with serve(speed=50, sites=1, servers=1, devices=5, models=1) as cloud:
        op = hired(cloud, tmp_path)
        rows_as(fresh_are_null)
        (_site, nxid), *others = devices_of(cloud)
        code, said = run(op)
        assert code == 2 and cloud.writes() == [] and "nothing at nxAI.pipelines" in said, said
        op = hired(cloud, tmp_path, pipeline_rollout_name="again", pipeline_rollout_prove="one")
        op.variables["pipeline_rollout_prove_device"] = nxid
        code, said = run(op, "--check", "--diff")
        assert (
            code == 0 and cloud.writes() == [] and "would first write to" in said and "1 (proof): 1 device" in said
        ), said
        code, said = run(op, pipeline_rollout_pause_before_wave=[2])
        assert code == 0 and len(cloud.writes()) == 1 and "no_pipelines: [" in said, said
        assert [device.nxid for device in devices_of(cloud).values() if device.pipelines] == [nxid]
        code, said = run(op, pipeline_rollout_prove="refuse")
        assert code == 0, said
        assert [each["status"] for each in op.report()["waves"]] == ["done"] * 3
        assert all(device.pipelines for device in devices_of(cloud).values()) and len(others) == 4
        code, said = run(op, pipeline_rollout_action="rollback")
        assert code == 0, said
        assert not any(device.pipelines for device in devices_of(cloud).values())


def test_where_it_does_not_appear_nothing_else_is_written(
    tmp_path: Path, rows_as: Callable[[Callable[[Row], Row]], None]
) -> None:
    with serve(speed=50, sites=1, servers=1, devices=5, models=1) as cloud:
        rows_as(lambda row: {**row, "nxAI": {"PluginSettings": {}}})
        (_site, nxid), *_others = devices_of(cloud)
        op = hired(cloud, tmp_path, pipeline_rollout_prove="one", pipeline_rollout_prove_device=nxid)
        op.variables["pipeline_rollout_settings"] = {"wait_interval": 0.1, "wait_timeout": 1}
        code, said = run(op)
        assert code == 2 and "does not show what was sent to it" in said, said
        assert [device.nxid for device in devices_of(cloud).values() if device.pipelines] == [nxid]
        assert op.report()["status"] == "stopped"
