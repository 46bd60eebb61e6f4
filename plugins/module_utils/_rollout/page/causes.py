# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What failed in a rollout, by cause, and what was left out. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

from ..._core.page.words import cameras, cut, folded, key_of, name, sites
from .words import status_words

Data = Mapping[str, Any]
_MOST_CAUSES = 6  # that are shown at once
_MOST_FOLDED_CAUSES = 30
_MOST_ROWS = 200  # of a list that is folded; the JSON has them all
_ASIDE = {
    "queued": "Queued for a later run",
    "skipped": "Skipped",
    "excluded": "Outside the hosts or the limit of the last run",
    "overtaken": "Overtaken by a newer rollout",
    "let_go": "Let go",
}


def failures(report: Data) -> str:
    """By cause, the most frequent first: at night one wants to see one cause, not a hundred cameras."""
    found = [each for each in report["causes"] if each["status"] != "rolled_back"]
    if not found:
        return ""
    number = sum(each["devices"] for each in found)
    title = f"What failed: {cameras(number)}, {len(found):,} cause{'' if len(found) == 1 else 's'}"
    return _causes(title, found, "f", "causes")


def taken_back(report: Data) -> str:
    found = [each for each in report["causes"] if each["status"] == "rolled_back"]
    return _causes("Taken back, and what there is to know", found, "b", "causes-back") if found else ""


def _causes(title: str, found: Sequence[Data], letter: str, key: str) -> str:
    shown, more, rest = found[:_MOST_CAUSES], found[_MOST_CAUSES:_MOST_FOLDED_CAUSES], found[_MOST_FOLDED_CAUSES:]
    fold = ""
    if more:
        number = sum(each["devices"] for each in (*more, *rest))
        last = f"<p>And {len(rest):,} causes more: see the sites.</p>" if rest else ""
        words = f"{len(more) + len(rest):,} more causes, of {cameras(number)}"
        fold = folded(words, f'<div class="causes">{"".join(_cause(each, letter) for each in more)}</div>{last}', key)
    cards = "".join(_cause(each, letter) for each in shown)
    return f'<section class="wide"><h2>{title}</h2><div class="causes">{cards}</div>{fold}</section>'


def _cause(cause: Data, letter: str) -> str:
    places, key = cause["sites"], key_of(cause["status"], cause["cause"])
    words = escape(cut(cause["cause"], 200)) or status_words(cause["status"])
    in_full = ""
    if cause["example"] != cut(cause["cause"], 200):
        in_full = folded("As it was said of one", f"<pre>{escape(cut(cause['example'], 4_000))}</pre>", f"{key}x")
    more = folded(f"{len(places) - 6} more sites", _chips(places[6:_MOST_ROWS]), key)
    return (
        f'<div class="card cause {letter}"><h3>{words}</h3>'
        f'<p><strong class="n {letter}">{cameras(cause["devices"])}</strong> at {sites(len(places))} '
        f'<span class="soft">· {status_words(cause["status"])}</span></p>'
        f"{_chips(places[:6])}"
        f"{more if len(places) > 6 else ''}{in_full}</div>"
    )


def _chips(places: Sequence[Data]) -> str:
    chips = []
    for each in places:
        called = name(cut(each["name"] or each["site"], 80))
        chips.append(f'<li><a href="#{key_of(each["site"])}">{called}</a> {each["devices"]:,}</li>')
    return f'<ul class="chips">{"".join(chips)}</ul>'


def left_out(report: Data) -> str:
    parts = [_left_out(title, report[status], status) for status, title in _ASIDE.items() if report[status]]
    if report["overwritten"]:
        title = "Written over what somebody else had given them (kept in the journal)"
        parts.append(_left_out(title, report["overwritten"], "overwritten"))
    if not parts:
        return ""
    title = "Left out, and other things to know"
    return f'<section class="wide aside"><h2>{title}</h2><div class="causes">{"".join(parts)}</div></section>'


def _left_out(title: str, rows: Sequence[Data], key: str) -> str:
    reasons = Counter(each["reason"] if key != "overwritten" else "" for each in rows)
    why = "".join(
        f"<li>{escape(cut(reason))} <span class=soft>· {cameras(number)}</span></li>"
        for reason, number in reasons.most_common(5)
        if reason
    )
    why += f"<li class=soft>and {len(reasons) - 5} more reasons</li>" if len(reasons) > 5 else ""
    names = "".join(f"<li>{_row(each)}</li>" for each in rows[:_MOST_ROWS])
    names += f"<li>and {len(rows) - _MOST_ROWS:,} more: see the JSON report</li>" if len(rows) > _MOST_ROWS else ""
    places = len({each["site"] for each in rows})
    return (
        f'<div class="card cause a"><h3>{title}</h3><p>{cameras(len(rows))} at {sites(places)}</p>'
        f"{f'<ul>{why}</ul>' if why else ''}{folded('Which', f'<ul>{names}</ul>', key)}</div>"
    )


def _row(row: Data) -> str:
    lines = row.get("lines") or []
    where = f" · line {', '.join(map(str, lines))} of the journal" if lines else ""
    camera, site = cut(row["name"] or row["device"], 120), cut(row["site_name"] or row["site"], 80)
    return f'{name(camera)} <span class="soft">at {name(site)}{where}</span>'
