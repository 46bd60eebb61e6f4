# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The options of the module ``nxai_pipeline``, and which of them go together."""

from __future__ import annotations

from typing import Any

from .._engine.module import wait_spec
from .._fleet.targets import TARGETS_EXCLUSIVE, TARGETS_SPEC
from .checks import CHECKS_SPEC
from .proof import PROOF_SPEC

PIPELINE = {
    "model": {"type": "str", "required": True},
    "nms": {"type": "float"},
    "resizing_method": {"type": "str", "choices": ["letterbox", "stretch", "crop"]},
    "preprocessor": {"type": "str"},
    "postprocessor": {"type": "str"},
    "chains": {"type": "list", "elements": "dict"},
    "extra": {"type": "dict"},
}
SNAPSHOT = {
    "site": {"type": "str", "required": True},
    "device": {"type": "str", "required": True},
    "name": {"type": "str"},
    "pipelines": {"type": "list", "elements": "dict", "required": True},
    "on_the_way": {"type": "bool", "default": False},
}
ASSIGNMENT = {
    "site": {"type": "str", "required": True},
    "devices": {"type": "list", "elements": "str", "required": True},
    "pipelines": {"type": "list", "elements": "dict", "options": PIPELINE, "required": True},
}
SWAP = {"from": {"type": "str", "required": True}, "to": {"type": "str", "required": True}}
ARGUMENT_SPEC: dict[str, dict[str, Any]] = {
    **TARGETS_SPEC,
    "pipelines": {"type": "list", "elements": "dict", "options": PIPELINE},
    "state": {"type": "str", "choices": ["present", "exact", "absent"], "default": "present"},
    "swap": {"type": "dict", "options": SWAP},
    "restore": {"type": "list", "elements": "dict", "options": SNAPSHOT},
    "assignments": {"type": "list", "elements": "dict", "options": ASSIGNMENT},
    "batch_size": {"type": "int", "default": 200},
    **CHECKS_SPEC,
    **PROOF_SPEC,
    "applicable_timeout": {"type": "float", "default": 60.0},
    "not_applicable": {"type": "str", "choices": ["fail", "skip"], "default": "fail"},
    **wait_spec(timeout=60, interval=2),
}
RULES: dict[str, Any] = {
    "mutually_exclusive": [
        *TARGETS_EXCLUSIVE,
        ("pipelines", "swap", "restore", "assignments"),
        *((way, name) for way in ("restore", "assignments") for name in ("devices", "select", "site", "sites")),
    ],
    "required_one_of": [
        ("pipelines", "swap", "restore", "assignments"),
        ("devices", "select", "restore", "assignments"),
    ],
    "required_by": {"sites": "select", "running_model": "select"},
    "required_if": [
        ("select", "all", ("site", "sites"), True),
        ("select", "enabled", ("site", "sites"), True),
        ("select", "running", ("site", "sites"), True),
        ("select", "running", ("running_model", "swap"), True),
        ("prove", "one", ("prove_device",)),
    ],
}
