# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Steps of the rollout r in a directory, its devices at one site, and what is said of them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ansible_collections.nxai.cloud.plugins.module_utils._rollout.options import ARGUMENT_SPEC
from ansible_collections.nxai.cloud.plugins.module_utils._rollout.steps import RolloutRun
from tools.return_docs import differences

Data = dict[str, Any]
SPEC: Any = ARGUMENT_SPEC


def step(path: Path, step: str, check: bool = False, **options: Any) -> Data:
    defaults = {name: option.get("default") for name, option in SPEC.items()}
    given = {**defaults, "path": str(path), "step": step, "name": "r", "declaration": {"state": "present"}, **options}
    result = RolloutRun(given, check).take_step()
    assert differences("nxai_rollout_state", result) == []
    return result


def device(number: int) -> Data:
    return {"site": "s", "site_name": "Shop", "device": f"{{d{number}}}", "name": f"Camera {number}"}


def rows(numbers: Sequence[int], status: str, reason: str = "") -> list[Data]:
    return [{"site": "s", "device": f"{{d{number}}}", "status": status, "reason": reason} for number in numbers]


def had(numbers: Sequence[int], what: str = "before") -> list[Data]:
    return [{"site": "s", "device": f"{{d{n}}}", "name": "", "pipelines": [{"modelUUID": what}]} for n in numbers]
