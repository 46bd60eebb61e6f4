# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a file and a cloud can say of an estate, in one form. Models and catalogues go by name where that is unique."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from .._core.limits import is_deep
from .._core.values import identity, is_uuid

VERSION = 1
_AROUND = 8  # lists and objects that a file has around a value
_LONG_NUMBER = re.compile(r"\d{40}")
Entry: TypeAlias = Mapping[str, Any]  # one pipeline in the words of ``nxai_pipeline``, without what is a default
Assignment: TypeAlias = tuple[Entry, ...]


@dataclass(frozen=True)
class Record:
    """A catalogue, or a model with its options in the words of ``nxai_model``. What is not known is not in there.

    ``uuid``: in a file only where the name alone does not say which. ``own``: None where the service does not tell.
    """

    name: str
    uuid: str = ""
    options: Mapping[str, Any] = field(default_factory=dict)
    file: Mapping[str, Any] | None = None  # sha256 and size
    own: bool | None = None

    @property
    def key(self) -> str:
        """How the module takes it."""
        return self.uuid or self.name


@dataclass(frozen=True)
class DeviceState:
    """``pipelines`` is None where it is not known what the device is to have, or has; ``unknown`` says why."""

    name: str
    pipelines: Assignment | None
    unknown: str = ""


@dataclass(frozen=True)
class SiteState:
    """``unread``: why nothing is known of its devices."""

    id: str
    name: str
    devices: Mapping[str, DeviceState] = field(default_factory=dict)
    unread: str = ""

    @property
    def label(self) -> str:
        return self.name or self.id


@dataclass(frozen=True)
class Estate:
    """``profiles``: assignments that have a name. ``said``: the sections that are there, be they empty."""

    catalogues: tuple[Record, ...] = ()
    models: tuple[Record, ...] = ()
    sites: Mapping[str, SiteState] = field(default_factory=dict)
    profiles: Mapping[str, Assignment] = field(default_factory=dict)
    said: frozenset[str] = frozenset()


class Names:
    """What the records of one kind are called: by name where one alone has it, else by UUID."""

    def __init__(self, records: Iterable[tuple[str, str]]) -> None:
        """``records``: UUID and name of each."""
        self._names = dict(records)
        self._uuids: dict[str, list[str]] = {}
        for uuid, name in self._names.items():
            self._uuids.setdefault(name, []).append(uuid)

    def of(self, uuid: str) -> str:
        """The name, or the UUID where the name is shared, missing, or like a UUID."""
        name = self._names.get(identity(uuid), "")
        return name if self.is_plain(name) else identity(uuid)

    def is_plain(self, name: str) -> bool:
        return bool(name) and not self._is_id(name) and len(self._uuids.get(name, ())) < 2

    def _is_id(self, wanted: str) -> bool:
        """Look-ups take an id for an id, also where something is called so."""
        return is_uuid(wanted) or identity(wanted) in self._names

    def uuids(self, wanted: str) -> list[str]:
        """Those that this name or UUID may be."""
        known = [identity(wanted)] if identity(wanted) in self._names else []
        return known or ([] if is_uuid(wanted) else self._uuids.get(wanted, []))

    def same(self, wanted: str) -> str:
        """A name or UUID of a file, as ``of`` has it. One that is not there stays as it is."""
        return self.of(wanted) if self._is_id(wanted) else wanted


def key_of(value: Any) -> str:
    """Equal for what is equal, and the same in each run."""
    return json.dumps(value, sort_keys=True)


def in_order(value: Any) -> Any:
    """The same data with its members by name: the order in which a service shows them says nothing."""
    if isinstance(value, Mapping):
        return {name: in_order(value[name]) for name in sorted(value)}
    return [in_order(each) for each in value] if isinstance(value, list) else value


def is_writable(value: Any) -> bool:
    """Whether a file may hold it: not nested too deep, no number that is too long."""
    wrapped = value
    for _each in range(_AROUND):
        wrapped = [wrapped]
    return not is_deep(wrapped) and not _LONG_NUMBER.search(key_of(value))
