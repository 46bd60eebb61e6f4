# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The playbook nxai.cloud.rollout, run by the command against a simulator."""

from __future__ import annotations

import json
import random
import stat
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from simulator.testing import serve
from tools.rollouts import Operator, assign_something, devices_of, first_model, snapshot, wrong_devices

Hire = Callable[..., Operator]
GATE = """
- name: No frames any more
  ansible.builtin.fail:
    msg: "no frames in wave {{ pipeline_rollout_wave.number }}, {{ pipeline_rollout_wave.devices | length }} devices"
  when: pipeline_rollout_wave.number == 3
"""


@pytest.fixture
def hire(tmp_path: Path) -> Iterator[Hire]:
    """An operator with variables, at a simulator of so many sites with ten devices each."""
    with ExitStack() as stack:

        def start(sites: int = 2, hostile_names: bool = False, **variables: Any) -> Operator:
            numbers = {"sites": sites, "servers": 1, "devices": 10, "models": 2, "hostile_names": hostile_names}
            cloud = stack.enter_context(serve(speed=50, **numbers))
            assign_something(cloud)
            variables.setdefault("pipeline_rollout_pipelines", [{"model": first_model(cloud), "nms": 0.5}])
            return Operator(cloud, tmp_path, **variables)

        yield start


def test_a_plan_shows_waves_and_changes_and_writes_nothing(hire: Hire) -> None:
    op = hire(pipeline_rollout_waves=[5, "100%"], pipeline_rollout_pause_before_wave=[2])
    code, said = op.run("--check", "--diff")
    assert code == 0, said
    assert "1 (5): 5 devices at 2 sites" in said and "2 (100%): 15 devices at 2 sites" in said
    assert "+ People counter" in said and "nms=0.5" in said
    assert {entry.method for entry in op.cloud.log()} == {"GET"}
    assert not op.home.exists()


def test_the_waves_are_done_one_after_the_other_and_then_nothing_is_left_to_do(hire: Hire) -> None:
    op = hire(pipeline_rollout_canary="site_shop_001", pipeline_rollout_waves=["100%"])
    before = snapshot(op.cloud)
    code, said = op.run()
    assert code == 0, said
    assert wrong_devices(op.cloud, before, first_model(op.cloud), 0.5) == []
    sites = [entry.path.split("/")[3] for entry in op.cloud.writes()]
    assert sites == sorted(sites, key=sites.index) and len(set(sites)) == 2, "the canary's site first"
    assert op.report()["totals"] == {
        "devices": 20, "done": 20, "unchanged": 0, "failed": 0, "aside": 0, "back": 0, "waiting": 0,
    }  # fmt: skip
    assert [each["status"] for each in op.report()["waves"]] == ["done", "done"]
    assert {stat.S_IMODE(path.stat().st_mode) for path in op.home.iterdir()} == {0o600}
    assert stat.S_IMODE(op.home.stat().st_mode) == 0o700
    op.cloud.clear_log()
    code, said = op.run()
    assert code == 0 and "changed=0 " in said, said
    assert op.cloud.writes() == []


def test_a_gate_that_fails_in_the_third_wave_takes_everything_back(hire: Hire, tmp_path: Path) -> None:
    (tmp_path / "gate.yml").write_text(GATE)
    op = hire(pipeline_rollout_waves=[4, 6, "100%"], pipeline_rollout_on_breach="rollback_all")
    op.variables["pipeline_rollout_gate_tasks"] = "gate.yml"
    before = snapshot(op.cloud)
    code, said = op.run()
    assert code == 2
    assert "no frames in wave 3, 10 devices" in said
    assert len(op.cloud.writes()) >= 2 * 2 * 3, "every wave was written at each site, and taken back"
    op.cloud.advance(60)
    assert snapshot(op.cloud) == before
    assert op.report()["status"] == "rolled_back"
    op.cloud.clear_log()
    code, said = op.run()
    assert code == 2 and "it was rolled back" in said
    assert op.cloud.writes() == []


