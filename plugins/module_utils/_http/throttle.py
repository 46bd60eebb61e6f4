# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How all threads of a task wait: from one budget, and together where the service has asked for a pause."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager


class Throttle:
    """``budget``: seconds of waiting in all. ``sleep`` and ``clock`` (seconds since the epoch) are there for tests."""

    def __init__(self, budget: float, sleep: Callable[[float], None], clock: Callable[[], float]) -> None:
        self._budget = budget
        self._sleep = sleep
        self._clock = clock
        self._lock = threading.Lock()
        self._first = threading.Lock()  # held by the one request that tries whether the service is at ease again
        self._asked = 0  # how often it has asked for a pause since it last was
        self._until = 0.0  # when the pause is over

    def wait(self, seconds: float) -> bool:
        """Sleep, at the cost of the budget. False, without sleeping, if not so much is left."""
        with self._lock:
            if seconds > self._budget:
                return False
            self._budget -= seconds
        self._sleep(seconds)
        return True

    @contextmanager
    def turn(self) -> Iterator[int]:
        """Around each request. After the service has asked for a pause, one goes first and the others wait for it.

        Gives what ``at_ease`` takes.
        """
        with ExitStack() as stack:
            if self._asked:
                stack.enter_context(self._first)
                if self._asked:
                    self._sleep(max(0.0, self._until - self._clock()))
                else:  # the one before has found it at ease
                    stack.close()
            yield self._asked

    def pause(self, seconds: float) -> bool:
        """Let all requests wait for so long from now, at the cost of the budget once. False if not so much is left."""
        with self._lock:
            self._asked += 1
            now = self._clock()
            more = now + seconds - max(now, self._until)
            if more > self._budget:
                return False
            if more > 0:
                self._budget -= more
                self._until = now + seconds
            return True

    def at_ease(self, turn: int) -> None:
        """The service has answered a request of that ``turn`` as usual."""
        with self._lock:
            if turn == self._asked:  # not one that was under way when it asked
                self._asked = 0
