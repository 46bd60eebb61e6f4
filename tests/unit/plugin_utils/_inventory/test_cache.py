# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.nxai.cloud.plugins.module_utils._connection.settings import CONNECTION_FIELDS
from ansible_collections.nxai.cloud.plugins.plugin_utils._inventory.cache import account_key, cache_key

WHOSE = {
    "api_url",
    "cloud_url",
    "username",
    "token",
    "refresh_token",
    "token_file",
    "client_id",
    "token_scope",
    "act_as",
    "customization",
    "contract",
}


@pytest.mark.parametrize("key", [account_key, cache_key])
@pytest.mark.parametrize("name", [each.name for each in CONNECTION_FIELDS])
def test_the_key_is_another_for_another_account_and_the_same_by_another_way(
    name: str, key: Callable[[Mapping[str, Any]], str], tmp_path: Path
) -> None:
    one, another = (tmp_path / each for each in ("one", "another"))
    for path in (one, another):
        path.write_text("of one account")
    assert (key({name: str(one)}) != key({name: str(another)})) == (name in WHOSE)