def test_files_that_everyone_can_write_to_are_not_used(hire: Hire, tmp_path: Path) -> None:
    (tmp_path / "gate.yml").write_text(GATE)
    (tmp_path / "gate.yml").chmod(0o646)
    op = hire(sites=1, pipeline_rollout_gate_tasks="gate.yml")
    code, said = op.run()
    assert code == 2 and f"everyone can write to {tmp_path}/gate.yml" in said, said
    op.home.mkdir()
    (op.folder / "link").symlink_to(op.home)
    op.home.chmod(0o777)
    code, said = op.run(pipeline_rollout_gate_tasks="", pipeline_rollout_path="link")
    assert code == 2 and f"Use {tmp_path}/link: everyone can write to {op.home}" in said, said
    assert op.cloud.writes() == [] and list(op.home.iterdir()) == []


def test_killed_at_random_moments_it_goes_on_where_it_was(hire: Hire) -> None:
    op = hire(sites=6, pipeline_rollout_waves=[10, "100%"])
    before = snapshot(op.cloud)
    # While the first wave is written; somewhere before the end; and while the second wave is written.
    some = random.Random().randint(8, 35)
    moments = [
        lambda: len(op.cloud.writes()) >= 2,
        lambda: len(op.cloud.log()) >= some,
        lambda: len(op.cloud.writes()) >= 12,
    ]
    for turn, moment in enumerate(moments):
        op.cloud.clear_log()
        assert op.run_and_kill(moment, workers_too=turn != 1), f"still at work in turn {turn}, {some}"
    code, said = op.run()
    assert code == 0, said
    op.cloud.advance(60)
    assert wrong_devices(op.cloud, before, first_model(op.cloud), 0.5) == []
    code, said = op.run(pipeline_rollout_action="rollback")
    assert code == 0, said
    op.cloud.advance(60)
    assert snapshot(op.cloud) == before, "the snapshots are those from before the first kill"


def test_two_controllers_at_the_same_sites_lose_nothing(hire: Hire) -> None:
    """Each declares other settings of the same model, so that each device is written to by both."""
    op = hire(pipeline_rollout_waves=["100%"], pipeline_rollout_max_failures="100%")
    op.variables["pipeline_rollout_max_failures_per_wave"] = "100%"
    before = snapshot(op.cloud)
    model, nms = first_model(op.cloud), (0.5, 0.6)
    other = {"pipeline_rollout_name": "other", "pipeline_rollout_pipelines": [{"model": model, "nms": nms[1]}]}
    runs = [op.start(), op.start(**other)]
    said = [run.communicate(timeout=300)[0] for run in runs]
    assert [run.returncode for run in runs] == [0, 0], said
    op.cloud.advance(60)
    wrong = [{row[0] for row in wrong_devices(op.cloud, before, model, each)} for each in nms]
    assert wrong[0] & wrong[1] == set(), "each device has one of the two, and all that it had before"
    assert len(wrong[0]) + len(wrong[1]) == len(before)


def test_devices_that_are_off_line_are_queued_and_come_last(hire: Hire) -> None:
    op = hire(pipeline_rollout_waves=["100%"], pipeline_rollout_unavailable="queue")
    away = list(devices_of(op.cloud).values())[:3]
    for device in away:
        device.silent_until = 1e12
    code, said = op.run(pipeline_rollout_settings={"applicable_timeout": 0, "wait_interval": 0.1, "wait_timeout": 2})
    assert code == 0, said
    assert len(op.report()["queued"]) == 3 and op.report()["totals"]["done"] == 17
    for device in away:
        device.silent_until = 0
    op.cloud.clear_log()
    code, said = op.run()
    assert code == 0 and "wave 2 of 2 (queue): done; 3 done" in said, said
    assert op.report()["queued"] == [] and op.report()["totals"]["done"] == 20
    assert len(op.cloud.writes()) <= 3


