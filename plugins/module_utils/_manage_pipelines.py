# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The assignments of many devices, kept as declared, or restored from a snapshot."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ansible_collections.nxai.cloud.plugins.module_utils._compute import ALL_AVAILABLE
from ansible_collections.nxai.cloud.plugins.module_utils._errors import BadInput, NxaiError, Refused, Unexpected
from ansible_collections.nxai.cloud.plugins.module_utils._lookup import find, find_or_none, is_uuid
from ansible_collections.nxai.cloud.plugins.module_utils._reconcile_pipelines import (
    Assignment,
    AssignmentPlan,
    Batch,
    DeviceChange,
    merge,
    models_of,
)
from ansible_collections.nxai.cloud.plugins.module_utils._records import Device, Model, Pipeline, Site
from ansible_collections.nxai.cloud.plugins.module_utils.module import Task

_NOT_APPLICABLE = 422  # contract F3: also the answer after a media server's restart, until the device is announced
_FIRST_PAUSE = 2.0  # seconds; doubled at each repeat


@dataclass(frozen=True)
class Target:
    """A site and a device as the user named them, and the assignment to restore, if that is what is asked."""

    site: str
    device: str
    snapshot: Assignment | None


class PipelineResource:
    """Options: those of the module ``nxai_pipeline``."""

    header = "assignments"

    def __init__(self, task: Task) -> None:
        self.compute = task.client.compute
        self.device_api = task.client.device
        self.options = task.options
        self.check_mode = task.check_mode
        self.models: list[Model] | None = None  # looked up only where needed, as are the sites
        self.sites: list[Site] | None = None
        self.status: dict[tuple[str, str], tuple[str, str]] = {}  # (site, device) -> (status, reason)
        self.failure: NxaiError | None = None

    # Look and plan

    def plan(self) -> AssignmentPlan:
        targets = self._targets()
        declared = [self._declared(each) for each in self.options["pipelines"] or []] if targets else []
        changes: list[DeviceChange] = []
        for site, wanted in self._by_site(targets):
            devices = self._list_devices(site)
            for reference, snapshot in wanted:
                device = find(reference, devices, "device", f"at site {site.name or site.id}")
                after = merge(device.pipelines, declared, self.options["state"]) if snapshot is None else snapshot
                changes.append(DeviceChange(site, device, device.pipelines, after))
        _refuse_repeated(changes)
        plan = AssignmentPlan(tuple(changes))
        if plan.changed:
            self._check(plan)
        return AssignmentPlan(
            plan.changes, {each.uuid: each.name for each in self.models or []}, self._site_names(plan)
        )

    def _targets(self) -> list[Target]:
        """What the user named: devices of one site, pairs of site and device, or the entries of a snapshot."""
        if self.options["restore"] is not None:
            return [
                Target(each["site"], each["device"], tuple(Pipeline(wire) for wire in each["pipelines"]))
                for each in self.options["restore"]
            ]
        return [_target(each, self.options["site"]) for each in self.options["devices"]]

    def _declared(self, option: Mapping[str, Any]) -> dict[str, Any]:
        """A pipeline of the option ``pipelines`` with its model by UUID."""
        wanted = option["model"]
        if is_uuid(wanted):
            return dict(option)
        # In check mode, an earlier task of the same play may be the one that would create the model.
        look_up = find_or_none if self.check_mode else find
        model = look_up(wanted, self._models(), "model")
        return {**option, "model": model.uuid if model else wanted}

    def _models(self) -> list[Model]:
        if self.models is None:
            self.models = self.compute.list_models(catalogue=ALL_AVAILABLE)
        return self.models

    def _by_site(self, targets: Sequence[Target]) -> list[tuple[Site, list[tuple[str, Assignment | None]]]]:
        if not all(is_uuid(each.site) for each in targets):
            self.sites = self.device_api.list_sites()
        grouped: dict[str, tuple[Site, list[tuple[str, Assignment | None]]]] = {}
        for each in targets:
            site = Site.from_api({"id": each.site}) if self.sites is None else find(each.site, self.sites, "site")
            grouped.setdefault(site.id, (site, []))[1].append((each.device, each.snapshot))
        return list(grouped.values())

    def _site_names(self, plan: AssignmentPlan) -> dict[str, str]:
        """For the diff of a change. Nothing depends on it, as it is inferred that sites can be listed."""
        if not plan.changed:
            return {}
        if self.sites is None:
            try:
                self.sites = self.device_api.list_sites()
            except Refused:
                self.sites = []
        return {each.id: each.name for each in self.sites}

    def _list_devices(self, site: Site) -> list[Device]:
        try:
            devices = self.device_api.list_devices(site.id)
        except Refused as error:
            if error.status != 404:
                raise
            raise BadInput(
                f"look up the site {site.name or site.id}",
                "the service knows no such site",
                "Check the id, and that this account (or act_as) may see the site.",
            ) from error
        return devices

    def _check(self, plan: AssignmentPlan) -> None:
        """Refuse, with every reason, what would lose something, or would be accepted and then do nothing."""
        changes = [each for each in plan.changes if each.changed]
        reasons = [
            f"what {_name(each)} runs now is not understood and would be lost"
            for each in changes
            if not each.device.pipelines_known
        ]
        if self.options["restore"] is None:
            reasons += self._unready_models(changes)
        if self.options["require_support"]:
            reasons += [
                f"the server of {_name(each)} does not support pipelines"
                for each in changes
                if each.device.server.supports_pipelines is False
            ]
        if reasons:
            raise BadInput(
                "Plan the assignments",
                "; ".join(reasons),
                "Nothing was written. Mend or leave out what is named. "
                "The options require_ready and require_support switch two of these checks off.",
            )

    def _unready_models(self, changes: Sequence[DeviceChange]) -> Iterator[str]:
        models = {each.uuid: each for each in self._models()}
        for uuid in dict.fromkeys(uuid for each in changes for uuid in each.new_models):
            model = models.get(uuid)
            if model is None and is_uuid(uuid):
                yield f"there is no model {uuid}"
            elif model is not None and model.state != "ready" and self.options["require_ready"]:
                yield f"the model {model.name} is not ready (Status {model.status}, Code {model.code_status})"

    # Act

    def act(self, plan: AssignmentPlan) -> None:
        """One PUT for each site and different result. The first failure ends the writing; the rest is read back."""
        for batch in plan.batches(self.options["batch_size"]):
            try:
                self._put(batch)
            except NxaiError as error:
                self._note(batch.changes, "failed", str(error))
                self.failure = error
                return
            self._note(batch.changes, "sent", "")

    def _put(self, batch: Batch) -> None:
        deadline = time.monotonic() + self.options["applicable_timeout"]
        pause = _FIRST_PAUSE
        while True:
            try:
                self.device_api.put_pipelines(
                    batch.site.id,
                    [each.device.id for each in batch.changes],
                    models_of(batch.after),
                    [each.to_wire() for each in batch.after],
                )
                return
            except Refused as error:
                if error.status != _NOT_APPLICABLE or time.monotonic() + pause > deadline:
                    raise
            time.sleep(pause)
            pause *= 2

    # Look again

    def settle(self, plan: AssignmentPlan) -> None:
        if self.options["wait"]:
            deadline = time.monotonic() + self.options["wait_timeout"]
            waiting = [each for each in plan.changes if self.status.get(each.key, ("", ""))[0] == "sent"]
            while waiting:
                waiting = self._still_waiting(waiting)
                if not waiting or time.monotonic() + self.options["wait_interval"] > deadline:
                    break
                time.sleep(self.options["wait_interval"])
            self._note(waiting, "pending", f"not reported by the device within {self.options['wait_timeout']:g} s")
            if waiting and self.failure is None:
                self.failure = Unexpected(
                    "read back the assignments",
                    f"{len(waiting)} of {len(plan.changes)} devices do not report what was sent",
                    "Look at their servers, then run the task again, or restore the snapshot.",
                )
        if self.failure is not None:
            self.failure.result = {"changed": bool(self.status), **self.report(plan)}
            raise self.failure

    def _still_waiting(self, changes: Sequence[DeviceChange]) -> list[DeviceChange]:
        """One listing for each site; devices that report what was sent are noted as applied."""
        waiting = []
        for site in {each.site.id: each.site for each in changes}.values():
            now = {each.id: each.pipelines for each in self.device_api.list_devices(site.id)}
            for each in changes:
                if each.site.id != site.id:
                    continue
                if each.reached_by(now.get(each.device.id, ())):
                    self._note([each], "applied", "")
                else:
                    waiting.append(each)
        return waiting

    def _note(self, changes: Sequence[DeviceChange], status: str, reason: str) -> None:
        for each in changes:
            self.status[each.key] = (status, reason)

    # Report

    def report(self, plan: AssignmentPlan) -> dict[str, Any]:
        return {
            "devices": [self._device_result(each) for each in plan.changes],
            "snapshot": [
                {
                    "site": each.site.id,
                    "device": each.device.id,
                    "name": each.device.name,
                    "pipelines": [pipeline.to_wire() for pipeline in each.before],
                }
                for each in plan.changes
            ],
            "totals": self._totals(plan),
        }

    def _device_result(self, change: DeviceChange) -> dict[str, Any]:
        default = "unchanged" if not change.changed else "planned" if self.check_mode else "not_sent"
        status, reason = self.status.get(change.key, (default, ""))
        return {
            "site": change.site.id,
            "device": change.device.id,
            "name": change.device.name,
            "before": [each.to_option() for each in change.before],
            "after": [each.to_option() for each in change.after],
            "changed": change.changed,
            "status": status,
            "reason": reason,
        }

    def _totals(self, plan: AssignmentPlan) -> dict[str, int]:
        return {"devices": len(plan.changes), "changed": sum(each.changed for each in plan.changes)}


def _target(entry: Any, site: str | None) -> Target:
    """A device of the option ``site`` by name or NxID, or a mapping with a site of its own."""
    if isinstance(entry, Mapping):
        entry_site, device = entry.get("site") or site, entry.get("device")
    else:
        entry_site, device = site, entry
    if not isinstance(device, str) or not isinstance(entry_site, str):
        raise BadInput(
            f"read the entry {entry!r} of devices",
            "its site or its device is missing",
            "Set the option site, or write the entry as {site: ..., device: ...}.",
        )
    return Target(entry_site, device, None)


def _refuse_repeated(changes: Sequence[DeviceChange]) -> None:
    for key, count in Counter(each.key for each in changes).items():
        if count > 1:
            raise BadInput(f"plan the device {key[1]} at site {key[0]}", "it is named twice", "Name each device once.")


def _name(change: DeviceChange) -> str:
    return f"{change.device.name or change.device.id} at site {change.site.name or change.site.id}"
