# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whether a request is sent once more, and after how long. Pure: what came of it goes in, a decision comes out."""

from __future__ import annotations

import email.utils
from dataclasses import dataclass

from .._core.errors import AnswerLost, Unreachable
from .answer import Reply
from .operation import Operation

TEMPORARY = (408, 429, 502, 503, 504, *range(520, 525))  # the last are of proxies that get no answer
LONGEST_BACKOFF = 30.0
# A failure may be over at the next look. It may also be how a wrong token is answered, so a read is not tried for long.
_FAILED = 500
_LOOKS_AFTER_A_FAILURE = 2

Outcome = Reply | Unreachable | AnswerLost


@dataclass(frozen=True)
class Decision:
    """``again``: send the request once more, ``seconds`` from now.

    ``pause``: the service did nothing and asks to be left alone for so long, whether this request comes again or not.
    """

    again: bool
    seconds: float
    pause: bool


def decide(
    operation: Operation, attempt: int, outcome: Outcome, *, retries: int, now: float, jitter: float
) -> Decision:
    """``attempt`` counts from 0. ``now`` is in seconds since the epoch, ``jitter`` from 0 to 1."""
    harmless = operation.repeatable or not may_have_worked(outcome)
    again = is_temporary(outcome) and harmless and attempt < retries
    if operation.method == "GET" and isinstance(outcome, Reply) and outcome.status == _FAILED:
        again = attempt < min(retries, _LOOKS_AFTER_A_FAILURE)
    return Decision(again, _seconds(outcome, attempt, now, jitter), _asks_for_pause(outcome))


def is_temporary(outcome: Outcome) -> bool:
    """Whether another try may end otherwise."""
    if isinstance(outcome, Reply):
        return outcome.status in TEMPORARY
    return not (isinstance(outcome, Unreachable) and outcome.permanent)


def may_have_worked(outcome: Outcome) -> bool:
    """Whether the request may have had its effect though this came of it."""
    if isinstance(outcome, Reply):
        return outcome.status in TEMPORARY and not _asks_for_pause(outcome)
    return isinstance(outcome, AnswerLost)


def _asks_for_pause(outcome: Outcome) -> bool:
    """Whether it says that it did nothing and wants to be left alone for a while."""
    if not isinstance(outcome, Reply):
        return False
    return outcome.status == 429 or (outcome.status == 503 and _retry_after(outcome, 0.0) is not None)


def _seconds(outcome: Outcome, attempt: int, now: float, jitter: float) -> float:
    """As the service says, or exponential back-off with full jitter."""
    asked = _retry_after(outcome, now) if isinstance(outcome, Reply) else None
    return jitter * min(2.0 ** min(attempt, 9), LONGEST_BACKOFF) if asked is None else asked


def _retry_after(reply: Reply, now: float) -> float | None:
    """Seconds to wait, from a number or an HTTP date; None without a usable header."""
    text = reply.headers.get("Retry-After", "").strip()
    if text.isascii() and text.isdigit():
        return float(text[:9])
    try:
        return max(0.0, email.utils.parsedate_to_datetime(text).timestamp() - now)
    except (TypeError, ValueError, OverflowError):
        return None
