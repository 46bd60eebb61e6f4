# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Sites, servers and devices of the Nx AI Cloud as an inventory."""

from __future__ import annotations

DOCUMENTATION = r"""
name: nxai_devices
short_description: Sites, servers and devices of the Nx AI Cloud as hosts and groups
version_added: 0.1.0
author:
  - The nxai.cloud maintainers (@nxai)
description:
  - Reads the sites of an account and what is at them, and makes each edge device (camera) a host. Servers and sites
    can be hosts too.
  - Each site becomes a group C(site_NAME), and each of its servers a group C(server_SITE_SERVER) within it. The names
    hold lower-case letters, digits and underscores only. Where two sites would get the same name, both get a part of
    their id. The readable names are in the group variables C(nxai_site_name) and C(nxai_server_name).
  - An offline site is a group without hosts. It shows neither servers nor devices, so it is not asked for them.
  - The file name must be C(nxai.yml) or C(nxai.yaml), or end in C(.nxai.yml) or C(.nxai.yaml).
  - What the cloud returns is text and stays text. A device called C({{ 7*7 }}) is never taken as a template.
extends_documentation_fragment:
  - nxai.cloud.connection
  - nxai.cloud.connection.plugin
  - nxai.cloud.act_as
  - ansible.builtin.constructed
  - ansible.builtin.inventory_cache
notes:
  - One request lists the sites, and one for each online site lists its devices (another one its servers, if they are
    hosts). Long lists come in pages. Nothing is asked per device.
  - The values of O(api_url), O(cloud_url), O(token), O(refresh_token), O(username), O(password), O(mfa_code),
    O(client_id), O(token_scope) and O(act_as) in the file may be templates.
  - Host names come from the cloud. A name that steps to another folder (C(..)), is the name of a group, or means the
    controller (C(localhost)) is not used, and the next of O(hostnames) is tried.
options:
  plugin:
    description: Names this plugin, and so tells ansible-core whose file it is.
    type: str
    required: true
    choices: [nxai.cloud.nxai_devices]
  hosts:
    description:
      - What becomes a host.
      - For example V([devices, servers]) makes hosts of both, told apart by C(nxai_kind).
    type: list
    elements: str
    choices: [devices, servers, sites]
    default: [devices]
  sites:
    description:
      - The sites to read. Each entry is the name of a site, its UUID, or a pattern with C(*), C(?) or C([...]) over
        names. Names are matched with upper and lower case. Without this option, all sites are read.
      - A site that no entry matches is not asked for. A name or UUID that matches no site is an error, and so is a
        name that matches two; a pattern may match any number.
      - For example V([Berlin, "Shop *", 5c0ff1ce-0000-4000-8000-000000000001]).
    type: list
    elements: str
    default: []
  online_only:
    description:
      - Whether to leave offline sites out altogether, also as groups. For example V(true).
    type: bool
    default: false
  hostnames:
    description:
      - What a host is called. The first entry that gives a name is used; where none does, the id of the device,
        server or site.
      - An entry is V(name), a host variable such as V(nxai_device_id), or a template over the host variables.
      - For example V(["{{ nxai_site_name }}/{{ nxai_device_name }}", nxai_device_id]).
    type: list
    elements: str
    default: [name]
  duplicates:
    description:
      - What to do with hosts that would have the same name. For example V(fail).
      - V(suffix) adds to each of them an underscore and the first eight digits of its id, so that the names are the
        same on every run.
      - V(fail) names them and ends.
      - V(warn_skip) keeps the one with the lowest id, and warns of each that is left out.
    type: str
    choices: [suffix, fail, warn_skip]
    default: suffix
  hostvars:
    description:
      - The variables to set on hosts. Without this option, all that the kind of host has.
      - O(filters), O(hostnames), O(compose), O(groups) and O(keyed_groups) can use all of them all the same.
      - For example V([nxai_kind, nxai_device_id, nxai_pipelines]).
    type: list
    elements: str
    choices:
      - nxai_kind
      - nxai_device_id
      - nxai_device_name
      - nxai_enabled
      - nxai_pipelines
      - nxai_server_id
      - nxai_server_name
      - nxai_server_status
      - nxai_plugin_version
      - nxai_runtime
      - nxai_supports_pipelines
      - nxai_site_id
      - nxai_site_name
      - nxai_site_online
      - nxai_site_version
      - nxai_raw
    default: []
  include_raw:
    description:
      - Whether to set C(nxai_raw), the record as the cloud returned it. For example V(true).
    type: bool
    default: false
  filters:
    description:
      - Which hosts to keep, as a list of rules. The first rule whose expression is true of a host decides about it; a
        host of which none is true is kept.
      - An expression is what C(when) takes, over the host variables. One that fails is an error, whatever O(strict)
        says, as a host must not slip in or out unseen.
      - "For example V([{include: nxai_server_status == 'running'}, {exclude: true}])."
    type: list
    elements: dict
    default: []
    suboptions:
      include:
        description: Keep the host if this is true. A rule has this or O(filters[].exclude).
        type: str
      exclude:
        description: Leave the host out if this is true.
        type: str
  concurrency:
    description:
      - How many sites are read at a time, from 1 to 16. For example V(4).
    type: int
    default: 8
"""

