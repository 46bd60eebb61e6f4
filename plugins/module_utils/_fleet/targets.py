# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which devices a task means: named ones, those of a snapshot, or those of whole sites that a condition picks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from .._api.device import DeviceApi
from .._api.records.assignment import LINE
from .._api.records.pipeline import Assignment, Pipeline, models_of
from .._api.records.records import Device, Site
from .._core.errors import BadInput, NxaiError
from .._core.values import identity, is_uuid
from .._core.wording import shortened
from .._engine.lookup import Index
from .._engine.sites import SILENT, NoSuchSite, SiteOffLine, SiteReader, unread

TARGETS_SPEC: dict[str, dict[str, Any]] = {
    "site": {"type": "str"},
    "sites": {"type": "list", "elements": "str"},
    "devices": {"type": "list", "elements": "raw"},
    "select": {"type": "str", "choices": ["all", "enabled", "running"]},
    "running_model": {"type": "str"},
    "allow_empty": {"type": "bool", "default": True},
    "concurrency": {"type": "int", "default": 8},
}
WHERE_PIPELINES_ARE = f"If the service has the pipelines in another place, {LINE} of the contract file says which."
TARGETS_EXCLUSIVE = [("site", "sites"), ("devices", "sites"), ("devices", "select")]


@dataclass(frozen=True)
class Target:
    """A site and a device as the user named them, and the assignment to restore, if that is what is asked.

    ``group``: the number of the group of the option ``assignments`` that names it.
    """

    site: str
    device: str
    restore: Assignment | None = None
    forced: bool = False  # to be sent whatever the device reports
    group: int = 0


@dataclass(frozen=True)
class Chosen:
    site: Site
    device: Device
    restore: Assignment | None = None
    forced: bool = False
    group: int = 0


@dataclass(frozen=True)
class Missing:
    """A device that was named and could not be read, by the id or name that was given for it.

    ``status``: ``failed`` where its site could not be asked, ``not_applicable`` where it is not there to be written to.
    ``no_site``: this account does not see the site.
    """

    site: Site
    device: str
    status: str
    reason: str
    name: str = ""  # where it is known
    no_site: bool = False

    @property
    def label(self) -> str:
        return f"{self.name or self.device} at site {self.site.label}"


@dataclass
class Found:
    """What was read. ``unread`` holds a line for each site that could not be read, or shows no devices.

    ``beside``: what else the sites of those that are chosen list.
    """

    chosen: list[Chosen] = field(default_factory=list)
    beside: list[Chosen] = field(default_factory=list)
    missing: list[Missing] = field(default_factory=list)
    unread: list[dict[str, str]] = field(default_factory=list)
    errors: list[NxaiError] = field(default_factory=list)


def named_targets(entries: Sequence[Any], site: str | None) -> list[Target]:
    """The entries of the option ``devices``: of ``site`` by name or NxID, or with a site of their own."""
    return [_target(each, site) for each in entries]


def snapshot(devices: Iterable[tuple[Site, Device]], warn: Callable[[str], None]) -> list[dict[str, Any]]:
    """What each device runs, as ``snapshot_targets`` takes it. Those of which it is not known are left out."""
    entries, left_out = [], []
    for site, device in devices:
        if device.assignment is None:
            left_out.append(f"{device.label} at site {site.label}")
            continue
        pipelines = [each.to_wire() for each in device.assignment]
        entry = {"site": site.id, "device": device.id, "name": device.name, "pipelines": pipelines, "on_the_way": False}
        entries.append(entry)
    if left_out:
        warn(
            f"The snapshot lacks {shortened(left_out)}, because it is not known what runs there."
            " To restore from it leaves these devices as they are."
        )
    return entries


def snapshot_targets(snapshot: Sequence[Mapping[str, Any]]) -> list[Target]:
    return [
        Target(
            each["site"],
            each["device"],
            tuple(Pipeline.read(wire) for wire in each["pipelines"]),
            bool(each.get("on_the_way")),
        )
        for each in snapshot
    ]


def grouped_targets(groups: Sequence[Mapping[str, Any]]) -> list[Target]:
    """The devices of the option ``assignments``."""
    made = [
        Target(each["site"], device, group=place) for place, each in enumerate(groups) for device in each["devices"]
    ]
    _refuse_repeated((identity(each.site), identity(each.device)) for each in made)
    return made


