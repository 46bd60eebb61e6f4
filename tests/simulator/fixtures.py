# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A pytest plugin: ``pytest_plugins = ["simulator.fixtures"]`` in the top conftest, or ``-p simulator.fixtures``."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from .testing import Served, serve


@pytest.fixture(scope="session")
def simulator_server() -> Iterator[Served]:
    """One server for all tests, with the control interface."""
    with serve(control=True) as served:
        yield served


@pytest.fixture
def simulator(simulator_server: Served) -> Served:
    """An empty world for each test: one account, one organisation. ``simulator.reset(sites=3)`` puts more into it."""
    simulator_server.be_hostile(None)
    simulator_server.reset({})
    return simulator_server
