# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One request and its answer: what is sent, what comes back as data, what as which error."""

from __future__ import annotations

import gzip
from operator import attrgetter

import pytest

from ansible_collections.nxai.cloud.plugins.module_utils._api.contract.operations import (
    CREATE_CATALOGUE,
    LIST_MODELS,
    LIST_SERVERS,
    LIST_SITES,
    OPERATIONS,
    PUT_PIPELINES,
)
from ansible_collections.nxai.cloud.plugins.module_utils._core.errors import (
    BadInput,
    Refused,
    SignInFailed,
    Unexpected,
    Unreachable,
)
from ansible_collections.nxai.cloud.plugins.module_utils._http import transport as exchange

SITE = {"site_id": "0b0e7f4c-1111-4222-8333-444455556666"}
ORG = "0b0e7f4c-9999-4222-8333-444455556666"
NAME = attrgetter("name")
GRANT = {"access_token": "tok-secret-2", "refresh_token": "refresh-secret-2", "expires_in": 3600}


def test_the_table_names_each_operation_and_only_posts_of_things_are_not_repeatable():
    assert {name for name, operation in OPERATIONS.items() if name != operation.name} == set()
    not_repeatable = {name for name, operation in OPERATIONS.items() if not operation.repeatable}
    assert not_repeatable == {"create_model", "create_catalogue"}


def test_a_get_carries_token_query_and_nothing_else(server, new_transport, reply):
    server.answer(reply(data=[1], headers={"X-Pagination-Records": "1"}))
    answer = new_transport().send(LIST_MODELS, query={"Limit": "5"})
    assert (answer.status, answer.data, answer.headers["x-pagination-records"]) == (200, [1], "1")
    [request] = server.requests
    assert (request.method, request.path, request.query) == ("GET", "/cpt/functions", {"Limit": "5"})
    assert request.headers["Authorization"] == "Bearer tok-secret-1"
    assert request.headers["Accept"] == "application/json"
    for name in ("X-Act-As-Kind", "X-Act-As-ID", "Content-Type", "Cookie"):
        assert name not in request.headers


def test_act_as_and_the_raw_scheme(server, new_transport, reply):
    server.answer(reply(data=[]))
    transport = new_transport(auth_scheme="raw", act_as={"kind": "organization", "id": ORG})
    transport.send(LIST_SITES)
    headers = server.requests[0].headers
    assert headers["Authorization"] == "tok-secret-1"
    assert (headers["X-Act-As-Kind"], headers["X-Act-As-ID"]) == ("organization", ORG)


def test_json_is_sent_as_json(server, transport, reply):
    server.answer(reply())
    transport.send(PUT_PIPELINES, path=SITE, json={"Devices": ["{ä}"]})
    [request] = server.requests
    assert request.json == {"Devices": ["{ä}"]}
    assert request.headers["Content-Type"] == "application/json"
    assert request.path == f"/dev/system/{SITE['site_id']}/devices/pipelines"


@pytest.mark.parametrize("value", [float("nan"), object(), {1, 2}])
def test_what_is_not_json_is_refused_before_it_is_sent(server, transport, value):
    with pytest.raises(BadInput, match="JSON"):
        transport.send(CREATE_CATALOGUE, json={"Name": value})
    assert server.requests == []


def test_a_path_value_stays_in_its_place(server, transport, reply):
    server.answer(reply(data=[]))
    transport.send(LIST_SERVERS, path={"site_id": "../../cpt?x=1#y/{a}"})
    assert server.requests[0].path == "/dev/system/..%2F..%2Fcpt%3Fx%3D1%23y%2F%7Ba%7D/servers"


@pytest.mark.parametrize("value", ["", ".", ".."])
def test_a_path_value_that_would_climb_is_refused(server, transport, value):
    with pytest.raises(BadInput, match="site_id"):
        transport.send(LIST_SERVERS, path={"site_id": value})
    assert server.requests == []


