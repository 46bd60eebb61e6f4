# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""From contents to the inventory of ansible-core. All that the cloud said goes in through here, as text."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from functools import lru_cache
from typing import Any

from ...module_utils._core.wording import counted, shortened
from .._expressions.constructed import FastConstructable
from .._expressions.untrusted import as_name, marked, never_template, own_text
from .._expressions.variables import set_variables
from .contents import KINDS, Contents, Host
from .names import is_address
from .places import settled

ADDRESS = re.compile(r"ansible_(\w+_)?host")  # variables that connection plugins hand to a command
# Texts that this collection itself made, which need no mark. They may come from a cache, so their form is looked at.
OWN = {
    "nxai_kind": re.compile("|".join(KINDS)),
    "nxai_site_known_at": re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z"),
}


class Populating(FastConstructable):
    """Puts contents into the inventory, with the variables and groups that the user's options add."""

    display: Any
    also_seen: dict[str, Any]  # by expressions, beside the variables of a host

    def _populate(self, contents: Contents) -> None:
        """BadInput where a name is taken, and the user wants that to fail."""
        constructed = [self._sanitize_group_name(name) for name in self.get_option("groups")]
        contents, warnings = settled(contents, self.inventory, self.get_option("duplicates"), constructed)
        for warning in (*contents.warnings, *warnings):
            self.display.warning(warning)
        for group in contents.groups:
            name = self.inventory.add_group(as_name(group.name))
            if group.parent:
                self.inventory.add_child(group.parent, name)
            for variable, value in _known(safe_variables(group.variables)).items():
                self.inventory.set_variable(name, variable, value)
        self.also_seen = {}
        if self.get_option("on_error") == "skip":
            # Another source may have missed sites too.
            before = self.inventory.groups["all"].vars.get("nxai_missing_sites", [])
            self.also_seen = {"nxai_missing_sites": [*before, *marked(list(contents.missing))]}
            self.inventory.set_variable("all", "nxai_missing_sites", self.also_seen["nxai_missing_sites"])
        chosen = frozenset(self.get_option("hostvars"))
        addresses = [*filter(ADDRESS.fullmatch, map(str, self.get_option("compose")))]
        shared = {key: never_template(variables) for key, variables in contents.shared().items()}
        known = {key: _known(variables) for key, variables in shared.items()}
        for host in contents.hosts:
            own, key = safe_variables(host.own), id(host.shared)
            given = {**(_known(own) if None in own.values() else own), **known[key]}
            if chosen:
                given = {name: value for name, value in given.items() if name in chosen}
            self._add(host, {**own, **shared[key]}, given, addresses)
        self.joining.done()
        self._warn_of_one_name([repr(host.name) for host in contents.hosts if host.name in self.inventory.groups])

    def _warn_of_one_name(self, both: Sequence[str]) -> None:
        """Which groups keyed_groups makes is known only now. To ansible-core, such a name is the host's."""
        if both:
            self.display.warning(
                f"{counted(len(both), 'host')} and as many groups of keyed_groups have one name: {shortened(both)}. "
                "A play on one reaches the host, not the group. Give the keys another prefix, or set hostnames: [slug]."
            )

    def _add(self, host: Host, variables: dict[str, Any], given: dict[str, Any], addresses: Collection[str]) -> None:
        """``given`` are the variables that the host gets, and expressions see all of them."""
        name = as_name(host.name)
        is_new = name not in self.inventory.hosts
        # By the host itself: by its name, core would look for a group first.
        added = self.inventory.hosts[self.inventory.add_host(name)]
        set_variables(added, given)
        for group in (host.group, *host.flat):
            self.joining.add(self.inventory.groups[group], added)
        if name in self.inventory.groups:
            self.display.warning(f"No compose, groups or keyed_groups for host {name!r}: a group has that name.")
            return
        self.construct(added, {**variables, **self.also_seen} if self.also_seen else variables, is_new)
        for variable in addresses:
            value = added.vars.get(variable)
            if isinstance(value, str) and not is_address(value):
                del added.vars[variable]
                self.display.warning(f"{variable} of host {name!r} is left out, as it is no address: {value!r}")


def _known(variables: dict[str, Any]) -> dict[str, Any]:
    """Without what nothing is known of: not every form of an inventory has a null."""
    return {name: value for name, value in variables.items() if value is not None}


def safe_variables(variables: Mapping[str, Any]) -> dict[str, Any]:
    """Variables with all text of the cloud marked, and none that this collection itself made."""
    safe = never_template(variables)
    for name, form in OWN.items():
        value = variables.get(name)
        if isinstance(value, str) and form.fullmatch(value):
            safe[name] = _own_text(value)
    return safe


_own_text = lru_cache(maxsize=1 << 10)(own_text)
