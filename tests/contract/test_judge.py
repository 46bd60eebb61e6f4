# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The judge itself: services that no client can survive are found out, and a rewrite that does nothing as well."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from simulator.testing import Served

from .judge import judge
from .layer import Ask, Asked, Layer, Rewrite, Told
from .rewrites import DEVICE, after, before, demands, pipelines, rows, status
from .tasks import judged
from .variant import WORKS, Variant
from .world import holds, same

Stage = tuple[Served, Layer]
_PUT = ("put_pipelines",)


def _judged(stage: Stage, folder: Path, *rewrites: Rewrite) -> tuple[str, str, bool]:
    verdict = judge(Variant("x", "lists", "x", rewrites, WORKS), *stage, folder)
    return verdict.observed, verdict.line(), verdict.touched


def _lies() -> Rewrite:
    """A PUT does nothing, and lists show what was sent."""

    async def rewrite(asked: Asked, ask: Ask) -> Told:
        sent: dict[str, Any] = asked.memory.setdefault("sent", {})
        if asked.operation in _PUT:
            sent.update((nxid.lower(), asked.data["Pipelines"]) for nxid in asked.data["Devices"])
            return Told(200, b"{}")
        answer = await ask(asked)
        if asked.operation in DEVICE:
            data = answer.data
            for row in data:
                row["nxAI"]["pipelines"] = sent.get(row["NxID"], row["nxAI"]["pipelines"])
            answer.data = data
        return answer

    return rewrite


def _cut(found: list[Any]) -> list[Any]:
    return [{**each, "Postprocessor": each["Postprocessor"][:4]} for each in found]


def test_what_a_service_hides_is_found_to_be_lost(stage: Stage, tmp_path: Path) -> None:
    observed, line, touched = _judged(stage, tmp_path, pipelines(_cut))
    assert (observed, touched) == ("lost", True)
    assert "had " in line


def test_what_a_service_pretends_is_found_to_be_silent(stage: Stage, tmp_path: Path) -> None:
    observed, line, _touched = _judged(stage, tmp_path, _lies())
    assert observed == "silent" and "Queue runs 0 times on Door" in line


def test_a_rewrite_that_does_nothing_is_noticed(stage: Stage, tmp_path: Path) -> None:
    assert _judged(stage, tmp_path / "rows", rows(DEVICE, lambda row: row)) == ("works", "", False)
    same_answer = after(_PUT, lambda _asked, _answer: None)
    assert _judged(stage, tmp_path / "after", same_answer, before(_PUT, lambda _asked: None)) == ("works", "", False)
    assert _judged(stage, tmp_path / "demands", demands(_PUT, lambda _asked: None)) == ("works", "", True)
    assert _judged(stage, tmp_path / "status", status(_PUT, 201)) == ("works", "", True)


@pytest.mark.parametrize(
    ("message", "kind"),
    [
        ("It relied on fields.device.pipelines.", "stops"),
        ("See operations.list_sites.path of the contract.", "stops"),
        ("Set auth_scheme: raw.", "stops"),
        ("Check that api_url is the Nx AI Cloud.", "obscure"),
        ("The models operations and fields.", "obscure"),
        ("", "obscure"),
    ],
)
def test_an_error_has_to_name_a_line_or_an_option(message: str, kind: str) -> None:
    assert judged("m", {"msg": message})[0] == kind
    assert judged("m", {"msg": "failed", "devices": [{"reason": message}]})[0] == kind


@pytest.mark.parametrize(
    ("one", "other", "equal"),
    [
        ({"a": 0.3, "b": []}, {"a": 0.30000001192}, True),
        ({"a": "0.3"}, {"a": 0.3}, True),
        ({"a": 0.3}, {"a": 0.31}, False),
        ({"a": [{"b": 1}]}, {"a": [{"b": 1}, {"b": 2}]}, False),
        ({"a": 1, "b": "x"}, {"a": 1}, False),
        ({"a": None}, {"a": {}}, True),
    ],
)
def test_what_counts_as_the_same(one: Any, other: Any, equal: bool) -> None:
    for left, right in ((one, other), (other, one)):
        assert same(left, right) is equal


def test_what_holds_another_may_have_more() -> None:
    had = [{"modelUUID": "a", "chains": [{"b": 1}]}]
    more = [{"modelUUID": "a", "chains": [{"b": 1, "c": 2}], "Status": "x"}]
    assert holds(more, had) and not holds(had, more) and not holds(more[:0], had)
