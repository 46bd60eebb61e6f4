# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The form of lists and records, and the bytes of an answer."""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Callable
from typing import Any

from .layer import Ask, Asked, Rewrite, Told
from .rewrites import LISTS, Row, added, after, answers, elsewhere, keys, numbers_from_text, rows, walked, wrapped
from .variant import ADAPTED, STOPS, WORKS, row_of


def _own_name(asked: Asked, answer: Told) -> None:
    """{functions: [...]}, {systems: [...]}: the last word of the path."""
    if isinstance(answer.data, list):
        answer.data = {asked.path.rpartition("/")[2]: answer.data}


def _hal(asked: Asked, answer: Told) -> None:
    answer.data = {"_links": {"self": {"href": asked.path}}, "_embedded": {"records": answer.data}}


def _by_id(data: list[Row]) -> dict[str, Row]:
    return {str(row.get("UUID", row.get("NxID"))): row for row in data}


def _camel(name: str) -> str:
    return (
        name
        if name in ("nxAI", "modelUUID", "modelNMS")
        else re.sub("^[A-Z]+", lambda found: found.group().lower(), name)
    )


def _snake(name: str) -> str:
    return name if name in ("nxAI", "modelUUID", "modelNMS") else re.sub("(?<=[a-z])(?=[A-Z])", "_", name).lower()


def _outer(change: Callable[[str], str]) -> Rewrite:
    """The keys of records, but not of pipelines, which go back as they came."""

    def changed(row: Row) -> Row:
        kept = row.get("nxAI")
        made: Row = keys({name: value for name, value in row.items() if name != "nxAI"}, change)
        return {**made, change("nxAI"): kept} if kept is not None else made

    return rows((*LISTS, "get_model"), changed)


def _omit_empty(value: Any) -> Any:
    """As ``omitempty`` of Go does: no member that is false, 0, "", [] or null."""
    if not isinstance(value, dict):
        return value
    return {name: inner for name, inner in value.items() if inner or isinstance(inner, dict)}


def _raw_body(change: Callable[[bytes], bytes], **headers: str) -> Rewrite:
    def changed(_asked: Asked, answer: Told) -> None:
        answer.body = change(answer.body)
        answer.headers.update({name.replace("_", "-"): value for name, value in headers.items()})

    return after((), changed)


def _go_escaped(body: bytes) -> bytes:
    for sign in (b"<", b">", b"&"):
        body = body.replace(sign, b"\\u%04x" % ord(sign))
    return body


def _slash(code: int) -> Rewrite:
    """Collections live behind a slash; without it there is a redirect, as a router of Go gives."""

    async def rewrite(asked: Asked, ask: Ask) -> Told:
        if asked.operation in LISTS:
            query = "&".join(f"{name}={value}" for name, value in asked.query.items())
            return Told(code, headers={"location": f"{asked.path}/?{query}"})
        return await ask(asked.copy(path=asked.path.rstrip("/")))

    return rewrite


def _version(code: int) -> Rewrite:
    """Everything has moved to /v2, by a redirect that keeps the method."""

    async def rewrite(asked: Asked, ask: Ask) -> Told:
        if asked.path.startswith(("/cpt/", "/dev/")):
            query = "&".join(f"{name}={value}" for name, value in asked.query.items())
            return Told(code, headers={"location": f"/v2{asked.path}?{query}"})
        return await ask(asked.copy(path=asked.path.removeprefix("/v2")))

    return rewrite


def _text_of(kind: type | tuple[type, ...], text: Callable[[Any], Any]) -> Rewrite:
    return rows(
        (*LISTS, "get_model"),
        lambda row: walked(
            row, lambda value: text(value) if type(value) in (kind if isinstance(kind, tuple) else (kind,)) else value
        ),
    )


