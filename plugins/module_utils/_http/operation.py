# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What an API call is, and how a user may change one."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from .._core.errors import BadInput, NxaiError, Refused, Unexpected, Unreachable

Api = Literal["compute", "device", "cloud"]
Evidence = Literal["documented", "observed", "client", "inferred", "your contract"]

# Where each API lives below its host.
PREFIX: dict[Api, str] = {"compute": "/cpt", "device": "/dev", "cloud": ""}

TRIED = "Read the contract"
SURE = ("documented", "observed")
PAGING = ("Limit", "Offset")
# What Offset counts: rows; pages, from 1 or 0; or nothing, as it carries what the answer before gave.
PAGING_WAYS = ("rows", "pages", "pages_from_0", "cursor")
MOST_ROWS_OF_A_PAGE = 10_000
_NAME = re.compile(r"[A-Za-z0-9_.$\[\]-]{1,100}")
CHANGING = ("POST", "PUT", "PATCH")  # a DELETE stays one, and nothing else becomes one
_RELIED = "This relied on"
FIND_OUT = "Find out what it is: ansible-playbook nxai.cloud.first_contact"
_WRONG_BODY = (400, 422)
_NOT_OF_THE_CALL = (401, 403, 407, 409, 429)  # of the token, of the state of things, of the account
_PATH = re.compile(r"(?:/(?:[A-Za-z0-9_.~-]|\{\w+\})+)+/?")


def relied_on(line: str, evidence: str) -> str:
    """The end of an error's advice: on which line of the contract the collection relied, and what to do about it."""
    return f"{_RELIED} {line} ({evidence}). {FIND_OUT}"


def names_a_line(error: NxaiError) -> bool:
    return _RELIED in error.advice


@dataclass(frozen=True)
class Operation:
    """One API call.

    ``repeatable``: doing it twice is as good as once. ``time_limit``: after this many seconds the service has answered
    in full or given up (its documented limit where one is known). ``evidence``: how the call is known. ``relies_on``:
    the fields of the answer that the client reads; with none, the body of a good answer is not looked at. ``signed``:
    whether the task's own token is sent with it. ``query``: the parameters that are sent. ``spelling``: those that are
    sent under another name. ``page_size``: of a listing; 0 where it comes whole. ``paging``: how its next page is asked
    for, one of PAGING_WAYS. ``as_form``: the body is a form, not
    JSON. ``with_refresh``: the refresh token signs it. ``sends``: the lines of the contract for what is sent.
    ``devices``: it lists them, so its answer may take the memory that an estate takes. ``headers``: sent besides.
    ``replaces``: of a change, if it gives its default to what is not sent; None where that is no question.
    """

    name: str
    api: Api
    method: str
    path: str
    repeatable: bool
    time_limit: float
    evidence: Evidence
    relies_on: tuple[str, ...] = ()
    signed: bool = True
    spelling: Mapping[str, str] = field(default_factory=dict, hash=False)
    query: tuple[str, ...] = ()
    page_size: int = 500
    paging: str = PAGING_WAYS[0]
    as_form: bool = False
    with_refresh: bool = False
    sends: str = ""
    devices: bool = False
    headers: Mapping[str, str] = field(default_factory=dict, hash=False)
    replaces: bool | None = None

    @property
    def pages(self) -> bool:
        return set(PAGING) <= set(self.query)

    def hinted(self, error: NxaiError) -> NxaiError:
        """The error of this call with the line of the contract that it hangs on, where that may be otherwise.

        Of a call that nobody is sure of it may be so with any error, of another one where the answer says so.
        """
        surely = self.evidence in SURE and not self._says_otherwise(error)
        if surely or isinstance(error, (BadInput, Unreachable)):
            return error
        line = f"operations.{self.name}.path"
        if error.status == 405 and self.method in CHANGING:
            line = f"operations.{self.name}.method"
        elif error.status in _WRONG_BODY and self.sends:
            line = self.sends
        return replace(error, advice=f"{error.advice} {relied_on(line, self.evidence)}".strip())

    def _says_otherwise(self, error: NxaiError) -> bool:
        """Whether it may mean that the service has another call."""
        if not isinstance(error, Refused):
            return isinstance(error, Unexpected)
        if error.status in _WRONG_BODY and (self.pages or not self.signed):
            return False  # what a listing and a sign-in ask for is judged with their pages, and with their form
        return 400 <= (error.status or 0) <= 501 and error.status not in _NOT_OF_THE_CALL

    def adapted(self, change: Mapping[str, Any]) -> Operation:
        """The same with the user's ``api``, ``path``, ``method``, ``query`` (our name -> theirs), ``page_size`` and
        ``paging``.

        Raises ``BadInput``. What reads stays a GET, and what writes never becomes one: check mode depends on it. What
        writes also stays at its API, and so at its host. The identity provider is not known to give pages.
        """
        given = {name: value for name, value in change.items() if value is not None}
        if given.get("api") == "cloud" and self.pages:
            given.setdefault("page_size", 0)
        checked = {member: check(self, given[name]) for name, (member, check) in _CHECKS.items() if name in given}
        return replace(self, **checked, evidence="your contract") if checked else self

    def refused(self, part: str, value: Any, advice: str) -> BadInput:
        return BadInput(TRIED, f"operations.{self.name}.{part} cannot be {repr(value)[:100]}", advice)


