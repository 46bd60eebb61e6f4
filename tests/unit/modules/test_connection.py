# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What every module does with a connection that does not work, or is given badly."""

from __future__ import annotations

import json
import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.nxai.cloud.plugins.module_utils._api.contract_file import contract_of
from ansible_collections.nxai.cloud.plugins.module_utils._core.errors import BadInput
from simulator.testing import Served, serve

RunModule = Callable[..., dict[str, Any]]
ORGANISATION = "11111111-2222-4333-8444-555555555555"

MODULES: dict[str, dict[str, Any]] = {
    "nxai_catalogue": {"name": "Shop models"},
    "nxai_catalogue_info": {},
    "nxai_model_info": {},
    "nxai_model": {"name": "Detector", "state": "absent"},
    "nxai_pipeline": {"site": "Shop 001", "devices": ["Entrance"], "pipelines": [{"model": "A"}]},
}


@pytest.fixture(params=sorted(MODULES))
def failing(
    request: pytest.FixtureRequest, cloud: Served, run_module: RunModule
) -> Iterator[Callable[..., dict[str, Any]]]:
    """Run each module with these options: it fails in a readable way and has written nothing."""

    def run(**options: Any) -> dict[str, Any]:
        result = run_module(request.param, **MODULES[request.param], retries=0, **options)
        assert result["failed"]
        return result

    yield run
    assert [each.path for each in cloud.log() if each.method != "GET" and each.operation != "issue_token"] == []


@pytest.fixture
def no_token(cloud: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NXAI_TOKEN")


@pytest.mark.usefixtures("no_token")
def test_no_token(failing: RunModule) -> None:
    message = failing()["msg"]
    for way in ("token", "token_file", "refresh_token", "username"):
        assert way in message


def test_wrong_token(failing: RunModule) -> None:
    failed = failing(token="nxcdb-wrong-token-of-somebody")
    assert failed["error"]["status"] == 401
    assert "wrong-token" not in json.dumps({key: value for key, value in failed.items() if key != "invocation"})


@pytest.mark.usefixtures("no_token")
def test_expired_refresh_token(cloud: Served, failing: RunModule) -> None:
    assert "refresh token is wrong, expired or already used" in failing(refresh_token="nxcdb-expired-long-ago")["msg"]


@pytest.mark.usefixtures("no_token")
@pytest.mark.parametrize("shape", ["error", "forbidden"])
def test_second_factor_is_asked_for(cloud: Served, failing: RunModule, shape: str) -> None:
    """Both shapes of the contract: an error in a 200, and a 403."""
    body: dict[str, Any] = {"resultCode": "secondFactorRequired", "errorText": "Second factor required"}
    if shape == "error":
        body = {
            "access_token": "nxcdb-a",
            "refresh_token": "nxcdb-b",
            "expires_in": 3600,
            "error": "second_factor_required",
        }
    cloud.fault("status", "issue_token", status=200 if shape == "error" else 403, body=body)
    assert "mfa_code" in failing(username="demo@example.com", password="not-shown")["msg"]


@pytest.mark.usefixtures("no_token")
def test_password_without_a_cloud(failing: RunModule, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NXAI_CLOUD_URL")
    assert "cloud_url" in failing(username="demo@example.com", password="not-shown")["msg"]


@pytest.mark.parametrize("half", [{"kind": "organization"}, {"id": ORGANISATION}])
def test_act_as_half_given(failing: RunModule, half: dict[str, str]) -> None:
    message = failing(act_as=half)["msg"]
    assert "act_as" in message and "kind" in message and "id" in message


def test_act_as_a_stranger(failing: RunModule) -> None:
    assert failing(act_as={"kind": "organization", "id": ORGANISATION})["error"]["status"] == 403


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("api.sclbl.nxvms.com", "does not begin with https://"),
        ("ftp://api.sclbl.nxvms.com", "does not begin with https://"),
        ("https://api.sclbl.nxvms.com/cpt", "holds more than a host"),
        ("https://user:pw@api.sclbl.nxvms.com", "holds a user name or a password"),
        ("http://api.example.com", "plain http"),
    ],
)
def test_api_url_badly_given(failing: RunModule, url: str, expected: str) -> None:
    assert expected in failing(api_url=url)["msg"]


def test_unreachable(failing: RunModule) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{free.getsockname()[1]}"
    failed = failing(api_url=url)
    assert "refused" in failed["msg"].lower() and "api_url" in failed["msg"]


