# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The page of a rollout in each state: what it says, that its numbers are true, and that it loads nothing."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

import pytest

from ansible_collections.nxai.cloud.plugins.module_utils._rollout.page.document import as_html
from ansible_collections.nxai.cloud.plugins.module_utils._rollout.page.words import KINDS, cause_of
from ansible_collections.nxai.cloud.plugins.module_utils._rollout.report import as_report
from tools.example_rollouts import SAMPLES, Made, named
from tools.page_parser import Element, Page

NOW = 1_800_000_000.0
HOSTILE = [
    "<script>alert(1)</script>", "</script><svg onload=alert(2)>", '"><img src=x onerror=alert(2)>', "<!--", "-->",
    "</details></body></html>", "&lt;b&gt;", "{{ lookup('pipe', 'id') }}", "' onmouseover='x", "javascript:alert(3)",
    '" class="g99999', "]]>", "\\u003cb\\u003e", "${alert(4)}", "`", "a\u2028b", "\u202e reversed",
]  # fmt: skip
STATES = {
    "planned": "Planned: nothing is written yet",
    "running": "Writing wave 3 of 6",
    "soaking": "Soaking: wave 1 of 6",
    "paused": "Paused before wave 3 of 6",
    "stopped": "Stopped in wave 3 of 6",
    "rolling_back": "Taking back wave 3",
    "not_back": "Not everything is taken back",
    "rolled_back": "Rolled back",
    "finished": "Finished, but 1 camera failed",
    "interrupted": "Interrupted in wave 2 of 6",
    "first_release": "Finished: nothing was assigned",
    "one_shop": "Finished",
}
AT_WORK = ("planned", "running", "soaking", "rolling_back", "killed", "many", "all_failed")


@cache
def report_of(name: str) -> dict[str, Any]:
    return as_report(SAMPLES[name](NOW))


@cache
def page_of(name: str) -> Page:
    return Page(as_html(report_of(name)))


@pytest.mark.parametrize("name", STATES)
def test_a_state_in_words(name: str) -> None:
    page = page_of(name)
    assert page.one("h2", "state").text.replace("\xa0", " ") == STATES[name] and STATES[name] in page.one("title").text
    assert page.one("h1").text == "Rollout person-detector-7"
    assert page.all("p", "model")[0].text == "Person detector@7"


@pytest.mark.parametrize("name", SAMPLES)
def test_each_element_has_its_end_and_each_fold_and_place_its_own_name(name: str) -> None:
    page = page_of(name)
    assert page.wrong == []
    for attribute in ("data-k", "id"):
        names = [each.attributes[attribute] for each in page.elements if attribute in each.attributes]
        assert len(set(names)) == len(names)
    places = {each.attributes.get("id") for each in page.elements}
    assert {each.attributes["href"][1:] for each in page.all("a")} <= places
    assert [each.tag for each in page.elements if each.tag in ("h1", "h2", "h3")][:2] == ["h1", "h2"]
    assert page.one("html").attributes["lang"] == "en"


@pytest.mark.parametrize("name", SAMPLES)
def test_each_camera_is_counted_once(name: str) -> None:
    report = report_of(name)
    every = report["totals"]["devices"]
    page = page_of(name)
    whole = page.one("div", "bar")
    stretches = [each for each in page.elements if each.above is whole]
    assert sum(width(each.classes) for each in stretches) == every
    parts = [each for each in page.all("i") if each.above in stretches]
    for kind, (letter, _sign, _word) in KINDS.items():
        assert sum(width(each.classes) for each in parts if letter in each.classes) == report["totals"][kind]
    assert sum(report["totals"][kind] for kind in KINDS) == every == sum(each["devices"] for each in report["sites"])
    failed = [each["devices"] for each in report["causes"] if each["status"] != "rolled_back"]
    assert sum(failed) == report["totals"]["failed"]
    tiles = page.all("li", "t")
    assert len(tiles) == len(report["sites"])
    set_of_tiles = set(tiles)
    said = [each.text for each in page.all("span", "n") if under(each, set_of_tiles)]
    assert sum(int(each.split()[0].replace(",", "")) for each in said) == every


def width(classes: list[str]) -> int:
    return next(int(each[1:]) for each in classes if re.fullmatch(r"g\d+", each))


def under(element: Element | None, tops: set[Element]) -> bool:
    while element is not None and element not in tops:
        element = element.above
    return element is not None


@pytest.mark.parametrize("name", SAMPLES)
def test_it_loads_nothing_and_its_policy_names_its_style_and_script(name: str) -> None:
    page = page_of(name)
    assert not {each.tag for each in page.elements} & {"link", "img", "iframe", "object", "base", "form", "svg"}
    for each in page.elements:
        assert not {"src", "srcset", "style", "action", "background"} & set(each.attributes)
        assert not any(attribute.startswith("on") for attribute in each.attributes)
        assert each.attributes.get("href", "#").startswith("#")
    assert "url(" not in page.one("style").text and "@import" not in page.one("style").text
    policy = next(each for each in page.all("meta") if each.attributes.get("http-equiv") == "Content-Security-Policy")
    assert re.fullmatch(
        r"default-src 'none'; style-src 'sha256-[\w+/=]{44}'; script-src 'sha256-[\w+/=]{44}'; base-uri 'none'; "
        r"form-action 'none'",
        policy.attributes["content"],
    )
    script = page.one("script").text
    for word in (
        "fetch",
        "XMLHttp",
        "import",
        "innerHTML",
        "outerHTML",
        "eval",
        "Function",
        "insertAdjacent",
        "write(",
    ):
        assert word not in script


