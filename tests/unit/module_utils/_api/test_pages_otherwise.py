# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Listings of a service that pages otherwise than is known: whole, or an error, and what was learned is used again."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest

from ansible_collections.nxai.cloud.plugins.module_utils._api.contract.file import contract_of
from ansible_collections.nxai.cloud.plugins.module_utils._api.page import NoList
from ansible_collections.nxai.cloud.plugins.module_utils._api.pages import all_pages
from ansible_collections.nxai.cloud.plugins.module_utils._core.errors import Incomplete, Refused, Unexpected
from ansible_collections.nxai.cloud.plugins.module_utils._core.findings import Findings
from ansible_collections.nxai.cloud.plugins.module_utils._core.voice import Voice

Wrap = Callable[[list[Any], int], Any]
SIZE = "operations.list_models.page_size"


def rows(count: int) -> list[dict[str, str]]:
    return [{"UUID": f"id-{number}"} for number in range(count)]


class Service:
    """Without a total in a header. ``cap``: rows that it gives at most. ``wrap`` makes the body of page and count."""

    def __init__(self, count: int, cap: int = 10**9, wrap: Wrap = lambda page, _count: page) -> None:
        self.rows, self.cap, self.wrap = rows(count), cap, wrap
        self.queries: list[dict[str, str]] = []
        self.headers: dict[str, str] = {}
        self.refuse: Callable[[int], Refused | None] = lambda _limit: None

    def __call__(self, query: dict[str, str]) -> Any:
        self.queries.append(dict(query))
        limit = int(query.get("Limit", 10**9))
        if refusal := self.refuse(limit):
            raise refusal
        first = int(query.get("Offset", 0))
        page = self.rows[first : first + min(limit, self.cap)]
        return SimpleNamespace(status=200, tried="GET /x", headers=self.headers, data=self.wrap(page, len(self.rows)))


@pytest.fixture
def heard() -> list[str]:
    return []


@pytest.fixture
def findings(heard: list[str]) -> Findings:
    return Findings(Voice(warn=heard.append))


class TestWithoutATotal:
    @pytest.mark.parametrize("count", [0, 1, 2, 3, 4, 5, 9, 10, 11, 20])
    @pytest.mark.parametrize("cap", [2, 3, 10, 1000])
    @pytest.mark.parametrize("end", ["empty", "null"])
    def test_every_row_comes(self, count: int, cap: int, end: str) -> None:
        service = Service(count, cap, lambda page, _count: page or (None if end == "null" and count else []))
        assert all_pages(service, 10) == rows(count)

    def test_it_is_read_to_an_empty_page(self, findings: Findings, heard: list[str]) -> None:
        service = Service(3)
        all_pages(service, 10, findings=findings)
        assert service.queries == [{"Limit": "10"}, {"Limit": "10", "Offset": "2"}]
        assert (findings.found, heard) == ({}, [])

    def test_a_first_page_shorter_than_one_before_is_the_whole(self, findings: Findings) -> None:
        all_pages(Service(4), 10, findings=findings)
        shorter, as_long = Service(3), Service(4)
        assert all_pages(shorter, 10, findings=findings) == rows(3)
        assert all_pages(as_long, 10, findings=findings) == rows(4)
        assert (len(shorter.queries), len(as_long.queries)) == (1, 2)

    def test_that_holds_for_each_listing_by_itself(self, findings: Findings) -> None:
        all_pages(Service(4), 10, findings=findings)
        service = Service(3)
        all_pages(service, 10, "catalogue", findings=findings)
        assert len(service.queries) == 2

    def test_a_cap_is_noted_and_used(self, findings: Findings, heard: list[str]) -> None:
        assert all_pages(Service(5, cap=2), 10, findings=findings) == rows(5)
        assert findings.found == {SIZE: 2}
        assert "list_models gives 2 rows at a time though 10 were asked for" in heard[0] and f"{SIZE}: 2" in heard[0]
        service = Service(1, cap=2)
        all_pages(service, 10, findings=findings)
        assert (service.queries, len(heard)) == ([{"Limit": "2"}], 1)

    def test_pages_as_long_as_asked_for_are_no_cap(self, findings: Findings) -> None:
        assert all_pages(Service(25), 10, findings=findings) == rows(25)
        assert findings.found == {}

    @pytest.mark.parametrize("ignored", [("Offset",), ("Limit", "Offset")])
    def test_the_same_page_again_is_an_error_that_names_the_lines(self, ignored: tuple[str, ...]) -> None:
        service = Service(5, cap=2)
        with pytest.raises(Incomplete, match="rows came twice") as caught:
            all_pages(lambda query: service({key: each for key, each in query.items() if key not in ignored}), 10)
        assert "set operations.list_models.page_size to 0 in the contract" in caught.value.advice
        assert "operations.list_models.query.Offset (inferred)" in caught.value.advice

    def test_rows_without_an_id_do_not_come_twice_either(self) -> None:
        with pytest.raises(Incomplete, match="rows came twice"):
            all_pages(lambda _query: SimpleNamespace(status=200, tried="GET /x", headers={}, data=[{"Name": "a"}]), 10)

    def test_an_error_past_the_end_names_the_line(self) -> None:
        service = Service(3)

        def fetch(query: dict[str, str]) -> Any:
            if "Offset" in query:
                raise Refused("GET /x", "HTTP 404 Not Found", "Look.", 404)
            return service(query)

        with pytest.raises(Incomplete, match="not whole: after 3 rows came HTTP 404 Not Found") as caught:
            all_pages(fetch, 10)
        assert "operations.list_models.query.Offset" in caught.value.advice


