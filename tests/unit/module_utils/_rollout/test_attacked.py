# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What somebody found who had not written it: how each ends now."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any
from unittest import mock

import pytest
from rollout_runs import Ended, Killed, Runs, device, devices, final, killed_at, rows, world
from rollout_world import NEW, OLD, OTHER, SAME, wire

from ansible_collections.nxai.cloud.plugins.module_utils._core.errors import BadInput
from ansible_collections.nxai.cloud.plugins.module_utils._http.transport import Transport
from ansible_collections.nxai.cloud.plugins.module_utils._rollout.journal import LOCK, NAME, Journal
from ansible_collections.nxai.cloud.plugins.module_utils._rollout.scope import packed_rows
from simulator.testing import Served

Hire = Callable[..., Runs]
SWAP = {"swap": {"from": "Counter@1", "to": "Counter@2"}}


def before(run: Runs, step: str, happens: Callable[[], Any]) -> None:
    run.between = lambda now: happens() if now == step else None


class TestLate:
    """The new model is still on its way when it is taken back, so a camera that shows the old one proves nothing."""

    @pytest.mark.parametrize(
        "fault",
        [
            {"kind": "status", "status": 500}, {"kind": "status", "status": 503}, {"kind": "status", "status": 400},
            {"kind": "reset"}, {"kind": "html"}, {"kind": "truncate"},
        ],
    )  # fmt: skip
    def test_a_way_back_that_did_not_arrive_is_not_called_one(
        self, runs: Hire, cloud: Served, fault: dict[str, Any]
    ) -> None:
        cloud.world.times.assignment = 100
        had = world(cloud)
        run = runs(on_breach="rollback_all")
        before(run, "restore", lambda: cloud.fault(operation="put_pipelines", nth=1, times=0, **fault))
        with pytest.raises(Ended):
            run.run()
        assert run.ledger.status == "rolling_back" and run.camera("Door").status == "not_restored"
        cloud.clear_faults()
        cloud.advance(1000)
        cloud.world.times.assignment = 1
        run.between = lambda _step: None
        assert run.run(action="rollback")["summary"]["status"] == "rolled_back" and world(cloud) == had

    def test_nor_is_one_that_a_request_for_several_cameras_left_out(self, runs: Hire, cloud: Served) -> None:
        cloud.world.times.assignment = 100
        for name in ("Door", "Till"):
            device(cloud, name).pipelines = [wire(OTHER, 0.3)]
        run = runs(on_breach="rollback_all")
        before(run, "restore", lambda: setattr(device(cloud, "Door"), "silent_until", 1e12))
        with pytest.raises(Ended):
            run.run()
        assert run.camera("Door").status == "not_restored" and run.camera("Till").status == "rolled_back"

    def test_what_was_seen_is_not_called_never_seen(self, runs: Hire, cloud: Served) -> None:
        with pytest.raises(Killed), killed_at(1, after=True, only="PUT"):
            runs().run()
        cloud.advance(100)
        runs().run(action="rollback")
        assert runs().camera("Door").status == "rolled_back" and "never seen" not in runs().camera("Door").reason


def test_a_request_that_names_one_camera_may_have_reached_the_others(runs: Hire, cloud: Served) -> None:
    """It was answered by a refusal that names the Door, the others took it, and then nothing more is taken."""
    had, once = world(cloud), Transport._once
    body = {"Message": "No devices are applicable", "Errors": {device(cloud, "Door").nxid: ["it is not announced"]}}
    puts = []

    def refused(own: Any, call: Any, *arguments: Any) -> Any:
        if call.operation.method == "PUT":
            first = not puts
            puts.append(json.loads(call.content)["Devices"])
            fault = {"status": 422, "handled": True, "body": body} if first else {"status": 403}
            cloud.fault(kind="status", operation="put_pipelines", **fault)
        return once(own, call, *arguments)

    with mock.patch.object(Transport, "_once", refused), pytest.raises(Ended):
        runs(settings={**runs().options["settings"], "concurrency": 1}).run()
    assert len(puts[0]) > 1 and world(cloud) != had
    runs().run(action="rollback")
    left = {name for (_site, nxid), now in world(cloud).items() for name in [nxid] if now not in had.values()}
    assert left <= {device(cloud, "Door").nxid}


