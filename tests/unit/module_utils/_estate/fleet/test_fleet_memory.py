# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a report remembers for the next one: it comes back as it was, and nothing else is taken for it."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from ansible_collections.nxai.cloud.plugins.module_utils._estate.fleet.memory import Memory, Wrong
from tools.example_fleets import report_of

Break = Callable[[dict[str, Any]], Any]


def test_it_comes_back_as_it_was() -> None:
    memory = report_of(9, 12).memory
    again = Memory.of(memory.as_bytes())
    assert again.as_bytes() == memory.as_bytes()
    assert (again.made_at, again.scope, again.sites) == (memory.made_at, memory.scope, memory.sites)
    assert again.setups.all == memory.setups.all


def set_in(*path: Any, value: Any) -> Break:
    def change(data: dict[str, Any]) -> None:
        place: Any = data
        for each in path[:-1]:
            place = place[each]
        place[path[-1]] = value

    return change


CAMERA = ("sites", 0, "cameras", 0)
BREAKS: dict[str, Break] = {
    "another program's": set_in("written_by", value="somebody"),
    "another version": set_in("format", value=1),
    "a version that is true": set_in("format", value=True),
    "a server that is a number": set_in(*CAMERA, 8, value=1),
    "no time": set_in("made_at", value="yesterday"),
    "a time with more behind it": set_in("made_at", value="2026-11-26T03:00:00Z<script>"),
    "no sites": lambda data: data.pop("sites"),
    "sites by name": set_in("sites", value={}),
    "a site that is none": set_in("sites", 0, value=[]),
    "a camera of three": set_in(*CAMERA, value=["a", "b", None]),
    "a setup that is not there": set_in(*CAMERA, 3, value=10_000),
    "a setup before the first": set_in(*CAMERA, 3, value=-1),
    "a setup that is true": set_in(*CAMERA, 3, value=True),
    "a setup of no time": set_in(*CAMERA, 4, value=None),
    "a name that is a list": set_in(*CAMERA, 1, value=["x"]),
    "a pipeline that is text": set_in("setups", 0, value=["x"]),
    "the same setup twice": lambda data: data["setups"].append(data["setups"][0]),
    "a model without a name": set_in("models", "m", value=None),
    "a problem that is a number": set_in("problems", "p", value=1),
    "a problem at a number": set_in("problems", "p", value=["text", "check", [1]]),
    "a check that is a number": set_in("blind", value=[1]),
}


@pytest.mark.parametrize("name", BREAKS)
def test_what_no_report_writes_is_not_taken(name: str) -> None:
    data = json.loads(report_of(3, 4, first=True).memory.as_bytes())
    BREAKS[name](data)
    with pytest.raises(Wrong):
        Memory.of(json.dumps(data).encode())


def test_a_newer_version_is_told_apart() -> None:
    data = json.loads(report_of(3, 4, first=True).memory.as_bytes())
    with pytest.raises(Wrong, match=r"a newer version of nxai\.cloud has written it"):
        Memory.of(json.dumps({**data, "format": data["format"] + 1, "sites": "of another form"}).encode())


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"null", b"\xff\xfe", b"[" * 5_000, b'{"written_by": 1}'])
def test_what_is_no_memory_at_all(content: bytes) -> None:
    with pytest.raises(Wrong):
        Memory.of(content)


def test_one_that_is_cut_short_anywhere() -> None:
    content = report_of(2, 2, first=True).memory.as_bytes()
    for end in range(0, len(content), 97):
        with pytest.raises(Wrong):
            Memory.of(content[:end])
