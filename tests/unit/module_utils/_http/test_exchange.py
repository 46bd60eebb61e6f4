# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How an answer comes in, what is done with the secrets in it, how many connections there are, what an error names."""

from __future__ import annotations

import contextlib
import socket
import threading

import pytest

from ansible_collections.nxai.cloud.plugins.module_utils._api.contract.operations import (
    CREATE_CATALOGUE,
    CREATE_MODEL,
    DELETE_MODEL,
    DESCRIBE_COMPUTE,
    LIST_MODELS,
    LIST_SITES,
    RENAME_CATALOGUE,
    REVOKE_TOKEN,
)
from ansible_collections.nxai.cloud.plugins.module_utils._core.errors import (
    AnswerLost,
    BadInput,
    NxaiError,
    Refused,
    Unexpected,
    Unreachable,
)
from ansible_collections.nxai.cloud.plugins.module_utils._http import memory
from ansible_collections.nxai.cloud.plugins.module_utils._http import transport as exchange
from ansible_collections.nxai.cloud.plugins.module_utils._http.multipart import Multipart

UUID = {"uuid": "0b0e7f4c-1111-4222-8333-444455556666"}
ORG = "0b0e7f4c-9999-4222-8333-444455556666"
LONG = "tok-secret-that-is-nothing-else-than-a-token"
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"


@pytest.fixture
def wire():
    """A server that answers one request with bytes, and keeps the connection open until the test is over."""
    over, threads = threading.Event(), []

    def answer_with(content):
        listening = socket.create_server(("127.0.0.1", 0))

        def serve():
            listening.settimeout(10)  # a client that fails before it connects
            with listening, contextlib.suppress(TimeoutError), listening.accept()[0] as connection:
                connection.recv(1 << 16)
                connection.sendall(content)
                over.wait(10)

        threads.append(threading.Thread(target=serve))
        threads[-1].start()
        return f"http://127.0.0.1:{listening.getsockname()[1]}"

    yield answer_with
    over.set()
    for thread in threads:
        thread.join()


def test_an_answer_in_chunks_is_read(wire, new_transport):
    url = wire(HEAD + b"Transfer-Encoding: chunked\r\n\r\n2\r\n[1\r\n3\r\n, 2\r\n1\r\n]\r\n0\r\n\r\n")
    assert new_transport(api_url=url, timeout=2, retries=0).send(LIST_MODELS).data == [1, 2]


def test_an_answer_of_many_blocks_is_read(server, transport, reply):
    rows = [{"Name": "x" * 1000}] * 500
    server.answer(reply(data=rows))
    assert transport.send(LIST_MODELS).data == rows


def test_the_most_bytes_are_not_too_many(server, transport, reply, monkeypatch):
    server.answer(reply(body=b'["' + b"x" * 996 + b'"]'), reply(body=b'["' + b"x" * 997 + b'"]'))
    monkeypatch.setattr(memory, "MOST_BYTES", 1000)
    transport.send(LIST_MODELS)
    with pytest.raises(Unexpected, match="it has more than") as caught:
        transport.send(LIST_MODELS)
    assert (caught.value.tried, caught.value.status) == (f"GET {server.url}/cpt/functions", 200)
    assert "api_url" in caught.value.advice


def test_a_token_that_comes_back_as_data_is_blanked(server, new_transport, reply):
    server.answer(reply(data=[{"Name": f"I am {LONG}"}]))
    assert new_transport(token=LONG).send(LIST_MODELS).data == [{"Name": "I am ***"}]


def test_a_refresh_token_that_the_provider_gives_again_stays_what_it_is(server, new_transport, reply):
    transport = new_transport(token=None, cloud_url=server.url, refresh_token=LONG)
    grant = {"access_token": "a", "refresh_token": LONG}
    server.answer(reply(data=grant), reply(401), reply(data={**grant, "access_token": "b"}), reply(data=[]))
    transport.send(LIST_MODELS)
    assert [request.json["refresh_token"] for request in server.requests if request.body] == [LONG, LONG]


def test_there_are_never_more_than_16_connections(new_transport):
    accepted = []
    with socket.create_server(("127.0.0.1", 0), backlog=64) as listening:
        transport = new_transport(api_url=f"http://127.0.0.1:{listening.getsockname()[1]}", retries=0)

        def send():
            with contextlib.suppress(NxaiError):
                transport.send(LIST_MODELS)

        threads = [threading.Thread(target=send) for _number in range(24)]
        for thread in threads:
            thread.start()
        listening.settimeout(0.3)
        with contextlib.suppress(TimeoutError):
            while True:
                accepted.append(listening.accept()[0])
    count = len(accepted)
    for connection in accepted:
        connection.close()
    for thread in threads:
        thread.join()
    assert count == 16


