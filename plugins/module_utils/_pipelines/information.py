# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the information module returns of pipelines. A part is never given for the whole."""

from __future__ import annotations

from typing import Any

from .._engine.module import Task
from .._fleet.information import find_devices, read_errors, whole
from .._fleet.targets import snapshot, why_unknown


def read_pipelines(task: Task) -> dict[str, Any]:
    """``pipelines`` is a snapshot: a device whose pipelines are not known is not in it."""
    found = find_devices(task)
    result = {
        "pipelines": snapshot([(each.site, each.device) for each in found.chosen], task.warn),
        "devices": [
            {
                "site": each.site.id,
                "site_name": each.site.name,
                "device": each.device.id,
                "name": each.device.name,
                "pipelines": each.device.pipeline_options(),
                "unknown": why_unknown(each.device),
            }
            for each in found.chosen
        ],
        "unread_sites": found.unread,
    }
    return whole(result, read_errors(found))
