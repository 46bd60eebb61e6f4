# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What really became of each camera, whatever the rollout believes, and what may never be."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from unittest import mock

from rollout_runs import Data, Key, Killed, Runs, devices, final

from ansible_collections.nxai.cloud.plugins.module_utils._core.values import identity
from ansible_collections.nxai.cloud.plugins.module_utils._http.transport import Transport
from ansible_collections.nxai.cloud.plugins.module_utils._rollout.journal import Journal
from ansible_collections.nxai.cloud.plugins.module_utils._rollout.ledger import Camera, alike
from ansible_collections.nxai.cloud.plugins.module_utils._rollout.lines import unpacked
from simulator.testing import Served

_SITE = re.compile(r"/systems?/([0-9a-f-]{36})/")


@dataclass
class Truth:
    """Of one camera. ``original``: what it had when the rollout first wrote to it, since it was last back."""

    original: str = ""
    owned: bool = False
    touched: bool = False  # by somebody else since
    late: bool = False  # and after the last request of the rollout that had an effect
    others: list[str] = field(default_factory=list)  # what somebody else gave it
    ours: set[str] = field(default_factory=set)  # pipelines that only the rollout gave it
    lost: list[str] = field(default_factory=list)  # marks of somebody else that the rollout wrote over


class Oracle:
    """Stands between client and simulator. ``kill``: the number of the request at which the process ends."""

    def __init__(self, cloud: Served) -> None:
        self.cloud = cloud
        self.truth: dict[Key, Truth] = {}
        self.gone: dict[Key, tuple[Any, Any]] = {}  # devices that their site does not list any more
        self.kill = 0
        self.after = False  # the request still has its effect
        self.tear = 0  # the number of the write to the journal that is cut short, and ends the process
        self.allowed: set[Key] | None = None  # the scope; None: nothing may be written
        self.step = ""  # of the run that is watched
        self.wrong: list[str] = []
        self.said = 0  # cameras that were said to be well, and are
        self._requests = self._writes = 0
        self.dead = False

    @contextmanager
    def watching(self) -> Iterator[None]:
        self._requests = self._writes = 0
        self.dead = False
        once, write = Transport._once, Journal._write

        def requested(own: Any, call: Any, *arguments: Any) -> Any:
            self._requests += 1
            mine = self._requests
            if self.dead or (self.kill and mine >= self.kill and not (mine == self.kill and self.after)):
                self.dead = True
                raise Killed
            answer = self._put(lambda: once(own, call, *arguments), call)
            if self.kill and mine >= self.kill:
                self.dead = True
                raise Killed
            return answer

        def written(own: Any, data: bytes) -> None:
            self._writes += 1
            if self.dead or (self.tear and self._writes >= self.tear):
                if not self.dead:
                    write(own, data[: len(data) // 2].rstrip(b"\n"))
                self.dead = True
                raise Killed
            write(own, data)

        with mock.patch.object(Transport, "_once", requested), mock.patch.object(Journal, "_write", written):
            yield

    def _put(self, send: Any, call: Any) -> Any:
        site = _SITE.search(str(call.url))
        if call.operation.method != "PUT" or not site:
            return send()
        body = json.loads(call.content)
        found = devices(self.cloud)
        chosen = {(site[1], identity_of(nxid)) for nxid in body["Devices"]}
        before = {key: ([*found[key].on_the_way], final(found[key])) for key in chosen if key in found}
        if self.allowed is None or not chosen <= self.allowed:
            self.wrong.append(f"written outside the scope: {chosen - (self.allowed or set())}")
        try:
            return send()
        finally:
            for key, (earlier, had) in before.items():
                if any(each not in earlier for each in found[key].on_the_way):  # earlier ones may have arrived by now
                    self._took_effect(key, had, final(found[key]))

    def _took_effect(self, key: Key, had: list[Data], has: list[Data]) -> None:
        truth = self.truth.setdefault(key, Truth())
        if not truth.owned and self.step == "restore":  # a run that was killed may have written it, and had not
            truth.owned, truth.original = True, json.dumps(has)
        elif not truth.owned:
            truth.owned, truth.touched, truth.original = True, False, json.dumps(had)
            truth.others, truth.ours = [], set()
        truth.late = False
        known = [
            *json.loads(truth.original),
            *(one for each in truth.others for one in json.loads(each) if "x-mark" in one),
        ]
        truth.ours |= {json.dumps(each) for each in has if each not in known}
        truth.lost += marks(had) - marks(has)

    # What others do

    def write(self, key: Key, pipelines: list[Data]) -> None:
        """Somebody else. What was on its way has arrived by then."""
        device = devices(self.cloud)[key]
        device.pipelines = pipelines
        device.on_the_way.clear()
        truth = self.truth.setdefault(key, Truth())
        truth.touched = truth.late = True
        truth.others.append(json.dumps(pipelines))

    # What may never be

    def judge(self, runs: Runs) -> None:
        assert self.wrong == []
        assert self.truth or not runs.lines("outcome") or not runs.ledger.written, "it sees what is written"
        ledger = runs.ledger
        cameras = {each.key: each for each in ledger.cameras}
        named = runs.report() if ledger.lines and (runs.folder / "rollout-report.json").exists() else {}
        overwritten = {(identity(row["site"]), identity(row["device"])) for row in named.get("overwritten", [])}
        for key, truth in self.truth.items():
            camera = cameras.get((identity(key[0]), identity(key[1])))
            if camera is None:
                assert not truth.owned, f"{key} was written, and is not in the journal"
                continue
            self._judge(key, truth, camera, overwritten, self.dead)

    def _judge(self, key: Key, truth: Truth, camera: Camera, overwritten: set[Key], killed: bool) -> None:
        device = devices(self.cloud).get(key) or self.gone.get(key, (None, None))[0]
        if truth.owned and camera.back is None and device is not None:
            now = json.dumps(final(device))
            others = now in truth.others and truth.ours.isdisjoint(json.dumps(each) for each in final(device))
            assert truth.late or now == truth.original or (truth.touched and others), (
                f"{camera.label} is {camera.status}, has {now}, and had {truth.original}, then {truth.others}"
            )
            truth.owned = False
        if truth.owned:
            assert camera.back is not None and camera.back.pipelines is not None, f"{camera.label} has no way back"
        kept = marks(camera.back.pipelines or []) if camera.back else set()
        there = marks(final(device)) if device is not None else set()
        for mark in truth.lost:
            told = camera.foreign and (killed or camera.key in overwritten)
            assert told or mark in kept | there, f"{mark} was lost on {camera.label}, and nothing names it"

    def said_is_true(self, runs: Runs, step: str) -> None:
        """What a step says of cameras is what they reported when it looked last: no time has passed since."""
        now = self.cloud.world.clock.now()
        found = {(identity(site), identity(nxid)): each for (site, nxid), each in devices(self.cloud).items()}
        latest = runs.lines("outcome")[-1:] if step in ("wave", "restore") else []
        ledger = runs.ledger
        for status, _reason, effect, numbers in latest[0]["groups"] if latest else ():
            for number in unpacked(numbers, len(ledger.cameras)):
                camera = ledger.cameras[number]
                if not effect:  # it was only looked at, before the requests for others
                    self._said_by_a_look(camera, status, found.get(camera.key))
                    continue
                device = found.get(camera.key)
                if device is None or status not in ("applied", "rolled_back"):
                    continue
                device.settle(now)
                if status == "applied":
                    assert alike(camera.sent[-1], device.pipelines), f"{camera.label} has {device.pipelines}"
                self.said += 1

    def _said_by_a_look(self, camera: Camera, status: str, device: Any) -> None:
        truth = self.truth.get((camera.site, identity_of(camera.nxid)))
        if status == "applied" and device is not None and not device.on_the_way and truth and not truth.late:
            sent = {each["modelUUID"] for each in camera.sent[-1]}
            assert sent <= {each["modelUUID"] for each in device.pipelines}, f"{camera.label} has {device.pipelines}"

    def all_arrives(self) -> None:
        self.cloud.advance(3600)
        for device in devices(self.cloud).values():
            device.settle(self.cloud.world.clock.now())


def identity_of(nxid: str) -> str:
    return f"{{{identity(nxid)}}}"


def marks(pipelines: list[Data]) -> set[str]:
    """What somebody else put into pipelines, to know them again."""
    return {each["x-mark"] for each in pipelines if "x-mark" in each}
