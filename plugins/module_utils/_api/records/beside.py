# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What stands beside a list of pipelines and says that it is not all: a larger count, a next page, an error. Pure.

A list that is empty, or too short, is the costliest answer to believe: what is not shown is overwritten. So whatever
speaks against it counts. Settings, and what there is to choose from, speak of nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

from ..._core.values import ZERO_UUID, flag, identity, is_uuid, plain
from ..contract.translation import KEPT
from .pipeline import Assignment, models_of

_SUBJECT = "(?:pipeline|function|model|assignment)s?"
_STATE = "(?:active|assigned|running|deployed|enabled|applied|current|installed)?"
_BARE_COUNT = "(?:total(?:count|items|records|results|number)?|count|size|length|numberof(?:items|elements))"
_WORD = "(?:count|total|num|number|nr|quantity|amount|length|size|available)(?:of)?"
_COUNT = re.compile(
    f"{_STATE}{_SUBJECT}(?:in)?{_WORD}|{_WORD}{_STATE}{_SUBJECT}|{_STATE}(?:pipelines|functions|models)"
)
_LIST = re.compile(f"{_STATE}(?:pipelines|functions|(?:pipelines?|functions?)(?:names|list))")
_NAME = re.compile(f"{_STATE}(?:pipelines?|(?:pipeline|function)names?)")
_ABOUT = "(?:is|has|are)?(?:nx)?(?:ai)?(?:pipelines?|functions?|models?|assignments?|data|list)?(?:is|are)?"
_FURTHER = re.compile("(?:more|remaining|omitted|others?|hidden|skipped|further)(?:pipelines|functions|items|count)?")
_PART = re.compile(f"{_ABOUT}(?:truncated|partial|incomplete)(?:results?)?")
_MORE = re.compile(f"{_ABOUT}(?:more|next|hasmore|hasnext|nextpage|nextlink|nextcursor)")
_WHOLE = re.compile(f"{_ABOUT}(?:complete|completed|exhaustive)")
_OPEN = re.compile(f"{_ABOUT}(?:loading|pending|fetching|timedout|errors?|errormessage|failed|failure)")
_LOADED = re.compile(f"{_ABOUT}(?:loaded|fetched)")
_STATUS = re.compile(f"{_ABOUT}(?:status|state)")
_WELL = re.compile("(?:is|was)?(?:success|successful|succeeded|ok|reachable|online|available|connected|synced|ready)")
_UNWELL = re.compile("(?:is|was)?(?:stale|outdated|offline|unreachable|disconnected|unavailable|degraded)")
_CODE = re.compile("(?:http|error|result|response)?(?:status|code|statuscode)")
_KINDS = {
    "part": _PART, "more": _MORE, "further": _FURTHER, "whole": _WHOLE, "open": _OPEN, "loaded": _LOADED,
    "status": _STATUS,
}  # fmt: skip
_SHORT_WORDS = re.compile(r"partial|truncated|incomplete")
_OPEN_WORDS = re.compile(r"error|fail|loading|pending|time(?:d)? ?out|unavailable|unreachable|fetching|not[ _-]?loaded")
_FINE = ("", "-", "0", "none", "null", "nil", "n/a", "ok", "false", "no", "success", "no error")
_ASIDE = ("pluginsettings", "models")
_SELECTED = "selectedpipeline"


def says_more(known: Assignment, row: Mapping[str, Any], way: Mapping[str, Any] | None) -> str:
    """What in a row says that it does not show all pipelines, in words; "" for nothing. No values are in it.

    ``way``: the object that the first step of the place leads to, if it is one.
    """
    return next(_reasons(known, row, way or {}), "")


def _reasons(known: Assignment, row: Mapping[str, Any], way: Mapping[str, Any]) -> Iterator[str]:
    models = models_of(known)
    offered, most_of_all = len(models_beside(way)), max(len(known), len(models))
    for name, value, is_row in _members(row, way):
        key = plain(name.rpartition(".")[2])
        most = len(known) if "pipeline" in key else most_of_all
        if isinstance(value, Mapping):
            yield from _around(name, value, len(known))
            if models and any(identity(each) in models for each in value):
                yield f"{name} holds something for single models"
        elif _counts(key) and _is_more(key, value, most, offered):
            yield f"{name} counts more than the {most} that are shown"
        elif _says_short(key, value, is_row):
            yield f"{name} says that not all is shown"
        elif not known and (_says_open(key, value, is_row) or _names(key, value)):
            yield f"{name} speaks against an empty list"