def test_the_service_sees_who_asks(server, transport, reply):
    server.answer(reply(data=[]))
    transport.send(LIST_MODELS)
    assert server.requests[0].headers["User-Agent"] == "nxai.cloud (Ansible collection)"


def test_the_switch_for_certificates_does_not_hurt_without_tls(server, new_transport, reply):
    server.answer(reply(data=[1]))
    assert new_transport(validate_certs=False).send(LIST_MODELS).data == [1]


def test_a_service_that_has_answered_is_at_ease(server, transport, clock, reply):
    server.answer(reply(429, headers={"Retry-After": "3"}), reply(data=[]), reply(data=[]))
    transport.send(LIST_MODELS)
    transport.send(LIST_MODELS)
    assert clock.sleeps == [3.0]


class TestUpload:
    @pytest.fixture
    def upload(self, tmp_path):
        path = tmp_path / "model.onnx"
        path.write_bytes(b"model-bytes")
        return Multipart({"Name": "n"}, str(path))

    def test_it_is_sent_as_what_it_is(self, server, transport, reply, upload):
        server.answer(reply(data={"UUID": "x"}))
        transport.send(CREATE_MODEL, body=upload)
        [request] = server.requests
        assert request.headers["Content-Type"] == upload.content_type
        assert b"model-bytes" in request.body and b'"Name"' in request.body

    def test_its_answer_may_take_as_long_as_the_operation(self, server, new_transport, reply, upload):
        server.answer(reply(data={"UUID": "x"}, fate="stall", seconds=0.3))
        assert new_transport(timeout=0.1).send(CREATE_MODEL, body=upload).data == {"UUID": "x"}


class TestUnsigned:
    """Operations that do not go with the token of the task."""

    def test_without_a_token_there_is_no_header(self, server, new_transport, reply):
        server.answer(reply(data={"paths": {}}))
        transport = new_transport(token=None, act_as={"kind": "user", "id": ORG})
        transport.send(DESCRIBE_COMPUTE)
        headers = server.requests[0].headers
        assert (headers["Authorization"], headers["X-Act-As-ID"]) == (None, None)

    def test_with_another_token_that_one_is_sent_and_never_renewed(self, server, new_transport, reply):
        server.answer(reply(401))
        transport = new_transport(cloud_url=server.url, refresh_token="refresh-secret-1")
        with pytest.raises(Refused, match="HTTP 401"):
            transport.send(REVOKE_TOKEN, path={"token": "x"}, token="another")
        assert [request.headers["Authorization"] for request in server.requests] == ["Bearer another"]


def test_each_request_goes_to_its_own_address(server, new_server, new_transport, reply):
    cloud = new_server()
    cloud.answer(reply(data={"access_token": "a"}))
    server.answer(reply(data=[]), reply(data=[]))
    transport = new_transport(token=None, cloud_url=cloud.url, refresh_token="r-secret")
    transport.send(LIST_MODELS)
    transport.send(LIST_SITES)
    assert (cloud.paths(), server.paths()) == (["POST /cdb/oauth2/token"], ["GET /cpt/functions", "GET /dev/systems"])


def test_a_query_is_spelled_as_the_option_says(server, new_transport, reply):
    server.answer(reply(data=[]))
    transport = new_transport(contract={"operations": {"list_models": {"query": {"Offset": "skip"}}}})
    transport.send(LIST_MODELS, query={"Limit": "5", "Offset": "10"})
    assert server.requests[0].query == {"Limit": "5", "skip": "10"}


def test_a_time_to_wait_is_kept_to_whatever_the_status(server, transport, clock, reply):
    server.answer(reply(502, headers={"Retry-After": "7"}), reply(data=[]))
    transport.send(LIST_MODELS)
    assert clock.sleeps == [7.0]


def test_who_only_reads_may_sign_in(server, new_transport, reply):
    server.answer(reply(data={"access_token": "a"}), reply(data=[1]))
    transport = new_transport(read_only=True, token=None, cloud_url=server.url, refresh_token="r-secret")
    assert transport.send(LIST_MODELS).data == [1]


