# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Members of a pipeline that are not shown as they are: a mask, or a value of another type. Pure.

A pipeline goes back as it came, so what was shown in place of the truth would be written over it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from ..._core.values import plain
from ..contract.lines import WIRE_NAMES
from .pipeline import PROCESSORS, Pipeline, understood_number
from .shape import kind

_SIGN = r"[*\u2022\u25cf\u2217\u00b7#x?]"
_WORD = (
    "(?:redacted|hidden|masked|filtered|secret|removed|omitted|protected|encrypted|sensitive|not[ _-]?shown|set|unset"
    "|truncated|shortened|array|object|list|dict|map|settings|circular|more|binary|null)"
)
_NUMBER = r"\d+ (?:more )?(?:setting|item|key|entr|value|element|member|object|char|byte)[a-z]*"
_IN_BRACKETS = rf"[\[<({{*_]+\s*(?:{_WORD}(?: value| data)?|{_NUMBER})\s*[\])>}}*_]+"
_MASK = re.compile(
    rf"\s*(?:({_SIGN})\1{{2,}}|\.{{2,}}|\u2026+|{_NUMBER}|{_IN_BRACKETS}|(?-i:REDACTED|HIDDEN|MASKED|FILTERED))\s*",
    re.IGNORECASE,
)
_SUBJECT = "(?:chains?|chained(?:models|pipelines)?|follow(?:ups?|ing)|next(?:models|pipelines))"
_CHAINS = re.compile(f"(?:has|is|num(?:ber)?(?:of)?|total)?{_SUBJECT}(?:count|total|number|length|size)?")
_SETTINGS = re.compile(r".*settings")
_BLANK: tuple[Any, ...] = (None, "", [], {})


def not_believed(pipeline: Pipeline) -> str:
    """The first member whose value cannot be what the pipeline has, in words; "" for none."""
    return next(_reasons(pipeline.wire), "")


def _reasons(wire: Mapping[str, Any]) -> Iterator[str]:
    chains = wire.get(WIRE_NAMES["chains"])
    if chains not in _BLANK and not isinstance(chains, list):
        yield f"whose chains are {kind(chains)} and no list"
    nms = wire.get(WIRE_NAMES["nms"])
    if nms not in _BLANK and understood_number(nms) is None:
        yield f"whose {WIRE_NAMES['nms']} is {kind(nms)} that is no number"
    for name in PROCESSORS:
        if wire.get(name) not in _BLANK and not isinstance(wire[name], str):
            yield f"whose {name} is {kind(wire[name])} and no text"
    for top, name, value in _leaves(wire):
        if isinstance(value, str) and _MASK.fullmatch(value):
            yield f"that shows a mask in place of its {top}"
        if isinstance(value, bool) and _SETTINGS.fullmatch(plain(name)):
            yield f"that shows only whether it has {name}"
        if name == "$ref":
            yield f"that refers to something else in place of its {top}"
    for name, value in wire.items():
        if name in WIRE_NAMES.values():
            continue
        if _SETTINGS.fullmatch(plain(name)) and isinstance(value, list) and all(isinstance(one, str) for one in value):
            yield f"that shows only the names of its {name}"
        if _says_chains(plain(name), value, chains) or _holds_pipelines(value):
            yield f"whose {name} says that more follows on it than its chains show"


def _says_chains(name: str, value: Any, chains: Any) -> bool:
    """Whether it counts more of them than are shown, or says that there are some where none is."""
    if not _CHAINS.fullmatch(name):
        return False
    shown = len(chains) if isinstance(chains, list) else 0
    return not shown if value is True else not isinstance(value, bool) and (understood_number(value) or 0) > shown


def _holds_pipelines(value: Any) -> bool:
    return isinstance(value, list) and any(isinstance(each, Mapping) and Pipeline.read(each).model for each in value)


def _leaves(pipeline: Mapping[str, Any]) -> Iterator[tuple[str, str, Any]]:
    """Each value that is none of others, with the member of the pipeline and the one that it is in."""
    waiting: list[tuple[str, str, Any]] = [(str(key), str(key), value) for key, value in pipeline.items()]
    while waiting:
        top, name, value = waiting.pop()
        if isinstance(value, Mapping):
            waiting += [(top, str(key), inner) for key, inner in value.items()]
        elif isinstance(value, list):
            waiting += [(top, name, inner) for inner in value]
        else:
            yield top, name, value
