# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""An estate as files: what most devices of a site have once, exceptions by device, equal assignments as profiles."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from .._core.values import UUID_TEXT
from .assignments import models_named
from .records import VERSION, Assignment, DeviceState, Estate, Record, SiteState, key_of
from .text import yaml_text

WHOLE, PARTS, SITES = "estate.yml", ("catalogues", "models", "profiles"), "sites"
_HEAD = "# The estate of an account of the Nx AI Cloud. docs/estate.md of nxai.cloud says what is in here.\n"
_MOST_OF_A_NAME = 80
_NO_SLUG = re.compile(r"[^a-z0-9]+")


def files_of(estate: Estate, split: bool) -> dict[str, str]:
    """The text of each file by its name: one, or one for each site beside those for the rest."""
    document = _document(estate)
    if not split:
        return {WHOLE: _file(document)}
    files = {f"{part}.yml": _file({part: document[part]}) for part in PARTS}
    names = file_names(estate.sites.values())
    return {**files, **{names[each["id"]]: _file({SITES: [each]}) for each in document[SITES]}}


def file_names(sites: Iterable[SiteState]) -> dict[str, str]:
    """Of each site by its id: nothing of a name but letters and digits, and a part of the id."""
    short = {each.id: f"{_slug(each.name)}{_part(each.id)}" for each in sites}
    twice = Counter(short.values())
    whole = {each: name if twice[name] == 1 else f"{name}-{_digest(each)}" for each, name in short.items()}
    return {each: f"{SITES}/{name}.yml" for each, name in whole.items()}


def _slug(name: str) -> str:
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    slug = _NO_SLUG.sub("-", plain).strip("-")[:40].strip("-")
    return f"{slug}-" if slug else ""


def _part(site: str) -> str:
    return site[:8].lower() if UUID_TEXT.fullmatch(site) and site[0] != "{" else _digest(site)[:8]


def _digest(value: str) -> str:
    return hashlib.sha256(value.encode("utf-8", "surrogatepass")).hexdigest()[:32]


def _file(document: Mapping[str, Any]) -> str:
    return _HEAD + yaml_text({"estate": VERSION, **document})


def _document(estate: Estate) -> dict[str, Any]:
    names = _profiles(estate)
    profiles = {name: list(found) for name, found in sorted(names.values(), key=lambda each: each[0])}
    called = {key: name for key, (name, _found) in names.items()}
    sites = sorted(estate.sites.values(), key=lambda site: (site.name, site.id))
    return {
        "catalogues": [_catalogue(each) for each in sorted(estate.catalogues, key=_order)],
        "models": [_model(each) for each in sorted(estate.models, key=_order)],
        "profiles": profiles,
        SITES: [_site(each, called) for each in sites],
    }


def _order(record: Record) -> tuple[str, str]:
    return record.name, record.uuid


def _catalogue(record: Record) -> dict[str, Any]:
    return {"name": record.name, **({"uuid": record.uuid} if record.uuid else {}), **record.options}


def _model(record: Record) -> dict[str, Any]:
    return {**_catalogue(record), **({"file": dict(record.file)} if record.file else {})}


def _site(site: SiteState, called: Mapping[str, str]) -> dict[str, Any]:
    found: dict[str, Any] = {"id": site.id, "name": site.name}
    if site.unread:
        return {**found, "unread": site.unread}
    groups = _groups(site)
    most = _most(groups, called)
    if most is not None:
        devices = groups.pop(most)
        found.update(_assigned(devices, called), devices=_names(devices))
    exceptions = [{**_assigned(groups[key], called), "devices": _names(groups[key])} for key in sorted(groups)]
    return {**found, "exceptions": exceptions} if exceptions else found


def _groups(site: SiteState) -> dict[str, dict[str, DeviceState]]:
    """The devices by what they have. Those of which it is not known come last, by the reason."""
    found: dict[str, dict[str, DeviceState]] = defaultdict(dict)
    for nxid, device in site.devices.items():
        found[_key(device)][nxid] = device
    return found


def _key(device: DeviceState) -> str:
    return f"~{device.unknown}" if device.pipelines is None else key_of(device.pipelines)


def _most(groups: Mapping[str, Mapping[str, DeviceState]], called: Mapping[str, str]) -> str | None:
    """What most devices have; of as many, what other sites have, too."""
    known = [key for key in groups if not key.startswith("~")]
    return min(known, key=lambda key: (-len(groups[key]), key not in called, key), default=None)


def _assigned(devices: Mapping[str, DeviceState], called: Mapping[str, str]) -> dict[str, Any]:
    device = next(iter(devices.values()))
    if device.pipelines is None:
        return {"unknown": device.unknown}
    name = called.get(_key(device))
    return {"pipelines": list(device.pipelines)} if name is None else {"profile": name}


def _names(devices: Mapping[str, DeviceState]) -> dict[str, str]:
    return {nxid: device.name for nxid, device in sorted(devices.items(), key=lambda each: (each[1].name, each[0]))}


def _profiles(estate: Estate) -> dict[str, tuple[str, Assignment]]:
    """The name of each assignment that more than one site has, or that has a name already. None at all has none."""
    used: Counter[str] = Counter()
    found: dict[str, Assignment] = {}
    for site in estate.sites.values():
        known = {_key(each): each.pipelines for each in site.devices.values() if each.pipelines}
        used.update(known.keys())
        found.update({key: each for key, each in known.items() if each})
    kept = {key_of(each): name for name, each in sorted(estate.profiles.items(), reverse=True)}
    shared = {key: found[key] for key in used if used[key] > 1 or key in kept}
    made = {key: _profile_name(each) for key, each in shared.items() if key not in kept}
    twice = Counter([*made.values(), *kept.values()])
    unlike = {key: name if twice[name] == 1 else f"{name} #{_digest(key)[:8]}" for key, name in made.items()}
    return {key: (kept.get(key) or unlike[key], each) for key, each in shared.items()}


def _profile_name(assignment: Assignment) -> str:
    """By its models."""
    name = " + ".join(each for each in models_named(assignment))
    return name if len(name) <= _MOST_OF_A_NAME else f"{name[:_MOST_OF_A_NAME]}…"
