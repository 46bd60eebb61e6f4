# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which names are free in an inventory that other sources have filled before: no host or group is taken over."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any
from weakref import WeakKeyDictionary

from ...module_utils._core.errors import BadInput
from ...module_utils._core.wording import counted, shortened
from .contents import Contents, Host
from .groups import Group
from .names import digest, digits

Identity = tuple[str, ...]
# What this plugin put into each inventory, from whatever file: the record behind each name.
_hosts: WeakKeyDictionary[Any, dict[str, Host]] = WeakKeyDictionary()
_groups: WeakKeyDictionary[Any, dict[str, Identity]] = WeakKeyDictionary()


def settled(
    contents: Contents, inventory: Any, duplicates: str, constructed: Collection[str] = ()
) -> tuple[Contents, list[str]]:
    """The contents with names that are free in the inventory, or are there for the same record; and warnings.

    ``constructed`` are groups that are to be made of the hosts: a host of such a name would take the place of its group
    wherever a play names it. ``duplicates`` decides what becomes of a host whose name is taken, and BadInput where that
    is to fail. A group whose name is taken by another record gets its digits.
    """
    groups, renamed, warnings = _settled_groups(contents.groups, _groups.setdefault(inventory, {}), inventory.groups)
    taken = inventory.groups.keys() | set(constructed)
    hosts, more = _settled_hosts(contents.hosts, _hosts.setdefault(inventory, {}), inventory.hosts, taken, duplicates)
    if renamed:
        hosts = [
            host._replace(
                group=renamed.get(host.group, host.group), flat=[renamed.get(each, each) for each in host.flat]
            )
            for host in hosts
        ]
    if hosts is contents.hosts and len(groups) == len(contents.groups) and not renamed:
        return contents, []
    changed = Contents(groups=groups, hosts=hosts, warnings=contents.warnings, missing=contents.missing)
    return changed, [*warnings, *more]


def _settled_groups(
    groups: Sequence[Group], known: dict[str, Identity], there: Mapping[str, Any]
) -> tuple[list[Group], dict[str, str], list[str]]:
    identities: dict[str | None, Identity] = {None: ()}
    renamed: dict[str, str] = {}
    settled_groups = []
    for group in groups:
        identity = identities[group.name] = _record_of(group, identities[group.parent])
        name = group.name
        if "nxai_ambiguous" in group.variables and known.get(name):
            continue  # to another file it is the name of one group, which stays as it is
        if identity and name in there and known.get(name, identity) != identity:
            name = renamed[group.name] = f"{name}_{digits(identity)}"
        known[name] = identity
        parent = group.parent and renamed.get(group.parent, group.parent)
        settled_groups.append(group._replace(name=name, parent=parent))
    if not renamed:
        return settled_groups, {}, []
    told = shortened([f"{name} ({new})" for name, new in renamed.items()])
    warning = (
        f"{counted(len(renamed), 'group')} of another source {'has' if len(renamed) == 1 else 'have'} the name of a "
        f"group of this one, which gets its digits: {told}. With group_names: digits in each of the files, the names "
        "depend on no other source."
    )
    return settled_groups, renamed, [warning]


def _record_of(group: Group, parent: Identity) -> Identity:
    """Which record a group is of. Nothing for a group of a value, or without hosts: they mean the same everywhere."""
    found = group.variables
    if group.name.startswith("server_") and "nxai_server_name" in found:
        return (*parent, str(found["nxai_server_name"]))
    if "nxai_site_id" in found:
        return (str(found["nxai_site_id"]),)
    names = ("nxai_organisation_id", "nxai_organisation_name", "nxai_model_id", "nxai_catalogue_id")
    return tuple(str(found[name]) for name in names if name in found)


def _settled_hosts(
    hosts: Sequence[Host], known: dict[str, Host], there: Mapping[str, Any], groups: Collection[str], duplicates: str
) -> tuple[Sequence[Host], list[str]]:
    taken = [host for host in hosts if _is_taken(host.name, host, known, there, groups)]
    if not taken:
        known.update({host.name: host for host in hosts})
        return hosts, []
    if duplicates == "fail":
        raise BadInput(
            "Name the hosts",
            f"{counted(len(taken), 'name')} of hosts or groups are there already, from another source or in groups of "
            f"this one: {shortened([repr(host.name) for host in taken])}",
            "Choose other hostnames, such as slug, or duplicates: suffix.",
        )
    names = {id(host): host.name for host in hosts}
    others = set(names.values())
    for host in taken:
        name = f"{host.name}_{digits(host.identity)}"
        if name in others or _is_taken(name, host, known, there, groups):
            name = f"{name}_{digest(host.identity)}"
        names[id(host)] = "" if duplicates == "warn_skip" else name
    kept = [host._replace(name=names[id(host)]) for host in hosts if names[id(host)]]
    known.update({host.name: host for host in kept})
    return kept, [_warning(taken, names)]


def _is_taken(
    name: str, host: Host, known: Mapping[str, Host], there: Mapping[str, Any], groups: Collection[str]
) -> bool:
    """Whether that is another host, or a group. A name with the digits of the record can be meant for no other."""
    if name in there:
        identity = host.identity
        return known[name].identity != identity if name in known else not name.endswith(f"-{digits(identity)}")
    return name in groups


def _warning(taken: Sequence[Host], names: Mapping[int, str]) -> str:
    """One line for all of them: there may be thousands."""
    told = [f"{host.name!r} ({names[id(host)] or 'left out'})" for host in taken]
    return (
        f"{counted(len(taken), 'host')} would have the name of a host or group of another source, or of one in groups "
        f"of this one, which stays as it is: {shortened(told)}. hostnames: [slug] gives names that nothing else has."
    )
