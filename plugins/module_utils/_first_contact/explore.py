# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Try what is known, and after an error what it speaks for, until something works."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable
from typing import TypeVar

from .._core.errors import BadInput, NxaiError, SignInFailed, Unreachable
from .inference.draft import Draft, Proposal

Result = TypeVar("Result")
Ways = Callable[[Draft, NxaiError], Iterable[Proposal]]
MOST_TRIES = 32


def explore(draft: Draft, attempt: Callable[[Draft], Result], ways: Ways) -> tuple[Draft, Result]:
    """The first draft with which the attempt works, and what it gives. Raises the error of the first attempt.

    ``ways``: what may help after an error. An error of another kind is a step forward: what it speaks for comes next.
    """
    waiting, seen = deque([(draft, "")]), [draft.document]
    first: NxaiError | None = None
    for _turn in range(MOST_TRIES):
        if not waiting:
            break
        now, before = waiting.popleft()
        try:
            return now, attempt(now)
        except (BadInput, SignInFailed, Unreachable):
            raise
        except NxaiError as error:
            first = first or error
            kind = f"{type(error).__name__} {error.status}"
            further = []
            for proposal in ways(now, error):
                other = _adding(now, proposal)
                if other is not None and other.document not in seen:
                    seen.append(other.document)
                    further.append((other, kind))
            waiting = deque([*waiting, *further]) if kind == before else deque([*further, *waiting])
    raise first if first is not None else AssertionError("nothing was tried")


def _adding(draft: Draft, proposal: Proposal) -> Draft | None:
    try:
        return draft.adding(proposal)
    except BadInput:
        return None
