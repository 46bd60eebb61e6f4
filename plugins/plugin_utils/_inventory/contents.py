# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""From records to hosts, groups and variables, as plain data. No I/O.

The same contents come out whatever the order of the records.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from ...module_utils._api.records.pipeline import Assignment
from ...module_utils._api.records.records import Device, Server, Site
from ...module_utils._core.errors import BadInput
from ...module_utils._core.wording import counted, shortened
from ...module_utils._engine.sites import unread
from ...module_utils._fleet.targets import why_unknown
from .._expressions.untrusted import has_reserved_key
from .groups import (
    FlatGroups,
    Group,
    NestedGroups,
    Variables,
    server_order,
    server_variables,
    site_variables,
)
from .names import digest, distinct, is_host_name
from .read import Estate, SiteListing

KINDS = ("device", "server", "site")  # values of nxai_kind
HOST_VARIABLES = (
    *("nxai_kind", "nxai_device_id", "nxai_device_name", "nxai_enabled", "nxai_pipelines", "nxai_pipelines_unknown"),
    *("nxai_server_id", "nxai_server_name", "nxai_server_status"),
    *("nxai_plugin_version", "nxai_runtime", "nxai_supports_pipelines"),
    *("nxai_organisation_id", "nxai_organisation_name"),
    *("nxai_site_id", "nxai_site_name", "nxai_site_online", "nxai_site_version", "nxai_raw"),
)


class Host(NamedTuple):
    """``group`` is the innermost of its nested groups; ``flat`` are those of ``group_by``.

    Its variables are its ``own``, and those of its site and server, ``shared`` as one object by all hosts there.
    """

    name: str
    group: str
    own: Variables
    shared: Variables
    flat: Sequence[str] = ()

    @property
    def variables(self) -> Variables:
        return {**self.own, **self.shared}


@dataclass(frozen=True)
class Contents:
    """All that goes into the inventory, parents before children, in a fixed order.

    ``missing`` has a line (``unread``) for each site that could not be read, and is not shown as last known.
    """

    groups: Sequence[Group]
    hosts: Sequence[Host]
    warnings: Sequence[str] = ()
    missing: Sequence[Variables] = ()

    def shared(self) -> dict[int, Variables]:
        """The variables that hosts share, each once, by the ``id()`` of the object."""
        return {id(host.shared): host.shared for host in self.hosts}

    def to_json(self) -> str:
        """Groups and hosts become lists, and what hosts share becomes its number."""
        shared = self.shared()
        numbers = {key: number for number, key in enumerate(shared)}
        hosts = [(host.name, host.group, host.own, numbers[id(host.shared)], host.flat) for host in self.hosts]
        return json.dumps({**vars(self), "hosts": hosts, "shared": list(shared.values())})

    @classmethod
    def from_json(cls, text: str) -> Contents:
        """The contents that ``to_json`` wrote. ValueError, LookupError, TypeError or RecursionError for most else."""
        data = json.loads(text)
        return cls(
            groups=[Group(*group) for group in data["groups"]],
            hosts=[
                Host(name, group, own, data["shared"][number], flat) for name, group, own, number, flat in data["hosts"]
            ],
            warnings=data["warnings"],
            missing=data["missing"],
        )


@dataclass(frozen=True, kw_only=True)
class Choices:
    """What the user chose about hosts. ``keep`` judges a host by its variables; ``render`` fills a Jinja template with
    them, and answers "" where it cannot."""

    kinds: Collection[str]
    hostnames: Sequence[str]
    duplicates: str
    include_raw: bool
    group_by: Collection[str]
    keep: Callable[[Variables], bool]
    render: Callable[[str, Variables], str]


@dataclass(frozen=True)
class _Candidate:
    """A record on its way to become a host. ``name`` is its own; ``identity`` is unique among all candidates."""

    name: str
    identity: tuple[str, str, str]
    group: str
    own: Variables
    shared: Variables
    variables: Variables
    pipelines: Assignment | None


def make_contents(estate: Estate, choices: Choices) -> Contents:
    """Hosts and groups for what was read. BadInput when two hosts have one name and the user wants that to fail."""
    nested = NestedGroups(estate.sites, estate.listings)
    candidates: Sequence[_Candidate] = [
        candidate
        for listing in estate.listings
        for candidate in _candidates(listing, nested, choices)
        if choices.keep(candidate.variables)
    ]
    kept = [(candidate.variables, candidate.pipelines) for candidate in candidates]
    flat = FlatGroups(choices.group_by, kept, estate.models, estate.catalogues)
    groups = [*nested.all(), *flat.all()]
    candidates, names, warnings = _named(candidates, choices, {group.name for group in groups})
    return Contents(
        groups=groups,
        hosts=[
            Host(name, each.group, each.own, each.shared, flat.of(each.variables, each.pipelines))
            for name, each in zip(names, candidates, strict=True)
        ],
        warnings=[*estate.warnings, *warnings],
        missing=[
            unread(listing.site, listing.error) for listing in estate.listings if listing.error and not listing.known_at
        ],
    )


