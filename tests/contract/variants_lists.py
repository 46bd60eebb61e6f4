# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Pages of a listing, and the form of lists."""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Callable
from typing import Any

from .layer import Ask, Asked, Rewrite, Told, refusal
from .rewrites import LISTS, Row, added, after, answers, before, elsewhere, keys, rows, walked, wrapped
from .variant import ADAPTED, STOPS, WORKS, Variant

_TOTAL = "x-pagination-records"


def _cap(size: int = 2, limit: str = "Limit", offset: str = "Offset", first: int = 0, pages: bool = False) -> Rewrite:
    """No answer has more rows than ``size``. The parameters have these names; with ``pages`` the second counts pages."""

    def change(asked: Asked) -> None:
        given, start = asked.query.pop(limit, str(size)), int(asked.query.pop(offset, first)) - first
        asked.query["Limit"] = str(min(int(given), size)) if given.isdigit() else str(size)
        asked.query["Offset"] = str(start * size if pages else start)

    return before(LISTS, change)


def _ignores(*names: str) -> Rewrite:
    def change(asked: Asked) -> None:
        for name in names:
            asked.query.pop(name, None)

    return before(LISTS, change)


def _total(change: Callable[[str, Told], str | None]) -> Rewrite:
    """The header becomes what ``change`` makes of its value and the answer; None: there is none."""

    def changed(_asked: Asked, answer: Told) -> None:
        found = change(answer.headers.pop(_TOTAL, ""), answer)
        if found is not None:
            answer.headers[_TOTAL] = found

    return after(LISTS, changed)


_NO_TOTAL = _total(lambda _value, _answer: None)


def _other_header(name: str) -> Rewrite:
    def change(_asked: Asked, answer: Told) -> None:
        answer.headers[name] = answer.headers.pop(_TOTAL, "")

    return after(LISTS, change)


def _total_in_body(name: str, total: str) -> Rewrite:
    def change(_asked: Asked, answer: Told) -> None:
        answer.data = {name: answer.data, total: int(answer.headers.pop(_TOTAL, "0"))}

    return after(LISTS, change)


def _limit_most(most: int, answer: Callable[[], Told]) -> Rewrite:
    return before(LISTS, lambda asked: answer() if int(asked.query.get("Limit", "0")) > most else None)


def _strict_query(asked: Asked) -> Told | None:
    unknown = [name for name in asked.query if name in ("Limit", "Offset")]
    return refusal(400, f"unknown query parameter {unknown[0]}") if unknown else None


def _cursor(in_header: bool) -> Rewrite:
    """Pages of two rows, by a cursor that the answer gives."""

    async def rewrite(asked: Asked, ask: Ask) -> Told:
        if asked.operation not in LISTS:
            return await ask(asked)
        start = int(asked.query.pop("Cursor", "0"))
        answer = await ask(asked.copy(query={**asked.query, "Limit": "2", "Offset": str(start)}))
        if answer.good:
            more = start + 2 < int(answer.headers.pop(_TOTAL))
            if in_header:
                answer.headers["link"] = f'<{asked.path}?Cursor={start + 2}>; rel="next"' if more else ""
            else:
                answer.data = {"Items": answer.data, "Next": str(start + 2) if more else None}
        return answer

    return rewrite


def _past_the_end(answer: Callable[[], Told]) -> Rewrite:
    def change(_asked: Asked, found: Told) -> Told | None:
        return answer() if found.data == [] and _asked.query.get("Offset", "0") != "0" else None

    return after(LISTS, change)


_RENAMED = {"query": {"Limit": "Top", "Offset": "Skip"}}
_LOWER = {"query": {"Limit": "limit", "Offset": "offset"}}


def _paging(name: str, differs: str, *rewrites: Rewrite, outcome: str = "", **contract: Any) -> Variant:
    return Variant(name, "paging", differs, rewrites, outcome, contract)


def _each(line: dict[str, Any]) -> dict[str, Any]:
    return dict.fromkeys(LISTS, line)


