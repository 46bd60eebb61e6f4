# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Simulated time: starts at the real time, can run faster, and can jump ahead."""

from __future__ import annotations

import time
from datetime import datetime, timezone

ZERO_TIME = "0001-01-01T00:00:00Z"  # how a Go back end writes "never"


class Clock:
    """Seconds since the epoch, of the simulated kind. Nothing waits for it: state is computed from it when asked."""

    def __init__(self, speed: float = 1.0) -> None:
        self._speed = speed
        self._real = time.monotonic()
        self._simulated = time.time()

    def now(self) -> float:
        return self._simulated + (time.monotonic() - self._real) * self._speed

    @property
    def speed(self) -> float:
        return self._speed

    @speed.setter
    def speed(self, speed: float) -> None:
        if not 0 <= speed <= 1e6:
            raise ValueError("speed must be from 0 (time stands still) to 1000000")
        self._simulated, self._real = self.now(), time.monotonic()
        self._speed = speed

    def advance(self, seconds: float) -> None:
        if not 0 <= seconds <= 1e9:
            raise ValueError("time only moves ahead: seconds must be from 0 to 1000000000")
        self._simulated += seconds


def rfc3339(moment: float) -> str:
    """A moment as the APIs write it; ``0`` is the zero time."""
    if not moment:
        return ZERO_TIME
    return datetime.fromtimestamp(moment, timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
