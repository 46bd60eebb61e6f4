# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Models and catalogues of a service that shows, or keeps, less than is sent: nothing is lost without a word."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from simulator.records import RegistryDevice
from simulator.testing import Served

from .layer import Ask, Asked, Layer, Rewrite, Told
from .rewrites import MODEL, after, before, dropped, member, with_data
from .tasks import Play, judged
from .world import COUNTS, FOREIGN

Stage = tuple[Served, Layer]


def _keeps_last(asked: Asked) -> None:
    """A change keeps the last of the catalogues alone."""
    last = "Catalogues"
    asked.body = with_data(asked.body, lambda data: {**data, **({last: data[last][-1:]} if last in data else {})})


@pytest.mark.parametrize(
    ("module", "options"),
    [
        ("nxai_model", {"name": COUNTS, "catalogues": ["Fleet"]}),
        ("nxai_model", {"name": COUNTS, "catalogues": ["Fleet"], "wait": False}),
        ("nxai_catalogue", {"name": "Fleet", "models": [COUNTS]}),
    ],
)
def test_a_membership_that_is_taken_away_is_told(
    module: str, options: dict[str, Any], stage: Stage, tmp_path: Path
) -> None:
    service: Rewrite = before(("update_model",), _keeps_last)
    play = Play(*stage, (service,), tmp_path, "")
    play.task("nxai_catalogue", name="Fleet")
    result = play.attempt(module, **options)
    assert play.truth().models[FOREIGN]["catalogues"] == ["Fleet"]
    assert result["failed"] and result["changed"]
    assert "fields.model.catalogues" in judged(module, result)[1]


@pytest.mark.parametrize("name", ["order", "channels", "width"])
def test_a_detail_that_no_model_shows_is_not_taken_away(name: str, stage: Stage, tmp_path: Path) -> None:
    play = Play(*stage, (dropped(MODEL, f"InputDriverDetails.{name}"),), tmp_path, "")
    result = play.attempt("nxai_model", name=COUNTS, height=640)
    assert play.truth() == play.before
    assert result["failed"] and ("layout" if name == "order" else name) in result["msg"]


@pytest.mark.parametrize("shown", [None, [], "127.5,127.5,127.5"], ids=str)
def test_means_that_are_not_shown_as_they_are_stay(shown: Any, stage: Stage, tmp_path: Path) -> None:
    service = member(MODEL, "InputDriverDetails.means", lambda _value: shown)
    play = Play(*stage, (service,), tmp_path, "")
    result = play.attempt("nxai_model", name=COUNTS, height=640)
    assert play.truth() == play.before
    assert "fields.model.input_details" in judged("nxai_model", result)[1]


_BOX = "5c1f0000-1111-4111-8111-111111111111"
_EMPTY = {"Runtime": "", "Serial": "", "Type": ""}


def _lower(_asked: Asked, answer: Told) -> None:
    answer.data = [{key.lower(): value for key, value in row.items()} for row in answer.data]


def _null(_asked: Asked, answer: Told) -> None:
    answer.data = [{**row, "Serial": None} for row in answer.data]


def _replaces(asked: Asked) -> None:
    asked.data = {**_EMPTY, **asked.data}


@pytest.mark.parametrize(
    "service",
    [
        (before(("update_registry_device",), _replaces), after(("list_registry_devices",), _lower)),
        (after(("list_registry_devices",), _null),),
    ],
    ids=["lower", "null"],
)
def test_a_new_name_of_a_device_takes_nothing_away(service: tuple[Rewrite, ...], stage: Stage, tmp_path: Path) -> None:
    play = Play(*stage, service, tmp_path, "")
    world = stage[0].world
    members = {"Name": "Box", "Runtime": "hailo", "Serial": "S-17", "Type": "edge"}
    world.registry[_BOX] = RegistryDevice(_BOX, next(iter(world.models.values())).owner, members)
    play.task("nxai_device", name="Box", new_name="Box 2")
    assert world.registry[_BOX].members == {**members, "Name": "Box 2"}


def test_a_catalogue_is_not_deleted_with_models_that_only_its_own_listing_has(stage: Stage, tmp_path: Path) -> None:
    async def cascades(asked: Asked, ask: Ask) -> Told:
        if asked.operation == "delete_catalogue":
            for each in stage[0].world.models.values():
                each.catalogues = []
        return await ask(asked)

    play = Play(*stage, (cascades, member(MODEL, "Catalogues", lambda _uuids: [])), tmp_path, "")
    result = play.attempt("nxai_catalogue", name="House", state="absent")
    assert play.truth() == play.before
    assert "2 models are in it" in result["msg"]
