# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""More of what a review of earlier rollouts had confirmed, by its number: how each ends now. See test_confirmed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from rollout_runs import Ended, Killed, Runs, device, devices, final, killed_at, rows, world
from rollout_world import NEW, OLD, OTHER, wire

from ansible_collections.nxai.cloud.plugins.module_utils._core.errors import BadInput
from simulator.testing import Served

Hire = Callable[..., Runs]
SWAP = {"swap": {"from": "Counter@*", "to": "Counter@2"}}


def of(cloud: Served, shop: str) -> list[dict[str, str]]:
    return [row for row in rows(cloud) if row["site_name"] == shop]


class TestG07Scope:
    def test_g07_a_smaller_scope_is_honoured_and_recorded(self, runs: Hire, cloud: Served) -> None:
        run = runs(waves=[3, "100%"])
        run.run(pause_before_wave=["2"])
        before = world(cloud)
        done = run.run(devices=of(cloud, "Shop 2"), limit="localhost,Shop_2")
        changed = {key for key, now in world(cloud).items() if now != before[key]}
        assert {site for site, _nxid in changed} == {of(cloud, "Shop 2")[0]["site"]}
        assert "outside the hosts or the limit of this run had no turn" in done["lines"][0]
        assert {row["site_name"] for row in run.report()["excluded"]} == {"Shop 1", "Shop 3"}
        assert run.run()["summary"]["totals"]["waiting"] == 0, "the whole scope does the rest"

    def test_g07_a_rollback_within_a_limit_leaves_the_others(self, runs: Hire, cloud: Served) -> None:
        before = world(cloud)
        runs().run()
        done = runs().run(action="rollback", devices=of(cloud, "Shop 2"), limit="Shop_2")
        assert done["summary"]["status"] == "stopped" and "outside the hosts or the limit" in done["lines"][0]
        same = {key for key, now in world(cloud).items() if now == before[key]}
        assert {row["site_name"] for row in rows(cloud) if (row["site"], row["device"]) in same} == {"Shop 2", "Shop 3"}
        assert runs().run(action="rollback")["summary"]["status"] == "rolled_back" and world(cloud) == before

    def test_g07_a_larger_scope_is_refused(self, runs: Hire, cloud: Served) -> None:
        runs().run(devices=of(cloud, "Shop 1"), limit="Shop_1")
        cloud.clear_log()
        with pytest.raises(BadInput, match=r"the rollout was not planned for: Aisle 2 at Shop 2"):
            runs().run()
        with pytest.raises(BadInput, match="hold no camera of it"):
            runs().run(devices=[], limit="Shop_7")
        assert cloud.writes() == []

    @pytest.mark.parametrize("option", [{"waves": [1, "100%"]}, {"canary": "shop_1"}])
    def test_g07_other_waves_are_shown_and_refused(self, runs: Hire, cloud: Served, option: dict[str, Any]) -> None:
        runs(waves=[3, "100%"]).run(pause_before_wave=["2"])
        cloud.clear_log()
        with pytest.raises(BadInput, match="how the cameras are divided into waves differs:\n") as caught:
            runs(waves=[3, "100%"]).run(**option)
        assert "+" in str(caught.value) and cloud.writes() == []

    def test_g07_a_camera_that_came_later_is_not_part_of_it(self, runs: Hire, cloud: Served) -> None:
        run = runs()
        late = device(cloud, "Yard")
        shop = next(site for site in cloud.world.sites.values() if site.name == "Shop 2")
        del shop.devices[late.nxid]
        run.run()
        shop.devices[late.nxid] = late
        assert run.run()["summary"]["totals"]["devices"] == 6
        assert final(late) == [wire(OLD, 0.7, **{"x-of-someone": {"deep": ["ü", 1]}})], "nothing was sent to it"
        assert final(late)[0]["modelUUID"] == OLD


