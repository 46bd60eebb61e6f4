# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A token that ends in the middle of something."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from module_runs import RunModule

from ansible_collections.nxai.cloud.plugins.module_utils._api import client
from ansible_collections.nxai.cloud.plugins.module_utils._api.client import Client
from ansible_collections.nxai.cloud.plugins.module_utils._http.transport import Transport
from simulator.testing import Served
from tools.rollouts import devices_of

HOURS = 7200.0  # after which every access token has expired
SITES = 12
Expire = Callable[[str, int], None]


@pytest.fixture
def expire(cloud: Served, monkeypatch: pytest.MonkeyPatch) -> Expire:
    """Let all access tokens expire just before the nth request of an operation, unnoticed by the client."""

    def arm(operation: str, nth: int) -> None:
        sent: Counter[str] = Counter()

        class Watched(Transport):
            def _once(self, call: Any, url: str, header: str | None) -> Any:
                sent[call.operation.name] += 1
                if call.operation.name == operation and sent[operation] == nth:
                    cloud.advance(HOURS)
                return super()._once(call, url, header)

        monkeypatch.setattr(client, "Transport", Watched)
        monkeypatch.setenv("NXAI_REFRESH_TOKEN", cloud.refresh_token())

    return arm


@pytest.fixture
def connect(cloud: Served) -> Iterator[Callable[..., Client]]:
    with ExitStack() as stack:
        given = {"api_url": cloud.url, "cloud_url": cloud.url, "retries": 4}
        yield lambda **options: stack.enter_context(Client.from_options({**given, **options}))


def test_in_a_listing(cloud: Served, expire: Expire, connect: Callable[..., Client]) -> None:
    cloud.reset(models=1200)
    expire("list_models", 2)
    client = connect(token=cloud.token(), refresh_token=cloud.refresh_token())
    assert len({model.uuid for model in client.compute.list_models()}) == 1200
    assert [entry.status for entry in cloud.log("list_models")] == [200, 401, 200, 200]
    assert len(cloud.log("issue_token")) == 1


def test_after_a_sign_in_by_password(cloud: Served, connect: Callable[..., Client]) -> None:
    client = connect(username="demo@example.com", password="demo")
    for _time in range(2):
        assert client.compute.list_models() == []
        cloud.advance(HOURS)
    assert len(cloud.log("issue_token")) == 2


def test_in_an_upload(cloud: Served, run_module: RunModule, expire: Expire, onnx_file: Path, tmp_path: Path) -> None:
    """The refusal comes while megabytes are still on their way. They are sent again from the start."""
    large = tmp_path / "large.onnx"
    text = b"x" * (8 << 20)
    large.write_bytes(onnx_file.read_bytes() + b"\x32\x80\x80\x80\x04" + text)  # its doc_string
    expire("create_model", 1)
    result = run_module("nxai_model", name="Large", file=str(large), check_file="off")
    assert result["changed"] is True and result["file_in_cloud"] == "same"
    assert [model.name for model in cloud.world.models.values()] == ["Large"]
    assert len(cloud.log("issue_token")) == 1


@pytest.mark.parametrize("nth", [1, SITES // 2, SITES])
def test_in_a_task_over_many_sites(cloud: Served, run_module: RunModule, expire: Expire, nth: int) -> None:
    cloud.reset(sites=SITES, servers=1, devices=2, models=1)
    [model] = cloud.world.models
    expire("put_pipelines", nth)
    targets = [{"site": site.id, "device": nxid} for site in cloud.world.sites.values() for nxid in site.devices]
    result = run_module(
        "nxai_pipeline", devices=targets, pipelines=[{"model": model}], wait_interval=0.01, concurrency=4
    )
    assert result["changed"] is True and not result.get("failed")
    cloud.advance(600)
    for device in devices_of(cloud).values():
        assert [each["modelUUID"] for each in device.pipelines] == [model]
    assert len(cloud.log("issue_token")) == 1  # the refresh token is good for one use: the threads share the new token
