# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which catalogues a model is in. They are a member of the model, which a write replaces as a whole (contract B6)."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from .._api.compute import ComputeApi
from .._api.contract import Contract
from .._api.records import Catalogue, Model
from .._core.errors import BadInput
from .._engine.lookup import Index

TURNS = 3  # writes of one membership, where other runs write at the same time


class Memberships:
    """Read through one listing of the catalogues: a service may show them by name."""

    def __init__(self, compute: ComputeApi, contract: Contract, catalogues: Iterable[Catalogue]) -> None:
        self._compute = compute
        self._contract = contract
        self.catalogues = Index(catalogues, "catalogue")
        self.names = {each.uuid: each.name for each in self.catalogues.records}
        by_name: dict[str, list[str]] = {}
        for uuid, name in self.names.items():
            by_name.setdefault(name, []).append(uuid)
        self._uuids = {name: uuids[0] for name, uuids in by_name.items() if len(uuids) == 1}

    def of(self, model: Model) -> list[str] | None:
        """The UUIDs of its catalogues, or None where the service does not show them."""
        shown = model.catalogue_uuids
        return (
            None if shown is None else [each if each in self.names else self._uuids.get(each, each) for each in shown]
        )

    def with_new(self, model: Model, come: Iterable[str], go: Collection[str] = ()) -> list[str]:
        """What to send to put a model into catalogues, and to take it out of others.

        It is looked at for that once more, as another run may have changed it. Raises BadInput where it is not known
        what the model is in: those would be lost.
        """
        now = self.now(model)
        if now is None:
            raise self.not_known(model)
        return [each for each in dict.fromkeys([*now, *come]) if each not in go]

    def now(self, model: Model) -> list[str] | None:
        """What one model is in at this moment, or None where neither of its views shows it."""
        single = self._compute.get_model(model.uuid)
        shown = self.of(single) if single else None
        if shown is None:
            shown = next((self.of(each) for each in self._compute.list_models() if each.uuid == model.uuid), None)
        return shown

    def not_known(self, model: Model) -> BadInput:
        return BadInput(
            f"change the catalogues of the model {model.name}",
            "the service does not show which catalogues it is in, and those that are not sent would be lost",
            "Put it there in the portal; or name all of its catalogues with nxai_model and catalogues_mode: exact. "
            + self._contract.hint("fields.model.catalogues"),
        )
