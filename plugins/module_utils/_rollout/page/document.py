# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The report of a rollout as one page. It loads nothing, and whatever others have named is text. Pure.

No attribute holds style or script, so that the policy of the page can name its one style and its one script by their
digests: nothing else would count, even if it got in.
"""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Mapping
from hashlib import sha256
from html import escape
from typing import Any

from . import causes, parts
from .script import SCRIPT
from .style import STYLE
from .tiles import Tiles
from .words import key_of

_ENDED = ("finished", "rolled_back")
_WIDTH = re.compile(r'class="(?:[a-z]+ )?g(\d+)"')


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
    widths = sorted({int(each) for each in _WIDTH.findall(body)})
    style = STYLE + "".join(f".g{each}{{flex-grow:{each}}}" for each in widths)
    seconds = _reloads(report)
    sign, _letter = parts.sign_of(report)
    marks = f'data-key="{key_of(report["name"], report["started_at"])}"'
    marks += f' data-overdue="{escape(report["overdue_at"] or "")}" data-reload="{seconds or ""}"'
    # Where there is no script, the page is loaded anew by itself, and cannot be kept from it.
    reload = f'<noscript><meta http-equiv="refresh" content="{seconds}"></noscript>' if seconds else ""
    policy = (
        f"default-src 'none'; style-src {_digest(style)}; script-src {_digest(SCRIPT)}; base-uri 'none'; "
        "form-action 'none'"
    )
    return (
        '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        '<meta name="referrer" content="no-referrer">'
        f"{reload}<title>{sign} {escape(report['name'])}: {escape(parts.headline(report))}</title>"
        f"<style>{style}</style></head><body {marks}>\n{body}\n<script>{SCRIPT}</script></body></html>\n"
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


def _digest(text: str) -> str:
    return f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'"
