# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What hosts and groups are called, in any company, under AWX, beside other sources, whatever people call a camera."""

from __future__ import annotations

import copy
import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible.errors import AnsibleParserError
from ansible.inventory.manager import InventoryManager
from ansible.parsing.dataloader import DataLoader
from inventory_estate import SEED, Reading

from ansible_collections.nxai.cloud.plugins.plugin_utils._inventory.names import digits
from simulator import hostile_names
from simulator.testing import Served
from tools.awx_import import imported
from tools.workplace import users_environment

Read = Callable[..., Reading]
OWN = re.compile(r"[^\W_][\w-]{0,110}-[0-9a-f]{8}")


def one_site(name: str, *devices: str) -> dict[str, Any]:
    return {**SEED, "sites": [{"name": name, "servers": [{"name": "Main", "devices": list(devices)}]}]}


def two_shops(cloud: Served, *devices: str) -> None:
    sites = [{"name": name, "servers": [{"name": "Main", "devices": list(devices)}]} for name in ("Shop A", "Shop B")]
    cloud.reset({**SEED, "sites": sites})


def at(found: Reading, host: str) -> str:
    return str(found.variables(host)["nxai_site_name"])


def named(found: Reading, device: str) -> list[str]:
    return sorted(name for name, host in found.hosts.items() if host.vars.get("nxai_device_name") == device)


def reached(found: Reading, pattern: Any) -> list[str]:
    """The hosts of a play on this pattern, by ansible-core."""
    manager = InventoryManager(DataLoader(), sources=None)
    manager._inventory = found
    return [str(host.name) for host in manager.get_hosts(pattern)]


# 2: other sources ----------------------------------------------------------------------------------------------------


def test_i02_a_camera_of_another_file_is_never_overwritten(read: Read, cloud: Served) -> None:
    two_shops(cloud, "Till-1")
    found = read(sites=["Shop A"])
    read(into=found, sites=["Shop B"])
    first, second = named(found, "Till-1")
    assert (first, at(found, first)) == ("Till-1", "Shop A")
    assert re.fullmatch("Till-1_[0-9a-f]{8}", second) and at(found, second) == "Shop B"
    assert reached(found, "site_shop_a") == [first]
    assert reached(found, "site_shop_b") == [second]
    assert any("'Till-1'" in warning and "another source" in warning for warning in found.warnings)


def test_i02_by_their_own_names_two_files_never_meet(read: Read, cloud: Served) -> None:
    two_shops(cloud, "Till 1")
    found = read(sites=["Shop A"], hostnames=["slug"])
    read(into=found, sites=["Shop B"], hostnames=["slug"], duplicates="fail")
    assert len(found.hosts) == 2
    assert not found.warnings


@pytest.mark.parametrize("as_group", [False, True])
def test_i02_a_static_host_or_group_stays_as_it_is(read: Read, as_group: bool) -> None:
    found = Reading()
    (found.add_group if as_group else found.add_host)("Office")
    found.set_variable("Office", "ansible_host", "10.0.0.7")
    read(into=found)
    (own,) = named(found, "Office")
    assert re.fullmatch("Office_[0-9a-f]{8}", own)
    there = found.groups["Office"] if as_group else found.hosts["Office"]
    assert there.vars["ansible_host"] == "10.0.0.7"
    assert not any(name.startswith("nxai_") for name in there.vars)


def test_i02_duplicates_decides_for_hosts_of_other_sources_as_well(read: Read) -> None:
    def static() -> Reading:
        found = Reading()
        found.add_host("Office")
        return found

    with pytest.raises(AnsibleParserError, match="'Office'"):
        read(into=static(), sites=["Shop Berlin"], duplicates="fail")
    found = read(into=static(), sites=["Shop Berlin"], duplicates="warn_skip")
    assert set(found.hosts) == {"Office", "Entrance"}
    assert "'Office' (left out)" in found.warnings[-1]


