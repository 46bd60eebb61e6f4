# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Models and catalogues: what is shown of them, and when."""

from __future__ import annotations

import json
import re
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
    rows,
    sent,
    status,
)
from .variant import ADAPTED, STOPS, WORKS, Variant
from .world import FOREIGN

_COMMENT = re.compile(r"\s*<!--.*?-->", re.DOTALL)
_LIST = ("list_models",)
_ZERO = "00000000-0000-0000-0000-000000000000"
_HOUSES = {"Catalogues": "CatalogueUUIDs"}


def _documentation(change: Callable[[str], Any], operations: tuple[str, ...] = MODEL) -> Rewrite:
    return member(operations, "Documentation", change)


def _html(text: str) -> str:
    return f"<p>{text}</p>"


def _status(row_status: Callable[[str], Any], code_status: Callable[[str], Any]) -> Rewrite:
    def change(row: Row) -> Row:
        return {**row, "Status": row_status(row["Status"]), "Code": {**row["Code"], "Status": code_status(row["Code"]["Status"])}}

    return rows(MODEL, change)


def _word(ready: Any) -> Rewrite:
    def change(word: str) -> Any:
        return ready if word == "ok" else word

    return _status(change, change)


def _names(asked: Asked, answer: Told) -> None:
    """Catalogues by their names."""
    known = asked.memory.get("names", {})

    def named(row: Row) -> Row:
        return {**row, "Catalogues": [known.get(uuid, uuid) for uuid in row["Catalogues"]]}

    answer.data = [named(row) for row in answer.data] if isinstance(answer.data, list) else named(answer.data)


def _learns(asked: Asked, answer: Told) -> None:
    asked.memory.setdefault("names", {}).update((row["UUID"], row["Name"]) for row in answer.data)


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
    asked.body = _with_data(asked.body, lambda data: {**defaults, "Name": kept["Name"], **data})


def _with_data(body: bytes, change: Callable[[Row], Row]) -> bytes:
    """A multipart body whose part ``data`` is changed."""
    found = re.search(rb'name="data"[^\r]*\r\n(?:[^\r]+\r\n)*\r\n(.*?)\r\n--', body, re.DOTALL)
    if not found:
        return body
    return body[: found.start(1)] + json.dumps(change(json.loads(found.group(1)))).encode() + body[found.end(1) :]


def _patch_replaces() -> Rewrite:
    async def rewrite(asked: Asked, ask: Ask) -> Told:
        if asked.operation == "update_model":
            kept = await ask(asked.copy(method="GET", body=b""))
            asked = asked.copy()
            _replaces(asked, kept.data)
        return await ask(asked)

    return rewrite


def _forgets(operation: str, *names: str) -> Rewrite:
    """Members that are sent are passed over."""

    def change(asked: Asked) -> None:
        asked.body = _with_data(asked.body, lambda data: {key: value for key, value in data.items() if key not in names})

    return before((operation,), change)


def _catalogue_objects(asked: Asked) -> Told | None:
    wrong = []

    def change(data: Row) -> Row:
        found = data.get("Catalogues", [])
        wrong.extend(each for each in found if not isinstance(each, dict))
        return data

    _with_data(asked.body, change)
    return refusal(400, "json: cannot unmarshal string into Catalogue") if wrong else None


def _stored_name(change: Callable[[str], str]) -> Rewrite:
    def changed(asked: Asked) -> None:
        asked.body = _with_data(asked.body, lambda data: {**data, "Name": change(data["Name"])} if "Name" in data else data)

    return before(("create_model",), changed)


def _versions(data: list[Row]) -> list[Row]:
    """Each model also has a row of its version before."""
    return [*data, *({**row, "Documentation": "", "UpdatedAt": "2020-01-01T00:00:00Z", "Version": 1} for row in data)]


def _merged(kept: tuple[str, ...]) -> Rewrite:
    """GET of one model shows these members alone, the others empty."""
    return rows(("get_model",), lambda row: {name: value if name in kept else type(value)() for name, value in row.items()})


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


def _model(name: str, differs: str, *rewrites: Rewrite, outcome: str = "", **contract: Any) -> Variant:
    return Variant(name, "models", differs, rewrites, outcome, contract)


def _catalogue(name: str, differs: str, *rewrites: Rewrite, outcome: str = "", **contract: Any) -> Variant:
    return Variant(name, "catalogues", differs, rewrites, outcome, contract)


def _fields(**model: str) -> dict[str, Any]:
    return {"fields": {"model": model}}


