# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The ways in which a service may page, each over services that do a little of it otherwise: whole, or an error."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest

from ansible_collections.nxai.cloud.plugins.module_utils._api.contract.contract import Contract
from ansible_collections.nxai.cloud.plugins.module_utils._api.contract.file import contract_of
from ansible_collections.nxai.cloud.plugins.module_utils._api.cursors import linked
from ansible_collections.nxai.cloud.plugins.module_utils._api.pages import all_pages
from ansible_collections.nxai.cloud.plugins.module_utils._core.errors import BadInput, Incomplete, Refused
from ansible_collections.nxai.cloud.plugins.module_utils._core.findings import Findings
from ansible_collections.nxai.cloud.plugins.module_utils._core.voice import Voice

Fetch = Callable[[dict[str, str]], Any]
COUNTS = [0, 1, 2, 3, 4, 5, 9, 10, 11, 20, 21]
CAPS = [2, 3, 10, 1000]


def rows(count: int) -> list[dict[str, str]]:
    return [{"UUID": f"id-{number}"} for number in range(count)]


def contract(paging: str, answer: dict[str, Any] | None = None, **query: str) -> Contract:
    operation = {"paging": paging, **({"query": query} if query else {})}
    return contract_of({"operations": {"list_models": operation}, "fields": {"answer": answer or {}}})


def answered(data: Any, **headers: str) -> Any:
    return SimpleNamespace(status=200, tried="GET /x", headers=headers, data=data)


class Refusing:
    """Rows by offset, without a total. A page past the end is refused."""

    def __init__(self, count: int, cap: int, status: int = 404, from_row: int | None = None) -> None:
        self.rows, self.cap, self.status = rows(count), cap, status
        self.from_row = count if from_row is None else from_row
        self.queries: list[dict[str, str]] = []

    def __call__(self, query: dict[str, str]) -> Any:
        self.queries.append(query)
        first = int(query.get("Offset", 0))
        if first and first >= self.from_row:
            raise Refused("GET /x", f"HTTP {self.status}", "Look.", self.status)
        return answered(self.rows[first : first + min(int(query["Limit"]), self.cap)])


class TestAnEndThatIsAnError:
    @pytest.mark.parametrize("count", COUNTS)
    @pytest.mark.parametrize("cap", CAPS)
    @pytest.mark.parametrize("status", [400, 404, 416, 422])
    def test_it_is_one_where_the_last_row_comes_by_itself(self, count: int, cap: int, status: int) -> None:
        assert all_pages(Refusing(count, cap, status), 10) == rows(count)

    @pytest.mark.parametrize("cap", [3, 10])
    def test_one_with_rows_behind_it_is_none(self, cap: int) -> None:
        with pytest.raises(Incomplete, match=r"after (10|6) rows"):
            all_pages(Refusing(20, cap, from_row=6), 10)

    def test_other_errors_are_none(self) -> None:
        with pytest.raises(Refused, match="HTTP 500"):
            all_pages(Refusing(4, 2, 500), 10)

    def test_one_that_comes_once_is_none(self) -> None:
        service, refusals = Refusing(4, 2, from_row=99), [4]

        def fetch(query: dict[str, str]) -> Any:
            if query.get("Offset") == "4" and refusals:
                refusals.pop()
                raise Refused("GET /x", "HTTP 404", "Look.", 404)
            return service(query)

        assert all_pages(fetch, 10) == rows(4)
        assert [each.get("Offset") for each in service.queries] == [None, "1", "3", "3", "4", None, "2", "4"]


class Numbered:
    """Pages by number. ``first``: that of the first one. ``by_asked``: they begin where pages as asked for would."""

    def __init__(self, count: int, cap: int, first: int, by_asked: bool = False, past: str = "empty") -> None:
        self.rows, self.cap, self.first, self.by_asked, self.past = rows(count), cap, first, by_asked, past
        self.total = False

    def __call__(self, query: dict[str, str]) -> Any:
        asked = int(query.get("Limit", self.cap))
        size = min(asked, self.cap)
        begin = max(0, int(query.get("Offset", self.first)) - self.first) * (asked if self.by_asked else size)
        page = self.rows[begin : begin + size]
        if not page and begin and self.past == "refused":
            raise Refused("GET /x", "HTTP 404", "Look.", 404)
        if not page and begin and self.past == "last":
            page = self.rows[-size:]
        return answered(page, **({"X-Pagination-Records": str(len(self.rows))} if self.total else {}))


