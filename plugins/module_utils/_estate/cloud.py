# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What an account sees, as an estate. Pure: nothing is asked here."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from .._api.records.pipeline import Pipeline
from .._api.records.records import Catalogue, Device, Model, Organisation, Site
from .._core.errors import NxaiError
from .._core.values import folded
from .._engine.reconcile import value_at
from .._engine.sites import SILENT, SiteOffLine
from .._fleet.reading import Fleet
from .._models.fields import FIELDS, known_row
from .assignments import Unwritable, entry_of
from .records import Assignment, DeviceState, Entry, Estate, Names, Record, SiteState, in_order, is_writable, key_of

OFF_LINE = "the site is off-line"
NOT_READ = "its devices could not be read"
InCatalogues = Callable[[Model], "Sequence[str] | None"]


@dataclass(frozen=True)
class Cloud:
    """``models`` and ``catalogues``: by UUID, those that are the account's own, or may be. The names are of all.

    ``listed``: all sites of the account; ``sites`` has those that were asked for. ``reasons``: why one is
    unread, in full.
    """

    models: Mapping[str, Record]
    catalogues: Mapping[str, Record]
    sites: Mapping[str, SiteState]
    model_names: Names
    catalogue_names: Names
    listed: Collection[str] = ()
    reasons: Mapping[str, str] = field(default_factory=dict)

    @property
    def estate(self) -> Estate:
        return Estate(tuple(self.catalogues.values()), tuple(self.models.values()), self.sites)


def cloud_of(
    fleet: Fleet,
    listed: Collection[str],
    owners: Collection[str] | None,
    others: Collection[str],
    in_catalogues: InCatalogues,
) -> Cloud:
    """``owners``: the organisations of the account, "" for a person; None where they are not known.

    ``others``: models that do not say whose they are, and belong to somebody else all the same.
    """
    models, catalogues = fleet.models or [], fleet.catalogues or []
    model_names = Names((each.uuid, each.name) for each in models)
    catalogue_names = Names((each.uuid, each.name) for each in catalogues)
    own = [each for each in models if is_own(each, owners) is not False and each.uuid not in others]
    shelves = [each for each in catalogues if is_own(each, owners) is not False]
    sites, reasons = _sites(fleet, model_names)
    return Cloud(
        {each.uuid: _model(each, owners, model_names, catalogue_names, in_catalogues(each)) for each in own},
        {each.uuid: _record(each, owners, catalogue_names) for each in shelves},
        sites,
        model_names,
        catalogue_names,
        listed,
        reasons,
    )


def is_own(record: Model | Catalogue, owners: Collection[str] | None) -> bool | None:
    """None where the service does not tell whose it is, or it is not known whom the account stands for."""
    told = folded(record.raw).get("organisation") is not None
    whose: Organisation = record.organisation
    if not told or owners is None or (whose.name and not whose.id):
        return None
    return whose.id in owners


def _record(record: Model | Catalogue, owners: Collection[str] | None, names: Names, **more: Any) -> Record:
    uuid = "" if names.is_plain(record.name) else record.uuid
    return Record(record.name, uuid, own=is_own(record, owners), **more)


def _model(
    model: Model, owners: Collection[str] | None, names: Names, catalogues: Names, inside: Sequence[str] | None
) -> Record:
    row = known_row(model)
    options = {
        each.option: each.decode(value_at(row, each.wire))
        for each in FIELDS
        if each.option not in ("name", "catalogues") and each.is_shown(row, {})
    }
    options = {name: in_order(value) for name, value in options.items() if value is not None and is_writable(value)}
    if inside is not None:
        options["catalogues"] = sorted(map(catalogues.of, inside))
    mark = {"sha256": model.digest.sha256, "size": model.digest.size} if model.digest else None
    return _record(model, owners, names, options=options, file=mark)


def _sites(fleet: Fleet, names: Names) -> tuple[dict[str, SiteState], dict[str, str]]:
    rows: dict[str, list[Device]] = {}
    for site, device in fleet.devices or []:
        rows.setdefault(site.id, []).append(device)
    errors = {site.id: error for part, site, error in fleet.unread if part == "devices"}
    entries = _Entries(names)
    sites, reasons = {}, {}
    for site in fleet.sites or []:
        short, whole = _unread(site, errors.get(site.id), rows.get(site.id, ()))
        sites[site.id] = SiteState(site.id, site.name, _devices(rows.get(site.id, ()), entries), short)
        if short:
            reasons[site.id] = whole
    return sites, reasons


def _unread(site: Site, error: NxaiError | None, devices: Sequence[Device]) -> tuple[str, str]:
    """Why nothing is known of its devices: in words that are the same tomorrow, and in full; "" where it is known."""
    if site.online is False or isinstance(error, SiteOffLine):
        return OFF_LINE, OFF_LINE if error is None else str(error)
    if error is not None:
        return NOT_READ, str(error)
    return ("", "") if devices else (SILENT, SILENT)


def _devices(devices: Iterable[Device], entries: _Entries) -> dict[str, DeviceState]:
    found: dict[str, DeviceState] = {}
    for device in sorted(devices, key=lambda each: each.name):
        if device.id not in found:  # rows of one NxID that differ say nothing, each of them
            found[device.id] = entries.state(device)
    return found


class _Entries:
    """Entries by the pipelines that they say, each made once: thousands of devices have the same."""

    def __init__(self, names: Names) -> None:
        self._names = names
        self._made: dict[str, Entry | Unwritable] = {}

    def state(self, device: Device) -> DeviceState:
        if device.assignment is None:
            return DeviceState(device.name, None, device.unknown.reason if device.unknown else "it is not shown")
        found = [self._entry(each) for each in device.assignment]
        wrong = next((each for each in found if isinstance(each, Unwritable)), None)
        if wrong is not None:
            return DeviceState(device.name, None, f"a pipeline cannot be written down: {wrong}")
        pipelines: Assignment = tuple(each for each in found if not isinstance(each, Unwritable))
        return DeviceState(device.name, pipelines)

    def _entry(self, pipeline: Pipeline) -> Entry | Unwritable:
        key = key_of(pipeline.wire)
        if key not in self._made:
            try:
                self._made[key] = entry_of(pipeline, self._names.of)
            except Unwritable as error:
                self._made[key] = error
        return self._made[key]
