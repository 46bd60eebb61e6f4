# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Histories of a rollout: kills at any request, faults, others who write, cameras that go, artefacts, check runs.

After every run: a camera that is back, and that nobody else wrote, has byte for byte what it had; what somebody else
gave a camera is never lost without being named; no camera outside the scope is written; what is said of a camera is
what it reported.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path
from typing import Any
from unittest import mock

import pytest
from ansible.release import __version__
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule
from rollout_oracle import Oracle, identity_of
from rollout_runs import Ended, Key, Killed, Runs, devices, rows, world
from rollout_world import OTHER, seed, wire

from ansible_collections.nxai.cloud.plugins.module_utils._core.errors import NxaiError
from ansible_collections.nxai.cloud.plugins.module_utils._core.values import identity
from ansible_collections.nxai.cloud.plugins.module_utils._rollout.artefact import unpack
from ansible_collections.nxai.cloud.plugins.module_utils._rollout.scope import packed_rows
from simulator.testing import Served, serve
from tools.pythons import CORES

HISTORIES = int(os.environ.get("NXAI_HISTORIES", "300"))
REPEATED = 2000  # up to so many are the same ones each time
NEWEST = [core for core in CORES if core.final][-1]
DECLARATIONS: list[dict[str, Any]] = [
    {"pipelines": [{"model": "Counter@2", "nms": 0.5}], "state": "exact"},
    {"pipelines": [{"model": "Counter@2", "nms": 0.5}], "state": "present"},
    {"pipelines": [{"model": "Counter@1"}], "state": "absent"},
    {"swap": {"from": "Counter@1", "to": "Counter@2"}},
    {
        "assignments": [
            {"site": "Shop 1", "devices": ["Aisle 2", "Door"], "pipelines": [{"model": "Counter@2", "nms": 0.5}]},
            {"site": "Shop 2", "devices": ["Aisle 2", "Yard"], "pipelines": [{"model": "Finder"}]},
            {"site": "Shop 3", "devices": ["Dock"], "pipelines": []},
        ]
    },
]
FAULTS: list[dict[str, Any]] = [
    {"kind": "reset", "handled": True}, {"kind": "reset"}, {"kind": "status", "status": 500, "handled": True},
    {"kind": "status", "status": 500}, {"kind": "status", "status": 503}, {"kind": "status", "status": 400},
    {"kind": "status", "status": 403},
    {"kind": "status", "status": 404}, {"kind": "html"}, {"kind": "truncate"}, {"kind": "status", "status": 401},
    {"kind": "status", "status": 422, "body": {"Message": "No devices are applicable"}},
]  # fmt: skip
NAMES = [("Shop 1", "Aisle 2"), ("Shop 1", "Door"), ("Shop 1", "Till"), ("Shop 2", "Aisle 2"), ("Shop 2", "Yard")]
NAMES += [("Shop 3", "Aisle 2"), ("Shop 3", "Dock")]
EVENTS = ["time", "time", "write", "write", "write", "write", "camera", "moves", "quiet", "site", "no faults"]
KILLS = st.one_of(st.just(0), st.just(0), st.integers(1, 12), st.integers(5, 45))
a_camera = st.sampled_from(NAMES)


