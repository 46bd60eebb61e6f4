# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is known of an account: its sites with their servers and cameras, its models and catalogues. Plain data.

It is what was last known, not what was last read: what a look could not see stays as it was. What is not known is None.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import astuple, dataclass, replace
from typing import Any, TypeVar

from ...module_utils._api.records.pipeline import Assignment, Pipeline, is_told

Kind = TypeVar("Kind")
Setup = tuple[Mapping[str, Any], ...]  # the pipelines of one camera, as they are on the wire


@dataclass(frozen=True)
class ServerThen:
    name: str
    running: bool | None = None
    status: str | None = None
    plugin: str | None = None


@dataclass(frozen=True)
class DeviceThen:
    """``setup``: what it ran when that was last known; None: it never was. The server has an id, a name, or both."""

    name: str
    server: str = ""
    server_name: str = ""
    setup: Setup | None = None


@dataclass(frozen=True)
class SiteThen:
    """``servers`` and ``devices`` are None until they were read once. ``listed``: whether the last list had it."""

    name: str
    online: bool | None = None
    listed: bool = True
    servers: Mapping[str, ServerThen] | None = None
    devices: Mapping[str, DeviceThen] | None = None


@dataclass(frozen=True)
class ModelThen:
    """``catalogues``: the ids of those that it is in; None: never known. ``listed``: whether the last list had it."""

    name: str
    state: str
    catalogues: tuple[str, ...] | None = None
    listed: bool = True


@dataclass(frozen=True)
class CatalogueThen:
    """``shared_with``: labels of organisations; None: never known."""

    name: str
    shared_with: tuple[str, ...] | None = None


@dataclass(frozen=True)
class Snapshot:
    """A part is None until it was read once."""

    sites: Mapping[str, SiteThen] | None = None
    models: Mapping[str, ModelThen] | None = None
    catalogues: Mapping[str, CatalogueThen] | None = None

    def with_site(self, site_id: str, site: SiteThen) -> Snapshot:
        return replace(self, sites={**(self.sites or {}), site_id: site})

    def to_data(self) -> dict[str, Any]:
        """For JSON, as rows: ids as names of members would be many. Each setup is written once, as nearly all cameras
        of an account run one of a few."""
        setups: dict[str, int] = {}
        sites = [_site_to_row(key, site, setups) for key, site in (self.sites or {}).items()]
        return {
            "setups": [json.loads(each) for each in setups],
            "sites": None if self.sites is None else sites,
            "models": _rows(self.models),
            "catalogues": _rows(self.catalogues),
        }

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> Snapshot:
        """What ``to_data`` made. KeyError, TypeError, ValueError, AttributeError or IndexError for most else."""
        setups = [tuple(map(_checked, each)) for each in data["setups"]]
        sites = data["sites"]
        return cls(
            None if sites is None else {row[0]: _site_of(row, setups) for row in sites},
            _of_rows(ModelThen, data["models"]),
            _of_rows(CatalogueThen, data["catalogues"]),
        )


def setup_of(assignment: Assignment) -> Setup:
    """Without what the service says of a pipeline by itself, which is no part of what it means."""
    return tuple({key: value for key, value in each.wire.items() if not is_told(key, value)} for each in assignment)


def assignment_of(setup: Setup) -> Assignment:
    return tuple(map(Pipeline.read, setup))


def means_the_same(one: Setup, other: Setup) -> bool:
    return one == other or assignment_of(one) == assignment_of(other)


def _site_to_row(site_id: str, site: SiteThen, setups: dict[str, int]) -> list[Any]:
    def number(setup: Setup | None) -> int | None:
        return None if setup is None else setups.setdefault(json.dumps(setup, sort_keys=True), len(setups))

    devices = None
    if site.devices is not None:
        rows = site.devices.items()
        devices = [[key, each.name, each.server, each.server_name, number(each.setup)] for key, each in rows]
    return [site_id, site.name, site.online, site.listed, _rows(site.servers), devices]


def _site_of(row: list[Any], setups: list[Setup]) -> SiteThen:
    _id, name, online, listed, servers, rows = row
    devices = None
    if rows is not None:
        devices = {
            key: DeviceThen(called, server, server_name, None if number is None else setups[number])
            for key, called, server, server_name, number in rows
        }
    return SiteThen(name, online, listed, _of_rows(ServerThen, servers), devices)


def _rows(records: Mapping[str, Any] | None) -> list[list[Any]] | None:
    return None if records is None else [[key, *astuple(each)] for key, each in records.items()]


def _of_rows(kind: type[Kind], rows: list[list[Any]] | None) -> dict[str, Kind] | None:
    """Lists in it are tuples again."""
    if rows is None:
        return None
    return {key: kind(*(tuple(each) if isinstance(each, list) else each for each in row)) for key, *row in rows}


def _checked(wire: Any) -> Mapping[str, Any]:
    if not isinstance(wire, dict):
        raise TypeError("a pipeline is no object")
    return wire
