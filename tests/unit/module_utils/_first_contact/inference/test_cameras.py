# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which cameras do not say what they run, and which of them is offered to find out what that means."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.nxai.cloud.plugins.module_utils._api.contract.check import checked
from ansible_collections.nxai.cloud.plugins.module_utils._api.contract.contract import KNOWN
from ansible_collections.nxai.cloud.plugins.module_utils._first_contact.inference.cameras import Cameras, cameras_of

A = "459d2273-1514-431c-9d34-f5b72f3bfe20"
SHAPE = "Enabled: boolean, NxID: text"
Row = dict[str, Any]


def row(number: int, **members: Any) -> Row:
    return {"NxID": f"{{7b65bdda-39da-4259-b1bf-b0d1dbb7b1{number:02}}}", "Enabled": True, **members}


def runs(number: int) -> Row:
    return row(number, nxAI={"pipelines": [{"modelUUID": A, "modelNMS": 0.5, "resizingMethod": "Crop", "chains": []}]})


def says_none(number: int) -> Row:
    return row(number, nxAI={"pipelines": []})


def cameras(*rows: Row, contract: Any = None) -> Cameras:
    return cameras_of({"shop": rows}, checked(contract) if contract else KNOWN)


def test_a_camera_that_shows_its_own_is_offered_where_no_other_says_none() -> None:
    rows = [runs(1), {**runs(2), "Group": "x"}, row(3, Enabled=False), row(4), {"no": "id"}, row(5, modelUUID=A)]
    found = cameras(*rows)
    assert (found.running, found.none, found.not_understood) == (2, 0, 1)
    (silent,) = found.unknown
    assert (silent.shape, silent.cameras, silent.device, silent.site) == (SHAPE, 2, row(4)["NxID"], "shop")
    assert (silent.offered, silent.offered_site) == (row(1)["NxID"], "shop")
    command = f"first_contact_device={silent.offered}, first_contact_site=shop and first_contact_prove=one"
    assert command in silent.question and "may lose what it runs" in silent.question
    assert f"(2 cameras): {SHAPE}?" in silent.question
    assert found.as_result()["unknown"][0]["offered"] == silent.offered


def test_the_one_at_the_same_site_with_the_fewest_pipelines_is_offered() -> None:
    two = row(3, nxAI={"pipelines": [runs(1)["nxAI"]["pipelines"][0]] * 2})
    found = cameras_of({"a": [runs(1)], "b": [{**runs(2), "Enabled": False}, two, runs(4), row(5)]}, KNOWN)
    assert [(each.offered, each.offered_site) for each in found.unknown] == [(row(4)["NxID"], "b")]


@pytest.mark.parametrize(
    ("rows", "why"),
    [
        ([row(1), row(2)], "fields.device.pipelines"),
        ([runs(1), says_none(2), row(3)], "shows an empty list (1 of them"),
        ([runs(1), row(2, nxAI={"selectedPipeline": "Custom"})], "is selected"),
        ([runs(1), row(2, nxAI={"selectedPipeline": A})], "is selected"),
        ([{**runs(1), "Group": "x"}, row(2)], "1 show what they run"),
    ],
)
def test_none_is_offered_where_others_may_well_run_something_or_look_otherwise(rows: list[Row], why: str) -> None:
    (silent,) = cameras(*rows).unknown
    assert silent.offered == silent.offered_site == "" and why in silent.advice
    assert silent.device not in silent.question, "the user has to look for one that may lose what it runs"
    assert "is lost" in silent.question


def test_what_is_proved_is_none_and_no_sign_against_other_kinds() -> None:
    rows = [runs(1), row(2), row(3, nxAI=None), row(4, nxAI={"selectedPipeline": ""})]
    found = cameras(*rows, contract={"no_pipelines": [SHAPE]})
    assert (found.running, found.none) == (1, 1)
    assert [(each.shape, each.offered) for each in found.unknown] == [
        (f"{SHAPE}, nxAI: null", row(1)["NxID"]), (f"{SHAPE}, nxAI: {{selectedPipeline: empty text}}", row(1)["NxID"]),
    ]  # fmt: skip


def test_a_camera_counts_once_and_rows_that_differ_are_not_understood() -> None:
    found = cameras(runs(1), runs(1), row(2), says_none(2))
    assert (found.running, found.none, found.not_understood, found.unknown) == (1, 0, 1, ())


def test_the_most_frequent_kinds_are_shown() -> None:
    rows = [row(number, **{f"key {number}": 1}) for number in range(30)]
    found = cameras(*rows, row(40, **{"key 29": 1}))
    assert len(found.unknown) == 20 and found.unknown[0].cameras == 2
