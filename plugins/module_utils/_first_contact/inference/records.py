# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Where records have their ids, names and other members, found by the form of the values and by near names. Pure.

Nothing is proposed for what is in its known place. Of two that are as good as each other none is: that is a question.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ..._api.contract.contract import Contract
from ..._api.contract.lines import RECORDS
from ..._api.contract.translation import path_of, value_at
from ..._api.records.records import Catalogue, Device, Model, Server, Site
from ..._core.errors import NxaiError
from ..._core.values import identity, plain
from .draft import Draft, Proposal
from .places import MOST_ROWS, Path, common, dotted, is_uuid, last, members

Row = Mapping[str, Any]
Rows = Sequence[Row]
# Members of records that hold other records: what is in there is not the record's own.
_OTHERS = ("organisation", "organization", "server", "catalogue", "catalog", "owner", "account", "user", "group")
_KINDS: dict[str, Any] = {
    "model": Model,
    "catalogue": Catalogue,
    "site": Site,
    "server": Server,
    "device": Device,
}
_IDS = ("uuid", "guid", "id", "nxid")


@dataclass
class Inferred:
    """What the rows of a listing say: lines that are sure, and what only the user can know."""

    proposals: list[Proposal] = field(default_factory=list)
    questions: list[str] = field(default_factory=list)


def infer_record(record: str, rows: Rows, draft: Draft, catalogues: Iterable[str] = ()) -> Inferred:
    """Of models, catalogues, sites, servers or devices, raw as they came. ``catalogues``: ids that are known."""
    rows, found = list(rows)[:MOST_ROWS], Inferred()
    if rows:
        _infer_id(record, rows, draft.contract, found)
        for name, near, fits in _MEMBERS.get(record, ()):
            _infer_member(record, name, rows, draft.contract, (near, fits), found)
        if record == "model":
            _infer_catalogues(rows, draft.contract, set(catalogues), found)
    return found


def ids_of(record: str, row: Row, contract: Contract) -> str:
    """The id of a row as the contract reads it, "" for none."""
    try:
        found = _KINDS[record].from_api(contract.known(record, [row])[0])
    except NxaiError:
        return ""
    return str(getattr(found, "uuid", "") or getattr(found, "id", ""))


def other_ids(record: str, row: Row) -> list[str]:
    """The places of a row that hold a UUID of its own, the likeliest first."""
    found = [path for path, value in members(row) if is_uuid(value) and _is_own(path)]
    return [dotted(path) for path in sorted(found, key=lambda path: _rank(record, path))]


def _infer_id(record: str, rows: Rows, contract: Contract, found: Inferred) -> None:
    if all(ids_of(record, row, contract) for row in rows):
        return
    paths = []
    for path, values in common(list(rows)):
        if _is_own(path) and all(map(is_uuid, values)) and len({identity(each) for each in values}) == len(rows):
            paths.append(path)
    best = [path for path in paths if _rank(record, path) == min(_rank(record, each) for each in paths)]
    key = f"fields.{record}.id"
    if len(best) == 1:
        why = f"the rows have no {' or '.join(RECORDS[record]['id'].default)}; each has a UUID of its own here"
        found.proposals.append(Proposal({key: dotted(best[0])}, why))
    elif any(not ids_of(record, row, contract) for row in rows):
        shown = f" It may be {' or '.join(map(dotted, best))}." if best else ""
        found.questions.append(f"{key}: which member of a {_words(record)} is its id?{shown}")


def _is_own(path: Path) -> bool:
    return not any(plain(step).startswith(_OTHERS) for step in path[:-1]) and not last(path).startswith("parent")


def _rank(record: str, path: Path) -> tuple[int, int]:
    """How far a member's name is from that of an id."""
    name = last(path)
    own = [f"{word}{end}" for word in (plain(record), *_ALIKE.get(record, ())) for end in _IDS]
    place = 0 if name in own else 1 if name in _IDS else 2 if name.endswith(_IDS) else 3
    return place, len(path)


_ALIKE = {"model": ("function",), "site": ("system", "cloud", "cloudsystem"), "device": ("camera",)}


Fits = Callable[[Any], bool]