class TestPageNumbers:
    @pytest.mark.parametrize("count", COUNTS)
    @pytest.mark.parametrize("cap", CAPS)
    @pytest.mark.parametrize(("way", "first"), [("pages", 1), ("pages_from_0", 0)])
    @pytest.mark.parametrize("by_asked", [True, False])
    @pytest.mark.parametrize("past", ["empty", "refused"])
    def test_every_row_comes(self, count: int, cap: int, way: str, first: int, by_asked: bool, past: str) -> None:
        """Whether the service counts in pages as asked for, or in those that it gives."""
        assert all_pages(Numbered(count, cap, first, by_asked, past), 10, contract=contract(way)) == rows(count)

    @pytest.mark.parametrize("count", COUNTS)
    def test_with_a_total(self, count: int) -> None:
        service = Numbered(count, 3, 1)
        service.total = True
        assert all_pages(service, 10, contract=contract("pages")) == rows(count)

    @pytest.mark.parametrize("count", [3, 4, 5, 9])
    def test_from_0_at_a_service_that_counts_from_1_is_an_error(self, count: int) -> None:
        with pytest.raises(Incomplete, match="rows came twice"):
            all_pages(Numbered(count, 2, 1), 10, contract=contract("pages_from_0"))

    def test_the_last_page_again_is_an_error(self) -> None:
        with pytest.raises(Incomplete, match="rows came twice"):
            all_pages(Numbered(5, 2, 1, past="last"), 10, contract=contract("pages"))

    @pytest.mark.parametrize("lengths", [(3, 2, 3), (2, 3)])
    def test_pages_of_different_lengths_are_an_error(self, lengths: tuple[int, ...]) -> None:
        def fetch(query: dict[str, str]) -> Any:
            number = int(query.get("Offset", 1)) - 1
            before = sum(lengths[:number])
            return answered(rows(99)[before : before + lengths[number]] if number < len(lengths) else [])

        with pytest.raises(Incomplete, match="not of one length"):
            all_pages(fetch, 10, contract=contract("pages"))

    @pytest.mark.parametrize("count", [3, 4, 5, 9])
    @pytest.mark.parametrize("first", [0, 1])
    def test_where_nobody_knows_of_them_no_row_is_left_out(self, count: int, first: int) -> None:
        """Offset is a number of pages there, and no total would tell of the rows in between."""
        with pytest.raises(Incomplete, match=r"Offset does not count rows|rows came twice"):
            all_pages(Numbered(count, 2, first), 10)

    def test_the_error_names_the_line(self) -> None:
        with pytest.raises(Incomplete) as caught:
            all_pages(Numbered(5, 2, 0), 10)
        assert "operations.list_models.paging (inferred)" in caught.value.advice


class Cursors:
    """Pages by a cursor. ``last``: what is there in place of one on the last page; ``MISSING``: nothing."""

    def __init__(self, count: int, cap: int = 2, name: str = "Cursor", last: Any = None) -> None:
        self.rows, self.cap, self.name, self.last = rows(count), cap, name, last
        self.queries: list[dict[str, str]] = []
        self.shown: Callable[[int], Any] = str

    def __call__(self, query: dict[str, str]) -> Any:
        self.queries.append(query)
        first = int(query.get(self.name, 0))
        end = first + self.cap
        more = end < len(self.rows)
        beside = {"Next": self.shown(end) if more else self.last} if more or self.last != MISSING else {}
        return answered({"items": self.rows[first:end], **beside})


MISSING = "(missing)"
BODY = {"next": "Next"}


class TestACursor:
    @pytest.mark.parametrize("count", COUNTS)
    @pytest.mark.parametrize("last", [None, "", False, MISSING])
    def test_every_row_comes(self, count: int, last: Any) -> None:
        service = Cursors(count, name="Offset", last=last)
        assert all_pages(service, 10, contract=contract("cursor", BODY)) == rows(count)

    def test_a_number_is_one(self) -> None:
        service = Cursors(5, name="Offset")
        service.shown = int
        assert all_pages(service, 10, contract=contract("cursor", BODY)) == rows(5)

    @pytest.mark.parametrize("address", ["https://other.example/x?Cursor={}", "/x?Limit=2&Cursor={}", "?Cursor={}"])
    def test_of_an_address_only_the_parameters_are_taken(self, address: str) -> None:
        service = Cursors(5)
        service.shown = address.format
        assert all_pages(service, 10, contract=contract("cursor", BODY)) == rows(5)
        assert service.queries[1] == {"Limit": "10", "Cursor": "2"}

    @pytest.mark.parametrize("cursor", [True, ["2"], {"after": "2"}, "x" * 3000, "a\nb", 2.5, "https://h/x?Limit=2"])
    def test_what_is_none_is_an_error(self, cursor: Any) -> None:
        service = Cursors(5, name="Offset")
        service.shown = lambda _end: cursor
        with pytest.raises(Incomplete, match="what leads to the next page is not understood") as caught:
            all_pages(service, 10, contract=contract("cursor", BODY))
        assert "fields.answer.next (your contract)" in caught.value.advice

    def test_one_that_is_passed_over_is_an_error(self) -> None:
        with pytest.raises(Incomplete, match="rows came twice"):
            all_pages(Cursors(5), 10, contract=contract("cursor", BODY))

    def test_a_circle_of_empty_pages_ends(self) -> None:
        with pytest.raises(Incomplete):
            all_pages(lambda _query: answered({"items": [], "Next": "2"}), 10, contract=contract("cursor", BODY))

    def test_a_full_page_in_a_place_that_is_not_there_is_not_the_end(self) -> None:
        with pytest.raises(Incomplete, match="nothing says whether more follow"):
            all_pages(Cursors(5), 2, contract=contract("cursor", {"next": "Nxet"}))

    def test_a_total_that_is_not_reached_is_an_error(self) -> None:
        def fetch(_query: dict[str, str]) -> Any:
            return answered({"items": rows(2), "total": 5, "Next": None})

        with pytest.raises(Incomplete, match="2 rows came and total says 5"):
            all_pages(fetch, 10, contract=contract("cursor", BODY))


