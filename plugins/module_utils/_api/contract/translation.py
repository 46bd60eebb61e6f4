# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Records of the API in the names that the collection knows, and back, where a contract file says other names.

Pure. Nothing is lost on the way: what stands in a known place that the file does not name moves under ``KEPT``, and
what comes in goes out as it came. Where the file gives several places and they hold different lists, none is chosen.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from ..._core.limits import MOST_DEPTH
from ..._core.values import plain
from .forms import each_of, opened, split
from .lines import RECORDS, WORDS, WORDS_OF

Path = tuple[str, ...]
STEP = re.compile(r"[A-Za-z0-9_$-]{1,100}")  # of a path in the contract
KEPT = "(not read)"
DIFFERENT = "(different)"  # in place of a list: what each place holds, where they do not agree
_ABSENT = object()

# The fields that hold other records, or lists of them.
_INNER = {
    "model": {"organisation": "reference", "catalogues": "reference"},
    "catalogue": {"organisation": "reference", "shared_with": "reference"},
    "site": {"organisation": "reference"},
    "device": {"server": "server", "pipelines": "pipeline"},
    "registry_device": {"groups": "reference"},
    "group": {"devices": "reference"},
}
_PIPELINES = tuple(RECORDS["device"]["pipelines"].default[0].split("."))
_BESIDE_PIPELINES = ("device", "server", "reference")  # what a row of a device has besides
_WITH_WORDS = {"model": ("status", "code_status"), "site": ("status", "online"), "server": ("status",)}


def path_of(place: str) -> Path:
    """The steps of a dotted path. Of "" none: it is the whole."""
    return tuple(place.split(".")) if place else ()


def value_at(value: Any, path: Path) -> Any:
    """What is at a path, or None."""
    found = _at(value, path)
    return None if found is _ABSENT else found


class Translation:
    """Of one contract file. ``places``: the fields that it names, as ``device.pipelines`` -> paths."""

    def __init__(self, places: Mapping[str, tuple[str, ...]], words: Mapping[str, Iterable[str]]) -> None:
        lists, forms = _without_forms(places)
        self._forms = forms
        self._model = tuple(places.get("pipeline.model") or RECORDS["pipeline"]["model"].default)
        places = lists
        self._views = {record: _View(record, places, words) for record in RECORDS if record != "answer"}
        self._active = {record for record, view in self._views.items() if view.differs}
        self._active |= {"device"} if forms else set()
        self._active |= {outer for outer, inner in _INNER.items() if self._active & set(inner.values())}
        self._taken = {_plain(path) for record in _BESIDE_PIPELINES for path in self._views[record].read}

    def changes(self, record: str) -> bool:
        return record in self._active

    def incoming(self, record: str, row: Mapping[str, Any]) -> Mapping[str, Any]:
        if record not in self._active:
            return row
        for path, inside in self._forms.items() if record == "device" else ():
            row = self._with_list(row, path, inside)
        known = self._views[record].incoming(row)
        for field, inner in _INNER.get(record, {}).items():
            if inner in self._active:
                known = self._with_inner(known, RECORDS[record][field].default, inner)
        if record == "device" and "pipeline" in self._active:
            known = self._with_pipelines(known, _PIPELINES)
        return known

    def outgoing(self, record: str, data: Mapping[str, Any]) -> dict[str, Any]:
        if record not in self._active:
            return dict(data)
        if record == "pipeline" and "chains" in data:
            data = {**data, "chains": _everywhere(data["chains"], self._views[record].outgoing, first=False)}
        return self._views[record].outgoing(data)

    def _with_list(self, row: Mapping[str, Any], path: Path, inside: Path) -> Mapping[str, Any]:
        """With a list in the place of pipelines in another form. What is not understood stays, and is unknown."""
        spelled = _spelled(row, path)
        found = each_of(_at(row, spelled), inside, self._model) if spelled else None
        return row if found is None or spelled is None else _with(row, spelled, found)

    def _with_inner(self, row: dict[str, Any], places: Iterable[str], inner: str) -> dict[str, Any]:
        for path in (_spelled(row, path_of(place)) for place in places):
            if path is None:
                continue
            value = opened(_at(row, path))
            if isinstance(value, Mapping):
                row = _with(row, path, self._one(inner, value))
            elif isinstance(value, list):
                row = _with(row, path, [self._one(inner, each) if isinstance(each, dict) else each for each in value])
        return row

    def _with_pipelines(self, value: Any, aside: Path | None, depth: int = 0) -> Any:
        """A copy in which whatever has the names of a pipeline has the known ones, so that it is seen wherever it is.

        What is ``aside`` has them already. Text that holds JSON stays text where there is nothing of the kind in it.
        """
        data = opened(value)
        if aside == () or depth > MOST_DEPTH or not isinstance(data, (list, Mapping)):
            return value
        if isinstance(data, list):
            made: Any = [self._with_pipelines(each, None, depth + 1) for each in data]
        elif aside is None and self._views["pipeline"].fits(data, self._taken):
            return self._one("pipeline", data)
        else:
            way = _key(data, aside[0]) if aside else None
            made = {}
            for key, inner in data.items():
                ahead = aside[1:] if aside and key == way else None
                made[key] = self._with_pipelines(inner, ahead, depth + 1)
            if aside and self._views["pipeline"].fits(data, self._taken):
                made = self._views["pipeline"].incoming(made)
        return value if isinstance(value, str) and made == data else made

    def _one(self, record: str, row: Mapping[str, Any]) -> Mapping[str, Any]:
        known = self.incoming(record, row)
        if record == "pipeline" and "chains" in known:  # their elements are as pipelines are: a guess
            return {**known, "chains": _everywhere(known["chains"], self._views[record].incoming, first=True)}
        return known