def _members(row: Mapping[str, Any], way: Mapping[str, Any]) -> Iterator[tuple[str, Any, bool]]:
    """Those of the row, which may be of the camera, those beside the place, and those one step further."""
    yield from ((name, value, True) for name, value in row.items() if name != KEPT and value is not way)
    kept = row.get(KEPT)  # what stood around a list in another place
    for outer in (way, kept if isinstance(kept, Mapping) else {}):
        for name, value in outer.items():
            if plain(name) in _ASIDE:
                continue
            yield name, value, False
            if isinstance(value, Mapping):
                yield from ((f"{name}.{key}", inner, False) for key, inner in value.items())


def _is_more(key: str, value: Any, most: int, offered: int) -> bool:
    """Of models there may be more, and as many as are there to choose from say nothing."""
    count = _number(value)
    return count > most and ("model" not in key or (most == 0 and count != offered))


def _around(name: str, outer: Mapping[str, Any], most: int) -> Iterator[str]:
    """Of the object that a list of pipelines stands in: there even a bare total is one of pipelines."""
    if not _is_list(plain(name.rpartition(".")[2])):
        return
    for key, value in outer.items():
        if re.fullmatch(_BARE_COUNT, plain(key)) and _number(value) > most:
            yield f"{name}.{key} counts more than the {most} that are shown"
        elif _says_short(plain(key), value, False):
            yield f"{name}.{key} says that not all is shown"


@lru_cache(maxsize=2048)
def _is_list(key: str) -> bool:
    return _LIST.fullmatch(key) is not None


def models_beside(way: Mapping[str, Any] | None) -> frozenset[str]:
    """The models that are named beside the place. They run, or are what there is to choose from: a row does not say."""
    found = next((value for key, value in (way or {}).items() if plain(key) == "models"), None)
    if not isinstance(found, (list, Mapping)):
        return frozenset()
    return frozenset(identity(_id_of(each)) or repr(each) for each in found if each)


def names_more(way: Mapping[str, Any] | None, known: Assignment) -> bool:
    """Whether more models are named beside the place than those of the pipelines in it."""
    return models_beside(way) > set(models_of(known))


def names_selected(way: Mapping[str, Any] | None) -> bool:
    """Whether one pipeline is selected by its UUID. ``Custom`` stays where all pipelines were taken away."""
    selected = next((value for key, value in (way or {}).items() if plain(key) == _SELECTED), None)
    return is_uuid(selected) and identity(selected) != ZERO_UUID


def _id_of(model: Any) -> Any:
    if not isinstance(model, Mapping):
        return model
    return next((value for key, value in model.items() if plain(key) in ("uuid", "modeluuid", "id")), None)


@lru_cache(maxsize=2048)
def _counts(key: str) -> bool:
    return _COUNT.fullmatch(key) is not None


def _number(value: Any) -> int:
    if isinstance(value, str) and value.isdecimal() and len(value) < 10:
        return int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) else 0


def _says_short(key: str, value: Any, is_row: bool) -> bool:
    kind = _kind(key)
    if kind == "status" and not (is_row and key in ("status", "state")):
        return isinstance(value, str) and _SHORT_WORDS.search(value.lower()) is not None
    if kind == "further" and not is_row:
        return is_set(value)
    return (kind in ("more", "part") and is_set(value)) or (kind == "whole" and flag(value) is False)


def _says_open(key: str, value: Any, is_row: bool) -> bool:
    kind = _kind(key)
    if kind == "status" and not (is_row and key in ("status", "state")):  # that of a row is one of the camera
        return isinstance(value, str) and _OPEN_WORDS.search(value.lower()) is not None
    return (kind == "open" and is_set(value)) or (kind == "loaded" and flag(value) is False)


def says_part(name: str, value: Any) -> bool:
    """Whether a member beside the last page of a listing says that it failed, or is a part."""
    key = plain(name)
    onward = _kind(key) in ("more", "further")  # what leads to the next page is no doubt
    short = not onward and _says_short(key, value, False)
    return not isinstance(value, Mapping) and (short or _says_open(key, value, False))


def says_none_yet(name: str, value: Any) -> bool:
    """Whether a member beside a list without rows says that it did not work, that it is old, or that more follows."""
    key = plain(name)
    if _kind(key) == "more" or _UNWELL.fullmatch(key):
        return is_set(value)
    if _WELL.fullmatch(key):
        return flag(value) is False
    return _CODE.fullmatch(key) is not None and _number(value) >= 400


@lru_cache(maxsize=2048)
def _kind(key: str) -> str:
    return next((name for name, pattern in _KINDS.items() if pattern.fullmatch(key)), "")


def is_set(value: Any) -> bool:
    """Whether it says anything but that all is well."""
    return value.strip().lower() not in _FINE if isinstance(value, str) else bool(value)


def _names(key: str, value: Any) -> bool:
    if isinstance(value, list):
        return _is_list(key) and any(isinstance(each, str) and is_set(each) for each in value)
    return isinstance(value, str) and _NAME.fullmatch(key) is not None and is_set(value) and value[:1] not in "[{"
