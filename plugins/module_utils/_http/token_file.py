# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A token on disk: bare text, or JSON {access_token, refresh_token, expires_at in milliseconds}."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from .._core.errors import BadInput, SignInFailed

LARGEST = 1 << 16  # bytes; no token is near that


class TokenFile:
    """Read, and renewed in place: at once or not at all, readable by the owner only."""

    def __init__(self, path: str) -> None:
        self._path = os.path.realpath(path)
        self._folder = os.path.dirname(self._path)

    def exists(self) -> bool:
        return os.path.exists(self._path)

    def read(self) -> dict[str, Any]:
        """The members of the file; bare text is its ``access_token``. Raises ``BadInput``, never with the content."""
        tried = f"Read token_file {self._path}"
        try:
            with open(self._path, "rb") as handle:
                content = handle.read(LARGEST + 1).decode("utf-8").strip()
        except OSError as error:
            raise BadInput(
                tried, str(error.strerror), "Check the path and who may read it; nxai_token makes such a file."
            ) from None
        except UnicodeDecodeError:
            raise BadInput(tried, "it is not text", "Store the token in it, or the JSON of the sign-in.") from None
        if not content or len(content) > LARGEST:
            raise BadInput(tried, "it is empty or far too long", "Store the token in it, or the JSON of the sign-in.")
        if not content.startswith("{"):
            return {"access_token": content}
        try:
            found = json.loads(content)
        except (ValueError, RecursionError):
            raise BadInput(tried, "it begins like JSON and is not", "Store the JSON of the sign-in again.") from None
        return dict(found)

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Only one process at a time; the lock is on the folder, so that the file itself may be replaced."""
        import fcntl

        try:
            folder = os.open(self._folder, os.O_RDONLY)
        except OSError as error:
            raise BadInput(
                f"Lock {self._folder}", str(error.strerror), "Put token_file into a readable folder."
            ) from None
        try:
            fcntl.flock(folder, fcntl.LOCK_EX)
            yield
        finally:
            os.close(folder)

    def remove(self) -> None:
        """Take the file away. Raises ``BadInput``."""
        try:
            os.unlink(self._path)
        except OSError as error:
            raise BadInput(
                f"Remove token_file {self._path}", str(error.strerror), "Its tokens are revoked: remove it by hand."
            ) from None

    def check_writable(self) -> None:
        """Before the old refresh token is spent: could the new one be kept?"""
        if not os.access(self._folder, os.W_OK):
            raise BadInput(
                f"Write token_file {self._path}",
                "its folder cannot be written to",
                "Put token_file where this user may write: the new token has to be kept.",
            )

    def write(self, access: str, refresh: str | None, expires: float) -> None:
        """Replace the tokens and keep other members. ``expires`` in seconds since the epoch."""
        kept = self.read() if self.exists() else {}
        content = {**kept, "access_token": access, "expires_at": int(expires * 1000)}
        if refresh:
            content["refresh_token"] = refresh
        temporary = ""
        try:
            handle, temporary = tempfile.mkstemp(dir=self._folder, prefix=".token-")  # made with mode 0600
            with os.fdopen(handle, "w", encoding="utf-8") as stream:
                json.dump(content, stream)
                stream.flush()
                os.fsync(stream.fileno())
            os.replace(temporary, self._path)
        except OSError as error:
            if temporary and os.path.exists(temporary):
                os.unlink(temporary)
            raise SignInFailed(
                f"Write token_file {self._path}",
                f"the new token could not be stored: {error.strerror}",
                "Correct that, then sign in again: the old refresh token may be spent.",
            ) from None
