# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The table of API calls. Everything about a path that may turn out to be different is changed here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Api = Literal["compute", "device", "cloud"]
Evidence = Literal["documented", "observed", "client", "inferred"]

# Where each API lives below its host.
PREFIX: dict[Api, str] = {"compute": "/cpt", "device": "/dev", "cloud": ""}


@dataclass(frozen=True)
class Operation:
    """One API call.

    ``repeatable``: doing it twice is as good as once. ``time_limit``: after this many seconds the service has answered
    in full or given up (its documented limit where one is known). ``evidence``: how the call is known. ``relies_on``:
    the fields of the answer that the client reads; with none, the body of a good answer is not looked at.
    """

    name: str
    api: Api
    method: str
    path: str
    repeatable: bool
    time_limit: float
    evidence: Evidence
    relies_on: tuple[str, ...] = ()


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
    ),
)

OPERATIONS: dict[str, Operation] = {operation.name: operation for operation in _TABLE}