@pytest.mark.parametrize("hostnames", [["slug"], ["name"]])
def test_i02_the_same_camera_in_two_files_is_one_host(read: Read, hostnames: list[str]) -> None:
    found = read(hostnames=hostnames, hostvars=["nxai_kind"])
    before = set(found.hosts)
    read(into=found, sites=["Shop Berlin"], hostnames=hostnames, duplicates="warn_skip", compose={"more": "1"})
    again = set(found.hosts) - before
    assert again == ({"Entrance"} if hostnames == ["name"] else set())  # in the second file, it is the only one
    assert sum("more" in host.vars for host in found.hosts.values()) == 2


def test_i02_a_host_of_ones_own_with_the_cameras_digits_is_that_camera(read: Read) -> None:
    (name,) = named(read(hostnames=["slug"]), "Office")
    found = Reading()
    found.add_group("vip")
    found.add_host(name, "vip")
    read(into=found, hostnames=["slug"], duplicates="fail")
    assert found.variables(name)["nxai_device_name"] == "Office"
    assert reached(found, "vip") == [name]


def test_i02_groups_of_two_accounts_do_not_merge_either(read: Read, cloud: Served) -> None:
    """Each of two organisations has a Shop with a server Main."""
    found = Reading()
    for number in (1, 2):
        seed = one_site("Shop", "Till")
        seed["sites"][0]["id"] = f"5c0ff1ce-0000-4000-8000-00000000000{number}"
        cloud.reset(seed)
        read(into=found, hostnames=["slug"])
    first, second = sorted(name for name in found.groups if name.startswith("site_shop"))
    assert first == "site_shop"
    assert [len(reached(found, group)) for group in (first, second, "server_shop_main")] == [1, 1, 1]
    assert reached(found, first) != reached(found, second)
    assert any("group_names: digits" in warning for warning in found.warnings)


def test_i02_what_is_ambiguous_to_one_account_says_nothing_of_the_group_of_another(read: Read, cloud: Served) -> None:
    first, second = one_site("Shop", "Till"), one_site("Shop", "Door")
    second["sites"] += one_site("shop!", "Yard")["sites"]
    for number, site in enumerate([*first["sites"], *second["sites"]]):
        site["id"] = f"5c0ff1ce-0000-4000-8000-00000000000{number}"
    cloud.reset(first)
    found = read()
    cloud.reset(second)
    read(into=found)
    assert reached(found, "site_shop") == ["Till"]
    assert "nxai_ambiguous" not in found.groups["site_shop"].vars
    (warning,) = (text for text in found.warnings if "site_shop could be any of" in text)
    assert "none of their hosts is in it" in warning
    cloud.reset(first)
    again = read(into=found)
    assert sum(name.startswith("site_shop") for name in again.groups) == 3


# 3: names that mean something else -----------------------------------------------------------------------------------


@pytest.mark.parametrize("hostnames", [["slug"], ["name"], ["{{ nxai_device_name }}", "nxai_device_id"]])
def test_i03_a_play_on_the_name_of_a_host_reaches_this_host_alone(
    read: Read, cloud: Served, hostnames: list[str]
) -> None:
    cloud.reset(hostile_names.seed())
    found = read(hostnames=hostnames, duplicates="suffix")
    total = sum(len(site.devices) for site in cloud.world.sites.values())
    assert len(found.hosts) == total
    for name in found.hosts:
        assert reached(found, name) == [name]
        assert reached(found, [name]) == [name]
        assert reached(found, f"all:!{name}") == [other for other in reached(found, "all") if other != name]


def test_i03_a_camera_cannot_take_over_the_pattern_of_a_group(read: Read, cloud: Served) -> None:
    cloud.reset(one_site("Shop", "site_shop*", "Till", "site_*"))
    found = read()
    assert len(reached(found, "site_shop*")) == 3


