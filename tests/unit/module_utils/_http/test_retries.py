# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is repeated, how long is waited in between, and what is said in the end."""

from __future__ import annotations

import email.utils
import threading

import pytest

from ansible_collections.nxai.cloud.plugins.module_utils._api.contract.operations import (
    CREATE_CATALOGUE,
    DELETE_MODEL,
    LIST_MODELS,
    PUT_PIPELINES,
    RENAME_CATALOGUE,
)
from ansible_collections.nxai.cloud.plugins.module_utils._core.errors import (
    AnswerLost,
    Refused,
    Unreachable,
    may_have_worked,
)

SITE = {"site_id": "0b0e7f4c-1111-4222-8333-444455556666"}
UUID = {"uuid": "0b0e7f4c-1111-4222-8333-444455556666"}
REPEATABLE = [(LIST_MODELS, None), (PUT_PIPELINES, SITE), (DELETE_MODEL, UUID), (RENAME_CATALOGUE, UUID)]


@pytest.mark.parametrize(("operation", "path"), REPEATABLE, ids=lambda each: getattr(each, "name", ""))
@pytest.mark.parametrize(
    "trouble",
    [{"status": 429}, {"status": 502}, {"status": 503}, {"status": 504}, {"fate": "reset"}, {"fate": "close"}],
    ids=str,
)
def test_what_may_be_repeated_is_repeated(server, transport, clock, reply, operation, path, trouble):
    server.answer(reply(**trouble), reply(**trouble), reply(data=[]))
    assert transport.send(operation, path=path).status == 200
    assert clock.sleeps == [1.0, 2.0]
    assert len({(request.method, request.path, request.body) for request in server.requests}) == 1


def test_an_answer_cut_off_in_its_middle_is_read_again(server, transport, reply):
    server.answer(reply(data=[1, 2, 3], fate="cut"), reply(data=[1, 2, 3]))
    assert transport.send(LIST_MODELS).data == [1, 2, 3]


@pytest.mark.parametrize("status", [400, 401, 403, 404, 409, 413, 422, 501])
def test_other_errors_are_not_repeated(server, transport, clock, reply, status):
    server.answer(reply(status))
    with pytest.raises(Refused):
        transport.send(LIST_MODELS)
    assert clock.sleeps == []


def test_a_read_that_failed_is_tried_a_little(server, transport, clock, reply):
    """A 500 may be over soon, and may be a wrong token, which is not."""
    server.answer(*[reply(500, {"Message": "deadline exceeded"})] * 9)
    with pytest.raises(Refused, match="HTTP 500"):
        transport.send(LIST_MODELS)
    assert (clock.sleeps, len(server.requests)) == ([1, 2], 3)


def test_retries_and_back_off_have_an_end(server, new_transport, clock, reply):
    server.answer(*[reply(503, {"Message": "later"})] * 9)
    with pytest.raises(Refused, match=r"HTTP 503.*later \(7 tries\)"):
        new_transport(retries=6).send(LIST_MODELS)
    assert clock.sleeps == [1, 2, 4, 8, 16, 30]


def test_no_retries_means_one_request(server, new_transport, clock, reply):
    server.answer(reply(503))
    with pytest.raises(Refused, match="HTTP 503"):
        new_transport(retries=0).send(LIST_MODELS)
    assert clock.sleeps == []


def test_the_budget_is_one_for_all_requests_of_a_task(server, new_transport, clock, reply):
    transport = new_transport(retry_budget=4, retries=9)
    server.answer(reply(503), reply(503), reply(data=[]), *[reply(503)] * 9)
    transport.send(LIST_MODELS)
    with pytest.raises(Refused):
        transport.send(LIST_MODELS)
    assert clock.sleeps == [1, 2, 1]


@pytest.mark.parametrize("seconds", ["0", "7", " 7 "])
def test_retry_after_in_seconds(server, transport, clock, reply, seconds):
    server.answer(reply(429, headers={"Retry-After": seconds}), reply(data=[]))
    transport.send(LIST_MODELS)
    assert clock.sleeps == [float(seconds)]


