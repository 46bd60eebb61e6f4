# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The collection at a service that does whatever it can to harm: names, redirects, drips, bombs and echoes at once.

Each run is a real process. A seed of ``python -m simulator --hostile SEED`` decides what each of its requests meets.
``HOSTILE_SEEDS=50`` tries the first 50 seeds in place of the few that are always tried.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
import yaml
from hostile_runs import Elsewhere, Ended, run

from simulator.testing import Served, serve
from tools.cost import MOST_MEMORY
from tools.demo_model import model
from tools.workplace import ROOT

PASSWORD = "pass-word-marked-7Q"
ACCOUNT = {"email": "demo@example.com", "password": PASSWORD, "organisations": ["Demo Retail"]}
DEMO = yaml.safe_load((ROOT / "tests" / "simulator" / "demo.yml").read_text())
# A request ends within the service's own limit, 60 s at most, and is tried twice. Few of a run meet a drip.
LIMIT = 240.0
MORE = int(os.environ.get("HOSTILE_SEEDS", "0"))
Run = Callable[[Served, int, Sequence[str]], Ended]


def seeds(*usual: int) -> Sequence[int]:
    return range(MORE) if MORE else usual


@pytest.fixture
def elsewhere() -> Iterator[Elsewhere]:
    with Elsewhere().listening() as host:
        yield host


@pytest.fixture
def withstand(tmp_path: Path, elsewhere: Elsewhere) -> Run:
    """Run a command at a hostile service; whatever that does, this holds."""

    def run_hostile(cloud: Served, seed: int, command: Sequence[str]) -> Ended:
        secrets = [cloud.token(), cloud.refresh_token(), PASSWORD]
        cloud.be_hostile(seed, elsewhere=elsewhere.url, secrets=secrets)
        names = ("TOKEN", "REFRESH_TOKEN", "PASSWORD")
        variables = {f"NXAI_{name}": secret for name, secret in zip(names, secrets, strict=True)}
        variables |= {"NXAI_API_URL": cloud.url, "NXAI_CLOUD_URL": cloud.url, "NXAI_USERNAME": "demo@example.com"}
        variables |= {"NXAI_TIMEOUT": "5", "NXAI_RETRIES": "1", "NXAI_RETRY_BUDGET": "5"}
        ended = run(command, tmp_path, LIMIT, ANSIBLE_INVENTORY_ANY_UNPARSED_IS_FAILED="1", **variables)
        met = [f"{entry.operation}: {entry.fault or 'honest'}" for entry in cloud.log()]
        print(f"seed {seed}: exit {ended.code}, {ended.seconds:.0f} s, {ended.mebibytes:.0f} MiB; {'; '.join(met)}")
        print(ended.said[-6000:])
        assert ended.problems([secret.removeprefix("nxcdb-") for secret in secrets]) == []
        assert elsewhere.heard == []
        assert ended.mebibytes < MOST_MEMORY
        assert not list(tmp_path.rglob("*hostile-was-here*"))
        assert cloud.log(), "it asked"
        return ended

    return run_hostile


# On the first request, in this order: a redirect with a backslash, to another host, in a circle; gzip, gzip twice, deep
# JSON; a chunk extension without end; an echo in an error, in names.
@pytest.mark.parametrize("seed", seeds(890, 422, 180, 159, 439, 418, 48, 60, 121))
def test_the_inventory(withstand: Run, tmp_path: Path, seed: int) -> None:
    (tmp_path / "estate.nxai.yml").write_text("plugin: nxai.cloud.nxai_devices\n")
    with serve({**DEMO, "accounts": [ACCOUNT]}) as cloud:
        withstand(cloud, seed, ["inventory", "-i", "estate.nxai.yml", "--list"])


# A lost upload, an echo and a drip; one that gets through.
@pytest.mark.parametrize("seed", seeds(2, 4))
def test_the_demonstration(withstand: Run, tmp_path: Path, seed: int) -> None:
    file = tmp_path / "model.onnx"
    file.write_bytes(model().SerializeToString())
    playbooks = ROOT / "playbooks"
    with serve({**DEMO, "accounts": [ACCOUNT]}, speed=100) as cloud:
        inventory = ["-i", str(playbooks / "demo.nxai.yml"), str(playbooks / "demo.yml")]
        withstand(cloud, seed, ["playbook", *inventory, "--diff", "-e", f"model_file={file}"])


# A bomb in the plan and echoes in a wave; a web page in a wave.
@pytest.mark.parametrize("seed", seeds(4, 5))
def test_a_rollout(withstand: Run, tmp_path: Path, seed: int) -> None:
    (tmp_path / "estate.nxai.yml").write_text("plugin: nxai.cloud.nxai_devices\n")
    generate = {"sites": 2, "servers": 1, "devices": 3, "models": 2}
    with serve({"generate": generate, "accounts": [ACCOUNT]}, speed=50) as cloud:
        variables: dict[str, Any] = {
            "pipeline_rollout_name": "detector",
            "pipeline_rollout_pipelines": [{"model": next(iter(cloud.world.models)), "nms": 0.5}],
            "pipeline_rollout_waves": [2, "100%"],
            "pipeline_rollout_settings": {"wait_interval": 0.1, "wait_timeout": 5},
        }
        command = ["playbook", "-i", "estate.nxai.yml", "nxai.cloud.rollout", "-e", json.dumps(variables)]
        withstand(cloud, seed, command)
