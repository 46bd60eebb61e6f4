# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whether a refusal is of the token, and not of what was asked for: then another token, or form of it, may help."""

from __future__ import annotations

from collections.abc import Callable

from .._connection.credentials import Credentials, without_prefix
from .._core.errors import NxaiError
from .._core.findings import Findings
from .answer import SESSION_OVER, Reply, may_be_sign_in, says_unauthorised
from .operation import Operation
from .retry import Outcome

_MAY_HIDE_IT = (403, 500)  # what this service may answer to a token that is over


class TokenDoubts:
    """Of one task. Threads share it: what they learn of the token holds for all of them.

    ``scheme``: how the user wants the header to be written; None leaves it to what works.
    """

    def __init__(self, credentials: Credentials, findings: Callable[[], Findings], scheme: str | None) -> None:
        self._credentials = credentials
        self._findings = findings
        self._may_lack_prefix = scheme in (None, "bearer")  # until a token has worked as it is
        self._good = ""  # the last header that was answered well
        self._on_trial = False  # a token that was renewed on suspicion alone
        self._believed = False  # a refusal of this kind was meant as it was said, so all are

    def renewed(self, operation: Operation, header: str, outcome: Outcome, again: bool) -> bool:
        """Whether there is another token to try now. ``again``: the request is tried with this one, too."""
        if self._is_over(header, outcome):
            return self._credentials.renew(header, operation.with_refresh)
        if again or not self._may_be_over(operation, header, outcome):
            return False
        try:
            self._on_trial = self._credentials.renew(header, operation.with_refresh)
        except NxaiError:  # then it is the refusal that counts
            self._believed = True
        return self._on_trial

    def hear(self, header: str, outcome: Outcome) -> None:
        """What came of a request that was sent with this header."""
        status = _status(outcome)
        hidden = _hides_it(outcome)
        if 200 <= status < 300 and not hidden:
            self._good, self._on_trial = header, False
        elif self._on_trial and (hidden or status in _MAY_HIDE_IT):
            self._on_trial, self._believed = False, True

    def _is_over(self, header: str, outcome: Outcome) -> bool:
        """Whether the token has ended, by what the service says or by the clock."""
        if not isinstance(outcome, Reply) or outcome.status not in (401, *_MAY_HIDE_IT):
            return False
        return outcome.status == 401 or says_unauthorised(outcome) or self._credentials.has_expired(header)

    def _may_be_over(self, operation: Operation, header: str, outcome: Outcome) -> bool:
        """A session can be cut short. So a token that was good until now is renewed once, if that costs nothing."""
        status = _status(outcome)
        suspicious = status in (403, *SESSION_OVER) or (status == 500 and operation.repeatable)
        suspicious = suspicious or _hides_it(outcome)
        return suspicious and header == self._good and not self._believed and self._credentials.asks_freely()

    # Its form

    def other_form(self, operation: Operation, header: str, outcome: Outcome) -> str:
        """The header in its other form, where that is to be tried: until some token has worked, and once at most."""
        status = _status(outcome)
        other = without_prefix(header) if status == 401 and operation.method == "GET" else ""
        wanted = other if self._may_lack_prefix else ""
        self._may_lack_prefix = self._may_lack_prefix and not (wanted or 200 <= status < 300)
        return wanted

    def takes_other_form(self, outcome: Outcome) -> bool:
        """Whether it worked. Then it is kept, also for what writes."""
        worked = 200 <= _status(outcome) < 300
        if worked:
            self._credentials.scheme = "bearer_jwt"
            self._findings().note("The service takes the token only without nxcdb-", {"auth.scheme": "bearer_jwt"})
        return worked


def _hides_it(outcome: Outcome) -> bool:
    """Whether it is no refusal, and may all the same be what a service answers to a token that is over."""
    return isinstance(outcome, Reply) and (
        outcome.status in SESSION_OVER
        or may_be_sign_in(outcome)
        or (200 <= outcome.status < 300 and says_unauthorised(outcome))
    )


def _status(outcome: Outcome) -> int:
    return outcome.status if isinstance(outcome, Reply) else 0
