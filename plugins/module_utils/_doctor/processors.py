# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Processors that devices name and their server does not offer.

The Nx AI Manager 5 refuses a processor file that was written for version 4, whole. The devices go on naming what was in
it, so this is what an update leaves behind.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

from .._api.records.pipeline import processor_name
from .._api.records.records import Device, Server, Site
from .._core.values import folded
from .._pipelines.checks import PROCESSORS

_MAJOR = re.compile(r"v?([0-9]{1,9})(?![0-9])", re.IGNORECASE)

Use = tuple[str, str]  # the kind and the name of a processor


def unoffered(
    servers: Iterable[tuple[Site, Server]], devices: Iterable[tuple[Site, Device]]
) -> Iterator[tuple[Site, Server, str, list[Device]]]:
    """Of each server with AI Manager 5: a processor that it does not offer, and those of its devices that name it.

    A server that does not say what it offers is passed over: that is not known.
    """
    uses = _uses(devices)
    for site, server in servers:
        if _is_plugin_5(server.plugin_version):
            by_id, by_name = (uses.get((site.id, key), {}) for key in (server.id, server.name))
            row = folded(server.raw)
            for use in sorted({*by_id, *by_name}):
                kind, name = use
                offered = _names(row.get(PROCESSORS[kind]))
                if offered is not None and name.lower() not in offered:
                    yield site, server, f"{kind.lower()} {name}", by_id.get(use, []) + by_name.get(use, [])


def _uses(devices: Iterable[tuple[Site, Device]]) -> dict[tuple[str, str], dict[Use, list[Device]]]:
    """The devices that name each processor, by site and server. A device may know its server by name alone."""
    found: dict[tuple[str, str], dict[Use, list[Device]]] = {}
    for site, device in devices:
        named = {(kind, processor_name(each.wire.get(kind))) for each in device.assignment or () for kind in PROCESSORS}
        place = (site.id, device.server.id or device.server.name)
        for use in named:
            if use[1]:
                found.setdefault(place, {}).setdefault(use, []).append(device)
    return found


def _is_plugin_5(version: str | None) -> bool:
    major = _MAJOR.match(version or "")
    return major is not None and int(major.group(1)) >= 5


def _names(offered: Any) -> set[str] | None:
    """In lower case; None for what is no list of names."""
    told = isinstance(offered, list) and all(isinstance(each, str) for each in offered)
    return {each.lower() for each in offered} if told else None
