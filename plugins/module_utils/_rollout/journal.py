# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The journal of a rollout on disk: lines of JSON that are only ever appended. What they mean is not known here.

The last member of each line is a checksum over the line and the checksum before it. So a line that is missing, changed
or moved is noticed, and whether one journal goes on from another is one comparison. A line is on the disk before
``keep`` returns. Several threads may write: who comes while others wait for the disk is written with them.
"""

from __future__ import annotations

import errno
import fcntl
import json
import os
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from threading import Lock
from typing import Any

from .._core.errors import BadInput, NotRecorded
from .._core.files import (
    check_trusted,
    check_trusted_file,
    make_folder,
    other_kind,
    read_regular,
    sync_folder,
)
from .._core.limits import TooLarge, parsed

NAME = "journal.jsonl"
LOCK = "journal.lock"
LONGEST_WAIT = 30.0  # seconds: a run that was killed may have a task that is still at work
_PAUSE = 0.1
_NO_LOCKS = (errno.ENOLCK, errno.EOPNOTSUPP, errno.ENOSYS, errno.EINVAL)
_SUM = ',"sum":"'
_WIDTH = 20  # bytes of a number in the lock file: the process that holds it, and how long the journal was
_TAIL = len(_SUM) + 16 + len('"}')


@dataclass
class Content:
    """What a journal holds: the data of its lines, and for each the checksum. ``torn``: a part of a line at its end."""

    rows: list[dict[str, Any]] = field(default_factory=list)
    sums: list[str] = field(default_factory=list)
    size: int = 0  # bytes of whole lines
    torn: bool = False

    @property
    def last_sum(self) -> str:
        return self.sums[-1] if self.sums else ""

    def continues(self, other: Content) -> bool:
        """Whether it is the other one, with or without further lines."""
        number = len(other.sums)
        return len(self.sums) >= number and self.sums[:number] == other.sums


def sealed(row: Mapping[str, Any], before: str) -> tuple[str, str]:
    """A line for the file, and its checksum. ``before``: that of the line before it."""
    try:
        body = json.dumps(row, separators=(",", ":"), allow_nan=False)
    except (TypeError, ValueError, RecursionError) as error:
        raise NotRecorded("Write a line of the journal", f"it cannot be written as JSON: {error}") from None
    number = sha256(f"{before}{body}".encode()).hexdigest()[:16]
    return f'{body[:-1]}{_SUM}{number}"}}\n', number


def content_of(data: bytes, tried: str, advice: str) -> Content:
    """Raises BadInput, which says which line is wrong. Only the end may be: it was never on the disk as a whole."""
    found = Content()
    *lines, rest = data.split(b"\n")
    found.torn = bool(rest)
    for number, line in enumerate(lines, 1):
        row, answer = _row(line, found.last_sum)
        if row is None:
            raise BadInput(tried, f"line {number} of {len(lines)} {answer}", advice)
        if not row:
            if number < len(lines) or rest or b"\0" not in line:  # a block that never came to the disk is zeros
                raise BadInput(tried, f"line {number} of {len(lines)} {answer}", advice)
            found.torn = True
            break
        found.sums.append(row.pop("sum"))
        found.rows.append(row)
        found.size += len(line) + 1
    return found


def _row(line: bytes, before: str) -> tuple[dict[str, Any] | None, str]:
    """The data of a line; empty where it is not whole, None where it is whole and wrong."""
    text = line.decode("ascii", "replace")
    body, tail = text[:-_TAIL] + "}", text[-_TAIL:]
    if not text.startswith("{") or not tail.startswith(_SUM) or not tail.endswith('"}'):
        return {}, "is not whole"
    try:
        row = parsed(text)
    except TooLarge as error:
        return None, f"cannot be read: {error}"
    except ValueError:
        return {}, "is not JSON"
    if row.get("sum") != sha256(f"{before}{body}".encode()).hexdigest()[:16]:
        return None, "is not what was written: its checksum, or that of the line before it, is wrong"
    return row, ""


class Journal:
    """The file in its folder. Only the owner can read it: it names cameras, and what they ran."""

    def __init__(self, folder: Path, trusted_owner: str | None = None) -> None:
        self.folder = folder
        self.path = folder / NAME
        self._trusted_owner = trusted_owner
        self._handle = -1
        self._size = 0  # bytes on the disk
        self._sum = ""  # of the last line that waits or is on the disk
        self._waiting: list[str] = []
        self._given = self._kept = 0  # lines that were given, and those on the disk
        self._order, self._disk = Lock(), Lock()
        self._failure: NotRecorded | None = None

    @property
    def size(self) -> int:
        """Bytes of whole lines on the disk, since it was begun."""
        return self._size

    def read(self) -> Content:
        """What is on the disk; nothing where there is no such file."""
        check_trusted(f"Use {self.folder}", str(self.folder), self._trusted_owner)
        tried = f"Read {self.path}"
        if not os.path.lexists(self.path):
            return Content()
        check_trusted_file(tried, str(self.path), self._trusted_owner)
        try:
            data = read_regular(str(self.path))
        except OSError as error:
            raise BadInput(tried, str(error), "Restore the file, or choose another pipeline_rollout_path.") from None
        advice = "Restore the file from a copy. Without it nobody knows what the cameras had; nothing is done."
        found = content_of(data, tried, advice)
        if found.size < self._length():
            advice += f" Where there is no copy, remove {LOCK} to go on with what there is."
            raise BadInput(tried, f"its end is missing: it has {len(found.rows)} lines, and had more", advice)
        return found

    def _length(self) -> int:
        """How long the journal was at least. A step that was killed, or failed, has not kept it."""
        try:
            return int(read_regular(str(self.folder / LOCK))[_WIDTH:] or b"0")
        except (OSError, ValueError):
            return 0

    @contextmanager
    def locked(self) -> Iterator[None]:
        """No other process appends meanwhile. Raises BadInput where it is at work, or files cannot be locked here."""
        check_trusted(f"Use {self.folder}", str(self.folder), self._trusted_owner)
        new = not self.folder.exists()
        handle = self._lock()
        try:
            yield
            if self._handle >= 0:
                with suppress(OSError):
                    os.pwrite(handle, b"%*d" % (_WIDTH, self._size), _WIDTH)
        finally:
            self.close()
            if new and not self.path.exists():  # nothing came of it
                with suppress(OSError):
                    os.unlink(self.folder / LOCK)
                    os.rmdir(self.folder)
            os.close(handle)

    def _lock(self) -> int:
        tried = f"Lock {self.folder / LOCK}"
        while True:
            try:
                make_folder(str(self.folder))
                self._check_lock(tried)
                handle = os.open(self.folder / LOCK, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
            except OSError as error:
                raise BadInput(tried, str(error.strerror), "Choose another pipeline_rollout_path.") from None
            kept = False
            try:
                self._wait_for(handle, tried)
                kept = self._is_still(handle)
            finally:
                if not kept:
                    os.close(handle)
            if kept:
                return handle

    def _is_still(self, handle: int) -> bool:
        """Who had the lock before may have removed the file."""
        with suppress(FileNotFoundError):
            return os.path.samestat(os.fstat(handle), os.lstat(self.folder / LOCK))
        return False

    def begin(self, content: Content, further: bytes = b"") -> None:
        """Go on after what was read, under the lock. ``further``: lines of another machine that come next.

        ``content`` is of all lines, but its size that of those at hand: these stay as they are, also at a kill.
        """
        self._size, self._sum = content.size, content.last_sum
        flags = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC
        try:
            self._handle = os.open(self.path, flags, 0o600)
            if content.torn:
                os.ftruncate(self._handle, self._size)
            if further:
                self._write(further)
            sync_folder(str(self.folder))
        except OSError as error:
            raise self._failed(error) from None

    def give(self, rows: Iterable[Mapping[str, Any]]) -> int:
        """The next lines, in this order. Gives what ``keep`` is to be asked for. Raises NotRecorded."""
        with self._order:
            if self._failure:
                raise self._failure
            made, last = [], self._sum
            for row in rows:
                line, last = sealed(row, last)
                made.append(line)
            self._waiting += made
            self._sum = last
            self._given += len(made)
            return self._given

    def keep(self, given: int) -> None:
        """Return when the lines are on the disk. Raises NotRecorded, also for all lines after one that is not."""
        with self._disk:
            if self._kept < given:
                self._flush()

    def close(self) -> None:
        if self._handle >= 0:
            os.close(self._handle)
            self._handle = -1

    def _flush(self) -> None:
        with self._order:
            lines, given = "".join(self._waiting), self._given
            self._waiting.clear()
        if self._failure:
            raise self._failure
        try:
            self._write(lines.encode("ascii"))
        except OSError as error:
            with self._order:
                self._failure = self._failed(error)
            with suppress(OSError):
                os.ftruncate(self._handle, self._size)
            raise self._failure from None
        self._kept = given

    def _write(self, data: bytes) -> None:
        place = self._size
        while data:
            number = os.pwrite(self._handle, data, place)
            data, place = data[number:], place + number
        os.fsync(self._handle)
        self._size = place

    def _failed(self, error: OSError) -> NotRecorded:
        advice = "Nothing is sent that is not recorded. Make room, or let this user write there, and run it again."
        return NotRecorded(f"Write {self.path}", str(error.strerror), advice)

    def _check_lock(self, tried: str) -> None:
        path = str(self.folder / LOCK)
        if kind := "a link" if os.path.islink(path) else other_kind(path):
            raise BadInput(tried, f"it is {kind}, so this collection has not made it", "Remove it.")
        check_trusted(tried, path, self._trusted_owner)

    def _wait_for(self, handle: int, tried: str) -> None:
        end = time.monotonic() + LONGEST_WAIT
        while not self._taken(handle, tried):
            if time.monotonic() > end:
                holder = os.pread(handle, _WIDTH, 0).decode("ascii", "replace").strip()
                who = f"the process {holder}" if holder.isdigit() else "another process"
                advice = "Let one run work at a time. Wait until that process ends, or end it; then run this again."
                raise BadInput(tried, f"{who} is at work on this rollout", advice)
            time.sleep(_PAUSE)
        with suppress(OSError):  # for those who wait; a full disk is no reason to go without
            os.pwrite(handle, b"%*d" % (_WIDTH, os.getpid()), 0)

    @staticmethod
    def _taken(handle: int, tried: str) -> bool:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        except OSError as error:
            if error.errno not in _NO_LOCKS:
                raise BadInput(tried, str(error.strerror), "Choose another pipeline_rollout_path.") from None
            advice = "Without locks two runs could work at the same time. Put pipeline_rollout_path on another one."
            raise BadInput(tried, f"this file system cannot lock files ({error.strerror})", advice) from None
        return True
