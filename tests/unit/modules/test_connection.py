# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What every module does with a connection that does not work, or is given badly."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from module_runs import RunModule

from simulator.testing import Served, serve

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
    assert cloud.writes() == []


PASSWORD = {"token": "", "username": "demo@example.com", "password": "secret-of-mine"}


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"token": ""}, ["token", "token_file", "refresh_token", "username"]),
        ({"token": "nxcdb-secret-of-mine"}, ["HTTP 401"]),
        ({"token": "", "refresh_token": "nxcdb-secret-of-mine"}, ["refresh token is wrong, expired or already used"]),
        ({**PASSWORD, "cloud_url": ""}, ["cloud_url"]),
        ({"act_as": {"kind": "organization"}}, ["act_as", "kind", "id"]),
        ({"act_as": {"id": ORGANISATION}}, ["act_as", "kind", "id"]),
        ({"act_as": {"kind": "organization", "id": ORGANISATION}}, ["HTTP 403"]),
        ({"api_url": "api.sclbl.nxvms.com"}, ["does not begin with https://"]),
        ({"api_url": "ftp://api.sclbl.nxvms.com"}, ["does not begin with https://"]),
        ({"api_url": "https://api.sclbl.nxvms.com/cpt"}, ["holds more than a host"]),
        ({"api_url": "https://user:pw@api.sclbl.nxvms.com"}, ["holds a user name or a password"]),
        ({"api_url": "http://api.example.com"}, ["plain http"]),
    ],
)
def test_a_connection_badly_given(failing: RunModule, options: dict[str, Any], words: list[str]) -> None:
    failed = failing(**options)
    assert [word for word in words if word not in failed["msg"]] == []
    assert "secret-of-mine" not in json.dumps({**failed, "invocation": None})


@pytest.mark.parametrize("shape", ["answer", "refusal"])
def test_second_factor_is_asked_for(cloud: Served, failing: RunModule, shape: str) -> None:
    """Both shapes of the contract: an error in a 200, and a 403."""
    cloud.world.accounts["demo@example.com"].mfa = shape
    assert "mfa_code" in failing(**{**PASSWORD, "password": "demo"})["msg"]


def test_a_foreign_certificate(run_module: RunModule, cloud: Served) -> None:
    with serve(tls=True) as other:
        failed = run_module("nxai_catalogue", name="x", api_url=other.url, token=cloud.token())
        assert failed["failed"] and "ca_path" in failed["msg"]
        assert other.log() == []
        known = {"name": "x", "api_url": other.url, "token": other.token()}
        assert run_module("nxai_catalogue", **known, ca_path=str(other.ca_path))["changed"] is True
        assert run_module("nxai_catalogue", **known, validate_certs=False)["changed"] is False


def test_a_token_that_comes_back_as_data(cloud: Served, run_module: RunModule, tmp_path: Path) -> None:
    """Ansible masks the values of options; that of a file it does not know."""
    file = tmp_path / "token"
    file.write_text(token := cloud.token())
    body = [{"UUID": "1", "Name": f"you sent {token} and {token.removeprefix('nxcdb-')}"}]
    cloud.fault("status", "list_catalogues", status=200, body=body)
    file.chmod(0o600)
    result = run_module("nxai_catalogue_info", token="", token_file=str(file))
    assert [each["name"] for each in result["catalogues"]] == ["you sent *** and ***"]


def test_the_option_comes_from_the_environment_as_json(
    run_module: RunModule, reads: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NXAI_CONTRACT", '{"operations": {"list_sites": {"path": "/sites"}}}')
    run_module("nxai_site_info")
    assert reads() == ["/dev/sites"]


def test_text_that_is_not_json_is_refused(run_module: RunModule) -> None:
    result = run_module("nxai_site_info", contract="{")
    assert result["failed"] and "Read the contract: it is not JSON" in result["msg"]


def test_a_contract_file_makes_another_service_work(
    cloud: Served, run_module: RunModule, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Its listing of sites is on the host of sign-in, wrapped, with names of its own."""
    file = tmp_path / "contract.yml"
    file.write_text(
        "operations: {list_sites: {api: cloud, path: /cdb/systems}}\n"
        "fields: {answer: {rows: systems}, site: {id: key, name: title, status: state}}\n"
        "words: {offline: [asleep]}\n"
    )
    rows = [{"key": "one", "title": "Shop 001", "state": "asleep"}, {"key": "two", "title": "Shop 002"}]
    cloud.fault("status", status=200, body={"systems": rows}, times=0)
    monkeypatch.setenv("NXAI_CONTRACT", str(file))
    found = run_module("nxai_site_info")["sites"]
    assert [(each["id"], each["name"], each["online"]) for each in found] == [
        ("one", "Shop 001", False),
        ("two", "Shop 002", None),
    ]
    assert {each.path for each in cloud.log()} == {"/cdb/systems"}
