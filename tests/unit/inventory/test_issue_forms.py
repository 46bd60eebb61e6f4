# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is in the inventory and how it is shown: in each form the same, and never in silence."""

from __future__ import annotations

import importlib.util
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
from ansible.plugins.inventory import Constructable
from ansible.utils.vars import load_extra_vars
from inventory_estate import PIPELINE, SEED, Reading, described

from ansible_collections.nxai.cloud.plugins.plugin_utils._expressions.untrusted import TAGS
from simulator.testing import Served
from tools.workplace import ROOT, users_environment

Read = Callable[..., Reading]
Run = Callable[..., "subprocess.CompletedProcess[str]"]
OFFICE = {"sites": ["Shop Berlin"], "filters": [{"exclude": "nxai_device_name != 'Office'"}]}


def only(found: Reading) -> dict[str, Any]:
    (name,) = found.hosts
    return found.variables(name)


@pytest.fixture
def run(cloud: Served, tmp_path: Path) -> Run:
    env = users_environment(tmp_path, NXAI_API_URL=cloud.url, NXAI_TOKEN=os.environ["NXAI_TOKEN"])

    def _run(*arguments: str | Path, program: str = "inventory", **more: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "ansible", program, *map(str, arguments)]
        return subprocess.run(
            command, env={**env, **more}, cwd=tmp_path, capture_output=True, text=True, check=False, timeout=120
        )

    return _run


# 7: what expressions see ---------------------------------------------------------------------------------------------


def test_i07_compose_sees_what_groups_see(read: Read) -> None:
    compose = {"a": "inventory_hostname", "b": "inventory_hostname_short ~ '!'", "c": "group_names | length"}
    own = only(read(**OFFICE, strict=True, compose=compose, groups={"here": "inventory_hostname == 'Office'"}))
    assert (own["a"], own["b"], str(own["c"])) == ("Office", "Office!", "3")  # old versions of core make a text of it


