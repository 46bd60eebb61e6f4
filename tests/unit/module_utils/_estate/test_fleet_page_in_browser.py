# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The page of the fleet in a browser: search, filter, open and back, where Chromium is found."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from ansible_collections.nxai.cloud.plugins.module_utils._estate.page.document import as_html
from tools.chromium import POOR_CONTRAST, Chromium, found
from tools.example_fleets import SAMPLES, report_of, written

Open = Callable[[str], Chromium]
SHOWN = "document.querySelectorAll('.t:not([hidden])').length"
TITLES = "[...document.querySelectorAll('.t:not([hidden]) strong')].map(each => each.textContent)"
HOSTILE = "</script><img src=x onerror=\"document.title='in'\"><b>\u2028\u202e"


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
        page = tmp_path / "fleet.html"
        page.write_text(as_html(SAMPLES[name]()))
        browser.open("about:blank")
        browser.open(page.as_uri())
        return browser

    browser.look(1440)
    return made


def type_in(page: Chromium, words: str) -> None:
    page.value(
        f"(() => {{ const each = document.getElementById('search'); each.value = {words!r};"
        " each.dispatchEvent(new Event('input')); })()"
    )


def pick(page: Chromium, name: str, title: str) -> None:
    page.value(
        f"(() => {{ const each = document.getElementById({name!r});"
        f" each.value = [...each.options].find(one => one.textContent === {title!r}).value;"
        " each.dispatchEvent(new Event('change')); })()"
    )


def go(page: Chromium, script: str) -> None:
    """Do it, and wait until the page has followed its address."""
    page.value(
        "new Promise(done => { addEventListener('hashchange', () => setTimeout(() => done(1)), {once: true});"
        f" {script}; }})"
    )


def test_search_and_clear(opened: Open) -> None:
    page = opened("forty")
    assert page.value(SHOWN) == 40
    type_in(page, "hamburg")
    assert page.value(TITLES) == ["Hamburg 8", "Hamburg 16", "Hamburg 24", "Hamburg 32", "Hamburg 40"]
    assert page.value("document.getElementById('shown').textContent") == "5 of 40 sites"
    type_in(page, page.value("JSON.parse(document.getElementById('fleet').textContent).sites[7].c[3][1]"))
    assert page.value(SHOWN) == 1
    type_in(page, "no such thing")
    assert page.value(SHOWN) == 0
    page.value("document.getElementById('clear').click()")
    assert page.value(SHOWN) == 40 and page.value("document.getElementById('shown').textContent") == ""


def test_a_tile_is_no_list_item_that_is_counted_anew_with_each_one_that_is_hidden(opened: Open) -> None:
    """With 2,000 tiles a search took a second for that."""
    displays = "[...new Set([...document.querySelectorAll('.t')].map(each => getComputedStyle(each).display))]"
    assert opened("forty").value(displays) == ["block"]


@pytest.mark.parametrize(
    ("name", "title", "number"),
    [
        ("runs", "Person detector@6", 7),
        ("runs", "Person detector, any version", 38),
        ("runs", "not known", 4),
        ("version", "6.0.1", 20),
        ("plugin", "5.0.6", 9),
        ("problem", "site off-line", 2),
        ("problem", "changed since the last report", 9),
    ],
)
def test_filters(opened: Open, name: str, title: str, number: int) -> None:
    page = opened("forty")
    pick(page, name, title)
    assert page.value(SHOWN) == number
    page.value("document.body.dispatchEvent(new KeyboardEvent('keydown', {key: 'Escape', bubbles: true}))")
    assert page.complaints() == []


def test_buttons_show_what_they_are_about_and_undo_it(opened: Open) -> None:
    page = opened("forty")
    for button in ("[data-state=wrong]", "[data-problem='0']", "[data-change='0']", "[data-label='1']"):
        page.value(f'document.querySelector("{button}").click()')
        assert 0 < page.value(SHOWN) < 40, button
        assert page.value(f"document.querySelector(\"{button}\").getAttribute('aria-pressed')") == "true"
        page.value(f'document.querySelector("{button}").click()')
        assert page.value(SHOWN) == 40, button


