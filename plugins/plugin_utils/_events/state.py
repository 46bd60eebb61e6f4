# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is kept in a file, so that a restart neither misses nor makes up anything: the last look, and its events.

A look is written as a whole, with its events, before the first of them is handed on. So what a kill leaves behind is
the look before it, or all of it. An event stays in the file until a later look is written: one that was handed on just
before a kill comes again, with the same id.
"""

from __future__ import annotations

import fcntl
import json
import os
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from ...module_utils._core.errors import BadInput, NxaiError
from ...module_utils._core.files import check_trusted, check_trusted_file, make_folder, read_regular, replace_file
from ...module_utils._core.limits import read_json
from .snapshot import Snapshot

MARK = "nxai.cloud events"
FORMAT = 1
MOST_BYTES = 256 << 20
_ANEW = "Move it away to begin anew: what changed since it was written is then not told."


@dataclass
class Memory:
    """``origin`` and ``number`` make the ids of events. ``waiting``: events that may not have been handed on.

    ``handed_on``: until when, in seconds since the epoch, each of them is handed on again after a restart.
    """

    account: str
    origin: str = field(default_factory=lambda: secrets.token_hex(6))
    number: int = 0
    snapshot: Snapshot = field(default_factory=Snapshot)
    down_since: str | None = None
    waiting: list[dict[str, Any]] = field(default_factory=list)
    until: dict[str, float] = field(default_factory=dict)

    def add(self, events: Iterable[Mapping[str, Any]], now: str) -> list[dict[str, Any]]:
        """Give the events their ids and time, in this order, and keep them."""
        added = []
        for event in events:
            self.number += 1
            added.append({"event_id": f"{self.origin}-{self.number:06d}", "time": now, **event})
        self.waiting += added
        return added

    def hand_on(self, event_id: str, until: float) -> None:
        self.until[event_id] = until

    def forget(self, now: float) -> bool:
        """Those that were handed on long enough ago. Whether there were any."""
        kept = [each for each in self.waiting if self.until.get(each["event_id"], now + 1) > now]
        gone = len(kept) < len(self.waiting)
        self.waiting = kept
        self.until = {each["event_id"]: self.until[each["event_id"]] for each in kept if each["event_id"] in self.until}
        return gone

    def to_bytes(self) -> bytes:
        data = {
            "written_by": MARK,
            "format": FORMAT,
            "account": self.account,
            "origin": self.origin,
            "number": self.number,
            "down_since": self.down_since,
            "waiting": self.waiting,
            **self.snapshot.to_data(),
        }
        return json.dumps(data, separators=(",", ":")).encode()

    @classmethod
    def of(cls, content: bytes) -> Memory:
        """Raises ValueError for what is not from here."""
        data = read_json(content)
        if not isinstance(data, dict) or data.get("written_by") != MARK:
            raise ValueError("it is not from this event source")
        if data.get("format") != FORMAT:
            raise ValueError(f"it is of another version (format {data.get('format')!r})")
        try:
            waiting = [{**each, "event_id": str(each["event_id"])} for each in data["waiting"]]
            return cls(
                account=str(data["account"]),
                origin=str(data["origin"]),
                number=int(data["number"]),
                snapshot=Snapshot.from_data(data),
                down_since=data["down_since"],
                waiting=waiting,
            )
        except (KeyError, TypeError, ValueError, AttributeError, IndexError) as error:
            raise ValueError(f"it is not what an event source writes ({error!r})") from None


class StateFile:
    """The file, for its owner alone, and one process at a time: the lock beside it ends with the process."""

    def __init__(self, path: str, trusted_owner: str | None) -> None:
        self.path = os.path.abspath(os.path.expanduser(path))
        self._trusted_owner = trusted_owner
        self._tried = f"Use the state file {self.path}"
        self._lock = -1

    def open(self, account: str) -> Memory:
        """What it holds; a new memory where there is none. Raises BadInput."""
        folder = os.path.dirname(self.path)
        try:
            make_folder(folder)
            check_trusted(self._tried, folder, self._trusted_owner)
            self._take_lock()
            memory = self._read()
        except OSError as error:
            advice = "Let this user write there, or choose another state_file."
            raise BadInput(self._tried, str(error.strerror), advice) from None
        except ValueError as error:
            raise BadInput(self._tried, str(error), _ANEW) from None
        if memory and memory.account != account:
            raise BadInput(self._tried, "it is of another account", f"Choose another state_file. {_ANEW}")
        return memory or Memory(account)

    def write(self, memory: Memory) -> None:
        try:
            replace_file(self.path, memory.to_bytes())
        except OSError as error:
            advice = "No event is handed on that is not recorded. Make room, or let this user write there."
            raise NxaiError(f"Write the state file {self.path}", str(error.strerror), advice) from None

    def close(self) -> None:
        if self._lock >= 0:
            os.close(self._lock)
            self._lock = -1

    def _read(self) -> Memory | None:
        if not os.path.lexists(self.path):
            return None
        if os.path.islink(self.path):
            raise ValueError("it is a link")
        check_trusted_file(self._tried, self.path, self._trusted_owner)
        return Memory.of(read_regular(self.path, MOST_BYTES))

    def _take_lock(self) -> None:
        flags = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC
        handle = os.open(f"{self.path}.lock", flags, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(handle)
            advice = "Give each event source a state_file of its own, and let one rulebook run at a time."
            raise BadInput(self._tried, "another process is at work with it", advice) from None
        except OSError:
            os.close(handle)
            raise
        self._lock = handle
