# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The options of the module ``nxai_estate``."""

from __future__ import annotations

from typing import Any

from .._engine.module import Task, wait_spec
from .._fleet.information import SITES_SPEC
from .applying import Applying
from .pruning import Pruning

APPLY_SPEC: dict[str, dict[str, Any]] = {
    **SITES_SPEC,
    "path": {"type": "path", "required": True},
    "step": {"type": "str", "choices": ["apply", "prune"], "required": True},
    "files": {"type": "dict", "default": {}},
    "prune": {"type": "str", "choices": ["none", "report", "delete"], "default": "report"},
    "needed": {"type": "list", "elements": "str", "default": []},
    "whole": {"type": "bool", "default": False},
    "concurrency": {"type": "int", "default": 8},
    **wait_spec(timeout=900, interval=5),
}


def take_step(task: Task) -> dict[str, Any]:
    step = Applying(task) if task.options["step"] == "apply" else Pruning(task)
    return step.take_step()
