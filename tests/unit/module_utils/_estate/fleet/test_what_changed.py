# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The report of the fleet: how sites stand, since when cameras run what they run, and what changed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from ansible_collections.nxai.cloud.plugins.module_utils._api.records.records import Device, Model, Server, Site
from ansible_collections.nxai.cloud.plugins.module_utils._core.errors import Unexpected
from ansible_collections.nxai.cloud.plugins.module_utils._estate.fleet.memory import Memory
from ansible_collections.nxai.cloud.plugins.module_utils._estate.fleet.report import Report, as_report
from ansible_collections.nxai.cloud.plugins.module_utils._estate.fleet.summary import summary_of
from ansible_collections.nxai.cloud.plugins.module_utils._fleet.reading import Fleet
from tools.example_fleets import MODELS, found_in, report_of, uuid

DAYS = [f"2026-11-{day}T03:00:00Z" for day in range(10, 20)]
SEVEN, SIX = uuid("model", MODELS[0]), uuid("model", MODELS[1])
RUNS = {"modelUUID": SEVEN, "modelNMS": 0.42}


def device(name: str = "Door", pipelines: Any = (RUNS,), **members: Any) -> Device:
    shown = list(pipelines) if isinstance(pipelines, tuple) else pipelines
    row = {"NxID": "{" + uuid("camera", name) + "}", "Name": name, "Enabled": True, "nxAI": {"pipelines": shown}}
    return Device.from_api({**row, "Server": {"UUID": uuid("server", 1), "Name": "S"}, **members})


def fleet(
    *devices: Device, online: bool = True, version: str = "6.0", plugin: str = "4.2", unread: bool = False
) -> Fleet:
    time = DAYS[0] if online else "0001-01-01T00:00:00Z"
    site = Site.from_api({"UUID": uuid("site", 1), "Name": "Shop", "Version": version, "UpdatedAt": time})
    row = {"UUID": uuid("server", 1), "Name": "S", "Status": "running", "PluginVersion": plugin}
    server = Server.from_api({**row, "Supports": {"Pipelines": True}})
    ready = {"Status": "ok", "Code": {"Status": "ok"}, "Catalogues": [uuid("catalogue", 1)]}
    models = [Model.from_api({"UUID": uuid("model", each), "Name": each, **ready}) for each in MODELS[:2]]
    there = online and not unread
    error = Unexpected("GET devices", "HTTP 500", "Try again.")
    return Fleet(
        catalogues=[],
        models=models,
        sites=[site],
        servers=[(site, server)] if online else [],
        devices=[(site, each) for each in devices] if there else [],
        errors={"devices": [error]} if unread else {},
        unread=[("devices", site, error)] if unread else [],
    )


def renamed(
    site: Callable[[str], str] = str, server: Callable[[str], str] = str, model: Callable[[str], str] = str
) -> Fleet:
    seen = fleet(device())
    [old] = seen.sites or ()
    place = replace(old, name=site(old.name))
    return replace(
        seen,
        models=[replace(each, name=model(each.name)) for each in seen.models or ()],
        sites=[place],
        servers=[(place, replace(each, name=server(each.name))) for _site, each in seen.servers or ()],
        devices=[(place, each) for _site, each in seen.devices or ()],
    )


class Nights:
    """A report each night, which goes through the bytes of the file."""

    def __init__(self) -> None:
        self.memory: Memory | None = None
        self.number = 0

    def __call__(self, seen: Fleet, scope: tuple[str, ...] = ("*",)) -> Report:
        report = as_report(seen, found_in(seen), self.memory, scope, DAYS[self.number])
        self.memory = Memory.of(report.memory.as_bytes())
        self.number += 1
        return report


@pytest.fixture
def night() -> Nights:
    return Nights()


def since(report: Report) -> tuple[str | None, str | None, str | None]:
    [camera] = report.sites[0].cameras
    return camera.then.since, camera.then.after, camera.then.seen_at


def changes(report: Report) -> list[str]:
    return [str(each) for each in report.changes if "problem" not in each.text]


