# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a review of earlier rollouts had confirmed, by its number: how each ends now. See test_confirmed_further."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from rollout_runs import Data, Ended, Killed, Runs, assigned, device, final, killed_at, rows, world
from rollout_world import NEW, OLD, OTHER, wire

from ansible_collections.nxai.cloud.plugins.module_utils._core.errors import BadInput
from simulator.testing import Served

Hire = Callable[..., Runs]


def text(value: list[Data]) -> str:
    return str(value)


def test_g01_an_assignment_that_arrives_late_is_taken_back_all_the_same(runs: Hire, cloud: Served) -> None:
    """Nothing arrives within wait_timeout, so every camera still reports what it had when it is taken back."""
    cloud.world.times.assignment = 100
    before = world(cloud)
    with pytest.raises(Ended, match="6 of 7 cameras failed"):
        runs(on_breach="rollback_all").run()
    assert runs().ledger.status == "rolled_back"
    assert runs().camera("Door").reason.endswith("after what it had was sent it reported that, at two looks")
    assert len(cloud.writes()) >= 2 * len(cloud.world.sites), "it is sent, whatever a camera reports"
    assert world(cloud) == before
    cloud.advance(1000)
    assert world(cloud) == before


def test_g01_and_so_is_one_that_was_sent_just_before_a_kill(runs: Hire, cloud: Served) -> None:
    before = world(cloud)
    with pytest.raises(Killed), killed_at(1, after=True, only="PUT"):
        runs().run()
    assert world(cloud) != before
    cloud.clear_log()
    done = runs().run(action="rollback")
    assert done["summary"]["status"] == "rolled_back" and len(cloud.writes()) > 0
    assert world(cloud) == before


def test_g01_and_what_nxai_pipeline_has_just_sent(cloud: Served) -> None:
    before = world(cloud)
    some = [{"site": row["site"], "device": row["device"]} for row in rows(cloud, "Door", "Yard")]
    sent = assigned(cloud, devices=some, pipelines=[{"model": "Counter@2"}], state="exact", wait=False)
    assert [entry["on_the_way"] for entry in sent["snapshot"]] == [True, True]
    back = assigned(cloud, restore=sent["snapshot"])
    assert back["changed"] and {each["status"] for each in back["devices"]} == {"applied"}
    assert world(cloud) == before
    assert [entry["on_the_way"] for entry in back["snapshot"]] == [False, False]
    cloud.clear_log()
    assert not assigned(cloud, restore=back["snapshot"])["changed"] and cloud.writes() == [], "nothing is on its way"


def test_g02_a_queued_camera_gets_back_what_it_had_when_it_was_really_written(runs: Hire, cloud: Served) -> None:
    """The service has said in words that it did nothing, so what was recorded then is not its way back."""
    yard = device(cloud, "Yard")
    yard.silent_until = 1e12
    runs(unavailable="queue").run()
    assert runs().camera("Yard").status == "queued"
    yard.pipelines, yard.silent_until = [wire(OTHER, 0.9)], 0.0
    before = world(cloud)
    assert "wave 2 of 2 (queue): done; 1 done" in runs(unavailable="queue").run()["lines"]
    assert text(final(yard)) != before[runs().camera("Yard").site, yard.nxid]
    runs().run(action="rollback")
    assert text(final(yard)) == text([wire(OTHER, 0.9)])


def test_g02_so_does_one_that_was_changed_between_plan_and_write(runs: Hire, cloud: Served) -> None:
    """The plan for people is an earlier read; the write is planned on one of its own."""
    run = runs()
    run.plan()
    run.between = lambda step: (
        setattr(device(cloud, "Door"), "pipelines", [wire(OTHER, 0.8)]) if step == "wave" else None
    )
    run.run()
    run.between = lambda _step: None
    runs().run(action="rollback")
    assert final(device(cloud, "Door")) == [wire(OTHER, 0.8)]