@pytest.mark.parametrize("text", HOSTILE)
def test_whatever_others_name_is_text(text: str) -> None:
    page = Page(as_html(as_report(named(NOW, text))))
    plain = Page(as_html(as_report(named(NOW, "shop"))))
    assert page.structure == plain.structure and page.wrong == []
    for tag in ("script", "style"):
        assert page.one(tag).text == plain.one(tag).text
    if text.isprintable():
        assert page.text.count(text) > 20


def test_whether_a_run_should_be_at_work() -> None:
    assert [name for name in SAMPLES if report_of(name)["at_work"]] == [each for each in SAMPLES if each in AT_WORK]
    for name in SAMPLES:
        report, page = report_of(name), page_of(name)
        assert bool(report["overdue_at"]) == report["at_work"] == bool(page.all("p", "late-note"))
        assert ("A run is at work" if report["at_work"] else "No run is at work") in page.one("p", "life").text
        assert page.one("body").attributes["data-overdue"] == (report["overdue_at"] or "")


def test_a_soak_is_no_silence() -> None:
    report = report_of("soaking")
    assert report["wave"] == 1 and report["overdue_at"] > report["waves"][0]["soak_ends_at"] > report["updated_at"]
    assert report["waves"][0]["soak_ends_at"] in [
        each.attributes["datetime"]
        for each in page_of("soaking").all("time")
        if each.above and each.above.tag == "strong"
    ]


def test_times_are_utc_until_a_script_makes_them_local() -> None:
    for each in page_of("running").all("time"):
        stamp = each.attributes["datetime"]
        assert each.text == f"{stamp[:10]} {stamp[11:16]} UTC"
    assert "All times are UTC." in page_of("running").one("footer").text


def test_it_reloads_while_something_may_still_happen() -> None:
    seconds = {name: page_of(name).one("body").attributes["data-reload"] for name in SAMPLES}
    assert seconds["running"] == seconds["rolling_back"] == "20" and seconds["stopped"] == seconds["paused"] == "60"
    assert seconds["finished"] == seconds["rolled_back"] == ""


def test_the_worst_sites_come_first_and_what_is_fine_is_folded() -> None:
    tiles = page_of("stopped").all("li", "t")
    letters = [each.classes[1] for each in tiles]
    assert letters == sorted(letters, key="fabwdu".index) and letters[0] == "f"
    groups = page_of("many").all("details", "group")
    assert ["open" in each.attributes for each in groups] == [True, False, False]
    assert [re.match(r"[\d,]+ sites? with [a-z ]+", each.text)[0].strip() for each in groups] == [  # type: ignore[index]
        "64 sites with failures", "200 sites with cameras left out", "1,736 sites with cameras that had no turn so far",
    ]  # fmt: skip


@pytest.mark.parametrize(("name", "most"), [("running", 60_000), ("many", 1_000_000), ("all_failed", 1_500_000)])
def test_it_does_not_grow_with_what_fails(name: str, most: int) -> None:
    assert len(as_html(report_of(name)).encode()) < most


def test_it_does_not_grow_with_waves() -> None:
    text = as_html(as_report(Made(NOW, 1, 2, 1000, waves=[["1", 1]] * 2000).done(1).begin(2).ledger))
    page = Page(text)
    assert len(text) < 200_000 and page.wrong == []
    assert "The other 1,999 waves" in page.text and "and 1,699 more: see the JSON report" in page.text
    assert [each.text for each in page.all("span") if each.above and each.above.above is page.one("div", "marks")] == [
        "3 to 2000"
    ]


def test_a_rollout_of_which_all_is_left_out() -> None:
    report = as_report(Made(NOW, 1, 2, 5, aside=[["queued", "its site is off-line", 10]]).stand("finished").ledger)
    page = Page(as_html(report))
    assert page.one("h2", "all").text == "0 of 10 cameras done" and page.wrong == []
    assert report["how_to_go_on"] == "Run the same command again when the queued cameras are back."


def test_causes_without_addresses_and_these_folded() -> None:
    report = report_of("stopped")
    (first, *_others) = report["causes"]
    assert first["cause"].startswith("PUT the service: HTTP 504 Gateway Timeout.") and "https://" in first["example"]
    page = page_of("stopped")
    assert not any("https://" in each.text for each in page.all("h3"))
    assert [each.above.tag for each in page.all("pre") if "https://" in each.text and each.above] == ["details"]


def test_causes_leave_out_what_differs_from_camera_to_camera() -> None:
    one = "GET https://api.example.com/dev/system/8d6f6d5c-7f0e-4c3a-9d5c-2f3a1b0c9e8d/devices: HTTP 500 (4 tries)."
    other = "GET https://api.example.com/dev/system/11111111-7f0e-4c3a-9d5c-2f3a1b0c9e8d/devices: HTTP 500 (2 tries)."
    assert cause_of(one) == cause_of(other) == "GET the service: HTTP 500."


def test_what_had_no_turn_when_all_is_taken_back_is_not_to_do() -> None:
    text = page_of("rolled_back").text
    assert "255 had no turn" in text and "to do" not in text and "next in wave" not in text
    assert "126 cameras rolled back, of 400 in all" in text


def test_cameras_of_one_name_at_one_site_are_told_apart() -> None:
    report = as_report(SAMPLES["stopped"](NOW))
    for row in report["failures"]:
        row["name"] = "Aisle 2"
    ids = {row["device"] for row in report["failures"] if row["site_name"] == "Shop 002"}
    tile = next(each for each in Page(as_html(report)).all("li", "t") if each.text.startswith("Shop 002"))
    assert len(ids) > 1 and all(each in tile.text for each in ids)
