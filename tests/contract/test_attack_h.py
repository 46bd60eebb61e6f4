# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a stranger has found: each of these fails. Judged by the simulator's world, before and after."""

from __future__ import annotations

import copy
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from simulator.testing import Served

from .layer import TOTAL, Ask, Asked, Layer, Rewrite, Told, refusal
from .rewrites import DEVICE, MODEL, before, each_pipeline, member, rows, sent_pipelines
from .scenes import _ALL, _QUEUE, _WAITS, _upload
from .tasks import Play
from .world import FINDS, FOREIGN, OTHER, within

Stage = tuple[Served, Layer]
_PUT = ("put_pipelines",)


def _play(stage: Stage, folder: Path, *rewrites: Rewrite) -> Play:
    return Play(*stage, rewrites, folder, "")


def _less(play: Play) -> dict[str, Any]:
    """Cameras that lack something of what they had: [had, has]."""
    now = play.truth()
    return {
        name: [had, now.cameras[name]]
        for name, had in play.before.cameras.items()
        if not within(had, now.cameras[name])
    }


def _is_told(result: dict[str, Any]) -> bool:
    return bool(result.get("failed") or result["warnings"])


def _first_contact(play: Play) -> dict[str, Any]:
    return play.attempt("nxai_first_contact", dir=str(play.folder), device=f"{{{play.nxid('Door')}}}")


def _add_queue(play: Play, **where: Any) -> dict[str, Any]:
    _upload(play)
    return play.attempt("nxai_pipeline", pipelines=_QUEUE, **(where or _ALL), **_WAITS)


# Services


def _named(theirs: str) -> Rewrite:
    """The list of pipelines has this name in a PUT; others are passed over, and without it there are none."""

    def change(asked: Asked) -> None:
        data = asked.data
        data["Pipelines"], found = data.pop(theirs, []), data.pop("Pipelines")
        data["Functions"] = data["Functions"] if data["Pipelines"] else found and []
        asked.data = data

    return before(_PUT, change)


def _settings_named(theirs: str) -> Rewrite:
    """UserSettings are shown, and taken under another name alone; what is not known is passed over."""
    return sent_pipelines(
        lambda each: {
            ("UserSettings" if key == theirs else key): value for key, value in each.items() if key != "UserSettings"
        }
    )


def _whole_site(if_no: str) -> Rewrite:
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


def _empties(status: int) -> Rewrite:
    """A PUT first takes away what is there, and then fails."""

    async def rewrite(asked: Asked, ask: Ask) -> Told:
        if asked.operation not in _PUT:
            return await ask(asked)
        none = asked.copy()
        none.data = {**asked.data, "Pipelines": [], "Functions": []}
        await ask(none)
        return refusal(status, "The pipelines could not be stored")

    return rewrite


def _nx_ai(change: Callable[[dict[str, Any]], dict[str, Any]]) -> Rewrite:
    return rows(DEVICE, lambda row: {**row, "nxAI": change(row["nxAI"])})


def _first_and(**beside: Callable[[list[Any]], Any]) -> Rewrite:
    """Of several pipelines the first is shown, and something beside it says that there are more."""
    return _nx_ai(
        lambda found: {
            **found,
            "pipelines": found["pipelines"][:1],
            **{name: of(copy.deepcopy(found["pipelines"])) for name, of in beside.items()},
        }
    )


def _kept(choice: Callable[[list[Any]], list[Any]]) -> Rewrite:
    def change(asked: Asked) -> None:
        asked.data = {**asked.data, "Pipelines": choice(asked.data["Pipelines"])}

    return before(_PUT, change)


_NOTHING: dict[str, Any] = {"pipelines": [], "models": [], "selectedPipeline": ""}


def _shows_none(server: str, look: int) -> Rewrite:
    """One listing of the site of a server shows no pipelines, as that server has just been started."""

    async def rewrite(asked: Asked, ask: Ask) -> Told:
        answer = await ask(asked)
        if asked.operation == "list_devices" and answer.good:
            found = answer.data
            if any(row["Server"]["Name"] == server for row in found):
                count = asked.memory["look"] = asked.memory.get("look", 0) + 1
                if count == look:
                    answer.data = [{**row, "nxAI": {**row["nxAI"], **_NOTHING}} for row in found]
        return answer

    return rewrite


# 1. First contact, stage 2: "one camera gets exactly what it has. Nothing changes"


# 2. A write that reaches other cameras


# 3. A refused write that had an effect


# 4. What says that not all is shown


@pytest.mark.parametrize(
    "service",
    [
        _first_and(pipelinesLength=len),
        _first_and(pipelinesShown=lambda _all: 1, pipelinesAvailable=len),
        _first_and(morePipelines=lambda found: len(found[1:])),
        _first_and(remainingPipelines=lambda found: len(found[1:])),
        _first_and(omitted=lambda found: len(found[1:])),
        _first_and(others=lambda found: [each["modelUUID"] for each in found[1:]]),
        _first_and(models=lambda found: [each["modelUUID"] for each in found]),
        _first_and(PluginSettings=lambda found: {"pipelines": found}),
    ],
    ids=["length", "available", "more", "remaining", "omitted", "others", "models", "plugin-settings"],
)
def test_pipelines_that_are_not_shown_are_overwritten(service: Rewrite, stage: Stage, tmp_path: Path) -> None:
    play = _play(stage, tmp_path, service)
    result = _add_queue(play)
    assert not _less(play), ("failed" in result, result["warnings"], _less(play).keys())