@dataclass(frozen=True)
class _Move:
    target: Path
    sources: tuple[Path, ...]
    displaced: tuple[Path, ...]  # known places that the file does not name
    sent: bool
    exact: bool  # holds what may not be lost: its places have to agree


class _View:
    """One kind of record, by itself."""

    def __init__(self, record: str, places: Mapping[str, tuple[str, ...]], words: Mapping[str, Iterable[str]]) -> None:
        lines = RECORDS[record]
        said = {name: places.get(f"{record}.{name}", ()) for name in lines}
        named = {
            name: () if said[name] == line.default else tuple(map(path_of, said[name])) for name, line in lines.items()
        }
        touched = [path for paths in named.values() for path in paths]
        moves = []
        for name, line in lines.items():
            known = tuple(map(path_of, line.default))
            sources = named[name] or (known if any(_overlap(one, two) for one in known for two in touched) else ())
            if sources:
                displaced = tuple(path for path in known if not any(_same(path, other) for other in sources))
                exact = name in _INNER.get(record, {})
                moves.append(_Move(known[0], sources, displaced, line.sent and bool(named[name]), exact))
        self._moves = sorted(moves, key=lambda move: len(move.target))
        places_in_use = {name: named[name] or tuple(map(path_of, line.default)) for name, line in lines.items()}
        self._model = places_in_use.get("model", ())
        self.read = [path for paths in places_in_use.values() for path in paths]
        self._words = {
            _word(word): WORDS[meaning][0][0] for meaning in WORDS_OF.get(record, ()) for word in words.get(meaning, ())
        }
        self._worded = [path_of(place) for name in _WITH_WORDS.get(record, ()) for place in lines[name].default]
        self._flag = lines["online"].default[0] if "online" in lines else ""
        self.differs = bool(self._moves or self._words)

    def incoming(self, row: Mapping[str, Any]) -> dict[str, Any]:
        return self._in_known_words(self._in_known_places(dict(row)))

    def fits(self, row: Mapping[str, Any], taken: Collection[Path]) -> bool:
        """Whether it has its model, or two of its members. Those whose names are ``taken`` say little by themselves."""
        held = [path for path in self.read if _at(row, path) is not _ABSENT]
        own = [path for path in held if _plain(path) not in taken]
        return bool(own) and (len(held) > 1 or own[0] in self._model)

    def outgoing(self, data: Mapping[str, Any]) -> dict[str, Any]:
        """The other way: each field that is sent into its own place, and what was kept back where it was."""
        row = dict(data)
        kept = row.pop(KEPT) if isinstance(row.get(KEPT), Mapping) else {}
        found = []
        for move in reversed(self._moves):
            if move.sent:
                value = _at(row, move.target)
                row = _without(row, move.target)
                found.append((move.sources[0], value))
        for path, value in [
            *sorted(found, key=lambda each: len(each[0])),
            *((path_of(str(key)), kept[key]) for key in kept),
        ]:
            if value is not _ABSENT:
                row = _with(row, path, value)
        return row

    def _in_known_places(self, row: dict[str, Any]) -> dict[str, Any]:
        kept = {KEPT: row.pop(KEPT)} if KEPT in row else {}
        values: list[tuple[Path, Any]] = []
        chosen = []
        for move in self._moves:
            different = _different(row, move.sources) if move.exact else {}
            if different:
                values.append((move.target, {DIFFERENT: different}))
            else:
                chosen.append((move, _chosen(row, move.sources)))
        for depth in sorted({len(path) for _move, path in chosen}, reverse=True):  # what is inside of others first
            level = [(move, path) for move, path in chosen if len(path) == depth]
            values += [(move.target, _at(row, path)) for move, path in level]
            for _move, path in level:
                row = _without(row, path)
        for move in self._moves:
            for path in move.displaced:
                row = _kept_back(row, path, kept)
        values = [(target, value) for target, value in values if value is not _ABSENT]
        for target, _value in values:
            row = _kept_back(row, target, kept)
        for target, value in sorted(values, key=lambda each: len(each[0])):
            row = _with(row, target, value, kept)
        return {**row, KEPT: kept} if kept else row

    def _in_known_words(self, row: dict[str, Any]) -> dict[str, Any]:
        for path in self._worded if self._words else ():
            word = self._words.get(_word(_at(row, path)))
            if word is not None:
                value = word == WORDS["online"][0][0] if path == (self._flag,) else word
                row = _with(row, _spelled(row, path) or path, value)
        return row


