# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Read an estate from the service, write it as files, and compare it with those that are there. Sends only GETs."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from typing import Any

from .._api.records.records import Catalogue, Model
from .._core.errors import NxaiError
from .._core.values import identity
from .._core.wording import printable
from .._engine.module import Task
from .._engine.sites import SiteOffLine, SiteReader
from .._fleet.information import SITES_SPEC
from .._fleet.reading import Fleet, FleetReader
from .._models.fields import known_row
from .._models.memberships import Memberships
from .cloud import Cloud, cloud_of, is_own
from .compare import compare
from .document import files_of
from .files import UNDERWAY, is_file, read_estate
from .records import DeviceState, Estate, SiteState
from .report import as_result, lines_of_unknown

ESTATE_SPEC: dict[str, dict[str, Any]] = {
    **SITES_SPEC,
    "path": {"type": "path"},
    "split": {"type": "bool", "default": False},
    "concurrency": {"type": "int", "default": 8},
}


def read_estate_info(task: Task) -> dict[str, Any]:
    """The estate as files; with what is there already kept where nothing is known, and compared."""
    path = task.options["path"]
    there = read_estate(path) if path else None  # before anything is asked: it may be wrong
    if there and there.interrupted:
        task.warn(
            f"An export was interrupted: {printable(there.interrupted)} has all that it was to write, and counts"
            " in place of the other files. The next export makes them whole."
        )
    cloud = read_cloud(task)
    one, name = path is not None and is_file(path), ""
    estate = merged(cloud, there.estate if there else None)
    texts = files_of(estate, task.options["split"] and not one)
    old = there.texts if there else {}
    if one:
        name, texts = os.path.basename(path), {"": next(iter(texts.values()))}
    unread = [unread_line(cloud, each) for each in cloud.sites.values() if each.unread]
    unknown = unknown_devices(cloud.sites.values())
    comparison = compare(there.estate, cloud) if there else None
    files = [
        {"name": each or name, "text": text, "changed": old.get(each) != text.encode()} for each, text in texts.items()
    ]
    stale = sorted(each for each in old if each not in texts)
    several = len(stale) + sum(bool(each["changed"]) for each in files) > 1
    return {
        "files": files,
        "stale": stale,
        "underway": {"name": UNDERWAY, "text": next(iter(files_of(estate, False).values()))} if several else None,
        "comparison": as_result(comparison) if comparison else None,
        "unread_sites": unread,
        "unknown_devices": unknown,
        "not_known": lines_of_unknown(unread, unknown, comparison.missing if comparison else ()),
    }


def read_cloud(task: Task) -> Cloud:
    """Raises the error of the first part that is missing: without models, nothing can be named."""
    client, options = task.client, task.options
    sites = SiteReader(client.device, options["concurrency"], task.warn, options["allow_empty"])
    reader = FleetReader(client, sites)
    fleet = reader.read(options["sites"], with_servers=False)
    _raise_if_missing(fleet)
    fleet = replace(fleet, models=[_in_full(task, each) for each in fleet.models or []])
    memberships = Memberships(client.compute, client.contract, fleet.catalogues or [], task.warn)
    memberships.ask_catalogues(fleet.models or [])
    owners = _owners(task, fleet)
    others = _only_available(fleet, owners)
    return cloud_of(fleet, {each.id for each in sites.all()}, owners, others, memberships.of)


def _raise_if_missing(fleet: Fleet) -> None:
    """A site that cannot be read is named. Where all fail, there is most likely one reason."""
    for part in ("catalogues", "models", "sites"):
        if part in fleet.errors:
            raise fleet.errors[part][0]
    failed = [each for each in fleet.errors.get("devices", []) if not isinstance(each, SiteOffLine)]
    online = [each for each in fleet.sites or [] if each.online is not False]
    if failed and (not fleet.unread or len(failed) == len(online)):
        raise failed[0]


def _in_full(task: Task, model: Model) -> Model:
    """A listing that does not show the documentation may not show the digest in it either."""
    return model if "Documentation" in known_row(model) else task.client.compute.in_full(model)


def _owners(task: Task, fleet: Fleet) -> Collection[str] | None:
    """The organisations that the account stands for; "" for itself. Asked only where something belongs to one."""
    act_as = task.client.settings.act_as
    itself = "" if act_as is None or act_as.kind == "user" else identity(act_as.id)
    records: list[Model | Catalogue] = [*(fleet.models or []), *(fleet.catalogues or [])]
    if (act_as is not None and act_as.kind == "organization") or all(
        is_own(each, {itself}) is not False for each in records
    ):
        return {itself}
    try:
        return {itself, *(each.id for each in task.client.cloud.list_organisations())}
    except NxaiError as error:
        task.warn(
            "It is not known which organisations the account belongs to. So models and catalogues of others may be in "
            f"the estate. Set act_as. {error}"
        )
        return None


def _only_available(fleet: Fleet, owners: Collection[str] | None) -> set[str]:
    """Models that do not say whose they are, and that the account's own listing does not have."""
    silent = {each.uuid for each in fleet.models or [] if is_own(each, owners) is None}
    return silent.difference(fleet.account_models)


def merged(cloud: Cloud, earlier: Estate | None) -> Estate:
    """What was read. Of sites and devices that are not seen or not known, what the file says; and the names in it."""
    estate = cloud.estate
    if earlier is None:
        return estate
    sites = {**earlier.sites}
    for site in estate.sites.values():
        there = earlier.sites.get(site.id)
        if there is None or not site.unread:
            sites[site.id] = replace(site, devices=_kept(there.devices if there else {}, site.devices))
    return replace(estate, sites=sites, profiles=earlier.profiles)


def _kept(earlier: Mapping[str, DeviceState], now: Mapping[str, DeviceState]) -> dict[str, DeviceState]:
    known = {nxid: each for nxid, each in earlier.items() if each.pipelines is not None and nxid in now}
    return {
        **earlier,
        **now,
        **{nxid: replace(each, name=now[nxid].name) for nxid, each in known.items() if now[nxid].pipelines is None},
    }


def unread_line(cloud: Cloud, site: SiteState) -> dict[str, str]:
    return {"site": site.id, "name": site.name, "reason": cloud.reasons.get(site.id, site.unread)}


def unknown_devices(sites: Iterable[SiteState]) -> list[dict[str, str]]:
    """The return value ``unknown_devices``: those of which it is not known what they run."""
    return [
        {"site": site.id, "site_name": site.name, "device": nxid, "name": device.name, "unknown": device.unknown}
        for site in sites
        for nxid, device in site.devices.items()
        if device.pipelines is None
    ]
