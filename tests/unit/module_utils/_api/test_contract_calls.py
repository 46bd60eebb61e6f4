# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Each line of the contract about calls is used on the wire: as it is known, and as a file says otherwise."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Callable
from typing import Any

import pytest

from ansible_collections.nxai.cloud.plugins.module_utils._api.client import Client
from ansible_collections.nxai.cloud.plugins.module_utils._api.contract.file import contract_of
from ansible_collections.nxai.cloud.plugins.module_utils._api.contract.lines import LINES
from ansible_collections.nxai.cloud.plugins.module_utils._api.contract.operations import OPERATIONS
from ansible_collections.nxai.cloud.plugins.module_utils._core.errors import Refused
from ansible_collections.nxai.cloud.plugins.module_utils._http.operation import PREFIX

ID = "459d2273-1514-431c-9d34-f5b72f3bfe20"
OTHER = "7b65bdda-39da-4259-b1bf-b0d1dbb7b162"
NEW = "6f1d2c3b-4a5e-4f60-8172-93a4b5c6d7e8"
# How each operation is sent.
CALLS: dict[str, Callable[[Client, str], Any]] = {
    "list_models": lambda client, _file: client.compute.list_models(OTHER),
    "get_model": lambda client, _file: client.compute.get_model(ID),
    "create_model": lambda client, file: client.compute.create_model({"Name": "M"}, file),
    "update_model": lambda client, file: client.compute.update_model(ID, {"Name": "M"}, file),
    "delete_model": lambda client, _file: client.compute.delete_model(ID),
    "list_catalogues": lambda client, _file: client.compute.list_catalogues(),
    "create_catalogue": lambda client, _file: client.compute.create_catalogue("C"),
    "rename_catalogue": lambda client, _file: client.compute.rename_catalogue(ID, "C"),
    "delete_catalogue": lambda client, _file: client.compute.delete_catalogue(ID),
    "list_sites": lambda client, _file: client.device.list_sites(),
    "list_servers": lambda client, _file: client.device.list_servers(ID),
    "list_devices": lambda client, _file: client.device.list_devices(ID),
    "put_pipelines": lambda client, _file: client.device.put_pipelines(ID, [OTHER], [ID], [{"modelUUID": ID}]),
    "list_registry_devices": lambda client, _file: client.device.list_registry_devices(),
    "update_registry_device": lambda client, _file: client.device.update_registry_device(
        ID, {"Name": "R", "Runtime": "x", "Serial": "1", "Type": "y"}
    ),
    "list_groups": lambda client, _file: client.device.list_groups(),
    "join_group": lambda client, _file: client.device.join_group(ID, [OTHER]),
    "leave_group": lambda client, _file: client.device.leave_group(ID, OTHER),
    "list_organisations": lambda client, _file: client.cloud.list_organisations(),
    "list_channel_partners": lambda client, _file: client.cloud.list_channel_partners(),
    "issue_token": lambda client, _file: client.transport.post_token({"grant_type": "password", "code": "a b"}),
    "revoke_token": lambda client, _file: client.transport.send(
        OPERATIONS["revoke_token"], path={"token": ID}, token="t"
    ),
    "describe_compute": lambda client, _file: client.transport.send(OPERATIONS["describe_compute"]),
    "describe_device": lambda client, _file: client.transport.send(OPERATIONS["describe_device"]),
}


class Wire:
    """A client by a contract, and what it sent to a service that answers everything with two rows in two pages."""

    def __init__(self, server: Any, reply: Any, file: str) -> None:
        self.server, self.reply, self.file = server, reply, file
        server.handle = self._answer

    def _answer(self, request: Any) -> Any:
        if request.method != "GET":
            return self.reply(data={"UUID": NEW, "Made": {"Id": OTHER}})
        rows = [{"UUID": each, "NxID": each} for each in (ID, OTHER)]
        before = next((int(value) for name, value in request.query.items() if name.lower().endswith("offset")), 0)
        page = rows[before : before + 1] if any(value == "1" for value in request.query.values()) else rows
        return self.reply(data=page, headers={"X-Pagination-Records": "2"})

    def call(self, operation: str, contract: Any) -> list[Any]:
        self.server.requests.clear()
        options = {"api_url": self.server.url, "cloud_url": self.server.url, "token": "nxcdb-tok-1"}
        with Client.from_options({**options, "refresh_token": "nxcdb-ref-1", "contract": contract}) as client:
            CALLS[operation](client, self.file)
        method = contract_of(contract).operations[operation].method
        found = [each for each in self.server.requests if each.method == method]
        assert found
        return found


