# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The report of a rollout as one page. It loads nothing, and whatever others have named is text. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import Any

from ..._core.page.document import document
from ..._core.page.words import key_of
from . import causes, parts
from .script import SCRIPT
from .style import STYLE
from .tiles import Tiles

_ENDED = ("finished", "rolled_back")


def as_html(report: Mapping[str, Any]) -> str:
    body = "".join([
        "<header>",
        parts.what(report),
        parts.standing(report),
        parts.all_cameras(report),
        "</header><main>",
        causes.failures(report),
        causes.taken_back(report),
        parts.waves(report),
        Tiles(report).as_html(),
        causes.left_out(report),
        "</main>",
        _footer(report),
    ])  # fmt: skip
    seconds = _reloads(report)
    sign, _letter = parts.sign_of(report)
    marks = f'data-key="{key_of(report["name"], report["started_at"])}"'
    marks += f' data-overdue="{escape(report["overdue_at"] or "")}" data-reload="{seconds or ""}"'
    # Where there is no script, the page is loaded anew by itself, and cannot be kept from it.
    reload = f'<noscript><meta http-equiv="refresh" content="{seconds}"></noscript>' if seconds else ""
    return document(
        title=f"{sign} {escape(report['name'])}: {escape(parts.headline(report))}",
        head=reload,
        style=STYLE,
        marks=marks,
        body=body,
        script=SCRIPT,
    )


def _reloads(report: Mapping[str, Any]) -> int:
    """Seconds; a rollout that has ended stays as it is, and one that waits for somebody may go on."""
    if report["phase"] in _ENDED:
        return 0
    return 20 if report["at_work"] else 60


def _footer(report: Mapping[str, Any]) -> str:
    seconds = _reloads(report)
    reloads = (
        f'<p>This page reloads itself every {seconds} seconds. <button type="button" id="still" class="js-only">'
        "Stop reloading</button></p>"
        if seconds
        else ""
    )
    return (
        f'<footer>{reloads}<p><span class="js-only">Times are those of this device<span class="zone"></span>.</span>'
        '<span class="nojs">All times are UTC.</span> All of it is in rollout-report.json, and what each camera had in '
        "journal.jsonl.</p></footer>"
    )
