# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A client that knows nothing of this project works on the simulator with nothing but its base URLs changed."""

from __future__ import annotations

import time
from pathlib import Path

from strangers_client import Client

from simulator.testing import Served

SEED = """
sites:
  - name: Shop
    servers:
      - {name: Main, devices: [Entrance, Till 1]}
      - {name: Old, supports_pipelines: false, devices: [Yard]}
"""


def test_a_strangers_client_does_the_whole_job(simulator: Served, tmp_path: Path) -> None:
    simulator.reset(SEED)
    simulator.world.clock.speed = 300
    (site,) = simulator.world.sites
    model_file = tmp_path / "model.onnx"
    model_file.write_bytes(b"\x08\x07" + bytes(100_000))
    client = Client(f"{simulator.url}/cpt", f"{simulator.url}/dev", simulator.url)

    client.login("demo@example.com", "demo")
    model = client.upload(model_file, "Stranger's model")
    client.wait_until_converted(model, pause=0.02)
    cameras = [row["NxID"] for row in client.cameras(site) if row["Server"]["Supports"]["Pipelines"]]
    assert len(cameras) == 2
    client.assign(site, cameras, model)
    time.sleep(0.05)

    found = {row["Name"]: [item["modelUUID"] for item in row["nxAI"]["pipelines"]] for row in client.cameras(site)}
    assert found == {"Entrance": [model], "Till 1": [model], "Yard": []}
