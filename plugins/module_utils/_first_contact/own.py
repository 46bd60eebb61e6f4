# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the third stage has created itself, of one kind: nothing else may be changed, renamed, deleted or blamed.

An answer can name what was there before. So what is its own was not listed before, and holds a word that nobody else
has, anywhere in its row: a service may show the name elsewhere, or spell it in its own way. A listing can be behind
and can leave rows out, so one look proves nothing.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from typing import Generic, TypeVar

from .._api.records.records import Catalogue, Model
from .._core.errors import NxaiError
from .._engine.polling import Deadline

Record = TypeVar("Record", Catalogue, Model)
_LOOKS = 2  # in agreement, before something counts as seen by none
_MOST = 5  # looks, where some fail


class Own(Generic[Record]):
    """``token``: the word. ``single``: the call for one, where there is one. ``made``: name by UUID."""

    def __init__(
        self,
        kind: str,
        token: str,
        listing: Callable[[], list[Record]],
        single: Callable[[str], Record | None],
        before: Iterable[str],
    ) -> None:
        self.kind = kind
        self.made: dict[str, str] = {}
        self.claimed: list[str] = []  # UUIDs that an answer gave, and that nothing shows
        self._token = token
        self._listing: Callable[[], list[Record]] = listing
        self._single: Callable[[str], Record | None] = single
        self.before = {*before}

    def look_before(self) -> None:
        """Before the first creation. Raises what the listing ends with: without it nothing would be known."""
        for _look in range(_LOOKS):
            self.before |= {each.uuid for each in self._listing()}

    def listed(self) -> list[Record]:
        """Those of the listing that are its own."""
        return self._noted(self._listing())

    def find(self, uuid: str) -> Record | None:
        """The one with this UUID, else another one, as an answer can hold another UUID."""
        rows = self.listed()
        return next((each for each in rows if each.uuid == uuid), next(iter(rows), None))

    def shown_alone(self, uuid: str) -> Record | None:
        """What no listing shows, if the call for one shows that it is its own."""
        try:
            one = self._single(uuid)
        except NxaiError:
            return None
        return next(iter(self._noted([one] if one else [])), None)

    def look_again(self) -> NxaiError | None:
        """Note all that is its own. The error where the listing could not be read often enough."""
        good, failed = 0, None
        for _look in range(_MOST):
            try:
                self.listed()
                good += 1
            except NxaiError as error:
                failed = error
            if good == _LOOKS:
                return None
        return failed

    def is_gone(self, uuid: str, deadline: Deadline) -> bool:
        """Whether no view shows it, twice, within this time."""
        pause = 1.0
        while True:
            if self._is_unseen(uuid):
                return True
            if deadline.left <= 0:
                return False
            deadline.pause(pause)
            pause = min(2 * pause, 10.0)

    def _is_unseen(self, uuid: str) -> bool:
        good = 0
        for _look in range(_MOST):
            try:
                if any(each.uuid == uuid for each in self._listing()):
                    return False
                good += 1
            except NxaiError:
                continue
            if good == _LOOKS:
                return self.shown_alone(uuid) is None
        return False

    def _noted(self, rows: Iterable[Record]) -> list[Record]:
        own = [each for each in rows if each.uuid and each.uuid not in self.before and self._has_token(each)]
        self.made.update({each.uuid: each.name for each in own})
        return own

    def _has_token(self, record: Record) -> bool:
        return self._token in json.dumps(record.raw, default=str).lower()
