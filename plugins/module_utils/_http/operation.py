# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What an API call is, and how a user may change one."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from .._core.errors import BadInput

Api = Literal["compute", "device", "cloud"]
Evidence = Literal["documented", "observed", "client", "inferred"]

# Where each API lives below its host.
PREFIX: dict[Api, str] = {"compute": "/cpt", "device": "/dev", "cloud": ""}

TRIED = "Read the option operations"
SHAPE = "Write {update_model: {path: '/functions/{uuid}', method: PATCH, query: {}}}; docs/contract.md has the names."
_CHANGEABLE = frozenset({"path", "method", "query"})
_NAME = re.compile(r"[A-Za-z0-9_.$\[\]-]{1,100}")
_WRITES = ("POST", "PUT", "PATCH")  # a DELETE stays one, and nothing else becomes one
_PATH = re.compile(r"(?:/(?:[A-Za-z0-9_.~-]|\{\w+\})+)+")


@dataclass(frozen=True)
class Operation:
    """One API call.

    ``repeatable``: doing it twice is as good as once. ``time_limit``: after this many seconds the service has answered
    in full or given up (its documented limit where one is known). ``evidence``: how the call is known. ``relies_on``:
    the fields of the answer that the client reads; with none, the body of a good answer is not looked at. ``signed``:
    whether the task's own token is sent with it. ``spelling``: query parameters that are sent under another name.
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

    def adapted(self, change: Any) -> Operation:
        """The same with the user's ``path``, ``method`` and ``query`` (our name -> theirs). Raises ``BadInput``.

        What is read stays a GET, and what is written never becomes one: check mode depends on it.
        """
        if not isinstance(change, Mapping) or not set(change) <= _CHANGEABLE:
            raise BadInput(TRIED, f"{self.name} is not a dictionary of path, method and query", SHAPE)
        path, method = change.get("path") or self.path, change.get("method") or self.method
        method = method.upper() if isinstance(method, str) else method
        query = change.get("query", {})
        if method != self.method and not (self.method in _WRITES and method in _WRITES):
            allowed = ", ".join(_WRITES) if self.method in _WRITES else self.method
            raise BadInput(TRIED, f"the method of {self.name} cannot be {method!r}", f"It can be {allowed}.")
        wanted, found = (_places(text) for text in (self.path, path))
        whole = isinstance(path, str) and _PATH.fullmatch(path) and not {".", ".."} & set(path.split("/"))
        if not whole or wanted != found:
            shape = f"It begins with a slash, and holds {' and '.join(wanted) or 'no place in braces'}."
            raise BadInput(TRIED, f"the path of {self.name} cannot be {path!r}", shape)
        names = [each for pair in query.items() for each in pair] if isinstance(query, Mapping) else [None]
        if not all(isinstance(each, str) and _NAME.fullmatch(each) for each in names):
            raise BadInput(TRIED, f"the query of {self.name} is not a dictionary of names", SHAPE)
        return replace(self, path=path, method=method, spelling=dict(query))


def _places(path: Any) -> list[str]:
    return sorted(re.findall(r"\{\w+\}", path)) if isinstance(path, str) else []


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
