# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A device of the older registry: its name and its groups, kept as declared."""

from __future__ import annotations

from typing import Any

from .._api.contract.lines import hint
from .._api.records.records import DeviceGroup, RegistryDevice
from .._core.errors import BadInput, Unexpected
from .._core.values import plain
from .._engine.lookup import Index, find_renamed
from .._engine.module import Task
from .._engine.reconcile import Plan

MEMBERS = ("Name", "Runtime", "Serial", "Type")
_MEMBERS = {plain(name): name for name in MEMBERS}


class DeviceResource:
    """Options: those of the module ``nxai_device``. Nothing is created or deleted."""

    def __init__(self, task: Task) -> None:
        self.api = task.client.device
        self.options = task.options
        self.header = f"device {task.options['name']}"
        self.device: RegistryDevice
        self.groups: Index[DeviceGroup] = Index([], "group")
        self.kept: dict[str, Any] = {}  # what was sent along with a new name

    def plan(self) -> Plan:
        self._look()
        before = self._view()
        after = {**before, "name": self.options["new_name"] or before["name"]}
        if self.options["groups"] is not None:
            named = {self.groups.find(each).uuid for each in self.options["groups"]}
            if before["groups"] is None:
                raise BadInput(
                    f"plan the groups of the {self.header}",
                    "the service does not say which groups it is in",
                    "Leave out groups, and use the portal for them.",
                )
            kept = set(before["groups"]) if self.options["groups_mode"] == "append" else set()
            after["groups"] = sorted(named | kept)
        return Plan("none" if before == after else "update", before, after)

    def act(self, plan: Plan) -> None:
        uuid = self.device.uuid
        if plan.after["name"] != plan.before["name"]:
            self.kept = {name: value for name, value in _members(self.device).items() if name != "Name"}
            self.api.update_registry_device(uuid, {**self.kept, "Name": plan.after["name"]})
        before, after = set(plan.before["groups"] or ()), set(plan.after["groups"] or ())
        for group in sorted(after - before):
            self.api.join_group(group, [uuid])
        for group in sorted(before - after):
            self.api.leave_group(group, uuid)

    def settle(self, plan: Plan) -> None:
        if not plan.changed:
            return
        self._look()
        now = _members(self.device)
        lost = [name for name, value in self.kept.items() if now.get(name) != value]
        if lost:
            raise Unexpected(
                f"read back the {self.header}",
                f"with its name these have changed: {', '.join(f'{name} was {self.kept[name]!a}' for name in lost)}",
                f"Put them back in the portal. {hint('operations.update_registry_device.path')}",
                result={"changed": True},
            )
        if self._view() != plan.after:
            raise Unexpected(
                f"read back the {self.header}",
                f"it is {self._view()}, not {plan.after}",
                "Run the task again: it looks before it writes.",
            )

    def report(self, plan: Plan) -> dict[str, Any]:
        groups = plan.after["groups"]
        names = {each.uuid: each.name for each in self.groups.records}
        listed = None if groups is None else [{"uuid": each, "name": names.get(each, "")} for each in groups]
        return {"device": {"uuid": self.device.uuid, "name": plan.after["name"], "groups": listed}}

    def _look(self) -> None:
        wanted = self.options["name"]
        records = self.api.list_registry_devices()
        found = find_renamed(wanted, self.options["new_name"], records, "device")
        self.device = found or Index(records, "device", "in the registry").find(wanted)
        if self.options["groups"] is not None:
            self.groups = Index(self.api.list_groups(), "group")

    def _view(self) -> dict[str, Any]:
        """The name, and the UUIDs of the groups by what either side says; None where neither does."""
        groups = self.device.groups
        if groups is None and any(each.devices is not None for each in self.groups.records):
            groups = tuple(each.uuid for each in self.groups.records if self.device.uuid in (each.devices or ()))
        return {"name": self.device.name, "groups": None if groups is None else sorted(groups)}


def _members(device: RegistryDevice) -> dict[str, Any]:
    """What a change sends, in the API's spelling. What is null is not shown, and is not sent in place of the truth."""
    known = ((_MEMBERS.get(plain(name)), value) for name, value in device.raw.items())
    return {name: value for name, value in known if name and value is not None}
