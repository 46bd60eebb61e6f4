# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is tried with a token, and to get one, before a refusal is final; and what is never tried."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs

import pytest

from ansible_collections.nxai.cloud.plugins.module_utils._api.compute import ComputeApi
from ansible_collections.nxai.cloud.plugins.module_utils._api.contract.operations import (
    CREATE_CATALOGUE,
    LIST_MODELS,
    PUT_PIPELINES,
    RENAME_CATALOGUE,
    REVOKE_TOKEN,
)
from ansible_collections.nxai.cloud.plugins.module_utils._core.errors import (
    AnswerLost,
    Refused,
    SignInFailed,
    Unexpected,
)

UUID = {"uuid": "0b0e7f4c-1111-4222-8333-444455556666"}
GRANT = {"access_token": "nxcdb-token-2", "refresh_token": "nxcdb-refresh-2", "expires_in": 3600}
WAYS: dict[str, dict[str, str]] = {
    "password": {"username": "me@example.com", "password": "pass-word"},
    "refresh_token": {"refresh_token": "refresh-0"},
}


def headers(server: Any, path: str = "") -> list[str | None]:
    return [each.headers["Authorization"] for each in server.requests if path in each.path]


class TestForms:
    """Of the request for a token: JSON, and a form only where JSON was refused unread."""

    @pytest.fixture
    def signing(self, server: Any, new_transport: Any) -> Callable[[str], Any]:
        return lambda way: new_transport(token=None, cloud_url=server.url, **WAYS[way])

    @pytest.mark.parametrize("way", WAYS)
    def test_a_form_after_a_415(self, server: Any, signing: Any, reply: Any, way: str) -> None:
        server.answer(reply(415, {"Message": "Unsupported Media Type"}), reply(data=GRANT), reply(data=[]))
        transport = signing(way)
        transport.send(LIST_MODELS)
        first, second = server.requests[:2]
        assert first.headers["Content-Type"] == "application/json"
        assert second.headers["Content-Type"] == "application/x-www-form-urlencoded"
        assert {key: values[0] for key, values in parse_qs(second.body.decode()).items()} == first.json
        assert transport.findings.found == {"auth.token_request": "form"}

    def test_the_form_is_kept(self, server: Any, signing: Any, reply: Any, clock: Any) -> None:
        server.answer(reply(415), reply(data=GRANT), reply(data=[]), reply(data=GRANT), reply(data=[]))
        transport = signing("password")
        transport.send(LIST_MODELS)
        clock.now += 3600
        transport.send(LIST_MODELS)
        assert server.requests[3].headers["Content-Type"] == "application/x-www-form-urlencoded"

    @pytest.mark.parametrize("way", WAYS)
    @pytest.mark.parametrize(
        ("status", "body"),
        [
            (400, {"Message": "cannot read the request"}),
            (400, "<html>Bad Request</html>"),
            (400, {"resultCode": "badRequest", "errorText": "grant_type is missing"}),
            (400, {"error": "invalid_request"}),
        ],
    )
    def test_none_after_a_400_but_the_line(
        self, server: Any, signing: Any, reply: Any, way: str, status: int, body: Any
    ) -> None:
        server.answer(reply(status, body))
        with pytest.raises(SignInFailed) as caught:
            signing(way).send(LIST_MODELS)
        assert len(server.requests) == 1
        assert "auth.token_request (client)" in caught.value.advice

    @pytest.mark.parametrize("way", WAYS)
    @pytest.mark.parametrize(
        ("status", "body"),
        [
            (400, {"error": "invalid_grant"}),
            (401, {"resultCode": "notAuthorized"}),
            (403, {"resultCode": "accountBlocked"}),
            (401, {"Message": "Unsupported Media Type"}),
        ],
    )
    def test_nothing_after_a_refusal_of_who_asks(
        self, server: Any, signing: Any, reply: Any, way: str, status: int, body: Any
    ) -> None:
        server.answer(reply(status, body))
        with pytest.raises(SignInFailed) as caught:
            signing(way).send(LIST_MODELS)
        assert len(server.requests) == 1
        assert "token_request" not in caught.value.advice

    @pytest.mark.parametrize("status", [404, 405])
    def test_the_line_of_a_path_that_is_not_there(
        self, server: Any, new_transport: Any, reply: Any, status: int
    ) -> None:
        server.answer(reply(status, {"Message": "no route"}))
        transport = new_transport(token=None, cloud_url=server.url, **WAYS["password"], **WAYS["refresh_token"])
        with pytest.raises(SignInFailed, match=f"HTTP {status}") as caught:
            transport.send(LIST_MODELS)
        assert len(server.requests) == 1
        assert "check cloud_url. This relied on operations.issue_token.path (documented)" in caught.value.advice

    @pytest.mark.parametrize(
        "answer",
        [
            {"accessToken": "abc", "refreshToken": "r-2", "expiresIn": 100},
            {"data": {"access_token": "abc", "refresh_token": "r-2", "expires_in": 100}},
            {"token": "abc", "refresh_token": "r-2", "expires_in": 100, "user": {"name": "me"}},
            {"Access_Token": "abc", "Refresh_Token": "r-2", "Expires_In": 100, "data": {"access_token": "other"}},
        ],
        ids=repr,
    )
    def test_a_token_is_found_by_other_names(self, server: Any, signing: Any, reply: Any, answer: Any) -> None:
        """The refresh token has been spent for it."""
        server.answer(reply(data=answer))
        token = signing("refresh_token").credentials.issue(None, lambda _token: False)
        assert (token.access, token.refresh) == ("abc", "r-2")
        assert token.expires == pytest.approx(1_800_000_100, abs=1)

    @pytest.mark.parametrize("status", [406, 415, 422])
    def test_the_line_of_a_form_that_is_refused(self, server: Any, new_transport: Any, reply: Any, status: int) -> None:
        contract = {"auth": {"token_request": "form"}}
        transport = new_transport(token=None, cloud_url=server.url, contract=contract, **WAYS["password"])
        server.answer(reply(status, {"Message": "no"}))
        with pytest.raises(Refused) as caught:
            transport.send(LIST_MODELS)
        assert len(server.requests) == 1
        assert "auth.token_request (your contract)" in caught.value.advice

    def test_a_form_that_is_refused_is_final_and_not_kept(self, server: Any, new_transport: Any, reply: Any) -> None:
        transport = new_transport(token=None, cloud_url=server.url, **WAYS["password"], **WAYS["refresh_token"])
        dead, no_json = reply(401, {"resultCode": "notAuthorized"}), reply(415)
        server.answer(no_json, dead, no_json, reply(data=GRANT), reply(data=[]))
        transport.send(LIST_MODELS)
        grants = [parse_qs(each.body.decode()) for each in server.requests[1:4:2]]
        assert [each["grant_type"] for each in grants] == [["refresh_token"], ["password"]]
        assert transport.findings.found == {"auth.token_request": "form"}


