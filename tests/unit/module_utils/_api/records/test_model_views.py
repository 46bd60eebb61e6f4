# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The mark at the end of a documentation, also as services may change it, and models that are listed more than once."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.nxai.cloud.plugins.module_utils._api.records.file_mark import (
    FileMark,
    join_documentation,
    split_documentation,
)
from ansible_collections.nxai.cloud.plugins.module_utils._api.records.model_views import one_of_each
from ansible_collections.nxai.cloud.plugins.module_utils._api.records.records import Model

MARK = FileMark("ab" * 32, 395)
WHOLE = join_documentation("Text", MARK)
A, B, C = (f"459d2273-1514-431c-9d34-f5b72f3bfe2{each}" for each in "abc")


@pytest.mark.parametrize("shown", [WHOLE, WHOLE.replace("<", "&lt;"), WHOLE.replace("<", "&lt;").replace(">", "&gt;")])
def test_a_mark_may_come_back_escaped(shown: str) -> None:
    assert split_documentation(shown) == ("Text", MARK)


@pytest.mark.parametrize("length", range(len("Text\n\n<!--"), len(WHOLE)))
def test_the_beginning_of_a_mark_is_no_text(length: int) -> None:
    assert split_documentation(WHOLE[:length]) == ("Text", None)


@pytest.mark.parametrize("text", ["Text <!-- a note", "Text\n\n<!-- nxai.cloud is -->", "a <- b", "<!-- a --> Text"])
def test_what_is_no_mark_is_text(text: str) -> None:
    assert split_documentation(text) == (text, None)


def row(**members: Any) -> dict[str, Any]:
    return {"UUID": A, "Name": "M", **members}


OLD, NEW = "2026-01-01T00:00:00Z", "2026-01-01T00:00:00.5Z"


@pytest.mark.parametrize("turned", [False, True])
def test_of_versions_the_last_counts(turned: bool) -> None:
    rows = [row(Documentation="new", Catalogues=[B], UpdatedAt=NEW), row(Alias="a", Catalogues=[C], UpdatedAt=OLD)]
    (found,) = one_of_each(rows[::-1] if turned else rows)
    assert (found.documentation, found.catalogue_uuids, found.raw["Alias"]) == ("new", (B,), "a")


@pytest.mark.parametrize("times", [(None, None), (OLD, OLD), (OLD, "yesterday")])
def test_of_rows_whose_order_is_not_known_what_is_shown_counts(times: tuple[Any, Any]) -> None:
    first = row(Documentation="Text", Catalogues=[B], UpdatedAt=times[0])
    (found,) = one_of_each([first, row(Documentation="", Catalogues=[C], UpdatedAt=times[1])])
    assert found.documentation == "Text" and found.catalogue_uuids == (B, C)


@pytest.mark.parametrize(
    ("shown", "uuids"),
    [
        (f"{B},{C}", (B, C)),
        (f'["{B}", "{C}"]', (B, C)),
        ({B: {"Name": "x"}, C: {}}, (B, C)),
        ("", None),  # it may say that nothing is shown here
        ({}, None),
        ("House", None),
        ({"UUID": B}, None),
        (None, None),
        ([], ()),
    ],
)
def test_catalogues_in_other_forms(shown: Any, uuids: tuple[str, ...] | None) -> None:
    assert Model.from_api(row(Catalogues=shown)).catalogue_uuids == uuids


@pytest.mark.parametrize(
    ("members", "state"),
    [
        ({"Status": 3}, "pending"),
        ({}, "pending"),
        ({"Downloads": []}, "pending"),
        ({"Downloads": ["application/x-onnx"]}, "ready"),
        ({"Code": {"CDNURI": "https://cdn"}}, "ready"),
        ({"Status": "", "Downloads": ["application/x-onnx"]}, "pending"),  # that is a word of the service
        ({"Status": True, "Code": {"Status": "ok"}}, "ready"),
    ],
)
def test_states(members: dict[str, Any], state: str) -> None:
    assert Model.from_api(row(**members)).state == state


def test_a_number_is_a_word() -> None:
    found = Model.from_api(row(Status=3, Code={"Status": 0}))
    assert (found.status, found.code_status, found.shows_state) == ("3", "0", True)
