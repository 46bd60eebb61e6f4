# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a row of the listing says of the pipelines of a device. Pure. What it does not say is unknown, never none.

An empty list in the expected place says "none". A row without that place, or with something there that says nothing,
may mean none, or that the listing does not show it: its *shape* (``shape.py``) is the class for which that can be found
out. Anything that may be pipelines in another place, or in another form, is not understood, and has no shape: nothing
is ever written over it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, TypeAlias

from ..._core.limits import is_deep, read_json
from ..._core.values import ZERO_UUID, identity, is_uuid, plain
from ..contract.translation import DIFFERENT
from .believed import not_believed
from .beside import models_beside, names_more, names_selected, says_more
from .pipeline import Assignment, Pipeline, models_of
from .shape import is_blank, kind, shape_of

IsModel: TypeAlias = Callable[[str], bool]
PLACE = ("nxAI", "pipelines")
LINE = "fields.device.pipelines"  # of the contract: where the place is said
MOST_TEXT = 1 << 20  # characters of a text that is read as JSON
_BESIDE = ("models", "pluginsettings")  # beside the pipelines: what there is to choose from, and settings
_SELECTED = "selectedpipeline"  # the word Custom, or the UUID of a model
_NOTHING = ("", "-", "none", "nil", "undefined", "n/a")  # null is JSON
_MODEL_ID = re.compile(r"(?:model|function|network)s?(?:uuid|guid|id)s?$")
_PIPELINES = re.compile(r"pipeline|function|assign|^models?$|^chains$")
_OF_A_PIPELINE = frozenset(("modelnms", "resizingmethod", "chains"))  # two of them are no coincidence
_UUID = re.compile(r"(?<![0-9a-f])[0-9a-f]{8}-?(?:[0-9a-f]{4}-?){3}[0-9a-f]{12}(?![0-9a-f])", re.IGNORECASE)


@dataclass(frozen=True)
class Known:
    pipelines: Assignment


@dataclass(frozen=True)
class Seen:
    """What rows of one listing have in common, by how it is written: what is equal in every letter is read once."""

    places: dict[str, tuple[bool, str, Assignment]] = field(default_factory=dict)  # see ``_read``
    servers: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Unknown:
    """``reason`` is for people. ``shape`` is "" where something is there that is not understood.

    ``partial``: pipelines are read there, and something says that they are not all. ``choice``: a list that is empty,
    and models beside it, which may be those that there are to choose from. ``read``: the pipelines, where nothing is
    unknown but what follows on them (see ``following.py``).
    """

    reason: str
    shape: str = ""
    partial: bool = False
    choice: bool = False
    read: Assignment | None = field(default=None, repr=False)


def read_assignment(
    raw: Mapping[str, Any], place: tuple[str, ...] = PLACE, is_model: IsModel = is_uuid, seen: Seen | None = None
) -> Known | Unknown:
    """The pipelines of a row. ``place`` is compared without regard to case, ``_`` and ``-``; text in it may be JSON.

    ``is_model``: whether an id is one of a model. It may be a name, or something else, where it is no UUID. ``seen``:
    of the same listing, with the same ``is_model``.
    """
    found, others = _follow(raw, place)
    if isinstance(found, dict) and _model_in(found):
        found = [found]  # one pipeline, where a list of one was expected
    if isinstance(found, list):
        found = [_unpacked(each) if isinstance(each, str) and each[:1] == "{" else each for each in found]
    places, written = (seen or Seen()).places, repr(found)
    if written not in places:
        places[written] = _read(found, ".".join(place), is_model)
    blank, problem, pipelines = places[written]
    if problem:
        return Unknown(problem)
    elsewhere = next(_hits_but(pipelines, others), None)
    if elsewhere is not None:
        return Unknown(f"{elsewhere} names a model or holds pipelines, too")
    return _contradiction(raw, place, pipelines, found) or (_blank(raw, place, found) if blank else Known(pipelines))


def _read(found: Any, dotted: str, is_model: IsModel) -> tuple[bool, str, Assignment]:
    """Whether what is in the place is blank, why it is not understood, and its pipelines."""
    if is_blank(found):
        return True, "", ()
    problem = _problem(found, dotted, is_model)
    return False, problem, () if problem else tuple(map(Pipeline.read, found))


def _contradiction(raw: Mapping[str, Any], place: tuple[str, ...], known: Assignment, found: Any) -> Unknown | None:
    """Where something beside the place says that there is more than is read there."""
    way = _first_step(raw, place)
    more = says_more(known, raw, way)
    if more:
        return Unknown(f"{'.'.join(place)} may not be all: {more}", partial=True)
    if known or found != []:
        return None
    beside = "a pipeline that is selected" if names_selected(way) else "models" if models_beside(way) else ""
    reason = f"the service shows an empty list at {'.'.join(place)}, and beside it {beside}"
    return Unknown(reason, shape_of(raw, way, place, found), choice=beside == "models") if beside else None