EXAMPLES = r"""
# ----------
# The shortest file, as estate.nxai.yml. Where to sign in and with what comes from the environment, as in AWX:
# NXAI_CLOUD_URL, and NXAI_TOKEN, or NXAI_USERNAME with NXAI_PASSWORD.
plugin: nxai.cloud.nxai_devices

# ----------
# Shops only, grouped by the version of the plugin, with host names that show where a camera is.
#
# plugin: nxai.cloud.nxai_devices
# token_file: ~/.config/nxai/token.json
# cloud_url: https://cloud.networkoptix.com
# sites:
#   - Shop *
#   - Warehouse North
# online_only: true
# hostnames:
#   - "{{ nxai_site_name }} / {{ nxai_device_name }}"
# keyed_groups:
#   - key: nxai_plugin_version
#     prefix: plugin
# groups:
#   without_pipelines: nxai_pipelines | length == 0
# compose:
#   nxai_models: nxai_pipelines | map(attribute='model') | list

# ----------
# For an organisation, only devices that can be assigned pipelines, kept for ten minutes between runs.
#
# plugin: nxai.cloud.nxai_devices
# username: robot@example.com
# password: "{{ lookup('ansible.builtin.file', '/run/secrets/nxai') }}"
# cloud_url: https://meta.nxvms.com
# act_as:
#   kind: organization
#   id: 5c0ff1ce-0000-4000-8000-000000000001
# filters:
#   - exclude: nxai_server_status != 'running'
#   - include: nxai_supports_pipelines
#   - exclude: true
# cache: true
# cache_plugin: ansible.builtin.jsonfile
# cache_connection: ~/.cache/nxai
# cache_timeout: 600

# ----------
# Servers as hosts, to report on their versions.
#
# plugin: nxai.cloud.nxai_devices
# hosts:
#   - servers
# hostnames:
#   - "{{ nxai_server_name }} at {{ nxai_site_name }}"
# hostvars:
#   - nxai_server_status
#   - nxai_plugin_version
#   - nxai_runtime
"""

import os
import re
from typing import Any

from ansible import template
from ansible.errors import AnsibleError, AnsibleParserError
from ansible.module_utils.parsing.convert_bool import boolean
from ansible.plugins.inventory import BaseInventoryPlugin, Cacheable, Constructable

from ansible_collections.nxai.cloud.plugins.module_utils._client import Client
from ansible_collections.nxai.cloud.plugins.module_utils._errors import BadInput, NxaiError
from ansible_collections.nxai.cloud.plugins.module_utils._inventory_cache import cache_key, pack, unpack
from ansible_collections.nxai.cloud.plugins.module_utils._inventory_plan import Choices, Plan, make_plan
from ansible_collections.nxai.cloud.plugins.module_utils._inventory_sites import read_sites, select_sites

TEMPLATES = (
    *("api_url", "cloud_url", "token", "refresh_token", "username", "password"),
    *("mfa_code", "client_id", "token_scope", "act_as"),
)
MOST_AT_A_TIME = 16  # as many connections as the client keeps open

# Text of the cloud that does nothing even where it is taken for a template or, as assert does, for an expression:
# without brackets, pipes and quotes there is no call, no filter and no lookup. An NxID has braces of its own.
HARMLESS = re.compile(r"(?![%#])[^][{}()|'\"]*|\{[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\}")

if hasattr(template, "trust_as_template"):  # ansible-core 2.19 and newer: text is a template only where it is trusted

    def _marked(text: str) -> str:
        return template.trust_as_template(text) if HARMLESS.fullmatch(text) else text

else:
    from ansible.utils.unsafe_proxy import wrap_var

    def _marked(text: str) -> str:
        return text if HARMLESS.fullmatch(text) else wrap_var(text)


def never_template(value: Any) -> Any:
    """``value`` with each text marked such that no version of ansible-core takes it for a template.

    Harmless text is not left or marked unsafe: ``ansible-inventory --list`` would print it as
    ``{"__ansible_unsafe": TEXT}``, and that is how AWX would show it.
    """
    if isinstance(value, str):
        return _marked(value)
    if isinstance(value, dict):
        return {key: never_template(item) for key, item in value.items()}
    if isinstance(value, list):
        return [never_template(item) for item in value]
    return value


