# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Composed variables and constructed groups are what ansible-core's own methods make, for each of their options."""

from __future__ import annotations

import gc
import json
from collections.abc import Callable
from copy import deepcopy
from types import MethodType
from typing import Any

import pytest
from ansible import template
from ansible.errors import AnsibleError
from ansible.inventory.host import Host
from ansible.plugins.inventory import BaseInventoryPlugin, Constructable
from inventory_estate import HOSTILE, PIPELINE, SEED, Reading, described

from ansible_collections.nxai.cloud.plugins.plugin_utils._expressions.untrusted import TAGS
from ansible_collections.nxai.cloud.plugins.plugin_utils._expressions.variables import stores_as_given
from simulator.testing import Served

Read = Callable[..., Reading]
MODEL = "11111111-2222-4333-8444-555555555555"
ESTATE = {
    **SEED,
    "sites": [
        {
            "name": "Shop",
            "servers": [
                {"name": "Main", "devices": [{"name": name, "pipelines": [PIPELINE]} for name in HOSTILE]},
                {"name": "Old", "supports_pipelines": False, "devices": ["Cam", "Cam (2)", "Door"]},
            ],
        },
        {
            "name": "Depot",
            "servers": [{"name": "Main", "devices": [{"name": "Yard", "pipelines": [PIPELINE, {"modelUUID": MODEL}]}]}],
        },
    ],
}

# Of texts like these, ansible-core before 2.19 makes a boolean, list or mapping, and from 2.19 on a name.
READ_AS_DATA = ["True", "False", "None", "1", "1.5", "[1,2]", "{7}", '{"a": 1}', "[]"]


def the_usual_way(plugin: Any) -> None:
    """Let the plugin use ansible-core's own methods, as plugins do."""

    def construct(self: Any, host: Host, variables: dict[str, Any], is_new: bool) -> None:
        strict, name = self.get_option("strict"), host.name
        self.joining.done()  # as other plugins have it, a host is a member of its groups before
        self._set_composite_vars(self.get_option("compose"), variables, name, strict=strict)
        self._add_host_to_composed_groups(self.get_option("groups"), variables, name, strict=strict)
        self._add_host_to_keyed_groups(self.get_option("keyed_groups"), variables, name, strict=strict)

    plugin.construct = MethodType(construct, plugin)
    plugin._compose = MethodType(Constructable._compose, plugin)


def everything(found: Reading) -> Any:
    """All that was read. In which order a host knows the groups above its own, ansible-core leaves to chance."""
    hosts = [
        (name, described(dict(host.vars)), sorted(group.name for group in host.groups))
        for name, host in found.hosts.items()
    ]
    return found.graph(), list(found.groups), hosts


CONSTRUCTED: list[dict[str, Any]] = [
    {"compose": {"a": "nxai_device_name", "b": "nxai_server_name ~ '.example.com'", "c": "nxai_pipelines"}},
    {"compose": {"models": "nxai_pipelines | map(attribute='model') | list", "n": "nxai_pipelines | length"}},
    {"compose": {"nothing": "nxai_runtime", "no": "no_such", "sum": "1 + 1", "yes": "true"}},
    {"compose": {"nxai_kind": "nxai_kind | upper", "later": "nxai_kind"}, "keyed_groups": [{"key": "nxai_kind"}]},
    {"compose": {"x": "'{' ~ '{ nxai_kind }' ~ '}'"}, "keyed_groups": [{"key": "x"}]},
    {"groups": {"a b": "nxai_device_name == 'Cam'", "text": "'Cam'", "none": "nxai_runtime", "on": True}},
    {
        "groups": {
            "x": "nxai_device_name in ['Cam', 'Door'] or nxai_pipelines | length > 1",
            "self": "inventory_hostname",
        }
    },
    {"keyed_groups": [{"key": "nxai_device_name", "prefix": "cam"}, {"key": "nxai_plugin_version"}]},
    {"keyed_groups": [{"key": "nxai_plugin_version"}], "leading_separator": False},
    {"keyed_groups": [{"key": "nxai_runtime", "default_value": "unknown", "prefix": "rt", "separator": "-"}]},
    {"keyed_groups": [{"key": "{'at': nxai_site_name, 'rt': ''}", "trailing_separator": False, "prefix": "d"}]},
    {"keyed_groups": [{"key": "nxai_pipelines | map(attribute='model')", "parent_group": "models"}]},
    {"keyed_groups": [{"key": "nxai_server_name", "parent_group": "{{ nxai_site_name | lower }}"}]},
    {"keyed_groups": [{"key": "nxai_server_name", "parent_group": "of {{ inventory_hostname }}"}]},
    {"keyed_groups": [{"key": "nxai_site_name", "parent_group": "{{ no_such }}"}, {"key": "nxai_kind"}]},
    {"keyed_groups": [{"key": "nxai_site_name", "prefix": "x"}, {"key": "nxai_server_name", "prefix": "x"}]},
    {"keyed_groups": [{"key": "nxai_kind", "prefix": "x"}, {"key": "nxai_kind", "prefix": "y"}]},
    {"groups": {"_Main": "nxai_device_name == 'Door'"}, "keyed_groups": [{"key": "nxai_server_name"}]},
    {"keyed_groups": [{"key": "nxai_site_name"}, {"key": "group_names", "prefix": "in"}]},
    {"keyed_groups": [{"key": "nxai_server_name", "prefix": ""}, {"key": "inventory_hostname"}]},
    {"keyed_groups": [{"key": "nxai_supports_pipelines"}, {"key": "no_such"}, {"prefix": "x"}]},
    {"keyed_groups": [{"key": "nxai_site_name.split('o')"}, {"key": "nxai_enabled | string"}]},
    {"hostvars": ["nxai_kind"], "keyed_groups": [{"key": "nxai_site_name"}], "compose": {"a": "nxai_site_name"}},
]


