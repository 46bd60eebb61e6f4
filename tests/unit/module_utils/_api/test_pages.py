# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import time
from types import SimpleNamespace

import pytest

from ansible_collections.nxai.cloud.plugins.module_utils._api import pages
from ansible_collections.nxai.cloud.plugins.module_utils._api.pages import MOST_ROWS, all_pages
from ansible_collections.nxai.cloud.plugins.module_utils._core.errors import Incomplete, Unexpected


def rows(first, last):
    return [{"UUID": f"id-{number}"} for number in range(first, last)]


class Listing:
    """A service with ``count`` rows that says ``total`` (None: no header) and may misbehave."""

    def __init__(self, count, total=0, honours=("Limit", "Offset"), cap=10**9):
        self.rows, self.total, self.honours, self.cap = rows(0, count), total, honours, cap
        self.queries = []

    def __call__(self, query):
        self.queries.append(dict(query))
        offset = int(query.get("Offset", 0)) if "Offset" in self.honours else 0
        limit = min(int(query["Limit"]) if "Limit" in self.honours else 10**9, self.cap)
        headers = {} if self.total is None else {"X-Pagination-Records": str(self.total or len(self.rows))}
        return SimpleNamespace(status=200, tried="GET /x", headers=headers, data=self.rows[offset : offset + limit])


@pytest.mark.parametrize("count", [0, 1, 9, 10, 11, 20, 25])
@pytest.mark.parametrize("total", [0, None])
def test_all_rows_come_whatever_the_count(count, total):
    assert all_pages(Listing(count, total), page_size=10) == rows(0, count)


def test_a_service_that_gives_smaller_pages_than_asked_is_read_to_its_end():
    assert all_pages(Listing(25, cap=7), page_size=10) == rows(0, 25)


@pytest.mark.parametrize("total", [0, None])
def test_more_rows_than_asked_are_the_whole_list(total):
    listing = Listing(25, total, honours=())
    assert all_pages(listing, page_size=10) == rows(0, 25)
    assert len(listing.queries) == (2 if total is None else 1)


@pytest.mark.parametrize("total", ["", "many", "-3", "3.5", "²", "9" * 10, "9" * 20])
def test_a_total_that_is_no_number_counts_as_absent(total):
    assert all_pages(Listing(3, total=total), page_size=10) == rows(0, 3)


@pytest.mark.parametrize(
    ("count", "ways", "offsets"),
    [
        pytest.param(3, {}, [None], id="one page is one request without an offset"),
        pytest.param(25, {}, [None, "10", "20"], id="later pages ask for limit and offset"),
        pytest.param(20, {}, [None, "10"], id="a full last page is the last when the total is told"),
        pytest.param(25, {"cap": 7}, [None, "7", "14", "21"], id="smaller pages than asked are read to the end"),
        pytest.param(25, {"honours": ()}, [None], id="more rows than asked are the whole list"),
        pytest.param(25, {"total": None, "honours": ()}, [None, "24"], id="and without a total"),
        pytest.param(25, {"total": 3}, [None, "10", "20", "25"], id="a total that is too small loses no row"),
    ],
)
def test_what_is_asked_for(count, ways, offsets):
    listing = Listing(count, **ways)
    assert all_pages(listing, page_size=10) == listing.rows
    asked = [{"Limit": "10"} if each is None else {"Limit": "10", "Offset": each} for each in offsets]
    assert listing.queries == asked


def test_fewer_rows_than_the_total_are_an_error_after_a_second_look():
    listing = Listing(12, total=15)
    with pytest.raises(Incomplete, match="12 rows came and X-Pagination-Records says 15"):
        all_pages(listing, page_size=10)
    assert [query for query in listing.queries if "Offset" not in query] == [{"Limit": "10"}] * 2


def test_a_row_that_comes_again_pages_later_is_an_error():
    pages = iter([rows(0, 2), rows(2, 4), rows(0, 2)] * 2)
    with pytest.raises(Incomplete, match="rows came twice") as caught:
        all_pages(lambda query: SimpleNamespace(status=200, tried="GET /x", headers={}, data=next(pages)), page_size=2)
    assert caught.value.tried == "GET /x"
    assert "again" in caught.value.advice


