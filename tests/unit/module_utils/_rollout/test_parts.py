# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Parts of a rollout, each with a journal of its own, and their numbers added up; and what outlives a job's folder."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from rollout_runs import Ended, Runs, final, rows

from ansible_collections.nxai.cloud.plugins.module_utils._core.errors import BadInput
from ansible_collections.nxai.cloud.plugins.module_utils._rollout.total import total
from ansible_collections.nxai.cloud.plugins.module_utils._rollout.waves import divided, part_of
from simulator.testing import Served, serve

Hire = Callable[..., Runs]
SITES, PARTS = 12, 3


@pytest.mark.parametrize("count", [1, 2, 8])
def test_each_site_is_in_one_part_whatever_its_id_is_written_like(count: int) -> None:
    ids = [str(uuid.UUID(int=number * 7919)) for number in range(4_000)]
    parts = [part_of(f"{number}/{count}") for number in range(1, count + 1)]
    sizes = Counter(tuple(within(each) for within in parts).index(True) for each in ids)
    assert {sum(within(each) for within in parts) for each in ids} == {1}
    assert all(abs(size - 4_000 / count) < 200 for size in sizes.values()) and len(sizes) == count
    assert [part_of("1/2")(each) for each in ids] == [part_of("1/2")(f"{{{each.upper()}}}") for each in ids]


def test_a_wave_of_a_part_is_a_fair_sample_too() -> None:
    within = part_of("2/8")
    sites = [each for each in (str(uuid.UUID(int=number * 7919)) for number in range(800)) if within(each)]
    cameras = [{"site": site, "device": site, "name": "", "host": site, "site_name": ""} for site in sites]
    share = [each["device"] for each in divided(cameras, ["50%", "100%"])[0]["devices"]]
    assert len(share) == len(sites) // 2 + len(sites) % 2
    order = [each["device"] for each in divided(cameras, ["100%"])[0]["devices"]]
    assert order != sorted(order), "sites of one camera come in an order of their own"


@pytest.mark.parametrize("text", ["0/8", "9/8", "3", "3/8 ", "x", "1/0", "3/99999", "-1/2", "03/8"])
def test_what_is_no_part_is_refused_before_anything_happens(runs: Hire, cloud: Served, text: str) -> None:
    with pytest.raises(BadInput, match="Read pipeline_rollout_part"):
        runs(part=text).run()
    assert cloud.writes() == [] and not runs().folder.exists()


def test_no_part_asks_a_camera_for_all(runs: Hire, cloud: Served) -> None:
    with pytest.raises(BadInput, match="pipeline_rollout_part is set"):
        runs(part="1/2", prove="one", prove_device="Door").run()
    assert cloud.writes() == []


def test_parts_that_work_by_turns_have_each_camera_once(tmp_path: Path) -> None:
    with serve(sites=SITES, servers=1, devices=4, models=2, speed=0.0) as cloud:
        model = next(iter(cloud.world.models))
        declared = {"declaration": {"model": model, "nms": "0.5", "state": "exact"}, "waves": ["50%", "100%"]}
        parts = [Runs(cloud, tmp_path / f"{number}", name=f"r {number}/{PARTS}", **declared) for number in range(1, 4)]
        every = [{**row, "host": row["device"]} for row in rows(cloud)]
        groups = {"canary": [every[0]["host"]]}
        options = [{"part": f"{n}/{PARTS}", "devices": every, "canary": "canary", "groups": groups} for n in (1, 2, 3)]
        for run, given in zip(parts, options, strict=True):
            run.step("open", **given)
        done = {}
        for number, (run, given) in enumerate(zip(parts, options, strict=True), 1):
            summary = run.run(**given)["summary"]
            assert summary["status"] == "finished", summary
            done[f"pipeline_rollout_part_{number}_of_{PARTS}"] = {"name": "r", "summary": summary}
        mine = [(each.site, each.nxid) for run in parts for each in run.ledger.cameras]
        assert Counter(mine) == Counter((row["site"], row["device"]) for row in every)
        assert sum(wave.name == "canary" for run in parts for wave in run.ledger.waves) == 1
        assert all(
            final(each)[0]["modelNMS"] == 0.5 for site in cloud.world.sites.values() for each in site.devices.values()
        )
        found = total(done, "r")
        assert found["status"] == "finished" and found["totals"]["done"] == SITES * 4 and found["missing"] == []
        assert found["lines"][0] == "Of 3 parts: 3 finished."


def test_a_part_without_a_site_has_nothing_to_do(runs: Hire, cloud: Served) -> None:
    sites = {row["site"] for row in rows(cloud)}
    empty = next(f"{n}/99" for n in range(1, 100) if not any(map(part_of(f"{n}/99"), sites)))
    run = runs(part=empty)
    done = run.run()
    assert done["summary"]["status"] == "finished" and "No camera was in it." in done["summary"]["message"]
    assert cloud.writes() == []
    with pytest.raises(BadInput, match="no host of the inventory is a device"):
        runs(part=empty, name="none").run(devices=[])


NUMBERS = {"devices": 10, "done": 8, "failed": 2}
PART = {"name": "r", "summary": {"status": "finished", "totals": NUMBERS, "failed": [], "causes": []}}


def _part(status: str, **members: Any) -> dict[str, Any]:
    return {"name": "r", "summary": {**PART["summary"], "status": status, **members}}  # type: ignore[dict-item]


