# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

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
        return SimpleNamespace(tried="GET /x", headers=headers, data=self.rows[offset : offset + limit])


def test_one_page_is_one_request_without_an_offset():
    listing = Listing(3)
    assert all_pages(listing, page_size=10) == rows(0, 3)
    assert listing.queries == [{"Limit": "10"}]


@pytest.mark.parametrize("count", [0, 1, 9, 10, 11, 20, 25])
@pytest.mark.parametrize("total", [0, None])
def test_all_rows_come_whatever_the_count(count, total):
    listing = Listing(count, total)
    assert all_pages(listing, page_size=10) == rows(0, count)


def test_later_pages_ask_for_limit_and_offset():
    listing = Listing(25)
    all_pages(listing, page_size=10)
    assert listing.queries == [{"Limit": "10"}, {"Limit": "10", "Offset": "10"}, {"Limit": "10", "Offset": "20"}]


def test_a_full_last_page_needs_no_further_request_when_the_total_is_told():
    listing = Listing(20)
    all_pages(listing, page_size=10)
    assert len(listing.queries) == 2


def test_a_service_that_gives_smaller_pages_than_asked_is_read_to_its_end():
    assert all_pages(Listing(25, cap=7), page_size=10) == rows(0, 25)


@pytest.mark.parametrize("total", [0, None])
def test_more_rows_than_asked_are_the_whole_list(total):
    listing = Listing(25, total, honours=())
    assert all_pages(listing, page_size=10) == rows(0, 25)
    assert len(listing.queries) == 1


def test_a_total_that_is_too_small_loses_no_row():
    assert all_pages(Listing(25, total=3), page_size=10) == rows(0, 25)


@pytest.mark.parametrize("total", ["", "many", "-3", "3.5", "²", "9" * 10, "9" * 20])
def test_a_total_that_is_no_number_counts_as_absent(total):
    assert all_pages(Listing(3, total=total), page_size=10) == rows(0, 3)


def test_fewer_rows_than_the_total_are_an_error_after_a_second_look():
    listing = Listing(12, total=15)
    with pytest.raises(Incomplete, match="12 rows came and X-Pagination-Records says 15"):
        all_pages(listing, page_size=10)
    assert [query for query in listing.queries if "Offset" not in query] == [{"Limit": "10"}] * 2


def test_a_row_that_comes_again_pages_later_is_an_error():
    pages = iter([rows(0, 2), rows(2, 4), rows(0, 2)] * 2)
    with pytest.raises(Incomplete, match="rows came twice") as caught:
        all_pages(lambda query: SimpleNamespace(tried="GET /x", headers={}, data=next(pages)), page_size=2)
    assert caught.value.tried == "GET /x"
    assert "again" in caught.value.advice


def test_a_page_has_500_rows_unless_told_otherwise():
    listing = Listing(3)
    all_pages(listing)
    assert listing.queries == [{"Limit": "500"}]


def test_a_service_that_ignores_offset_is_an_error_and_not_an_endless_loop():
    with pytest.raises(Incomplete, match="rows came twice"):
        all_pages(Listing(25, honours=("Limit",)), page_size=10)


def test_a_total_that_changes_once_is_read_again():
    listing = Listing(12)
    answers = iter([12, 13, 12, 12])

    def fetch(query):
        listing.total = next(answers)
        return listing(query)

    assert all_pages(fetch, page_size=10) == rows(0, 12)


def test_a_total_that_keeps_changing_is_an_error():
    listing = Listing(12)
    answers = iter(range(12, 99))

    def fetch(query):
        listing.total = next(answers)
        return listing(query)

    with pytest.raises(Incomplete, match="the total changed from 14 to 15"):
        all_pages(fetch, page_size=10)


def test_another_key_tells_rows_apart():
    page = [{"NxID": "a", "UUID": "same"}, {"NxID": "b", "UUID": "same"}]

    def fetch(query):
        number = int(query.get("Offset", 0)) // 2
        data = page if number == 0 else [{"NxID": "c", "UUID": "same"}]
        return SimpleNamespace(tried="GET /x", headers={}, data=data)

    assert len(all_pages(fetch, page_size=2, record="device")) == 3


@pytest.mark.parametrize("data", [None, {}, {"systems": []}, "text", 7, [1], [{"UUID": "a"}, None], [[]]])
def test_a_body_of_another_shape_is_an_error_that_names_the_call(data):
    with pytest.raises(Unexpected, match="GET /x") as caught:
        all_pages(lambda query: SimpleNamespace(tried="GET /x", headers={}, data=data))
    assert not isinstance(caught.value, Incomplete)
    assert (caught.value.tried, "api_url" in caught.value.advice) == ("GET /x", True)


@pytest.mark.parametrize(
    ("data", "shape"), [([1], "but a list with something else in it"), ({}, "but dict"), (None, "but NoneType")]
)
def test_a_body_of_another_shape_is_described(data, shape):
    with pytest.raises(Unexpected, match=shape):
        all_pages(lambda query: SimpleNamespace(tried="GET /x", headers={}, data=data))


def test_a_listing_without_end_is_given_up():
    def fetch(query):
        first = int(query.get("Offset", 0))
        return SimpleNamespace(tried="GET /x", headers={}, data=[{}] * 200_000 if first <= MOST_ROWS else [])

    with pytest.raises(Unexpected, match="does not end: more than 1000000 rows") as caught:
        all_pages(fetch, page_size=200_000)
    assert (caught.value.tried, "api_url" in caught.value.advice) == ("GET /x", True)


def test_a_listing_of_the_most_rows_comes_whole(monkeypatch):
    monkeypatch.setattr(pages, "MOST_ROWS", 20)
    assert all_pages(Listing(20), page_size=10) == rows(0, 20)
