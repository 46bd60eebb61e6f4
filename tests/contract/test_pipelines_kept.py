# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Pipelines that are not shown as they are: nothing is written over what something says to be there."""

from __future__ import annotations

import copy
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from simulator.testing import Served

from .layer import Layer, Rewrite
from .rewrites import DEVICE, each_pipeline, rows, sent_pipelines
from .scenes import _ALL, _QUEUE, _WAITS, _upload
from .tasks import Play
from .world import FINDS, OTHER, within

Stage = tuple[Served, Layer]
Row = dict[str, Any]


def _nx_ai(change: Callable[[Row], Row]) -> Rewrite:
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


def _mask(mask: Any) -> Rewrite:
    return each_pipeline(lambda each: {**each, "UserSettings": copy.deepcopy(mask)} if "UserSettings" in each else each)


def _chains_and(**beside: Callable[[list[Any]], Any]) -> Rewrite:
    return each_pipeline(
        lambda each: {**each, "chains": [], **{name: of(each["chains"]) for name, of in beside.items()}}
    )


def _without(name: str) -> Rewrite:
    return each_pipeline(lambda each: {key: each[key] for key in each if key != name})


def _settings_beside(found: Row) -> Row:
    settings = {each["modelUUID"]: each.get("UserSettings") for each in found["pipelines"]}
    plain = [{key: each[key] for key in each if key != "UserSettings"} for each in found["pipelines"]]
    return {**found, "pipelines": plain, "UserSettings": settings}


_IDS: Callable[[list[Any]], Any] = lambda found: [each["modelUUID"] for each in found]  # noqa: E731
SERVICES: dict[str, Rewrite] = {
    "length": _first_and(pipelinesLength=len),
    "available": _first_and(pipelinesShown=lambda _all: 1, pipelinesAvailable=len),
    "more": _first_and(morePipelines=lambda found: len(found[1:])),
    "remaining": _first_and(remainingPipelines=lambda found: len(found[1:])),
    "omitted": _first_and(omitted=lambda found: len(found[1:])),
    "others": _first_and(others=lambda found: _IDS(found[1:])),
    "models": _first_and(models=_IDS),
    "settings of the plugin": _first_and(PluginSettings=lambda found: {"pipelines": found}),
    "number of chains": _chains_and(chainCount=len),
    "whether there are chains": _chains_and(hasChains=bool),
    "chains elsewhere": _chains_and(followUps=list),
    "no threshold": _without("modelNMS"),
    "no resizing": _without("resizingMethod"),
    "no settings": each_pipeline(lambda each: {"modelUUID": each["modelUUID"]}),
    "no settings but processors": each_pipeline(
        lambda each: {name: each[name] for name in ("modelUUID", "Preprocessor", "Postprocessor")}
    ),
    "a word": _mask("<set>"),
    "dots": _mask("..."),
    "an ellipsis": _mask("\u2026"),
    "a number of settings": _mask("1 setting"),
    "a reference": _mask({"$ref": "/x"}),
    "cut short": _mask({"zone": "[truncated]"}),
    "a type": _mask({"zone": "[Array]"}),
    "names": _mask(["zone"]),
    "settings by model": _nx_ai(_settings_beside),
}


def _add(play: Play) -> Row:
    _upload(play)
    return play.attempt("nxai_pipeline", pipelines=_QUEUE, **_ALL, **_WAITS)


@pytest.mark.parametrize("name", SERVICES)
def test_what_may_be_there_is_not_written_over(name: str, stage: Stage, tmp_path: Path) -> None:
    play = Play(*stage, (SERVICES[name],), tmp_path, "")
    result = _add(play)
    now = play.truth().cameras
    assert [each for each, had in play.before.cameras.items() if not within(had, now[each])] == []
    assert result["failed"] or result["warnings"]


def test_a_count_of_pipelines_is_not_one_of_models(stage: Stage, tmp_path: Path) -> None:
    """A camera with two pipelines shows the first, whose chain has a model of its own."""
    play = Play(*stage, (_first_and(pipelineCount=len),), tmp_path, "")
    devices = [each for site in stage[0].world.sites.values() for each in site.devices.values()]
    yard, till = (next(each for each in devices if each.name == name) for name in ("Yard", "Till"))
    yard.pipelines = [*yard.pipelines, till.pipelines[0]]
    had = yard.pipelines
    _add(play)
    assert yard.pipelines == had


@pytest.mark.parametrize("key", ["functionUUID", "model"])
def test_a_swap_finds_the_model_of_a_chain_by_another_name(key: str, stage: Stage, tmp_path: Path) -> None:
    def renamed(each: Row, names: dict[str, str]) -> Row:
        return {**each, "chains": [{names.get(name, name): one[name] for name in one} for one in each["chains"]]}

    shown = each_pipeline(lambda each: renamed(each, {"modelUUID": key}))
    taken = sent_pipelines(lambda each: renamed(each, {key: "modelUUID"}))
    play = Play(*stage, (shown, taken), tmp_path, "")
    _upload(play)
    where: Row = {"sites": ["*"], "select": "running", "not_applicable": "skip"}
    play.task("nxai_pipeline", swap={"from": FINDS, "to": "Queue"}, **where, **_WAITS)
    assert [name for name, has in play.truth().cameras.items() if OTHER in str(has)] == []
