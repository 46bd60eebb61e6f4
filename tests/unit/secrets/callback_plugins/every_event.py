# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Writes each result as JSON, as the callbacks do that feed a job's artefacts."""

from __future__ import annotations

import json
import os
from typing import Any

from ansible.plugins.callback import CallbackBase

DOCUMENTATION = """
name: every_event
type: notification
short_description: Writes each result as JSON
description: [Writes each result as JSON.]
options: {}
"""


class CallbackModule(CallbackBase):
    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "notification"
    CALLBACK_NAME = "every_event"
    CALLBACK_NEEDS_ENABLED = True

    def _keep(self, result: Any, **_more: Any) -> None:
        with open(os.environ["EVERY_EVENT"], "a", encoding="utf-8") as stream:
            stream.write(f"{json.dumps(result._result, default=str)}\n")

    v2_runner_on_ok = v2_runner_on_failed = v2_runner_on_skipped = v2_runner_on_unreachable = _keep
