# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Make the cloud what the files of an estate say, short of the assignments: those are left to ``nxai_pipeline``.

All that speaks against it is said before anything is written.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any

from ansible.module_utils.common.arg_spec import ArgumentSpecValidator

from .._core.errors import BadInput, NxaiError
from .._core.wording import counted, printable, shortened
from .._engine.module import CONNECTION_SPEC, Resource, Task, reconcile
from .._models.catalogue import CatalogueResource
from .._models.model import ModelResource
from .._models.options import CATALOGUE_SPEC, MODEL_SPEC
from .._onnx.header import inspect_file
from .assignments import as_groups, has_untold, models_named
from .cloud import Cloud
from .compare import Comparison, Difference, compare
from .files import read_estate
from .reading import read_cloud, unknown_devices
from .records import Estate, Record, SiteState
from .report import as_result, lines_of_unknown
from .words import shown

_MOST_REASONS = 12
_WAIT = ("wait", "wait_timeout", "wait_interval")


def declared_in(path: str) -> Estate:
    found = read_estate(path)
    if found is None:
        advice = "Give the file or folder of an estate. ansible-playbook nxai.cloud.estate_export makes one."
        raise BadInput(f"Read the estate {printable(path)}", "nothing is there", advice)
    if found.interrupted:
        what = f"an export was interrupted, and may have left some files as they were ({printable(found.interrupted)})"
        advice = "Export again with nxai.cloud.estate_export. Or go back to the files of git, and delete that file."
        raise BadInput(f"Read the estate {printable(path)}", what, advice)
    return found.estate


def is_settled_here(difference: Difference) -> bool:
    """Whether to apply the file settles it. The others only a change of the file does, or ``prune``."""
    kind = difference.kind
    return kind in ("assignment", "catalogue_missing") or (kind.startswith("model_") and kind != "model_unlisted")


def lines(differences: Iterable[Difference]) -> list[str]:
    summary: list[str] = as_result(Comparison(tuple(differences)))["summary"]
    return summary


