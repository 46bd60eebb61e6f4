# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the module ``nxai_first_contact`` does: its stages in turn, and the files that say what came of them."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from .._core.errors import BadInput, NxaiError, Unexpected
from .._engine.module import Task
from .create import Creation
from .files import Files, contract_text
from .inference.cameras import Cameras, cameras_of
from .kept import Earlier
from .leftovers import look_for_kept, made_by_earlier_runs
from .prove import Proof
from .read import Reading, Seen, parties_of
from .report import Stage, advice_of, nothing_differs, summary, verdicts, written
from .session import Session
from .start import beginning

ARGUMENT_SPEC: dict[str, dict[str, Any]] = {
    "dir": {"type": "path", "required": True},
    "device": {"type": "str"},
    "site": {"type": "str"},
    "prove": {"type": "str", "choices": ["refuse", "one"], "default": "refuse"},
    "model": {"type": "str"},
    "create": {"type": "bool", "default": False},
    "try_refresh": {"type": "bool", "default": False},
}
_TRIED = "Read the options"
_VERSION = "0.1.0"


@dataclass(frozen=True)
class FilesPlan:
    """``writes``: a stage is asked for that writes to the service."""

    before: Mapping[str, str]
    after: Mapping[str, str]
    path: str
    writes: bool

    @property
    def changed(self) -> bool:
        return self.writes or self.before != self.after

    def diff(self, header: str) -> dict[str, Any]:
        """Of the contract file."""
        sides = {"before": self.before["contract"], "after": self.after["contract"]}
        return {**sides, "before_header": f"{header}: {self.path}", "after_header": f"{header}: {self.path}"}


