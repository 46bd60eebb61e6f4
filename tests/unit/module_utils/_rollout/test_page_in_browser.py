# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The page of a rollout in a browser, on a phone and a desk, where Chromium is found."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from ansible_collections.nxai.cloud.plugins.module_utils._rollout.page.document import as_html
from ansible_collections.nxai.cloud.plugins.module_utils._rollout.report import as_report
from tools.chromium import POOR_CONTRAST, Chromium, found
from tools.example_rollouts import SAMPLES

Open = Callable[[str], Chromium]


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chromium]:
    program = found()
    if program is None:
        pytest.skip("there is no Chromium on the path")
    with Chromium(program, tmp_path_factory.mktemp("profile")) as made:
        yield made


@pytest.fixture
def opened(browser: Chromium, tmp_path: Path) -> Open:
    def made(name: str) -> Chromium:
        page = tmp_path / "rollout-report.html"
        page.write_text(as_html(as_report(SAMPLES[name](time.time()))))
        browser.open(page.as_uri())
        return browser

    browser.look(1280)
    return made


@pytest.mark.parametrize("name", SAMPLES)
def test_nothing_is_wider_than_the_screen_and_nothing_is_asked_for(opened: Open, name: str) -> None:
    page = opened(name)
    page.value("document.querySelectorAll('details').forEach(each => { each.open = true; })")
    for width in (390, 1280):
        page.look(width)
        assert page.value("document.documentElement.scrollWidth") == width
    assert [each.rpartition("/")[2] for each in page.requests()] == ["rollout-report.html"] and page.complaints() == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", ["stopped", "rolling_back", "killed", "first_release"])
def test_all_text_can_be_read(opened: Open, name: str, scheme: str) -> None:
    page = opened(name)
    page.look(390, scheme)
    page.value("document.querySelectorAll('details').forEach(each => { each.open = true; })")
    assert page.value(POOR_CONTRAST) == []


@pytest.mark.parametrize("name", ["stopped", "many"])
def test_it_stays_as_one_left_it(opened: Open, name: str) -> None:
    page = opened(name)
    page.value("document.querySelector('.t summary').click()")
    page.value("document.querySelector('[data-f=f]').click()")
    page.value("document.getElementById('search').value = 'shop'")
    page.value("document.getElementById('search').dispatchEvent(new Event('input'))")
    page.value("document.getElementById('still').click(); scrollTo(0, 300)")
    key = page.value("document.querySelector('.t details[open]').dataset.k")
    shown = page.value("document.getElementById('shown').textContent")
    page.reload()
    assert page.value("document.querySelector('.t details[open]').dataset.k") == key
    assert page.value("document.querySelector('[data-f=f]').getAttribute('aria-pressed')") == "true"
    assert page.value("document.getElementById('shown').textContent") == shown
    assert page.value("document.querySelectorAll('.t.w:not([hidden])').length") == 0
    assert page.value("document.getElementById('search').value") == "shop" and page.value("scrollY") == 300
    assert page.value("document.getElementById('still').textContent") == "Reload by itself again"


def test_a_cause_leads_to_its_sites(opened: Open) -> None:
    page = opened("many")
    page.value("document.querySelector('.group').open = false")
    page.value("document.querySelectorAll('.chips a')[3].click()")
    target = page.value("document.querySelectorAll('.chips a')[3].hash.slice(1)")
    assert page.value(f"document.querySelector('#{target} details').open && document.querySelector('.group').open")
    assert page.value("document.activeElement.closest('.t').id") == target


AGO = {"killed": "46 min", "running": "4 min", "soaking": "30 min", "stopped": "1 h 6 min"}


@pytest.mark.parametrize(("name", "late"), [(each, each == "killed") for each in AGO])
def test_silence_is_amber_only_where_a_run_should_be_at_work(opened: Open, name: str, late: bool) -> None:
    page = opened(name)
    assert page.value("[...document.querySelectorAll('.late-note')].some(each => each.checkVisibility())") is late
    assert page.value("document.title").startswith("⚠") is late
    assert page.value("document.querySelector('[data-ago]').textContent") == AGO[name]


def test_a_script_or_a_style_that_got_in_would_do_nothing(browser: Chromium, tmp_path: Path) -> None:
    text = as_html(as_report(SAMPLES["stopped"](time.time())))
    more = "<script>document.title = 'in'</script><style>body{display:none}</style><p style='width:1px' id=in>in</p>"
    page = tmp_path / "rollout-report.html"
    page.write_text(text.replace("</body>", f"{more}</body>"))
    browser.open(page.as_uri())
    assert browser.value("document.title").endswith("Stopped in wave 3 of 6")
    assert browser.value("getComputedStyle(document.body).display") == "block"
    assert browser.value("document.getElementById('in').clientWidth") > 100


def test_times_are_those_of_the_reader(opened: Open) -> None:
    page = opened("soaking")
    local = "new Date(document.querySelector('strong time').dateTime).toLocaleTimeString('en-GB', {timeStyle: 'short'})"
    assert page.value("document.querySelector('strong time').textContent").endswith(page.value(local))
    assert page.value("document.querySelector('strong time').title").endswith("UTC")
    assert page.value("document.querySelector('footer').innerText").find("(Europe/Berlin)") > 0
    assert page.value("document.querySelector('[data-left]').textContent") in ("29 min left", "30 min left")


def test_without_a_script_all_is_said(opened: Open, browser: Chromium) -> None:
    browser.look(390, script=False)
    page = opened("killed")
    try:
        browser.look(390, script=False)
        page.reload()
        text = page.value("document.body.innerText")
        assert "UTC" in text and "If this is still the last one after" in text and "All times are UTC." in text
        assert page.value("document.querySelector('.tools').checkVisibility()") is False
        assert page.value("document.documentElement.scrollWidth") == 390
    finally:
        browser.look(1280)
