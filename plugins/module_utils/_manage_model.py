# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A model, kept as declared: its file, its metadata, its catalogues, and its conversion awaited."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import Any

from ansible_collections.nxai.cloud.plugins.module_utils._errors import BadInput, NxaiError, Unexpected
from ansible_collections.nxai.cloud.plugins.module_utils._lookup import find_or_none, find_renamed, is_uuid
from ansible_collections.nxai.cloud.plugins.module_utils._model_fields import FIELDS, describe_model, new_model
from ansible_collections.nxai.cloud.plugins.module_utils._onnx import inspect_file
from ansible_collections.nxai.cloud.plugins.module_utils._reconcile import Plan, plan_object
from ansible_collections.nxai.cloud.plugins.module_utils._records import (
    FileMark,
    Model,
    join_documentation,
    split_documentation,
)
from ansible_collections.nxai.cloud.plugins.module_utils.module import Task


class ModelResource:
    """Options: those of the module ``nxai_model``."""

    def __init__(self, task: Task) -> None:
        self.compute = task.client.compute
        self.options = task.options
        self.check_mode = task.check_mode
        self.wanted: str = task.options["name"]
        self.absent = task.options["state"] == "absent"
        self.header = f"model {self.wanted}"
        self.found: Model | None = None
        self.mark: FileMark | None = None  # of the local file
        self.send_file = False
        self.catalogues: dict[str, str] = {}  # UUID -> name, as far as declared

    def plan(self) -> Plan:
        if self.options["file"] and not self.absent:
            self.mark = inspect_file(self.options["file"])
        self.found = self._look()
        if self.absent:
            return Plan("delete", {"name": self.found.name}) if self.found else Plan("none")
        if self.found is None:
            self._refuse_creation()
        plan = plan_object(
            FIELDS, self.found.raw if self.found else None, self._desired(), new_model(self.options["customization"])
        )
        return self._with_file(self._with_catalogue_names(plan))

    def _look(self) -> Model | None:
        return find_renamed(self.wanted, self.options["new_name"], self.compute.list_models(), "model")

    def _refuse_creation(self) -> None:
        tried = f"create the {self.header}"
        if is_uuid(self.wanted):
            raise BadInput(
                tried, "no model has this UUID", "Give a name to create a model: the service chooses its UUID."
            )
        if self.mark is None:
            raise BadInput(tried, "there is no such model yet, and no file is given", "Set the option file.")

    def _desired(self) -> dict[str, Any]:
        desired = {each.option: self.options.get(each.option) for each in FIELDS}
        desired["name"] = self.options["new_name"] or (self.found.name if self.found else self.wanted)
        if self.options["catalogues"] is not None:
            desired["catalogues"] = self._desired_catalogues(self.options["catalogues"])
        return desired

    def _desired_catalogues(self, wanted: list[str]) -> list[str]:
        """UUIDs, in the order found, then as declared. In check mode, a name that is not there yet stays a name."""
        known = self.compute.list_catalogues()
        current = list(self.found.catalogue_uuids) if self.found else []
        declared = []
        for name in wanted:
            catalogue = find_or_none(name, known, "catalogue")
            if catalogue is None and (is_uuid(name) or not self.check_mode):
                raise BadInput(
                    f"put the {self.header} into the catalogue {name}",
                    "there is no such catalogue",
                    "Create it first with nxai_catalogue, or correct the name.",
                )
            declared.append(catalogue.uuid if catalogue else name)
        self.catalogues = {each.uuid: each.name for each in known}
        kept = [each for each in current if self.options["catalogues_mode"] == "append" or each in declared]
        return kept + [each for each in dict.fromkeys(declared) if each not in kept]

    def _with_catalogue_names(self, plan: Plan) -> Plan:
        """The same plan with catalogues shown by name."""

        def named(side: dict[str, Any]) -> dict[str, Any]:
            if not side.get("catalogues"):
                return side
            return {**side, "catalogues": [self.catalogues.get(each, each) for each in side["catalogues"]]}

        return replace(plan, before=named(plan.before), after=named(plan.after))

    def _with_file(self, plan: Plan) -> Plan:
        """The same plan with the file in it where it is to be sent, and the digest mark kept or renewed."""
        in_cloud = self.found.digest if self.found else None
        self.send_file = self.mark is not None and self._file_differs(self.mark)
        text = plan.send.get("Documentation", self.found.documentation if self.found else "") or ""
        mark = self.mark if self.send_file else in_cloud
        documentation = join_documentation(split_documentation(text)[0], mark)
        send = dict(plan.send)
        if self.send_file or "Documentation" in send:
            send["Documentation"] = documentation
        if not self.send_file:
            return replace(plan, send=send)
        before = {**plan.before, "file": _described(in_cloud)} if self.found else plan.before
        action = plan.action if plan.action == "create" else "update"
        return Plan(action, before, {**plan.after, "file": _described(self.mark)}, send)

    def _file_differs(self, mark: FileMark) -> bool:
        if self.found is None:
            return True
        if self.options["force"] and (self.found.digest is None or self.found.state == "failed"):
            return True
        if self.found.digest is not None:
            return self.found.digest.sha256 != mark.sha256
        return self.found.size is not None and self.found.size != mark.size

    def act(self, plan: Plan) -> None:
        if self.found is None:
            self.wanted = self.compute.create_model(plan.send, self.options["file"])
            return
        self.wanted = self.found.uuid
        if self.absent:
            self.compute.delete_model(self.found.uuid)
        else:
            self.compute.update_model(self.found.uuid, plan.send, self.options["file"] if self.send_file else None)

    def settle(self, plan: Plan) -> None:
        if plan.changed:
            self.found = self._look()
        if self.absent and self.found is not None:
            raise Unexpected(f"read back the {self.header} after the delete", "the service still lists it")
        if not self.absent and self.options["wait"]:
            self._wait()

    def _wait(self) -> None:
        started = time.monotonic()
        tried = f"wait for the conversion of the {self.header}"
        while self.found is None or self.found.state != "ready":
            status = (
                "not listed" if self.found is None else f"Status {self.found.status}, Code {self.found.code_status}"
            )
            if self.found is not None and self.found.state == "failed":
                raise self._failure(
                    tried,
                    f"it failed: {status}",
                    "Read the log of the model in the portal, mend the file, upload again.",
                )
            waited = time.monotonic() - started
            if waited >= self.options["wait_timeout"]:
                raise self._failure(
                    tried, f"not ready after {waited:.0f} s: {status}", "Run the task again, or raise wait_timeout."
                )
            time.sleep(self.options["wait_interval"])
            self.found = self._look()

    def _failure(self, tried: str, answer: str, advice: str) -> NxaiError:
        error = Unexpected(tried, answer, advice)
        error.result = {"model": self._model()}
        return error

    def report(self, plan: Plan) -> dict[str, Any]:
        result: dict[str, Any] = {
            "model": None if self.absent else {**self._model(), **({} if self.found else plan.after)}
        }
        if self.mark is not None and self.found is not None:
            result["file_in_cloud"] = self._file_in_cloud()
        return result

    def _file_in_cloud(self) -> str:
        """``same``, ``different`` or ``unknown``, for the file of the task against the model after the task."""
        if self.found is None or self.found.digest is None:
            return "unknown"
        return "same" if self.found.digest == self.mark else "different"

    def _model(self) -> dict[str, Any]:
        if self.found is None:
            return {"uuid": None, "name": self.wanted}
        return describe_model(self.found)


def _described(mark: FileMark | None) -> str:
    return f"sha256 {mark.sha256}, {mark.size} bytes" if mark else "unknown"
