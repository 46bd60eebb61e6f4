# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One page of a listing: its rows and the number of all rows, and whether it may be believed."""

from __future__ import annotations

import json
from dataclasses import dataclass

from .._core.errors import Incomplete, Refused, Unexpected
from .._core.findings import Findings
from .._http.answer import Answer
from .._http.operation import Operation
from .contract.contract import Contract, Row
from .contract.lines import RECORDS
from .records.rows import Listed, is_record
from .records.wrapping import doubt_of, doubt_of_none, find_rows, find_total

ROWS, TOTAL = "fields.answer.rows", "fields.answer.total"
_UNFINISHED = (202, 206)
_NOT_NOW = ("Retry-After", "Warning")  # headers; the latter is that of an answer that is stale (RFC 7234)


class NoList(Unexpected):
    """Null, or nothing at all, where a list is expected. That is not an empty list."""


@dataclass
class Pages:
    """What is known of the pages of one listing. What is learned from them goes into ``findings``."""

    record: str
    contract: Contract
    findings: Findings

    @property
    def line(self) -> str:
        return f"operations.list_{self.record}s"

    @property
    def operation(self) -> Operation:
        return self.contract.operations[f"list_{self.record}s"]

    def understood(self, answer: Answer, further: bool) -> tuple[list[Row], int | None]:
        """The rows of a page, and the number of all rows, or None. ``further``: it is not the first page."""
        total = None if self.places(TOTAL) == [""] else self.contract.total(answer)
        found = find_rows(answer.data, self.record, self.places(ROWS))
        if found is None and answer.data in (None, {}) and (further or total == 0):
            return [], total
        if found is None and total in (None, 1) and self.operation.page_size and is_record(answer.data, self.record):
            found = Listed([answer.data], "")  # of a list of one, where lists come as one object on each line
        if found is None or not all(isinstance(row, dict) for row in found.rows):
            raise self._no_list(answer, found)
        self._note_place(ROWS, found.place, f"Lists come inside of {found.place!a}")
        if found.groups:
            total = self._total_of_groups(answer, found, total, further)
        if total is None and self.places(TOTAL) != [""] and (told := find_total(answer.data, found)):
            total = told.total
            self._note_place(TOTAL, told.place, f"The number of all rows comes as {told.place!a}")
        return self.contract.known(self.record, found.rows), total

    def believe(self, answer: Answer, rows: list[Row], total: int | None) -> None:
        """Raises where the last answer says of itself that it failed, or is a part; and where there are no rows, also
        where that may be no more than that they are not there yet."""
        found = find_rows(answer.data, self.record, self.places(ROWS))
        how = doubt_of(answer.data, found) if found else ""
        if how and rows:
            raise self.incomplete(answer, how, ROWS)
        if not rows and total is None:
            how = how or (doubt_of_none(answer.data, found) if found else "")
            how = how or (f"an empty list came with status {answer.status}" if answer.status in _UNFINISHED else "")
            how = how or next(
                (f"an empty list came with the header {each}" for each in _NOT_NOW if each in answer.headers), ""
            )
        if how and not rows:
            raise NoList(answer.tried, how, f"Run the task again. {self.contract.hint(ROWS)}")

    def _total_of_groups(self, answer: Answer, found: Listed, total: int | None, further: bool) -> int | None:
        """What a total in groups or rows says of the rows. Groups over several pages could be cut in two."""
        if further or found.groups >= self.operation.page_size > 0:
            raise self.incomplete(answer, "rows came in groups, which do not fit into one page", ROWS)
        return len(found.rows) if total == found.groups else total

    def places(self, key: str) -> list[str]:
        """Those of the contract, and those that were found."""
        found: list[str] = self.findings.found.get(key) or [*self.contract.places(key.removeprefix("fields."))]
        return found

    def _note_place(self, key: str, place: str, what: str) -> None:
        known = self.places(key)
        if place not in known:
            self.findings.note(what, {key: [*known, place]})

    def id_of(self, row: Row) -> str:
        """What tells it from others: the whole of it where it has no id."""
        for name in RECORDS[self.record]["id"].default:
            found = row.get(name)
            if isinstance(found, str) and found:
                return found
        return json.dumps(row, sort_keys=True, default=str)

    def _no_list(self, answer: Answer, found: Listed | None) -> Unexpected:
        shape = type(answer.data).__name__ if found is None else "a list with something else in it"
        advice = "Check that api_url is the Nx AI Cloud. If it is, its API is not as it was known."
        kind = NoList if answer.data is None else Unexpected
        return kind(
            answer.tried, f"the answer is not a list of objects but {shape}", f"{advice} {self.contract.hint(ROWS)}"
        )

    def incomplete(self, answer: Answer | Refused, how: str, key: str, also: str = "") -> Incomplete:
        return Incomplete(answer.tried, *self.not_whole(how, key, also))

    def not_whole(self, how: str, key: str, also: str = "") -> tuple[str, str]:
        return f"the listing is not whole: {how}", f"Run the task again. {also}{self.contract.hint(key)}"
