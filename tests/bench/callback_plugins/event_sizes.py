# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How large the events of a run are: of each task its result, as a controller keeps it, and the statistics at the end.

It writes the bytes by task into the file that ``NXAI_EVENT_SIZES`` names.
"""

from __future__ import annotations

import json
import os
from collections import Counter
from pathlib import Path
from typing import Any

from ansible.plugins.callback import CallbackBase


class CallbackModule(CallbackBase):  # type: ignore[misc]  # ansible-core has no types
    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "aggregate"
    CALLBACK_NAME = "event_sizes"
    CALLBACK_NEEDS_ENABLED = True

    def __init__(self) -> None:
        super().__init__()
        self._bytes: Counter[str] = Counter()

    def _add(self, result: Any) -> None:
        name = str(result.task_name if hasattr(result, "task_name") else result._task.get_name())
        self._bytes[name] += len(json.dumps(result._result, default=str))

    def v2_runner_on_ok(self, result: Any) -> None:
        self._add(result)

    def v2_runner_item_on_ok(self, result: Any) -> None:
        self._add(result)

    def v2_runner_on_failed(self, result: Any, ignore_errors: bool = False) -> None:
        self._add(result)

    def v2_runner_on_skipped(self, result: Any) -> None:
        self._add(result)

    def v2_playbook_on_stats(self, stats: Any) -> None:
        self._bytes["statistics"] += len(json.dumps(stats.custom, default=str))
        Path(os.environ["NXAI_EVENT_SIZES"]).write_text(json.dumps(self._bytes), encoding="utf-8")
