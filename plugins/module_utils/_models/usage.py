# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which devices run a model: found by reading the devices of every site, since the service has no other way to ask."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field

from .._api.device import DeviceApi
from .._api.pipeline import ids_in
from .._core.errors import NxaiError
from .._engine.sites import SiteReader, unread

_AT_ONCE = 8
_MOST_NAMED = 20  # devices in one message


@dataclass
class Use:
    """The devices of each model, by the model's UUID, and the sites that show no devices."""

    devices: dict[str, list[dict[str, str]]] = field(default_factory=dict)
    unread: list[dict[str, str]] = field(default_factory=list)


def find_use(api: DeviceApi, uuids: Collection[str]) -> Use:
    """Costs one listing of the sites and one of each site that is online, eight sites at a time.

    A model counts wherever its UUID occurs in the row of a device, as a value, a key, or in a text: so in chains too,
    whose names on the wire are not known, and where the pipelines of the device are not known at all.
    """
    reader = SiteReader(api, _AT_ONCE)
    sites = reader.all()
    use = Use({uuid: [] for uuid in uuids}, [unread(each) for each in sites if each.online is False])
    online = [each for each in sites if each.online is not False]
    for site, listing in zip(online, reader.read(online, api.list_devices), strict=True):
        if isinstance(listing, NxaiError):
            raise listing
        if not listing:
            use.unread.append(unread(site))
        for device in listing:
            line = {"site": site.name, "site_id": site.id, "device": device.name, "device_id": device.id}
            for uuid in set(use.devices).intersection(ids_in(device.raw)):
                if use.devices[uuid][-1:] != [line]:  # several rows of one device are one device
                    use.devices[uuid].append(line)
    for lines in (use.unread, *use.devices.values()):  # whatever the order of the service
        lines.sort(key=lambda line: list(line.values()))
    return use


def named(devices: list[dict[str, str]]) -> str:
    """The devices by site, for an error."""
    sites: dict[str, list[str]] = {}
    for each in devices[:_MOST_NAMED]:
        sites.setdefault(each["site"] or each["site_id"], []).append(each["device"] or each["device_id"])
    more = len(devices) - _MOST_NAMED
    listed = "; ".join(f"{site}: {', '.join(names)}" for site, names in sites.items())
    return f"{listed} and {more} more" if more > 0 else listed