def test_i03_whoever_calls_a_camera_like_another_changes_only_its_own_name(read: Read, cloud: Served) -> None:
    cloud.reset(one_site("Shop", "!Office", "!Till"))
    before = {name: host.vars["nxai_device_id"] for name, host in read().hosts.items()}
    office, till = (next(name for name in before if each in name) for each in ("office", "till"))
    for copies in ([office], [office, till, office]):
        cloud.reset(one_site("Shop", "!Office", "!Till", *copies))
        found = read(duplicates="fail") if len(copies) == 1 else read()
        assert len(found.hosts) == 2 + len(copies)
        assert before.items() <= {name: host.vars["nxai_device_id"] for name, host in found.hosts.items()}.items()
        assert repr(office) in found.warnings[0]


@pytest.mark.parametrize("device", ["Dock: north", "localhost:22", "x" * 600, "!Office", "*", "Entrance [1]"])
def test_i03_what_is_unsafe_is_refused_by_name_with_the_preference_that_would_do(
    read: Read, cloud: Served, device: str
) -> None:
    cloud.reset(one_site("Shop", device))
    found = read(hostnames=["name"])
    (name,) = found.hosts
    assert OWN.fullmatch(name)
    assert repr(device)[1:40] in found.warnings[0]
    assert "hostnames: [slug]" in found.warnings[0]


def test_i03_a_host_called_like_a_keyed_group_is_warned_of(read: Read, cloud: Served) -> None:
    cloud.reset(one_site("Shop", "Cam", "on_Main"))
    found = read(keyed_groups=[{"key": "nxai_server_name", "prefix": "on"}])
    assert reached(found, "on_Main") == ["on_Main"]
    assert len(found.groups["on_Main"].get_hosts()) > 0
    (warning,) = (text for text in found.warnings if "1 host and as many groups of keyed_groups" in text)
    assert "'on_Main'" in warning
    assert not read(keyed_groups=[{"key": "nxai_server_name", "prefix": "at"}]).warnings


# 4: names that change ------------------------------------------------------------------------------------------------


def test_i04_another_camera_of_the_same_name_changes_no_host(read: Read, cloud: Served) -> None:
    before = read(hostnames=["slug"])
    seed = copy.deepcopy(SEED)
    seed["sites"].append({"name": "Shop-Berlin", "servers": [{"name": "Main", "devices": ["Entrance", "Office"]}]})
    seed["sites"][1]["servers"][0]["devices"].append("Entrance!")
    cloud.reset(seed)
    after = read(hostnames=["slug"])
    assert set(before.hosts) < set(after.hosts)
    assert len(after.hosts) == len(before.hosts) + 3
    for name in before.hosts:
        assert after.variables(name)["nxai_device_id"] == before.variables(name)["nxai_device_id"]


def test_i04_the_default_name_is_readable_and_has_its_digits(read: Read, cloud: Served) -> None:
    found = read(hostnames=["slug"])
    (name,) = named(found, "Office")
    own = found.variables(name)
    assert name == f"shop-berlin-office-{digits((own['nxai_site_id'], own['nxai_device_id']))}"


def test_i04_the_default_is_the_name_of_its_own(read: Read, plugins: Any, write: Callable[..., Path]) -> None:
    plugin, found = plugins.get("nxai.cloud.nxai_devices"), Reading()
    plugin.parse(found, DataLoader(), str(write()))
    assert all(OWN.fullmatch(name) for name in found.hosts)


def test_i04_a_second_site_of_the_name_leaves_a_group_that_tells_it_from_a_mistake(read: Read, cloud: Served) -> None:
    seed = copy.deepcopy(SEED)
    seed["sites"].append({"name": "Shop-Berlin", "servers": [{"name": "Main", "devices": ["Door"]}]})
    cloud.reset(seed)
    found = read()
    plain = found.groups["site_shop_berlin"]
    both = plain.vars["nxai_ambiguous"]
    assert [at(found, reached(found, group)[0]) for group in both] == [
        found.groups[group].vars["nxai_site_name"] for group in both
    ]
    assert {found.groups[group].vars["nxai_site_name"] for group in both} == {"Shop Berlin", "Shop-Berlin"}
    assert all(re.fullmatch("site_shop_berlin_[0-9a-f]{8}", group) for group in both)
    assert reached(found, "site_shop_berlin") == []
    (warning,) = (text for text in found.warnings if "site_shop_berlin " in text)
    assert "'Shop Berlin'" in warning and "'Shop-Berlin'" in warning
    with pytest.raises(AnsibleParserError, match="site_shop_berlin could be any of"):
        read(strict=True)


