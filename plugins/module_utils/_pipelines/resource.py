# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The assignments of many devices, kept as declared, or restored from a snapshot."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from typing import Any

from .._api.contract.lines import WIRE_NAMES
from .._api.records.assignment import LINE
from .._api.records.pipeline import Assignment, with_models
from .._api.records.records import Model, Server
from .._core.errors import BadInput, NxaiError, Refused, Unexpected
from .._core.values import identity, is_uuid
from .._core.voice import unheard
from .._engine.lookup import globbed, is_glob
from .._engine.module import Task
from .._engine.sites import SiteReader
from .._fleet.targets import (
    Chosen,
    Found,
    Missing,
    find_targets,
    grouped_targets,
    named_targets,
    select_devices,
    snapshot,
    snapshot_targets,
    why_unknown,
)
from .checks import Facts, Refusal, raise_if_any, refusals, sites_whose_servers_count
from .models import Models
from .proof import Proof
from .reconcile import AssignmentPlan, Batch, DeviceChange, State, merge, swap
from .sender import nothing
from .writer import PipelineWriter

STATUSES = (
    "unchanged", "planned", "applied", "sent", "pending", "conflict", "not_applicable", "failed", "not_sent",
)  # fmt: skip
Rule = Callable[[Assignment], Assignment]
_UNTOUCHED = ("unchanged", "not_applicable", "failed", "not_sent")


