# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The memory that all answers of one task take together, however many threads read them."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import Any

from .._core.limits import MOST_MEMORY, Memory, TooLarge, as_text, lines_of, parsed
from .body import LARGE, MOST_OF_AN_ERROR, Reading
from .wire import in_turn

MOST_BYTES = 48 << 20  # of one page: 50,000 devices with a pipeline each have 24 MiB
MOST_KEPT = 512 << 20  # bytes of the last answers of all addresses: some 130,000 devices with a pipeline each
USUAL_DEVICE = 8 << 10  # bytes: one with one pipeline has some 4,000
_WITH_OTHERS = f"with what was read before it would take more than {MOST_MEMORY >> 20} MiB of memory"


def _data(text: str) -> Any:
    """Of a JSON text, or of one with an object on each line."""
    try:
        return parsed(text)
    except TooLarge:
        raise
    except ValueError:
        return lines_of(text)


class TooMuch(TooLarge):
    """With what was read before, it is past the limit of the task."""


@dataclass(frozen=True)
class Body:
    """``data`` of a whole body, and its first bytes. ``wrong`` says why there is no data, but where it is empty."""

    beginning: bytes
    data: Any = None
    wrong: ValueError | None = None


class AnswerMemory:
    """Reads bodies. Large ones come one after the other, and one text at a time becomes data.

    How long the data are kept, only the caller knows. So each address counts with its last answer: who looks again has
    forgotten what was there before. Devices of usual size are the estate itself, and have the larger limit.
    """

    def __init__(self) -> None:
        self._large: ThreadPoolExecutor | None = None
        self._opening = threading.Lock()
        self._decoding = threading.Lock()
        self._kept: dict[str, tuple[int, int]] = {}  # by address: all of it, and what is more than usual devices
        self._all = 0
        self._unusual = 0

    def close(self) -> None:
        """No thread is left: Ansible forks. Another answer can be read all the same."""
        with self._opening:
            large, self._large = self._large, None
        if large:
            large.shutdown()

    def _reader(self) -> ThreadPoolExecutor:
        """One thread for all large ones: malloc keeps some of what each thread has freed for that thread alone."""
        with self._opening:
            if self._large is None:
                self._large = ThreadPoolExecutor(max_workers=1, thread_name_prefix="answers")
            return self._large

    def read(self, address: str, raw: Any, blank: Callable[[bytes], bytes], devices: bool) -> Body:
        """The body of a good answer, within the time of this thread's exchange. ValueError where it cannot be read.

        ``blank`` takes secrets out. ``devices``: it lists those of the estate.
        """
        reading = Reading(raw)
        finish = partial(self._finish, address, reading, blank, devices)
        if len(reading.up_to(LARGE)) <= LARGE:
            return finish()
        return in_turn(self._reader(), finish)

    def _finish(self, address: str, reading: Reading, blank: Callable[[bytes], bytes], devices: bool) -> Body:
        most = min(MOST_BYTES, self._left() // 2)
        read = reading.up_to(most)
        if len(read) > most:
            read.clear()
            if most < MOST_BYTES:
                return Body(b"", wrong=TooMuch(_WITH_OTHERS))
            raise TooLarge(f"it has more than {most >> 20} MiB")
        content = bytes(read)
        read.clear()
        content = blank(content)
        beginning = content[: MOST_OF_AN_ERROR + 1]
        if not content or content.isspace():
            return Body(beginning)
        with self._decoding:
            memory = Memory.of(content)
            try:
                text = as_text(content, memory)
                if memory.needed > self._left():
                    raise TooMuch(_WITH_OTHERS)
                del content
                data = _data(text)
                if isinstance(data, str) and data.lstrip()[:1] in ("[", "{"):
                    memory, data = self._opened(data, memory)
                self._keep(address, memory.data, data if devices else None)
            except TooLarge as error:  # made anew: what was raised holds the frames, and so the text
                return Body(beginning, wrong=type(error)(str(error)))
            except ValueError:
                return Body(beginning, wrong=ValueError())
            return Body(beginning, data)

    def _opened(self, text: str, memory: Memory) -> tuple[Memory, Any]:
        """The data of a text that holds JSON as a text, within the same limits; the text itself where it holds none."""
        content = text.encode("utf-8", "surrogatepass")
        inner = Memory.of(content)
        if inner.needed + memory.needed > self._left():
            raise TooMuch(_WITH_OTHERS)
        try:
            return inner, parsed(as_text(content, inner))
        except TooLarge:
            raise
        except ValueError:
            return memory, text

    def _left(self) -> int:
        """Counted twice: many small answers may each have names that come once, which take more than is counted."""
        return max(0, MOST_MEMORY - 2 * self._unusual)

    def _keep(self, address: str, size: int, devices: Any) -> None:
        rows = len(devices) if isinstance(devices, list) and all(isinstance(row, dict) for row in devices) else 0
        before = self._kept.get(address, (0, 0))
        now = size, max(0, size - rows * USUAL_DEVICE)
        if self._all - before[0] + now[0] > MOST_KEPT:
            raise TooMuch(f"with all that was read before it would take more than {MOST_KEPT >> 20} MiB of memory")
        self._kept[address] = now
        self._all += now[0] - before[0]
        self._unusual += now[1] - before[1]
