# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Words, signs and pieces of text for the page of a rollout. Whatever others have written becomes text here. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from html import escape
from typing import Any

from ..._core.page.words import cut, folded

# What a camera counts as, in the order of the bars: a letter, a sign and a word, since colours alone do not tell all.
KINDS = {
    "done": ("d", "✓", "done"),
    "unchanged": ("u", "=", "unchanged"),
    "failed": ("f", "✕", "failed"),
    "aside": ("a", "◇", "left out"),
    "back": ("b", "↩", "rolled back"),
    "waiting": ("w", "○", "to do"),
}
STATUSES = {
    "refused": "refused, nothing was sent",
    "not_sent": "not sent",
    "pending": "sent, and not seen there",
    "conflict": "sent, and something else is there",
    "gate": "found at the gates",
    "not_applicable": "cannot take pipelines now",
    "not_restored": "not taken back",
    "no_way_back": "cannot be taken back",
    "rolled_back": "rolled back",
    "let_go": "let go",
}
_MOST_FOLDED = 4_000
_URL = re.compile(r"\bhttps?://\S+?(?=[:.,;)]*(?:\s|$))")
_ID = re.compile(r"\{?\b[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}\b\}?")
_TRIES = re.compile(r"\s*\(\d+ tries\)")


def cause_of(reason: str) -> str:
    """A reason without what differs from camera to camera: addresses, ids and the number of tries."""
    found = _URL.sub("the service", reason)
    return _TRIES.sub("", _ID.sub("…", found)).strip()


def status_words(status: str) -> str:
    return escape(STATUSES.get(status, status.replace("_", " ")))


def said(text: str, key: str, title: str = "In full") -> str:
    """What the service or a task said: without addresses, which are in a fold with all else that is too long."""
    short = cut(cause_of(text))
    shown = f"<p>{escape(short)}</p>" if short else ""
    return shown + (folded(title, f"<pre>{escape(cut(text, _MOST_FOLDED))}</pre>", key) if short != text else "")


def words_of(report: Mapping[str, Any]) -> dict[str, str]:
    """The word for each kind. What had no turn when all was taken back is not to do any more."""
    over = report["status"] == "rolled_back" or (report["status"] == "rolling_back" and report["wave"] is None)
    found = {kind: word for kind, (_letter, _sign, word) in KINDS.items()}
    return {**found, "waiting": "had no turn"} if over else found


def counts(totals: Mapping[str, Any], words: Mapping[str, str]) -> str:
    """What is there of each kind, those that are looked for first."""
    order = ("failed", "aside", "back", "waiting", "done", "unchanged")
    return "".join(
        f'<span class="n {KINDS[kind][0]}">{totals[kind]:,} {words[kind]}</span>' for kind in order if totals[kind]
    )


def spoken(totals: Mapping[str, Any], words: Mapping[str, str]) -> str:
    """The same as plain text."""
    return ", ".join(f"{totals[kind]:,} {word}" for kind, word in words.items() if totals[kind])


def segments(totals: Mapping[str, Any]) -> str:
    """The parts of a bar. ``gN``: as wide as N cameras."""
    return "".join(f'<i class="{words[0]} g{totals[kind]}"></i>' for kind, words in KINDS.items() if totals[kind])
