# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Releases, from the file to the devices, and what is retired."""

from __future__ import annotations

import hashlib
import json
import os
import re
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.nxai.cloud.plugins.module_utils._engine.sites import SILENT
from simulator.testing import Served, serve
from tools.demo_model import model
from tools.rollouts import devices_of
from tools.trained_model import ultralytics
from tools.workplace import ansible

MODEL = "Person detector"
Play = Callable[..., str]
SITES = 4
SETTINGS = {"modelNMS": 0.7, "resizingMethod": "Stretch", "Preprocessor": "", "Postprocessor": "", "chains": []}
WRITES = {"create_catalogue": 1, "create_model": 1, "update_model": 1, "delete_model": 1}
RETIRING = re.compile(
    r"\[WARNING\]:[^\[]*could\s+not\s+be\s+given\s+back\s+what\s+they\s+have"
)  # of the oldest release
DEVICES = int(os.environ.get("NXAI_RELEASE_DEVICES", "40"))  # docs/releases.md has figures for 1,000


def world(**generated: int) -> dict[str, Any]:
    """Releases 5, 6 and 7 that are ready, one that failed, and something that is no release."""
    names = {f"{MODEL}@5": "ok", f"{MODEL}@6": "ok", f"{MODEL}@7": "ok", f"{MODEL}@4": "error", f"{MODEL} 3": "ok"}
    return {
        "models": [{"name": name, "status": status} for name, status in names.items()],
        "generate": {"sites": SITES, "servers": 1, "devices": DEVICES // SITES, **generated},
        "times": {"record": 0, "code": 0, "assignment": 0},
        "quirks": {"conversions": "all"},  # the servers have all kinds of runtimes
    }


@pytest.fixture
def cloud() -> Iterator[Served]:
    with serve(world()) as served:
        yield served


@pytest.fixture
def model_file(tmp_path: Path) -> Path:
    path = tmp_path / "person.onnx"
    path.write_bytes(model().SerializeToString())
    return path


@pytest.fixture
def play(tmp_path: Path, model_file: Path) -> Play:
    """Run a playbook of the collection for a version, and give its output. A warning fails the test."""

    def run(cloud: Served, playbook: str, version: str, *, check: bool = False, code: int = 0, **more: Any) -> str:
        variables = {
            "model_release_model": MODEL,
            "model_release_version": version,
            "model_release_file": str(model_file),
            "model_release_wait_delay": 1,
            "pipeline_rollout_settings": {"wait_interval": 0.1},
            **more,
        }
        env = {"ANSIBLE_SHOW_CUSTOM_STATS": "1", "NXAI_API_URL": cloud.url, "NXAI_TOKEN": cloud.token()}
        arguments = [playbook if "/" in playbook else f"nxai.cloud.{playbook}", "-e", json.dumps(variables)]
        if playbook == "release_and_rollout":
            (tmp_path / "estate.nxai.yml").write_text("plugin: nxai.cloud.nxai_devices\n")
            arguments += ["-i", "estate.nxai.yml"]
        arguments += ["--check", "--diff"] if check else []
        done = ansible(tmp_path, "playbook", *arguments, **env)
        output = done.stdout + done.stderr
        assert done.returncode == code, output
        assert "WARNING" not in RETIRING.sub("", output) and "DEPRECATION" not in output, output
        return output

    return run


@pytest.fixture
def retire(play: Play, tmp_path: Path) -> Play:
    """Run the entry point of the role that only retires."""
    role = {"name": "nxai.cloud.model_release", "tasks_from": "retire"}
    tasks = [{"name": "Retire", "ansible.builtin.include_role": role}]
    playbook = tmp_path / "retire.yml"
    playbook.write_text(json.dumps([{"name": "R", "hosts": "localhost", "gather_facts": False, "tasks": tasks}]))
    return lambda cloud, version, **more: play(cloud, str(playbook), version, **more)


def uuids(cloud: Served) -> dict[str, str]:
    return {each.name: each.uuid for each in cloud.world.models.values()}


def assign(cloud: Served, share: dict[str, float]) -> None:
    """Give each release to its share of every site's devices, with settings of their own and a second model beside."""
    ids = uuids(cloud)
    for site in cloud.world.sites.values():
        devices = list(site.devices.values())
        for name, part in share.items():
            for device in devices[: round(part * DEVICES / SITES)]:
                device.pipelines = [{"modelUUID": ids[each], **SETTINGS} for each in (f"{MODEL} 3", name)]
            devices = devices[round(part * DEVICES / SITES) :]


def running(cloud: Served) -> Counter[tuple[str, ...]]:
    """By names and thresholds."""
    names = {uuid: name for name, uuid in uuids(cloud).items()}
    return Counter(
        tuple(f"{names.get(each['modelUUID'], 'gone')} {each['modelNMS']}" for each in device.pipelines)
        for device in devices_of(cloud).values()
    )


def listed(output: str) -> str:
    """The output with lists on one line."""
    return " ".join(output.split())


def test_a_new_version_takes_the_place_of_the_old_ones_and_the_oldest_is_retired(cloud: Served, play: Play) -> None:
    """Most run N (7), some are behind on N-2 (5). After N+1 none is on N, N-2 is gone, and all else is as it was."""
    assign(cloud, {f"{MODEL}@7": 0.7, f"{MODEL}@5": 0.2})
    idle = running(cloud)[()]
    assert idle == DEVICES // 10

    plan = play(cloud, "release_and_rollout", "8", check=True, model_release_catalogues=["Shop models"])
    assert cloud.writes() == []
    assert f"{MODEL}@8: new" in plan and f"To be retired where nothing uses them: {MODEL}@5" in plan
    assert f"- {MODEL}@7" in plan and f"+ {MODEL}@8" in plan, plan

    play(cloud, "release_and_rollout", "8", model_release_catalogues=["Shop models"])
    assert running(cloud) == {(f"{MODEL} 3 0.7", f"{MODEL}@8 0.7"): DEVICES - idle, (): idle}
    assert set(uuids(cloud)) == {f"{MODEL}@8", f"{MODEL}@7", f"{MODEL}@6", f"{MODEL}@4", f"{MODEL} 3"}
    writes = Counter(each.operation for each in cloud.writes())
    assert writes.pop("put_pipelines") <= 2 * 3 * SITES, "two different results at each site, in three waves"
    assert writes == WRITES

    cloud.clear_log()
    again = play(cloud, "release_and_rollout", "8", model_release_catalogues=["Shop models"])
    assert "changed=0 " in again and cloud.writes() == []


def test_k03_what_an_earlier_job_left_is_not_taken_for_this_release(cloud: Served, play: Play) -> None:
    """Artefacts come before facts, and no node can take them away. A survey leaves the name of the rollout empty."""
    assign(cloud, {f"{MODEL}@7": 1})
    earlier = {
        "name": f"{MODEL}@6",
        "uuid": uuids(cloud)[f"{MODEL}@6"],
        "pattern": "Queue@*",
        "retiring": [],
        "others": [],
    }
    left = {"model_release_result": earlier, "model_release_retirement": {}, "pipeline_rollout_summary": {}}
    answers = {"pipeline_rollout_name": "", "pipeline_rollout_waves": "100%", "model_release_keep": "2"}
    output = play(cloud, "release_and_rollout", "8", **left, **answers, pipeline_rollout_settings="wait_interval: 0.1")
    assert {key[1] for key in running(cloud)} == {f"{MODEL}@8 0.7"}
    assert f"{MODEL}@8: finished." in output and f'"name": "{MODEL}@8"' in output.partition("CUSTOM STATS")[2]
    assert f"{MODEL}@6" not in uuids(cloud), "two are kept"


def test_the_way_back_is_a_rollout_of_another_name(cloud: Served, play: Play) -> None:
    assign(cloud, {f"{MODEL}@7": 1})
    for version in ("8", "9"):
        play(cloud, "release_and_rollout", version, pipeline_rollout_waves=["100%"])
    cloud.clear_log()
    output = play(cloud, "release_and_rollout", "8", pipeline_rollout_waves=["100%"])
    assert f"still run another release: {DEVICES}." in listed(output) and cloud.writes() == []
    play(cloud, "release_and_rollout", "8", pipeline_rollout_name="back to 8", pipeline_rollout_waves=["100%"])
    assert running(cloud) == {(f"{MODEL} 3 0.7", f"{MODEL}@8 0.7"): DEVICES}


def test_a_model_that_only_looks_like_a_release_is_not_replaced(play: Play) -> None:
    with serve({**world(), "models": [{"name": f"{MODEL}@home@7", "status": "ok"}]}) as cloud:
        output = play(cloud, "release_and_rollout", "8", code=2)
        assert "names begin as those of the releases do" in listed(output)
        assert [each.operation for each in cloud.writes()] == ["create_model"]


def test_a_release_that_a_device_runs_is_kept(cloud: Served, play: Play) -> None:
    assign(cloud, {f"{MODEL}@5": 0.1})
    output = play(cloud, "release", "8")
    assert f'"in_use": [ "{MODEL}@5" ]' in listed(output)
    assert f"{MODEL}@5" in uuids(cloud)
    assert [each.operation for each in cloud.writes()] == ["create_model"]


def test_g10_what_a_stopped_rollout_may_give_back_is_kept(cloud: Served, play: Play, retire: Play) -> None:
    """It is paused after its first wave. What that replaced runs nowhere any more, and is not deleted."""
    assign(cloud, {f"{MODEL}@5": 1})
    pause = {"pipeline_rollout_pause_before_wave": [2], "pipeline_rollout_waves": [4, "100%"], "model_release_keep": 2}
    play(cloud, "release_and_rollout", "8", pipeline_rollout_hosts="all", **pause)
    assert f"{MODEL}@5" in uuids(cloud)
    for device in devices_of(cloud).values():
        device.pipelines = []
    output = listed(retire(cloud, "8", model_release_keep=2))
    assert f'"needed": [ "{MODEL}@5" ]' in output and f"{MODEL}@5" in uuids(cloud)


def test_g10_releases_of_others_neither_count_nor_go(retire: Play) -> None:
    """A public catalogue shows releases of another organisation under the same name."""
    seed = world()
    mine = [{**each, "organisation": "Mine"} for each in seed["models"]]
    theirs = [
        {"name": f"{MODEL}@{n}", "status": "ok", "organisation": "Theirs", "catalogues": ["Public"]} for n in (6, 9)
    ]
    more = {
        "organisations": ["Mine", "Theirs"],
        "accounts": [{"email": "demo@example.com", "password": "demo", "organisations": ["Mine"]}],
        "catalogues": [{"name": "Public", "public": True, "organisation": "Theirs"}],
    }
    with serve({**seed, **more, "models": [*mine, *theirs]}) as cloud:
        before = {each.uuid: each.name for each in cloud.world.models.values()}
        retire(cloud, "7", model_release_keep=2)
        gone = [name for uuid, name in before.items() if uuid not in cloud.world.models]
        assert gone == [f"{MODEL}@5"], "6 and 7 are the two to keep, and those of others are not looked at"


def test_nothing_is_retired_while_a_site_cannot_be_read(retire: Play) -> None:
    with serve(world(offline_every=2)) as cloud:
        output = listed(retire(cloud, "8"))
        assert f'"not_known": [ "{MODEL}@5" ]' in output
        offline = {(each.name, SILENT, each.id) for each in cloud.world.sites.values() if not each.online}
        lines = re.findall(r'{ "name": "([^"]+)", "reason": "([^"]+)", "site": "([^"]+)" }', output)
        assert offline and set(lines) == offline
        assert cloud.writes() == []
        retire(cloud, "8", model_release_retire_unread=True)
        assert set(uuids(cloud)) == {f"{MODEL}@7", f"{MODEL}@6", f"{MODEL}@4", f"{MODEL} 3"}


def test_what_cannot_be_asked_about_is_not_retired(cloud: Served, retire: Play) -> None:
    cloud.fault("status", "list_devices", status=403, times=1)
    output = listed(retire(cloud, "7", model_release_keep=1))
    assert f'"not_known": [ "{MODEL}@6", "{MODEL}@5" ], "retired": []' in output
    assert cloud.writes() == []


def test_all_that_is_to_be_retired_is_asked_about_at_once(cloud: Served, retire: Play) -> None:
    output = listed(retire(cloud, "7", model_release_keep=1, check=True))
    assert f'"retired": [ "{MODEL}@6", "{MODEL}@5" ]' in output
    assert len(cloud.log("list_devices")) == SITES + 2 * 2 * SITES + 3, (
        "for all, twice before each would be deleted, and a total each"
    )


def test_a_version_with_another_file_is_refused(play: Play) -> None:
    other = f"<!-- nxai.cloud file sha256:{'0' * 64} size:1 -->"
    with serve({"models": [{"name": f"{MODEL}@7", "documentation": other}]}) as cloud:
        output = play(cloud, "release", "7", code=2)
        assert "is in the cloud with another file" in output and cloud.writes() == []


def test_a_conversion_that_fails_stops_everything_and_can_be_corrected(
    cloud: Served, play: Play, model_file: Path
) -> None:
    """The fields of the file in another order: still ONNX, but not to this service. The version is free for another."""
    good = model_file.read_bytes()
    model_file.write_bytes(good[2:] + good[:2])
    cloud.world.quirks.accept_any_file = False
    output = play(cloud, "release_and_rollout", "8", code=2)
    assert "The conversion of Person detector@8 failed" in output
    assert [each.operation for each in cloud.writes()] == ["create_model"]
    model_file.write_bytes(good)
    play(cloud, "release", "8", model_release_retire=False)
    assert [each.operation for each in cloud.writes()] == ["create_model", "update_model"]


def test_without_an_address_of_the_code_it_is_not_converted(play: Play) -> None:
    with serve({"quirks": {"cdn": "never"}, "times": {"record": 0, "code": 0}}) as cloud:
        output = play(cloud, "release", "8", code=2, model_release_wait_retries=2, model_release_wait_delay=0)
        assert "FAILED - RETRYING" in output  # which is how one sees that it goes on
        assert "is not ready after 2 looks" in output and "'downloadable': False" in output


def test_a_file_that_nx_cannot_run_is_refused_where_that_is_wanted(play: Play, model_file: Path) -> None:
    model_file.write_bytes(model_file.read_bytes().replace(b"image", b"picts"))
    with serve() as cloud:
        output = play(cloud, "release", "8", code=2, model_release_check_file="strict")
        assert "image_name" in output and cloud.writes() == []


@pytest.mark.parametrize(
    ("variables", "expected"),
    [
        ({"model_release_version": "1@2"}, "model_release_version has to be"),
        ({"model_release_file": "/nowhere/model.onnx"}, "/nowhere/model.onnx"),
        ({"model_release_settings": {"mean": [0]}}, "mean"),
    ],
)
def test_bad_input_is_refused_before_anything_is_sent(
    cloud: Served, play: Play, variables: dict[str, Any], expected: str
) -> None:
    output = play(cloud, "release", "8", code=2, **variables)
    assert expected in output and cloud.writes() == []


def _export(folder: Path) -> Path:
    """As Ultralytics writes it: raw boxes, another name, an IR version that is too new, and names in the metadata."""
    path = folder / "best.onnx"
    path.write_bytes(ultralytics().SerializeToString())
    return path


def test_m_an_export_is_prepared_on_the_way(cloud: Served, play: Play, tmp_path: Path) -> None:
    """A plan leaves nothing behind, the release is the prepared file, and a second run changes nothing."""
    options = {"model_release_file": str(_export(tmp_path)), "model_release_prepare": {"head": "auto"}}
    options["model_release_check_file"] = "strict"
    homes = {".ansible", ".cache"}  # of ansible-core, and of onnxruntime
    before = {each.name for each in tmp_path.iterdir()}
    plan = play(cloud, "release", "8", check=True, **options)
    assert "divided by 255" in plan and cloud.writes() == []
    assert {each.name for each in tmp_path.iterdir()} - homes == before, "neither the file, nor the folder of the plan"
    assert not list(Path(tempfile.gettempdir()).glob("nxai-plan-*"))
    play(cloud, "release", "8", **options)
    prepared = tmp_path / "best.nx.onnx"
    made = next(each for each in cloud.world.models.values() if each.name == f"{MODEL}@8")
    assert hashlib.sha256(prepared.read_bytes()).hexdigest() in made.members["Documentation"]
    details = made.members["InputDriverDetails"]
    assert (details["height"], details["width"], details["vars"]) == (64, 64, [1, 1, 1])
    count = len(cloud.writes())
    again = play(cloud, "release", "8", **options)
    assert "changed=0" in again and len(cloud.writes()) == count