class TestATotal:
    def test_an_offset_that_is_ignored_does_no_harm_where_the_first_page_is_all(self) -> None:
        service = Service(5)
        service.headers = {"X-Pagination-Records": "5"}
        assert all_pages(lambda query: service({"Limit": query["Limit"]}), 10) == rows(5)
        assert len(service.queries) == 1

    def test_beside_the_list(self, findings: Findings, heard: list[str]) -> None:
        service = Service(5, cap=2, wrap=lambda page, count: {"items": page, "Total": count})
        assert all_pages(service, 10, findings=findings) == rows(5)
        assert len(service.queries) == 3
        assert findings.found == {
            "fields.answer.rows": ["", "items"],
            "fields.answer.total": ["X-Pagination-Records", "Total"],
        }
        assert len(heard) == 2
        all_pages(service, 10, findings=findings)
        assert len(heard) == 2

    @pytest.mark.parametrize("of_the_page", [True, False])
    @pytest.mark.parametrize("count", [0, 1, 2, 4, 5])
    def test_a_count_may_be_that_of_the_page(self, count: int, of_the_page: bool) -> None:
        wrap: Wrap = lambda page, total: {"results": page, "count": len(page) if of_the_page else total}  # noqa: E731
        assert all_pages(Service(count, cap=2, wrap=wrap), 10) == rows(count)

    def test_beside_the_list_that_is_not_reached(self) -> None:
        with pytest.raises(Incomplete, match="2 rows came and total says 5"):
            all_pages(Service(2, wrap=lambda page, _count: {"items": page, "total": 5}), 10)

    @pytest.mark.parametrize("data", [None, [], {"items": None}], ids=repr)
    def test_of_none_says_that_null_is_an_empty_list(self, data: Any) -> None:
        headers = {"X-Pagination-Records": "0"}
        assert all_pages(lambda _query: SimpleNamespace(status=200, tried="GET /x", headers=headers, data=data)) == []

    @pytest.mark.parametrize("headers", [{}, {"X-Pagination-Records": "3"}])
    def test_null_without_it_is_unknown(self, headers: dict[str, str]) -> None:
        with pytest.raises(NoList, match="GET /x"):
            all_pages(lambda _query: SimpleNamespace(status=200, tried="GET /x", headers=headers, data=None))

    def test_that_is_not_reached_before_null(self) -> None:
        service = Service(2, wrap=lambda page, _count: page or None)
        service.headers = {"X-Pagination-Records": "3"}
        with pytest.raises(Incomplete, match="2 rows came"):
            all_pages(service, 10)


class TestWrappers:
    def test_the_place_that_was_found_holds_for_an_empty_page(self, findings: Findings) -> None:
        service = Service(5, cap=2, wrap=lambda page, _count: {"Entries": page})
        assert all_pages(service, 10, findings=findings) == rows(5)
        assert findings.found["fields.answer.rows"] == ["", "Entries"]
        assert all_pages(Service(0, wrap=service.wrap), 10, findings=findings) == []

    def test_each_wrapper_is_told(self, findings: Findings, heard: list[str]) -> None:
        for name in ("items", "data", "items"):
            all_pages(Service(0, wrap=lambda page, _count, name=name: {name: page}), 10, findings=findings)
        assert findings.found == {"fields.answer.rows": ["", "items", "data"]}
        assert len(heard) == 2

    def test_the_contract_says_it_without_a_word(self, findings: Findings, heard: list[str]) -> None:
        contract = contract_of({"fields": {"answer": {"rows": "Result.Rows", "total": "Result.Records"}}})
        service = Service(5, cap=2, wrap=lambda page, count: {"Result": {"Rows": page, "Records": count}})
        assert all_pages(service, 10, "model", contract, findings) == rows(5)
        assert (findings.found, heard) == ({}, [])

    @pytest.mark.parametrize("data", [{"items": [{"UUID": "a"}, 5]}, {"items": [None]}], ids=repr)
    def test_something_else_among_the_rows_is_an_error(self, data: Any) -> None:
        with pytest.raises(Unexpected, match="a list with something else in it"):
            all_pages(lambda _query: SimpleNamespace(status=200, tried="GET /x", headers={}, data=data))


