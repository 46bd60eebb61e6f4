# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""From records to hosts, groups and variables, as plain data. No I/O, and nothing of Ansible.

The same plan comes out whatever the order of the records.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from ansible_collections.nxai.cloud.plugins.module_utils._errors import BadInput
from ansible_collections.nxai.cloud.plugins.module_utils._inventory_names import (
    digest,
    distinct,
    group_names,
    is_host_name,
)
from ansible_collections.nxai.cloud.plugins.module_utils._inventory_sites import SiteListing
from ansible_collections.nxai.cloud.plugins.module_utils._records import Device, Server, Site

Variables = dict[str, Any]
HOST_VARIABLES = (
    *("nxai_kind", "nxai_device_id", "nxai_device_name", "nxai_enabled", "nxai_pipelines"),
    *("nxai_server_id", "nxai_server_name", "nxai_server_status"),
    *("nxai_plugin_version", "nxai_runtime", "nxai_supports_pipelines"),
    *("nxai_site_id", "nxai_site_name", "nxai_site_online", "nxai_site_version", "nxai_raw"),
)
MENTIONED = 10  # how many names an error shows


@dataclass(frozen=True)
class Group:
    """A group of the inventory. A site's group has no parent; a server's has that of its site."""

    name: str
    parent: str | None
    variables: Variables


@dataclass(frozen=True)
class Host:
    name: str
    group: str
    variables: Variables


@dataclass(frozen=True)
class Plan:
    """All that goes into the inventory, parents before children, in a fixed order."""

    groups: Sequence[Group]
    hosts: Sequence[Host]
    warnings: Sequence[str] = ()

    def to_json(self) -> str:
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> Plan:
        """The plan that ``to_json`` wrote. ValueError, KeyError or TypeError for anything else."""
        data = json.loads(text)
        return cls(
            groups=[Group(**group) for group in data["groups"]],
            hosts=[Host(**host) for host in data["hosts"]],
            warnings=data["warnings"],
        )


@dataclass(frozen=True, kw_only=True)
class Choices:
    """What the user chose about hosts. ``keep`` judges a host by its variables; ``render`` fills a Jinja template with
    them, and answers "" where it cannot."""

    kinds: Collection[str]
    hostnames: Sequence[str]
    duplicates: str
    include_raw: bool
    keep: Callable[[Variables], bool]
    render: Callable[[str, Variables], str]


@dataclass(frozen=True)
class _Candidate:
    """A record on its way to become a host. ``name`` is its own; ``identity`` is unique among all candidates."""

    name: str
    identity: tuple[str, str, str]
    group: str
    variables: Variables


def make_plan(all_sites: Sequence[Site], listings: Sequence[SiteListing], choices: Choices) -> Plan:
    """Hosts and groups for ``listings``.

    Names of site groups are made unique among ``all_sites``, so that they stay what they are when other sites are
    selected. BadInput when two hosts have one name and the user wants that to fail.
    """
    sites = sorted(all_sites, key=lambda site: site.id)
    names = group_names("site", [site.name for site in sites], [(site.id,) for site in sites])
    site_groups = dict(zip((site.id for site in sites), names, strict=True))
    server_groups = _server_groups(listings, site_groups)
    groups = [Group(site_groups[listing.site.id], None, site_variables(listing.site)) for listing in listings]
    groups += server_groups.values()
    candidates = [
        candidate
        for listing in listings
        for candidate in _candidates(listing, site_groups[listing.site.id], server_groups, choices)
        if choices.keep(candidate.variables)
    ]
    hosts, warnings = _named(candidates, choices, {group.name for group in groups})
    return Plan(groups, hosts, warnings)


def site_variables(site: Site) -> Variables:
    return {
        "nxai_site_id": site.id,
        "nxai_site_name": site.name,
        "nxai_site_online": site.online,
        "nxai_site_version": site.version,
    }


def server_variables(server: Server) -> Variables:
    return {
        "nxai_server_id": server.id,
        "nxai_server_name": server.name,
        "nxai_server_status": server.status,
        "nxai_plugin_version": server.plugin_version,
        "nxai_runtime": server.runtime,
        "nxai_supports_pipelines": server.supports_pipelines,
    }


def device_variables(device: Device) -> Variables:
    """Pipelines that are not all understood are None: a part of them, assigned again, would lose the rest."""
    pipelines = [pipeline.to_option() for pipeline in device.pipelines] if device.pipelines_known else None
    return {
        "nxai_device_id": device.id,
        "nxai_device_name": device.name,
        "nxai_enabled": device.enabled,
        "nxai_pipelines": pipelines,
    }


