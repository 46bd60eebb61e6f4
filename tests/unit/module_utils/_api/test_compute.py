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
from ansible_collections.nxai.cloud.plugins.module_utils._api.records.file_mark import FileMark, join_documentation
from ansible_collections.nxai.cloud.plugins.module_utils._core.errors import AnswerLost, BadInput, Refused, Unexpected

CONTENT = b"\x08\x07model" * 1000
MARK = FileMark(hashlib.sha256(CONTENT).hexdigest(), len(CONTENT))
DATA = {"Name": "Faces", "Documentation": join_documentation("text", MARK), "Customization": "metavms"}


class Service:
    """Keeps models and catalogues. ``plan`` says for each POST in turn: done (bool) and what then goes out."""

    def __init__(self, server, reply):
        self.models, self.catalogues, self.plan, self.reply = [], [], [], reply
        self.broken_lists = 0
        self.drops, self.hidden = "", False  # a member of new models; whether only the list of all shows them
        self.late = []  # what will only be visible in the list after a number of looks
        server.handle = self

    def __call__(self, request):
        kind = self.models if request.path.endswith("functions") else self.catalogues
        if request.method == "GET":
            shown = kind if not self.hidden or request.query.get("Catalogue") == ALL_AVAILABLE else []
            return self._list(shown)
        done, outcome = self.plan.pop(0) if self.plan else (True, {})
        row = {
            "UUID": f"{len(self.models) + len(self.catalogues):08d}-0000-4000-8000-000000000000",
            **self._data(request),
        }
        row.pop(self.drops, None)
        if done is True:
            kind.append(row)
        elif done:
            self.late.append((done, kind, row))
        return self.reply(**{"data": {"UUID": row["UUID"], "Message": "Ok" * 50}, **outcome})

    def _list(self, shown):
        if self.broken_lists:
            self.broken_lists -= 1
            return self.reply(500)
        self.late = [(looks - 1, target, row) for looks, target, row in self.late]
        for entry in [entry for entry in self.late if entry[0] <= 0]:
            self.late.remove(entry)
            entry[1].append(entry[2])
        return self.reply(data=shown, headers={"X-Pagination-Records": str(len(shown))})

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


def test_a_refusal_is_no_lost_answer(server, api, service, file):
    service.plan = [(False, {"status": 413, "data": {"Message": "too large"}})]
    with pytest.raises(Refused, match="too large"):
        api.create_model(DATA, file)
    assert len(server.requests) == 1


@pytest.mark.parametrize("status", [400, 409, 422])
@pytest.mark.parametrize("create", ["model", "catalogue"])
def test_what_was_created_though_it_was_refused_is_found(server, api, service, file, create, status):
    api.list_models(), api.list_catalogues()
    service.plan = [(True, {"status": status, "data": {"Message": "conversion could not be queued"}})]
    made = api.create_model(DATA, file) if create == "model" else api.create_catalogue("Demo")
    assert made == (service.models or service.catalogues)[0]["UUID"]
    assert len(posts(server)) == 1


@pytest.mark.parametrize("lists", [0, 9])
def test_a_refusal_that_nothing_came_of_is_what_is_raised(server, api, service, file, lists):
    api.list_models()
    service.plan, service.broken_lists = [(False, {"status": 400, "data": {"Message": "Name is taken"}})], lists
    with pytest.raises(Refused, match="Name is taken"):
        api.create_model(DATA, file)
    assert len(posts(server)) == 1


@pytest.mark.parametrize(
    "data", [{}, [], None, {"UUID": None}, {"UUID": 5}, {"UUID": ""}, {"UUID": "Ok"}, "text"], ids=repr
)
def test_what_a_good_answer_without_a_uuid_made_is_looked_up(server, api, service, file, data):
    service.plan = [(True, {"data": data})]
    assert api.create_model(DATA, file) == service.models[0]["UUID"]
    assert len(posts(server)) == 1


@pytest.mark.parametrize("outcome", [{"data": {}}, {"status": 500}, {"status": 204}], ids=str)
def test_what_was_answered_and_is_not_listed_is_an_error_and_not_sent_again(server, api, service, clock, file, outcome):
    service.plan = [(False, outcome)]
    with pytest.raises((Unexpected, Refused), match=r"no listing shows|HTTP 500"):
        api.create_model(DATA, file)
    assert len(posts(server)) == 1


@pytest.mark.parametrize("outcome", [{"status": 500}, {"status": 204}, {"body": b"<html>"}], ids=str)
@pytest.mark.parametrize("create", ["model", "catalogue"])
def test_what_an_error_after_the_effect_made_is_looked_up(server, api, service, file, create, outcome):
    api.list_catalogues()
    service.plan = [(True, outcome)]
    made = api.create_model(DATA, file) if create == "model" else api.create_catalogue("Demo")
    assert made == (service.models or service.catalogues)[0]["UUID"]
    assert len(posts(server)) == 1