def test_since_when_a_camera_runs_what_it_runs(night: Nights) -> None:
    assert since(night(fleet(device()))) == (DAYS[0], None, DAYS[0])
    assert since(night(fleet(device()))) == (DAYS[0], None, DAYS[1])
    assert since(night(fleet(device(pipelines=({**RUNS, "modelUUID": SIX},))))) == (DAYS[2], DAYS[1], DAYS[2])
    assert since(night(fleet(device(pipelines=())))) == (DAYS[3], DAYS[2], DAYS[3])


def test_what_is_not_known_stays_not_known_and_breaks_nothing(night: Nights) -> None:
    night(fleet(device()))
    for seen in (fleet(online=False), fleet(device(), unread=True), fleet(), fleet(device(pipelines="what"))):
        report = night(seen)
        [camera] = report.sites[0].cameras
        assert not camera.known and camera.why and since(report) == (DAYS[0], None, DAYS[0])
        assert report.totals()["unknown"] == 1 and report.totals()["running"] == 0
    report = night(fleet(device()))
    assert since(report) == (DAYS[0], None, DAYS[5]) and changes(report) == []


def test_a_camera_that_never_told_is_known_from_the_first_time_on(night: Nights) -> None:
    assert since(night(fleet(device(pipelines="what")))) == (None, None, None)
    assert since(night(fleet(device()))) == (DAYS[1], None, DAYS[1])


def test_what_the_service_says_of_a_pipeline_by_itself_is_no_change(night: Nights) -> None:
    night(fleet(device(pipelines=({**RUNS, "updatedAt": "1"},))))
    report = night(fleet(device(pipelines=({**RUNS, "updatedAt": "2", "modelNMS": 0.42000001},))))
    assert changes(report) == [] and since(report)[0] == DAYS[0]


CHANGES: dict[str, tuple[Callable[[], Fleet], list[str]]] = {
    "nothing": (lambda: fleet(device()), []),
    "another model": (
        lambda: fleet(device(pipelines=({**RUNS, "modelUUID": SIX},))),
        ["1 camera at 1 site: Person detector@7 → Person detector@6"],
    ),
    "a setting": (
        lambda: fleet(device(pipelines=({**RUNS, "modelNMS": 0.5},))),
        ["1 camera at 1 site: Person detector@7: NMS 0.42 → 0.5"],
    ),
    "a member that nobody knows": (
        lambda: fleet(device(pipelines=({**RUNS, "Zone": {"a": 1}},))),
        ['1 camera at 1 site: Person detector@7: Zone - → {"a": 1}'],
    ),
    "a pipeline more": (
        lambda: fleet(device(pipelines=(RUNS, {**RUNS, "modelUUID": SIX}))),
        ["1 camera at 1 site: Person detector@7 → Person detector@7 + Person detector@6"],
    ),
    "nothing runs": (lambda: fleet(device(pipelines=())), ["1 camera at 1 site: Person detector@7 → nothing"]),
    "not told any more": (
        lambda: fleet(device(pipelines="what")),
        ["1 camera at 1 site: it is not known any more what they run"],
    ),
    "switched off": (lambda: fleet(device(Enabled=False)), ["1 camera at 1 site: switched off"]),
    "a new camera": (lambda: fleet(device(), device("Till")), ["1 camera at 1 site: new"]),
    "another camera": (
        lambda: fleet(device("Till")),
        ["1 camera at 1 site: new", "1 camera at 1 site: no longer listed"],
    ),
    "off-line": (lambda: fleet(online=False), ["1 site: off-line"]),
    "not read": (lambda: fleet(device(), unread=True), []),
    "another version": (lambda: fleet(device(), version="6.1"), ["1 site: version 6.0 → 6.1"]),
    "a camera is renamed": (lambda: fleet(device(Name="Gate")), ["1 camera at 1 site: renamed"]),
    "two rows of a camera": (
        lambda: fleet(device(), device()),
        ["1 camera at 1 site: it is not known any more what they run"],
    ),
    "a site is renamed": (
        lambda: renamed(site=lambda _was: "Depot"),
        ["1 site: renamed: Shop → Depot"],
    ),
    "a server is renamed": (
        lambda: renamed(server=lambda _was: "T"),
        ["1 site: a server is renamed: S → T"],
    ),
    "a model is renamed": (
        lambda: renamed(model=lambda was: f"New {was}"),
        ["a model is renamed: Person detector@7 → New Person detector@7"],
    ),
    "another server": (
        lambda: fleet(device(Server={"UUID": uuid("server", 2), "Name": "T"})),
        [f"1 camera at 1 site: on another server: S → {uuid('server', 2)}"],
    ),
    "a server that is not told": (lambda: fleet(device(Server=None)), []),
    "another plugin": (lambda: fleet(device(), plugin="5.0"), ["1 site: plugin 4.2 → 5.0"]),
}


