# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Read all that an account sees. Sends only GETs; what one part ends with does not stop the others."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from .._api.client import Client
from .._api.records.records import Catalogue, Device, Model, Server, Site
from .._core.errors import NxaiError
from .._engine.sites import SiteReader

Part = TypeVar("Part")
Row = TypeVar("Row")


@dataclass(frozen=True, kw_only=True)
class Fleet:
    """A part is None where it could not be read; ``errors`` says why, by the name of the part.

    ``account_models``: the UUIDs of those that the account's own listing has; others are only available to it.
    ``servers`` and ``devices`` lack the sites of ``unread``, each with its part and the error, and those that are
    listed as off-line.
    """

    catalogues: list[Catalogue] | None = None
    models: list[Model] | None = None
    account_models: Collection[str] = ()
    sites: list[Site] | None = None
    servers: list[tuple[Site, Server]] | None = None
    devices: list[tuple[Site, Device]] | None = None
    errors: Mapping[str, list[NxaiError]] = field(default_factory=dict)
    unread: Sequence[tuple[str, Site, NxaiError]] = ()


class FleetReader:
    def __init__(self, client: Client, sites: SiteReader) -> None:
        self._client = client
        self._reader = sites
        self.errors: dict[str, list[NxaiError]] = {}
        self._unread: list[tuple[str, Site, NxaiError]] = []

    def read(self, patterns: Sequence[str], with_servers: bool = True) -> Fleet:
        """``patterns``: names, ids or globs over names of sites. The servers cost a request for each site."""
        compute = self._client.compute
        catalogues = self.part("catalogues", compute.list_catalogues)
        models = self.part("models", compute.list_own_and_available)
        sites = self.part("sites", lambda: self._reader.matching(patterns))
        servers = self._of_sites("servers", sites, self._client.device.list_servers) if with_servers else None
        devices = self._of_sites("devices", sites, self._client.device.list_devices)
        return Fleet(
            catalogues=catalogues,
            models=models,
            account_models=() if models is None else compute.known_models(),
            sites=sites,
            servers=servers,
            devices=devices,
            errors=self.errors,
            unread=self._unread,
        )

    def part(self, name: str, read: Callable[[], Part]) -> Part | None:
        """What it reads. None where it ends with an error, which is kept by the name."""
        try:
            return read()
        except NxaiError as error:
            self.errors[name] = [error]
            return None

    def _of_sites(
        self, name: str, sites: list[Site] | None, listing: Callable[[str], list[Row]]
    ) -> list[tuple[Site, Row]] | None:
        if sites is None:
            self.errors[name] = self.errors["sites"]
            return None
        chosen = [site for site in sites if site.online is not False]
        found: list[tuple[Site, Row]] = []
        for site, rows in zip(chosen, self.part(name, lambda: self._reader.read(chosen, listing)) or (), strict=False):
            if isinstance(rows, NxaiError):
                self.errors.setdefault(name, []).append(rows)
                self._unread.append((name, site, rows))
            else:
                found += [(site, row) for row in rows]
        return found
