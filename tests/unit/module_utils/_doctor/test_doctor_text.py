# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The diagnosis for people: short for any number of shops, and plain text whatever is in it."""

from __future__ import annotations

import pytest
from doctor_world import all_wrong, device, seen, server, site

from ansible_collections.nxai.cloud.plugins.module_utils._core.errors import Refused
from ansible_collections.nxai.cloud.plugins.module_utils._doctor.checks import diagnose
from ansible_collections.nxai.cloud.plugins.module_utils._doctor.text import MOST_LINES


@pytest.mark.parametrize("sites", [12, 40, 2000])
def test_it_has_at_most_40_lines_with_everything_wrong(sites: int) -> None:
    result = diagnose(all_wrong(sites))
    lines = result["table"].splitlines()
    assert len(lines) <= MOST_LINES == 40
    assert all(line.isprintable() and len(line) < 1200 for line in lines)
    assert len(result["problems"]) > 12
    told = [line.split()[0] for line in lines[1:] if not line.startswith(" ")]
    assert told == sorted(told, key=["ERROR", "WARNING", "NOTE", "UNKNOWN", "OK"].index)


def test_problems_that_find_no_room_are_counted() -> None:
    failed = [Refused(f"GET {number}", f"HTTP {number}", "Wait.", number) for number in range(500, 560)]
    lines = diagnose(seen(errors={"devices": failed}, devices=None))["table"].splitlines()
    assert len(lines) == MOST_LINES and lines[0] == "60 errors, 1 warning"
    assert lines[1] == "ERROR    GET 500: HTTP 500. Wait."
    assert lines[-3] == f"{61 - 36} more problems in the result."


def test_of_several_it_says_how_many_where_and_three_examples_of_different_sites() -> None:
    rows = [(site(number), device(camera)) for number in range(4) for camera in range(5)]
    table = diagnose(seen(sites=[site(number) for number in range(4)], devices=rows))["table"]
    line, advice = next(line for line in table.splitlines() if "enabled" in line), "Assign a model"
    assert line == (
        "WARNING  20 cameras at 4 sites: they are enabled and run nothing"
        " (Camera 0 at Shop 0, Camera 0 at Shop 1, Camera 0 at Shop 2 and 17 more)"
    )
    assert table.count(advice) == 1


def test_of_one_it_says_what_it_is() -> None:
    table = diagnose(seen(sites=[site()], devices=[(site(), device())]))["table"]
    assert table.splitlines()[:3] == [
        "1 warning, 1 note",
        "WARNING  Camera 0 at Shop 0: it is enabled and runs nothing",
        "         Assign a model with nxai_pipeline, or switch the plugin off there.",
    ]


def test_causes_are_counted() -> None:
    rows = [(site(number), server(Status="stopped" if number else "lost")) for number in range(6)]
    table = diagnose(seen(sites=[each for each, _server in rows], servers=rows))["table"]
    assert "6 servers at 6 sites: their status is not that of a server that runs: stopped (5), lost (1) (" in table


def test_nothing_is_wrong() -> None:
    assert diagnose(seen(sites=[site()]))["table"].startswith("1 note\n")
    assert diagnose(seen(sites=[site()], contract=None))["table"].count("OK") == 1