class TestWithoutThePrefix:
    def test_a_read_tries_it_after_a_401_and_it_is_kept(self, server: Any, new_transport: Any, reply: Any) -> None:
        def answer(request: Any) -> Any:
            return reply(data=[]) if request.headers["Authorization"] == "Bearer a.b.c" else reply(401)

        server.handle = answer
        transport = new_transport(token="nxcdb-a.b.c")
        transport.send(LIST_MODELS)
        transport.send(PUT_PIPELINES, path={"site_id": "x"}, json={})
        assert headers(server) == ["Bearer nxcdb-a.b.c", "Bearer a.b.c", "Bearer a.b.c"]
        assert transport.findings.found == {"auth.scheme": "bearer_jwt"}

    @pytest.mark.parametrize("second", [401, 403, 404, 500])
    def test_it_is_tried_once_and_then_the_first_answer_counts(
        self, server: Any, new_transport: Any, reply: Any, second: int
    ) -> None:
        transport = new_transport(token="nxcdb-a.b.c")
        server.answer(reply(401, {"Message": "first"}), reply(second), reply(401))
        for words in ("HTTP 401 Unauthorized: first", "HTTP 401"):
            with pytest.raises(Refused, match=words) as caught:
                transport.send(LIST_MODELS)
        assert "auth.scheme" in caught.value.advice
        assert headers(server) == ["Bearer nxcdb-a.b.c", "Bearer a.b.c", "Bearer nxcdb-a.b.c"]
        assert transport.findings.found == {}

    def test_not_before_a_new_token(self, server: Any, new_transport: Any, reply: Any) -> None:
        server.answer(reply(401), reply(data=GRANT), reply(401), reply(data=[]))
        transport = new_transport(token="nxcdb-a", cloud_url=server.url, refresh_token="r")
        transport.send(LIST_MODELS)
        assert headers(server) == ["Bearer nxcdb-a", None, "Bearer nxcdb-token-2", "Bearer token-2"]

    @pytest.mark.parametrize("operation", [CREATE_CATALOGUE, RENAME_CATALOGUE], ids=lambda each: each.name)
    def test_not_by_what_writes(self, server: Any, new_transport: Any, reply: Any, operation: Any) -> None:
        server.answer(reply(401))
        with pytest.raises(Refused):
            new_transport(token="nxcdb-a").send(operation, path=UUID, json={})
        assert len(server.requests) == 1

    @pytest.mark.parametrize("options", [{"token": "a.b.c"}, {"auth_scheme": "raw"}, {"auth_scheme": "bearer_jwt"}])
    def test_not_with_another_token_or_scheme(
        self, server: Any, new_transport: Any, reply: Any, options: dict[str, str]
    ) -> None:
        server.answer(reply(401))
        with pytest.raises(Refused):
            new_transport(**{"token": "nxcdb-a", **options}).send(LIST_MODELS)
        assert len(server.requests) == 1

    def test_not_once_the_token_has_worked_as_it_is(self, server: Any, new_transport: Any, reply: Any) -> None:
        transport = new_transport(token="nxcdb-a")
        server.answer(reply(data=[]), reply(401))
        transport.send(LIST_MODELS)
        with pytest.raises(Refused):
            transport.send(LIST_MODELS)
        assert len(server.requests) == 2

    def test_not_with_a_token_that_is_not_that_of_the_task(self, server: Any, new_transport: Any, reply: Any) -> None:
        server.answer(reply(401))
        with pytest.raises(Refused):
            new_transport(cloud_url=server.url).send(REVOKE_TOKEN, path={"token": "x"}, token="nxcdb-x")
        assert len(server.requests) == 1


