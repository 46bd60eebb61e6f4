# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the information modules return of models and catalogues."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from .._api.records.records import Catalogue, Model
from .._core.values import identity, is_uuid
from .._engine.lookup import find, globbed, warn_if_nameless
from .._engine.module import Task
from .catalogue import describe_catalogue
from .fields import describe_model
from .memberships import Memberships
from .usage import MODEL_LINE, find_use, of_no_model

_ALL = {"type": "list", "elements": "str", "default": ["*"]}
MODELS_SPEC: dict[str, dict[str, Any]] = {
    "models": _ALL,
    "catalogue": {"type": "str"},
    "usage": {"type": "bool", "default": False},
}
CATALOGUES_SPEC: dict[str, dict[str, Any]] = {"catalogues": _ALL, "list_models": {"type": "bool", "default": False}}


def read_models(task: Task) -> dict[str, Any]:
    """Models by name and UUID, the service asked for one catalogue only where that is what is wanted."""
    compute, wanted = task.client.compute, task.options["catalogue"]
    if wanted is not None and not is_uuid(wanted):
        wanted = find(wanted, compute.list_catalogues(), "catalogue").uuid
    models = compute.list_models(catalogue=identity(wanted) if wanted else None)
    if wanted is None and len(task.options["models"]) == 1 and is_uuid(task.options["models"][0]):
        models = _one(task, models, identity(task.options["models"][0]))
    warn_if_nameless(models, "model", task.warn)
    found = [describe_model(each) for each in _chosen(models, task.options["models"])]
    if not task.options["usage"]:
        return {"models": found}
    use = find_use(task.client.device, [each["uuid"] for each in found])
    if strange := of_no_model(use, compute):
        task.warn(f"used_by may lack devices, as {strange}. {MODEL_LINE}")
    return {"models": [{**each, "used_by": use.devices[each["uuid"]]} for each in found], "unread_sites": use.unread}


def read_catalogues(task: Task) -> dict[str, Any]:
    compute = task.client.compute
    listed = compute.list_catalogues()
    warn_if_nameless(listed, "catalogue", task.warn)
    catalogues = [describe_catalogue(each) for each in _chosen(listed, task.options["catalogues"])]
    if task.options["list_models"]:
        models = _chosen(compute.list_models(), ["*"])
        memberships = Memberships(compute, task.client.contract, listed, task.warn)
        memberships.ask_catalogues(models)
        silent = sum(memberships.of(each) is None for each in models)
        if silent:
            task.warn(
                f"{silent} of {len(models)} models came without their catalogues, so the lists of models may lack them."
            )
        for catalogue in catalogues:
            inside = (each for each in models if catalogue["uuid"] in (memberships.of(each) or ()))
            catalogue["models"] = [{"uuid": each.uuid, "name": each.name} for each in inside]
    return {"catalogues": catalogues}


def _one(task: Task, models: Sequence[Model], uuid: str) -> list[Model]:
    """One model by its UUID as both of its views show it, also where it is not listed."""
    listed = next((each for each in models if each.uuid == uuid), None)
    found = task.client.compute.in_full(listed) if listed else task.client.compute.get_model(uuid)
    return [found] if found else []


def _chosen(records: Sequence[Any], patterns: Sequence[str]) -> list[Any]:
    """In an order that does not depend on the service."""
    chosen = (each for each in records if any(_matches(each, pattern) for pattern in patterns))
    return sorted(chosen, key=lambda record: (record.name, record.uuid))


def _matches(record: Model | Catalogue, pattern: str) -> bool:
    return record.uuid == identity(pattern) or bool(globbed(pattern, [record]))
