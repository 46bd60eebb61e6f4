# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How long something is waited for, in pauses between looks at it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

Found = TypeVar("Found")
UNTIL_GONE = 60.0  # seconds for what was deleted to leave the listings


class Deadline:
    """``seconds`` from now on. These waits cost nothing of the retry budget: nothing has failed."""

    def __init__(self, seconds: float, clock: Callable[[], float], sleep: Callable[[float], None]) -> None:
        self._clock = clock
        self._sleep = sleep
        self._end = clock() + seconds

    @property
    def left(self) -> float:
        """Seconds; zero or less when the time is over."""
        return self._end - self._clock()

    def pause(self, seconds: float) -> None:
        """Sleep, but not beyond the end."""
        self._sleep(max(0.0, min(seconds, self.left)))


def look_until_gone(look: Callable[[], Found | None], deadline: Deadline) -> Found | None:
    """None as soon as ``look`` finds nothing, or what it still finds at the end: listings can be behind a delete."""
    pause, found = 1.0, look()
    while found is not None and deadline.left > 0:
        deadline.pause(pause)
        pause, found = min(2 * pause, 10.0), look()
    return found
