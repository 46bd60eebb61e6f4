# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""From records to hosts and groups, with no I/O."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Sequence
from typing import Any

import pytest

from ansible_collections.nxai.cloud.plugins.module_utils._api.records.records import Device, Server, Site
from ansible_collections.nxai.cloud.plugins.module_utils._core.errors import BadInput
from ansible_collections.nxai.cloud.plugins.plugin_utils._inventory.contents import (
    HOST_VARIABLES,
    Choices,
    Contents,
    check_hostnames,
    make_contents,
)
from ansible_collections.nxai.cloud.plugins.plugin_utils._inventory.names import digits, host_name
from ansible_collections.nxai.cloud.plugins.plugin_utils._inventory.read import Estate, SiteListing, select_sites

ZERO = "0001-01-01T00:00:00Z"
ONE = "00000001-0000-4000-8000-000000000000"  # of the first site
OWN = f"shop-cam-{digits((ONE, '{00000001-aaaa-4000-8000-000000000000}'))}"  # the own name of Cam at Shop
MODELS = ("6b29fc40-ca47-1067-b31d-00dd010662da", "7b29fc40-ca47-1067-b31d-00dd010662da")


def site(number: int, name: str, online: bool = True, **more: Any) -> Site:
    updated = "2026-11-01T08:00:00Z" if online else ZERO
    identity = f"{number:08d}-0000-4000-8000-000000000000"
    return Site.from_api({"ID": identity, "Name": name, "UpdatedAt": updated, "Version": "6.1.0.1", **more})


def device(number: int, name: str, server: str = "Server 1", **more: Any) -> Device:
    embedded = {"Name": server, "Status": "running", "AIPluginVersion": "6.1.2", "Supports": {"Pipelines": True}}
    nxid = f"{{{number:08d}-aaaa-4000-8000-000000000000}}"
    return Device.from_api({"NxID": nxid, "Name": name, "Server": embedded, **more})


def choices(
    kinds: Sequence[str] = ("devices",),
    hostnames: Sequence[str] = ("name",),
    duplicates: str = "suffix",
    include_raw: bool = False,
    group_by: Sequence[str] = (),
    strict: bool = False,
    always: bool = False,
    keep: Callable[[dict[str, Any]], bool] = lambda variables: True,
) -> Choices:
    return Choices(
        kinds=kinds,
        hostnames=hostnames,
        duplicates=duplicates,
        include_raw=include_raw,
        group_by=group_by,
        strict=strict,
        digits=always,
        keep=keep,
        render=lambda template, variables: f"{variables['nxai_site_name']}/{variables['nxai_device_name']}",
    )


def contents(*listings: SiteListing, **chosen: Any) -> Contents:
    estate = Estate(sites=[listing.site for listing in listings], listings=listings)
    return make_contents(estate, choices(**chosen))


def names(result: Contents) -> list[str]:
    return [host.name for host in result.hosts]


def test_a_device_is_a_host_of_its_servers_group_within_its_sites_group() -> None:
    result = contents(
        SiteListing(site=site(1, "Shop Köln"), devices=[device(7, "Door", Enabled=True, nxAI={"pipelines": []})])
    )
    assert [(group.name, group.parent) for group in result.groups] == [
        ("site_shop_koln", None),
        ("server_shop_koln_server_1", "site_shop_koln"),
    ]
    (host,) = result.hosts
    assert (host.name, host.group) == ("Door", "server_shop_koln_server_1")
    assert host.variables == {
        "nxai_kind": "device",
        "nxai_device_id": "{00000007-aaaa-4000-8000-000000000000}",
        "nxai_device_name": "Door",
        "nxai_enabled": True,
        "nxai_pipelines": [],
        "nxai_server_id": "",
        "nxai_server_name": "Server 1",
        "nxai_server_status": "running",
        "nxai_plugin_version": "6.1.2",
        "nxai_runtime": None,
        "nxai_supports_pipelines": True,
        "nxai_organisation_id": "",
        "nxai_organisation_name": "",
        "nxai_site_id": "00000001-0000-4000-8000-000000000000",
        "nxai_site_name": "Shop Köln",
        "nxai_site_online": True,
        "nxai_site_version": "6.1.0.1",
    }
    assert result.groups[0].variables["nxai_site_name"] == "Shop Köln"
    assert result.groups[1].variables["nxai_server_name"] == "Server 1"


