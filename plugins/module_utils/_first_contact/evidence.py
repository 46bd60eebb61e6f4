# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What came over the wire as shapes alone: keys, types, counts, known words. No value of a user. Pure.

So a user can give it to anybody. A name is shown that is known or made of usual words, and the key of a record: of an
answer as a whole, of a row that is alone, of several rows. The key of an object inside of a record is shown where most
of these objects have it. Any other may be data, and is replaced.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from .._core.errors import NxaiError, Refused
from .._core.values import UUID_TEXT, ZERO_UUID, plain
from .inference.places import MOST_ROWS, unpacked
from .vocabulary import KNOWN_WORDS, is_made_of_words, is_member, is_step

MARK = "nxai.cloud first contact"
_MOST_KEYS = 100
_KEY = re.compile(r"[$@]?[A-Za-z][A-Za-z_-]{0,39}|[A-Za-z]{1,3}[0-9]")
_OF_USERS = ("settings", "metadata", "tags", "labels")  # what is in there may be named by anybody
_OF_MODELS = "driverdetails"  # has the names of classes
_STATES = ("status", "state", "stateofhealth", "online", "health")
_WORD = re.compile(r"[A-Za-z]{1,16}")
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d")
_MASKED = "(masked)"
_ANSWER, _RECORDS, _INSIDE = "answer", "records", "inside"  # what objects are


@dataclass(frozen=True)
class Exchange:
    """A call and what came of it. ``path`` has its places in braces."""

    operation: str
    method: str
    path: str
    query: tuple[str, ...]
    status: int | None
    headers: tuple[str, ...] = ()
    code: str = ""
    fields: tuple[str, ...] = ()
    shape: Any = None

    def as_evidence(self) -> dict[str, Any]:
        told = {"operation": self.operation, "call": f"{self.method} {_path(self.path)}", "status": self.status}
        more = {"query": self.query, "headers": self.headers, "code": self.code, "fields": self.fields}
        return {**told, **{name: value for name, value in more.items() if value}, "answer": self.shape}


@dataclass
class Evidence:
    """What was sent and what came back. A call that has the shape of an earlier one is left out."""

    exchanges: list[Exchange] = field(default_factory=list)

    def add(self, exchange: Exchange) -> None:
        if exchange not in self.exchanges:
            self.exchanges.append(exchange)

    def as_json(self, lines: Iterable[str], version: str) -> str:
        """``lines``: the keys of the contract that differ."""
        document = {
            "written_by": MARK,
            "collection": version,
            "differs": sorted(lines),
            "exchanges": [each.as_evidence() for each in self.exchanges],
        }
        return json.dumps(document, indent=1) + "\n"


def code_of(error: NxaiError) -> tuple[str, tuple[str, ...]]:
    """What a refusal says in names: its code, and the members that it is about."""
    if not isinstance(error, Refused):
        return type(error).__name__, ()
    code = error.code if not error.code or is_made_of_words(error.code) else _MASKED
    return code, tuple(sorted({".".join(map(_known, name.split("."))) for name in error.fields}))


def query_of(names: Iterable[str], known: Collection[str]) -> tuple[str, ...]:
    """Names of parameters. Those that a service gave in an address may be anything."""
    return tuple(name if name in known and is_member(name) else _known(name) for name in names)


def headers_of(names: Iterable[str]) -> tuple[str, ...]:
    """The others are counted: one can be named after a customer."""
    found = {name.lower() for name in names}
    known = sorted(name for name in found if is_made_of_words(name))
    others = len(found) - len(known)
    return (*known, f"({others} others)") if others else tuple(known)


def _path(path: str) -> str:
    steps = path.split("/")
    return "/".join(each if not each or each.startswith("{") or is_step(each) else _MASKED for each in steps)


def shape_of(value: Any) -> Any:
    """Of one value; rows of a list are put together."""
    return _shape([value], "", _ANSWER)


def _shape(values: Sequence[Any], name: str, what: str) -> Any:
    """Of all values that one member has: how often each kind comes, and what is inside of those that hold others."""
    values = [unpacked(each) for each in values]
    words = Counter(each.lower() for each in values if isinstance(each, str))
    kinds = Counter(_kind(each, name, words) for each in values)
    found: dict[str, Any] = dict(sorted(kinds.items()))
    objects = [each for each in values if isinstance(each, Mapping) and each]
    rows = [row for each in values if isinstance(each, list) for row in each]
    if objects:
        found["members"] = _members(objects, name, what)
    if rows:
        found["of"] = {"rows": len(rows), **_shape(rows[:MOST_ROWS], name, _RECORDS)}
    return found


def _members(objects: Sequence[Mapping[str, Any]], name: str, what: str) -> dict[str, Any]:
    members: dict[str, list[Any]] = {}
    within = name if name.endswith((*_OF_USERS, _OF_MODELS)) else ""
    shown = _shown_keys(objects, name, what)
    for each in objects:
        for key, value in list(each.items())[:_MOST_KEYS]:
            members.setdefault(str(key) if key in shown else _MASKED, []).append(value)
    return {key: _shape(values, within or plain(key), _INSIDE) for key, values in sorted(members.items())}


def _shown_keys(objects: Sequence[Mapping[str, Any]], name: str, what: str) -> set[Any]:
    if name.endswith(_OF_USERS) or any(map(_is_map, objects)):
        return set()
    count = Counter(key for each in objects for key in each)
    plainly = {key for key in count if _KEY.fullmatch(str(key))}
    known = {key for key in plainly if is_member(str(key))}
    if name.endswith(_OF_MODELS) or (what == _INSIDE and not known):  # what has no usual name may be by names
        return known
    few = 1 if what != _INSIDE and len(objects) == 1 else 2
    most = {key for key in plainly if count[key] >= few and (what != _INSIDE or 2 * count[key] >= len(objects))}
    if what == _ANSWER:  # it may be an object by names
        most = {key for key in most if not isinstance(unpacked(objects[0][key]), Mapping)}
    return known | most


def _is_map(value: Mapping[str, Any]) -> bool:
    """Whether its keys look like data: objects of one form by their ids or names."""
    inner = [each for each in value.values() if isinstance(each, Mapping)]
    return len(inner) == len(value) > 1 and len({tuple(sorted(each)) for each in inner}) == 1


def _known(key: str) -> str:
    return key if _KEY.fullmatch(key) and is_member(key) else _MASKED


def _kind(value: Any, name: str, words: Mapping[str, int]) -> str:
    """``words``: how often each text comes in this member."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, (int, float)):
        return "integer" if isinstance(value, int) else "number"
    if isinstance(value, (list, Mapping)):
        kind = "list" if isinstance(value, list) else "object"
        return kind if value else f"empty {kind}"
    return _text_kind(str(value), name, words)


def _text_kind(value: str, name: str, words: Mapping[str, int]) -> str:
    if not value.strip():
        return "empty text"
    if UUID_TEXT.fullmatch(value):
        return "zero UUID" if ZERO_UUID in value else "UUID in braces" if value.startswith("{") else "UUID"
    if name in _STATES and _WORD.fullmatch(value):  # one that comes once may be anything
        return f"word {value}" if value.lower() in KNOWN_WORDS or words[value.lower()] > 1 else "word"
    if _TIME.match(value):
        return "zero time" if value.startswith("0001-") else "time"
    if "://" in value:
        return "address"
    return "text of digits" if value.replace(".", "", 1).isdigit() else "text"
