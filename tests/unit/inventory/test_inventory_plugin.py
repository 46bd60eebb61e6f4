# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The plugin in this process, against the simulator."""

from __future__ import annotations

import copy
import os
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from ansible import template
from ansible.errors import AnsibleParserError
from ansible.parsing.dataloader import DataLoader
from ansible.template import Templar
from inventory_estate import HOSTILE, SEED, Reading

from simulator.testing import Served

Read = Callable[..., Reading]


def operations(cloud: Served) -> dict[str, int]:
    return dict(Counter(entry.operation for entry in cloud.log()))


def reset_to(cloud: Served, devices: list[str], site: str = "S", server: str = "A") -> None:
    """The same accounts, and one site with these devices."""
    cloud.reset({**SEED, "sites": [{"name": site, "servers": [{"name": server, "devices": devices}]}]})


def evaluate(expression: str, variables: dict[str, Any]) -> str:
    """What a playbook makes of an expression within a text. (Alone, old versions of core read ``[1]`` as a list.)"""
    text = "> {{ " + expression + " }}"
    trusted = template.trust_as_template(text) if hasattr(template, "trust_as_template") else text
    return str(Templar(loader=DataLoader(), variables=variables).template(trusted)).removeprefix("> ")


def test_sites_servers_and_devices_are_nested_groups_and_hosts(read: Read) -> None:
    found = read()
    amsterdam, berlin = (name for name in found.hosts if name.startswith("Entrance_"))
    assert found.graph() == {
        "all": ["ungrouped"],
        "ungrouped": [],
        "organisation_other": ["site_depot"],
        "organisation_retail": ["site_shop_amsterdam", "site_shop_berlin"],
        "site_depot": [],
        "site_shop_amsterdam": ["server_shop_amsterdam_main", "server_shop_amsterdam_old"],
        "site_shop_berlin": ["server_shop_berlin_main"],
        "server_shop_amsterdam_main": [amsterdam, "Till"],
        "server_shop_amsterdam_old": ["Yard"],
        "server_shop_berlin_main": [berlin, "Office"],
    }
    assert len(found.hosts) == 5
    assert found.groups["site_depot"].vars["nxai_site_online"] is False
    assert found.groups["server_shop_amsterdam_old"].vars["nxai_supports_pipelines"] is False


def test_host_variables(read: Read, cloud: Served) -> None:
    variables = read(sites=["Shop Amsterdam"]).variables("Entrance")
    (pipeline,) = variables["nxai_pipelines"]
    assert pipeline["postprocessor"] == "{{ 1 + 1 }}"
    assert (pipeline["nms"], pipeline["resizing_method"]) == (0.5, "letterbox")
    assert variables["nxai_device_id"] in next(iter(cloud.world.sites.values())).devices
    assert variables["nxai_kind"] == "device"
    assert variables["nxai_enabled"] is True


def test_one_listing_for_the_sites_and_one_for_each_that_is_online(read: Read, cloud: Served) -> None:
    read()
    assert operations(cloud) == {"list_sites": 2, "list_devices": 3}, "each kind once more, for its total"
    assert {entry.method for entry in cloud.log()} == {"GET"}


def test_a_site_that_is_not_selected_is_not_asked_for(read: Read, cloud: Served) -> None:
    found = read(sites=["*Berlin"])
    assert operations(cloud) == {"list_sites": 2, "list_devices": 2}
    assert set(found.hosts) == {"Entrance", "Office"}
    assert "site_shop_amsterdam" not in found.groups


