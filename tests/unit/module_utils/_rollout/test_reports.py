# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The report of a rollout: what it says."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from rollout_runs import Ended, Runs, device, rows

from ansible_collections.nxai.cloud.plugins.module_utils._rollout.book import Book
from ansible_collections.nxai.cloud.plugins.module_utils._rollout.lines import Opened, WaveBegun
from ansible_collections.nxai.cloud.plugins.module_utils._rollout.report import summary
from simulator.testing import Served
from tools.example_rollouts import paused

Hire = Callable[..., Runs]


def failed(runs: Hire, cloud: Served) -> Runs:
    """A rollout whose first wave of three failed, since their servers support no pipelines."""
    for site in cloud.world.sites.values():
        for server in site.servers.values():
            server.supports_pipelines = False
    run = runs(waves=[3, "100%"], soak=[600])
    with pytest.raises(Ended):
        run.run()
    return run


def test_what_failed_and_why_and_how_to_go_on(runs: Hire, cloud: Served) -> None:
    report = failed(runs, cloud).report()
    assert report["totals"]["failed"] == 3 and report["totals"]["waiting"] == 4
    assert report["status"] == "stopped" and report["message"].startswith(
        "Stopped in wave 1 (3): 3 of 3 cameras failed"
    )
    assert [(each["cause"], each["devices"]) for each in report["causes"]] == [
        ("its server does not support pipelines", 3)
    ]
    assert sum(site["devices"] for site in report["causes"][0]["sites"]) == 3
    assert report["how_to_go_on"].startswith("Correct what is listed below and run the same command again")
    assert {each["devices"] for each in report["sites"]} == {2, 3} and report["models"]["Counter@2"]
    assert len(str(summary(report))) < 2_000


def test_a_wave_that_soaks_says_until_when(runs: Hire, cloud: Served) -> None:
    run = runs(soak=[600])
    opened = run.step("open", devices=rows(cloud))
    run.step("wave", run=opened["run"], wave=1)
    wave: dict[str, Any] = run.report()["waves"][0]
    assert wave["status"] == "written" and wave["soak_ends_at"] > wave["written_at"] > wave["begun_at"]


def test_in_a_long_wave_the_report_is_made_anew_now_and_then(tmp_path: Path) -> None:
    now = [86_400.0]
    sample = paused(now[0])
    assert sample.plan
    book = Book(str(tmp_path), None, False, lambda: now[0])
    with book.locked():
        book.begin("r", "1")
        book.add(Opened(at=now[0], run="a", action="rollout"), sample.plan)
        report = tmp_path / "rollout-report.json"
        assert not report.exists()
        for seconds, attempt in ((10, 1), (31, 2), (45, 2), (62, 4)):
            now[0] = 86_400.0 + seconds
            book.add(WaveBegun(at=now[0], wave=1, attempt=attempt))
            if seconds == 10:
                assert not report.exists()
            else:
                told = json.loads(report.read_text())
                assert told["updated_at"] == f"1970-01-02T00:{'00:31' if seconds < 60 else '01:02'}Z"
                assert "Writing wave 1 of 6" in (tmp_path / "rollout-report.html").read_text()


def test_what_was_overwritten_is_named(runs: Hire, cloud: Served) -> None:
    runs().run()
    device(cloud, "Door").pipelines = []
    runs().run(action="rollback")
    (row,) = runs().report()["overwritten"]
    assert row["name"] == "Door" and row["lines"]