def outcome(read: Read, **options: Any) -> Any:
    try:
        return everything(read(**options))
    except AnsibleError as error:
        return str(error)


def without(names: list[str]) -> dict[str, Any]:
    """ESTATE, but for the devices of its first server that are called so."""
    estate = deepcopy(ESTATE)
    server = estate["sites"][0]["servers"][0]
    server["devices"] = [device for device in server["devices"] if device["name"] not in names]
    return estate


@pytest.mark.parametrize("strict", [False, True])
@pytest.mark.parametrize("options", CONSTRUCTED, ids=json.dumps)
def test_the_same_as_the_usual_way(read: Read, cloud: Served, options: dict[str, Any], strict: bool) -> None:
    names = {"nxai_device_name", "inventory_hostname"}
    by_name = any(keyed.get("key") in names for keyed in options.get("keyed_groups", ()))
    cloud.reset(ESTATE if TAGS or not by_name else without([*READ_AS_DATA, "[1, 2]"]))
    ours = outcome(read, **options, strict=strict)
    assert ours == outcome(read, **options, strict=strict, prepare=the_usual_way)


@pytest.mark.parametrize("value", ["plain", "{{ nxai_site_name }}", "{{ group_names }}"])
def test_the_same_for_a_host_that_another_source_brought(read: Read, cloud: Served, value: str) -> None:
    cloud.reset(ESTATE)

    (door,) = (name for name in read(hostnames=["slug"]).hosts if "-door-" in name)

    def earlier() -> Reading:
        found = Reading()
        found.add_group("elsewhere")
        found.add_host(door, "elsewhere")
        found.set_variable(door, "mine", template.trust_as_template(value) if TAGS else value)
        found.set_variable(door, "nxai_site_name", "overwritten")
        return found

    options: dict[str, Any] = {
        "hostnames": ["slug"],
        "groups": {"g": "mine == 'plain'"},
        "keyed_groups": [{"key": "nxai_site_name"}, {"key": "mine"}],
    }
    ours = everything(read(into=earlier(), **options))
    assert ours == everything(read(into=earlier(), prepare=the_usual_way, **options))


