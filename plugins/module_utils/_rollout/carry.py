# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Write to the cameras of a rollout, and look at them, with the engine of ``nxai_pipeline``.

Before each request, what its cameras had is in the journal, from the read that this very request was planned on.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from .._api.records.pipeline import Assignment, models_of
from .._core.values import identity
from .._core.wording import counted, shortened
from .._engine.lookup import globbed
from .._engine.module import Task
from .._fleet.targets import Missing
from .._pipelines.checks import CHECKS_SPEC
from .._pipelines.options import ARGUMENT_SPEC as ENGINE_SPEC
from .._pipelines.reconcile import AssignmentPlan, Batch, DeviceChange
from .._pipelines.resource import PipelineResource
from .assignments import Assigned, as_options
from .book import Book
from .judge import NO_LONGER, Rules, looked_at
from .ledger import ASIDE, Camera, Key, assignment_of, camera_key
from .lines import Outcome, Planned, Proof, Written, groups
from .scope import globs

Row = tuple[Camera, str, str, bool]  # status, reason, and whether a request may have had an effect
_SETTINGS = ("batch_size", "concurrency", "applicable_timeout", "wait_timeout", "wait_interval")

_LATE = "what the rollout had sent was never seen there; after what it had was sent it reported that, at two looks"


def key_of(change: DeviceChange) -> Key:
    return camera_key(change.site.id, change.device.id)


