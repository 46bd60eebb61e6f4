# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Own models and catalogues that the files of an estate do not name. They go only where certainly nothing uses them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from .._api.records.records import Catalogue
from .._core.errors import BadInput, NxaiError
from .._core.values import identity
from .._engine.module import Task
from .._models.catalogue import CatalogueResource
from .._models.model import ModelResource
from .._models.options import CATALOGUE_SPEC, MODEL_SPEC
from .._models.usage import Use, find_use, named
from .applying import declared_in, is_settled_here, kept, lines
from .compare import Difference, compare
from .reading import read_cloud
from .words import shown


class Pruning:
    """Options: those of the module ``nxai_estate``. ``kept``: what stays, with the reason."""

    def __init__(self, task: Task) -> None:
        self._task = task
        estate = declared_in(task.options["path"])
        self._found = compare(estate, read_cloud(task))
        self._changed = False
        self._deleted: list[str] = []
        self._diffs: list[dict[str, Any]] = []
        self._kept: list[str] = []

    def take_step(self) -> dict[str, Any]:
        if self._task.options["prune"] == "delete":
            self._models(self._unlisted("model"))
            self._catalogues(self._unlisted("catalogue"))
        return {
            "changed": self._changed,
            "diff": self._diffs,
            "deleted": self._deleted,
            "kept": self._kept,
            "differences": lines(each for each in self._found.differences if is_settled_here(each)),
        }

    def _unlisted(self, kind: str) -> list[Difference]:
        found = [each for each in self._found.differences if each.kind == f"{kind}_unlisted"]
        for each in found:
            if not each.own:
                self._keep(each, "it is not known whose it is")
        return [each for each in found if each.own]

    def _models(self, candidates: Sequence[Difference]) -> None:
        use, why = self._use(candidates)
        needed = {identity(each) for each in self._task.options["needed"]}
        for each in candidates:
            devices = use.devices.get(each.about.uuid, []) if use else []
            if devices:
                self._keep(each, f"it is in use ({named(devices)})")
            elif each.about.uuid in needed:
                self._keep(each, "a rollout may have to give it back")
            elif why:
                self._keep(each, f"it is not known whether it is in use: {why}")
            else:
                self._delete(each, ModelResource, MODEL_SPEC)

    def _use(self, candidates: Sequence[Difference]) -> tuple[Use | None, str]:
        """Which devices use them, and why that is not all that there is to know; "" where it is."""
        if not candidates:
            return None, ""
        try:
            use = find_use(self._task.client.device, [each.about.uuid for each in candidates])
        except NxaiError as error:
            return None, str(error)
        unread = [f"{shown(each['name'] or each['site'])}: {each['reason']}" for each in use.unread]
        return use, "; ".join(unread[:3]) or (f"{named(use.unknown)} do not say what they run" if use.unknown else "")

    def _catalogues(self, candidates: Iterable[Difference]) -> None:
        there: Mapping[str, Catalogue] = {}
        for each in candidates:
            there = there or {one.uuid: one for one in self._task.client.compute.list_catalogues()}
            found = there.get(each.about.uuid)
            if found is not None and found.shared_with is None:
                self._keep(
                    each, "the service does not show whether it is shared. Look, and delete it with nxai_catalogue"
                )
            elif found is not None and found.shared_with:
                names = ", ".join(shown(one.label) for one in found.shared_with[:3])
                self._keep(each, f"it is shared with {names}")
            else:
                self._delete(each, CatalogueResource, CATALOGUE_SPEC)

    def _delete(self, about: Difference, make: Any, spec: Mapping[str, Any]) -> None:
        what = self._what(about)
        options = {"name": about.about.uuid, "state": "absent"}
        try:
            result = kept(self._task, what, make, spec, options, self._changed)
        except BadInput as error:  # it is used after all
            self._keep(about, error.answer)
            return
        self._changed = self._changed or result["changed"]
        self._diffs.append(result["diff"])
        self._deleted.append(what)

    def _keep(self, about: Difference, why: str) -> None:
        self._kept.append(f"{self._what(about)}: {why}")

    @staticmethod
    def _what(about: Difference) -> str:
        return f"{about.kind.partition('_')[0]} {shown(about.about.name)}"
