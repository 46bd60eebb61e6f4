# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Read what the checks of the doctor look at."""

from __future__ import annotations

import time
from typing import Any

from .._engine.module import Task
from .._engine.sites import SiteReader
from .._first_contact.openapi.information import differences_of
from .._fleet.reading import FleetReader
from .checks import diagnosis_of
from .reports import FORMATS, reports_of
from .seen import Seen

DOCTOR_SPEC: dict[str, dict[str, Any]] = {
    "concurrency": {"type": "int", "default": 8},
    "formats": {"type": "list", "elements": "str", "choices": list(FORMATS), "default": [FORMATS[0]]},
    "fail_on_warnings": {"type": "bool", "default": False},
}


def read_doctor(task: Task) -> dict[str, Any]:
    options, moment = task.options, time.time()
    seen = seen_by(task)
    diagnosis = diagnosis_of(seen)
    reports = reports_of(seen, diagnosis, options["formats"], options["fail_on_warnings"], moment)
    return {**diagnosis.as_result(), "reports": reports}


def seen_by(task: Task) -> Seen:
    client, options = task.client, task.options
    sites = SiteReader(client.device, options["concurrency"], task.warn, options["allow_empty"])
    reader = FleetReader(client, sites)
    contract = reader.part(
        "contract",
        lambda: differences_of(client.transport, "compute") + differences_of(client.transport, "device"),
    )
    fleet = reader.read(options["sites"])
    lines, all_sites = client.contract, "*" in options["sites"]
    return Seen(settings=client.settings, contract=contract, lines=lines, all_sites=all_sites, **vars(fleet))
