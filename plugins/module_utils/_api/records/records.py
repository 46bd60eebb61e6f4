# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the APIs hold, as frozen records: tolerant of what comes in, with the answer kept whole in ``raw``.

A field that is missing or of another type is None (names and ids: an empty text). Only a record without its id is an
error (``Unexpected``), because nothing could be done with it. Fields marked "guess" were never seen by name.
A row comes in the known names (``Contract.known``): those of ``lines``, where each has its evidence.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from ..._core.errors import Unexpected
from ..._core.values import UUID_TEXT, ZERO_UUID, first_text, flag, folded, identity, is_uuid, mapping, number, text
from ..contract.lines import WORDS, hint, names_of
from .assignment import IsModel, Known, Seen, Unknown, read_assignment
from .file_mark import FileMark, split_documentation
from .pipeline import Assignment
from .spelling import Id, as_written, own_id

_ZERO_TIME = "0001-01-01"
_BETWEEN = re.compile(r"[\s,;\[\]\"']+")  # the UUIDs of a list that comes as text, be it JSON
_MIME = re.compile(r"[a-z]+/[a-z0-9.+-]+(?:\s*;.*)?", re.IGNORECASE)
_MIME_NAMES = ("mimetype", "mime", "contenttype", "type", "format")  # guesses
_FAILED_WORDS = frozenset(WORDS["failed"][0])  # guess: no failure was ever seen


def normalise_nxid(nxid: str) -> str:
    """``{uuid}`` in braces and lower case; a text that is no UUID stays as it is."""
    found = identity(nxid.strip())
    return f"{{{found}}}" if UUID_TEXT.fullmatch(found) else nxid


@dataclass(frozen=True)
class _Named:
    id: str
    name: str

    @property
    def label(self) -> str:
        """For people: the name, or the id of what has none."""
        return self.name or self.id


@dataclass(frozen=True, order=True)
class Organisation(_Named):
    """Whom a record belongs to. ``id`` and ``name`` are "" where the API does not say, and for a person."""

    @classmethod
    def from_api(cls, value: Any) -> Organisation:
        """From an object with an id, a name or both. Guesses: a text is one of them, the zero UUID means a person."""
        if isinstance(value, str):
            value = {"uuid" if UUID_TEXT.fullmatch(identity(value)) else "name": value}
        row = folded(mapping(value))
        own_id = _id(row, *names_of("reference", "id"))
        return cls("", "") if own_id == ZERO_UUID else cls(own_id, text(row.get("name")) or "")


@dataclass(frozen=True)
class Model:
    """An uploaded network ("function"). ``size`` in bytes and ``conversion_log``, if the API tells (names: guess)."""

    uuid: str
    name: str
    status: str | None
    code_status: str | None  # None: the answer has no Code at all
    cdn_uri: str | None
    documentation: str
    catalogue_uuids: tuple[str, ...] | None  # None: the answer does not show them, or not in a way that is understood
    organisation: Organisation
    size: int | None
    updated_at: str | None
    conversion_log: str | None
    raw: Mapping[str, Any] = field(repr=False, compare=False)

    @classmethod
    def from_api(cls, raw: Mapping[str, Any]) -> Model:
        row = folded(raw)
        code = row.get("code")
        inner = folded(mapping(code))
        logs = names_of("model", "conversion_log")
        sizes = (number(row.get(name)) for name in names_of("model", "size"))
        return cls(
            uuid=_required_id(row, "model", *names_of("model", "id")),
            name=text(row.get("name")) or "",
            status=_state(row.get("status")),
            code_status=None if code is None else _state(inner.get("status")) or "",
            cdn_uri=text(inner.get("cdnuri")),
            documentation=text(row.get("documentation")) or "",
            catalogue_uuids=_all_uuids(row.get("catalogues")),
            organisation=Organisation.from_api(row.get("organisation")),
            size=next((int(size) for size in sizes if size is not None), None),
            updated_at=text(row.get("updatedat")),
            conversion_log=first_text(row, *logs) or first_text(inner, *logs),
            raw=raw,
        )

    @property
    def state(self) -> str:
        """``ready``, ``failed`` or ``pending``. The record may say ok before its code is there: both count if shown."""
        words = {word.lower() for word in (self.status, self.code_status) if word is not None}
        if not self.shows_state:
            return "ready" if self.cdn_uri or folded(self.raw).get("downloads") else "pending"
        if _FAILED_WORDS & words:
            return "failed"
        return "ready" if words and words <= set(WORDS["ready"][0]) else "pending"

    @property
    def shows_state(self) -> bool:
        """Whether there is a word for its state. Without one it is ready when devices can fetch something."""
        return self.status is not None or bool(self.code_status)

    @property
    def digest(self) -> FileMark | None:
        return split_documentation(self.documentation)[1]

    @property
    def artefacts(self) -> tuple[str, ...] | None:
        """The MIME types of its files, such as ``application/x-onnx;device=hailo``. None where they are not shown."""
        downloads = folded(self.raw).get("downloads")
        if not isinstance(downloads, list):
            return None
        said = (
            each if isinstance(each, str) else first_text(folded(mapping(each)), *_MIME_NAMES) for each in downloads
        )
        return tuple(mime.lower().replace(" ", "") for mime in said if mime and _MIME.fullmatch(mime))


