# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The options of the modules ``nxai_model`` and ``nxai_catalogue``."""

from __future__ import annotations

from typing import Any

from .._engine.module import wait_spec
from .fields import OPTION_FIELDS

MODEL_SPEC: dict[str, Any] = {
    "name": {"type": "str", "required": True},
    "new_name": {"type": "str"},
    "file": {"type": "path"},
    "force": {"type": "bool", "default": False},
    "check_file": {"type": "str", "choices": ["off", "warn", "strict"]},
    "max_size": {"type": "bytes", "default": "640M"},
    "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
    "in_use": {"type": "str", "choices": ["fail", "ignore"], "default": "fail"},
    "documentation_file": {"type": "path"},
    **{field.option: field.spec for field in OPTION_FIELDS},
    "catalogues": {"type": "list", "elements": "str"},
    "catalogues_mode": {"type": "str", "choices": ["append", "exact"], "default": "append"},
    "artefacts": {"type": "list", "elements": "str"},
    **wait_spec(timeout=900, interval=5),
}
CATALOGUE_SPEC: dict[str, Any] = {
    "name": {"type": "str", "required": True},
    "new_name": {"type": "str"},
    "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
    "models": {"type": "list", "elements": "str"},
    "models_mode": {"type": "str", "choices": ["append", "exact"], "default": "append"},
    "force": {"type": "bool", "default": False},
}
