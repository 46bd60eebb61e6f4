# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Groups by what hosts have, and an estate of which not all can be read."""

from __future__ import annotations

import copy
import json
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from ansible.errors import AnsibleParserError
from inventory_estate import PIPELINE, SEED, Reading

from simulator.testing import Served

Read = Callable[..., Reading]
BERLIN = 1  # its place in SEED


@pytest.fixture
def caching(tmp_path: Path) -> dict[str, Any]:
    return {"cache": True, "cache_plugin": "jsonfile", "cache_connection": str(tmp_path / "cache")}


def operations(cloud: Served) -> dict[str, int]:
    return dict(Counter(entry.operation for entry in cloud.log()))


def site_id(cloud: Served, place: int) -> str:
    return list(cloud.world.sites)[place]


def break_site(cloud: Served, place: int, **how: Any) -> None:
    how = how or {"status": 403}
    cloud.fault("status", path=f"/dev/system/{site_id(cloud, place)}/devices", times=0, **how)


def devices(found: Reading) -> list[str]:
    return sorted(host.vars["nxai_device_name"] for host in found.hosts.values())


# Groups -------------------------------------------------------------------------------------------------------------


def test_groups_by_what_servers_have_cost_no_request_more(read: Read, cloud: Served) -> None:
    graph = read(group_by=["status", "plugin_version", "pipeline_support"]).graph()
    assert operations(cloud) == {"list_sites": 2, "list_devices": 3}
    assert len(graph["status_running"]) == 5
    assert graph["plugin_version_4_1_62_beta"] == ["Yard"] == graph["pipelines_unsupported"]
    assert len(graph["plugin_version_4_2_0"]) == 4 == len(graph["pipelines_supported"])


def test_the_runtime_is_that_of_the_server_and_costs_a_request_for_each_site(read: Read, cloud: Served) -> None:
    found = read(group_by=["runtime"])
    assert operations(cloud) == {"list_sites": 2, "list_devices": 3, "list_servers": 2}
    assert len(found.graph()["runtime_nx_cpu"]) == 5
    assert found.variables("Till")["nxai_runtime"] == "Nx CPU"
    assert found.groups["runtime_nx_cpu"].vars == {"nxai_runtime": "Nx CPU"}


def test_models_in_use_and_their_catalogues_are_groups_by_name(read: Read, cloud: Served) -> None:
    unknown = {**PIPELINE, "modelUUID": "11111111-2222-4333-8444-555555555555"}
    seed = copy.deepcopy(SEED)
    seed["catalogues"] = [{"name": "Retail models", "organisation": "Retail"}, {"name": "Unused"}]
    seed["models"] = [
        {"name": "People {{ 1 }}", "id": PIPELINE["modelUUID"], "catalogues": ["Retail models"]},
        {"name": "Cars", "catalogues": ["Retail models"]},
    ]
    chained = {**PIPELINE, "chains": [unknown]}
    seed["sites"][BERLIN]["servers"][0]["devices"] = [{"name": "Office", "pipelines": [chained]}, "Hall"]
    cloud.reset(seed)
    found = read(group_by=["model", "catalogue"])
    assert operations(cloud) == {"list_sites": 2, "list_devices": 3, "list_models": 1, "list_catalogues": 1}
    graph = {name: members for name, members in found.graph().items() if name.startswith(("model_", "catalogue_"))}
    assert graph == {
        "model_people_1": ["Entrance", "Office"],
        "model_11111111": ["Office"],
        "catalogue_retail_models": ["Entrance", "Office"],
    }
    assert found.groups["model_people_1"].vars == {
        "nxai_model_id": PIPELINE["modelUUID"],
        "nxai_model_name": "People {{ 1 }}",
    }
    assert found.groups["catalogue_retail_models"].vars["nxai_catalogue_name"] == "Retail models"


def test_models_alone_cost_one_request(read: Read, cloud: Served) -> None:
    read(group_by=["model"])
    assert operations(cloud) == {"list_sites": 2, "list_devices": 3, "list_models": 1}