@pytest.mark.parametrize("name", CHANGES)
def test_what_changed_is_named_and_nothing_else(night: Nights, name: str) -> None:
    night(fleet(device()))
    make, expected = CHANGES[name]
    report = night(make())
    assert changes(report) == expected
    assert report.changed is (name not in ("nothing", "a server that is not told"))


def two(first: Fleet, second: Fleet) -> Fleet:
    """Both shops: the second is called Depot, and has a server of its own."""
    [old] = second.sites or ()
    depot = replace(old, id=uuid("site", 2), name="Depot")
    here = {"servers": [(depot, each) for _site, each in second.servers or ()]}
    here["devices"] = [(depot, each) for _site, each in second.devices or ()]
    return replace(
        first,
        sites=[*(first.sites or ()), depot],
        servers=[*(first.servers or ()), *here["servers"]],
        devices=[*(first.devices or ()), *here["devices"]],
    )


def test_a_camera_that_moved_is_neither_new_nor_gone(night: Nights) -> None:
    till, yard = device("Till"), device("Yard")
    night(two(fleet(device(), till), fleet(yard)))
    assert changes(night(two(fleet(device()), fleet(yard, till)))) == ["1 camera at 1 site: moved: Shop → Depot"]
    assert changes(night(two(fleet(device()), fleet(yard, till)))) == []


def test_a_camera_has_moved_when_it_is_seen_to_have_left(night: Nights) -> None:
    till = device("Till")
    night(two(fleet(device(), till), fleet(device("Yard"))))
    off = changes(night(two(fleet(online=False), fleet(device("Yard"), till))))
    assert off == ["1 camera at 1 site: new", "1 site: off-line"], "nobody knows what is at the other one"
    back = changes(night(two(fleet(device()), fleet(device("Yard"), till))))
    assert back == ["1 camera at 1 site: moved: Shop → Depot", "1 site: on-line again"]


def test_cameras_of_a_site_that_is_gone_have_moved_to_a_new_one(night: Nights) -> None:
    night(fleet(device(), device("Till")))
    both = two(fleet(), fleet(device(), device("Till")))
    moved = replace(both, sites=[each for each in both.sites or () if each.name == "Depot"], servers=both.servers[1:])
    assert changes(night(moved)) == [
        "2 cameras at 1 site: moved: Shop → Depot",
        "1 site: new: Depot",
        "1 site: no longer listed: Shop",
    ]


def test_a_site_that_is_not_asked_for_is_not_gone(night: Nights) -> None:
    night(fleet(device()))
    empty = replace(fleet(), sites=[], servers=[], devices=[])
    assert changes(night(empty, ("Other *",))) == []
    assert changes(night(fleet(device()))) == []
    assert changes(night(empty)) == ["1 site: no longer listed: Shop"]
    report = night(fleet(device()))
    assert changes(report) == [] and since(report)[0] == DAYS[0]


def test_problems_come_and_go(night: Nights) -> None:
    night(fleet(device()))
    assert "new problem: camera runs nothing" in map(str, night(fleet(device(pipelines=()))).changes)
    assert "no longer a problem: camera runs nothing" in map(str, night(fleet(device())).changes)


def test_two_rows_of_a_camera_hide_what_it_ran_for_as_long_as_they_are_there(night: Nights) -> None:
    night(fleet(device()))
    for _each in range(2):
        night(fleet(device(), device(pipelines=())))
    report = night(fleet(device()))
    assert changes(report) == [] and since(report) == (DAYS[0], None, DAYS[3])


def test_a_change_of_details_is_not_called_nothing(night: Nights) -> None:
    night(fleet(device()))
    seen = fleet(device())
    other = replace(seen, servers=[(site, replace(each, runtime="nvidia")) for site, each in seen.servers or ()])
    report = night(other)
    assert report.changed and changes(report) == [] and "nothing but details" in summary_of(report)
    assert summary_of(night(other)).endswith("  nothing")


