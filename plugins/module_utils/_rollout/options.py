# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The options of the module ``nxai_rollout``, and which of them each step needs."""

from __future__ import annotations

from typing import Any

from .._pipelines.checks import CHECKS_SPEC
from .._pipelines.proof import PROOF_SPEC

STEPS = ("open", "wave", "gate", "restore", "give_up", "close", "interrupt", "needed")
SETTINGS: dict[str, dict[str, Any]] = {
    "batch_size": {"type": "int"},
    "concurrency": {"type": "int"},
    "applicable_timeout": {"type": "float"},
    "wait_timeout": {"type": "float"},
    "wait_interval": {"type": "float"},
    **{name: {"type": "bool"} for name in CHECKS_SPEC},
}
ARGUMENT_SPEC: dict[str, dict[str, Any]] = {
    "path": {"type": "path"},
    "step": {"type": "str", "choices": list(STEPS), "required": True},
    "run": {"type": "str"},
    "wave": {"type": "int"},
    "name": {"type": "str"},
    "action": {"type": "str", "choices": ["rollout", "rollback"], "default": "rollout"},
    "declaration": {"type": "dict"},
    "coming": {"type": "list", "elements": "str", "default": []},
    "retiring": {"type": "list", "elements": "str", "default": []},
    "gate_tasks": {"type": "path"},
    "devices": {"type": "raw"},
    "hosts": {"type": "str", "default": "all"},
    "limit": {"type": "str", "default": ""},
    "part": {"type": "str", "default": ""},
    "waves": {"type": "raw"},
    "groups": {"type": "dict", "default": {}},
    "canary": {"type": "str", "default": ""},
    "saved": {"type": "raw"},
    "settings": {"type": "dict", "options": SETTINGS},
    "prove": PROOF_SPEC["prove"],
    "prove_device": PROOF_SPEC["prove_device"],
    "server_running": {"type": "raw"},
    "gate_failures": {"type": "list", "elements": "dict", "default": []},
    "reason": {"type": "str", "default": ""},
    "give_up": {"type": "raw"},
    "max_failures": {"type": "str", "default": "0"},
    "max_failures_per_wave": {"type": "str", "default": "0"},
    "on_breach": {"type": "str", "choices": ["stop", "rollback_wave", "rollback_all"], "default": "stop"},
    "unavailable": {"type": "str", "choices": ["fail", "skip", "queue"], "default": "fail"},
    "soak": {"type": "raw"},
    "pause_before_wave": {"type": "raw"},
    "rollouts": {"type": "raw"},
}
RULES: dict[str, Any] = {
    "required_if": [
        ("step", "open", ("path", "name")),
        *[("step", step, ("path", "run", "wave")) for step in ("wave", "gate")],
        *[("step", step, ("path", "run")) for step in ("restore", "give_up", "close", "interrupt")],
        ("prove", "one", ("prove_device",)),
    ],
}
