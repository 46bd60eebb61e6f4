# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The reports of a rollout: what they say, and that nothing a camera is called becomes markup."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import Any

import pytest

from ansible_collections.nxai.cloud.plugins.module_utils._rollout.report import as_html, as_report, summary
from ansible_collections.nxai.cloud.plugins.module_utils._rollout.state import Rollout, Rules

HOSTILE = [
    "<script>alert(1)</script>", '"><img src=x onerror=alert(2)>', "</details></body></html>", "&lt;b&gt;",
    "{{ lookup('pipe', 'id') }}", "' onmouseover='x", "\u202e reversed \x00\x1b[31m",
]  # fmt: skip
TAGS = {"html", "head", "meta", "title", "style", "body", "header", "div", "h1", "h2", "span", "small", "p", "strong"}
TAGS |= {"i", "b", "ul", "li", "details", "summary", "time", "code"}


class Page(HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: set[str] = set()
        self.text = ""
        self.open: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes |= {name for name, _value in attrs}
        if tag != "meta":
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


def rows(names: list[str], unavailable: str = "") -> list[dict[str, Any]]:
    return [
        {"site": name, "site_name": name, "device": f"{{{n}}}", "name": name, "unavailable": unavailable}
        for n, name in enumerate(names)
    ]


def failed(names: list[str], **rules: str) -> Rollout:
    """A rollout in which every device of the first of two waves failed, and one was left out."""
    waves = [{"name": name, "devices": rows(names)} for name in (names[0], "100%")]
    waves[1]["devices"] = [{**row, "device": "{later}"} for row in rows(["Till"])]
    away = [{**row, "device": "{away}"} for row in rows(names[:1], "its site is off-line")]
    rollout = Rollout.new(names[0], {"state": "present"}, waves, away, Rules(unavailable="skip", **rules), 0)
    devices = rollout.wave(1)["devices"]
    rollout.begin(1, [{**row, "status": "planned", "reason": ""} for row in devices], [])
    rollout.written(1, [{**row, "status": "pending", "reason": f"because {row['name']}"} for row in devices], [])
    rollout.judge(1, final=False)
    return rollout


def test_whatever_a_camera_is_called_is_text() -> None:
    page = Page(as_html(as_report(failed(HOSTILE).state)))
    assert set(page.tags) == TAGS
    assert page.attributes == {"lang", "charset", "name", "content", "http-equiv", "class", "style", "open"}
    assert page.open == []
    for name in HOSTILE:
        assert name.replace("\x00", "\ufffd") in page.text.replace("\x00", "\ufffd")


def test_the_page_loads_nothing() -> None:
    text = as_html(as_report(failed(["Till"]).state))
    assert not any(word in text for word in ("http:", "https:", "src=", "url(", "@import", "<script", "<link"))
    assert "default-src 'none'" in text and 'content="width=device-width' in text


def test_what_failed_and_why_and_how_to_go_on() -> None:
    report = as_report(failed(["Till", "Entrance"]).state)
    assert report["totals"] == {"devices": 4, "done": 0, "failed": 2, "aside": 1, "back": 0, "waiting": 1}
    assert [(each["name"], each["reason"]) for each in report["failures"]] == [
        ("Till", "because Till"),
        ("Entrance", "because Entrance"),
    ]
    assert report["message"] == "Stopped in wave 1 (Till): 2 of 2 devices failed (0 allowed): because Till."
    assert report["how_to_go_on"].startswith("Correct what is listed below and run the same command again")
    assert [each["reason"] for each in report["skipped"]] == ["its site is off-line"]
    assert [site["name"] for site in report["sites"]] == ["Entrance", "Till"]
    page = Page(as_html(report)).text
    assert "because Entrance" in page and "-e pipeline_rollout_action=rollback" in page and "2 failed" in page


def test_a_device_that_failed_is_still_named_when_it_was_taken_back() -> None:
    rollout = failed(["Till"], on_breach="rollback_wave")
    rollout.restored([{**row, "status": "applied", "reason": ""} for row in rollout.wave(1)["devices"]])
    report = as_report(rollout.state)
    assert [(each["status"], each["reason"]) for each in report["failures"]] == [("rolled_back", "because Till")]
    assert report["totals"]["back"] == 1 and report["totals"]["failed"] == 0


@pytest.mark.parametrize(("status", "reloads"), [("running", True), ("rolling_back", True), ("stopped", False)])
def test_the_page_reloads_while_there_is_something_to_see(status: str, reloads: bool) -> None:
    state = failed(["Till"]).state | {"status": status}
    assert ('http-equiv="refresh"' in as_html(as_report(state))) == reloads


def test_ten_thousand_devices_fit_on_a_phone() -> None:
    state = failed([f"Camera {number}" for number in range(10_000)]).state
    for row in state["waves"][0]["devices"]:
        row["reason"] = "gone"
    report = as_report(state)
    assert len(as_html(report)) < 200_000
    assert len(report["failures"]) == 10_000
    assert len(str(summary(report))) < 2_000