def test_values_that_would_share_a_group_name_have_one_each(read: Read, cloud: Served) -> None:
    seed = copy.deepcopy(SEED)
    for place, version in enumerate(("4.2-0", "4.2.0")):
        seed["sites"][place]["servers"] = [{"name": "Main", "plugin_version": version, "devices": ["Cam"]}]
    cloud.reset(seed)
    found = read(group_by=["plugin_version"])
    groups = [group for name, group in found.groups.items() if name.startswith("plugin_version_4_2_0_")]
    assert {group.vars["nxai_plugin_version"] for group in groups} == {"4.2-0", "4.2.0"}


def test_a_host_cannot_pose_as_a_group_of_this_kind(read: Read, cloud: Served) -> None:
    cloud.reset({**SEED, "sites": [{"name": "S", "servers": [{"name": "A", "devices": ["status_running"]}]}]})
    (name,) = read(group_by=["status"]).hosts
    assert name.startswith("s-status_running-")


def test_sites_are_within_their_organisation_where_their_record_tells_it(read: Read, cloud: Served) -> None:
    cloud.reset({**SEED, "sites": [*SEED["sites"], {"name": "Mine", "account": "robot@example.com"}]})
    found = read()
    assert found.graph()["organisation_retail"] == ["site_shop_amsterdam", "site_shop_berlin"]
    assert found.groups["organisation_retail"].vars["nxai_organisation_name"] == "Retail"
    assert found.variables("Till")["nxai_organisation_name"] == "Retail"
    assert not found.groups["site_mine"].parent_groups
    assert "organisation_other" not in read(sites=["Shop *"]).groups


# When not all can be read -------------------------------------------------------------------------------------------


def test_skip_leaves_a_site_out_loudly(read: Read, cloud: Served) -> None:
    break_site(cloud, BERLIN)
    found = read(on_error="skip")
    assert devices(found) == ["Entrance", "Till", "Yard"]
    assert "1 sites could not be read and are MISSING" in found.warnings[0]
    assert "'Shop Berlin'" in found.warnings[0]
    assert "403" in found.groups["site_shop_berlin"].vars["nxai_site_error"]
    (missing,) = found.groups["all"].vars["nxai_missing_sites"]
    assert (missing["site"], missing["name"]) == (site_id(cloud, BERLIN), "Shop Berlin")
    assert "403" in missing["reason"]


def test_skip_tells_that_nothing_is_missing(read: Read) -> None:
    found = read(on_error="skip")
    assert found.groups["all"].vars["nxai_missing_sites"] == []
    assert not found.warnings


def test_missing_sites_of_several_sources_add_up(read: Read, cloud: Served) -> None:
    found = Reading()
    break_site(cloud, BERLIN)
    read(into=found, on_error="skip")
    cloud.clear_faults()
    read(into=found, on_error="skip")
    assert len(found.groups["all"].vars["nxai_missing_sites"]) == 1


@pytest.mark.parametrize("operation", ["list_sites", "list_devices"])
def test_skip_does_not_pass_nothing_off_as_an_inventory(read: Read, cloud: Served, operation: str) -> None:
    cloud.fault("status", operation, status=403, times=0)
    with pytest.raises(AnsibleParserError, match="403"):
        read(on_error="skip")


