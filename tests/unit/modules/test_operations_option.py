# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The option that changes paths, methods and query parameters."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from ansible_collections.nxai.cloud.plugins.module_utils._api.operations import adapted
from ansible_collections.nxai.cloud.plugins.module_utils._core.errors import BadInput
from simulator.testing import Served

RunModule = Callable[..., dict[str, Any]]


def test_the_option_changes_what_is_sent(cloud: Served, run_module: RunModule, reads: Any) -> None:
    change = {"list_sites": {"path": "/v2/systems", "query": {"Limit": "limit"}}}
    result = run_module("nxai_site_info", operations=change)
    assert result["failed"] and result["error"]["tried"].endswith("/dev/v2/systems")
    assert reads() == ["/dev/v2/systems"]


def test_the_option_comes_from_the_environment_as_json(
    cloud: Served, run_module: RunModule, reads: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NXAI_OPERATIONS", '{"list_sites": {"path": "/sites"}}')
    run_module("nxai_site_info")
    assert reads() == ["/dev/sites"]


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ([], "dictionary"),
        ({"nonsense": {}}, "nonsense"),
        ({"list_models": "x"}, "list_models"),
        ({"list_models": {"url": "x"}}, "list_models"),
        ({"list_models": {"method": "POST"}}, "method"),
        ({"delete_model": {"method": "GET"}}, "method"),
        ({"delete_model": {"path": "/function"}}, "uuid"),
        ({"delete_model": {"path": "/function/{uuid}/{other}"}}, "path"),
        ({"list_models": {"path": "https://elsewhere"}}, "path"),
        ({"list_models": {"path": "/../x"}}, "path"),
        ({"list_models": {"path": "/a?b"}}, "path"),
        ({"list_models": {"path": 7}}, "path"),
        ({"list_models": {"query": {"Limit": 3}}}, "query"),
        ({"delete_model": {"method": ["PUT"]}}, "method"),
    ],
)
def test_changes_that_cannot_work_are_refused(changes: Any, word: str) -> None:
    with pytest.raises(BadInput, match=word):
        adapted(changes)


def test_text_that_is_not_json_is_refused(run_module: RunModule) -> None:
    result = run_module("nxai_site_info", operations="{")
    assert result["failed"] and "operations is not JSON" in result["msg"]