class TestSwap:
    """Where its model is gone, there is nothing to replace either."""

    @pytest.mark.parametrize("left", [[], [wire(OTHER, 0.1)]])
    def test_a_camera_that_lost_the_new_model_does_not_pass_the_gates(
        self, runs: Hire, cloud: Served, left: list[Any]
    ) -> None:
        run = runs(declaration=SWAP)
        before(run, "gate", lambda: setattr(device(cloud, "Yard"), "pipelines", left))
        with pytest.raises(Ended, match="it no longer reports what was sent"):
            run.run()
        run.between = lambda _step: None
        with pytest.raises(Ended, match="it no longer reports what was sent"):
            run.run()
        assert run.camera("Yard").status == "conflict"

    def test_what_never_arrived_is_not_done(self, runs: Hire, cloud: Served) -> None:
        with pytest.raises(Killed), killed_at(1, only="PUT"):
            runs(declaration=SWAP).run()
        killed = [each for each in runs().ledger.cameras if each.back]
        for each in devices(cloud).values():
            each.pipelines = [wire(OTHER, 0.1)]
        runs(declaration=SWAP).run()
        assert killed and {runs().camera(each.nxid).status for each in killed} == {"unchanged"}


def test_a_pattern_that_holds_fewer_hosts_is_a_smaller_scope(runs: Hire, cloud: Served) -> None:
    """In the same words: a camera was put into the group that is left out, or a line taken out of the limit's file."""
    run = runs(waves=[1, "100%"], hosts="all:!maintenance")
    run.run(pause_before_wave=["2"])
    out = rows(cloud, "Yard")[0]
    kept = [row for row in rows(cloud) if row["name"] != "Yard"]
    had = world(cloud)[out["site"], out["device"]]
    done = run.run(devices=packed_rows(kept, [(out["site"], out["device"])]))
    assert world(cloud)[out["site"], out["device"]] == had and run.camera("Yard").shown == "excluded"
    assert any("Yard at Shop 2" in line for line in run.step("open", devices=packed_rows(kept, []))["lines"]) is False
    assert "outside the hosts or the limit" in done["lines"][0]


def test_a_rollback_may_have_more_hosts_than_the_rollout(runs: Hire, cloud: Served) -> None:
    had = world(cloud)
    runs().run(devices=[row for row in rows(cloud) if row["site_name"] == "Shop 1"], limit="localhost,Shop_1")
    assert runs().run(action="rollback")["summary"]["status"] == "rolled_back" and world(cloud) == had


class TestGiveUp:
    @pytest.mark.parametrize("word", ["Aisle 2", SAME, f"{{{SAME}}}"])
    def test_a_word_for_several_cameras_is_refused_before_anything_happens(
        self, runs: Hire, cloud: Served, word: str
    ) -> None:
        runs().run()
        lines = len(runs().lines())
        with pytest.raises(BadInput, match=r"is [23] cameras: .*Aisle 2 at Shop 1"):
            runs().run(action="rollback", give_up=[word])
        assert len(runs().lines()) == lines
        runs().run(action="rollback", give_up=["Aisle 2 at Shop 1"])
        assert [row["site_name"] for row in runs().report()["let_go"]] == ["Shop 1"]

    def test_a_check_run_says_what_would_be_let_go(self, runs: Hire, cloud: Served) -> None:
        runs().run()
        shown = runs().plan(action="rollback", give_up=["Aisle 2*"])
        assert "Would be let go: Aisle 2 at Shop" in " ".join(shown["lines"])
        assert "Aisle 2" not in shown["diff"]["prepared"] and "Yard" in shown["diff"]["prepared"]
        with pytest.raises(BadInput, match="Dooor is none of its cameras"):
            runs().plan(action="rollback", give_up=["Dooor"])


