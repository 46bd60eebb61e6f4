# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Two looks at an account, and what happened in between. Pure: the same looks give the same events.

What cannot be seen is not gone. Only a listing that came, and is not empty, says that a camera is not there; only
pipelines that are known say that others were there before. The first look at anything is no event.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from ...module_utils._api.contract.lines import WORDS
from ...module_utils._api.records.pipeline import models_of
from ...module_utils._api.records.records import Catalogue, Device, Model, Server, Site
from .kinds import MODELS
from .snapshot import (
    CatalogueThen,
    DeviceThen,
    ModelThen,
    ServerThen,
    Setup,
    SiteThen,
    Snapshot,
    assignment_of,
    means_the_same,
    setup_of,
)

Event = dict[str, Any]
_RUNNING = frozenset(WORDS["running"][0])


def compare_sites(then: Snapshot, listed: Sequence[Site]) -> tuple[Snapshot, list[Event]]:
    """``listed`` are all sites of the account. One that is listed no more stays known, in case it comes back."""
    before, now, events = then.sites or {}, {}, []
    for site in listed:
        known = before.get(site.id)
        now[site.id] = _site_now(known, site)
        kind = _kind_of_site(known, site) if then.sites is not None else ""
        if kind:
            events.append({"kind": kind, **_place(site.id, now[site.id])})
    for site_id, known in before.items():
        if site_id not in now:
            now[site_id] = replace(known, listed=False)
            if known.listed:
                events.append({"kind": "site_removed", **_place(site_id, known)})
    return replace(then, sites=now), events


def _site_now(known: SiteThen | None, site: Site) -> SiteThen:
    if known is None:
        return SiteThen(site.name, site.online)
    online = known.online if site.online is None else site.online
    return replace(known, name=site.name or known.name, online=online, listed=True)


def _kind_of_site(known: SiteThen | None, site: Site) -> str:
    if known is None or not known.listed:
        return "site_added"
    if site.online is None or known.online in (None, site.online):
        return ""
    return "site_online" if site.online else "site_offline"


def compare_servers(then: Snapshot, site_id: str, listed: Sequence[Server]) -> tuple[Snapshot, list[Event]]:
    """A server that is not listed may only be off: it stays as it was known."""
    site = (then.sites or {})[site_id]
    if not listed:
        return then, []
    before, now, events = site.servers or {}, dict(site.servers or {}), []
    for server in listed:
        known = before.get(server.id)
        now[server.id] = _server_now(known or ServerThen(server.name), server)
        if known:
            what = {**_place(site_id, site), "server_id": server.id, "server_name": now[server.id].name}
            events += [{**each, **what} for each in _of_server(known, now[server.id])]
    return then.with_site(site_id, replace(site, servers=now)), events


def _server_now(known: ServerThen, server: Server) -> ServerThen:
    return ServerThen(
        name=server.name or known.name,
        running=known.running if server.status is None else server.status.lower() in _RUNNING,
        status=known.status if server.status is None else server.status,
        plugin=server.plugin_version or known.plugin,
    )


def _of_server(known: ServerThen, now: ServerThen) -> Iterator[Event]:
    if known.running is not None and known.running != now.running:
        yield {"kind": "server_running" if now.running else "server_stopped", "status": now.status}
    if known.plugin and known.plugin != now.plugin:
        yield {"kind": "plugin_updated", "version_before": known.plugin, "version_after": now.plugin}


def compare_devices(then: Snapshot, site_id: str, listed: Sequence[Device]) -> tuple[Snapshot, list[Event]]:
    """A site that lists none may be off-line, or still be loading: that says nothing of its cameras."""
    site = (then.sites or {})[site_id]
    if not listed:
        return then, []
    models = then.models or {}
    before, now, events = site.devices or {}, {}, []
    for device in _one_of_each(listed, before):
        known = before.get(device.id)
        now[device.id] = _device_now(known, device)
        if site.devices is not None:
            what = {**_place(site_id, site), "device_id": device.id, "device_name": now[device.id].name}
            events += [{**each, **what} for each in _of_device(known, now[device.id], models)]
    for device_id, known in before.items():
        if device_id not in now:
            what = {"device_id": device_id, "device_name": known.name}
            events.append({"kind": "device_removed", **_place(site_id, site), **what, **_server_of(known)})
    return then.with_site(site_id, replace(site, devices=now)), events


def _one_of_each(listed: Sequence[Device], before: Mapping[str, DeviceThen]) -> list[Device]:
    """Of rows with one NxID that differ, none tells its name or server: it stays as it was known."""
    rows: dict[str, list[Device]] = {}
    for device in listed:
        rows.setdefault(device.id, []).append(device)
    unclear = Server.from_api({}, embedded=True)
    return [
        same[0]
        if len(same) == 1
        else replace(same[0], server=unclear, name="" if same[0].id in before else same[0].name)
        for same in rows.values()
    ]


def _device_now(known: DeviceThen | None, device: Device) -> DeviceThen:
    """What it runs where that is known, else what it was known to run. So is its server."""
    old = known or DeviceThen(device.name)
    server = device.server if device.server.label else None
    return DeviceThen(
        name=device.name or old.name,
        server=server.id if server else old.server,
        server_name=server.name if server else old.server_name,
        setup=old.setup if device.assignment is None else setup_of(device.assignment),
    )


