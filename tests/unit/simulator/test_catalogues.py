# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Catalogues, and what all lists have in common: pages, order, search."""

from __future__ import annotations

import pytest
from simulator_calls import Calls

from simulator.testing import Served


def create(calls: Calls, name: str) -> str:
    answer = calls.send("POST", "/cpt/catalogues", json={"Name": name})
    assert answer.status_code == 200
    return str(answer.json()["UUID"])


def test_one_with_models_is_not_deleted(calls: Calls) -> None:
    uuid = create(calls, "Full")
    model = calls.upload({"Name": "m", "Catalogues": [uuid]})["UUID"]
    assert calls.send("DELETE", f"/cpt/catalogue/{uuid}").status_code == 409
    calls.send("PATCH", f"/cpt/function/{model}", json={"Catalogues": []})
    assert calls.send("DELETE", f"/cpt/catalogue/{uuid}").status_code == 200


def test_pages_are_cut_from_the_ordered_whole(simulator: Served, calls: Calls) -> None:
    for name in "dbeac":
        create(calls, name)

    def names(**query: object) -> tuple[str, str]:
        answer = calls.send("GET", "/cpt/catalogues", params=query)
        return "".join(row["Name"] for row in answer.json()), answer.headers["X-Pagination-Records"]

    assert names() == ("dbeac", "5")
    assert names(OrderBy="Name", Limit=2) == ("ab", "5")
    assert names(orderby="Name", limit=2, OFFSET=2) == ("cd", "5")
    assert names(OrderBy="-Name", Offset=3) == ("ba", "5")
    assert names(Offset=9) == ("", "5")
    assert names(Search="B") == ("b", "1")
    simulator.world.quirks.offset = "ignore"
    assert names(Limit=2, Offset=2) == ("db", "5")
    simulator.world.quirks.max_page = 3
    assert names() == ("dbe", "5")


@pytest.mark.parametrize(
    "query", ["Limit=0", "Limit=-1", "Limit=x", "Limit=", "Offset=-1", "OrderBy=Colour", "Limit=1.5"]
)
def test_parameters_that_are_not_right_are_named(simulator: Served, query: str) -> None:
    answer = Calls(simulator).send("GET", f"/cpt/catalogues?{query}")
    assert (answer.status_code, list(answer.json()["Field"])) == (400, [query.partition("=")[0]])