def _blank(raw: Mapping[str, Any], place: tuple[str, ...], found: Any) -> Unknown:
    shown = "no model" if found else "nothing"
    return Unknown(
        f"the service shows {shown} at {'.'.join(place)}", shape_of(raw, _first_step(raw, place), place, found)
    )


def rest_of(raw: Mapping[str, Any]) -> str:
    """The shape of a row without the member that leads to the pipelines."""
    return shape_of({key: value for key, value in raw.items() if plain(key) != plain(PLACE[0])}, None, PLACE, None)


def core_of(raw: Mapping[str, Any]) -> str:
    """The shape of a row without what is beside the place of the pipelines, and differs with what a device once ran."""
    found, _others = _follow(raw, PLACE)
    way = _first_step(raw, PLACE)
    if way is not None:
        way = {key: value for key, value in way.items() if plain(key) not in (*_BESIDE, _SELECTED)}
    return shape_of(raw, way, PLACE, found)


def _first_step(raw: Mapping[str, Any], place: tuple[str, ...]) -> dict[str, Any] | None:
    found = next((_unpacked(value) for key, value in raw.items() if plain(key) == plain(place[0])), None)
    return found if isinstance(found, dict) else None


def names_more_in(raw: Mapping[str, Any], known: Assignment) -> bool:
    """Whether a row names more models beside the place of its pipelines than these use."""
    return names_more(_first_step(raw, PLACE), known)


def offered_in(raw: Mapping[str, Any]) -> frozenset[str]:
    """The models that a row names beside the place of its pipelines."""
    return models_beside(_first_step(raw, PLACE))


def names_a_selected_pipeline(raw: Mapping[str, Any]) -> bool:
    """Whether the row says beside the place of the pipelines that one is selected, by the word Custom or a UUID."""
    beside = _first_step(raw, PLACE) or {}
    return any(plain(key) == _SELECTED and identity(value) not in ("", ZERO_UUID) for key, value in beside.items())


def is_bare(raw: Mapping[str, Any]) -> bool:
    """Whether a row has nothing in the place of the pipelines, nor anything like them elsewhere."""
    found, others = _follow(raw, PLACE)
    return found is None and not others


@dataclass(frozen=True)
class _Wrong:
    what: str


def _problem(found: Any, dotted: str, is_model: IsModel) -> str:
    """Why what is in the place is not understood; "" where it is."""
    if isinstance(found, _Wrong):
        return f"{dotted}: {found.what}"
    if isinstance(found, dict) and isinstance(found.get(DIFFERENT), dict):
        return f"what is at {' and at '.join(found[DIFFERENT])} differs"
    if not isinstance(found, list):
        return f"{dotted} is {kind(found)} and no list"
    for each in found:
        if not isinstance(each, dict):
            return f"{dotted} holds something that is no object"
        model = _model_in(each)
        if not model:
            return f"{dotted} holds a pipeline without modelUUID"
        wrong = not_believed(Pipeline.read(each))
        if wrong:
            return f"{dotted} holds a pipeline {wrong}"
        if not is_uuid(model) and not is_model(model):
            return f"{dotted} holds a pipeline whose modelUUID is no UUID, nor the id of a model that is listed"
    return ""


def _is_shown(value: Any) -> bool:
    is_one = isinstance(value, list) or (isinstance(value, dict) and bool(_model_in(value)))
    return is_one and not is_blank(value)


def _model_in(element: dict[str, Any]) -> str:
    return Pipeline.read(element).model


def _follow(raw: Mapping[str, Any], place: tuple[str, ...]) -> tuple[Any, list[tuple[str, Any]]]:
    """What is at a place (None for nothing, or _Wrong), and by its path each member beside the way that may tell more.

    Every row of an estate comes through here: what cannot tell anything is not even named.
    """
    value: Any = raw
    others: list[tuple[str, Any]] = []
    for depth, step in enumerate(place):
        if not value:
            return None, others
        if not isinstance(value, dict):
            return _Wrong(f"{'.'.join(place[:depth])} is {kind(value)} and no object"), others
        key = step if step in value else next((key for key in value if plain(key) == plain(step)), None)
        last = depth == len(place) - 1
        shown = last and key is not None and _is_shown(value[key])
        if last and shown:
            others += _in_settings(value, ".".join(place[:depth]))
        for name, inner in value.items():
            if name != key and _may_tell(name, inner) and not (last and _is_beside(plain(name), shown)):
                others.append((".".join((*place[:depth], name)), inner))
        value = _unpacked(value[key]) if key is not None else None
        if value is None or isinstance(value, _Wrong):
            return value, others
    return value, others


