# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Desired and found -> plan, for the assignments of many devices. Pure: no request is made here."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, Literal

from .._api.records.pipeline import Assignment, Pipeline, models_of
from .._api.records.records import Device, Site
from .._core.values import identity
from .._core.wording import counted, printable, shortened
from .readback import compare

State = Literal["present", "exact", "absent"]


def merge(found: Assignment, declared: Sequence[Mapping[str, Any]], state: State) -> Assignment:
    """The assignment that a device is to have.

    The n-th declared pipeline of a model stands for the n-th found one. ``present`` changes what is declared and keeps
    the rest and its order; ``exact`` makes the list what is declared, with defaults for what is left out; ``absent``
    takes out every pipeline of the declared models. Keys that are not understood are kept in each case.
    """
    if state == "absent":
        models = {Pipeline.new(each).model for each in declared}
        return tuple(each for each in found if each.model not in models)
    places: dict[str, list[int]] = defaultdict(list)
    for index, pipeline in enumerate(found):
        places[pipeline.model].append(index)
    result = list(found) if state == "present" else []
    for each in declared:
        new = Pipeline.new(each)
        place = places[new.model].pop(0) if places[new.model] else None
        if place is None:
            result.append(new)
        elif state == "present":
            result[place] = found[place].with_option(each)
        else:
            result.append(found[place].with_option(new.to_option()))
    return tuple(result)


def swap(found: Assignment, old: Collection[str], new: str) -> Assignment:
    """The assignment with one model in place of others, in chains too, and every other setting as it was.

    Where that makes one model of several, the one that comes first stays, with its settings, and the others go.
    """
    if set(models_of(found)).isdisjoint(old):
        return found
    stays = next((each.model for each in found if each.model == new or each.model in old), new)
    kept = [each for each in found if each.model == stays or each.model not in (*old, new)]
    return tuple(each.with_models(lambda model: new if identity(model) in old else model) for each in kept)


@dataclass(frozen=True)
class DeviceChange:
    """One device of one site, with its assignment before and after.

    Where the device does not say what it has (``device.assignment`` is None), ``before`` is only an assumption.
    ``forced``: it is sent whatever the device reports, as something that was sent before may still arrive.
    """

    site: Site
    device: Device
    before: Assignment
    after: Assignment
    restored: bool = False  # from a snapshot: the service showed it all once
    forced: bool = False

    @property
    def shown(self) -> Assignment:
        """All that the service is known to have shown of this device."""
        return (*self.before, *self.after) if self.restored else self.before

    @property
    def key(self) -> tuple[str, str]:
        return self.site.id, self.device.id

    @cached_property
    def changed(self) -> bool:
        return self.forced or self.before != self.after

    @cached_property
    def unseen(self) -> bool:
        """It reports already what it is sent all the same, so that no look says whether that has arrived."""
        return self.forced and compare(self.after, self.before) is not None

    @property
    def label(self) -> str:
        return f"{self.device.label} at site {self.site.label}"

    @property
    def new_models(self) -> list[str]:
        before = models_of(self.before)
        return [model for model in models_of(self.after) if model not in before]


@dataclass(frozen=True)
class Batch:
    """Devices of one site that are to end equal: one PUT."""

    site: Site
    changes: tuple[DeviceChange, ...]

    @property
    def after(self) -> Assignment:
        return self.changes[0].after

    def only(self, changes: Iterable[DeviceChange]) -> Batch:
        """The same for some of its devices."""
        return Batch(self.site, tuple(changes))

    def parts(self, size: int) -> list[Batch]:
        """The same devices in PUTs of at most ``size``."""
        starts = range(0, len(self.changes), size)
        return [self.only(self.changes[start : start + size]) for start in starts]


@dataclass(frozen=True)
class AssignmentPlan:
    """The changes of all devices of a task, and the names of models and sites by id, as far as they are known."""

    changes: tuple[DeviceChange, ...]
    model_names: Mapping[str, str] = field(default_factory=dict)
    site_names: Mapping[str, str] = field(default_factory=dict)

    @property
    def changed(self) -> bool:
        return any(each.changed for each in self.changes)

    def without(self, keys: Collection[tuple[str, str]]) -> AssignmentPlan:
        """The same for the other devices."""
        return replace(self, changes=tuple(each for each in self.changes if each.key not in keys))

    def diff(self, header: str) -> dict[str, Any]:
        """A diff for people: one block for each different change, with the devices that it is for."""
        groups: dict[tuple[str, str], list[DeviceChange]] = defaultdict(list)
        for each in self.changes:
            if each.changed:
                groups[_key(each.before), _key(each.after)].append(each)
        blocks = [self._block(group) for group in groups.values()]
        return {"prepared": "\n".join([f"{header}:", *blocks, ""])} if blocks else {"prepared": ""}

    def _block(self, group: Sequence[DeviceChange]) -> str:
        sites: dict[str, list[str]] = defaultdict(list)
        for each in group:
            sites[printable(self.site_names.get(each.site.id) or each.site.id)].append(printable(each.device.label))
        lines = [f"{counted(len(group), 'device')}:"]
        before = [self._describe(each) for each in group[0].before]
        after = [self._describe(each) for each in group[0].after]
        lines += [f"  - {each}" for each in (Counter(before) - Counter(after)).elements()]
        lines += [f"  + {each}" for each in (Counter(after) - Counter(before)).elements()]
        if Counter(before) == Counter(after):
            what = "order" if group[0].before != group[0].after else "sent again"
            lines.append(f"  {what}: {', then '.join(after)}")
        lines += [f"    {site}: {shortened(names)}" for site, names in sites.items()]
        return "\n".join(lines)

    def _describe(self, pipeline: Pipeline) -> str:
        name = self.model_names.get(pipeline.model)
        options = {
            key: value for key, value in pipeline.to_option().items() if key != "model" and value not in ("", [], {})
        }
        settings = " ".join(f"{key}={json.dumps(value, sort_keys=True)}" for key, value in options.items())
        return f"{printable(name)} ({pipeline.model}) {settings}" if name else f"{pipeline.model} {settings}"


def batches(changes: Iterable[DeviceChange], size: int) -> dict[str, list[Batch]]:
    """By site: as few PUTs as there are different results, each for at most ``size`` devices, in stable order.

    A PUT of several may leave one out and be answered as well. Where no look could tell that, each device is alone.
    """
    groups: dict[tuple[str, str, bool], list[DeviceChange]] = defaultdict(list)
    for each in (each for each in changes if each.changed):
        groups[each.site.id, _key(each.after), each.unseen].append(each)
    found: dict[str, list[Batch]] = defaultdict(list)
    for group in groups.values():
        found[group[0].site.id] += Batch(group[0].site, tuple(group)).parts(1 if group[0].unseen else size)
    return found


def _key(assignment: Assignment) -> str:
    return json.dumps([each.to_wire() for each in assignment], sort_keys=True)