def test_read_only_stops_each_write_before_a_byte_is_sent(server, new_transport, reply):
    transport = new_transport(read_only=True)
    for name, operation in OPERATIONS.items():
        if operation.method != "GET" and operation.api != "cloud":
            with pytest.raises(AssertionError, match=name):
                transport.send(operation, path={"uuid": ORG, "group": ORG, **SITE}, json={})
    assert server.requests == []
    server.answer(reply(data=[]))
    assert transport.send(LIST_MODELS).data == []


def test_netrc_does_not_replace_the_token(server, transport, reply, tmp_path, monkeypatch):
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login someone password else\n")
    monkeypatch.setenv("NETRC", str(netrc))
    server.answer(reply(data=[]))
    transport.send(LIST_MODELS)
    assert server.requests[0].headers["Authorization"] == "Bearer tok-secret-1"


def test_cookies_are_not_kept(server, transport, reply):
    server.answer(reply(data=[], headers={"Set-Cookie": "a=b"}), reply(data=[]))
    transport.send(LIST_MODELS)
    transport.send(LIST_MODELS)
    assert "Cookie" not in server.requests[1].headers


def test_a_compressed_answer_is_read(server, transport, reply):
    server.answer(reply(body=gzip.compress(b"[1]"), headers={"Content-Encoding": "gzip"}))
    assert transport.send(LIST_MODELS).data == [1]


@pytest.mark.parametrize("body", [b"", b"  \n"])
def test_an_empty_good_answer_is_none(server, transport, reply, body):
    server.answer(reply(body=body))
    assert transport.send(PUT_PIPELINES, path=SITE, json={}).data is None


def test_a_body_that_nobody_reads_need_not_be_json(server, transport, reply):
    server.answer(reply(body=b"Done", headers={"Content-Type": "text/plain"}))
    assert transport.send(PUT_PIPELINES, path=SITE, json={}).data is None


@pytest.mark.parametrize("operation", [LIST_MODELS, PUT_PIPELINES], ids=NAME)
@pytest.mark.parametrize(
    ("body", "content_type"),
    [(b"<!doctype html><title>Sign in</title>", "text/html; charset=utf-8"), (b"\n <html>", "application/json")],
)
def test_a_web_page_is_never_an_answer(server, transport, reply, operation, body, content_type):
    server.answer(reply(body=body, headers={"Content-Type": content_type}))
    with pytest.raises(Unexpected, match="a web page instead of JSON") as caught:
        transport.send(operation, path=SITE)
    assert "api_url" in caught.value.advice


@pytest.mark.parametrize("body", [b'[{"UUID": "a"', b"nonsense", b"\xff\xfe\xfa", b"[1" + b"0" * 5000 + b"]"])
def test_json_cut_short_or_broken_is_an_error(server, transport, reply, body):
    server.answer(reply(body=body))
    with pytest.raises(Unexpected, match="not JSON, or JSON cut short"):
        transport.send(LIST_MODELS)


@pytest.mark.parametrize(
    ("body", "limit"),
    [
        (b"[" * 100_000, "nested more than 100 deep"),
        (b"[" * 101 + b"]" * 101, "nested more than 100 deep"),
        (b"[" + b"{}," * 2_000_000 + b"{}]", "more than 2,000,000 values"),
    ],
)
def test_json_past_a_limit_is_an_error_that_names_it(server, transport, reply, body, limit):
    server.answer(reply(body=body))
    with pytest.raises(Unexpected, match=limit):
        transport.send(LIST_MODELS)