def test_i04_with_digits_from_the_start_no_new_site_changes_a_group(read: Read, cloud: Served) -> None:
    before = {name for name in read(group_names="digits").groups if name.startswith(("site_", "server_"))}
    seed = copy.deepcopy(SEED)
    seed["sites"].append({"name": "Shop-Berlin", "servers": [{"name": "Main", "devices": ["Door"]}]})
    cloud.reset(seed)
    found = read(group_names="digits", strict=True)
    assert before < set(found.groups)
    assert all(re.search("_[0-9a-f]{8}$", name) for name in before)
    assert not any("nxai_ambiguous" in group.vars for group in found.groups.values())


def test_i04_what_comes_from_the_cache_is_the_same(read: Read, cloud: Served, tmp_path: Path) -> None:
    cloud.reset(hostile_names.seed())
    options: dict[str, Any] = {"hostnames": ["slug"], "group_by": ["status"]}
    options.update(cache=True, cache_plugin="jsonfile", cache_connection=str(tmp_path / "c"))
    first, second = read(**options), read(**options)
    assert first.graph() == second.graph()
    assert first.warnings == second.warnings
    assert not any("anew" in warning for warning in second.warnings)


# 15: the vault of names ----------------------------------------------------------------------------------------------


@pytest.fixture
def run(cloud: Served, tmp_path: Path) -> Callable[..., subprocess.CompletedProcess[str]]:
    env = users_environment(tmp_path, NXAI_API_URL=cloud.url, NXAI_TOKEN=os.environ["NXAI_TOKEN"])

    def _run(program: str, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "ansible", program, *map(str, arguments)]
        done = subprocess.run(command, env=env, cwd=tmp_path, capture_output=True, text=True, check=False, timeout=300)
        assert done.returncode == 0, done.stdout + done.stderr
        return done

    return _run


@pytest.mark.parametrize("options", [{}, {"hostnames": ["name"]}], ids=json.dumps)
def test_i15_hostile_names_through_awx_and_back(
    cloud: Served, write: Callable[..., Path], run: Any, tmp_path: Path, options: dict[str, Any]
) -> None:
    """Listed, imported as AWX does, handed to a job, limited, and met by ``host_vars`` and a play on a single host."""
    cloud.reset(hostile_names.seed())
    devices = {(site.id, key) for site in cloud.world.sites.values() for key in site.devices}
    listing = json.loads(run("inventory", "-i", write(**options), "--list", "--export").stdout)
    after = imported(copy.deepcopy(listing))
    assert after.complaints == []
    assert set(after.hosts) == set(listing["_meta"]["hostvars"])
    assert len(after.hosts) == len(devices)

    script = tmp_path / "awx.py"
    (tmp_path / "job.json").write_text(json.dumps(after.to_job()))
    script.write_text(f"#!/bin/sh\ncat {tmp_path}/job.json\n")
    script.chmod(0o700)
    back = json.loads(run("inventory", "-i", script, "--list", "--export").stdout)
    assert back["_meta"]["hostvars"] == listing["_meta"]["hostvars"]
    assert {name: sorted(group.get("hosts", [])) for name, group in back.items()} == {
        name: sorted(group.get("hosts", [])) for name, group in listing.items()
    }

    (tmp_path / "host_vars").mkdir(exist_ok=True)
    group = next(name for name, found in listing.items() if found.get("hosts"))
    first, second = listing[group]["hosts"][:2]
    for name in (first, second):
        if "/" not in name:
            (tmp_path / "host_vars" / f"{name}.yml").write_text(f"seen: {json.dumps('of ' + name)}\n")
    plays = [
        {
            "hosts": "{{ groups['" + group + "'][0] }}",
            "gather_facts": False,
            "tasks": [{"ansible.builtin.debug": {"msg": "reached {{ nxai_device_id }} {{ seen }}"}}],
        }
    ]
    (tmp_path / "play.yml").write_text(yaml.safe_dump(plays))
    done = run("playbook", "-i", script, tmp_path / "play.yml")
    assert done.stdout.count('"msg": "reached ') == 1
    assert f"of {first}" in done.stdout
    limited = run("playbook", "-i", script, "--limit", second, tmp_path / "play.yml", "--list-hosts")
    assert "hosts (0)" in limited.stdout
    limited = run("playbook", "-i", script, "--limit", first, tmp_path / "play.yml", "--list-hosts")
    assert "hosts (1)" in limited.stdout and first in limited.stdout