@pytest.fixture
def wire(server: Any, reply: Any, tmp_path: Any) -> Wire:
    file = tmp_path / "m.onnx"
    file.write_bytes(b"abc")
    return Wire(server, reply, str(file))


def filled(path: str) -> str:
    return re.sub(r"\{\w+\}", "*", path)


def is_path(path: str, pattern: str) -> bool:
    return re.fullmatch(filled(pattern).replace(".", r"\.").replace("*", "[^/]+"), path) is not None


def test_each_operation_is_called_here() -> None:
    assert set(CALLS) == set(OPERATIONS)


OF_A_CALL = ("path", "method", "api", "query", "page_size")  # what can be seen on the wire of each


@pytest.mark.parametrize(
    "key", [key for key in LINES if key.startswith("operations.") and key.split(".")[2] in OF_A_CALL]
)
def test_a_line_of_an_operation(wire: Wire, key: str) -> None:
    _section, name, member, *rest = key.split(".")
    operation, line = OPERATIONS[name], LINES[key]
    small = {"page_size": 1} if operation.pages else {}
    new: Any = {
        "path": f"/v2{operation.path}", "method": "PUT" if operation.method != "PUT" else "PATCH", "api": "cloud",
        "query": {each: f"my{each}" for each in rest}, "page_size": 1, "paging": "pages_from_0",
    }[member]  # fmt: skip
    for contract, seen in ((small, line.default), ({**small, member: new}, f"my{rest[0]}" if rest else new)):
        requests = wire.call(name, {"operations": {name: contract}})
        if member == "path":
            assert is_path(requests[0].path, PREFIX[operation.api] + seen)
        elif member == "method":
            assert requests[0].method == seen
        elif member == "api":
            assert is_path(requests[0].path, PREFIX[seen] + operation.path)
        elif member == "query":
            assert seen in {name for each in requests for name in each.query}
    if member == "paging":
        offset = operation.spelling.get("Offset", "Offset")
        assert [each.query.get(offset) for each in requests] == [None, "1"]
    if member == "page_size":
        limit = operation.spelling.get("Limit", "Limit")
        assert [each.query[limit] for each in requests] == ["1", "1"]
        assert wire.call(name, {})[0].query[limit] == str(line.default)


def body_of(request: Any) -> Any:
    if request.headers["Content-Type"].startswith("multipart"):
        return json.loads(re.search(rb'name="data"\r\n\r\n(.*?)\r\n--', request.body)[1])  # type: ignore[index]
    return request.json


SENT_BY = {
    "catalogue": ("create_catalogue", "rename_catalogue"), "assignment": ("put_pipelines",), "group": ("join_group",),
    "registry_device": ("update_registry_device",),
}  # fmt: skip


@pytest.mark.parametrize("key", [key for key, line in LINES.items() if getattr(line, "sent", False)])
def test_a_line_of_a_field_that_goes_out(wire: Wire, key: str) -> None:
    _section, record, field = key.split(".")
    place = LINES[key].default[0]
    contract = {"fields": {record: {field: ["New.Place", "other"]}}}
    for operation in SENT_BY.get(record, ()):
        before = body_of(wire.call(operation, {})[-1])
        after = body_of(wire.call(operation, contract)[-1])
        assert place in before and place not in after and after["New"]["Place"] == before[place]
    if record not in SENT_BY:
        data: Any = "value"
        for step in reversed(place.split(".")):
            data = {step: data}
        sent = contract_of(contract).outgoing(record, data)
        assert sent["New"] == {"Place": "value"} and place not in sent


@pytest.mark.parametrize("operation", ["create_model", "update_model"])
def test_models_go_out_by_their_lines(wire: Wire, operation: str) -> None:
    assert body_of(wire.call(operation, {"fields": {"model": {"name": "Title"}}})[0]) == {"Title": "M"}