def test_pipelines_are_what_nxai_pipeline_takes_and_none_where_they_are_not_understood() -> None:
    wire = {"modelUUID": "6B29FC40-CA47-1067-B31D-00DD010662DA", "modelNMS": 0.5, "later": [1]}
    known = device(1, "A", nxAI={"pipelines": [wire]})
    unknown = device(2, "B", nxAI={"pipelines": [wire, "?"]})
    result = contents(SiteListing(site=site(1, "S"), devices=[known, unknown]))
    (pipeline,) = result.hosts[0].variables["nxai_pipelines"]
    assert pipeline["model"] == "6b29fc40-ca47-1067-b31d-00dd010662da"
    assert (pipeline["nms"], pipeline["extra"]) == (0.5, {"later": [1]})
    assert result.hosts[1].variables["nxai_pipelines"] is None
    assert result.hosts[1].variables["nxai_pipelines_unknown"] == "nxAI.pipelines holds something that is no object"
    assert "nxai_pipelines_unknown" not in result.hosts[0].variables


def test_servers_and_sites_are_hosts_when_chosen() -> None:
    server = Server.from_api({"ID": "abc", "Name": "Server 1", "Runtime": "Nx CPU", "Status": "stopped"})
    listing = SiteListing(site=site(1, "S"), servers=[server], devices=[device(1, "Cam")])
    result = contents(listing, kinds=("sites", "servers", "devices"), include_raw=True)
    assert [(host.name, host.group, host.variables["nxai_kind"]) for host in result.hosts] == [
        ("S", "site_s", "site"),
        (f"s-server-1-{digits((ONE, 'abc', 'server'))}", "server_s_server_1", "server"),  # no name has a space
        ("Cam", "server_s_server_1", "device"),
    ]
    assert result.hosts[1].variables["nxai_raw"]["Runtime"] == "Nx CPU"
    assert result.groups[1].variables["nxai_runtime"] == "Nx CPU"
    assert {name for host in result.hosts for name in host.variables} == set(HOST_VARIABLES)


def test_a_device_without_a_server_is_in_the_sites_group_and_one_without_a_name_has_a_name_all_the_same() -> None:
    odd = device(5, "", server="")
    (host,) = contents(SiteListing(site=site(1, "S"), devices=[odd])).hosts
    assert (host.name, host.group) == (f"s-device-{digits((ONE, odd.id))}", "site_s")


def test_an_offline_site_is_a_group_without_hosts() -> None:
    result = contents(SiteListing(site=site(1, "S", online=False)))
    assert [group.name for group in result.groups] == ["site_s"]
    assert result.groups[0].variables["nxai_site_online"] is False
    assert not result.hosts


def test_the_same_plan_comes_out_whatever_the_order() -> None:
    chance = random.Random(3)
    sites = [site(number, name) for number, name in enumerate(["Shop", "shop", "Depot", "Ü", "Ü"], 1)]
    devices = [
        [
            device(place * 100 + number, chance.choice(["Cam", "Door", ""]), f"Server {number % 3}")
            for number in range(9)
        ]
        for place in range(len(sites))
    ]
    expected = None
    for _repeat in range(6):
        chance.shuffle(sites)
        listings = [
            SiteListing(site=place, devices=chance.sample(found, len(found)))
            for place in select_sites(sites, [], False)
            for found in [devices[int(place.id[:8]) - 1]]
        ]
        result = make_contents(Estate(sites=sites, listings=listings), choices()).to_json()
        expected = expected or result
        assert result == expected


