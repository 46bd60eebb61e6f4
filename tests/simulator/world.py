# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The state of the simulator and the rules of who sees what."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from .clock import Clock
from .conversion import Progress, progress
from .identity import Identity
from .records import (
    Account,
    Catalogue,
    Device,
    Model,
    Organisation,
    RegistryDevice,
    RegistryGroup,
    Server,
    Site,
)
from .settings import Quirks, Times


@dataclass(frozen=True)
class Viewpoint:
    """In whose name a request looks: the owners whose things it sees, and the one that new things belong to."""

    owners: frozenset[str]
    acting: str


class World:
    """All objects by id. Lives in one event loop; a test may also look at it, and change it between requests."""

    def __init__(self, clock: Clock, key: bytes) -> None:
        self.clock = clock
        self.times = Times()
        self.quirks = Quirks()
        self.partners: dict[str, str] = {}  # channel partner id -> name
        self.organisations: dict[str, Organisation] = {}
        self.accounts: dict[str, Account] = {}  # by e-mail, lower case
        self.catalogues: dict[str, Catalogue] = {}
        self.models: dict[str, Model] = {}
        self.sites: dict[str, Site] = {}
        self.registry: dict[str, RegistryDevice] = {}
        self.groups: dict[str, RegistryGroup] = {}
        self.identity = Identity(self.accounts, clock, self.times, self.quirks, key)
        self.folder = Path(tempfile.mkdtemp(prefix="nxai-simulator-"))

    def close(self) -> None:
        shutil.rmtree(self.folder, ignore_errors=True)

    # Who sees what ---------------------------------------------------------------------------------------------

    def personal(self, account: Account) -> Viewpoint:
        own = {account.id}
        if self.quirks.personal_sees_organisations:
            own.update(account.organisations)
        return Viewpoint(frozenset(own), account.id)

    def acting_as(self, account: Account, kind: str, identifier: str) -> Viewpoint | None:
        """None when the account does not belong to that organisation or partner, or there is none such."""
        identifier = identifier.lower()
        if kind == "user" and identifier == account.id:
            return self.personal(account)
        if kind == "organization" and identifier in account.organisations:
            return Viewpoint(frozenset((identifier,)), identifier)
        if kind == "channel_partner" and identifier in account.partners:
            customers = {item.id for item in self.organisations.values() if item.partner == identifier}
            return Viewpoint(frozenset({identifier} | customers), identifier)
        return None

    def visible_catalogues(self, view: Viewpoint) -> list[Catalogue]:
        return [item for item in self.catalogues.values() if self._sees_catalogue(item, view)]

    @staticmethod
    def _sees_catalogue(item: Catalogue, view: Viewpoint) -> bool:
        return item.public or item.owner in view.owners or not view.owners.isdisjoint(item.shared_with)

    def visible_models(self, view: Viewpoint) -> list[Model]:
        """Own models, and those in a catalogue that is seen. A model in no catalogue is seen by its owner only."""
        seen = {item.uuid for item in self.visible_catalogues(view)}
        return [
            model
            for model in self.models.values()
            if model.owner in view.owners or not seen.isdisjoint(model.catalogues)
        ]

    def sees_model(self, model: Model, view: Viewpoint) -> bool:
        named = (self.catalogues[uuid] for uuid in model.catalogues if uuid in self.catalogues)
        return model.owner in view.owners or any(self._sees_catalogue(item, view) for item in named)

    def usable_at(self, model: Model, site: Site, view: Viewpoint) -> bool:
        """While assigning, only what the site's organisation may use counts, and what belongs to the caller itself."""
        owners = frozenset((site.owner, view.acting))
        return self.sees_model(model, Viewpoint(owners, view.acting))

    def visible_sites(self, view: Viewpoint) -> list[Site]:
        return [site for site in self.sites.values() if site.owner in view.owners]

    # Facts -----------------------------------------------------------------------------------------------------

    def progress(self, model: Model) -> Progress:
        return progress(model, self.clock.now(), self.times, self.quirks)

    def owner_name(self, owner: str) -> str:
        """The name of an organisation or partner; empty for a person."""
        return self.organisations[owner].name if owner in self.organisations else self.partners.get(owner, "")

    # Changes ---------------------------------------------------------------------------------------------------

    def remove_model(self, model: Model) -> None:
        del self.models[model.uuid]
        if model.file is not None and model.file.path is not None:
            model.file.path.unlink(missing_ok=True)

    def silence(self, devices: Iterable[Device]) -> int:
        """As after a restart of the media server: the devices are not applicable until announced again."""
        return self._set_silence(devices, self.clock.now() + self.times.announce)

    def announce(self, devices: Iterable[Device]) -> int:
        return self._set_silence(devices, 0.0)

    @staticmethod
    def _set_silence(devices: Iterable[Device], until: float) -> int:
        count = 0
        for device in devices:
            device.silent_until = until
            count += 1
        return count

    @staticmethod
    def devices_of(site: Site, server: Server | None = None) -> list[Device]:
        return [item for item in site.devices.values() if server is None or item.server is server]
