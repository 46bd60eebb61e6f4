# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The report of a rollout as one page for a phone at night. Pure."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

from .._core.wording import counted
from .report import KINDS

_MOST = 200  # rows of a list on the page; the JSON has them all
_STYLE = """
:root{color-scheme:light dark;--text:#1a1d21;--soft:#5b6570;--ground:#f3f5f7;--card:#fff;--line:#dde2e7;
--done:#1b7f4b;--unchanged:#8b96a1;--failed:#c62f2f;--aside:#a56a00;--back:#5b5bd6;--waiting:#c3cad1}
@media(prefers-color-scheme:dark){:root{--text:#e8ebee;--soft:#9aa5b1;--ground:#121518;--card:#1c2126;--line:#30373e;
--done:#43b97f;--unchanged:#76818c;--failed:#f0706f;--aside:#e0a33c;--back:#9a9af5;--waiting:#48515a}}
*{box-sizing:border-box}
body{margin:0 auto;max-width:46rem;padding:1rem .9rem 3rem;background:var(--ground);color:var(--text);
font:16px/1.45 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif;overflow-wrap:anywhere}
h1{font-size:1.3rem;margin:.1rem 0}h2{font-size:1.05rem;margin:1.6rem 0 .5rem}
p{margin:.4rem 0}small,.soft{color:var(--soft);font-size:.86rem}
.card{background:var(--card);border:1px solid var(--line);border-radius:.7rem;padding:.75rem .9rem;margin:.55rem 0}
.card.bad{border-left:.35rem solid var(--failed)}
.head{display:flex;gap:.6rem;align-items:baseline;justify-content:space-between}
.pill{font-size:.8rem;font-weight:600;padding:.12rem .6rem;border-radius:1rem;border:1px solid currentColor;
white-space:nowrap}
.bar{display:flex;height:.7rem;border-radius:.35rem;overflow:hidden;background:var(--waiting);margin:.55rem 0 .4rem}
.bar i{display:block;min-width:3px}
.counts{display:flex;flex-wrap:wrap;gap:.15rem .9rem;font-size:.86rem}
.counts b::before{content:"";display:inline-block;width:.6rem;height:.6rem;border-radius:50%;margin-right:.35rem;
background:currentColor}
.counts b{font-weight:600}
.done{color:var(--done)}.unchanged{color:var(--unchanged)}i.unchanged{background:var(--unchanged)}.failed{color:var(--failed)}.aside{color:var(--aside)}.back{color:var(--back)}
.waiting{color:var(--soft)}i.done{background:var(--done)}i.failed{background:var(--failed)}
i.aside{background:var(--aside)}i.back{background:var(--back)}i.waiting{background:var(--waiting)}
.next{border-width:2px}ul{margin:.3rem 0;padding-left:1.1rem}li{margin:.2rem 0}
time,code{white-space:nowrap}code{font-size:.92em;background:var(--ground);border-radius:.3rem;padding:.1rem .3rem}
details>summary{cursor:pointer;padding:.3rem 0}
"""
_WORDS = {
    "done": "done",
    "unchanged": "unchanged",
    "failed": "failed",
    "aside": "left out",
    "back": "rolled back",
    "waiting": "to do",
}
_COLOURS = {
    "running": "done", "finished": "done", "done": "done", "paused": "aside", "rolling_back": "back",
    "rolled_back": "back", "stopped": "failed", "failed": "failed", "interrupted": "failed",
}  # fmt: skip


def as_html(report: Mapping[str, Any]) -> str:
    """The page. It loads nothing, and whatever devices and sites are called is text."""
    working = report["status"] in ("running", "rolling_back")
    refresh = '<meta http-equiv="refresh" content="20">' if working else ""
    parts = [
        '<!DOCTYPE html><html lang="en"><head><meta charset="utf-8">',
        '<meta name="viewport" content="width=device-width,initial-scale=1">',
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none';style-src 'unsafe-inline'\">",
        f"{refresh}<title>{escape(report['name'])}: {_words(report['status'])}</title>",
        f"<style>{_STYLE}</style></head><body>",
        _header(report),
        _failures(report["failures"]),
        "<h2>Waves</h2>",
        *(_wave_card(wave, len(report["waves"])) for wave in report["waves"]),
        _sites_part(report["sites"]),
        _left_out("Queued for the next run", report["queued"]),
        _left_out("Skipped", report["skipped"]),
        _left_out("Outside the hosts or the limit of the last run", report["excluded"]),
        _left_out("Overtaken by a newer rollout", report["overtaken"]),
        _left_out("Let go", report["let_go"]),
        _left_out("Written over what somebody else had given them", report["overwritten"]),
        "</body></html>\n",
    ]
    return "\n".join(part for part in parts if part)