@pytest.mark.parametrize(("offset", "slept"), [(9, 9.0), (-9, 0.0)])
def test_retry_after_as_a_date(server, transport, clock, reply, offset, slept):
    date = email.utils.formatdate(clock.now + offset, usegmt=True)
    server.answer(reply(503, headers={"Retry-After": date}), reply(data=[]))
    transport.send(LIST_MODELS)
    assert clock.sleeps == [slept]


@pytest.mark.parametrize("nonsense", ["soon", "-5", "1e9", "", "²", "Wed, 99 Foo 2026 00:00:00 GMT"])
def test_retry_after_that_is_neither_falls_back_to_back_off(server, transport, clock, reply, nonsense):
    server.answer(reply(503, headers={"Retry-After": nonsense}), reply(data=[]))
    transport.send(LIST_MODELS)
    assert clock.sleeps == [1.0]


def test_a_wait_beyond_the_budget_is_not_begun(server, transport, clock, reply):
    server.answer(reply(429, headers={"Retry-After": "600"}))
    with pytest.raises(Refused, match=r"Retry-After: 600") as caught:
        transport.send(LIST_MODELS)
    assert "retry_budget" in caught.value.advice
    assert clock.sleeps == []


class TestPost:
    """A POST that creates is repeated only where it certainly was not received."""

    @pytest.mark.parametrize("headers", [{}, {"Retry-After": "3"}])
    def test_429_was_not_accepted(self, server, transport, reply, headers):
        server.answer(reply(429, headers=headers), reply(data={"UUID": "x"}))
        assert transport.send(CREATE_CATALOGUE).status == 200

    def test_503_with_a_time_was_not_accepted(self, server, transport, clock, reply):
        server.answer(reply(503, headers={"Retry-After": "3"}), reply(data={"UUID": "x"}))
        assert transport.send(CREATE_CATALOGUE).status == 200
        assert clock.sleeps == [3.0]

    @pytest.mark.parametrize(
        "trouble", [{"status": 502}, {"status": 503}, {"status": 504}, {"fate": "reset"}, {"fate": "close"}], ids=str
    )
    def test_what_may_have_been_received_is_not_sent_again(self, server, transport, clock, reply, trouble):
        server.answer(reply(**trouble))
        with pytest.raises(AnswerLost) as caught:
            transport.send(CREATE_CATALOGUE)
        assert clock.sleeps == []
        assert len(server.requests) == 1
        assert caught.value.at_work == (15 if trouble.get("status") == 504 else 0)

    def test_a_good_answer_that_breaks_off_is_lost(self, server, transport, reply):
        server.answer(reply(data={"UUID": "x" * 100}, fate="cut"))
        with pytest.raises(AnswerLost):
            transport.send(CREATE_CATALOGUE)

    def test_500_is_an_answer(self, server, transport, reply):
        server.answer(reply(500))
        with pytest.raises(Refused):
            transport.send(CREATE_CATALOGUE)

    def test_a_time_out_says_so(self, server, new_transport, reply):
        server.answer(reply(data={"UUID": "x"}, fate="stall", seconds=0.3))
        with pytest.raises(AnswerLost, match=r"no answer for 0.1 s") as caught:
            new_transport(timeout=0.1).send(CREATE_CATALOGUE)
        assert caught.value.at_work == pytest.approx(14.9)

    def test_a_connection_never_made_is_tried_again(self, new_transport, closed_port, clock):
        transport = new_transport(api_url=f"http://127.0.0.1:{closed_port}", retries=2)
        with pytest.raises(Unreachable, match="no connection") as caught:
            transport.send(CREATE_CATALOGUE)
        assert clock.sleeps == [1, 2]
        assert "api_url" in caught.value.advice
        assert "firewall" in caught.value.advice


def test_a_host_that_does_not_exist_is_said(new_transport):
    with pytest.raises(Unreachable, match="host name is not known") as caught:
        new_transport(api_url="https://nowhere.invalid", retries=0).send(LIST_MODELS)
    assert "DNS" in caught.value.advice


