# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Every field of every answer, changed in every way: an error or a success, and no text is evaluated."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
import requests
from ansible.errors import AnsibleParserError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from inventory_estate import SEED, Reading, described

from simulator.testing import Served
from tools.strange import STRANGE, changed, places

OPTIONS: dict[str, Any] = {
    "hosts": ["sites", "servers", "devices"],
    "group_by": ["status", "plugin_version", "runtime", "model", "catalogue"],
    "compose": {"where": "nxai_site_name ~ '/' ~ nxai_device_name", "size": "nxai_pipelines | length"},
    "groups": {"seven": "nxai_device_name == '49'"},
    "keyed_groups": [{"key": "nxai_server_name", "prefix": "server"}, {"key": "nxai_pipelines", "prefix": "runs"}],
    "include_raw": True,
    "retry_budget": 0.0,
}
PATHS = {
    "list_sites": "/dev/systems",
    "list_servers": "/dev/system/{site}/servers",
    "list_devices": "/dev/system/{site}/devices",
    "list_models": "/cpt/functions",
    "list_catalogues": "/cpt/catalogues",
}
WORLD = {**SEED, "catalogues": [{"name": "Old"}], "models": [{"name": "A", "catalogues": ["Old"]}]}


@pytest.mark.parametrize("operation", sorted(PATHS))
def test_an_error_or_a_success(operation: str, cloud: Served, read: Callable[..., Reading]) -> None:
    cloud.reset(WORLD)
    path = PATHS[operation].format(site=next(iter(cloud.world.sites)))
    headers = {"Authorization": f"Bearer {cloud.token()}"}
    answer = requests.get(cloud.url + path, headers=headers, timeout=10).json()
    everywhere = list(places(answer))
    assert len(everywhere) > 3
    outcomes, errors = set(), []

    @settings(max_examples=60, derandomize=True, suppress_health_check=list(HealthCheck), database=None)
    @given(st.sampled_from(everywhere), st.integers(0, len(STRANGE) - 1), st.sampled_from(["fail", "skip"]))
    def examine(place: tuple[Any, ...], number: int, on_error: str) -> None:
        cloud.clear_faults()
        body = changed(answer, place, STRANGE[number])
        records = {"X-Pagination-Records": str(len(body))} if isinstance(body, list) else {}
        cloud.fault("status", operation, status=200, body=json.dumps(body), headers=records, times=0)
        try:
            found = read(**OPTIONS, on_error=on_error)
        except AnsibleParserError as error:
            outcomes.add("error")
            errors.append(str(error))
            return
        outcomes.add("success")
        said = json.dumps([described(found.variables(host)) for host in found.hosts])
        assert "seven" not in found.groups or found.groups["seven"].hosts == []
        assert '"49"' not in said

    examine()
    cloud.clear_faults()
    assert outcomes == {"error", "success"}
    assert [each for each in errors if not 10 < len(each) < 10_000] == []
