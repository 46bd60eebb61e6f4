# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Makes ``ansible_collections.nxai.cloud`` importable, by the importer that ansible-core itself uses.

Python's own could import most of it as well, but what it has imported, ansible-core cannot load as a plugin.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from ansible.plugins.loader import init_plugin_loader
from hypothesis import HealthCheck, settings

from simulator.testing import Served
from tools.workplace import COLLECTIONS, prepare

prepare()
init_plugin_loader([str(COLLECTIONS)])
# What a machine that is busy takes longer for has not failed.
settings.register_profile("patient", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("patient")

_LONG = ("tests/unit/roles/", "tests/unit/playbooks/", "tests/unit/hostile/", "tests/unit/module_utils/_rollout/")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Long ones first: what comes last is shared out among the processes to the end."""
    items.sort(key=lambda item: not item.nodeid.startswith(_LONG))


@pytest.fixture
def token_file(cloud: Served, tmp_path: Path) -> Path:
    """A token of the folder's own cloud, in a file that nobody else reads."""
    path = tmp_path / "token"
    path.write_text(cloud.token())
    path.chmod(0o600)
    return path
