# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is shown of a model, and what a change does to it: documentation, catalogues, input."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Callable
from typing import Any

from .layer import Asked, Rewrite, Told, refusal
from .rewrites import (
    MODEL,
    Row,
    after,
    before,
    dropped,
    keys,
    member,
    moved,
    renamed_part,
    with_data,
)
from .variant import ADAPTED, STOPS, WORKS, row_of

_COMMENT = re.compile(r"\s*<!--.*?-->", re.DOTALL)
_LIST = ("list_models",)
_UPLOADS = ("create_model", "update_model")


def _documentation(change: Callable[[str], Any], operations: tuple[str, ...] = MODEL) -> Rewrite:
    return member(operations, "Documentation", change)


def _html(text: str) -> str:
    return f"<p>{text}</p>"


def _names(asked: Asked, answer: Told) -> None:
    """Catalogues by their names."""
    known = asked.memory.get("names", {})

    def named(row: Row) -> Row:
        return {**row, "Catalogues": [known.get(uuid, uuid) for uuid in row["Catalogues"]]}

    answer.data = [named(row) for row in answer.data] if isinstance(answer.data, list) else named(answer.data)


def _learns(asked: Asked, answer: Told) -> None:
    asked.memory.setdefault("names", {}).update((row["UUID"], row["Name"]) for row in answer.data)


def _forgets(operation: str, *names: str) -> Rewrite:
    """Members that are sent are passed over."""

    def change(asked: Asked) -> None:
        asked.body = with_data(asked.body, lambda data: {key: value for key, value in data.items() if key not in names})

    return before((operation,), change)


def _catalogue_objects(asked: Asked) -> Told | None:
    wrong: list[Any] = []

    def change(data: Row) -> Row:
        found = data.get("Catalogues", [])
        wrong.extend(each for each in found if not isinstance(each, dict))
        return data

    with_data(asked.body, change)
    return refusal(400, "json: cannot unmarshal string into Catalogue") if wrong else None


def _without_catalogue(asked: Asked) -> None:
    asked.query.pop("Catalogue", None)


def _lower_details(asked: Asked) -> None:
    def lower(data: Row) -> Row:
        details = data.get("InputDriverDetails", {})
        return {**data, "InputDriverDetails": keys(details, str.lower)} if details else data

    asked.body = with_data(asked.body, lower)


def _fields(**model: str) -> dict[str, Any]:
    return {"fields": {"model": model}}


