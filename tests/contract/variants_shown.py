# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Rows of cameras that show less than there is, and say so beside it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .layer import Rewrite
from .rewrites import DEVICE, each_pipeline, pipelines, rows
from .variant import ADAPTED, STOPS, WORKS, row_of
from .world import COUNTS, FOREIGN

Row = dict[str, Any]


def _all(change: Callable[[Row], Row]) -> Rewrite:
    return rows(DEVICE, lambda row: {**row, "nxAI": change(row["nxAI"])})


def _at_server_a(change: Callable[[Row], Row]) -> Rewrite:
    """The cameras of one server, each of which runs something."""
    return rows(DEVICE, lambda row: change(row) if row["Server"]["Name"] == "Server A" else row)


def _empty(**beside: Any) -> Rewrite:
    return _at_server_a(lambda row: {**row, "nxAI": {"pipelines": [], **beside}})


def _page(found: list[Row]) -> Row:
    return {"items": found[:1], "total": len(found), "next": "/x" if len(found) > 1 else None}


def _masked(each: Row) -> Row:
    return {**each, **({"UserSettings": "***"} if "UserSettings" in each else {})}


def _with_settings(change: Callable[[Any], Any]) -> Rewrite:
    """What pipelines with settings show of these."""
    return each_pipeline(lambda each: {k: change(v) if k == "UserSettings" else v for k, v in each.items()})


def _of(name: str, change: Callable[[Any], Any]) -> Rewrite:
    """A member of each pipeline, in another form."""
    return each_pipeline(lambda each: {k: change(v) if k == name else v for k, v in each.items()})


_read = row_of("pipelines read")
VARIANTS = (
    _read(
        "count-beside-one",
        "only the first pipeline is shown, and nxAI.pipelinesTotal says how many there are",
        _all(lambda found: {**found, "pipelines": found["pipelines"][:1], "pipelinesTotal": len(found["pipelines"])}),
        outcome=STOPS,
    ),
    _read(
        "count-beside-all",
        "nxAI.pipelinesTotal says how many there are, and all are shown",
        _all(lambda found: {**found, "pipelinesTotal": len(found["pipelines"])}),
        outcome=WORKS,
    ),
    _read(
        "count-beside-none",
        "pipelines: [], and pipelineCount says how many there are",
        _all(lambda found: {"pipelines": [], "pipelineCount": len(found["pipelines"])}),
        outcome=STOPS,
    ),
    _read("not-loaded", "a server's cameras show [] with loaded: false", _empty(loaded=False), outcome=STOPS),
    _read("pending-beside", "a server's cameras show [] with Status: pending", _empty(Status="pending"), outcome=STOPS),
    _read(
        "error-beside",
        "a server's cameras show [] with an Error beside",
        _empty(Error="timeout while asking the site"),
        outcome=STOPS,
    ),
    _read(
        "models-beside-empty",
        "a server's cameras show [], and models with what runs",
        _at_server_a(lambda row: {**row, "nxAI": {**row["nxAI"], "pipelines": []}}),
        outcome=STOPS,
    ),
    _read(
        "models-alike-beside-empty",
        "a server's cameras show [], and the same models, of which one runs",
        _empty(models=[{"UUID": FOREIGN, "Name": COUNTS}]),
        outcome=STOPS,
    ),
    _read(
        "names-beside-empty",
        "a server's cameras show [], and Pipelines with a name in the row",
        _at_server_a(lambda row: {**row, "nxAI": {"pipelines": []}, "Pipelines": [COUNTS]}),
        outcome=STOPS,
    ),
    _read(
        "function-count",
        "a server's cameras show [], and FunctionCount: 1 in the row",
        _at_server_a(lambda row: {**row, "nxAI": {"pipelines": []}, "FunctionCount": 1}),
        outcome=STOPS,
    ),
    _read(
        "page-inside", "nxAI.pipelines is a page: {items: [the first], total, next}", pipelines(_page), outcome=STOPS
    ),
    _read(
        "page-inside-line",
        "the same, with a contract file that names the items",
        pipelines(_page),
        outcome=STOPS,
        fields={"device": {"pipelines": "nxAI.pipelines.items"}},
    ),
    _read(
        "page-inside-whole",
        "nxAI.pipelines is {items, total}, with all of them",
        pipelines(lambda found: {"items": found, "total": len(found)}),
        outcome=ADAPTED,
        fields={"device": {"pipelines": "nxAI.pipelines.items"}},
    ),
    _read("settings-masked", "UserSettings are shown as ***", each_pipeline(_masked), outcome=STOPS),
    _read("settings-flag", "UserSettings are shown as true", _with_settings(lambda _settings: True), outcome=STOPS),
    _read(
        "settings-secret",
        "UserSettings show (set) in place of a secret, which is sent with them",
        _with_settings(lambda settings: {**settings, "apiKey": "(set)"}),
        outcome=STOPS,
    ),
    _read(
        "chains-hidden",
        "no chains are shown",
        each_pipeline(lambda each: {name: value for name, value in each.items() if name != "chains"}),
        outcome=STOPS,
    ),
    _read(
        "chains-left-out",
        "no chains are shown where there are none",
        each_pipeline(lambda each: {name: value for name, value in each.items() if value or name != "chains"}),
        outcome=WORKS,
    ),
    _read(
        "nms-comma",
        "modelNMS is a text with a comma",
        _of("modelNMS", lambda nms: f"{nms}".replace(".", ",")),
        outcome=STOPS,
    ),
)