def test_a_proxy_that_is_not_there_is_said(new_transport, closed_port, monkeypatch):
    for name in ("NO_PROXY", "no_proxy", "HTTPS_PROXY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("https_proxy", f"http://me:proxy-secret@127.0.0.1:{closed_port}")
    with pytest.raises(Unreachable, match="proxy") as caught:
        new_transport(api_url="https://nowhere.invalid", retries=0).send(LIST_MODELS)
    assert "NO_PROXY" in caught.value.advice
    assert "proxy-secret" not in str(caught.value)


def test_a_get_that_times_out_is_repeated(server, new_transport, reply):
    server.answer(reply(data=[1], fate="stall", seconds=2.0), reply(data=[2]))
    assert new_transport(timeout=1.0).send(LIST_MODELS).data == [2]


@pytest.mark.parametrize("trouble", [{"fate": "reset"}, {"status": 504}], ids=str)
def test_a_repeated_delete_that_finds_nothing_has_done_its_work(server, transport, reply, trouble):
    server.answer(reply(**trouble), reply(404))
    assert transport.send(DELETE_MODEL, path=UUID).data is None


def test_a_delete_that_was_not_accepted_before_has_not(server, transport, reply):
    server.answer(reply(429), reply(404))
    with pytest.raises(Refused, match="404"):
        transport.send(DELETE_MODEL, path=UUID)


CHANGES = pytest.mark.parametrize(
    ("operation", "path"),
    [each for each in REPEATABLE if each[0].method != "GET"],
    ids=lambda each: getattr(each, "name", ""),
)


@CHANGES
def test_what_may_have_worked_is_not_undone_by_a_repeat_that_is_put_off(server, transport, reply, operation, path):
    server.answer(reply(fate="reset"), *[reply(429, {"Message": "later"})] * 9)
    with pytest.raises(AnswerLost, match=r"HTTP 429.*later \(5 tries\)"):
        transport.send(operation, path=path)


@CHANGES
def test_what_may_have_worked_is_not_undone_by_a_repeat_that_reaches_nobody(
    server, new_transport, clock, reply, monkeypatch, operation, path
):
    server.answer(reply(fate="reset"))
    monkeypatch.setattr(clock, "sleep", lambda _seconds: server.close())
    with pytest.raises(AnswerLost, match=r"no connection .*refused.* \(5 tries\)"):
        new_transport().send(operation, path=path)
    assert len(server.requests) == 1


def test_the_jitter_is_full(server, new_transport, clock, reply):
    transport = new_transport()
    transport._jitter = iter([0.0, 0.25, 1.0]).__next__
    server.answer(reply(503), reply(503), reply(data=[]))
    transport.send(LIST_MODELS)
    assert clock.sleeps == [0.0, 0.5]


def test_threads_share_one_budget(new_transport, clock):
    transport = new_transport(retry_budget=5)
    granted = []
    threads = [threading.Thread(target=lambda: granted.append(transport.wait(1.0))) for _number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(granted) == [False] * 3 + [True] * 5


def test_the_identity_provider_is_asked_again_too(server, new_transport, reply):
    transport = new_transport(token=None, cloud_url=server.url, username="me", password="pw-secret")
    server.answer(reply(503), reply(data={"access_token": "abc"}), reply(data=[]))
    transport.send(LIST_MODELS)
    assert server.paths() == ["POST /cdb/oauth2/token"] * 2 + ["GET /cpt/functions"]


def test_a_refusal_says_whether_an_earlier_try_may_have_had_an_effect(server, transport, reply):
    """Of a write alone: then what was there before has to be kept all the same."""
    for operation, path, expected in ((PUT_PIPELINES, SITE, True), (LIST_MODELS, None, False)):
        server.answer(reply(fate="reset"), reply(422, {"Message": "No devices are applicable"}))
        with pytest.raises(Refused) as caught:
            transport.send(operation, path=path)
        assert caught.value.lost_before is expected and may_have_worked(caught.value) is expected
    server.answer(reply(422, {"Message": "No devices are applicable"}))
    with pytest.raises(Refused) as caught:
        transport.send(PUT_PIPELINES, path=SITE)
    assert not caught.value.lost_before and not may_have_worked(caught.value)
