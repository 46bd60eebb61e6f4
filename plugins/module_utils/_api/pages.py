# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""All pages of a listing, or an error: a part is never passed off as the whole."""

from __future__ import annotations

from collections.abc import Callable

from .._core.errors import Incomplete, Unexpected
from .._http.answer import Answer
from .contract import KNOWN, Contract, Row
from .lines import RECORDS

MOST_ROWS = 1_000_000


def all_pages(
    fetch: Callable[[dict[str, str]], Answer], page_size: int = 500, record: str = "model", contract: Contract = KNOWN
) -> list[Row]:
    """Every row of a listing, in the known names. ``fetch`` gets the paging part of the query and returns the answer.

    The first request sends ``Limit`` only; ``Offset`` (spelling inferred) follows from the second page on.
    ``record`` is the kind of the rows, whose ids tell them apart. Raises ``Incomplete`` if the rows do not add up twice
    in a row, and ``Unexpected`` if a page is not a list of objects.
    """
    try:
        return _read(fetch, page_size, record, contract)
    except Incomplete:
        # Something may have come or gone between two pages: one calm look more.
        return _read(fetch, page_size, record, contract)


def _read(fetch: Callable[[dict[str, str]], Answer], page_size: int, record: str, contract: Contract) -> list[Row]:
    ids = RECORDS[record]["id"].default
    rows: list[Row] = []
    seen: set[str] = set()
    first_total: int | None = None
    while True:
        query = {"Limit": str(page_size)}
        if rows:
            query["Offset"] = str(len(rows))
        answer = fetch(query)
        page, total = _rows(answer, record, contract), contract.total(answer)
        if not rows:
            first_total = total
        elif total != first_total:
            how = f"the total changed from {first_total} to {total} between two pages"
            raise _incomplete(answer, how, contract.hint("fields.answer.total"))
        names = {name for row in page if (name := _id(row, ids))}
        if seen & names:
            how = "rows came twice: Offset is not honoured, or rows moved between pages"
            raise _incomplete(answer, how, contract.hint(f"operations.list_{record}s.query.Offset"))
        seen |= names
        rows += page
        if len(rows) > MOST_ROWS:
            raise Unexpected(answer.tried, f"the listing does not end: more than {MOST_ROWS} rows", "Check api_url.")
        if _is_last(page, rows, total, page_size):
            break
    if total is not None and len(rows) < total:
        how = f"{len(rows)} rows came and {contract.places('answer.total')[0]} says {total}"
        raise _incomplete(answer, how, contract.hint("fields.answer.total"))
    return rows


def _is_last(page: list[Row], rows: list[Row], total: int | None, page_size: int) -> bool:
    """Without a usable total, a page of another length than asked for is the last (a longer one is the whole list).

    A total that is too small loses nothing, so it only counts as not usable.
    """
    if total is None or len(rows) > total:
        return len(page) != page_size
    return not page or len(rows) == total


def _rows(answer: Answer, record: str, contract: Contract) -> list[Row]:
    found = contract.rows(answer.data)
    if found is None or not all(isinstance(row, dict) for row in found):
        shape = type(answer.data).__name__ if found is None else "a list with something else in it"
        advice = "Check that api_url is the Nx AI Cloud. If it is, its API is not as it was known."
        raise Unexpected(
            answer.tried,
            f"the answer is not a list of objects but {shape}",
            f"{advice} {contract.hint('fields.answer.rows')}",
        )
    return contract.known(record, found)


def _id(row: Row, names: tuple[str, ...]) -> str:
    for name in names:
        found = row.get(name)
        if isinstance(found, str) and found:
            return found
    return ""


def _incomplete(answer: Answer, how: str, hint: str) -> Incomplete:
    return Incomplete(answer.tried, f"the listing is not whole: {how}", f"Run the task again. {hint}")
