# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The report of the fleet, against a simulator: what it writes, what it leaves, and that the cloud is only read."""

from __future__ import annotations

import json
import os
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from module_runs import Calls, RunModule

from simulator.testing import Served

READY, OTHER = (f"459d2273-1514-431c-9d34-f5b72f3bfe2{digit}" for digit in "01")
RUNS = [{"modelUUID": READY, "chains": []}]
Report = Callable[..., dict[str, Any]]


def world(pipelines: Any = None, online: bool = True, name: str = "Shop") -> dict[str, Any]:
    devices = [
        {"name": "Door", "pipelines": RUNS if pipelines is None else pipelines},
        {"name": "Till", "pipelines": RUNS},
    ]
    shelf = ["Shelf"]
    return {
        "times": {"assignment": 0},
        "catalogues": [{"name": "Shelf", "public": True}],
        "models": [
            {"name": "Person detector@7", "id": READY, "catalogues": shelf},
            {"name": "Person detector@6", "id": OTHER, "catalogues": shelf},
        ],
        "sites": [
            {"name": name, "online": online, "servers": [{"name": "S", "devices": devices}]},
            {"name": "Depot", "servers": [{"name": "S", "devices": [{"name": "Gate", "pipelines": RUNS}]}]},
        ],
    }


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "fleet"


@pytest.fixture
def report(run_module: RunModule, folder: Path, cloud: Served) -> Report:
    cloud.reset(world())
    return lambda **options: run_module("nxai_fleet_report", **{"dir": str(folder), **options})


def files(folder: Path) -> dict[str, bytes]:
    return {each.name: each.read_bytes() for each in folder.iterdir()} if folder.is_dir() else {}


def test_it_writes_a_page_and_its_memory_and_only_reads(report: Report, folder: Path, writes: Calls) -> None:
    result = report()
    assert result["changed"] and result["previous_at"] is None and result["changes"] == []
    assert result["totals"]["sites"] == 2 and result["totals"]["cameras"] == 3 == result["totals"]["running"]
    assert sorted(files(folder)) == ["fleet.html", "fleet.json"]
    assert {stat.S_IMODE(each.stat().st_mode) for each in folder.iterdir()} == {0o600}
    page = files(folder)["fleet.html"].decode()
    assert "Person detector@7" in page and "Depot" in page and "This is the first report" in page
    assert writes() == []


def test_a_second_report_of_the_same_changes_nothing_but_the_time(report: Report, folder: Path) -> None:
    report()
    first = files(folder)
    again = report()
    assert again["changed"] is False and again["changes"] == [] and again["previous_at"]
    assert json.loads(first["fleet.json"])["digest"] == json.loads(files(folder)["fleet.json"])["digest"]
    assert b"Nothing." in files(folder)["fleet.html"]


def test_check_mode_compares_and_writes_no_file(report: Report, folder: Path, cloud: Served) -> None:
    assert report(check=True)["changed"] and not folder.exists()
    report()
    before = files(folder)
    assert report(check=True)["changed"] is False
    cloud.reset(world([{"modelUUID": OTHER, "chains": []}]))
    result = report(check=True)
    assert result["changed"] and result["changes"][0].startswith("1 camera at 1 site: Person detector@7 → ")
    assert files(folder) == before


def test_what_changed_in_the_portal_is_told(report: Report, folder: Path, cloud: Served) -> None:
    report()
    cloud.reset(world([{"modelUUID": OTHER, "chains": []}]))
    result = report()
    assert result["changed"] and "1 camera at 1 site: Person detector@7 → Person detector@6" in result["changes"]
    assert "Person detector@7 → Person detector@6" in files(folder)["fleet.html"].decode()


def test_a_site_that_is_off_line_is_shown_as_it_was_last_seen(report: Report, folder: Path, cloud: Served) -> None:
    report()
    cloud.reset(world(online=False))
    result = report()
    assert [each["name"] for each in result["unread_sites"]] == ["Shop"]
    assert result["totals"]["unknown"] == 2 and result["totals"]["gone"] == 1
    assert "1 site: off-line" in result["changes"]
    assert "Shop: the site is off-line" in result["problems"]
    cloud.reset(world())
    back = report()
    assert "1 site: on-line again" in back["changes"] and not any("camera" in each for each in back["changes"])


def test_sites_that_cannot_be_listed_leave_the_page_as_it_is(report: Report, folder: Path, cloud: Served) -> None:
    report()
    before = files(folder)
    cloud.fault("status", "list_sites", status=403, times=0)
    result = report()
    assert result["failed"] and "HTTP 403" in result["msg"] and files(folder) == before


