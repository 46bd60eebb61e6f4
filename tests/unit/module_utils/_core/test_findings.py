# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a task finds out of the service by trying: kept, and said once."""

from __future__ import annotations

from ansible_collections.nxai.cloud.plugins.module_utils._core.findings import Findings
from ansible_collections.nxai.cloud.plugins.module_utils._core.voice import Voice


def test_a_finding_is_kept_and_said_once_with_its_lines() -> None:
    heard: list[str] = []
    findings = Findings(Voice(warn=heard.append))
    for _time in range(3):
        findings.note("Sites are elsewhere", {"operations.list_sites.api": "cloud", "operations.list_sites.path": "/x"})
    assert findings.found == {"operations.list_sites.api": "cloud", "operations.list_sites.path": "/x"}
    [said] = heard
    assert said.startswith("Sites are elsewhere.")
    assert said.endswith('operations.list_sites.api: "cloud", operations.list_sites.path: "/x"')


def test_another_value_of_a_line_is_said_again() -> None:
    heard: list[str] = []
    findings = Findings(Voice(warn=heard.append))
    findings.note("a", {"fields.answer.rows": ["", "items"]})
    findings.note("b", {"fields.answer.rows": ["", "items", "data"]})
    assert findings.found == {"fields.answer.rows": ["", "items", "data"]}
    assert [each[0] for each in heard] == ["a", "b"]
