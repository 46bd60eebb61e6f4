# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A client that knows nothing of this project works on the simulator with nothing but its base URLs changed."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import pytest
import strangers_calls
from strangers_client import Client

from ansible_collections.nxai.cloud.plugins.module_utils._api.contract.operations import OPERATIONS
from ansible_collections.nxai.cloud.plugins.module_utils._http.operation import PREFIX
from simulator import cloud
from simulator.table import COMPUTE, DEVICE
from simulator.testing import Served

GUIDE = Path(__file__).resolve().parents[3].joinpath("docs", "simulator.md").read_text(encoding="utf-8")

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


@pytest.mark.parametrize(
    ("operation", "call", "options", "status", "members"),
    strangers_calls.CALLS,
    ids=[name for name, *_rest in strangers_calls.CALLS],
)
def test_other_clients_get_what_they_call(
    simulator: Served, operation: str, call: str, options: dict[str, Any], status: int, members: str
) -> None:
    simulator.reset(strangers_calls.SEED)
    client = Client(cloud=simulator.url)
    client.login("demo@example.com", "demo")
    world = simulator.world
    known = {
        "token": str(client.http.headers["Authorization"]),
        "model": next(iter(world.models)),
        "catalogue": next(iter(world.catalogues)),
        "site": next(iter(world.sites)),
        "device": next(iter(world.registry)),
        "group": next(iter(world.groups)),
    }

    def filled(text: str) -> str:
        for name, value in known.items():
            text = text.replace("{" + name + "}", value)
        return text

    if "json" in options:
        options = {"json": json.loads(filled(json.dumps(options["json"])))}
    method, _space, path = filled(call).partition(" ")
    answer = client.http.request(method, simulator.url + path, timeout=15, **options)

    body = answer.json()
    first = body[0] if isinstance(body, list) else body
    assert (answer.status_code, " ".join(sorted(first))) == (status, " ".join(sorted(members.split())))
    assert simulator.log()[-1].operation == operation


def test_all_that_the_collection_does_not_call_is_called_here_and_in_the_guide() -> None:
    called = {(item.method, PREFIX[item.api] + item.path) for item in OPERATIONS.values()}
    served = {item.name: (item.method, f"/{item.api}{item.path}", item.evidence) for item in (*COMPUTE, *DEVICE)}
    served |= {name: (method, path, "client") for name, method, path, _endpoint in cloud.OPERATIONS}
    others = {name: entry for name, entry in served.items() if entry[:2] not in called}
    signing_in = {"issue_token", "authorize"}  # test_tokens.py

    assert {name for name, *_rest in strangers_calls.CALLS} == set(others) - signing_in
    for method, path, evidence in others.values():
        assert f"| `{method} {path}` | {evidence} |" in GUIDE


@pytest.mark.parametrize(
    ("call", "status"),
    [
        ("GET /", 404),
        ("GET /_sim2", 404),
        ("GET /dev/nothing", 404),
        ("GET /dev/system/x/devices", 404),
        ("GET /cpt/rpc/me", 404),
        ("GET /cpt/functions/options", 404),
        ("POST /cpt/functions/link", 404),
        ("GET /dev/system/00000000-0000-4000-8000-000000000000", 404),
        ("GET /cdb/nothing", 404),
        ("GET /partners/nothing", 404),
        ("PUT /cpt/", 405),
        ("PUT /cpt/functions", 405),
        ("POST /cpt/functions/statistics", 405),
        ("PUT /dev/device/00000000-0000-4000-8000-000000000000", 405),
        ("GET /cdb/oauth2/token", 405),
        ("POST /partners/api/v2/organizations/", 405),
    ],
)
def test_what_is_not_served_is_a_404_or_a_405_in_json(simulator: Served, call: str, status: int) -> None:
    method, _space, path = call.partition(" ")
    answer = Client().http.request(method, simulator.url + path, timeout=15)
    errors = "resultCode" if path.startswith(("/cdb", "/partners")) else "Message"
    assert (answer.status_code, errors in answer.json(), "Allow" in answer.headers) == (status, True, status == 405)


@pytest.mark.parametrize("api", ["/cpt", "/dev"])
def test_a_check_of_the_connection_and_the_documents_need_no_token(simulator: Served, api: str) -> None:
    for path in (api, f"{api}/"):
        answer = Client().http.get(simulator.url + path, timeout=15)
        assert (answer.status_code, answer.json()["Message"]) == (200, "Ok")
    assert Client().http.get(f"{simulator.url}{api}/openapi.html", timeout=15).status_code == 200
