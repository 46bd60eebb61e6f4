# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The steps of the module nxai_rollout_state: what is on disk after each, and what a later run makes of it."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from rollout_steps import Data, device, had, rows, step

from ansible_collections.nxai.cloud.plugins.module_utils._core.errors import BadInput
from ansible_collections.nxai.cloud.plugins.module_utils._rollout.state import limit


class Run:
    """One rollout in one directory: two waves of three devices, unless told otherwise."""

    def __init__(self, path: Path, **options: Any) -> None:
        self.path = path
        waves = [{"name": "50%", "devices": [device(n) for n in part]} for part in ((1, 2, 3), (4, 5, 6))]
        self.options: Data = {"waves": waves, **options}
        self.run = ""

    def step(self, step_name: str, **options: Any) -> Data:
        result = step(self.path, step_name, **{**self.options, "run": self.run, **options})
        if step_name == "open":
            self.run = result["run"]
        return result

    def wave(self, number: int, numbers: Sequence[int], status: str = "applied") -> Data:
        """A whole wave, up to its gate."""
        self.step("begin", wave=number, devices=rows(numbers, "planned"), snapshot=had(numbers))
        return self.step("written", wave=number, devices=rows(numbers, status))

    def gate(self, number: int, numbers: Sequence[int], **options: Any) -> Data:
        return self.step("gate", wave=number, devices=rows(numbers, "unchanged"), **options)

    def state(self) -> Any:
        return json.loads((self.path / "state.json").read_text())


@pytest.fixture
def start(tmp_path: Path) -> Callable[..., Run]:
    def opened(**options: Any) -> Run:
        run = Run(tmp_path / "rollout", **options)
        run.step("open")
        return run

    return opened


Start = Callable[..., Run]


def test_the_snapshot_of_a_wave_is_on_disk_before_it_is_written_and_is_never_replaced(start: Start) -> None:
    run = start()
    begun = run.step("begin", wave=1, devices=rows([1, 2], "planned") + rows([3], "unchanged"), snapshot=had([1, 2, 3]))
    assert begun["devices"] == [{"site": "s", "device": "{d1}"}, {"site": "s", "device": "{d2}"}]
    kept = json.loads((run.path / "snapshot-wave-001-1.json").read_text())
    assert kept == had([1, 2]), "what is not written to is not to be restored either"
    # Killed here, with the first device written. The next run finds another state, and device 3 changed by somebody.
    run.step("open")
    run.step("begin", wave=1, devices=rows([1], "unchanged") + rows([2, 3], "planned"), snapshot=had([1, 2, 3], "half"))
    kept = json.loads((run.path / "snapshot-wave-001-1.json").read_text())
    assert kept == had([1, 2]) + had([3], "half")
    assert run.state()["waves"][0]["devices"][0]["status"] == "applied", "by the run that was killed"


PROOF = {"site": "s", "device": "{d1}", "shape": "nxAI: null"}
ASKED, PROVED = {**PROOF, "proved": False}, {**PROOF, "proved": True}


def test_what_was_proved_is_kept_with_what_the_device_had(start: Start) -> None:
    run = start()
    begun = run.step("begin", wave=1, devices=rows([1], "planned"), snapshot=[], proof=ASKED)
    assert begun["no_pipelines"] == [] and run.state()["proof"] == PROOF
    done = run.step("written", wave=1, devices=rows([1], "applied"), proof=PROVED)
    assert done["no_pipelines"] == ["nxAI: null"] and "proof" not in run.state()
    assert run.step("open")["no_pipelines"] == ["nxAI: null"]
    back = run.step("open", action="rollback")
    assert back["restore"] == [{"site": "s", "device": "{d1}", "name": "Camera 1", "pipelines": []}]
    assert Run(run.path.parent / "other", saved=run.step("open")["saved"]).step("open")["no_pipelines"] == [
        "nxAI: null"
    ]


def test_what_a_killed_run_proved_is_not_asked_again(start: Start) -> None:
    run = start()
    run.step("begin", wave=1, devices=rows([1], "planned"), snapshot=[], proof=ASKED)
    # Killed here, after the write.
    assert run.step("open")["no_pipelines"] == []
    begun = run.step("begin", wave=1, devices=rows([1], "unchanged"), snapshot=had([1], "what was sent"))
    assert begun["no_pipelines"] == ["nxAI: null"]
    assert json.loads((run.path / "snapshot-wave-001-1.json").read_text()) == [
        {"site": "s", "device": "{d1}", "name": "Camera 1", "pipelines": []}
    ]