class TestG08Typo:
    def test_g08_the_plan_refuses_a_model_that_is_not_there(self, runs: Hire, cloud: Served) -> None:
        for name in ("Countre@2", "99999999-9999-4999-8999-999999999999"):
            for declaration in ({"pipelines": [{"model": name}]}, {"swap": {"from": "Counter@1", "to": name}}):
                with pytest.raises(BadInput, match=f'Find model "{name}"'):
                    runs(declaration=declaration).plan()
        coming = runs(declaration={"swap": {"from": "Counter@*", "to": "Counter@3"}}, coming=["Counter@3"])
        assert "+ Counter@3" in coming.plan()["diff"]["prepared"]

    def test_g08_the_declaration_can_change_until_the_first_request_went_out(self, runs: Hire, cloud: Served) -> None:
        wrong = {"pipelines": [{"model": "Finder", "nms": 0.5}], "state": "exact"}
        first = {**wrong, "pipelines": [{"model": "Finder", "nms": 0.4}]}
        with pytest.raises(Killed), killed_at(3):
            runs(declaration=first, waves=["2", "100%"]).run()
        assert runs().ledger.plan and not runs().ledger.written
        runs().run()
        assert {str([each["modelUUID"] for each in final(one)]) for one in devices(cloud).values()} == {f"['{NEW}']"}
        with pytest.raises(BadInput, match="what is declared differs") as caught:
            runs(declaration=wrong).run()
        assert f'-   "model": "{NEW}"' in str(caught.value) and f'+   "model": "{OTHER}"' in str(caught.value)

    @pytest.mark.parametrize(
        "same",
        [
            {"pipelines": [{"model": "Counter@2", "nms": "0.5"}], "state": "exact"},
            {"pipelines": [{"model": NEW.upper(), "nms": 0.5, "chains": None}], "state": "exact", "swap": {}},
            {"pipelines": '[{"model": "Counter@2", "nms": 0.5}]', "state": "exact"},
        ],
    )
    def test_g08_what_means_the_same_is_the_same(self, runs: Hire, cloud: Served, same: dict[str, Any]) -> None:
        runs().run()
        cloud.clear_log()
        assert runs(declaration=same).step("open", devices=rows(cloud))["summary"]["status"] == "finished"


def test_g09_a_first_release_says_that_nothing_was_assigned(runs: Hire, cloud: Served) -> None:
    for each in devices(cloud).values():
        each.pipelines = [wire(OTHER, 0.3)]
    done = runs(declaration=SWAP).run()
    assert done["summary"]["totals"] == {
        "devices": 7, "done": 0, "unchanged": 7, "failed": 0, "aside": 0, "back": 0, "waiting": 0,
    }  # fmt: skip
    assert "No camera runs another release of this model: nothing was assigned." in done["lines"][0]
    assert "7 unchanged" in (runs().folder / "rollout-report.html").read_text()


def test_g10_an_unfinished_rollout_says_what_it_may_have_to_give_back(runs: Hire, cloud: Served) -> None:
    run = runs(waves=[3, "100%"])
    run.run(pause_before_wave=["2"])
    asked = {"rollouts": [f"{run.folder.parent}/rollout-*"], "path": None}
    needed = run.step("needed", **asked)["needed"]
    assert {"model": OLD, "rollouts": ["r"]} in needed
    assert run.step("needed", rollouts=[], saved=dict(run.saved), path=None)["needed"] == needed
    run.run()
    assert run.step("needed", **asked)["needed"] == [], "all waves are done"


class TestG11Downgrade:
    def test_g11_a_queued_camera_that_runs_a_newer_release_is_left_alone(self, runs: Hire, cloud: Served) -> None:
        yard = device(cloud, "Yard")
        yard.silent_until = 1e12
        older = runs(declaration=SWAP, unavailable="queue", name="Counter@2")
        older.run()
        newer = type(cloud.world.models[NEW])(**{**vars(cloud.world.models[NEW]), "uuid": OTHER, "name": "Counter@3"})
        cloud.world.models[OTHER] = newer
        yard.silent_until, yard.pipelines = 0.0, [wire(OTHER, 0.5)]
        cloud.clear_log()
        done = older.run()
        assert cloud.writes() == [] and final(yard) == [wire(OTHER, 0.5)]
        assert older.camera("Yard").status == "overtaken"
        assert "it runs Counter@3, which is newer than this rollout" in older.camera("Yard").reason
        assert done["summary"]["totals"]["aside"] == 1 and older.report()["overtaken"][0]["name"] == "Yard"
        assert "changed" in older.run() and cloud.writes() == [], "its queue is closed"

    def test_g11_so_is_one_that_a_newer_rollout_has(self, runs: Hire, cloud: Served) -> None:
        yard = device(cloud, "Yard")
        yard.silent_until = 1e12
        older = runs(unavailable="queue", name="older")
        older.run()
        cloud.advance(60)
        yard.silent_until = 0.0
        other = {"pipelines": [{"model": "Finder", "nms": 0.2}], "state": "exact"}
        runs(declaration=other, name="newer").run()
        cloud.clear_log()
        said = " ".join(older.run()["lines"])
        assert cloud.writes() == [] and final(yard)[0]["modelUUID"] == OTHER
        assert older.camera("Yard").reason == "the newer rollout newer has Yard at Shop 2" and "1 aside" in said