def test_site_groups_are_called_the_same_whichever_sites_are_selected() -> None:
    shops = [site(1, "Shop"), site(2, "SHOP")]
    result = make_contents(Estate(sites=shops, listings=[SiteListing(site=shops[0])]), choices())
    named = [f"site_shop_{digits((shop.id,))}" for shop in shops]
    assert [(group.name, group.variables.get("nxai_ambiguous")) for group in result.groups] == [
        ("site_shop", named),
        (named[0], None),
    ]
    (warning,) = result.warnings
    assert all(f"{group} ({shop.name!r})" in warning for group, shop in zip(named, shops, strict=True))


def test_a_shared_name_of_groups_is_an_error_where_that_is_strict_and_no_matter_elsewhere() -> None:
    shops = [site(1, "Shop"), site(2, "SHOP"), site(3, "Depot")]
    estate = Estate(sites=shops, listings=[SiteListing(site=shops[0])])
    with pytest.raises(BadInput, match="site_shop could be any of"):
        make_contents(estate, choices(strict=True))
    depot = Estate(sites=shops, listings=[SiteListing(site=shops[2])])
    result = make_contents(depot, choices(strict=True))
    assert ([group.name for group in result.groups], list(result.warnings)) == (["site_depot"], [])


def test_with_digits_each_group_of_a_record_has_them() -> None:
    shop, server = site(1, "Shop", Organisation={"UUID": MODELS[0], "Name": "ACME"}), "Server 1"
    listing = SiteListing(site=shop, devices=[device(1, "Cam", server)])
    result = contents(listing, always=True, strict=True, group_by=["status", "plugin_version"])
    assert [group.name for group in result.groups] == [
        f"organisation_acme_{digits((MODELS[0], MODELS[0], 'ACME'))}",
        f"site_shop_{digits((ONE,))}",
        f"server_shop_server_1_{digits((ONE, server))}",
        "status_running",
        "plugin_version_6_1_2",
    ]


def test_duplicates_suffix() -> None:
    listings = [SiteListing(site=site(number, f"S{number}"), devices=[device(number, "Cam")]) for number in (1, 2)]
    expected = [f"Cam_{digits((each.site.id, each.devices[0].id))}" for each in listings]
    assert names(contents(*listings)) == expected


def test_one_camera_at_two_sites_is_two_hosts() -> None:
    listings = [SiteListing(site=site(number, f"S{number}"), devices=[device(1, "Cam")]) for number in (1, 2)]
    assert len(set(names(contents(*listings)))) == 2


def test_duplicates_fail_names_them() -> None:
    listing = SiteListing(site=site(1, "S"), devices=[device(1, "Cam"), device(2, "Cam"), device(3, "Door")])
    with pytest.raises(BadInput, match="1 names are those of several hosts: 'Cam'") as caught:
        contents(listing, duplicates="fail")
    assert "hostnames" in caught.value.advice


def test_duplicates_warn_skip_keeps_the_lowest_id_and_warns_of_the_others() -> None:
    devices = [device(2, "Cam"), device(1, "Cam"), device(3, "Cam"), device(4, "Door")]
    result = contents(SiteListing(site=site(1, "S"), devices=devices), duplicates="warn_skip")
    assert [(host.name, host.variables["nxai_device_id"][:9]) for host in result.hosts] == [
        ("Cam", "{00000001"),
        ("Door", "{00000004"),
    ]
    assert len(result.warnings) == 2
    assert "{00000002-aaaa-4000-8000-000000000000}" in result.warnings[0]