def test_it_pauses_and_goes_on_on_another_machine(hire: Hire, tmp_path: Path) -> None:
    """As AWX does it: the statistics of one job are variables of the next, and its directory is a new one."""
    op = hire(hostile_names=True, pipeline_rollout_waves=[5, "100%"], pipeline_rollout_pause_before_wave=[2])
    before = snapshot(op.cloud)
    op.env |= {"ANSIBLE_SHOW_CUSTOM_STATS": "1"}
    code, said = op.run()
    assert code == 0 and "Paused before wave 2 of 2 (100%)." in said, said
    assert op.report()["totals"]["done"] == 5
    saved = said.split('"pipeline_rollout_saved": {')[1].split('"')[3]
    code, said = op.run(pipeline_rollout_saved={"detector": saved}, pipeline_rollout_path=str(tmp_path / "elsewhere"))
    assert code == 0 and "All waves are done." in said, said
    code, said = op.run(pipeline_rollout_path=str(tmp_path / "elsewhere"), pipeline_rollout_action="rollback")
    assert code == 0, said
    op.cloud.advance(60)
    assert snapshot(op.cloud) == before


def test_g07_a_limit_without_localhost_is_refused_and_with_it_is_the_scope(hire: Hire, tmp_path: Path) -> None:
    op = hire(pipeline_rollout_waves=["100%"])
    code, said = op.run("--limit", "site_shop_001")
    assert code not in (0, 250) and "leaves localhost out" in said and op.cloud.writes() == [], said
    (tmp_path / "shops").write_text("localhost\nsite_shop_001\n")
    code, said = op.run("--limit", "@shops")
    assert code == 0, said
    first, *_others = op.cloud.world.sites.values()
    assert {entry.path.split("/")[3] for entry in op.cloud.writes()} == {first.id}
    assert op.report()["totals"]["devices"] == 10
    code, said = op.run()
    assert code == 2 and "the rollout was not planned for" in said


def test_g07_a_play_on_cameras_is_refused(hire: Hire, tmp_path: Path) -> None:
    op = hire()
    role = {"ansible.builtin.include_role": {"name": "nxai.cloud.pipeline_rollout"}}
    play = {"hosts": "all", "gather_facts": False, "connection": "local", "serial": 5, "tasks": [role]}
    (tmp_path / "cameras.json").write_text(json.dumps([play]))
    op.playbook = "cameras.json"
    code, said = op.run()
    assert code == 2 and "its play has to be for localhost alone" in " ".join(said.split()) and op.cloud.writes() == []


def test_g14_what_a_survey_gives_is_read(hire: Hire) -> None:
    """As -e name=value does, which gives text."""
    op = hire(pipeline_rollout_waves="50%", pipeline_rollout_soak="0", pipeline_rollout_server_running="running")
    op.variables["pipeline_rollout_pipelines"] = json.dumps(op.variables["pipeline_rollout_pipelines"])
    code, said = op.run("--check", "--diff")
    assert code == 0 and "1 (50%): 10 devices" in said and "2 (50%): 10 devices" in said, said


def test_the_file_of_a_limit_that_holds_fewer_shops_is_a_smaller_scope(hire: Hire, tmp_path: Path) -> None:
    """And the command that a limit without localhost is answered with can be run as it stands."""
    op = hire(sites=3, pipeline_rollout_waves=[6, "100%"])
    code, said = op.run("--limit", "!site_shop_003")
    assert code not in (0, 250) and "--limit 'localhost,all,!site_shop_003'" in said and op.cloud.writes() == []
    code, said = op.run("--limit", "localhost,all,!site_shop_003", "--check", pipeline_rollout_name="plan")
    assert code == 0 and "waiting; 14 waiting" in said, said
    shops = tmp_path / "shops.txt"
    shops.write_text("localhost\nsite_shop_001\nsite_shop_002\n")
    code, said = op.run("--limit", "@shops.txt", pipeline_rollout_pause_before_wave=2)
    assert code == 0, said
    shops.write_text("localhost\nsite_shop_001\n")
    op.cloud.clear_log()
    code, said = op.run("--limit", "@shops.txt")
    assert code == 0 and "This run leaves out 10 cameras" in said, said
    names = {site.id: site.name for site in op.cloud.world.sites.values()}
    assert {names[entry.path.split("/")[3]] for entry in op.cloud.writes()} == {"Shop 001"}
