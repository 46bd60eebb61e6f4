# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Differences in words: short, and equal for what is equal, so that they can be counted."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Mapping
from typing import Any

from .._core.redaction import one_line
from .._core.wording import printable, shortened
from .assignments import DEFAULTS
from .records import Assignment, Entry

_MOST = 60  # characters of a name or value
_NO_VALUE = object()


def shown(value: Any) -> str:
    """A name or value of the file or the cloud, whatever is in it, as a part of a line."""
    if value is None or value == "":
        return "not told" if value is None else "none"
    written = value if isinstance(value, str) else json.dumps(value, sort_keys=True, ensure_ascii=False)
    text = one_line(printable(written))
    return text if len(text) <= _MOST else f"{text[:_MOST]}…"


def runs(assignment: Assignment | None) -> str:
    if assignment is None:
        return "it is not known what it runs"
    return f"it runs {_models(assignment)}" if assignment else "it runs nothing"


def change_of(declared: Assignment, found: Assignment) -> str:
    """What a device has in place of what it is to have."""
    if not found:
        return f"nothing instead of {_models(declared)}"
    if not declared:
        return f"{_models(found)} instead of nothing"
    gone, new, both = _pairs(declared, found)
    words = [f"{shown(now)} instead of {shown(was)}" for was, now in zip(gone, new, strict=False)]
    words += [f"also {shown(each)}" for each in new[len(gone) :]]
    words += [f"without {shown(each)}" for each in gone[len(new) :]]
    words += [f"{shown(was['model'])}: {change}" for was, now in both for change in _settings(was, now)]
    return "; ".join(words) or f"in another order: {_models(found)} instead of {_models(declared)}"


def option_change(option: str, declared: Any, found: Any) -> str:
    """What a model has in place of what it is to have."""
    if option == "documentation":
        return "it has another documentation"
    if option == "file":
        return f"it has another file ({found['sha256'][:12]}… instead of {declared['sha256'][:12]}…)"
    if option == "catalogues":
        come, gone = sorted(set(found) - set(declared)), sorted(set(declared) - set(found))
        words = [f"in {shown(each)}" for each in come] + [f"not in {shown(each)}" for each in gone]
        return f"it is {shortened(words)}"
    if isinstance(declared, Mapping) and isinstance(found, Mapping):
        return "; ".join(f"{option}: {each}" for each in _members(declared, found))
    return f"{option} is {shown(found)} instead of {shown(declared)}"


def _models(assignment: Assignment) -> str:
    return shortened([shown(each["model"]) for each in assignment], 4)


def _pairs(declared: Assignment, found: Assignment) -> tuple[list[str], list[str], list[tuple[Entry, Entry]]]:
    """The models that are gone, those that are new, and the n-th pipelines of each model that both have."""
    left: dict[str, list[Entry]] = defaultdict(list)
    for each in found:
        left[each["model"]].append(each)
    gone, both = [], []
    for each in declared:
        if left[each["model"]]:
            both.append((each, left[each["model"]].pop(0)))
        else:
            gone.append(each["model"])
    surplus = Counter(each["model"] for rest in left.values() for each in rest)
    new = [each["model"] for each in reversed(found) if _take(surplus, each["model"])]
    return gone, new[::-1], both


def _take(counter: Counter[str], name: str) -> bool:
    counter[name] -= 1
    return counter[name] >= 0


def _settings(declared: Entry, found: Entry) -> list[str]:
    words = []
    for name, default in DEFAULTS.items():
        was, now = declared.get(name, default), found.get(name, default)
        if was != now:
            words.append("other chains" if name == "chains" else f"{name} is {shown(now)} instead of {shown(was)}")
    return words + [f"extra: {each}" for each in _members(declared.get("extra") or {}, found.get("extra") or {})]


def _members(declared: Mapping[str, Any], found: Mapping[str, Any]) -> list[str]:
    words = []
    for name in sorted({*declared, *found}):
        was, now = declared.get(name, _NO_VALUE), found.get(name, _NO_VALUE)
        if was is _NO_VALUE:
            words.append(f"also {shown(name)}")
        elif now is _NO_VALUE:
            words.append(f"without {shown(name)}")
        elif was != now:
            words.append(f"{shown(name)} is {shown(now)} instead of {shown(was)}")
    return words