def test_pipelines_go_out_by_their_lines(wire: Wire) -> None:
    body = body_of(wire.call("put_pipelines", {"fields": {"pipeline": {"model": "Function.UUID"}}})[0])
    assert body["Pipelines"] == [{"Function": {"UUID": ID}}]


def test_a_listing_comes_by_the_lines_of_answers(server: Any, reply: Any) -> None:
    rows = [{"NxID": f"{{{number:08}-1514-431c-9d34-f5b72f3bfe20}}"} for number in range(3)]
    fields = {"answer": {"rows": "items", "total": "count"}}
    contract = {"fields": fields, "operations": {"list_devices": {"page_size": 2}}}
    pages = iter([rows[:2], rows[2:]])
    server.handle = lambda _request: reply(data={"Items": next(pages), "Count": 3})
    with Client.from_options({"api_url": server.url, "token": "t", "contract": contract}) as client:
        assert [each.id for each in client.device.list_devices(ID)] == [row["NxID"] for row in rows]
    assert [each.query for each in server.requests] == [{"Limit": "2"}, {"Limit": "2", "Offset": "2"}]


@pytest.mark.parametrize(
    ("scheme", "header"),
    [("bearer", "Bearer nxcdb-tok-1"), ("raw", "nxcdb-tok-1"), ("bearer_jwt", "Bearer tok-1")],
)
def test_the_line_of_the_scheme(wire: Wire, scheme: str, header: str) -> None:
    [request, *_more] = wire.call("list_sites", {"auth": {"scheme": scheme}})
    assert request.headers["Authorization"] == header


def test_the_option_goes_before_the_line_of_the_scheme(server: Any) -> None:
    options = {"api_url": server.url, "token": "nxcdb-1", "contract": {"auth": {"scheme": "raw"}}}
    with Client.from_options({**options, "auth_scheme": "bearer_jwt"}) as client:
        assert client.transport.credentials.header() == "Bearer 1"
    with Client.from_options({**options, "contract": None}) as client:
        assert client.transport.credentials.header() == "Bearer nxcdb-1"


def test_the_lines_of_the_scope_and_of_whom_one_acts_for(server: Any, reply: Any) -> None:
    server.handle = lambda request: reply(data={"access_token": "t"} if request.method == "POST" else [])
    act_as = {"kind": "organization", "id": ID}
    options = {
        "api_url": server.url, "cloud_url": server.url, "username": "me", "password": "p",
        "contract": {"auth": {"scope": "https://h/ cloudSystemId=*", "act_as": act_as}},
    }  # fmt: skip
    other = {"kind": "user", "id": ID[:-1] + "1"}
    for given, scope, acting in (
        ({}, "https://h/ cloudSystemId=*", act_as),
        ({"token_scope": "own", "act_as": other}, "own", other),
    ):
        server.requests.clear()
        with Client.from_options({**options, **given}) as client:
            client.compute.list_catalogues()
        assert server.requests[0].json["scope"] == scope
        headers = server.requests[1].headers
        assert {"kind": headers["X-Act-As-Kind"], "id": headers["X-Act-As-ID"]} == acting


def test_the_line_of_the_token_request(wire: Wire) -> None:
    [request] = wire.call("issue_token", {"auth": {"token_request": "form"}})
    assert request.headers["Content-Type"] == "application/x-www-form-urlencoded"
    assert request.body == b"grant_type=password&code=a+b"
    [request] = wire.call("issue_token", {})
    assert request.json == {"grant_type": "password", "code": "a b"}
    assert request.headers["Content-Type"] == "application/json"


@pytest.mark.parametrize("name", [each.name for each in OPERATIONS.values() if each.signed])
def test_the_line_of_the_token_on_writes(wire: Wire, name: str) -> None:
    token = "tok-1" if OPERATIONS[name].method == "GET" else "ref-1"
    headers = {each.headers["Authorization"] for each in wire.call(name, {"auth": {"token_on_writes": "refresh"}})}
    assert headers == {f"Bearer nxcdb-{token}"}
    assert {each.headers["Authorization"] for each in wire.call(name, {})} == {"Bearer nxcdb-tok-1"}


