# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The Compute API against a small service with a memory: nothing is doubled, nothing is guessed."""

from __future__ import annotations

import hashlib
import json
from email import message_from_bytes

import pytest

from ansible_collections.nxai.cloud.plugins.module_utils._api.compute import ALL_AVAILABLE, ComputeApi
from ansible_collections.nxai.cloud.plugins.module_utils._api.records import FileMark, join_documentation
from ansible_collections.nxai.cloud.plugins.module_utils._core.errors import AnswerLost, BadInput, Unexpected

CONTENT = b"\x08\x07model" * 1000
MARK = FileMark(hashlib.sha256(CONTENT).hexdigest(), len(CONTENT))
DATA = {"Name": "Faces", "Documentation": join_documentation("text", MARK), "Customization": "metavms"}


class Service:
    """Keeps models and catalogues. ``plan`` says for each POST in turn: done (bool) and what then goes out."""

    def __init__(self, server, reply):
        self.models, self.catalogues, self.plan, self.reply = [], [], [], reply
        self.broken_lists = 0
        self.late = []  # what will only be visible in the list after a number of looks
        server.handle = self

    def __call__(self, request):
        kind = self.models if request.path.endswith("functions") else self.catalogues
        if request.method == "GET":
            return self._list(kind)
        done, outcome = self.plan.pop(0) if self.plan else (True, {})
        row = {
            "UUID": f"{len(self.models) + len(self.catalogues):08d}-0000-4000-8000-000000000000",
            **self._data(request),
        }
        if done is True:
            kind.append(row)
        elif done:
            self.late.append((done, kind, row))
        return self.reply(**{"data": {"UUID": row["UUID"], "Message": "Ok" * 50}, **outcome})

    def _list(self, kind):
        if self.broken_lists:
            self.broken_lists -= 1
            return self.reply(500)
        self.late = [(looks - 1, target, row) for looks, target, row in self.late]
        for entry in [entry for entry in self.late if entry[0] <= 0]:
            self.late.remove(entry)
            entry[1].append(entry[2])
        return self.reply(data=kind, headers={"X-Pagination-Records": str(len(kind))})

    def _data(self, request):
        if request.path.endswith("catalogues"):
            return request.json
        message = message_from_bytes(f"Content-Type: {request.headers['Content-Type']}\r\n\r\n".encode() + request.body)
        data, file = message.get_payload()
        assert file.get_payload(decode=True) == CONTENT
        return json.loads(data.get_payload(decode=True))


@pytest.fixture
def service(server, reply):
    return Service(server, reply)


@pytest.fixture
def api(service, transport):
    return ComputeApi(transport)


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "faces.onnx"
    path.write_bytes(CONTENT)
    return str(path)


def posts(server):
    return [request for request in server.requests if request.method == "POST"]


def test_after_a_time_out_a_service_that_is_still_at_work_is_given_its_time(server, service, new_transport, clock):
    service.plan = [(5, {"fate": "stall", "seconds": 2.0})]
    assert ComputeApi(new_transport(timeout=1.0)).create_catalogue("Demo") == service.catalogues[0]["UUID"]
    assert len(posts(server)) == 1


def test_the_answer_to_an_upload_may_take_as_long_as_the_service_does(server, service, new_transport, clock, file):
    service.plan = [(True, {"fate": "stall", "seconds": 0.3})]
    ComputeApi(new_transport(timeout=0.1)).create_model({"Name": "without a mark"}, file)
    assert server.paths() == ["POST /cpt/functions"]


def test_a_gateway_time_out_is_a_time_out(server, api, service, clock, file):
    service.plan = [(7, {"status": 504})]
    api.create_model(DATA, file)
    assert len(posts(server)) == len(service.models) == 1


def test_after_its_time_limit_the_service_has_given_up(server, api, service, clock, file):
    service.plan = [(False, {"status": 504})]
    begin = clock.now
    api.create_model(DATA, file)
    assert clock.now - begin >= 60
    assert len(posts(server)) == 2
    assert len(service.models) == 1


