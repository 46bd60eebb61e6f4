# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The table of API calls."""

from __future__ import annotations

import pytest

from ansible_collections.nxai.cloud.plugins.module_utils._api.client import Client
from ansible_collections.nxai.cloud.plugins.module_utils._api.contract import operations
from ansible_collections.nxai.cloud.plugins.module_utils._api.contract.file import contract_of
from ansible_collections.nxai.cloud.plugins.module_utils._api.contract.operations import LIST_MODELS, OPERATIONS
from ansible_collections.nxai.cloud.plugins.module_utils._core.errors import BadInput
from ansible_collections.nxai.cloud.plugins.module_utils._http.operation import Operation


def test_every_operation_is_a_constant_and_found_by_its_name() -> None:
    constants = {name: each for name, each in vars(operations).items() if isinstance(each, Operation)}
    assert {name.upper(): each for name, each in OPERATIONS.items()} == constants
    assert {name: each.name for name, each in OPERATIONS.items()} == {name: name for name in OPERATIONS}


def test_a_change_leaves_the_other_operations_and_the_constant_alone() -> None:
    table = contract_of(
        {"operations": {"list_models": {"path": "/v2/functions", "query": {"Limit": "limit"}}}}
    ).operations
    assert table["list_models"].path == "/v2/functions" and table["list_models"].spelling == {"Limit": "limit"}
    assert {name for name in OPERATIONS if table[name] is not OPERATIONS[name]} == {"list_models"}
    assert (LIST_MODELS.path, LIST_MODELS.spelling) == ("/functions", {})


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ([], "dictionary"),
        ("[]", "dictionary"),
        ({"nonsense": {}}, "nonsense"),
        ({"list_models": "x"}, "list_models"),
        ({"list_models": {"url": "x"}}, "list_models"),
        ({"list_models": {"path": 7}}, "path"),
        ({"list_models": {"query": {"Limit": 3}}}, "query"),
        ({"delete_model": {"path": "/function"}}, "uuid"),
        ({"delete_model": {"path": "/function/{uuid}/{other}"}}, "path"),
        ({"delete_model": {"method": ["PUT"]}}, "method"),
    ],
)
def test_a_wrong_change_fails_where_the_client_is_made(changes: object, word: str) -> None:
    with pytest.raises(BadInput, match=f"(?s)Read the contract.*{word}"):
        Client.from_options({"contract": {"operations": changes}, "token": "t"})


@pytest.mark.parametrize(
    ("name", "method", "allowed"),
    [
        ("update_model", "DELETE", "POST, PUT, PATCH"),
        ("put_pipelines", "DELETE", "POST, PUT, PATCH"),
        ("create_model", "GET", "POST, PUT, PATCH"),
        ("delete_model", "POST", "DELETE"),
        ("delete_model", "GET", "DELETE"),
        ("list_models", "POST", "GET"),
    ],
)
def test_a_method_stays_in_its_kind(name: str, method: str, allowed: str) -> None:
    with pytest.raises(BadInput, match=f"operations.{name}.method cannot be '{method}'") as caught:
        contract_of({"operations": {name: {"method": method}}})
    assert caught.value.advice == f"It can be {allowed}."


@pytest.mark.parametrize(
    ("name", "method"), [("update_model", "put"), ("put_pipelines", "PATCH"), ("delete_model", "DELETE")]
)
def test_a_write_may_be_another_write(name: str, method: str) -> None:
    assert contract_of({"operations": {name: {"method": method}}}).operations[name].method == method.upper()


def test_no_path_leads_to_another_host() -> None:
    paths = ["@evil.example/x", "//evil.example", "\\evil.example", "/x\\@evil", ".evil.example/x", ":80@evil.example"]
    for path in (*paths, "https://elsewhere", "elsewhere", "/x?y", "/x#y", "/%2e%2e/x", "/../x"):
        with pytest.raises(BadInput, match=r"operations\.list_models\.path cannot be"):
            contract_of({"operations": {"list_models": {"path": path}}})