class Applying:
    """Options: those of the module ``nxai_estate``."""

    def __init__(self, task: Task) -> None:
        self._task = task
        self._estate = declared_in(task.options["path"])  # before anything is asked: it may be wrong
        self._given: Mapping[str, Any] = {name: path for name, path in task.options["files"].items() if path}
        self._files = {name: path for name, path in self._given.items() if isinstance(path, str)}
        self._cloud: Cloud = read_cloud(task)
        self._found = compare(self._estate, self._cloud)
        self._changed = False
        self._diffs: list[dict[str, Any]] = []
        self._done: list[str] = []

    def take_step(self) -> dict[str, Any]:
        """Catalogues and models, and what is left to assign."""
        todo = [each for each in self._found.differences if is_settled_here(each)]
        records = self._records(todo)
        self._refuse(todo, records)
        for each in todo:
            if each.kind == "catalogue_missing":
                self._keep(
                    f"catalogue {shown(each.about.name)}", CatalogueResource, CATALOGUE_SPEC, name=each.about.name
                )
        for record in records:
            self._keep(f"model {shown(record.name)}", ModelResource, MODEL_SPEC, **self._options_of(record))
        beside = [each for each in self._found.differences if not is_settled_here(each)]
        return {
            "changed": self._changed,
            "diff": self._diffs,
            "done": self._done,
            "differences": lines(todo),
            "beside": lines(beside),
            "not_known": [*as_result(self._found)["not_known"], *self._unknown_at(beside), *self._left_out(todo)],
            "assignments": self._found.assignments(),
            "whole": self._whole() if self._task.options["whole"] else [],
            "coming": sorted(each.name for each in records if not self._uuids(each)),
            "emptied": self._emptied(beside),
        }

    # What is to be done

    def _uuids(self, record: Record) -> list[str]:
        return self._cloud.model_names.uuids(record.key)

    def _records(self, todo: Iterable[Difference]) -> list[Record]:
        """The models of the file that are missing, or differ."""
        wrong = {each.about.uuid or each.about.name for each in todo if each.kind.startswith("model_")}
        return [each for each in self._estate.models if (self._uuids(each) or [each.key])[0] in wrong]

    def _options_of(self, record: Record) -> dict[str, Any]:
        found = self._cloud.models.get(next(iter(self._uuids(record)), ""))
        renamed = {"new_name": record.name} if found and record.name not in ("", found.name) else {}
        given = {name: self._task.options[name] for name in _WAIT}
        return {
            **record.options, **given, **renamed, "name": record.key, "catalogues_mode": "exact",
            "file": self._file_of(record),
        }  # fmt: skip

    def _file_of(self, record: Record) -> str | None:
        path = self._files.get(record.key) or self._files.get(record.name)
        return os.path.expanduser(path) if path else None

    def _whole(self) -> list[dict[str, Any]]:
        """What each device of the file is to have, whatever the cloud has. The same in each run with this file.

        Where the file does not know a setting, to assign it would write the default.
        """
        return as_groups(
            (site.id, nxid, device.pipelines)
            for site in self._estate.sites.values()
            for nxid, device in site.devices.items()
            if device.pipelines is not None and not has_untold(device.pipelines)
        )

    def _left_out(self, todo: Iterable[Difference]) -> list[str]:
        """Of a rollout: devices that differ, and of which the file does not say all."""
        untold = [each for each in todo if each.kind == "assignment" and has_untold(each.declared)]
        if not untold or not self._task.options["whole"]:
            return []
        names = shortened([each.about.label for each in untold], 3)
        return [
            f"{counted(len(untold), 'camera')} cannot be rolled out to in waves, as the file has null for a setting:"
            f" {names}. Write the value, or apply the estate without waves."
        ]

    def _emptied(self, beside: Iterable[Difference]) -> list[dict[str, Any]]:
        """With ``prune``, the devices of sites that the file does not have get nothing. What is not known stays."""
        if self._task.options["prune"] != "delete":
            return []
        sites = self._unlisted_sites(beside)
        found = {site.id: [nxid for nxid, each in site.devices.items() if each.pipelines] for site in sites}
        return [{"site": site, "devices": devices, "pipelines": []} for site, devices in found.items() if devices]

    def _unlisted_sites(self, beside: Iterable[Difference]) -> list[SiteState]:
        unlisted = [self._cloud.sites[each.about.site] for each in beside if each.kind == "site_unlisted"]
        return [each for each in unlisted if each not in self._perhaps_known(beside)]

    def _perhaps_known(self, beside: Iterable[Difference]) -> list[SiteState]:
        """Unlisted sites that may be one of the file under another id: set up anew, or an id written wrong."""
        gone = [self._estate.sites[each.about.site] for each in beside if each.kind == "site_missing"]
        names, devices = {each.name for each in gone if each.name}, {nxid for each in gone for nxid in each.devices}
        unlisted = [self._cloud.sites[each.about.site] for each in beside if each.kind == "site_unlisted"]
        return [each for each in unlisted if each.name in names or devices & each.devices.keys()]

    def _unknown_at(self, beside: Iterable[Difference]) -> list[str]:
        """With ``prune``, what stays as it is at sites that the file does not have."""
        if self._task.options["prune"] != "delete":
            return []
        why = "the file has this shop under another id, it seems: correct it there. Nothing is taken away"
        sites = [{"site": each.id, "name": each.name, "reason": why} for each in self._perhaps_known(beside)]
        return lines_of_unknown(sites, unknown_devices(self._unlisted_sites(beside)), [])

    # What speaks against it

    def _refuse(self, todo: Iterable[Difference], records: Iterable[Record]) -> None:
        todo, records = list(todo), list(records)
        reasons = [*self._unknown_files(), *self._not_to_be_made(todo)]
        for record in records:
            reasons += self._against(record, todo)
        reasons += self._catalogues_of_nobody(records)
        reasons += self._models_of_nobody(todo, {each.name for each in records if not self._uuids(each)})
        if reasons:
            more = f"; and {len(reasons) - _MOST_REASONS} more" if len(reasons) > _MOST_REASONS else ""
            advice = "Nothing was written. Correct the file, or say in estate_files where the files of models are."
            answer = "; ".join(reasons[:_MOST_REASONS]) + more
            raise BadInput("Apply the estate", answer, advice, result={"changed": False, "refused": reasons})

    def _unknown_files(self) -> list[str]:
        known = {each for record in self._estate.models for each in (record.name, record.key)}
        no_paths = [f"the file of {shown(each)} is no path" for each in self._given if each not in self._files]
        return no_paths + [
            f"a file is given for {shown(each)}, which is no model of the estate" for each in set(self._given) - known
        ]

    @staticmethod
    def _not_to_be_made(todo: Iterable[Difference]) -> list[str]:
        """The service chooses UUIDs, so that one of several with one name could not be told from the others."""
        return [
            f"the {each.kind.partition('_')[0]} {shown(each.about.name)} is not in the cloud, and is named by its UUID"
            for each in todo
            if each.kind in ("catalogue_missing", "model_missing") and each.about.uuid
        ]

    def _against(self, record: Record, todo: Iterable[Difference]) -> list[str]:
        path, name = self._file_of(record), shown(record.name)
        if path is None:
            sent = {"model_missing", "model_file"}
            key = (self._uuids(record) or [record.key])[0]
            needed = any(each.kind in sent and key == (each.about.uuid or each.about.name) for each in todo)
            return [f"the model {name} needs its file, and estate_files has none for it"] if needed else []
        mark = inspect_file(path)
        if record.file is not None and record.file != {"sha256": mark.sha256, "size": mark.size}:
            return [f"the file {printable(path)} is not the one that the estate has for {name}"]
        return []

    def _catalogues_of_nobody(self, records: Iterable[Record]) -> list[str]:
        declared = {name for each in self._estate.catalogues for name in (each.name, each.key)}
        return [
            f"the model {shown(each.name)} is to be in the catalogue {shown(name)}, which is neither in the cloud nor"
            " in the estate"
            for each in records
            for name in each.options.get("catalogues", ())
            if name not in declared and not self._cloud.catalogue_names.uuids(name)
        ]

    def _models_of_nobody(self, todo: Iterable[Difference], coming: set[str]) -> list[str]:
        missing: dict[str, list[str]] = {}
        for each in todo:
            for name in models_named(each.declared) if each.kind == "assignment" else ():
                if name not in coming and not self._cloud.model_names.uuids(name):
                    missing.setdefault(name, []).append(each.about.label)
        return [
            f"{counted(len(labels), 'camera')} would need the model {shown(name)}, which is neither in the cloud nor in"
            f" the estate ({shortened(labels, 3)})"
            for name, labels in missing.items()
        ]

    # Do it

    def _keep(self, what: str, make: Callable[[Task], Resource], spec: Mapping[str, Any], **options: Any) -> None:
        result = kept(self._task, what, make, spec, options, self._changed)
        self._changed = self._changed or result["changed"]
        if result["changed"]:
            self._done.append(what)
            self._diffs.append(result["diff"])


def kept(
    task: Task,
    what: str,
    make: Callable[[Task], Resource],
    spec: Mapping[str, Any],
    options: Mapping[str, Any],
    changed: bool = False,
) -> dict[str, Any]:
    """One thing kept as declared, as its own module does it. ``changed``: whether something was written before."""
    given = {name: value for name, value in options.items() if value is not None and name in spec}
    shared = {name: value for name, value in options.items() if name in CONNECTION_SPEC}  # the customization of a model
    checked = ArgumentSpecValidator(dict(spec)).validate(given)
    if checked.error_messages:
        raise BadInput(f"Apply the {what}", "; ".join(checked.error_messages), "Correct the file of the estate.")
    own = replace(task, options={**task.options, **checked.validated_parameters, **shared})
    try:
        return reconcile(make(own), task.check_mode, True)
    except NxaiError as error:
        raise replace(
            error, result={**error.result, "changed": changed or error.result.get("changed", False)}
        ) from None
