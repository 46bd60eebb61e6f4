# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The diagnosis as files for other programs."""

from __future__ import annotations

from collections.abc import Collection

from .checks import Diagnosis
from .junit import junit_of
from .prometheus import prometheus_of
from .seen import Seen

FORMATS = ("text", "junit", "prometheus")  # text is returned in any case
NAMES = {"junit": "nxai_doctor.xml", "prometheus": "nxai_fleet.prom"}


def reports_of(
    seen: Seen, diagnosis: Diagnosis, formats: Collection[str], fail_on_warnings: bool, moment: float
) -> list[dict[str, str]]:
    outcomes, findings = diagnosis.outcomes, diagnosis.findings
    makers = {
        "junit": lambda: junit_of(outcomes, findings, fail_on_warnings, moment),
        "prometheus": lambda: prometheus_of(seen, outcomes, findings, moment),
    }
    return [{"format": each, "name": NAMES[each], "text": makers[each]()} for each in NAMES if each in formats]
