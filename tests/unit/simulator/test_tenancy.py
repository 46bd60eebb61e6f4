# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Organisations, channel partners, persons and roles: who sees and may change what."""

from __future__ import annotations

import pytest
import requests
from simulator_calls import Calls

from simulator.testing import Served

SEED = """
partners: [{name: Big Partner}]
organisations:
  - {name: Alpha, partner: Big Partner}
  - {name: Beta, partner: Big Partner}
  - {name: Gamma}
accounts:
  - {email: both@example.com, password: x, organisations: [Alpha, Beta]}
  - {email: gamma@example.com, password: x, organisations: [Gamma]}
  - {email: partner@example.com, password: x, partners: [Big Partner]}
  - {email: viewer@example.com, password: x, organisations: [Alpha], role: viewer}
catalogues:
  - {name: Alpha's, organisation: Alpha}
  - {name: Shared, organisation: Alpha, shared_with: [Gamma]}
  - {name: Everybody's, organisation: Alpha, public: true}
models:
  - {name: alpha, organisation: Alpha}
  - {name: alpha in catalogue, organisation: Alpha, catalogues: [Alpha's]}
  - {name: shared, organisation: Alpha, catalogues: [Shared]}
  - {name: public, organisation: Alpha, catalogues: [Everybody's]}
  - {name: beta, organisation: Beta}
  - {name: private, account: both@example.com}
sites:
  - {name: Alpha site, organisation: Alpha, servers: [{name: S, devices: [Door]}]}
  - {name: Beta site, organisation: Beta, servers: [{name: S, devices: [Door]}]}
  - {name: Gamma site, organisation: Gamma}
"""


@pytest.fixture(autouse=True)
def seeded(simulator: Served) -> None:
    simulator.reset(SEED)


@pytest.fixture
def both(simulator: Served) -> Calls:
    return Calls(simulator, "both@example.com")


def names(calls: Calls, path: str) -> set[str]:
    return {row["Name"] for row in calls.get(path)}


def identifier(simulator: Served, name: str) -> str:
    world = simulator.world
    found = {item.name: item.id for item in world.organisations.values()}
    return {**found, **{name: key for key, name in world.partners.items()}}[name]


def test_the_personal_view_and_that_of_organisations(simulator: Served, both: Calls) -> None:
    everything = {"alpha", "alpha in catalogue", "shared", "public", "beta", "private"}
    assert names(both, "/cpt/functions") == everything
    assert names(both, "/dev/systems") == {"Alpha site", "Beta site"}

    alpha = Calls(simulator, "both@example.com", ("organization", identifier(simulator, "Alpha")))
    assert names(alpha, "/cpt/functions") == everything - {"beta", "private"}
    assert names(alpha, "/dev/systems") == {"Alpha site"}
    gamma = Calls(simulator, "gamma@example.com")
    assert names(gamma, "/cpt/functions") == {"shared", "public"}
    assert names(gamma, "/cpt/catalogues") == {"Shared", "Everybody's"}
    partner = Calls(simulator, "partner@example.com", ("channel_partner", identifier(simulator, "Big Partner")))
    assert names(partner, "/dev/systems") == {"Alpha site", "Beta site"}
    user = Calls(simulator, "both@example.com", ("user", simulator.world.accounts["both@example.com"].id))
    assert names(user, "/cpt/functions") == everything

    simulator.world.quirks.personal_sees_organisations = False
    assert names(both, "/cpt/functions") == {"private", "public"}


def test_act_as_headers_come_in_pairs_and_name_what_one_belongs_to(simulator: Served, both: Calls) -> None:
    alpha, gamma = identifier(simulator, "Alpha"), identifier(simulator, "Gamma")
    cases = [
        ({"X-Act-As-Kind": "organization"}, 400),
        ({"X-Act-As-ID": alpha}, 400),
        ({"X-Act-As-Kind": "company", "X-Act-As-ID": alpha}, 400),
        ({"X-Act-As-Kind": "organization", "X-Act-As-ID": "Alpha"}, 400),
        ({"X-Act-As-Kind": "organization", "X-Act-As-ID": gamma}, 403),
        ({"X-Act-As-Kind": "channel_partner", "X-Act-As-ID": alpha}, 403),
        ({"X-Act-As-Kind": "user", "X-Act-As-ID": alpha}, 403),
        ({"X-Act-As-Kind": "organization", "X-Act-As-ID": alpha.upper()}, 200),
        ({"X-Cloud-System-Id": "x", "X-Nx-System-Id": "y", "X-Integration-Id": "z"}, 200),
    ]
    for headers, status in cases:
        assert both.send("GET", "/dev/systems", headers=headers).status_code == status, headers
    half = both.send("GET", "/dev/systems", headers={"X-Act-As-Kind": "organization"}).json()
    assert half["Message"] == "X-Act-As-Kind and X-Act-As-ID belong together"
    assert half["Field"] == {"X-Act-As-ID": "is required"}