def test_a_site_opens_and_the_way_back_leads_to_where_one_was(opened: Open) -> None:
    page = opened("forty")
    pick(page, "plugin", "5.0.6")
    page.value("scrollTo(0, 400)")
    name = page.value("document.querySelectorAll('.t:not([hidden]) strong')[4].textContent")
    go(page, "document.querySelectorAll('.t:not([hidden]) > a')[4].click()")
    assert page.value("document.querySelector('#site h1').textContent") == name
    assert page.value("document.activeElement.textContent") == name and page.value("scrollY") == 0
    assert page.value("document.querySelector('.tools').checkVisibility()") is False
    assert page.value("document.querySelectorAll('#site tbody tr').length") == 30
    said = page.value("document.getElementById('site').textContent")
    assert "Server A" in said and "NMS 0.42" in said and "26 Nov 2026" in said
    go(page, "history.back()")
    assert page.value("document.getElementById('site').checkVisibility()") is False
    assert page.value(SHOWN) == 9 and page.value("scrollY") == 400
    assert page.value("document.activeElement.querySelector('strong').textContent") == name
    go(page, "document.querySelectorAll('.t:not([hidden]) > a')[4].click()")
    go(page, "document.querySelector('#site .back').click()")
    assert page.value("scrollY") == 400
    go(page, "document.querySelectorAll('.t:not([hidden]) > a')[4].click()")
    go(page, "document.body.dispatchEvent(new KeyboardEvent('keydown', {key: 'Escape', bubbles: true}))")
    assert page.value(SHOWN) == 9 and page.complaints() == []


def test_its_address_opens_a_site_at_once(opened: Open) -> None:
    page = opened("forty")
    address = page.value("document.querySelectorAll('.t > a')[2].href")
    page.open("about:blank")
    page.open(address)
    assert page.value("document.querySelector('#site h1').textContent") == "Berlin 34"
    said = page.value("document.getElementById('site').textContent")
    assert "0 servers" not in said and "by the cloud" not in said
    assert "the site is off-line" in said and "When it was last seen it ran:" in said and "last seen" in said
    go(page, "document.querySelector('#site .back').click()")
    assert page.value("document.querySelector('.tools').checkVisibility()") and page.value(SHOWN) == 40


def test_cameras_that_one_looked_for_come_first(opened: Open) -> None:
    page = opened("forty")
    type_in(page, "till 3")
    go(page, "document.querySelectorAll('.t:not([hidden]) > a')[9].click()")
    assert page.value("document.querySelectorAll('#site tr.hit').length") == 1
    assert page.value("document.querySelector('#site tbody tr bdi').textContent") == "Till 3" or page.value(
        "document.querySelectorAll('#site table').length > 1"
    )


def test_a_large_site_shows_more_when_asked(opened: Open) -> None:
    page = opened("one_shop")
    go(page, "document.querySelector('.t > a').click()")
    assert page.value("document.querySelectorAll('#site tbody tr').length") == 300
    page.value("document.querySelector('#site section > div > button').click()")
    assert page.value("document.querySelectorAll('#site tbody tr').length") == 600


def test_tiles_that_are_not_seen_are_laid_out_when_there_is_time(opened: Open) -> None:
    page = opened("many")
    left = "document.querySelectorAll('.t:not(.laid)').length"
    page.value(f"new Promise(done => {{ const look = () => {left} ? setTimeout(look, 20) : done(1); look(); }})")
    heights = "[...new Set([...document.querySelectorAll('.t')].map(each => each.offsetHeight))].length"
    assert page.value(SHOWN) == 2_000 and page.value(heights) == 1


