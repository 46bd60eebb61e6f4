# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which devices run a model: found by reading the devices of every site, since the service has no other way to ask."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field

from .._api.contract.lines import hint
from .._api.device import DeviceApi
from .._api.records.pipeline import ids_in, models_of
from .._api.records.records import Device
from .._core.errors import NxaiError, Unexpected
from .._core.values import is_uuid
from .._engine.sites import SiteOffLine, SiteReader, unread

_AT_ONCE = 8
_TELLING = 8  # characters
_TRIED = "look for devices that use it"
_MOST_NAMED = 20  # devices in one message
# The plugin keeps a threshold for each model that ever ran, under this name (contract D).
_ONCE = re.compile(r"model_nms_[0-9a-f-]{36}", re.IGNORECASE)


@dataclass
class Use:
    """The devices of each model, by the model's UUID; those that do not show what is assigned to them; and the sites of
    which not all is known."""

    devices: dict[str, list[dict[str, str]]] = field(default_factory=dict)
    unknown: list[dict[str, str]] = field(default_factory=list)
    unread: list[dict[str, str]] = field(default_factory=list)


def find_use(api: DeviceApi, uuids: Collection[str]) -> Use:
    """Costs one listing of the sites and one of each site that is online, eight sites at a time.

    A model counts wherever its UUID occurs in the row of a device, as a value, a key, or in a text: so in chains too,
    whose names on the wire are not known, and where the pipelines of the device are not known at all.
    """
    reader = SiteReader(api, _AT_ONCE)
    sites = reader.all()
    if not sites and api.doubt_of_no_sites:
        answer = f"the service lists no site, and {api.doubt_of_no_sites}"
        raise Unexpected(
            _TRIED, answer, f"So it is not known whether there are any. {hint('operations.list_sites.path')}"
        )
    use = Use({uuid: [] for uuid in uuids}, unread=[unread(each) for each in sites if each.online is False])
    online = [each for each in sites if each.online is not False]
    seen, opaque = 0, [uuid for uuid in uuids if not is_uuid(uuid)]
    for site, listing in zip(online, reader.read(online, api.list_devices), strict=True):
        if isinstance(listing, SiteOffLine) and listing.listed:
            use.unread.append(unread(site))
            continue
        if isinstance(listing, NxaiError):
            raise listing
        seen += len(listing)
        if not listing:
            use.unread.append(unread(site))
        silent = 0
        for device in listing:
            line = {"site": site.name, "site_id": site.id, "device": device.name, "device_id": device.id}
            for uuid in {*set(use.devices).intersection(_ids_in(device)), *_opaque_in(device, opaque)}:
                _add(use.devices[uuid], line)
            if device.assignment is None:
                _add(use.unknown, line)
                silent += 1
        if silent:
            use.unread.append(unread(site, f"{silent} of {len(listing)} devices do not show what is assigned to them"))
    if sites and not seen:
        answer = f"none of the {len(sites)} sites shows a device"
        advice = f"So it is not known what their devices run. {hint('operations.list_devices.path')}"
        raise Unexpected(_TRIED, answer, advice, result={"unread_sites": use.unread})
    for lines in (use.unread, use.unknown, *use.devices.values()):  # whatever the order of the service
        lines.sort(key=lambda line: list(line.values()))
    return use


def _ids_in(device: Device) -> Iterator[str]:
    return ids_in(device.raw, None if device.assignment is None else _ONCE)


def _opaque_in(device: Device, opaque: Sequence[str]) -> Iterator[str]:
    """Those of the ids that are no UUIDs. A short one may stand anywhere by chance, and counts as a model's alone."""
    if opaque:
        models, whole = models_of(device.assignment or ()), json.dumps(device.raw, default=str)
        yield from (each for each in opaque if each in models or (len(each) >= _TELLING and each in whole))


def _add(lines: list[dict[str, str]], line: dict[str, str]) -> None:
    if lines[-1:] != [line]:  # several rows of one device are one device
        lines.append(line)


def named(devices: list[dict[str, str]]) -> str:
    """The devices by site, for an error."""
    sites: dict[str, list[str]] = {}
    for each in devices[:_MOST_NAMED]:
        sites.setdefault(each["site"] or each["site_id"], []).append(each["device"] or each["device_id"])
    more = len(devices) - _MOST_NAMED
    listed = "; ".join(f"{site}: {', '.join(names)}" for site, names in sites.items())
    return f"{listed} and {more} more" if more > 0 else listed
