# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Services whose writes take more away than they say: one camera loses, and no other follows. Judged by the world."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from simulator.testing import Served

from .layer import Ask, Asked, Layer, Rewrite, Told, refusal
from .rewrites import Row, before
from .scenes import _ALL, _QUEUE, _WAITS, _upload
from .tasks import Play
from .world import within

Stage = tuple[Served, Layer]
_PUT = ("put_pipelines",)
_DOOR: dict[str, Any] = {"site": "Shop 1", "devices": ["Door"]}


def play_of(stage: Stage, folder: Path, *rewrites: Rewrite) -> Play:
    return Play(*stage, rewrites, folder, "")


def less(play: Play) -> dict[str, Any]:
    """Cameras that lack something of what they had: [had, has]."""
    now = play.truth().cameras
    return {name: [had, now[name]] for name, had in play.before.cameras.items() if not within(had, now[name])}


def add_queue(play: Play, wait: bool = True, **where: Any) -> dict[str, Any]:
    _upload(play)
    return play.attempt("nxai_pipeline", pipelines=_QUEUE, **(where or _ALL), **_WAITS, wait=wait)


def _ends(result: dict[str, Any]) -> dict[str, tuple[str, str]]:
    return {each["name"]: (each["status"], each["reason"]) for each in result["devices"]}


def whole_site(if_no: str) -> Rewrite:
    """The devices have this name in a PUT. Without it, all cameras of the site are meant."""

    async def rewrite(asked: Asked, ask: Ask) -> Told:
        seen: dict[str, list[str]] = asked.memory.setdefault("seen", {})
        if asked.operation in _PUT and if_no not in asked.data:
            asked = asked.copy()
            asked.data = {**asked.data, "Devices": seen[asked.path.removesuffix("/pipelines")]}
        answer = await ask(asked)
        if asked.operation == "list_devices" and answer.good:
            seen[asked.path] = sorted({*seen.get(asked.path, []), *(row["NxID"] for row in answer.data)})
        return answer

    return rewrite


def takes_from_others(left: Callable[[list[Row], list[str]], list[Row]], back_after: float = 0.0) -> Rewrite:
    """The cameras of the site that a PUT does not name then have what is ``left`` of theirs, given the models of the
    PUT. ``back_after``: that is only how all of them look for some seconds."""

    async def rewrite(asked: Asked, ask: Ask) -> Told:
        answer = await ask(asked)
        site = asked.path.removesuffix("/pipelines")
        shown: dict[str, list[Row]] = asked.memory.setdefault(f"shown {site}", {})
        if asked.operation in _PUT and answer.good:
            asked.memory[f"put {site}"] = asked.now
            for nxid, had in {} if back_after else shown.items():
                kept = left(had, asked.data["Functions"])
                if nxid not in asked.data["Devices"] and kept != had:
                    other = asked.copy()
                    functions = sorted({each["modelUUID"] for each in kept})
                    other.data = {"Devices": [nxid], "Functions": functions, "Pipelines": kept}
                    await ask(other)
        elif asked.operation == "list_devices":
            shown.update((row["NxID"], row["nxAI"]["pipelines"]) for row in answer.data)
            if asked.now - asked.memory.get(f"put {site}", -1e9) < back_after:
                answer.data = [
                    {**row, "nxAI": {"pipelines": left(row["nxAI"]["pipelines"], [])}} for row in answer.data
                ]
        return answer

    return rewrite


def _none(_had: list[Row], _models: list[str]) -> list[Row]:
    return []


def _of_other_models(had: list[Row], models: list[str]) -> list[Row]:
    return [each for each in had if each["modelUUID"] not in models]


def empties(status: int) -> Rewrite:
    """A PUT first takes away what is there, and then fails."""

    async def rewrite(asked: Asked, ask: Ask) -> Told:
        if asked.operation not in _PUT:
            return await ask(asked)
        none = asked.copy()
        none.data = {**asked.data, "Pipelines": [], "Functions": []}
        await ask(none)
        return refusal(status, "The pipelines could not be stored")

    return rewrite


def _kept(choice: Callable[[list[Any]], list[Any]]) -> Rewrite:
    def change(asked: Asked) -> None:
        asked.data = {**asked.data, "Pipelines": choice(asked.data["Pipelines"])}

    return before(_PUT, change)


def _shows_none(server: str, look: int) -> Rewrite:
    """One listing of the site of a server shows no pipelines, as that server has just been started."""
    nothing: dict[str, Any] = {"pipelines": [], "models": [], "selectedPipeline": ""}

    async def rewrite(asked: Asked, ask: Ask) -> Told:
        answer = await ask(asked)
        if asked.operation == "list_devices" and any(row["Server"]["Name"] == server for row in answer.data):
            count = asked.memory["look"] = asked.memory.get("look", 0) + 1
            if count == look:
                answer.data = [{**row, "nxAI": {**row["nxAI"], **nothing}} for row in answer.data]
        return answer

    return rewrite


# A write that reaches other cameras


