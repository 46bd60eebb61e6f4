# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The report of a rollout and its page: what they say, and that nothing a camera is called becomes markup."""

from __future__ import annotations

from collections.abc import Callable
from html.parser import HTMLParser
from typing import Any

import pytest
from rollout_runs import Ended, Runs, device, rows

from ansible_collections.nxai.cloud.plugins.module_utils._rollout.page import as_html
from ansible_collections.nxai.cloud.plugins.module_utils._rollout.report import as_report, cause_of, summary
from simulator.testing import Served

Hire = Callable[..., Runs]
HOSTILE = [
    "<script>alert(1)</script>", '"><img src=x onerror=alert(2)>', "</details></body></html>", "&lt;b&gt;",
    "{{ lookup('pipe', 'id') }}", "' onmouseover='x", "\u202e reversed",
]  # fmt: skip


class Page(HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.text = ""
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)

    def handle_data(self, data: str) -> None:
        self.text += data


def failed(runs: Hire, cloud: Served, names: list[str] | None = None) -> Runs:
    """A rollout whose first wave of three failed, since their servers support no pipelines."""
    known = rows(cloud)
    for number, name in enumerate(names or []):
        known[number] |= {"name": name, "site_name": name, "host": name}
    for site in cloud.world.sites.values():
        for server in site.servers.values():
            server.supports_pipelines = False
    run = runs(waves=[3, "100%"], soak=[600])
    with pytest.raises(Ended):
        run.run(devices=known)
    return run


@pytest.mark.parametrize("name", HOSTILE)
def test_whatever_a_camera_is_called_is_text(runs: Hire, cloud: Served, name: str) -> None:
    run = failed(runs, cloud, [name] * 7)
    page = Page(as_html(as_report(run.ledger)))
    assert not page.tags & {"script", "img", "svg", "a", "iframe"} and name in page.text


def test_the_page_loads_nothing(runs: Hire, cloud: Served) -> None:
    text = as_html(as_report(failed(runs, cloud).ledger))
    assert not any(word in text for word in ("http:", "https:", "src=", "url(", "@import", "<script", "<link"))
    assert "default-src 'none'" in text and 'content="width=device-width' in text


def test_what_failed_and_why_and_how_to_go_on(runs: Hire, cloud: Served) -> None:
    report = failed(runs, cloud).report()
    assert report["totals"]["failed"] == 3 and report["totals"]["waiting"] == 4
    assert report["status"] == "stopped" and report["message"].startswith(
        "Stopped in wave 1 (3): 3 of 3 cameras failed"
    )
    assert [(each["cause"], each["devices"]) for each in report["causes"]] == [
        ("its server does not support pipelines", 3)
    ]
    assert sum(site["devices"] for site in report["causes"][0]["sites"]) == 3
    assert report["how_to_go_on"].startswith("Correct what is listed below and run the same command again")
    assert {each["devices"] for each in report["sites"]} == {2, 3} and report["models"]["Counter@2"]
    assert len(str(summary(report))) < 2_000


def test_a_wave_that_soaks_says_until_when(runs: Hire, cloud: Served) -> None:
    run = runs(soak=[600])
    opened = run.step("open", devices=rows(cloud))
    run.step("wave", run=opened["run"], wave=1)
    wave: dict[str, Any] = run.report()["waves"][0]
    assert wave["status"] == "written" and wave["soak_ends_at"] > wave["written_at"] > wave["begun_at"]


def test_causes_leave_out_what_differs_from_camera_to_camera() -> None:
    one = "GET https://api.example.com/dev/system/8d6f6d5c-7f0e-4c3a-9d5c-2f3a1b0c9e8d/devices: HTTP 500 (4 tries)."
    other = "GET https://api.example.com/dev/system/11111111-7f0e-4c3a-9d5c-2f3a1b0c9e8d/devices: HTTP 500 (2 tries)."
    assert cause_of(one) == cause_of(other) == "GET the service HTTP 500."


def test_what_was_overwritten_is_named(runs: Hire, cloud: Served) -> None:
    runs().run()
    device(cloud, "Door").pipelines = []
    runs().run(action="rollback")
    (row,) = runs().report()["overwritten"]
    assert row["name"] == "Door" and row["lines"]
