# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Errors as people read them: what was tried, what came back, what to do now."""

from __future__ import annotations

from typing import Any


class NxaiError(Exception):
    """The root of every error this collection raises on purpose.

    ``tried`` is the action (method, path, site or device), ``answer`` is what came back or is wrong, and ``advice``
    is the next step for the reader. None of the three may hold a secret: callers pass server text through the
    transport's redaction first.
    """

    def __init__(self, tried: str, answer: str, advice: str = "", status: int | None = None) -> None:
        self.result: dict[str, Any] = {}  # what was done all the same: return values for the failed task
        self.tried = tried
        self.answer = answer
        self.advice = advice
        self.status = status
        super().__init__(str(self))

    def __str__(self) -> str:
        sentence = f"{self.tried}: {self.answer.rstrip('.')}."
        return f"{sentence} {self.advice}" if self.advice else sentence

    def as_result(self) -> dict[str, str | int | None]:
        """The error as data, for ``fail_json(msg=str(error), error=error.as_result())``."""
        return {"tried": self.tried, "answer": self.answer, "advice": self.advice, "status": self.status}


class BadInput(NxaiError):
    """What the user declared cannot be done as written. Nothing was sent that changes anything."""


class SignInFailed(NxaiError):
    """The identity provider gave no usable token."""


class Unreachable(NxaiError):
    """No connection was made, so the request cannot have had an effect.

    ``permanent``: another try would end the same way, for example at a certificate that is not trusted.
    """

    permanent = False


class AnswerLost(NxaiError):
    """The connection broke, or time ran out, after the request may have been received: its effect is not known.

    ``at_work``: for so many seconds more the service may be at work on it.
    """

    at_work = 0.0


class Refused(NxaiError):
    """The service answered with an error status, after all retries."""


class Unexpected(NxaiError):
    """The service answered with success, but not with what it should be: not JSON, another shape, cut short."""


class Incomplete(Unexpected):
    """A listing that is not the whole. A part is never returned as if it were everything."""
