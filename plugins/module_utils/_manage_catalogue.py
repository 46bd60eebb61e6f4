# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A catalogue, kept as declared."""

from __future__ import annotations

from typing import Any

from ansible_collections.nxai.cloud.plugins.module_utils._errors import BadInput, Unexpected
from ansible_collections.nxai.cloud.plugins.module_utils._lookup import find_renamed, is_uuid
from ansible_collections.nxai.cloud.plugins.module_utils._reconcile import Field, Plan, plan_object
from ansible_collections.nxai.cloud.plugins.module_utils._records import Catalogue
from ansible_collections.nxai.cloud.plugins.module_utils.module import Task

FIELDS = (Field("name", ("Name",), {"type": "str"}),)


class CatalogueResource:
    """Options: those of the module ``nxai_catalogue``."""

    def __init__(self, task: Task) -> None:
        self.compute = task.client.compute
        self.wanted: str = task.options["name"]
        self.new_name: str | None = task.options["new_name"]
        self.absent = task.options["state"] == "absent"
        self.header = f"catalogue {self.wanted}"
        self.found: Catalogue | None = None

    def plan(self) -> Plan:
        self.found = self._look()
        if self.absent:
            return Plan("delete", {"name": self.found.name}) if self.found else Plan("none")
        if self.found is None and is_uuid(self.wanted):
            raise BadInput(
                f"look up the catalogue {self.wanted}",
                "no catalogue has this UUID",
                "Give a name to create a catalogue: the service chooses its UUID.",
            )
        name = self.new_name or (self.found.name if self.found else self.wanted)
        return plan_object(FIELDS, self.found.raw if self.found else None, {"name": name})

    def act(self, plan: Plan) -> None:
        if self.found is None:
            self.wanted = self.compute.create_catalogue(plan.send["Name"])
            return
        self.wanted = self.found.uuid
        if self.absent:
            self.compute.delete_catalogue(self.found.uuid)
        else:
            self.compute.rename_catalogue(self.found.uuid, plan.send["Name"])

    def settle(self, plan: Plan) -> None:
        if not plan.changed:
            return
        self.found = self._look()
        if (self.found is None) != self.absent:
            raise Unexpected(
                f"read back the {self.header} after the {plan.action}",
                "the service still lists it" if self.absent else "the service does not list it",
                "Run the task again: it looks before it writes.",
            )

    def report(self, plan: Plan) -> dict[str, Any]:
        if self.absent:
            return {"catalogue": None}
        name = plan.after.get("name") or (self.found.name if self.found else None)
        return {"catalogue": {"uuid": self.found.uuid if self.found else None, "name": name}}

    def _look(self) -> Catalogue | None:
        return find_renamed(self.wanted, self.new_name, self.compute.list_catalogues(), "catalogue")
