# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Desired and found -> plan, for one named object (a model, a catalogue). Pure: no request is made here."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Literal

Action = Literal["none", "create", "update", "delete"]


def same(one: Any, other: Any) -> bool:
    """Equality, but numbers may have passed through 32-bit floats on their way."""
    if isinstance(one, float) or isinstance(other, float):
        numbers = all(isinstance(each, (int, float)) and not isinstance(each, bool) for each in (one, other))
        return numbers and math.isclose(one, other, rel_tol=1e-6)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(same, one, other))
    return bool(one == other)


@dataclass(frozen=True)
class Field:
    """One declaration for one option: its argument spec, its place in the API object, and how values translate.

    ``wire`` is the path into the API object, for example ``("InputDriverDetails", "means")``. ``decode`` gives None for
    what the option cannot say. With ``merge`` the option is a dictionary, of which only the keys declared count.
    ``shape``: a value of another one says nothing. ``beside``: what each object that this one is in has, and what
    understands that; without those it is shown in part only, and what is missing in it may be there all the same.
    ``alike``: whether two are the same.
    """

    option: str
    wire: tuple[str, ...]
    spec: Mapping[str, Any]
    encode: Callable[[Any], Any] = lambda value: value
    decode: Callable[[Any], Any] = lambda value: value
    merge: bool = False
    shape: type = object
    beside: Mapping[str, Callable[[Any], Any]] = field(default_factory=dict)
    alike: Callable[[Any, Any], bool] = same

    def is_shown(self, raw: Mapping[str, Any], wanted: Any) -> bool:
        """Whether the object says what this is, be it that there is none. What is not shown is not known."""
        value: Any = raw
        for depth, key in enumerate(self.wire):
            if not isinstance(value, Mapping) or (key not in value and not (depth and self.is_whole(value))):
                return False
            value = value.get(key)
        if self.merge:
            return isinstance(value, Mapping) and (self.is_whole(value) or set(wanted) <= set(value))
        return isinstance(value, self.shape)

    def is_whole(self, container: Mapping[str, Any]) -> bool:
        return all(map(partial(self.is_told, container), self.beside))

    def is_told(self, container: Mapping[str, Any], key: str) -> bool:
        """Whether the object says what it has of that name, be it in a way that no option can say."""
        understood = self.beside.get(key)
        return key in container and (understood is None or understood(container[key]) not in (None, []))


@dataclass(frozen=True)
class Plan:
    """What is to be done with one object, and how it looks before and after in the words of the options.

    ``unknown``: options whose values the object does not show, so that nothing is done about them. ``endangered``:
    those that would be lost, since they go with what is to be sent, and are neither shown nor declared.
    """

    action: Action
    before: dict[str, Any] = field(default_factory=dict)
    after: dict[str, Any] = field(default_factory=dict)
    send: dict[str, Any] = field(default_factory=dict)
    unknown: tuple[str, ...] = ()
    endangered: tuple[str, ...] = ()

    @property
    def changed(self) -> bool:
        return self.action != "none"

    def diff(self, header: str) -> dict[str, Any]:
        return {"before": self.before, "after": self.after, "before_header": header, "after_header": header}


def value_at(raw: Mapping[str, Any], path: Iterable[str]) -> Any:
    """The value at a path of an API object, or None where any step is missing or of another shape."""
    value: Any = raw
    for key in path:
        value = value.get(key) if isinstance(value, Mapping) else None
    return value


def with_value_at(raw: Mapping[str, Any], path: tuple[str, ...], value: Any) -> dict[str, Any]:
    """A copy of an API object with one value set; whatever stands beside it is kept."""
    key, rest = path[0], path[1:]
    if not rest:
        return {**raw, key: value}
    inner = raw.get(key)
    return {**raw, key: with_value_at(inner if isinstance(inner, Mapping) else {}, rest, value)}


def view(fields: Iterable[Field], raw: Mapping[str, Any]) -> dict[str, Any]:
    """An API object in the words of the options, so that it can be given back to the module."""
    return {each.option: each.decode(value_at(raw, each.wire)) for each in fields}


def plan_object(
    fields: Sequence[Field],
    found: Mapping[str, Any] | None,
    desired: Mapping[str, Any],
    defaults: Mapping[str, Any] | None = None,
    force: bool = False,
) -> Plan:
    """Plan to make one object what is declared.

    ``found`` is the API object or None, ``desired`` maps option names to values (None means: not declared, leave
    it), and ``defaults`` is the API object that creation starts from. ``send`` holds whole top-level keys of the
    API object, and only those that differ: a nested value travels with its neighbours, so that none is reset.
    With ``force`` a value that is not shown is sent too, where nothing can be lost by that.
    """
    declared = [each for each in fields if desired.get(each.option) is not None]
    base: Mapping[str, Any] = (defaults or {}) if found is None else found
    target: dict[str, Any] = dict(base)
    before: dict[str, Any] = {}
    after: dict[str, Any] = {}
    unknown: list[Field] = []
    endangered: dict[str, None] = {}
    for each in declared:
        wanted, now, lost = desired[each.option], None, []
        if found is not None:
            now, lost = each.decode(value_at(base, each.wire)), _lost_with(each, fields, found, desired)
            if not each.is_shown(found, wanted) and (lost or not force):
                unknown.append(each)
                continue
        if each.merge:
            wanted = {**(now or {}), **wanted}
        if each.alike(now, wanted):
            continue
        endangered.update(dict.fromkeys(lost))
        before[each.option], after[each.option] = now, wanted
        target = _with_wanted(target, each, wanted)
    if found is None:
        return Plan("create", {}, after, target)
    send = {key: value for key, value in target.items() if key not in found or found[key] != value}
    for each in [each for each in unknown if each.wire[0] in send and not each.merge]:  # else it would be lost
        unknown.remove(each)
        before[each.option], after[each.option] = None, desired[each.option]
        send = _with_wanted(send, each, desired[each.option])
    names = tuple(each.option for each in unknown)
    return Plan("update" if after else "none", before, after, send, names, tuple(endangered))


def _with_wanted(target: dict[str, Any], each: Field, wanted: Any) -> dict[str, Any]:
    if not each.merge:
        return with_value_at(target, each.wire, each.encode(wanted))
    for key, value in wanted.items():
        target = with_value_at(target, (*each.wire, key), value)
    return target


def _lost_with(
    changed: Field, fields: Sequence[Field], found: Mapping[str, Any], desired: Mapping[str, Any]
) -> list[str]:
    """The options that would be lost if this one were sent, since a nested object goes out whole."""
    if changed.merge and not isinstance(value_at(found, changed.wire), Mapping):
        return [changed.option]
    container = value_at(found, changed.wire[:1])
    shown = container if isinstance(container, Mapping) else {}
    if (len(changed.wire) == 1 and not changed.merge) or (shown and changed.is_whole(shown)):
        return []
    inside = [each for each in fields if each.wire[:1] == changed.wire[:1] and len(each.wire) > 1]
    silent = (each for each in inside if not each.is_told(shown, each.wire[1]))
    return [each.option for each in silent if desired.get(each.option) is None]
