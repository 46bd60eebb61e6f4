# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The diagnosis as JUnit XML: a suite for each check, and in it a case for each kind of problem."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timezone
from xml.etree import ElementTree as xml

from .._core.redaction import one_line
from .._core.wording import visible
from .findings import Finding, Outcome, Problem
from .kinds import KINDS
from .text import sentence

MOST_FINDINGS = 100  # of one case, told one by one
NAME = "nxai.cloud.doctor"


def junit_of(outcomes: Sequence[Outcome], findings: Sequence[Finding], fail_on_warnings: bool, moment: float) -> str:
    """An error is a failure, and so is a warning with ``fail_on_warnings``. Others stand in the output of their case.

    What could not be looked at is skipped. Characters that XML cannot hold come as escapes.
    """
    root = xml.Element("testsuites", name=NAME)
    when = datetime.fromtimestamp(moment, timezone.utc).strftime("%Y-%m-%dT%H:%M:%S")
    failing = ("error", "warning") if fail_on_warnings else ("error",)
    for outcome in outcomes:
        suite = xml.SubElement(root, "testsuite", name=f"{NAME}.{outcome.check}", timestamp=when)
        mine = [each for each in findings if each.found_by == outcome.check]
        names = [kind.name for kind in KINDS.values() if kind.check == outcome.check]
        for name in dict.fromkeys([*names, *(each.kind.name for each in mine)]):
            found = [each for each in mine if each.kind.name == name]
            _add_case(suite, name, found, failing, unknown=outcome.status == "unknown")
        _count(suite, suite.findall("testcase"))
    _count(root, root.findall("testsuite/testcase"))
    root.attrib.pop("skipped")  # the schema has it on the suites only
    xml.indent(root)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{xml.tostring(root, encoding="unicode")}\n'


def _add_case(suite: xml.Element, name: str, found: list[Finding], failing: Sequence[str], unknown: bool) -> None:
    case = xml.SubElement(suite, "testcase", classname=suite.attrib["name"], name=name, time="0")
    if found:
        problem = Problem.of(found)
        lines = [f"{each.where}: {each.what}" for each in found[:MOST_FINDINGS]]
        more = [f"{len(found) - MOST_FINDINGS} more"] if len(found) > MOST_FINDINGS else []
        text = "\n".join(visible(one_line(each)) for each in (problem.advice, *lines, *more))
        severity = next((each.level for each in found if each.level in failing), "")
        if severity:
            xml.SubElement(case, "failure", type=severity, message=sentence(problem)).text = text
        else:
            xml.SubElement(case, "system-out").text = f"{problem.severity}: {sentence(problem)}\n{text}"
    elif unknown:
        xml.SubElement(case, "skipped", message="What it looks at could not be read.")


def _count(element: xml.Element, cases: Sequence[xml.Element]) -> None:
    failures, skipped = (sum(case.find(tag) is not None for case in cases) for tag in ("failure", "skipped"))
    numbers = {"tests": len(cases), "failures": failures, "errors": 0, "skipped": skipped}
    element.attrib.update({name: str(number) for name, number in numbers.items()})
