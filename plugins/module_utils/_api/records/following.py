# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Settings of pipelines that no row shows: the threshold, the resizing, and what follows on them (their chains). Pure.

What is not shown is unknown, never none: a pipeline goes back as it came, so it would be lost. That the service leaves
out what a pipeline does not have is known where another pipeline shows it. One that does not show others either, such
as a processor, is one of a service that leaves out what has no value. But where no pipeline shows a threshold or a
resizing at all, the service may show no settings, but the model alone.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace

from ..._core.values import plain
from ..contract.lines import HIDEABLE, RECORDS, WIRE_NAMES
from .assignment import Unknown
from .pipeline import Assignment, Pipeline
from .records import Device

_CHAINS = "chains"
_SETTINGS = tuple(name for name in WIRE_NAMES.values() if name not in (_CHAINS, WIRE_NAMES["model"]))
_LINES = {name: RECORDS["pipeline"][option].key for option, name in WIRE_NAMES.items() if name in HIDEABLE}
_ALWAYS_SET = tuple(name for name in HIDEABLE if name != _CHAINS)  # by the portal
_SHOWN_AT_ALL = "fields.pipeline"
_WORDS = {_CHAINS: f"what follows on its pipelines ({_CHAINS})"}


def lines_shown(pipelines: Iterable[Pipeline]) -> set[str]:
    """The lines of the contract for those settings that one of them shows; of chains, that something follows on it."""
    found = {name for each in pipelines for name in HIDEABLE if _is_shown(name, each)}
    return {*(_LINES[name] for name in found), *(_SHOWN_AT_ALL for name in found if name in _ALWAYS_SET)}


def hidden_in(pipelines: Iterable[Pipeline], lines: Collection[str] = ()) -> list[str]:
    """The settings that one of them does not show, and that may be there. ``lines``: see ``lines_shown``."""
    pipelines = [*pipelines]
    some = _SHOWN_AT_ALL in (*lines, *lines_shown(pipelines))
    hidden = {name for each in pipelines for name in HIDEABLE if _is_hidden(name, each, some)}
    return [name for name in HIDEABLE if name in hidden and _LINES[name] not in lines]


def has_chains(pipelines: Iterable[Pipeline]) -> bool:
    """Whether one of them shows that something follows on it."""
    return any(_is_shown(_CHAINS, each) for each in pipelines)


def may_have_chains(pipelines: Iterable[Pipeline]) -> bool:
    """Whether something may follow on one of them that is not shown."""
    return _CHAINS in hidden_in(pipelines)


def _is_shown(name: str, pipeline: Pipeline) -> bool:
    value = pipeline.wire.get(name)
    return value is not None and (name != _CHAINS or (isinstance(value, list) and bool(value)))


def _is_hidden(name: str, pipeline: Pipeline, some_are_shown: bool) -> bool:
    """Whether it shows all settings but this one; or none, where no other pipeline is known to show any."""
    if pipeline.wire.get(name) is not None:
        return False
    shown = {each for each in _SETTINGS if pipeline.wire.get(each) is not None}
    return shown >= {*_SETTINGS} - {name} or (not some_are_shown and shown.isdisjoint(_ALWAYS_SET))


def without_hidden(devices: Iterable[Device]) -> list[Device]:
    """The same devices; of those with a pipeline that does not show a setting, it is not known what runs."""
    return [_unknown(each, hidden) if (hidden := hidden_in(each.assignment or ())) else each for each in devices]


def as_shown(device: Device, lines: Collection[str]) -> Device:
    """The same device, where it is known that what is not shown of its pipelines is not there."""
    if device.unknown is None or device.unknown.read is None or hidden_in(device.unknown.read, lines):
        return device
    return replace(device, assignment=device.unknown.read, unknown=None)


def _unknown(device: Device, hidden: list[str]) -> Device:
    words = ", ".join(_WORDS.get(name, f"{name} of its pipelines") for name in hidden)
    reason = f"the service does not show {words} (if none is there, assignment.left_out of the contract file says so)"
    return replace(device, assignment=None, unknown=Unknown(reason, partial=True, read=device.assignment))


def read_of(devices: Iterable[Device]) -> Assignment:
    """All pipelines, also where it is not known what else is set for them."""
    return tuple(pipeline for each in devices for pipeline in each.as_read or ())


def lines_of(names: Iterable[str]) -> set[str]:
    """The lines of these settings, however spelled."""
    return {_LINES[name] for name in HIDEABLE if plain(name) in map(plain, names)}
