# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is wrong with sites, servers and devices."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from .._api.contract.lines import WORDS
from .._api.records.records import Device, Site
from .._core.wording import counted
from .._fleet.targets import why_unknown
from .findings import Finding
from .kinds import KINDS
from .processors import unoffered
from .seen import Seen

# Activation was missed, or is meant so: a single camera without it is no reason to ask, these many are.
MANY_OF_A_SITE = 3
MANY_OF_ALL = 10
ONE_IN = 10


def sites(seen: Seen) -> Iterator[Finding]:
    if seen.sites == []:
        yield Finding(KINDS["no_sites"], "the account", "there are no sites")
    for site in seen.offline:
        yield Finding(KINDS["site_offline"], site.label, "the site is off-line", site=site)


def servers(seen: Seen) -> Iterator[Finding]:
    for site, server in seen.servers or ():
        where = f"{server.label} at {site.label}"
        if server.supports_pipelines is False:
            kind, what = KINDS["server_without_pipelines"], "the plugin does not support pipelines"
            yield Finding(kind, where, what, site=site, server=server)
        if server.status is not None and server.status.lower() not in WORDS["running"][0]:
            kind, what = KINDS["server_not_running"], f"its status is {server.status}"
            yield Finding(kind, where, what, cause=server.status, site=site, server=server)
    for site, server, processor, users in unoffered(seen.servers or (), seen.devices or ()):
        where = f"{server.label} at {site.label}"
        cameras = counted(len(users), "camera")
        what = f"plugin {server.plugin_version} does not offer the {processor} there, which {cameras} should use"
        kind, all_users = KINDS["processor_missing"], [(site, each) for each in users]
        yield Finding(kind, where, what, cause=processor, site=site, server=server, users=all_users)


def devices(seen: Seen) -> Iterator[Finding]:
    for site, device in seen.devices or ():
        where = f"{device.label} at {site.label}"
        if device.assignment is None:
            kind, why = KINDS["assignment_unknown"], why_unknown(device)
            what = f"its pipelines are not known: {why}"
            yield Finding(kind, where, what, cause=why, site=site, server=device.server, device=device)
        elif device.enabled and not device.assignment:
            kind, what = KINDS["device_idle"], "it is enabled and runs nothing"
            yield Finding(kind, where, what, site=site, server=device.server, device=device)
    for site, device in _not_enabled(seen):
        kind, what = KINDS["device_not_enabled"], "its server can run pipelines, and it is not enabled"
        where = f"{device.label} at {site.label}"
        yield Finding(kind, where, what, site=site, server=device.server, device=device)


def _not_enabled(seen: Seen) -> Iterator[tuple[Site, Device]]:
    """The cameras that could run pipelines and are not enabled, where these are many: of a site, or of all sites."""
    able = [
        (site, device)
        for site, device in seen.devices or ()
        if device.enabled is not None and seen.server_of(site, device).supports_pipelines
    ]
    everywhere = _are_many((device for _site, device in able), MANY_OF_ALL)
    by_site: dict[str, list[tuple[Site, Device]]] = {}
    for site, device in able:
        by_site.setdefault(site.id, []).append((site, device))
    for rows in by_site.values():
        if everywhere or _are_many((device for _site, device in rows), MANY_OF_A_SITE):
            yield from ((site, device) for site, device in rows if not device.enabled)


def _are_many(able: Iterable[Device], least: int) -> bool:
    enabled = [device.enabled for device in able]
    return enabled.count(False) >= max(least, len(enabled) / ONE_IN)