class TestALink:
    def fetch(self, count: int, end: dict[str, str]) -> Fetch:
        def fetch(query: dict[str, str]) -> Any:
            first = int(query.get("Cursor", 0))
            link = f'<https://inside.example/x?Cursor={first + 2}&Catalogue=other>; rel="next"'
            self.queries.append(query)
            return answered(rows(count)[first : first + 2], **({"Link": link} if first + 2 < count else end))

        self.queries: list[dict[str, str]] = []
        return fetch

    @pytest.mark.parametrize("count", [3, 4, 5])
    @pytest.mark.parametrize("end", [{}, {"Link": ""}, {"Link": '</x>; rel="prev"'}])
    def test_it_is_followed_without_a_contract(self, count: int, end: dict[str, str]) -> None:
        heard: list[str] = []
        findings = Findings(Voice(warn=heard.append))
        assert all_pages(self.fetch(count, end), 10, findings=findings) == rows(count)
        assert findings.found == {"operations.list_models.paging": "cursor"}
        assert len(heard) == 1 and "names the next page in a header Link" in heard[0]
        assert self.queries[1] == {"Limit": "10", "Cursor": "2"}
        assert all_pages(self.fetch(2, end), 10, findings=findings) == rows(2)
        assert len(self.queries) == 1

    @pytest.mark.parametrize("count", COUNTS)
    def test_where_it_is_known(self, count: int) -> None:
        assert all_pages(self.fetch(count, {}), 10, contract=contract("cursor")) == rows(count)

    @pytest.mark.parametrize(
        ("header", "address"),
        [
            ('</x?a=1>; rel="next"', "/x?a=1"),
            ("</x?a=1>; rel=next", "/x?a=1"),
            ('</first>; rel="first", </x?a=1,2>; title="a, b"; rel="last next"', "/x?a=1,2"),
            ('</x>; rel="prev"', ""),
            ('</x>; rel="nextish"', ""),
            ("", ""),
            ("nonsense; rel=next", ""),
        ],
    )
    def test_it_is_read_as_the_rfc_says(self, header: str, address: str) -> None:
        assert linked(header) == address


class TestNoTotalThatIsBelieved:
    @pytest.mark.parametrize("wrap", [False, True])
    def test_every_row_comes_whatever_the_total_says(self, wrap: bool) -> None:
        def fetch(query: dict[str, str]) -> Any:
            first = int(query.get("Offset", 0))
            page = rows(5)[first : first + 2]
            return answered({"items": page, "total": 8} if wrap else page, **{"X-Pagination-Records": "8"})

        believed = contract_of({"fields": {"answer": {"total": ""}}})
        assert all_pages(fetch, 10, contract=believed) == rows(5)
        with pytest.raises(Incomplete, match="5 rows came"):
            all_pages(fetch, 10)


@pytest.mark.parametrize("way", ["page", "", None, 1, ["rows"]])
def test_another_way_is_refused_with_words(way: Any) -> None:
    given = {"operations": {"list_models": {"paging": way}}}
    if way is None:  # as for all lines: not given
        assert contract_of(given).operations["list_models"].paging == "rows"
        return
    with pytest.raises(BadInput, match=r"operations.list_models.paging cannot be"):
        contract_of(given)


def test_only_listings_page() -> None:
    with pytest.raises(BadInput, match="Only listings come in pages"):
        contract_of({"operations": {"get_model": {"paging": "pages"}}})
