# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Read what the checks of the doctor look at."""

from __future__ import annotations

from typing import Any

from .._engine.module import Task
from .._engine.sites import SiteReader
from .._first_contact.openapi.information import differences_of
from .._fleet.reading import FleetReader
from .checks import Seen, diagnose


def read_doctor(task: Task) -> dict[str, Any]:
    client, options = task.client, task.options
    sites = SiteReader(client.device, options["concurrency"], task.warn, options["allow_empty"])
    reader = FleetReader(client, sites)
    contract = reader.part(
        "contract",
        lambda: differences_of(client.transport, "compute") + differences_of(client.transport, "device"),
    )
    fleet = reader.read(options["sites"])
    return diagnose(Seen(settings=client.settings, contract=contract, **vars(fleet)))
