# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Listings that do not come as a plain list, and what must not be taken for one."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ansible_collections.nxai.cloud.plugins.module_utils._api.compute import ComputeApi
from ansible_collections.nxai.cloud.plugins.module_utils._api.contract.check import checked
from ansible_collections.nxai.cloud.plugins.module_utils._api.device import DeviceApi
from ansible_collections.nxai.cloud.plugins.module_utils._api.records.rows import GROUP, is_record
from ansible_collections.nxai.cloud.plugins.module_utils._api.records.wrapping import find_rows
from ansible_collections.nxai.cloud.plugins.module_utils._core.errors import BadInput, Incomplete, Unexpected

A, B = "459d2273-1514-431c-9d34-f5b72f3bfe20", "7b65bdda-39da-4259-b1bf-b0d1dbb7b162"
ROWS = [{"UUID": A, "Name": "A"}, {"UUID": B, "Name": "B"}]
DOOR, GATE = ({"NxID": f"{{{uuid}}}", "Name": name} for uuid, name in ((A, "Door"), (B, "Gate")))


class TestById:
    @pytest.mark.parametrize(
        ("data", "place"),
        [
            ({row["UUID"]: row for row in ROWS}, "*"),
            ({row["UUID"].upper(): row for row in ROWS}, "*"),
            ({"items": {row["UUID"]: row for row in ROWS}}, "items.*"),
        ],
    )
    def test_the_values_are_the_rows(self, data: Any, place: str) -> None:
        found = find_rows(data, "model", [""])
        assert found is not None and (found.rows, found.place) == (ROWS, place)

    def test_the_id_may_be_the_key_alone(self) -> None:
        found = find_rows({row["UUID"]: {"Name": row["Name"]} for row in ROWS}, "model", [""])
        assert found is not None and found.rows == ROWS

    @pytest.mark.parametrize(
        "data",
        [
            {A: ROWS[0], B: ROWS[0]},
            {A: ROWS[0], "total": 1},
            {A: ROWS[0], B: {"Name": "B"}},
            {"first": {"Name": "A"}, "second": {"Name": "B"}},
            {"Organisation": ROWS[0], "Owner": ROWS[1]},
            {},
        ],
        ids=repr,
    )
    def test_what_is_not_sure_is_not_read(self, data: Any) -> None:
        assert find_rows(data, "model", [""]) is None

    def test_an_empty_one_is_an_empty_list_where_a_total_says_so(self, server: Any, transport: Any, reply: Any) -> None:
        server.answer(reply(data={}, headers={"X-Pagination-Records": "0"}), reply(data={}))
        assert ComputeApi(transport).list_models() == []
        with pytest.raises(Unexpected, match="not a list of objects but dict"):
            ComputeApi(transport).list_models()

    def test_the_place_is_noted_and_a_contract_may_say_it(self, server: Any, transport: Any, reply: Any) -> None:
        server.answer(reply(data={A: ROWS[0]}, headers={"X-Pagination-Records": "1"}))
        assert [each.uuid for each in ComputeApi(transport).list_models()] == [A]
        places = transport.findings.found["fields.answer.rows"]
        assert checked({"fields": {"answer": {"rows": places}}}).places("answer.rows") == ("", "*")
        for wrong in ("*x", "a.**"):
            with pytest.raises(BadInput, match=r"fields\.answer\.rows"):
                checked({"fields": {"answer": {"rows": wrong}}})


class TestGroups:
    GROUPS = [{"Server": "one", "Devices": [DOOR]}, {"Server": "two", "Devices": [GATE]}]  # noqa: RUF012

    def test_the_rows_of_all_groups_with_what_a_group_says(self) -> None:
        found = find_rows(self.GROUPS, "device", [""])
        assert found is not None and (found.place, found.groups) == ("*.Devices", 2)
        assert found.rows == [{**DOOR, GROUP: {"Server": "one"}}, {**GATE, GROUP: {"Server": "two"}}]

    @pytest.mark.parametrize(
        "data",
        [
            [DOOR, GATE],
            [{**DOOR, "Devices": [GATE]}],
            [{"Server": "one", "Devices": [DOOR], "Cameras": [GATE]}],
            [{"Server": "one", "Devices": [DOOR]}, DOOR],
            [{"Server": "one", "Devices": [{"Name": "no id"}]}],
            [{"Server": "one", "Devices": []}],
        ],
        ids=repr,
    )
    def test_anything_else_stays_as_it_is(self, data: Any) -> None:
        found = find_rows(data, "device", [""])
        assert found is not None and (found.rows, found.groups) == (data, 0)

    @pytest.mark.parametrize("total", ["2", "3"])
    def test_a_total_may_be_one_of_groups_or_of_rows(self, server: Any, transport: Any, reply: Any, total: str) -> None:
        third = {**DOOR, "NxID": "{0c0c0c0c-1111-4111-8111-111111111111}"}
        groups = [self.GROUPS[0], {"Server": "two", "Devices": [GATE, third]}]
        server.answer(reply(data=groups, headers={"X-Pagination-Records": total}))
        assert len(DeviceApi(transport).list_devices(A)) == 3
        assert len(server.requests) == 1

    def test_groups_on_several_pages_are_an_error(self, server: Any, transport: Any, reply: Any) -> None:
        server.handle = lambda _request: reply(data=self.GROUPS)
        with pytest.raises(Incomplete, match="rows came in groups") as caught:
            DeviceApi(transport).list_devices(A)
        assert "fields.answer.rows" in caught.value.advice

    def test_what_a_group_says_of_models_is_not_overlooked(self, server: Any, transport: Any, reply: Any) -> None:
        device = {**DOOR, "nxAI": {"pipelines": []}}
        groups = [{"Server": "one", "Pipelines": [{"modelUUID": B}], "Devices": [device]}]
        server.answer(reply(data=groups, headers={"X-Pagination-Records": "1"}))
        (found,) = DeviceApi(transport).list_devices(A)
        assert found.assignment is None and found.unknown is not None


