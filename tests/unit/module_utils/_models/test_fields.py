# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.nxai.cloud.plugins.module_utils._api.records.records import Model
from ansible_collections.nxai.cloud.plugins.module_utils._models.fields import describe_model

A, B, C = (f"459d2273-1514-431c-9d34-f5b72f3bfe2{digit}" for digit in "012")


ROWS = [A.upper(), {"uuid": B}, {"ID": f"{{{C}}}", "Name": "Shelf"}]


def test_the_catalogues_of_a_model_are_shown_as_they_are_looked_up() -> None:
    """Rows may be UUIDs or objects."""
    model = Model.from_api({"UUID": A, "Catalogues": ROWS})
    assert describe_model(model)["catalogues"] == [A, B, C] == list(model.catalogue_uuids or ())


@pytest.mark.parametrize(
    "shown",
    [{}, {"Catalogues": None}, {"Catalogues": "text"}, {"Catalogues": {}}]
    + [{"Catalogues": [*ROWS, odd]} for odd in ({"Name": "no id"}, None, True, 1.5)],
    ids=str,
)
def test_catalogues_that_are_not_shown_or_not_all_understood_are_not_known(shown: dict[str, Any]) -> None:
    model = Model.from_api({"UUID": A, **shown})
    assert model.catalogue_uuids is None and describe_model(model)["catalogues"] is None


def test_names_are_known_in_any_spelling() -> None:
    row = {"uuid": A, "name": "A", "catalogues": [], "inputDriverDetails": {"Means": [1], "Vars": [2], "Own": 3}}
    shown = describe_model(Model.from_api(row))
    assert (shown["name"], shown["catalogues"], shown["means"], shown["input_details"]) == ("A", [], [1], {"Own": 3})


@pytest.mark.parametrize(
    ("name", "written", "shown"),
    [
        ("height", "640", 640),
        ("height", "640.0", 640),
        ("height", "640.5", None),
        ("height", "tall", None),
        ("height", True, None),
        ("channels", "3", 3),
        ("channels", "2", None),
        ("means", ["127.5", 1], [127.5, 1]),
        ("means", ["x"], None),
        ("means", "1", None),
    ],
)
def test_a_number_may_be_written_as_text(name: str, written: Any, shown: Any) -> None:
    model = Model.from_api({"UUID": "u", "InputDriverDetails": {name: written}})
    assert describe_model(model)[name] == shown
