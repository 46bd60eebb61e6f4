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
from .inference.ways import EXTRA, SENT, WriteWays, unknown_names
from .read import Seen
from .session import Session
from .small_model import SMALL_MODEL

Record = TypeVar("Record", Catalogue, Model)
_PATIENCE = 60.0  # seconds until what was written is listed
_TEXT = "Made by the first contact of nxai.cloud. It can be deleted."
_MARK = FileMark(hashlib.sha256(SMALL_MODEL).hexdigest(), len(SMALL_MODEL))
_TRIED = "Create a catalogue and a model, change and remove them"


class Creation:
    """``left``: what could not be removed, as {kind, name, uuid}."""

    def __init__(self, task: Task, session: Session, seen: Seen) -> None:
        self._task = task
        self._session = session
        self._seen = seen
        self._name = f"nxai first contact {secrets.token_hex(4)}"
        self.left: list[dict[str, str]] = []
        self._errors: list[NxaiError] = []
        self._may_be_there = False  # something that was created
        self._unlisted: dict[str, list[str]] = {"model": [], "catalogue": []}  # created, as an answer said

    def run(self) -> str:
        """What was done, in words. Raises what it ended with."""
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
        return self._created(
            "create_catalogue", name, lambda api: api.create_catalogue(name), ComputeApi.list_catalogues
        )

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
            uuid = self._created("create_model", self._name, lambda api: api.create_model(data, path), listing)
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

    def _created(
        self,
        operation: str,
        name: str,
        create: Callable[[ComputeApi], str],
        listing: Callable[[ComputeApi], list[Record]],
    ) -> str:
        """The UUID. What is listed by this name, which nobody else has, was created by an attempt before."""

        def attempt(draft: Draft) -> str:
            api = self._api(draft)
            try:
                uuid = create(api)
            except NxaiError as error:
                self._may_be_there = self._may_be_there or not isinstance(error, Refused)
                found = _named(listing(api), name)
                if not found:
                    raise
                uuid = found[0].uuid
            return uuid

        answers: list[Any] = []
        uuid = self._explored(operation, attempt, answers)
        self._may_be_there = True
        found = self._wait(listing, lambda it: it.uuid == uuid or it.name == name)
        if found is None:
            self._unlisted[operation.removeprefix("create_")].append(uuid)
            answer = f"what {operation} created ({uuid}) is not listed"
            raise Unexpected(_TRIED, answer, self._session.draft.contract.hint("fields.answer.created"))
        place = next((where for each in answers if (where := where_is(found.uuid, each)) is not None), None)
        if place is not None and place not in self._session.draft.contract.places("answer.created"):
            places = [*self._session.draft.contract.places("answer.created"), place]
            self._session.propose(Proposal({"fields.answer.created": places}, "there the answer has the UUID"))
        return found.uuid

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
        deadline, pause = self._task.deadline(_PATIENCE), 1.0
        while True:
            found = next((each for each in listing(self._api()) if good(each)), None)
            if found is not None or deadline.left <= 0:
                return found
            deadline.pause(pause)
            pause = min(2 * pause, 15.0)

    # Remove

    def _remove(self) -> None:
        """All that has the name, the model first: a catalogue has to be empty."""
        self._remove_each("model", ComputeApi.list_models, ComputeApi.delete_model)
        self._remove_each("catalogue", ComputeApi.list_catalogues, ComputeApi.delete_catalogue)

    def _remove_each(
        self,
        kind: str,
        listing: Callable[[ComputeApi], list[Record]],
        delete: Callable[[ComputeApi, str], None],
    ) -> None:
        try:
            made = {each.uuid: each.name for each in listing(self._api()) if each.name.startswith(self._name)}
        except NxaiError as error:
            made = {}
            if self._may_be_there and not self._unlisted[kind]:
                self.left.append({"kind": kind, "name": self._name, "uuid": f"not known: {error.answer}"})
        for uuid, name in {**dict.fromkeys(self._unlisted[kind], self._name), **made}.items():
            if not self._is_removed(f"delete_{kind}", uuid, listing, delete):
                self.left.append({"kind": kind, "name": name, "uuid": uuid})

    def _is_removed(
        self,
        operation: str,
        uuid: str,
        listing: Callable[[ComputeApi], list[Record]],
        delete: Callable[[ComputeApi, str], None],
    ) -> bool:
        def gone() -> bool:
            listed = uuid not in self._unlisted[operation.removeprefix("delete_")]
            return listed and all(each.uuid != uuid for each in listing(self._api()))

        def attempt(draft: Draft) -> None:
            try:
                delete(self._api(draft), uuid)
            except NxaiError:
                if not gone():  # it may have had its effect all the same
                    raise

        try:
            self._explored(operation, attempt, [])
            if uuid in self._unlisted[operation.removeprefix("delete_")]:
                return True
            deadline = self._task.deadline(_PATIENCE)
            while not gone() and deadline.left > 0:
                deadline.pause(5.0)
            return gone()
        except NxaiError:
            return False


def _named(listing: list[Record], name: str) -> list[Record]:
    return [each for each in listing if each.name == name]


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
