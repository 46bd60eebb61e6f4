# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which devices of a refused PUT are the reason, found by group testing.

The service may refuse a whole PUT for one device, and its answer may or may not say which; or because they are many; or
because of what all of them were to get.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace

from .._api.records.records import normalise_nxid
from .._core.errors import Refused
from .._core.values import UUID_TEXT
from .reconcile import Batch

_MANY = re.compile(r"too (?:many|large|long|big)|at most|maxim|max\b|limit|exceed|more than|only one|one device|single")
_PLACE = re.compile(r"devices[.\[](\d{1,9})\]?", re.IGNORECASE)  # such as Devices[3]


def tell_apart(
    batch: Batch, refusal: Refused, put: Callable[[Batch], Refused | None]
) -> Iterator[tuple[Batch, Refused | None]]:
    """Each device of a batch that was refused, in parts that were taken (None), or alone with the answer against it.

    Where the answer names some of the devices, the others are tried, and then these. No device is called not applicable
    that was not refused alone, or by an answer that has an entry for it.
    """
    named = named_in(batch, refusal)
    others = batch.only(each for each in batch.changes if each.key not in named)
    if not named or not others.changes:
        yield from _refused(batch, refusal, put)
        return
    for group in (others, batch.only(each for each in batch.changes if each.key in named)):
        answer = put(group)
        if answer is None:
            yield group, None
        else:
            yield from _refused(group, answer, put)


def says_too_many(refusal: Refused) -> bool:
    """Whether a refusal may mean that fewer devices would be taken."""
    if refusal.status in (401, 429):  # too many requests, and a token that is too long
        return False
    return refusal.status == 413 or _MANY.search(refusal.answer.lower()) is not None


def in_fewer(
    batch: Batch, refusal: Refused, put: Callable[[Batch], Refused | None]
) -> Iterator[tuple[Batch, Refused | None]]:
    """Each device of a batch that may have been too large, in parts that become smaller until one is taken.

    Where a single device is refused and none was taken before it, all have one reason in common: nothing else is tried.
    """
    waiting, size, taken = batch.changes, len(batch.changes), False
    while waiting:
        part = batch.only(waiting[:size])
        answer = refusal if len(part.changes) == len(batch.changes) else put(part)
        if answer is not None and len(part.changes) > 1:
            size = (len(part.changes) + 1) // 2
            continue
        taken = taken or answer is None
        if answer is not None and not taken:
            part = batch.only(waiting)
        waiting = waiting[len(part.changes) :]
        yield part, answer


def of_all_or_some(
    batch: Batch, refusal: Refused, put: Callable[[Batch], Refused | None]
) -> Iterator[tuple[Batch, Refused | None]]:
    """Each device of a batch that was refused for something else. It may be about one device, or what all of them get.

    One is tried alone, and then all others. Where both are refused they have one reason in common.
    """
    if len(batch.changes) == 1 or named_in(batch, refusal):
        yield from tell_apart(batch, refusal, put)
        return
    first, others = batch.only(batch.changes[:1]), batch.only(batch.changes[1:])
    answer, again = put(first), put(others)
    yield first, answer
    if again is None or answer is not None:
        yield others, again
    else:
        yield from _refused(others, again, put)


def _refused(
    group: Batch, refusal: Refused, put: Callable[[Batch], Refused | None]
) -> Iterator[tuple[Batch, Refused | None]]:
    """An answer that has an entry for each device speaks of each; one that only repeats what was sent does not."""
    if len(group.changes) == 1 or (len(named_in(group, refusal)) == len(group.changes) <= len(refusal.fields)):
        for part in group.parts(1):
            yield part, _about(part, refusal)
    else:
        yield from _searched(group, put)


def _searched(group: Batch, put: Callable[[Batch], Refused | None]) -> Iterator[tuple[Batch, Refused | None]]:
    """Parts in turn, which grow while they are taken and shrink where they are refused.

    Of 200 devices, 1 at fault costs some 12 requests, 29 cost 157, and all 200 cost 216.
    """
    waiting, size = group.changes, (len(group.changes) + 1) // 2
    while waiting:
        part = group.only(waiting[:size])
        refusal = put(part)
        if refusal is None:
            waiting, size = waiting[size:], 2 * size
            yield part, None
            continue
        size = max(1, len(part.changes) // 4)
        for settled, answer in _first_at_fault(part, refusal, put):
            waiting = waiting[len(settled.changes) :]
            yield settled, answer


def _first_at_fault(
    part: Batch, refusal: Refused, put: Callable[[Batch], Refused | None]
) -> Iterator[tuple[Batch, Refused | None]]:
    """Halve a refused part down to the first device at fault. Those before it are taken on the way."""
    last: Refused | None = refusal
    while len(part.changes) > 1:
        head, tail = part.parts((len(part.changes) + 1) // 2)
        last = put(head)
        if last is None:
            yield head, None
        part = head if last else tail
    last = last or put(part)
    yield part, _about(part, last) if last else None


def _about(part: Batch, refusal: Refused) -> Refused:
    """The answer in what it says of this device, if it does."""
    words = named_in(part, refusal).get(part.changes[0].key)
    return replace(refusal, answer=words) if words else refusal


def named_in(group: Batch, refusal: Refused) -> dict[tuple[str, str], str]:
    """The devices that the answer names, by NxID or by their place in the request, with its words for each."""
    by_id = {each.device.id: each.key for each in group.changes}
    found: dict[tuple[str, str], str] = {}
    for name, words in refusal.fields.items():
        place = _PLACE.fullmatch(name)
        if place and int(place[1]) < len(group.changes):
            found[group.changes[int(place[1])].key] = words
        for nxid in UUID_TEXT.findall(f"{name} {words}"):
            key = by_id.get(normalise_nxid(nxid))
            if key is not None:
                found.setdefault(key, words)
    return found