@dataclass(frozen=True)
class Catalogue:
    """A named set of models. ``shared_with``: the organisations that may use it; None: unknown (names: guess)."""

    uuid: str
    name: str
    organisation: Organisation
    shared_with: tuple[Organisation, ...] | None
    raw: Mapping[str, Any] = field(repr=False, compare=False)

    @classmethod
    def from_api(cls, raw: Mapping[str, Any]) -> Catalogue:
        row = folded(raw)
        shared = next((row[name] for name in names_of("catalogue", "shared_with") if name in row), None)
        users = map(Organisation.from_api, shared) if isinstance(shared, list) else None
        return cls(
            uuid=_required_id(row, "catalogue", *names_of("catalogue", "id")),
            name=text(row.get("name")) or "",
            organisation=Organisation.from_api(row.get("organisation")),
            shared_with=None if users is None else tuple(each for each in users if each.label),
            raw=raw,
        )


@dataclass(frozen=True)
class Site(_Named):
    """One Nx system. ``online`` is None if the answer does not tell (all field names: guess)."""

    organisation: Organisation
    online: bool | None
    version: str | None
    updated_at: str | None
    raw: Mapping[str, Any] = field(repr=False, compare=False)

    @classmethod
    def from_api(cls, raw: Mapping[str, Any]) -> Site:
        row = folded(raw)
        updated_at = first_text(row, *names_of("site", "updated_at"))
        return cls(
            id=_required_id(row, "site", *names_of("site", "id")),
            name=text(row.get("name")) or "",
            organisation=Organisation.from_api(row.get("organisation")),
            online=_online(row, updated_at),
            version=first_text(row, "version"),
            updated_at=updated_at,
            raw=raw,
        )

    @property
    def is_told(self) -> bool:
        """Whether its row says the state. That it was seen at some time may mean that it is on-line, or was."""
        return self.online is False or _told_online(folded(self.raw)) is not None


def _online(row: Mapping[str, Any], updated_at: str | None) -> bool | None:
    """A site that is off-line shows the zero time, whatever else it says."""
    if updated_at is not None and updated_at.startswith(_ZERO_TIME):
        return False
    told = _told_online(row)
    return True if told is None and updated_at else told


def _told_online(row: Mapping[str, Any]) -> bool | None:
    told = flag(row.get("online"))
    words = {(text(row.get(name)) or "").lower() for name in names_of("site", "status")}  # of which one may be another
    if told is None and not words.isdisjoint((*WORDS["online"][0], *WORDS["offline"][0])):
        return words.isdisjoint(WORDS["offline"][0])
    return told


@dataclass(frozen=True)
class Server(_Named):
    """A media server with the AI plugin. Inside a device it may have no id (then ``""``)."""

    status: str | None
    plugin_version: str | None
    runtime: str | None
    supports_pipelines: bool | None
    raw: Mapping[str, Any] = field(repr=False, compare=False)

    @classmethod
    def from_api(cls, raw: Mapping[str, Any], embedded: bool = False) -> Server:
        row = folded(raw)
        names = names_of("server", "id")
        return cls(
            id=_id(row, *names) if embedded else _required_id(row, "server", *names),
            name=text(row.get("name")) or "",
            status=text(row.get("status")),
            plugin_version=first_text(row, *names_of("server", "plugin_version")),
            runtime=text(row.get("runtime")),
            supports_pipelines=flag(folded(mapping(row.get("supports"))).get("pipelines")),
            raw=raw,
        )


