# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Open a rollout: plan it, or go on with it as it was planned. What may change of it by then, and what is refused."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from .._core.errors import BadInput
from .._core.values import identity
from .._core.wording import counted, shortened
from .._engine.lookup import globbed, is_glob
from .._engine.module import Task
from .._pipelines.models import Models
from .artefact import text_of
from .assignments import Assigned
from .beside import overtaken_by
from .book import Book
from .giving_up import given_up
from .judge import Rules
from .ledger import ASIDE, Camera, Ledger, camera_key
from .lines import LetGo, Opened, Outcome, Planned, Queued, Scoped, Wrong, groups, line_of, packed
from .scope import (
    declaration_of,
    excluded_now,
    for_people,
    globs,
    label_of,
    models_named,
    nothing_selected,
    refuse_difference,
    refuse_wider,
    resolved,
    rows_of,
    texts_of,
    waves_of,
)
from .waves import Row, divided, part_of

ENDED = ("finished", "rolled_back")


class Opening:
    """One run begins. ``said``: what people are to know."""

    def __init__(self, task: Task, book: Book, rules: Rules) -> None:
        self._task = task
        self._options = task.options
        self._book = book
        self._rules = rules
        self.said: list[str] = []
        self._known = Models(task.client.compute)
        self._name: str = task.options["name"]
        self._back = task.options["action"] == "rollback"
        self._rows: Sequence[Row]
        self._rows, self._others = rows_of(task.options["devices"])
        self._handed_on = False  # whether all that is known comes from another job
        self._elsewhere = False  # whether there are devices in other parts
        if part := task.options["part"]:
            self._keep(part_of(part))

    @property
    def _ledger(self) -> Ledger:
        return self._book.ledger

    def _keep(self, wanted: Callable[[str], bool]) -> None:
        """Sites of other parts are no business of this rollout."""
        rows = [row for row in self._rows if wanted(row["site"])]
        self._elsewhere = len(rows) < len(self._rows)
        self._rows, self._others = rows, {key for key in self._others if wanted(key[0])}

    def begin(self) -> None:
        """Under the lock."""
        if torn := self._book.torn():
            self.said.append(torn)
        self._take_what_was_handed_on()
        if self._book.exists and self._ledger.rollout != self._name:
            answer = f"it is of the rollout {self._ledger.rollout}"
            raise BadInput(f"Use {self._book.folder}", answer, "Choose another pipeline_rollout_path.")
        let_go = given_up(self._ledger, texts_of(self._options["give_up"], "pipeline_rollout_give_up"))
        if let_go and self._book.check_mode:
            self.said.append(f"Would be let go: {shortened([each.label for each in let_go])}.")
            self._book.add(LetGo(at=self._book.now(), cameras=packed(each.number for each in let_go)))
        if self._back:
            self._take_back()
            return
        if self._book.exists and self._ledger.status == "rolled_back":
            answer, advice = "it was rolled back", "Choose another pipeline_rollout_name to start again."
            raise BadInput(f"Go on with the rollout {self._name}", answer, advice)
        planned = self._planned()
        excluded = [] if planned else self._excluded(self._ledger)
        self._go_on(planned, excluded, self._rows)

    def _take_what_was_handed_on(self) -> None:
        saved, known = text_of(self._options["saved"], self._name), self._book.exists
        if saved and (why := self._book.take(saved, self._name)):
            self.said.append(why)
        self._handed_on = self._book.exists and not known

    # Back

    def _take_back(self) -> None:
        if not self._book.exists:
            answer = f"there is none in {self._book.folder}"
            raise BadInput(f"Take back the rollout {self._name}", answer, "Check the name and the path.")
        excluded = {each.number for each in self._excluded(self._ledger)}
        owed = {each.number for each in self._ledger.cameras if each.back and each.status != "let_go"}
        if owed <= excluded and self._ledger.status == "rolled_back":
            return
        self._book.add(self._opened(), Scoped(at=self._book.now(), excluded=packed(excluded)))
        reason = "Taken back on request."
        if self._handed_on and any(wave.status == "waiting" for wave in self._ledger.waves):
            reason += " What a job that was killed has written after this journal was handed on is not in it."
        self._book.add(self._book.stands("rolling_back", reason))

    # Forward

    def _planned(self) -> Planned | None:
        """A plan, where there is none yet, or where another one still may take its place."""
        given = declaration_of(self._options["declaration"] or {})
        before = self._ledger.plan
        models, declaration = self._models(given, dict(before.models) if before else {})
        assigned = Assigned(declaration["assignments"]) if "assignments" in declaration else None
        if assigned is not None:
            self._rows = assigned.scope(self._rows)
        split = {"waves": waves_of(self._options["waves"]), "canary": self._options["canary"]}
        if before is not None and self._ledger.written:
            self._compare(before, declaration, split)
            return None
        if before is not None and self._is_same(before, declaration, split):
            return None
        if assigned is not None and not self._options["part"] and (beside := assigned.beside(self._rows)):
            names = f"{counted(len(beside), 'camera')} ({shortened(beside, 5)})"
            self.said.append(f"Declared, but not among the hosts of this run, so left as it is: {names}.")
        return self._plan(self._rows, given, declaration, models, split)

    def _compare(self, before: Planned, declaration: Mapping[str, Any], split: Mapping[str, Any]) -> None:
        refuse_difference(self._name, before.declaration, declaration, "what is declared")
        divided_then = {name: before.divided[name] for name in split if name in before.divided}
        refuse_difference(self._name, divided_then, split, "how the cameras are divided into waves")

    def _is_same(self, before: Planned, declaration: Mapping[str, Any], split: Mapping[str, Any]) -> bool:
        words = (before.hosts, before.limit) == (self._options["hosts"], self._options["limit"])
        try:
            self._compare(before, declaration, split)
        except BadInput:
            return False
        return words and bool(self._ledger.cameras)

    def _models(self, given: Mapping[str, Any], pinned: dict[str, str]) -> tuple[dict[str, str], dict[str, Any]]:
        """The UUID of each model that is named, and the declaration with these. Raises BadInput for unknown ones."""
        listed = self._known
        coming = set(self._options["coming"]) if self._book.check_mode else set()
        found: dict[str, str] = {}

        def uuid_of(wanted: str) -> str:
            if is_glob(wanted) and not listed.index.find_or_none(wanted):
                return wanted
            model = listed.find_or_none(wanted)
            if model is None and wanted in pinned:
                return pinned[wanted]  # it is gone, and what it was called is known
            if model is None and wanted in coming:
                return wanted
            found[wanted] = identity((model or listed.find(wanted)).uuid)
            return found[wanted]

        for name in models_named(given):
            uuid_of(name)
        return found, resolved(given, uuid_of)

    def _plan(
        self,
        rows: Sequence[Row],
        given: Mapping[str, Any],
        declaration: Mapping[str, Any],
        models: Mapping[str, str],
        split: Mapping[str, Any],
    ) -> Planned:
        away = [row for row in rows if row["unavailable"]]
        if not rows and not self._elsewhere:
            advice = (
                "Give an inventory of nxai.cloud.nxai_devices with -i, and check pipeline_rollout_hosts and --limit."
            )
            which = "camera that the assignments name" if "assignments" in given else "device"
            raise BadInput("Plan the rollout", f"no host of the inventory is a {which}", advice)
        if away and self._rules.unavailable == "fail":
            some = shortened([f"{label_of(row)} ({row['unavailable']})" for row in away], 5)
            advice = "Set pipeline_rollout_unavailable to skip or queue, or choose other hosts."
            raise BadInput("Plan the rollout", f"these cameras cannot take pipelines now: {some}", advice)
        first = self._options["prove_device"] if self._options["prove"] == "one" else ""
        here = [row for row in rows if not row["unavailable"]]
        waves = divided(
            here, split["waves"] or ["100%"], self._options["groups"], split["canary"], first, self._elsewhere
        )
        ordered = [row for wave in waves for row in wave["devices"]] + away
        sites = {row["site"]: row["site_name"] for row in ordered}
        places = {site: number for number, site in enumerate(sites)}
        reasons: dict[str, int] = {}
        for row in away:
            reasons[row["unavailable"]] = reasons.get(row["unavailable"], 0) + 1
        ordered[len(here) :] = sorted(away, key=lambda row: list(reasons).index(row["unavailable"]))
        names = globs(given)
        listed = self._known.index.records if names else []
        made = Planned(
            at=self._book.now(),
            declaration=dict(declaration),
            given=for_people(given),
            models=dict(models),
            family=sorted({identity(each.uuid) for glob in names for each in globbed(glob, listed)}),
            hosts=self._options["hosts"],
            limit=self._options["limit"],
            divided=dict(split),
            sites=[[site, name] for site, name in sites.items()],
            cameras=[[places[row["site"]], row["device"], row["name"], row["host"]] for row in ordered],
            waves=[[wave["name"], len(wave["devices"])] for wave in waves],
            aside=[[ASIDE[self._rules.unavailable], reason, number] for reason, number in reasons.items()],
        )
        try:
            line_of(made.as_data())
        except Wrong as error:
            answer, advice = f"it could not be read back: the plan{error}", "Correct what the inventory or you give."
            raise BadInput(f"Plan the rollout {self._name}", answer, advice) from None
        return made

    # Scope

    def _excluded(self, ledger: Ledger) -> list[Camera]:
        plan = ledger.plan
        if plan is None:
            return []
        same_hosts, same_limit = plan.hosts == self._options["hosts"], plan.limit == self._options["limit"]
        excluded, added = excluded_now(ledger, self._rows, self._others, same_hosts and same_limit)
        narrowed = same_limit or not plan.limit
        if not self._back:  # further cameras have nothing to be taken back
            refuse_wider(ledger, added, same_hosts and narrowed)
        if nothing_selected(ledger, excluded):
            answer = "the hosts and the limit hold no camera of it"
            raise BadInput(f"Go on with the rollout {self._name}", answer, "Check pipeline_rollout_hosts and --limit.")
        if excluded:
            names = shortened([each.label for each in excluded], 5)
            self.said.append(f"This run leaves out {counted(len(excluded), 'camera')} by its hosts or limit: {names}.")
        return excluded

    # Lines

    def _go_on(self, planned: Planned | None, excluded: Sequence[Camera], rows: Sequence[Row]) -> None:
        ledger = self._ledger
        if planned is not None:
            if not ledger.lines:
                self._book.begin(self._name, uuid.uuid4().hex)
            self._book.add(self._opened(), planned, self._book.stands("running", ""))
            return
        numbers = {each.number for each in excluded}
        back_in_scope = numbers != {each.number for each in ledger.cameras if each.excluded}
        ready, closed = self._queue(rows, numbers)
        todo = [each for each in ledger.waves if each.is_unfinished(numbers)]
        if ledger.status in ENDED and not (ready or closed or todo or back_in_scope):
            return
        lines: list[Any] = [self._opened(), Scoped(at=self._book.now(), excluded=packed(numbers))]
        if closed:
            made = groups([(camera.number, "overtaken", reason, False) for camera, reason in closed])
            lines.append(Outcome(at=self._book.now(), wave=0, action="gate", groups=made))
            why = shortened([reason for _camera, reason in closed], 1)
            self.said.append(f"{counted(len(closed), 'queued camera')} will not be done: {why}.")
        if ready:
            lines.append(Queued(at=self._book.now(), cameras=packed(each.number for each in ready)))
        if ledger.status != "rolling_back" and (todo or ready):
            lines.append(self._book.stands("running", ""))
        self._book.add(*lines)

    def _queue(self, rows: Sequence[Row], excluded: set[int]) -> tuple[list[Camera], list[tuple[Camera, str]]]:
        """Once all waves are done, the queued cameras that the inventory knows nothing against, and overtaken ones."""
        ledger = self._ledger
        if self._rules.unavailable != "queue" or any(each.is_unfinished(excluded) for each in ledger.waves):
            return [], []
        if ledger.status == "rolling_back":
            return [], []
        away = {camera_key(row["site"], row["device"]) for row in rows if row["unavailable"]}
        queued = [each for each in ledger.cameras if each.status == "queued" and each.number not in excluded]
        overtaken = overtaken_by(self._book.folder, ledger, queued, self._task.options["trusted_owner"])
        closed = [(each, overtaken[each.key]) for each in queued if each.key in overtaken]
        return [each for each in queued if each.key not in away and each.key not in overtaken], closed

    def _opened(self) -> Opened:
        return Opened(at=self._book.now(), run=uuid.uuid4().hex, action=self._options["action"])
