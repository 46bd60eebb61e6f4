# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Models and catalogues: names, states, and when they are listed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .layer import Ask, Asked, Rewrite, Told, refusal, told
from .rewrites import (
    CATALOGUE,
    MODEL,
    Row,
    after,
    answers,
    before,
    dropped,
    elsewhere,
    member,
    moved,
    renamed_part,
    rows,
    sent,
    status,
    with_data,
)
from .variant import ADAPTED, STOPS, WORKS, row_of
from .world import FOREIGN

_LIST = ("list_models",)
_ZERO = "00000000-0000-0000-0000-000000000000"
_UPLOADS = ("create_model", "update_model")


def _status(row_status: Callable[[str], Any], code_status: Callable[[str], Any]) -> Rewrite:
    def change(row: Row) -> Row:
        return {
            **row,
            "Status": row_status(row["Status"]),
            "Code": {**row["Code"], "Status": code_status(row["Code"]["Status"])},
        }

    return rows(MODEL, change)


def _word(ready: Any) -> Rewrite:
    def change(word: str) -> Any:
        return ready if word == "ok" else word

    return _status(change, change)


def _hidden(seconds: float, unless: Callable[[Asked], bool] = lambda _asked: False) -> Rewrite:
    """A model that was created is not in the list for a while."""

    async def rewrite(asked: Asked, ask: Ask) -> Told:
        answer = await ask(asked)
        made = asked.memory.setdefault("made", {})
        if asked.operation == "create_model" and answer.good:
            made[answer.data["UUID"]] = asked.now + seconds
        if asked.operation in _LIST and not unless(asked):
            answer.data = [row for row in answer.data if made.get(row["UUID"], 0) <= asked.now]
        return answer

    return rewrite


def _all_available(asked: Asked) -> bool:
    return asked.query.get("Catalogue") == _ZERO


def _only_own() -> Rewrite:
    """Without Catalogue the list has only what the account itself has uploaded."""

    async def rewrite(asked: Asked, ask: Ask) -> Told:
        answer = await ask(asked)
        if asked.operation in _LIST and not asked.query.get("Catalogue"):
            answer.data = [row for row in answer.data if row["Name"] == "Queue"]
        return answer

    return rewrite


def _replaces(asked: Asked, kept: Row) -> None:
    """What a PATCH does not name gets its default, as where a whole record is decoded and stored."""
    defaults: Row = {"Documentation": "", "Alias": "", "SourceName": "", "InputDriverDetails": {}, "Catalogues": []}
    asked.body = with_data(asked.body, lambda data: {**defaults, "Name": kept["Name"], **data})


def _changes(members: Row) -> Callable[[Asked], None]:
    def change(asked: Asked) -> None:
        asked.body = with_data(asked.body, lambda data: {**members, **data})

    return change


def _patch_replaces() -> Rewrite:
    async def rewrite(asked: Asked, ask: Ask) -> Told:
        if asked.operation == "update_model":
            kept = await ask(asked.copy(method="GET", body=b""))
            asked = asked.copy()
            _replaces(asked, kept.data)
        return await ask(asked)

    return rewrite


def _stored_name(change: Callable[[str], str]) -> Rewrite:
    def changed(asked: Asked) -> None:
        asked.body = with_data(
            asked.body, lambda data: {**data, "Name": change(data["Name"])} if "Name" in data else data
        )

    return before(("create_model",), changed)


def _named_lower() -> Rewrite:
    """The names of all models that are sent, also of changed ones."""

    def change(asked: Asked) -> None:
        asked.body = with_data(
            asked.body, lambda data: {**data, "Name": data["Name"].lower()} if "Name" in data else data
        )

    return before(_UPLOADS, change)


def _catalogue_numbered(asked: Asked) -> None:
    asked.data = {**asked.data, "Name": f"{asked.data['Name']} (1)"}


def _versions(data: list[Row]) -> list[Row]:
    """Each model also has a row of its version before."""
    return [*data, *({**row, "Documentation": "", "UpdatedAt": "2020-01-01T00:00:00Z", "Version": 1} for row in data)]


def _merged(kept: tuple[str, ...]) -> Rewrite:
    """GET of one model shows these members alone, the others empty."""
    return rows(
        ("get_model",), lambda row: {name: value if name in kept else type(value)() for name, value in row.items()}
    )