def test_g02_and_at_a_second_attempt_after_rollback_wave(runs: Hire, cloud: Served) -> None:
    failing = {"gate_failures": [{**rows(cloud, "Door")[0], "reason": "it counts nobody"}]}
    with pytest.raises(Ended, match="it counts nobody"):
        runs(on_breach="rollback_wave").run(**failing)
    assert runs().ledger.status == "stopped" and runs().camera("Door").back is None
    device(cloud, "Door").pipelines = [wire(OTHER, 0.8)]
    before = world(cloud)
    runs().run()
    runs().run(action="rollback")
    assert world(cloud) == before


def test_g03_what_was_done_from_the_queue_is_rolled_back_whenever_the_camera_is_back(runs: Hire, cloud: Served) -> None:
    before, yard = world(cloud), device(cloud, "Yard")
    yard.silent_until = 1e12
    runs(unavailable="queue").run()
    yard.silent_until = 0.0
    runs(unavailable="queue").run()
    yard.silent_until = 1e12
    messages = []
    for _each in range(3):
        with pytest.raises(Ended, match="1 cameras could not be restored"):
            runs(action="rollback").run()
        messages.append(runs().ledger.message)
    assert len(messages[2]) == len(messages[0]), "it does not grow with each run"
    yard.silent_until = 0.0
    assert runs(action="rollback").run()["summary"]["status"] == "rolled_back"
    assert world(cloud) == before


def test_g03_a_camera_that_is_gone_for_good_is_let_go(runs: Hire, cloud: Served) -> None:
    runs().run()
    shop = next(site for site in cloud.world.sites.values() if site.name == "Shop 1")
    gone = shop.devices.pop(device(cloud, "Door").nxid)
    with pytest.raises(Ended, match="1 cameras could not be restored"):
        runs(action="rollback").run()
    assert [row["name"] for row in runs().report()["not_back"]] == ["Door"]
    with pytest.raises(BadInput, match="Window is none of its cameras"):
        runs(action="rollback", give_up=["Window"]).run()
    done = runs(action="rollback", give_up=["Shop 1 Do*"]).run()
    assert done["summary"]["status"] == "rolled_back"
    assert [row["name"] for row in runs().report()["let_go"]] == ["Door"] and runs().lines("give_up")
    shop.devices[gone.nxid] = gone
    cloud.clear_log()
    assert runs(action="rollback").run()["summary"]["status"] == "rolled_back"
    assert cloud.writes() == [], "it is not looked after any more"


def test_g03_the_plan_warns_of_ways_back_that_are_about_to_be_retired(runs: Hire, cloud: Served) -> None:
    run = runs(retiring=[OLD])
    run.plan()
    assert "4 cameras of wave 1 could not be given back" in " ".join(run.warned)
    assert "Aisle 2 at Shop 1" in run.warned[0] and "Yard at Shop 2" in run.warned[0]
    assert cloud.writes() == []


def test_g04_a_rollback_on_request_widens_that_of_a_wave(runs: Hire, cloud: Served) -> None:
    before = world(cloud)
    second = {"gate_failures": [{**rows(cloud, "Yard")[0]}]}
    first = runs(waves=[3, "100%"], on_breach="rollback_wave")
    first.run(pause_before_wave=["2"])
    wave = {row.name for row in first.ledger.waves[1].cameras}
    gone = device(cloud, "Yard")
    gone.silent_until = 0.0
    assert "Yard" in wave
    first.between = lambda step: setattr(gone, "silent_until", 1e12) if step == "restore" else None
    with pytest.raises(Ended):
        first.run(**second)
    assert first.ledger.back == 2
    gone.silent_until = 0.0
    done = runs(waves=[3, "100%"]).run(action="rollback")
    assert done["summary"]["status"] == "rolled_back" and world(cloud) == before


