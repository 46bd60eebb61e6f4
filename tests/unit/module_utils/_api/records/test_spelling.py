# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Ids in any form: compared in one, and sent as they were listed."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.nxai.cloud.plugins.module_utils._api.compute import ComputeApi
from ansible_collections.nxai.cloud.plugins.module_utils._api.device import DeviceApi
from ansible_collections.nxai.cloud.plugins.module_utils._api.records.assignment import Known, Unknown, read_assignment
from ansible_collections.nxai.cloud.plugins.module_utils._api.records.records import Model, Site, normalise_nxid
from ansible_collections.nxai.cloud.plugins.module_utils._core.values import identity, is_uuid
from ansible_collections.nxai.cloud.plugins.module_utils._engine.lookup import Index
from ansible_collections.nxai.cloud.plugins.module_utils._engine.sites import SiteReader
from ansible_collections.nxai.cloud.plugins.module_utils._models.usage import find_use

ID = "459d2273-1514-431c-9d34-f5b72f3bfe20"
OTHER = "7b65bdda-39da-4259-b1bf-b0d1dbb7b162"
NXID = "{0c0c0c0c-1111-4111-8111-111111111111}"
FORMS = [ID, ID.upper(), f"{{{ID}}}", ID.replace("-", ""), f"urn:uuid:{ID}", f"URN:UUID:{ID.upper()}"]
SETTINGS = {"modelNMS": 0.5, "resizingMethod": "Crop", "chains": []}
ULID = "01ARZ3NDEKTSV4RRFFQ69G5FAV"


@pytest.mark.parametrize("form", FORMS)
def test_a_uuid_is_the_same_in_any_form(form: str) -> None:
    assert identity(form) == ID
    assert normalise_nxid(form) == f"{{{ID}}}"
    assert is_uuid(form) is ("-" in form)  # a name may have 32 digits


@pytest.mark.parametrize(
    ("value", "expected"),
    [(ULID, ULID), (ULID.lower(), ULID.lower()), (17, "17"), ("17", "17"), (10**18, "1" + "0" * 18)],
)
def test_another_id_is_as_it_is(value: Any, expected: str) -> None:
    assert identity(value) == expected and not is_uuid(value)


@pytest.mark.parametrize("value", [0, -1, True, 1.0, None, "", [], 1 << 64], ids=repr)
def test_what_is_no_id(value: Any) -> None:
    assert identity(value) == ""


def test_a_text_comes_before_a_number() -> None:
    assert Model.from_api({"UUID": 17, "ID": ULID}).uuid == ULID
    assert Model.from_api({"ID": 17}).uuid == "17"


def test_an_id_that_is_listed_comes_before_a_name() -> None:
    models = [Model.from_api({"ID": 17, "Name": "18"}), Model.from_api({"ID": 18, "Name": "B"})]
    assert Index(models, "model").find("18").name == "B"
    assert Index(models, "model").find("17").name == "18"


def bodies(server: Any, method: str) -> list[Any]:
    return [each.json for each in server.requests if each.method == method]


@pytest.mark.parametrize("shown", [*FORMS, ULID, 1234567890])
def test_each_id_is_sent_as_it_was_listed(server: Any, transport: Any, reply: Any, shown: Any) -> None:
    known = identity(shown)
    rows = {
        "systems": [{"UUID": shown, "Name": "HQ"}],
        "functions": [{"UUID": shown, "Name": "A", "Catalogues": [shown]}],
        "catalogues": [{"UUID": shown, "Name": "C"}],
        "devices": [{"NxID": NXID, "Name": "Door", "nxAI": {"pipelines": []}}],
    }

    def handle(request: Any) -> Any:
        found = rows.get(request.path.rpartition("/")[2]) if request.method == "GET" else {}
        return reply(data=found, headers={"X-Pagination-Records": "1"})

    server.handle = handle
    compute, device = ComputeApi(transport), DeviceApi(transport)
    compute.list_catalogues(), compute.list_models(), device.list_sites()
    device.list_devices(known)
    device.put_pipelines(known, [NXID], [known], [{"modelUUID": known, "chains": [{"modelUUID": known}]}])
    compute.update_model(known, {"Name": "A", "Catalogues": [known]})
    compute.delete_model(known)
    sent = bodies(server, "PUT")[0]
    assert sent["Functions"] == [shown]
    assert sent["Pipelines"] == [{"modelUUID": shown, "chains": [{"modelUUID": shown}]}]
    quoted = str(shown).replace("{", "%7B").replace("}", "%7D").replace(":", "%3A")
    assert [each.path for each in server.requests if "system/" in each.path or "function/" in each.path] == [
        f"/dev/system/{quoted}/devices",
        f"/dev/system/{quoted}/devices/pipelines",
        f"/cpt/function/{quoted}",
        f"/cpt/function/{quoted}",
    ]