def _without_forms(
    places: Mapping[str, tuple[str, ...]],
) -> tuple[dict[str, tuple[str, ...]], dict[Path, Path]]:
    """The places of fields as those of lists, and of each that is in another form, the way inside of its elements."""
    forms: dict[Path, Path] = {}
    lists = dict(places)
    for place in places.get("device.pipelines", ()):
        path, inside = split(path_of(place))
        if inside is not None:
            forms[path] = inside
    if forms:
        ways = (split(path_of(place))[0] for place in places["device.pipelines"])
        lists["device.pipelines"] = tuple(".".join(way) for way in ways)
    return lists, forms


def _word(value: object) -> str:
    return str(value).strip().lower()


def _key(row: Mapping[str, Any], name: str) -> str | None:
    if name in row:
        return name
    return next((key for key in row if plain(key) == plain(name)), None)


def _at(value: Any, path: Path) -> Any:
    for name in path:
        row = opened(value)
        key = _key(row, name) if isinstance(row, Mapping) else None
        if key is None:
            return _ABSENT
        value = row[key]
    return value


def _chosen(row: Mapping[str, Any], paths: tuple[Path, ...]) -> Path:
    """The first path that leads to something, or else to anything at all."""
    values = [(path, _at(row, path)) for path in paths]
    full = [path for path, value in values if value is not _ABSENT and value not in (None, "")]
    there = [path for path, value in values if value is not _ABSENT]
    return (full or there or list(paths))[0]


def _different(row: Mapping[str, Any], paths: tuple[Path, ...]) -> dict[str, Any]:
    """What is at each of the paths, where a list is at one and something else at another one. Else nothing."""
    values = {".".join(path): _at(row, path) for path in paths}
    full = {place: value for place, value in values.items() if value is not _ABSENT and value not in (None, "")}
    data = [opened(value) for value in full.values()]
    alike = all(each == data[0] for each in data) or not any(isinstance(each, list) for each in data)
    return {} if alike else full


def _kept_back(row: dict[str, Any], path: Path, kept: dict[str, Any]) -> dict[str, Any]:
    """A copy with nothing at the path, however it is spelled. What was there is ``kept``, by its own spelling."""
    while (spelled := _spelled(row, path)) is not None:
        kept[".".join(spelled)] = _at(row, spelled)
        row = _without(row, spelled)
    return row


def _spelled(value: Any, path: Path) -> Path | None:
    """The path to what is there as the row spells it, or None."""
    found: list[str] = []
    for name in path:
        row = opened(value)
        key = _key(row, name) if isinstance(row, Mapping) else None
        if key is None:
            return None
        found.append(key)
        value = row[key]
    return tuple(found)


def _without(row: Mapping[str, Any], path: Path) -> dict[str, Any]:
    """A copy in which there is nothing at the path."""
    key = _key(row, path[0]) if path else None
    if key is None:
        return dict(row)
    if len(path) == 1:
        return {name: value for name, value in row.items() if name != key}
    inner = opened(row[key])
    return {**row, key: _without(inner, path[1:])} if isinstance(inner, Mapping) else dict(row)


def _with(row: Mapping[str, Any], path: Path, value: Any, kept: dict[str, Any] | None = None) -> dict[str, Any]:
    """A copy with the value at the path. What is no object on the way is ``kept``."""
    if not path:
        return dict(row)
    if len(path) == 1:
        return {**row, path[0]: value}
    key = _key(row, path[0]) or path[0]
    inner = opened(row.get(key))
    if not isinstance(inner, Mapping):
        if inner is not None and kept is not None:
            kept[path[0]] = inner
        inner = {}
    return {**row, key: _with(inner, path[1:], value, kept)}


def _everywhere(value: Any, change: Callable[[Mapping[str, Any]], dict[str, Any]], first: bool) -> Any:
    """Each object at any depth changed, the outer ones ``first`` or last."""
    if isinstance(value, list):
        return [_everywhere(each, change, first) for each in value]
    if not isinstance(value, Mapping):
        return value
    row = change(value) if first else value
    row = {key: inner if key == KEPT else _everywhere(inner, change, first) for key, inner in row.items()}
    return row if first else change(row)


def _plain(path: Path) -> Path:
    return tuple(map(plain, path))


def _same(one: Path, other: Path) -> bool:
    return _plain(one) == _plain(other)


def _overlap(one: Path, other: Path) -> bool:
    shorter = min(len(one), len(other))
    return _same(one[:shorter], other[:shorter])