@pytest.mark.parametrize(
    "service",
    [
        each_pipeline(lambda each: {**each, "chains": [], "chainCount": len(each["chains"])}),
        each_pipeline(lambda each: {**each, "chains": [], "hasChains": bool(each["chains"])}),
        each_pipeline(lambda each: {**each, "chains": [], "followUps": each["chains"]}),
    ],
    ids=["count", "flag", "elsewhere"],
)
def test_chains_that_are_said_to_be_there_are_taken_away(service: Rewrite, stage: Stage, tmp_path: Path) -> None:
    play = _play(stage, tmp_path, service)
    _add_queue(play)
    assert not _less(play), _less(play)


@pytest.mark.parametrize("name", ["modelNMS", "resizingMethod"])
def test_a_setting_that_no_row_shows_is_taken_away(name: str, stage: Stage, tmp_path: Path) -> None:
    """As with chains: a service may not show it at all, and each camera has had one."""
    play = _play(stage, tmp_path, each_pipeline(lambda each: {key: each[key] for key in each if key != name}))
    result = _add_queue(play)
    assert not _less(play), (result.get("failed"), result["warnings"])


@pytest.mark.parametrize(
    "mask",
    ["<set>", "…", "...", "1 setting", {"$ref": "/x"}, {"zone": "[truncated]"}, {"zone": "[Array]"}, ["zone"]],
    ids=str,
)
def test_what_stands_in_place_of_settings_is_written_back(mask: Any, stage: Stage, tmp_path: Path) -> None:
    def change(each: dict[str, Any]) -> dict[str, Any]:
        return {key: copy.deepcopy(mask) if key == "UserSettings" else value for key, value in each.items()}

    play = _play(stage, tmp_path, each_pipeline(change))
    result = _add_queue(play)
    assert not _less(play), (result.get("failed"), result["warnings"])


def test_settings_beside_the_pipelines_are_taken_away(stage: Stage, tmp_path: Path) -> None:
    def change(found: dict[str, Any]) -> dict[str, Any]:
        plain = [{key: each[key] for key in each if key != "UserSettings"} for each in found["pipelines"]]
        settings = {each["modelUUID"]: each.get("UserSettings") for each in found["pipelines"]}
        return {**found, "pipelines": plain, "UserSettings": settings}

    play = _play(stage, tmp_path, _nx_ai(change))
    result = _add_queue(play)
    assert not _less(play), (result.get("failed"), result["warnings"])


# 5. A server that has just been started: all of its cameras, and for one look alone


# 6. What the first of many does not have, nobody looks at


# 7. Details of models


# 8. Listings


def test_a_total_of_pages_is_believed_as_that_of_sites_was_right(stage: Stage, tmp_path: Path) -> None:
    """Two rows in a page of devices, and X-Pagination-Records is at most two there."""

    def change(asked: Asked) -> None:
        asked.query["Limit"] = str(min(int(asked.query.get("Limit", 2)), 2))

    async def capped(asked: Asked, ask: Ask) -> Told:
        answer = await ask(asked)
        if asked.operation == "list_devices" and answer.good:
            answer.headers[TOTAL] = str(min(2, int(answer.headers[TOTAL])))
        return answer

    play = _play(stage, tmp_path, capped, before(("list_devices",), change))
    result = play.attempt("nxai_device_info", concurrency=1)
    assert result.get("failed") or len(result["devices"]) == 7, [each["name"] for each in result["devices"]]


# 9. First contact finds a list that is none of what runs


def _template(name: str) -> Rewrite:
    """What runs is not shown. Every camera shows the same list under this name: what it would get by default."""
    default = [
        {"modelUUID": FOREIGN, "modelNMS": 0.42, "resizingMethod": "Letterbox", "Preprocessor": "", "chains": []}
    ]

    def change(found: dict[str, Any]) -> dict[str, Any]:
        others = {key: value for key, value in found.items() if key not in ("pipelines", "models")}
        return {**others, name: copy.deepcopy(default)}

    return _nx_ai(change)


_NAMES = ["defaultPipelines", "previousPipelines", "recommended", "history", "available"]


# 10. What first contact proves with one camera is taken for those of another server


# 11. Whether a model is in use, where no listing knows the ids that cameras show


# 12. Two listings that disagree about one camera


# 13. A swap of what follows on a pipeline


@pytest.mark.parametrize("key", ["functionUUID", "model"])
def test_a_swap_leaves_the_old_model_in_chains_and_says_nothing(key: str, stage: Stage, tmp_path: Path) -> None:
    """What names the model of a chain is a guess; ``nxai_model state=absent`` finds its UUID under any name."""

    def shown(each: dict[str, Any]) -> dict[str, Any]:
        return {
            **each,
            "chains": [{key if name == "modelUUID" else name: one[name] for name in one} for one in each["chains"]],
        }

    def taken(each: dict[str, Any]) -> dict[str, Any]:
        return {
            **each,
            "chains": [{"modelUUID" if name == key else name: one[name] for name in one} for one in each["chains"]],
        }

    play = _play(stage, tmp_path, each_pipeline(shown), sent_pipelines(taken))
    _upload(play)
    swapped = {"from": FINDS, "to": "Queue"}
    result = play.attempt("nxai_pipeline", swap=swapped, sites=["*"], select="running", not_applicable="skip", **_WAITS)
    left = [name for name, has in play.truth().cameras.items() if OTHER in str(has)]
    assert not left or _is_told(result), left


# 14. The older registry, and catalogues

_BOX = "5c1f0000-1111-4111-8111-111111111111"