class Histories(RuleBasedStateMachine):
    cloud: Served

    @initialize(
        declaration=st.sampled_from(DECLARATIONS),
        waves=st.sampled_from([["100%"], ["2", "100%"], ["1", "3"]]),
        delay=st.sampled_from([0, 2, 30]),
        mixed=st.sampled_from(["partial", "refuse"]),
        kill=st.one_of(st.just(0), st.integers(5, 45)),
    )
    def begin(self, declaration: dict[str, Any], waves: list[str], delay: float, mixed: str, kill: int) -> None:
        self.cloud.reset(seed=seed())
        self.cloud.world.times.assignment = delay
        self.cloud.world.quirks.mixed_put = mixed  # type: ignore[assignment]
        self.folder = Path(tempfile.mkdtemp(prefix="nxai-histories-"))
        self.oracle = Oracle(self.cloud)
        self.options = {"declaration": declaration, "waves": waves, "max_failures": "100%"}
        self.options |= {"max_failures_per_wave": "100%"}
        self.runs = Runs(self.cloud, self.folder / "rollout-r", **self.options)
        self.runs.looked = lambda step: self.oracle.said_is_true(self.runs, step)
        self.runs.between = self._step_begins
        self.quicker: list[tuple[tuple[str, str], bool]] = []
        self.marks = 0
        self.was_late = False
        self.came_from = self.runs.folder
        self.others = self._handed_on_by_another()
        self.keys = {
            (site.name, each.name): (site.id, each.nxid)
            for site in self.cloud.world.sites.values()
            for each in site.devices.values()
        }
        self.run_plainly_or_be_killed("rollout", kill, after=True)

    def teardown(self) -> None:
        if hasattr(self, "folder"):
            try:
                self.end_well()
            finally:
                shutil.rmtree(self.folder)

    def _handed_on_by_another(self) -> dict[str, str]:
        """The artefact of another rollout, which changes nothing that is there."""
        other = Runs(self.cloud, self.folder / "elsewhere", name="other", waves=["100%"])
        absent = {"pipelines": [{"model": "Finder"}], "state": "absent"}
        opened = other.step("open", declaration=absent, devices=rows(self.cloud))
        return {"other": other.step("close", run=opened["run"])["saved"], "r": ""}

    # A run

    @rule(action=st.sampled_from(["rollout", "rollout", "rollback"]), kill=KILLS, after=st.booleans())
    def run_plainly_or_be_killed(self, action: str, kill: int, after: bool) -> None:
        chosen = rows(self.cloud)
        options = {"action": action, "devices": chosen, "unavailable": "queue"}
        self._run(options, self._scope(chosen, None), kill, after)

    @rule(
        action=st.sampled_from(["rollout", "rollout", "rollout", "rollback"]),
        breach=st.sampled_from(["stop", "rollback_wave", "rollback_all"]),
        unavailable=st.sampled_from(["fail", "skip", "queue"]),
        strict=st.booleans(),
        limit=st.sampled_from([None, None, "Shop 1", "Aisle 2"]),
        kill=KILLS,
        after=st.booleans(),
        tear=st.sampled_from([0, 0, 0, 0, 0, 0, 5, 8]),
        mine=st.sampled_from(["disk", "disk", "other", "elsewhere"]),
        known=st.sampled_from(["listed", "all", "group"]),
    )
    def run(
        self,
        action: str,
        breach: str,
        unavailable: str,
        strict: bool,
        limit: str | None,
        kill: int,
        after: bool,
        tear: int,
        mine: str,
        known: str,
    ) -> None:
        """``known``: the run is told which other cameras there are; in a "group", somebody has taken the doors out."""
        chosen = [row for row in rows(self.cloud) if limit in (None, row["site_name"], row["name"])]
        chosen = [row for row in chosen if known != "group" or row["name"] != "Door"]
        others = [(row["site"], row["device"]) for row in rows(self.cloud) if row not in chosen]
        options: dict[str, Any] = {"action": action, "on_breach": breach, "unavailable": unavailable}
        options |= {"devices": packed_rows(chosen, others) if known != "listed" else chosen, "limit": limit or ""}
        if strict:
            options |= {"max_failures": "0", "max_failures_per_wave": "0"}
        if mine == "other" and self.runs.ledger.lines:
            options["saved"] = {"r": self.others["other"]}
        if mine == "elsewhere" and self.runs.saved.get("r") and self._is_whole():
            self.came_from = self.runs.folder
            self.runs.folder = self.folder / f"machine-{len(list(self.folder.iterdir()))}"
        scope = self._scope(chosen, limit)
        if known != "listed":
            scope -= {(site, identity_of(nxid)) for site, nxid in others}
        self._run(options, scope, kill, after, tear)

    @precondition(lambda self: not self.was_late)
    @rule(fault=st.sampled_from(FAULTS))
    def run_and_be_taken_back_while_it_is_late(self, fault: dict[str, Any]) -> None:
        """Nothing has arrived when it is taken back, and no request for that is answered as it should be."""
        self.was_late = True
        usual, self.cloud.world.times.assignment = self.cloud.world.times.assignment, 300
        self.cloud.clear_faults()
        chosen = rows(self.cloud)
        self._run({"devices": chosen}, self._scope(chosen, None))
        self.cloud.fault(operation="put_pipelines", nth=1, times=0, **fault)
        self._run({"devices": chosen, "action": "rollback"}, self._scope(chosen, None))
        self.cloud.clear_faults()
        self.cloud.world.times.assignment = usual

    def _is_whole(self) -> bool:
        """Whether what was handed on is all that is known: a run that was killed has handed on nothing."""
        return unpack(self.runs.saved["r"]).ledger.lines == self.runs.ledger.lines

    def _scope(self, chosen: list[dict[str, str]], limit: str | None) -> set[Key]:
        """What may be written: what is chosen, and, in the words it was planned with, also what is not listed now."""
        ledger = self.runs.ledger
        keys = {(row["site"], identity_of(row["device"])) for row in chosen}
        if ledger.plan and ledger.plan.limit == (limit or ""):
            keys |= {(each.site, identity_of(each.nxid)) for each in ledger.cameras}
        if ledger.plan and ledger.written:
            keys &= {(each.site, identity_of(each.nxid)) for each in ledger.cameras}
        let_go = {each.key for each in ledger.cameras if each.status == "let_go"}
        return {key for key in keys if (identity(key[0]), identity(key[1])) not in let_go}

    def _run(self, options: dict[str, Any], scope: set[Key], kill: int = 0, after: bool = False, tear: int = 0) -> None:
        oracle = self.oracle
        oracle.allowed, oracle.kill, oracle.after, oracle.tear = scope, kill, after, tear
        try:
            with oracle.watching():
                self.runs.run(**options)
        except (NxaiError, Ended, Killed):
            pass
        finally:
            oracle.allowed = None
        if not self.runs.lines():  # it was killed before it had taken what was handed on: that is still to be had
            self.runs.folder = self.came_from
        oracle.judge(self.runs)

    @rule(action=st.sampled_from(["rollout", "rollback"]), saved=st.booleans())
    def check_run(self, action: str, saved: bool) -> None:
        self.oracle.kill = self.oracle.tear = 0
        before = world(self.cloud), self._files()
        handed = {"r": self.others["other"]} if saved else dict(self.runs.saved)
        try:
            with self.oracle.watching():
                found = self.runs.plan(action=action, saved=handed)
            assert found["todo"] == [] and "saved" not in found
        except NxaiError:
            pass
        assert (world(self.cloud), self._files()) == before

    def _files(self) -> dict[str, bytes]:
        return {str(each): each.read_bytes() for each in self.folder.rglob("*") if each.is_file()}

    @precondition(lambda self: self.runs.ledger.cameras)
    @rule(camera=a_camera)
    def give_up(self, camera: tuple[str, str]) -> None:
        label = f"{camera[1]} at {camera[0]}"
        truth = self.oracle.truth.get(self.keys[camera])
        options = {"give_up": [label], "action": "rollout"}
        self._run({**options, "devices": rows(self.cloud)}, self._scope(rows(self.cloud), None))
        let_go = [each.key for each in self.runs.ledger.cameras if each.status == "let_go"]
        if truth and tuple(map(identity, self.keys[camera])) in let_go:
            truth.owned = False
            truth.lost.clear()

    # What happens in the world

    @rule(event=st.sampled_from(EVENTS), camera=a_camera, yes=st.booleans(), seconds=st.sampled_from([1, 10, 60, 3600]))
    def something_happens(self, event: str, camera: tuple[str, str], yes: bool, seconds: float) -> None:
        key = self.keys[camera]
        device, site = devices(self.cloud).get(key), self.cloud.world.sites[key[0]]
        if event == "time":
            self.cloud.advance(seconds)
        elif event == "write":
            self._others_write(camera, yes)
        elif event == "camera":
            self._goes_or_returns(key)
        elif event == "moves" and device is not None:
            self._moves(key, device)
        elif event == "quiet" and device is not None:
            device.silent_until = 1e12 if yes else 0.0
        elif event == "site":
            site.online = not site.online
        elif event == "no faults":
            self.cloud.clear_faults()

    @rule(cameras=st.lists(st.tuples(a_camera, st.booleans()), max_size=3))
    def somebody_else_writes_during_the_next_run(self, cameras: list[tuple[tuple[str, str], bool]]) -> None:
        """One after the other, each before a step of it."""
        self.quicker = cameras

    @rule(fault=st.sampled_from(FAULTS), put=st.booleans(), nth=st.integers(1, 6), times=st.sampled_from([1, 2, 0]))
    def faults(self, fault: dict[str, Any], put: bool, nth: int, times: int) -> None:
        self.cloud.clear_faults()
        self.cloud.fault(operation="put_pipelines" if put else "list_devices", nth=nth, times=times, **fault)

    def _step_begins(self, step: str) -> None:
        self.oracle.step = step
        if self.quicker and step not in ("open", "close", "interrupt"):
            self._others_write(*self.quicker.pop(0))

    def _others_write(self, camera: tuple[str, str], beside: bool) -> None:
        key = self.keys[camera]
        if key in devices(self.cloud):
            self.marks += 1
            now = devices(self.cloud)[key].pipelines if beside else []
            self.oracle.write(key, [*now, wire(OTHER, 0.1, **{"x-mark": f"mark {self.marks}"})])

    def _goes_or_returns(self, key: Key) -> None:
        gone, site = self.oracle.gone, self.cloud.world.sites[key[0]]
        if key in gone:
            site.devices[key[1]] = gone.pop(key)[0]
        elif key[1] in site.devices:
            gone[key] = (site.devices.pop(key[1]), site)

    def _moves(self, key: Key, device: Any) -> None:
        """Then there is a camera of its NxID at another site, which the rollout has nothing to do with."""
        target = self.cloud.world.sites[self.keys["Shop 3", "Dock"][0]]
        if key[0] != target.id and key[1] not in target.devices:
            self._goes_or_returns(key)
            copied = type(device)(device.nxid, device.name, next(iter(target.servers.values())))
            copied.pipelines = [wire(OTHER, 0.2, **{"x-mark": "of the camera that moved"})]
            target.devices[key[1]] = copied

    # The end

    def end_well(self) -> None:
        """All is there again, and a rollback without faults takes back all that the rollout wrote."""
        self.quicker = []
        self.cloud.clear_faults()
        for key, (device, _site) in list(self.oracle.gone.items()):
            self.cloud.world.sites[key[0]].devices[key[1]] = device
            del self.oracle.gone[key]
        for site in self.cloud.world.sites.values():
            site.online = True
        for device in devices(self.cloud).values():
            device.silent_until = 0.0
        if not self.runs.ledger.written:
            return
        self.cloud.world.times.assignment = 1
        self.oracle.all_arrives()
        owned = {key: truth.original for key, truth in self.oracle.truth.items() if truth.owned and not truth.touched}
        plan = self.runs.ledger.plan
        limit = plan.limit if plan else ""
        chosen = [row for row in rows(self.cloud) if limit in ("", row["site_name"], row["name"])]
        self._run({"action": "rollback", "devices": chosen, "limit": limit}, self._scope(chosen, limit or None))
        self.oracle.all_arrives()
        now = world(self.cloud)
        assert {key: now[key] for key in owned} == owned
        ledger = self.runs.ledger
        assert not [each.label for each in ledger.cameras if each.back and each.status != "let_go"]
        assert ledger.status == "rolled_back"


@pytest.fixture(scope="module")
def hurried() -> Any:
    """One simulator for all histories; the disk is not what is tested here."""
    with serve(seed=seed(), speed=0.0) as served, mock.patch("os.fsync"):
        yield served


@pytest.mark.skipif(not __version__.startswith(f"{NEWEST.minor}."), reason="once is enough: it does not use Ansible")
def test_histories(hurried: Served) -> None:
    """``NXAI_HISTORIES`` says how many."""
    machine = type("Machine", (Histories,), {"cloud": hurried})
    machine.TestCase.settings = settings(  # type: ignore[attr-defined]
        max_examples=HISTORIES,
        stateful_step_count=14,
        derandomize=HISTORIES <= REPEATED,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    machine.TestCase("runTest").runTest()  # type: ignore[attr-defined]