class Carrier:
    """``cameras``: those that are meant. ``wave``: its number, 0 where they are of several."""

    def __init__(self, task: Task, book: Book, cameras: Sequence[Camera], wave: int, rules: Rules) -> None:
        self._task = task
        self._book = book
        self._cameras = {each.key: each for each in cameras}
        self._wave = wave
        self._rules = rules
        self._action = "assign"
        self._recorded: dict[Key, str] = {}  # what was recorded last in this step, as text
        self._reached: dict[Key, None] = {}
        self._late: set[Key] = set()  # where something that was sent before had not been seen
        self.diff = ""

    # A wave

    def assign(self, retiring: Sequence[str]) -> None:
        """Plan, write and follow. In check mode only plan; ``diff`` says what would change."""
        plan = self._book.ledger.plan
        if not self._cameras or plan is None:
            return
        resource = self._resource(**self._declared(plan.declaration))
        found = self._look(resource)
        overtaken = self._overtaken(resource, found, plan)
        found = self._forced(found.without({change.key for change, _reason in overtaken}))
        found, refused = _allowed(resource, found)
        self._describe(resource, found, f"wave {self._wave}")
        self._warn_of_retiring(found, retiring)
        if self._task.check_mode:
            resource.ask_in_check_mode()
            if refused:
                reasons = shortened([f"{self._label(key)}: {reason}" for key, reason in refused.items()], 5)
                self._task.warn(f"Wave {self._wave}: {counted(len(refused), 'camera')} would be refused ({reasons})")
            self._book.ledger.shapes += [shape for shape in [resource.proof.shape] if shape]
            return
        rows = [(self._cameras[key_of(change)], "overtaken", reason, False) for change, reason in overtaken]
        rows += [(self._cameras[key], "refused", reason, False) for key, reason in refused.items()]
        rows += self._missing(resource)
        self._note("assign", rows)
        self._ask(resource)
        try:
            if found.changed:
                resource.act(found)
            self._answered(resource)
            resource.settle(found)
        finally:
            self._note("assign", [self._assigned(resource, change) for change in found.changes])

    def _forced(self, plan: AssignmentPlan) -> AssignmentPlan:
        """Where what it had is still on its way back, what is declared is sent whatever the camera reports."""
        return replace(
            plan,
            changes=tuple(
                replace(each, forced=True) if self._cameras[key_of(each)].returning else each for each in plan.changes
            ),
        )

    def _assigned(self, resource: PipelineResource, change: DeviceChange) -> Row:
        camera = self._cameras[key_of(change)]
        if not change.changed:
            return self._as_it_is(camera, change)
        other = ("not_sent", "its site could no longer be reached, or nothing was written for another reason")
        status, reason = resource.writer.status.get(change.key, other)
        status = {"not_applicable": ASIDE.get(self._rules.unavailable, status), "sent": "pending"}.get(status, status)
        return camera, status, reason, change.key in resource.writer.reached

    def _as_it_is(self, camera: Camera, change: DeviceChange) -> Row:
        """Where there is nothing to do. What an earlier attempt has sent had arrived when this one looked, or never."""
        if camera.back is None or self._lacks(camera, change.before):
            lost = camera.back is not None and not camera.on_its_way  # it was seen there
            return camera, "conflict" if lost else "unchanged", NO_LONGER if lost else "", False
        return camera, "applied", "", False

    def _lacks(self, camera: Camera, now: Assignment) -> bool:
        """Whether the new model of a swap is not there. Then there is nothing to replace, and no plan says that."""
        plan = self._book.ledger.plan
        new = ((plan.declaration.get("swap") or {}) if plan else {}).get("to")
        sent = camera.sent[-1] if camera.sent else []
        return new in models_of(assignment_of(sent)) and new not in models_of(now)

    def _missing(self, resource: PipelineResource) -> list[Row]:
        """A site that is gone or forbidden is not the same as a camera that cannot take pipelines now."""
        rows: list[Row] = []
        for each in resource.found.missing:
            aside = each.status == "not_applicable" and not each.no_site
            status = ASIDE.get(self._rules.unavailable, "not_applicable") if aside else "failed"
            rows.append((self._missed(each), status, each.reason, False))
        return rows

    def _overtaken(
        self, resource: PipelineResource, plan: AssignmentPlan, known: Planned
    ) -> list[tuple[DeviceChange, str]]:
        """Cameras that run a release which was not there when this rollout was planned: a newer rollout was here."""
        patterns = globs(known.given)
        if not patterns:
            return []
        records = resource.models.index.records
        newer = {identity(each.uuid): each.name for glob in patterns for each in globbed(glob, records)}
        for uuid in (*known.family, *map(identity, known.models.values())):
            newer.pop(uuid, None)
        found = []
        for change in plan.changes if newer else ():
            names = [newer[uuid] for uuid in models_of(change.before) if uuid in newer]
            if names and change.changed:
                found.append((change, f"it runs {names[0]}, which is newer than this rollout"))
        return found

    def _warn_of_retiring(self, plan: AssignmentPlan, retiring: Sequence[str]) -> None:
        going = {identity(each) for each in retiring}
        lost = [each for each in plan.changes if each.changed and not going.isdisjoint(models_of(each.before))]
        if lost:
            self._task.warn(
                f"{counted(len(lost), 'camera')} of wave {self._wave} could not be given back what they have, since it "
                "needs a model that is to be retired when the rollout is finished: "
                f"{shortened([self._label(key_of(each)) for each in lost], 5)}. Keep more releases "
                "(model_release_keep) if you may want to go back."
            )

    def written(self) -> dict[str, list[str]]:
        """The cameras that something was, or may have been, sent to: NxIDs by site. Controllers count nodes by it."""
        found: dict[str, list[str]] = {}
        for key in self._reached:
            camera = self._cameras[key]
            found.setdefault(camera.site, []).append(camera.nxid)
        return found

    # Proof

    def _ask(self, resource: PipelineResource) -> None:
        """Keep which camera is to prove what rows like its own mean: a kill may come before its answer is kept."""
        change = resource.proof.change
        if change is not None:
            number = self._cameras[key_of(change)].number
            self._book.add(Proof(at=self._book.now(), camera=number, shape=resource.proof.shape, proved=False))

    def _answered(self, resource: PipelineResource) -> None:
        if resource.proof.change is not None and resource.proof.as_result()["proof"]["proved"]:
            self.prove(self._cameras[key_of(resource.proof.change)].number, resource.proof.shape)

    def prove(self, camera: int, shape: str) -> None:
        self._book.add(Proof(at=self._book.now(), camera=camera, shape=shape, proved=True))

    # Back

    def restore(self) -> None:
        """Send each camera what it had, whatever it reports, and follow it until it reports that."""
        self._action = "restore"
        entries = [
            {"site": each.site, "device": each.nxid, "pipelines": each.back.pipelines, "on_the_way": True}
            for each in self._cameras.values()
            if each.back and each.back.pipelines is not None
        ]
        if not entries:
            return
        options = {"pipelines": None, "swap": None, "state": "present", "require_support": False}
        resource = self._resource(restore=entries, **options)
        found, refused = _allowed(resource, self._look(resource))
        self._describe(resource, found, "taken back")
        if self._task.check_mode:
            return
        rows = [(self._cameras[key], "not_restored", reason, False) for key, reason in refused.items()]
        for each in resource.found.missing:
            rows.append((self._missed(each), "not_restored", each.reason, False))
        self._note("restore", rows)
        late = {each.key for each in self._cameras.values() if each.on_its_way}
        self._late = {each.key for each in found.changes if each.unseen and key_of(each) in late}
        try:
            resource.act(found)
            resource.settle(found)
            resource.writer.follow_again(each for each in found.changes if each.key in self._late)
        finally:
            self._note("restore", [self._restored(resource, change) for change in found.changes])

    def _restored(self, resource: PipelineResource, change: DeviceChange) -> Row:
        camera = self._cameras[key_of(change)]
        status, reason = resource.writer.status.get(change.key, ("not_sent", "its site could no longer be reached"))
        if status == "applied":
            told = [camera.reason.rstrip(".")] if camera.failed else []
            told += [_LATE] if change.key in self._late else []
            return camera, "rolled_back", "; ".join(told), True
        return camera, "not_restored", reason or f"not known: {status}", change.key in resource.writer.reached

    # Gates

    def look(self, running: Sequence[str]) -> None:
        """The built-in gates: each camera reports what was sent, and its server runs. One read for each site."""
        plan = self._book.ledger.plan
        if not self._cameras or plan is None:
            return
        resource = self._resource(**self._declared(plan.declaration))
        found = resource.look()
        rows: list[Row] = []
        for change in found.changes:
            camera = self._cameras[key_of(change)]
            wrong = looked_at(change.after, change.device, running)
            if not wrong and camera.status == "applied" and self._lacks(camera, change.before):
                wrong = NO_LONGER
            if wrong:
                rows.append((camera, "gate", wrong, False))
        for each in resource.found.missing:
            rows.append((self._missed(each), "gate", each.reason, False))
        self._note("gate", rows)

    # The engine

    def _look(self, resource: PipelineResource) -> AssignmentPlan:
        found = resource.look()
        late = {each.key for each in self._book.ledger.cameras if each.on_its_way}
        resource.writer.strays.leave_out(late, key_of)
        return found

    def _describe(self, resource: PipelineResource, plan: AssignmentPlan, header: str) -> None:
        """Keep what changes, for people; no request is made for names."""
        if self._task.diff_mode:
            sites = {each.site.id: each.site.name for each in plan.changes}
            sites |= {each.site: each.site_name for each in self._cameras.values()}
            known = self._book.ledger.plan
            models = {uuid: name for name, uuid in known.models.items() if name != uuid} if known else {}
            self.diff = AssignmentPlan(plan.changes, models | resource.models.names, sites).diff(header)["prepared"]

    def _resource(self, **options: Any) -> PipelineResource:
        given = self._task.options
        settings = {name: value for name, value in (given["settings"] or {}).items() if value is not None}
        usual = {name: spec.get("default") for name, spec in ENGINE_SPEC.items()}
        chosen = {name: settings[name] for name in (*_SETTINGS, *CHECKS_SPEC) if name in settings}
        proof = {name: given[name] for name in ("prove", "prove_device")}
        proof["no_pipelines"] = list(self._book.ledger.shapes)
        merged = {**usual, **chosen, **proof, "not_applicable": "skip", **options}
        task = Task(merged, self._task.client, self._task.check_mode, self._task.warn, self._task.log)
        return PipelineResource(task, self._before_put)

    def _before_put(self, batch: Batch) -> None:
        """Keep what the cameras of a request have. What is kept already from this very read is not kept twice."""
        sent = [each.to_wire() for each in batch.after]
        text = json.dumps(sent, sort_keys=True)
        found: dict[str, tuple[Any, list[int]]] = {}
        for change in batch.changes:
            known = change.device.with_proof(self._task.client.device.no_pipelines).assignment
            had = None if known is None else [each.to_wire() for each in known]
            as_text = json.dumps(had, sort_keys=True)
            key = key_of(change)
            if self._recorded.get(key) != f"{as_text} {text}":
                self._recorded[key] = f"{as_text} {text}"
                found.setdefault(as_text, (had, []))[1].append(self._cameras[key].number)
        if found:
            had_by, numbers = zip(*found.values(), strict=True)
            self._book.add(
                Written(
                    at=self._book.now(),
                    wave=self._wave,
                    action=self._action,
                    sent=sent,
                    had=list(had_by),
                    cameras=[sorted(each) for each in numbers],
                )
            )

    def _note(self, action: str, rows: Sequence[Row]) -> None:
        self._reached.update((camera.key, None) for camera, _status, _reason, effect in rows if effect)
        made = groups([(camera.number, status, reason, effect) for camera, status, reason, effect in rows])
        if made:
            self._book.add(Outcome(at=self._book.now(), wave=self._wave, action=action, groups=made))

    def _declared(self, declaration: Mapping[str, Any]) -> dict[str, Any]:
        """What these cameras are to have, as the options of ``nxai_pipeline``."""
        cameras = self._cameras.values()
        if "assignments" in declaration:
            return {"assignments": Assigned(declaration["assignments"]).groups(cameras)}
        return {
            "devices": [{"site": each.site, "device": each.nxid} for each in cameras],
            "pipelines": as_options(declaration.get("pipelines") or []) or None,
            "swap": declaration.get("swap") or None,
            "state": declaration.get("state") or "present",
        }

    def _missed(self, missing: Missing) -> Camera:
        return self._cameras[camera_key(missing.site.id, missing.device)]

    def _label(self, key: Key) -> str:
        return self._cameras[key].label


def _allowed(resource: PipelineResource, plan: AssignmentPlan) -> tuple[AssignmentPlan, dict[Key, str]]:
    """The plan without the cameras that something speaks against, and what that is."""
    found, advice = resource.objections(plan)
    reasons: dict[Key, list[str]] = {}
    for each in found:
        reasons.setdefault(camera_key(each.site, each.device), []).append(each.reason)
    proof = resource.proof.change
    if proof is not None and key_of(proof) in reasons:
        resource.proof.change = None
        for change in plan.changes:
            if change.device.assignment is None and key_of(change) not in reasons:
                reasons[key_of(change)] = [f"it is not known what it runs, and {proof.label} cannot prove it"]
    told = {key: "; ".join([*words, *filter(None, [advice])]) for key, words in reasons.items()}
    return plan.without({change.key for change in plan.changes if key_of(change) in reasons}), told
