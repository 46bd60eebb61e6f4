# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The report of the fleet as one page. It loads nothing, and whatever others have named is text. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from html import escape
from typing import Any

from ..._core.page.document import document
from ..._core.page.words import cameras, cut, folded, name, sites, when
from ..fleet.memory import MARK
from ..fleet.report import GONE, WARNED, WELL, WRONG, Report, kind_words, sentence_of, where_of
from ..fleet.setups import NOTHING
from ..fleet.summary import alone, nothing_told
from .colours import IDLE, MOST, OTHERS, UNKNOWN, Colours
from .data import Data, number_of, shown
from .script import SCRIPT
from .style import STYLE
from .tiles import SIGNS, Tiles

MARK_OF_PAGE = f'<meta name="generator" content="{MARK}">'
_MOST_PROBLEMS = 6  # that are shown at once
_MOST_CHANGES = 8
_MOST_FOLDED = 500
_LETTERS = {"error": ("✕", "f"), "warning": ("!", "a"), "note": ("·", "u")}


def as_html(report: Report) -> str:
    colours = Colours(report)
    data = Data(report, colours)
    body = "".join([
        '<div id="all"><header>',
        _standing(report),
        _cameras(report, colours),
        "</header><main>",
        _problems(report),
        _changes(report),
        '<section class="wide"><h2>Sites</h2>',
        _tools(report, data) if len(report.sites) > 1 else "",
        Tiles(report, colours).as_html(),
        "</section></main></div>",
        '<main id="site" hidden></main>',
        _footer(report),
        f'<script type="application/json" id="fleet">{data.as_json()}</script>',
    ])  # fmt: skip
    sign, _letter, words = _headline(report)
    return document(title=f"{sign} Fleet: {escape(words)}", head=MARK_OF_PAGE, style=STYLE, body=body, script=SCRIPT)


def _headline(report: Report) -> tuple[str, str, str]:
    totals = report.totals()
    for state, words in ((WRONG, "with something wrong"), (GONE, "off-line or not known"), (WARNED, "to look at")):
        if totals[state]:
            sign, letter = SIGNS[state]
            return sign, letter, f"{totals[state]:,} of {sites(totals['sites'])} {words}"
    if any(each["severity"] == "error" for each in report.problems):
        return "✕", "f", "Something is wrong"
    return "✓", "d", "Nothing is wrong"


def _standing(report: Report) -> str:
    sign, letter, words = _headline(report)
    totals = report.totals()
    kinds = {WRONG: "wrong", GONE: "off-line or not known", WARNED: "to look at", WELL: "well"}
    counts = "".join(_state(state, f"{totals[state]:,} {word}") for state, word in kinds.items() if totals[state])
    ago = f' <span class="js-only soft">(<span data-ago="{report.made_at}"></span> ago)</span>'
    return (
        f'<section class="card"><h1>Fleet of {sites(totals["sites"])}</h1>'
        f'<p class="state {letter}" data-sign="{sign}">{escape(words)}</p>'
        f'<p class="pick">{counts}</p><p class="soft">Read {when(report.made_at)}{ago}</p></section>'
    )


def _state(state: str, words: str) -> str:
    sign, letter = SIGNS[state]
    return f'<button type="button" data-state="{state}" class="{letter}">{sign} {words}</button>'


def _cameras(report: Report, colours: Colours) -> str:
    """All cameras in one bar, by what they run, with what the colours mean."""
    totals = report.totals()
    rows = [(each, colours.kind(each), colours.counts[each]) for each in colours.labels if colours.counts[each]]
    parts, others = rows[:MOST], rows[MOST:]
    if others:
        words = f"{len(others)} others"
        parts.append((words, OTHERS, sum(number for *_words, number in others)))
    parts += [(NOTHING, IDLE, colours.counts[NOTHING])] if colours.counts[NOTHING] else []
    parts += [("not known", UNKNOWN, totals["unknown"])] if totals["unknown"] else []
    stretches = "".join(f'<i class="{kind} g{number}"></i>' for _label, kind, number in parts)
    spoken = ", ".join(f"{shown(label, 100)}: {number:,}" for label, _kind, number in parts)
    places = {each: number for number, each in enumerate(colours.labels)}
    legend = "".join(_legend(label, kind, number, places.get(label)) for label, kind, number in parts)
    return (
        f'<section class="card"><h2>{cameras(totals["cameras"])}, by what they run</h2>'
        f'<div class="bar" role="img" aria-label="{escape(cut(spoken, 900))}">{stretches}</div>'
        f'<ul class="legend pick" role="list">{legend}</ul></section>'
    )


def _legend(label: str, kind: str, number: int, place: int | None) -> str:
    words = f'<span class="rel {kind}">{name(cut(label, 100))} <b>{number:,}</b></span>'
    if kind == OTHERS and place is None:
        return f"<li>{words}</li>"
    choice = place if place is not None else -1 if kind == IDLE else "unknown"
    return f'<li><button type="button" data-label="{choice}">{words}</button></li>'


