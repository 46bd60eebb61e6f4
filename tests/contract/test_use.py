# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A model that cameras run is not deleted, whatever the service shows of that."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from simulator.testing import Served

from .layer import Ask, Asked, Layer, Rewrite, Told, told
from .rewrites import DEVICE, SITE, answers, rows
from .tasks import Play, judged
from .world import COUNTS, FINDS, FOREIGN, OTHER

Stage = tuple[Served, Layer]


def _deleting(stage: Stage, folder: Path, model: str, *rewrites: Rewrite) -> dict[str, Any]:
    """What came of a task that is to delete a model in use: it is there, and the error says what to do."""
    play = Play(*stage, rewrites, folder, "")
    result = play.attempt("nxai_model", name=model, state="absent")
    assert play.truth().named(model)
    assert result["failed"], result
    return result


def _of_shop(told_instead: Told, camera: str = "Till") -> Rewrite:
    """The listing of the site that has this camera."""

    async def rewrite(asked: Asked, ask: Ask) -> Told:
        answer = await ask(asked)
        if asked.operation == "list_devices" and any(row["Name"] == camera for row in answer.data):
            return told_instead
        return answer

    return rewrite


@pytest.mark.parametrize(
    "answer",
    [
        told(200, {"items": [], "error": "timeout"}),
        told(200, {"items": [], "Message": "site is starting"}),
        told(200, {"items": [], "loading": True}),
        told(200, {"data": {"items": [], "status": "pending"}}),
        told(200, {"items": [{"NxID": "{0c0c0c0c-1111-4111-8111-111111111111}", "Name": "New"}], "partial": True}),
        told(200, {"items": None}),
        told(200, {"items": [], "success": False}),
        told(200, {"items": [], "code": 504}),
        told(200, {"items": [], "meta": {"stale": True}}),
        told(200, {"items": [], "reachable": False}),
        told(200, {"items": [], "next": "/dev/x"}),
        told(200, {"items": [], "incomplete_results": True}),
        Told(200, b"[]", {"content-type": "application/json", "retry-after": "5"}),
        Told(200, b"[]", {"content-type": "application/json", "warning": '110 - "Response is Stale"'}),
        told(202, []),
        told(206, []),
    ],
    ids=lambda answer: f"{answer.status} {answer.body.decode()[:40]} {[*answer.headers][1:]}",
)
def test_a_listing_that_says_that_it_failed_is_no_empty_site(answer: Told, stage: Stage, tmp_path: Path) -> None:
    result = _deleting(stage, tmp_path, FINDS, _of_shop(answer))
    assert judged("nxai_model", result)[0] == "stops", result["msg"]


def test_a_site_that_is_called_off_line_is_asked_all_the_same(stage: Stage, tmp_path: Path) -> None:
    off_line = rows(SITE, lambda row: {**row, "Status": "offline"} if row["Name"] == "Shop 1" else row)
    assert "2 devices use it" in _deleting(stage, tmp_path, FINDS, off_line)["msg"]


def _at_first(change: Rewrite, operations: tuple[str, ...], looks: int) -> Rewrite:
    """For so many requests alone."""

    async def rewrite(asked: Asked, ask: Ask) -> Told:
        if asked.operation not in operations:
            return await ask(asked)
        asked.memory["looks"] = asked.memory.get("looks", 0) + 1
        return await (change(asked, ask) if asked.memory["looks"] <= looks else ask(asked))

    return rewrite


_NONE = {"pipelines": [], "models": [], "selectedPipeline": ""}


@pytest.mark.parametrize(
    "service",
    [
        _at_first(rows(DEVICE, lambda row: {**row, "nxAI": {**row["nxAI"], **_NONE}}), DEVICE, looks=2),
        _at_first(answers(SITE, lambda found: [row for row in found if row["Name"] != "Shop 1"]), SITE, looks=1),
    ],
    ids=["devices", "sites"],
)
def test_what_the_first_look_does_not_show_the_second_does(service: Rewrite, stage: Stage, tmp_path: Path) -> None:
    assert "2 devices use it" in _deleting(stage, tmp_path, FINDS, service)["msg"]


@pytest.mark.parametrize("with_name", [True, False], ids=["with its name beside", "alone"])
def test_ids_that_no_listed_model_has_are_not_those_of_models(with_name: bool, stage: Stage, tmp_path: Path) -> None:
    """Such as those of converted files."""
    names = {FOREIGN: COUNTS, OTHER: FINDS}

    def change(each: dict[str, Any]) -> dict[str, Any]:
        name = {"modelName": names[each["modelUUID"]]} if with_name else {}
        return {**each, "modelUUID": f"{each['modelUUID'][:-4]}eeee", **name}

    service = rows(DEVICE, lambda row: {**row, "nxAI": {"pipelines": [*map(change, row["nxAI"]["pipelines"])]}})
    result = _deleting(stage, tmp_path, COUNTS, service)
    assert judged("nxai_model", result)[0] == "stops", result["msg"]
    play = Play(*stage, (service,), tmp_path, "")
    assert "used_by may lack devices" in str(play.task("nxai_model_info", usage=True)["warnings"])
