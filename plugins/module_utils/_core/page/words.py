# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Words and pieces of text for pages. Whatever others have written becomes text here. Pure."""

from __future__ import annotations

import hashlib
import re
from html import escape

from ..wording import counted, printable

MOST_TEXT = 300  # characters of a reason that are shown at once
_NUMBER = re.compile(r"([0-9]+)")


def name(text: str) -> str:
    """What something is called: on one line, and whatever direction it is written in, the text around it stays."""
    return f"<bdi>{escape(printable(text))}</bdi>"


def cut(text: str, most: int = MOST_TEXT) -> str:
    return text if len(text) <= most else f"{text[: most - 1]}…"


def folded(title: str, inner: str, key: str, opened: bool = False) -> str:
    """``key``: by which the page knows it again when it is loaded anew."""
    state = " open" if opened else ""
    return f'<details data-k="{key}"{state}><summary>{title}</summary>{inner}</details>'


def key_of(*parts: object) -> str:
    """A short name for something that has the same one the next time."""
    return "s" + hashlib.sha256("\0".join(map(str, parts)).encode("utf-8", "replace")).hexdigest()[:10]


def when(time: str) -> str:
    """A time, in UTC until the script makes it local."""
    return f'<time datetime="{escape(time)}">{escape(f"{time[:10]} {time[11:16]}")} UTC</time>'


def cameras(number: int) -> str:
    return counted(number, "camera") if number < 1000 else f"{number:,} cameras"


def sites(number: int) -> str:
    return counted(number, "site") if number < 1000 else f"{number:,} sites"


def in_order(called: str) -> list[tuple[int, str]]:
    """Shop 9 comes before Shop 10."""
    pieces = (each.lstrip("0") if each.isdigit() else each for each in _NUMBER.split(called))
    return [(len(each) if number % 2 else 0, each) for number, each in enumerate(pieces)]
