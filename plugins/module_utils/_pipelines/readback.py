# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whether what a device reports is what was sent to it, by what it means and not by how it is written. Pure."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from .._api.contract.lines import WIRE_NAMES, hint
from .._api.records.pipeline import PROCESSORS, Assignment, Pipeline, is_told, processor_name, understood_number
from .._core.values import flag, identity
from .._core.wording import shortened

_EMPTY: tuple[Any, ...] = (None, "", [])
_OF_PIPELINES = ("", "chains")  # where what is compared are pipelines, and not what is in one
_WITHOUT_CASE = "resizingMethod"
ADDS = (
    "the service adds what is sent to what was there, in place of replacing it. So some of it is there twice: take that"
    f" away in the portal. {hint('operations.put_pipelines.method')}"
)
_MOST_JSON = 300  # characters of an assignment in a reason


def compare(
    sent: Assignment, reported: Assignment, hidden: set[str] | None = None, shown: Assignment = ()
) -> str | None:
    """None where something else is reported. Otherwise "", or in words what the service shows in another way.

    The keys of what was sent and is not shown are added to ``hidden``. One that was ``shown`` before is lost, and not
    hidden: then something else is reported.
    """
    return _compare(sent, reported, hidden, shown)[0]


def lost_keys(sent: Assignment, reported: Assignment, shown: Assignment) -> list[str]:
    """The keys that were shown before, were sent, and are not reported, where all else is as it was sent."""
    return _compare(sent, reported, None, shown)[1]


def keeps(sent: Assignment, shown: Assignment, before: Assignment) -> bool:
    """Whether something that a device showed goes back to it: a key that is not known, or a pipeline as it is now."""
    return bool(carried_keys(sent, shown)) or any(each in before for each in sent)


def carried_keys(sent: Assignment, shown: Assignment) -> set[str]:
    """The keys that are not known, which a device showed, and which go back to it."""
    known = WIRE_NAMES.values()
    found = {
        key for each in sent for key, value in each.wire.items() if value not in _EMPTY and not is_told(key, value)
    }
    return {key for key in found.difference(known) if any(key in each.wire for each in shown)}


def _compare(
    sent: Assignment, reported: Assignment, hidden: set[str] | None, shown: Assignment
) -> tuple[str | None, list[str]]:
    if len(sent) != len(reported):
        return None, []
    left = list(enumerate(reported))
    notes, in_order = _Notes(), True
    lost: list[str] = []
    for place, pipeline in enumerate(sent):
        found = _nearest(pipeline, place, left)
        if found is None:
            return None, []
        left.remove(found)
        in_order = in_order and found[0] == place
        so_far = len(notes.missing)
        notes.same(pipeline.wire, found[1].wire, "")
        lost += _lost(pipeline, notes.missing[so_far:], shown)
    if lost:
        return None, list(dict.fromkeys(lost))
    if hidden is not None:
        hidden.update(notes.missing)
    return notes.as_text(in_order), []


def _lost(sent: Pipeline, missing: Sequence[str], shown: Assignment) -> Iterator[str]:
    """Those that were shown: of this model, or where it is a key that is not known, of any pipeline of the device.

    A known one may be left out of a model that has no use for it.
    """
    known = WIRE_NAMES.values()
    for key in missing:
        before = [each.wire for each in shown if key not in known or each.model == sent.model]
        if not is_told(key, sent.wire.get(key)) and any(_holds(each, key) for each in before):
            yield key


def _holds(value: Any, key: str) -> bool:
    """Whether there is a member of that name that says something, at any depth."""
    waiting = [value]
    while waiting:
        outer = waiting.pop()
        if isinstance(outer, Mapping):
            if outer.get(key) not in _EMPTY:
                return True
            waiting += outer.values()
        elif isinstance(outer, list):
            waiting += outer
    return False


def is_added(before: Assignment, sent: Assignment, reported: Assignment) -> bool:
    """Whether what was sent is there beside all that was there before, in place of replacing it."""
    return bool(before and sent) and compare((*before, *sent), reported) is not None


def side_by_side(sent: Assignment, reported: Assignment) -> str:
    return f"Sent: {_as_text(sent)} Reported: {_as_text(reported)}"


def _nearest(sent: Pipeline, place: int, left: Sequence[tuple[int, Pipeline]]) -> tuple[int, Pipeline] | None:
    """Of those reported that can be what was sent, the one that shows most of it; its own place breaks a tie."""
    fitting = []
    for number, each in left:
        notes = _Notes()
        if notes.same(sent.wire, each.wire, ""):
            fitting.append((len(notes.missing) + len(notes.rewritten), number != place, number, each))
    return min(fitting, key=lambda one: one[:3])[2:] if fitting else None


class _Notes:
    """What was sent and is not shown, and what is shown in another form, by its keys."""

    def __init__(self) -> None:
        self.missing: list[str] = []
        self.rewritten: list[str] = []

    def as_text(self, in_order: bool) -> str:
        said = [] if in_order else ["order differs"]
        for words, names in (("does not show", self.missing), ("writes in another form", self.rewritten)):
            if names:
                said.append(f"the service {words}: {shortened(list(dict.fromkeys(names)))}")
        return "; ".join(said)

    def same(self, sent: Any, shown: Any, name: str) -> bool:
        """The service may add keys, leave settings out, and write a number or a flag as text or less exactly."""
        if isinstance(sent, Mapping):
            outer = name in _OF_PIPELINES
            return isinstance(shown, Mapping) and all(self._has(sent, shown, key, outer) for key in sent)
        if isinstance(sent, list) and isinstance(shown, list):
            return len(sent) == len(shown) and all(
                self.same(one, other, name) for one, other in zip(sent, shown, strict=True)
            )
        if sent in _EMPTY and shown in _EMPTY:
            return True
        if type(sent) is type(shown) and sent == shown:
            return True
        if isinstance(sent, str) and isinstance(shown, str) and self._same_text(sent, shown, name):
            return True
        if name in PROCESSORS and isinstance(shown, str) and processor_name(sent) == processor_name(shown):
            self.rewritten.append(name)
            return True
        return self._same_value(sent, shown, name)

    def _has(self, sent: Mapping[str, Any], shown: Mapping[str, Any], key: str, of_pipeline: bool) -> bool:
        if key in shown:
            if of_pipeline and sent[key] != shown[key] and is_told(key, sent[key]) and is_told(key, shown[key]):
                self.rewritten.append(key)
                return True
            return self.same(sent[key], shown[key], key)
        if sent[key] not in _EMPTY:
            self.missing.append(key)
        return key != "modelUUID"

    @staticmethod
    def _same_text(sent: str, shown: str, name: str) -> bool:
        return identity(sent) == identity(shown) or (name == _WITHOUT_CASE and sent.lower() == shown.lower())

    def _same_value(self, sent: Any, shown: Any, name: str) -> bool:
        one, other = understood_number(sent), understood_number(shown)
        numbers = one is not None and other is not None and math.isclose(one, other, rel_tol=1e-6, abs_tol=1e-6)
        flags = None not in (flag(sent), flag(shown)) and flag(sent) == flag(shown)
        if numbers and one == other and not isinstance(shown, str) and not isinstance(sent, str):
            return True  # 1 and 1.0
        if numbers or flags:
            self.rewritten.append(name)
        return numbers or flags


def _as_text(assignment: Assignment) -> str:
    text = json.dumps([each.to_wire() for each in assignment], sort_keys=True)
    return text if len(text) <= _MOST_JSON else f"{text[:_MOST_JSON]}…"