def _header(report: Mapping[str, Any]) -> str:
    refreshed = " · this page reloads itself" if report["status"] in ("running", "rolling_back") else ""
    message = f"<p>{escape(report['message'])}</p>" if report["message"] else ""
    totals = report["totals"]
    done = f"{totals['done']} of {counted(totals['devices'], 'device')} done"
    done += f", {totals['unchanged']} unchanged" if totals["unchanged"] else ""
    return (
        f'<header><div class="head"><h1>{escape(report["name"])}</h1>{_pill(report["status"])}</div>'
        f"<small>Started {_said(report['started_at'])}, last change {_said(report['updated_at'])}{refreshed}</small>"
        f'<div class="card"><strong>{done}</strong>{_bar(totals)}</div>'
        f'<div class="card next">{message}<p><strong>{_with_code(report["how_to_go_on"])}</strong></p></div></header>'
    )


def _failures(rows: Sequence[Mapping[str, Any]]) -> str:
    """By reason, the most frequent first: at night one wants to see one cause, not a hundred devices."""
    if not rows:
        return ""
    reasons = Counter((row["status"], row["reason"]) for row in rows)
    cards = []
    for (status, reason), number in reasons.most_common(20):
        members = [row for row in rows if (row["status"], row["reason"]) == (status, reason)]
        names = _device_list(members)
        opened = " open" if number <= 5 else ""
        cards.append(
            f'<div class="card bad"><p><strong>{escape(reason or _words(status))}</strong></p>'
            f"<details{opened}><summary>{counted(number, 'device')} · {_words(status)}</summary>{names}</details></div>"
        )
    more = f"<p>And {len(reasons) - 20} other reasons: see the JSON report.</p>" if len(reasons) > 20 else ""
    return f"<h2>What failed, and why</h2>{''.join(cards)}{more}"


def _wave_card(wave: Mapping[str, Any], number: int) -> str:
    last = ("done_at", "done") if wave["done_at"] else ("written_at", "written")
    times = " · ".join(f"{word} {_said(wave[name])}" for name, word in (("begun_at", "begun"), last) if wave[name])
    reason = f"<p>{escape(wave['reason'])}</p>" if wave["reason"] else ""
    bad = " bad" if wave["status"] == "failed" else ""
    title = escape(f"Wave {wave['number']} of {number} · {wave['name']}")
    return (
        f'<div class="card{bad}"><div class="head"><strong>{title}</strong>'
        f"{_pill(wave['status'])}</div>{_bar(wave['totals'])}{reason}"
        f"<small>{counted(wave['sites'], 'site')}{' · ' + times if times else ''}</small></div>"
    )


def _sites_part(sites: Sequence[Mapping[str, Any]]) -> str:
    cards = [
        f'<div class="card"><div class="head"><strong>{escape(site["name"] or site["site"])}</strong>'
        f'<span class="soft">{counted(site["devices"], "device")}</span></div>{_bar(site)}</div>'
        for site in sites[:_MOST]
    ]
    more = f"<p>And {len(sites) - _MOST} more: see the JSON report.</p>" if len(sites) > _MOST else ""
    opened = " open" if len(sites) <= 10 else ""
    title = f"<h2>Sites</h2><details{opened}><summary>{counted(len(sites), 'site')}</summary>"
    return f"{title}{''.join(cards)}{more}</details>"


def _left_out(title: str, rows: Sequence[Mapping[str, Any]]) -> str:
    if not rows:
        return ""
    summary_line = f"<summary>{counted(len(rows), 'device')}</summary>"
    return (
        f'<h2>{title}</h2><div class="card"><details>{summary_line}{_device_list(rows, reasons=True)}</details></div>'
    )


def _device_list(rows: Sequence[Mapping[str, Any]], reasons: bool = False) -> str:
    lines = []
    for row in rows[:_MOST]:
        wave = f" · wave {row['wave']}" if "wave" in row else ""
        reason = f": {escape(row['reason'])}" if reasons else ""
        place = escape(f"{row['site_name'] or row['site']}{wave}")
        lines.append(f'<li>{escape(row["name"] or row["device"])} <span class="soft">{place}</span>{reason}</li>')
    more = f"<li>and {len(rows) - _MOST} more: see the JSON report</li>" if len(rows) > _MOST else ""
    return f"<ul>{''.join(lines)}{more}</ul>"


def _bar(totals: Mapping[str, int]) -> str:
    parts = [kind for kind in KINDS if totals[kind]]
    bars = "".join(f'<i class="{kind}" style="flex:{totals[kind]}"></i>' for kind in parts)
    counts = "".join(f'<b class="{kind}">{totals[kind]} {_WORDS[kind]}</b>' for kind in parts)
    return f'<div class="bar">{bars}</div><div class="counts">{counts}</div>'


def _pill(status: str) -> str:
    return f'<span class="pill {_COLOURS.get(status, "waiting")}">{_words(status)}</span>'


def _with_code(text: str) -> str:
    """Options of a command stay on one line, to be copied."""
    return re.sub(r"-e \w+=\w+", r"<code>\g<0></code>", escape(text))


def _words(status: str) -> str:
    return escape(status.replace("_", " "))


def _said(time: str) -> str:
    return f"<time>{escape(f'{time[:10]} {time[11:16]}')} UTC</time>"