_lists = row_of("lists")
VARIANTS = (
    _lists("in-items", "lists inside items", wrapped("items"), outcome=WORKS),
    _lists("in-data", "lists inside data", wrapped("data"), outcome=WORKS),
    _lists(
        "in-results",
        "lists inside results, with count, next and previous",
        wrapped("results", count=1, next=None, previous=None),
        outcome=WORKS,
    ),
    _lists(
        "in-own-name",
        "lists inside functions, catalogues, systems, servers, devices",
        after(LISTS, _own_name),
        outcome=WORKS,
    ),
    _lists(
        "in-rows-with-errors",
        "lists inside Rows, with a list Errors beside",
        wrapped("Rows", Errors=[]),
        outcome=WORKS,
        fields={"answer": {"rows": "Rows"}},
    ),
    _lists(
        "in-data-items",
        "lists two objects deep",
        wrapped("Result.Rows"),
        outcome=ADAPTED,
        fields={"answer": {"rows": "Result.Rows"}},
    ),
    _lists(
        "in-hal",
        "lists inside _embedded, beside _links",
        after(LISTS, _hal),
        outcome=ADAPTED,
        fields={"answer": {"rows": "_embedded.records"}},
    ),
    _lists("by-id", "objects by id in place of lists", answers(LISTS, _by_id), outcome=WORKS),
    _lists("as-text", "lists as a text that holds JSON", answers(LISTS, json.dumps), outcome=WORKS),
    _lists(
        "lines",
        "one JSON value on each line",
        after(LISTS, lambda _asked, answer: Told(200, b"\n".join(json.dumps(row).encode() for row in answer.data))),
        outcome=WORKS,
    ),
    _lists(
        "null-lists",
        "null in place of every empty list, also inside records",
        answers(LISTS, lambda data: walked(data, lambda value: None if value == [] else value)),
        outcome=ADAPTED,
        no_pipelines=[
            "Enabled: boolean, Group: text, Name: text, NxID: text, Server: object, V2: object, nxAI: {PluginSettings:"
            " empty object, models: null, pipelines: null, selectedPipeline: empty text}"
        ],
    ),
    _lists(
        "omit-empty",
        "members that are empty, false or 0 are left out",
        rows((*LISTS, "get_model"), lambda row: walked(row, _omit_empty)),
        outcome=ADAPTED,
        no_pipelines=[
            "Enabled: boolean, Name: text, NxID: text, Server: object, V2: object, nxAI: {PluginSettings: empty object}"
        ],
    ),
    _lists("null-rows", "a null among the rows", answers(LISTS, lambda data: [None, *data]), outcome=STOPS),
    _lists(
        "twice",
        "every row comes twice, equal",
        answers(LISTS, lambda data: [row for row in data for _turn in (1, 2)]),
        outcome=WORKS,
    ),
    _lists(
        "extra",
        "unknown members everywhere",
        added((*LISTS, "get_model"), Links={"self": "/x"}, Extra=[1, {"a": None}], etag="w"),
        outcome=WORKS,
    ),
    _lists("lower-keys", "all keys of records in lower case", _outer(str.lower), outcome=WORKS),
    _lists("camel-keys", "all keys of records in camelCase", _outer(_camel), outcome=WORKS),
    _lists(
        "snake-keys",
        "all keys of records in snake_case",
        _outer(_snake),
        outcome=ADAPTED,
        fields={"device": {"id": "nx_id"}},
    ),
    _lists("numbers-as-text", "numbers as text", _text_of((int, float), str), numbers_from_text(), outcome=WORKS),
    _lists(
        "booleans-as-text", "true and false as text", _text_of(bool, lambda value: str(value).lower()), outcome=WORKS
    ),
    _lists("bom", "a byte order mark before each body", _raw_body(lambda body: b"\xef\xbb\xbf" + body), outcome=WORKS),
    _lists(
        "newline",
        "a newline after each body, as Go's encoder ends",
        _raw_body(lambda body: body + b"\n"),
        outcome=WORKS,
    ),
    _lists("go-escapes", "<, > and & as \\u003c, as Go's encoder writes", _raw_body(_go_escaped), outcome=WORKS),
    _lists(
        "plain-text",
        "text/plain",
        _raw_body(lambda body: body, content_type="text/plain; charset=utf-8"),
        outcome=WORKS,
    ),
    _lists(
        "charset",
        "a charset behind the content type",
        _raw_body(lambda body: body, content_type="application/json;charset=UTF-8"),
        outcome=WORKS,
    ),
    _lists(
        "no-content-type",
        "no content type that says JSON",
        _raw_body(lambda body: body, content_type="application/octet-stream"),
        outcome=WORKS,
    ),
    _lists("gzip", "always compressed", _raw_body(gzip.compress, content_encoding="gzip"), outcome=WORKS),
    _lists("slash-301", "collections behind a slash, by a 301", _slash(301), outcome=WORKS),
    _lists("slash-308", "collections behind a slash, by a 308", _slash(308), outcome=WORKS),
    _lists("v2-307", "everything at /v2, by a 307", _version(307), outcome=WORKS),
    _lists(
        "singular",
        "collections by the singular: /cpt/function",
        elsewhere("GET /cpt/function", "GET /cpt/functions"),
        outcome=ADAPTED,
        operations={"list_models": {"path": "/function"}},
    ),
)