def test_a_foreign_certificate(run_module: RunModule, cloud: Served) -> None:
    with serve(tls=True) as other:
        failed = run_module("nxai_catalogue", name="x", api_url=other.url, token=cloud.token())
        assert failed["failed"] and "ca_path" in failed["msg"]
        assert other.log() == []
        trusted = run_module(
            "nxai_catalogue", name="x", api_url=other.url, token=other.token(), ca_path=str(other.ca_path)
        )
        assert trusted["changed"] is True
        unchecked = run_module("nxai_catalogue", name="x", api_url=other.url, token=other.token(), validate_certs=False)
        assert unchecked["changed"] is False


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        ("<html><title>Sign in to the hotel Wi-Fi</title></html>", "text/html"),
        ('[{"UUID": "459d22', "application/json"),
        ("", "application/json"),
        ('{"Name": "not a list"}', "application/json"),
        ('["not", "objects"]', "application/json"),
        ('[{"Name": "without an id"}]', "application/json"),
        ("null", "application/json"),
    ],
)
def test_answers_that_are_not_the_api(cloud: Served, failing: RunModule, body: str, content_type: str) -> None:
    cloud.fault("status", status=200, body=body, headers={"Content-Type": content_type}, times=0)
    failed = failing()
    cloud.clear_faults()
    assert failed["error"]["tried"] and failed["error"]["answer"] and failed["error"]["advice"]


def test_a_token_that_comes_back_as_data(cloud: Served, run_module: RunModule, tmp_path: Path) -> None:
    """Ansible masks the values of options; that of a file it does not know."""
    file = tmp_path / "token"
    file.write_text(token := cloud.token())
    body = [{"UUID": "1", "Name": f"you sent {token} and {token.removeprefix('nxcdb-')}"}]
    cloud.fault("status", "list_catalogues", status=200, body=body)
    file.chmod(0o600)
    result = run_module("nxai_catalogue_info", token="", token_file=str(file))
    assert [each["name"] for each in result["catalogues"]] == ["you sent *** and ***"]


def test_a_listing_shorter_than_its_header_says(cloud: Served, failing: RunModule) -> None:
    for operation in ("list_catalogues", "list_models", "list_sites"):
        cloud.fault("pagination", operation, records=7, times=0)
    message = failing()["msg"]
    assert "7" in message


def test_the_option_changes_what_is_sent(cloud: Served, run_module: RunModule, reads: Any) -> None:
    change = {"list_sites": {"path": "/v2/systems", "query": {"Limit": "limit"}}}
    result = run_module("nxai_site_info", contract={"operations": change})
    assert result["failed"] and result["error"]["tried"].endswith("/dev/v2/systems")
    assert reads() == ["/dev/v2/systems"]


def test_the_option_comes_from_the_environment_as_json(
    cloud: Served, run_module: RunModule, reads: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NXAI_CONTRACT", '{"operations": {"list_sites": {"path": "/sites"}}}')
    run_module("nxai_site_info")
    assert reads() == ["/dev/sites"]


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ([], "dictionary"),
        ({"nonsense": {}}, "nonsense"),
        ({"list_models": "x"}, "list_models"),
        ({"list_models": {"url": "x"}}, "list_models"),
        ({"list_models": {"method": "POST"}}, "method"),
        ({"delete_model": {"method": "GET"}}, "method"),
        ({"delete_model": {"path": "/function"}}, "uuid"),
        ({"delete_model": {"path": "/function/{uuid}/{other}"}}, "path"),
        ({"list_models": {"path": "https://elsewhere"}}, "path"),
        ({"list_models": {"path": "/../x"}}, "path"),
        ({"list_models": {"path": "/a?b"}}, "path"),
        ({"list_models": {"path": 7}}, "path"),
        ({"list_models": {"query": {"Limit": 3}}}, "query"),
        ({"delete_model": {"method": ["PUT"]}}, "method"),
    ],
)
def test_changes_that_cannot_work_are_refused(changes: Any, word: str) -> None:
    with pytest.raises(BadInput, match=word):
        contract_of({"operations": changes})


def test_text_that_is_not_json_is_refused(run_module: RunModule) -> None:
    result = run_module("nxai_site_info", contract="{")
    assert result["failed"] and "Read the contract: it is not JSON" in result["msg"]
