# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Releases, from the file to the devices, and what is retired."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.nxai.cloud.plugins.module_utils._client import Client
from simulator.testing import Served, serve

MODEL = "Person detector"
Play = Callable[..., str]
SITES = 4
DEVICES = int(os.environ.get("NXAI_RELEASE_DEVICES", "40"))  # make bench-release: 1,000


def world(**generated: int) -> dict[str, Any]:
    """Releases 5, 6 and 7 that are ready, one that failed, and something that is no release."""
    names = {f"{MODEL}@5": "ok", f"{MODEL}@6": "ok", f"{MODEL}@7": "ok", f"{MODEL}@4": "error", f"{MODEL} 3": "ok"}
    return {
        "models": [{"name": name, "status": status} for name, status in names.items()],
        "generate": {"sites": SITES, "servers": 1, "devices": DEVICES // SITES, **generated},
        "times": {"record": 0, "code": 1, "assignment": 0},
    }


@pytest.fixture
def cloud() -> Iterator[Served]:
    with serve(world()) as served:
        yield served


def client(cloud: Served) -> Client:
    return Client.from_options({"api_url": cloud.url, "token": cloud.token()})


def uuids(cloud: Served) -> dict[str, str]:
    with client(cloud) as api:
        return {each.name: each.uuid for each in api.compute.list_models()}


def assign(cloud: Served, share: dict[str, float]) -> None:
    """Give each release to its share of every site's devices, with settings of their own and a second model beside."""
    ids = uuids(cloud)
    with client(cloud) as api:
        for site in api.device.list_sites():
            devices = api.device.list_devices(site.id)
            start = 0.0
            for name, part in share.items():
                chosen = devices[round(start * len(devices)) : round((start + part) * len(devices))]
                start += part
                wire = {"modelNMS": 0.7, "resizingMethod": "Stretch", "Preprocessor": "", "Postprocessor": "", "chains": []}
                pipelines = [{"modelUUID": ids[f"{MODEL} 3"], **wire}, {"modelUUID": ids[name], **wire}]
                functions = [each["modelUUID"] for each in pipelines]
                api.device.put_pipelines(site.id, [each.id for each in chosen], functions, pipelines)
    cloud.clear_log()


def running(cloud: Served) -> Counter[tuple[str, ...]]:
    """What the devices run, by names and thresholds."""
    names = {uuid: name for name, uuid in uuids(cloud).items()}
    with client(cloud) as api:
        return Counter(
            tuple(f"{names.get(each.model, each.model)} {each.to_option()['nms']}" for each in device.pipelines)
            for site in api.device.list_sites()
            for device in api.device.list_devices(site.id)
        )


def test_a_new_version_takes_the_place_of_the_old_ones_and_the_oldest_is_retired(cloud: Served, play: Play) -> None:
    """Most run N (7), some are behind on N-2 (5). After N+1 none is on N, N-2 is gone, and all else is as it was."""
    assign(cloud, {f"{MODEL}@7": 0.7, f"{MODEL}@5": 0.2})
    before = running(cloud)
    idle = before[()]
    assert sum(before.values()) == DEVICES

    plan = play(cloud, "release_and_rollout", "8", check=True, model_release_catalogues=["Shop models"])
    assert cloud.writes() == []
    assert f"{MODEL}@8: new" in plan and f"To be retired where nothing uses them: {MODEL}@5" in plan

    output = play(cloud, "release_and_rollout", "8", model_release_catalogues=["Shop models"])
    assert running(cloud) == {(f"{MODEL} 3 0.7", f"{MODEL}@8 0.7"): DEVICES - idle, (): idle}
    assert set(uuids(cloud)) == {f"{MODEL}@8", f"{MODEL}@7", f"{MODEL}@6", f"{MODEL}@4", f"{MODEL} 3"}
    assert "FAILED - RETRYING" in output  # the conversion was seen to go on
    writes = Counter(each.operation for each in cloud.writes())
    assert writes == {"create_catalogue": 1, "create_model": 1, "update_model": 1, "put_pipelines": 2 * SITES, "delete_model": 1}

    cloud.clear_log()
    again = play(cloud, "release_and_rollout", "8", model_release_catalogues=["Shop models"])
    assert "changed=0 " in again and cloud.writes() == []


def test_a_release_that_a_device_runs_is_kept(cloud: Served, play: Play) -> None:
    assign(cloud, {f"{MODEL}@5": 0.1})
    output = play(cloud, "release", "8")
    assert f"{MODEL}@5" in uuids(cloud)
    assert f'"in_use": [\n            "{MODEL}@5"' in output or f"in_use: ['{MODEL}@5']" in output or "in_use" in output
    assert [each.operation for each in cloud.writes()] == ["create_model"]


def test_nothing_is_retired_while_a_site_cannot_be_seen(play: Play) -> None:
    with serve(world(offline_every=2)) as cloud:
        play(cloud, "release", "8")
        assert f"{MODEL}@5" in uuids(cloud)
        play(cloud, "release", "8", model_release_retire_unseen=True)
        assert f"{MODEL}@5" not in uuids(cloud)


def test_a_version_with_another_file_is_refused(cloud: Served, play: Play, model_file: Path) -> None:
    play(cloud, "release", "8", model_release_retire=False)
    cloud.clear_log()
    model_file.write_bytes(model_file.read_bytes() + b"\x4a\x00")  # an empty protobuf field more
    output = play(cloud, "release", "8", code=2)
    assert "is in the cloud with another file" in output and cloud.writes() == []


def test_a_conversion_that_fails_ends_it_before_anything_else(cloud: Served, play: Play) -> None:
    cloud.world.quirks.accept_any_file = False
    cloud.fault("status", "create_catalogue", status=500, times=0)
    ...