def _infer_member(
    record: str, name: str, rows: Rows, contract: Contract, wanted: tuple[tuple[str, ...], Fits], found: Inferred
) -> None:
    """One member by near names, where no row has it in a place that the contract knows."""
    near, fits = wanted
    if _is_there(record, name, rows, contract):
        return
    best: dict[Path, int] = {}
    for row in rows:
        for path, value in members(row, 3):
            nearness = _nearness("".join(map(plain, path)), near)
            if nearness and fits(value) and _is_own(path) and not _is_taken(record, path, contract):
                best[path] = nearness
    paths = [path for path in best if best[path] == max(best.values())]
    paths = [path for path in paths if len(path) == min(map(len, paths))]
    key = f"fields.{record}.{name}"
    if len(paths) == 1:
        why = f"no {_words(record)} has {' or '.join(RECORDS[record][name].default)}"
        found.proposals.append(Proposal({key: dotted(paths[0])}, why))
    elif paths:
        some = " or ".join(map(dotted, paths[:4]))
        found.questions.append(f"{key}: is it {some} of a {_words(record)}? None has it where it was expected.")


def _is_there(record: str, name: str, rows: Rows, contract: Contract) -> bool:
    places = [path_of(place) for place in contract.places(f"{record}.{name}")]
    return any(value_at(row, path) is not None for row in rows for path in places)


def _is_taken(record: str, path: Path, contract: Contract) -> bool:
    """Whether the place belongs to another field already."""
    name = tuple(map(plain, path))
    return any(
        tuple(map(plain, path_of(place))) == name
        for each in RECORDS[record]
        for place in contract.places(f"{record}.{each}")
    )


def _nearness(name: str, near: tuple[str, ...]) -> int:
    """How well the names on the way to a member fit: all of those joined with ``+``, at its end."""
    for place, word in enumerate(near):
        *before, end = word.split("+")
        if name.endswith(end) and all(each in name for each in before):
            return len(near) - place
    return 0


def _is_title(value: Any) -> bool:
    return isinstance(value, str) and 0 < len(value) < 300 and not is_uuid(value) and "://" not in value


def is_text(value: Any) -> bool:
    return isinstance(value, str)


def _is_flag(value: Any) -> bool:
    return isinstance(value, bool) or (isinstance(value, str) and value.lower() in ("true", "false"))


def _is_input(value: Any) -> bool:
    return isinstance(value, Mapping) and len({"height", "width", "channels", "means"} & set(map(plain, value))) > 1


_NAME = ("name", ("name", "title", "label", "caption"), _is_title)
_MEMBERS: dict[str, tuple[tuple[str, tuple[str, ...], Fits], ...]] = {
    "model": (
        _NAME,
        ("documentation", ("documentation", "description", "readme", "notes"), is_text),
        ("input_details", ("details", "input", "inputs"), _is_input),
    ),
    "catalogue": (_NAME,),
    "site": (_NAME, ("online", ("online", "isconnected"), _is_flag)),
    "server": (_NAME, ("plugin_version", ("plugin+version",), _is_title)),
    "device": (_NAME, ("enabled", ("enabled",), _is_flag)),
}


def _infer_catalogues(rows: Rows, contract: Contract, catalogues: set[str], found: Inferred) -> None:
    """The member with the catalogues of a model: a list of ids that are those of catalogues."""
    if _is_there("model", "catalogues", rows, contract):
        return
    paths = {path for row in rows for path, value in members(row, 3) if _ids_in(value) & catalogues}
    if len(paths) == 1:
        why = "no model has Catalogues; here is a list with ids of catalogues"
        found.proposals.append(Proposal({"fields.model.catalogues": dotted(paths.pop())}, why))


def _ids_in(value: Any) -> set[str]:
    return set(_ids(value)) if isinstance(value, list) else set()


def _ids(value: list[Any]) -> Iterator[str]:
    for each in value:
        if isinstance(each, str):
            yield identity(each)
        elif isinstance(each, Mapping):
            yield from (identity(inner) for inner in each.values() if is_uuid(inner))


def _words(record: str) -> str:
    return record.replace("_", " ")