class InventoryModule(BaseInventoryPlugin, Constructable, Cacheable):
    NAME = "nxai.cloud.nxai_devices"

    def verify_file(self, path: str) -> bool:
        name = os.path.basename(path)
        ours = name in ("nxai.yml", "nxai.yaml") or name.endswith((".nxai.yml", ".nxai.yaml"))
        return bool(super().verify_file(path)) and ours

    def parse(self, inventory: Any, loader: Any, path: str, cache: bool = True) -> None:
        super().parse(inventory, loader, path, cache)
        try:
            self._read_options(path)
            plan = self._cached_plan(may_read=cache) if self.get_option("cache") else self._fetched_plan()
        except NxaiError as error:
            raise AnsibleParserError(str(error)) from None
        for warning in plan.warnings:
            self.display.warning(warning)
        self._populate(plan)

    def _read_options(self, path: str) -> None:
        config = self._read_config_data(path)
        unknown = sorted(set(config) - set(self.option_definitions))
        if unknown:
            raise BadInput(
                f"Read {path}",
                f"this plugin has no option {', '.join(unknown)}",
                f"Its options are listed by: ansible-doc -t inventory {self.NAME}",
            )
        for name in TEMPLATES:
            if name in config:
                self.set_option(name, self.templar.template(self.get_option(name)))
        # Core reads no environment for suboptions.
        given = self.get_option("act_as") or {}
        environment = {"kind": os.environ.get("NXAI_ACT_AS_KIND"), "id": os.environ.get("NXAI_ACT_AS_ID")}
        self.set_option("act_as", {name: given.get(name) or value for name, value in environment.items()})
        if not 1 <= self.get_option("concurrency") <= MOST_AT_A_TIME:
            raise BadInput(f"Read {path}", "concurrency is out of range", f"Give a number from 1 to {MOST_AT_A_TIME}.")
        for rule in self.get_option("filters"):
            if not isinstance(rule, dict) or len(rule) != 1 or not {"include", "exclude"} & set(rule):
                raise BadInput(f"Read {path}", "a rule of filters is malformed", "Give each rule include or exclude.")

    def _cached_plan(self, may_read: bool) -> Plan:
        key = cache_key(self.get_options())
        if may_read:
            try:
                plan = unpack(self._cache.get(key), key)
            except (AnsibleError, ValueError) as error:
                self.display.warning(f"The inventory is read anew, as the cache has no use: {error}")
            else:
                if plan:
                    return plan
        plan = self._fetched_plan()
        self._cache[key] = pack(plan, key)
        return plan

    def _fetched_plan(self) -> Plan:
        kinds = self.get_option("hosts")
        with Client.from_options(self.get_options(), read_only=True) as client:
            sites = client.device.list_sites()
            selected = select_sites(sites, self.get_option("sites"), self.get_option("online_only"))
            listings = read_sites(client.device, selected, kinds, self.get_option("concurrency"))
            self.display.vv(f"{self.NAME}: {client.transport.requests_sent} requests for {len(selected)} sites")
        choices = Choices(
            kinds=kinds,
            hostnames=self.get_option("hostnames"),
            duplicates=self.get_option("duplicates"),
            include_raw=self.get_option("include_raw"),
            keep=self._keep,
            render=self._render,
        )
        return make_plan(sites, listings, choices)

    def _keep(self, variables: dict[str, Any]) -> bool:
        rules = self.get_option("filters")
        self.templar.available_variables = never_template(variables) if rules else {}
        return next(("include" in rule for rule in rules if self._holds(*rule.values())), True)

    def _holds(self, expression: Any) -> bool:
        """Whether a condition is true of the templar's variables, by the same means as ``groups`` of constructed."""
        try:
            if hasattr(self.templar, "evaluate_conditional"):  # ansible-core 2.19 and newer
                return bool(self.templar.evaluate_conditional(expression))
            return bool(boolean(self.templar.template(f"{{% if {expression} %}}True{{% else %}}False{{% endif %}}")))
        except AnsibleError as error:
            raise BadInput(f"Filter hosts by {expression!r}", str(error), "Correct the expression.") from None

    def _render(self, preference: str, variables: dict[str, Any]) -> str:
        self.templar.available_variables = never_template(variables)
        try:
            name = self.templar.template(preference)
        except AnsibleError as error:
            if self.get_option("strict"):
                raise BadInput(f"Name a host by {preference!r}", str(error), "Correct the template.") from None
            return ""
        return "" if name is None else str(name)

    def _populate(self, plan: Plan) -> None:
        for group in plan.groups:
            self.inventory.add_group(group.name)
            if group.parent:
                self.inventory.add_child(group.parent, group.name)
            for name, value in group.variables.items():
                self.inventory.set_variable(group.name, name, never_template(value))
        chosen = self.get_option("hostvars")
        for host in plan.hosts:
            name, variables = never_template(host.name), never_template(host.variables)
            self.inventory.add_host(name, host.group)
            # By the host itself: by its name, core would look for a group first.
            added = self.inventory.get_host(name)
            for variable, value in variables.items():
                if not chosen or variable in chosen:
                    added.set_variable(variable, value)
            self._construct(name, variables)

    def _construct(self, name: str, variables: dict[str, Any]) -> None:
        if name in self.inventory.groups:
            self.display.warning(f"No compose, groups or keyed_groups for host {name!r}: a group has that name.")
            return
        strict = self.get_option("strict")
        self._set_composite_vars(self.get_option("compose"), variables, name, strict=strict)
        self._add_host_to_composed_groups(self.get_option("groups"), variables, name, strict=strict)
        self._add_host_to_keyed_groups(self.get_option("keyed_groups"), variables, name, strict=strict)