@pytest.mark.parametrize(
    ("status", "advice"),
    [
        (400, "did not understand"),
        (403, "auth_scheme"),
        (404, "may not write"),
        (409, "changed at the same time"),
        (413, "larger"),
        (418, "did not understand"),
        (422, "Correct what its message names"),
        (500, "wrong token"),
        (501, "later"),
        (302, "name the services themselves"),
        (304, "name the services themselves"),
    ],
)
def test_an_error_status_says_what_was_tried_what_came_and_what_to_do(server, transport, reply, status, advice):
    server.answer(*[reply(status, {"Message": "No devices are applicable", "Field": {"Name": "is taken"}})] * 3)
    with pytest.raises(Refused) as caught:
        transport.send(LIST_SERVERS, path=SITE)
    error = caught.value
    assert error.tried == f"GET {server.url}/dev/system/{SITE['site_id']}/servers"
    assert error.answer.startswith(f"HTTP {status}")
    if status != 304:  # has no body
        assert "No devices are applicable (Name: is taken)" in error.answer
    assert advice in error.advice
    assert error.status == status
    assert len(server.requests) == (3 if status == 500 else 1)


@pytest.mark.parametrize(
    "body", [b"", b"<html>Bad gateway</html>", b"[1, 2]", b'"text"', b'{"Message": 5, "Field": []}', b"\xff\x00"]
)
def test_an_error_body_of_any_shape_is_no_traceback(server, transport, reply, body):
    server.answer(reply(403, body=body))
    with pytest.raises(Refused, match="HTTP 403"):
        transport.send(LIST_MODELS)


def test_an_error_is_one_short_line_without_control_characters(server, transport, reply):
    server.answer(reply(403, {"Message": "a\x1b[31m\r\nb" + "x" * 10_000}))
    with pytest.raises(Refused) as caught:
        transport.send(LIST_MODELS)
    assert "a [31m b" in caught.value.answer
    assert caught.value.answer.isprintable()
    assert len(caught.value.answer) < 400


def test_a_secret_that_the_server_echoes_is_not_shown(server, transport, reply):
    long = "x" * 250 + " tok-secret-1"
    for status, body in ((403, '{"Message": "Bearer tok-secret-1 is bad"}'), (200, "<p>tok-secret-1"), (403, long)):
        server.answer(reply(status, body=body.encode()))
        with pytest.raises((Refused, Unexpected)) as caught:
            transport.send(LIST_MODELS)
        assert "tok-s" not in str(caught.value)
        assert "tok-s" not in repr(caught.value)
        assert caught.value.__cause__ is None


def test_no_repr_holds_a_secret(transport):
    assert "tok-secret" not in f"{transport!r} {transport.settings!r} {transport.credentials!r}"


class TestRenewal:
    """A 401 renews the token once and repeats once, whatever the method."""

    @pytest.fixture
    def renewable(self, server, new_transport):
        return new_transport(cloud_url=server.url, refresh_token="refresh-secret-1")

    @pytest.mark.parametrize("operation", [LIST_MODELS, CREATE_CATALOGUE], ids=NAME)
    def test_a_401_is_repeated_with_a_new_token(self, server, renewable, reply, operation):
        server.answer(reply(401), reply(data=GRANT), reply(data={"UUID": "x"}))
        assert renewable.send(operation).data == {"UUID": "x"}
        assert [request.path for request in server.requests][1] == "/cdb/oauth2/token"
        assert [request.headers["Authorization"] for request in server.requests] == [
            "Bearer tok-secret-1",
            None,
            "Bearer tok-secret-2",
        ]
        assert renewable.requests_sent == 3

    def test_the_grant_carries_no_act_as(self, server, new_transport, reply):
        server.answer(reply(data=GRANT), reply(data=[]))
        act_as = {"kind": "user", "id": ORG}
        transport = new_transport(token=None, cloud_url=server.url, refresh_token="r-secret", act_as=act_as)
        transport.send(LIST_MODELS)
        assert "X-Act-As-ID" not in server.requests[0].headers
        assert server.requests[0].json["refresh_token"] == "r-secret"

    def test_a_second_401_is_final(self, server, renewable, reply):
        server.answer(reply(401), reply(data=GRANT), reply(401, {"Message": "no"}))
        with pytest.raises(Refused, match="HTTP 401") as caught:
            renewable.send(LIST_MODELS)
        assert "expired" in caught.value.advice
        assert len(server.requests) == 3

    def test_a_401_without_a_way_to_renew_is_final(self, server, transport, reply):
        server.answer(reply(401, {"AuthorizationInvalid": True}))
        with pytest.raises(Refused, match="HTTP 401"):
            transport.send(LIST_MODELS)
        assert len(server.requests) == 1

    def test_an_expired_refresh_token_is_a_failed_sign_in(self, server, renewable, reply):
        said = {"resultCode": "notAuthorized", "errorText": "refresh-secret-1 has expired"}
        server.answer(reply(401), reply(401, said))
        with pytest.raises(SignInFailed, match=r"notAuthorized \*\*\* has expired"):
            renewable.send(LIST_MODELS)

    def test_two_factor_sign_in_by_status_and_in_a_good_answer(self, server, new_transport, reply):
        transport = new_transport(token=None, cloud_url=server.url, username="me", password="pass-secret")
        for said in (
            reply(403, {"resultCode": "secondFactorRequired"}),
            reply(200, {**GRANT, "error": "second_factor_required"}),
        ):
            server.answer(said)
            with pytest.raises(SignInFailed) as caught:
                transport.send(LIST_MODELS)
            assert "mfa_code" in caught.value.advice

    def test_a_web_page_from_the_identity_provider_is_said_as_such(self, server, new_transport, reply):
        server.answer(reply(body=b"<html>", headers={"Content-Type": "text/html"}))
        with pytest.raises(Unexpected, match="web page"):
            new_transport(token=None, cloud_url=server.url, refresh_token="r").send(LIST_MODELS)


