# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The page of the fleet: what it says, that its numbers are true, that it loads nothing, and that names are text."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from functools import cache
from typing import Any

import pytest

from ansible_collections.nxai.cloud.plugins.module_utils._core.errors import Refused
from ansible_collections.nxai.cloud.plugins.module_utils._estate.fleet.report import Report, as_report
from ansible_collections.nxai.cloud.plugins.module_utils._estate.page.document import as_html
from tools.example_fleets import MODELS, NOW, SAMPLES, Made, found_in, report_of, written
from tools.page_parser import Page

SMALL = ("three", "forty", "well", "one_shop")
HOSTILE = [
    "<script>alert(1)</script>", "</script><svg onload=alert(2)>", '"><img src=x onerror=alert(2)>', "<!--", "-->",
    "<!--<script>", "</main></body></html>", "&lt;b&gt;", "{{ lookup('pipe', 'id') }}",
    "' onmouseover='x", "javascript:alert(3)",
    '" class="g99999', "]]>", "\\u003cb\\u003e", "${alert(4)}", "`", "a\u2028b", "a\u2029b",
    "\u202e reversed", "\x1b[31m", "\0", "a\r\nb",
]  # fmt: skip


@cache
def report_in(name: str) -> Report:
    return SAMPLES[name]()


@cache
def page_of(name: str) -> Page:
    return Page(as_html(report_in(name)))


def data_of(page: Page) -> dict[str, Any]:
    [script] = [each for each in page.all("script") if each.attributes.get("id") == "fleet"]
    found: dict[str, Any] = json.loads(script.text)
    return found


@pytest.mark.parametrize("name", SMALL)
def test_each_element_has_its_end_and_each_place_its_own_name(name: str) -> None:
    page = page_of(name)
    assert page.wrong == []
    names = [each.attributes["id"] for each in page.elements if "id" in each.attributes]
    assert len(set(names)) == len(names)
    places = {f"#open-{each.attributes['id']}" for each in page.all("li", "t")}
    assert {each.attributes["href"] for each in page.all("a")} == places
    assert next(each.tag for each in page.elements if each.tag in ("h1", "h2")) == "h1"


@pytest.mark.parametrize("name", SMALL)
def test_it_loads_nothing_and_its_policy_names_its_style_and_script(name: str) -> None:
    page = page_of(name)
    assert not {each.tag for each in page.elements} & {"link", "img", "iframe", "object", "base", "form", "svg"}
    for each in page.elements:
        assert not {"src", "srcset", "style", "action", "background"} & set(each.attributes)
        assert not any(attribute.startswith("on") for attribute in each.attributes)
    style, script = page.one("style").text, page.all("script")[-1].text
    assert "url(" not in style and "@import" not in style
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
    policy = next(each for each in page.all("meta") if each.attributes.get("http-equiv") == "Content-Security-Policy")
    assert re.fullmatch(
        r"default-src 'none'; style-src 'sha256-[\w+/=]{44}'; script-src 'sha256-[\w+/=]{44}'; base-uri 'none'; "
        r"form-action 'none'",
        policy.attributes["content"],
    )


@pytest.mark.parametrize("text", HOSTILE)
def test_whatever_others_name_is_text(text: str) -> None:
    page = Page(as_html(report_of(5, 12, named=written(text))))
    plain = Page(as_html(report_of(5, 12, named=written("x"))))
    assert page.structure == plain.structure and page.wrong == []
    assert page.all("script")[-1].text == plain.all("script")[-1].text
    assert page.one("style").text == plain.one("style").text
    source = as_html(report_of(5, 12, named=written(text)))
    assert not re.search("[\0\x1b\r\u2028\u2029\u202e]", source)
    if text.isprintable():
        assert page.text.count(text) > 20