def test_a_password_from_the_environment_costs_one_request_more(
    read: Read, cloud: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("NXAI_TOKEN")
    monkeypatch.setenv("NXAI_CLOUD_URL", cloud.url)
    monkeypatch.setenv("NXAI_USERNAME", "robot@example.com")
    monkeypatch.setenv("NXAI_PASSWORD", "s3cret-word")
    assert len(read().hosts) == 5
    assert operations(cloud) == {"issue_token": 1, "list_sites": 2, "list_devices": 3}


def test_servers_and_sites_as_hosts(read: Read, cloud: Served) -> None:
    found = read(hosts=["servers", "sites"], hostnames=["{{ nxai_kind }}/{{ nxai_site_id }}/{{ nxai_server_name }}"])
    berlin = next(site.id for site in cloud.world.sites.values() if site.name == "Shop Berlin")
    own = f"server/{berlin}/Main"
    assert operations(cloud) == {"list_sites": 2, "list_servers": 2}
    assert own in found.graph()["server_shop_berlin_main"]
    assert found.variables(own)["nxai_runtime"]
    # The template fails for sites, as they have no server: they have their own names.
    assert {"nxai_site_id" in host.vars for host in found.hosts.values()} == {True}
    assert len(found.hosts) == 6


def test_online_only_leaves_offline_sites_out(read: Read) -> None:
    assert "site_depot" not in read(online_only=True).groups


def test_hostvars_selects_what_is_set_and_constructed_sees_all(read: Read) -> None:
    found = read(hostvars=["nxai_kind"], compose={"where": "nxai_site_name"}, sites=["Shop Berlin"])
    own = {name: value for name, value in found.variables("Office").items() if not name.startswith("inventory_")}
    assert own == {"nxai_kind": "device", "where": "Shop Berlin"}


def test_constructed(read: Read) -> None:
    found = read(
        strict=True,
        compose={"ansible_host": "nxai_server_name ~ '.example.com'"},
        groups={"assigned": "nxai_pipelines | length > 0"},
        keyed_groups=[
            {"key": "nxai_plugin_version", "prefix": "plugin"},
            {"key": "nxai_site_name", "prefix": "", "separator": "", "parent_group": "by_site"},
        ],
    )
    graph = found.graph()
    assert found.variables("Yard")["ansible_host"] == "Old.example.com"
    assert len(graph["assigned"]) == 1
    assert graph["plugin_4_1_62_beta"] == ["Yard"]
    assert graph["by_site"] == ["Shop_Amsterdam", "Shop_Berlin"]


def test_strict_makes_a_failing_expression_an_error(read: Read) -> None:
    assert "x" not in read(compose={"x": "no_such"}).variables("Yard")
    with pytest.raises(AnsibleParserError, match="no_such"):
        read(strict=True, groups={"x": "no_such"})
    with pytest.raises(AnsibleParserError, match="no_such"):
        read(strict=True, hostnames=["{{ no_such }}"])


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ([{"include": "nxai_device_name == 'Till'"}, {"exclude": True}], ["Till"]),
        ([{"exclude": "nxai_supports_pipelines"}], ["Yard"]),
        (
            [{"exclude": "nxai_device_name in ['Till', 'Office']"}, {"exclude": "nxai_device_name == 'Entrance'"}],
            ["Yard"],
        ),
        ([{"include": "nxai_server_name == 'Old'"}, {"exclude": "not nxai_pipelines | length"}], ["Entrance", "Yard"]),
    ],
)
def test_filters_keep_what_the_first_true_rule_says(read: Read, filters: list[Any], expected: list[str]) -> None:
    assert sorted(read(filters=filters).hosts) == expected


def test_a_filter_that_fails_is_an_error(read: Read) -> None:
    with pytest.raises(AnsibleParserError, match="Filter hosts by 'no_such'"):
        read(filters=[{"exclude": "no_such"}])


@pytest.mark.parametrize(
    "expression", ["1 / 0 > 1", "nxai_runtime | length > 0", "nxai_device_name is version('4', '<')"]
)
def test_whatever_an_expression_raises_it_is_named(read: Read, expression: str) -> None:
    with pytest.raises(AnsibleParserError, match="Filter hosts by "):
        read(filters=[{"exclude": expression}])
    template = f"{{{{ {expression} }}}}"
    with pytest.raises(AnsibleParserError, match="Name a host by "):
        read(hostnames=[template], strict=True)
    found = read(hostnames=[template, "name"])
    assert "Office" in found.hosts
    assert "gives none of 5 hosts a name" in found.warnings[0]


def test_what_the_cloud_returns_is_never_a_template(read: Read, cloud: Served) -> None:
    names = [*HOSTILE, "../../host_vars/x", "localhost", "all"]
    reset_to(cloud, names, site="{{ 6*7 }}", server="{{ 5*5 }}")
    found = read(
        strict=True,
        include_raw=True,
        compose={"joined": "'<{' ~ nxai_device_name ~ '}>'"},
        keyed_groups=[{"key": "nxai_server_name", "prefix": "on"}],
        filters=[{"include": "nxai_device_name != '49'"}],
    )
    assert set(HOSTILE) & set(found.hosts) == {"null"}
    assert "15 names cannot be used for hosts" in found.warnings[0]
    assert r"'two\nlines'" in found.warnings[0]
    assert sorted(host.vars["nxai_device_name"] for host in found.hosts.values()) == sorted(names)
    assert {"organisation_retail", "server_6_7_5_5", "site_6_7", "on____5_5___"} == {
        name for name in found.groups if name[0] in "so"
    }
    for host in found.hosts.values():
        variables = host.get_vars()
        name = variables["nxai_device_name"]
        assert evaluate("nxai_device_name", variables) == name
        assert evaluate("nxai_raw.Name", variables) == name
        assert evaluate("nxai_site_name", variables) == "{{ 6*7 }}"
        assert evaluate("joined", variables) == "<{" + name + "}>"
        assert evaluate("inventory_hostname", variables) == host.name
    assert evaluate("nxai_site_name", found.groups["site_6_7"].vars) == "{{ 6*7 }}"


