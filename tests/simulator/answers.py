# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Answers: the one body for success and error, refusals, and pages of a list."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

from starlette.responses import Response

from .identifiers import ZERO_UUID

Record = TypeVar("Record")
PAGE_HEADER = "X-Pagination-Records"


class Json(Response):
    """Escapes everything beyond ASCII, so that any name a client sent can be sent back, also half a surrogate pair."""

    media_type = "application/json"

    def render(self, content: Any) -> bytes:
        return json.dumps(content, separators=(",", ":")).encode("ascii")


def outcome(
    message: str,
    uuid: str = ZERO_UUID,
    email: str = "",
    field: Mapping[str, str] | None = None,
    authorization_invalid: bool = False,
) -> dict[str, Any]:
    """The body that both APIs give for every change and every error."""
    return {
        "AuthorizationInvalid": authorization_invalid,
        "Email": email,
        "Field": dict(field or {}),
        "Message": message,
        "UUID": uuid,
    }


class Refusal(Exception):
    """An error answer of the Compute or Device API."""

    def __init__(self, status: int, message: str, field: Mapping[str, str] | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.field = field

    def response(self) -> Response:
        body = outcome(self.message, field=self.field, authorization_invalid=self.status == 401)
        return Json(body, status_code=self.status)


class AuthRefusal(Refusal):
    """No token, or one that is not accepted. Marked in the body also when a quirk makes the status a 500."""

    def response(self) -> Response:
        return Json(outcome(self.message, authorization_invalid=True), status_code=self.status)


def page(
    rows: Sequence[Record],
    view: Callable[[Record], Any],
    query: Mapping[str, Any],
    columns: Mapping[str, Callable[[Record], Any]],
    max_page: int = 0,
    honour_offset: bool = True,
) -> Response:
    """The rows that ``Search``, ``OrderBy``, ``Offset`` and ``Limit`` ask for; only these are made into wire shapes."""
    search = query.get("Search")
    if search:
        rows = [row for row in rows if search.lower() in str(columns["Name"](row)).lower()]
    order = query.get("OrderBy")
    if order:
        rows = sorted(rows, key=columns[order.lstrip("-")], reverse=order.startswith("-"))
    first = query.get("Offset", 0) if honour_offset else 0
    limit = query.get("Limit", len(rows))
    if max_page:
        limit = min(limit, max_page)
    body = [view(row) for row in rows[first : first + limit]]
    return Json(body, headers={PAGE_HEADER: str(len(rows))})
