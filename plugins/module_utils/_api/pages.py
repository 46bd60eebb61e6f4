# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""All pages of a listing, or an error: a part is never passed off as the whole."""

from __future__ import annotations

import itertools
import re
import time
from collections.abc import Callable
from dataclasses import dataclass, replace

from .._core.errors import Incomplete, Refused, Unexpected
from .._core.findings import Findings
from .._http.answer import Answer
from .._http.operation import names_a_line
from .contract.contract import KNOWN, Contract, Row
from .cursors import LINK, NoCursor, Query, linked, next_page
from .page import TOTAL, Pages

# No listing that a task can keep comes near these. A service that gives a row at a time, or slowly, would never end.
MOST_ROWS = 1_000_000
MOST_PAGES = 10_000
MOST_SECONDS = 3_600.0
_NO_SUCH_PAGE = (400, 404, 416, 422)
_NEXT = "fields.answer.next"
_FIRST_PAGE = {"pages": 1, "pages_from_0": 0}  # the number of the first page


class TooSmall(Incomplete):
    """There are more rows than the total of the listing says."""


def all_pages(
    fetch: Callable[[dict[str, str]], Answer],
    page_size: int = 500,
    record: str = "model",
    contract: Contract = KNOWN,
    findings: Findings | None = None,
) -> list[Row]:
    """Every row of a listing, in the known names. ``fetch`` gets the paging part of the query and returns the answer.

    The first request sends ``Limit`` only; ``Offset`` (spelling inferred) follows from the second page on, with what
    the contract says of ``paging``. With a ``page_size`` of 0 neither is sent: the listing comes whole. ``record`` is
    the kind of the rows, whose ids tell them apart. Raises ``Incomplete`` if the rows do not add up twice in a row, and
    ``Unexpected`` if a page is not a list of objects, or if there is no end to them. What is learned on the way goes
    into ``findings`` and is used for the next listing.
    """
    listing = _Listing(record, contract, findings or Findings(), fetch)
    try:
        return listing.read(page_size)
    except Incomplete:
        # Something may have come or gone between two pages: one calm look more.
        return listing.read_again(page_size)


