# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A service that takes models in another form, and one that answers to a creation what it has not."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from ansible_collections.nxai.cloud.plugins.module_utils._api.compute import ComputeApi
from ansible_collections.nxai.cloud.plugins.module_utils._api.records.file_mark import FileMark, join_documentation
from ansible_collections.nxai.cloud.plugins.module_utils._core.errors import Refused
from ansible_collections.nxai.cloud.plugins.module_utils._core.values import ZERO_UUID

UUID = "459d2273-1514-431c-9d34-f5b72f3bfe20"


@pytest.fixture
def file(tmp_path: Path) -> str:
    path = tmp_path / "m.onnx"
    path.write_bytes(b"\x08\x07")
    return str(path)


def form(request: Any) -> str:
    if request.headers["Content-Type"] == "application/json":
        return "json"
    return "multipart_json" if b"Content-Type: application/json" in request.body else "multipart"


@pytest.mark.parametrize("taken", ["multipart", "multipart_json", "json"])
def test_after_a_415_a_change_is_sent_in_another_form(
    server: Any, reply: Any, transport: Any, file: str, taken: str
) -> None:
    server.handle = lambda request: reply(data={}) if form(request) == taken else reply(415)
    api = ComputeApi(transport)
    for _turn in range(2):
        api.update_model(UUID, {"Name": "M"}, file)
    forms = ["multipart", "multipart_json", "json"]
    assert [form(each) for each in server.requests] == [*forms[: forms.index(taken) + 1], taken], "it is remembered"
    lines = {} if taken == "multipart" else {"upload.change_body": taken}
    assert transport.findings.found == lines


@pytest.mark.parametrize("status", [400, 422, 403])
def test_another_refusal_is_the_end(server: Any, reply: Any, transport: Any, file: str, status: int) -> None:
    server.handle = lambda _request: reply(status)
    with pytest.raises(Refused):
        ComputeApi(transport).update_model(UUID, {"Name": "M"}, file)
    assert len(server.requests) == 1


def test_what_was_created_all_the_same_is_not_sent_again(
    server: Any, reply: Any, transport: Any, tmp_path: Path
) -> None:
    path = tmp_path / "m.onnx"
    path.write_bytes(b"ab")
    data = {"Name": "M", "Documentation": join_documentation("", FileMark(SHA, 2))}
    made: list[dict[str, Any]] = []

    def handle(request: Any) -> Any:
        if request.method == "GET":
            return reply(data=list(made), headers={"X-Pagination-Records": str(len(made))})
        made.append({"UUID": UUID, **data})
        return reply(415)

    server.handle = handle
    assert ComputeApi(transport).create_model(data, str(path)) == UUID
    assert [each.method for each in server.requests] == ["POST", "GET"]


SHA = "fb8e20fc2e4c3f248c60c39bd652f3c1347298bb977b8b4d5903b85055620603"  # of "ab"


@pytest.mark.parametrize("outcome", [{"data": {"UUID": ZERO_UUID}}, {"status": 409, "data": {"Message": "exists"}}])
def test_an_answer_that_names_nothing_is_looked_up(server: Any, reply: Any, transport: Any, outcome: Any) -> None:
    made: list[dict[str, Any]] = []

    def handle(request: Any) -> Any:
        if request.method == "GET":
            return reply(data=list(made), headers={"X-Pagination-Records": str(len(made))})
        made.append({"UUID": UUID, "Name": request.json["Name"]})
        return reply(**outcome)

    server.handle = handle
    assert ComputeApi(transport).create_catalogue("New") == UUID and len(made) == 1