def test_i07_filters_and_hostnames_see_extra_variables(read: Read, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(load_extra_vars, "extra_vars", {"wanted": "Office", "short": "x"}, raising=False)
    options: dict[str, Any] = {"filters": [{"exclude": "nxai_device_name != wanted"}]}
    found = read(**options, hostnames=["{{ short }}-{{ nxai_device_name }}"], use_extra_vars=True)
    assert list(found.hosts) == ["x-Office"]
    with pytest.raises(AnsibleParserError, match="Filter hosts by"):
        read(**options)


def test_i07_a_cached_inventory_is_not_that_of_other_extra_variables(
    read: Read, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    options: dict[str, Any] = {"filters": [{"exclude": "nxai_device_name != wanted"}], "use_extra_vars": True}
    options.update(cache=True, cache_plugin="jsonfile", cache_connection=str(tmp_path / "c"))
    for name in ("Office", "Till"):
        monkeypatch.setattr(load_extra_vars, "extra_vars", {"wanted": name}, raising=False)
        assert list(read(**options).hosts) == [name]


def test_constructed_variables_may_use_the_missing_sites(read: Read, cloud: Served) -> None:
    lost = next(site for site in cloud.world.sites.values() if site.name == "Shop Amsterdam")
    cloud.fault("status", path=f"/dev/system/{lost.id}/devices", status=403, times=0)
    found = read(
        on_error="skip",
        strict=True,
        compose={"lost": "nxai_missing_sites | map(attribute='name') | list"},
        groups={"partial": "nxai_missing_sites | length > 0"},
        keyed_groups=[{"key": "nxai_missing_sites | map(attribute='name')", "prefix": "lost"}],
    )
    assert found.variables("Office")["lost"] == ["Shop Amsterdam"]
    assert "Office" in found.graph()["partial"]
    assert "Office" in found.graph()["lost_Shop_Amsterdam"]
    assert "nxai_missing_sites" not in found.hosts["Office"].vars


@pytest.mark.parametrize("strict", [False, True])
@pytest.mark.parametrize("key", ["none", "''", "[]", "['a', 'b c']", "{'k': 'v', 'w': ''}", "{}", "omit", "'a b'"])
@pytest.mark.parametrize("more", [{}, {"default_value": "none"}, {"prefix": ""}], ids=json.dumps)
def test_keyed_groups_of_any_value_are_those_of_ansible(
    read: Read, key: str, more: dict[str, Any], strict: bool
) -> None:
    def usual(plugin: Any) -> None:
        def construct(host: Any, variables: dict[str, Any], is_new: bool) -> None:
            plugin.joining.done()
            plugin._add_host_to_keyed_groups(plugin.get_option("keyed_groups"), variables, host.name, strict=strict)

        plugin.construct = construct
        plugin._compose = lambda *given, **named: Constructable._compose(plugin, *given, **named)

    def outcome(**prepared: Any) -> Any:
        keyed_groups = [{"key": key, "prefix": "x", **more}, {"key": "nxai_kind"}]
        try:
            found = read(**OFFICE, keyed_groups=keyed_groups, strict=strict, **prepared)
        except Exception as error:
            return str(error)
        return found.graph(), described(only(found))

    assert outcome() == outcome(prepare=usual)


# 8: the name of the file ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["hosts.yml", "nxai_devices.yml", "nxai.yml.bak", "cameras.json"])
def test_i08_a_wrong_file_name_is_said(run: Run, tmp_path: Path, name: str) -> None:
    text = {"plugin": "nxai.cloud.nxai_devices"}
    (tmp_path / name).write_text(json.dumps(text) if name.endswith("json") else yaml.safe_dump(text))
    done = run("-i", name, "--list", ANSIBLE_INVENTORY_ENABLED="nxai.cloud.nxai_devices,auto,yaml")
    told = " ".join(done.stderr.split())
    assert "names the plugin nxai.cloud.nxai_devices, and is not read" in told
    assert "must be nxai.yml or nxai.yaml, or end in .nxai.yml or .nxai.yaml" in told


def test_i08_without_any_configuration(run: Run, tmp_path: Path) -> None:
    (tmp_path / "hosts.yml").write_text("plugin: nxai.cloud.nxai_devices\n")
    assert "and is not read" in " ".join(run("-i", "hosts.yml", "--list").stderr.split())


@pytest.mark.parametrize("text", ["# plugin: nxai.cloud.nxai_devices\nall:\n", "plugin: nxai.cloud.other\n", ""])
def test_i08_another_file_is_passed_over_in_silence(plugins: Any, tmp_path: Path, text: str, monkeypatch: Any) -> None:
    plugin, heard = plugins.get("nxai.cloud.nxai_devices"), []
    monkeypatch.setattr(plugin.display, "warning", lambda text, *_more, **_others: heard.append(text))
    (tmp_path / "hosts.yml").write_text(text)
    assert not plugin.verify_file(str(tmp_path / "hosts.yml"))
    assert not plugin.verify_file(str(tmp_path / "none.yml"))
    assert not plugin.verify_file(str(tmp_path))
    assert heard == []


# 9: all forms --------------------------------------------------------------------------------------------------------


def plain(value: Any) -> Any:
    """Without the mark of ``--list``."""
    if isinstance(value, dict):
        return (
            plain(value["__ansible_unsafe"])
            if set(value) == {"__ansible_unsafe"}
            else {name: plain(item) for name, item in value.items()}
        )
    return [plain(item) for item in value] if isinstance(value, list) else value


def of_yaml(group: dict[str, Any], found: dict[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """The variables of all hosts in what ``--list --yaml`` or ``--toml`` prints."""
    for name, own in (group.get("hosts") or {}).items():
        found.setdefault(name, {}).update(own or {})
    for child in (group.get("children") or {}).values():
        of_yaml(child or {}, found)
    return found


def test_i09_all_forms_show_the_same(run: Run, write: Callable[..., Path], cloud: Served) -> None:
    camera = {"name": "Entrance (left)", "pipelines": [{**PIPELINE, "Preprocessor": "p", "Postprocessor": "{{ 1 }}"}]}
    cloud.reset({**SEED, "sites": [{"name": "S", "servers": [{"name": "A", "devices": [camera, "!Office", "Köln"]}]}]})
    source = ("-i", write(group_by=["status"]))
    listed = json.loads(run(*source, "--list").stdout)
    hosts = plain(listed["_meta"]["hostvars"])
    assert len(hosts) == 3
    assert "null" not in json.dumps(list(hosts.values()))
    exported = json.loads(run(*source, "--list", "--export").stdout)
    assert plain(exported["_meta"]["hostvars"]) == hosts
    whole = yaml.safe_load(run(*source, "--list", "--yaml").stdout)["all"]
    in_yaml = of_yaml(whole, {})
    assert in_yaml.keys() == hosts.keys()
    graph = run(*source, "--graph").stdout
    with_variables = run(*source, "--graph", "--vars").stdout
    for name, own in hosts.items():
        alone = json.loads(run(*source, "--host", name).stdout)
        assert isinstance(alone["nxai_device_name"], str if TAGS else dict)  # as the guide says
        assert plain(alone) == own
        assert {key: in_yaml[name][key] for key in own} == own
        assert f"--{name}\n" in graph
        assert f"--{name}\n" in with_variables
        assert f"{{nxai_device_name = {own['nxai_device_name']}}}" in with_variables
    if importlib.util.find_spec("tomli_w") or importlib.util.find_spec("toml"):
        done = run(*source, "--list", "--toml")
        assert done.returncode == 0, done.stderr
        assert all(name in done.stdout for name in hosts)


def test_i09_what_nothing_is_known_of_is_left_out_and_expressions_see_none(read: Read) -> None:
    own = only(read(**OFFICE, compose={"none": "nxai_runtime is none"}, groups={"no": "nxai_runtime is none"}))
    assert "nxai_runtime" not in own
    assert own["none"] is True
    assert not any(value is None for name, value in own.items() if name.startswith("nxai_"))


# 10: what is plain ---------------------------------------------------------------------------------------------------


def test_i10_what_is_of_the_user_alone_is_plain(run: Run, write: Callable[..., Path]) -> None:
    compose = {
        "ansible_host": "'10.0.0.7'",
        "ansible_tags": "['a', 'b']",
        "given": "suffix ~ '.example.com'",
        "of_the_cloud": "nxai_device_name ~ '.example.com'",
        "named": "inventory_hostname",
        "template": "'{' ~ '{ 7*7 }}'",
    }
    source = write(**OFFICE, compose=compose, use_extra_vars=True)
    listed = json.loads(run("-i", source, "-e", "suffix=x", "--list").stdout)
    (own,) = listed["_meta"]["hostvars"].values()
    assert own["ansible_host"] == "10.0.0.7"
    assert own["ansible_tags"] == ["a", "b"]
    assert own["given"] == "x.example.com"
    assert own["of_the_cloud"] == {"__ansible_unsafe": "Office.example.com"}
    assert plain(own["template"]) in ("{{ 7*7 }}", "49")


# 11: sites that nothing matches --------------------------------------------------------------------------------------


def test_i11_a_pattern_that_matches_nothing_is_warned_of_and_names_the_nearest(read: Read) -> None:
    found = read(sites=["Shp *", "Depot"])
    assert found.warnings == [
        'No site matches "Shp *". Near: Shop Amsterdam, Shop Berlin. Names are exact, with upper and lower case.'
    ]


@pytest.mark.parametrize(
    "options", [{"sites": ["Shp *"]}, {"sites": ["Depot", "shop *"]}, {"sites": ["Depot"], "online_only": True}]
)
def test_i11_and_is_an_error_where_that_may_not_be(read: Read, options: dict[str, Any]) -> None:
    with pytest.raises(AnsibleParserError, match=r"none of 3 does|none is left"):
        read(**options, allow_empty=False)


@pytest.mark.parametrize("options", [{}, {"sites": ["*"]}, {"online_only": True}])
def test_i11_where_no_site_is_left_a_warning_says_so(read: Read, cloud: Served, options: dict[str, Any]) -> None:
    offline = [{"name": "Depot", "online": False}] if "online_only" in options else []
    cloud.reset({**SEED, "sites": offline})
    (warning,) = (text for text in read(**options).warnings if "The inventory is empty" in text)
    assert ("of 1 site of this account, none is left" if offline else "this account has no site") in warning


def test_i11_the_readme_and_the_world_of_the_demonstration_go_together(run: Run, cloud: Served, tmp_path: Path) -> None:
    cloud.reset((ROOT / "tests/simulator/demo.yml").read_text(encoding="utf-8"))
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    (inventory,) = re.findall(r"```yaml\n(plugin: .*?)```", readme, re.DOTALL)
    (tmp_path / "cameras.nxai.yml").write_text(inventory)
    token = cloud.token("demo@example.com")
    done = run("-i", "cameras.nxai.yml", "--list", NXAI_TOKEN=token, ANSIBLE_INVENTORY_ANY_UNPARSED_IS_FAILED="1")
    assert not done.stderr
    listed = json.loads(done.stdout)
    (group,) = set(re.findall(r"groups\['(\w+)'\]", readme))
    assert listed[group]["children"]
    assert len(listed["_meta"]["hostvars"]) == 12


# 12: cameras are no machines -----------------------------------------------------------------------------------------


def test_i12_no_host_has_a_connection_by_default_and_the_guide_says_how(read: Read) -> None:
    found = read(hosts=["devices", "servers", "sites"])
    names = {name for each in (*found.hosts.values(), *found.groups.values()) for name in each.vars}
    assert not any(name.startswith("ansible_") for name in names)
    assert only(read(**OFFICE, compose={"ansible_connection": "'local'"}))["ansible_connection"] == "local"
    guide = (ROOT / "docs/inventory.md").read_text(encoding="utf-8")
    assert "delegate_to: localhost" in guide
    assert "ansible_connection: \"'local'\"" in guide