def refusal(text: str, status: int = 400) -> Refused:
    return Refused("GET /x", f"HTTP {status} Bad Request: {text}", "Correct it.", status)


class TestSmallerPages:
    @pytest.mark.parametrize(
        ("text", "status", "most", "sizes"),
        [
            ("Limit must be at most 100 (Limit: max 100)", 400, 100, ["500", "100"]),
            ("Limit 500 is not between 1 and 250", 422, 250, ["500", "250"]),
            ('{"detail": [{"loc": ["query", "Limit"], "ctx": {"le": 200}}]}', 422, 200, ["500", "200"]),
            ("the page size is too large", 400, 50, ["500", "100", "20"]),
            ("(Limit: is not valid)", 422, 4, ["500", "100", "20", "4"]),
        ],
    )
    def test_are_asked_for_where_the_limit_is_named(
        self, text: str, status: int, most: int, sizes: list[str], findings: Findings, heard: list[str]
    ) -> None:
        service = Service(3)
        service.headers = {"X-Pagination-Records": "3"}
        service.refuse = lambda limit: refusal(text, status) if limit > most else None
        assert all_pages(service, findings=findings) == rows(3)
        assert [query["Limit"] for query in service.queries] == sizes
        assert findings.found == {SIZE: int(sizes[-1])}
        assert f"{SIZE}: {sizes[-1]}" in heard[0]
        all_pages(service, findings=findings)
        assert (service.queries[-1], len(service.queries)) == ({"Limit": sizes[-1]}, len(sizes) + 1)

    @pytest.mark.parametrize(
        ("text", "status", "named"),
        [("invalid query", 400, True), ("Limit 100", 403, False), ("Limit 100", 500, False)],
    )
    def test_are_not_tried_for_other_reasons(self, text: str, status: int, named: bool) -> None:
        service = Service(3)
        service.refuse = lambda _limit: refusal(text, status)
        with pytest.raises(Refused) as caught:
            all_pages(service)
        assert len(service.queries) == 1
        assert (SIZE in caught.value.advice) is named

    def test_have_an_end_that_names_the_line(self) -> None:
        service = Service(3)
        service.refuse = lambda _limit: refusal("unknown query parameter Limit")
        with pytest.raises(Refused) as caught:
            all_pages(service)
        assert [query["Limit"] for query in service.queries] == ["500", "100", "20", "4"]
        assert f"{SIZE} (inferred)" in caught.value.advice

    def test_go_by_the_name_that_the_contract_gives(self) -> None:
        contract = contract_of({"operations": {"list_models": {"query": {"Limit": "Top"}}}})
        service = Service(3)
        service.headers = {"X-Pagination-Records": "3"}
        service.refuse = lambda limit: refusal("Top is at most 50") if limit > 50 else None
        assert all_pages(service, contract=contract) == rows(3)
        assert [query["Limit"] for query in service.queries] == ["500", "50"]


class TestAListingThatComesWhole:
    """``page_size: 0`` of the contract."""

    def test_is_one_request_without_pages(self) -> None:
        service = Service(700)
        assert all_pages(service, 0) == rows(700)
        assert service.queries == [{}]

    def test_is_not_taken_for_whole_where_the_total_says_otherwise(self) -> None:
        service = Service(5, wrap=lambda page, _count: {"results": page, "count": 9})
        with pytest.raises(Incomplete, match="5 rows came and count says 9"):
            all_pages(service, 0)

    def test_is_what_the_identity_provider_gives_unless_the_contract_says_otherwise(self) -> None:
        def size(**line: Any) -> int:
            return contract_of({"operations": {"list_sites": line}}).operations["list_sites"].page_size

        assert size(page_size=0) == size(api="cloud", path="/cdb/systems") == 0
        assert size(api="cloud", path="/partners/systems", page_size=100) == 100
        assert size(path="/sites") == 500