def _api(operation: Operation, api: Any) -> Api:
    wanted: Api | None = next((each for each in PREFIX if each == api), None)
    if wanted is None:
        raise operation.refused("api", api, f"It can be {', '.join(PREFIX)}.")
    if wanted != operation.api and (operation.method != "GET" or not operation.signed):
        raise operation.refused("api", api, "Only what reads can move to another API.")
    return wanted


def _method(operation: Operation, method: Any) -> str:
    found = method.upper() if isinstance(method, str) else method
    allowed = CHANGING if operation.method in CHANGING else (operation.method,)
    if found not in allowed:
        raise operation.refused("method", found, f"It can be {', '.join(allowed)}.")
    return str(found)


def _path(operation: Operation, path: Any) -> str:
    wanted, found = (_places(text) for text in (operation.path, path))
    whole = isinstance(path, str) and _PATH.fullmatch(path) and not {".", ".."} & set(path.split("/"))
    if not whole or wanted != found:
        shape = f"It begins with a slash, and holds {' and '.join(wanted) or 'no place in braces'}."
        raise operation.refused("path", path, f"{shape} It is no address, no template, and has no query.")
    return str(path)


def _places(path: Any) -> list[str]:
    return sorted(re.findall(r"\{\w+\}", path)) if isinstance(path, str) else []


def _query(operation: Operation, query: Any) -> dict[str, str]:
    if not isinstance(query, Mapping) or not set(query) <= set(operation.query):
        names = ", ".join(operation.query) or "none"
        raise operation.refused("query", query, f"It is a dictionary of new names for what is sent: {names}.")
    for name, other in query.items():
        if not isinstance(other, str) or not _NAME.fullmatch(other):
            raise operation.refused(f"query.{name}", other, "Give the name of a query parameter.")
    spelling = {**operation.spelling, **query}
    if len({spelling.get(name, name) for name in operation.query}) < len(operation.query):
        raise operation.refused("query", dict(query), "Give each parameter a name of its own.")
    return spelling


def _page_size(operation: Operation, size: Any) -> int:
    if not operation.pages:
        raise operation.refused("page_size", size, "Only listings come in pages.")
    if not isinstance(size, int) or isinstance(size, bool) or not 0 <= size <= MOST_ROWS_OF_A_PAGE:
        advice = f"Give a whole number from 1 to {MOST_ROWS_OF_A_PAGE}, or 0 where all rows come at once."
        raise operation.refused("page_size", size, advice)
    return size


def _replaces(operation: Operation, value: Any) -> bool:
    if operation.replaces is None:
        raise operation.refused("replaces", value, "Only update_model has it.")
    if not isinstance(value, bool):
        raise operation.refused("replaces", value, "Give true or false.")
    return value


def _paging(operation: Operation, way: Any) -> str:
    if not operation.pages:
        raise operation.refused("paging", way, "Only listings come in pages.")
    if way not in PAGING_WAYS:
        raise operation.refused("paging", way, f"It can be {', '.join(PAGING_WAYS)}.")
    return str(way)


_CHECKS: dict[str, tuple[str, Callable[[Operation, Any], Any]]] = {
    "api": ("api", _api),
    "path": ("path", _path),
    "method": ("method", _method),
    "page_size": ("page_size", _page_size),
    "paging": ("paging", _paging),
    "query": ("spelling", _query),
    "replaces": ("replaces", _replaces),
}
CHANGEABLE = tuple(_CHECKS)

# A second token does no harm, so this POST may be repeated.
ISSUE_TOKEN = Operation(
    "issue_token",
    "cloud",
    "POST",
    "/cdb/oauth2/token",
    True,
    15,
    "documented",
    ("access_token", "refresh_token", "expires_in", "expires_at", "error"),
    signed=False,
)
