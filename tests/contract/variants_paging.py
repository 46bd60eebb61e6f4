# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Pages of a listing: how they are asked for, how many rows they have, how the end shows."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .layer import TOTAL, Ask, Asked, Rewrite, Told, refusal
from .rewrites import LISTS, after, answers, before, put
from .variant import ADAPTED, STOPS, WORKS, row_of


def _cap(size: int = 2, limit: str = "Limit", offset: str = "Offset", first: int = 0, pages: bool = False) -> Rewrite:
    """No answer has more rows than ``size``. The parameters have these names; with ``pages`` the offset is of pages."""

    def change(asked: Asked) -> None:
        given, start = asked.query.pop(limit, str(size)), int(asked.query.pop(offset, first)) - first
        rows = min(int(given), size) if given.isdigit() else size
        asked.query["Limit"] = str(rows)
        asked.query["Offset"] = str(start * rows if pages else start)

    return before(LISTS, change)


def _rows_asked_for(most: int) -> Rewrite:
    """The total is the Limit that counts."""

    def change(asked: Asked, answer: Told) -> None:
        answer.headers[TOTAL] = str(min(int(asked.query.get("Limit", most)), most))

    return after(LISTS, change)


def _pages_in_total() -> Rewrite:
    def change(asked: Asked, answer: Told) -> None:
        size = min(int(asked.query.get("Limit", 2)), 2)
        answer.headers[TOTAL] = str(-(-int(answer.headers[TOTAL]) // size))

    return after(LISTS, change)


def _ignores(*names: str) -> Rewrite:
    def change(asked: Asked) -> None:
        for name in names:
            asked.query.pop(name, None)

    return before(LISTS, change)


def _total(change: Callable[[str, Told], str | None]) -> Rewrite:
    """The header becomes what ``change`` makes of its value and the answer; None: there is none."""

    def changed(_asked: Asked, answer: Told) -> None:
        found = change(answer.headers.pop(TOTAL, ""), answer)
        if found is not None:
            answer.headers[TOTAL] = found

    return after(LISTS, changed)


_NO_TOTAL = _total(lambda _value, _answer: None)


def _other_header(name: str) -> Rewrite:
    def change(_asked: Asked, answer: Told) -> None:
        answer.headers[name] = answer.headers.pop(TOTAL, "")

    return after(LISTS, change)


def _total_in_body(name: str, total: str) -> Rewrite:
    def change(_asked: Asked, answer: Told) -> None:
        answer.data = {name: answer.data, total: int(answer.headers.pop(TOTAL, "0"))}

    return after(LISTS, change)


def _limit_most(most: int, answer: Callable[[], Told]) -> Rewrite:
    return before(LISTS, lambda asked: answer() if int(asked.query.get("Limit", "0")) > most else None)


def _strict_query(asked: Asked) -> Told | None:
    unknown = [name for name in asked.query if name in ("Limit", "Offset")]
    return refusal(400, f"unknown query parameter {unknown[0]}") if unknown else None


def _next_in(name: str, form: str = "{}") -> Callable[[Asked, Told, int | None], None]:
    """The cursor (None after the last page) as a member beside the list, at a dotted path, in some form."""

    def change(_asked: Asked, answer: Told, start: int | None) -> None:
        answer.data = {"Items": answer.data}
        data = answer.data
        put(data, name, None if start is None else form.format(start))
        answer.data = data

    return change


def _next_header(name: str) -> Callable[[Asked, Told, int | None], None]:
    def change(_asked: Asked, answer: Told, start: int | None) -> None:
        if start is not None:
            answer.headers[name] = str(start)

    return change


def _next_linked(form: str = "{}?Cursor={}") -> Callable[[Asked, Told, int | None], None]:
    def change(asked: Asked, answer: Told, start: int | None) -> None:
        answer.headers["link"] = "" if start is None else f'<{form.format(asked.path, start)}>; rel="next"'

    return change


def _cursor(shown: Callable[[Asked, Told, int | None], None], parameter: str = "Cursor") -> Rewrite:
    """Pages of two rows, by a cursor that the answer gives."""

    async def rewrite(asked: Asked, ask: Ask) -> Told:
        if asked.operation not in LISTS:
            return await ask(asked)
        start = int(asked.query.pop(parameter, "0"))
        answer = await ask(asked.copy(query={**asked.query, "Limit": "2", "Offset": str(start)}))
        if answer.good:
            more = start + 2 < int(answer.headers.pop(TOTAL))
            shown(asked, answer, start + 2 if more else None)
        return answer

    return rewrite


def _rotating(cap: int, with_total: bool) -> Rewrite:
    """At most so many rows, of a list that begins elsewhere at each request."""

    async def rewrite(asked: Asked, ask: Ask) -> Told:
        if asked.operation not in LISTS:
            return await ask(asked)
        most = min(int(asked.query.pop("Limit", cap)), cap)
        first = int(asked.query.pop("Offset", 0))
        others = {name: value for name, value in asked.query.items() if name in ("Catalogue", "Customization")}
        answer = await ask(asked.copy(query={**others, "Limit": "500"}))
        if not answer.good:
            return answer
        turn = asked.memory[asked.path] = asked.memory.get(asked.path, 0) + 1
        begin = turn % max(len(answer.data), 1)
        total = answer.headers.pop(TOTAL, "")  # else it would become that of the page
        answer.data = [*answer.data[begin:], *answer.data[:begin]][first : first + most]
        if with_total:
            answer.headers[TOTAL] = total
        return answer

    return rewrite


def _past_the_end(answer: Callable[[], Told]) -> Rewrite:
    def change(_asked: Asked, found: Told) -> Told | None:
        return answer() if found.data == [] and _asked.query.get("Offset", "0") != "0" else None

    return after(LISTS, change)


_RENAMED = {"query": {"Limit": "Top", "Offset": "Skip"}}
_LOWER = {"query": {"Limit": "limit", "Offset": "offset"}}


def _each(line: dict[str, Any]) -> dict[str, Any]:
    return dict.fromkeys(LISTS, line)


_paging = row_of("paging")
VARIANTS = (
    _paging("cap", "two rows at most, with a total", _cap(), outcome=WORKS),
    _paging("rotating", "two rows at most, in another order at each request", _rotating(2, True), outcome=STOPS),
    _paging("rotating-no-total", "the same, without a total", _rotating(2, False), outcome=STOPS),
    _paging("rotating-cap-3", "the same, three rows", _rotating(3, False), outcome=STOPS),
    _paging(
        "cap-total-of-page",
        "two rows at most, and the total is that of the page",
        _total(lambda _value, answer: f"{len(answer.data)}"),
        _cap(),
        outcome=WORKS,
    ),
    _paging(
        "cap-total-of-pages",
        "two rows at most, and the total is one of pages",
        _pages_in_total(),
        _cap(),
        outcome=WORKS,
    ),
    _paging(
        "cap-total-limit",
        "two rows at most, and the total is how many rows a page has",
        _rows_asked_for(2),
        _cap(),
        outcome=ADAPTED,
        fields={"answer": {"total": ""}},
    ),
    _paging("cap-no-total", "two rows at most, without a total", _NO_TOTAL, _cap(), outcome=WORKS),
    _paging("no-total", "all rows at once, without a total", _NO_TOTAL, outcome=WORKS),
    _paging(
        "cap-null-end",
        "two rows at most, no total, null after the last",
        _NO_TOTAL,
        answers(LISTS, lambda data: data or None),
        _cap(),
        outcome=WORKS,
    ),
    _paging(
        "cap-404-end",
        "two rows at most, no total, 404 after the last",
        _NO_TOTAL,
        _past_the_end(lambda: refusal(404, "no such page")),
        _cap(),
        outcome=WORKS,
    ),
    _paging(
        "cap-400-end",
        "two rows at most, no total, 400 after the last",
        _NO_TOTAL,
        _past_the_end(lambda: refusal(400, "Offset is out of range")),
        _cap(),
        outcome=WORKS,
    ),
    _paging(
        "cap-total-header",
        "two rows at most, the total in X-Total-Count",
        _other_header("x-total-count"),
        _cap(),
        outcome=WORKS,
    ),
    _paging(
        "cap-total-body",
        "two rows at most, in items, with total beside",
        _total_in_body("items", "total"),
        _cap(),
        outcome=WORKS,
    ),
    _paging(
        "cap-total-body-other",
        "two rows at most, in Entries, with Records beside",
        _total_in_body("Entries", "Records"),
        _cap(),
        outcome=WORKS,
    ),
    _paging(
        "cap-total-zero",
        "two rows at most, the total is always 0",
        _total(lambda _value, _answer: "0"),
        _cap(),
        outcome=WORKS,
    ),
    _paging(
        "cap-total-minus",
        "two rows at most, the total is always -1",
        _total(lambda _value, _answer: "-1"),
        _cap(),
        outcome=WORKS,
    ),
    _paging(
        "cap-total-words",
        "two rows at most, the total is a text",
        _total(lambda value, _answer: f"{value} records"),
        _cap(),
        outcome=WORKS,
    ),
    _paging(
        "total-too-large",
        "the total also counts what the account does not see",
        _total(lambda value, _answer: str(int(value) + 3)),
        outcome=ADAPTED,
        fields={"answer": {"total": ""}},
    ),
    _paging("cap-no-offset", "two rows at most, Offset is passed over", _ignores("Offset"), _cap(), outcome=STOPS),
    _paging(
        "cap-no-offset-no-total", "the same, without a total", _NO_TOTAL, _ignores("Offset"), _cap(), outcome=STOPS
    ),
    _paging(
        "lower-case",
        "limit and offset, and others are passed over",
        _cap(limit="limit", offset="offset"),
        outcome=ADAPTED,
        operations=_each(_LOWER),
    ),
    _paging(
        "skip-top",
        "Skip and Top, and others are passed over",
        _cap(limit="Top", offset="Skip"),
        outcome=ADAPTED,
        operations=_each(_RENAMED),
    ),
    _paging(
        "page-numbers",
        "Page from 1 and PageSize, two rows",
        _NO_TOTAL,
        _cap(limit="PageSize", offset="Page", first=1, pages=True),
        outcome=ADAPTED,
        operations=_each({"paging": "pages", "query": {"Limit": "PageSize", "Offset": "Page"}}),
    ),
    _paging(
        "page-numbers-lower",
        "page from 1 and per_page, two rows, 404 after the last",
        _NO_TOTAL,
        _past_the_end(lambda: refusal(404, "Invalid page.")),
        _cap(limit="per_page", offset="page", first=1, pages=True),
        outcome=ADAPTED,
        operations=_each({"paging": "pages", "query": {"Limit": "per_page", "Offset": "page"}}),
    ),
    _paging(
        "offset-of-pages",
        "Offset counts pages, two rows, without a total",
        _NO_TOTAL,
        _cap(pages=True),
        outcome=ADAPTED,
        operations=_each({"paging": "pages_from_0"}),
    ),
    _paging(
        "page-numbers-zero",
        "Page from 0, two rows, with a total",
        _cap(offset="Page", pages=True),
        outcome=ADAPTED,
        operations=_each({"paging": "pages_from_0", "query": {"Offset": "Page"}}),
    ),
    _paging(
        "limit-100",
        "a Limit beyond 100 gets 400 with the number",
        _limit_most(100, lambda: refusal(400, "Limit must be at most 100", Field={"Limit": "max 100"})),
        outcome=WORKS,
    ),
    _paging(
        "limit-100-silent",
        "a Limit beyond 100 gets 400 without the number",
        _limit_most(100, lambda: refusal(400, "invalid query")),
        outcome=ADAPTED,
        operations=_each({"page_size": 100}),
    ),
    _paging(
        "limit-50-422",
        "a Limit beyond 50 gets 422",
        _limit_most(50, lambda: refusal(422, "Limit is not valid")),
        outcome=WORKS,
        operations=_each({"page_size": 50}),
    ),
    _paging(
        "limit-refused",
        "an unknown parameter is refused, and Limit is one",
        before(LISTS, _strict_query),
        outcome=ADAPTED,
        operations=_each({"page_size": 0}),
    ),
    _paging(
        "cursor-body",
        "two rows in Items, a cursor in Next",
        _cursor(_next_in("Next")),
        outcome=ADAPTED,
        operations=_each({"paging": "cursor", "query": {"Offset": "Cursor"}}),
        fields={"answer": {"next": "Next"}},
    ),
    _paging(
        "cursor-body-nested",
        "two rows in Items, a cursor in meta.next_token, given back as token",
        _cursor(_next_in("meta.next_token"), "token"),
        outcome=ADAPTED,
        operations=_each({"paging": "cursor", "query": {"Offset": "token"}}),
        fields={"answer": {"next": "meta.next_token"}},
    ),
    _paging(
        "cursor-body-address",
        "two rows in Items, the address of the next page in next, on another host",
        _cursor(_next_in("next", "https://inside.example/cpt/x?limit=2&cursor={}"), "cursor"),
        outcome=ADAPTED,
        operations=_each({"paging": "cursor"}),
        fields={"answer": {"next": "next"}},
    ),
    _paging(
        "cursor-header",
        "two rows, a cursor in the header X-Next-Cursor, which the last page does not have",
        _cursor(_next_header("x-next-cursor"), "cursor"),
        outcome=ADAPTED,
        operations=_each({"paging": "cursor", "query": {"Offset": "cursor"}}),
        fields={"answer": {"next": "x-next-cursor"}},
    ),
    _paging(
        "cursor-link",
        "two rows, the next by a Link header, no total",
        _cursor(_next_linked()),
        outcome=ADAPTED,
        operations=_each({"paging": "cursor"}),
    ),
)