def test_a_mapping_of_another_source_is_merged_where_ansible_is_told_to_merge(
    read: Read, cloud: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ansible.constants.DEFAULT_HASH_BEHAVIOUR", "merge")
    (till,) = (name for name in read(hostnames=["slug"]).hosts if "-till-" in name)
    earlier = Reading()
    earlier.add_host(till)
    earlier.set_variable(till, "facts", {"theirs": 1})
    found = read(into=earlier, hostnames=["slug"], compose={"facts": "{'ours': 2}"})
    assert found.variables(till)["facts"] == {"theirs": 1, "ours": 2}


@pytest.mark.parametrize("strict", [False, True])
@pytest.mark.parametrize("key", ["nxai_device_name", "nxai_device_name | trim", "inventory_hostname"])
def test_a_camera_whose_name_reads_as_data_is_in_the_group_of_its_name(
    read: Read, cloud: Served, key: str, strict: bool
) -> None:
    cloud.reset({**SEED, "sites": [{"name": "Shop", "servers": [{"name": "Main", "devices": READ_AS_DATA}]}]})
    keyed_groups = [
        {"key": key, "prefix": "cam"},
        {"key": "nxai_site_name", "prefix": "", "separator": "", "parent_group": "{{ nxai_device_name }}"},
    ]
    found = read(keyed_groups=keyed_groups, hostnames=["{{ nxai_device_name }}"], strict=strict)
    graph, names = found.graph(), {str(host.vars["nxai_device_name"]): name for name, host in found.hosts.items()}
    group_of = BaseInventoryPlugin._sanitize_group_name
    assert set(names) == set(READ_AS_DATA)
    for text, name in names.items():
        assert graph[group_of(f"cam_{name if key == 'inventory_hostname' else text}")] == [name]
        assert graph[group_of(text)] == ["Shop"]


def test_a_key_that_is_no_text_is_an_error_still(read: Read, cloud: Served) -> None:
    with pytest.raises(AnsibleError, match="Invalid group name format"):
        read(keyed_groups=[{"key": "nxai_supports_pipelines"}])


ALL_AT_ONCE: dict[str, Any] = {
    "compose": {"ansible_host": "nxai_server_name", "models": "nxai_pipelines | map(attribute='model') | list"},
    "groups": {"assigned": "nxai_pipelines | length > 0"},
    "keyed_groups": [{"key": "nxai_server_name", "parent_group": "servers"}, {"key": "models", "prefix": "model"}],
}


def test_the_same_where_ansible_does_more_than_to_store_a_variable(
    read: Read, cloud: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    cloud.reset(ESTATE)
    own, at_once = Host.set_variable, everything(read(**ALL_AT_ONCE))

    def one_by_one(host: Host, name: str, value: Any) -> None:
        own(host, name, ("stored", value) if isinstance(value, list) else value)

    monkeypatch.setattr(Host, "set_variable", one_by_one)
    stores_as_given.cache_clear()
    ours = everything(read(**ALL_AT_ONCE))
    stores_as_given.cache_clear()
    assert ours == everything(read(**ALL_AT_ONCE, prepare=the_usual_way)) != at_once


def test_the_same_where_ansible_adds_hosts_to_keyed_groups_in_another_way(
    read: Read, cloud: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    cloud.reset(ESTATE)
    own = Constructable._add_host_to_keyed_groups

    def as_a_child(plugin: Any, keys: Any, variables: Any, host: str, **options: Any) -> None:
        for key in keys:
            own(plugin, [key], variables, host, **options)
            plugin.inventory.add_child(plugin.inventory.add_group("keyed"), host)

    monkeypatch.setattr(Constructable, "_add_host_to_keyed_groups", as_a_child)
    ours = everything(read(**ALL_AT_ONCE))
    assert ours == everything(read(**ALL_AT_ONCE, prepare=the_usual_way))
    assert "Yard" in ours[0]["keyed"]


def test_ansible_is_asked_once_for_the_groups_of_a_value(
    read: Read, cloud: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    cloud.reset(ESTATE)
    own, asked = Constructable._add_host_to_keyed_groups, []

    def counted(plugin: Any, keys: Any, *more: Any, **options: Any) -> None:
        asked.extend(keys)
        own(plugin, keys, *more, **options)

    monkeypatch.setattr(Constructable, "_add_host_to_keyed_groups", counted)
    found = read(keyed_groups=[{"key": "nxai_server_name", "parent_group": "{{ nxai_site_name }}"}])
    assert len(found.hosts) > len(asked) == 3  # Main and Old of Shop, Main of Depot


def test_one_plugin_can_read_twice(read: Read, plugins: Any) -> None:
    plugin = plugins.get("nxai.cloud.nxai_devices")
    one = {"groups": {"a": "nxai_kind == 'device'"}, "keyed_groups": [{"key": "nxai_kind", "prefix": "x"}]}
    other = {"groups": {"a": "nxai_kind == 'device'"}, "keyed_groups": [{"key": "nxai_kind", "prefix": "y"}]}
    first, second = read(plugin=plugin, **one), read(plugin=plugin, **other)
    assert "x_device" in first.groups
    assert "x_device" not in second.groups
    assert len(second.graph()["y_device"]) == 5 == len(second.graph()["a"])


def test_the_collector_of_garbage_is_left_as_it_is(read: Read) -> None:
    def collector() -> Any:
        return gc.isenabled(), gc.get_threshold(), gc.get_freeze_count()

    before, during = collector(), []
    read(prepare=lambda plugin: setattr(plugin, "_populate", lambda plan: during.append(collector())))
    read()
    assert [before] == during == [collector()]
