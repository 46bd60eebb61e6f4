# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The simulator does what its own OpenAPI documents say: schemathesis, all checks, right and wrong data."""

from __future__ import annotations

import json
import os
import runpy
import subprocess
import sys
from pathlib import Path

import pytest
import requests

from simulator.testing import Served

HOOKS = Path(__file__).with_name("schemathesis_hooks.py")
SEED = {
    "sites": [{"name": "Shop", "servers": [{"name": "Main", "devices": ["Entrance", "Till 1", "Till 2"]}]}],
    "registry": {"groups": [f"Group {n}" for n in range(40)], "devices": [f"Box {n}" for n in range(40)]},
    "catalogues": [f"Catalogue {n}" for n in range(40)],
    "generate": {"models": 40},
}
# A list of devices of which none can take pipelines now is well formed, and refused all the same: by contract.
CONFIGURATION = """
seed = 20261124
hooks = {hooks}
[[operations]]
include-operation-id = "put_pipelines"
checks.positive_data_acceptance.expected-statuses = ["2xx", "401", "403", "404", "422"]
"""


@pytest.mark.parametrize(
    ("api", "areas"),
    [
        ("cpt", ["Function", "Catalogue", "Configuration", "Pipeline"]),
        ("dev", ["System", "Device", "Group"]),
    ],
)
def test_each_operation_has_the_tag_of_its_area(simulator: Served, api: str, areas: list[str]) -> None:
    document = requests.get(f"{simulator.url}/{api}/openapi.json", timeout=10).json()
    assert [tag["name"] for tag in document["tags"]] == areas
    tags = {path: {tuple(item["tags"]) for item in methods.values()} for path, methods in document["paths"].items()}
    assert {tag for each in tags.values() for tag in each} == {(area,) for area in areas}
    examples = {"/function/{uuid}": "Function", "/functions/statistics": "Function", "/catalogues": "Catalogue"}
    examples |= {"/systems": "System", "/system/{site_id}/devices": "System", "/group/{uuid}/devices": "Group"}
    assert {path: {(name,)} for path, name in examples.items() if path in tags}.items() <= tags.items()


@pytest.mark.parametrize("api", ["cpt", "dev"])
def test_no_check_of_schemathesis_fails(simulator: Served, tmp_path: Path, api: str) -> None:
    simulator.reset(SEED)
    world = simulator.world
    (site,) = world.sites.values()
    known = {
        "organization": list(world.organisations),
        "site_id": [site.id],
        "nxid": list(site.devices),
        "/function": list(world.models),
        "/functions": list(world.models),
        "/catalogue": list(world.catalogues),
        "/device": list(world.registry),
        "/group": list(world.groups),
        "group": list(world.groups),
    }
    (tmp_path / "schemathesis.toml").write_text(CONFIGURATION.format(hooks=json.dumps(str(HOOKS))))
    url, program = f"{simulator.url}/{api}", str(Path(sys.executable).with_name("schemathesis"))
    command = [program, "run", f"{url}/openapi.json", f"--url={url}", "--max-examples=10", "--no-color"]
    command.append(f"--header=Authorization: Bearer {simulator.token()}")
    env = {**os.environ, "KNOWN_IDS": json.dumps(known)}
    run = subprocess.run(command, cwd=tmp_path, env=env, capture_output=True, text=True, timeout=240, check=False)
    assert run.returncode == 0, run.stdout + run.stderr
    document = requests.get(f"{simulator.url}/{api}/openapi.json", timeout=10).json()
    tested = {item["operationId"] for path in document["paths"].values() for item in path.values()}
    for operation in tested:
        answers = {entry.status for entry in simulator.log(operation)}
        reached = 404 if operation in ("patch_model_plural", "delete_model_plural") else 200
        assert reached in answers, f"{operation} never got as far as {reached}: {answers}"


@pytest.mark.parametrize(
    ("body", "there"),
    [
        ({"data": {"Catalogues": [{}]}}, True),
        ({"data": {"Catalogues": None}}, False),
        ({"data": {"Catalogues": []}}, False),
        ({"data": 5}, False),
    ],
)
def test_what_is_wrong_in_a_list_needs_the_list(body: object, there: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KNOWN_IDS", "{}")
    hooks = runpy.run_path(str(HOOKS))
    assert hooks["has_list_of"](body, "/properties/data/properties/Catalogues/items/anyOf/1") is there
    assert hooks["has_list_of"](body, "/properties/data") is True
