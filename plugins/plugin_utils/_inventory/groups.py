# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The groups of an inventory: organisation, site and server within one another, and flat ones by what hosts have."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from ...module_utils._api.records.pipeline import Assignment, models_of
from ...module_utils._api.records.records import Catalogue, Model, Organisation, Server, Site
from ...module_utils._core.wording import shortened
from .names import Naming, digest, naming_of_sites
from .read import SiteListing

Variables = dict[str, Any]


class Group(NamedTuple):
    """A group of the inventory. A server's has the group of its site as parent, a site's that of its organisation."""

    name: str
    parent: str | None
    variables: Variables


def site_variables(site: Site) -> Variables:
    return {
        **organisation_variables(site.organisation),
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


def organisation_variables(organisation: Organisation) -> Variables:
    return {"nxai_organisation_id": organisation.id, "nxai_organisation_name": organisation.name}


@dataclass(frozen=True)
class Ambiguous:
    """A name that several groups would have. A group without hosts has it, so that a play on it can be told from a
    mistake. ``meanings`` are the groups that have it with digits, each with the name of its record."""

    name: str
    meanings: Mapping[str, str]

    @property
    def group(self) -> Group:
        return Group(self.name, None, {"nxai_ambiguous": list(self.meanings)})

    def __str__(self) -> str:
        meant = shortened([f"{group} ({name!r})" for group, name in self.meanings.items()])
        return f"The group {self.name} could be any of {meant}. So none of their hosts is in it: use one of these."


def _ambiguous(naming: Naming, labels: Sequence[str], groups: Iterable[Group]) -> list[Ambiguous]:
    """The ambiguous names that one of ``groups`` would have."""
    shown = {group.name for group in groups}
    found = [
        Ambiguous(name, {naming.names[place]: labels[place] for place in places})
        for name, places in naming.ambiguous.items()
    ]
    return [each for each in found if not shown.isdisjoint(each.meanings)]


class NestedGroups:
    """The groups of organisations, sites and servers, in a fixed order, and which of them a record belongs in.

    Names are made unique among ``all_sites``, so that they stay what they are when other sites are selected.
    ``always``: each name has its digits.
    """

    def __init__(self, all_sites: Sequence[Site], listings: Sequence[SiteListing], always: bool = False) -> None:
        self._always = always
        self.ambiguous: list[Ambiguous] = []
        sites = sorted(all_sites, key=lambda site: site.id)
        self._organisations = self._of_organisations(sites, {listing.site.organisation for listing in listings})
        self._sites = self._of_sites(sites, listings)
        self._servers = self._of_servers(listings)

    def all(self) -> list[Group]:
        ambiguous = [each.group for each in self.ambiguous]
        return [*ambiguous, *self._organisations.values(), *self._sites.values(), *self._servers.values()]

    def of(self, site: Site, server: Server | None) -> str:
        """The name of the innermost group of what is at a site, and on a server if there is one."""
        group = self._servers.get((site.id, server.name)) if server else None
        return group.name if group else self._sites[site.id].name

    def _of_organisations(
        self, sites: Sequence[Site], inhabited: Collection[Organisation]
    ) -> dict[Organisation, Group]:
        known = sorted({site.organisation for site in sites if site.organisation.label})
        labels = [each.name for each in known]
        identities = [(each.id or digest((each.id, each.name)), each.id, each.name) for each in known]
        naming = Naming("organisation", labels, identities, self._always)
        groups = {
            each: Group(name, None, organisation_variables(each))
            for each, name in zip(known, naming.names, strict=True)
            if each in inhabited
        }
        self.ambiguous += _ambiguous(naming, labels, groups.values())
        return groups

    def _of_sites(self, sites: Sequence[Site], listings: Sequence[SiteListing]) -> dict[str, Group]:
        labels = [site.name for site in sites]
        naming = naming_of_sites([(site.id, site.name) for site in sites], self._always)
        names = dict(zip((site.id for site in sites), naming.names, strict=True))
        groups = {}
        for listing in listings:
            site = listing.site
            parent = self._organisations.get(site.organisation)
            told = {"nxai_site_error": listing.error, "nxai_site_known_at": listing.known_at}
            variables = {**site_variables(site), **{name: text for name, text in told.items() if text}}
            groups[site.id] = Group(names[site.id], parent.name if parent else None, variables)
        self.ambiguous += _ambiguous(naming, labels, groups.values())
        return groups

    def _of_servers(self, listings: Sequence[SiteListing]) -> dict[tuple[str, str], Group]:
        """A group for each server, by (site id, server name), in a fixed order.

        A device is known to tell its server's name, not its id: so the name is what groups. The group's name holds the
        site's too, because each site has its "Server 1".
        """
        servers: dict[tuple[str, str], Server] = {}
        for listing in listings:
            embedded = [device.server for device in listing.devices]
            for server in [*sorted(embedded, key=server_order), *sorted(listing.servers, key=server_order)]:
                if server.name:
                    servers[listing.site.id, server.name] = server
        keys = sorted(servers)
        places = {
            listing.site.id: listing.site.name if self._always else self._sites[listing.site.id].name[len("site_") :]
            for listing in listings
        }
        labels = [f"{places[site_id]} {name}" for site_id, name in keys]
        naming = Naming("server", labels, keys, self._always)
        groups = {
            key: Group(name, self._sites[key[0]].name, server_variables(servers[key]))
            for key, name in zip(keys, naming.names, strict=True)
        }
        self.ambiguous += _ambiguous(naming, labels, groups.values())
        return groups


def server_order(server: Server) -> tuple[str, ...]:
    return (server.name, server.id, server.status or "", server.plugin_version or "")


# What ``group_by`` can name beside model and catalogue: the beginning of the groups' names, and the variable.
FLAT = {
    "status": ("status", "nxai_server_status"),
    "plugin_version": ("plugin_version", "nxai_plugin_version"),
    "runtime": ("runtime", "nxai_runtime"),
    "pipeline_support": ("pipelines", "nxai_supports_pipelines"),
}
PREFIXES = ("organisation", "site", "server", "model", "catalogue", *(prefix for prefix, _variable in FLAT.values()))
SUPPORT = {True: "supported", False: "unsupported"}
_Key = tuple[str, str]  # what is grouped by, and an id or a value
_NOT_KNOWN: _Key = ("", "")  # the hosts of which no group of a model or catalogue can say that it lacks them
UNKNOWN_GROUP = "pipelines_unknown"


class FlatGroups:
    """Groups by what hosts have, as ``group_by`` names it. A host whose value is not known is in none."""

    def __init__(
        self,
        group_by: Collection[str],
        hosts: Iterable[tuple[Variables, Assignment | None]],
        models: Sequence[Model] = (),
        catalogues: Sequence[Catalogue] = (),
        always: bool = False,
    ) -> None:
        self.ambiguous: list[Ambiguous] = []
        self._always = always
        self._by = [kind for kind in (*FLAT, "model", "catalogue") if kind in group_by]
        self._members = {model.uuid: model.catalogue_uuids or () for model in models}
        named = {
            "model": {model.uuid: model.name for model in models},
            "catalogue": {catalogue.uuid: catalogue.name for catalogue in catalogues},
        }
        used: dict[_Key, Any] = {}
        for variables, pipelines in hosts if self._by else ():
            used.update(self._keys(variables, pipelines))
        self._groups: dict[_Key, Group] = {_NOT_KNOWN: Group(UNKNOWN_GROUP, None, {})} if _NOT_KNOWN in used else {}
        for kind in self._by:
            values = {key: value for (of, key), value in used.items() if of == kind}
            self._groups.update(
                self._of_values(kind, values) if kind in FLAT else self._of_records(kind, values, named[kind])
            )

    def all(self) -> list[Group]:
        return [*(each.group for each in self.ambiguous), *self._groups.values()]

    def of(self, variables: Variables, pipelines: Assignment | None) -> list[str]:
        return [self._groups[key].name for key in dict(self._keys(variables, pipelines))] if self._by else []

    def _keys(self, variables: Variables, pipelines: Assignment | None) -> Iterator[tuple[_Key, Any]]:
        for kind in self._by:
            if kind in FLAT:
                value = variables.get(FLAT[kind][1])
                if value is not None and value != "":
                    yield (kind, SUPPORT.get(value, str(value)) if kind == "pipeline_support" else value), value
                continue
            if pipelines is None:
                yield _NOT_KNOWN, None
                continue
            for model in models_of(pipelines):
                for uuid in [model] if kind == "model" else self._members.get(model, ()):
                    yield (kind, uuid), uuid

    def _of_values(self, kind: str, values: Mapping[str, Any]) -> dict[_Key, Group]:
        """A value is what it is called, so that ``always`` makes no difference."""
        prefix, variable = FLAT[kind]
        keys = sorted(values)
        naming = Naming(prefix, keys, [(kind, key) for key in keys])
        groups = {
            (kind, key): Group(name, None, {variable: values[key]})
            for key, name in zip(keys, naming.names, strict=True)
        }
        self.ambiguous += _ambiguous(naming, keys, groups.values())
        return groups

    def _of_records(self, kind: str, used: Collection[str], named: Mapping[str, str]) -> dict[_Key, Group]:
        """One for each model or catalogue in use, called by its name; by its digits if it is not in the listing."""
        keys = sorted({*named, *used})
        labels = [named.get(key, "") for key in keys]
        naming = Naming(kind, labels, [(key,) for key in keys], self._always)
        groups = {
            (kind, key): Group(name, None, {f"nxai_{kind}_id": key, f"nxai_{kind}_name": named.get(key, "")})
            for key, name in zip(keys, naming.names, strict=True)
            if key in used
        }
        self.ambiguous += _ambiguous(naming, labels, groups.values())
        return groups