_MODELS = (
    _model("model-title", "the name is Title, also when written", moved(MODEL, "Name", "Title"), before(("create_model", "update_model"), lambda asked: _renamed(asked, {"Title": "Name"})), outcome=ADAPTED, **_fields(name="Title")),
    _model("ready-capital", "OK in place of ok", _word("OK"), outcome=WORKS),
    _model("ready-word", "Ready in place of ok", _word("Ready"), outcome=ADAPTED, words={"ready": ["ready"]}),
    _model("ready-done", "done in place of ok", _word("done"), outcome=ADAPTED, words={"ready": ["done"]}),
    _model("ready-number", "3 in place of ok", _word(3)),
    _model("ready-status-only", "no Code", dropped(MODEL, "Code"), outcome=WORKS),
    _model("ready-code-only", "no Status", dropped(MODEL, "Status"), outcome=WORKS),
    _model("ready-code-text", "Code is the word alone", member(MODEL, "Code", lambda code: code["Status"])),
    _model("ready-nowhere", "neither Status nor Code", dropped(MODEL, "Status", "Code")),
    _model("ready-elsewhere", "Conversion.State in place of Code.Status", moved(MODEL, "Code.Status", "Conversion.State")),
    _model("ready-no-uri", "no CDNURI", dropped(MODEL, "Code.CDNURI", "Downloads"), outcome=WORKS),
    _model("doc-not-in-list", "lists show no Documentation, a single model does", dropped(_LIST, "Documentation"), outcome=WORKS),
    _model("doc-nowhere", "no Documentation is shown", dropped(MODEL, "Documentation")),
    _model("doc-nowhere-no-size", "neither Documentation nor a size is shown", dropped(MODEL, "Documentation", "Size", "Downloads")),
    _model("doc-empty-in-list", "lists show an empty Documentation", _documentation(lambda _text: "", _LIST)),
    _model("doc-description", "Description, also when written", moved(MODEL, "Documentation", "Description"), before(("create_model", "update_model"), lambda asked: _renamed(asked, {"Description": "Documentation"}, required=False)), outcome=ADAPTED, **_fields(documentation="Description")),
    _model("marks-stripped", "HTML comments are taken out of Documentation", _documentation(lambda text: _COMMENT.sub("", text))),
    _model("marks-stripped-no-size", "the same, and no size is shown", _documentation(lambda text: _COMMENT.sub("", text)), dropped(MODEL, "Size", "Downloads")),
    _model("marks-escaped", "&lt;!-- in place of <!--", _documentation(lambda text: text.replace("<!--", "&lt;!--"))),
    _model("doc-short", "Documentation is cut after 40 characters", _documentation(lambda text: text[:40])),
    _model("doc-html", "Documentation is rendered as HTML", _documentation(_html)),
    _model("doc-crlf", "Documentation has other ends of line", _documentation(lambda text: text.replace("\n", "\r\n")), outcome=WORKS),
    _model("doc-trimmed", "Documentation ends with a newline more", _documentation(lambda text: f"{text}\n")),
    _model("doc-one-line", "Documentation is one line", _documentation(lambda text: " ".join(text.split()))),
    _model("members-not-shown", "Catalogues are not shown", dropped(MODEL, "Catalogues")),
    _model("members-null", "null for Catalogues", member(MODEL, "Catalogues", lambda _value: None)),
    _model("members-not-in-list", "Catalogues only of a single model", dropped(_LIST, "Catalogues"), outcome=WORKS),
    _model("members-objects", "Catalogues are objects with UUID and Name", member(MODEL, "Catalogues", lambda uuids: [{"UUID": each, "Name": "x"} for each in uuids]), outcome=WORKS),
    _model("members-names", "Catalogues are names", after(("list_catalogues",), _learns), after(MODEL, _names)),
    _model("members-renamed", "CatalogueUUIDs, also when written", moved(MODEL, *next(iter(_HOUSES.items()))), before(("create_model", "update_model"), lambda asked: _renamed(asked, {"CatalogueUUIDs": "Catalogues"}, required=False)), outcome=ADAPTED, **_fields(catalogues="CatalogueUUIDs")),
    _model("members-text", "Catalogues are one text with commas", member(MODEL, "Catalogues", ",".join)),
    _model("members-object", "Catalogues are an object by UUID", member(MODEL, "Catalogues", lambda uuids: {each: {"Name": "x"} for each in uuids})),
    _model("details-not-shown", "InputDriverDetails are not shown", dropped(MODEL, "InputDriverDetails")),
    _model("details-not-in-list", "InputDriverDetails only of a single model", dropped(_LIST, "InputDriverDetails"), outcome=WORKS),
    _model("details-null", "null for InputDriverDetails", member(MODEL, "InputDriverDetails", lambda _value: None)),
    _model("details-empty", "{} for InputDriverDetails in lists", member(_LIST, "InputDriverDetails", lambda _value: {})),
    _model("details-text", "InputDriverDetails are a text that holds JSON", member(MODEL, "InputDriverDetails", json.dumps)),
    _model("details-pascal", "Height, Means in InputDriverDetails", member(MODEL, "InputDriverDetails", lambda value: {name.capitalize(): each for name, each in value.items()})),
    _model("patch-replaces", "what a PATCH does not name gets its default", _patch_replaces()),
    _model("patch-no-members", "Catalogues in a PATCH are passed over", _forgets("update_model", "Catalogues"), outcome=STOPS),
    _model("create-no-members", "Catalogues in a create are passed over, in a PATCH not", _forgets("create_model", "Catalogues")),
    _model("members-objects-wanted", "Catalogues have to be sent as objects", before(("create_model", "update_model"), _catalogue_objects), outcome=STOPS),
    _model("listed-late", "a new model is listed after 20 s", _hidden(20), outcome=WORKS),
    _model("listed-never-by-itself", "a new model is listed only with Catalogue=<zero UUID>", _hidden(1e9, _all_available), outcome=WORKS),
    _model("listed-never", "a new model is never listed; a single GET has it", _hidden(1e9)),
    _model("listed-own-only", "without Catalogue only own uploads are listed", _only_own(), outcome=WORKS),
    _model("single-404", "no GET of a single model", elsewhere("GET /cpt/none/{uuid}", "GET /cpt/function/{uuid}"), dropped(MODEL, "NamedInput"), outcome=WORKS),
    _model("single-reduced", "a single model shows UUID, Name and Status alone", _merged(("UUID", "Name", "Status")), dropped(MODEL, "NamedInput"), outcome=WORKS),
    _model("versions", "each model has a second row, of its version before", answers(_LIST, _versions)),
    _model("name-lowered", "the name of a new model is stored in lower case", _stored_name(str.lower)),
    _model("name-numbered", "the name of a new model gets a number", _stored_name(lambda name: f"{name} (1)")),
    _model("time-unix", "UpdatedAt is a number", member(MODEL, "UpdatedAt", lambda _text: 1764230400), outcome=WORKS),
    _model("organisation-text", "Organisation is a text", member(MODEL, "Organisation", lambda value: value["Name"]), outcome=WORKS),
    _model("organisation-absent", "OrganisationUUID in place of Organisation", moved(MODEL, "Organisation.UUID", "OrganisationUUID"), dropped(MODEL, "Organisation"), outcome=WORKS),
    _model("size-text", "Size is a text for people", member(MODEL, "Size", lambda size: f"{size // 1024} KiB"), outcome=WORKS),
    _model("size-of-conversion", "Size is that of something else", member(MODEL, "Size", lambda size: size * 3 + 1), outcome=WORKS),
    _model("foreign-not-listed", "models of catalogues are not listed, though cameras run them", rows(_LIST, lambda row: None if row["UUID"] == FOREIGN else row), outcome=STOPS),
)  # fmt: skip