def test_new_things_belong_to_the_one_acted_for(simulator: Served, both: Calls) -> None:
    alpha = Calls(simulator, "both@example.com", ("organization", identifier(simulator, "Alpha")))
    uuid = alpha.send("POST", "/cpt/catalogues", json={"Name": "New"}).json()["UUID"]
    owners = {row["UUID"]: row["Organisation"]["Name"] for row in alpha.get("/cpt/catalogues")}
    assert owners[uuid] == "Alpha"
    private = both.upload({"Name": "mine"})["UUID"]
    assert both.model(private)["Organisation"]["Name"] == ""
    assert alpha.send("GET", f"/cpt/function/{private}").status_code == 404


def test_what_is_seen_may_still_belong_to_somebody_else(simulator: Served) -> None:
    gamma = Calls(simulator, "gamma@example.com")
    model = next(item.uuid for item in simulator.world.models.values() if item.name == "public")
    catalogue = next(item.uuid for item in simulator.world.catalogues.values() if item.public)
    assert gamma.send("DELETE", f"/cpt/function/{model}").status_code == 403
    assert gamma.send("PATCH", f"/cpt/catalogue/{catalogue}", json={"Name": "x"}).status_code == 403
    hidden = next(item.uuid for item in simulator.world.models.values() if item.name == "beta")
    assert gamma.send("DELETE", f"/cpt/function/{hidden}").status_code == 404
    foreign = next(site.id for site in simulator.world.sites.values() if site.name == "Beta site")
    assert gamma.send("GET", f"/dev/system/{foreign}/devices").status_code == 404


def test_a_viewer_reads_and_does_not_write(simulator: Served) -> None:
    viewer = Calls(simulator, "viewer@example.com")
    assert names(viewer, "/dev/systems") == {"Alpha site"}
    answer = viewer.send("POST", "/cpt/catalogues", json={"Name": "x"})
    assert (answer.status_code, answer.json()["AuthorizationInvalid"]) == (403, False)


def test_a_model_of_another_organisation_is_seen_but_not_assignable(simulator: Served, both: Calls) -> None:
    uuid = {item.name: item.uuid for item in simulator.world.models.values()}
    site = next(site for site in simulator.world.sites.values() if site.name == "Beta site")
    devices = list(site.devices)
    answer = both.put(site.id, devices, uuid["alpha in catalogue"])
    assert (answer.status_code, list(answer.json()["Field"])) == (422, ["Pipelines.0.modelUUID"])
    for name in ("public", "beta", "private"):
        assert both.put(site.id, devices, uuid[name]).status_code == 200, name

    simulator.world.quirks.unknown_model = "ignore"
    simulator.advance(3)
    assert both.put(site.id, devices, uuid["alpha"]).status_code == 200
    simulator.advance(3)
    assert both.pipelines(site.id) == {"Door": [uuid["private"]]}


def test_the_models_available_to_a_site_are_the_managed_ones(simulator: Served, both: Calls) -> None:
    site = {row["Name"]: row["UUID"] for row in both.get("/dev/systems")}["Alpha site"]
    path = f"/cpt/rpc/pipelines/available/{site}"
    assert names(both, f"{path}/metavms") == {"alpha in catalogue", "shared", "public"}
    next(item for item in simulator.world.models.values() if item.name == "shared").members["Customization"] = "default"
    assert names(both, f"{path}/metavms") == {"alpha in catalogue", "public"}
    gamma = Calls(simulator, "gamma@example.com")
    assert gamma.send("GET", f"{path}/metavms").status_code == 404


def test_the_cloud_lists_organisations_partners_and_systems(simulator: Served, both: Calls) -> None:
    page = both.get("/partners/api/v2/organizations/", limit=1)
    assert (page["count"], len(page["results"])) == (2, 1)
    rest = requests.get(page["next"], headers=both.headers, timeout=10).json()
    assert [page["results"][0]["name"], rest["results"][0]["name"], rest["next"]] == ["Alpha", "Beta", None]
    assert Calls(simulator, "partner@example.com").get("/partners/api/v2/channel_partners/")["count"] == 1
    systems = both.get("/cdb/systems", systemStatus="activated", customization="metavms")["systems"]
    assert {row["name"]: row["stateOfHealth"] for row in systems} == {"Alpha site": "online", "Beta site": "online"}
    for query in ({"systemStatus": "notActivated"}, {"customization": "default"}):
        assert both.get("/cdb/systems", **query) == {"systems": []}
    assert requests.get(f"{simulator.url}/cdb/systems", timeout=10).json()["resultCode"] == "notAuthorized"
