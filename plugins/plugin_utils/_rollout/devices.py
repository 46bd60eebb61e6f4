# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The devices of a rollout, from the variables that the inventory gives its hosts. Pure: no request is made here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

_WANTED = ("nxai_site_id", "nxai_device_id")


def devices_of(hosts: Iterable[Mapping[str, Any]], running: Sequence[str]) -> list[dict[str, str]]:
    """In order of site and device, each once. Raises TypeError where the input is not the variables of hosts."""
    found: dict[tuple[str, str], dict[str, str]] = {}
    for host in hosts:
        if not isinstance(host, Mapping):
            raise TypeError("these are no variables of a host")
        if all(host.get(name) for name in _WANTED):
            device = _device(host, running)
            found.setdefault((device["site"], device["device"]), device)
    return [found[key] for key in sorted(found)]


def _device(host: Mapping[str, Any], running: Sequence[str]) -> dict[str, str]:
    return {
        "host": str(host.get("inventory_hostname") or ""),
        "site": str(host["nxai_site_id"]),
        "site_name": str(host.get("nxai_site_name") or ""),
        "device": str(host["nxai_device_id"]),
        "name": str(host.get("nxai_device_name") or ""),
        "unavailable": _reason(host, running),
    }


def _reason(host: Mapping[str, Any], running: Sequence[str]) -> str:
    status = host.get("nxai_server_status")
    if host.get("nxai_site_online") is False:
        return "its site is off-line"
    if status and str(status).lower() not in running:
        return f"its server is {status}"
    if host.get("nxai_supports_pipelines") is False:
        return "its server does not support pipelines"
    if host.get("nxai_enabled") is False:
        return "it is not enabled"
    return ""
