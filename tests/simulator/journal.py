# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The request log: what was called, what came of it, how many bytes came in. Never a token, a password or a query."""

from __future__ import annotations

import re
from collections import Counter, deque
from dataclasses import asdict, dataclass
from typing import Any

KEPT = 200_000  # entries; older ones are forgotten, the counts are not
# In paths of the identity provider a token or a one-time code is a segment of its own.
_SECRETS = re.compile(r"(?<=/)(nxcdb-[^/]*|[\w-]{8,}\.[\w-]{8,}\.[\w-]*)|(?<=/oauth2/token/)[^/]+|(?<=/totp/key/)[^/]+")


@dataclass
class Entry:
    method: str
    path: str
    operation: str  # the name of the operation; empty for a path that is none
    status: int = 0  # 0 when no answer was sent
    bytes: int = 0  # of the body that came in
    fault: str = ""  # what it met, as "bomb gzip"


class Journal:
    def __init__(self) -> None:
        self.entries: deque[Entry] = deque(maxlen=KEPT)
        self.by_method: Counter[str] = Counter()
        self.by_operation: Counter[str] = Counter()

    def open(self, method: str, path: str, operation: str) -> Entry:
        entry = Entry(method, _SECRETS.sub("***", path), operation)
        self.entries.append(entry)
        self.by_method[method] += 1
        self.by_operation[operation or "unknown"] += 1
        return entry

    def clear(self) -> None:
        self.entries.clear()
        self.by_method.clear()
        self.by_operation.clear()

    def as_data(self) -> dict[str, Any]:
        return {
            "entries": [asdict(entry) for entry in self.entries],
            "methods": dict(self.by_method),
            "operations": dict(self.by_operation),
        }