def test_k01_a_generated_fleet_through_awx(cloud: Served, write: Callable[..., Path], run: Any) -> None:
    """With names as people give them, such as ``Joe's till``."""
    fleet = {"sites": 12, "servers": 2, "devices": 15, "models": 2, "assigned": True, "hostile_names": True}
    accounts = [{**each, "organisations": ["Demo Retail"]} for each in SEED["accounts"]]  # the one that is generated
    cloud.reset({"accounts": accounts, "generate": fleet})
    site = next(iter(cloud.world.sites.values()))
    next(iter(site.devices.values())).name = "Joe's till"
    listing = json.loads(run("inventory", "-i", write(group_by=["model", "status"]), "--list", "--export").stdout)
    after = imported(copy.deepcopy(listing))
    assert after.complaints == [] and set(after.hosts) == set(listing["_meta"]["hostvars"])
    assert "Joe's till" in str(after.hosts) and len(after.hosts) >= 12 * 15


def test_i15_the_checker_finds_what_awx_would_change() -> None:
    names = ["Dock: north", "Dock: south", "[::1]:22", "a:b:c", "y" * 513, "", "x\0"]
    listing = {
        "_meta": {"hostvars": {"Dock: north": {"a": 1}, "Dock: south": {}, "gone": {}, "x\0": {}}},
        "g": {"hosts": [*names, {"__ansible_unsafe": "z"}]},
        "h" * 513: {"hosts": []},
        "all": {"children": ["g", 1]},
    }
    told = "\n".join(imported(listing).complaints)
    for words in (
        "'Dock: north' becomes 'Dock'",
        "'Dock: north' and 'Dock: south' become one",
        "'[::1]:22' becomes '::1'",
        "'gone' is dropped",
        "'Dock: north' is dropped, with its variables",
        "is no string",
        f"host {'y' * 40!r} has a name that is not taken",
        f"group {'h' * 40!r} has a name",
        "children of group 'all': 1",
    ):
        assert words in told, words
    assert "a:b:c" not in told
    sound = {"g": {"hosts": ["a", "b"], "vars": {"x": 1}}, "_meta": {"hostvars": {"a": {"y": 2}}}}
    assert imported(sound).to_job() == {
        "g": {"hosts": ["a", "b"], "children": [], "vars": {"x": 1}},
        "ungrouped": {"hosts": []},
        "_meta": {"hostvars": {"a": {"y": 2}, "b": {}}},
    }


def test_i15_no_camera_is_lost_among_very_many(read: Read, cloud: Served) -> None:
    cloud.reset(hostile_names.seed(2000))
    found = read(hostnames=["slug"])
    devices = {(site.id, key) for site in cloud.world.sites.values() for key in site.devices}
    assert {(host.vars["nxai_site_id"], host.vars["nxai_device_id"]) for host in found.hosts.values()} == devices
    assert all(OWN.fullmatch(name) and len(name) <= 120 for name in found.hosts)
