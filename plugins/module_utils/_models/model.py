# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A model, kept as declared: its file, its metadata, its catalogues, and its conversion awaited."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from .._api.records import FileMark, Model, join_documentation, split_documentation
from .._core.errors import BadInput, NxaiError, Unexpected
from .._core.files import read_regular
from .._engine.lookup import Index, find_renamed, is_uuid
from .._engine.module import Task
from .._engine.reconcile import Plan, plan_object
from .._engine.rivals import keep_one
from .._onnx.check import check_model
from .._onnx.header import inspect_file
from .fields import FIELDS, describe_model, new_model
from .upload_progress import UploadProgress
from .usage import find_use, named

_LOG = 1500  # characters of a conversion log in an error


class ModelResource:
    """Options: those of the module ``nxai_model``."""

    def __init__(self, task: Task) -> None:
        self.task = task
        self.compute = task.client.compute
        self.options = task.options
        self.wanted: str = task.options["name"]
        self.absent = task.options["state"] == "absent"
        self.header = f"model {self.wanted}"
        self.found: Model | None = None
        self.mark: FileMark | None = None  # of the local file
        self.send_file = False
        self.written = False
        self.desired: dict[str, Any] = {}
        self.catalogues: dict[str, str] = {}  # UUID -> name, as far as declared
        self.told: dict[str, Any] = {}  # return values beside the model

    def plan(self) -> Plan:
        if self.options["file"] and not self.absent:
            self.mark = inspect_file(self.options["file"])
        self.found = self._look()
        if self.absent:
            return self._plan_deletion(self.found) if self.found else Plan("none")
        if self.found is None:
            self._refuse_creation()
        self.desired = self._desired()
        defaults = new_model(self.task.client.settings.customization)
        plan = plan_object(FIELDS, self.found.raw if self.found else None, self.desired, defaults)
        plan = self._with_file(self._with_catalogue_names(plan))
        if self.send_file:
            self._check_file()
        return plan

    def _look(self) -> Model | None:
        return find_renamed(self.wanted, self.options["new_name"], self.compute.list_models(), "model")

    def _plan_deletion(self, found: Model) -> Plan:
        if self.options["in_use"] == "fail":
            try:
                use = find_use(self.task.client.device, [found.uuid])
            except NxaiError as error:
                advice = f"{error.advice} To delete it without looking for devices: in_use: ignore.".strip()
                raise replace(error, advice=advice) from None
            devices = use.devices[found.uuid]
            self.told = {"used_by": devices, "unread_sites": use.unread}
            if devices:
                raise BadInput(
                    f"delete the {self.header}",
                    f"{len(devices)} devices use it ({named(devices)})",
                    "Give them other pipelines first, with nxai_pipeline; or set in_use to ignore.",
                    result=self.told,
                )
        return Plan("delete", {"name": found.name})

    def _check_file(self) -> None:
        """As strict as the option says. A file whose weights are elsewhere is only a part, and refused in any case."""
        mode, file = self.options["check_file"], self.options["file"]
        if mode == "off":
            return
        try:
            report = check_model(file, self.options["max_size"], self.mark)
        except BadInput as error:
            if mode == "strict":
                raise
            self.task.warn(str(error))
            return
        self.told = {"findings": report.as_result()["findings"]}
        refusing = [each for each in report.errors if mode == "strict" or each.code == "external_data"]
        if refusing:
            answer = " ".join(f"{each.message} {each.advice}" for each in refusing)
            raise BadInput(f"check the model file {file}", answer, "Nothing was sent.", result=self.told)
        for each in report.findings:
            self.task.warn(f"{file}: {each.message} {each.advice}")

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
        if self.options["documentation_file"]:
            desired["documentation"] = _text_of(self.options["documentation_file"])
        desired["name"] = self.options["new_name"] or (self.found.name if self.found else self.wanted)
        if self.options["catalogues"] is not None:
            desired["catalogues"] = self._desired_catalogues(self.options["catalogues"])
        return desired

    def _desired_catalogues(self, wanted: list[str]) -> list[str]:
        """UUIDs, in the order found, then as declared. In check mode, a name that is not there yet stays a name."""
        known = Index(self.compute.list_catalogues(), "catalogue")
        current = list(self.found.catalogue_uuids) if self.found else []
        declared = []
        for name in wanted:
            catalogue = known.find_or_none(name)
            if catalogue is None and (is_uuid(name) or not self.task.check_mode):
                raise BadInput(
                    f"put the {self.header} into the catalogue {name}",
                    "there is no such catalogue",
                    "Create it first with nxai_catalogue, or correct the name.",
                )
            declared.append(catalogue.uuid if catalogue else name)
        self.catalogues = {each.uuid: each.name for each in known.records}
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
        if self.absent and self.found:
            self.compute.delete_model(self.found.uuid)
            return
        self.written = True
        progress = UploadProgress(self.header, self.task.log)
        file = self.options["file"] if self.send_file else None
        if self.found is None:
            self.wanted = self.compute.create_model(plan.send, self.options["file"], progress)
        else:
            self.wanted = self.found.uuid
            self.compute.update_model(self.found.uuid, plan.send, file, progress if file else None)
        if file:
            self.told["upload"] = progress.as_result()

    def settle(self, plan: Plan) -> None:
        """With ``wait: false`` no request follows the write: the model is shown as it was sent."""
        if not self.options["wait"]:
            if plan.changed:
                self.found = None if self.absent else self._as_sent(plan)
            return
        if plan.action == "create":
            self.found = keep_one(
                self.wanted,
                self.header,
                plan.send["Name"],
                self.compute.list_models,
                self.compute.delete_model,
                lambda other: other.digest == self.mark,
                self.task.deadline,
            )
            self.wanted = self.found.uuid if self.found else self.wanted
        elif plan.changed:
            self.found = self._look()
        if not self.absent:
            self._wait()
            if plan.changed:
                self._verify()
        elif self.found is not None:
            raise Unexpected(f"read back the {self.header} after the delete", "the service still lists it")

    def _as_sent(self, plan: Plan) -> Model:
        known = dict(self.found.raw) if self.found else {"UUID": self.wanted}
        if self.send_file:  # what was said of the old file says nothing of the new one
            known = {key: value for key, value in known.items() if key.lower() not in ("status", "code")}
        return Model.from_api({**known, **plan.send})

    def _verify(self) -> None:
        """That the service has taken what it accepted."""
        found = self.found.raw if self.found else {}
        left = plan_object(FIELDS, found, self.desired)
        kept = dict(left.before)
        if set(kept.get("catalogues", [])) == set(left.after.get("catalogues", [])):  # the order is the service's
            kept.pop("catalogues", None)
        if kept:
            shown = ", ".join(f"{name} is {value!r}" for name, value in kept.items())
            raise self._failure(
                f"read back the {self.header}",
                f"the service accepted the change, but {shown}"[:1000],
                "Correct in the portal what it does not take from here, or leave these options out.",
            )

    def _wait(self) -> None:
        deadline = self.task.deadline(self.options["wait_timeout"])
        tried = f"wait for the conversion of the {self.header}"
        while self.found is None or self.found.state != "ready":
            status = "not listed"
            if self.found is not None:
                status = f"Status {self.found.status}, Code {self.found.code_status}"
                if self.found.state == "failed":
                    raise self._failure(
                        tried, f"it failed: {status}{self._log()}", "Correct the file and upload again."
                    )
            if deadline.left <= 0:
                answer = f"not ready after {self.options['wait_timeout']:.0f} s: {status}"
                raise self._failure(tried, answer, "Run the task again, or raise wait_timeout.")
            deadline.pause(self.options["wait_interval"])
            self.found = self._look()

    def _log(self) -> str:
        """The end of the conversion log; it is the service's text."""
        log = (self.found.conversion_log if self.found else None) or ""
        if not log.strip():
            return "; the service shows no log, but the portal may"
        return f"; its log ends with: {self.task.client.transport.redactor.clean(log.strip()[-_LOG:])}"

    def _failure(self, tried: str, answer: str, advice: str) -> NxaiError:
        model = describe_model(self.found) if self.found else None
        return Unexpected(tried, answer, advice, result={"changed": self.written, "model": model, **self.told})

    def report(self, plan: Plan) -> dict[str, Any]:
        result: dict[str, Any] = {"model": None if self.absent else self._model(plan)}
        if self.mark is not None and self.found is not None:
            result["file_in_cloud"] = self._file_in_cloud()
        return {**result, **self.told}

    def _file_in_cloud(self) -> str:
        """``same``, ``different`` or ``unknown``, for the file of the task against the model after the task."""
        if self.found is None or self.found.digest is None:
            return "unknown"
        return "same" if self.found.digest == self.mark else "different"

    def _model(self, plan: Plan) -> dict[str, Any]:
        """In check mode a new model is shown as it would be sent."""
        return describe_model(self.found) if self.found else {**describe_model(self._as_sent(plan)), "uuid": None}


def _text_of(path: str) -> str:
    tried = f"read the documentation file {path}"
    try:
        return read_regular(path).decode("utf-8").replace("\r\n", "\n").replace("\r", "\n")
    except UnicodeDecodeError:
        raise BadInput(tried, "it is not text in UTF-8", "Convert it.") from None
    except OSError as error:
        raise BadInput(tried, error.strerror or "it cannot be read", "Check the path and who may read it.") from None


def _described(mark: FileMark | None) -> str:
    return f"sha256 {mark.sha256}, {mark.size} bytes" if mark else "unknown"