class TestRedirects:
    """Only 307 and 308, only within scheme, host and port, never more than three."""

    @pytest.mark.parametrize("status", [307, 308])
    def test_a_redirect_on_the_same_host_repeats_method_body_and_token(self, server, transport, reply, status):
        server.answer(reply(status, headers={"Location": "/eu/cpt/catalogues"}), reply(data={"UUID": "x"}))
        transport.send(CREATE_CATALOGUE, json={"Name": "n"})
        again = server.requests[1]
        assert (again.method, again.path, again.json) == ("POST", "/eu/cpt/catalogues", {"Name": "n"})
        assert again.headers["Authorization"] == "Bearer tok-secret-1"

    def test_another_host_gets_nothing(self, server, new_server, transport, reply):
        other = new_server()
        server.answer(reply(307, headers={"Location": f"{other.url}/cpt/functions"}))
        with pytest.raises(Refused, match=f"redirected to http://127.0.0.1:{other.port}") as caught:
            transport.send(LIST_MODELS)
        assert "api_url" in caught.value.advice
        assert other.requests == []

    @pytest.mark.parametrize(
        "location", ["https://127.0.0.1/x", "//evil.example.com/", "http://[", "javascript:x", "ftp://127.0.0.1"]
    )
    def test_other_schemes_and_nonsense_get_nothing(self, server, transport, reply, location):
        server.answer(reply(307, headers={"Location": location}))
        with pytest.raises(Refused, match="redirected"):
            transport.send(LIST_MODELS)
        assert len(server.requests) == 1

    def test_a_circle_ends(self, server, transport, reply):
        server.answer(*[reply(307, headers={"Location": "/cpt/functions"})] * 9)
        with pytest.raises(Refused, match="more than 3 redirects"):
            transport.send(LIST_MODELS)
        assert len(server.requests) == 4


@pytest.mark.parametrize("host", ["exa mple.com", "*", ".example.com", "x" * 300, "caf\u00e9..com"])
def test_a_host_that_is_none_is_refused(new_transport, host):
    with pytest.raises((BadInput, Unreachable)) as caught:
        new_transport(api_url=f"https://{host}", retries=0).send(LIST_MODELS)
    assert "api_url" in caught.value.advice


def test_a_missing_library_is_said(new_transport, monkeypatch):
    monkeypatch.setattr(exchange, "HAS_REQUESTS", False)
    with pytest.raises(BadInput, match="pip install requests"):
        new_transport()
