# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The table of API calls. Everything about a path that may turn out to be different is changed here."""

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


_MODEL_FIELDS = ("UUID", "Name", "Status", "Code", "Documentation", "Catalogues", "UpdatedAt")

_TABLE = (
    Operation("list_models", "compute", "GET", "/functions", True, 60, "observed", _MODEL_FIELDS),
    Operation("create_model", "compute", "POST", "/functions", False, 60, "client", ("UUID",)),
    Operation("update_model", "compute", "PATCH", "/function/{uuid}", True, 60, "client"),
    Operation("delete_model", "compute", "DELETE", "/function/{uuid}", True, 15, "client"),
    Operation(
        "list_catalogues", "compute", "GET", "/catalogues", True, 60, "documented", ("UUID", "Name", "Organisation")
    ),
    Operation("create_catalogue", "compute", "POST", "/catalogues", False, 15, "client", ("UUID",)),
    Operation("rename_catalogue", "compute", "PATCH", "/catalogue/{uuid}", True, 5, "documented"),
    Operation("delete_catalogue", "compute", "DELETE", "/catalogue/{uuid}", True, 15, "documented"),
    Operation("list_sites", "device", "GET", "/systems", True, 60, "inferred", ("UUID", "Name", "UpdatedAt")),
    Operation(
        "list_servers", "device", "GET", "/system/{site_id}/servers", True, 60, "inferred", ("UUID", "Name", "Status")
    ),
    Operation(
        "list_devices",
        "device",
        "GET",
        "/system/{site_id}/devices",
        True,
        60,
        "observed",
        ("NxID", "Name", "Server", "nxAI"),
    ),
    Operation("put_pipelines", "device", "PUT", "/system/{site_id}/devices/pipelines", True, 30, "observed"),
    # The registry of the time before Nx sites: whether it holds the same devices is not known. Joining a group twice is
    # joining it once.
    Operation("list_registry_devices", "device", "GET", "/devices", True, 60, "client", ("UUID", "Name")),
    Operation("update_registry_device", "device", "PATCH", "/device/{uuid}", True, 15, "client"),
    Operation("list_groups", "device", "GET", "/groups", True, 60, "client", ("UUID", "Name")),
    Operation("join_group", "device", "POST", "/group/{uuid}/devices", True, 15, "client"),
    Operation("leave_group", "device", "DELETE", "/device/{uuid}/group/{group}", True, 15, "client"),
    # A second token does no harm, so this POST may be repeated.
    Operation(
        "issue_token",
        "cloud",
        "POST",
        "/cdb/oauth2/token",
        True,
        15,
        "documented",
        ("access_token", "refresh_token", "expires_in", "expires_at", "error"),
        signed=False,
    ),
    # Sent with the token itself that is to be revoked. That a refresh token can be named as well is documented; with
    # which token such a request is sent is not.
    Operation("revoke_token", "cloud", "DELETE", "/cdb/oauth2/token/{token}", True, 15, "client", signed=False),
    Operation("describe_compute", "compute", "GET", "/openapi.json", True, 30, "documented", ("paths",), signed=False),
    Operation("describe_device", "device", "GET", "/openapi.json", True, 30, "documented", ("paths",), signed=False),
)

OPERATIONS: dict[str, Operation] = {operation.name: operation for operation in _TABLE}

_TRIED = "Read the option operations"
_SHAPE = "Write {update_model: {path: '/functions/{uuid}', method: PATCH, query: {}}}; docs/contract.md has the names."
_CHANGEABLE = frozenset({"path", "method", "query"})
_NAME = re.compile(r"[A-Za-z0-9_.$\[\]-]{1,100}")
_WRITES = ("POST", "PUT", "PATCH", "DELETE")
_PATH = re.compile(r"(?:/(?:[A-Za-z0-9_.~-]|\{\w+\})+)+")


def adapted(changes: Any) -> dict[str, Operation]:
    """The table with the user's changes: operation name -> ``path``, ``method`` and ``query`` (our name -> theirs).

    What is read stays a GET, and what is written never becomes one: check mode depends on it. Raises ``BadInput``.
    """
    if not isinstance(changes, Mapping):
        raise BadInput(_TRIED, "it is not a dictionary", _SHAPE)
    table = dict(OPERATIONS)
    for name, change in changes.items():
        if name not in table:
            raise BadInput(_TRIED, f"there is no operation {name!r}", f"The names are {', '.join(OPERATIONS)}.")
        if not isinstance(change, Mapping) or not set(change) <= _CHANGEABLE:
            raise BadInput(_TRIED, f"{name} is not a dictionary of path, method and query", _SHAPE)
        table[name] = _adapt(table[name], change)
    return table


def _adapt(operation: Operation, change: Mapping[str, Any]) -> Operation:
    path, method = change.get("path") or operation.path, change.get("method") or operation.method
    method = method.upper() if isinstance(method, str) else method
    query = change.get("query", {})
    if method != operation.method and (operation.method == "GET" or method not in _WRITES):
        allowed = "GET" if operation.method == "GET" else ", ".join(_WRITES)
        raise BadInput(_TRIED, f"the method of {operation.name} cannot be {method!r}", f"It can be {allowed}.")
    wanted, found = (_places(text) for text in (operation.path, path))
    if not isinstance(path, str) or not _PATH.fullmatch(path) or wanted != found or {".", ".."} & set(path.split("/")):
        shape = f"It begins with a slash, and holds {' and '.join(wanted) or 'no place in braces'}."
        raise BadInput(_TRIED, f"the path of {operation.name} cannot be {path!r}", shape)
    names = [each for pair in query.items() for each in pair] if isinstance(query, Mapping) else [None]
    if not all(isinstance(each, str) and _NAME.fullmatch(each) for each in names):
        raise BadInput(_TRIED, f"the query of {operation.name} is not a dictionary of names", _SHAPE)
    return replace(operation, path=path, method=method, spelling=dict(query))


def _places(path: Any) -> list[str]:
    return sorted(re.findall(r"\{\w+\}", path)) if isinstance(path, str) else []
