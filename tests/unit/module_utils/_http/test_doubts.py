# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A token that was good until now and is refused: its session may have been cut short, or it may not do this."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from ansible_collections.nxai.cloud.plugins.module_utils._api.contract.operations import (
    CREATE_CATALOGUE,
    LIST_CATALOGUES,
    LIST_MODELS,
    RENAME_CATALOGUE,
)
from ansible_collections.nxai.cloud.plugins.module_utils._core.errors import NxaiError, Refused, SignInFailed

UUID = {"uuid": "0b0e7f4c-1111-4222-8333-444455556666"}
PASSWORD = {"username": "me@example.com", "password": "pass-word"}


class Service:
    """Each token is good for ``uses`` requests, and for none that writes where ``read_only``."""

    def __init__(self, reply: Any, uses: int = 10**9, status: int = 403, read_only: bool = False) -> None:
        self.reply, self.uses, self.status, self.read_only = reply, uses, status, read_only
        self.issued = 0
        self.used: dict[str, int] = {}
        self.signs_in = True
        self.refusal = lambda: self.reply(self.status, {"Message": "no"})

    def __call__(self, request: Any) -> Any:
        if request.path.endswith("/token"):
            if not self.signs_in and self.issued:
                return self.reply(401, {"resultCode": "notAuthorized"})
            self.issued += 1
            return self.reply(data={"access_token": f"token-{self.issued}", "expires_in": 3600})
        token = request.headers["Authorization"]
        self.used[token] = self.used.get(token, 0) + 1
        over = self.used[token] > self.uses or (self.read_only and request.method != "GET")
        return self.refusal() if over else self.reply(data=[])


@pytest.fixture
def signed_in(server: Any, new_transport: Any) -> Callable[..., Any]:
    def make(service: Service, **options: Any) -> Any:
        server.handle = service
        return new_transport(**{"token": None, "cloud_url": server.url, **PASSWORD, **options})

    return make


@pytest.mark.parametrize("status", [403, 500])
def test_a_session_that_is_cut_short_is_begun_again_each_time(reply: Any, signed_in: Any, status: int) -> None:
    service = Service(reply, uses=2, status=status)
    transport = signed_in(service, retries=0)
    for _turn in range(7):
        assert transport.send(LIST_MODELS).data == []
    assert service.issued == 4


OVER = {
    "419": (419, {"Message": "Session expired"}, {}),
    "440": (440, {}, {}),
    "redirect": (302, None, {"Location": "/login"}),
    "page": (200, b"<html><title>Sign in</title></html>", {"Content-Type": "text/html"}),
    "words": (200, {"Message": "Token expired", "AuthorizationInvalid": True}, {}),
}


@pytest.mark.parametrize("how", OVER)
def test_what_else_a_token_that_is_over_may_look_like(reply: Any, signed_in: Any, how: str) -> None:
    service = Service(reply, uses=2)
    status, body, headers = OVER[how]
    raw = {"body": body} if isinstance(body, bytes) else {"data": body}
    service.refusal = lambda: reply(status, headers=headers, **raw)
    transport = signed_in(service, retries=0)
    for _turn in range(7):
        assert transport.send(LIST_MODELS).data == []
    assert service.issued == 4


@pytest.mark.parametrize("how", ["419", "redirect", "page"])
def test_where_another_token_gets_the_same_the_words_name_the_sign_in(reply: Any, signed_in: Any, how: str) -> None:
    service = Service(reply, uses=1)
    status, body, headers = OVER[how]
    raw = {"body": body} if isinstance(body, bytes) else {"data": body}
    service.refusal = lambda: reply(status, headers=headers, **raw)
    transport = signed_in(service, retries=0)
    transport.send(LIST_MODELS)
    service.uses = 0
    for _turn in range(3):
        with pytest.raises(NxaiError, match=r"token.*auth_scheme"):
            transport.send(LIST_MODELS)
    assert service.issued == 2


def test_a_token_that_never_worked_is_taken_at_its_word(reply: Any, signed_in: Any) -> None:
    service = Service(reply, uses=0)
    with pytest.raises(Refused, match="HTTP 403"):
        signed_in(service).send(LIST_MODELS)
    assert service.issued == 1


def test_rights_that_are_missing_cost_one_token_in_a_task(reply: Any, signed_in: Any) -> None:
    service = Service(reply, read_only=True)
    transport = signed_in(service)
    for _turn in range(5):
        transport.send(LIST_MODELS)
        with pytest.raises(Refused, match="HTTP 403"):
            transport.send(RENAME_CATALOGUE, path=UUID, json={})
    assert service.issued == 2


def test_a_failed_sign_in_leaves_the_refusal(reply: Any, signed_in: Any) -> None:
    service = Service(reply, uses=1)
    service.signs_in = False
    transport = signed_in(service)
    transport.send(LIST_MODELS)
    with pytest.raises(Refused, match="HTTP 403"):
        transport.send(LIST_CATALOGUES)


@pytest.mark.parametrize("options", [{"mfa_code": "123456"}, {"token": "given", "refresh_token": "r"}])
def test_nothing_that_works_once_is_spent_on_suspicion(reply: Any, signed_in: Any, options: Any) -> None:
    service = Service(reply, uses=1)
    transport = signed_in(service, **options)
    transport.send(LIST_MODELS)
    issued = service.issued
    with pytest.raises(Refused, match="HTTP 403"):
        transport.send(LIST_MODELS)
    assert service.issued == issued


def test_a_creation_that_failed_is_not_sent_again_on_suspicion(server: Any, reply: Any, signed_in: Any) -> None:
    service = Service(reply, read_only=True, status=500)
    transport = signed_in(service)
    transport.send(LIST_MODELS)
    with pytest.raises(Refused, match="HTTP 500"):
        transport.send(CREATE_CATALOGUE, json={})
    assert service.issued == 1
    assert server.paths().count("POST /cpt/catalogues") == 1


def test_a_refusal_for_want_of_whom_one_acts_for_says_what_to_set(server: Any, transport: Any, reply: Any) -> None:
    server.answer(reply(403, {"Message": "X-Act-As-Kind and X-Act-As-ID are required"}))
    with pytest.raises(Refused, match=r"set act_as \(auth.act_as of the contract\)"):
        transport.send(LIST_MODELS)


@pytest.mark.parametrize(
    ("words", "asks"),
    [("scope is missing", True), ("missing parameter: scope", True), ("no scope", True), ("invalid scope", False),
     ("grant_type is missing", False), ("telescope is missing", False)],
)  # fmt: skip
def test_a_scope_that_is_asked_for_is_named(server: Any, signed_in: Any, reply: Any, words: str, asks: bool) -> None:
    transport = signed_in(Service(reply))
    server.handle = lambda _request: reply(400, {"resultCode": "badRequest", "errorText": words})
    with pytest.raises(SignInFailed) as caught:
        transport.send(LIST_MODELS)
    assert ("auth.scope (inferred)" in caught.value.advice) == asks
    assert len(server.requests) == 1


def test_a_web_page_with_403_speaks_of_what_is_in_between(server: Any, transport: Any, reply: Any) -> None:
    server.answer(reply(403, body=b"<html>blocked</html>", headers={"Content-Type": "text/html"}))
    with pytest.raises(Refused, match="firewall or proxy on the way"):
        transport.send(LIST_MODELS)
