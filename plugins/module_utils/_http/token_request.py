# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The two forms of a request for a token: JSON, as official code sends it, and the form of OAuth."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from typing import TypeVar

from .._core.errors import Refused
from .._core.findings import Findings
from .operation import Operation, relied_on

LINE, SCOPE = "auth.token_request", "auth.scope"
# What an identity provider that cannot read the request calls that, if it has a word for it.
_CODES = ("", "badRequest", "invalidFormat", "invalid_request")
_NO_SCOPE = (
    re.compile(r"\bscope\b.*\b(missing|required|empty|needed)\b", re.IGNORECASE),
    re.compile(r"\b(missing|required|needs?|no|without)\b.*\bscope\b", re.IGNORECASE),
)
Answered = TypeVar("Answered")


def in_either_form(operation: Operation, send: Callable[[Operation], Answered], findings: Findings) -> Answered:
    """What ``send`` answers to the request in the form that it takes.

    It is sent a second time, as a form, only after a 415: that says that nobody has looked into the request. After any
    other answer somebody may have, and a password that is tried twice locks the account sooner, and a code or refresh
    token is spent by the first look.
    """
    try:
        return send(operation)
    except Refused as error:
        if error.status != 415 or operation.as_form:
            raise _hinted(error, operation) from None
    answered = send(replace(operation, as_form=True))
    findings.note("The identity provider takes the request for a token only as a form", {LINE: "form"})
    return answered


def asks_for_scope(status: int | None, words: str) -> bool:
    """Whether a request for a token was refused for want of a scope. That says nothing of who asked."""
    return status in (400, 422) and any(each.search(words) for each in _NO_SCOPE)


def _hinted(error: Refused, sent: Operation) -> Refused:
    """The error, with the line of the contract where it may be the form that was refused, or the path that is wrong."""
    if error.status in (404, 405):
        line = relied_on(f"operations.{sent.name}.path", sent.evidence)
        return replace(error, advice=f"Nothing signs in at that address: check cloud_url. {line}")
    if asks_for_scope(error.status, error.answer):
        advice = "Set token_scope to what the token is to be good for."
        return replace(error, advice=f"{advice} {relied_on(SCOPE, 'inferred')}")
    if error.status in (400, 406, 415, 422) and error.code in _CODES:
        line = relied_on(LINE, "your contract" if sent.as_form else "client")
        return replace(error, advice=f"{error.advice} {line}")
    return error
