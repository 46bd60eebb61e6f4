# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A token on disk: bare text, or JSON {access_token, refresh_token, expires_at in milliseconds}."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any, Protocol

from .._core.errors import BadInput
from .._core.files import check_trusted_file, exposure, read_regular
from .._core.voice import SILENT, Voice
from .token_lock import locked
from .token_place import place_for

LARGEST = 1 << 16  # bytes; no token is near that


class Store(Protocol):
    """What keeps a new token."""

    def __call__(self, access: str, refresh: str | None, expires: float, /) -> None:
        """``expires`` is in seconds since the epoch."""


class TokenFile:
    """Read, and renewed at once or not at all. It is judged before each use whether others can have changed it."""

    def __init__(self, path: str, trusted_owner: str | None = None, voice: Voice = SILENT) -> None:
        self._given = path
        self._path = path if "\0" in path else os.path.realpath(path)  # no path at all; it is refused where it is used
        self._trusted_owner = trusted_owner
        self._voice = voice
        self._warned = False

    def exists(self) -> bool:
        return os.path.exists(self._path)

    def read(self) -> dict[str, Any]:
        """The members of the file; bare text is its ``access_token``. Raises ``BadInput``, never with the content."""
        tried = f"Read token_file {self._path}"
        self._judge(tried)
        try:
            content = read_regular(self._path, LARGEST + 1).decode("utf-8").strip()
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

    def locked(self) -> AbstractContextManager[None]:
        """Only one process at a time."""
        self._judge(f"Lock token_file {self._path}")
        return locked(self._path, self._trusted_owner, self._voice)

    def remove(self) -> None:
        """Take the file away. Raises ``BadInput``."""
        try:
            os.unlink(self._path)
        except OSError as error:
            raise BadInput(
                f"Remove token_file {self._path}", str(error.strerror), "Its tokens are revoked: remove it by hand."
            ) from None

    @contextmanager
    def renewal(self) -> Iterator[Store]:
        """How to store new tokens, beside the other members of the file. ``expires`` in seconds since the epoch.

        To be asked for while ``locked``, and before a token is spent: what is needed on the disk is reserved then.
        """
        kept = self.read() if self.exists() else {}
        with place_for(self._path) as keep:

            def store(access: str, refresh: str | None, expires: float) -> None:
                content = {**kept, "access_token": access, "expires_at": int(expires * 1000)}
                if refresh:
                    content["refresh_token"] = refresh
                keep(json.dumps(content).encode())

            yield store

    def _judge(self, tried: str) -> None:
        """Where it leads to as well: the links on the way may have been other ones when they were followed."""
        for path in (self._given, self._path):
            check_trusted_file(tried, path, self._trusted_owner)
        who = exposure(self._path)
        if who and not self._warned:
            self._warned = True
            self._voice.warn(f"token_file {self._path} holds a secret, and {who}. Take that right away: chmod 600.")
