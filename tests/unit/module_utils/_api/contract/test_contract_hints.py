# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""An error that hangs on a line of the contract names it, and says how to find out what it is."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.nxai.cloud.plugins.module_utils._api.client import Client
from ansible_collections.nxai.cloud.plugins.module_utils._core.errors import (
    AnswerLost,
    BadInput,
    Incomplete,
    NxaiError,
    Refused,
    Unexpected,
    Unreachable,
)

ID = "459d2273-1514-431c-9d34-f5b72f3bfe20"
COMMAND = "ansible-playbook nxai.cloud.first_contact"
SITES = f"This relied on operations.list_sites.path (inferred). Find out what it is: {COMMAND}"


def failed(url: str, kind: type[NxaiError], call: Any, contract: Any = None, **options: Any) -> NxaiError:
    given = {"api_url": url, "cloud_url": url, "token": "t", "retries": 0, "timeout": 0.5, **options}
    with Client.from_options({**given, "contract": contract}) as client, pytest.raises(kind) as caught:
        call(client)
    return caught.value


def sites(client: Client) -> Any:
    return client.device.list_sites()


@pytest.mark.parametrize("status", [400, 403, 404, 500, 503])
def test_a_refusal_of_a_call_that_nobody_has_seen(server: Any, reply: Any, status: int) -> None:
    server.handle = lambda _request: reply(status, {"Message": "no"})
    assert failed(server.url, Refused, sites).advice.endswith(SITES)


def test_a_method_that_is_not_allowed_names_the_method(server: Any, reply: Any) -> None:
    server.handle = lambda _request: reply(405, {})
    error = failed(server.url, Refused, lambda client: client.compute.update_model(ID, {"Name": "M"}))
    assert f"operations.update_model.method (client). Find out what it is: {COMMAND}" in error.advice


def test_what_is_no_json_and_what_is_lost_name_the_call_too(server: Any, reply: Any) -> None:
    server.handle = lambda _request: reply(body=b"<html>")
    assert failed(server.url, Unexpected, sites).advice.endswith(SITES)
    server.handle = lambda _request: reply(fate="close")
    assert failed(server.url, AnswerLost, sites).advice.endswith(SITES)


@pytest.mark.parametrize("call", [lambda c: c.device.list_devices(ID), lambda c: c.compute.list_catalogues()])
@pytest.mark.parametrize(("status", "named"), [(404, True), (405, True), (410, True), (500, True), (400, False)])
@pytest.mark.parametrize("said", [403, 409, 429, 503])
def test_a_refusal_of_a_call_that_is_known_names_it_where_the_call_may_be_wrong(
    server: Any, reply: Any, call: Any, status: int, named: bool, said: int
) -> None:
    server.handle = lambda _request: reply(status, {})
    assert (".path (" in failed(server.url, Refused, call).advice) is named
    server.handle = lambda _request: reply(said, {})
    assert "operations." not in failed(server.url, Refused, call).advice


@pytest.mark.parametrize(
    ("call", "lines"),
    [
        (lambda c: c.device.put_pipelines(ID, ["{1}"], [], []), "fields.assignment and fields.pipeline (observed)"),
        (lambda c: c.compute.update_model(ID, {"Name": "M"}), "fields.model (client)"),
        (lambda c: c.compute.rename_catalogue(ID, "C"), "fields.catalogue (documented)"),
        (lambda c: c.compute.delete_catalogue(ID), "operations.delete_catalogue.path (documented)"),
        (lambda c: c.device.list_devices(ID), "operations.list_devices.page_size (inferred)"),
    ],
)
@pytest.mark.parametrize("status", [400, 422])
def test_what_is_not_understood_names_the_lines_of_what_was_sent(
    server: Any, reply: Any, call: Any, lines: str, status: int
) -> None:
    server.handle = lambda _request: reply(status, {"Message": "no"})
    assert failed(server.url, Refused, call).advice.endswith(f"This relied on {lines}. Find out what it is: {COMMAND}")


