# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""All pages of a listing, or an error: a part is never passed off as the whole."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .._core.errors import Incomplete, Unexpected
from .._http.answer import Answer

TOTAL_HEADER = "X-Pagination-Records"
MOST_ROWS = 1_000_000


def all_pages(
    fetch: Callable[[dict[str, str]], Answer], page_size: int = 500, key: str = "UUID"
) -> list[dict[str, Any]]:
    """Every row of a listing. ``fetch`` is given the paging part of the query and returns the answer.

    The first request sends ``Limit`` only; ``Offset`` (spelling inferred) follows from the second page on.
    ``key`` names the field that tells rows apart. Raises ``Incomplete`` if the rows do not add up twice in a row, and
    ``Unexpected`` if a page is not a list of objects.
    """
    try:
        return _read(fetch, page_size, key)
    except Incomplete:
        # Something may have come or gone between two pages: one calm look more.
        return _read(fetch, page_size, key)


def _read(fetch: Callable[[dict[str, str]], Answer], page_size: int, key: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    seen: set[str] = set()
    first_total: int | None = None
    while True:
        query = {"Limit": str(page_size)}
        if rows:
            query["Offset"] = str(len(rows))
        answer = fetch(query)
        page, total = _rows(answer), _total(answer)
        if not rows:
            first_total = total
        elif total != first_total:
            raise _incomplete(answer, f"the total changed from {first_total} to {total} between two pages")
        names = {name for row in page if isinstance(name := row.get(key), str)}
        if seen & names:
            raise _incomplete(answer, "rows came twice: Offset is not honoured, or rows moved between pages")
        seen |= names
        rows += page
        if len(rows) > MOST_ROWS:
            raise Unexpected(answer.tried, f"the listing does not end: more than {MOST_ROWS} rows", "Check api_url.")
        if _is_last(page, rows, total, page_size):
            break
    if total is not None and len(rows) < total:
        raise _incomplete(answer, f"{len(rows)} rows came and {TOTAL_HEADER} says {total}")
    return rows


def _is_last(page: list[dict[str, Any]], rows: list[dict[str, Any]], total: int | None, page_size: int) -> bool:
    """Without a usable total, a page of another length than asked for is the last (a longer one is the whole list).

    A total that is too small loses nothing, so it only counts as not usable.
    """
    if total is None or len(rows) > total:
        return len(page) != page_size
    return not page or len(rows) == total


def _rows(answer: Answer) -> list[dict[str, Any]]:
    if not isinstance(answer.data, list) or not all(isinstance(row, dict) for row in answer.data):
        shape = "a list with something else in it" if isinstance(answer.data, list) else type(answer.data).__name__
        raise Unexpected(
            answer.tried,
            f"the answer is not a list of objects but {shape}",
            "Check that api_url is the Nx AI Cloud. If it is, its API has changed: please report it.",
        )
    return answer.data


def _total(answer: Answer) -> int | None:
    text = answer.headers.get(TOTAL_HEADER, "").strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


def _incomplete(answer: Answer, how: str) -> Incomplete:
    return Incomplete(answer.tried, f"the listing is not whole: {how}", "Run the task again. If it stays, report it.")
