# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The diagnosis as JUnit XML and as metrics, each held against what its readers take."""

from __future__ import annotations

import re
from xml.etree import ElementTree as xml

import pytest
from doctor_world import HOSTILE, all_wrong, device, model, seen, server, site, uuid

from ansible_collections.nxai.cloud.plugins.module_utils._core.errors import Refused
from ansible_collections.nxai.cloud.plugins.module_utils._doctor.checks import CHECKS, diagnosis_of
from ansible_collections.nxai.cloud.plugins.module_utils._doctor.junit import MOST_FINDINGS
from ansible_collections.nxai.cloud.plugins.module_utils._doctor.prometheus import status_of
from ansible_collections.nxai.cloud.plugins.module_utils._doctor.reports import reports_of
from ansible_collections.nxai.cloud.plugins.module_utils._doctor.seen import Seen

MOMENT = 1795812876.25
NUMBER = ("tests", "failures", "errors", "skipped")
# What Jenkins' schema (junit-10) allows of each element, as far as it is used, and what it requires.
ALLOWED = {
    "testsuites": ({"name", "time", "tests", "failures", "errors"}, {"testsuite"}),
    "testsuite": ({"name", "time", "timestamp", "hostname", "id", "package", *NUMBER}, {"testcase"}),
    "testcase": ({"name", "time", "classname", "group"}, {"failure", "skipped", "system-out"}),
    "failure": ({"type", "message"}, set()),
    "skipped": ({"type", "message"}, set()),
    "system-out": (set(), set()),
}
REQUIRED = {"testsuite": {"name", "tests", "failures", "errors"}, "testcase": {"name"}}
SAMPLE = re.compile(r'(nxai_[a-z_]+)(?:\{((?:[a-z_]+="(?:[^"\\\n]|\\[\\"n])*",?)*)\})? ([0-9.e+]+)')
LABEL = re.compile(r'([a-z_]+)="((?:[^"\\]|\\.)*)"')


def report(world: Seen, name: str, strict: bool = False) -> str:
    [found] = reports_of(world, diagnosis_of(world), ["text", name], strict, MOMENT)
    assert found["format"] == name
    return found["text"]


def junit(world: Seen, strict: bool = False) -> xml.Element:
    """Parsed as strictly as XML is, and held against the schema."""
    root = xml.fromstring(report(world, "junit", strict).encode())
    for element in root.iter():
        attributes, children = ALLOWED[element.tag]
        assert REQUIRED.get(element.tag, set()) <= set(element.attrib) <= attributes
        assert {child.tag for child in element} <= children
    for suite in (root, *root):
        cases = list(suite.iter("testcase"))
        counts = [len(cases), *(sum(case.find(tag) is not None for case in cases) for tag in ("failure", "error"))]
        assert [int(suite.attrib[name]) for name in NUMBER[:3]] == counts
    return root


def metrics(world: Seen) -> dict[tuple[str, frozenset[tuple[str, str]]], float]:
    """The samples. Fails for a line that is not of the format, and for a family that is not in one piece."""
    found: dict[tuple[str, frozenset[tuple[str, str]]], float] = {}
    families: list[str] = []
    text = report(world, "prometheus")
    assert text.endswith("\n") and "\r" not in text
    for line in text[:-1].split("\n"):
        if line.startswith("# HELP "):
            families.append(line.split()[2])
        elif line.startswith("# TYPE "):
            assert line.split()[2:] == [families[-1], "gauge"]
        else:
            sample = SAMPLE.fullmatch(line)
            assert sample and sample[1] == families[-1], line
            key = (sample[1], frozenset((each[1], each[2]) for each in LABEL.finditer(sample[2] or "")))
            assert key not in found, "each series once"
            found[key] = float(sample[3])
    assert len(set(families)) == len(families)
    return found


def value(world: Seen, name: str, **labels: str) -> list[float]:
    return [each for (family, held), each in metrics(world).items() if family == name and set(labels.items()) <= held]


def case(root: xml.Element, name: str) -> xml.Element:
    [found] = [each for each in root.iter("testcase") if each.attrib["name"] == name]
    return found


# JUnit ----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("strict", [False, True])
def test_junit_of_everything_wrong_can_be_read(strict: bool) -> None:
    root = junit(all_wrong(40), strict)
    assert [suite.attrib["name"] for suite in root] == [f"nxai.cloud.doctor.{check}" for check in CHECKS]
    failed = {each.attrib["name"] for each in root.iter("testcase") if each.find("failure") is not None}
    assert {"model_failed", "assignment_unknown", "unread", "runtime_unserved"} <= failed
    assert ("device_idle" in failed) == strict and "contract_inferred" not in failed


