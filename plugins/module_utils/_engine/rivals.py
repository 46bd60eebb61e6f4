# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Two runs that create the same thing at once: names need not be unique, so the service makes both."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import TypeVar

from .._api.lines import hint
from .._api.records import Catalogue, Model
from .._core.errors import NxaiError, Unexpected
from .polling import Deadline

Record = TypeVar("Record", Catalogue, Model)
_CREATED = hint("fields.answer.created")
PATIENCE = 5.0  # seconds for another run to see both and to take its own away


def keep_one(
    made: str,
    header: str,
    name: str,
    listing: Callable[[], list[Record]],
    take_away: Callable[[str], None],
    same: Callable[[Record], bool],
    deadline: Callable[[float], Deadline],
) -> Record | None:
    """The record to go on with, after one with the UUID ``made`` was created; None if the service does not list it.

    Each run that sees two of that name keeps the first by UUID: it takes its own away if that is not the first and the
    first is the ``same``, and otherwise gives the other run time to do so. Raises ``Unexpected``, with both UUIDs, if
    there are still two: the other run was over before it could see both.
    """

    def alike() -> list[Record]:
        return [each for each in listing() if each.name == name]

    found, end = alike(), deadline(PATIENCE)
    while others := [each for each in found if each.uuid != made]:
        first = min(others, key=lambda each: each.uuid)
        if first.uuid < made and same(first):
            with suppress(NxaiError):  # if it cannot be taken away there are two, and that is what is to be said
                take_away(made)
                return first
        if first.uuid < made or end.left <= 0:
            break
        end.pause(1.0)
        found = alike()
    if others:
        theirs = ", ".join(each.uuid for each in others)
        raise Unexpected(
            f"create the {header}",
            f"another run made one of that name at the same time: this run {made}, the other {theirs}",
            "Delete the one that you do not want, by its UUID. Let only one run at a time create things."
            + ("" if any(each.uuid == made for each in found) else f" {made} is not listed. {_CREATED}"),
            result={"changed": True},
        )
    return next(iter(found), None)