def test_what_devices_show_goes_back_as_it_came(server: Any, transport: Any, reply: Any) -> None:
    """Also where models are listed in another form; and the list of models that are used follows it."""
    server.answer(reply(data=[{"UUID": ID.upper(), "Name": "A"}], headers={"X-Pagination-Records": "1"}), reply())
    ComputeApi(transport).list_models()
    had = f"urn:uuid:{ID}"
    DeviceApi(transport).put_pipelines(OTHER, [NXID], [ID], [{"modelUUID": had}])
    sent = bodies(server, "PUT")[0]
    assert (sent["Functions"], sent["Pipelines"]) == ([had], [{"modelUUID": had}])


class TestOpaqueModels:
    """An id in a pipeline that is no UUID may be a name. It is understood where a model is listed by it."""

    ROW = {"NxID": NXID, "Name": "Door", "nxAI": {"pipelines": [{"modelUUID": ULID, **SETTINGS}]}}  # noqa: RUF012

    def test_by_itself_it_is_not_understood(self) -> None:
        found = read_assignment(self.ROW)
        assert isinstance(found, Unknown) and not found.shape
        assert isinstance(read_assignment(self.ROW, is_model={ULID}.__contains__), Known)

    @pytest.mark.parametrize(("listed", "known"), [(ULID, True), (OTHER, False)])
    def test_models_are_listed_for_that_once(
        self, server: Any, transport: Any, reply: Any, listed: str, known: bool
    ) -> None:
        def handle(request: Any) -> Any:
            models = request.path.endswith("functions")
            data = [{"UUID": listed, "Name": "A"}] if models else [self.ROW]
            return reply(data=data, headers={"X-Pagination-Records": "1"})

        server.handle = handle
        api = DeviceApi(transport)
        for _time in (1, 2):
            (device,) = api.list_devices(ID)
            assert (device.assignment is not None) is known
        assert server.paths().count("GET /cpt/functions") == 2  # those that are available, and those of the account

    def test_where_they_cannot_be_listed_it_is_unknown(self, server: Any, transport: Any, reply: Any) -> None:
        one = {"X-Pagination-Records": "1"}
        server.answer(reply(data=[self.ROW], headers=one), reply(403))
        (device,) = DeviceApi(transport).list_devices(ID)
        assert device.assignment is None


@pytest.mark.parametrize(
    ("wanted", "row", "used"),
    [
        (ULID, {"nxAI": {"pipelines": []}, "Note": f"runs {ULID} since May"}, True),
        (ULID, {"nxAI": {"pipelines": [{"modelUUID": ULID, **SETTINGS}]}}, True),
        ("17", {"nxAI": {"pipelines": [{"modelUUID": 17, **SETTINGS}]}}, True),
        ("17", {"nxAI": {"pipelines": []}, "Port": 17, "Note": "17 o'clock"}, False),
    ],
)
def test_use_by_an_id_that_is_no_uuid(
    server: Any, transport: Any, reply: Any, wanted: str, row: dict[str, Any], used: bool
) -> None:
    def handle(request: Any) -> Any:
        last = request.path.rpartition("/")[2]
        data = {"systems": [{"UUID": OTHER, "Name": "HQ"}], "functions": [{"UUID": wanted, "Name": "A"}]}
        return reply(
            data=data.get(last, [{"NxID": NXID, "Name": "Door", **row}]), headers={"X-Pagination-Records": "1"}
        )

    server.handle = handle
    use = find_use(DeviceApi(transport), [wanted])
    assert bool(use.devices[wanted]) is used and not use.unknown


def test_a_site_that_is_not_found_by_its_id_is_asked_again_as_it_is_listed(
    server: Any, transport: Any, reply: Any
) -> None:
    def handle(request: Any) -> Any:
        if request.path.endswith("systems"):
            data: Any = [{"UUID": each.upper(), "Name": each[0]} for each in (ID, OTHER)]
        elif any(each in request.path for each in (ID, OTHER)):
            return reply(404)
        else:
            data = [{"NxID": NXID, "Name": "Door"}]
        return reply(data=data, headers={"X-Pagination-Records": str(len(data))})

    server.handle = handle
    api = DeviceApi(transport)
    sites = [Site.from_api({"id": each}) for each in (ID, OTHER)]
    found = SiteReader(api, 1).read(sites, api.list_devices)
    assert [len(each) for each in found if isinstance(each, list)] == [1, 1]
    assert len(server.requests) == 5