class FirstContact:
    """Options: ARGUMENT_SPEC. The first stage is the plan, the others act. None of them stops at what the service says:
    that is what the report is for."""

    header = "first contact"

    def __init__(self, task: Task) -> None:
        _check(task.options)
        self._task = task
        self._files = Files(task.options["dir"])
        path, content = self._files.paths["contract"], self._files.before["contract"]
        self._start, self._own = beginning(task.options, path, content)
        self._session = Session(task, self._start)
        self._seen = Seen()
        self._errors: list[NxaiError] = []
        self._left: list[dict[str, str]] = []
        self._earlier: list[Earlier] = []
        asked = {"read": True, "prove": bool(task.options["device"]), "create": task.options["create"]}
        self._stages = {name: Stage("not_run" if each else "not_asked") for name, each in asked.items()}

    def plan(self) -> FilesPlan:
        transport = self._task.client.transport
        before, transport.read_only = transport.read_only, True  # whatever the stage may do, it cannot write
        try:
            self._seen = Reading(self._session).all()
            if self._seen.stopped:
                self._session.draft = self._start  # what was tried on the way has proved nothing
            else:
                look_for_kept(self._files.kept, self._session)
        finally:
            transport.read_only = before
        began = f" It began with the lines of {self._files.paths['contract']}." if self._own else ""
        self._note("read", self._seen.stopped, f"all that can be read was read.{began}")
        self._earlier = [*self._files.kept.left, *made_by_earlier_runs(self._seen.rows, self._session.draft.contract)]
        writes = any(self._stages[name].status == "not_run" for name in ("prove", "create"))
        return FilesPlan(self._files.before, self._contents(), self._files.paths["contract"], writes)

    def act(self, plan: FilesPlan) -> None:
        try:
            proof = Proof(self._task, self._session, self._seen, self._files)
            self._stage("prove", proof.run)
            creation = Creation(self._task, self._session, self._seen)
            self._stage("create", creation.run)
            self._left = [*proof.left, *creation.left]
        finally:
            self._files.write(self._contents())

    def _stage(self, name: str, run: Callable[[], str]) -> None:
        if self._stages[name].status != "not_run" or self._seen.stopped:
            return
        try:
            self._note(name, None, run())
        except NxaiError as error:
            self._note(name, error)

    def settle(self, plan: FilesPlan) -> None:
        """All is read back by the stages."""

    def _note(self, name: str, error: NxaiError | None, reason: str = "") -> None:
        if error is not None:
            error = replace(error, advice=advice_of(error))
            self._errors.append(error)
        self._stages[name] = Stage("failed", str(error)) if error else Stage("ok", reason)

    def _contents(self) -> dict[str, str]:
        session, clean = self._session, self._session.transport.redactor.clean
        found = verdicts(session.draft, self._seen, session.outcomes)
        cameras = self._cameras()
        questions = _questions(session, cameras)
        parties = self._parties()
        report = written(found, questions, self._stages, cameras, self._seen, parties, self._earlier)
        return {
            "contract": self._contract(questions),
            "report": clean(report),
            "evidence": clean(session.evidence.as_json(session.draft.reasons, _VERSION)),
            "snapshot": self._files.kept.as_text(),
        }

    def _contract(self, questions: list[str]) -> str:
        """Where the run could not read, what was there. So it is where the lines are the same: the user may have
        written into it."""
        before, draft = self._files.before["contract"], self._session.draft
        if self._seen.stopped or (self._own and self._own == draft.document):
            return before
        return contract_text(draft.as_yaml(), nothing_differs(self._stages, questions))

    def _cameras(self) -> Cameras:
        return cameras_of(self._seen.cameras, self._session.draft.contract)

    def _parties(self) -> list[dict[str, str]]:
        """Whom the account may act for, as far as the service says."""
        found = parties_of(self._seen.parties, self._session.draft.contract)
        return [{**each.act_as, "name": each.name} for each in found]

    def report(self, plan: FilesPlan) -> dict[str, Any]:
        """Raises where a stage failed, or something is left behind, with the same values in the error's ``result``."""
        session, cameras, clean = self._session, self._cameras(), self._session.transport.redactor.clean
        questions = _questions(session, cameras)
        lines = summary(session.draft.reasons, questions, self._stages, self._earlier)
        result = {
            "changed": plan.changed,
            "contract": dict(session.draft.document),
            "differs": [
                {"line": key, "value": json.dumps(session.draft.value(key)), "why": why}
                for key, why in session.draft.reasons.items()
            ],
            "questions": questions,
            "cameras": cameras.as_result(),
            "stages": {name: stage._asdict() for name, stage in self._stages.items()},
            "files": self._files.paths,
            "left_behind": self._left,
            "earlier": [each._asdict() for each in self._earlier],
            "summary": [clean(each) for each in lines],
            "requests": session.transport.requests_sent,
        }
        failure = self._failure()
        if failure is not None:
            raise replace(failure, result=result)
        return result

    def _failure(self) -> NxaiError | None:
        if self._left:
            some = "; ".join(f"{each['kind']} {each['name']} ({each['uuid']})" for each in self._left)
            advice = "Delete it in the portal, if it has that name there."
            return Unexpected("Remove what first contact has made", f"this is left: {some}", advice)
        if not self._errors:
            return None
        error = self._errors[0]
        where = "" if self._task.check_mode else f" All that was found is in {self._files.paths['report']}."
        return replace(error, advice=f"{error.advice}{where}".strip())


def _check(options: Mapping[str, Any]) -> None:
    """What is said of a stage that is not run would be passed over without a word."""
    for name, needs, why in (
        ("site", "device", "it is the site of the camera of the second stage"),
        ("model", "device", "it is the model for the camera of the second stage"),
        ("prove", "device", "with one it says that this camera may lose what it runs"),
        ("model", "prove", "no camera is sent another model without prove=one"),
    ):
        given = {**options, "prove": options["prove"] == "one"}
        if given[name] and not given[needs]:
            advice = f"Give {needs} (first_contact_{needs}) as well, or leave {name} (first_contact_{name}) out."
            raise BadInput(_TRIED, f"{name} is given without {needs}: {why}", advice)


def _questions(session: Session, cameras: Cameras) -> list[str]:
    return [*session.questions, *(each.question for each in cameras.unknown)]