@pytest.mark.parametrize("name", SMALL)
def test_each_site_and_each_camera_is_there_once(name: str) -> None:
    report, page = report_in(name), page_of(name)
    totals = report.totals()
    assert len(page.all("li", "t")) == totals["sites"] == len(data_of(page)["sites"])
    assert sum(len(each["c"]) for each in data_of(page)["sites"]) == totals["cameras"]
    whole = page.one("div", "bar")
    widths = [int(each.classes[1][1:]) for each in page.all("i") if each.above is whole]
    assert sum(widths) == totals["cameras"]
    said = [int(each.text.rpartition(" ")[2].replace(",", "")) for each in page.all("span", "rel") if in_legend(each)]
    assert sum(said) == totals["cameras"]
    minis = [each for each in page.all("i") if each.above and "mini" in each.above.classes]
    assert sum(int(each.classes[1][1:]) for each in minis) == totals["cameras"]
    for state in ("wrong", "gone", "warned", "well"):
        assert len(page.all("li", state)) == totals[state]


def in_legend(element: Any) -> bool:
    while element is not None and "legend" not in element.classes:
        element = element.above
    return element is not None


def test_the_worst_come_first_and_each_says_why_in_words() -> None:
    page = page_of("forty")
    tiles = page.all("li", "t")
    states = [each.classes[1] for each in tiles]
    assert states == sorted(states, key=["wrong", "gone", "warned", "well"].index)
    words = {
        each.classes[1]: said.text for each in tiles for said in page.all("span", "st") if said.above is each_a(said)
    }
    assert len(words) == 3
    said = [each.text for each in page.all("span", "st")]
    assert (
        said[0].startswith("✕ not known what a camera runs")
        and "○ off-line" in said
        and any(each.startswith("! ") for each in said)
    )


def each_a(said: Any) -> Any:
    return said.above


def test_what_it_is_in_words() -> None:
    assert page_of("forty").one("p", "state").text == "2 of 40 sites with something wrong"
    assert page_of("well").one("p", "state").text == "Nothing is wrong"
    assert page_of("well").one("title").text == "✓ Fleet: Nothing is wrong"
    text = page_of("forty").text
    assert "159 cameras at 8 sites: Person detector@6 → Person detector@7" in text
    assert "76 cameras at 38 sites: " in text
    assert "This is the first report" in page_of("three").text and "What changed since" not in page_of("three").text


def test_more_releases_than_colours_share_one() -> None:
    report = report_of(3, 8, well=True, first=True)
    setups = report.setups
    [camera, *_others] = report.sites[0].cameras
    wires = setups.all[camera.then.setup or 0]
    for number, each in enumerate(report.sites[0].cameras + report.sites[1].cameras):
        model = f"00000000-0000-4000-8000-{number:012}"
        pipeline = type(wires[0])({**wires[0].wire, "modelUUID": model})
        each.then = type(each.then)(each.then.name, setup=setups.add((pipeline,)), since=report.made_at, known=True)
    page = Page(as_html(report))
    labels = [each.text for each in page.all("span", "r8") if in_legend(each)]
    assert len(labels) == 1 and labels[0].startswith("11 others ") and page.wrong == []


def test_each_problem_shows_the_sites_of_its_kind() -> None:
    """One kind may be several problems: answers that differ, such as HTTP 500 and 503."""
    made = Made(20, 4)
    seen = made.fleet()
    errors = [Refused("GET", f"HTTP {status}", "Wait.", status) for status in (500, 503)]
    unread = [("devices", site, error) for site, error in zip(made.sites, errors, strict=False)]
    found = found_in(replace(seen, errors={"devices": errors}, unread=unread))
    report = as_report(seen, found, None, ["*"], NOW)
    page = Page(as_html(report))
    of_findings = {each[0] for each in data_of(page)["findings"]}
    buttons = {int(each.attributes["data-problem"]) for each in page.all("button") if "data-problem" in each.attributes}
    assert buttons <= of_findings and len(buttons) > 1
    choices = [each.text for each in page.all("option") if "could not be read" in each.text]
    assert choices == ["something could not be read"]


def test_a_model_that_is_called_nothing_is_not_nothing() -> None:
    named = {MODELS[0]: "nothing"}
    page = Page(as_html(report_of(1, 1, named=lambda called: named.get(called, called))))
    assert all(each[0] >= 0 for each in data_of(page)["setups"]) and "model nothing" in page.text


def test_the_same_fleet_is_the_same_page() -> None:
    assert as_html(report_of(12, 9)) == as_html(report_of(12, 9))
