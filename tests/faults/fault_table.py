# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""THE table: each fault, and what becomes of a task that meets it, for each kind of operation.

Words of the table: ``OK`` succeeds at the first try; ``AGAIN`` succeeds, the request was sent more than once; ``FOUND``
succeeds with one request, its effect was looked up; ``EITHER`` succeeds, whether or not it was repeated; any other
text: fails, and the message holds this text.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

OK, AGAIN, FOUND = "succeeds", "succeeds after a repeat", "succeeds, found by looking"
EITHER = "succeeds, maybe after a repeat"
SUCCESSES = (OK, AGAIN, FOUND, EITHER)

Outcomes = Mapping[str, str]  # by kind of operation
OPERATIONS_OF = {
    "read": "list_models list_catalogues list_sites list_servers list_devices list_registry_devices list_groups"
    " list_organisations list_channel_partners",
    "look": "get_model",
    "set": "update_model rename_catalogue put_pipelines update_registry_device join_group",
    "remove": "delete_model delete_catalogue leave_group",
    "create": "create_model create_catalogue",
    "sign in": "issue_token",
    "revoke": "revoke_token",
    "document": "describe_compute describe_device",
}
KINDS = tuple(OPERATIONS_OF)
KIND_OF = {operation: kind for kind, operations in OPERATIONS_OF.items() for operation in operations.split()}


@dataclass(frozen=True)
class Trouble:
    """One row. ``fault``: members of the simulator's fault; it meets one request unless ``times`` is 0 (all).

    ``refused``: that many connections are refused (no fault of the simulator can do that). ``timeout``: the option.
    ``others``: the outcomes of operations that differ from those of their kind.
    """

    name: str
    outcomes: Outcomes
    fault: Mapping[str, Any] | None = None
    refused: int = 0
    timeout: float = 5.0
    paged: bool = False
    redirect: str = ""  # here | away
    retry_date: bool = False
    others: Outcomes = field(default_factory=dict)

    @property
    def late(self) -> float:
        """Real seconds after which a request takes effect that was given up before."""
        fault = self.fault or {}
        return float(fault["seconds"]) if fault.get("kind") == "delay" and not fault.get("handled") else 0.0

    def outcome(self, operation: str) -> str:
        return self.others.get(operation) or self.outcomes[KIND_OF[operation]]


def status(number: int, always: bool = False, **members: Any) -> dict[str, Any]:
    return {"kind": "status", "status": number, "times": 0 if always else 1, **members}


def good(body: Any, **members: Any) -> dict[str, Any]:
    """The request takes effect; its answer is replaced by this one."""
    return status(200, handled=True, body=body, **members)


def everywhere(words: str) -> Outcomes:
    return dict.fromkeys(KINDS, words)


def but(words: str, **others: str) -> Outcomes:
    """The same for each kind of operation but these."""
    return {**everywhere(words), **{kind.replace("_", " "): other for kind, other in others.items()}}


ONCE_MORE = everywhere(AGAIN)
LOST = but(AGAIN, create=FOUND)  # a create may have been received: looked up, not sent again
CUT = "not JSON, or JSON cut short"
PAGE = "a web page instead of JSON"
NOT_WHOLE, NO_LIST, NO_DOCUMENT = "listing is not whole", "not a list of objects", "no OpenAPI document"
NO_TOKEN = "holds no access token"
UNREAD = but(OK, create=FOUND, sign_in=NO_TOKEN, document=NO_DOCUMENT)  # what other answers hold is not looked at

TROUBLES = (
    Trouble("401 once", but(AGAIN, sign_in="HTTP 401", document="HTTP 401"), status(401)),
    # A token that is refused when it is to be revoked is over already.
    Trouble("401 always", but("HTTP 401", revoke=AGAIN), status(401, always=True)),
    Trouble("403", everywhere("HTTP 403"), status(403, always=True)),
    # A list of sites that is not there is looked for at the identity provider.
    Trouble("404", but("HTTP 404", revoke=OK, look=OK), status(404, always=True), others={"list_sites": AGAIN}),
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
    # Of two requests over one connection the second may still find it open, and lose it then.
    Trouble(
        "reset after the answer",
        but(OK, read=EITHER, revoke=EITHER),  # a listing looks once whether its total counts all
        {"kind": "reset", "sent": "all"},
    ),
    Trouble("time-out", ONCE_MORE, {"kind": "delay", "seconds": 0.4}, timeout=0.2),
    Trouble("time-out after the effect", LOST, {"kind": "delay", "seconds": 0.4, "handled": True}, timeout=0.2),
    Trouble("slow drip", LOST, {"kind": "drip", "seconds": 0.05}, timeout=0.2),
    Trouble("answer cut short", LOST, {"kind": "truncate"}),
    Trouble("JSON cut short", but(CUT, set=OK, remove=OK, revoke=OK, create=FOUND), good('[{"UUID": "459d22')),
    Trouble("web page", everywhere(PAGE), {"kind": "html", "times": 0}),
    Trouble("empty body", {**UNREAD, "read": NO_LIST}, good("")),
    Trouble("wrong content type", everywhere(OK), {"kind": "headers", "headers": {"Content-Type": "text/html"}}),
    Trouble("307 to the same host", ONCE_MORE, status(307), redirect="here"),
    Trouble("307 to another host", everywhere("redirected to"), status(307, always=True), redirect="away"),
    Trouble("wrong page count", but(OK, read=AGAIN), {"kind": "pagination", "records": 99}),
    Trouble("wrong page count always", but(OK, read=NOT_WHOLE), {"kind": "pagination", "records": 99, "times": 0}),
    Trouble("duplicate rows across pages", {**UNREAD, "read": AGAIN}, good(None, nth=2), paged=True),
    Trouble("duplicate rows always", {**UNREAD, "read": "rows came twice"}, good(None, nth=2, times=0), paged=True),
)


def as_markdown() -> str:
    lines = [f"| | {' | '.join(KINDS)} |", "|---" * (len(KINDS) + 1) + "|"]
    for trouble in TROUBLES:
        cells = (each if each in SUCCESSES else f"fails: `{each}`" for each in map(trouble.outcomes.__getitem__, KINDS))
        lines.append(f"| {trouble.name} | {' | '.join(cells)} |")
    return "\n".join(lines)