_model = row_of("models")
VARIANTS = (
    _model(
        "doc-not-in-list",
        "lists show no Documentation, a single model does",
        dropped(_LIST, "Documentation"),
        outcome=WORKS,
    ),
    _model("doc-nowhere", "no Documentation is shown", dropped(MODEL, "Documentation"), outcome=WORKS),
    _model(
        "doc-nowhere-no-size",
        "neither Documentation nor a size is shown",
        dropped(MODEL, "Documentation", "Size", "Downloads"),
        outcome=WORKS,
    ),
    _model(
        "doc-empty-in-list", "lists show an empty Documentation", _documentation(lambda _text: "", _LIST), outcome=WORKS
    ),
    _model(
        "doc-description",
        "Description, also when written",
        moved(MODEL, "Documentation", "Description"),
        renamed_part({"Description": "Documentation"}, required=False),
        **_fields(documentation="Description"),
        outcome=WORKS,
    ),
    _model(
        "marks-stripped",
        "HTML comments are taken out of Documentation",
        _documentation(lambda text: _COMMENT.sub("", text)),
        outcome=WORKS,
    ),
    _model(
        "marks-stripped-no-size",
        "the same, and no size is shown",
        _documentation(lambda text: _COMMENT.sub("", text)),
        dropped(MODEL, "Size", "Downloads"),
        outcome=WORKS,
    ),
    _model(
        "marks-escaped",
        "&lt;!-- in place of <!--",
        _documentation(lambda text: text.replace("<!--", "&lt;!--")),
        outcome=WORKS,
    ),
    _model("doc-escaped", "Documentation is escaped as HTML", _documentation(html.escape), outcome=WORKS),
    _model(
        "doc-short", "Documentation is cut after 40 characters", _documentation(lambda text: text[:40]), outcome=WORKS
    ),
    _model("doc-html", "Documentation is rendered as HTML", _documentation(_html), outcome=WORKS),
    _model(
        "doc-crlf",
        "Documentation has other ends of line",
        _documentation(lambda text: text.replace("\n", "\r\n")),
        outcome=WORKS,
    ),
    _model(
        "doc-trimmed", "Documentation ends with a newline more", _documentation(lambda text: f"{text}\n"), outcome=WORKS
    ),
    _model(
        "doc-one-line", "Documentation is one line", _documentation(lambda text: " ".join(text.split())), outcome=WORKS
    ),
    _model("members-not-shown", "Catalogues are not shown", dropped(MODEL, "Catalogues"), outcome=WORKS),
    _model(
        "members-nowhere",
        "Catalogues are not shown, and no listing is of one catalogue",
        dropped(MODEL, "Catalogues"),
        before(_LIST, _without_catalogue),
        outcome=STOPS,
    ),
    _model(
        "members-hidden",
        "no view shows the first catalogue of a model, whose own listing has it",
        member(MODEL, "Catalogues", lambda uuids: uuids[1:]),
        outcome=STOPS,
    ),
    _model("members-null", "null for Catalogues", member(MODEL, "Catalogues", lambda _value: None), outcome=WORKS),
    _model("members-not-in-list", "Catalogues only of a single model", dropped(_LIST, "Catalogues"), outcome=WORKS),
    _model(
        "members-objects",
        "Catalogues are objects with UUID and Name",
        member(MODEL, "Catalogues", lambda uuids: [{"UUID": each, "Name": "x"} for each in uuids]),
        outcome=WORKS,
    ),
    _model(
        "members-names",
        "Catalogues are names",
        after(("list_catalogues",), _learns),
        after(MODEL, _names),
        outcome=WORKS,
    ),
    _model(
        "members-renamed",
        "CatalogueUUIDs, also when written",
        moved(MODEL, "Catalogues", "CatalogueUUIDs"),
        renamed_part({"CatalogueUUIDs": "Catalogues"}, required=False),
        outcome=ADAPTED,
        **_fields(catalogues="CatalogueUUIDs"),
    ),
    _model("members-text", "Catalogues are one text with commas", member(MODEL, "Catalogues", ",".join), outcome=WORKS),
    _model(
        "members-object",
        "Catalogues are an object by UUID",
        member(MODEL, "Catalogues", lambda uuids: {each: {"Name": "x"} for each in uuids}),
        outcome=WORKS,
    ),
    _model(
        "details-not-shown", "InputDriverDetails are not shown", dropped(MODEL, "InputDriverDetails"), outcome=WORKS
    ),
    _model(
        "details-not-in-list",
        "InputDriverDetails only of a single model",
        dropped(_LIST, "InputDriverDetails"),
        outcome=WORKS,
    ),
    _model(
        "details-null",
        "null for InputDriverDetails",
        member(MODEL, "InputDriverDetails", lambda _value: None),
        outcome=WORKS,
    ),
    _model(
        "details-empty",
        "{} for InputDriverDetails in lists",
        member(_LIST, "InputDriverDetails", lambda _value: {}),
        outcome=WORKS,
    ),
    _model(
        "details-text",
        "InputDriverDetails are a text that holds JSON",
        member(MODEL, "InputDriverDetails", json.dumps),
        outcome=WORKS,
    ),
    _model(
        "details-pascal",
        "Height, Means in InputDriverDetails; any case is taken, as Go does",
        member(MODEL, "InputDriverDetails", lambda value: {name.capitalize(): each for name, each in value.items()}),
        before(_UPLOADS, _lower_details),
        outcome=WORKS,
    ),
    _model(
        "patch-no-members",
        "Catalogues in a PATCH are passed over",
        _forgets("update_model", "Catalogues"),
        outcome=STOPS,
    ),
    _model(
        "create-no-members",
        "Catalogues in a create are passed over, in a PATCH not",
        _forgets("create_model", "Catalogues"),
        outcome=WORKS,
    ),
    _model(
        "members-objects-wanted",
        "Catalogues have to be sent as objects",
        before(_UPLOADS, _catalogue_objects),
        outcome=ADAPTED,
        upload={"catalogues": "objects"},
    ),
)
