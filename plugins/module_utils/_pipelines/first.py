# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One device of many is sent to first, alone: which one, and what may not be sent after what it showed. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from .._api.contract.lines import hint
from .._api.records.pipeline import Assignment
from .._api.records.records import Device
from .readback import carried_keys, compare, keeps
from .reconcile import DeviceChange

SEEN_OTHERWISE = (
    "while the task ran it showed something else than what was read at the beginning: the listings of the service are"
    " behind now and then, or somebody else writes. So nothing was sent to it, as that might be lost. Run the task"
    f" again later. {hint('operations.list_devices.path')}"
)


def first_of_many(changes: Sequence[DeviceChange]) -> DeviceChange | None:
    """One that keeps something. Whether the service does keep it is seen before others are sent.

    One that carries keys that are not known comes first, then one with few pipelines, which can be put back.
    """
    keeping = [each for each in changes if each.changed and keeps(each.after, each.shown, each.before)]
    online = [each for each in keeping if each.site.online is not False and each.device.enabled is not False]
    if len(keeping) < 2:
        return None
    return min(online, key=lambda each: (not carried_keys(each.after, each.shown), len(each.before)), default=None)


def held_back(first: DeviceChange, rest: Iterable[DeviceChange]) -> list[DeviceChange]:
    """Those that would lose pipelines where the service keeps only some of what is sent.

    A first one that still reports its only pipeline may be out of reach, or of all that was sent only that was kept.
    One that had several, or was sent one, would show the difference.
    """
    says_nothing = len(first.before) < 2 and len(first.after) > 1
    return [each for each in rest if says_nothing and each.changed and _has_several(each)]


def _has_several(change: DeviceChange) -> bool:
    return len(change.before) > 1 and len(change.after) > 1


def why_held_back(first: DeviceChange) -> str:
    return (
        f"{first.label} was sent to first, alone, and still reports what it had, and no other device was seen to keep"
        " several pipelines. The service may keep only some of what it is sent, so nothing was sent to devices that"
        " have several. If that device is just out of reach, leave it out, and run the task again."
        f" {hint('fields.assignment.pipelines')}"
    )


def is_only_less(sent: Assignment, reported: Assignment) -> bool:
    """Whether nothing is there that was not sent. Anything else is of somebody else, and is not written over."""
    return all(any(compare((one,), (each,)) is not None for one in sent) for each in reported)


def seen_otherwise(changes: Iterable[DeviceChange], now: Mapping[tuple[str, str], Device]) -> list[DeviceChange]:
    """Those that were seen, since they were planned, to run something else than the plan is made for."""
    return [each for each in changes if each.key in now and _differs(each, now[each.key])]


def _differs(change: DeviceChange, now: Device) -> bool:
    if change.restored or change.device.as_read is None or now.as_read is None:
        return False
    return compare(change.before, now.as_read) is None


def shown_as_sent(change: DeviceChange, device: Device, hidden: set[str]) -> str | None:
    """As ``compare``. A device that showed its pipelines, and shows nothing since it was sent none, has none."""
    if device.as_read is not None:
        return compare(change.after, device.as_read, hidden, change.shown)
    emptied = bool(change.device.assignment) and not change.after and device.unknown and device.unknown.shape
    return "none was sent, and nothing is shown" if emptied else None
