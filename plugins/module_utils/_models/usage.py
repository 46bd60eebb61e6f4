# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which devices run a model: found by reading the devices of every site, since the service has no other way to ask."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field, replace

from .._api.compute import ALL_AVAILABLE, ComputeApi
from .._api.contract.lines import hint
from .._api.device import DeviceApi
from .._api.records.following import may_have_chains
from .._api.records.pipeline import ids_in, models_of
from .._api.records.records import Device, Site
from .._core.errors import NxaiError, Unexpected
from .._core.values import is_uuid
from .._engine.sites import SiteOffLine, SiteReader, unread

_AT_ONCE = 8
_TELLING = 8  # characters
_TRIED = "look for devices that use it"
_MOST_NAMED = 20  # devices in one message
MODEL_LINE = hint("fields.pipeline.model")
# The plugin keeps a threshold for each model that ever ran, under this name (contract D).
_ONCE = re.compile(r"model_nms_[0-9a-f-]{36}", re.IGNORECASE)


@dataclass
class Use:
    """The devices of each model, by the model's UUID; those that do not show what is assigned to them; the sites of
    which not all is known; and the ids of all models that run somewhere, those of other models too."""

    devices: dict[str, list[dict[str, str]]] = field(default_factory=dict)
    unknown: list[dict[str, str]] = field(default_factory=list)
    unread: list[dict[str, str]] = field(default_factory=list)
    running: set[str] = field(default_factory=set)

    @property
    def lines(self) -> tuple[list[dict[str, str]], ...]:
        return (self.unread, self.unknown, *self.devices.values())


def find_use(api: DeviceApi, uuids: Collection[str], off_line: bool = False) -> Use:
    """Costs one listing of the sites and one of each site that is online, eight sites at a time.

    A model counts wherever its UUID occurs in the row of a device, as a value, a key, or in a text: so in chains too,
    whose names on the wire are not known, and where the pipelines of the device are not known at all.
    ``off_line``: sites that are called off-line are asked as well, as they may show their devices all the same.
    """
    reader = SiteReader(api, _AT_ONCE)
    sites = reader.all()
    if not sites and api.doubt_of_no_sites:
        answer = f"the service lists no site, and {api.doubt_of_no_sites}"
        raise Unexpected(
            _TRIED, answer, f"So it is not known whether there are any. {hint('operations.list_sites.path')}"
        )
    asked = [each for each in sites if off_line or each.online is not False]
    use = Use({uuid: [] for uuid in uuids}, unread=[unread(each) for each in sites if each not in asked])
    listings = list(zip(asked, reader.read(asked, api.list_devices), strict=True))
    for site, listing in listings:
        if isinstance(listing, NxaiError):
            if site.online is not False and not (isinstance(listing, SiteOffLine) and listing.listed):
                raise listing
            use.unread.append(unread(site))
        else:
            _add_site(use, site, listing)
    if sites and not any(listing for _site, listing in listings if isinstance(listing, list)):
        answer = f"none of the {len(sites)} sites shows a device"
        advice = f"So it is not known what their devices run. {hint('operations.list_devices.path')}"
        raise Unexpected(_TRIED, answer, advice, result={"unread_sites": use.unread})
    for lines in use.lines:  # whatever the order of the service
        lines.sort(key=lambda line: list(line.values()))
    return use


def find_use_twice(api: DeviceApi, uuids: Collection[str]) -> Use:
    """The same before something is deleted. That nothing uses it is looked at twice, as a server that has just been
    started, or a list of sites that lacks one, shows too little for a moment. The second look asks all sites."""
    first = find_use(api, uuids)
    if first.unknown or any(first.devices.values()):
        return first
    second = find_use(api, uuids, off_line=True)
    return replace(second, running=first.running | second.running)


def of_no_model(use: Use, compute: ComputeApi) -> str:
    """Where models run and none of their ids is that of a listed one, in words: then they are ids of something else,
    such as of converted files. Models that are available, and not the account's own, are listed only for that."""
    if not use.running or use.running & compute.known_models():
        return ""
    if any(each.uuid in use.running for each in compute.list_models(ALL_AVAILABLE)):
        return ""
    return f"devices run {', '.join(sorted(use.running)[:3])}, and no model that is listed has the id of any that runs"


def _add_site(use: Use, site: Site, listing: Sequence[Device]) -> None:
    silent, opaque = 0, [uuid for uuid in use.devices if not is_uuid(uuid)]
    if not listing:
        use.unread.append(unread(site))
    for device in listing:
        line = {"site": site.name, "site_id": site.id, "device": device.name, "device_id": device.id}
        for uuid in {*set(use.devices).intersection(_ids_in(device)), *_opaque_in(device, opaque)}:
            _add(use.devices[uuid], line)
        use.running.update(each.model for each in device.as_read or ())
        if device.assignment is None and (device.as_read is None or may_have_chains(device.as_read)):
            silent += 1
            if site.online is not False:  # of those, what is shown may be old, so it says nothing where it hides
                _add(use.unknown, line)
    if silent:
        use.unread.append(unread(site, f"{silent} of {len(listing)} devices do not show what is assigned to them"))


def _ids_in(device: Device) -> Iterator[str]:
    return ids_in(device.raw, None if device.as_read is None else _ONCE)


def _opaque_in(device: Device, opaque: Sequence[str]) -> Iterator[str]:
    """Those of the ids that are no UUIDs. A short one may stand anywhere by chance, and counts as a model's alone."""
    if opaque:
        models, whole = models_of(device.as_read or ()), json.dumps(device.raw, default=str)
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
