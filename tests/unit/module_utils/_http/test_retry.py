# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""When a request is sent once more: each row is an operation, a try, what came of it, and what follows."""

from __future__ import annotations

import email.utils
from typing import Any

import pytest

from ansible_collections.nxai.cloud.plugins.module_utils._core.errors import AnswerLost, Unreachable
from ansible_collections.nxai.cloud.plugins.module_utils._http.answer import Reply
from ansible_collections.nxai.cloud.plugins.module_utils._http.memory import Body
from ansible_collections.nxai.cloud.plugins.module_utils._http.operation import Operation
from ansible_collections.nxai.cloud.plugins.module_utils._http.retry import Decision, decide, may_have_worked

NOW, RETRIES, JITTER = 1_800_000_000.0, 4, 0.5
NO_WAY = Unreachable("GET /x", "no connection")
FOREIGN = Unreachable("GET /x", "not trusted", permanent=True)
LOST = AnswerLost("GET /x", "the connection broke")


def status(number: int, after: str | None = None) -> Reply:
    return Reply(number, "", {} if after is None else {"Retry-After": after}, Body(b""))


def at(offset: float) -> str:
    return email.utils.formatdate(NOW + offset, usegmt=True)


def back_off(seconds: float) -> Decision:
    return Decision(True, seconds, False)


def pause(seconds: float, again: bool = True) -> Decision:
    return Decision(again, seconds, True)


END = None  # not sent again, and no pause asked for: then the seconds do not matter
ROWS: list[tuple[str, bool, Any, int, Decision | None]] = [
    # method, repeatable, outcome, attempt, decision
    # An answer is an answer.
    *[("GET", True, status(number), 0, END) for number in (200, 204, 302, 400, 401, 403, 404, 409, 422, 501)],
    *[("POST", False, status(number), 0, END) for number in (200, 401, 409, 500)],
    ("DELETE", True, status(404), 1, END),
    ("GET", True, status(200, "7"), 0, END),
    # A failure may be over, so a read looks twice more. What writes does not.
    *[("GET", True, status(500), attempt, back_off(0.5 * 2**attempt)) for attempt in (0, 1)],
    ("GET", True, status(500), 2, END),
    *[(method, True, status(500), 0, END) for method in ("PUT", "PATCH", "DELETE")],
    # The service is not at its best. What may be repeated is repeated.
    *[("GET", True, status(number), 0, back_off(0.5)) for number in (408, 502, 503, 504, 520, 524)],
    *[("POST", False, status(number), 0, END) for number in (408, 520)],
    *[(method, True, status(502), 0, back_off(0.5)) for method in ("PUT", "PATCH", "DELETE", "POST")],
    *[("POST", False, status(number), 0, END) for number in (502, 503, 504)],
    # It did nothing, and says so: every request may be sent again.
    *[(method, once, status(429), 0, pause(0.5)) for method, once in (("GET", True), ("POST", True), ("POST", False))],
    *[(method, once, status(429, "3"), 0, pause(3)) for method, once in (("GET", True), ("POST", False))],
    *[(method, once, status(503, "3"), 0, pause(3)) for method, once in (("PUT", True), ("POST", False))],
    # A time to wait on its own is no such word.
    ("GET", True, status(502, "7"), 0, back_off(7)),
    ("POST", False, status(502, "7"), 0, END),
    # Nothing arrived, or nobody knows.
    *[(method, once, NO_WAY, 0, back_off(0.5)) for method, once in (("GET", True), ("POST", False))],
    *[(method, once, FOREIGN, 0, END) for method, once in (("GET", True), ("POST", False))],
    *[(method, True, LOST, 0, back_off(0.5)) for method in ("GET", "PUT", "PATCH", "DELETE", "POST")],
    ("POST", False, LOST, 0, END),
    # Each wait is twice the one before, and at most 30 s, of which the jitter leaves a part.
    *[("GET", True, LOST, attempt, back_off(0.5 * 2**attempt)) for attempt in range(RETRIES)],
    *[("GET", True, status(429), attempt, pause(0.5 * 2**attempt)) for attempt in range(RETRIES)],
    # All tries are used up. Others pause all the same.
    *[("GET", True, outcome, RETRIES, END) for outcome in (LOST, NO_WAY, status(502), status(504, "3"))],
    ("GET", True, status(429, "3"), RETRIES, pause(3, again=False)),
    ("POST", False, status(503, "3"), RETRIES, pause(3, again=False)),
    # How long, in its own words.
    *[("GET", True, status(429, text), 0, pause(seconds)) for text, seconds in (("0", 0), (" 7 ", 7), ("600", 600))],
    *[("GET", True, status(503, at(offset)), 0, pause(seconds)) for offset, seconds in ((9, 9), (-9, 0))],
    *[("GET", True, status(429, text), 0, pause(0.5)) for text in ("soon", "-5", "1e9", "", "²", "Wed, 99 Foo 2026")],
    *[("GET", True, status(503, text), 0, back_off(0.5)) for text in ("soon", "-5", "")],
    ("POST", False, status(503, "soon"), 0, END),
]


def decided(method: str, repeatable: bool, outcome: Any, attempt: int, **others: Any) -> Decision:
    operation = Operation("any", "compute", method, "/any", repeatable, 15, "client")
    return decide(operation, attempt, outcome, **{"retries": RETRIES, "now": NOW, "jitter": JITTER, **others})


@pytest.mark.parametrize(("method", "repeatable", "outcome", "attempt", "decision"), ROWS, ids=str)
def test_each_case(method: str, repeatable: bool, outcome: Any, attempt: int, decision: Decision | None) -> None:
    found = decided(method, repeatable, outcome, attempt)
    if decision is END:
        assert not found.again and not found.pause
    else:
        assert found == decision


def test_the_back_off_has_a_longest_and_full_jitter() -> None:
    waits = [decided("GET", True, LOST, attempt, retries=86400, jitter=1.0).seconds for attempt in (3, 4, 5, 9, 5000)]
    assert waits == [8, 16, 30, 30, 30]
    assert decided("GET", True, LOST, 3, jitter=0.0) == back_off(0.0)


def test_no_retries_means_one_try() -> None:
    assert not decided("GET", True, status(503), 0, retries=0).again


@pytest.mark.parametrize(
    ("outcome", "may"),
    [
        (status(200), False),
        (status(404), False),
        (status(500), False),
        (status(408), True),
        (status(429), False),
        (status(502), True),
        (status(503), True),
        (status(503, "3"), False),
        (status(504, "3"), True),
        (NO_WAY, False),
        (LOST, True),
    ],
    ids=str,
)
def test_what_may_have_worked(outcome: Any, may: bool) -> None:
    assert may_have_worked(outcome) is may