def find_targets(targets: Sequence[Target], reader: SiteReader, api: DeviceApi) -> Found:
    """The named devices, grouped by site. A site that cannot be read is no reason to give up the others."""
    grouped: dict[str, tuple[Site, list[Target]]] = {}
    for target, site in zip(targets, reader.named([each.site for each in targets]), strict=True):
        grouped.setdefault(site.id, (site, []))[1].append(target)
    found = Found()
    by_id = all(is_uuid(each.device) for each in targets)  # the error for a name that is not there quotes the rows
    listing_of = api.list_devices_without_rows if by_id else api.list_devices
    listings = reader.read([site for site, _wanted in grouped.values()], listing_of)
    for (site, wanted), listing in zip(grouped.values(), listings, strict=True):
        if isinstance(listing, NxaiError):
            _give_up(found, site, listing)
            status = "not_applicable" if isinstance(listing, (NoSuchSite, SiteOffLine)) else "failed"
            gone = isinstance(listing, NoSuchSite)
            found.missing += [Missing(site, each.device, status, str(listing), no_site=gone) for each in wanted]
        elif not listing:
            found.unread.append(unread(site))
            found.missing += [Missing(site, each.device, "not_applicable", SILENT) for each in wanted]
        else:
            _pick(found, site, wanted, listing)
    _raise_if_nothing_was_read(found, len(grouped))
    _refuse_repeated((each.site.id, each.device.id) for each in found.chosen)
    return found


def select_devices(
    select: str,
    models: Collection[str],
    patterns: Sequence[str],
    reader: SiteReader,
    listing_of: Callable[[str], list[Device]],
) -> Found:
    """The devices of whole sites: ``all``, those ``enabled``, or those ``running`` one of the models (UUIDs)."""
    sites = reader.matching(patterns)
    found = Found()
    for site, listing in zip(sites, reader.read(sites, listing_of), strict=True):
        if isinstance(listing, NoSuchSite):
            raise listing
        if isinstance(listing, NxaiError):
            _give_up(found, site, listing)
            continue
        if not listing:
            found.unread.append(unread(site))
        for each in _one_each(listing):
            means = _is_selected(each, site, select, models)
            (found.chosen if means else found.beside).append(Chosen(site, each))
    _raise_if_nothing_was_read(found, len(sites))
    return found


def why_unknown(device: Device) -> str:
    """Why it is not known what a device runs, with the shape of its row where that is a class of its own."""
    found = device.unknown
    if found is None:
        return ""
    return f"{found.reason}; the row is: {found.shape}" if found.shape else found.reason


def _one_each(listing: Sequence[Device]) -> list[Device]:
    """Each device once: of rows that differ, none is known (see ``Device.listed``). Those with names of their own may
    be several."""
    return list({(each.id, each.name): each for each in listing}.values())


def _target(entry: Any, site: str | None) -> Target:
    if isinstance(entry, Mapping):
        entry_site, device = entry.get("site") or site, entry.get("device")
    elif isinstance(entry, (list, tuple)) and len(entry) == 2:
        entry_site, device = entry
    else:
        entry_site, device = site, entry
    if not isinstance(device, str) or not isinstance(entry_site, str):
        raise BadInput(
            f"read the entry {entry!r} of devices",
            "its site or its device is missing",
            "Set the option site, or write the entry as {site: ..., device: ...}.",
        )
    return Target(entry_site, device)


def _pick(found: Found, site: Site, wanted: Sequence[Target], listing: Sequence[Device]) -> None:
    """A name that is not there may be a slip of the pen, which is an error; an NxID is a device that has gone."""
    index, chosen = Index(listing, "device", f"at site {site.label}"), set[str]()
    for each in wanted:
        device = index.find_or_none(each.device) if is_uuid(each.device) else index.find(each.device)
        if device is None:
            found.missing.append(Missing(site, each.device, "not_applicable", "the site does not list this device"))
        else:
            found.chosen.append(Chosen(site, device, each.restore, each.forced, each.group))
            chosen.add(device.id)
    found.beside += [Chosen(site, each) for each in listing if each.id not in chosen]


def _is_selected(device: Device, site: Site, select: str, models: Collection[str]) -> bool:
    if select == "enabled":
        if device.enabled is None:
            raise BadInput(
                "Select the devices that are enabled",
                f"the service does not say whether {device.label} at site {site.label} is",
                "Name the devices, or use select=all.",
            )
        return device.enabled
    if select == "running":
        if device.assignment is None:
            raise BadInput(
                f"Select the devices that run {' or '.join(sorted(models))}",
                f"it is not known what {device.label} at site {site.label} runs ({why_unknown(device)})",
                f"Name the devices. {WHERE_PIPELINES_ARE}",
            )
        return not set(models_of(device.assignment)).isdisjoint(models)
    return True


def _give_up(found: Found, site: Site, error: NxaiError) -> None:
    if not isinstance(error, (NoSuchSite, SiteOffLine)):
        found.errors.append(error)
    found.unread.append(unread(site, str(error)))


def _raise_if_nothing_was_read(found: Found, sites: int) -> None:
    """Where every site fails, the task does: most likely there is one reason for all."""
    if sites and len(found.errors) == sites:
        raise found.errors[0]


def _refuse_repeated(devices: Iterable[tuple[str, str]]) -> None:
    for (site, device), count in Counter(devices).items():
        if count > 1:
            raise BadInput(f"plan the device {device} at site {site}", "it is named twice", "Name each device once.")
