# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What AWX makes of an inventory that ``ansible-inventory --list --export`` printed, by rules of our own making.

    ansible-inventory -i FILE --list --export | python -m tools.awx_import

They are those that its importer is known for: a name with one colon is a host and a port, ``[IPv6]:PORT`` is one as
well, names of hosts and groups have at most 512 characters, members of groups are plain strings, only members of groups
become hosts, and nothing that its database takes holds a NUL.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

LONGEST = 512  # characters of a name
ALL = ("all", "ungrouped")
_WITH_PORT = re.compile(r"\[([0-9A-Fa-f:]{3,})\]:(\d+)")


@dataclass
class Imported:
    """Hosts with their variables, groups with members, children and variables, and what came out otherwise."""

    hosts: dict[str, dict[str, Any]] = field(default_factory=dict)
    groups: dict[str, dict[str, Any]] = field(default_factory=dict)
    complaints: list[str] = field(default_factory=list)

    def to_job(self) -> dict[str, Any]:
        """The inventory as a job gets it: the text of a script."""
        listing: dict[str, Any] = {name: dict(group) for name, group in self.groups.items()}
        within = {name for group in self.groups.values() for name in group["hosts"]}
        listing["ungrouped"] = {"hosts": [name for name in self.hosts if name not in within]}
        listing["_meta"] = {"hostvars": self.hosts}
        return listing


def imported(listing: Any) -> Imported:
    """The inventory that AWX has afterwards. ``complaints`` has a line for each name that is not what it was."""
    found = Imported()
    if not isinstance(listing, dict):
        found.complaints.append("the whole is no dictionary")
        return found
    variables = listing.get("_meta", {}).get("hostvars", {})
    meant: dict[str, str] = {}
    for name, group in listing.items():
        if name != "_meta":
            _take_group(found, name, group, meant)
    for name, own in found.hosts.items():
        own.update(variables.get(name, {}))
    lost = sorted(set(variables) - set(found.hosts))
    found.complaints += [f"host {name!r} is dropped, with its variables" for name in lost]
    found.complaints += [
        f"host {name!r} holds a NUL" for name, own in found.hosts.items() if "\\u0000" in json.dumps(own)
    ]
    return found


def _take_group(found: Imported, name: str, group: Any, meant: dict[str, str]) -> None:
    if not isinstance(group, Mapping):
        found.complaints.append(f"group {name!r} is no dictionary")
        return
    hosts = _strings(found, f"hosts of group {name!r}", group.get("hosts", ()))
    members = list(dict.fromkeys(_host(found, host, meant) for host in hosts))
    children = list(_strings(found, f"children of group {name!r}", group.get("children", ())))
    if name in ALL:
        return
    if not name or len(name) > LONGEST or "\0" in name:
        found.complaints.append(f"group {name[:40]!r} has a name that is not taken")
        return
    found.groups[name] = {"hosts": members, "children": children, "vars": dict(group.get("vars", {}))}


def _strings(found: Imported, what: str, values: Any) -> Iterable[str]:
    """AWX has no use for anything else, and ends there."""
    for value in values:
        if isinstance(value, str):
            yield value
        else:
            found.complaints.append(f"{what}: {value!r} is no string")


def _host(found: Imported, name: str, meant: dict[str, str]) -> str:
    """The name that the host has afterwards."""
    with_port = _WITH_PORT.fullmatch(name)
    own = with_port[1] if with_port else name
    if not with_port and name.count(":") == 1:
        own = name.partition(":")[0]
    if own != name:
        found.complaints.append(f"host {name!r} becomes {own!r}")
    if meant.setdefault(own, name) != name:
        found.complaints.append(f"hosts {meant[own]!r} and {name!r} become one")
    if not own or len(own) > LONGEST or "\0" in own:
        found.complaints.append(f"host {own[:40]!r} has a name that is not taken")
    found.hosts.setdefault(own, {})
    return own


def main() -> None:
    found = imported(json.load(sys.stdin))
    print("\n".join(found.complaints))
    print(f"{len(found.hosts)} hosts, {len(found.groups)} groups, {len(found.complaints)} complaints")
    raise SystemExit(bool(found.complaints))


if __name__ == "__main__":
    main()