def _problems(report: Report) -> str:
    numbered = [(number_of(each, report), each) for each in report.problems]
    told = [(number, each) for number, each in numbered if each["severity"] != "note"]
    notes = [(number, each) for number, each in numbered if each["severity"] == "note"]
    if not told and not notes:
        return ""
    first, more = told[:_MOST_PROBLEMS], told[_MOST_PROBLEMS:]
    fold = _fold(f"{len(more)} more problems", more, "problems") if more else ""
    fold += _fold(f"Good to know: {len(notes)}", notes, "notes") if notes else ""
    cards = "".join(_problem(*each) for each in first)
    title = f"<h2>{len(told)} problem{'' if len(told) == 1 else 's'}</h2>" if told else ""
    return f'<section class="wide">{title}<div class="causes">{cards}</div>{fold}</section>'


def _fold(title: str, rows: Iterable[tuple[int, Mapping[str, Any]]], key: str) -> str:
    return folded(title, f'<div class="causes">{"".join(_problem(*each) for each in rows)}</div>', key)


def _problem(number: int, problem: Mapping[str, Any]) -> str:
    sign, letter = _LETTERS[problem["severity"]]
    where = where_of(problem)
    title = f"{sign} {escape(shown(sentence_of(problem)))}"
    examples = "".join(f"<li>{name(cut(each, 160))}</li>" for each in problem["examples"])
    show = f'<button type="button" data-problem="{number}" class="js-only">Show these sites</button>'
    return (
        f'<details class="card cause {letter}"><summary><h3>{title}</h3></summary><div>'
        f"{f'<ul class=soft>{examples}</ul>' if examples else ''}"
        f"<p>{escape(shown(problem['advice'], 600))}</p>{show if where else ''}</div></details>"
    )


def _changes(report: Report) -> str:
    if report.before_at is None:
        words = f"{alone(report)} Since when each camera runs what it runs is known from the next change on."
        return f'<section class="wide"><p class="soft">{escape(shown(words, 600))}</p></section>'
    title = f"<h2>What changed since the last report, {when(report.before_at)}</h2>"
    if not report.changes:
        return f'<section class="wide">{title}<p class="soft">{nothing_told(report).capitalize()}.</p></section>'
    rows = [_change(number, str(each), bool(each.sites)) for number, each in enumerate(report.changes)]
    first, more = rows[:_MOST_CHANGES], rows[_MOST_CHANGES:_MOST_FOLDED]
    left = len(rows) - len(first) - len(more)
    more += [f"<li>and {left:,} more</li>"] if left else []
    fold = folded(f"{len(rows) - len(first):,} more", f"<ul>{''.join(more)}</ul>", "changes") if more else ""
    return f'<section class="wide card changes">{title}<ul>{"".join(first)}</ul>{fold}</section>'


def _change(number: int, text: str, at_sites: bool) -> str:
    show = f' <button type="button" class="link js-only" data-change="{number}">show</button>' if at_sites else ""
    return f"<li>{name(cut(text))}{show}</li>"


def _tools(report: Report, data: Data) -> str:
    """Without script there is nothing to choose with, and all is shown."""
    runs = _options((str(number), title) for number, (title, _setups) in enumerate(data.choices()))
    plugins = {shown(server.plugin, 60) for site in report.sites for server in site.servers if server.plugin}
    problems = {str(number_of(each, report)): kind_words(each["problem"]) for each in reversed(report.problems)}
    versions = {shown(each.version, 60) for each in report.sites if each.version}
    selects = [
        ("runs", "Runs", runs),
        ("problem", "Problem", _options((*reversed(problems.items()), ("changed", "changed since the last report")))),
        ("version", "Version of the site", _options((each, each) for each in sorted(versions))),
        ("plugin", "Plugin", _options((each, each) for each in sorted(plugins))),
    ]
    chosen = "".join(
        f'<label>{title} <select id="{key}"><option value="">any</option>{options}</select></label>'
        for key, title, options in selects
        if options
    )
    find = '<input id="search" type="search" placeholder="Find a site, camera, server or id" aria-label="Find">'
    said = '<span id="shown" role="status" class="soft"></span>'
    clear = '<button type="button" id="clear" hidden>Show all</button>'
    return f'<div class="tools js-only" role="search">{find}{chosen}{clear}{said}</div>'


def _options(rows: Iterable[tuple[str, str]]) -> str:
    return "".join(f'<option value="{escape(value)}">{escape(shown(text, 80))}</option>' for value, text in rows)


def _footer(report: Report) -> str:
    return (
        '<footer><p><span class="js-only">Times are those of this device<span class="zone"></span>. '
        "Press / to search, Escape to go back.</span>"
        '<span class="nojs">All times are UTC. With JavaScript, each site opens and can be searched for.</span> '
        "fleet.json beside this page is what the next report compares with.</p></footer>"
    )
