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
  - Each site becomes a group C(site_NAME), and each of its servers a group C(server_SITE_SERVER) within it. Where the
    record of a site tells its organisation, the site's group is within C(organisation_NAME). The names hold lower-case
    letters, digits and underscores only. See O(group_names) for sites of the same name. The readable names are in the
    group variables C(nxai_organisation_name), C(nxai_site_name) and C(nxai_server_name).
  - An offline site shows neither servers nor devices, so it is not asked for them. With O(cache) it keeps the hosts
    that it was last known to have, and its group has the time of that as C(nxai_site_known_at). Else it has no hosts.
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
  - Expressions are evaluated as ansible-core does, but not anew for each host where the result cannot differ.
  - Every option of the file may be a template, with the variables of C(-e), and may be encrypted with C(!vault). The
    values of O(hostnames), O(filters), O(compose), O(groups) and O(keyed_groups) are expressions over hosts already.
    What the environment and C(ansible.cfg) say is text.
  - Host names come from the cloud. A name that Ansible or AWX would take for something else than one host is not used,
    such as C(!Office), C(Till 1), C(*), C(..) or C(localhost). The next of O(hostnames) is tried, and at last the
    host's own name. A warning shows it.
  - Text of the cloud is never trusted as a template. C(ansible-inventory --list) prints it within C(__ansible_unsafe),
    and names of hosts and groups as they are.
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
        name that matches two. For a pattern that matches none, see O(allow_empty).
      - For example V([Berlin, "Shop *", 5c0ff1ce-0000-4000-8000-000000000001]).
    type: list
    elements: str
    default: []
  allow_empty:
    description:
      - Whether there may be no site for a pattern of O(sites), or none at all. Then there is a warning that names the
        nearest, and the inventory is perhaps empty. V(false) makes it an error, so that AWX keeps the hosts it has.
    type: bool
    default: true
  online_only:
    description:
      - Whether to leave offline sites out altogether, also as groups. For example V(true).
    type: bool
    default: false
  hostnames:
    description:
      - What a host is called. The first entry that gives a name is used, and V(slug) where none does.
      - V(slug) is a name of its own for each host, of site, device and eight digits, such as
        C(shop-amsterdam-entrance-9f963f3f). It holds lower-case letters, digits, C(-) and C(_), and at most 120
        characters. The digits are made of the ids of site and device. So no other host can have this name, or change
        it; it changes with the name of the device or site.
      - V(name) is the name as it was written. Another entry is a host variable such as V(nxai_device_id), or a template
        over the host variables. Anything else is an error.
      - For example V(["{{ nxai_site_name }}/{{ nxai_device_name }}", nxai_device_id]).
    type: list
    elements: str
    default: [slug]
  group_names:
    description:
      - What groups of organisations, sites, servers, models and catalogues are called.
      - V(plain) is the name. Where several share one, each gets eight digits, as in C(site_shop_9f963f3f), and a
        warning names them. The plain group stays, without hosts, and its variable C(nxai_ambiguous) lists them. It is
        an error with O(strict).
      - V(digits) gives all of them their digits, so that no other site can ever change the name of a group.
    type: str
    choices: [plain, digits]
    default: plain
  duplicates:
    description:
      - What to do with hosts that would have the same name, or that of one of O(groups), or of a host or group that
        another source has brought before. What another source has brought stays as it is. For example V(fail).
      - V(suffix) adds to each of them an underscore and its eight digits, so that the names are the same on every run.
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
      - nxai_pipelines_unknown
      - nxai_server_id
      - nxai_server_name
      - nxai_server_status
      - nxai_plugin_version
      - nxai_runtime
      - nxai_supports_pipelines
      - nxai_organisation_id
      - nxai_organisation_name
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
      - Which hosts to keep, as a list of rules. The first rule whose expression is true for a host decides. A host for
        which no rule is true stays.
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
  group_by:
    description:
      - Groups by what hosts have, besides those of sites and servers.
      - V(status), V(plugin_version), V(runtime) and V(pipeline_support) are those of the server that a device is on,
        for example C(status_running), C(plugin_version_4_2_0), C(runtime_nx_cpu), C(pipelines_supported).
      - V(model) makes a group of each model in use, C(model_NAME), and V(catalogue) one of each catalogue that has a
        model in use, C(catalogue_NAME).
      - V(runtime) costs one request more per online site, as devices are not known to tell it; V(model) one for the
        listing of models; V(catalogue) one for the models and one for the catalogues.
      - For example V([plugin_version, model]).
    type: list
    elements: str
    choices: [status, plugin_version, runtime, pipeline_support, model, catalogue]
    default: []
  on_error:
    description:
      - What to do when a site cannot be read. Wrong credentials and wrong options are errors whatever this says.
      - V(fail) ends with the error. A part is never taken for the whole.
      - V(cached) takes what was last known, and warns. The group of such a site has the variables C(nxai_site_error)
        and C(nxai_site_known_at). It ends with the error where nothing is known. It needs O(cache) with an
        O(cache_plugin) that keeps its entries between runs.
      - V(skip) leaves the site without hosts, and warns. Its group has C(nxai_site_error), and the group C(all) has
        C(nxai_missing_sites), a list of the C(site), C(name) and C(reason) of each, empty when all could be read. It
        ends with the error if the sites cannot even be listed, or if none of them can be read.
      - What is not whole is not put into the cache.
      - For example V(skip).
    type: str
    choices: [fail, cached, skip]
    default: fail
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
#   - "{{ nxai_site_name | lower | replace(' ', '-') }}/{{ nxai_device_name | lower | replace(' ', '-') }}"
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
# group_by:
#   - plugin_version
#   - model
# on_error: cached
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
#   - "{{ nxai_server_name }}@{{ nxai_site_name | replace(' ', '-') }}"
# hostvars:
#   - nxai_server_status
#   - nxai_plugin_version
#   - nxai_runtime
"""

import os
import re
from typing import Any

from ansible.errors import AnsibleError, AnsibleParserError
from ansible.plugins.inventory import BaseInventoryPlugin, Cacheable, get_cache_plugin

from ..module_utils._api.client import Client
from ..module_utils._connection.settings import CONNECTION_FIELDS
from ..module_utils._core.errors import BadInput, NxaiError
from ..module_utils._core.voice import Voice
from ..module_utils._engine.sites import MOST_AT_ONCE
from ..plugin_utils._inventory.cache import account_key, cache_key, check_folder, keep_private, pack, private, unpack
from ..plugin_utils._inventory.choosing import Choosing
from ..plugin_utils._inventory.contents import Contents, check_hostnames, make_contents
from ..plugin_utils._inventory.known import LastKnown
from ..plugin_utils._inventory.read import Estate, Wanted, read_estate
from ..plugin_utils._options.given import GivenOptions

# A file that is meant for this plugin, whatever it is called, as far as one looks.
NAMES_US = re.compile(rb"""(?m)^[\s{"']*plugin["']?\s*:\s*['"]?nxai\.cloud\.nxai_devices\b""")
MOST_BEFORE = 1 << 16  # bytes


class InventoryModule(GivenOptions, Choosing, BaseInventoryPlugin, Cacheable):
    NAME = "nxai.cloud.nxai_devices"
    expressions = ("hostnames", "filters", "compose", "groups", "keyed_groups")

    def verify_file(self, path: str) -> bool:
        if not super().verify_file(path):
            return False
        ours = f".{os.path.basename(path)}".endswith((".nxai.yml", ".nxai.yaml"))
        if not ours and _names_us(path):
            self.display.warning(
                f"{path} names the plugin {self.NAME}, and is not read: the name of such a file must be nxai.yml or "
                "nxai.yaml, or end in .nxai.yml or .nxai.yaml. Rename the file."
            )
        return ours

    def parse(self, inventory: Any, loader: Any, path: str, cache: bool = True) -> None:
        super().parse(inventory, loader, path, cache)
        try:
            self._read_options(path)
            contents = (
                self._cached(may_read=cache)
                if self.get_option("cache")
                else make_contents(self._estate(), self._choices())
            )
            self._populate(contents)
        except NxaiError as error:
            raise AnsibleParserError(str(error)) from None

    def _read_options(self, path: str) -> None:
        with private():
            config = self._read_config_data(path)
        unknown = sorted(set(config) - set(self.option_definitions))
        if unknown:
            raise BadInput(
                f"Read {path}",
                f"this plugin has no option {', '.join(unknown)}",
                f"Its options are listed by: ansible-doc -t inventory {self.NAME}",
            )
        for field in CONNECTION_FIELDS:
            if field.suboptions:
                self.set_option(field.name, field.with_environment(self.get_option(field.name)))
        if not 1 <= (given := self.get_option("concurrency")) <= MOST_AT_ONCE:
            raise BadInput(f"Read {path}", f"concurrency is {given}", f"Give a number from 1 to {MOST_AT_ONCE}.")
        for rule in self.get_option("filters"):
            if not isinstance(rule, dict) or len(rule) != 1 or not {"include", "exclude"} & set(rule):
                raise BadInput(f"Read {path}", "a rule of filters is malformed", "Give each rule include or exclude.")
        check_hostnames(self.get_option("hostnames"), self.get_option("include_raw"))
        if self.get_option("on_error") == "cached" and not self.get_option("cache"):
            raise BadInput(f"Read {path}", "on_error: cached has no cache", "Set cache: true, and a cache_plugin.")
        if self.get_option("cache"):
            check_folder(self.get_options())

    def _cached(self, may_read: bool) -> Contents:
        key = cache_key(self.get_options(), self._vars)
        if may_read:
            try:
                contents = unpack(self._cache.get(key), key)
            except Exception as error:  # pylint: disable=broad-exception-caught  # cache plugins document none
                why = error if isinstance(error, (AnsibleError, ValueError)) else "its entry is damaged"
                self.display.warning(f"The inventory is read anew, as the cache has no use: {why}")
            else:
                if contents:
                    return contents
        estate = self._estate()
        contents = make_contents(estate, self._choices())
        if estate.fresh:
            self._cache[key] = pack(contents, key)
        return contents

    def update_cache_if_changed(self) -> None:
        """Called by ansible-core after ``parse``: this is when the entry is written."""
        super().update_cache_if_changed()
        keep_private(self.get_options())

    def _estate(self) -> Estate:
        kinds, group_by = self.get_option("hosts"), self.get_option("group_by")
        wanted = Wanted(
            sites=self.get_option("sites"),
            online_only=self.get_option("online_only"),
            allow_empty=self.get_option("allow_empty"),
            concurrency=self.get_option("concurrency"),
            on_error=self.get_option("on_error"),
            servers="servers" in kinds or "runtime" in group_by,
            devices="devices" in kinds,
            models="model" in group_by or "catalogue" in group_by,
            catalogues="catalogue" in group_by,
            rows=self.get_option("include_raw") or self.get_option("cache"),
        )
        store = self._last_known_store() if self.get_option("cache") else None
        known = LastKnown(store, account_key(self.get_options()), self.get_option("include_raw"))
        voice = Voice(self.display.warning, self.display.v)
        with Client.from_options(self.get_options(), True, voice, self.sources) as client:
            estate = read_estate(client, wanted, known)
            self.display.vv(f"{self.NAME}: {client.transport.requests_sent} requests for {len(estate.listings)} sites")
        if store is not None:
            store.set_cache()
            keep_private(self.get_options())
        return estate

    def _last_known_store(self) -> Any:
        """The cache of the inventory once more, in which nothing expires."""
        places = {"_uri": self.get_option("cache_connection"), "_prefix": self.get_option("cache_prefix")}
        given = {name: place for name, place in places.items() if place is not None}
        return get_cache_plugin(self.get_option("cache_plugin"), _timeout=0, **given)


def _names_us(path: str) -> bool:
    """Whether the file says that this plugin is to read it."""
    try:
        with open(path, "rb") as file:
            return NAMES_US.search(file.read(MOST_BEFORE)) is not None
    except OSError:
        return False
