# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from collections.abc import Callable

import pytest

from simulator.testing import Served

Calls = Callable[[], list[str]]


def test_create_then_nothing_to_do(cloud: Served, run_module: Callable, writes: Calls, reads: Calls) -> None:
    made = run_module("nxai_catalogue", name="Shop models")
    assert made["changed"] is True
    assert made["diff"]["after"] == {"name": "Shop models"}
    assert writes() == ["POST /cpt/catalogues"]
    cloud.clear_log()

    again = run_module("nxai_catalogue", name="Shop models")
    assert again["changed"] is False
    assert again["catalogue"] == made["catalogue"]
    assert writes() == [] and reads() == ["/cpt/catalogues"]


def test_by_uuid(run_module: Callable, writes: Calls) -> None:
    uuid = run_module("nxai_catalogue", name="Shop models")["catalogue"]["uuid"]
    assert run_module("nxai_catalogue", name=uuid.upper())["changed"] is False
    renamed = run_module("nxai_catalogue", name=f"{{{uuid}}}", new_name="Retail")["catalogue"]
    assert (renamed["uuid"], renamed["name"]) == (uuid, "Retail")


def test_unknown_uuid_is_not_created(run_module: Callable, writes: Calls) -> None:
    failed = run_module("nxai_catalogue", name="11111111-2222-4333-8444-555555555555")
    assert failed["failed"] and "no catalogue has this UUID" in failed["msg"]
    assert writes() == []


def test_rename_is_idempotent(cloud: Served, run_module: Callable, writes: Calls) -> None:
    made = run_module("nxai_catalogue", name="Shop models")
    cloud.clear_log()
    renamed = run_module("nxai_catalogue", name="Shop models", new_name="Retail models")
    assert renamed["diff"]["before"] == {"name": "Shop models"}
    assert renamed["diff"]["after"] == {"name": "Retail models"}
    assert writes() == [f"PATCH /cpt/catalogue/{made['catalogue']['uuid']}"]
    assert run_module("nxai_catalogue", name="Shop models", new_name="Retail models")["changed"] is False


def test_rename_onto_an_existing_name_is_refused(run_module: Callable, cloud: Served, writes: Calls) -> None:
    run_module("nxai_catalogue", name="One")
    run_module("nxai_catalogue", name="Two")
    cloud.clear_log()
    failed = run_module("nxai_catalogue", name="One", new_name="Two")
    assert failed["failed"] and "both" in failed["msg"]
    assert writes() == []


def test_delete(cloud: Served, run_module: Callable, writes: Calls) -> None:
    run_module("nxai_catalogue", name="Shop models")
    cloud.clear_log()
    assert run_module("nxai_catalogue", name="Shop models", state="absent", check=True)["changed"] is True
    assert writes() == []
    gone = run_module("nxai_catalogue", name="Shop models", state="absent")
    assert gone["changed"] is True and gone["catalogue"] is None
    assert run_module("nxai_catalogue", name="Shop models", state="absent")["changed"] is False
    assert len(writes()) == 1


def test_check_mode_plans_and_writes_nothing(run_module: Callable, writes: Calls) -> None:
    planned = run_module("nxai_catalogue", name="Shop models", check=True)
    assert planned["changed"] is True
    assert planned["catalogue"] == {"uuid": None, "name": "Shop models", "organisation": None, "shared_with": None}
    assert writes() == []


def test_two_of_one_name_are_both_listed(cloud: Served, run_module: Callable, writes: Calls) -> None:
    run_module("nxai_catalogue", name="One")
    two = run_module("nxai_catalogue", name="Two")["catalogue"]["uuid"]
    cloud.world.catalogues[two].name = "One"
    cloud.clear_log()
    failed = run_module("nxai_catalogue", name="One")
    assert failed["failed"] and two in failed["msg"] and "2 match" in failed["msg"]
    assert writes() == []


@pytest.mark.parametrize("name", ["{{ 7*7 }}", "a\nb", 'quote " and \\', "🙂", "../../etc/passwd", "x" * 300])
def test_hostile_names_are_just_names(run_module: Callable, name: str) -> None:
    assert run_module("nxai_catalogue", name=name)["catalogue"]["name"] == name
    assert run_module("nxai_catalogue", name=name)["changed"] is False