def _of_device(known: DeviceThen | None, now: DeviceThen, models: Mapping[str, ModelThen]) -> Iterator[Event]:
    if known is None:
        yield {"kind": "device_added", **_server_of(now)}
        return
    if _has_moved(known, now):
        before = {"server_id_before": known.server, "server_name_before": known.server_name}
        yield {"kind": "device_moved", **_server_of(now), **before}
    if known.setup is not None and now.setup is not None and not means_the_same(known.setup, now.setup):
        yield {
            "kind": "assignment_changed",
            **_server_of(now),
            "before": _options(known.setup),
            "after": _options(now.setup),
            "models_before": _names(known.setup, models),
            "models_after": _names(now.setup, models),
        }


def _has_moved(known: DeviceThen, now: DeviceThen) -> bool:
    """By the ids of both servers; where one of them has none, by their names."""
    if known.server and now.server:
        return known.server != now.server
    return "" not in (known.server_name, now.server_name) and known.server_name != now.server_name


def compare_models(then: Snapshot, listed: Sequence[Model]) -> tuple[Snapshot, list[Event]]:
    """A model that is listed no more stays known: if it comes back, it is not new."""
    before = then.models or {}
    now, events = {uuid: replace(known, listed=False) for uuid, known in before.items()}, []
    for model in listed:
        known = before.get(model.uuid)
        now[model.uuid] = _model_now(known, model)
        kind = f"model_{now[model.uuid].state}"
        if then.models is not None and kind in MODELS and (known is None or known.state != now[model.uuid].state):
            failed = {"reason": model.conversion_log or ""} if kind == "model_failed" else {}
            events.append({"kind": kind, "model_id": model.uuid, "model_name": now[model.uuid].name, **failed})
    return replace(then, models=now), events


def _model_now(known: ModelThen | None, model: Model) -> ModelThen:
    """Its name, state and catalogues as they are shown, else as they were known."""
    old = known or ModelThen("", model.state)
    state = old.state if model.state == "pending" and not model.shows_state else model.state
    members = old.catalogues if model.catalogue_uuids is None else model.catalogue_uuids
    return ModelThen(model.name or old.name, state, members)


def compare_catalogues(
    then: Snapshot, listed: Sequence[Catalogue], models_before: Mapping[str, ModelThen] | None
) -> tuple[Snapshot, list[Event]]:
    """``then`` has the models as they are now, where they were read. One event for each catalogue that changed."""
    before, now = then.catalogues or {}, {}
    for each in listed:
        shared = None if each.shared_with is None else tuple(sorted(user.label for user in each.shared_with))
        known = before.get(each.uuid)
        kept = known.shared_with if known else None
        now[each.uuid] = CatalogueThen(each.name or (known.name if known else ""), kept if shared is None else shared)
    snapshot = replace(then, catalogues=now)
    if then.catalogues is None:
        return snapshot, []
    models = then.models or {}
    was, is_now = _members(models_before or models, models), _members(models, models_before or models)
    events = []
    for uuid in {**before, **now}:
        event = _of_catalogue(before.get(uuid), now.get(uuid), was.get(uuid, {}), is_now.get(uuid, {}))
        if event:
            events.append({"kind": "catalogue_changed", "catalogue_id": uuid, **event})
    return snapshot, events


def _members(models: Mapping[str, ModelThen], others: Mapping[str, ModelThen]) -> dict[str, dict[str, str]]:
    """By catalogue, the names of its models by id. A model counts where its catalogues are known in both looks."""
    found: dict[str, dict[str, str]] = {}
    for uuid, model in models.items():
        other = others.get(uuid)
        is_known = model.listed and (other is None or other.catalogues is not None)
        for catalogue in model.catalogues or () if is_known else ():
            found.setdefault(catalogue, {})[uuid] = model.name
    return found


def _of_catalogue(
    known: CatalogueThen | None, now: CatalogueThen | None, was: Mapping[str, str], is_now: Mapping[str, str]
) -> Event:
    """What changed of one; nothing where nothing did."""
    old, new = known or CatalogueThen(""), now or CatalogueThen("")
    shared = None not in (old.shared_with, new.shared_with)
    event = {
        "change": "added" if known is None else "removed" if now is None else "changed",
        "catalogue_name": new.name or old.name,
        "name_before": old.name,
        "models_added": sorted(name for uuid, name in is_now.items() if uuid not in was) if now else [],
        "models_removed": sorted(name for uuid, name in was.items() if uuid not in is_now) if now else [],
        "shared_added": sorted({*(new.shared_with or ())} - {*(old.shared_with or ())}) if shared else [],
        "shared_removed": sorted({*(old.shared_with or ())} - {*(new.shared_with or ())}) if shared else [],
    }
    lists = ("models_added", "models_removed", "shared_added", "shared_removed")
    same = event["change"] == "changed" and old.name == new.name and not any(event[name] for name in lists)
    return {} if same else event


def _place(site_id: str, site: SiteThen) -> Event:
    return {"site_id": site_id, "site_name": site.name}


def _server_of(device: DeviceThen) -> Event:
    return {"server_id": device.server, "server_name": device.server_name}


def _options(setup: Setup) -> list[dict[str, Any]]:
    """As users write them."""
    return [each.to_option() for each in assignment_of(setup)]


def _names(setup: Setup, models: Mapping[str, ModelThen]) -> list[str]:
    """Of its models; the id of one that is not listed."""
    used = models_of(assignment_of(setup))
    return [models[uuid].name if uuid in models and models[uuid].name else uuid for uuid in used]
