# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The guide names everything that can be set or called."""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path

import pytest
from starlette.routing import Route

from simulator import control, estate, settings
from simulator.app import Simulator
from simulator.faults import KINDS, Fault
from simulator.reader import Reader
from simulator.seed import Seed

GUIDE = Path(__file__).resolve().parents[3].joinpath("docs", "simulator.md").read_text(encoding="utf-8")
NAMED = set(re.findall(r"`([^`\n]+)`", GUIDE))


def test_quirks_durations_numbers_and_faults_are_explained() -> None:
    groups = (settings.Times, settings.Quirks, estate.Numbers)
    names = {item.name for group in groups for item in fields(group)}
    names |= {item.name for item in fields(Fault)} - {"seen"}
    names |= set(KINDS) | {str(choice) for choices in settings.CHOICES.values() for choice in choices}
    assert {name for name in names if name not in NAMED and f" {name} " not in GUIDE} == set()


def test_every_key_of_a_seed_is_explained(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: set[str] = set()
    take = Reader.take

    def noting(reader: Reader, key: str, *arguments: object) -> object:
        asked.add(key)
        return take(reader, key, *arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(Reader, "take", noting)
    server = {"name": "s", "devices": ["d"]}
    world = {
        "partners": ["p"], "catalogues": ["c"], "models": [{"name": "m"}],
        "sites": [{"name": "s", "servers": [server]}], "registry": {"groups": ["g"], "devices": ["d"]},
    }  # fmt: skip
    Simulator(Seed(world)).close()
    assert {"shared_with", "announced", "mfa_code", "serial", "hostile_names"} <= asked
    assert asked - NAMED == set()


def test_every_path_of_the_control_interface_is_explained() -> None:
    simulator = Simulator(Seed())
    paths = {route.path for route in control.routes(simulator) if isinstance(route, Route)}
    simulator.close()
    told = set(re.findall(r"/_sim[a-z/]*", GUIDE))
    assert paths == told


def test_what_can_be_altered_is_explained() -> None:
    names = set(re.findall(r'"(\w+)": (?:str|bool|list)\b', Path(control.__file__).read_text(encoding="utf-8")))
    assert {"online", "plugin_version", "pipelines", "fixed_status"} <= names
    assert names - NAMED == set()
