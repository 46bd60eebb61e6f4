# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Errors as people read them: what was tried, what came back, what to do now."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from functools import partial
from typing import Any


@dataclass(repr=False, unsafe_hash=True)
class NxaiError(Exception):
    """The root of every error this collection raises on purpose.

    ``tried`` is the action (method, path, site or device), ``answer`` is what came back or is wrong, and ``advice``
    is the next step for the reader. None of the three may hold a secret: callers pass server text through the
    transport's redaction first. ``result``: what was done all the same, as return values of the failed task.

    The fields never change. Who knows more raises ``dataclasses.replace(error, …)``, an error of the same class.
    """

    tried: str
    answer: str
    advice: str = ""
    status: int | None = None
    result: Mapping[str, Any] = field(default_factory=dict, kw_only=True, hash=False)

    def __post_init__(self) -> None:
        super().__init__(str(self))

    def __setattr__(self, name: str, value: object) -> None:
        """Each field is set once. Not ``frozen=True``, which keeps contextlib from setting ``__traceback__``."""
        if name in self.__dict__ and name in self.__dataclass_fields__:
            raise AttributeError(f"the field {name} of an error cannot be changed")
        super().__setattr__(name, value)

    def __reduce__(self) -> tuple[Callable[[], NxaiError], tuple[()]]:
        """For pickle: made again with all fields. Exception itself would call the class with ``args`` only."""
        return partial(type(self), **{each.name: getattr(self, each.name) for each in fields(self)}), ()

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


@dataclass(repr=False, unsafe_hash=True)
class Unreachable(NxaiError):
    """No connection was made, so the request cannot have had an effect.

    ``permanent``: another try would end the same way, for example at a certificate that is not trusted.
    """

    permanent: bool = field(default=False, kw_only=True)


@dataclass(repr=False, unsafe_hash=True)
class AnswerLost(NxaiError):
    """The connection broke, or time ran out, after the request may have been received: its effect is not known.

    ``at_work``: for so many seconds more the service may be at work on it.
    """

    at_work: float = field(default=0.0, kw_only=True)


@dataclass(repr=False, unsafe_hash=True)
class Refused(NxaiError):
    """The service answered with an error status, after all retries.

    ``fields``: what it said of single members of the request, by the name that it has for each.
    ``code``: the name of the error in its body (``error`` of OAuth, ``resultCode``), "" where there is none.
    ``lost_before``: an earlier try of the same write may have had its effect.
    """

    fields: Mapping[str, str] = field(default_factory=dict, kw_only=True, hash=False)
    code: str = field(default="", kw_only=True)
    lost_before: bool = field(default=False, kw_only=True)


class Unexpected(NxaiError):
    """The service answered with success, but not with what it should be: not JSON, another shape, cut short."""


class NotRecorded(NxaiError):
    """What has to be on the disk before a write goes out is not there, so the write was not sent."""


class Incomplete(Unexpected):
    """A listing that is not the whole. A part is never returned as if it were everything."""


def may_have_worked(error: NxaiError) -> bool:
    """Whether a write that ended so may have had its effect: then that is looked up before it is called failed."""
    if isinstance(error, Refused):
        return error.lost_before or (error.status or 0) >= 500
    return isinstance(error, (AnswerLost, Unexpected))


def may_be_gone(error: NxaiError) -> bool:
    """Whether a delete that ended so may have had its effect, by this request or another one."""
    return may_have_worked(error) or error.status in (404, 410)


def missing_library(tried: str, library: str, advice: str) -> BadInput:
    """What to raise where a Python library is not there. Ansible's own words name the Python that looked for it."""
    from ansible.module_utils.basic import missing_required_lib  # costs 0.3 s: only where it is needed

    return BadInput(tried, missing_required_lib(library), advice)
