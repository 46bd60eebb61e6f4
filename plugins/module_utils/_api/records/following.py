# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whether pipelines show those that follow on them (their chains). What is not shown is unknown, never none. Pure.

A pipeline that shows all its other settings and not this one may have some, or the service may not show them at all.
That it leaves out what is empty is known where another pipeline shows that something follows on it. A pipeline that
does not show others either, such as a processor, is one of a service that leaves out what has no value.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from ..contract.lines import WIRE_NAMES
from .assignment import Unknown
from .pipeline import Assignment, Pipeline
from .records import Device

LINE = "fields.pipeline.chains"
_MEMBER = "chains"
_BESIDE = tuple(name for name in WIRE_NAMES.values() if name != _MEMBER)


def is_any_shown(pipelines: Iterable[Pipeline]) -> bool:
    """Whether one of them shows that something follows on it."""
    return any(isinstance(each.wire.get(_MEMBER), list) and each.wire[_MEMBER] for each in pipelines)


def is_any_hidden(pipelines: Iterable[Pipeline]) -> bool:
    """Whether one of them shows all else, and not what follows on it."""
    return any(
        each.wire.get(_MEMBER) is None and all(each.wire.get(name) is not None for name in _BESIDE)
        for each in pipelines
    )


def without_hidden(devices: Iterable[Device]) -> list[Device]:
    """The same devices; of those with a pipeline that does not show what follows on it, it is not known what runs."""
    return [_unknown(each) if is_any_hidden(each.assignment or ()) else each for each in devices]


def as_shown(device: Device) -> Device:
    """The same device, where it is known that what is not shown of its pipelines is empty."""
    if device.unknown is None or device.unknown.read is None:
        return device
    return replace(device, assignment=device.unknown.read, unknown=None)


def _unknown(device: Device) -> Device:
    reason = "the service does not show what follows on its pipelines (chains)"
    return replace(device, assignment=None, unknown=Unknown(reason, partial=True, read=device.assignment))


def read_of(devices: Iterable[Device]) -> Assignment:
    """All pipelines, also where it is not known what follows on them."""
    return tuple(pipeline for each in devices for pipeline in each.as_read or ())
