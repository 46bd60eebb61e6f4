# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The names that the evidence always shows: those of the contract, and words that APIs are made of. Pure."""

from __future__ import annotations

import re

from .._api.contract.lines import LINES, WIRE_NAMES, WORDS
from .._api.contract.operations import OPERATIONS
from .._core.values import plain
from .openapi.terms import TERMS

_WORDS = """
    a about accept access account act active added address after age algorithm alive all allow allowed already an and
    any api applicable application are as at attributes auth authenticate authenticated authentication authorization
    auto available bad banned bearer before begin blocked body by cache camera cameras can cannot captcha catalog
    catalogs catalogue catalogues cf challenge changed channel client cloud code conflict connection content control
    cookie correlation count create created credentials cross cursor data date default delete deleted denied deprecated
    description details device devices disabled disposition does duplicate element elements email embedded enabled
    encoding end entity entries entry error errors etag exceeded exist exists expired expires failed failure field
    fields file first for forbidden form format found frame from function functions gateway grant group groups has
    header headers hits host id identifier in incorrect info input integer internal invalid is item items json key keys
    kind language last latest length limit limited link links list local location locked malformed many match max media
    mediaservers message meta method missing model models modified more name names nel nested new next no nosniff not
    number object of off offset ok on open operation option options or organization organizations origin other output
    owner page pages pagination parameter params parent partner partners password path payload per permission
    permissions pipeline pipelines policy port post pragma prev previous proxy public query quota range rate ratelimit
    ray read record records redirect ref referrer refresh refused region related remaining report request requests
    required reset resource response result results retry role root row rows runtime scope scopes second secure
    security selected self server servers service session set settings size skip sort source start state status strict
    string subject success sunset support supported system systems take temporary tenant text time timeout timestamp
    timing to token too top total totals trace traceparent transfer transport type unauthorized unavailable unexpected
    unknown unprocessable unsupported updated upload uri url user username users uuid v valid validation value values
    vary version via wait was with without write wrong www x xss you
"""
_ALL = frozenset(_WORDS.split())
_PARTS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+|[^A-Za-z0-9_.$@\[\]-]+")
_MEMBERS = (
    *("CurrentPipeline", "Customization", "Chained", "InputDriver", "means", "scales", "vars", "height", "width"),
    *("EnableConversions", "NxID", "nxAI", "PluginSettings", "selectedPipeline", "V2", "pipelineId", "resizingMethod"),
    *(
        "cloudSystemId",
        "stateOfHealth",
        "Online",
        "Processors",
        "Platform",
        "Serial",
        "Hash",
        "Checksum",
        "Architecture",
    ),
)
KNOWN_WORDS = frozenset(word for words, _evidence, _meaning in WORDS.values() for word in words)


def _names() -> frozenset[str]:
    found = {*_MEMBERS, *WIRE_NAMES.values()}
    for line in LINES.values():
        places = line.default if isinstance(line.default, (list, tuple)) else (line.default,)
        if line.key.startswith("fields."):
            found |= {step for place in places for step in str(place).split(".")}
    for terms in TERMS.values():
        for each in (*terms.query, *terms.filters, *terms.sends, *terms.may_send, *terms.reads):
            found |= {*each.replace("|", ".").split(".")}
    return frozenset(plain(each) for each in found if each)


_NAMES = _names()
_STEPS = frozenset(step for each in OPERATIONS.values() for step in each.path.split("/"))


def is_member(name: str) -> bool:
    """Whether it is the name of a member that is known, or made of words that APIs are made of."""
    return plain(name) in _NAMES or is_made_of_words(name)


def is_made_of_words(name: str) -> bool:
    parts = _PARTS.findall(name)
    return bool(parts) and len(name) <= 60 and all(part.lower() in _ALL for part in parts)


def is_step(step: str) -> bool:
    """Of a path."""
    return step in _STEPS or bool(re.fullmatch(r"v[0-9]", step)) or is_made_of_words(step)