class PipelineResource:
    """Options: those of the module ``nxai_pipeline``."""

    header = "assignments"

    def __init__(self, task: Task, before_put: Callable[[Batch], None] = nothing) -> None:
        """``before_put``: see PipelineWriter."""
        self.options = task.options
        self.check_mode = task.check_mode
        self.client = task.client
        options = task.options
        self.reader = SiteReader(task.client.device, options["concurrency"], task.warn, options["allow_empty"])
        self.writer = PipelineWriter(task.client.device, task.options, task.deadline, before_put)
        self.proof = Proof(task.options, task.client.device)
        self.warn = task.warn
        self.settled = task.check_mode  # before that, a report is only looked into (see ``reconcile``)
        self.skip: bool = task.options["not_applicable"] == "skip"
        self.models = Models(task.client.compute)
        self.found = Found()

    # Look and plan

    def plan(self) -> AssignmentPlan:
        if not any(self.options[name] for name in ("devices", "select", "restore", "assignments")):
            return AssignmentPlan(())  # for no device
        plan = self.look()
        found, advice = self.objections(plan)
        raise_if_any(self._with_names(found), advice)
        self.ask_in_check_mode()
        return self.described(plan) if plan.changed else plan

    def look(self) -> AssignmentPlan:
        """What is to become of each device that is there."""
        rules = self.rules()
        self.found = self._reachable(self._find())
        changes = [_change(each, rules) for each in self.found.chosen]
        beside = [DeviceChange(each.site, each.device, _had(each), _had(each)) for each in self.found.beside]
        self.writer.strays.expect(changes, beside, [] if self.options["restore"] else rules)
        return AssignmentPlan(tuple(changes))

    def described(self, plan: AssignmentPlan) -> AssignmentPlan:
        """The same with the names of models and sites, for people."""
        sites = {each.id: each.name for each in self.reader.known().values()}
        return AssignmentPlan(plan.changes, self.models.names, sites)

    def rules(self) -> list[Rule]:
        """What becomes of the assignment of each device that is not restored, by the number of its group."""
        if self.options["swap"]:
            old, new = self._swap
            return [lambda found: swap(found, old, new)]
        groups = self.options["assignments"]
        if groups is not None:
            if self.options["state"] == "absent":
                advice = "Leave state out. To take away all that devices run, give them pipelines: []."
                raise BadInput("Read the option state", "it is absent, and each of the assignments is exact", advice)
            return [self._merging(each["pipelines"], "exact") for each in groups]
        return [self._merging(self.options["pipelines"] or [], self.options["state"])]

    def _merging(self, pipelines: Sequence[Mapping[str, Any]], state: State) -> Rule:
        declared = [self._declared(each) for each in pipelines]
        return lambda found: merge(found, declared, state)

    def _find(self) -> Found:
        options, device_api = self.options, self.client.device
        if options["restore"] is not None:
            return find_targets(snapshot_targets(options["restore"]), self.reader, device_api)
        if options["assignments"] is not None:
            return find_targets(grouped_targets(options["assignments"]), self.reader, device_api)
        if options["devices"] is not None:
            return find_targets(named_targets(options["devices"], options["site"]), self.reader, device_api)
        sites = options["sites"] or [options["site"]]
        return select_devices(
            options["select"], self._running(), sites, self.reader, device_api.list_devices_without_rows
        )

    @staticmethod
    def _reachable(found: Found) -> Found:
        """Without those of which nobody knows what they run, and whose site is off-line: nothing is sent there."""
        silent = [each for each in found.chosen if each.site.online is False and each.device.assignment is None]
        for each in silent:
            reason = f"its site is off-line, and it is not known what it runs ({why_unknown(each.device)})"
            found.missing.append(Missing(each.site, each.device.id, "not_applicable", reason, each.device.name))
        found.chosen = [each for each in found.chosen if each not in silent]
        return found

    def _running(self) -> Collection[str]:
        """The models that select=running is about."""
        if self.options["select"] != "running":
            return ()
        wanted = self.options["running_model"]
        return [identity(self._model_uuid(wanted))] if wanted else self._swap[0]

    @cached_property
    def _swap(self) -> tuple[Collection[str], str]:
        """The models to replace (one, or all that a glob over names is for but the new one), and the new one."""
        wanted, new = self.options["swap"]["from"], identity(self._model_uuid(self.options["swap"]["to"]))
        if not is_glob(wanted) or self.models.index.find_or_none(wanted):
            return [identity(self._model_uuid(wanted))], new
        return {identity(each.uuid) for each in globbed(wanted, self.models.index.records)} - {new}, new

    def _declared(self, option: Mapping[str, Any]) -> dict[str, Any]:
        """A pipeline as it is declared, with its models, those of chains too, by UUID."""
        chains = with_models(option["chains"], self._model_uuid)
        return {**option, "model": self._model_uuid(option["model"]), "chains": chains}

    def _model_uuid(self, wanted: str) -> str:
        if is_uuid(wanted):
            return wanted
        if not self.check_mode:
            return self.models.find(wanted).uuid
        # In check mode, an earlier task of the same play may be the one that would create the model.
        model = self.models.find_or_none(wanted)
        return model.uuid if model else wanted

    # Check

    def objections(self, plan: AssignmentPlan) -> tuple[list[Refusal], str]:
        """Every reason against what would lose something, or would be accepted and then do nothing; and advice."""
        found = self.proof.refusals(plan.changes)
        lost = {(each.site, each.device) for each in found}
        if not self.skip:
            found += [_refusal(each) for each in self.found.missing if each.status == "not_applicable"]
        changes = [each for each in plan.changes if each.changed]
        if changes:
            restoring = self.options["restore"] is not None
            found += refusals(changes, self._facts(changes, restoring), self.options, restoring)
        return found, self.proof.advice([each for each in plan.changes if each.key in lost]) if lost else ""

    def _with_names(self, found: Sequence[Refusal]) -> list[Refusal]:
        """For people, a site that was given by its id has a name, too: forty shops have an "Aisle 2"."""
        names = {each.id: each.label for each in self.reader.known().values() if each.name} if found else {}
        return [replace(each, label=each.label.replace(each.site, names.get(each.site, each.site))) for each in found]

    def ask_in_check_mode(self) -> None:
        if self.proof.change and self.check_mode:
            self.warn(self.proof.question())

    def _facts(self, changes: Sequence[DeviceChange], restoring: bool) -> Facts:
        if restoring or not any(self.options[name] for name in ("pipelines", "swap", "assignments")):
            return Facts()
        act_as = self.client.settings.act_as
        new = self.models.by_uuid({uuid: None for each in changes for uuid in each.new_models})
        sites = self.reader.known() if self.options["require_available"] else {}
        return Facts(new, sites, self._servers(changes, new), identity(act_as.id) if act_as else None)

    def _servers(self, changes: Sequence[DeviceChange], models: Mapping[str, Model]) -> dict[str, list[Server]]:
        """The servers of those sites where they matter; that they can be listed is inferred, so not to know is fine."""
        sites = sites_whose_servers_count(changes, models, self.options)
        listings = self.reader.read(sites, self.client.device.list_servers)
        return {
            site.id: listing
            for site, listing in zip(sites, listings, strict=True)
            if not isinstance(listing, NxaiError)
        }

    # Act, look again

    def act(self, plan: AssignmentPlan) -> None:
        if self.proof.change is not None:
            if not self.writer.prove(self.proof.change, self.proof.failure()):
                return  # nothing else is written
            self.warn(self.proof.passed())
        self.writer.send(plan)

    def settle(self, plan: AssignmentPlan) -> None:
        self.settled = True
        if self.options["wait"]:
            self.writer.follow(plan)
            self._warn_of_hidden(sorted(self.writer.hidden))
        if told := self.writer.strays.as_warning():
            self.warn(told)

    def _warn_of_hidden(self, keys: Sequence[str]) -> None:
        if not keys:
            return
        known = next((name for name, wire in WIRE_NAMES.items() if wire in keys), None)
        line = f"fields.pipeline.{known}" if known else LINE
        self.warn(
            f"The service took what was sent and does not show {', '.join(keys)}, so that may not count. What you "
            f"declare of it is sent again at each run. {self.client.contract.hint(line)}"
        )

    # Report

    def report(self, plan: AssignmentPlan) -> dict[str, Any]:
        """Raises where a device is not as declared, with the same values in the error's ``result``."""
        devices = [self._device_result(each) for each in plan.changes] + [
            _missing_result(each) for each in self.found.missing
        ]
        count = Counter(each["status"] for each in devices)
        changed = sum(each["changed"] for each in devices)
        snapshot_of = [(each.site, self.proof.resolved(each)) for each in (*plan.changes, *self.writer.strays.beside)]
        entries = snapshot(snapshot_of, self.warn if self.settled else unheard)
        for entry in entries:
            entry["on_the_way"] = self.writer.on_the_way((entry["site"], entry["device"]))
        result: dict[str, Any] = {
            "changed": changed > 0,
            "devices": devices,
            "snapshot": entries,
            "totals": {"devices": len(devices), "changed": changed, **{each: count[each] for each in STATUSES}},
            "unread_sites": self.found.unread,
        }
        result.update(self.proof.as_result())
        failure = self._failure(devices, count)
        if failure is not None:
            raise replace(failure, result=result)
        return result

    def _device_result(self, change: DeviceChange) -> dict[str, Any]:
        default = "unchanged" if not change.changed else "planned" if self.check_mode else "not_sent"
        status, reason = self.writer.status.get(change.key, (default, self.proof.doubt(change)))
        return {
            "site": change.site.id,
            "device": change.device.id,
            "name": change.device.name,
            "before": self.proof.resolved(change).pipeline_options(),
            "after": [each.to_option() for each in change.after],
            "changed": status not in _UNTOUCHED,
            "status": status,
            "reason": reason,
        }

    def _failure(self, devices: Sequence[Mapping[str, Any]], count: Mapping[str, int]) -> NxaiError | None:
        bad = {"failed": "failed", "conflict": "report something else than was sent", "not_sent": "were not tried"}
        bad["pending"] = "do not report what was sent"
        if not self.skip:
            bad["not_applicable"] = "are not applicable"
        said = [
            f"{count[status]} of {len(devices)} devices {words}{_reasons(devices, status)}"
            for status, words in bad.items()
            if count[status]
        ]
        errors = [*self.writer.errors, *self.found.errors]
        if not said and self.found.errors:
            said = [f"{len(self.found.errors)} sites could not be read ({self.found.errors[0]})"]
        if not said:
            return None
        advice = "The result has every device. Look at those named, then run the task again, or restore the snapshot."
        status = next((each.status for each in errors if isinstance(each, Refused)), None)
        return Unexpected("Make the assignments as declared", "; ".join(said), advice, status)


