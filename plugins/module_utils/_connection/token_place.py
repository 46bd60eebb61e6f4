# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Where a new token goes, made ready before the old refresh token is spent: it is good for one use."""

from __future__ import annotations

import errno
import os
import secrets
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import BinaryIO

from .._core.errors import BadInput, SignInFailed
from .._core.files import new_file, read_regular, remove_quietly, sync_folder

RESERVED = 1 << 14  # bytes: several times what a token file has

Keep = Callable[[bytes], None]


@contextmanager
def place_for(path: str) -> Iterator[Keep]:
    """A way to give the file ``path`` new content that a full or read-only disk, or a mount, no longer hinders.

    It is replaced as a whole where that works, as was tried, and else written over. Raises ``BadInput`` where neither
    works. Without new content the file stays as it is. The lock of the file is held all the time.
    """
    spare = os.path.join(os.path.dirname(path), f".{os.path.basename(path)}.new")
    try:
        with _replaced(path, spare) if _can_be_replaced(path, spare) else _written_over(path) as keep:
            yield _or_beside(path, keep)
    finally:
        remove_quietly(spare)


def _can_be_replaced(path: str, spare: str) -> bool:
    """By replacing it with a copy. Not so a mount, and in some folders a file of another user, which stays theirs."""
    try:
        if not os.path.exists(path):
            return True
        if os.stat(path).st_uid != os.geteuid():
            return False
        _make(spare, read_regular(path))
        os.replace(spare, path)
    except OSError:
        return False
    return True


@contextmanager
def _replaced(path: str, spare: str) -> Iterator[Keep]:
    def keep(content: bytes) -> None:
        _write_over(spare, content, reserved)
        os.replace(spare, path)
        sync_folder(os.path.dirname(path))

    try:
        _make(spare, b" " * RESERVED)
        reserved = os.lstat(spare)
    except OSError as error:
        raise _unwritable(path, error) from None
    yield keep


@contextmanager
def _written_over(path: str) -> Iterator[Keep]:
    """White space at its end changes neither JSON nor a bare token."""
    size = -1  # to which it is cut again, as long as nothing new may be in it

    def keep(content: bytes) -> None:
        nonlocal size
        size = -1
        _write_over(path, content, reserved)

    try:
        try:
            reserved = os.stat(path)
            size = reserved.st_size
            with _opened(path, os.O_APPEND) as file:
                file.write(b" " * RESERVED)
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            raise _unwritable(path, error) from None
        yield keep
    finally:
        if size >= 0:
            with suppress(OSError):
                os.truncate(path, size)


def _or_beside(path: str, keep: Keep) -> Keep:
    """Where all was ready and it fails all the same, the new refresh token is kept in another file."""

    def kept(content: bytes) -> None:
        try:
            keep(content)
        except OSError as error:
            rescue = _rescue(path, content)
            raise SignInFailed(
                f"Write token_file {path}",
                f"the old refresh token is spent, and the new token could not be stored: {error.strerror}",
                f"It is in {rescue}: move that to {path}." if rescue else "Correct that, then sign in again.",
            ) from None

    return kept


def _rescue(path: str, content: bytes) -> str:
    """The path of a new file with the content, for its owner only; "" if there can be none."""
    for folder in (os.path.dirname(path), tempfile.gettempdir()):
        rescue = os.path.join(folder, f"{os.path.basename(path)}.unsaved-{secrets.token_hex(4)}")
        with suppress(OSError):
            new_file(rescue, content)
            return rescue
    return ""


def _make(path: str, content: bytes) -> None:
    """One that is left of a process that was killed makes way."""
    with suppress(FileNotFoundError):
        os.unlink(path)
    new_file(path, content)


def _write_over(path: str, content: bytes, reserved: os.stat_result) -> None:
    """In one piece, over white space or the old content, so that who reads it meanwhile finds JSON.

    Not into another file that somebody laid there during the sign-in: its owner could read the new token.
    """
    with _opened(path) as file:
        found = os.fstat(file.fileno())
        # The owner too: the number of a file that is gone is given to a new one.
        if not os.path.samestat(found, reserved) or found.st_uid != reserved.st_uid:
            raise OSError(errno.ESTALE, f"another file has taken the place of {path}")
        file.write(content.ljust(found.st_size))
        file.flush()
        os.fsync(file.fileno())
        file.truncate(len(content))
        os.fsync(file.fileno())


def _opened(path: str, how: int = 0) -> BinaryIO:
    return open(
        os.open(path, os.O_WRONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC | how), "wb", buffering=1 << 17
    )


def _unwritable(path: str, error: OSError) -> BadInput:
    return BadInput(
        f"Write token_file {path}",
        f"it cannot be written, neither as a whole nor in place: {error.strerror}",
        "Make room or put token_file where this user may write: the new token has to be kept. Nothing was spent.",
    )