def test_g12_sites_that_the_account_does_not_see_are_no_cameras_that_are_away(runs: Hire, cloud: Served) -> None:
    known = rows(cloud)
    for site in cloud.world.sites.values():
        site.owner = "somebody else"
    with pytest.raises(Ended, match="7 of 7 cameras failed"):
        runs(unavailable="skip").run(devices=known)
    assert runs().report()["totals"]["failed"] == 7
    assert "the service knows no such site" in runs().camera("Door").reason


@pytest.mark.parametrize("back", [86_400.0, 100.0])
def test_g13_a_clock_that_is_set_back_makes_no_longer_soak_than_was_asked_for(
    runs: Hire, cloud: Served, back: float
) -> None:
    run = runs(soak=[300])
    opened = run.step("open", devices=rows(cloud))
    assert run.step("wave", run=opened["run"], wave=1)["soak"] == 300
    clock = cloud.world.clock
    clock._simulated -= back
    again = run.step("open", devices=rows(cloud))
    assert run.step("wave", run=again["run"], wave=1)["soak"] <= 300


@pytest.mark.parametrize(
    ("given", "sizes"),
    [("25", [7]), (25, [7]), ("50%", [4, 3]), ("2, 100%", [2, 5]), ('["1", "100%"]', [1, 6]), ("- 3\n- 100%", [3, 4])],
)
def test_g14_a_text_stands_for_a_list(runs: Hire, cloud: Served, given: Any, sizes: list[int]) -> None:
    opened = runs(waves=given, soak="[0, 60]", pause_before_wave="9", server_running="running").step(
        "open", devices=rows(cloud)
    )
    assert [each["size"] for each in opened["todo"]] == sizes


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"waves": {"a": 1}}, "pipeline_rollout_waves"),
        ({"waves": [True]}, "pipeline_rollout_waves"),
        ({"soak": "soon"}, "'soon' is no number of seconds"),
        ({"soak": [-1]}, "-1 is no number of seconds"),
        ({"max_failures": "some"}, "'some' is not a number of failures"),
        ({"declaration": {"pipelines": "Counter@2"}}, "Correct pipeline_rollout_pipelines"),
        ({"declaration": {}}, "Set pipeline_rollout_pipelines, pipeline_rollout_model,"),
    ],
)
def test_g14_or_is_refused_before_anything_happens(
    runs: Hire, cloud: Served, options: dict[str, Any], said: str
) -> None:
    with pytest.raises(BadInput, match=said):
        runs(**options).run()
    assert cloud.writes() == [] and not runs().folder.exists()


def test_g15_errors_name_cameras_with_their_shop(runs: Hire, cloud: Served) -> None:
    for site in cloud.world.sites.values():
        for server in site.servers.values():
            server.supports_pipelines = False
    with pytest.raises(Ended) as caught:
        runs().run()
    assert any(f"({name} at {shop} and 5 more)" in str(caught.value) for shop, name in _named(cloud))
    away = [{**row, "unavailable": "its site is off-line"} for row in of(cloud, "Shop 3")]
    with pytest.raises(BadInput, match=r"Aisle 2 at Shop 3 \(its site is off-line\)"):
        runs(name="second").run(devices=away)


def _named(cloud: Served) -> list[tuple[str, str]]:
    return [(row["site_name"], row["name"]) for row in rows(cloud)]
