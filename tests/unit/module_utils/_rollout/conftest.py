# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A rollout in a small world."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from rollout_runs import Runs, devices
from rollout_world import seed

from simulator.testing import Served, serve


@pytest.fixture(scope="session")
def served() -> Iterator[Served]:
    with serve(seed=seed(), speed=0.0) as served:
        yield served


@pytest.fixture
def cloud(served: Served) -> Served:
    served.reset(seed=seed())
    served.clear_log()
    assert len(devices(served)) == 7
    return served


@pytest.fixture
def runs(cloud: Served, tmp_path: Path) -> Callable[..., Runs]:
    """A rollout of the new counter, that replaces what cameras have, unless ``options`` say otherwise."""
    pipelines = [{"model": "Counter@2", "nms": 0.5}]

    def made(**options: Any) -> Runs:
        folder = tmp_path / f"rollout-{options.get('name', 'r')}"
        return Runs(cloud, folder, **{"declaration": {"pipelines": pipelines, "state": "exact"}, **options})

    return made