def test_host_names_cannot_read_other_files_or_pose_as_the_controller_or_a_group(read: Read, cloud: Served) -> None:
    names = ["..", "../x", "localhost", "all", "site_s"]
    reset_to(cloud, names)
    found = read()
    assert all(name.startswith("s-") for name in found.hosts)
    assert len(found.hosts) == len(names)
    assert "nxai_device_name" not in found.groups["all"].vars


def test_a_host_called_like_a_constructed_group_does_not_bring_that_group_along(read: Read, cloud: Served) -> None:
    reset_to(cloud, ["Cam", "on_A"])
    found = read(
        keyed_groups=[{"key": "nxai_server_name", "prefix": "on"}],
        groups={"trusted": "nxai_device_name == 'on_A'"},
    )
    assert "trusted" not in found.groups
    assert "'on_A'" in found.warnings[0]


def test_a_host_called_like_a_group_of_the_file_does_not_take_its_place(read: Read, cloud: Served) -> None:
    """A play on the group would run on that host alone."""
    reset_to(cloud, ["Cam", "idle", "a_b"])
    groups = {"idle": "true", "a b": "true"}
    found = read(groups=groups)
    assert found.hosts.keys().isdisjoint({"idle", "a_b"})
    assert len(found.groups["idle"].get_hosts()) == len(found.groups["a_b"].get_hosts()) == 3
    assert "'idle' (idle_" in found.warnings[0]
    with pytest.raises(AnsibleParserError, match=r"2 names .*'idle'"):
        read(groups=groups, duplicates="fail")


def test_the_same_comes_out_one_site_at_a_time(read: Read) -> None:
    together, alone = read(concurrency=8), read(concurrency=1)
    assert together.graph() == alone.graph()
    assert list(together.hosts) == list(alone.hosts)