def jwt(expires: float) -> str:
    claims = base64.urlsafe_b64encode(json.dumps({"exp": expires}).encode()).decode().rstrip("=")
    return f"eyJhbGciOiJIUzI1NiJ9.{claims}.c2lnbmF0dXJl"


class TestExpiry:
    """A token whose known end passes while a request is on its way may be refused by a 403 or a 500."""

    @pytest.fixture
    def slow(self, server: Any, new_transport: Any, clock: Any, reply: Any) -> Callable[[int], Any]:
        """A transport whose token ends during its first request, which is then answered by this status."""

        def make(status: int, life: float = 50.0) -> Any:
            def answer(request: Any) -> Any:
                if request.path.endswith("/token"):
                    return reply(data=GRANT)
                if "token-2" in request.headers["Authorization"]:
                    return reply(
                        data=[] if request.method == "GET" else {"UUID": "11111111-1111-4111-8111-111111111111"}
                    )
                clock.now += 100
                return reply(status, {"Message": "no"})

            server.handle = answer
            return new_transport(token=jwt(clock.now + life), cloud_url=server.url, refresh_token="r")

        return make

    @pytest.mark.parametrize("status", [403, 500])
    @pytest.mark.parametrize("operation", [LIST_MODELS, RENAME_CATALOGUE], ids=lambda each: each.name)
    def test_what_may_be_repeated_is_sent_with_a_new_one(
        self, server: Any, slow: Any, status: int, operation: Any
    ) -> None:
        slow(status).send(operation, path=UUID, json=None if operation is LIST_MODELS else {})
        assert headers(server)[1:] == [None, "Bearer nxcdb-token-2"]

    @pytest.mark.parametrize("status", [403, 500])
    def test_what_creates_is_looked_up_first(self, server: Any, slow: Any, status: int) -> None:
        with pytest.raises(AnswerLost, match=f"HTTP {status}"):
            slow(status).send(CREATE_CATALOGUE, json={"Name": "a"})
        assert server.paths() == ["POST /cpt/catalogues", "POST /cdb/oauth2/token"]

    @pytest.mark.parametrize("status", [403, 500])
    def test_and_then_created(self, server: Any, slow: Any, status: int) -> None:
        api = ComputeApi(slow(status))
        api._known_catalogues = set()
        assert api.create_catalogue("a") == "11111111-1111-4111-8111-111111111111"
        paths = server.paths()
        assert paths[:2] == ["POST /cpt/catalogues", "POST /cdb/oauth2/token"]
        assert paths[-1] == "POST /cpt/catalogues" and set(paths[2:-1]) == {"GET /cpt/catalogues"}

    @pytest.mark.parametrize("status", [403, 500])
    def test_a_token_that_is_good_for_longer_is_not_renewed(self, server: Any, slow: Any, status: int) -> None:
        with pytest.raises(Refused, match=f"HTTP {status}"):
            slow(status, life=500.0).send(LIST_MODELS)
        assert {each.path for each in server.requests} == {"/cpt/functions"}

    @pytest.mark.parametrize("status", [403, 500])
    def test_one_of_which_the_service_says_that_it_is_not_good_is_renewed(
        self, server: Any, new_transport: Any, reply: Any, status: int
    ) -> None:
        server.answer(reply(status, {"AuthorizationInvalid": True}), reply(data=GRANT), reply(data=[]))
        transport = new_transport(cloud_url=server.url, refresh_token="r", retries=0)
        assert transport.send(LIST_MODELS).data == []
        assert headers(server)[1:] == [None, "Bearer nxcdb-token-2"]

    @pytest.mark.parametrize("status", [400, 404, 409, 422])
    def test_nor_after_another_refusal(self, server: Any, slow: Any, status: int) -> None:
        with pytest.raises(Refused, match=f"HTTP {status}"):
            slow(status).send(LIST_MODELS)
        assert len(server.requests) == 1

    def test_a_second_refusal_is_final(self, server: Any, new_transport: Any, clock: Any, reply: Any) -> None:
        def answer(request: Any) -> Any:
            clock.now += 5000
            return reply(data=GRANT) if request.path.endswith("/token") else reply(403)

        server.handle = answer
        transport = new_transport(token=jwt(clock.now + 50), cloud_url=server.url, refresh_token="r")
        with pytest.raises(Refused, match="HTTP 403"):
            transport.send(LIST_MODELS)
        assert server.paths() == ["GET /cpt/functions", "POST /cdb/oauth2/token", "GET /cpt/functions"]


