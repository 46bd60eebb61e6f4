# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""All that was read, as the checks of the doctor look at it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from .._api.contract.contract import KNOWN, Contract
from .._api.records.pipeline import models_of
from .._api.records.records import Device, Model, Server, Site
from .._connection.settings import Settings
from .._core.errors import NxaiError
from .._engine.sites import SiteOffLine
from .._first_contact.openapi.comparison import Difference
from .._fleet.reading import Fleet

Users = list[tuple[Site, Device]]


@dataclass(frozen=True, kw_only=True)
class Seen(Fleet):
    """``lines``: the contract that it was read by. ``all_sites``: whether every site of the account was asked for."""

    settings: Settings
    contract: Sequence[Difference] | None = None
    lines: Contract = field(default=KNOWN, repr=False)
    all_sites: bool = False

    @cached_property
    def known_models(self) -> Mapping[str, Model]:
        return {model.uuid: model for model in self.models or ()}

    @cached_property
    def users(self) -> Mapping[str, Users]:
        """The devices that are known to run each model, by itself or in a chain."""
        found: dict[str, Users] = {}
        for site, device in self.devices or ():
            for uuid in models_of(device.assignment or ()):
                found.setdefault(uuid, []).append((site, device))
        return found

    @cached_property
    def errors_apart(self) -> list[NxaiError]:
        """The errors of all parts, each once: a token that is refused is refused for every part."""
        return list({(each.status, each.answer): each for many in self.errors.values() for each in many}.values())

    @cached_property
    def offline(self) -> list[Site]:
        """The sites that are off-line: by their listing, or by what came back when they were asked."""
        asked = [site for _part, site, error in self.unread if isinstance(error, SiteOffLine)]
        return list({site.id: site for site in [*(s for s in self.sites or () if s.online is False), *asked]}.values())

    @cached_property
    def is_whole(self) -> bool:
        """Whether it is known what every camera of the account runs."""
        read = self.all_sites and self.sites is not None and self.devices is not None and "devices" not in self.errors
        return read and not self.offline and all(device.assignment is not None for _site, device in self.devices or ())

    def server_of(self, site: Site, device: Device) -> Server:
        """The server of a device as its site lists it, or else what the device says of it."""
        return self._listed.get((site.id, device.server.id or device.server.name)) or device.server

    @cached_property
    def _listed(self) -> Mapping[tuple[str, str], Server]:
        """By site and id; by name, too, where no other one of the site has it."""
        found: dict[tuple[str, str], Server] = {}
        twice = set()
        for site, server in self.servers or ():
            key = (site.id, server.name)
            twice |= {key} if key in found else set()
            found[key] = server
        return {
            **{key: server for key, server in found.items() if key not in twice},
            **{(site.id, server.id): server for site, server in self.servers or ()},
        }
