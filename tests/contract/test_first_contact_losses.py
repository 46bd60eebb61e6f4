# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""First contact with services that take away what it sends: it says so, and keeps what was there."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from .layer import Asked, Rewrite
from .rewrites import DEVICE, before, rows, sent_pipelines
from .tasks import Play
from .test_lossy_writes import Stage, add_queue, empties, less, play_of, takes_from_others, whole_site
from .world import FOREIGN, within


def _first_contact(play: Play) -> dict[str, Any]:
    return play.attempt("nxai_first_contact", dir=str(play.folder), device=f"{{{play.nxid('Door')}}}")


def _kept(play: Play) -> dict[str, Any]:
    found = json.loads((play.folder / "first-contact-snapshot.json").read_text())["snapshot"]
    return {each["name"]: each["pipelines"] for each in found}


def _named(theirs: str) -> Rewrite:
    """The list of pipelines has this name in a PUT; others are passed over, and without it there are none."""

    def change(asked: Asked) -> None:
        data = asked.data
        data["Pipelines"], found = data.pop(theirs, []), data.pop("Pipelines")
        data["Functions"] = data["Functions"] if data["Pipelines"] else found and []
        asked.data = data

    return before(("put_pipelines",), change)


def _settings_named(theirs: str) -> Rewrite:
    """UserSettings are shown, and taken under another name alone; what is not known is passed over."""
    return sent_pipelines(
        lambda each: {
            ("UserSettings" if key == theirs else key): value for key, value in each.items() if key != "UserSettings"
        }
    )


@pytest.mark.parametrize(
    ("service", "said"),
    [
        (_named("pipelines"), "the camera does not show what was sent"),
        (_settings_named("userSettings"), "does not show UserSettings any more"),
        (empties(422), "The pipelines could not be stored"),
    ],
    ids=["pipelines", "userSettings", "refused"],
)
def test_what_a_camera_has_lost_is_said_and_kept(service: Rewrite, said: str, stage: Stage, tmp_path: Path) -> None:
    """What it had is still shown when it is looked at for the first time."""
    play = play_of(stage, tmp_path, service)
    result = _first_contact(play)
    assert set(less(play)) == {"Door"} and result["failed"]
    assert said in result["msg"] and "Not seen to have what they had before: Door" in result["msg"]
    assert "first-contact-snapshot.json" in result["msg"]
    assert _kept(play) == {"Door": play.before.cameras["Door"]}
    report = (tmp_path / "first-contact.md").read_text()
    assert "took what it has" not in report and "You need no contract file" not in report


@pytest.mark.parametrize(
    "service",
    [whole_site(if_no="NxIDs"), takes_from_others(lambda _had, _models: [])],
    ids=["they are written to", "they are emptied"],
)
def test_the_cameras_that_lost_theirs_for_one_are_said_and_kept(service: Rewrite, stage: Stage, tmp_path: Path) -> None:
    play = play_of(stage, tmp_path, service)
    result = _first_contact(play)
    assert set(less(play)) == {"Till", "Yard"} and result["failed"] and "fields.assignment.devices" in result["msg"]
    assert "Yard at site Shop 1, to which nothing was sent" in result["msg"]
    assert all(within(had, _kept(play)[name]) for name, (had, _has) in less(play).items()) and "Door" not in _kept(play)
    assert "You need no contract file" not in (tmp_path / "first-contact.md").read_text()


@pytest.mark.parametrize("service", [(), (takes_from_others(lambda _had, _models: [], back_after=15.0),)])
def test_where_nothing_is_lost_nothing_is_kept(service: tuple[Rewrite, ...], stage: Stage, tmp_path: Path) -> None:
    """Also where all of the site show nothing for 15 s after a write."""
    play = play_of(stage, tmp_path, *service)
    result = _first_contact(play)
    assert not result.get("failed") and result["warnings"] == [] and not result["contract"]
    assert not (tmp_path / "first-contact-snapshot.json").exists()


# Another list than that of what runs


def _template(name: str, alike: bool = True) -> Rewrite:
    """What runs is not shown. Cameras show another list under this name: the same, or one that differs."""

    def change(row: dict[str, Any]) -> dict[str, Any]:
        default = {
            "modelUUID": FOREIGN,
            "modelNMS": 0.42,
            "resizingMethod": "Letterbox",
            "Preprocessor": "",
            "chains": [],
        }
        shown = [default] * (1 if alike or row["Name"] != "Door" else 2)
        others = {key: value for key, value in row["nxAI"].items() if key not in ("pipelines", "models")}
        return {**row, "nxAI": {**others, name: shown}}

    return rows(DEVICE, change)


@pytest.mark.parametrize(
    ("name", "alike"),
    [
        ("defaultPipelines", True),
        ("history", True),
        ("always", True),
        ("previousPipelines", False),
        ("available", False),
    ],
)
def test_another_list_than_what_runs_is_a_question(name: str, alike: bool, stage: Stage, tmp_path: Path) -> None:
    play = play_of(stage, tmp_path, _template(name, alike))
    result = _first_contact(play)
    assert not less(play) and not result["contract"], result["contract"]
    assert any(each.startswith(f"fields.device.pipelines: nxAI.{name} ") for each in result["questions"])
    assert add_queue(play)["failed"] and not less(play)


def test_what_a_camera_proves_is_not_taken_for_those_of_a_server_that_shows_none(stage: Stage, tmp_path: Path) -> None:
    """Rows without pipelines lack the place, and Server B does not show any."""

    def change(row: dict[str, Any]) -> dict[str, Any]:
        found = row["nxAI"]
        if found["pipelines"] and row["Server"]["Name"] != "Server B":
            return {**row, "nxAI": {**found, "PluginSettings": {}}}
        return {**row, "nxAI": {"PluginSettings": {}}}

    service = rows(DEVICE, change)
    play = play_of(stage, tmp_path, service)
    (kind,) = play.attempt("nxai_first_contact", dir=str(tmp_path))["cameras"]["unknown"]
    assert kind["offered"] == "" and "None of several cameras of its server shows what it runs" in kind["advice"]
    proved = play.attempt("nxai_first_contact", dir=str(tmp_path), device=f"{{{play.nxid('Door')}}}", prove="one")
    assert "still a question" in proved["stages"]["prove"]["reason"] and not proved["contract"]
    result = add_queue(play)
    assert result["failed"] and "prove" in result["msg"] and not less(play)