def _catalogue_late(seconds: float) -> Rewrite:
    async def rewrite(asked: Asked, ask: Ask) -> Told:
        answer = await ask(asked)
        made = asked.memory.setdefault("catalogues", {})
        if asked.operation == "create_catalogue" and answer.good:
            made[answer.data["UUID"]] = asked.now + seconds
        if asked.operation == "list_catalogues":
            answer.data = [row for row in answer.data if made.get(row["UUID"], 0) <= asked.now]
        return answer

    return rewrite


_model = row_of("models")
_catalogue = row_of("catalogues")
_MODELS = (
    _model(
        "model-title",
        "the name is Title, also when written",
        moved(MODEL, "Name", "Title"),
        renamed_part({"Title": "Name"}),
        outcome=ADAPTED,
        fields={"model": {"name": "Title"}},
    ),
    _model("ready-capital", "OK in place of ok", _word("OK"), outcome=WORKS),
    _model("ready-word", "Ready in place of ok", _word("Ready"), outcome=ADAPTED, words={"ready": ["ready"]}),
    _model("ready-done", "done in place of ok", _word("done"), outcome=ADAPTED, words={"ready": ["done"]}),
    _model("ready-number", "3 in place of ok", _word(3), outcome=ADAPTED, words={"ready": ["3"]}),
    _model("ready-status-only", "no Code", dropped(MODEL, "Code"), outcome=WORKS),
    _model("ready-code-only", "no Status", dropped(MODEL, "Status"), outcome=WORKS),
    _model(
        "ready-code-text",
        "Code is the word alone",
        member(MODEL, "Code", lambda code: code["Status"]),
        outcome=ADAPTED,
        fields={"model": {"code_status": "Code"}},
    ),
    _model("ready-nowhere", "neither Status nor Code", dropped(MODEL, "Status", "Code"), outcome=WORKS),
    _model(
        "ready-elsewhere",
        "Conversion.State in place of Code.Status",
        moved(MODEL, "Code.Status", "Conversion.State"),
        outcome=ADAPTED,
        fields={"model": {"code_status": "Conversion.State"}},
    ),
    _model("ready-no-uri", "no CDNURI", dropped(MODEL, "Code.CDNURI", "Downloads"), outcome=WORKS),
    _model(
        "patch-changes",
        "what a PATCH does not name gets another value",
        before(("update_model",), _changes({"Documentation": "reset", "Alias": "another"})),
        outcome=WORKS,
    ),
    _model("patch-replaces", "what a PATCH does not name gets its default", _patch_replaces(), outcome=WORKS),
    _model("listed-late", "a new model is listed after 20 s", _hidden(20), outcome=WORKS),
    _model(
        "listed-never-by-itself",
        "a new model is listed only with Catalogue=<zero UUID>",
        _hidden(1e9, _all_available),
        outcome=WORKS,
    ),
    _model("listed-never", "a new model is never listed; a single GET has it", _hidden(1e9), outcome=STOPS),
    _model("listed-own-only", "without Catalogue only own uploads are listed", _only_own(), outcome=WORKS),
    _model(
        "single-404",
        "no GET of a single model",
        elsewhere("GET /cpt/none/{uuid}", "GET /cpt/function/{uuid}"),
        dropped(MODEL, "NamedInput"),
        outcome=WORKS,
    ),
    _model(
        "single-reduced",
        "a single model shows UUID, Name and Status alone",
        _merged(("UUID", "Name", "Status")),
        dropped(MODEL, "NamedInput"),
        outcome=WORKS,
    ),
    _model("versions", "each model has a second row, of its version before", answers(_LIST, _versions), outcome=WORKS),
    _model("name-lowered", "the name of a new model is stored in lower case", _stored_name(str.lower), outcome=WORKS),
    _model(
        "name-numbered",
        "the name of a new model gets a number",
        _stored_name(lambda name: f"{name} (1)"),
        outcome=WORKS,
    ),
    _model("name-always-lowered", "the names of models are kept in lower case", _named_lower(), outcome=STOPS),
    _model("time-unix", "UpdatedAt is a number", member(MODEL, "UpdatedAt", lambda _text: 1764230400), outcome=WORKS),
    _model(
        "organisation-text",
        "Organisation is a text",
        member(MODEL, "Organisation", lambda value: value["Name"]),
        outcome=WORKS,
    ),
    _model(
        "organisation-absent",
        "OrganisationUUID in place of Organisation",
        moved(MODEL, "Organisation.UUID", "OrganisationUUID"),
        dropped(MODEL, "Organisation"),
        outcome=WORKS,
    ),
    _model(
        "size-text",
        "Size is a text for people",
        member(MODEL, "Size", lambda size: f"{size // 1024} KiB"),
        outcome=WORKS,
    ),
    _model(
        "size-of-conversion",
        "Size is that of something else",
        member(MODEL, "Size", lambda size: size * 3 + 1),
        outcome=WORKS,
    ),
    _model(
        "foreign-not-listed",
        "models of catalogues are not listed, though cameras run them",
        rows(_LIST, lambda row: None if row["UUID"] == FOREIGN else row),
        outcome=STOPS,
    ),
)
_CATALOGUES = (
    _catalogue(
        "catalogs",
        "/cpt/catalogs",
        elsewhere("GET /cpt/catalogs", "GET /cpt/catalogues"),
        elsewhere("POST /cpt/catalogs", "POST /cpt/catalogues"),
        outcome=ADAPTED,
        operations={"list_catalogues": {"path": "/catalogs"}, "create_catalogue": {"path": "/catalogs"}},
    ),
    _catalogue(
        "catalogue-create-path",
        "created at /cpt/catalogue",
        elsewhere("POST /cpt/catalogue", "POST /cpt/catalogues", 405),
        outcome=ADAPTED,
        operations={"create_catalogue": {"path": "/catalogue"}},
    ),
    _catalogue(
        "catalogue-create-put",
        "created by PUT",
        elsewhere("PUT /cpt/catalogues", "POST /cpt/catalogues", 405),
        outcome=ADAPTED,
        operations={"create_catalogue": {"method": "PUT"}},
    ),
    _catalogue(
        "catalogue-title",
        "the name is Title, also when written",
        moved(CATALOGUE, "Name", "Title"),
        sent(("create_catalogue",), {"Title": "Name"}),
        outcome=ADAPTED,
        fields={"catalogue": {"name": "Title"}},
    ),
    _catalogue(
        "catalogue-title-read",
        "the name is Title, but Name when written",
        moved(CATALOGUE, "Name", "Title"),
        outcome=ADAPTED,
        fields={"catalogue": {"name": ["Name", "Title"]}},
    ),
    _catalogue("catalogue-late", "a new catalogue is listed after 20 s", _catalogue_late(20), outcome=WORKS),
    _catalogue("catalogue-never", "a new catalogue is never listed", _catalogue_late(1e9), outcome=STOPS),
    _catalogue(
        "catalogue-numbered",
        "the name of a new catalogue gets a number",
        before(("create_catalogue",), _catalogue_numbered),
        outcome=WORKS,
    ),
    _catalogue(
        "catalogue-models",
        "catalogues show their models",
        rows(CATALOGUE, lambda row: {**row, "Functions": [{"UUID": FOREIGN}]}),
        outcome=WORKS,
    ),
    _catalogue(
        "catalogue-organisation",
        "an organisation is required to create one",
        before(
            ("create_catalogue",),
            lambda asked: None if "OrganisationUUID" in asked.data else refusal(400, "OrganisationUUID is required"),
        ),
        outcome=ADAPTED,
        catalogue={"extra": {"OrganisationUUID": "0"}},
    ),
    _catalogue(
        "catalogue-twice",
        "every catalogue is listed twice, equal",
        answers(("list_catalogues",), lambda data: [*data, *data]),
        outcome=WORKS,
    ),
    _catalogue(
        "catalogue-created-row",
        "create answers the record",
        after(
            ("create_catalogue",),
            lambda asked, answer: told(201, {"UUID": answer.data["UUID"], "Name": asked.data["Name"]}),
        ),
        outcome=WORKS,
    ),
    _catalogue(
        "catalogue-exists-409",
        "create answers 409 after the effect",
        status(("create_catalogue",), 409, b'{"Message": "exists"}'),
        outcome=WORKS,
    ),
)

VARIANTS = (*_MODELS, *_CATALOGUES)
