# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How an upload goes: a line in the system's log every few seconds, and the figures at its end."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

_SECONDS = 10.0
_MIB = 1 << 20


class UploadProgress:
    """Called with the bytes of the body that were sent so far, and the bytes in all."""

    def __init__(self, header: str, log: Callable[[str], None], clock: Callable[[], float] = time.monotonic) -> None:
        self._header = header
        self._log = log
        self._clock = clock
        self._started = self._told = clock()
        self._bytes = 0

    def __call__(self, sent: int, total: int) -> None:
        self._bytes = sent
        now = self._clock()
        if now - self._told >= _SECONDS or sent == total:
            self._told = now
            self._log(f"{self._header}: {sent / _MIB:.0f} of {total / _MIB:.0f} MiB sent, {now - self._started:.0f} s")

    def as_result(self) -> dict[str, Any]:
        """Bytes of the body, and seconds from its first byte to the answer, with all that was sent again."""
        seconds = max(self._clock() - self._started, 0.001)
        rate = round(self._bytes / _MIB / seconds, 1)
        return {"bytes": self._bytes, "seconds": round(seconds, 3), "mib_per_second": rate}
