# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One device of many is sent to first, alone: which one, and what may not be sent after what it showed. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence

from .._api.contract.lines import hint
from .._api.records.following import has_chains
from .._api.records.pipeline import Assignment
from .._api.records.records import Device
from .._core.wording import shortened
from .late import differs
from .readback import carried_keys, compare, keeps
from .reconcile import DeviceChange

SEEN_OTHERWISE = (
    "while the task ran it showed something else than what was read at the beginning: the listings of the service are"
    " behind now and then, or somebody else writes. So nothing was sent to it, as that might be lost. Run the task"
    f" again later. {hint('operations.list_devices.path')}"
)
MOST_TRIES = 3  # devices that are sent to first, alone, and do not show what was sent
_KEYS = "keys that are not known"


def to_keep(change: DeviceChange) -> frozenset[str]:
    """What the service has to keep of a device. That it keeps one of these says nothing of the others."""
    if not change.changed or not keeps(change.after, change.shown, change.before):
        return frozenset()
    found = {
        "something": True,
        _KEYS: bool(carried_keys(change.after, change.shown)),
        "several pipelines": len(change.before) > 1 and len(change.after) > 1,
        "chains": has_chains(change.before) and has_chains(change.after),
    }
    return frozenset(name for name, holds in found.items() if holds)


def first_of_many(
    changes: Iterable[DeviceChange], kept: Collection[str] = (), tried: Sequence[DeviceChange] = ()
) -> DeviceChange | None:
    """One that has something to keep which several have, and which the service was not seen to keep (``kept``).

    One that carries keys that are not known comes first, then one with few pipelines, which can be put back. After one
    that was ``tried`` in vain comes one of another server.
    """
    open_ones = [(each, to_keep(each).difference(kept)) for each in changes]
    count = Counter(name for names in (*(names for _each, names in open_ones), *map(to_keep, tried)) for name in names)
    servers = {each.device.server for each in tried}
    found = [
        (each.device.server in servers, -len(names) if kept else 0, _KEYS not in names, len(each.before), each)
        for each, names in open_ones
        if any(count[name] > 1 for name in names) and each.site.online is not False and each.device.enabled is not False
    ]
    return min(found, key=lambda one: one[:-1])[-1] if found else None


def held_back(
    changes: Iterable[DeviceChange], kept: Collection[str], tried: Iterable[DeviceChange]
) -> list[DeviceChange]:
    """Those that have to keep what those have that were ``tried`` in vain. A snapshot has what is restored."""
    doubted = {name for each in tried for name in to_keep(each)}.difference(kept)
    return [each for each in changes if not each.restored and not doubted.isdisjoint(to_keep(each))]


def why_held_back(tried: Sequence[DeviceChange]) -> str:
    return (
        f"{shortened([each.label for each in tried])} were sent to first, alone, and none was seen to have what it was"
        " sent. The service may lose what devices are to keep, so nothing was sent to those that keep something. If"
        " these are just out of reach, leave them out; if they need longer, raise wait_timeout; and run the task"
        f" again. {hint('fields.assignment.pipelines')}"
    )


def why_stopped(lost: DeviceChange) -> str:
    return f"{lost.label} was sent to first, alone, and does not have what it was sent: see its reason"


def silent_sites(changes: Iterable[DeviceChange], listed: Mapping[str, Sequence[DeviceChange]]) -> list[str]:
    """Sites with a server that shows no pipelines on any of several devices, and one of these is to get some.

    So it looks where nothing was ever assigned, and while a server starts. Where no server at all shows pipelines,
    nothing speaks for the latter.
    """
    shown = {(site, each.device.server) for site, its in listed.items() for each in its if each.device.as_read != ()}
    sites = {each.site.id: None for each in changes if each.changed and each.device.as_read == ()} if shown else {}
    found = []
    for site in sites:
        count = Counter(each.device.server for each in listed.get(site, ()))
        if any(number > 1 and (site, server) not in shown for server, number in count.items()):
            found.append(site)
    return found


def is_only_less(sent: Assignment, reported: Assignment) -> bool:
    """Whether nothing is there that was not sent. Anything else is of somebody else, and is not written over."""
    return all(any(compare((one,), (each,)) is not None for one in sent) for each in reported)


def seen_otherwise(changes: Iterable[DeviceChange], now: Mapping[tuple[str, str], Device]) -> list[DeviceChange]:
    """Those that were seen, since they were planned, to run something else than the plan is made for."""
    return [each for each in changes if each.key in now and differs(each, now[each.key])]