def _in_settings(outer: dict[str, Any], path: str) -> list[tuple[str, Any]]:
    """Models of what looks like pipelines in the settings beside them, where all else names models that once ran."""
    found = []
    for name, settings in outer.items():
        for key, inner in settings.items() if plain(name) == "pluginsettings" and isinstance(settings, dict) else ():
            if _says_pipelines(key) and isinstance(inner, list):
                models = [_model_in(each) for each in inner if isinstance(each, dict)]
                found.append((f"{path}.{name}.{key}.modelUUID", [each for each in models if each]))
    return found


def _is_beside(name: str, shown: bool) -> bool:
    """Whether a neighbour of the pipelines is known to be something else. Settings count where nothing else does."""
    return name == _SELECTED or (name in _BESIDE and (shown or name != "pluginsettings"))


def _unpacked(value: Any) -> Any:
    """The value, or the data of a text that holds JSON. A text that is empty, or a word for that, is nothing."""
    if not isinstance(value, str):
        return value
    if value.strip().lower() in _NOTHING:
        return None
    if len(value) > MOST_TEXT:
        return _Wrong(f"a text of more than {MOST_TEXT:,} characters")
    try:
        data = read_json(value.encode("utf-8", "replace"))
    except ValueError:
        return _Wrong("a text that is not JSON")
    return _Wrong("a text with values nested too deep") if is_deep([[[[[[data]]]]]]) else data  # as deep as a snapshot


# What looks like pipelines in another place


def _may_tell(key: str, value: Any) -> bool:
    """Whether there may be a model or pipelines in there: a quick look, which settles nearly every member."""
    kind = type(value)
    if kind is str:
        return _is_telling(key) or (value[:1] in "{[" and '"' in value)
    if kind is dict:
        return _is_telling(key) or any(_may_tell(name, inner) for name, inner in value.items())
    if kind is list:
        return _is_telling(key) or any(_may_tell("", inner) for inner in value)
    return bool(value) and value is not True and _is_telling(key)


def _hits_but(known: Assignment, others: list[tuple[str, Any]]) -> Iterator[str]:
    """The places of what names a model, or holds pipelines, and does not only repeat what is known to run."""
    for path, value in others:
        for place, model in _hits(path, value):
            if not model or model not in models_of(known):
                yield place


def _hits(path: str, value: Any) -> Iterator[tuple[str, str]]:
    """Each place of a model's id, with the id ("" for none that is known), at any depth and in texts that hold JSON."""
    waiting: list[tuple[str, Any, bool]] = [(path, value, _says_pipelines(path.rpartition(".")[2]))]
    if _says_model(path.rpartition(".")[2]):
        yield from _ids(path, value)
    while waiting:
        here, outer, within = waiting.pop()
        if isinstance(outer, dict):
            if len(_OF_A_PIPELINE.intersection(map(plain, outer))) > 1:
                yield here, ""
            for key, inner in outer.items():
                place = f"{here}.{key}"
                if _says_model(key):
                    yield from _ids(place, inner)
                if within and inner and _UUID.search(str(key)):
                    yield place, identity(key)
                if isinstance(inner, (dict, list, str)) and plain(key) != _SELECTED:
                    waiting.append((place, inner, within or _says_pipelines(key)))
        elif isinstance(outer, list):
            waiting += [(here, inner, within) for inner in outer]
        elif isinstance(outer, str):
            if outer[:1] in "{[" and '"' in outer:
                inner = _unpacked(outer)
                if isinstance(inner, (dict, list)):
                    waiting.append((here, inner, within))
                    continue
            if within:
                yield from ((here, identity(each)) for each in _UUID.findall(outer) if identity(each) != ZERO_UUID)


def _ids(place: str, value: Any) -> Iterator[tuple[str, str]]:
    for each in value if isinstance(value, list) else [value]:
        if each not in (None, "", 0, [], {}, ZERO_UUID):
            yield place, identity(each)


@lru_cache(maxsize=2048)
def _is_telling(key: str) -> bool:
    return _says_model(key) or _says_pipelines(key) or plain(key) in _OF_A_PIPELINE


@lru_cache(maxsize=2048)
def _says_model(key: str) -> bool:
    return _MODEL_ID.search(plain(key)) is not None


@lru_cache(maxsize=2048)
def _says_pipelines(key: str) -> bool:
    return plain(key) != _SELECTED and _PIPELINES.search(plain(key)) is not None
