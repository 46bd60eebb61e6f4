# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""From what a user writes, a name or a UUID, to exactly one record."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from fnmatch import fnmatchcase
from typing import Any, Generic, TypeVar

from .._api.records.names import line_of_ids, named_elsewhere, unnamed
from .._core.errors import BadInput
from .._core.values import identity, is_uuid

Record = TypeVar("Record")
LIKE = 0.6  # of two names, from 0 to 1
_SEEN = "Check the name, and that the token (and act_as) may see that {kind}."


def is_glob(wanted: str) -> bool:
    """Whether a user may mean several names by this. A name can hold these characters, too."""
    return any(each in wanted for each in "*?[")


def globbed(glob: str, records: Iterable[Record]) -> list[Record]:
    """The records whose names match; also one that is called just like the glob."""
    return [each for each in records if _name(each) == glob or fnmatchcase(_name(each), glob)]


def unmatched(glob: str, records: Sequence[Any], kind: str) -> BadInput:
    """What to say of a glob that no name matches: it may be misspelt, and nothing in a result shows that."""
    near = _near_glob(glob, [_name(record) for record in records])
    advice = (
        f"Near: {', '.join(near)}. Names are exact, with upper and lower case." if near else _SEEN.format(kind=kind)
    )
    return BadInput(f'Find {kind}s that match "{glob}"', f"none of {len(records)} does", advice)


class Index(Generic[Record]):
    """One listing, made ready for any number of look-ups. ``kind`` and ``where`` are for errors: see ``find``."""

    def __init__(self, records: Iterable[Record], kind: str, where: str = "") -> None:
        self.records = _one_of_each(records)
        self._kind = kind
        self._where = where
        self._by_id: dict[str, Record] = {}
        self._by_name: dict[str, list[Record]] = {}
        for record in self.records:
            self._by_id[identity(_id_of(record))] = record
            self._by_name.setdefault(_name(record), []).append(record)

    def find(self, wanted: str) -> Record:
        """As the function ``find``."""
        found = self.find_or_none(wanted)
        if found is None:
            silent, hint = unnamed(self.records)
            answer = f"none of {len(self.records)} has that name or UUID" + (f", {silent} show no name" * bool(silent))
            hint = hint or named_elsewhere(self.records, wanted)
            raise BadInput(self._tried(wanted), answer, f"{_near(wanted, self.records, self._kind)} {hint}".rstrip())
        return found

    def find_or_absent(self, wanted: str) -> Record | None:
        """As ``find_or_none``, and None says that it is not there: it may not be among records that show no name."""
        found = self.find_or_none(wanted)
        silent, hint = (0, "") if found or is_uuid(wanted) else unnamed(self.records)
        if silent:
            answer = f"{silent} of {len(self.records)} show no name, so it is not known whether it is there"
            raise BadInput(self._tried(wanted), answer, f"Give its UUID. {hint}")
        return found

    def find_or_none(self, wanted: str) -> Record | None:
        """As ``find``, with None where there is none. An id that is listed comes before a name."""
        by_id = self._by_id.get(identity(wanted)) if wanted else None
        found = [by_id] if by_id else self._by_name.get(wanted, [])
        if len(found) > 1:
            listed = ", ".join(f'"{_name(record)}" ({_id_of(record)})' for record in found)
            answer = f"{len(found)} match: {listed}"
            advice = f"Give the UUID of the {self._kind} you mean. {line_of_ids(found)}".rstrip()
            raise BadInput(self._tried(wanted), answer, advice)
        return found[0] if found else None

    def _tried(self, wanted: str) -> str:
        return f'Find {self._kind} "{wanted}" {self._where}'.rstrip()


def warn_if_nameless(records: Sequence[Any], kind: str, warn: Callable[[str], None]) -> None:
    """Where no record shows its name, nothing in a result would say so."""
    silent, hint = unnamed(records)
    if silent and silent == len(records):
        warn(f"None of the {silent} {kind}s shows a name. {hint}")


def find(wanted: str, records: Iterable[Record], kind: str, where: str = "") -> Record:
    """The one record whose UUID (case and braces do not matter) or exact name is ``wanted``.

    ``kind`` and ``where`` are for the error: ``find("Lobby", devices, "device", "at site HQ")``. Raises ``BadInput`` if
    there is none (naming near names) or more than one (listing them with their UUIDs). For many look-ups in one
    listing, make an ``Index``.
    """
    return Index(records, kind, where).find(wanted)


def find_renamed(wanted: str, new_name: str | None, records: Iterable[Record], kind: str) -> Record | None:
    """The record to be renamed, or the one that an earlier run renamed.

    Raises ``BadInput`` where both are there, and where records show no name: the one that is wanted may be among them,
    and a second one must not be made.
    """
    index = Index(records, kind)
    found = index.find_or_none(wanted)
    renamed = index.find_or_none(new_name) if new_name else None
    if found is not None and renamed is not None and found is not renamed:
        raise BadInput(
            f'Rename the {kind} "{wanted}" to "{new_name}"',
            f"both are there: {_id_of(found)} and {_id_of(renamed)}",
            "Delete one of them, or give the one that you mean by its UUID with another new_name.",
        )
    return found or renamed or index.find_or_absent(wanted)


def _one_of_each(records: Iterable[Record]) -> list[Record]:
    """A record that is listed twice is one."""
    found: dict[object, Record] = {}
    for record in records:
        found.setdefault(identity(_id_of(record)) or id(record), record)
    return list(found.values())


def _id_of(record: Any) -> str:
    return str(getattr(record, "uuid", None) or getattr(record, "id", ""))


def _name(record: Any) -> str:
    return str(record.name)


def _near_glob(glob: str, names: Iterable[str]) -> list[str]:
    """Up to three names of which the whole or an end is much like what the glob has besides its signs."""
    import difflib

    wanted = glob.lower()
    plain = "".join(each for each in wanted if each not in "*?[]").strip()
    size = len(plain) + 1

    def likeness(name: str) -> float:
        found = name.lower()
        if fnmatchcase(found, wanted):
            return 1.0
        parts = (found, found[:size], found[-size:])
        return max(difflib.SequenceMatcher(None, plain, part.strip()).ratio() for part in parts)

    rated = sorted((-likeness(name), name) for name in set(names)) if plain else []
    return [name for rating, name in rated[:3] if -rating >= LIKE]


def _near(wanted: str, among: list[Any], kind: str) -> str:
    import difflib

    names = {_name(record).lower(): _name(record) for record in among}
    near = difflib.get_close_matches(wanted.lower(), names, n=3, cutoff=LIKE)
    if near:
        return f"Near: {', '.join(names[name] for name in near)}. Names are exact, with upper and lower case."
    return _SEEN.format(kind=kind)
