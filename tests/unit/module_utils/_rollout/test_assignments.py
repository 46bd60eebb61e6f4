# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A rollout in which cameras get assignments of their own."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from rollout_runs import Killed, Runs, device, devices, final, killed_at, rows, world
from rollout_world import NEW, OLD, OTHER, SAME

from ansible_collections.nxai.cloud.plugins.module_utils._core.errors import BadInput
from simulator.testing import Served

Hire = Callable[..., Runs]
Group = dict[str, Any]
SHARED = [{"model": "Counter@2", "nms": 0.5}]
GROUPS: list[Group] = [
    {"site": "Shop 1", "devices": [SAME, "Door"], "pipelines": SHARED},
    {"site": "Shop 2", "devices": ["Aisle 2"], "pipelines": SHARED},
    {"site": "Shop 2", "devices": ["Yard"], "pipelines": [{"model": "Finder"}, {"model": "Counter@1", "nms": 0.1}]},
    {"site": "Shop 3", "devices": ["Dock"], "pipelines": []},
]


@pytest.fixture
def hired(runs: Hire) -> Hire:
    def made(*groups: Group, **options: Any) -> Runs:
        as_a_module_gets_it = json.loads(json.dumps(groups or GROUPS))
        return runs(declaration={"assignments": as_a_module_gets_it}, **options)

    return made


def running(cloud: Served) -> dict[str, list[str]]:
    """The models of each camera, in the end."""
    names = {site.id: site.name for site in cloud.world.sites.values()}
    return {
        f"{names[site]}/{each.name}": [one["modelUUID"] for one in final(each)]
        for (site, _nxid), each in devices(cloud).items()
    }


AS_DECLARED = {
    "Shop 1/Aisle 2": [NEW], "Shop 1/Door": [NEW], "Shop 1/Till": [], "Shop 2/Aisle 2": [NEW],
    "Shop 2/Yard": [OTHER, OLD], "Shop 3/Aisle 2": [OLD], "Shop 3/Dock": [],
}  # fmt: skip


def test_each_camera_gets_its_own_and_gets_back_what_it_had(hired: Hire, cloud: Served) -> None:
    before = world(cloud)
    done = hired(waves=[1, 2, "100%"]).run()
    assert done["summary"]["totals"]["done"] == 5 == done["summary"]["totals"]["devices"]
    assert running(cloud) == AS_DECLARED
    cloud.clear_log()
    assert hired(waves=[1, 2, "100%"]).run()["changed"] is False and cloud.writes() == []
    assert hired().run(action="rollback")["summary"]["status"] == "rolled_back" and world(cloud) == before


def test_the_plan_shows_what_changes_and_writes_nothing(hired: Hire, cloud: Served) -> None:
    planned = hired().plan()
    assert "2 devices:\n  - Counter@1" in planned["diff"]["prepared"] or "Finder" in planned["diff"]["prepared"]
    assert planned["summary"]["totals"]["devices"] == 5, "cameras that no group names are not part of it"
    assert cloud.writes() == [] and hired().lines() == []


def test_what_means_the_same_goes_on_and_what_does_not_is_refused(hired: Hire, cloud: Served) -> None:
    hired(waves=[2, "100%"]).run(pause_before_wave=["2"])
    by_id = [
        {"site": "Shop 3", "devices": ["Dock"], "pipelines": []},
        {"site": "Shop 2", "devices": ["Yard"], "pipelines": [{"model": "Finder"}, {"model": OLD.upper(), "nms": 0.1}]},
        *({**GROUPS[0], "devices": [each]} for each in ("Door", "{" + SAME.upper() + "}")),
        {**GROUPS[1], "pipelines": [{"model": NEW, "nms": "0.5"}]},
    ]
    cloud.clear_log()
    other = [*GROUPS[:2], {**GROUPS[2], "pipelines": [{"model": "Finder"}]}, GROUPS[3]]
    for wrong in (other, GROUPS[:3], [*GROUPS, {"site": "Shop 3", "devices": ["Aisle 2"], "pipelines": SHARED}]):
        with pytest.raises(BadInput, match="what is declared differs:\n"):
            hired(*wrong, waves=[2, "100%"]).run()
    assert cloud.writes() == []
    assert hired(*by_id, waves=[2, "100%"]).run()["summary"]["status"] == "finished"
    assert running(cloud) == AS_DECLARED