_PAGING = (
    _paging("cap", "two rows at most, with a total", _cap(), outcome=WORKS),
    _paging("cap-no-total", "two rows at most, without a total", _NO_TOTAL, _cap(), outcome=WORKS),
    _paging("no-total", "all rows at once, without a total", _NO_TOTAL, outcome=WORKS),
    _paging("cap-null-end", "two rows at most, no total, null after the last", _NO_TOTAL, answers(LISTS, lambda data: data or None), _cap(), outcome=WORKS),
    _paging("cap-404-end", "two rows at most, no total, 404 after the last", _NO_TOTAL, _past_the_end(lambda: refusal(404, "no such page")), _cap()),
    _paging("cap-400-end", "two rows at most, no total, 400 after the last", _NO_TOTAL, _past_the_end(lambda: refusal(400, "Offset is out of range")), _cap()),
    _paging("cap-total-header", "two rows at most, the total in X-Total-Count", _other_header("x-total-count"), _cap(), outcome=WORKS),
    _paging("cap-total-body", "two rows at most, in items, with total beside", _total_in_body("items", "total"), _cap(), outcome=WORKS),
    _paging("cap-total-body-other", "two rows at most, in Entries, with Records beside", _total_in_body("Entries", "Records"), _cap()),
    _paging("cap-total-zero", "two rows at most, the total is always 0", _total(lambda _value, _answer: "0"), _cap()),
    _paging("cap-total-minus", "two rows at most, the total is always -1", _total(lambda _value, _answer: "-1"), _cap(), outcome=WORKS),
    _paging("cap-total-words", "two rows at most, the total is a text", _total(lambda value, _answer: f"{value} records"), _cap(), outcome=WORKS),
    _paging("total-too-large", "the total also counts what the account does not see", _total(lambda value, _answer: str(int(value) + 3)), outcome=STOPS),
    _paging("cap-no-offset", "two rows at most, Offset is passed over", _ignores("Offset"), _cap(), outcome=STOPS),
    _paging("cap-no-offset-no-total", "the same, without a total", _NO_TOTAL, _ignores("Offset"), _cap(), outcome=STOPS),
    _paging("lower-case", "limit and offset, and others are passed over", _cap(limit="limit", offset="offset"), outcome=ADAPTED, operations=_each(_LOWER)),
    _paging("skip-top", "Skip and Top, and others are passed over", _cap(limit="Top", offset="Skip"), outcome=ADAPTED, operations=_each(_RENAMED)),
    _paging("page-numbers", "Page from 1 and PageSize, two rows", _NO_TOTAL, _cap(limit="PageSize", offset="Page", first=1, pages=True), outcome=STOPS),
    _paging("page-numbers-zero", "Page from 0, two rows, with a total", _cap(offset="Page", pages=True), outcome=STOPS),
    _paging("limit-100", "a Limit beyond 100 gets 400 with the number", _limit_most(100, lambda: refusal(400, "Limit must be at most 100", Field={"Limit": "max 100"})), outcome=WORKS),
    _paging("limit-100-silent", "a Limit beyond 100 gets 400 without the number", _limit_most(100, lambda: refusal(400, "invalid query")), outcome=ADAPTED, operations=_each({"page_size": 100})),
    _paging("limit-50-422", "a Limit beyond 50 gets 422", _limit_most(50, lambda: refusal(422, "Limit is not valid")), operations=_each({"page_size": 50})),
    _paging("limit-refused", "an unknown parameter is refused, and Limit is one", before(LISTS, _strict_query), outcome=STOPS),
    _paging("cursor-body", "two rows in Items, a cursor in Next", _cursor(in_header=False), outcome=STOPS),
    _paging("cursor-link", "two rows, the next by a Link header, no total", _cursor(in_header=True), outcome=STOPS),
)  # fmt: skip


# The form of lists


def _own_name(asked: Asked, answer: Told) -> None:
    """{functions: [...]}, {systems: [...]}: the last word of the path."""
    if isinstance(answer.data, list):
        answer.data = {asked.path.rpartition("/")[2]: answer.data}


def _hal(asked: Asked, answer: Told) -> None:
    answer.data = {"_links": {"self": {"href": asked.path}}, "_embedded": {"records": answer.data}}


def _by_id(data: list[Row]) -> dict[str, Row]:
    return {str(row.get("UUID", row.get("NxID"))): row for row in data}


def _camel(name: str) -> str:
    return name if name in ("nxAI", "modelUUID", "modelNMS") else re.sub("^[A-Z]+", lambda found: found.group().lower(), name)


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
    return rows((*LISTS, "get_model"), lambda row: walked(row, lambda value: text(value) if type(value) in (kind if isinstance(kind, tuple) else (kind,)) else value))


