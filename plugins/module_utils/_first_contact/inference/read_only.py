# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Keys of pipelines that the service shows by itself: they differ at each look, or it does not take them. Pure.

A key that is left out of a request may be lost. So one counts only where nothing was written and it differs, or where
each pipeline has it, it is no setting by its form, the service refuses it, and it is there again afterwards.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from ..._api.contract.lines import WIRE_NAMES
from ..._api.records.pipeline import Assignment
from ..._core.errors import Refused
from ..._core.values import plain
from .draft import Draft, Proposal
from .records import Row

LINE = "assignment.read_only"
_UNKNOWN = re.compile(r"unknown|unexpected|additional|unrecogni[sz]ed|not allowed|read-?only", re.IGNORECASE)
_KNOWN = frozenset(map(plain, WIRE_NAMES.values()))


def volatile(one: Assignment | None, other: Assignment | None) -> list[str]:
    """What differs between two looks at one camera, where all else of its pipelines is the same."""
    if not one or not other or len(one) != len(other):
        return []
    found: set[str] = set()
    for before, now in zip(one, other, strict=True):
        keys = {key for key in {*before.wire, *now.wire} if before.wire.get(key) != now.wire.get(key)}
        if not all(key in each.wire and _is_plain(each.wire[key]) for key in keys for each in (before, now)):
            return []
        found |= keys
    return [] if _KNOWN & set(map(plain, found)) else sorted(found)


def added_by_service(elements: Sequence[Row]) -> list[str]:
    """The keys that are not known, that each pipeline of all cameras has, and that hold no more than a plain value."""
    every = [set(each) for each in elements]
    keys = set.intersection(*every) if every else set()
    return sorted(key for key in keys if plain(key) not in _KNOWN and all(_is_plain(each[key]) for each in elements))


def refused_keys(error: Refused, sent: Assignment) -> list[str]:
    """The keys of what was sent that are not known, and that a refusal names."""
    words = " ".join((error.answer, *error.fields, *error.fields.values()))
    keys = {key for each in sent for key in each.wire if plain(key) not in _KNOWN}
    return sorted(key for key in keys if re.search(rf"(?<![\w-]){re.escape(key)}(?![\w-])", words, re.IGNORECASE))


def that_may_be_meant(error: Refused, elements: Sequence[Row]) -> list[str]:
    """Those that the service adds, where a refusal speaks of a key that is not known, and does not say of which."""
    words = " ".join((error.answer, *error.fields.values()))
    return added_by_service(elements) if _UNKNOWN.search(words) else []


def without_refused(draft: Draft, error: Refused, sent: Assignment, elements: Sequence[Row]) -> Iterator[Proposal]:
    """The request without the keys that were refused, or where only keys are named that it does not hold, without all
    that the service adds."""
    left = set(map(plain, draft.contract.assignment.read_only))
    added = [key for key in added_by_service(elements) if plain(key) not in left]
    named = [key for key in refused_keys(error, sent) if key in added]
    meant = that_may_be_meant(error, elements) if not refused_keys(error, sent) else []
    keys = named or (added if left or meant else [])
    if keys:
        yield Proposal({LINE: keys}, f"HTTP {error.status}: the service does not take them, and shows them again")


def question(keys: Iterable[str], added: Iterable[str]) -> str:
    """For the user, of keys that were refused."""
    names, settings = ", ".join(keys), sorted(set(keys) - set(added))
    begin = f"{LINE}: the service shows {names} of pipelines, and refuses a request that holds them."
    if settings:
        kept = "It may be a setting, which each write would lose. Look into the portal what it is."
        return f"{begin} {kept}"
    return (
        f"{begin} Does it say that by itself? To find out, run the second stage with first_contact_prove=one and a"
        " camera that may lose them: it is sent what it has without them, and they are to be there again."
    )


def _is_plain(value: Any) -> bool:
    return value is None or isinstance(value, (str, int, float))