def test_a_run_that_is_killed_goes_on(hired: Hire, cloud: Served) -> None:
    before = world(cloud)
    with pytest.raises(Killed), killed_at(2, after=True, only="PUT"):
        hired().run()
    assert hired().run()["summary"]["status"] == "finished" and running(cloud) == AS_DECLARED
    hired().run(action="rollback")
    assert world(cloud) == before


def test_a_plan_can_change_until_something_was_written(hired: Hire, cloud: Served) -> None:
    opened = hired().step("open", devices=rows(cloud))
    assert opened["todo"][0]["size"] == 5
    assert hired(*GROUPS[:1]).run()["summary"]["totals"]["devices"] == 2


def test_a_site_that_no_host_is_of_is_named_and_stays(hired: Hire, cloud: Served) -> None:
    shop = next(site for site in cloud.world.sites.values() if site.name == "Shop 2")
    shop.online = False
    opened = hired(waves=[1, "100%"]).plan()
    said = "Declared, but not among the hosts of this run, so left as it is: "
    assert f"{said}2 cameras (Aisle 2 at Shop 2, Yard at Shop 2)." in opened["lines"]
    hired(waves=[1, "100%"]).run(pause_before_wave=["2"])
    shop.online = True
    assert hired(waves=[1, "100%"]).run()["summary"]["totals"]["devices"] == 3, "they are not part of this rollout"
    assert running(cloud)["Shop 2/Yard"] == [OLD]


def test_a_limit_narrows_it(hired: Hire, cloud: Served) -> None:
    some = [row for row in rows(cloud) if row["site_name"] == "Shop 1"]
    assert hired().run(devices=some, limit="Shop_1")["summary"]["totals"]["devices"] == 2
    with pytest.raises(BadInput, match="no host of the inventory is a camera that the assignments name"):
        hired(name="other").run(devices=[row for row in rows(cloud) if row["name"] == "Till"])


@pytest.mark.parametrize(
    ("groups", "said"),
    [
        ([GROUPS[0], {"site": "Shop 1", "devices": ["Door"], "pipelines": []}], "it is named twice"),
        ([GROUPS[0], {"site": "Shop 1", "devices": ["Aisle 2"], "pipelines": []}], "it is named twice"),
        ([{"site": "Shop 1", "devices": ["Door"]}], "missing required arguments: pipelines"),
        ([{"site": "Shop 1", "devices": ["Door"], "pipelines": [{"model": "Countre@2"}]}], "Near: Counter@2"),
    ],
)
def test_what_is_not_clear_is_refused(hired: Hire, cloud: Served, groups: list[Group], said: str) -> None:
    with pytest.raises(BadInput, match=said):
        hired(*groups).run()
    assert cloud.writes() == []


def test_one_name_of_two_cameras_is_refused(hired: Hire, cloud: Served) -> None:
    device(cloud, "Till").name = "Door"
    with pytest.raises(BadInput, match="two cameras are called so"):
        hired(GROUPS[0]).run()


@pytest.mark.parametrize("beside", [{"pipelines": SHARED}, {"swap": {"from": "Counter@1", "to": "Counter@2"}}])
def test_one_way_to_declare_at_a_time(runs: Hire, beside: dict[str, Any]) -> None:
    with pytest.raises(BadInput, match="mutually exclusive"):
        runs(declaration={"assignments": GROUPS[:1], **beside}).run()
    with pytest.raises(BadInput, match="each of the assignments is exact"):
        runs(declaration={"assignments": GROUPS[:1], "state": "absent"}).run()


def test_a_text_is_a_list_too(runs: Hire, cloud: Served) -> None:
    assert runs(declaration={"assignments": json.dumps(GROUPS), "state": "present"}).run()["summary"]["totals"]["done"]
    assert running(cloud) == AS_DECLARED


def test_the_journal_holds_each_assignment_once(hired: Hire, cloud: Served) -> None:
    run = hired()
    run.run()
    (plan,) = run.lines("plan")
    assert len(plan["declaration"]["assignments"]) == 3 == len(plan["given"]["assignments"])
    assert json.dumps(plan["declaration"]).count(NEW) == 1
    assert [each["devices"] for each in run.report()["declaration"]["assignments"]].count(3) == 1
    page = (run.folder / "rollout-report.html").read_text()
    assert "for 3 cameras" in page and "Finder, Counter@1" in page
