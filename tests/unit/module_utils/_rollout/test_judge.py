# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How many cameras may fail, and what a look at one finds."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from rollout_runs import Ended, Runs, device, devices
from rollout_world import NEW, OTHER, wire

from ansible_collections.nxai.cloud.plugins.module_utils._core.errors import BadInput
from ansible_collections.nxai.cloud.plugins.module_utils._rollout.judge import limit
from simulator.testing import Served

Hire = Callable[..., Runs]


@pytest.mark.parametrize(
    ("text", "allowed"),
    [("0", 0), ("3", 3), (" 3 ", 3), ("0%", 0), ("14%", 0), ("15%", 1), ("29%", 2), ("100%", 7), ("0.1%", 0)],
)
def test_a_share_is_rounded_down(text: str, allowed: int) -> None:
    assert limit(text, 7) == allowed


@pytest.mark.parametrize("text", ["", "x", "-1", "1.5", "2%3", "nan%", "inf%", "-1%"])
def test_a_threshold_that_is_none(runs: Hire, cloud: Served, text: str) -> None:
    with pytest.raises(BadInput, match="is not a number of failures"):
        limit(text, 10)
    with pytest.raises(BadInput, match="is not a number of failures"):
        runs(max_failures=text).run()
    assert cloud.writes() == []


@pytest.mark.parametrize(
    ("options", "end"),
    [
        ({}, "1 of 4 cameras failed (0 allowed)"),
        ({"max_failures_per_wave": "25%"}, "1 of all 7 cameras failed (0 allowed)"),
        ({"max_failures": "1"}, "1 of 4 cameras failed (0 allowed)"),
        ({"max_failures_per_wave": "24%", "max_failures": "1"}, "1 of 4 cameras failed (0 allowed)"),
        ({"max_failures_per_wave": "1", "max_failures": "14%"}, "1 of all 7 cameras failed (0 allowed)"),
        ({"max_failures_per_wave": "25%", "max_failures": "15%"}, ""),
    ],
)
def test_thresholds(runs: Hire, cloud: Served, options: dict[str, str], end: str) -> None:
    """A camera of the first wave is no longer listed when that is written."""
    run = runs(waves=["4", "100%"], **options)
    run.between = once("wave", lambda: lose(run, cloud))
    if end:
        with pytest.raises(Ended) as caught:
            run.run()
        assert str(caught.value).startswith(f"{end}: ")
        assert run.ledger.status == "stopped"
    else:
        assert run.run()["summary"]["totals"]["failed"] == 1


def once(step: str, act: Callable[[], Any]) -> Callable[[str], None]:
    """Do it before the first of these steps."""
    left = [act]
    return lambda named: left.pop()() if left and named == step else None


def lose(run: Runs, cloud: Served) -> None:
    gone = run.ledger.waves[0].cameras[0]
    site = cloud.world.sites[gone.site]
    nxid = next(each for each in site.devices if gone.nxid in each)
    del site.devices[nxid]


def test_the_gates_ask_what_each_camera_reports(runs: Hire, cloud: Served) -> None:
    run = runs()
    run.between = once("gate", lambda: setattr(device(cloud, "Yard"), "pipelines", [wire(OTHER, 0.3)]))
    with pytest.raises(
        Ended, match=r"1 of 7 cameras failed \(0 allowed\): it no longer reports what was sent, .* \(Yard at "
    ):
        run.run()


def test_what_is_not_shown_or_shown_in_another_form_is_no_fault(runs: Hire, cloud: Served) -> None:
    run = runs()
    run.between = once("gate", lambda: setattr(device(cloud, "Yard"), "pipelines", [{"modelUUID": NEW.upper()}]))
    assert run.run()["summary"]["status"] == "finished"


def test_a_server_that_stands_still_fails_its_cameras(runs: Hire, cloud: Served) -> None:
    run = runs(server_running=["some other word"])
    with pytest.raises(Ended, match=r"7 of 7 cameras failed.*its server is .*words\.running"):
        run.run()


def test_the_users_own_gates(runs: Hire, cloud: Served) -> None:
    with pytest.raises(BadInput, match="is no camera of wave 1"):
        runs().run(gate_failures=[{"site": "s", "device": "{d9}"}])
    (site, nxid), _device = next(iter(devices(cloud).items()))
    with pytest.raises(Ended, match=r"1 of 7 cameras failed \(0 allowed\): dark"):
        runs(name="b").run(gate_failures=[{"site": site, "device": nxid, "reason": "dark"}])
    with pytest.raises(Ended, match="the gate tasks failed: no frames"):
        runs(name="c").run(reason="no frames")