def _change(chosen: Chosen, rules: Sequence[Rule]) -> DeviceChange:
    site, device, before = chosen.site, chosen.device, _had(chosen)
    if chosen.restore is None:
        return DeviceChange(site, device, before, rules[chosen.group](before))
    return DeviceChange(site, device, before, chosen.restore, restored=True, forced=chosen.forced)


def _had(chosen: Chosen) -> Assignment:
    """Where it is not known: see Proof."""
    return chosen.device.as_read or ()


def _reasons(devices: Sequence[Mapping[str, Any]], status: str) -> str:
    """The most frequent reason, with the number of others."""
    reasons = Counter(each["reason"].rstrip(".") for each in devices if each["status"] == status and each["reason"])
    if not reasons:
        return ""
    others = f", and {len(reasons) - 1} other reasons" if len(reasons) > 1 else ""
    return f" ({reasons.most_common(1)[0][0]}{others})"


def _refusal(missing: Missing) -> Refusal:
    return Refusal(missing.site.id, missing.device, missing.label, missing.reason)


def _missing_result(missing: Missing) -> dict[str, Any]:
    """What such a device had is not known."""
    return {
        "site": missing.site.id,
        "device": missing.device,
        "name": missing.name,
        "before": None,
        "after": None,
        "changed": False,
        "status": missing.status,
        "reason": missing.reason,
    }
