# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A catalogue, kept as declared, with the models that are in it.

The membership is written on the models (contract B6, inferred): one PATCH for each model that comes or goes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from .._api.records.records import Catalogue, Model
from .._core.errors import BadInput, NxaiError, Unexpected, may_be_gone, may_have_worked
from .._core.values import is_uuid
from .._engine.created import NewRecord
from .._engine.lookup import Index, find_renamed
from .._engine.module import Task
from .._engine.polling import UNTIL_GONE, look_until_gone
from .._engine.reconcile import Field, Plan, plan_object
from .._engine.rivals import Rivals
from .changing import Changing
from .memberships import TURNS, Memberships

_PATIENCE = 30.0  # seconds for a new catalogue to be listed
FIELDS = (Field("name", ("Name",), {"type": "str"}),)


class CatalogueResource:
    """Options: those of the module ``nxai_catalogue``."""

    def __init__(self, task: Task) -> None:
        self.task = task
        self.compute = task.client.compute
        self.options = task.options
        self.check_mode = task.check_mode
        self.wanted: str = task.options["name"]
        self.absent = task.options["state"] == "absent"
        self.header = f"catalogue {self.wanted}"
        self.found: Catalogue | None = None
        self.memberships: Memberships | None = None  # where models are looked at
        self.members: list[Model] = []  # those in the catalogue now, as far as they were looked at
        self.come: list[Model] = []
        self.go: list[Model] = []
        self.changing = Changing(task)
        self.sent: dict[str, list[str]] = {}  # by the UUID of a model that has moved, all that it is to be in
        self._said: set[str] = set()
        self.done: dict[str, list[dict[str, str]]] = {"models_added": [], "models_removed": []}

    def plan(self) -> Plan:
        self.found = self._look()
        if self.absent:
            return self._plan_deletion(self.found) if self.found else Plan("none")
        if self.found is None and is_uuid(self.wanted):
            raise BadInput(
                f"look up the catalogue {self.wanted}",
                "no catalogue has this UUID",
                "Give a name to create a catalogue: the service chooses its UUID.",
            )
        self.found = self.found or self._look()  # a listing can be behind, and names need not be unique
        name = self.options["new_name"] or (self.found.name if self.found else self.wanted)
        plan = plan_object(FIELDS, {"Name": self.found.name} if self.found else None, {"name": name})
        return plan if self.options["models"] is None else self._with_models(plan, self.options["models"])

    def _look(self) -> Catalogue | None:
        """Of the catalogues, and the names of all of them for the models."""
        catalogues = self.compute.list_catalogues()
        self.memberships = Memberships(self.compute, self.task.client.contract, catalogues, self._warn_once)
        return find_renamed(self.wanted, self.options["new_name"], catalogues, "catalogue")

    def _warn_once(self, text: str) -> None:
        if text not in self._said:
            self._said.add(text)
            self.task.warn(text)

    def _look_patiently(self) -> Catalogue | None:
        """A new catalogue need not be listed at once. One that is not would be made again by the next run."""
        deadline, found = self.task.deadline(_PATIENCE), None
        while found is None and deadline.left > 0:
            deadline.pause(1.0)
            found = self._look()
        return found

    def _plan_deletion(self, found: Catalogue) -> Plan:
        models = self.compute.list_models()
        self._ask_catalogues(models)
        members = self._members(models, found.uuid)
        hidden = self.memberships.hidden_in(found.uuid, members) if self.memberships else []
        self.members = self.go = members + hidden
        self._warn_of_silent(models)
        if self.go and not self.options["force"]:
            raise BadInput(
                f"delete the {self.header}",
                f"{len(self.go)} models are in it ({', '.join(_names(self.go)[:20])})",
                "The service deletes only an empty one. Set force to take them out first; the models stay.",
            )
        return Plan("delete", {"name": found.name, "models": _names(self.go)})

    def _with_models(self, plan: Plan, wanted: Sequence[str]) -> Plan:
        """The same plan, with the models that come and go. In check mode, one that is not there yet is just a name."""
        models = self.compute.list_models()
        index = Index(models, "model")
        unborn = [each for each in wanted if self.check_mode and not is_uuid(each) and not index.find_or_absent(each)]
        declared = {model.uuid: model for model in (index.find(each) for each in wanted if each not in unborn)}
        self.members = self._members(models, self.found.uuid) if self.found else []
        self.come = [self._known(model) for model in declared.values() if model not in self.members]
        if self.found:  # of the ones that come, the call for one model may show that they are there
            self.members += self._members(self.come, self.found.uuid)
            self.come = [model for model in self.come if model not in self.members]
        if self.options["models_mode"] == "exact":
            others = [model for model in models if model.uuid not in declared]
            self._ask_catalogues(others)
            self.members += self._members(
                [each for each in others if each not in self.members], self.found.uuid if self.found else ""
            )
            self.go = [model for model in self.members if model.uuid not in declared]
            self._warn_of_silent(others)
        if not (self.come or self.go or unborn):
            return plan
        before = {**plan.before, "models": _names(self.members)} if self.found else plan.before
        after = [*_names([each for each in self.members if each not in self.go] + self.come), *unborn]
        changed = replace(plan, before=before, after={**plan.after, "models": sorted(after)})
        return changed if plan.action == "create" else replace(changed, action="update")

    def _members(self, models: Sequence[Model], catalogue: str) -> list[Model]:
        return [each for each in models if self.memberships and catalogue in (self.memberships.of(each) or ())]

    def _ask_catalogues(self, models: Sequence[Model]) -> None:
        if self.memberships:
            self.memberships.ask_catalogues(models)

    def _known(self, model: Model) -> Model:
        """The model with its catalogues, which would be lost if they were not known."""
        if self.memberships and self.memberships.of(model) is None:
            model = self.compute.in_full(model)
            self.memberships.ask_catalogues([model])
            if self.memberships.of(model) is None:
                raise self.memberships.not_known(model)
        return model

    def _warn_of_silent(self, models: Sequence[Model]) -> None:
        silent = [each for each in models if self.memberships and self.memberships.of(each) is None]
        if silent:
            self.task.warn(
                f"{len(silent)} models do not show their catalogues, and may be in the {self.header}: they are left as "
                f"they are. {self.task.client.contract.hint('fields.model.catalogues')}"
            )

    def act(self, plan: Plan) -> None:
        created = False
        try:
            if self.found is None:
                self.wanted = self.compute.create_catalogue(plan.send["Name"])
                created = True
                self._settle_creation(plan.send["Name"])
            else:
                self.wanted = self.found.uuid
            self._move_models()
            if self.absent or (plan.action == "update" and "Name" in plan.send):
                self._rename_or_delete(plan)
        except NxaiError as error:
            changed = created or any(self.done.values())
            raise replace(error, result={"changed": changed, **self.done, **error.result}) from None

    def _settle_creation(self, name: str) -> None:
        """The next run finds it by its name, or it is not there any more."""
        kept = Rivals(
            self.wanted,
            self.header,
            name,
            self.compute.list_catalogues,
            self.compute.delete_catalogue,
            lambda _other: True,
            None,  # no call shows one by its UUID
            self.task.deadline,
            self.task.warn,
        ).kept()
        self.wanted = kept.uuid if kept else self.wanted
        new = NewRecord(
            "catalogue",
            self.wanted,
            name,
            self.task.client.contract,
            self._look,
            lambda name: self.compute.rename_catalogue(self.wanted, name),
            lambda: self.compute.delete_catalogue(self.wanted),
            self.task.warn,
            self.task.deadline,
        )
        found = kept or self._look_patiently()
        if found is None:
            hint = self.task.client.contract.hint("operations.list_catalogues.path")
            raise new.taken_away(f"the service does not list {self.wanted} within {_PATIENCE:.0f} s", hint)
        self.found = new.under_its_name(found)

    def _rename_or_delete(self, plan: Plan) -> None:
        try:
            if self.absent:
                self.compute.delete_catalogue(self.wanted)
            else:
                self.compute.rename_catalogue(self.wanted, plan.send["Name"])
        except NxaiError as error:
            may_have = may_be_gone if self.absent else may_have_worked
            if not may_have(error) or not self._has_worked(plan):
                raise
            self.task.warn(f"{error} All the same it was done: the {self.header} is as declared.")

    def _has_worked(self, plan: Plan) -> bool:
        """Whether the service did what it answered with an error."""
        try:
            now = {each.uuid: each.name for each in self.compute.list_catalogues()}
        except NxaiError:
            return False
        return self.wanted not in now if self.absent else now.get(self.wanted) == plan.send["Name"]

    def _move_models(self) -> None:
        """One model after the other: an error reports what was done before it."""
        for models, done in ((self.come, "models_added"), (self.go, "models_removed")):
            for model in models:
                self._move(model)
                self.done[done].append(_line(model))

    def _move(self, model: Model) -> None:
        if self.memberships is None:
            raise AssertionError("the plan has not looked at the models")
        come, go = ([self.wanted], []) if model in self.come else ([], [self.wanted])
        wanted = self.sent[model.uuid] = self.memberships.with_new(model, come, go)
        try:
            self.changing.send(model, {"Catalogues": wanted})
        except NxaiError as error:
            if not may_have_worked(error) or set(self.memberships.now(model) or ()) != set(wanted):
                raise
            self.task.warn(f"{error} All the same it was done: the model {model.name} has moved.")
        self.memberships.forget()
        self.changing.put_back(model, {"Catalogues": wanted})

    def settle(self, plan: Plan) -> None:
        if not plan.changed:
            return
        if self.absent:
            self.found = look_until_gone(self._look, self.task.deadline(UNTIL_GONE))
        elif plan.action != "create":
            self.found = self._look()
        if self.found is None and not self.absent:
            hint = self.task.client.contract.hint("fields.catalogue.name")
            self._not_taken(plan, "the service does not list it", hint)
        if self.found is not None and self.absent:
            hint = self.task.client.contract.hint("operations.delete_catalogue.path")
            self._not_taken(plan, f"the service still lists it after {UNTIL_GONE:.0f} s", hint)
        if self.come or (self.go and not self.absent):
            wrong = self._not_moved()
            for _turn in range(TURNS - 1):  # another run may have written them at the same time
                for model in wrong:
                    self._move(model)
                wrong = wrong and self._not_moved()
            if wrong:
                answer = (
                    f"these models are not where they were sent to, though it was accepted: {', '.join(_names(wrong))}"
                )
                self._not_taken(plan, answer, self.task.client.contract.hint("fields.model.catalogues"))

    def _not_moved(self) -> list[Model]:
        """Of those that were to come or go, also those that have left others. Where the listing does not show it, the
        call for one model may."""
        moved = {each.uuid for each in (*self.come, *self.go)}
        models = [self._known(each) if each.uuid in moved else each for each in self.compute.list_models()]
        self.members = self._members(models, self.wanted)
        there = {each.uuid for each in self.members}
        wrong = {each.uuid for each in self.come} - there | {each.uuid for each in self.go} & there
        wrong |= {each.uuid for each in models if self._has_left(each)}
        return [each for each in (*self.come, *self.go) if each.uuid in wrong]

    def _has_left(self, model: Model) -> bool:
        """Whether it is not in all that it was sent as in."""
        inside = self.memberships.of(model) if self.memberships else None
        return not set(self.sent.get(model.uuid, ())) <= set(inside or ())

    def _not_taken(self, plan: Plan, answer: str, hint: str = "") -> None:
        advice = f"Run the task again: it looks before it writes. {hint}".rstrip()
        tried = f"read back the {self.header} after the {plan.action}"
        raise Unexpected(tried, answer, advice, result={"changed": True, **self.done})

    def report(self, plan: Plan) -> dict[str, Any]:
        moved = {"models_added": [*map(_line, self.come)], "models_removed": [*map(_line, self.go)]}
        if self.absent:
            return {"catalogue": None, **moved}
        # In check mode a new one is not there, and a renamed one has its old name.
        catalogue = self.found or Catalogue.from_api({"UUID": "new"})
        shown = {**describe_catalogue(catalogue), "name": plan.after.get("name", catalogue.name)}
        if self.found is None:
            shown["uuid"] = None
        if self.options["models"] is not None:
            shown["models"] = sorted(map(_line, self._then()), key=lambda line: (line["name"], line["uuid"]))
        return {"catalogue": shown, **moved}

    def _then(self) -> list[Model]:
        """The members as they are after the task, or would be."""
        stay = [each for each in self.members if each not in self.go]
        return stay + [each for each in self.come if each.uuid not in {member.uuid for member in stay}]


def describe_catalogue(catalogue: Catalogue) -> dict[str, Any]:
    """A catalogue as the modules return it."""
    shared = catalogue.shared_with
    return {
        "uuid": catalogue.uuid,
        "name": catalogue.name,
        "organisation": catalogue.organisation.label or None,
        "shared_with": None if shared is None else [each.label for each in shared],
    }


def _names(models: Sequence[Model]) -> list[str]:
    return sorted(each.name for each in models)


def _line(model: Model) -> dict[str, str]:
    return {"uuid": model.uuid, "name": model.name}
