# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The verbs of the Compute API: models ("functions") and catalogues."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from contextlib import suppress
from dataclasses import replace
from typing import Any

from .._core.errors import AnswerLost, NxaiError, Refused, Unexpected, may_have_worked
from .._core.values import UUID_TEXT, ZERO_UUID, folded, identity
from .._http.answer import Answer
from .._http.operation import Operation
from .._http.transport import Transport
from .contract.contract import KNOWN, Contract, Row
from .contract.lines import names_of
from .contract.operations import (
    CREATE_CATALOGUE,
    CREATE_MODEL,
    DELETE_CATALOGUE,
    DELETE_MODEL,
    GET_MODEL,
    LIST_CATALOGUES,
    LIST_MODELS,
    RENAME_CATALOGUE,
    UPDATE_MODEL,
)
from .pages import all_pages
from .records.file_mark import split_documentation
from .records.model_views import merged, one_of_each
from .records.names import unnamed
from .records.records import Catalogue, Model
from .records.spelling import catalogue_refs, learn, learn_rows, spelled
from .uploading import Progress, Uploading

_OF_THE_REQUEST = (400, 422)  # with other refusals nobody has looked at it
ALL_AVAILABLE = ZERO_UUID  # as a catalogue: all models that are available (observed in the portal's call)


