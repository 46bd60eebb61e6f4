# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The third stage: a catalogue and a small model are created, changed and removed, whatever happens in between."""

from __future__ import annotations

import hashlib
import os
import secrets
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

from .._api.compute import ComputeApi
from .._api.records.file_mark import FileMark, join_documentation
from .._api.records.records import Catalogue, Model
from .._core.errors import NxaiError, Refused, Unexpected
from .._engine.module import Task
from .._models.changing import REPLACES, taken_away
from .._models.fields import new_model
from .explore import explore
from .inference.draft import Draft, Proposal
from .inference.places import where_is
from .inference.records import ids_of
from .inference.ways import EXTRA, SENT, WriteWays, unknown_names
from .own import Own
from .read import Seen
from .session import Session
from .small_model import SMALL_MODEL

Record = TypeVar("Record", Catalogue, Model)
PREFIX = "nxai first contact "
_PATIENCE = 60.0  # seconds until what was written is listed
_DELETIONS = 2
_TEXT = "Made by the first contact of nxai.cloud. It can be deleted."
_MARK = FileMark(hashlib.sha256(SMALL_MODEL).hexdigest(), len(SMALL_MODEL))
_TRIED = "Create a catalogue and a model, change and remove them"


class Creation:
    """``left``: what could not be removed, as {kind, name, uuid}."""

    def __init__(self, task: Task, session: Session, seen: Seen) -> None:
        self._task = task
        self._session = session
        self._seen = seen
        token = secrets.token_hex(4)
        self._name = f"{PREFIX}{token}"
        self.left: list[dict[str, str]] = []
        self._errors: list[NxaiError] = []
        self._may_be_there = False  # something that was created
        self._models: Own[Model] = Own(
            "model",
            token,
            lambda: self._api().list_models(),
            lambda uuid: self._api().get_model(uuid),
            self._ids("model"),
        )
        self._catalogues: Own[Catalogue] = Own(
            "catalogue", token, lambda: self._api().list_catalogues(), lambda _uuid: None, self._ids("catalogue")
        )

    def _ids(self, record: str) -> set[str]:
        contract = self._session.draft.contract
        return {ids_of(record, row, contract) for row in self._seen.rows.get(record, ())} - {""}

    def run(self) -> str:
        """What was done, in words. Raises what it ended with."""
        self._models.look_before()
        self._catalogues.look_before()
        try:
            catalogue = self._tried(self._catalogue)
            if catalogue:
                self._tried(lambda: self._rename(catalogue))
            model = self._tried(lambda: self._model(catalogue))
            if model:
                self._tried(lambda: self._change(model))
        finally:
            self._remove()
        if self._errors:
            raise self._errors[0]
        return "a catalogue and a model were created, changed, read back and removed."

    def _tried(self, step: Callable[[], str]) -> str:
        """What the step gives, "" where it failed. The others may go well all the same, and prove something."""
        try:
            return step()
        except NxaiError as error:
            self._errors.append(error)
            return ""

    def _api(self, draft: Draft | None = None) -> ComputeApi:
        return self._session.compute(draft or self._session.draft)

    # Create and change

    def _catalogue(self) -> str:
        name = f"{self._name} before"
        return self._created("create_catalogue", self._catalogues, lambda api: api.create_catalogue(name))

    def _rename(self, uuid: str) -> str:
        self._explored("rename_catalogue", lambda draft: self._api(draft).rename_catalogue(uuid, self._name), [])
        listing = ComputeApi.list_catalogues
        self._seen_as("fields.catalogue.name", listing, uuid, lambda it: it.name == self._name)
        return uuid

    def _model(self, catalogue: str) -> str:
        data = {
            "Name": self._name,
            **new_model(self._session.settings.brand),
            "Documentation": join_documentation(_TEXT, _MARK),
            **({"Catalogues": [catalogue]} if catalogue else {}),
        }
        listing = ComputeApi.list_models
        with _file() as path:
            uuid = self._created("create_model", self._models, lambda api: api.create_model(data, path))
        if catalogue:
            self._seen_as("fields.model.catalogues", listing, uuid, lambda it: catalogue in (it.catalogue_uuids or ()))
        self._seen_as("fields.model.documentation", listing, uuid, lambda it: it.digest == _MARK)
        return uuid

    def _change(self, uuid: str) -> str:
        data = {"Documentation": join_documentation(f"{_TEXT} It was changed.", _MARK)}
        before = self._whole(uuid)
        self._explored("update_model", lambda draft: self._api(draft).update_model(uuid, data), [])
        listing = ComputeApi.list_models
        self._seen_as("operations.update_model", listing, uuid, lambda it: "changed" in it.documentation)
        now = self._whole(uuid)
        gone = taken_away(before, data, now) if before and now else {}
        if gone:
            why = f"a change took away what was not named in it: {', '.join(gone)}"
            self._session.propose(Proposal({REPLACES: True}, why))
        return uuid

    def _whole(self, uuid: str) -> Model | None:
        """As both of its views show it."""
        api = self._api()
        listed = next((each for each in api.list_models() if each.uuid == uuid), None)
        return api.in_full(listed) if listed else api.get_model(uuid)

    def _created(self, operation: str, own: Own[Record], create: Callable[[ComputeApi], str]) -> str:
        """The UUID of what is certainly its own, which may be by an attempt before. Nothing else is gone on with."""

        def attempt(draft: Draft) -> str:
            api = self._api(draft)
            try:
                return create(api)
            except NxaiError as error:
                self._may_be_there = self._may_be_there or not isinstance(error, Refused)
                self._session.use(draft)
                found = own.find("")
                if found is None:
                    raise
                return found.uuid

        answers: list[Any] = []
        uuid = self._explored(operation, attempt, answers)
        self._may_be_there = True
        found = self._patiently(lambda: own.find(uuid)) or own.shown_alone(uuid)
        if found is None:
            raise self._not_found(operation, own, uuid)
        place = next((where for each in answers if (where := where_is(found.uuid, each)) is not None), None)
        if place is not None and place not in self._session.draft.contract.places("answer.created"):
            places = [*self._session.draft.contract.places("answer.created"), place]
            self._session.propose(Proposal({"fields.answer.created": places}, "there the answer has the UUID"))
        return found.uuid

    def _not_found(self, operation: str, own: Own[Any], uuid: str) -> Unexpected:
        answer = f"what {operation} created ({uuid}) is not listed"
        if uuid in own.before:
            answer = f"{operation} answered with {uuid}, which was there before, and nothing new is listed"
        else:
            own.claimed.append(uuid)
        return Unexpected(_TRIED, answer, self._session.draft.contract.hint("fields.answer.created"))

    def _explored(self, operation: str, attempt: Callable[[Draft], Any], answers: list[Any]) -> Any:
        session = self._session
        refresh: bool = self._task.options["try_refresh"]
        described = self._seen.described.get(operation, ())
        rows = self._seen.rows.get(operation.rpartition("_")[2], ())
        ways = WriteWays(operation, session.free, refresh, described, session.proved, rows=rows)

        def listened(draft: Draft) -> Any:
            session.use(draft)
            with session.listening(operation, answers):
                return attempt(draft)

        try:
            with session.noted(operation):
                draft, found = explore(session.draft, session.insisting(listened), ways)
                session.keep(draft)
                session.proved |= {*SENT.get(operation, ())}
        except Refused as error:
            for name in unknown_names(operation, error):
                session.questions.append(
                    f"{EXTRA.get(operation, 'fields')}, or another line: the service asks for {name} with {operation}."
                    " What does it take?"
                )
            raise
        return found

    # Look

    def _seen_as(
        self,
        key: str,
        listing: Callable[[ComputeApi], list[Record]],
        uuid: str,
        good: Callable[[Record], bool],
    ) -> None:
        """Whether it shows; what does not is a question, as reading has its own ways to be wrong."""
        if self._wait(listing, lambda it: it.uuid == uuid and good(it)) is None:
            self._session.questions.append(f"{key}: what was written was accepted, and does not show. Where is it?")

    def _wait(self, listing: Callable[[ComputeApi], list[Record]], good: Callable[[Record], bool]) -> Record | None:
        return self._patiently(lambda: next((each for each in listing(self._api()) if good(each)), None))

    def _patiently(self, look: Callable[[], Record | None]) -> Record | None:
        deadline, pause = self._task.deadline(_PATIENCE), 1.0
        while True:
            found = look()
            if found is not None or deadline.left <= 0:
                return found
            deadline.pause(pause)
            pause = min(2 * pause, 15.0)

    # Remove

    def _remove(self) -> None:
        """All that is its own, the model first: a catalogue has to be empty."""
        self._remove_each(self._models, ComputeApi.delete_model)
        self._remove_each(self._catalogues, ComputeApi.delete_catalogue)

    def _remove_each(self, own: Own[Any], delete: Callable[[ComputeApi, str], None]) -> None:
        error = own.look_again()
        left = {uuid: name for uuid, name in own.made.items() if not self._is_removed(own, uuid, delete)}
        left.update((f"{uuid}, as an answer said; nothing shows it", self._name) for uuid in own.claimed)
        if error is not None and self._may_be_there and not (own.made or own.claimed):
            left[f"not known: {error.answer}"] = self._name
        self.left += [{"kind": own.kind, "name": name or self._name, "uuid": uuid} for uuid, name in left.items()]

    def _is_removed(self, own: Own[Any], uuid: str, delete: Callable[[ComputeApi, str], None]) -> bool:
        """Whether it is certainly gone. What comes back, or was not deleted at once, is deleted again."""

        def attempt(draft: Draft) -> None:
            try:
                delete(self._api(draft), uuid)
            except NxaiError:
                if not own.is_gone(uuid, self._task.deadline(0)):  # it may have had its effect all the same
                    raise

        for _turn in range(_DELETIONS):
            patience = _PATIENCE
            try:
                self._explored(f"delete_{own.kind}", attempt, [])
            except NxaiError:
                patience = 5.0
            if own.is_gone(uuid, self._task.deadline(patience)):
                return True
        return False


@contextmanager
def _file() -> Iterator[str]:
    """The small model, in a file as long as the block lasts."""
    handle, path = tempfile.mkstemp(prefix="nxai-first-contact-", suffix=".onnx")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(SMALL_MODEL)
        yield path
    finally:
        os.unlink(path)
