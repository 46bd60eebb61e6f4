# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Seeds: files, numbers, and what is wrong with bad ones."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest
from simulator_calls import Calls

import simulator
from simulator.names import HOSTILE
from simulator.reader import SeedError
from simulator.seed import Seed
from simulator.testing import Served

DEMO = Path(simulator.__file__).with_name("demo.yml")


def everything(served: Served) -> list[Any]:
    calls = Calls(served)
    sites = calls.get("/dev/systems")
    inside = [calls.get(f"/dev/system/{row['UUID']}/{kind}") for row in sites for kind in ("servers", "devices")]
    return [sites, inside, calls.get("/cpt/functions"), calls.get("/cpt/catalogues")]


def test_the_same_seed_gives_the_same_world(simulator: Served) -> None:
    numbers = {"sites": 3, "servers": 2, "devices": 9, "models": 4, "assigned": True}
    simulator.reset(random_seed=7, **numbers)
    first = everything(simulator)
    simulator.reset(random_seed=7, **numbers)
    assert everything(simulator) == first
    simulator.reset(random_seed=8, **numbers)
    assert everything(simulator) != first


def test_the_demo_world(simulator: Served) -> None:
    simulator.reset(DEMO)
    sites, inside, models, catalogues = everything(simulator)
    assert [row["Status"] for row in sites] == ["online", "online", "offline"]
    assert [len(rows) for rows in inside] == [2, 6, 2, 6, 0, 0]
    assert {row["UUID"] for row in models} >= {"459d2273-1514-431c-9d34-f5b72f3bfe20"}
    assert {row["Code"]["Status"] for row in models} == {"ok"}
    assert [row["Name"] for row in catalogues] == ["Nx Demo Models"]
    assert sites[0]["Organisation"]["Name"] == "Demo Retail"


def test_every_nth_is_odd_in_its_way(simulator: Served) -> None:
    simulator.reset(sites=4, servers=2, devices=6, offline_every=4, unsupported_every=2, disabled_every=3)
    sites, inside, _models, _catalogues = everything(simulator)
    assert [row["Status"] for row in sites] == ["online"] * 3 + ["offline"]
    assert [row["Supports"]["Pipelines"] for row in inside[0]] == [True, False]
    assert [row["Enabled"] for row in inside[1]] == [True, True, False] * 2


def test_a_fleet_may_be_mixed(simulator: Served) -> None:
    simulator.reset(sites=1, servers=2, devices=4, models=2, assigned=True, plugin_5_every=2)
    _sites, (servers, devices), _models, _catalogues = everything(simulator)
    assert [row["AIPluginVersion"] for row in servers] == ["4.2.0", "5.0.6"]
    assert {row["Server"]["AIPluginVersion"] for row in devices} == {"4.2.0", "5.0.6"}
    of_five = {row["Name"] for row in devices if row["Server"]["AIPluginVersion"] == "5.0.6"}
    assert of_five == {row["Name"] for row in devices if "UserSettings" in row["nxAI"]["pipelines"][0]}


def test_hostile_names_come_through_unchanged(simulator: Served, calls: Calls) -> None:
    count = len(HOSTILE)
    simulator.reset(sites=count, devices=count, models=count, hostile_names=True)
    sites = calls.get("/dev/systems")
    assert [row["Name"] for row in sites] == list(HOSTILE)
    assert [row["Name"] for row in calls.get("/cpt/functions")] == list(HOSTILE)
    assert [row["Name"] for row in calls.get(f"/dev/system/{sites[0]['UUID']}/devices")] == list(HOSTILE)


def test_names_may_repeat_in_a_seed(simulator: Served) -> None:
    site = {"name": "Twin", "servers": [{"name": "S", "devices": ["Door", "Door"]}]}
    simulator.reset({"sites": [site, site], "models": [{"name": "m"}, {"name": "m"}], "catalogues": ["c", "c"]})
    sites, inside, models, catalogues = everything(simulator)
    assert [len(rows) for rows in (sites, models, catalogues)] == [2, 2, 2]
    assert len({row["NxID"] for row in inside[1] + inside[3]}) == 4


def test_fifty_thousand_devices_cost_nothing_until_looked_at(simulator: Served, calls: Calls) -> None:
    start = time.monotonic()
    simulator.reset(sites=2000, servers=2, devices=25)
    page = calls.get("/dev/systems", Limit=10, Offset=1990)
    calls.get(f"/dev/system/{page[0]['UUID']}/devices", Limit=5)

    assert time.monotonic() - start < 5
    untouched = [site for site in simulator.world.sites.values() if site.make_children is not None]
    assert len(untouched) == 1999


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("sites: [", "not YAML"),
        ("- a\n- b", "must be a mapping"),
        ("colour: red", "colour is not known; known are"),
        ("sites: Shop", "sites must be a list"),
        ("sites: [Shop]", r"sites\[0\] must be a mapping"),
        ("sites: [{}]", r"sites\[0\].name is missing"),
        ("sites: [{name: 5}]", r"sites\[0\].name must be text, not 5"),
        ("sites: [{name: a, id: x}]", r"sites\[0\].id must be a UUID"),
        ("sites: [{name: a, online: 'yes'}]", r"sites\[0\].online must be true or false"),
        (
            "sites: [{name: a, servers: [{name: b, devices: [{name: c, colour: d}]}]}]",
            r"devices\[0\].colour is not known",
        ),
        ("sites: [{name: a, servers: [{name: b, devices: [{name: c, pipelines: [{}]}]}]}]", "with a modelUUID"),
        ("sites: [{name: a, organisation: Nobody}]", "there is no 'Nobody'; known are Demo Retail"),
        ("models: [{name: a, catalogues: [None such]}]", "there is no 'None such'; known are none"),
        ("models: [{name: a, members: {Colour: red}}]", "members.Colour is not known"),
        ("organisations: [{name: a, partner: b}]", "there is no partner 'b'"),
        ("accounts: [{email: a, password: b, mfa: sometimes}]", "mfa must be one of off, answer, refusal"),
        ("generate: {sites: -1}", "generate.sites must be from 0 up"),
        ("generate: {sites: 2, servers: 0}", "generate.servers must be at least 1"),
        ("generate: {sites: true}", "generate.sites must be a whole number"),
        ("times: {record: fast}", "times.record must be a number"),
        ("quirks: {cdn: soon}", "quirks.cdn must be one of in_time, late, never"),
        ("quirks: {plural: full}", "quirks.plural is not known"),
    ],
)
def test_a_bad_seed_is_refused_by_the_place_of_its_fault(simulator: Served, text: str, message: str) -> None:
    world = simulator.world
    with pytest.raises(SeedError, match=message):
        simulator.reset(text)
    assert simulator.world is world


def test_a_file_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(SeedError, match="cannot be read"):
        Seed.from_file(tmp_path / "none.yml")
    (tmp_path / "bytes.yml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(SeedError, match="not UTF-8"):
        Seed.from_file(tmp_path / "bytes.yml")