def test_g04_a_rollback_with_nothing_to_take_back_says_so(runs: Hire, cloud: Served) -> None:
    absent = {"pipelines": [{"model": "Nothing"}], "state": "absent"}
    cloud.world.models[OTHER].name = "Nothing"
    for each in ("Door", "Aisle 2"):
        device(cloud, each).pipelines = []
    for camera in list(cloud.world.sites.values())[1].devices.values():
        camera.pipelines = []
    runs(declaration=absent).run()
    cloud.clear_log()
    assert runs(declaration=absent).run(action="rollback")["summary"]["status"] == "rolled_back"
    assert runs(declaration=absent).run(action="rollback")["summary"]["status"] == "rolled_back"
    assert cloud.writes() == []


def test_g04_the_plan_of_a_rollback_shows_each_camera(runs: Hire, cloud: Served) -> None:
    runs().run()
    shown = runs().plan(action="rollback")["diff"]["prepared"]
    for row in rows(cloud, "Aisle 2", "Door", "Till", "Yard"):
        assert row["name"] in shown and row["site_name"] in shown
    assert "Counter@2" in shown or NEW in shown
    assert "Dock" not in shown and runs().ledger.status == "finished"


def test_g05_what_another_rollout_handed_on_is_left_aside(runs: Hire, cloud: Served, tmp_path: Path) -> None:
    other = runs(name="other")
    other.run()
    mine = runs()
    done = mine.run(saved={"r": other.saved["other"], "other": other.saved["other"]})
    assert "r: finished." in done["lines"][0]
    assert mine.ledger.rollout == "r" and len({each["line"] for each in mine.lines("journal")}) == 1
    said = " ".join(mine.step("open", devices=rows(cloud), saved=other.saved["other"])["lines"])
    assert "pipeline_rollout_saved is of the rollout other: it is left aside" in said
    assert set(mine.saved) == {"r"} and (tmp_path / "rollout-other").exists()


@pytest.mark.parametrize("action", ["rollout", "rollback"])
def test_g05_a_check_run_changes_nothing_and_hands_nothing_on(runs: Hire, cloud: Served, action: str) -> None:
    run = runs(waves=[3, "100%"])
    run.run(pause_before_wave=["2"])
    before = {path.name: path.read_bytes() for path in run.folder.iterdir()}
    found = run.plan(action=action, saved=run.saved)
    assert "saved" not in found and found["run"] == "" and found["todo"] == []
    assert {path.name: path.read_bytes() for path in run.folder.iterdir()} == before
    assert run.run()["summary"]["status"] == "finished", "no earlier check run has decided to roll back"


def test_g05_what_was_handed_on_goes_on_on_another_machine(runs: Hire, cloud: Served, tmp_path: Path) -> None:
    before = world(cloud)
    run = runs(waves=[3, "100%"])
    run.run(pause_before_wave=["2"])
    run.folder = tmp_path / "another-machine"
    assert run.run()["summary"]["status"] == "finished"
    run.folder = tmp_path / "a-third-one"
    assert run.run()["summary"]["status"] == "finished" and run.lines("write"), "also where nothing is left to do"
    assert run.run(action="rollback")["summary"]["status"] == "rolled_back"
    assert world(cloud) == before


def test_g06_two_cameras_of_one_nxid_are_two(runs: Hire, cloud: Served) -> None:
    before = world(cloud)
    assert len({row["device"] for row in rows(cloud)}) == 6 and len(rows(cloud)) == 7
    done = runs().run()
    assert done["summary"]["totals"]["devices"] == 7 and done["summary"]["totals"]["done"] == 6
    assert {str([each["modelUUID"] for each in final(d)]) for d in _all(cloud)} == {f"['{NEW}']"}
    runs().run(action="rollback")
    assert world(cloud) == before


def test_g06_the_guide_shows_no_recipe_that_drops_one() -> None:
    guide = (Path(__file__).parents[4] / "docs" / "pipelines.md").read_text(encoding="utf-8")
    assert "items2dict" not in guide


def _all(cloud: Served) -> list[Any]:
    return [each for site in cloud.world.sites.values() for each in site.devices.values()]