class TestErrors:
    def test_a_redirect_shows_no_user_of_the_address(self, server, transport, reply):
        server.answer(reply(307, headers={"Location": "https://me:my-secret@evil.example.com/x"}))
        with pytest.raises(Refused) as caught:
            transport.send(LIST_MODELS)
        error = caught.value
        assert (error.tried, error.status) == (f"GET {server.url}/cpt/functions", 307)
        assert error.answer == "HTTP 307: redirected to https://evil.example.com"

    def test_a_redirect_to_nonsense_says_so(self, server, transport, reply):
        server.answer(reply(308, headers={"Location": "http://["}))
        with pytest.raises(Refused, match="HTTP 308: redirected to an address that is no URL"):
            transport.send(LIST_MODELS)

    def test_a_redirect_of_the_sign_in_names_cloud_url(self, server, new_transport, reply):
        server.answer(reply(307, headers={"Location": "https://evil.example.com/"}))
        with pytest.raises(Refused) as caught:
            new_transport(token=None, cloud_url=server.url, refresh_token="r-secret").send(LIST_MODELS)
        assert "cloud_url" in caught.value.advice

    def test_a_redirect_without_an_address_is_not_sent_again(self, server, transport, reply):
        server.answer(reply(307), reply(307))
        with pytest.raises(Refused, match="redirected to an address that is no URL"):
            transport.send(LIST_SITES)
        assert len(server.requests) == 1

    def test_three_redirects_are_followed_and_a_fourth_is_an_error(self, server, transport, reply):
        turn = reply(307, headers={"Location": "/cpt/functions"})
        server.answer(turn, turn, turn, reply(data=[1]), turn, turn, turn, turn)
        assert transport.send(LIST_MODELS).data == [1]
        with pytest.raises(Refused, match="more than 3 redirects") as caught:
            transport.send(LIST_MODELS)
        error = caught.value
        assert (error.tried, error.status) == (f"GET {server.url}/cpt/functions", 307)
        assert "api_url" in error.advice

    @pytest.mark.parametrize(("status", "at_work"), [(502, 0.0), (504, 15.0)])
    def test_a_lost_answer_tells_what_is_known(self, server, transport, reply, status, at_work):
        server.answer(reply(status, {"Message": "broken"}))
        with pytest.raises(AnswerLost) as caught:
            transport.send(CREATE_CATALOGUE)
        error = caught.value
        assert (error.tried, error.status) == (f"POST {server.url}/cpt/catalogues", status)
        assert error.answer.startswith(f"HTTP {status}") and error.answer.endswith(": broken")
        assert "later" in error.advice
        assert error.at_work == at_work

    def test_the_words_of_the_status_line_are_told(self, server, transport, reply):
        server.answer(reply(403))
        with pytest.raises(Refused, match=r"/cpt/functions: HTTP 403 Forbidden: null\."):
            transport.send(LIST_MODELS)

    def test_what_did_not_arrive_is_named(self, new_transport, closed_port):
        with pytest.raises(Unreachable) as caught:
            new_transport(api_url=f"http://127.0.0.1:{closed_port}", retries=0).send(LIST_MODELS)
        assert caught.value.tried == f"GET http://127.0.0.1:{closed_port}/cpt/functions"

    def test_one_try_is_not_counted_aloud(self, server, new_transport, reply):
        server.answer(reply(503))
        with pytest.raises(Refused) as caught:
            new_transport(retries=0).send(LIST_MODELS)
        assert "tries" not in caught.value.answer

    def test_what_was_deleted_by_a_lost_request_is_an_answer(self, server, transport, reply):
        server.answer(reply(502), reply(404, {"Message": "gone"}, headers={"X-Mark": "m"}))
        answer = transport.send(DELETE_MODEL, path=UUID)
        assert (answer.status, answer.data, answer.headers["X-Mark"]) == (404, None, "m")
        assert answer.tried == f"DELETE {server.url}/cpt/function/{UUID['uuid']}"

    def test_a_404_to_anything_else_is_no_success_after_a_lost_request(self, server, transport, reply):
        server.answer(reply(502), reply(404))
        with pytest.raises(Refused, match="404"):
            transport.send(RENAME_CATALOGUE, path=UUID, json={"Name": "n"})

    def test_a_second_lost_answer_does_not_unmake_the_first(self, server, transport, reply):
        server.answer(reply(502), reply(429), reply(404))
        assert transport.send(DELETE_MODEL, path=UUID).status == 404

    def test_a_path_value_that_would_climb_is_named(self, transport):
        with pytest.raises(BadInput) as caught:
            transport.send(DELETE_MODEL, path={"uuid": ".."})
        error = caught.value
        assert (error.tried, error.answer) == ("Prepare delete_model", "uuid is '..'")
        assert "UUID" in error.advice

    def test_a_secret_in_the_address_is_not_named(self, server, new_transport, reply):
        server.answer(reply(403))
        with pytest.raises(Refused) as caught:
            new_transport(cloud_url=server.url, token=LONG).send(REVOKE_TOKEN, path={"token": LONG})
        assert LONG not in str(caught.value)
        assert caught.value.tried == f"DELETE {server.url}/cdb/oauth2/token/***"

    def test_a_missing_library_is_named(self, new_transport, monkeypatch):
        monkeypatch.setattr(exchange, "HAS_REQUESTS", False)
        with pytest.raises(BadInput) as caught:
            new_transport()
        assert "required Python library (requests)" in caught.value.answer
        assert caught.value.tried == "Prepare the connection"

    def test_a_transport_says_what_it_is(self, server, new_transport):
        assert repr(new_transport(read_only=True)) == f"Transport({server.url}, read_only=True)"