def test_the_whole_stands_where_its_worst_part_does() -> None:
    names = [f"pipeline_rollout_part_{number}_of_3" for number in (1, 2, 3)]

    def status(*parts: Any) -> Any:
        return total(dict(zip(names, parts, strict=False)), "r")["status"]

    assert status(PART, PART, PART) == "finished"
    assert status(PART, _part("paused"), PART) == "paused"
    assert status(_part("paused"), _part("stopped"), PART) == "stopped"
    assert status(PART, _part("rolled_back"), PART) == "rolled_back"
    missing = total({names[0]: PART, names[2]: PART}, "r")
    assert missing["status"] == "interrupted" and missing["missing"] == ["2/3"]
    assert "Nothing is known of 2/3" in missing["message"] and missing["totals"]["done"] == 16


def test_causes_are_added_up_and_cameras_named() -> None:
    causes = [{"cause": "off-line", "status": "refused", "devices": 7}]
    row = {
        "site": "s",
        "site_name": "Shop 1",
        "device": "{1}",
        "name": "Door",
        "status": "refused",
        "reason": "off-line",
    }
    part = _part("finished", failed=[row] * 15, causes=causes)
    found = total({"pipeline_rollout_part_1_of_2": part, "pipeline_rollout_part_2_of_2": part}, "r")
    assert found["causes"] == [{"cause": "off-line", "status": "refused", "devices": 14}] and len(found["failed"]) == 20
    assert "Failed: 14 cameras: off-line" in found["lines"] and "Failed: Door at Shop 1: off-line" in found["lines"]


@pytest.mark.parametrize(
    "part",
    [
        None,
        7,
        "text",
        [],
        {},
        {"name": "r"},
        {"name": "r", "summary": {"totals": {"done": -1}, "failed": 7, "causes": [7]}},
    ],
)
def test_what_another_job_left_may_be_anything(part: Any) -> None:
    found = total({"pipeline_rollout_part_1_of_2": PART, "pipeline_rollout_part_2_of_2": part}, "r")
    assert found["status"] == "interrupted" and found["totals"]["done"] == 8


def test_cameras_that_a_part_has_queued_are_said_for_the_whole() -> None:
    queued = _part("finished", totals={**NUMBERS, "aside": 3}, how_to_go_on="Run it again.")
    parts = {"pipeline_rollout_part_1_of_2": PART, "pipeline_rollout_part_2_of_2": queued}
    assert total(parts, "r")["how_to_go_on"] == "Run it again."


def test_a_name_that_has_become_a_number_on_its_way_is_known_by_its_part() -> None:
    parts = {f"pipeline_rollout_part_{n}_of_2": {**PART, "name": 34} for n in (1, 2)}
    for number, part in enumerate(parts.values(), 1):
        part["summary"] = {**PART["summary"], "name": f"0042 {number}/2"}
    assert total(parts, "0042")["missing"] == []
    with pytest.raises(BadInput):
        total(parts, "34")


def test_those_of_another_rollout_or_none_at_all_do_not_count() -> None:
    for artefacts in (
        {},
        {"pipeline_rollout_part_1_of_1": {**PART, "name": "other"}},
        {"pipeline_rollout_part_3_of_2": PART},
    ):
        with pytest.raises(BadInput, match="no part of r has left its numbers"):
            total(artefacts, "r")
    with pytest.raises(BadInput, match="there are parts of 2 and of 3"):
        total({"pipeline_rollout_part_1_of_2": PART, "pipeline_rollout_part_1_of_3": PART}, "r")


# What outlives the folder of a job


def test_what_failed_is_in_the_summary_of_the_end(runs: Hire, cloud: Served) -> None:
    for site in cloud.world.sites.values():
        for server in site.servers.values():
            server.supports_pipelines = False
    run = runs(waves=["100%"])
    with pytest.raises(Ended):
        run.run()
    ended = run.last
    assert ended["summary"]["causes"] == [
        {"cause": "its server does not support pipelines", "status": "refused", "devices": 6}
    ]
    first = ended["summary"]["failed"][0]
    assert len(ended["summary"]["failed"]) == 6 and first["site_name"].startswith("Shop") and first["reason"]
    assert ended["failures"][0] == "Failed: 6 cameras: its server does not support pipelines"
    assert f"Failed: {first['name']} at {first['site_name']}: {first['reason']}" in ended["lines"]


def test_a_run_that_ends_paused_says_that_somebody_has_to_go_on(runs: Hire, cloud: Served) -> None:
    run = runs(waves=[3, "100%"])
    summary = run.run(pause_before_wave="2")["summary"]
    assert summary["status"] == "paused" and "A workflow needs another job for that" in summary["how_to_go_on"]
    assert any("the other cameras stay as they are" in line for line in run.last["lines"])


@pytest.mark.parametrize(
    ("declared", "said"),
    [
        ({"model": "Counter@2", "pipelines": [{"model": "Counter@2"}]}, "mutually exclusive"),
        ({"nms": "0.5"}, "nms"),
        ({"model": "Counter@2", "nms": "high"}, "Correct pipeline_rollout_nms"),
    ],
)
def test_one_model_is_declared_in_one_way(runs: Hire, cloud: Served, declared: dict[str, Any], said: str) -> None:
    with pytest.raises(BadInput, match=said):
        runs(declaration=declared).run()
    assert cloud.writes() == []


def test_one_model_is_short_for_a_pipeline_of_it(runs: Hire, cloud: Served) -> None:
    run = runs(
        waves=[3, "100%"], pause_before_wave=[2], declaration={"model": "Counter@2", "nms": "0.5", "state": "exact"}
    )
    run.run()
    run.options |= {"declaration": {"pipelines": [{"model": "Counter@2", "nms": 0.5}], "state": "exact"}}
    assert run.run(pause_before_wave=[])["summary"]["status"] == "finished"