def test_other_models_of_that_name_or_content_are_not_taken_for_it(server, api, service, file):
    service.models += [
        {"UUID": "aaaaaaaa-0000-4000-8000-000000000000", "Name": "Faces", "Documentation": "text"},
        {"UUID": "bbbbbbbb-0000-4000-8000-000000000000", "Name": "Faces old", "Documentation": DATA["Documentation"]},
    ]
    service.plan = [(False, {"fate": "reset"})]
    assert api.create_model(DATA, file) == service.models[2]["UUID"]


def test_a_lost_model_without_a_mark_cannot_be_known_and_is_not_sent_again(server, api, service, file):
    service.plan = [(False, {"fate": "reset"})]
    with pytest.raises(AnswerLost):
        api.create_model({"Name": "Faces"}, file)
    assert server.paths() == ["POST /cpt/functions"]


@pytest.mark.parametrize("create", ["model", "catalogue"])
def test_what_cannot_be_looked_up_is_not_sent_again(server, api, service, file, create):
    service.plan, api._known_catalogues = [(True, {"fate": "reset"})], set()
    service.broken_lists = 9
    with pytest.raises(AnswerLost, match="Looking for what it did failed as well: HTTP 500"):
        api.create_model(DATA, file) if create == "model" else api.create_catalogue("Demo")
    assert len(posts(server)) == 1


@pytest.mark.parametrize("data", [{}, [], None, {"UUID": None}, {"UUID": 5}, {"UUID": ""}, "text"], ids=repr)
def test_a_good_answer_without_a_uuid_is_an_error(api, service, file, data):
    service.plan = [(True, {"data": data})]
    with pytest.raises(Unexpected, match="no UUID"):
        api.create_model(DATA, file)


@pytest.mark.parametrize(("options", "sent"), [({"retries": 1}, 2), ({"retry_budget": 0}, 1)])
def test_retries_have_an_end_and_end_with_a_look(server, service, new_transport, file, options, sent):
    service.plan = [(False, {"fate": "reset"})] * 5
    with pytest.raises(AnswerLost):
        ComputeApi(new_transport(**options)).create_model(DATA, file)
    assert len(posts(server)) == sent
    assert server.requests[-1].method == "GET"


def test_a_file_that_is_not_the_one_of_the_mark_is_not_sent(server, api, tmp_path):
    path = tmp_path / "other.onnx"
    path.write_bytes(b"short")
    with pytest.raises(BadInput, match="5 bytes"):
        api.create_model(DATA, str(path))
    assert server.requests == []


def test_a_catalogue_after_a_listing_needs_no_further_look(server, api):
    api.list_catalogues()
    api.create_catalogue("Demo")
    api.create_catalogue("Demo 2")
    assert server.paths() == ["GET /cpt/catalogues"] + ["POST /cpt/catalogues"] * 2


@pytest.mark.parametrize("done", [True, False, 2])
def test_a_catalogue_of_that_name_that_was_there_before_is_not_taken_for_it(server, api, service, done):
    service.catalogues.append({"UUID": "aaaaaaaa-0000-4000-8000-000000000000", "Name": "Demo"})
    service.plan = [(done, {"fate": "reset"})]
    assert api.create_catalogue("Demo") == service.catalogues[1]["UUID"]
    assert len(service.catalogues) == 2


def test_the_same_name_twice_in_one_task_is_two_catalogues(api, service):
    first = api.create_catalogue("Demo")
    service.plan = [(True, {"fate": "reset"})]
    assert api.create_catalogue("Demo") != first
    assert len(service.catalogues) == 2


def test_listings_ask_for_what_they_need(server, api):
    api.list_models()
    api.list_models(ALL_AVAILABLE)
    assert [request.query for request in server.requests] == [
        {"Limit": "500"},
        {"Limit": "500", "Catalogue": ALL_AVAILABLE, "Customization": "metavms"},
    ]


def test_metadata_that_names_a_mark_needs_no_file_of_that_size(server, transport, reply):
    server.answer(reply())
    ComputeApi(transport).update_model("459d2273-1514-431c-9d34-f5b72f3bfe20", DATA)
    assert len(server.requests) == 1
