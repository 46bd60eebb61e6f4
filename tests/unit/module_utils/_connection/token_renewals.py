# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A token in a file, and its renewal as ``Credentials`` does it."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from ansible_collections.nxai.cloud.plugins.module_utils._connection.token_file import TokenFile

OLD = '{"access_token": "a", "refresh_token": "refresh-0", "mine": "' + "x" * 100 + '"}'
OTHER = 54321  # no user of this machine
NEW = {"access_token": "access-1", "refresh_token": "refresh-1", "expires_at": 1000, "mine": "x" * 100}


def renew(file: Path, spend: Callable[[], None] = lambda: None, **options: Any) -> None:
    """As ``Credentials`` does it. ``spend`` is the sign-in."""
    token_file = TokenFile(str(file), **options)
    with token_file.locked(), token_file.renewal() as store:
        spend()
        store("access-1", "refresh-1", 1.0)


def never() -> None:
    raise AssertionError("the refresh token was spent")


def content(file: Path) -> Any:
    assert [each.name for each in file.parent.iterdir()] == [file.name]
    return json.loads(file.read_text())


@contextmanager
def as_other() -> Iterator[None]:
    """As the user OTHER, of a group of the same number. Only root becomes another user."""
    groups = os.getgroups()
    os.setgroups([])
    os.setegid(OTHER)
    os.seteuid(OTHER)
    try:
        yield
    finally:
        os.seteuid(0)
        os.setegid(0)
        os.setgroups(groups)