def device_variables(device: Device) -> Variables:
    """Pipelines with a key that ansible-core keeps for itself are None too: no module could be given them unchanged."""
    pipelines, why = device.pipeline_options(), why_unknown(device)
    if has_reserved_key(pipelines):
        pipelines, why = None, "they have a key that Ansible keeps for itself"
    found = {
        "nxai_device_id": device.id,
        "nxai_device_name": device.name,
        "nxai_enabled": device.enabled,
        "nxai_pipelines": pipelines,
    }
    return {**found, "nxai_pipelines_unknown": why} if why else found


def _candidates(listing: SiteListing, nested: NestedGroups, choices: Choices) -> Iterator[_Candidate]:
    site = listing.site
    of_site = site_variables(site)
    known: dict[tuple[Any, ...], Variables] = {}

    def candidate(
        kind: str, record: Site | Server | Device, server: Server | None, own: Variables, of_server: Variables
    ) -> _Candidate:
        own = {"nxai_kind": kind, **own, **({"nxai_raw": record.raw} if choices.include_raw else {})}
        shared = {**of_server, **of_site}
        shared = known.setdefault(tuple(shared.values()), shared)
        return _Candidate(
            name=record.name,
            identity=(record.id, kind, site.id),
            group=nested.of(site, server),
            own=own,
            shared=shared,
            variables={**own, **shared},
            pipelines=record.assignment if isinstance(record, Device) else (),
        )

    if "sites" in choices.kinds:
        yield candidate("site", site, None, {}, {})
    if "servers" in choices.kinds:
        for server in sorted(listing.servers, key=server_order):
            yield candidate("server", server, server, {}, server_variables(server))
    if "devices" in choices.kinds:
        runtimes = {key: server.runtime for server in listing.servers for key in (server.name, server.id)}
        devices = {device.id: device for device in listing.devices}  # of rows that differ, one: none is known
        for device in sorted(devices.values(), key=lambda device: (device.name, device.id)):
            server = device.server
            of_server = server_variables(server)
            if server.runtime is None:
                of_server["nxai_runtime"] = runtimes.get(server.id or server.name)
            yield candidate("device", device, server, device_variables(device), of_server)


def _named(
    candidates: Sequence[_Candidate], choices: Choices, groups: Collection[str]
) -> tuple[Sequence[_Candidate], list[str], list[str]]:
    """The candidates that stay, a name for each, and warnings of those that do not."""
    names, refused = [], []
    for candidate in candidates:
        name, *passed_over = _names(candidate, choices, groups)
        names.append(name)
        refused += passed_over
    twice = sorted(name for name, uses in Counter(names).items() if uses > 1)
    warnings = [_warning_of(refused)] if refused else []
    if twice and choices.duplicates == "fail":
        raise BadInput(
            "Name the hosts",
            f"{len(twice)} names are those of several hosts: {shortened([*map(repr, twice)])}",
            "Choose other hostnames, or duplicates: suffix.",
        )
    if twice and choices.duplicates == "warn_skip":
        candidates, names, left_out = _first_of_each(candidates, names)
        warnings += left_out
    return candidates, distinct(names, [candidate.identity for candidate in candidates]), warnings


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


def _names(candidate: _Candidate, choices: Choices, groups: Collection[str]) -> list[str]:
    """What the host is called: the first preference that gives a usable name, else the record's id, or a digest of what
    that cannot be. Behind it, the names that could not be used."""
    refused: list[str] = []
    for preference in choices.hostnames:
        if "{{" in preference or "{%" in preference:
            name = choices.render(preference, candidate.variables)
        else:
            name = _at_path(candidate, preference)
        if is_host_name(name, groups):
            return [name, *refused]
        refused += [name] if name else []
    own_id = candidate.identity[0]
    return [own_id if is_host_name(own_id, groups) else digest(candidate.identity), *refused]


def _warning_of(refused: Sequence[str]) -> str:
    different = list(dict.fromkeys(refused))
    return (
        f"{counted(len(different), 'name')} cannot be used for hosts, and the next of hostnames or the id is used: "
        f"{shortened([*map(repr, different)])}. The name of a host is no option (-x), template, call, path (..) or "
        "group, not localhost, and holds no control character."
    )


def _at_path(candidate: _Candidate, path: str) -> str:
    """The text at a dotted path such as ``name`` or ``nxai_site_name``, or "" where there is none."""
    value: Any = {"name": candidate.name, **candidate.variables}
    for key in path.split("."):
        value = value.get(key) if isinstance(value, dict) else None
    return str(value) if isinstance(value, (str, int, float)) else ""
