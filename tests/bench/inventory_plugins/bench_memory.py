# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""An inventory from memory, as other plugins make theirs: what nxai_devices is compared with.

With ``way: baseline`` hosts, variables and groups are added as they are in the end, without an expression. With
``way: usual`` the hosts of nxai_devices get their composed variables and groups by ansible-core's own methods.
"""

from __future__ import annotations

DOCUMENTATION = r"""
name: bench_memory
short_description: An inventory from memory
description: For tests/bench/inventory.py only.
extends_documentation_fragment:
  - ansible.builtin.constructed
options:
  plugin:
    description: Names this plugin.
  way:
    description: What is measured.
    choices: [baseline, usual]
  data:
    description: A file that the hosts are read from, before the time is taken.
"""

import json
from pathlib import Path
from typing import Any

from ansible.plugins.inventory import BaseInventoryPlugin, Constructable

from ansible_collections.nxai.cloud.plugins.plugin_utils._expressions.untrusted import never_template
from ansible_collections.nxai.cloud.plugins.plugin_utils._inventory.contents import Contents
from ansible_collections.nxai.cloud.plugins.plugin_utils._inventory.populating import safe_variables


class InventoryModule(BaseInventoryPlugin, Constructable):
    NAME = "bench_memory"
    memory: Any = None

    def remember(self, way: str, data: str) -> None:
        """Read the data; not part of what is measured."""
        content = Path(data).read_text(encoding="utf-8")
        if way == "baseline":
            found = json.loads(content)
            self.memory = [(name, never_template(variables)) for name, variables in found["hosts"]], found["groups"]
        else:
            contents = Contents.from_json(content)
            self.memory = contents, [safe_variables(host.variables) for host in contents.hosts]

    def parse(self, inventory: Any, loader: Any, path: str, cache: bool = True) -> None:
        super().parse(inventory, loader, path, cache)
        self._read_config_data(path)
        way = self.get_option("way")
        if self.memory is None:
            self.remember(way, self.get_option("data"))
        (self._baseline if way == "baseline" else self._usual)(*self.memory)

    def _baseline(self, hosts: Any, groups: Any) -> None:
        for name, variables in hosts:
            self.inventory.add_host(name)
            for variable, value in variables.items():
                self.inventory.set_variable(name, variable, value)
        for name, variables, _children, _hosts in groups:
            self.inventory.add_group(name)
            for variable, value in variables.items():
                self.inventory.set_variable(name, variable, value)
        for name, _variables, children, members in groups:
            for child in (*children, *members):
                self.inventory.add_child(name, child)

    def _usual(self, contents: Contents, variables_of_hosts: Any) -> None:
        for group in contents.groups:
            self.inventory.add_group(group.name)
            if group.parent:
                self.inventory.add_child(group.parent, group.name)
            for name, value in safe_variables(group.variables).items():
                if value is not None:
                    self.inventory.set_variable(group.name, name, value)
        for host, variables in zip(contents.hosts, variables_of_hosts, strict=True):
            self.inventory.add_host(host.name, host.group)
            for name, value in variables.items():
                if value is not None:
                    self.inventory.set_variable(host.name, name, value)
            self._set_composite_vars(self.get_option("compose"), variables, host.name)
            self._add_host_to_composed_groups(self.get_option("groups"), variables, host.name)
            self._add_host_to_keyed_groups(self.get_option("keyed_groups"), variables, host.name)
