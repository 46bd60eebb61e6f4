# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the information module returns of pipelines. A part is never given for the whole."""

from __future__ import annotations

from typing import Any

from .._core.wording import shortened
from .._engine.module import Task
from .._fleet.information import find_devices, read_errors, whole
from .._fleet.targets import Found, snapshot_entry


def read_pipelines(task: Task) -> dict[str, Any]:
    """``pipelines`` is a snapshot: a device whose pipelines are not understood is not in it."""
    found = find_devices(task)
    _warn_of_incomplete_snapshot(task, found)
    result = {
        "pipelines": [snapshot_entry(each.site, each.device) for each in found.chosen if each.device.pipelines_known],
        "devices": [
            {
                "site": each.site.id,
                "site_name": each.site.name,
                "device": each.device.id,
                "name": each.device.name,
                "pipelines": each.device.pipeline_options(),
            }
            for each in found.chosen
        ],
        "unread_sites": found.unread,
    }
    return whole(result, read_errors(found))


def _warn_of_incomplete_snapshot(task: Task, found: Found) -> None:
    left_out = [each for each in found.chosen if not each.device.pipelines_known]
    if left_out:
        names = shortened([f"{each.device.label} at site {each.site.label}" for each in left_out])
        task.warn(
            f"The return value pipelines lacks {names}, because what runs there is in a form that is not understood."
            " To restore from it leaves these devices as they are."
        )
