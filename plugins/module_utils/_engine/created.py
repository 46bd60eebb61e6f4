# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What was created has to be found by its name. The next run would make another one of what it does not find.

So what the service lists under another name gets its name, and what cannot be found by it is taken away again.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from .._api.contract.contract import Contract
from .._api.records.records import Catalogue, Model
from .._core.errors import NxaiError, Unexpected
from .polling import Deadline

Record = TypeVar("Record", Catalogue, Model)
PATIENCE = 30.0  # seconds until a new name shows


@dataclass(frozen=True)
class NewRecord(Generic[Record]):
    """``look``: for the record with the UUID, as the next run would see it. ``kind``: model or catalogue."""

    kind: str
    uuid: str
    name: str
    contract: Contract
    look: Callable[[], Record | None]
    rename: Callable[[str], None]
    delete: Callable[[], None]
    warn: Callable[[str], None]
    deadline: Callable[[float], Deadline]

    def under_its_name(self, found: Record) -> Record:
        """The same, with the name that it was to have. Raises what it ends with, and then it is not there any more."""
        if found.name in (self.name, ""):
            return found
        refusal = self._renamed()
        now, deadline, pause = self.look(), self.deadline(PATIENCE), 1.0
        while refusal is None and (now is None or now.name != self.name) and deadline.left > 0:
            deadline.pause(pause)
            now, pause = self.look(), 2 * pause
        hint = self.contract.hint(f"fields.{self.kind}.name")
        if now is None or now.name != self.name:
            why = f"the service calls it {found.name!a}" + (f", and does not rename it ({refusal})" if refusal else "")
            raise self.taken_away(why, f"Give it the name that the service would give it. {hint}")
        self.warn(
            f"The service called the new {self.kind} {found.name!a}, and was made to call it {self.name!a}. {hint}"
        )
        return now

    def _renamed(self) -> str | None:
        """Why it could not be renamed, or None."""
        try:
            self.rename(self.name)
        except NxaiError as error:
            return error.answer
        return None

    def taken_away(self, why: str, advice: str) -> Unexpected:
        """The error to raise for what would not be found again. It is deleted, if the service lets us."""
        tried, again = f"create the {self.kind} {self.name}", f"{why}: the next run would not find it, and make another"
        try:
            self.delete()
        except NxaiError as error:
            left = f"{again}. It could not be deleted ({error.answer})"
            what = f"Look for {self.name}" if error.status == 404 else f"Delete {self.uuid}"  # with 404 there is none
            return Unexpected(tried, left, f"{what} in the portal. {advice}", result={"changed": True})
        return Unexpected(tried, f"{again}. So it was deleted again", advice, result={"changed": False})