def test_what_was_not_proved_is_asked_again(start: Start) -> None:
    run = start()
    run.step("begin", wave=1, devices=rows([1], "planned"), snapshot=[], proof=ASKED)
    failed = run.step("written", wave=1, devices=rows([1], "pending", "it does not show"), proof=ASKED)
    assert failed["breach"] and failed["no_pipelines"] == []
    begun = run.step("begin", wave=1, devices=rows([1], "planned"), snapshot=[], proof=ASKED)
    assert begun["no_pipelines"] == [] and begun["devices"] == [{"site": "s", "device": "{d1}"}]
    run.step("open", action="rollback")
    assert run.step("restored", devices=[])["remaining"] == 1
    assert run.state()["waves"][0]["devices"][0]["reason"] == "what it had before is not known"


def test_a_device_that_was_not_written_to_proves_nothing(start: Start) -> None:
    run = start()
    run.step("begin", wave=1, devices=rows([2], "planned"), snapshot=had([2]), proof=ASKED)
    assert run.step("begin", wave=1, devices=rows([1], "unchanged"), snapshot=[])["no_pipelines"] == []


def test_a_finished_wave_is_not_touched_again(start: Start) -> None:
    run = start()
    run.wave(1, [1, 2, 3])
    run.gate(1, [1, 2, 3])
    assert [each["number"] for each in run.step("open")["todo"]] == [2]
    with pytest.raises(BadInput, match="it is done already"):
        run.step("begin", wave=1)


def test_a_run_that_was_taken_over_writes_nothing_more(start: Start) -> None:
    first = start()
    second = Run(first.path)
    second.step("open")
    with pytest.raises(BadInput, match="another run has taken over"):
        first.wave(1, [1, 2, 3])
    second.wave(1, [1, 2, 3])


@pytest.mark.parametrize(
    ("options", "failed", "breach"),
    [
        ({}, [1], "1 of 3 devices failed (0 allowed): gone"),
        ({"max_failures_per_wave": "1", "max_failures": "1"}, [1], ""),
        ({"max_failures_per_wave": "34%", "max_failures": "17%"}, [1], ""),
        ({"max_failures_per_wave": "33%", "max_failures": "17%"}, [1], "1 of 3 devices failed (0 allowed): gone"),
        ({"max_failures_per_wave": "3", "max_failures": "1"}, [1, 2], "2 of all 6 devices failed (1 allowed): gone"),
    ],
)
def test_thresholds(start: Start, options: dict[str, str], failed: list[int], breach: str) -> None:
    run = start(**options)
    run.step("begin", wave=1, devices=rows([1, 2, 3], "planned"), snapshot=had([1, 2, 3]))
    good = [number for number in (1, 2, 3) if number not in failed]
    written = run.step("written", wave=1, devices=rows(failed, "pending", "gone") + rows(good, "applied"))
    assert written["breach"] == breach
    assert written["summary"]["status"] == ("stopped" if breach else "running")


@pytest.mark.parametrize("text", ["", "x", "-1", "1.5", "2%3", "nan%", "inf%", "-1%"])
def test_a_threshold_that_is_none(start: Start, text: str) -> None:
    with pytest.raises(BadInput, match="is not a number of failures"):
        limit(text, 10)
    with pytest.raises(BadInput, match="is not a number of failures"):
        start(max_failures=text)


STOPPED = (
    "its server is Stopped. This relied on words.running (observed). "
    "Find out what it is: ansible-playbook nxai.cloud.first_contact"
)


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        ({"devices": rows([1], "planned") + rows([2, 3], "unchanged")}, "it no longer reports what was sent"),
        ({"devices": rows([2, 3], "unchanged")}, "nothing is known of it"),
        ({"devices": rows([2, 3], "unchanged"), "refused": rows([1], "", "unknown")}, "unknown"),
        ({"servers": [{"site": "s", "device": "{d1}", "server": {"status": "Stopped"}}]}, STOPPED),
        ({"gate_failures": [{"site": "s", "device": "{d1}", "reason": "dark"}]}, "dark"),
    ],
)
def test_gates_of_devices(start: Start, options: Data, reason: str) -> None:
    run = start()
    run.wave(1, [1, 2, 3])
    breach = run.step("gate", wave=1, **{"devices": rows([1, 2, 3], "unchanged"), **options})["breach"]
    assert breach == f"1 of 3 devices failed (0 allowed): {reason}"


