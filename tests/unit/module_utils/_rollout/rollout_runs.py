# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Runs of rollouts in this process, as the role takes the steps, against a simulator whose time only waiting moves."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest import mock

from ansible_collections.nxai.cloud.plugins.module_utils._api.client import Client
from ansible_collections.nxai.cloud.plugins.module_utils._core.errors import NxaiError
from ansible_collections.nxai.cloud.plugins.module_utils._core.voice import Voice
from ansible_collections.nxai.cloud.plugins.module_utils._engine.module import CONNECTION_SPEC, Task, reconcile
from ansible_collections.nxai.cloud.plugins.module_utils._http.transport import Transport
from ansible_collections.nxai.cloud.plugins.module_utils._pipelines.options import ARGUMENT_SPEC as ENGINE_SPEC
from ansible_collections.nxai.cloud.plugins.module_utils._pipelines.options import PIPELINE
from ansible_collections.nxai.cloud.plugins.module_utils._pipelines.resource import PipelineResource
from ansible_collections.nxai.cloud.plugins.module_utils._rollout.journal import NAME, content_of
from ansible_collections.nxai.cloud.plugins.module_utils._rollout.ledger import Camera, Ledger
from ansible_collections.nxai.cloud.plugins.module_utils._rollout.options import ARGUMENT_SPEC
from ansible_collections.nxai.cloud.plugins.module_utils._rollout.steps import RolloutRun
from simulator.testing import Served
from tools.return_docs import differences

Data = dict[str, Any]
Key = tuple[str, str]
QUICK = {"wait_interval": 1.0, "wait_timeout": 8.0, "applicable_timeout": 0.0, "concurrency": 2}


class Ended(Exception):
    """The role ends a run as failed."""


class Runs:
    """One rollout in a folder. ``options`` are those of ``nxai_rollout`` that the variables of the role give."""

    def __init__(self, cloud: Served, folder: Path, **options: Any) -> None:
        self.cloud = cloud
        self.folder = folder
        self.options: Data = {"name": "r", "settings": QUICK, "waves": ["100%"], **options}
        self.saved: dict[str, str] = {}
        self.warned: list[str] = []
        self.last: Data = {}
        self.between: Callable[[str], None] = lambda _step: None  # what happens before a step
        self.looked: Callable[[str], None] = lambda _step: None  # and at its end

    def step(self, step: str, check: bool = False, **options: Any) -> Data:
        self.between(step)
        defaults = {name: option.get("default") for name, option in {**CONNECTION_SPEC, **ARGUMENT_SPEC}.items()}
        where = {"api_url": self.cloud.url, "token": self.cloud.token(), "retries": 1, "retry_budget": 10.0}
        given = {**defaults, **where, "path": str(self.folder), "step": step, **self.options, **options}
        slept = [0.0]

        def sleep(seconds: float) -> None:
            slept[0] += seconds
            self.cloud.advance(max(0.0, seconds))

        clocks = {"sleep": sleep, "clock": self.cloud.world.clock.now, "jitter": lambda: 1.0}
        with (
            mock.patch.dict(Transport.__init__.__kwdefaults__, clocks),
            Client.from_options(given, check, Voice(self.warned.append, self.warned.append)) as client,
        ):
            self.last = RolloutRun(Task(given, client, check, self.warned.append, diff_mode=True)).take_step()
        self.looked("check" if check else step)
        wrong = differences("nxai_rollout", self.last)
        assert wrong == [], wrong
        return self.last

    def plan(self, **options: Any) -> Data:
        return self.step("open", True, **{"devices": rows(self.cloud), **options})

    def run(self, **options: Any) -> Data:
        """As the role does. Raises NxaiError or Ended where a run ends as failed."""
        options = {**self.options, "devices": rows(self.cloud), "saved": dict(self.saved), **options}
        opened = self.step("open", **options)
        further = {name: value for name, value in options.items() if name not in ("saved", "devices")}
        further["run"] = opened["run"]
        try:
            self._carry_out(opened, further)
        except (NxaiError, Ended) as error:
            self._keep(self.step("interrupt", **{**further, "reason": str(error)}))
            raise
        return self._keep(self.step("close", **further))

    def _carry_out(self, opened: Data, options: Data) -> None:
        if options.get("give_up"):
            opened = {**opened, **self.step("give_up", **options)}
        if opened["summary"]["status"] == "rolling_back":
            self._restore(options)
            if options.get("action", "rollout") == "rollout":
                raise Ended("it was taken back")
        for wave in opened["todo"]:
            for step in ("wave", "gate"):
                done = self.step(step, **{**options, "wave": wave["number"]})
                if done.get("soak"):
                    self.cloud.advance(done["soak"])
                if done["breach"]:
                    if done["summary"]["status"] == "rolling_back":
                        self._restore(options)
                    raise Ended(done["breach"])

    def _restore(self, options: Data) -> None:
        remaining = self.step("restore", **options)["remaining"]
        if remaining:
            raise Ended(f"{remaining} cameras could not be restored")

    def _keep(self, result: Data) -> Data:
        self.saved[self.options["name"]] = result["saved"]
        return result

    @property
    def ledger(self) -> Ledger:
        return Ledger.of(self.lines())

    def lines(self, kind: str = "") -> list[Data]:
        path = self.folder / NAME
        found = content_of(path.read_bytes(), "", "").rows if path.exists() else []
        return [each for each in found if kind in ("", each["line"])]

    def camera(self, name: str) -> Camera:
        return next(each for each in self.ledger.cameras if name in (each.name, each.nxid))

    def report(self) -> Any:
        return json.loads((self.folder / "rollout-report.json").read_text())


