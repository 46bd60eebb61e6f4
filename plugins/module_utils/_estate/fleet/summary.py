# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The report of the fleet in a few lines, for the log of a job. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ..._core.page.words import cameras, sites
from .report import GONE, WARNED, WELL, WRONG, Report

WORDS = {
    WRONG: "with something wrong",
    GONE: "off-line or not known",
    WARNED: "with something to look at",
    WELL: "with nothing wrong",
}
_MOST = 15  # lines of a kind; the page has them all


def summary_of(report: Report) -> str:
    return "\n".join(_lines(report))


def _lines(report: Report) -> Iterator[str]:
    totals = report.totals()
    states = [f"{totals[state]:,} {words}" for state, words in WORDS.items() if totals[state]]
    yield f"{sites(totals['sites'])}: {', '.join(states)}" if states else "no sites"
    runs = {"running": "run something", "idle": "run nothing", "unknown": "not known"}
    numbers = [f"{totals[kind]:,} {words}" for kind, words in runs.items() if totals[kind]]
    yield f"{cameras(totals['cameras'])}: {', '.join(numbers)}" if numbers else "no cameras"
    yield from _part("What is wrong:", report.problem_lines())
    if report.before_at is None:
        yield from ("", f"{alone(report)} There is nothing to compare with.")
    else:
        yield from _part(f"Changed since {report.before_at}:", report.change_lines() or [nothing_told(report)])


def alone(report: Report) -> str:
    """Why there is no last report."""
    return f"What the last report knew cannot be used: {report.lost}." if report.lost else "This is the first report."


def nothing_told(report: Report) -> str:
    """What is said where no change is named, although something is not as it was."""
    return "nothing but details, or which sites were asked for" if report.changed else "nothing"


def _part(title: str, lines: Sequence[str]) -> Iterator[str]:
    if lines:
        yield from ("", title, *(f"  {each}" for each in lines[:_MOST]))
    if len(lines) > _MOST:
        yield f"  and {len(lines) - _MOST:,} more: see the page"
