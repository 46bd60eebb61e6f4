# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which sites are meant, and what they hold: one listing per site and kind, several sites at a time."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from fnmatch import fnmatchcase

from ansible_collections.nxai.cloud.plugins.module_utils._device import DeviceApi
from ansible_collections.nxai.cloud.plugins.module_utils._lookup import find
from ansible_collections.nxai.cloud.plugins.module_utils._records import Device, Server, Site


@dataclass(frozen=True, kw_only=True)
class SiteListing:
    """One site with what was asked of it. An offline site is not asked: it holds nothing that could be listed."""

    site: Site
    servers: Sequence[Server] = ()
    devices: Sequence[Device] = ()


def select_sites(sites: Sequence[Site], entries: Sequence[str], online_only: bool) -> list[Site]:
    """The sites that an entry matches (all, without entries), by name and id.

    An entry is a site's name or UUID, which must match one site (BadInput), or a glob over names, which may match none.
    """
    chosen = {site.id for entry in entries for site in _matching(sites, entry)}
    return sorted(
        (site for site in sites if (not entries or site.id in chosen) and not (online_only and site.online is False)),
        key=lambda site: (site.name, site.id),
    )


def _matching(sites: Sequence[Site], entry: str) -> list[Site]:
    if any(character in entry for character in "*?["):
        return [site for site in sites if site.name == entry or fnmatchcase(site.name, entry)]
    return [find(entry, sites, "site", "of this account")]


def read_sites(api: DeviceApi, sites: Sequence[Site], kinds: Collection[str], concurrency: int) -> list[SiteListing]:
    """What each site holds, in the order of ``sites``. The first error ends it: a part is not the whole."""

    def listing(site: Site) -> SiteListing:
        if site.online is False:
            return SiteListing(site=site)
        return SiteListing(
            site=site,
            servers=api.list_servers(site.id) if "servers" in kinds else (),
            devices=api.list_devices(site.id) if "devices" in kinds else (),
        )

    with ThreadPoolExecutor(max_workers=concurrency) as pool:
        return list(pool.map(listing, sites))