@pytest.mark.parametrize(
    ("hostnames", "expected"),
    [
        (["name"], "Cam"),
        (["nxai_device_id"], "{00000001-aaaa-4000-8000-000000000000}"),
        (["nxai_runtime", "nxai_site_name"], "Shop"),
        (["nxai_raw.Server.Status"], "running"),
        (["nxai_raw.Server.Name.none", "nxai_runtime"], OWN),
        (["nxai_raw.Server.Name", "slug", "name"], OWN),  # that name has a space
        (["slug"], OWN),
        (["{{ a template }}"], "Shop/Cam"),
    ],
)
def test_the_first_preference_that_gives_a_name_is_used(hostnames: list[str], expected: str) -> None:
    listing = SiteListing(site=site(1, "Shop"), devices=[device(1, "Cam")])
    assert names(contents(listing, hostnames=hostnames, include_raw=True)) == [expected]


@pytest.mark.parametrize("name", ["../../host_vars/admin", "localhost", "all", "site_s", "!Office", "Dock: 1", "*"])
def test_a_dangerous_name_is_not_a_host_name_but_stays_a_variable(name: str) -> None:
    (host,) = contents(SiteListing(site=site(1, "S"), devices=[device(1, name)])).hosts
    assert host.name == host_name(["S", name], "device", host.identity)
    assert host.variables["nxai_device_name"] == name


def test_an_id_may_hold_anything() -> None:
    odd = Device.from_api({"NxID": "../../x", "Name": ".."})
    (host,) = contents(SiteListing(site=site(1, "S"), devices=[odd])).hosts
    assert host.name == f"s-device-{digits((ONE, '../../x'))}"
    assert host.variables["nxai_device_id"] == "../../x"


@pytest.mark.parametrize("nxid", ["-oProxyCommand=x", "a\nb", "\u202ecam", "{{ 7*7 }}", "lookup('pipe', 'id')"])
def test_an_id_that_is_no_name_gives_way_to_the_hosts_own_and_a_warning_shows_the_refused_name(nxid: str) -> None:
    devices = [Device.from_api({"NxID": nxid, "Name": "-l root"}), device(7, "Door")]
    first, second = (contents(SiteListing(site=site(1, "Shop"), devices=order)) for order in (devices, devices[::-1]))
    assert sorted(names(first)) == sorted(names(second))
    (own,) = set(names(first)) - {"Door"}
    assert re.fullmatch("shop-l-root-[0-9a-f]{8}", own)
    (warning,) = first.warnings
    assert "1 name cannot be used for hosts" in warning
    assert "'-l root'" in warning
    assert "hostnames: [slug]" in warning


def test_a_preference_that_gives_no_host_a_name_is_warned_of() -> None:
    listing = SiteListing(site=site(1, "S"), devices=[device(1, "Cam"), device(2, "")])
    result = contents(listing, hostnames=["nxai_runtime", "name"])
    assert list(result.warnings) == ["'nxai_runtime' of hostnames gives none of 2 hosts a name."]


@pytest.mark.parametrize("preference", ["slug", "name", "nxai_raw.Server.Name", "{{ x }}", "{% if x %}a{% endif %}"])
def test_a_preference_may_be_a_variable_or_a_template(preference: str) -> None:
    check_hostnames([preference], include_raw=True)


@pytest.mark.parametrize(
    ("preference", "advice"),
    [
        ("nxai_device_nmae", "Write nxai_device_name"),
        ("nxai_site_name ~ '-' ~ nxai_device_name", "within {{ }}"),
        ("inventory_hostname", "within {{ }}"),
        ("nxai_raw.Name", "include_raw: true"),
        (7, "within {{ }}"),
    ],
)
def test_a_preference_that_is_neither_is_an_error(preference: Any, advice: str) -> None:
    with pytest.raises(BadInput, match="of hostnames is neither") as caught:
        check_hostnames(["name", preference], include_raw=False)
    assert advice in caught.value.advice


def test_filtered_hosts_leave_their_groups_as_they_are() -> None:
    devices = [device(1, "Cam", "Server 1"), device(2, "Door", "Server 2")]
    result = contents(
        SiteListing(site=site(1, "S"), devices=devices), keep=lambda found: found["nxai_device_name"] == "Door"
    )
    assert names(result) == ["Door"]
    assert len(result.groups) == 3


