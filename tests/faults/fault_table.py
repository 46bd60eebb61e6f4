# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""THE table: each fault, and what becomes of a task that meets it, for each kind of operation.

Words of the table: ``OK`` succeeds at the first try; ``AGAIN`` succeeds, the request was sent more than once; ``FOUND``
succeeds with one request, its effect was looked up; any other text: fails, and the message holds this text.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

OK, AGAIN, FOUND = "succeeds", "succeeds after a repeat", "succeeds, found by looking"
SUCCESSES = (OK, AGAIN, FOUND)

KINDS = ("read", "set", "remove", "create", "sign in")
KIND_OF = {
    "list_models": "read",
    "list_catalogues": "read",
    "list_sites": "read",
    "list_servers": "read",
    "list_devices": "read",
    "list_registry_devices": "read",
    "list_groups": "read",
    "update_model": "set",
    "rename_catalogue": "set",
    "put_pipelines": "set",
    "update_registry_device": "set",
    "join_group": "set",
    "delete_model": "remove",
    "delete_catalogue": "remove",
    "leave_group": "remove",
    "create_model": "create",
    "create_catalogue": "create",
    "issue_token": "sign in",
}


@dataclass(frozen=True)
class Trouble:
    """One row. ``fault``: members of the simulator's fault; it meets one request unless ``times`` is 0 (all).

    ``refused``: that many connections are refused (no fault of the simulator can do that). ``timeout``: the option.
    ``hurry``: simulated seconds per real one, so that a limit of a minute can be waited for.
    """

    name: str
    outcomes: tuple[str, str, str, str, str]
    fault: Mapping[str, Any] | None = None
    refused: int = 0
    timeout: float = 5.0
    hurry: float = 0.0
    paged: bool = False
    redirect: str = ""  # here | away
    retry_date: bool = False

    def outcome(self, operation: str) -> str:
        return self.outcomes[KINDS.index(KIND_OF[operation])]


def status(number: int, always: bool = False, **members: Any) -> dict[str, Any]:
    return {"kind": "status", "status": number, "times": 0 if always else 1, **members}


def good(body: Any, **members: Any) -> dict[str, Any]:
    """The request takes effect; its answer is replaced by this one."""
    return status(200, handled=True, body=body, **members)


def everywhere(words: str) -> tuple[str, str, str, str, str]:
    return (words,) * 5


ONCE_MORE = everywhere(AGAIN)
LOST = (AGAIN, AGAIN, AGAIN, FOUND, AGAIN)  # a create may have been received: looked up, not sent again
CUT = "not JSON, or JSON cut short"
PAGE = "a web page instead of JSON"
NO_LIST, NO_UUID, NO_TOKEN = "not a list of objects", "holds no UUID", "holds no access token"

TROUBLES = (
    Trouble("401 once", (AGAIN, AGAIN, AGAIN, AGAIN, "HTTP 401"), status(401)),
    Trouble("401 always", everywhere("HTTP 401"), status(401, always=True)),
    Trouble("403", everywhere("HTTP 403"), status(403, always=True)),
    Trouble("404", everywhere("HTTP 404"), status(404, always=True)),
    Trouble("409", everywhere("HTTP 409"), status(409, always=True)),
    Trouble("413", everywhere("HTTP 413"), status(413, always=True)),
    Trouble("422", everywhere("HTTP 422"), status(422, always=True)),
    Trouble("429, Retry-After in seconds", ONCE_MORE, status(429, headers={"Retry-After": "3"})),
    Trouble("429, Retry-After as a date", ONCE_MORE, status(429), retry_date=True),
    Trouble("429 always", everywhere("HTTP 429"), status(429, always=True, headers={"Retry-After": "50"})),
    Trouble("500", everywhere("HTTP 500"), status(500, always=True)),
    Trouble("502", ONCE_MORE, status(502)),
    Trouble("502 after the effect", LOST, status(502, handled=True)),
    Trouble("503", ONCE_MORE, status(503)),
    Trouble("503 always", everywhere("HTTP 503"), status(503, always=True)),
    Trouble("504", ONCE_MORE, status(504)),
    Trouble("504 after the effect", LOST, status(504, handled=True)),
    Trouble("connection refused", ONCE_MORE, refused=1),
    Trouble("connection refused always", everywhere("no connection"), refused=1000),
    Trouble("reset before the answer", ONCE_MORE, {"kind": "reset"}),
    Trouble("reset after the effect", LOST, {"kind": "reset", "handled": True}),
    Trouble("reset in the middle of the answer", LOST, {"kind": "reset", "sent": "half"}),
    Trouble("reset after the answer", everywhere(OK), {"kind": "reset", "sent": "all"}),
    Trouble("time-out", LOST, {"kind": "delay", "seconds": 0.6}, timeout=0.3),
    Trouble("slow drip", LOST, {"kind": "drip", "seconds": 0.05}, hurry=400),
    Trouble("answer cut short", LOST, {"kind": "truncate"}),
    Trouble("JSON cut short", (CUT, OK, OK, CUT, CUT), good('[{"UUID": "459d22')),
    Trouble("web page", everywhere(PAGE), {"kind": "html", "times": 0}),
    Trouble("empty body", (NO_LIST, OK, OK, NO_UUID, NO_TOKEN), good("")),
    Trouble("wrong content type", everywhere(OK), {"kind": "headers", "headers": {"Content-Type": "text/html"}}),
    Trouble("307 to the same host", ONCE_MORE, status(307), redirect="here"),
    Trouble("307 to another host", everywhere("redirected to"), status(307, always=True), redirect="away"),
    Trouble("wrong page count", (AGAIN, OK, OK, OK, OK), {"kind": "pagination", "records": 99}),
    Trouble(
        "wrong page count always", ("listing is not whole", OK, OK, OK, OK), {"kind": "pagination", "records": 99, "times": 0}
    ),
    Trouble("duplicate rows across pages", (AGAIN, OK, OK, NO_UUID, NO_TOKEN), good(None, nth=2), paged=True),
    Trouble(
        "duplicate rows always", ("rows came twice", OK, OK, NO_UUID, NO_TOKEN), good(None, nth=2, times=0), paged=True
    ),
)


def as_markdown() -> str:
    """The table as the guide shows it."""
    lines = [f"| | {' | '.join(KINDS)} |", "|---" * (len(KINDS) + 1) + "|"]
    for trouble in TROUBLES:
        cells = (each if each in SUCCESSES else f"fails: `{each}`" for each in trouble.outcomes)
        lines.append(f"| {trouble.name} | {' | '.join(cells)} |")
    return "\n".join(lines)