@dataclass(frozen=True)
class Device(_Named):
    """A camera. ``id`` is its NxID in braces and lower case, ``nxid`` as it was listed, which is how it is sent.

    ``assignment`` is None where it is not known, and ``unknown`` says why. Nothing may take that for no pipelines.
    """

    nxid: Id
    server: Server
    enabled: bool | None
    assignment: Assignment | None
    unknown: Unknown | None
    raw: Mapping[str, Any] = field(repr=False, compare=False)

    @classmethod
    def from_api(cls, raw: Mapping[str, Any], is_model: IsModel = is_uuid, seen: Seen | None = None) -> Device:
        row = folded(raw)
        found = read_assignment(raw, is_model=is_model, seen=seen)
        servers, server = (seen or Seen()).servers, mapping(row.get("server"))
        written = repr(server)
        return cls(
            id=normalise_nxid(_required_id(row, "device", "nxid")),
            name=text(row.get("name")) or "",
            nxid=own_id(row, ("nxid",)),
            server=servers.get(written) or servers.setdefault(written, Server.from_api(server, embedded=True)),
            enabled=flag(row.get("enabled")),
            assignment=found.pipelines if isinstance(found, Known) else None,
            unknown=found if isinstance(found, Unknown) else None,
            raw=raw,
        )

    @classmethod
    def listed(cls, rows: Iterable[Mapping[str, Any]], is_model: IsModel = is_uuid) -> list[Device]:
        """The devices of one listing. Of rows with one NxID, equal ones count once, and no others say what it has.

        Each row is compared with the first one of its NxID only, so that a long listing costs no more than its length.
        ``is_model``: see ``read_assignment``.
        """
        seen, found = Seen(), dict[str, list[Device]]()
        for row in rows:
            device = cls.from_api(row, is_model, seen)
            same = found.setdefault(device.id, [device])
            if device.raw != same[0].raw:
                same.append(device)
        return [
            each if len(same) == 1 else replace(each, assignment=None, unknown=_of_rows(same))
            for same in found.values()
            for each in same
        ]

    def with_proof(self, shapes: Collection[str]) -> Device:
        """The same device, without pipelines where its row is of one of these shapes (see ``read_assignment``)."""
        if self.unknown is None or self.unknown.shape not in shapes or not self.unknown.shape:
            return self
        return replace(self, assignment=(), unknown=None)

    def without(self, keys: Collection[str]) -> Device:
        """The same device, its pipelines without what the service says of them by itself."""
        if not keys or not self.assignment:
            return self
        return replace(self, assignment=tuple(each.without(keys) for each in self.assignment))

    @property
    def as_read(self) -> Assignment | None:
        """Its pipelines, also where it is not known what follows on them."""
        return self.unknown.read if self.unknown else self.assignment

    def pipeline_options(self) -> list[dict[str, Any]] | None:
        """Its pipelines as users write them; None where they are not known."""
        return None if self.assignment is None else [each.to_option() for each in self.assignment]


@dataclass(frozen=True)
class RegistryDevice:
    """A device of the older registry, which knows no Nx sites. ``groups``: UUIDs, None where not given (guess)."""

    uuid: str
    name: str
    groups: tuple[str, ...] | None
    raw: Mapping[str, Any] = field(repr=False, compare=False)

    @classmethod
    def from_api(cls, raw: Mapping[str, Any]) -> RegistryDevice:
        row = folded(raw)
        groups = row.get("groups")
        return cls(
            uuid=_required_id(row, "registry device", *names_of("registry_device", "id")),
            name=text(row.get("name")) or "",
            groups=uuids(groups) if isinstance(groups, list) else None,
            raw=raw,
        )


@dataclass(frozen=True)
class DeviceGroup:
    """A group of registered devices. ``devices``: UUIDs, None where not given (guess)."""

    uuid: str
    name: str
    devices: tuple[str, ...] | None
    raw: Mapping[str, Any] = field(repr=False, compare=False)

    @classmethod
    def from_api(cls, raw: Mapping[str, Any]) -> DeviceGroup:
        row = folded(raw)
        devices = row.get("devices")
        return cls(
            uuid=_required_id(row, "group", *names_of("group", "id")),
            name=text(row.get("name")) or "",
            devices=uuids(devices) if isinstance(devices, list) else None,
            raw=raw,
        )


def _of_rows(same: Sequence[Device]) -> Unknown:
    """Of rows with one NxID that differ. With names that differ they may be of several devices."""
    several = "the listing has several rows of it that differ (duplicate rows)"
    return Unknown(
        several if names_of_rows(same) == 1 else f"{several}, also in their names. {hint('fields.device.id')}"
    )


def names_of_rows(same: Iterable[Device]) -> int:
    """How many names rows with one NxID have."""
    return max(len({each.name for each in same if each.name}), 1)


def _state(value: Any) -> str | None:
    """A word of state, which may be a number."""
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else text(value)


def _id(row: Mapping[str, Any], *names: str) -> str:
    return identity(own_id(row, names))


def _required_id(row: Mapping[str, Any], kind: str, *names: str) -> str:
    found = _id(row, *names)
    if not found:
        raise Unexpected(
            f"Read a {kind} in the service's answer",
            f"it has no id (none of {', '.join(names)})",
            "Check that api_url is the Nx AI Cloud. If it is, its API is not as it was known. "
            + hint(f"fields.{kind.replace(' ', '_')}.id"),
        )
    return found


def uuids(members: Any) -> tuple[str, ...]:
    """The ids in a list. The type of its elements is inferred: UUIDs or {UUID, Name} objects."""
    return tuple(uuid for uuid in _ids(members if isinstance(members, list) else []) if uuid)


def _all_uuids(members: Any) -> tuple[str, ...] | None:
    """The same, or None where it is no list or not all in it are understood: a part, sent back, loses the rest.

    A text that holds UUIDs and nothing else is a list, and so is an object whose keys are UUIDs. An empty one of these
    is none: it may as well say that nothing is shown here.
    """
    if isinstance(members, str):
        members = [each for each in _BETWEEN.split(members) if each]
        members = members if members and all(map(UUID_TEXT.fullmatch, members)) else None
    elif isinstance(members, Mapping):
        members = [*members] if members and all(UUID_TEXT.fullmatch(str(each)) for each in members) else None
    found = _ids(members) if isinstance(members, list) else [""]
    return tuple(found) if all(found) else None


def _ids(rows: list[Any]) -> list[str]:
    return [identity(each) for each in as_written(rows)]
