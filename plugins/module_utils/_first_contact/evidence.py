# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What came over the wire as shapes alone: keys, types, counts, words of state, names of headers. No other value. Pure.

So a user can give it to anybody. A key that looks like data is replaced, too.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from .._api.contract.lines import WORDS
from .._api.contract.translation import plain
from .._core.errors import NxaiError, Refused
from .._core.values import UUID_TEXT, ZERO_UUID
from .inference.places import MOST_ROWS, unpacked

MARK = "nxai.cloud first contact"
_MOST_KEYS = 100
_KEY = re.compile(r"[$@]?[A-Za-z][A-Za-z_-]{0,39}|[A-Za-z]{1,3}[0-9]")
_OF_USERS = ("settings", "metadata", "tags", "labels")  # what is in there may be named by anybody
_HEADER = re.compile(r"[a-z][a-z-]{0,49}")
_CODE = re.compile(r"[A-Za-z_]{1,40}")
_STATES = ("status", "state", "stateofhealth", "online", "health")
_WORD = re.compile(r"[A-Za-z]{1,16}")
_KNOWN_WORDS = frozenset(word for words, _evidence, _meaning in WORDS.values() for word in words)
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d")
_MASKED = "(masked)"


@dataclass(frozen=True)
class Exchange:
    """A call and what came of it. ``path`` is that of the contract, with its places in braces."""

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
        told = {"operation": self.operation, "call": f"{self.method} {self.path}", "status": self.status}
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
    code = error.code if _CODE.fullmatch(error.code) else ""
    return code, tuple(sorted({".".join(map(_key, name.split("."))) for name in error.fields}))


def query_of(names: Iterable[str], known: Collection[str]) -> tuple[str, ...]:
    """Names of parameters. Those that a service gave in an address may be anything."""
    return tuple(name if name in known else _key(name) for name in names)


def headers_of(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted({name.lower() for name in names if _HEADER.fullmatch(name.lower())}))


def shape_of(value: Any) -> Any:
    """Of one value; rows of a list are put together."""
    return _shape([value], "")


def _shape(values: Sequence[Any], name: str) -> Any:
    """Of all values that one member has: how often each kind comes, and what is inside of those that hold others."""
    values = [unpacked(each) for each in values]
    kinds = Counter(_kind(each, name) for each in values)
    found: dict[str, Any] = dict(sorted(kinds.items()))
    objects = [each for each in values if isinstance(each, Mapping) and each]
    rows = [row for each in values if isinstance(each, list) for row in each]
    if objects:
        found["members"] = _members(objects, name)
    if rows:
        found["of"] = {"rows": len(rows), **_shape(rows[:MOST_ROWS], name)}
    return found


def _members(objects: Sequence[Mapping[str, Any]], name: str) -> dict[str, Any]:
    members: dict[str, list[Any]] = {}
    map_like = name.endswith(_OF_USERS) or any(map(_is_map, objects))
    for each in objects:
        for key, value in list(each.items())[:_MOST_KEYS]:
            members.setdefault(_MASKED if map_like else _key(key), []).append(value)
    within = name if name.endswith(_OF_USERS) else ""
    return {key: _shape(values, within or plain(key)) for key, values in sorted(members.items())}


def _is_map(value: Mapping[str, Any]) -> bool:
    """Whether its keys look like data: objects of one form by their ids or names."""
    inner = [each for each in value.values() if isinstance(each, Mapping)]
    return len(inner) == len(value) > 1 and len({tuple(sorted(each)) for each in inner}) == 1


def _key(key: Any) -> str:
    return str(key) if _KEY.fullmatch(str(key)) else _MASKED


def _kind(value: Any, name: str) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, (int, float)):
        return "integer" if isinstance(value, int) else "number"
    if isinstance(value, (list, Mapping)):
        kind = "list" if isinstance(value, list) else "object"
        return kind if value else f"empty {kind}"
    return _text_kind(str(value), name)


def _text_kind(value: str, name: str) -> str:
    if not value.strip():
        return "empty text"
    if UUID_TEXT.fullmatch(value):
        return "zero UUID" if ZERO_UUID in value else "UUID in braces" if value.startswith("{") else "UUID"
    if name in _STATES and (value.lower() in _KNOWN_WORDS or _WORD.fullmatch(value)):
        return f"word {value}"
    if _TIME.match(value):
        return "zero time" if value.startswith("0001-") else "time"
    if "://" in value:
        return "address"
    return "text of digits" if value.replace(".", "", 1).isdigit() else "text"