@pytest.mark.parametrize("wait", [True, False])
def test_a_write_to_one_camera_that_reached_others_is_no_success(wait: bool, stage: Stage, tmp_path: Path) -> None:
    play = play_of(stage, tmp_path, whole_site(if_no="NxIDs"))
    result = add_queue(play, wait, **_DOOR)
    status, reason = _ends(result)["Door"]
    assert result["failed"] and status == "conflict" and set(less(play)) == {"Till", "Yard"}
    assert "Till at site Shop 1, Yard at site Shop 1, to which nothing was sent" in reason
    assert "fields.assignment.devices" in reason
    kept = {each["name"]: each["pipelines"] for each in result["snapshot"]}
    assert [kept[name] for name in ("Till", "Yard")] == [play.before.cameras[name] for name in ("Till", "Yard")]


@pytest.mark.parametrize("spared", ["", "Till"])
def test_what_another_task_may_have_done_is_a_warning_at_most(spared: str, stage: Stage, tmp_path: Path) -> None:
    """``exact`` makes any two cameras alike. Only where all of a server have lost theirs may it be the service."""

    async def rewrite(asked: Asked, ask: Ask) -> Told:
        if asked.operation in _PUT:
            cameras = [each for site in stage[0].world.sites.values() for each in site.devices.values()]
            asked = asked.copy()
            names = {"Door", "Till", "Yard"} - {spared}
            asked.data = {**asked.data, "Devices": [each.nxid for each in cameras if each.name in names]}
        return await ask(asked)

    play = play_of(stage, tmp_path, rewrite)
    result = add_queue(play, state="exact", **_DOOR)
    assert _ends(result)["Door"][0] == "applied"
    assert any("Yard at site Shop 1" in each for each in result["warnings"]) is not bool(spared)


@pytest.mark.parametrize("wait", [True, False])
def test_after_a_site_was_overwritten_no_other_is_written_to(wait: bool, stage: Stage, tmp_path: Path) -> None:
    play = play_of(stage, tmp_path, whole_site(if_no="NxIDs"))
    ends = _ends(add_queue(play, wait))
    assert set(less(play)) == {"Till", "Yard"}
    assert ends["Door"][0] == "conflict" and ends["Gate"][0] == "not_sent" and "Door" in ends["Gate"][1]


@pytest.mark.parametrize("left", [_none, _of_other_models])
def test_a_write_that_takes_from_others_is_no_success(left: Any, stage: Stage, tmp_path: Path) -> None:
    """A PUT that is the whole of the site, or of all that is to run its models."""
    play = play_of(stage, tmp_path, takes_from_others(left))
    result = add_queue(play, **_DOOR)
    assert set(less(play)) == {"Till", "Yard"} and _ends(result)["Door"][0] == "conflict"
    assert "fields.assignment.devices" in result["msg"]
    kept = {each["name"]: each["pipelines"] for each in result["snapshot"]}
    assert [kept[name] for name in ("Till", "Yard")] == [play.before.cameras[name] for name in ("Till", "Yard")]


@pytest.mark.parametrize("left", [_none, _of_other_models])
def test_after_a_write_that_takes_from_others_no_other_site_is_written_to(
    left: Any, stage: Stage, tmp_path: Path
) -> None:
    play = play_of(stage, tmp_path, takes_from_others(left))
    ends = _ends(add_queue(play))
    assert set(less(play)) == {"Till", "Yard"} and ends["Gate"][0] == "not_sent"


def test_cameras_of_a_server_that_starts_after_a_write_have_lost_nothing(stage: Stage, tmp_path: Path) -> None:
    play = play_of(stage, tmp_path, takes_from_others(_none, back_after=15.0))
    result = add_queue(play)
    assert not less(play) and {each for each, _reason in _ends(result).values()} <= {"applied", "not_applicable"}


# A refused write that had an effect


@pytest.mark.parametrize("status", [422, 500])
def test_a_refused_write_that_took_all_away_is_the_last(status: int, stage: Stage, tmp_path: Path) -> None:
    play = play_of(stage, tmp_path, empties(status))
    add_queue(play)
    assert set(less(play)) == {"Door"}


@pytest.mark.parametrize("status", [400, 422, 500])
def test_a_camera_that_was_emptied_has_changed(status: int, stage: Stage, tmp_path: Path) -> None:
    play = play_of(stage, tmp_path, empties(status))
    result = add_queue(play, **_DOOR)
    (door,) = result["devices"]
    assert result["changed"] and door["changed"] and door["status"] == "conflict"
    assert "it shows something else than it had, though the answer was" in door["reason"]


# What the first of many does not have


@pytest.mark.parametrize(
    "service",
    [_kept(lambda found: found[-2:]), _kept(lambda found: [{**each, "chains": []} for each in found])],
    ids=["the last two are kept", "chains are dropped"],
)
def test_one_camera_at_most_loses_what_the_first_did_not_have(service: Rewrite, stage: Stage, tmp_path: Path) -> None:
    play = play_of(stage, tmp_path, service)
    found = {each.name: each for site in stage[0].world.sites.values() for each in site.devices.values()}
    found["Yard"].pipelines = found["Till"].pipelines = [*found["Yard"].pipelines, *found["Till"].pipelines]
    play.before = play.truth()
    add_queue(play)
    assert len(less(play)) < 2


# A server that has just been started


def test_a_server_that_shows_nothing_for_one_look_is_left_alone(stage: Stage, tmp_path: Path) -> None:
    play = play_of(stage, tmp_path, _shows_none("Server B", look=1))
    ends = _ends(add_queue(play))
    assert not less(play) and ends["Gate"][0] == "not_sent" and "operations.list_devices" in ends["Gate"][1]
    assert ends["Till"][0] == "applied"
