# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Read what the checks of the doctor look at. Sends only GETs; what one part ends with does not stop the others."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from .._api.compute import ALL_AVAILABLE
from .._api.records.records import Model, Site
from .._core.errors import NxaiError
from .._engine.module import Task
from .._engine.sites import SiteReader
from .._openapi.information import differences_of
from .checks import Seen, diagnose

Part = TypeVar("Part")
Row = TypeVar("Row")


def read_doctor(task: Task) -> dict[str, Any]:
    return diagnose(_Reading(task).all())


class _Reading:
    def __init__(self, task: Task) -> None:
        self._task = task
        self._client = task.client
        options = task.options
        self._reader = SiteReader(task.client.device, options["concurrency"], task.warn, options["allow_empty"])
        self._errors: dict[str, list[NxaiError]] = {}

    def all(self) -> Seen:
        transport = self._client.transport
        contract = self._part(
            "contract", lambda: differences_of(transport, "compute") + differences_of(transport, "device")
        )
        catalogues = self._part("catalogues", self._client.compute.list_catalogues)
        models = self._part("models", self._models)
        sites = self._part("sites", lambda: self._reader.matching(self._task.options["sites"]))
        open_sites = [site for site in sites or () if site.online is not False]
        servers = self._of_sites("servers", sites, open_sites, self._client.device.list_servers)
        devices = self._of_sites("devices", sites, open_sites, self._client.device.list_devices)
        return Seen(self._client.settings, contract, catalogues, models, sites, servers, devices, self._errors)

    def _models(self) -> list[Model]:
        """Those of the account and those that are available to it: rows of the first say more."""
        compute = self._client.compute
        found = {model.uuid: model for model in compute.list_models(ALL_AVAILABLE)}
        found.update({model.uuid: model for model in compute.list_models()})
        return list(found.values())

    def _of_sites(
        self, name: str, sites: list[Site] | None, chosen: list[Site], listing: Callable[[str], list[Row]]
    ) -> list[tuple[Site, Row]] | None:
        if sites is None:
            self._errors[name] = self._errors["sites"]
            return None
        found: list[tuple[Site, Row]] = []
        for site, rows in zip(chosen, self._part(name, lambda: self._reader.read(chosen, listing)) or (), strict=False):
            if isinstance(rows, NxaiError):
                self._errors.setdefault(name, []).append(rows)
            else:
                found += [(site, row) for row in rows]
        return found

    def _part(self, name: str, read: Callable[[], Part]) -> Part | None:
        try:
            return read()
        except NxaiError as error:
            self._errors[name] = [error]
            return None
