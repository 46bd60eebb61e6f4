# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a service turned out to want, other than what is known of it: lines for its contract."""

from __future__ import annotations

import json
import threading
from collections.abc import Mapping
from typing import Any

from .voice import SILENT, Voice


class Findings:
    """Of one task. Threads share it.

    ``found``: what was found out by trying, as keys of the contract and their values. ``longest_pages``: of each
    listing whose total is not told, the rows of the longest page so far. ``proved``: keys that were seen to be right.
    ``spelling``: by the kind of a thing and its id, how the service writes that. ``wary``: that no total is believed
    before it was seen to be right. ``whole``: of first pages behind which nothing came, their rows.
    """

    def __init__(self, voice: Voice = SILENT) -> None:
        self.found: dict[str, Any] = {}
        self.longest_pages: dict[str, int] = {}
        self.proved: set[str] = set()
        self.spelling: dict[tuple[str, str], str | int] = {}
        self.wary = False
        self.whole: set[int] = set()
        self._first_pages: dict[
            int, list[str]
        ] = {}  # by their rows, the requests of those that their total calls whole
        self._voice = voice
        self._lock = threading.Lock()

    def note(self, what: str, lines: Mapping[str, Any]) -> None:
        """Keep these lines. The user is warned of ``what`` once, with them."""
        with self._lock:
            if all(key in self.found and self.found[key] == value for key, value in lines.items()):
                return
            self.found.update(lines)
        written = ", ".join(f"{key}: {json.dumps(value)}" for key, value in lines.items())
        self._voice.warn(f"{what}. That was found by trying. Put it into your contract, and it is known: {written}")

    def doubts_total(self, rows: int, tried: str) -> bool:
        """Whether a first page of so many rows may be a part, though a total says that it is the whole.

        What a service gives at most, it gives in more than one listing, and never more. So pages of one length are in
        doubt, where none was longer: the second of them, or each if ``wary``. ``tried``: the request that it came for.
        """
        with self._lock:
            if rows < max(self._first_pages, default=2):
                return False
            asked = self._first_pages.setdefault(rows, [])
            if tried not in asked:
                asked.append(tried)
            return self.wary or (asked.index(tried) == 1 and rows not in self.whole)
