# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A text for people on the screen, or in a file on the controller."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from ansible.errors import AnsibleActionFail
from ansible.plugins.action import ActionBase
from ansible.utils.display import Display

from ..module_utils._core.files import other_kind, read_regular, replace_file
from ..module_utils._core.wording import visible

SPEC = {"text": {"type": "str", "required": True}, "path": {"type": "path"}}
MODE = 0o644  # what it is for reads it as another user: node_exporter, a runner of CI


class ActionModule(ActionBase):  # type: ignore[misc]  # ansible-core has no types
    _supports_check_mode = True
    _supports_diff = True
    _requires_connection = False

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        result: dict[str, Any] = super().run(tmp, task_vars)
        _validated, options = self.validate_argument_spec(SPEC)
        if options["path"] is None:
            if not self._task.no_log:
                Display().display(visible(options["text"]))
            return {**result, "changed": False, "path": None}
        path = os.path.abspath(options["path"])
        try:
            diff = _written(path, options["text"], self._task.check_mode)
        except OSError as error:
            raise AnsibleActionFail(
                f"Write {path}: {error.strerror}. Choose another path, or make its folder."
            ) from None
        return {**result, "changed": bool(diff), "path": path, "diff": diff}


def _written(path: str, text: str, check_mode: bool) -> list[dict[str, str]]:
    """What changes in the file; nothing where it holds this text already."""
    there = Path(path).exists() or bool(other_kind(path))
    before = read_regular(path).decode("utf-8", "replace") if there else None
    if before == text:
        return []
    if not check_mode:
        replace_file(path, text.encode("utf-8", "replace"), MODE)
    return [{"before": before or "", "after": text, "before_header": path, "after_header": path}]