class ComputeApi:
    """Errors are those of ``Transport.send`` and ``all_pages``. A create of which no UUID came back is looked up."""

    def __init__(self, transport: Transport, contract: Contract = KNOWN) -> None:
        self._transport = transport
        self._contract = contract
        self._uploading = Uploading(transport, contract)
        self._known_models: set[str] | None = None
        self._known_catalogues: set[str] | None = None

    @property
    def brand(self) -> str:
        """What a listing of one catalogue is asked for besides."""
        return self._transport.settings.brand

    def list_models(self, catalogue: str | None = None) -> list[Model]:
        """All models that the account sees, or those of one catalogue (by UUID; ``ALL_AVAILABLE`` for any)."""
        query = {}
        if catalogue is not None:
            wanted = str(spelled(self._transport.findings, "catalogue", catalogue))
            query = {"Catalogue": wanted, "Customization": self.brand}
        models = [each for each in one_of_each(self._list("model", LIST_MODELS, query)) if each.uuid != ZERO_UUID]
        for model in models:
            learn(self._transport.findings, "catalogue", catalogue_refs(model.raw))
        if catalogue is None:
            self._known_models = {model.uuid for model in models}
        return models

    def list_own_and_available(self) -> list[Model]:
        """The account's own models and those that are available to it: rows of the first show more."""
        available = {model.uuid: model for model in self.list_models(ALL_AVAILABLE)}
        own = {model.uuid: model for model in self.list_models()}
        return list({**available, **own}.values())

    def known_models(self) -> set[str]:
        """The UUIDs of all models that the account sees, as they were listed last."""
        return {each.uuid for each in self.list_models()} if self._known_models is None else self._known_models

    def get_model(self, uuid: str) -> Model | None:
        """One model by the call for one, which was seen to show less than a listing. None where it shows none."""
        try:
            answer = self._transport.send(GET_MODEL, path=self._path("model", uuid))
        except Refused as error:
            if error.status in (404, 405):  # that there is such a call is not sure
                return None
            raise
        rows = self._contract.known("model", [answer.data]) if isinstance(answer.data, dict) else []
        names = names_of("model", "id")
        same = (row for row in rows if uuid in (identity(folded(row).get(name)) for name in names))
        return next(map(Model.from_api, same), None)

    def in_full(self, listed: Model) -> Model:
        """A model as both of its views show it: the listing, and the call for one."""
        single = self.get_model(listed.uuid)
        return listed if single is None else Model.from_api(merged(listed.raw, single.raw))

    def create_model(self, data: Mapping[str, Any], file: str, progress: Progress | None = None) -> str:
        """Upload a file as a new model and return its UUID. ``data`` is the part of that name, in the API's spelling.

        The digest mark at the end of ``data["Documentation"]`` (``join_documentation``) is what a model is found by
        if the answer is lost or has no UUID. The service may drop the mark: then a model of that name counts which was
        not there when ``list_models`` was called. Without a mark nothing is looked up. Conversion goes on afterwards.
        """
        mark = split_documentation(str(data.get("Documentation") or ""))[1]
        sent = {**self._contract.upload.extra, **self._sent("model", data)}
        before = self._known_models

        def ours(model: Model, listed: bool) -> bool:
            new = listed and before is not None and model.uuid not in before
            if model.uuid == ZERO_UUID or not _is_named(model.name, str(data.get("Name")), alike=new):
                return False
            return model.digest == mark or (new and model.digest is None and model.name == data.get("Name"))

        def look_up() -> str | None:
            for catalogue in (None, ALL_AVAILABLE):
                models = self.list_models(catalogue)
                found = next((model.uuid for model in models if ours(model, listed=catalogue is None)), None)
                if found is not None:
                    return found
                _expect_names(model for model in models if model.uuid not in (before or ()))
            return None

        found = look_up if mark else None
        return self._create(
            lambda: self._uploading.send(CREATE_MODEL, {}, sent, file, mark, progress, found), found, before
        )

    def update_model(
        self, uuid: str, data: Mapping[str, Any], file: str | None = None, progress: Progress | None = None
    ) -> None:
        """Change metadata, and the content if a file is given (that PATCH needs no file is inferred)."""
        mark = split_documentation(str(data.get("Documentation") or ""))[1] if file else None
        self._uploading.send(UPDATE_MODEL, self._path("model", uuid), self._sent("model", data), file, mark, progress)

    def delete_model(self, uuid: str) -> None:
        self._transport.send(DELETE_MODEL, path=self._path("model", uuid))

    def list_catalogues(self) -> list[Catalogue]:
        catalogues = [Catalogue.from_api(row) for row in self._list("catalogue", LIST_CATALOGUES, {})]
        self._known_catalogues = {catalogue.uuid for catalogue in catalogues}
        return catalogues

    def create_catalogue(self, name: str) -> str:
        """Create a catalogue and return its UUID. Names need not be unique: the caller has looked first."""
        if self._known_catalogues is None:
            self.list_catalogues()
        before = set(self._known_catalogues or ())

        def look_up() -> str | None:
            new = [item for item in self.list_catalogues() if item.uuid not in before]
            found = next((item.uuid for item in new if item.name == name), None)
            if found is None:
                _expect_names(new)
            return found

        sent = {**self._contract.new_catalogue, **self._sent("catalogue", {"Name": name})}
        uuid = self._create(lambda: self._transport.send(CREATE_CATALOGUE, json=sent), look_up, before)
        self._known_catalogues = before | {uuid}
        return uuid

    def rename_catalogue(self, uuid: str, name: str) -> None:
        path = self._path("catalogue", uuid)
        self._transport.send(RENAME_CATALOGUE, path=path, json=self._sent("catalogue", {"Name": name}))

    def delete_catalogue(self, uuid: str) -> None:
        """Delete an empty catalogue; the service refuses one that holds models."""
        self._transport.send(DELETE_CATALOGUE, path=self._path("catalogue", uuid))

    def _path(self, kind: str, uuid: str) -> dict[str, str]:
        return {"uuid": str(spelled(self._transport.findings, kind, uuid))}

    def _list(self, record: str, operation: Operation, query: dict[str, str]) -> list[Row]:
        rows = all_pages(
            lambda paging: self._transport.send(operation, query={**query, **paging}),
            self._transport.sent_as(operation).page_size,
            record,
            self._contract,
            self._transport.findings,
        )
        learn_rows(self._transport.findings, record, rows)
        return rows

    def _sent(self, record: str, data: Mapping[str, Any]) -> dict[str, Any]:
        if isinstance(data.get("Catalogues"), list):
            findings = self._transport.findings
            data = {**data, "Catalogues": [spelled(findings, "catalogue", each) for each in data["Catalogues"]]}
        if record == "model" and "Catalogues" in data and self._contract.upload.catalogues == "objects":
            place = self._contract.places("reference.id")[0]
            data = {**data, "Catalogues": [{place: each} for each in data["Catalogues"]]}
        return self._contract.outgoing(record, data)

    def _create(
        self,
        send: Callable[[], Answer | str],
        look_up: Callable[[], str | None] | None,
        before: Collection[str] | None,
    ) -> str:
        """Send until the UUID is known. Only after a lost answer is it sent again, if it is certainly not there.

        ``before``: the UUIDs that were listed until then; None where nobody has looked.
        """
        for _attempt in range(self._transport.settings.retries + 1):
            try:
                answer = send()
                return answer if isinstance(answer, str) else self._new_uuid(answer, look_up, before or ())
            except NxaiError as error:
                if look_up is None:
                    raise
                if not (may_have_worked(error) or _may_be_its_own(error)):
                    return self._there_all_the_same(error, look_up)
                failed = error
            found = self._settle(failed, look_up)
            if found is not None:
                return found
            if not isinstance(failed, AnswerLost):
                break
        raise failed

    def _there_all_the_same(self, refusal: NxaiError, look_up: Callable[[], str | None]) -> str:
        """What was created though the service refused it: one may fail at what comes after. Raises ``refusal``."""
        found = None
        if refusal.status in _OF_THE_REQUEST:
            with suppress(NxaiError):  # then it is the refusal that counts
                found = look_up()
        if found is None:
            raise refusal
        self._transport.voice.warn(f"{refusal} All the same it was created: {found} is listed.")
        return found

    def _settle(self, failed: NxaiError, look_up: Callable[[], str | None]) -> str | None:
        """What became of a create that ended so: the UUID, or None if it had no effect.

        As long as the service may be at work on it, and in any case for a moment, the listing is read again. Raises
        ``failed`` if it cannot be read, or if no waiting time is left.
        """
        deadline = self._transport.clock() + max(2.0, failed.at_work if isinstance(failed, AnswerLost) else 0.0)
        pause = 0.5
        while True:
            left = deadline - self._transport.clock()
            try:
                found = look_up()
            except NxaiError as error:
                answer = f"{failed.answer}. Looking for what it did failed as well: {error.answer}"
                raise replace(failed, answer=answer) from None
            if found is not None or left <= 0:
                return found
            if not self._transport.wait(min(pause, left)):
                raise failed
            pause = min(2 * pause, 8.0)

    def _new_uuid(self, answer: Answer, look_up: Callable[[], str | None] | None, before: Collection[str]) -> str:
        """What was there before is not new: the caller would rename it, or delete it."""
        uuid = self._uuid_of(answer)
        if uuid not in before:
            return uuid
        found = look_up() if look_up else None
        if found is None:
            raise Unexpected(
                answer.tried,
                f"the answer names {uuid}, which was there before, and nothing new is listed",
                "The service may keep one of each file or name. Look at that one in the portal. "
                f"{self._contract.hint('fields.answer.created')}",
            )
        return found

    def _uuid_of(self, answer: Answer) -> str:
        uuid = identity(self._contract.created(answer.data))
        if not UUID_TEXT.fullmatch(uuid) or uuid == ZERO_UUID:
            advice = f"Look in the portal for it before you try again. {self._contract.hint('fields.answer.created')}"
            raise Unexpected(answer.tried, "the answer holds no UUID, and no listing shows what was created", advice)
        return uuid


def _may_be_its_own(error: NxaiError) -> bool:
    """Whether what is said to be there already may have come by this very request."""
    return error.status == 409


def _is_named(shown: str, sent: str, alike: bool) -> bool:
    """``alike``: whether a service may have spelled it in its own way, or given it a number."""
    return shown == sent or (alike and bool(_letters(sent)) and _letters(sent) in _letters(shown))


def _letters(name: str) -> str:
    return "".join(each for each in name.casefold() if each.isalnum())


def _expect_names(new: Iterable[Model | Catalogue]) -> None:
    """Raises where what was created may be one of these, which show no name: to send it again could double it."""
    silent, hint = unnamed(new)
    if silent:
        raise Unexpected("look for it", f"{silent} that are new show no name. {hint}")
