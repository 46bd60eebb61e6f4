# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Two runs that create the same thing at once: names need not be unique, so the service makes both."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Generic, TypeVar

from .._api.contract.lines import hint
from .._api.records.records import Catalogue, Model
from .._core.errors import NxaiError, Unexpected
from .._core.values import ZERO_UUID
from .polling import Deadline

Record = TypeVar("Record", Catalogue, Model)
_CREATED = hint("fields.answer.created")
_LISTED = hint("operations.list_models.path")
PATIENCE = 5.0  # seconds for another run to see both and to take its own away


@dataclass(frozen=True)
class Rivals(Generic[Record]):
    """After one with the UUID ``made`` was created, as the answer said.

    ``same``: whether another one would do. ``exists``: whether a call for one shows that UUID, listed or not;
    None where there is no such call.
    """

    made: str
    header: str
    name: str
    listing: Callable[[], list[Record]]
    take_away: Callable[[str], None]
    same: Callable[[Record], bool]
    exists: Callable[[str], bool] | None
    deadline: Callable[[float], Deadline]
    warn: Callable[[str], None]

    def kept(self) -> Record | None:
        """The record to go on with; None if the service does not list it.

        Each run that sees two of that name keeps the first by UUID: it takes its own away if that is not the first and
        the first is the ``same``, and otherwise gives the other run time to do so. Where the UUID of the answer is not
        that of any record, the only one of that name, which was not there before, is the one that was created. Raises
        ``Unexpected``, with both UUIDs, if there are still two: the other run was over before it could see both.
        """
        found, end = self._alike(), self.deadline(PATIENCE)
        while others := [each for each in found if each.uuid != self.made]:
            real = [each for each in others if self._is_real(each)]
            first = min(real, key=lambda each: each.uuid, default=None)
            before = first is not None and first.uuid < self.made and self._is_there(found)
            if first and before and self.same(first) and (self.exists is None or self.exists(first.uuid)):
                with suppress(NxaiError):  # if it cannot be taken away there are two, and that is what is to be said
                    self.take_away(self.made)
                    return first
                break
            if before or end.left <= 0:
                break
            end.pause(1.0)
            found = self._alike()
        others = self._without_rows_alone(others)
        if len(others) == 1 and self.same(others[0]) and not self._is_there(found):
            self.warn(
                f"The answer to the creation of the {self.header} has the UUID {self.made}, and the only one that is "
                f"listed is {others[0].uuid}: that is taken for it. {_CREATED}"
            )
            return others[0]
        if others:
            raise self._two(found, others)
        return next((each for each in found if each.uuid == self.made), None)

    def _is_real(self, other: Record) -> bool:
        """Not so a row, as of a job, that the call for one does not show though it shows the one that was created."""
        return self.exists is None or self.exists(other.uuid) or not self.exists(self.made)

    def _without_rows_alone(self, others: list[Record]) -> list[Record]:
        real = [each for each in others if self._is_real(each)]
        for each in others:
            if each not in real:
                self.warn(
                    f"{each.uuid} is listed with the name of the {self.header} as well, and the call for one does not "
                    f"show it: that row is not taken for another one. {_LISTED}"
                )
        return real

    def _alike(self) -> list[Record]:
        return [each for each in self.listing() if each.name == self.name and each.uuid != ZERO_UUID]

    def _is_there(self, found: list[Record]) -> bool:
        return any(each.uuid == self.made for each in found) or bool(self.exists and self.exists(self.made))

    def _two(self, found: list[Record], others: list[Record]) -> Unexpected:
        theirs = ", ".join(each.uuid for each in others)
        return Unexpected(
            f"create the {self.header}",
            f"another run made one of that name at the same time: this run {self.made}, the other {theirs}",
            "Delete the one that you do not want, by its UUID. Let only one run at a time create things."
            + ("" if any(each.uuid == self.made for each in found) else f" {self.made} is not listed. {_CREATED}"),
            result={"changed": True},
        )