@pytest.mark.parametrize(
    ("entries", "online_only", "expected"),
    [
        ([], False, ["Depot", "Shop 1", "Shop 2", "Shop [1]"]),
        ([], True, ["Shop 1", "Shop 2", "Shop [1]"]),
        (["Shop *"], False, ["Shop 1", "Shop 2", "Shop [1]"]),
        (["Shop [1]"], False, ["Shop 1", "Shop [1]"]),
        (["No such *"], False, []),
        (["Shop 2", "00000001-0000-4000-8000-000000000000", "Shop ?"], False, ["Depot", "Shop 1", "Shop 2"]),
        (["{00000001-0000-4000-8000-000000000000}"], True, []),
    ],
)
def test_sites_are_selected_by_name_pattern_and_id(entries: list[str], online_only: bool, expected: list[str]) -> None:
    sites = [site(4, "Shop [1]"), site(3, "Shop 2"), site(2, "Shop 1"), site(1, "Depot", online=False)]
    assert [found.name for found in select_sites(sites, entries, online_only)] == expected


def test_a_site_name_that_matches_none_or_two_is_an_error() -> None:
    sites = [site(1, "Depot"), site(2, "Shop"), site(3, "Shop")]
    with pytest.raises(BadInput, match="Depot"):
        select_sites(sites, ["Depott"], False)
    with pytest.raises(BadInput, match="00000003-0000"):
        select_sites(sites, ["Shop"], False)


def test_a_plan_survives_its_json() -> None:
    result = contents(SiteListing(site=site(1, "S"), devices=[device(1, "{{ 7*7 }}")]))
    assert Contents.from_json(result.to_json()).to_json() == result.to_json()


def test_hosts_on_one_server_share_its_variables_in_a_plan_and_in_its_json() -> None:
    listing = SiteListing(site=site(1, "S"), devices=[device(1, "A"), device(2, "B"), device(3, "C", "Server 2")])
    for result in (contents(listing), Contents.from_json(contents(listing).to_json())):
        first, second, other = result.hosts
        assert first.shared is second.shared
        assert other.variables["nxai_server_name"] == "Server 2"
        assert len(result.shared()) == 2


def test_a_device_is_grouped_by_each_model_that_its_pipelines_use() -> None:
    """Also by those of chains in chains, and by none where not all of its pipelines are understood."""
    wire = {"modelUUID": MODELS[0].upper(), "chains": [{"chains": [{"x": {"ModelUUID": MODELS[1]}}]}]}
    known, unknown = device(1, "A", nxAI={"pipelines": [wire]}), device(2, "B", nxAI={"pipelines": [wire, "?"]})
    result = contents(SiteListing(site=site(1, "S"), devices=[known, unknown]), group_by=["model"])
    assert [(host.name, list(host.flat)) for host in result.hosts] == [
        ("A", ["model_6b29fc40", "model_7b29fc40"]),
        ("B", ["pipelines_unknown"]),
    ]


@pytest.mark.parametrize(
    ("organisation", "group", "known"),
    [
        ({"UUID": MODELS[0], "Name": "ACME"}, "organisation_acme", (MODELS[0], "ACME")),
        ("ACME", "organisation_acme", ("", "ACME")),
        (MODELS[0].upper(), "organisation_6b29fc40", (MODELS[0], "")),
        ({"UUID": "00000000-0000-0000-0000-000000000000", "Name": ""}, None, ("", "")),
        (None, None, ("", "")),
    ],
    ids=repr,
)
def test_a_site_is_in_the_group_of_its_organisation(organisation: Any, group: str | None, known: Any) -> None:
    result = contents(SiteListing(site=site(1, "S", Organisation=organisation), devices=[device(1, "Cam")]))
    assert next(each.parent for each in result.groups if each.name == "site_s") == group
    variables = result.hosts[0].variables
    assert (variables["nxai_organisation_id"], variables["nxai_organisation_name"]) == known
