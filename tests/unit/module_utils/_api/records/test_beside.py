# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What speaks against a list of pipelines, and what does not."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ansible_collections.nxai.cloud.plugins.module_utils._api.contract.translation import KEPT
from ansible_collections.nxai.cloud.plugins.module_utils._api.records.assignment import Known, Unknown, read_assignment
from ansible_collections.nxai.cloud.plugins.module_utils._api.records.choices import without_choices
from ansible_collections.nxai.cloud.plugins.module_utils._api.records.records import Device

A, B = "459d2273-1514-431c-9d34-f5b72f3bfe20", "7b65bdda-39da-4259-b1bf-b0d1dbb7b162"
ONE = {"modelUUID": A, "modelNMS": 0.5}
CHOICE = [{"UUID": A, "Name": "A"}]


def read(pipelines: Any, row: dict[str, Any] | None = None, **beside: Any) -> Known | Unknown:
    return read_assignment(
        {"Name": "Door", "Status": "Offline", **(row or {}), "nxAI": {"pipelines": pipelines, **beside}}
    )


@pytest.mark.parametrize(
    "beside",
    [
        {"pipelineCount": 1}, {"pipelines_total": "2"}, {"numberOfPipelines": 1}, {"activePipelines": 3},
        {"functionCount": 1}, {"modelCount": 1}, {"loaded": False}, {"pipelinesLoaded": "false"}, {"partial": True},
        {"truncated": True}, {"complete": False}, {"hasMore": True}, {"next": "/x"}, {"Error": "timeout"},
        {"errors": ["x"]}, {"loading": True}, {"pending": True}, {"Status": "pending"}, {"state": "Loading"},
        {"status": "timed out"}, {"pipelineNames": ["A"]}, {"CurrentPipeline": "Person counter"},
        {"info": {"pipelineCount": 1}},
    ],
)  # fmt: skip
def test_an_empty_list_is_not_believed_beside_what_says_otherwise(beside: dict[str, Any]) -> None:
    found = read([], **beside)
    assert (
        isinstance(found, Unknown)
        and found.partial
        and not found.shape
        and "nxAI.pipelines may not be all" in found.reason
    )
    assert isinstance(read_assignment({"nxAI": json.dumps({"pipelines": [], **beside})}), Unknown)


@pytest.mark.parametrize(
    "row", [{"FunctionCount": 1}, {"Pipelines": ["A"]}, {"truncated": True}, {KEPT: {"nxAI.pipelines": {"total": 1}}}]
)
def test_what_the_row_itself_says_counts_too(row: dict[str, Any]) -> None:
    assert isinstance(read([], row), Unknown)


@pytest.mark.parametrize(
    "beside",
    [
        {}, {"pipelineCount": 0}, {"loaded": True}, {"complete": True}, {"partial": False}, {"Error": None},
        {"Error": ""}, {"errors": []}, {"error": "none"}, {"status": "idle"}, {"status": "ok"}, {"hasMore": False},
        {"next": None}, {"models": []}, {"selectedPipeline": ""}, {"selectedPipeline": "Custom"},
        {"PluginSettings": {"pipelineCount": 7, "error": "x", "selectedPipeline": A}}, {"maxPipelines": 4},
        {"supportedFunctions": ["detect"]}, {"pipelineVersion": 3}, {"count": 12},
    ],
)  # fmt: skip
def test_ordinary_neighbours_leave_an_empty_list_what_it_says(beside: dict[str, Any]) -> None:
    row = {"Model": "P3245", "status": "error", "state": "pending", "Server": {"Status": "Online", "error": "x"}}
    assert read([], row, **beside) == Known(())


@pytest.mark.parametrize("beside", [{"pipelinesTotal": 2}, {"truncated": True}, {"next": "/x"}, {"status": "partial"}])
def test_a_list_that_is_too_short_is_not_believed(beside: dict[str, Any]) -> None:
    assert isinstance(read([ONE], **beside), Unknown)


@pytest.mark.parametrize(
    "beside",
    [{"pipelinesTotal": 1}, {"runningPipelines": 0}, {"modelCount": 9}, {"error": "no stream"}, {"loaded": False},
     {"models": CHOICE, "selectedPipeline": B}],
)  # fmt: skip
def test_what_is_shown_is_known_whatever_its_state(beside: dict[str, Any]) -> None:
    assert isinstance(read([ONE], **beside), Known)


def test_a_page_around_the_list_says_how_many_there_are() -> None:
    for around in ({"total": 2}, {"next": "/x"}, {"count": 3}, {"hasMore": True}):
        assert isinstance(read([ONE], {KEPT: {"nxAI.pipelines": around}}), Unknown)
        assert isinstance(read([ONE], {"Pipelines": around}), Unknown)
    assert isinstance(read([ONE], {KEPT: {"nxAI.pipelines": {"total": 1, "next": None}}}), Known)


def test_a_selected_pipeline_beside_an_empty_list_is_a_class_of_its_own() -> None:
    found = read([], selectedPipeline=A)
    assert isinstance(found, Unknown) and "selectedPipeline: UUID" in found.shape and not found.choice


def device(number: int, server: str, pipelines: list[Any], models: list[Any]) -> Device:
    row = {"NxID": f"{A[:-1]}{number}", "Server": {"Name": server}, "nxAI": {"pipelines": pipelines, "models": models}}
    return Device.from_api(row)


def test_models_beside_an_empty_list_run_unless_the_whole_server_has_them_to_choose_from() -> None:
    choice = without_choices([device(1, "S", [ONE], CHOICE), device(2, "S", [], CHOICE)])
    assert [each.assignment is None for each in choice] == [False, False] and choice[1].assignment == ()
    differ = without_choices([device(1, "S", [ONE], CHOICE), device(2, "S", [], CHOICE), device(3, "S", [], [])])
    assert [each.assignment is None for each in differ] == [False, True, False]
    assert differ[1].unknown and "models" in differ[1].unknown.reason and differ[1].unknown.shape
    silent = without_choices([device(1, "S", [], CHOICE), device(2, "S", [], CHOICE), device(3, "T", [ONE], CHOICE)])
    assert [each.assignment is None for each in silent] == [True, True, False]


@pytest.mark.parametrize(
    "mask",
    ["***", "••••", " ****** ", "[REDACTED]", "xxxx", "###", "<secret>", "[not shown]", {"zone": ["*****"]}],
)
def test_a_mask_is_never_written_back(mask: Any) -> None:
    found = read([{**ONE, "UserSettings": mask}])
    assert isinstance(found, Unknown) and not found.shape and "mask in place of its UserSettings" in found.reason
    assert isinstance(read([{**ONE, "UserSettings": {"text": "2 * 3", "star": "*"}}]), Known)
