# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The table of API calls. Everything about a path that may turn out to be different is changed here."""

from __future__ import annotations

from dataclasses import replace

from ..._http.operation import ISSUE_TOKEN, PAGING, Operation

_MODEL_FIELDS = ("UUID", "Name", "Status", "Code", "Documentation", "Catalogues", "UpdatedAt")
_CATALOGUE_FIELDS = ("UUID", "Name", "Organisation")
_DEVICE_FIELDS = ("NxID", "Name", "Server", "nxAI")

_MODEL, _CATALOGUE = "fields.model", "fields.catalogue"

LIST_MODELS = Operation(
    "list_models",
    "compute",
    "GET",
    "/functions",
    True,
    60,
    "observed",
    _MODEL_FIELDS,
    query=(*PAGING, "Catalogue", "Customization"),
)
GET_MODEL = Operation("get_model", "compute", "GET", "/function/{uuid}", True, 60, "client", _MODEL_FIELDS)
CREATE_MODEL = Operation("create_model", "compute", "POST", "/functions", False, 60, "client", ("UUID",), sends=_MODEL)
UPDATE_MODEL = Operation(
    "update_model", "compute", "PATCH", "/function/{uuid}", True, 60, "client", sends=_MODEL, replaces=False
)
DELETE_MODEL = Operation("delete_model", "compute", "DELETE", "/function/{uuid}", True, 15, "client")

LIST_CATALOGUES = Operation(
    "list_catalogues", "compute", "GET", "/catalogues", True, 60, "documented", _CATALOGUE_FIELDS, query=PAGING
)
CREATE_CATALOGUE = Operation(
    "create_catalogue", "compute", "POST", "/catalogues", False, 15, "client", ("UUID",), sends=_CATALOGUE
)
RENAME_CATALOGUE = Operation(
    "rename_catalogue", "compute", "PATCH", "/catalogue/{uuid}", True, 5, "documented", sends=_CATALOGUE
)
DELETE_CATALOGUE = Operation("delete_catalogue", "compute", "DELETE", "/catalogue/{uuid}", True, 15, "documented")

LIST_SITES = Operation(
    "list_sites", "device", "GET", "/systems", True, 60, "inferred", ("UUID", "Name", "UpdatedAt"), query=PAGING
)
LIST_SERVERS = Operation(
    "list_servers",
    "device",
    "GET",
    "/system/{site_id}/servers",
    True,
    60,
    "inferred",
    ("UUID", "Name", "Status"),
    query=PAGING,
)
LIST_DEVICES = Operation(
    "list_devices",
    "device",
    "GET",
    "/system/{site_id}/devices",
    True,
    60,
    "observed",
    _DEVICE_FIELDS,
    query=PAGING,
    devices=True,
)
PUT_PIPELINES = Operation(
    "put_pipelines",
    "device",
    "PUT",
    "/system/{site_id}/devices/pipelines",
    True,
    30,
    "observed",
    sends="fields.assignment and fields.pipeline",
)

# The registry of the time before Nx sites: whether it holds the same devices is not known. Joining a group twice is
# joining it once.
LIST_REGISTRY_DEVICES = Operation(
    "list_registry_devices",
    "device",
    "GET",
    "/devices",
    True,
    60,
    "client",
    ("UUID", "Name"),
    query=PAGING,
    devices=True,
)
UPDATE_REGISTRY_DEVICE = Operation(
    "update_registry_device", "device", "PATCH", "/device/{uuid}", True, 15, "client", sends="fields.registry_device"
)
LIST_GROUPS = Operation("list_groups", "device", "GET", "/groups", True, 60, "client", ("UUID", "Name"), query=PAGING)
JOIN_GROUP = Operation("join_group", "device", "POST", "/group/{uuid}/devices", True, 15, "client")
LEAVE_GROUP = Operation("leave_group", "device", "DELETE", "/device/{uuid}/group/{group}", True, 15, "client")

# Sent with the token itself that is to be revoked. That a refresh token can be named as well is documented; with which
# token such a request is sent is not.
REVOKE_TOKEN = Operation(
    "revoke_token", "cloud", "DELETE", "/cdb/oauth2/token/{token}", True, 15, "client", signed=False
)

# Whom one may act for. The pages of this API are asked for in lower case.
_LOWER = {"Limit": "limit", "Offset": "offset"}
LIST_ORGANISATIONS = Operation(
    "list_organisations",
    "cloud",
    "GET",
    "/partners/api/v2/organizations/",
    True,
    30,
    "client",
    ("id", "name"),
    spelling=_LOWER,
    query=PAGING,
)
LIST_CHANNEL_PARTNERS = replace(
    LIST_ORGANISATIONS, name="list_channel_partners", path="/partners/api/v2/channel_partners/"
)

DESCRIBE_COMPUTE = Operation(
    "describe_compute", "compute", "GET", "/openapi.json", True, 30, "documented", ("paths",), signed=False
)
DESCRIBE_DEVICE = Operation(
    "describe_device", "device", "GET", "/openapi.json", True, 30, "documented", ("paths",), signed=False
)

# What is tried by the same name after a 404. The identity provider lists the sites of an account, all at once.
ELSEWHERE = {
    LIST_SITES.name: replace(LIST_SITES, api="cloud", path="/cdb/systems", evidence="client", page_size=0),
}

OPERATIONS: dict[str, Operation] = {
    operation.name: operation
    for operation in (
        *(LIST_MODELS, GET_MODEL, CREATE_MODEL, UPDATE_MODEL, DELETE_MODEL),
        *(LIST_CATALOGUES, CREATE_CATALOGUE, RENAME_CATALOGUE, DELETE_CATALOGUE),
        *(LIST_SITES, LIST_SERVERS, LIST_DEVICES, PUT_PIPELINES),
        *(LIST_REGISTRY_DEVICES, UPDATE_REGISTRY_DEVICE, LIST_GROUPS, JOIN_GROUP, LEAVE_GROUP),
        *(ISSUE_TOKEN, REVOKE_TOKEN),
        *(LIST_ORGANISATIONS, LIST_CHANNEL_PARTNERS),
        *(DESCRIBE_COMPUTE, DESCRIBE_DEVICE),
    )
}
