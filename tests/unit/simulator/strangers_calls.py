# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Single requests of other clients of the live service, beside those that the collection sends too.

Each is the simulator's name of the operation, a request with ``{names}`` of what the seed below has, and the answer:
its status, and the members of the object, or of the first object of the list.
"""

from __future__ import annotations

import json
from typing import Any

SEED = """
partners: [Partner]
organisations: [{name: Shops, partner: Partner}]
accounts: [{email: demo@example.com, password: demo, organisations: [Shops], partners: [Partner]}]
catalogues: [Catalogue, Empty]
models: [{name: Model, catalogues: [Catalogue]}]
sites: [{name: Shop}]
registry: {groups: [Group], devices: [{name: Box, groups: [Group]}]}
"""
OUTCOME = "AuthorizationInvalid Email Field Message UUID"
REDUCED = (
    "Alias Customization Documentation EnableConversions InputDriver InputDriverDetails Name NamedInput NamedOutput "
    "OutputDriver OutputDriverDetails Site SourceName SourceUrl Status UUID"
)
BOX = {"Name": "New", "RegistrationToken": "t", "Runtime": "CPU", "Serial": "1", "Type": "x"}
TOKEN = "client_id expires_at expires_in scope time_since_password token_type username"
UPLOAD: dict[str, Any] = {"data": (None, json.dumps({"Name": "New"})), "file": ("new.onnx", b"\x08\x07")}

CALLS: list[tuple[str, str, dict[str, Any], int, str]] = [
    ("create_model_singular", "POST /cpt/function", {"files": UPLOAD}, 200, OUTCOME),
    ("get_model_plural", "GET /cpt/functions/{model}", {}, 200, REDUCED),
    ("patch_model_plural", "PATCH /cpt/functions/{model}", {"json": {"Name": "New"}}, 404, OUTCOME),
    ("delete_model_plural", "DELETE /cpt/functions/{model}", {}, 404, OUTCOME),
    ("model_statistics", "GET /cpt/functions/statistics", {}, 200, "Functions Ready"),
    ("get_catalogue", "GET /cpt/catalogue/{catalogue}", {}, 200, "Name Organisation UUID"),
    ("configuration", "GET /cpt/configuration", {}, 200, "Service Time"),
    ("available_pipelines", "GET /cpt/rpc/pipelines/available/{site}/metavms", {}, 200, "Name UUID"),
    ("create_registry_device", "POST /dev/devices", {"json": BOX}, 200, OUTCOME),
    ("registry_statistics", "GET /dev/devices/statistics", {}, 200, "Devices"),
    ("get_registry_device", "GET /dev/device/{device}", {}, 200, "Functions Groups Name Runtime Serial Type UUID"),
    ("delete_registry_device", "DELETE /dev/device/{device}", {}, 200, OUTCOME),
    ("assign_functions", "POST /dev/device/{device}/functions", {"json": [{"FunctionUUID": "{model}"}]}, 200, OUTCOME),
    ("delete_group", "DELETE /dev/group/{group}", {}, 200, OUTCOME),
    ("validate_token", "GET /cdb/oauth2/token/{token}", {}, 200, TOKEN),
    ("introspect", "POST /cdb/oauth2/introspect", {"json": {"token": "{token}"}}, 200, f"active {TOKEN}"),
    ("log_out", "DELETE /cdb/oauth2/user/self", {}, 200, "resultCode"),
    ("second_factor", "GET /cdb/account/self/2fa/totp/key/123456?token={token}", {}, 200, "resultCode"),
    ("cloud_systems", "GET /cdb/systems", {}, 200, "systems"),
]