def test_a_kill_while_a_journal_is_taken_over_leaves_the_one_at_hand(runs: Hire, cloud: Served, tmp_path: Path) -> None:
    had = world(cloud)
    run = runs(waves=[3, "100%"])
    run.run(pause_before_wave=["2"])
    here = (run.folder / NAME).read_bytes()
    run.run()
    whole = (run.folder / NAME).read_bytes()
    (run.folder / NAME).write_bytes(here)
    (run.folder / LOCK).unlink()
    write = Journal._write

    def torn(own: Any, data: bytes) -> None:
        write(own, data[: len(data) // 2])
        raise Killed

    with mock.patch.object(Journal, "_write", torn), pytest.raises(Killed):
        run.run()
    now = (run.folder / NAME).read_bytes()
    assert now.startswith(here) and whole.startswith(now)
    assert run.run(action="rollback")["summary"]["status"] == "rolled_back" and world(cloud) == had


@pytest.mark.parametrize("given", ["All", "two", ["2.0"], "2 3", "[2", [-1], "0"])
def test_a_pause_that_names_no_wave_is_refused(runs: Hire, cloud: Served, given: Any) -> None:
    with pytest.raises(BadInput, match="is no number of a wave"):
        runs(waves=[3, "100%"]).run(pause_before_wave=given)
    assert cloud.writes() == [] and not runs().folder.exists()


@pytest.mark.parametrize(
    ("given", "words"), [("2", []), ("3", []), ("2, 5", ["has 2 waves. So it never pauses before wave 5"])]
)
def test_a_pause_before_a_wave_that_never_comes_is_warned_of(
    runs: Hire, cloud: Served, given: str, words: list[str]
) -> None:
    """The third of two would be that of the queue."""
    run = runs(waves=[3, "100%"])
    run.step("open", devices=rows(cloud), pause_before_wave=given)
    assert [each for each in words if each in " ".join(run.warned)] == words
    assert ("never pauses" in " ".join(run.warned)) == bool(words)


def test_waves_that_a_survey_left_empty_are_not_all_cameras_at_once(runs: Hire, cloud: Served) -> None:
    with pytest.raises(BadInput, match="Read pipeline_rollout_waves: it is empty"):
        runs().run(waves="")
    assert cloud.writes() == [] and OLD != NEW and final(device(cloud, "Yard"))


def test_a_last_line_that_somebody_changed_is_not_taken_for_one_that_never_went(runs: Hire, cloud: Served) -> None:
    with pytest.raises(Killed), killed_at(1, after=True, only="PUT"):
        runs().run()
    path = runs().folder / NAME
    path.write_bytes(path.read_bytes()[:-4] + b'"}}\n')
    with pytest.raises(BadInput, match=r"line (\d+) of \1 is not whole"):
        runs().run(action="rollback")


def test_what_is_handed_on_ends_with_a_whole_line(runs: Hire, cloud: Served, tmp_path: Path) -> None:
    """Nothing was left to do after the kill, so the torn line is still there."""
    run = runs()
    run.run()
    with (run.folder / NAME).open("ab") as file:
        file.write(b'{"line":"op')
    run.run()
    run.folder = tmp_path / "another-machine"
    assert run.run(action="rollback")["summary"]["status"] == "rolled_back"


def test_a_journal_whose_end_is_missing_is_refused(runs: Hire, cloud: Served) -> None:
    """At the end of a line, too, where each line that is left is as it was."""
    had, run = world(cloud), runs()
    run.run()
    path = run.folder / NAME
    lines = path.read_bytes().splitlines(keepends=True)
    for number in range(len(lines)):
        path.write_bytes(b"".join(lines[:number]))
        with pytest.raises(BadInput, match=f"its end is missing: it has {number} lines, and had more"):
            run.run(action="rollback", saved={})
        with pytest.raises(BadInput, match="its end is missing"):
            run.plan(saved={})
    path.write_bytes(b"".join(lines))
    assert run.run(action="rollback")["summary"]["status"] == "rolled_back" and world(cloud) == had


def test_a_check_says_that_it_is_one(runs: Hire, cloud: Served) -> None:
    said = runs().plan()["lines"]
    assert said[0] == "r: check. Nothing was written. Run the same command without --check to do it."


def test_what_others_said_moves_no_cursor(runs: Hire, cloud: Served) -> None:
    with pytest.raises(Ended):
        runs().run(reason="dark\x1b[2J\x07\nsecond line")
    assert runs().ledger.waves[0].reason == "the gate tasks failed: dark [2J \nsecond line"
