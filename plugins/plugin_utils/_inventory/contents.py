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
from difflib import get_close_matches
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
from .names import distinct, identity_of, is_host_name, own_name
from .read import Estate, SiteListing

KINDS = ("device", "server", "site")  # values of nxai_kind
SLUG = "slug"  # the preference of hostnames that always gives a name
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

    @property
    def identity(self) -> tuple[str, ...]:
        """Which record it is, whatever it is called: the same in each source that has it."""
        kind = self.own["nxai_kind"]
        record = self.own if kind == "device" else self.shared
        return identity_of(kind, self.shared["nxai_site_id"], record[f"nxai_{kind}_id"])


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
    """What the user chose. ``digits``: each group of a record has them. ``strict``: no name of a group is ambiguous.
    ``keep`` judges a host by its variables; ``render`` fills a Jinja template with
    them, and answers "" where it cannot."""

    kinds: Collection[str]
    hostnames: Sequence[str]
    duplicates: str
    include_raw: bool
    group_by: Collection[str]
    strict: bool
    digits: bool
    keep: Callable[[Variables], bool]
    render: Callable[[str, Variables], str]


@dataclass(frozen=True)
class _Candidate:
    """A record on its way to become a host. ``name`` is the record's; ``identity`` is unique among all candidates."""

    name: str
    identity: tuple[str, ...]
    group: str
    own: Variables
    shared: Variables
    variables: Variables
    pipelines: Assignment | None


