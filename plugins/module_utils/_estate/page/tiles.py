# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The tiles, one for each site, the worst first. On paper they are the rows of a table. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape

from ..._core.page.words import cameras, cut, key_of, name, sites
from ..._core.wording import counted
from ..fleet.report import GONE, STATES, WARNED, WELL, WRONG, Report, SiteNow, kind_words
from ..fleet.summary import WORDS
from .colours import Colours

SIGNS = {WRONG: ("✕", "f"), GONE: ("○", "w"), WARNED: ("!", "a"), WELL: ("✓", "d")}
_MOST_RUNS = 2  # on a tile; the site has them all
_MANY = 60  # from here on tiles are small
_HEAD = '<li class="head" aria-hidden="true"><span>Site</span><span>State</span><span>Runs</span><span>Size</span></li>'


class Tiles:
    def __init__(self, report: Report, colours: Colours) -> None:
        self._report = report
        self._colours = colours
        self._changed = {site for each in report.changes for site in each.sites}

    def as_html(self) -> str:
        many = " many" if len(self._report.sites) > _MANY else ""
        groups = [
            self._group(state, members)
            for state in STATES
            if (members := [each for each in self._report.sites if each.state == state])
        ]
        return f'<div id="tiles" class="tiles{many}">{"".join(groups)}</div>'

    def _group(self, state: str, members: Sequence[SiteNow]) -> str:
        sign, letter = SIGNS[state]
        title = f'<span class="{letter}" aria-hidden="true">{sign}</span> {sites(len(members))} {WORDS[state]}'
        return (
            f'<section class="group"><h3>{title} <span class="hits soft"></span></h3>'
            f'<ul class="grid" role="list">{_HEAD}{"".join(map(self._tile, members))}</ul></section>'
        )

    def _tile(self, site: SiteNow) -> str:
        runs = self._colours.at(site)
        stretches = "".join(f'<i class="{kind} g{number}"></i>' for _label, kind, number in runs)
        key, servers = key_of(site.id), f", {counted(len(site.servers), 'server')}" if site.servers else ""
        more = f", {len(runs)} kinds" if len(runs) > _MOST_RUNS else ""
        changed = ' <span class="new">△<span> changed</span></span>' if site.id in self._changed else ""
        return (
            f'<li class="t {site.state}" id="{key}"><a href="#open-{key}">'
            f"<strong>{name(cut(site.name or site.id, 120))}</strong>{self._standing(site)}"
            f'<span class="runs">{_runs(runs)}</span>'
            f'<small>{cameras(len(site.cameras))}{more}<span class="print">{servers}</span>{changed}</small>'
            f'<span class="mini" aria-hidden="true">{stretches}</span></a></li>'
        )

    def _standing(self, site: SiteNow) -> str:
        sign, letter = SIGNS[site.state]
        return f'<span class="st {letter}">{sign} {escape(self._why(site))}</span>'

    def _why(self, site: SiteNow) -> str:
        """In short: the worst thing, and how many more there are."""
        if site.state == GONE:
            return "off-line" if site.online is False else "not known"
        if site.state == WELL:
            return "nothing wrong"
        severity = "error" if site.state == WRONG else "warning"
        findings = [self._report.findings[each] for each in site.findings]
        told = {each["problem"]: each["severity"] for each in findings if each["severity"] != "note"}
        first = next(each["problem"] for each in findings if each["severity"] == severity)
        return kind_words(first) + (f" +{len(told) - 1}" if len(told) > 1 else "")


def _runs(runs: Iterable[tuple[str, str, int]]) -> str:
    rows = [*runs]
    return "".join(
        f'<span class="rel {kind}">{name(cut(label, 60))}{f"&nbsp;<b>{number:,}</b>" if len(rows) > 1 else ""}</span>'
        for label, kind, number in rows[:_MOST_RUNS]
    )