def test_act_as_from_the_environment(read: Read, cloud: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    other = next(key for key, found in cloud.world.organisations.items() if found.name == "Other")
    monkeypatch.setenv("NXAI_ACT_AS_KIND", "organization")
    monkeypatch.setenv("NXAI_ACT_AS_ID", other)
    assert [name for name in read().groups if name.startswith("site_")] == ["site_depot"]


def test_credentials_in_the_file_may_be_templates(read: Read, cloud: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MY_TOKEN", cloud.token())
    monkeypatch.delenv("NXAI_TOKEN")
    assert read(token="{{ lookup('ansible.builtin.env', 'MY_TOKEN') }}").hosts


def test_act_as_may_be_a_template(read: Read, cloud: Served) -> None:
    other = next(key for key, found in cloud.world.organisations.items() if found.name == "Other")
    found = read(act_as={"kind": "{{ 'organi' ~ 'zation' }}", "id": other})
    assert [name for name in found.groups if name.startswith("site_")] == ["site_depot"]


# Bad input, bad server --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"site": ["Shop Berlin"]}, "no option site"),
        ({"sites": ["Shop Berlni"]}, "Near: Shop Berlin"),
        ({"concurrency": 0}, "from 1 to 16"),
        ({"filters": [{"keep": "true"}]}, "include or exclude"),
        ({"filters": ["nxai_enabled"]}, "include or exclude"),
        ({"duplicates": "fail"}, "'Entrance'"),
        ({"act_as": {"kind": "organization"}}, "act_as has no id"),
        ({"api_url": "api.example.com"}, "api_url"),
        ({"token": "wrong"}, "401"),
        ({"token": ""}, "NXAI_TOKEN"),
    ],
)
def test_bad_input_is_a_clear_error(
    read: Read, options: dict[str, Any], message: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if "token" in options:
        monkeypatch.delenv("NXAI_TOKEN")
    with pytest.raises(AnsibleParserError, match=message):
        read(**options)


def test_a_refused_listing_is_an_error_and_no_secret_is_in_it(read: Read, cloud: Served) -> None:
    token = os.environ["NXAI_TOKEN"]
    cloud.fault("status", "list_devices", status=403, body={"Message": f"no rights for {token}"}, times=0)
    with pytest.raises(AnsibleParserError, match="403") as caught:
        read()
    assert "/dev/system/" in str(caught.value)
    assert token not in str(caught.value)


def test_a_listing_that_is_cut_short_is_an_error(read: Read, cloud: Served) -> None:
    cloud.fault("pagination", "list_devices", records=99, times=0)
    with pytest.raises(AnsibleParserError, match="99"):
        read()


@pytest.mark.parametrize("name", ["nxai.yml", "nxai.yaml", "a.nxai.yml", "a.nxai.yaml"])
def test_file_names_that_are_ours(plugins: Any, write: Callable[..., Path], name: str) -> None:
    assert plugins.get("nxai.cloud.nxai_devices").verify_file(str(write(name)))


@pytest.mark.parametrize("name", ["hosts.yml", "annxai.yml", "nxai.yml.bak"])
def test_file_names_that_are_not(plugins: Any, write: Callable[..., Path], name: str) -> None:
    assert not plugins.get("nxai.cloud.nxai_devices").verify_file(str(write(name)))


# Cache ------------------------------------------------------------------------------------------------------------


@pytest.fixture
def caching(tmp_path: Path) -> dict[str, Any]:
    return {"cache": True, "cache_plugin": "jsonfile", "cache_connection": str(tmp_path / "cache")}


def test_a_cached_run_sends_nothing_and_gives_the_same(
    read: Read, cloud: Served, caching: dict[str, Any], tmp_path: Path
) -> None:
    options = {**caching, "hostnames": ["{{ nxai_site_name }}/{{ nxai_device_name }}"], "compose": {"x": "nxai_kind"}}
    first = read(**options)
    token = os.environ["NXAI_TOKEN"]
    cloud.clear_log()
    second = read(**options)
    assert not cloud.log()
    assert second.graph() == first.graph()
    assert {name: host.vars for name, host in second.hosts.items()} == {n: h.vars for n, h in first.hosts.items()}
    entries = [entry.read_text(encoding="utf-8") for entry in (tmp_path / "cache").iterdir()]
    assert entries
    assert not any(token.split(".")[0] in entry for entry in entries)


def test_hostile_names_come_out_of_the_cache_as_text(read: Read, cloud: Served, caching: dict[str, Any]) -> None:
    names = [*HOSTILE, "__ansible_unsafe"]
    reset_to(cloud, names)
    for _run in range(2):
        found = read(**caching)
        assert {evaluate("nxai_device_name", host.get_vars()) for host in found.hosts.values()} == set(names)


def test_flushing_reads_anew(read: Read, cloud: Served, caching: dict[str, Any]) -> None:
    read(**caching)
    smaller = copy.deepcopy(SEED)
    smaller["sites"].pop(1)
    cloud.reset(smaller)
    assert "Office" in read(**caching).hosts
    assert "Office" not in read(fresh=True, **caching).hosts
    assert "Office" not in read(**caching).hosts


@pytest.mark.parametrize(
    "change", [{"sites": ["Shop *"]}, {"act_as": {"kind": "user", "id": "0" * 32}}, {"strict": True}]
)
def test_options_that_change_the_answer_have_an_entry_of_their_own(
    read: Read, cloud: Served, caching: dict[str, Any], change: dict[str, Any]
) -> None:
    read(**caching)
    cloud.clear_log()
    cloud.fault("status", status=403, times=0)
    with pytest.raises(AnsibleParserError, match="403"):
        read(**caching, **change)


@pytest.mark.parametrize("damage", ['{"format": 0, "key": "x", "contents": ""}', "[1", "", "null", "[]", "7"])
def test_a_foreign_or_damaged_entry_is_not_used(
    read: Read, cloud: Served, caching: dict[str, Any], tmp_path: Path, damage: str
) -> None:
    read(**caching)
    cloud.clear_log()
    for entry in (tmp_path / "cache").iterdir():
        entry.write_text(damage, encoding="utf-8")
    assert len(read(**caching).hosts) == 5
    assert operations(cloud) == {"list_sites": 2, "list_devices": 3}
