# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Desired and found -> plan, for one named object (a model, a catalogue). Pure: no request is made here."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

Action = Literal["none", "create", "update", "delete"]


@dataclass(frozen=True)
class Field:
    """One declaration for one option: its argument spec, its place in the API object, and how values translate.

    ``wire`` is the path into the API object, for example ``("InputDriverDetails", "means")``. ``decode`` gives None for
    what the option cannot say. With ``merge`` the option is a dictionary, of which only the keys declared count.
    """

    option: str
    wire: tuple[str, ...]
    spec: Mapping[str, Any]
    encode: Callable[[Any], Any] = lambda value: value
    decode: Callable[[Any], Any] = lambda value: value
    merge: bool = False


@dataclass(frozen=True)
class Plan:
    """What is to be done with one object, and how it looks before and after in the words of the options."""

    action: Action
    before: dict[str, Any] = field(default_factory=dict)
    after: dict[str, Any] = field(default_factory=dict)
    send: dict[str, Any] = field(default_factory=dict)

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


def same(one: Any, other: Any) -> bool:
    """Equality, but numbers may have passed through 32-bit floats on their way."""
    if isinstance(one, float) or isinstance(other, float):
        numbers = all(isinstance(each, (int, float)) and not isinstance(each, bool) for each in (one, other))
        return numbers and math.isclose(one, other, rel_tol=1e-6)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(same, one, other))
    return bool(one == other)


def view(fields: Iterable[Field], raw: Mapping[str, Any]) -> dict[str, Any]:
    """An API object in the words of the options, so that it can be given back to the module."""
    return {each.option: each.decode(value_at(raw, each.wire)) for each in fields}


def plan_object(
    fields: Iterable[Field],
    found: Mapping[str, Any] | None,
    desired: Mapping[str, Any],
    defaults: Mapping[str, Any] | None = None,
) -> Plan:
    """Plan to make one object what is declared.

    ``found`` is the API object or None, ``desired`` maps option names to values (None means: not declared, leave
    it), and ``defaults`` is the API object that creation starts from. ``send`` holds whole top-level keys of the
    API object, and only those that differ: a nested value travels with its neighbours, so that none is reset.
    """
    base: Mapping[str, Any] = (defaults or {}) if found is None else found
    target: dict[str, Any] = dict(base)
    before: dict[str, Any] = {}
    after: dict[str, Any] = {}
    for each in fields:
        wanted = desired.get(each.option)
        if wanted is None:
            continue
        now = each.decode(value_at(base, each.wire)) if found is not None else None
        if each.merge:
            wanted = {**(now or {}), **wanted}
        if same(now, wanted):
            continue
        before[each.option], after[each.option] = now, wanted
        if each.merge:
            for key, value in wanted.items():
                target = with_value_at(target, (*each.wire, key), value)
        else:
            target = with_value_at(target, each.wire, each.encode(wanted))
    if found is None:
        return Plan("create", {}, after, target)
    send = {key: value for key, value in target.items() if key not in found or found[key] != value}
    return Plan("update" if after else "none", before, after, send)
