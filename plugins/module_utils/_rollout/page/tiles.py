# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The sites of a rollout as tiles, worst first. Where there are many, those that are fine are folded. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from html import escape
from typing import Any

from ..._core.page.words import cameras, cut, folded, in_order, key_of, name, sites
from .words import KINDS, cause_of, counts, segments, status_words, words_of

Data = Mapping[str, Any]
_MANY = 60  # from here on tiles are small, and in groups
_MOST_TILES = 2_500
_MOST_TOLD = 500_000  # characters of names and reasons on all tiles; the JSON has them all
_MOST_CAUSES = 4  # on a tile
_MOST_CAMERAS = 20  # by a cause, on a tile
_MOST_REASON = 140
_GROUPS = {
    "failed": "with failures",
    "aside": "with cameras left out",
    "back": "with cameras rolled back",
    "waiting": "with cameras that had no turn so far",
    "done": "done",
    "unchanged": "unchanged",
}
_TOLD = ("failures", "queued", "skipped", "excluded", "overtaken", "let_go")  # what the report has by camera


class Tiles:
    def __init__(self, report: Data) -> None:
        self._sites: list[Data] = sorted(report["sites"], key=_badness)
        self._words = words_of(report)
        goes_on = report["phase"] in ("planned", "running", "soaking", "paused", "stopped", "interrupted")
        self._ahead = goes_on and len(report["waves"]) > 1
        self._room = _MOST_TOLD
        self._rows: dict[str, list[Data]] = {}
        for kind in _TOLD:
            for row in report[kind]:
                self._rows.setdefault(key_of(row["site"]), []).append(row)

    def as_html(self) -> str:
        shown, rest = self._sites[:_MOST_TILES], self._sites[_MOST_TILES:]
        many = len(self._sites) > _MANY
        grids = self._grouped(shown) if many else self._grid(shown)
        more = f"<p>And {sites(len(rest))} more, that are no worse: see the JSON report.</p>" if rest else ""
        order = ", worst first" if len(self._sites) > 1 else ""
        return (
            f'<section class="wide{" many" if many else ""}"><h2>{sites(len(self._sites))}{order}</h2>'
            f"{self._tools() if len(self._sites) > 1 else ''}{grids}{more}</section>"
        )

    def _tools(self) -> str:
        """Without script there is nothing to choose with, and all is shown."""
        every = f'<button type="button" data-f="" aria-pressed="true">All {len(self._sites):,}</button>'
        buttons = ""
        for kind, (letter, sign, _word) in KINDS.items():
            number = sum(each[kind] > 0 for each in self._sites)
            if number > 0 and any(each[kind] < each["devices"] for each in self._sites):
                label = f'<span aria-hidden="true">{sign}</span> {self._words[kind]} {number:,}'
                buttons += f'<button type="button" data-f="{letter}" aria-pressed="false">{label}</button>'
        find = (
            '<input id="search" type="search" placeholder="Find a site or camera" aria-label="Find a site or camera">'
        )
        said = '<span id="shown" role="status" class="soft"></span>'
        return f'<div class="tools js-only" role="group" aria-label="Sites to show">{every}{buttons}{find}{said}</div>'

    def _grouped(self, shown: Sequence[Data]) -> str:
        parts = []
        for kind, words in _GROUPS.items():
            members = [each for each in shown if _worst(each) == kind]
            if members:
                title = f'{sites(len(members))} {words} <span class="hits soft"></span>'
                fold = folded(title, self._grid(members), f"group-{kind}", opened=kind == "failed")
                parts.append(fold.replace("<details", '<details class="group"', 1))
        return "".join(parts)

    def _grid(self, members: Iterable[Data]) -> str:
        return f'<ul class="grid" role="list">{"".join(map(self._tile, members))}</ul>'

    def _tile(self, site: Data) -> str:
        key = key_of(site["site"])
        letters = "".join(words[0] for kind, words in KINDS.items() if site[kind])
        mixed = len(letters) > 1
        later = f"next in wave {site['next_wave']}" if site["next_wave"] and self._ahead else ""
        then = f"<span class=soft>{later}</span>" if later else ""
        head = (
            f"<strong>{name(cut(site['name'] or site['site'], 120))}</strong>"
            f'<span class="counts">{counts(site, self._words)}{then}</span>'
            f"{f'<span class=mini aria-hidden=true>{segments(site)}</span>' if mixed else ''}"
        )
        told = self._told(self._rows.get(key, ()))
        inner = f'<details data-k="{key}"><summary>{head}</summary>{told}</details>' if told else head
        return f'<li class="t {KINDS[_worst(site)][0]}" id="{key}" data-h="{letters}">{inner}</li>'

    def _told(self, rows: Iterable[Data]) -> str:
        """Cameras by what became of them."""
        found: dict[tuple[str, str], list[Data]] = {}
        for row in rows:
            found.setdefault((row["status"], cause_of(row["reason"])), []).append(row)
        parts, left = [], sum(map(len, found.values()))
        for (status, cause), members in sorted(found.items(), key=lambda each: -len(each[1]))[:_MOST_CAUSES]:
            why = f": {escape(cut(cause, _MOST_REASON))}" if cause else ""
            names = [row["name"] or row["device"] for row in members]
            listed = "".join(f"<li>{_label(row, names)}</li>" for row in members[:_MOST_CAMERAS])
            if len(members) > _MOST_CAMERAS:
                listed += f"<li>and {len(members) - _MOST_CAMERAS} more</li>"
            part = f"<p>{status_words(status)}{why}</p><ul>{listed}</ul>"
            if len(part) > self._room:
                break
            self._room -= len(part)
            left -= len(members)
            parts.append(part)
        return "".join(parts) + (
            f"<p>{cameras(left)}{' more' if parts else ''}: see the JSON report</p>" if left else ""
        )


def _label(row: Data, names: Sequence[str]) -> str:
    """Where cameras of one site have the same name, with its id."""
    called = row["name"] or row["device"]
    more = f" <code>{escape(cut(row['device'], 40))}</code>" if row["name"] and names.count(called) > 1 else ""
    return f"{name(cut(called, 120))}{more}"


def _worst(site: Data) -> str:
    return next((kind for kind in _GROUPS if site[kind]), "waiting")


def _badness(site: Data) -> tuple[int, int, list[tuple[int, str]], str]:
    worst = _worst(site)
    return [*_GROUPS].index(worst), -site[worst] if worst == "failed" else 0, in_order(site["name"]), site["site"]