def test_junit_a_warning_is_told_and_no_failure() -> None:
    idle = seen(sites=[site()], devices=[(site(), device())])
    assert case(junit(idle), "device_idle").find("failure") is None
    assert "Camera 0 at Shop 0" in (case(junit(idle), "device_idle").findtext("system-out") or "")
    failure = case(junit(idle, strict=True), "device_idle").find("failure")
    assert failure is not None and failure.attrib["type"] == "warning"
    assert failure.attrib["message"] == "Camera 0 at Shop 0: it is enabled and runs nothing"
    assert (failure.text or "").splitlines()[0].startswith("Assign a model")


def test_junit_what_could_not_be_looked_at_is_skipped() -> None:
    error = Refused("GET /cpt/functions", "HTTP 500", "Wait.", 500)
    root = junit(seen(models=None, errors={"models": [error]}))
    assert case(root, "runtime_unserved").find("skipped") is not None
    assert case(root, "unread").find("failure") is not None and case(root, "device_idle").find("skipped") is None


def test_junit_lists_a_hundred_of_a_kind() -> None:
    rows = [(site(), device(number)) for number in range(MOST_FINDINGS + 20)]
    failure = case(junit(seen(sites=[site()], devices=rows), strict=True), "device_idle").find("failure")
    lines = (failure.text or "").splitlines() if failure is not None else []
    assert len(lines) == 1 + MOST_FINDINGS + 1 and lines[-1] == "20 more"


@pytest.mark.parametrize("name", [*HOSTILE, "\ud800", "]]>", "&#0;"])
def test_junit_takes_any_name(name: str) -> None:
    root = junit(seen(sites=[site(0, name=name)], devices=[(site(0, name=name), device(Name=name))]), strict=True)
    assert case(root, "device_idle").find("failure") is not None


# Prometheus -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", [*HOSTILE, "\ud800", '"} 1\n# TYPE x', "\\n"])
def test_metrics_take_any_name(name: str) -> None:
    own, made = site(0, name=name), model(0, name)
    world = seen(sites=[own], devices=[(own, device(0, made, Name=name))], models=[made])
    assert value(world, "nxai_model_cameras", site=own.id, model=made.uuid, status="assigned") == [1]


def test_cameras_are_counted_once_by_status_and_for_each_of_their_models() -> None:
    first, second = model(1), model(2)
    rows = [
        device(1, first, second),
        device(2, second),
        device(3),
        device(4, first, Enabled=False),
        device(5, nxAI=None),
        device(6, first, Enabled=None),
    ]
    world = seen(sites=[site()], devices=[(site(), each) for each in rows], models=[first, second])
    statuses = {status: value(world, "nxai_cameras", site=site().id, status=status) for status in ("assigned", "idle")}
    assert statuses == {"assigned": [3], "idle": [1]}
    assert sum(value(world, "nxai_cameras")) == len(rows)
    assert value(world, "nxai_model_cameras", model=first.uuid, status="assigned") == [2]
    assert value(world, "nxai_model_cameras", model=first.uuid, status="disabled") == [1]
    assert value(world, "nxai_model_cameras", model=second.uuid) == [2]
    assert [status_of(each) for each in rows] == ["assigned", "assigned", "idle", "disabled", "unknown", "assigned"]


def test_findings_are_counted_by_kind_and_none_is_zero_only_where_it_was_looked_for() -> None:
    world = seen(sites=[site()], devices=[(site(), device(number)) for number in range(4)])
    assert value(world, "nxai_findings", problem="device_idle", severity="warning") == [4]
    assert value(world, "nxai_findings", problem="assignment_unknown") == [0]
    error = Refused("GET /dev/systems", "HTTP 500", "Wait.", 500)
    blind = seen(devices=None, errors={"devices": [error]})
    assert value(blind, "nxai_findings", problem="device_idle") == []
    assert value(blind, "nxai_findings", problem="unread", check="devices") == [1]
    assert value(blind, "nxai_check_status", check="models_fit", status="unknown") == [1]


def test_when_it_was_read_and_whether_all_was() -> None:
    assert value(seen(), "nxai_read_timestamp_seconds") == [MOMENT]
    assert value(seen(), "nxai_read_complete") == [1]
    assert value(seen(errors={"models": [Refused("GET", "HTTP 500", status=500)]}), "nxai_read_complete") == [0]


def test_a_site_that_does_not_say_whether_it_is_online_has_no_sample() -> None:
    world = seen(sites=[site(0), site(1, Status="offline"), site(2, Status=None)])
    assert [value(world, "nxai_site_online", site=site(number).id) for number in range(3)] == [[1], [0], []]


def test_the_number_of_series_is_bounded_by_sites_and_their_models() -> None:
    world = all_wrong(100)
    assert len(metrics(world)) < 100 * (1 + 4 + 4 * len({uuid("gone"), *world.known_models})) + 60
    assert server().id not in report(world, "prometheus"), "no series for a server or a camera"