class TestBodies:
    @pytest.mark.parametrize(
        ("body", "content_type"),
        [
            (b"\xef\xbb\xbf[1]", "application/json"),
            (b"[1]\n", "application/json"),
            (b"[1]", "application/json;charset=UTF-8"),
            (b"[1]", 'application/json; charset="utf-8"'),
            (b"[1]", "text/plain; charset=utf-8"),
            (b"[1]", "application/octet-stream"),
            (b"[1]", ""),
        ],
    )
    def test_json_is_read_whatever_it_is_called(
        self, server: Any, transport: Any, reply: Any, body: bytes, content_type: str
    ) -> None:
        server.answer(reply(body=body, headers={"Content-Type": content_type}))
        assert transport.send(LIST_MODELS).data == [1]

    def test_so_are_errors(self, server: Any, transport: Any, reply: Any) -> None:
        body = b'\xef\xbb\xbf{"Message": "no such thing"}\n'
        server.answer(reply(422, body=body, headers={"Content-Type": "text/plain"}))
        with pytest.raises(Refused, match=r"HTTP 422 Unprocessable (Entity|Content): no such thing"):
            transport.send(LIST_MODELS)

    @pytest.mark.parametrize("status", [200, 201, 202, 204])
    @pytest.mark.parametrize("operation", [PUT_PIPELINES, RENAME_CATALOGUE], ids=lambda each: each.name)
    def test_a_write_may_be_answered_by_any_success(
        self, server: Any, transport: Any, reply: Any, status: int, operation: Any
    ) -> None:
        server.answer(reply(status, body=b"" if status == 204 else b"Accepted"))
        assert transport.send(operation, path={**UUID, "site_id": "x"}, json={}).status == status

    def test_a_model_may_be_created_with_201(self, server: Any, transport: Any, reply: Any) -> None:
        server.answer(reply(data=[]), reply(201, {"UUID": UUID["uuid"]}))
        assert ComputeApi(transport).create_catalogue("a") == UUID["uuid"]


class TestMoved:
    def test_a_read_follows_a_permanent_redirect_on_the_host(self, server: Any, transport: Any, reply: Any) -> None:
        server.answer(reply(301, headers={"Location": "/cpt/functions/"}), reply(data=[]))
        assert transport.send(LIST_MODELS).data == []
        assert server.paths() == ["GET /cpt/functions", "GET /cpt/functions/"]

    @pytest.mark.parametrize(("status", "operation"), [(301, RENAME_CATALOGUE), (302, LIST_MODELS), (303, LIST_MODELS)])
    def test_nothing_else_does(self, server: Any, transport: Any, reply: Any, status: int, operation: Any) -> None:
        server.answer(reply(status, headers={"Location": "/elsewhere"}))
        with pytest.raises((Refused, Unexpected)):
            transport.send(operation, path=UUID, json={} if operation is RENAME_CATALOGUE else None)
        assert len(server.requests) == 1