def test_the_lines_of_an_upload(wire: Wire) -> None:
    contract = {"upload": {"data": "meta", "file": "content", "extra": {"License": "none", "Name": "never"}}}
    [created], [changed_] = wire.call("create_model", contract), wire.call("update_model", contract)
    for request, sent in ((created, {"License": "none", "Name": "M"}), (changed_, {"Name": "M"})):
        assert f'name="meta"\r\n\r\n{json.dumps(sent)}\r\n'.encode() in request.body
        assert b'name="content"; filename="m.onnx"' in request.body


@pytest.mark.parametrize(("operation", "key"), [("create_model", "create_body"), ("update_model", "change_body")])
def test_the_form_of_what_goes_out(wire: Wire, operation: str, key: str) -> None:
    [parts] = wire.call(operation, {"upload": {key: "multipart_json"}})
    assert re.search(rb'name="data"\r\nContent-Type: application/json\r\n\r\n\{"Name": "M"\}\r\n', parts.body)
    [whole] = wire.call(operation, {"upload": {key: "json", "json_file": "Content"}})
    assert whole.headers["Content-Type"] == "application/json"
    assert set(whole.json) == {"Name", "Content"} and base64.b64decode(whole.json["Content"]) in parts.body
    other = {"create_body": "change_body", "change_body": "create_body"}[key]
    [usual] = wire.call(operation, {"upload": {other: "json"}})
    assert usual.headers["Content-Type"].startswith("multipart/form-data")


def test_catalogues_as_objects(server: Any, reply: Any) -> None:
    server.handle = lambda _request: reply(data={})
    contract = {"upload": {"catalogues": "objects"}, "fields": {"reference": {"id": "CatalogueUUID"}}}
    with Client.from_options({"api_url": server.url, "token": "t", "contract": contract}) as client:
        client.compute.update_model(ID, {"Catalogues": [OTHER]})
    assert body_of(server.requests[0]) == {"Catalogues": [{"CatalogueUUID": OTHER}]}


def test_what_a_catalogue_is_created_with(wire: Wire) -> None:
    contract = {"catalogue": {"extra": {"OrganisationUUID": ID, "Name": "never"}}}
    assert wire.call("create_catalogue", contract)[-1].json == {"OrganisationUUID": ID, "Name": "C"}


def test_the_lines_of_an_assignment(wire: Wire) -> None:
    known = {"Devices": [OTHER], "Functions": [ID], "Pipelines": [{"modelUUID": ID}]}
    [request] = wire.call("put_pipelines", {})
    assert request.json == known and "If-Match" not in request.headers
    extra = {"Customization": "x", "Devices": "never"}
    other = {"as_list": True, "if_match": True, "extra": extra, "site": "SystemID"}
    [request] = wire.call("put_pipelines", {"assignment": other})
    assert request.json == [{"Customization": "x", "SystemID": ID, **known}] and request.headers["If-Match"] == "*"
    with_token = {"assignment": {"if_match": True}, "auth": {"token_on_writes": "refresh"}}
    [request] = wire.call("put_pipelines", with_token)
    assert (request.headers["If-Match"], request.headers["Authorization"]) == ("*", "Bearer nxcdb-ref-1")


def test_models_in_the_form_that_devices_show_or_else_in_their_one_form(wire: Wire) -> None:
    """A refused request has had no effect, so that it may be sent in another form."""
    bodies: list[Any] = []

    def answer(request: Any) -> Any:
        bodies.append(request.json["Pipelines"])
        strange = "{4" in str(request.json["Pipelines"]) if request.method == "PUT" else False
        return wire.reply(status=400 if strange or broken else 200, data={})

    wire.server.handle, broken = answer, False
    shown, plain = [{"modelUUID": f"{{{ID.upper()}}}"}], [{"modelUUID": ID}]
    with Client.from_options({"api_url": wire.server.url, "token": "nxcdb-tok-1"}) as client:
        for _turn in range(2):
            client.device.put_pipelines(ID, [OTHER], [ID], shown)
    assert bodies == [shown, plain, plain], "it is found out once"
    broken = True
    with Client.from_options({"api_url": wire.server.url, "token": "nxcdb-tok-1"}) as client, pytest.raises(Refused):
        client.device.put_pipelines(ID, [OTHER], [ID], shown)
    assert bodies[3:] == [shown, plain]