def _renamed(asked: Asked, names: dict[str, str], required: bool = True) -> Told | None:
    """Members of the part data have other names (theirs -> ours). Ours are not known."""
    missing: list[str] = []

    def change(data: Row) -> Row:
        missing.extend(theirs for theirs in names if theirs not in data and asked.method == "POST")
        kept = {key: value for key, value in data.items() if key not in names.values()}
        return {names.get(key, key): value for key, value in kept.items()}

    asked.body = _with_data(asked.body, change)
    return refusal(400, f"{missing[0]} is required") if missing and required else None


_CATALOGUES = (
    _catalogue("catalogs", "/cpt/catalogs", elsewhere("GET /cpt/catalogs", "GET /cpt/catalogues"), elsewhere("POST /cpt/catalogs", "POST /cpt/catalogues"), outcome=ADAPTED, operations={"list_catalogues": {"path": "/catalogs"}, "create_catalogue": {"path": "/catalogs"}}),
    _catalogue("catalogue-create-path", "created at /cpt/catalogue", elsewhere("POST /cpt/catalogue", "POST /cpt/catalogues", 405), outcome=ADAPTED, operations={"create_catalogue": {"path": "/catalogue"}}),
    _catalogue("catalogue-create-put", "created by PUT", elsewhere("PUT /cpt/catalogues", "POST /cpt/catalogues", 405), outcome=ADAPTED, operations={"create_catalogue": {"method": "PUT"}}),
    _catalogue("catalogue-title", "the name is Title, also when written", moved(CATALOGUE, "Name", "Title"), sent(("create_catalogue",), {"Title": "Name"}), outcome=ADAPTED, fields={"catalogue": {"name": "Title"}}),
    _catalogue("catalogue-title-read", "the name is Title, but Name when written", moved(CATALOGUE, "Name", "Title"), fields={"catalogue": {"name": "Title"}}),
    _catalogue("catalogue-late", "a new catalogue is listed after 20 s", _catalogue_late(20)),
    _catalogue("catalogue-models", "catalogues show their models", rows(CATALOGUE, lambda row: {**row, "Functions": [{"UUID": FOREIGN}]}), outcome=WORKS),
    _catalogue("catalogue-organisation", "an organisation is required to create one", before(("create_catalogue",), lambda asked: None if "OrganisationUUID" in asked.data else refusal(400, "OrganisationUUID is required")), outcome=STOPS),
    _catalogue("catalogue-twice", "every catalogue is listed twice, equal", answers(("list_catalogues",), lambda data: [*data, *data]), outcome=WORKS),
    _catalogue("catalogue-created-row", "create answers the record", after(("create_catalogue",), lambda asked, answer: told(201, {"UUID": answer.data["UUID"], "Name": asked.data["Name"]})), outcome=WORKS),
    _catalogue("catalogue-exists-409", "create answers 409 after the effect", status(("create_catalogue",), 409, b'{"Message": "exists"}')),
)  # fmt: skip

VARIANTS = (*_MODELS, *_CATALOGUES)