def of_problems(report: Report) -> list[str]:
    return [str(each) for each in report.changes if "problem" in each.text and "could not be read" not in each.text]


UNREAD: dict[str, Callable[[], tuple[Fleet, tuple[str, ...]]]] = {
    "off-line": lambda: (fleet(online=False), ("*",)),
    "not read": lambda: (fleet(device(), unread=True), ("*",)),
    "no cameras, or still loading": lambda: (fleet(), ("*",)),
    "servers not read": lambda: (replace(fleet(device()), servers=[]), ("*",)),
    "not asked for": lambda: (replace(fleet(), sites=[], servers=[], devices=[]), ("Other *",)),
}


@pytest.mark.parametrize("name", UNREAD)
def test_a_problem_that_nobody_could_look_at_is_neither_gone_nor_new(night: Nights, name: str) -> None:
    idle, well = fleet(device(pipelines=())), fleet(device())
    seen, scope = UNREAD[name]()
    night(idle)
    for _each in range(2):
        assert "no longer a problem: camera runs nothing" not in of_problems(night(seen, scope))
    assert "camera runs nothing" not in " ".join(of_problems(night(idle)))
    night(seen, scope)
    assert "no longer a problem: camera runs nothing" in of_problems(night(well))


def test_models_that_are_not_read_take_no_problem_away(night: Nights) -> None:
    gone = device(pipelines=({**RUNS, "modelUUID": uuid("model", "gone")},))
    error = Unexpected("GET models", "HTTP 500", "Try again.")
    blind = replace(fleet(gone), models=None, errors={"models": [error]})
    night(fleet(gone))
    assert of_problems(night(blind)) == [] == of_problems(night(fleet(gone)))
    night(blind)
    assert "no longer a problem: model not visible to this account" in of_problems(night(fleet(device())))


def test_a_problem_of_a_site_that_is_gone_is_gone(night: Nights) -> None:
    night(fleet(device(pipelines=())))
    gone = replace(fleet(), sites=[], servers=[], devices=[])
    assert "no longer a problem: camera runs nothing" in of_problems(night(gone))


def test_how_a_site_stands() -> None:
    report = report_of(40, 30)
    states = [each.state for each in report.sites]
    assert states == sorted(states, key=["wrong", "gone", "warned", "well"].index) and len(set(states)) == 3
    for site in report.sites:
        severities = {report.findings[each]["severity"] for each in site.findings}
        assert (site.state == "wrong") == ("error" in severities)
        assert {each["site"] for number, each in enumerate(report.findings) if number in site.findings} == {site.id}
    assert report.totals()["cameras"] == 1_200 == sum(len(each.cameras) for each in report.sites)


def test_findings_are_at_their_camera_and_their_server() -> None:
    report = report_of(40, 30)
    for site in report.sites:
        for camera in site.cameras:
            assert all(report.findings[each]["device"] == camera.id for each in camera.findings)
        for server in site.servers:
            assert all(report.findings[each]["server"] == server.id for each in server.findings)
    told = sum(len(camera.findings) for site in report.sites for camera in site.cameras)
    assert told == sum(each["device"] is not None for each in report.findings) > 50


def test_a_finding_of_a_model_is_at_each_camera_that_runs_it() -> None:
    seen = fleet(device(), device("Till", pipelines=()))
    failed = [replace(each, status="error") if each.uuid == SEVEN else each for each in seen.models or ()]
    report = as_report(replace(seen, models=failed), found_in(replace(seen, models=failed)), None, ["*"], DAYS[0])
    [site] = report.sites
    assert site.state == "wrong"
    by_name = {
        each.then.name: [report.findings[number]["problem"] for number in each.findings] for each in site.cameras
    }
    assert "model_failed" in by_name["Door"] and "model_failed" not in by_name["Till"]


def test_two_models_of_one_name_are_told_apart(night: Nights) -> None:
    seen = fleet(device())
    same = [replace(each, name="Detector") for each in seen.models or ()]
    night(replace(seen, models=same))
    other = replace(fleet(device(pipelines=({**RUNS, "modelUUID": SIX},))), models=same)
    assert changes(night(other)) == [f"1 camera at 1 site: Detector ({SEVEN[:8]}) → Detector ({SIX[:8]})"]
