# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The options of the module ``nxai_rollout_state``, and which of them each step needs."""

from __future__ import annotations

from typing import Any

from .._engine.module import CONNECTION_SPEC

_ROWS = {"type": "list", "elements": "dict", "default": []}
ARGUMENT_SPEC: dict[str, dict[str, Any]] = {
    "path": {"type": "path", "required": True},
    "trusted_owner": CONNECTION_SPEC["trusted_owner"],
    "step": {
        "type": "str",
        "choices": ["open", "begin", "written", "gate", "restored", "close", "interrupt"],
        "required": True,
    },
    "run": {"type": "str"},
    "wave": {"type": "int"},
    "name": {"type": "str"},
    "action": {"type": "str", "choices": ["rollout", "rollback"], "default": "rollout"},
    "declaration": {"type": "dict"},
    "gate_tasks": {"type": "path"},
    "waves": _ROWS,
    "left_out": _ROWS,
    "saved": {"type": "str", "default": ""},
    "devices": _ROWS,
    "refused": _ROWS,
    "snapshot": _ROWS,
    "proof": {"type": "dict"},
    "servers": _ROWS,
    "server_running": {"type": "list", "elements": "str", "default": ["running"]},
    "gate_failures": _ROWS,
    "reason": {"type": "str", "default": ""},
    "max_failures": {"type": "str", "default": "0"},
    "max_failures_per_wave": {"type": "str", "default": "0"},
    "on_breach": {"type": "str", "choices": ["stop", "rollback_wave", "rollback_all"], "default": "stop"},
    "unavailable": {"type": "str", "choices": ["fail", "skip", "queue"], "default": "fail"},
    "soak": {"type": "list", "elements": "float", "default": [0]},
    "pause_before_wave": {"type": "list", "elements": "str", "default": []},
}
_NEEDS_WAVE = [("step", step, ("run", "wave")) for step in ("begin", "written", "gate")]
_NEEDS_RUN = [("step", step, ("run",)) for step in ("restored", "close", "interrupt")]
REQUIRED_IF = [("step", "open", ("name", "declaration")), *_NEEDS_WAVE, *_NEEDS_RUN]