def test_the_keyboard_alone_is_enough(opened: Open) -> None:
    page = opened("forty")
    key = "Input.dispatchKeyEvent"
    page.ask(key, type="keyDown", key="/", text="/", code="Slash")
    page.ask(key, type="keyUp", key="/", code="Slash")
    assert page.value("document.activeElement.id") == "search"
    for letter in "berlin 10":
        page.ask(key, type="keyDown", key=letter, text=letter)
        page.ask(key, type="keyUp", key=letter)
    assert page.value(TITLES) == ["Berlin 10"]
    for _tab in range(6):
        page.ask(key, type="keyDown", key="Tab", code="Tab", windowsVirtualKeyCode=9)
        page.ask(key, type="keyUp", key="Tab", code="Tab", windowsVirtualKeyCode=9)
    assert page.value("document.activeElement.textContent").startswith("Berlin 10")
    page.value("addEventListener('hashchange', () => { window.went = true; }, {once: true})")
    page.ask(key, type="keyDown", key="Enter", code="Enter", text="\r", windowsVirtualKeyCode=13)
    page.value("new Promise(done => { const look = () => window.went ? done(1) : setTimeout(look, 5); look(); })")
    assert page.value("document.querySelector('#site h1').textContent") == "Berlin 10"


@pytest.mark.parametrize("name", ["three", "forty", "many"])
def test_nothing_is_wider_than_the_screen_and_nothing_is_asked_for(opened: Open, name: str) -> None:
    page = opened(name)
    for width in (390, 1440):
        page.look(width)
        assert page.value("document.documentElement.scrollWidth") == width
    go(page, "document.querySelector('.t > a').click()")
    for width in (1440, 390):
        page.look(width)
        assert page.value("document.documentElement.scrollWidth") == width
    assert [each.rpartition("/")[2] for each in page.requests()] == ["fleet.html"] and page.complaints() == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_all_text_can_be_read(opened: Open, scheme: str) -> None:
    page = opened("forty")
    page.look(390, scheme)
    page.value("document.querySelectorAll('details').forEach(each => { each.open = true; })")
    assert page.value(POOR_CONTRAST) == []
    type_in(page, "aisle")
    page.value("document.querySelector('[data-problem]').click()")
    assert page.value(POOR_CONTRAST) == []
    go(page, "document.querySelector('.t:not([hidden]) > a').click()")
    assert page.value(POOR_CONTRAST) == []


def test_on_paper_it_is_a_table(opened: Open) -> None:
    page = opened("forty")
    page.ask("Emulation.setEmulatedMedia", media="print")
    display = "getComputedStyle(document.querySelector({!r})).display"
    assert page.value(display.format(".tiles .grid")) == "table"
    assert page.value(display.format(".t")) == page.value(display.format(".head")) == "table-row"
    assert page.value(display.format(".t strong")) == page.value(display.format(".t .st")) == "table-cell"
    assert page.value(display.format(".tools")) == "none"
    assert page.value("document.querySelector('.cause:not([open]) p').checkVisibility()"), "what to do is there, too"


def test_without_script_all_sites_are_there(browser: Chromium, tmp_path: Path) -> None:
    page = tmp_path / "fleet.html"
    page.write_text(as_html(SAMPLES["forty"]()))
    browser.look(1440, script=False)
    browser.open(page.as_uri())
    browser.look(1440)
    assert browser.value("[...document.querySelectorAll('.t')].filter(each => each.checkVisibility()).length") == 40
    assert browser.value("document.querySelector('.tools').checkVisibility()") is False
    assert browser.value("getComputedStyle(document.querySelector('.pick button')).borderTopWidth") == "0px"


def test_what_others_name_does_nothing(browser: Chromium, tmp_path: Path) -> None:
    page = tmp_path / "fleet.html"
    report = report_of(6, 12, named=written(HOSTILE))
    report.sites[0].updated_at = HOSTILE  # no time at all
    page.write_text(as_html(report))
    browser.look(1440)
    browser.open("about:blank")
    browser.open(page.as_uri())
    go(browser, "document.querySelector('.t > a').click()")
    assert browser.value("document.querySelectorAll('img, #site b').length") == 0
    assert "</script><img" in browser.value("document.querySelector('#site h1').textContent")
    assert browser.value("document.title") != "in" and browser.complaints() == []
    assert len(browser.requests()) == 1