def _lists(name: str, differs: str, *rewrites: Rewrite, outcome: str = "", **contract: Any) -> Variant:
    return Variant(name, "lists", differs, rewrites, outcome, contract)


_FORMS = (
    _lists("in-items", "lists inside items", wrapped("items"), outcome=WORKS),
    _lists("in-data", "lists inside data", wrapped("data"), outcome=WORKS),
    _lists("in-results", "lists inside results, with count, next and previous", wrapped("results", count=1, next=None, previous=None), outcome=WORKS),
    _lists("in-own-name", "lists inside functions, catalogues, systems, servers, devices", after(LISTS, _own_name), outcome=WORKS),
    _lists("in-rows-with-errors", "lists inside Rows, with a list Errors beside", wrapped("Rows", Errors=[]), outcome=ADAPTED, fields={"answer": {"rows": "Rows"}}),
    _lists("in-data-items", "lists two objects deep", wrapped("Result.Rows"), fields={"answer": {"rows": "Result.Rows"}}),
    _lists("in-hal", "lists inside _embedded, beside _links", after(LISTS, _hal), fields={"answer": {"rows": "_embedded.records"}}),
    _lists("by-id", "objects by id in place of lists", answers(LISTS, _by_id)),
    _lists("as-text", "lists as a text that holds JSON", answers(LISTS, json.dumps), outcome=STOPS),
    _lists("lines", "one JSON value on each line", after(LISTS, lambda _asked, answer: Told(200, b"\n".join(json.dumps(row).encode() for row in answer.data))), outcome=STOPS),
    _lists("null-lists", "null in place of every empty list, also inside records", answers(LISTS, lambda data: walked(data, lambda value: None if value == [] else value))),
    _lists("omit-empty", "members that are empty, false or 0 are left out", rows((*LISTS, "get_model"), lambda row: walked(row, _omit_empty))),
    _lists("null-rows", "a null among the rows", answers(LISTS, lambda data: [None, *data])),
    _lists("twice", "every row comes twice, equal", answers(LISTS, lambda data: [row for row in data for _turn in (1, 2)])),
    _lists("extra", "unknown members everywhere", added((*LISTS, "get_model"), Links={"self": "/x"}, Extra=[1, {"a": None}], etag="w"), outcome=WORKS),
    _lists("lower-keys", "all keys of records in lower case", _outer(str.lower), outcome=WORKS),
    _lists("camel-keys", "all keys of records in camelCase", _outer(_camel), outcome=WORKS),
    _lists("snake-keys", "all keys of records in snake_case", _outer(_snake), outcome=WORKS),
    _lists("numbers-as-text", "numbers as text", _text_of((int, float), str), outcome=WORKS),
    _lists("booleans-as-text", "true and false as text", _text_of(bool, lambda value: str(value).lower()), outcome=WORKS),
    _lists("bom", "a byte order mark before each body", _raw_body(lambda body: b"\xef\xbb\xbf" + body), outcome=WORKS),
    _lists("newline", "a newline after each body, as Go's encoder ends", _raw_body(lambda body: body + b"\n"), outcome=WORKS),
    _lists("go-escapes", "<, > and & as \\u003c, as Go's encoder writes", _raw_body(_go_escaped), outcome=WORKS),
    _lists("plain-text", "text/plain", _raw_body(lambda body: body, content_type="text/plain; charset=utf-8"), outcome=WORKS),
    _lists("charset", "a charset behind the content type", _raw_body(lambda body: body, content_type="application/json;charset=UTF-8"), outcome=WORKS),
    _lists("no-content-type", "no content type that says JSON", _raw_body(lambda body: body, content_type="application/octet-stream"), outcome=WORKS),
    _lists("gzip", "always compressed", _raw_body(gzip.compress, content_encoding="gzip"), outcome=WORKS),
    _lists("slash-301", "collections behind a slash, by a 301", _slash(301), outcome=WORKS),
    _lists("slash-308", "collections behind a slash, by a 308", _slash(308), outcome=WORKS),
    _lists("v2-307", "everything at /v2, by a 307", _version(307), outcome=WORKS),
    _lists("singular", "collections by the singular: /cpt/function", elsewhere("GET /cpt/function", "GET /cpt/functions"), outcome=ADAPTED, operations={"list_models": {"path": "/function"}}),
)  # fmt: skip

VARIANTS = (*_PAGING, *_FORMS)
