# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Composed variables and constructed groups are what ansible-core's own methods make, for each of their options."""

from __future__ import annotations

import gc
import json
from collections.abc import Callable
from types import MethodType
from typing import Any

import pytest
from ansible import template
from ansible.errors import AnsibleError
from ansible.inventory.host import Host
from ansible.plugins.inventory import Constructable
from inventory_estate import HOSTILE, PIPELINE, SEED, Reading, described

from ansible_collections.nxai.cloud.plugins.plugin_utils._expressions.untrusted import TAGS
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


def the_usual_way(plugin: Any) -> None:
    """Let the plugin use ansible-core's own methods, as plugins do."""

    def construct(self: Any, host: Host, variables: dict[str, Any], is_new: bool) -> None:
        strict, name = self.get_option("strict"), host.name
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
    {"compose": {"nothing": "nxai_runtime", "no": "no_such", "sum": "1 + 1", "text": "'x'", "yes": "true"}},
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


@pytest.mark.parametrize("strict", [False, True])
@pytest.mark.parametrize("options", CONSTRUCTED, ids=json.dumps)
def test_the_same_as_the_usual_way(read: Read, cloud: Served, options: dict[str, Any], strict: bool) -> None:
    cloud.reset(ESTATE)
    ours = outcome(read, **options, strict=strict)
    assert ours == outcome(read, **options, strict=strict, prepare=the_usual_way)


@pytest.mark.parametrize("value", ["plain", "{{ nxai_site_name }}", "{{ group_names }}"])
def test_the_same_for_a_host_that_another_source_brought(read: Read, cloud: Served, value: str) -> None:
    cloud.reset(ESTATE)

    def earlier() -> Reading:
        found = Reading()
        found.add_group("elsewhere")
        found.add_host("Door", "elsewhere")
        found.set_variable("Door", "mine", template.trust_as_template(value) if TAGS else value)
        found.set_variable("Door", "nxai_site_name", "overwritten")
        return found

    options = {"groups": {"g": "mine == 'plain'"}, "keyed_groups": [{"key": "nxai_site_name"}, {"key": "mine"}]}
    ours = everything(read(into=earlier(), **options))
    assert ours == everything(read(into=earlier(), prepare=the_usual_way, **options))


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
