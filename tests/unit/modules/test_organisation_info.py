# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whom the account may act for."""

from __future__ import annotations

import pytest
from module_runs import RunModule

from simulator.testing import Served

WORLD = """
partners: [Partner]
organisations: [{name: Retail, partner: Partner}, Other, Third]
accounts: [{email: demo@example.com, password: demo, organisations: [Retail, Third], partners: [Partner]}]
"""


def test_each_comes_with_what_act_as_takes(cloud: Served, run_module: RunModule) -> None:
    cloud.reset(seed=WORLD)
    result = run_module("nxai_organisation_info")
    ids = {each.name: each.id for each in cloud.world.organisations.values()}
    assert result["organisations"] == [
        {"id": ids[name], "name": name, "act_as": {"kind": "organization", "id": ids[name]}}
        for name in ("Retail", "Third")
    ]
    [(partner, _name)] = cloud.world.partners.items()
    assert result["channel_partners"] == [
        {"id": partner, "name": "Partner", "act_as": {"kind": "channel_partner", "id": partner}}
    ]
    for each in (*result["organisations"], *result["channel_partners"]):
        assert run_module("nxai_site_info", act_as=each["act_as"])["sites"] == []


def test_pages_are_asked_for_in_lower_case(cloud: Served, run_module: RunModule) -> None:
    cloud.reset(seed=WORLD)
    contract = {"operations": {"list_organisations": {"page_size": 1}}}
    assert len(run_module("nxai_organisation_info", warns=None, contract=contract)["organisations"]) == 2


def test_one_without_an_id_is_an_error_that_names_its_line(cloud: Served, run_module: RunModule) -> None:
    cloud.reset(seed=WORLD)
    cloud.fault("status", "organizations", status=200, body={"total": 1, "results": [{"name": "Retail"}]}, times=0)
    assert "fields.organisation.id" in run_module("nxai_organisation_info")["msg"]


def test_without_the_identity_provider_it_says_what_is_missing(
    cloud: Served, run_module: RunModule, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("NXAI_CLOUD_URL")
    assert "cloud_url is not set" in run_module("nxai_organisation_info")["msg"]


def test_another_path_is_a_line_of_the_contract(cloud: Served, run_module: RunModule) -> None:
    cloud.reset(seed=WORLD)
    contract = {"operations": {"list_organisations": {"path": "/partners/api/v3/organizations/"}}}
    result = run_module("nxai_organisation_info", contract=contract)
    assert "operations.list_organisations.path" in result["msg"]