@pytest.mark.parametrize("on_error", ["skip", "cached"])
def test_bad_credentials_are_an_error_whatever_is_chosen(
    read: Read, caching: dict[str, Any], on_error: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    read(**caching)
    monkeypatch.setenv("NXAI_TOKEN", "wrong")
    with pytest.raises(AnsibleParserError, match="401"):
        read(fresh=True, **caching, on_error=on_error)


def test_cached_takes_what_a_site_last_had(read: Read, cloud: Served, caching: dict[str, Any], tmp_path: Path) -> None:
    first = read(**caching)
    for plan in (tmp_path / "cache").glob("*nxai_devices_*"):
        plan.unlink()
    break_site(cloud, BERLIN)
    found = read(**caching, on_error="cached")
    assert found.graph() == first.graph()
    assert {name: host.vars for name, host in found.hosts.items()} == {n: h.vars for n, h in first.hosts.items()}
    assert "shown as last known" in found.warnings[0]
    variables = found.groups["site_shop_berlin"].vars
    assert "403" in variables["nxai_site_error"]
    assert variables["nxai_site_known_at"].endswith("Z")
    # What is old is not kept as if it were new.
    assert not list((tmp_path / "cache").glob("*nxai_devices_*"))


def test_cached_goes_on_without_the_cloud(read: Read, cloud: Served, caching: dict[str, Any]) -> None:
    options = {**caching, "group_by": ["model", "catalogue", "runtime"]}
    first = read(**options)
    cloud.fault("status", status=403, times=0)
    cloud.clear_log()
    found = read(fresh=True, **options, on_error="cached")
    assert found.graph() == first.graph()
    assert operations(cloud) == {"list_sites": 1, "list_models": 1, "list_catalogues": 1}


def test_cached_is_an_error_where_nothing_is_known(read: Read, cloud: Served, caching: dict[str, Any]) -> None:
    break_site(cloud, BERLIN)
    with pytest.raises(AnsibleParserError, match=r"'Shop Berlin' could not be read.*403.*on_error: skip"):
        read(**caching, on_error="cached")


def test_cached_needs_a_cache(read: Read) -> None:
    with pytest.raises(AnsibleParserError, match="cache: true"):
        read(on_error="cached")


def test_an_offline_site_keeps_what_it_was_last_known_to_have(
    read: Read, cloud: Served, caching: dict[str, Any]
) -> None:
    read(**caching)
    next(site for site in cloud.world.sites.values() if site.name == "Shop Berlin").online = False
    found = read(fresh=True, **caching)
    assert "Office" in found.hosts
    assert found.variables("Office")["nxai_site_online"] is False
    assert "nxai_site_known_at" in found.groups["site_shop_berlin"].vars
    assert not found.warnings
    assert "Office" not in read().hosts
    assert "Office" not in read(fresh=True, **caching, online_only=True).hosts


def test_what_is_remembered_holds_no_more_than_is_needed(
    read: Read, cloud: Served, caching: dict[str, Any], tmp_path: Path
) -> None:
    for device in next(iter(cloud.world.sites.values())).devices.values():
        device.settings = {"password": "s3cret-of-a-camera"}
    read(**caching)
    kept = [path.read_text(encoding="utf-8") for path in (tmp_path / "cache").iterdir()]
    assert any("nxai_known_" in path.name for path in (tmp_path / "cache").iterdir())
    assert "s3cret-of-a-camera" not in "".join(kept)


@pytest.mark.parametrize("damage", ["", "[1", json.dumps({"format": 0, "rows": "[]"})])
def test_a_damaged_memory_is_as_good_as_none(
    read: Read, cloud: Served, caching: dict[str, Any], tmp_path: Path, damage: str
) -> None:
    read(**caching)
    for path in (tmp_path / "cache").iterdir():
        path.write_text(damage, encoding="utf-8")
    break_site(cloud, BERLIN)
    with pytest.raises(AnsibleParserError, match="nothing is known"):
        read(**caching, on_error="cached")


def test_the_first_error_ends_it_without_asking_for_all_the_others(read: Read, cloud: Served) -> None:
    cloud.reset({**SEED, "sites": [{"name": f"Site {number}"} for number in range(60)]})
    cloud.fault("status", "list_devices", status=403, times=0)
    with pytest.raises(AnsibleParserError, match="403"):
        read(concurrency=1)
    assert operations(cloud)["list_devices"] < 10


def test_shuffled_answers_give_the_same_inventory(read: Read, cloud: Served) -> None:
    cloud.reset(SEED)
    first = read(group_by=["plugin_version", "model"])
    sites = dict(reversed(cloud.world.sites.items()))
    cloud.world.sites.clear()
    cloud.world.sites.update(sites)
    for site in sites.values():
        shuffled = dict(reversed(site.devices.items()))
        site.devices.clear()
        site.devices.update(shuffled)
    second = read(group_by=["plugin_version", "model"])
    assert second.graph() == first.graph()
    assert list(second.hosts) == list(first.hosts)
