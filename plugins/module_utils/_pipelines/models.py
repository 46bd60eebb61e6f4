# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The models that pipelines may use."""

from __future__ import annotations

from collections.abc import Iterable

from .._api.compute import ALL_AVAILABLE, ComputeApi
from .._api.records.records import Model
from .._engine.lookup import Index


class Models:
    """All models that the account may use, listed where they are first needed.

    A listing can be behind: what is not there is looked for once more.
    """

    def __init__(self, compute: ComputeApi) -> None:
        self._compute = compute
        self._index: Index[Model] | None = None
        self._looked_again = False

    @property
    def index(self) -> Index[Model]:
        """As listed, so that a model may be missing."""
        if self._index is None:
            self._index = Index(self._compute.list_models(catalogue=ALL_AVAILABLE), "model")
        return self._index

    @property
    def names(self) -> dict[str, str]:
        """By UUID, of what is listed already: no request is made for names."""
        return {each.uuid: each.name for each in self._index.records} if self._index else {}

    def find(self, wanted: str) -> Model:
        """By name or UUID. Raises BadInput where there is none."""
        self._look_for([wanted])
        return self.index.find(wanted)

    def find_or_none(self, wanted: str) -> Model | None:
        self._look_for([wanted])
        return self.index.find_or_none(wanted)

    def by_uuid(self, wanted: Iterable[str]) -> dict[str, Model]:
        """Those that there are, by the UUIDs as given."""
        wanted = list(wanted)
        self._look_for(wanted)
        found = {uuid: self.index.find_or_none(uuid) for uuid in wanted}
        return {uuid: model for uuid, model in found.items() if model}

    def _look_for(self, wanted: Iterable[str]) -> None:
        if self._looked_again or all(self.index.find_or_none(each) for each in wanted):
            return
        self._looked_again, first = True, self.index.records
        self._index = None
        self._index = Index([*self.index.records, *first], "model")
