# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What an operation of the simulated service is: how it is called, what it takes and answers, and how sure that is."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from .answers import page
from .checks import Check, Schema
from .records import Account
from .world import Viewpoint, World


@dataclass(frozen=True)
class Caller:
    account: Account
    view: Viewpoint


@dataclass
class Call:
    """One request, checked: who calls, with which path, query and JSON body."""

    request: Request
    world: World
    path: Mapping[str, str]
    query: Mapping[str, Any] = field(default_factory=dict)
    body: Any = None
    signed_in: Caller | None = None

    @property
    def caller(self) -> Caller:
        assert self.signed_in is not None, "this operation is open to everybody"
        return self.signed_in

    @property
    def view(self) -> Viewpoint:
        return self.caller.view

    @property
    def base_url(self) -> str:
        return str(self.request.base_url).rstrip("/")

    def page(self, rows: Any, view: Callable[[Any], Any], columns: Mapping[str, Callable[[Any], Any]]) -> Response:
        quirks = self.world.quirks
        return page(rows, view, self.query, columns, quirks.max_page, quirks.offset == "honour")


Handler = Callable[[Call], Awaitable[Any]]


@dataclass(frozen=True)
class Parameter:
    """A query parameter. Names are matched without regard to case, as the service's own spelling is not certain."""

    name: str
    schema: Schema
    evidence: str
    about: str

    @cached_property
    def check(self) -> Check:
        return Check(self.schema)

    def read(self, text: str) -> Any:
        """The value; what is no integer where one is due stays text, and fails the check."""
        integer = self.schema.get("type") == "integer" and re.fullmatch("-?[0-9]{1,1000}", text)
        return int(text) if integer else text


@dataclass(frozen=True, kw_only=True)
class Operation:
    """``evidence``: documented, observed, client (an official client sends it) or inferred (nobody has seen it)."""

    name: str
    api: str  # cpt | dev
    method: str
    path: str
    handler: Handler
    summary: str
    evidence: str
    note: str = ""
    needs: str = "read"  # nobody | read | write
    query: tuple[Parameter, ...] = ()
    body: Schema | None = None  # of a JSON body
    upload: bool = False  # multipart parts data and file, or JSON; the handler reads the stream itself
    answer: Schema = field(default_factory=dict)  # empty: it never succeeds
    paged: bool = False
    refusals: tuple[int, ...] = ()  # error statuses beside those of authorization and of the check of the input
    invalid: int = 400  # the status of a query or body that fails its schema

    @cached_property
    def check(self) -> Check:
        """Of the body."""
        return Check(self.body or {})


def ordered_by(*columns: str) -> Parameter:
    choices = [sign + column for column in columns for sign in ("", "-")]
    about = "Column to sort by; a leading minus sorts downwards."
    return Parameter("OrderBy", {"type": "string", "enum": choices}, "observed", about)


LIMIT = Parameter("Limit", {"type": "integer", "minimum": 1}, "observed", "Rows to answer at most; all without it.")
OFFSET = Parameter("Offset", {"type": "integer", "minimum": 0}, "inferred", "Rows to leave out at the beginning.")
SEARCH = Parameter("Search", {"type": "string"}, "inferred", "Part of the name, without regard to case.")


def paging(*columns: str) -> tuple[Parameter, ...]:
    return (LIMIT, OFFSET, ordered_by(*columns), SEARCH)
