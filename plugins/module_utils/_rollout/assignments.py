# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A declaration that gives cameras assignments of their own: each of them once, and which is whose. Pure.

Cameras are compared as they are named, by id or name, so that equal declarations are equal whatever an inventory lists.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import product
from typing import Any

from .._core.errors import BadInput
from .._core.values import identity
from .._core.wording import printable
from .._pipelines.options import PIPELINE
from .ledger import Camera, Key, camera_key
from .waves import Row

Entry = Mapping[str, Any]  # ``pipelines``, and ``sites``: the devices by site


def gathered(groups: Iterable[Mapping[str, Any]]) -> list[Entry]:
    """Groups as the option has them: equal assignments once, all in order. Raises BadInput for a camera named twice."""
    found: dict[str, tuple[Any, dict[str, list[str]]]] = {}
    named: set[Key] = set()
    for group in groups:
        _pipelines, sites = found.setdefault(json.dumps(group["pipelines"], sort_keys=True), (group["pipelines"], {}))
        for device in group["devices"]:
            key = camera_key(group["site"], device)
            if key in named:
                raise _twice(group["site"], device)
            named.add(key)
            sites.setdefault(key[0], []).append(key[1])
    return [
        {"pipelines": pipelines, "sites": {site: sorted(sites[site]) for site in sorted(sites)}}
        for _text, (pipelines, sites) in sorted(found.items())
        if sites
    ]


def in_short(groups: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """For people: each assignment as it was written, with the number of its cameras."""
    return [
        {"pipelines": each["pipelines"], "devices": sum(map(len, each["sites"].values()))} for each in gathered(groups)
    ]


class Assigned:
    """Which assignment is that of a camera."""

    def __init__(self, entries: Sequence[Entry]) -> None:
        self._entries = entries
        self._places = {
            (site, device): place
            for place, entry in enumerate(entries)
            for site, devices in entry["sites"].items()
            for device in devices
        }

    def name_of(self, site: str, site_name: str, nxid: str, name: str) -> Key | None:
        """As what a camera is named, if it is. Raises BadInput where it is named twice, by id and by name."""
        named = product({identity(site), identity(site_name)}, {identity(nxid), identity(name)})
        found = [each for each in named if each in self._places]
        if len(found) > 1:
            raise _twice(site_name or site, name or nxid)
        return found[0] if found else None

    def scope(self, rows: Iterable[Row]) -> list[Row]:
        """The rows of an inventory that are named. Raises BadInput where one name is that of two."""
        found: dict[Key, Row] = {}
        for row in rows:
            key = self.name_of(row["site"], row["site_name"], row["device"], row["name"])
            if key in found:
                answer = f"two cameras are called so: {found[key]['device']} and {row['device']}"
                raise BadInput(_tried(*key), answer, "Give its NxID, and the id of its site.")
            if key is not None:
                found[key] = row
        return list(found.values())

    def beside(self, rows: Iterable[Row]) -> list[str]:
        """The cameras that are named and are none of these."""
        there = {self.name_of(row["site"], row["site_name"], row["device"], row["name"]) for row in rows}
        return [
            f"{printable(device)} at {printable(site)}" for site, device in self._places if (site, device) not in there
        ]

    def groups(self, cameras: Collection[Camera]) -> list[dict[str, Any]]:
        """What these cameras are to have, as the option ``assignments`` of ``nxai_pipeline``."""
        found: dict[tuple[str, int], list[str]] = {}
        for each in cameras:
            key = self.name_of(each.site, each.site_name, each.nxid, each.name)
            if key is None:
                raise BadInput(f"Give {each.label} its pipelines", "the plan has none for it", "Start another rollout.")
            found.setdefault((each.site, self._places[key]), []).append(each.nxid)
        return [
            {"site": site, "devices": devices, "pipelines": as_options(self._entries[place]["pipelines"])}
            for (site, place), devices in found.items()
        ]


def as_options(pipelines: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Pipelines as the options of ``nxai_pipeline``, with each member."""
    return [{name: each.get(name) for name in PIPELINE} for each in pipelines]


def _tried(site: str, device: str) -> str:
    return f"Read the assignment of {printable(device)} at {printable(site)}"


def _twice(site: str, device: str) -> BadInput:
    return BadInput(_tried(site, device), "it is named twice", "Name each device once.")
