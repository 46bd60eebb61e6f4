# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What modules take from outside: no empty variable, no second way of signing in, no pattern without a word."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from module_runs import RunModule

from ansible_collections.nxai.cloud.plugins.module_utils._connection.settings import CONNECTION_FIELDS
from simulator.testing import Served

VARIABLES = [each.environment for each in CONNECTION_FIELDS if each.environment]
OWN = {"username": "demo@example.com", "password": "demo"}


@pytest.mark.parametrize("variable", [*VARIABLES, "NXAI_ACT_AS_KIND", "NXAI_ACT_AS_ID"])
def test_i13_an_empty_variable_is_as_good_as_none(
    run_module: RunModule, monkeypatch: pytest.MonkeyPatch, token_file: Path, cloud: Served, variable: str
) -> None:
    given = {"token_file": str(token_file)} if variable == "NXAI_TOKEN" else {}
    monkeypatch.setenv(variable, "")
    result = run_module("nxai_site_info", api_url=cloud.url, **given)
    assert len(result["sites"]) == 2, result


def test_i13_a_task_comes_before_the_environment(
    run_module: RunModule, monkeypatch: pytest.MonkeyPatch, token_file: Path, cloud: Served
) -> None:
    monkeypatch.setenv("NXAI_TOKEN", "nxcdb-of-another-customer")
    monkeypatch.setenv("NXAI_REFRESH_TOKEN", "nxcdb-of-another-customer-too")
    assert run_module("nxai_site_info", token_file=str(token_file))["sites"]
    assert run_module("nxai_site_info", **OWN)["sites"]
    assert len(cloud.log("issue_token")) == 1
    result = run_module("nxai_site_info")
    assert "by token, from NXAI_TOKEN" in result["msg"]


def test_i13_a_token_file_is_not_renewed_with_the_password_of_another_account(
    run_module: RunModule, monkeypatch: pytest.MonkeyPatch, token_file: Path, cloud: Served
) -> None:
    """It would be another customer's from then on."""
    monkeypatch.delenv("NXAI_TOKEN")
    monkeypatch.setenv("NXAI_USERNAME", OWN["username"])
    monkeypatch.setenv("NXAI_PASSWORD", OWN["password"])
    token_file.write_text(json.dumps({"access_token": "nxcdb-over", "expires_at": 1}))
    result = run_module("nxai_site_info", token_file=str(token_file))
    assert "by token_file, from the task or file itself" in result["msg"]
    assert json.loads(token_file.read_text())["access_token"] == "nxcdb-over"
    assert not cloud.log("issue_token")


def test_i13_half_a_way_may_come_from_the_environment_unless_that_has_the_other_half(
    run_module: RunModule, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NXAI_PASSWORD", OWN["password"])
    assert run_module("nxai_site_info", username=OWN["username"])["sites"]
    monkeypatch.setenv("NXAI_USERNAME", "other@example.com")
    assert "username is set and password is not" in run_module("nxai_site_info", username=OWN["username"])["msg"]


def test_i13_the_file_that_a_token_goes_to_is_no_way_to_one(
    run_module: RunModule, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("NXAI_USERNAME", OWN["username"])
    monkeypatch.setenv("NXAI_PASSWORD", OWN["password"])
    assert run_module("nxai_token", token_file=str(tmp_path / "new"))["changed"]


def test_i13_what_was_left_out_is_masked_all_the_same(
    run_module: RunModule, monkeypatch: pytest.MonkeyPatch, token_file: Path
) -> None:
    monkeypatch.setenv("NXAI_TOKEN", "nxcdb-of-another-customer")
    assert "another-customer" not in json.dumps(run_module("nxai_site_info", token_file=str(token_file)))


@pytest.mark.parametrize(
    "module", ["nxai_site_info", "nxai_server_info", "nxai_device_info", "nxai_doctor_info", "nxai_estate_info"]
)
def test_i11_a_pattern_that_matches_no_site_is_warned_of_in_every_module(run_module: RunModule, module: str) -> None:
    warnings = run_module(module, sites=["Shp *"], warns=None)["warnings"]
    assert any('No site matches "Shp *". Near: Shop 001, Shop 002.' in warning for warning in warnings)


@pytest.mark.parametrize("module", ["nxai_site_info", "nxai_server_info", "nxai_device_info", "nxai_pipeline_info"])
def test_i11_and_an_error_where_that_may_not_be(run_module: RunModule, module: str) -> None:
    result = run_module(module, sites=["Shop *", "shop 00*"], allow_empty=False, warns=None)
    assert 'Find sites that match "shop 00*": none of 2 does. Near: Shop 001, Shop 002.' in result["msg"]


def test_i11_also_where_pipelines_are_assigned(run_module: RunModule, cloud: Served) -> None:
    options = {"sites": ["Shp *"], "select": "all", "pipelines": []}
    assert any(
        "Near: Shop 001" in warning for warning in run_module("nxai_pipeline", **options, warns=True)["warnings"]
    )
    assert run_module("nxai_pipeline", **options, allow_empty=False)["failed"]
    assert not cloud.writes()


def test_i11_a_star_is_no_mistake(run_module: RunModule, cloud: Served) -> None:
    cloud.reset({"accounts": [{"email": OWN["username"], "password": OWN["password"]}]})
    assert run_module("nxai_site_info", token=cloud.token())["sites"] == []
    assert "none of 0 does" in run_module("nxai_site_info", token=cloud.token(), allow_empty=False)["msg"]


def test_an_empty_list_of_sites_is_no_choice(run_module: RunModule, cloud: Served) -> None:
    found = run_module("nxai_site_info", token=cloud.token(), sites=[], allow_empty=False)
    assert found["failed"] and "it is empty" in found["msg"]
