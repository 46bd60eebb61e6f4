# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Fixtures for rollouts: an operator at a simulator."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from simulator.testing import serve
from tools.rollouts import Operator, assign_something, first_model

Hire = Callable[..., Operator]


@pytest.fixture
def hire(tmp_path: Path) -> Iterator[Hire]:
    """An operator with variables, at a simulator of so many sites with ten devices each."""
    with ExitStack() as stack:

        def start(sites: int = 2, hostile_names: bool = False, **variables: Any) -> Operator:
            numbers = {"sites": sites, "servers": 1, "devices": 10, "models": 2, "hostile_names": hostile_names}
            cloud = stack.enter_context(serve(speed=50, **numbers))
            assign_something(cloud)
            variables.setdefault("pipeline_rollout_pipelines", [{"model": first_model(cloud), "nms": 0.5}])
            return Operator(cloud, tmp_path, **variables)

        yield start