def test_no_site_at_all_leaves_the_page_as_it_is(report: Report, folder: Path) -> None:
    report()
    before = files(folder)
    result = report(sites=["Shpo *"], warns=True)
    assert result["failed"] and "there are no sites" in result["msg"] and files(folder) == before


def test_a_first_report_of_no_site_says_so(report: Report) -> None:
    result = report(sites=["Shpo *"], warns=True)
    assert result["problems"] == ["the account: there are no sites"] and "no sites" in result["summary"]


def test_a_model_that_is_not_ready_is_named(report: Report, cloud: Served) -> None:
    seed = world()
    seed["models"].append({"name": "Spare", "status": "error"})
    cloud.reset(seed)
    [line] = [each for each in report()["problems"] if "conversion" in each]
    assert line.startswith("Spare (")


def test_a_site_that_fails_is_not_known_and_hides_no_other(report: Report, cloud: Served) -> None:
    report()
    cloud.fault("status", "list_devices", status=500, times=1)
    result = report(retries=0)
    assert len(result["unread_sites"]) == 1 and "HTTP 500" in result["unread_sites"][0]["reason"]
    assert result["totals"]["cameras"] == 3 and 1 <= result["totals"]["unknown"] <= 2
    assert not any("listed" in each or "camera at" in each for each in result["changes"])


def torn(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:100])


def of_another_program(path: Path) -> None:
    path.write_text('{"shops": 3}')


def newer(path: Path) -> None:
    path.write_text(path.read_text().replace('"format":', '"format":9'))


def a_link(path: Path) -> None:
    path.rename(path.with_name("elsewhere.json"))
    path.symlink_to(path.with_name("elsewhere.json"))


def open_to_all(path: Path) -> None:
    path.chmod(0o666)


def a_folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


def a_pipe(path: Path) -> None:
    path.unlink()
    os.mkfifo(path)


def of_another_user(path: Path) -> None:
    if os.geteuid() != 0:
        pytest.skip("only root can give a file away")
    os.chown(path, 12345, 12345)


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (torn, "it is not whole"),
        (of_another_program, "it is not from a fleet report"),
        (newer, "a newer version of nxai.cloud has written it"),
        (a_link, "it is a link"),
        (open_to_all, "everyone can write to"),
        (a_folder, "it is a directory, not a file"),
        (a_pipe, "it is a pipe, not a file"),
        (of_another_user, "belongs to the user with the number 12345"),
    ],
)
def test_a_memory_that_cannot_be_used_is_named_and_left(
    report: Report, folder: Path, spoil: Callable[[Path], None], words: str
) -> None:
    report()
    memory = folder / "fleet.json"
    spoil(memory)
    before = os.lstat(memory)
    result = report(warns=True)
    [warning] = result["warnings"]
    assert str(memory) in warning and words in warning and "left as it is" in warning and "Move it away" in warning
    after = os.lstat(memory)
    assert (before.st_ino, before.st_mtime_ns, before.st_uid) == (after.st_ino, after.st_mtime_ns, after.st_uid)
    page = (folder / "fleet.html").read_text()
    assert result["previous_at"] is None and "This is the first report" not in page + result["summary"]
    for said in (page, result["summary"]):
        assert "What the last report knew cannot be used: " in said and words in said


def test_a_page_of_something_else_is_not_written_over(report: Report, folder: Path) -> None:
    folder.mkdir()
    (folder / "fleet.html").write_text("<h1>Our trucks</h1>")
    result = report()
    assert result["failed"] and "is no report of a fleet" in result["msg"] and "Move it away" in result["msg"]
    assert (folder / "fleet.html").read_text() == "<h1>Our trucks</h1>" and len(files(folder)) == 1


def test_a_folder_that_everyone_can_write_to_is_refused(report: Report, folder: Path) -> None:
    folder.mkdir()
    folder.chmod(0o777)
    result = report()
    assert result["failed"] and "everyone can write to" in result["msg"] and files(folder) == {}


def test_a_folder_that_cannot_be_made(report: Report, folder: Path) -> None:
    folder.write_text("a file")
    result = report()
    assert result["failed"] and "Write the report of the fleet" in result["msg"] and "Traceback" not in result["msg"]
    assert result["error"]["advice"]


def test_hostile_names(report: Report, folder: Path, cloud: Served) -> None:
    cloud.reset(world(name="</script><script>alert(1)</script>\u2028\u202e\x1b[2J"))
    report()
    page = files(folder)["fleet.html"].decode()
    assert page.count("<script>") == 1 and "\x1b" not in page and "\u202e" not in page and "\u2028" not in page
    assert report()["changed"] is False
