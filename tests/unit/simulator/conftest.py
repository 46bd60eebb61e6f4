# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Fixtures for the simulator's own tests."""

from __future__ import annotations

import pytest
from simulator_calls import Calls

from simulator.fixtures import simulator, simulator_server
from simulator.testing import Served

__all__ = ["simulator", "simulator_server"]


@pytest.fixture
def calls(simulator: Served) -> Calls:
    """Requests as the first account of an empty world."""
    return Calls(simulator)