def test_a_page_has_500_rows_unless_told_otherwise():
    listing = Listing(3)
    all_pages(listing)
    assert listing.queries == [{"Limit": "500"}]


def test_a_service_that_ignores_offset_is_an_error_and_not_an_endless_loop():
    with pytest.raises(Incomplete, match="rows came twice"):
        all_pages(Listing(25, honours=("Limit",)), page_size=10)


def with_totals(*totals):
    listing, left = Listing(12), iter(totals)

    def fetch(query):
        listing.total = next(left)
        return listing(query)

    return fetch


def test_a_total_that_changes_once_is_read_again():
    assert all_pages(with_totals(12, 13, 12, 12), page_size=10) == rows(0, 12)


def test_a_total_that_keeps_changing_is_an_error():
    with pytest.raises(Incomplete, match="the total changed from 14 to 15"):
        all_pages(with_totals(*range(12, 99)), page_size=10)


def test_another_key_tells_rows_apart():
    page = [{"NxID": "a", "UUID": "same"}, {"NxID": "b", "UUID": "same"}, {"NxID": "c", "UUID": "same"}]

    def fetch(query):
        first = int(query.get("Offset", 0))
        return SimpleNamespace(status=200, tried="GET /x", headers={}, data=page[first : first + 2])

    assert len(all_pages(fetch, page_size=2, record="device")) == 3


@pytest.mark.parametrize(
    ("data", "shape"),
    [
        *((each, "but a list with something else in it") for each in ([1], [{"UUID": "a"}, None], [[]])),
        *((each, f"but {type(each).__name__}") for each in (None, {}, {"systems": []}, "text", 7)),
    ],
)
def test_a_body_of_another_shape_is_an_error_that_names_the_call(data, shape):
    with pytest.raises(Unexpected, match=f"GET /x.*{shape}") as caught:
        all_pages(lambda query: SimpleNamespace(status=200, tried="GET /x", headers={}, data=data))
    assert not isinstance(caught.value, Incomplete)
    assert "api_url" in caught.value.advice
    assert not isinstance(caught.value, Incomplete)
    assert (caught.value.tried, "api_url" in caught.value.advice) == ("GET /x", True)


def test_a_listing_without_end_is_given_up():
    def fetch(query):
        first = int(query.get("Offset", 0))
        ends = ({"UUID": f"id-{first}"}, {"UUID": f"id-{first + 199_999}"})
        data = [ends[0], *[{"UUID": f"in between {first}"}] * 199_998, ends[1]] if first <= MOST_ROWS else []
        return SimpleNamespace(status=200, tried="GET /x", headers={}, data=data)

    with pytest.raises(Unexpected, match="does not end: more than 1000000 rows") as caught:
        all_pages(fetch, page_size=200_000)
    assert (caught.value.tried, "api_url" in caught.value.advice) == ("GET /x", True)


def one_at_a_time(query):
    """A listing of 900,000 rows that would be read for days."""
    time.sleep(0.01)
    data = [{"UUID": query.get("Offset", "0")}]
    return SimpleNamespace(status=200, tried="GET /x", headers={"X-Pagination-Records": "900000"}, data=data)


@pytest.mark.parametrize(
    ("limit", "most", "said"),
    [("MOST_PAGES", 7, "7 pages with 7 rows came in 0 s"), ("MOST_SECONDS", 0.055, "[456] pages with [456] rows came")],
)
def test_a_listing_of_few_rows_at_a_time_ends_by_pages_and_by_time(monkeypatch, limit, most, said):
    monkeypatch.setattr(pages, limit, most)
    with pytest.raises(Unexpected, match=f"the listing does not end: {said}.*, and more follow") as caught:
        all_pages(one_at_a_time)
    assert (caught.value.tried, "api_url" in caught.value.advice) == ("GET /x", True)
    assert not isinstance(caught.value, Incomplete), "it would be read once more"


def test_a_listing_of_the_most_pages_comes_whole(monkeypatch):
    monkeypatch.setattr(pages, "MOST_PAGES", 2)
    assert all_pages(Listing(20), page_size=10) == rows(0, 20)


def test_a_listing_of_the_most_rows_comes_whole(monkeypatch):
    monkeypatch.setattr(pages, "MOST_ROWS", 20)
    assert all_pages(Listing(20), page_size=10) == rows(0, 20)