class TestText:
    """The limits are those of any answer: they count what is made of the bytes."""

    def test_a_text_that_holds_the_list(self, server: Any, transport: Any, reply: Any) -> None:
        server.answer(reply(data=json.dumps(ROWS), headers={"X-Pagination-Records": "2"}))
        assert len(ComputeApi(transport).list_models()) == 2

    @pytest.mark.parametrize("text", ["[1", "{}}", "hello"])
    def test_a_text_that_holds_none(self, server: Any, transport: Any, reply: Any, text: str) -> None:
        server.answer(reply(data=text))
        with pytest.raises(Unexpected, match="not a list of objects but str"):
            ComputeApi(transport).list_models()

    def test_one_object_on_each_line(self, server: Any, transport: Any, reply: Any) -> None:
        body = "\n".join(map(json.dumps, ROWS)).encode()
        server.answer(reply(body=body, headers={"X-Pagination-Records": "2"}))
        assert len(ComputeApi(transport).list_models()) == 2

    @pytest.mark.parametrize("body", [b'{"UUID": "a"}\n{"UUID', b"1\n2", b'[{"UUID": "a"}]\n[]', b'{"a": 1} {"b": 2}'])
    def test_what_is_not_whole_or_no_objects_is_an_error(
        self, server: Any, transport: Any, reply: Any, body: bytes
    ) -> None:
        server.answer(reply(body=body))
        with pytest.raises(Unexpected, match="not JSON, or JSON cut short"):
            ComputeApi(transport).list_models()

    def test_a_list_of_one_comes_as_the_object(self, server: Any, transport: Any, reply: Any) -> None:
        server.answer(reply(data=ROWS[0]), reply(body=b""))
        assert [each.uuid for each in ComputeApi(transport).list_models()] == [A]

    def test_an_object_that_comes_again_and_again_is_no_list(self, server: Any, transport: Any, reply: Any) -> None:
        server.handle = lambda _request: reply(data=ROWS[0])
        with pytest.raises(Incomplete):
            ComputeApi(transport).list_models()

    @pytest.mark.parametrize(
        "data", [{"UUID": A}, {"Name": "A"}, {"UUID": A, "Name": "A", "Functions": [ROWS[1]]}, [], None, "x"], ids=repr
    )
    def test_what_is_no_record_by_itself(self, data: Any) -> None:
        assert not is_record(data, "model")
        assert is_record({**ROWS[0], "Catalogues": [ROWS[1]]}, "model")


class TestNoDevices:
    @pytest.mark.parametrize(
        ("other", "devices"),
        [({"Name": "IO"}, 1), ({"Name": "IO", "nxAI": {"pipelines": []}}, None), ({"modelUUID": B}, None)],
    )
    def test_a_row_without_an_id_and_pipelines_is_none(
        self, server: Any, transport: Any, reply: Any, other: Any, devices: int | None
    ) -> None:
        said: list[str] = []
        transport.voice = type(transport.voice)(warn=said.append)
        total = {"X-Pagination-Records": "2"}
        server.answer(reply(data=[DOOR, other], headers=total), reply(data=[DOOR, other], headers=total))
        api = DeviceApi(transport)
        if devices is None:
            with pytest.raises(Unexpected, match="it has no id"):
                api.list_devices(A)
        else:
            for _time in (1, 2):
                assert len(api.list_devices(A)) == devices
            assert len(said) == 1 and "1 of 2 rows" in said[0] and "fields.device.id" in said[0]

    def test_rows_with_one_id_and_names_of_their_own_are_said(self, server: Any, transport: Any, reply: Any) -> None:
        said: list[str] = []
        transport.voice = type(transport.voice)(warn=said.append)
        listing = reply(data=[DOOR, {**DOOR, "Name": "Till"}], headers={"X-Pagination-Records": "2"})
        server.answer(listing, listing)
        api = DeviceApi(transport)
        for _time in (1, 2):
            assert [each.assignment for each in api.list_devices(A)] == [None, None]
        assert len(said) == 1 and "2 rows" in said[0] and "fields.device.id" in said[0]

    def test_where_no_row_has_one_the_id_is_elsewhere(self, server: Any, transport: Any, reply: Any) -> None:
        server.answer(reply(data=[{"Name": "Door"}], headers={"X-Pagination-Records": "1"}))
        with pytest.raises(Unexpected, match="it has no id"):
            DeviceApi(transport).list_devices(A)