def test_a_new_model_whose_mark_was_dropped_is_known_by_its_name(server, api, service, file):
    service.models.append({"UUID": "aaaaaaaa-0000-4000-8000-000000000000", "Name": "Faces", "Documentation": "text"})
    api.list_models()
    service.drops, service.plan = "Documentation", [(True, {"fate": "reset"})]
    assert api.create_model(DATA, file) == service.models[1]["UUID"]
    assert len(posts(server)) == 1


def test_a_new_model_that_only_the_list_of_all_shows_is_found(server, api, service, file):
    service.hidden, service.plan = True, [(True, {"fate": "reset"})]
    assert api.create_model(DATA, file) == service.models[0]["UUID"]
    assert len(posts(server)) == 1


@pytest.mark.parametrize("create", ["model", "catalogue"])
def test_a_new_one_without_a_name_may_be_what_was_created_and_nothing_is_sent_again(server, api, service, file, create):
    api.list_models(), api.list_catalogues()
    service.drops, service.plan = "Name", [(True, {"fate": "reset"})]
    with pytest.raises(AnswerLost, match=rf"1 that are new show no name.*fields\.{create}\.name"):
        api.create_model(DATA, file) if create == "model" else api.create_catalogue("Demo")
    assert len(posts(server)) == 1


A = "459d2273-1514-431c-9d34-f5b72f3bfe20"
ONE = {"X-Pagination-Records": "1"}
LISTED = {
    "UUID": A, "Name": "A", "Code": {"Status": "ok"}, "Documentation": "text", "Catalogues": ["c"],
    "InputDriverDetails": {"means": [1], "vars": [2]},
}  # fmt: skip


@pytest.mark.parametrize(
    ("single", "expected"),
    [
        ({"UUID": A.upper(), "Status": "ok", "Alias": "a"}, {"Status": "ok", "Alias": "a"}),
        ({"uuid": A, "inputDriverDetails": {"x": 5}}, {"InputDriverDetails": {"means": [1], "vars": [2], "x": 5}}),
        ({"UUID": A, "Documentation": None, "Code": None}, {}),
        ({"UUID": A, "Documentation": "", "Catalogues": [], "InputDriverDetails": {}}, {}),  # all there, all empty
        ({"UUID": A, "Catalogues": [], "InputDriverDetails": {"means": [1]}}, {"Catalogues": []}),
        ({"UUID": "other", "Name": "B"}, {}),
        ({}, {}),
        (["no", "model"], {}),
    ],
)  # fmt: skip
def test_a_model_as_both_views_show_it(server, transport, reply, single, expected):
    api = ComputeApi(transport)
    server.answer(reply(data=[LISTED], headers=ONE), reply(data=single))
    (listed,) = api.list_models()
    found = api.in_full(listed)
    shown = {name: value for name, value in found.raw.items() if name != "UUID"}
    assert shown == {**{name: value for name, value in LISTED.items() if name != "UUID"}, **expected}
    assert server.paths()[1:] == [f"GET /cpt/function/{A}"]


@pytest.mark.parametrize("status", [404, 405])
def test_a_service_without_the_call_for_one_model_shows_what_it_lists(server, transport, reply, status):
    api = ComputeApi(transport)
    server.answer(reply(data=[LISTED], headers=ONE), reply(status), reply(status))
    (listed,) = api.list_models()
    assert api.in_full(listed) == listed and api.get_model(A) is None


def test_a_refused_call_for_one_model_is_an_error(server, transport, reply):
    server.answer(reply(403))
    with pytest.raises(Refused, match="403"):
        ComputeApi(transport).get_model(A)


def test_a_model_that_is_listed_twice_is_one(server, transport, reply):
    rows = [LISTED, {"UUID": A, "Name": "A", "Catalogues": ["d"]}, {"UUID": A, "Catalogues": None}]
    server.answer(reply(data=rows, headers={"X-Pagination-Records": "3"}))
    (found,) = ComputeApi(transport).list_models()
    assert found.catalogue_uuids == ("c", "d") and found.documentation == "text"


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


@pytest.mark.parametrize("shown", ["Faces (2)", "faces"])
def test_a_new_model_under_a_number_or_in_another_spelling_is_found(server, api, service, file, shown):
    service.models.append({"UUID": "aaaaaaaa-0000-4000-8000-000000000000", "Name": "Theirs"})
    api.list_models()
    service._data = lambda _request: {"Name": shown, "Documentation": DATA["Documentation"]}
    service.plan = [(True, {"data": {"UUID": service.models[0]["UUID"]}})]
    assert api.create_model(DATA, file) == service.models[1]["UUID"]
    assert len(posts(server)) == 1


def test_a_row_of_the_zero_uuid_is_not_what_was_created(server, api, service, file):
    api.list_models()
    row = {"UUID": "00000000-0000-0000-0000-000000000000", **DATA}
    service.models.append(row)
    service.plan = [(True, {"data": {}})]
    assert api.create_model(DATA, file) == service.models[1]["UUID"]