def make_contents(estate: Estate, choices: Choices) -> Contents:
    """Hosts and groups for what was read. BadInput when two hosts have one name and the user wants that to fail."""
    nested = NestedGroups(estate.sites, estate.listings, choices.digits)
    candidates: Sequence[_Candidate] = [
        candidate
        for listing in estate.listings
        for candidate in _candidates(listing, nested, choices)
        if choices.keep(candidate.variables)
    ]
    kept = [(candidate.variables, candidate.pipelines) for candidate in candidates]
    flat = FlatGroups(choices.group_by, kept, estate.models, estate.catalogues, choices.digits)
    groups = [*nested.all(), *flat.all()]
    ambiguous = [str(each) for each in (*nested.ambiguous, *flat.ambiguous)]
    if ambiguous and choices.strict:
        advice = "Or set group_names: digits, or strict: false."
        raise BadInput("Name the groups", " ".join(ambiguous), advice)
    candidates, names, warnings = _Names(choices, {group.name for group in groups}).of(candidates)
    return Contents(
        groups=groups,
        hosts=[
            Host(name, each.group, each.own, each.shared, flat.of(each.variables, each.pipelines))
            for name, each in zip(names, candidates, strict=True)
        ],
        warnings=[*estate.warnings, *ambiguous, *warnings],
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
            identity=identity_of(kind, site.id, record.id),
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


class _Names:
    """What hosts are called, beside ``groups``: by the preferences of the user, and else each by its own name."""

    def __init__(self, choices: Choices, groups: Collection[str]) -> None:
        self._choices = choices
        self._groups = groups
        self._refused: list[str] = []
        self._useless = dict.fromkeys(choices.hostnames, 0)  # and for how many hosts

    def of(self, candidates: Sequence[_Candidate]) -> tuple[Sequence[_Candidate], list[str], list[str]]:
        """The candidates that stay, a name for each, and warnings."""
        names = self._kept_apart([self._name(candidate) for candidate in candidates], candidates)
        warnings = [_warning_of(self._refused)] if self._refused else []
        warnings += [
            f"{preference!r} of hostnames gives none of {counted(len(candidates), 'host')} a name."
            for preference, uses in self._useless.items()
            if uses == len(candidates) > 0
        ]
        twice = sorted(name for name, uses in Counter(names).items() if uses > 1)
        if twice and self._choices.duplicates == "fail":
            raise BadInput(
                "Name the hosts",
                f"{len(twice)} names are those of several hosts: {shortened([*map(repr, twice)])}",
                "Choose other hostnames, such as slug, or duplicates: suffix.",
            )
        if twice and self._choices.duplicates == "warn_skip":
            candidates, names, left_out = _first_of_each(candidates, names)
            warnings += left_out
        return candidates, distinct(names, [candidate.identity for candidate in candidates]), warnings

    def _kept_apart(self, names: list[str], candidates: Sequence[_Candidate]) -> list[str]:
        """Nobody is called by the own name of another: whoever can rename a camera must not change the other's name."""
        while True:
            uses = Counter(names)
            own = {place: _own_name(each) for place, each in enumerate(candidates) if uses[names[place]] > 1}
            owned = {name for place, name in own.items() if names[place] == name}
            moved = [place for place, name in own.items() if names[place] in owned and names[place] != name]
            if not moved:
                return names
            for place in moved:
                self._refused.append(names[place])
                names[place] = own[place]

    def _name(self, candidate: _Candidate) -> str:
        for preference in self._choices.hostnames:
            if preference == SLUG:
                break
            if is_template(preference):
                name = self._choices.render(preference, candidate.variables)
            else:
                name = _at_path(candidate, preference)
            if is_host_name(name, self._groups):
                return name
            if name:
                self._refused.append(name)
            else:
                self._useless[preference] += 1
        return _own_name(candidate)


def is_template(preference: str) -> bool:
    return "{{" in preference or "{%" in preference


def check_hostnames(preferences: Sequence[Any], include_raw: bool) -> None:
    """BadInput for a preference that could give no host a name."""
    known = (SLUG, "name", *(name for name in HOST_VARIABLES if include_raw or name != "nxai_raw"))
    for preference in preferences:
        first = str(preference).partition(".")[0]
        if is_template(str(preference)) or first in known:
            continue
        near = get_close_matches(first, known, n=1)
        advice = f"Write {near[0]}, or" if near else "Write"
        if first == "nxai_raw":
            advice = "Set include_raw: true, or write"
        raise BadInput(
            "Name the hosts",
            f"{preference!r} of hostnames is neither slug, name, a variable of hosts, nor a template",
            f"{advice} an expression within {{{{ }}}}.",
        )


def _own_name(candidate: _Candidate) -> str:
    kind, site = candidate.own["nxai_kind"], candidate.shared["nxai_site_name"]
    return own_name(kind, site, candidate.name, candidate.identity)


def _first_of_each(
    candidates: Sequence[_Candidate], names: Sequence[str]
) -> tuple[list[_Candidate], list[str], list[str]]:
    """Of each name the candidate with the lowest identity, in the order given, and a warning for each left out."""
    chosen: dict[str, _Candidate] = {}
    for name, candidate in sorted(
        zip(names, candidates, strict=True), key=lambda pair: (pair[1].identity[1], pair[1].identity)
    ):
        chosen.setdefault(name, candidate)
    kept, kept_names, warnings = [], [], []
    for name, candidate in zip(names, candidates, strict=True):
        if chosen[name] is candidate:
            kept.append(candidate)
            kept_names.append(name)
        else:
            site_id, own_id = candidate.identity[:2]
            kind = candidate.own["nxai_kind"]
            warnings.append(f"Left out {kind} {own_id} of site {site_id}: another host is called {name!r}.")
    return kept, kept_names, warnings


def _warning_of(refused: Sequence[str]) -> str:
    different = list(dict.fromkeys(refused))
    return (
        f"{counted(len(different), 'name')} cannot be used for hosts: {shortened([*map(repr, different)])}. They hold "
        "what Ansible or AWX takes for something else than the name of one host, such as a space, a colon, a comma, *, "
        "?, a bracket, ! or - at the beginning, a path (..), a template, the name of a group, the own name of another "
        "host, or localhost. Their hosts have the next name of hostnames. A name that does for every host: hostnames: "
        f"[{SLUG}]."
    )


def _at_path(candidate: _Candidate, path: str) -> str:
    """The text at a dotted path such as ``name`` or ``nxai_site_name``, or "" where there is none."""
    value: Any = {"name": candidate.name, **candidate.variables}
    for key in path.split("."):
        value = value.get(key) if isinstance(value, dict) else None
    return str(value) if isinstance(value, (str, int, float)) else ""
