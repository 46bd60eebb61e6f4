# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the information modules return of sites, servers and devices. A part is never given for the whole."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from .._api.cloud import Party
from .._api.compute import ALL_AVAILABLE
from .._api.records.records import Server, Site
from .._core.errors import BadInput, NxaiError, Unexpected
from .._core.values import first_text, flag, folded, identity, is_uuid
from .._engine.lookup import find, warn_if_nameless
from .._engine.module import Task
from .._engine.sites import SiteOffLine, SiteReader, unread
from .targets import TARGETS_EXCLUSIVE, Chosen, Found, find_targets, named_targets, select_devices, why_unknown

SITES_SPEC: dict[str, dict[str, Any]] = {
    "sites": {"type": "list", "elements": "str", "default": ["*"]},
    "allow_empty": {"type": "bool", "default": True},
}
READ_RULES: dict[str, Any] = {
    "mutually_exclusive": TARGETS_EXCLUSIVE,
    "required_if": [("select", "running", ("running_model",))],
    "required_by": {"running_model": "select"},
}


def read_sites(task: Task) -> dict[str, Any]:
    reader = SiteReader(task.client.device, 1, task.warn, task.options["allow_empty"])
    reader.all()  # a site given by its id is to be in the list, too
    warn_if_nameless(reader.all(), "site", task.warn)
    return {"sites": [_site(each) for each in reader.matching(task.options["sites"])]}


def read_parties(task: Task) -> dict[str, Any]:
    """Whom the account may act for."""
    cloud = task.client.cloud
    return {
        "organisations": [_party(each) for each in cloud.list_organisations()],
        "channel_partners": [_party(each) for each in cloud.list_channel_partners()],
    }


def read_servers(task: Task) -> dict[str, Any]:
    reader = SiteReader(task.client.device, task.options["concurrency"], task.warn, task.options["allow_empty"])
    sites = reader.matching(task.options["sites"])
    servers: list[tuple[Server, Site]] = []
    unread_sites, errors = [], []
    for site, listing in zip(sites, reader.read(sites, task.client.device.list_servers), strict=True):
        if isinstance(listing, SiteOffLine):
            unread_sites.append(unread(site, str(listing)))
        elif isinstance(listing, NxaiError):
            errors.append(listing)
        elif listing:
            servers += [(each, site) for each in listing]
        else:
            unread_sites.append(unread(site, "the site shows no servers"))
    warn_if_nameless([server for server, _site in servers], "server", task.warn)
    return whole({"servers": [_server(*each) for each in servers], "unread_sites": unread_sites}, errors)


def read_devices(task: Task) -> dict[str, Any]:
    found = find_devices(task)
    result = {"devices": [_device(each) for each in found.chosen], "unread_sites": found.unread}
    return whole(result, read_errors(found))


def find_devices(task: Task) -> Found:
    """The named devices, or else those of the named sites, or else all."""
    options, device_api = task.options, task.client.device
    reader = SiteReader(device_api, options["concurrency"], task.warn, options["allow_empty"])
    if options["devices"] is not None:
        return find_targets(named_targets(options["devices"], options["site"]), reader, device_api)
    model = options["running_model"] or ""
    if model and not is_uuid(model):
        model = find(model, task.client.compute.list_models(ALL_AVAILABLE), "model").uuid
    sites = options["sites"] or ([options["site"]] if options["site"] else ["*"])
    found = select_devices(options["select"] or "all", [identity(model)], sites, reader, device_api.list_devices)
    warn_if_nameless([each.device for each in found.chosen], "device", task.warn)
    return found


def read_errors(found: Found) -> list[NxaiError]:
    """Why not all of what was asked for is there."""
    gone = [
        BadInput(f"Find the device {each.label}", each.reason, "Check the device, or leave it out.")
        for each in found.missing
        if each.status == "not_applicable"
    ]
    return [*found.errors, *gone]


def whole(result: dict[str, Any], errors: Sequence[NxaiError]) -> dict[str, Any]:
    """The result, or an error that carries it."""
    if not errors:
        return result
    first = errors[0]
    others = f" ({len(errors) - 1} more could not be read)" if len(errors) > 1 else ""
    answer, told = first.answer + others, {"changed": False, **result}
    raise Unexpected(first.tried, answer, first.advice, first.status, result=told)


def _party(party: Party) -> dict[str, Any]:
    return {"id": party.id, "name": party.name, "act_as": party.act_as}


def _site(site: Site) -> dict[str, Any]:
    return {
        "id": site.id,
        "name": site.name,
        "online": site.online,
        "version": site.version,
        "updated_at": site.updated_at,
        "organisation": site.organisation.label or None,
    }


def _server(server: Server, site: Site) -> dict[str, Any]:
    row = folded(server.raw)
    return {
        "site": site.id,
        "site_name": site.name,
        **_server_fields(server),
        "version": first_text(row, "version"),
        "runtime": server.runtime,
        "platform": first_text(row, "platform"),
        "os": first_text(row, "os"),
        "os_version": first_text(row, "osversion"),
        "licensed": flag(row.get("licensed")),
        "preprocessors": _names(row.get("preprocessors")),
        "postprocessors": _names(row.get("postprocessors")),
    }


def _server_fields(server: Server) -> dict[str, Any]:
    return {
        "id": server.id,
        "name": server.name,
        "status": server.status,
        "plugin_version": server.plugin_version,
        "supports_pipelines": server.supports_pipelines,
    }


def _device(chosen: Chosen) -> dict[str, Any]:
    device = chosen.device
    return {
        "site": chosen.site.id,
        "site_name": chosen.site.name,
        "device": device.id,
        "name": device.name,
        "enabled": device.enabled,
        "group": first_text(folded(device.raw), "group"),
        "server": _server_fields(device.server),
        "pipelines": device.pipeline_options(),
        "unknown": why_unknown(device),
    }


def _names(value: Any) -> list[str] | None:
    return [each for each in value if isinstance(each, str)] if isinstance(value, list) else None