SENT = {"model": "a", "nms": 0.5, "extra": {}}


@pytest.mark.parametrize(
    ("before", "after", "breach"),
    [
        ([{**SENT, "nms": None}], [SENT], False),
        ([{"model": "a"}], [SENT], False),
        ([{**SENT, "nms": 0.4}], [SENT], True),
        ([{**SENT, "nms": None, "extra": {"on": 1}}], [SENT], True),
        ([], [SENT], True),
        ([{**SENT, "nms": None}, SENT], [SENT], True),
        (None, [SENT], True),
        (["a"], [SENT], False),
    ],
    ids=str,
)
def test_a_setting_that_is_not_shown_is_no_other_one(start: Start, before: Data, after: Data, breach: bool) -> None:
    run = start()
    run.wave(1, [1, 2, 3])
    (first,) = rows([1], "planned")
    looked = [{**first, "before": before, "after": after}, *rows([2, 3], "unchanged")]
    assert bool(run.step("gate", wave=1, devices=looked)["breach"]) is breach


def test_gate_tasks_that_fail_or_name_no_device_of_the_wave(start: Start) -> None:
    run = start()
    run.wave(1, [1, 2, 3])
    with pytest.raises(BadInput, match=r"\{?d9\}? at site s is no device of wave 1"):
        run.gate(1, [1, 2, 3], gate_failures=[{"site": "s", "device": "{d9}"}])
    assert run.gate(1, [1, 2, 3], reason="no frames")["breach"] == "the gate tasks failed: no frames"


def test_one_wave_back_and_tried_again_with_a_new_snapshot(start: Start) -> None:
    run = start(on_breach="rollback_wave")
    run.wave(1, [1, 2, 3])
    run.gate(1, [1, 2, 3])
    run.step("begin", wave=2, devices=rows([4, 5], "planned") + rows([6], "unchanged"), snapshot=had([4, 5, 6]))
    written = run.step("written", wave=2, devices=rows([4], "applied") + rows([5], "failed", "refused"))
    assert written["restore"] == had([4, 5]) and written["summary"]["status"] == "rolling_back"
    # Killed before it was restored: the next run does this first.
    opened = run.step("open")
    assert opened["restore"] == had([4, 5]) and opened["todo"] == []
    restored = run.step("restored", devices=rows([4], "applied") + rows([5], "not_applicable", "off-line"))
    assert restored["remaining"] == 1 and restored["restore"] == had([5])
    assert run.step("restored", devices=rows([5], "unchanged"))["remaining"] == 0
    assert run.step("open")["todo"][0]["number"] == 2
    run.step("begin", wave=2, devices=rows([4], "planned"), snapshot=had([4], "later"))
    assert json.loads((run.path / "snapshot-wave-002-2.json").read_text()) == had([4], "later")


def test_all_back_ends_the_rollout(start: Start) -> None:
    run = start(on_breach="rollback_all")
    run.wave(1, [1, 2, 3])
    run.gate(1, [1, 2, 3])
    run.wave(2, [4, 5, 6])
    assert run.gate(2, [4, 5, 6], reason="no")["restore"] == had([1, 2, 3, 4, 5, 6])
    end = run.step("restored", devices=rows(range(1, 7), "applied"))
    assert end["summary"]["status"] == "rolled_back" and end["summary"]["totals"]["back"] == 6
    with pytest.raises(BadInput, match="it was rolled back"):
        run.step("open")
    again = run.step("open", action="rollback")
    assert again["restore"] == [] and not again["changed"]


