# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which catalogues a model is in. They are a member of the model, which a write replaces as a whole (contract B6)."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import replace
from typing import Any

from .._api.compute import ComputeApi
from .._api.contract.contract import Contract
from .._api.records.records import Catalogue, Model
from .._core.errors import BadInput, Refused
from .._core.values import folded, is_uuid
from .._engine.lookup import Index
from .._engine.reconcile import Plan

TURNS = 3  # writes of one membership, where other runs write at the same time


class Memberships:
    """Read through one listing of the catalogues: a service may show them by name.

    Where it does not show them with the model, the listing of each catalogue says which models are in it.
    """

    def __init__(
        self,
        compute: ComputeApi,
        contract: Contract,
        catalogues: Iterable[Catalogue],
        warn: Callable[[str], None] = lambda _text: None,
    ) -> None:
        self._compute = compute
        self._contract = contract
        self._warn = warn
        self._keep(catalogues)
        self._hidden: set[str] = set()  # models of which no view shows their catalogues
        self._inside: dict[str, set[str]] | None = None  # the models of each catalogue, as the listings say
        self._by_catalogue: bool | None = None  # whether a listing can be asked for one catalogue

    def _keep(self, catalogues: Iterable[Catalogue]) -> None:
        self.catalogues = Index(catalogues, "catalogue")
        self.names = {each.uuid: each.name for each in self.catalogues.records}
        by_name: dict[str, list[str]] = {}
        for each, name in self.names.items():
            by_name.setdefault(name, []).append(each)
        self._uuids = {name: uuids[0] for name, uuids in by_name.items() if len(uuids) == 1}

    def of(self, model: Model) -> list[str] | None:
        """The UUIDs of its catalogues, or None where the service does not show them."""
        shown = model.catalogue_uuids
        if shown is None:
            return self._by_listing(model) if model.uuid in self._hidden else None
        return [each if each in self.names else self._uuids.get(each, each) for each in shown]

    def ask_catalogues(self, models: Iterable[Model]) -> None:
        """Of these no view shows their catalogues: the listings of those are to say it."""
        self._hidden |= {each.uuid for each in models if each.catalogue_uuids is None}

    def declared(
        self, options: Mapping[str, Any], model: Model | None, header: str, check_mode: bool, sent: Iterable[str] = ()
    ) -> list[str]:
        """The UUIDs that a model is to have: in the order found, then as declared.

        In check mode, a name that is not there yet stays a name. ``sent``: those that it was put into by this task,
        with those that it was in before.
        """
        wanted = [self._found(name, header, check_mode) for name in options["catalogues"]]
        current = (self.of(model) if model else None) or []
        kept = [
            each
            for each in dict.fromkeys((*current, *sent))
            if options["catalogues_mode"] == "append" or each in wanted
        ]
        return kept + [each for each in dict.fromkeys(wanted) if each not in kept]

    def _found(self, name: str, header: str, check_mode: bool) -> str:
        catalogue = self.catalogues.find_or_absent(name)
        if catalogue is None:  # a listing can be behind
            self._keep(self._compute.list_catalogues())
            catalogue = self.catalogues.find_or_absent(name)
        if catalogue is None and (is_uuid(name) or not check_mode):
            raise BadInput(
                f"put the {header} into the catalogue {name}",
                "there is no such catalogue",
                "Create it first with nxai_catalogue, or correct the name.",
            )
        return catalogue.uuid if catalogue else name

    def named(self, plan: Plan) -> Plan:
        """The same plan with catalogues shown by name."""

        def shown(side: dict[str, Any]) -> dict[str, Any]:
            if not side.get("catalogues"):
                return side
            return {**side, "catalogues": [self.names.get(each, each) for each in side["catalogues"]]}

        return replace(plan, before=shown(plan.before), after=shown(plan.after))

    def with_new(self, model: Model, come: Iterable[str], go: Collection[str] = ()) -> list[str]:
        """What to send to put a model into catalogues, and to take it out of others.

        It is looked at for that once more, as another run may have changed it. That view can be behind the one before,
        so what either has shown stays: one too many is no loss. Raises BadInput where it is not known what the model
        is in: those would be lost.
        """
        before, now = self.of(model), self.now(model)
        if now is None:
            raise self.not_known(model)
        missing = [self.names.get(each, each) for each in before or () if each not in (*now, *come, *go)]
        if missing:
            self._warn(
                f"The model {model.name} was listed in {', '.join(missing)}, and a moment later it is not shown there. "
                "It is sent as in there: one of the views may be behind. "
                f"{self._contract.hint('fields.model.catalogues')}"
            )
        shown = [each for each in dict.fromkeys([*now, *(before or ()), *come]) if each not in go]
        return [*shown, *self._in_others(model, {*shown, *go})]

    def _in_others(self, model: Model, known: Collection[str]) -> list[str]:
        """Those whose own listing has the model, though no view of it shows them: they would be lost."""
        others = [each for each in self.names if each not in known and self._lists(each, model)]
        if not others or not self._is_of_one():
            return []
        self._warn(
            f"No view of the model {model.name} shows {', '.join(self.names[each] for each in others)}, and the listing"
            " of that catalogue has it. It is sent as in there. "
            f"{self._contract.hint('fields.model.catalogues')}"
        )
        return others

    def hidden_in(self, catalogue: str, shown: Collection[Model]) -> list[Model]:
        """Of the models in its own listing those that do not show it. They would go with the catalogue."""
        try:
            listed = self._compute.list_models(catalogue)
        except Refused:
            return []
        hidden = [each for each in listed if each.uuid not in {one.uuid for one in shown}]
        return hidden if hidden and self._is_of_one() else []

    def contradicted(self, model: Model, wanted: Iterable[str]) -> list[str]:
        """Whose own listing does not have it, in words. Asked where a contract says which catalogues it is in."""
        if "model.catalogues" not in self._contract.fields:
            return []
        missing = [self.names[each] for each in wanted if each in self.names and not self._lists(each, model)]
        return [f"the listing of {each} does not have it" for each in missing if self._is_of_one()]

    def _lists(self, catalogue: str, model: Model) -> bool:
        try:
            return any(each.uuid == model.uuid for each in self._compute.list_models(catalogue))
        except Refused:
            return False

    def now(self, model: Model) -> list[str] | None:
        """What one model is in at this moment, or None where neither of its views shows it."""
        self.forget()
        single = self._compute.get_model(model.uuid)
        if single is not None and single.catalogue_uuids is not None:
            return self.of(single)
        listed = next((each for each in self._compute.list_models() if each.uuid == model.uuid), single)
        if listed is None:
            return None
        self.ask_catalogues([listed])
        return self.of(listed)

    def forget(self) -> None:
        """After a write, what the listings of catalogues said before does not count."""
        self._inside = None

    def not_known(self, model: Model) -> BadInput:
        return BadInput(
            f"change the catalogues of the model {model.name}",
            "the service does not show which catalogues it is in, and those that are not sent would be lost",
            "Put it there in the portal; or name all of its catalogues with nxai_model and catalogues_mode: exact. "
            + self._contract.hint("fields.model.catalogues"),
        )

    def _by_listing(self, model: Model) -> list[str] | None:
        if not self._is_of_one():
            return None
        if self._inside is None:
            self._inside = {each: {one.uuid for one in self._compute.list_models(each)} for each in self.names}
        others = folded(model.raw).get("customization") not in (None, "", self._compute.brand)
        if others or (self.names and not any(self._inside.values())):
            return (
                None  # it is asked for one brand; and that no catalogue has any model may be a listing without effect
            )
        self._say()
        return [each for each, models in self._inside.items() if model.uuid in models]

    def _is_of_one(self) -> bool:
        if self._by_catalogue is None:
            self._by_catalogue = self._can_ask()
        return self._by_catalogue

    def _can_ask(self) -> bool:
        """Whether the listing of one catalogue is of that one: that of a catalogue that nobody has must be empty."""
        try:
            return not self._compute.list_models(str(uuid.uuid4()))
        except Refused:
            return True

    def _say(self) -> None:
        """Once."""
        warn, self._warn = self._warn, lambda _text: None
        warn(
            "The service does not show which catalogues a model is in. So the models of each catalogue are listed, "
            f"of those that you may see. {self._contract.hint('fields.model.catalogues')}"
        )
