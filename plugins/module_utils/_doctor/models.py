# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is wrong with models: their state, their catalogues, their files, and releases that nobody uses."""

from __future__ import annotations

from collections.abc import Iterator

from .._api.records.records import Catalogue, Model
from .._core.wording import counted
from .._pipelines.checks import misfit
from .findings import Finding
from .kinds import KINDS
from .seen import Seen, Users


def ready(seen: Seen) -> Iterator[Finding]:
    for model in seen.models or ():
        if model.state == "ready":
            continue
        users = seen.users.get(model.uuid, [])
        said = f"status {model.status}, code {model.code_status}"
        if model.state == "failed":
            name, what = "model_failed", f"its conversion failed ({said})"
        elif users:
            name, what = "model_pending_in_use", f"it is not ready ({said}), and assigned to {_cameras(users)}"
        else:
            name, what = "model_pending", f"it is not ready ({said})"
        yield Finding(KINDS[name], _where(model), what, cause=said, model=model, users=users)


def catalogued(seen: Seen) -> Iterator[Finding]:
    """A model that does not say which catalogues it is in is left alone: that field is inferred."""
    for uuid, users in sorted(seen.users.items()) if seen.models is not None else ():
        model = seen.known_models.get(uuid)
        if model is None:
            what = f"it is assigned to {_cameras(users)}, and this account does not see it"
            yield Finding(KINDS["model_unseen"], uuid, what, model=uuid, users=users)
            continue
        hidden = list(_hidden(seen, model, users, "it is assigned to"))
        yield from hidden
        if model.catalogue_uuids == () and not hidden:
            what = f"it is assigned to {_cameras(users)}, and no catalogue has it"
            yield Finding(KINDS["model_uncatalogued"], _where(model), what, model=model, users=users)
    yield from _hidden_releases(seen)


def fitting(seen: Seen) -> Iterator[Finding]:
    for uuid, users in sorted(seen.users.items()):
        model = seen.known_models.get(uuid)
        if model is None or model.state != "ready":
            continue
        reasons: dict[str, str] = {}  # by runtime: most devices have one of few
        for site, device in users:
            server = seen.server_of(site, device)
            runtime = server.runtime or device.server.runtime or ""
            if runtime not in reasons:
                reasons[runtime] = next(misfit(model, runtime), "")
            if reasons[runtime]:
                kind, where = KINDS["runtime_unserved"], f"{device.label} at {site.label}"
                cause = f"{model.name or model.uuid} on {runtime}"
                yield Finding(
                    kind, where, reasons[runtime], cause=cause, site=site, server=server, device=device, model=model
                )


def releases(seen: Seen) -> Iterator[Finding]:
    """Of the account's own only, and only where it is known what every camera runs."""
    for model in seen.models or () if seen.is_whole else ():
        if release_of(model) and model.uuid not in seen.users and model.organisation.id in ("", *_ours(seen)):
            yield Finding(KINDS["release_unused"], model.name, "no camera that this account sees runs it", model=model)


def all_releases_judged(seen: Seen) -> bool:
    return seen.is_whole or not any(map(release_of, seen.models or ()))


def release_of(model: Model) -> str:
    """The name without its version; "" of what is no release."""
    name, at, version = model.name.rpartition("@")
    return name if at and version else ""


def _hidden_releases(seen: Seen) -> Iterator[Finding]:
    """Releases that came after one that cameras run, and that the organisation of these cameras does not see."""
    running: dict[str, list[Model]] = {}
    for uuid in seen.users:
        model = seen.known_models.get(uuid)
        if model is not None and release_of(model):
            running.setdefault(release_of(model), []).append(model)
    for model in seen.models or ():
        if model.state == "ready":
            told = {site.organisation.id for site, _device in seen.users.get(model.uuid, ())}
            older = [each for each in running.get(release_of(model), ()) if _is_after(model, each)]
            users = [user for each in older for user in seen.users[each.uuid] if user[0].organisation.id not in told]
            yield from _hidden(seen, model, users, "an earlier release of it is assigned to")


def _is_after(model: Model, other: Model) -> bool:
    return bool(model.updated_at and other.updated_at) and str(model.updated_at) > str(other.updated_at)


def _hidden(seen: Seen, model: Model, users: Users, need: str) -> Iterator[Finding]:
    """Each organisation with cameras that need a model of the account, and that is known not to see it."""
    by_organisation: dict[str, Users] = {}
    for site, device in users:
        by_organisation.setdefault(site.organisation.id, []).append((site, device))
    for organisation, these in sorted(by_organisation.items()):
        if _is_hidden(seen, model, organisation):
            label = these[0][0].organisation.label
            what = f"{need} {_cameras(these)} of {label}, and no catalogue shows it to {label}"
            kind = KINDS["model_hidden"]
            yield Finding(kind, _where(model), what, cause=label, model=model, users=these)


def _is_hidden(seen: Seen, model: Model, organisation: str) -> bool:
    """Whether that is known. Of others' models it is not: whom they are shared with is for them to see."""
    owner = model.organisation.id
    if not organisation or owner == organisation or owner not in _ours(seen) or model.catalogue_uuids is None:
        return False
    catalogues = {each.uuid: each for each in seen.catalogues or ()}
    found = [catalogues.get(uuid) for uuid in model.catalogue_uuids]
    return all(each is not None and _shows_not(each, organisation) for each in found)


def _shows_not(catalogue: Catalogue, organisation: str) -> bool:
    shared = catalogue.shared_with
    if shared is None or not catalogue.organisation.id or not all(each.id for each in shared):
        return False
    return organisation not in (catalogue.organisation.id, *(each.id for each in shared))


def _ours(seen: Seen) -> set[str]:
    """The organisations that this account certainly stands for: those of its sites, and whom it acts for."""
    acting = seen.settings.act_as.id if seen.settings.act_as else ""
    return {acting, *(site.organisation.id for site in seen.sites or ())} - {""}


def _cameras(users: Users) -> str:
    return counted(len(users), "camera")


def _where(model: Model) -> str:
    return f"{model.name or model.uuid} ({model.uuid})"