def rows(cloud: Served, *names: str) -> list[dict[str, str]]:
    """The cameras as an inventory knows them: those of sites that are on-line, all or these."""
    return [
        {
            "host": f"{site.name} {device.name}", "site": site.id, "site_name": site.name, "device": device.nxid,
            "name": device.name, "unavailable": "",
        }
        for site in cloud.world.sites.values()
        if site.online
        for device in site.devices.values()
        if not names or device.name in names
    ]  # fmt: skip


def final(device: Any) -> list[Data]:
    """What a camera has when all that is on its way has arrived."""
    found: list[Data] = device.on_the_way[-1][1] if device.on_the_way else device.pipelines
    return found


def devices(cloud: Served) -> dict[Key, Any]:
    return {(site.id, each.nxid): each for site in cloud.world.sites.values() for each in site.devices.values()}


def device(cloud: Served, name: str) -> Any:
    return next(each for each in devices(cloud).values() if each.name == name)


def world(cloud: Served) -> dict[Key, str]:
    """What all cameras have in the end, byte for byte."""
    return {key: json.dumps(final(each)) for key, each in devices(cloud).items()}


class Killed(BaseException):
    """The process is gone."""


@contextmanager
def killed_at(request: int, after: bool = False, only: str = "") -> Iterator[list[str]]:
    """Nothing happens any more from this request on (counted from 1), or from when it has had its effect.

    ``only``: a method; others are not counted. Gives the requests.
    """
    once, made = Transport._once, []

    def counted(own: Any, call: Any, *arguments: Any) -> Any:
        if only in ("", call.operation.method):
            made.append(f"{call.operation.method} {call.url}")
        dead = len(made) >= request
        if dead and not (after and len(made) == request and made[-1] == f"{call.operation.method} {call.url}"):
            raise Killed
        answer = once(own, call, *arguments)
        if dead:
            raise Killed
        return answer

    with mock.patch.object(Transport, "_once", counted):
        yield made


def assigned(cloud: Served, **options: Any) -> Data:
    """What ``nxai_pipeline`` gives, on the same clock."""
    usual = {name: option.get("default") for name, option in {**CONNECTION_SPEC, **ENGINE_SPEC}.items()}
    where = {"api_url": cloud.url, "token": cloud.token(), "wait_interval": 1.0, "wait_timeout": 8.0}
    pipelines = [{name: each.get(name) for name in PIPELINE} for each in options.get("pipelines", [])]
    given = {**usual, **where, **options, "pipelines": pipelines or None}
    clocks = {"sleep": lambda seconds: cloud.advance(max(0.0, seconds)), "clock": cloud.world.clock.now}
    with mock.patch.dict(Transport.__init__.__kwdefaults__, clocks), Client.from_options(given) as client:
        return reconcile(PipelineResource(Task(given, client, False)), False, False)