def _server_groups(listings: Sequence[SiteListing], site_groups: Mapping[str, str]) -> dict[tuple[str, str], Group]:
    """A group for each server, by (site id, server name), in a fixed order.

    A device is known to tell its server's name, not its id: so the name is what groups. The group's name holds the
    site's too, because each site has its "Server 1".
    """
    servers: dict[tuple[str, str], Server] = {}
    for listing in listings:
        embedded = [device.server for device in listing.devices]
        for server in [*sorted(embedded, key=_server_order), *sorted(listing.servers, key=_server_order)]:
            if server.name:
                servers[listing.site.id, server.name] = server
    keys = sorted(servers)
    names = group_names(
        "server",
        [f"{site_groups[site_id].removeprefix('site_')} {name}" for site_id, name in keys],
        [(digest(key), *key) for key in keys],
    )
    return {
        key: Group(name, site_groups[key[0]], server_variables(servers[key]))
        for key, name in zip(keys, names, strict=True)
    }


def _server_order(server: Server) -> tuple[str, ...]:
    return (server.name, server.id, server.status or "", server.plugin_version or "")


def _candidates(
    listing: SiteListing, site_group: str, server_groups: Mapping[tuple[str, str], Group], choices: Choices
) -> Iterator[_Candidate]:
    site = listing.site
    of_site = site_variables(site)

    def candidate(kind: str, record: Site | Server | Device, server: Server | None, variables: Variables) -> _Candidate:
        group = server_groups.get((site.id, server.name)) if server else None
        raw = {"nxai_raw": record.raw} if choices.include_raw else {}
        return _Candidate(
            name=record.name,
            identity=(record.id, kind, site.id),
            group=group.name if group else site_group,
            variables={"nxai_kind": kind, **variables, **of_site, **raw},
        )

    if "sites" in choices.kinds:
        yield candidate("site", site, None, {})
    if "servers" in choices.kinds:
        for server in sorted(listing.servers, key=_server_order):
            yield candidate("server", server, server, server_variables(server))
    if "devices" in choices.kinds:
        for device in sorted(listing.devices, key=lambda device: (device.name, device.id)):
            variables = {**device_variables(device), **server_variables(device.server)}
            yield candidate("device", device, device.server, variables)


def _named(candidates: Sequence[_Candidate], choices: Choices, groups: Collection[str]) -> tuple[list[Host], list[str]]:
    names = [_preferred_name(candidate, choices, groups) for candidate in candidates]
    twice = sorted(name for name, uses in Counter(names).items() if uses > 1)
    warnings: list[str] = []
    if twice and choices.duplicates == "fail":
        shown = ", ".join(map(repr, twice[:MENTIONED]))
        raise BadInput(
            "Name the hosts",
            f"{len(twice)} names are those of several hosts: {shown}",
            "Choose other hostnames, or duplicates: suffix.",
        )
    if twice and choices.duplicates == "warn_skip":
        candidates, names, warnings = _first_of_each(candidates, names)
    names = distinct(names, [candidate.identity for candidate in candidates])
    hosts = [
        Host(name, candidate.group, candidate.variables) for name, candidate in zip(names, candidates, strict=True)
    ]
    return hosts, warnings


def _first_of_each(
    candidates: Sequence[_Candidate], names: Sequence[str]
) -> tuple[list[_Candidate], list[str], list[str]]:
    """Of each name the candidate with the lowest identity, in the order given, and a warning for each left out."""
    chosen: dict[str, _Candidate] = {}
    for name, candidate in sorted(zip(names, candidates, strict=True), key=lambda pair: pair[1].identity):
        chosen.setdefault(name, candidate)
    kept, kept_names, warnings = [], [], []
    for name, candidate in zip(names, candidates, strict=True):
        if chosen[name] is candidate:
            kept.append(candidate)
            kept_names.append(name)
        else:
            identity, kind, site_id = candidate.identity
            warnings.append(f"Left out {kind} {identity} of site {site_id}: another host is called {name!r}.")
    return kept, kept_names, warnings


def _preferred_name(candidate: _Candidate, choices: Choices, groups: Collection[str]) -> str:
    """The first preference that gives a usable host name, else the record's id, or a digest of what that cannot be."""
    for preference in choices.hostnames:
        if "{{" in preference or "{%" in preference:
            name = choices.render(preference, candidate.variables)
        else:
            name = _at_path(candidate, preference)
        if is_host_name(name, groups):
            return name
    own_id = candidate.identity[0]
    return own_id if is_host_name(own_id, groups) else digest(candidate.identity)


def _at_path(candidate: _Candidate, path: str) -> str:
    """The text at a dotted path such as ``name`` or ``nxai_site_name``, or "" where there is none."""
    value: Any = {"name": candidate.name, **candidate.variables}
    for key in path.split("."):
        value = value.get(key) if isinstance(value, dict) else None
    return str(value) if isinstance(value, (str, int, float)) else ""