def test_the_queue(start: Start) -> None:
    away = {**device(7), "unavailable": "its site is off-line"}
    run = start(unavailable="queue", left_out=[away])
    run.step("begin", wave=1, devices=rows([1, 2, 3], "planned"), snapshot=had([1, 2, 3]))
    gone = run.step("written", wave=1, devices=rows([1, 2], "applied") + rows([3], "not_applicable", "silent"))
    assert gone["breach"] == "" and gone["summary"]["totals"]["aside"] == 2
    run.gate(1, [1, 2])
    run.wave(2, [4, 5, 6])
    run.gate(2, [4, 5, 6])
    closed = run.step("close")
    assert closed["summary"]["how_to_go_on"] == "Run the same command again when the queued devices are back."
    opened = run.step("open", left_out=[away])
    assert [each["device"] for each in opened["todo"][0]["devices"]] == ["{d3}"], "the other is still away"
    run.step("begin", wave=3, devices=rows([3], "planned"), snapshot=had([3], "later"))
    run.step("written", wave=3, devices=rows([3], "applied"))
    run.gate(3, [3])
    back = run.step("open", action="rollback")["restore"]
    assert had([3])[0] in back, "it may have been written to in wave 1, so what it had then counts"


def test_devices_that_are_not_there_are_an_error_unless_told_otherwise(start: Start) -> None:
    away = [{**device(number), "unavailable": "its site is off-line"} for number in range(7, 15)]
    with pytest.raises(BadInput, match=r"Camera 7 \(its site is off-line\).* and 3 more"):
        start(left_out=away)
    assert start(left_out=away, unavailable="skip").step("open")["summary"]["totals"]["aside"] == 8


def test_a_rollout_to_nothing_begins_nothing(start: Start, tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=r"no host of the inventory is a device.* with -i"):
        start(waves=[])
    assert not list(tmp_path.rglob("state.json"))


def test_soak_time_counts_from_the_writing(start: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = [1000.0]
    monkeypatch.setattr("time.time", lambda: clock[0])
    run = start(soak=[600.0, 60.0])
    assert run.wave(1, [1, 2, 3])["soak"] == 600
    clock[0] += 400  # killed, and begun again
    run.step("open")
    run.step("begin", wave=1, devices=rows([1, 2, 3], "unchanged"))
    assert run.step("written", wave=1)["soak"] == 200
    run.gate(1, [1, 2, 3])
    assert run.wave(2, [4, 5, 6])["soak"] == 60


def test_a_pause_ends_the_run_once(start: Start) -> None:
    run = start(pause_before_wave=["all"])
    for number in (1, 2):
        closed = run.step("close")
        assert closed["summary"]["message"] == f"Paused before wave {number} of 2 (50%)."
        assert [each["number"] for each in run.step("open")["todo"]] == [number]
        run.wave(number, [3 * number - 2, 3 * number - 1, 3 * number])
        run.gate(number, [3 * number - 2, 3 * number - 1, 3 * number])
    assert run.step("close")["summary"]["status"] == "finished"


def test_another_declaration_is_another_rollout(start: Start) -> None:
    run = start()
    with pytest.raises(BadInput, match="it was started with another value of state"):
        run.step("open", declaration={"state": "exact"})
    with pytest.raises(BadInput, match="it is of the rollout r"):
        run.step("open", name="other")
    with pytest.raises(BadInput, match="there is none"):
        Run(run.path / "elsewhere").step("open", action="rollback")


def test_check_mode_leaves_nothing(tmp_path: Path) -> None:
    run = Run(tmp_path / "rollout")
    plan = run.step("open", check=True)
    assert plan["changed"] and "1 (50%): 3 devices at 1 site" in plan["diff"]["prepared"]
    assert not run.path.exists()


def test_what_an_error_leaves_is_whole(start: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    run = start()
    before = run.state()

    def full(_handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(BadInput, match="No space left on device"):
        run.wave(1, [1, 2, 3])
    assert run.state() == before
    assert not [path for path in run.path.iterdir() if path.name.startswith(".")]


@pytest.mark.parametrize("text", ["{}", "", "null", '{"format": 99}', "[1]"])
def test_a_state_that_is_none(start: Start, text: str) -> None:
    run = start()
    (run.path / "state.json").write_text(text)
    with pytest.raises(BadInput, match=r"Read .*state.json"):
        run.step("open")


def test_an_older_artefact_does_not_replace_a_newer_state(start: Start) -> None:
    run = start()
    old = run.step("open")["saved"]
    run.wave(1, [1, 2, 3])
    assert run.step("open", saved=old)["todo"][0]["number"] == 1
    assert run.state()["waves"][0]["status"] == "written"
