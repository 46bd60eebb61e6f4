# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A total that counts something else than all rows, and what it costs to find out."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from ansible_collections.nxai.cloud.plugins.module_utils._api.pages import TooSmall, all_pages
from ansible_collections.nxai.cloud.plugins.module_utils._core.errors import Refused
from ansible_collections.nxai.cloud.plugins.module_utils._core.findings import Findings

KINDS = dict(
    zip("abcdefg", ("model", "catalogue", "site", "server", "group", "registry_device", "device"), strict=True)
)


class Service:
    """Gives ``cap`` rows at a time, with a total that is right, of the ``page``, of ``pages``, or the ``cap``."""

    def __init__(self, cap: int = 500, total: str = "right", behind: str = "") -> None:
        self.cap, self.total, self.behind = cap, total, behind
        self.findings = Findings()
        self.asked: list[tuple[str, dict[str, str]]] = []

    def read(self, name: str, count: int, size: int = 500) -> int:
        def fetch(query: dict[str, str]) -> Any:
            self.asked.append((name, dict(query)))
            start, most = int(query.get("Offset", 0)), min(self.cap, int(query["Limit"]))
            page = [{"UUID": f"{name}-{each}"} for each in range(count)][start : start + most]
            if start >= count and self.behind == "error":
                raise Refused("GET /x", "HTTP 404", status=404)
            page = [{"UUID": f"{name}-{each}"} for each in range(count)] if start and self.behind == "all" else page
            totals = {"right": count, "page": len(page), "pages": -(-count // most), "cap": most}
            headers = {"X-Pagination-Records": str(totals[self.total])}
            return SimpleNamespace(status=200, tried=f"GET /{name}", headers=headers, data=page)

        return len(all_pages(fetch, size, KINDS[name], findings=self.findings))


@pytest.mark.parametrize("total", ["page", "cap"])
def test_the_wary_find_a_total_that_is_not_of_all(total: str) -> None:
    service = Service(cap=20, total=total)
    assert service.read("a", 30) == 20  # nothing shows it
    service.findings.wary = True
    with pytest.raises(TooSmall, match=r"says 20, and more rows come.*fields\.answer\.total"):
        service.read("b", 25)


def test_a_total_of_pages_shows_where_the_last_page_is_full_and_all_is_read_without_it() -> None:
    service = Service(cap=2, total="pages")
    assert service.read("a", 7) == 7
    assert service.findings.found["fields.answer.total"] == [""]


def test_a_page_as_full_as_asked_for_shows_it_by_itself() -> None:
    assert Service(cap=500, total="page").read("a", 700) == 700


@pytest.mark.parametrize("total", ["page", "pages"])
def test_the_careful_find_it_by_one_row_and_read_all_without_a_total(total: str) -> None:
    service = Service(cap=2, total=total)
    service.findings.careful = True
    assert [service.read("a", 4), service.read("b", 3)] == [4, 3]


def test_the_careful_find_a_cap_of_page_and_total_behind_the_last_row() -> None:
    service = Service(cap=2, total="cap")
    service.findings.careful = True
    assert [service.read("a", 4), service.read("b", 3)] == [4, 3]


def test_the_careful_ask_once_where_it_is_right_and_once_more_for_devices() -> None:
    service, first, behind = Service(), {"Limit": "500"}, {"Limit": "1", "Offset": "9"}
    service.findings.careful = True
    assert [service.read(name, 9) for name in "abcgg"] == [9] * 5
    assert [query for _name, query in service.asked] == [first, behind, first, first, first, behind, first]


@pytest.mark.parametrize("behind", ["error", "all"])
def test_where_nothing_is_shown_behind_the_last_row_one_is_asked_for_by_itself(behind: str) -> None:
    service = Service(behind=behind)
    service.findings.careful = True
    assert [service.read(name, 9) for name in "ab"] == [9, 9]
    assert [query for _name, query in service.asked][1:3] == [{"Limit": "1", "Offset": "9"}, {"Limit": "1"}]
    assert len(service.asked) == 4


@pytest.mark.parametrize("behind", ["", "error", "all"])
def test_a_total_that_is_right_is_believed_after_one_request_more(behind: str) -> None:
    service = Service(behind=behind)
    service.findings.wary = True
    assert service.read("a", 25) == 25
    assert len(service.asked) == 2


def test_the_same_listing_read_again_is_no_second_one() -> None:
    service = Service()
    assert [service.read("a", 9) for _turn in range(3)] == [9, 9, 9]
    assert len(service.asked) == 3


def test_a_total_that_several_pages_add_up_to_is_proved() -> None:
    service = Service(cap=20)
    assert service.read("a", 30) == 30
    assert [service.read(name, 20) for name in "bc"] == [20, 20]
    assert len(service.asked) == 4


def test_the_wary_ask_behind_each_page_that_may_be_cut() -> None:
    service = Service(cap=20, total="page")
    service.findings.wary = True
    assert service.read("a", 3) == 3
    with pytest.raises(TooSmall):
        service.read("b", 30)
