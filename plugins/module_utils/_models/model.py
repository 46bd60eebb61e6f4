# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A model, kept as declared: its file, its metadata, its catalogues, and its conversion awaited."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from .._api.compute import ALL_AVAILABLE
from .._api.records.records import Model
from .._core.errors import BadInput, NxaiError, Unexpected, may_be_gone, may_have_worked
from .._core.values import identity, is_uuid
from .._engine.created import NewRecord
from .._engine.lookup import Index, find_renamed
from .._engine.module import Task
from .._engine.polling import UNTIL_GONE, look_until_gone
from .._engine.reconcile import Plan, plan_object
from .changing import Changing
from .creation import kept_model, log_of, new_record
from .deletion import left_alone, use_of
from .fields import FIELDS, describe_model, fields_of, has_artefact, known_row, new_model
from .memberships import TURNS, Memberships
from .model_file import ModelFile, documentation_of
from .texts import how_to_go_on, warn_of_form
from .upload_progress import UploadProgress

_PATIENCE = 60.0  # seconds for a new model to be listed, at least


class ModelResource:
    """Options: those of the module ``nxai_model``."""

    def __init__(self, task: Task) -> None:
        self.task = task
        self.compute = task.client.compute
        self.contract = task.client.contract
        self.options = task.options
        self.wanted: str = task.options["name"]
        self.absent = task.options["state"] == "absent"
        self.header = f"model {self.wanted}"
        self.found: Model | None = None
        self.by_id = is_uuid(self.wanted)  # and not by name
        self.models: list[Model] = []  # as listed last
        self.listed = False  # whether a listing shows it, by which the next run would find it
        self.file = ModelFile(task)
        self.written = False
        self.desired: dict[str, Any] = {}
        self.memberships: Memberships | None = None  # where catalogues are declared
        self.unknown: list[str] = []
        self.told: dict[str, Any] = {}  # return values beside the model
        self.changing = Changing(task)
        self.before: Model | None = None  # the model that was changed, and what was sent
        self.sent: dict[str, Any] = {}
        self.new: NewRecord[Model] | None = None  # where this task has created it

    # Look and plan

    def plan(self) -> Plan:
        if not self.absent:
            self.file.inspect()
        self.found = self._look()
        if self.absent:
            self.found = self.found or self._available()
            return self._plan_deletion(self.found) if self.found else Plan("none")
        if self.found is None:
            self.found = self._unlisted()
            if self.found is None:
                self._refuse_creation()
                self.found = self._look()  # a listing can be behind, and names need not be unique
        elif self.by_id:
            self.found = self.compute.in_full(self.found)
        if self.options["catalogues"] is not None:
            catalogues = self.compute.list_catalogues()
            self.memberships = Memberships(self.compute, self.contract, catalogues, self.task.warn)
        plan = self._compared()
        if plan.action == "update" and self.found:
            plan = self._compared_again(self.found)
        self._refuse_loss(plan)
        shown = known_row(self.found).get("Documentation") if self.found else None
        warn_of_form(self.task, self.header, shown, self.desired.get("documentation"))
        self._warn_of(plan.unknown, "it was not sent; force: true sends it where nothing else can be lost by that")
        plan = self.memberships.named(plan) if self.memberships else plan
        return self.file.planned(plan, self.found, self._documentation(), self.header)

    def _look(self) -> Model | None:
        """By name or UUID. One that was created by this task, or is given by its UUID, need not be listed."""
        self.models = self.compute.list_models()
        found = find_renamed(self.wanted, self.options["new_name"], self.models, "model")
        self.listed = found is not None
        if found is None and self.by_id:
            found = Index(self.compute.list_models(ALL_AVAILABLE), "model").find_or_none(self.wanted)
            self.listed = found is not None
            found = found or self.compute.get_model(identity(self.wanted))
        return found

    def _unlisted(self) -> Model | None:
        """A model of that name that only the list of all available ones shows.

        Where one may be created instead, it has to be one of ours, which carries a digest.
        """
        if self.by_id:
            return None
        models = self.compute.list_models(ALL_AVAILABLE)
        ours = [each for each in models if each.digest is not None or self.file.mark is None]
        found = find_renamed(self.wanted, self.options["new_name"], ours, "model")
        if found is not None:
            self.wanted, self.by_id, self.listed = found.uuid, True, True
        return found

    def _compared(self) -> Plan:
        """Against the listing, and where that does not show enough, also against the call for one model."""
        plan = self._against(self.found)
        if self.found is None:
            return plan
        no_digest = self.file.mark is not None and self.found.digest is None
        empty = bool({"documentation"} & set(plan.before)) and not self.found.documentation
        if plan.unknown or plan.endangered or no_digest or empty:
            self.found = self.compute.in_full(self.found)
            if self.memberships:
                self.memberships.ask_catalogues([self.found])
            plan = self._against(self.found)
        return plan

    def _compared_again(self, first: Model) -> Plan:
        """A listing can be behind: what is as declared in a second one is not changed again."""
        self.found = self._look() or first
        plan = self._compared()
        self.changing.expect(first, self.found)
        return plan

    def _against(self, found: Model | None) -> Plan:
        row = known_row(found) if found else None
        if found and row and self.memberships:
            row["Catalogues"] = self.memberships.of(found)
        self.desired = self._desired()
        defaults = new_model(self.task.client.settings.brand)
        force = self.options["force"] and not self.written
        return plan_object(fields_of(found, self.models), row, self.desired, defaults, force)

    def _documentation(self) -> str | None:
        """As declared, or as the model has it; None where neither is known."""
        declared: str | None = self.desired.get("documentation")
        if declared is not None or self.found is None:
            return declared or ""
        return self.found.documentation if "Documentation" in known_row(self.found) else None

    def _plan_deletion(self, found: Model) -> Plan:
        self.told = use_of(self.task, found, self.header)
        return Plan("delete", {"name": found.name})

    def _available(self) -> Model | None:
        """For what is to be absent, and is not listed as the account's own: the model of that name which it can use.

        Only one of ours is known to be meant.
        """
        if is_uuid(self.wanted):
            return None
        found = self._unlisted()
        if found is not None and found.digest is None:
            left_alone(self.task, found, self.header)
            return None
        return found

    def _refuse_creation(self) -> None:
        tried = f"create the {self.header}"
        if is_uuid(self.wanted):
            raise BadInput(
                tried, "no model has this UUID", "Give a name to create a model: the service chooses its UUID."
            )
        if self.file.mark is None:
            advice = f"Set the option file, or give its UUID. {self.contract.hint('operations.list_models.path')}"
            raise BadInput(tried, "no listing shows such a model, and no file is given", advice)

    def _refuse_loss(self, plan: Plan) -> None:
        """What is not shown must not be replaced by what is declared alone."""
        if plan.endangered:
            raise BadInput(
                f"change {', '.join(plan.after)} of the {self.header}",
                "details are sent as a whole, and the service shows only a part of them. These would be lost: "
                + ", ".join(plan.endangered),
                f"Declare these as well, or make the change in the portal. "
                f"{self.contract.hint('fields.model.input_details')}",
            )
        appended = self.options["catalogues"] and self.options["catalogues_mode"] == "append"
        if self.found and self.memberships and appended and self.memberships.of(self.found) is None:
            raise self.memberships.not_known(self.found)

    def _warn_of(self, unknown: Iterable[str], what: str) -> None:
        """Once for each option that the service does not show."""
        new = [each for each in unknown if each not in self.unknown]
        if new:
            self.unknown += new
            hint = self.contract.hint(f"fields.model.{new[0]}")
            self.task.warn(
                f"The service does not show {', '.join(new)} of the {self.header}, so it is not known whether it is as "
                f"declared: {what}. {hint}"
            )

    def _desired(self) -> dict[str, Any]:
        desired = {each.option: self.options.get(each.option) for each in FIELDS}
        desired["documentation"] = documentation_of(self.options)
        desired["name"] = self.options["new_name"] or (self.found.name if self.found else self.wanted)
        if self.memberships:
            desired["catalogues"] = self.memberships.declared(
                self.options, self.found, self.header, self.task.check_mode, self.sent.get("Catalogues", ())
            )
        return desired

    # Act

    def act(self, plan: Plan) -> None:
        try:
            self._write(plan)
        except NxaiError as error:
            may_have = may_be_gone if self.absent else may_have_worked
            if self.found is None or not may_have(error) or not self._has_worked(plan):
                raise
            self.task.warn(f"{error} All the same it was done: the {self.header} is as declared.")

    def _write(self, plan: Plan) -> None:
        if self.absent and self.found:
            self.compute.delete_model(self.found.uuid)
            return
        self.written = self.by_id = True
        progress = UploadProgress(self.header, self.task.log)
        if self.found is None:
            self.wanted = self.compute.create_model(plan.send, self.options["file"], progress)
        else:
            self.wanted = self.found.uuid
            send = dict(plan.send)
            if "Catalogues" in send and self.memberships and self.options["catalogues_mode"] == "append":
                send["Catalogues"] = self.memberships.with_new(self.found, send["Catalogues"])
            self.before, self.sent = self.found, send
            self.changing.send(self.found, send, self.file.path, progress if self.file.path else None)
        if self.file.path:
            self.told["upload"] = progress.as_result()

    def _has_worked(self, plan: Plan) -> bool:
        """Whether the service did what it answered with an error."""
        try:
            now = self._look()
        except NxaiError:
            return False
        if self.absent or now is None:
            return self.absent and now is None
        self.found = now
        left = self._compared()
        taken = not left.changed and not set(left.unknown) & set(plan.after)
        return taken and (not self.file.is_sent or now.digest == self.file.mark)

    # Look again

    def settle(self, plan: Plan) -> None:
        """With ``wait: false`` it is shown as it was sent, and only seen to that nothing else was taken away."""
        if self.memberships:
            self.memberships.forget()
        if not self.options["wait"]:
            if self.before is not None:
                self.changing.put_back(self.before, self.sent)
            if plan.changed:
                self.found = None if self.absent else self._as_sent(plan)
            return
        if plan.action == "create":
            self._settle_creation(plan)
        elif plan.changed:
            self.found = look_until_gone(self._look, self.task.deadline(UNTIL_GONE if self.absent else 0.0))
            if self.before is not None and self.changing.put_back(self.before, self.sent, self.found):
                self.found = self._look()
        if not self.absent:
            self._wait()
            if plan.changed:
                self._verify(plan)
        elif self.found is not None:
            answer = f"the service still lists it after {UNTIL_GONE:.0f} s"
            hint = self.contract.hint("operations.delete_model.path")
            raise Unexpected(f"read back the {self.header} after the delete", answer, hint)

    def _settle_creation(self, plan: Plan) -> None:
        name = plan.send["Name"]
        kept = kept_model(self.task, self.wanted, self.header, name, self.file.mark)
        self.wanted = kept.uuid if kept else self.wanted
        self.new = new_record(self.task, self.wanted, name, self._look)
        self.found, self.listed = kept, kept is not None
        if kept is None:
            self._look_again()

    def _look_again(self) -> None:
        self.found = self._look()
        if self.new and self.found is None:  # the answer may have held the UUID of something else, as of a job
            other = kept_model(self.task, self.wanted, self.header, self.new.name, self.file.mark)
            if other is not None:
                self.wanted, self.found, self.listed = other.uuid, other, True
                self.new = new_record(self.task, other.uuid, other.name, self._look)
        if self.new and self.found:
            self.found = self.new.under_its_name(self.found)

    def _as_sent(self, plan: Plan) -> Model:
        known = known_row(self.found) if self.found else {"UUID": self.wanted}
        if self.file.is_sent:  # what was said of the old file says nothing of the new one
            known = {key: value for key, value in known.items() if key.lower() not in ("status", "code")}
        return Model.from_api({**known, **plan.send})

    def _verify(self, plan: Plan) -> None:
        """That the service has taken what it accepted, as far as it shows that."""
        left = self._compared()
        for _turn in range(TURNS - 1):  # another run may have written the catalogues at the same time
            appends = "catalogues" in left.before and self.options["catalogues_mode"] == "append"
            if not (appends and self.memberships and self.found):
                break
            wanted = self.memberships.with_new(self.found, left.send["Catalogues"])
            self.changing.send(self.found, {"Catalogues": wanted})
            self.memberships.forget()
            self.found = self._look()
            left = self._compared()
        shown = [f"{name} is {value!r}" for name, value in left.before.items()]
        if self.memberships and self.found and "catalogues" in plan.after and not left.before:
            shown = self.memberships.contradicted(self.found, self.desired["catalogues"])
        other = self.file.read_back(self.found, self.header) if self.found else None
        line = next(iter(left.before), "catalogues" if shown else "documentation")
        if shown or other:
            raise self._failure(
                f"read back the {self.header}",
                f"the service accepted the change, but {', '.join([*shown, *([other] if other else [])])}"[:1000],
                "Correct in the portal what it does not take from here, or leave these options out."
                + f" {self.contract.hint(f'fields.model.{line}')}",
            )
        self._warn_of((each for each in left.unknown if each in plan.after), "it was accepted")

    def _wait(self) -> None:
        deadline = self.task.deadline(self.options["wait_timeout"])
        listing = self.task.deadline(max(self.options["wait_timeout"], _PATIENCE))
        tried = f"wait for the conversion of the {self.header}"
        while what := self._still_to_come():
            if self.found is not None and self.found.state == "failed":
                failed = f"it failed: {what}{log_of(self.task, self.found)}"
                raise self._failure(tried, failed, how_to_go_on(self.contract))
            unlisted = self.new is not None and not self.listed
            if (listing if unlisted else deadline).left <= 0:
                if self.new and unlisted:
                    raise self._unlisted_failure(self.new)
                answer = f"not ready after {self.options['wait_timeout']:.0f} s: {what}"
                raise self._failure(
                    tried, answer, f"Run the task again, or raise wait_timeout. {self._hint_of_state()}".rstrip()
                )
            (listing if unlisted else deadline).pause(self.options["wait_interval"])
            self._look_again()
        if self.found is not None and not self.found.shows_state:
            self.task.warn(
                f"The service shows no state of the {self.header}: it counts as converted since it shows files that "
                f"devices can fetch. {self.contract.hint('fields.model.status')}"
            )

    def _unlisted_failure(self, new: NewRecord[Model]) -> NxaiError:
        seconds = max(self.options["wait_timeout"], _PATIENCE)
        advice = (
            "If it is listed later, raise wait_timeout. If never: upload it with wait: false, and give it by the UUID "
            f"that is returned from then on. {self.contract.hint('operations.list_models.path')}"
        )
        return new.taken_away(f"no listing shows {self.wanted} after {seconds:.0f} s", advice)

    def _still_to_come(self) -> str:
        """Why the model does not count as ready, in words; "" where it does."""
        if self.found is None:
            return "not listed"
        if self.found.state != "ready":
            return f"Status {self.found.status}, Code {self.found.code_status}"
        if self.new and not self.listed:
            return "ready, but no listing shows it"
        there = self.found.artefacts
        missing = [each for each in self.options["artefacts"] or [] if not has_artefact(there or (), each)]
        if not missing:
            return ""
        hidden = f"the service does not show its files. {self.contract.hint('fields.model.downloads')}"
        has = hidden if there is None else f"it has {', '.join(there) or 'none'}"
        return f"ready, but without a file for {', '.join(missing)} ({has})"

    def _hint_of_state(self) -> str:
        """The line of the contract by which it is not ready: which word says so, or where that is shown."""
        if self.found is None or self.found.state == "ready":
            return ""
        return self.contract.hint("words.ready" if self.found.shows_state else "fields.model.status")

    def _failure(self, tried: str, answer: str, advice: str) -> NxaiError:
        model = describe_model(self.found) if self.found else None
        result = {"changed": self.written, "model": model, **self.file.findings, **self.told}
        return Unexpected(tried, answer, advice, result=result)

    # Report

    def report(self, plan: Plan) -> dict[str, Any]:
        model = None if self.absent else self._model(plan)
        told = {**self.file.in_cloud(self.found), **self.file.findings, **self.told}
        return {"model": model, **({} if self.absent else {"unknown": self.unknown}), **told}

    def _model(self, plan: Plan) -> dict[str, Any]:
        """In check mode a new model is shown as it would be sent."""
        return describe_model(self.found) if self.found else {**describe_model(self._as_sent(plan)), "uuid": None}
