# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One process at a time renews a token file. The lock ends with its process, however that ends."""

from __future__ import annotations

import errno
import fcntl
import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass

from .._core.errors import BadInput
from .._core.files import check_trusted, exposure, other_kind, read_regular, remove_quietly
from .._core.voice import Voice

LONGEST_WAIT = 300.0  # seconds: a sign-in may take that long, with all its repeats
PAUSE = 0.1  # seconds between two tries
_NO_LOCKS = (errno.ENOLCK, errno.EOPNOTSUPP, errno.ENOSYS)


@contextmanager
def locked(path: str, trusted_owner: str | None, voice: Voice) -> Iterator[None]:
    """Hold the lock of the token file ``path``. Raises ``BadInput``."""
    lock = _lock_of(path)
    with lock.errors_for_people():
        handle = _wait_for(lock, trusted_owner, voice)
    try:
        yield
    finally:
        if lock.beside:
            remove_quietly(lock.path)  # while it is held: who has opened it finds that it is another file by now
        os.close(handle)


@dataclass(frozen=True)
class _Lock:
    """``beside``: a file of its own beside the token file, which only its owner can open. Nobody else can hold it.

    Else it is the token file, which whoever may read it can hold. ``lockf`` is no better: a reader's read lock keeps
    every writer out, and a process loses its own as soon as it closes any descriptor of the file.
    """

    path: str
    beside: bool

    @contextmanager
    def errors_for_people(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            advice = "Put token_file where this user may write: the new token has to be kept."
            if error.errno in _NO_LOCKS:
                advice = "Without locks, two runs could spend one refresh token. Put token_file on another file system."
            raise BadInput(f"Lock {self.path}", str(error.strerror), advice) from None

    def try_to_take(self) -> int | None:
        """Its descriptor, or None while another process has it."""
        flags = os.O_RDWR | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
        try:
            handle = os.open(self.path, flags | (os.O_CREAT if self.beside else 0), 0o600)
        except PermissionError:
            if self.beside and os.path.lexists(self.path):
                return None  # another user is at it, whom the user trusts
            raise
        taken = False
        try:
            taken = _flock(handle) and self._is_still(handle)
        finally:
            if not taken:
                os.close(handle)
        return handle if taken else None

    def _is_still(self, handle: int) -> bool:
        """Who had the lock before may have removed the file."""
        with suppress(FileNotFoundError):
            return os.path.samestat(os.fstat(handle), os.lstat(self.path))
        return False

    def holder(self) -> str:
        with suppress(OSError, ValueError):
            if self.beside:
                return f"the process {int(read_regular(self.path, 20))}"
        return "another process"

    def way_out(self) -> str:
        """What to do where it is never let go."""
        if self.beside:
            return "See what that process waits for, and end it if need be; then run this again."
        advice = f"Find that process (fuser -v {self.path}), see what it waits for, and end it if need be."
        if who := exposure(self.path):
            advice += f" It need not be one of yours, as {who}: take that right away (chmod 600)."
        return advice


def _lock_of(path: str) -> _Lock:
    """The token file itself, where no file can be beside it, or where others who share it see another folder."""
    folder, name = os.path.split(path)
    if _is_mount(path) or (os.path.exists(path) and not _is_writable(folder)):
        return _Lock(path, beside=False)
    return _Lock(os.path.join(folder, f".{name}.lock"), beside=True)


def _wait_for(lock: _Lock, trusted_owner: str | None, voice: Voice) -> int:
    begin, told = time.monotonic(), False
    while True:
        if lock.beside:
            _check(lock, trusted_owner)
        handle = lock.try_to_take()
        if handle is not None:
            if lock.beside:
                _sign(handle)
            return handle
        if time.monotonic() - begin > LONGEST_WAIT:
            raise BadInput(
                f"Lock {lock.path}",
                f"{lock.holder()} has had it for more than {LONGEST_WAIT:.0f} seconds",
                lock.way_out(),
            )
        if not told:
            voice.log(f"Waiting for {lock.holder()}, which renews the token: it has the lock {lock.path}.")
        told = True
        time.sleep(PAUSE)


def _check(lock: _Lock, trusted_owner: str | None) -> None:
    """A file that others made, or can open, is no lock: they could hold it for ever. Nor is anything but a file."""
    tried = f"Lock {lock.path}"
    if kind := "a link" if os.path.islink(lock.path) else other_kind(lock.path):
        raise BadInput(tried, f"it is {kind}, so this collection has not made it", "Remove it.")
    check_trusted(tried, lock.path, trusted_owner)
    if who := exposure(lock.path):
        raise BadInput(tried, f"{who}, so this collection has not made it", "Remove it.")


def _sign(handle: int) -> None:
    """For those who wait. A full disk is no reason to go without the lock."""
    with suppress(OSError):
        os.ftruncate(handle, 0)
        os.pwrite(handle, str(os.getpid()).encode(), 0)


def _flock(handle: int) -> bool:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _is_writable(folder: str) -> bool:
    """By trying: a file system may be read-only, and root may write where modes forbid it."""
    try:
        with tempfile.TemporaryFile(dir=folder):
            return True
    except PermissionError:
        return False
    except OSError as error:
        return error.errno != errno.EROFS


def _is_mount(path: str) -> bool:
    """Whether the file is a mount of its own, as containers have it. Elsewhere than on Linux: no."""
    return _mount_of(path) not in ("", _mount_of(os.path.dirname(path)))


def _mount_of(path: str) -> str:
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError:
        return ""
    try:
        with open(f"/proc/self/fdinfo/{handle}", encoding="ascii") as file:
            return next((line for line in file if line.startswith("mnt_id:")), "")
    except OSError:
        return ""
    finally:
        os.close(handle)