@dataclass
class _Listing(Pages):
    fetch: Callable[[dict[str, str]], Answer]
    first: int = 0  # the rows of the first page

    @property
    def _offsets(self) -> str:
        return f"{self.line}.query.Offset"

    @property
    def _total(self) -> str:
        """What is proved of a total: that of devices by itself, as nobody misses one that is not listed."""
        return f"{TOTAL} of {self.line}" if self.record == "device" else TOTAL

    @property
    def way(self) -> str:
        """One of PAGING_WAYS, as it is known or was found."""
        return str(self.findings.found.get(f"{self.line}.paging") or self.operation.paging)

    def read_again(self, size: int) -> list[Row]:
        """Without a total, where that turns out not to count all rows. First contact finds out what is right."""
        try:
            return self.read(size)
        except TooSmall as error:
            if self.findings.wary:
                raise
            self.findings.note(f"{error.answer}. All rows are read without it", {TOTAL: [""]})
            return self.read(size)

    def read(self, size: int) -> list[Row]:
        size = self.findings.found.get(f"{self.line}.page_size", size)
        rows: list[Row] = []
        seen: set[str] = set()
        total: int | None = None
        position: dict[str, str] = {}
        asked: list[Query] = []  # of a cursor: it must not lead in a circle
        began = time.monotonic()
        for number in itertools.count(1):
            found = self._page(size, position, rows)
            if found is None:
                break
            answer, size = found
            page, told = self.understood(answer, bool(rows))
            if told is not None and total not in (None, told):
                raise self.incomplete(answer, f"the total changed from {total} to {told} between two pages", TOTAL)
            total = told if total is None else total
            if self._overlaps(position, rows):
                page = self._without_first(answer, page, rows, seen)
            self.first = self.first if rows else len(page)
            names = {self.id_of(row) for row in page}
            if seen & names:
                if total is None and names == seen and 0 < size < len(rows) and self.way == "rows":
                    break  # neither Limit nor Offset means anything to the service: it gives all that there is
                raise self._repeated(answer, total)
            if page and rows and total is None and self.way == "rows":
                self._note_cap(len(rows), size)
            size = self._size_of_numbered(answer, page, rows, size)
            seen |= names
            rows += page
            if len(rows) > MOST_ROWS:
                raise self._endless(answer, f"more than {MOST_ROWS} rows")
            following = self._next(answer, page, rows, size, total)
            if following is None:
                self.believe(answer, rows, total)
                break
            if following in asked:
                raise self._repeated(answer, total)
            position = following
            asked += [position] if self.way == "cursor" else []
            took = time.monotonic() - began
            if number == MOST_PAGES or took > MOST_SECONDS:
                how = f"{number} pages with {len(rows)} rows came in {took:.0f} s, and more follow"
                raise self._endless(answer, how)
        if total is not None and len(rows) < total:
            place = self.places(TOTAL)[-1 if TOTAL in self.findings.found else 0]
            how = f"{len(rows)} rows came and {place} says {total}"
            raise self.incomplete(answer, how, TOTAL)
        return rows

    def _next(
        self, answer: Answer, page: list[Row], rows: list[Row], size: int, total: int | None
    ) -> dict[str, str] | None:
        """What asks for the page behind this one, beside Limit; None where this is the last."""
        self._note_link(answer, first=len(rows) == len(page))
        if not size:
            return None
        if self.way == "cursor":
            return self._cursor(answer, page, size)
        if not rows and total is None and self.way == "rows":
            self._doubt_none(size)
        if not page or self._is_last(page, rows, total):
            if page and total == len(rows) and self._doubts_total(answer, page, rows, size):
                self._look_behind(rows, total)
            return None
        # Nothing else would show it if rows were left out between the pages.
        unproved = total is None and self.way == "rows" and len(page) == len(rows) > 1
        overlap = int(unproved and self._offsets not in self.findings.proved)
        return {"Offset": str(self._offset(rows, size) - overlap)}

    def _offset(self, rows: list[Row], size: int) -> int:
        """Of the next page: how many rows come before it, or its number."""
        first = _FIRST_PAGE.get(self.way)
        return len(rows) if first is None else first + -(-len(rows) // size)

    def _overlaps(self, position: Query, rows: list[Row]) -> bool:
        """Whether the page was to begin with the last row before it."""
        return self.way == "rows" and bool(rows) and position.get("Offset") == str(len(rows) - 1)

    def _without_first(self, answer: Answer, page: list[Row], rows: list[Row], seen: set[str]) -> list[Row]:
        """What is new in it. That it begins as it was to proves that Offset counts rows."""
        names = [self.id_of(row) for row in page]
        if names and names[0] == self.id_of(rows[-1]):
            self.findings.proved.add(self._offsets)
            return page[1:]
        if names and set(names) <= seen:
            return page  # Offset is passed over
        how = f"the page from row {len(rows)} on does not begin with it: Offset does not count rows, or rows moved"
        raise self.incomplete(answer, how, f"{self.line}.paging")

    def _cursor(self, answer: Answer, page: list[Row], size: int) -> dict[str, str] | None:
        places = self.places(_NEXT)
        try:
            found, there = next_page(answer, self.operation, places)
        except NoCursor as error:
            raise self.incomplete(answer, f"what leads to the next page is not understood: {error}", _NEXT) from None
        if found is None and not there and LINK not in places and len(page) >= size:
            raise self.incomplete(answer, f"{size} rows came, and nothing says whether more follow", _NEXT)
        return None if found is None else dict(found)

    def _note_link(self, answer: Answer, first: bool) -> None:
        """A header Link says in the words of RFC 8288 where the next page is: that is followed without a contract."""
        if first and self.way == "rows" and linked(answer.headers.get(LINK, "")):
            what = f"list_{self.record}s names the next page in a header Link"
            self.findings.note(what, {f"{self.line}.paging": "cursor"})

    def _size_of_numbered(self, answer: Answer, page: list[Row], rows: list[Row], size: int) -> int:
        """Where pages have numbers, the service counts in those that it gives. ``rows``: those of the pages before.

        So it is asked for pages as long as the first. A page can only be shorter where none comes behind it.
        """
        if self.way not in _FIRST_PAGE or not page or not size:
            return size
        if rows and (len(rows) % size or len(page) > size):
            raise self.incomplete(answer, "pages are not of one length, so their numbers mean nothing", self._offsets)
        return size if rows else len(page)

    def _is_last(self, page: list[Row], rows: list[Row], total: int | None) -> bool:
        """A total that is too small loses nothing, so it only counts as not told.

        Without one, only an empty page says that all is read: a short one may be all that the service gives at a time.
        But it was seen to give longer ones, so a shorter first page is the whole.
        """
        if total is not None and len(rows) <= total:
            return len(rows) == total
        longest = self.findings.longest_pages.get(self.line, 0)
        self.findings.longest_pages[self.line] = max(longest, len(page))
        return len(rows) == len(page) < longest

    def _doubts_total(self, answer: Answer, page: list[Row], rows: list[Row], size: int) -> bool:
        """Whether the total may count something else: the rows of a page, or the pages. A last page that is short
        shows that it does not."""
        if self._total in self.findings.proved:
            return False
        if len(rows) == len(page):
            careful = self.findings.careful and len(page) > 1
            return len(page) == size or careful or self.findings.wary
        if len(page) < self.first:
            self.findings.proved.add(self._total)
        return len(page) >= self.first and self.first < size

    def _look_behind(self, rows: list[Row], total: int) -> None:
        """Raises if there is a row behind these. A total that is the same there, or with one row by itself, is proved
        to count all. Else it is believed of this listing alone."""
        with self.findings.asking:
            careful = len(rows) > 1 and self.findings.careful
            for query in (self._behind(len(rows)), *([{"Limit": "1"}] if careful else [])):
                if self._total in self.findings.proved:  # by another thread, too
                    return
                try:
                    answer = self.fetch(query)
                    page, told = self.understood(answer, further=True)
                except (Refused, Unexpected):
                    continue
                if not {self.id_of(row) for row in page} <= {self.id_of(row) for row in rows}:
                    place = self.places(TOTAL)[-1 if TOTAL in self.findings.found else 0]
                    how = f"{place} says {total}, and more rows come behind these: it does not count all rows"
                    raise TooSmall(answer.tried, *self.not_whole(how, TOTAL))
                if careful and told == total and len(page) < 2:
                    self.findings.proved.add(self._total)

    def _doubt_none(self, size: int) -> None:
        """After an empty first page. Where a job finds nothing at all, it raises if rows come behind: pages may be cut
        before what is not to be seen is taken out of them."""
        self.findings.untold = True
        if not self.findings.doubts_none:
            return
        try:
            answer = self.fetch({"Limit": str(size), "Offset": str(size)})
            page = self.understood(answer, further=True)[0]
        except (Refused, Unexpected):
            return
        if page:
            raise self.incomplete(answer, "the first page is empty, and rows come behind it", f"{self.line}.page_size")

    def _behind(self, rows: int) -> dict[str, str]:
        """What asks for the one row behind these."""
        return {"Limit": "1", "Offset": str(rows + _FIRST_PAGE.get(self.way, 0))}

    def _page(self, size: int, position: Query, rows: list[Row]) -> tuple[Answer, int] | None:
        """One page, and its size: a smaller one where the service refuses more rows and says so. None: there is none.

        ``position``: what asks for it, empty for the first. ``rows``: those that came before it.
        """
        wanted = size
        while True:
            try:
                answer = self.fetch({**({"Limit": str(size)} if size else {}), **position})
            except Refused as error:
                if position and error.status in _NO_SUCH_PAGE:
                    if self._ends_with(rows, size, position, error):
                        return None
                    how = f"after {len(rows)} rows came {error.answer}"
                    raise self.incomplete(error, how, self._offsets) from None
                names_limit = self._names_limit(error)
                if error.status not in (400, 422) or not size or (names_a_line(error) and not names_limit):
                    raise
                if size < 5 or not names_limit:
                    hint = self.contract.hint(f"{self.line}.page_size")
                    raise replace(error, advice=f"{error.advice} {hint}") from None
                size = _smaller(error, size)
                continue
            if size != wanted:
                what = f"list_{self.record}s refuses pages of {wanted} rows, and gives {size}"
                self.findings.note(what, {f"{self.line}.page_size": size})
            return answer, size

    def _ends_with(self, rows: list[Row], size: int, position: Query, refusal: Refused) -> bool:
        """Whether an error says that all rows came: the last of them comes by itself, and the refusal comes again."""
        alone = {"Limit": str(size), "Offset": str(len(rows) - 1)}
        behind = {"Limit": str(size), **position}
        if self.way in _FIRST_PAGE:  # in pages of one row
            alone, behind = self._behind(len(rows) - 1), self._behind(len(rows))
        if self.way == "cursor" or not rows or not self._is_row(alone, rows[-1]):
            return False
        try:
            self.fetch(behind)
        except Refused as error:
            return error.status == refusal.status
        return False

    def _is_row(self, query: dict[str, str], row: Row) -> bool:
        """Whether this row, and no other, is the answer."""
        try:
            page = self.understood(self.fetch(query), further=True)[0]
        except Refused:
            return False
        return [self.id_of(each) for each in page] == [self.id_of(row)]

    def _names_limit(self, error: Refused) -> bool:
        own = self.operation.spelling.get("Limit", "Limit")
        return bool(re.search(rf"\blimit\b|page.?size|{re.escape(own)}", error.answer, re.IGNORECASE))

    def _note_cap(self, first: int, size: int) -> None:
        """There was another page behind one that was short."""
        key = f"{self.line}.page_size"
        if first < size and key not in self.findings.found:
            what = f"list_{self.record}s gives {first} rows at a time though {size} were asked for, and tells no total"
            self.findings.note(what, {key: first})

    def _endless(self, answer: Answer, how: str) -> Unexpected:
        return Unexpected(answer.tried, f"the listing does not end: {how}", "Check api_url.")

    def _repeated(self, answer: Answer, total: int | None) -> Incomplete:
        how = "rows came twice: Offset is not honoured, or rows moved between pages"
        whole = f"If the service always gives all of these rows, set {self.line}.page_size to 0 in the contract. "
        return self.incomplete(answer, how, self._offsets, whole if total is None else "")


def _smaller(error: Refused, size: int) -> int:
    """The largest number of its message that can be meant, or else a fifth."""
    said = error.answer.partition(f"HTTP {error.status}")[2]
    numbers = (int(each) for each in re.findall(r"\b\d{2,5}\b", said))
    return max((each for each in numbers if 10 <= each < size), default=size // 5)
