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
    ``spelling``: by the kind of a thing and its id, how the service writes that. ``careful``: that a total is seen to
    count all rows once, which costs a request. ``wary``: that no total is believed before it was seen to be right.
    ``untold``: a listing was empty, and told no total. ``doubts_none``: then there may be rows behind it all the same.
    """

    def __init__(self, voice: Voice = SILENT) -> None:
        self.found: dict[str, Any] = {}
        self.longest_pages: dict[str, int] = {}
        self.proved: set[str] = set()
        self.spelling: dict[tuple[str, str], str | int] = {}
        self.careful = self.wary = False
        self.untold = self.doubts_none = False
        self.asking = threading.Lock()  # held while something is proved that the others need not ask for
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