def test_what_no_contract_can_help_does_not(closed_port: int, server: Any) -> None:
    assert "operations." not in failed(f"http://127.0.0.1:{closed_port}", Unreachable, sites).advice
    assert "operations." not in failed(server.url, BadInput, sites, token=None).advice


def test_a_refusal_to_sign_in_is_not_blamed_on_the_call_that_needed_it(server: Any, reply: Any) -> None:
    server.handle = lambda _request: reply(500, {})
    error = failed(server.url, Refused, sites, token=None, refresh_token="r")
    assert error.tried.endswith("/cdb/oauth2/token") and error.advice.count("operations.") == 1
    assert "operations.issue_token.path (documented)" in error.advice


def test_a_call_of_the_users_own_contract_is_called_so(server: Any, reply: Any) -> None:
    server.handle = lambda _request: reply(404, {})
    contract = {"operations": {"list_devices": {"path": "/sites/{site_id}/cameras"}}}
    error = failed(server.url, Refused, lambda client: client.device.list_devices(ID), contract)
    assert "relied on operations.list_devices.path (your contract)" in error.advice


def test_a_refused_token_names_the_line_of_its_form(server: Any, reply: Any) -> None:
    server.handle = lambda _request: reply(401, {})
    assert "auth_scheme (auth.scheme of the contract)" in failed(server.url, Refused, sites).advice


@pytest.mark.parametrize(
    ("data", "line"),
    [
        ({"others": []}, "fields.answer.rows (observed)"),
        ([1], "fields.answer.rows (observed)"),
        ([{"Name": "x"}], "fields.device.id (observed)"),
    ],
)
def test_an_answer_of_another_shape(server: Any, reply: Any, data: Any, line: str) -> None:
    server.handle = lambda _request: reply(data=data, headers={"X-Pagination-Records": "1"})
    error = failed(server.url, Unexpected, lambda client: client.device.list_devices(ID))
    assert error.advice.endswith(f"This relied on {line}. Find out what it is: {COMMAND}")


def test_a_listing_that_is_not_whole(server: Any, reply: Any) -> None:
    server.handle = lambda _request: reply(data=[{"UUID": ID}], headers={"X-Pagination-Records": "2"})
    error = failed(server.url, Incomplete, sites, {"operations": {"list_sites": {"page_size": 1}}})
    assert "operations.list_sites.query.Offset (inferred)" in error.advice
    contract = {"fields": {"answer": {"total": "X-Total"}}}
    server.handle = lambda request: reply(data=[] if "Offset" in request.query else [{}], headers={"X-Total": "2"})
    error = failed(server.url, Incomplete, sites, contract)
    assert "X-Total says 2" in error.answer and "fields.answer.total (your contract)" in error.advice


def test_a_creation_that_does_not_say_what_it_made(server: Any, reply: Any) -> None:
    server.handle = lambda request: reply(data=[] if request.method == "GET" else {"Message": "Done"})
    error = failed(server.url, Unexpected, lambda client: client.compute.create_catalogue("C"))
    assert "fields.answer.created (client)" in error.advice


def test_a_listing_that_has_moved_needs_the_address_of_its_host(server: Any) -> None:
    contract = {"operations": {"list_sites": {"api": "cloud", "path": "/cdb/systems"}}}
    error = failed(server.url, BadInput, sites, contract, cloud_url=None)
    assert error.answer == "cloud_url is not set"


@pytest.mark.parametrize("options", [{"token": "t"}, {"token": "t", "refresh_token": ""}])
def test_writes_by_a_refresh_token_need_one(server: Any, options: Any) -> None:
    contract = {"auth": {"token_on_writes": "refresh"}}
    error = failed(server.url, BadInput, lambda client: client.compute.delete_model(ID), contract, **options)
    assert "auth.token_on_writes" in error.answer and "refresh_token" in error.advice and not server.requests
