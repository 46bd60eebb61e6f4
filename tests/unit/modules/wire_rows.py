# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What of each option is seen in the requests, and which option each property of a request body comes from."""

from __future__ import annotations

from typing import Any, NamedTuple

from ansible_collections.nxai.cloud.plugins.module_utils._rollout.options import ARGUMENT_SPEC as ROLLOUT_SPEC
from tools.demo_model import model

MODEL = "459d2273-1514-431c-9d34-f5b72f3bfe20"
OTHER = "459d2273-1514-431c-9d34-f5b72f3bfe21"
ID = "e0a5b1a4-8b0c-4e0d-9a6b-2f3c4d5e6f70"
SIZE = len(model().SerializeToString())
WORLD = f"""
times: {{record: 0, code: 0, assignment: 0}}
organisations: [Retail]
accounts: [{{email: demo@example.com, password: demo, organisations: [Retail]}}]
catalogues: [Old, Other]
models:
  - {{name: A, id: {MODEL}, catalogues: [Old], documentation: Text}}
  - {{name: B, id: {OTHER}}}
  - {{name: Same, size: {SIZE}}}
sites:
  - name: Shop 1
    servers:
      - name: S
        devices:
          - {{name: Door, pipelines: [{{modelUUID: {MODEL}, modelNMS: 0.3, chains: [{{x: 1}}]}}]}}
          - {{name: Till, enabled: false}}
  - {{name: Shop 2, servers: [{{name: T, devices: [Gate]}}]}}
registry: {{groups: [G1, G2], devices: [{{name: R1, groups: [G1]}}]}}
"""


class Row(NamedTuple):
    """``base`` with and without ``option`` send something different; with ``text``, it is in what is sent with it."""

    module: str
    option: str
    base: dict[str, Any]
    value: Any
    text: str = ""


FILE = "FILE"  # replaced by the path of a model file
NOTES = "NOTES"  # replaced by the path of a text file, which holds DOC-2
_TOKENS = "TOKENS"  # replaced by the path of a file with the token FROM-FILE
_NEW = {"name": "New", "file": FILE, "wait": False}
_OLD = {"name": "A", "wait": False}
_QUICK = {"wait": False, "applicable_timeout": 0}
_TILL = {"site": "Shop 1", "devices": ["Till"], **_QUICK}
_OTHER = {"pipelines": [{"model": OTHER}], **_QUICK}
_ONE = {**_TILL, "pipelines": [{"model": MODEL}]}
_SIGN_IN = {"username": "demo@example.com", "password": "demo"}
_TOKEN = {"return_token": True, "username": "demo@example.com", "password": "demo", "grant": "password"}

ROWS = [
    # The connection, by a module that reads one listing
    Row("nxai_site_info", "api_url", {}, "http://localhost:1", "localhost:1/dev"),
    Row("nxai_site_info", "cloud_url", _SIGN_IN, "http://localhost:1", "localhost:1/cdb"),
    Row("nxai_site_info", "token", {}, "TOKEN-1", "Bearer TOKEN-1"),
    Row("nxai_site_info", "token_file", {}, _TOKENS, "Bearer FROM-FILE"),
    Row("nxai_site_info", "refresh_token", {}, "REFRESH-1", "REFRESH-1"),
    Row("nxai_site_info", "username", {"password": "demo"}, "somebody@example.com", "somebody@example.com"),
    Row("nxai_site_info", "password", {"username": "demo@example.com"}, "PASS-1", "PASS-1"),
    Row("nxai_site_info", "mfa_code", _SIGN_IN, "123456", "123456"),
    Row("nxai_site_info", "client_id", _SIGN_IN, "CLIENT-1", "CLIENT-1"),
    Row("nxai_site_info", "token_scope", _SIGN_IN, "SCOPE-1", "SCOPE-1"),
    Row("nxai_site_info", "auth_scheme", {"token": "TOKEN-1"}, "raw"),
    Row("nxai_site_info", "act_as", {}, {"kind": "organization", "id": ID}, ID),
    Row("nxai_site_info", "contract", {}, {"operations": {"list_sites": {"path": "/sites"}}}, "/dev/sites"),
    Row("nxai_pipeline", "customization", {**_TILL, "pipelines": [{"model": "A"}]}, "brand-1", "brand-1"),
    # Models
    Row("nxai_model", "name", {"file": FILE, "wait": False}, "NAME-1", "NAME-1"),
    Row("nxai_model", "new_name", _OLD, "NAME-2", "NAME-2"),
    Row("nxai_model", "file", {"name": "New", "wait": False}, FILE, "brightness.onnx"),
    Row("nxai_model", "force", {"name": "Same", "file": FILE, "wait": False}, True, "brightness.onnx"),
    Row("nxai_model", "state", {"name": "B", "wait": False}, "absent", "DELETE"),
    Row("nxai_model", "in_use", {**_OLD, "state": "absent"}, "ignore", "DELETE"),
    Row("nxai_model", "customization", _NEW, "brand-1", "brand-1"),
    Row("nxai_model", "alias", _NEW, "ALIAS-1", "ALIAS-1"),
    Row("nxai_model", "documentation", _NEW, "DOC-1", "DOC-1"),
    Row("nxai_model", "documentation_file", _NEW, NOTES, "DOC-2"),
    Row("nxai_model", "input_driver", _NEW, "DRIVER-1", "DRIVER-1"),
    Row("nxai_model", "input_details", _NEW, {"detail-1": 1}, "detail-1"),
    Row("nxai_model", "channels", _NEW, 1, "channels"),
    Row("nxai_model", "height", _NEW, 37, '"height": 37'),
    Row("nxai_model", "width", _NEW, 41, '"width": 41'),
    Row("nxai_model", "means", _NEW, [0.37, 0.37, 0.37], "0.37"),
    Row("nxai_model", "scales", _NEW, [0.41, 0.41, 0.41], "0.41"),
    Row("nxai_model", "layout", _NEW, "nhwc", "order"),
    Row("nxai_model", "output_driver", _NEW, "DRIVER-2", "DRIVER-2"),
    Row("nxai_model", "output_details", _NEW, {"detail-2": 1}, "detail-2"),
    Row("nxai_model", "conversions", _NEW, ["conversion-1"], "conversion-1"),
    Row("nxai_model", "source_name", _NEW, "SOURCE-1", "SOURCE-1"),
    Row("nxai_model", "source_url", _NEW, "https://example.com/1", "https://example.com/1"),
    Row("nxai_model", "catalogues", _NEW, ["Old"], "Catalogues"),
    Row("nxai_model", "catalogues_mode", {**_OLD, "catalogues": []}, "exact", "Catalogues"),
    Row("nxai_model_info", "catalogue", {}, "Old", "Catalogue="),
    Row("nxai_model_info", "usage", {}, True, "/dev/systems"),
    # Catalogues
    Row("nxai_catalogue", "name", {}, "NAME-1", "NAME-1"),
    Row("nxai_catalogue", "new_name", {"name": "Old"}, "NAME-2", "NAME-2"),
    Row("nxai_catalogue", "state", {"name": "Other"}, "absent", "DELETE"),
    Row("nxai_catalogue", "models", {"name": "Other"}, ["B"], OTHER),
    Row("nxai_catalogue", "models_mode", {"name": "Old", "models": []}, "exact", MODEL),
    Row("nxai_catalogue", "force", {"name": "Old", "state": "absent"}, True, "DELETE"),
    Row("nxai_catalogue_info", "list_models", {}, True, "/cpt/functions"),
    # Pipelines, sites, servers, devices
    Row("nxai_pipeline", "site", {**_ONE, "site": "Shop 2", "devices": ["Gate"]}, "Shop 1"),
    Row("nxai_pipeline", "sites", {**_OTHER, "select": "all"}, ["Shop 1"], "PUT"),
    Row("nxai_pipeline", "devices", {**_ONE, "devices": ["Door"]}, ["Till"], "PUT"),
    Row("nxai_pipeline", "select", {**_OTHER, "site": "Shop 1"}, "enabled", "PUT"),
    Row("nxai_pipeline", "running_model", {**_OTHER, "site": "Shop 1", "select": "running"}, MODEL, "PUT"),
    *(
        Row("nxai_pipeline", "pipelines", _TILL, [{"model": MODEL, name: value}], text)
        for name, value, text in (
            ("nms", 0.77, "0.77"),
            ("resizing_method", "crop", "Crop"),
            ("preprocessor", "", "Preprocessor"),
            ("postprocessor", "", "Postprocessor"),
            ("chains", [{"chain-1": 1}], "chain-1"),
            ("extra", {"extra-1": 1}, "extra-1"),
        )
    ),
    *(
        Row("nxai_pipeline", "assignments", _QUICK, [{"site": "Shop 1", "devices": ["Till"], "pipelines": [one]}], text)
        for one, text in (
            ({"model": MODEL, "nms": 0.77}, "0.77"),
            ({"model": MODEL, "resizing_method": "crop"}, "Crop"),
            ({"model": MODEL, "preprocessor": ""}, "Preprocessor"),
            ({"model": MODEL, "postprocessor": ""}, "Postprocessor"),
            ({"model": MODEL, "chains": [{"chain-1": 1}]}, "chain-1"),
            ({"model": MODEL, "extra": {"extra-1": 1}}, "extra-1"),
        )
    ),
    Row("nxai_pipeline", "state", {**_ONE, "devices": ["Door"]}, "absent", "PUT"),
    Row("nxai_pipeline", "swap", {**_TILL, "devices": ["Door"]}, {"from": "A", "to": "B"}, OTHER),
    Row("nxai_pipeline", "restore", _QUICK, "SNAPSHOT", "RESTORED"),
    Row("nxai_pipeline", "batch_size", {**_TILL, **_OTHER, "devices": ["Door", "Till"], "state": "exact"}, 1),
    Row("nxai_pipeline", "wait", {**_TILL, "devices": ["Door"], "pipelines": [{"model": MODEL, "nms": 0.9}]}, True),
    *(
        Row(module, option, base, value, text)
        for module in ("nxai_pipeline_info", "nxai_device_info")
        for option, base, value, text in (
            ("site", {"select": "all"}, "Shop 1", ""),
            ("sites", {}, ["Shop 1"], ""),
            ("running_model", {"select": "running", "site": "Shop 1"}, "A", "/cpt/functions"),
        )
    ),
    Row("nxai_server_info", "sites", {}, ["Shop 1"]),
    Row("nxai_doctor_info", "sites", {}, ["Shop 1"]),
    Row("nxai_estate_info", "sites", {}, ["Shop 1"]),
    Row("nxai_fleet_report", "sites", {"dir": "fleet"}, ["Shop 1"]),
    Row("nxai_contract_info", "apis", {}, ["device"]),
    Row("nxai_device", "name", {"groups": ["G2"]}, "R1", "POST"),
    Row("nxai_device", "new_name", {"name": "R1"}, "R9", '"R9"'),
    Row("nxai_device", "groups", {"name": "R1"}, ["G2"], "POST"),
    Row("nxai_device", "groups_mode", {"name": "R1", "groups": []}, "exact", "DELETE"),
    # Tokens
    Row("nxai_token", "state", {"token": "TOKEN-1"}, "absent", "DELETE"),
    Row("nxai_token", "grant", {"return_token": True, **_SIGN_IN, "refresh_token": "REFRESH-1"}, "password"),
    Row("nxai_token", "code", {"return_token": True, "grant": "authorization_code"}, "CODE-1", "CODE-1"),
    Row("nxai_token", "redirect_uri", {"return_token": True, "code": "CODE-1"}, "https://a.example/2", "a.example/2"),
    Row("nxai_token", "valid_for", {**_TOKEN, "token_file": "STILL-GOOD"}, 1e9, "/cdb/oauth2/token"),
    Row("nxai_token", "force", {**_TOKEN, "token_file": "STILL-GOOD"}, True, "/cdb/oauth2/token"),
]

# Options that no request shows, and why.
_CHECK = "decides whether a request is sent at all: tests/unit/modules/test_pipeline_estate.py"
_PICK = "picks from what was read"
_BELOW = "of the connection below the requests: tests/unit/module_utils"
LOCAL = {
    **dict.fromkeys(("validate_certs", "ca_path", "client_cert", "client_key"), f"{_BELOW}/_http/test_tls.py"),
    "proxy": f"{_BELOW}/_connection/test_proxy.py",
    "trusted_owner": "decides whether a file is read: tests/unit/module_utils/_connection/test_token_file.py",
    "timeout": "how long to wait for an answer",
    "retries": "how often a request may be repeated: tests/faults",
    "allow_empty": "whether it is an error where nothing is found: test_from_outside.py",
    "retry_budget": "how long to wait between repeats: tests/faults",
    "concurrency": "how many requests are made at a time",
    "wait_timeout": "how long to look again",
    "wait_interval": "how often to look again",
    "applicable_timeout": "how long to repeat: tests/unit/modules/test_pipeline_estate.py",
    "not_applicable": _CHECK,
    **{f"require_{name}": _CHECK for name in ("ready", "support", "runtime", "processors", "available")},
    **dict.fromkeys(
        (f"nxai_pipeline.{name}" for name in ("prove", "prove_device", "no_pipelines")),
        "decides whether anything is sent to a device that says nothing: tests/unit/modules/test_pipeline_proof.py",
    ),
    **dict.fromkeys(("nxai_estate_info.path", "nxai_estate_info.split"), "of files: test_estate_info.py"),
    "nxai_model.wait": "whether to look again",
    "nxai_model.artefacts": "how long to look again",
    "nxai_model.check_file": "decides whether anything is sent: tests/unit/modules/test_model_in_full.py",
    "nxai_model.max_size": "of check_file",
    **dict.fromkeys(("nxai_model_info.models", "nxai_catalogue_info.catalogues", "nxai_site_info.sites"), _PICK),
    **{f"nxai_{kind}_info.{option}": _PICK for kind in ("device", "pipeline") for option in ("devices", "select")},
    **dict.fromkeys(
        (f"nxai_first_contact.{name}" for name in ("dir", "device", "site", "prove", "model", "create", "try_refresh")),
        "decides which stages are run, and with what: tests/unit/modules/test_first_contact.py",
    ),
    "nxai_fleet_report.dir": "where the page is written: tests/unit/modules/test_fleet_report.py",
    **dict.fromkeys(
        (f"nxai_rollout.{name}" for name in ROLLOUT_SPEC),
        "decides which steps are taken, with what: tests/unit/module_utils/_rollout",
    ),
    **dict.fromkeys(
        (f"nxai_estate.{name}" for name in ("path", "step", "files", "prune", "needed", "whole", "sites", "wait")),
        "decides what is applied: tests/unit/modules/test_estate.py",
    ),
    "nxai_token.return_token": "decides what is returned",
    **dict.fromkeys(
        ("nxai_doctor_info.formats", "nxai_doctor_info.fail_on_warnings"),
        "decides what is returned: tests/unit/module_utils/_doctor/test_doctor_reports.py",
    ),
}
WITHOUT_REQUESTS = {"nxai_model_check", "nxai_model_prepare"}

_NOT_KNOWN = "its meaning is not publicly known; what a model has is kept"
# Each property of a request body: the option that sets it, or why none does.
_MODEL_BODY = {
    "data": "the part that holds the others",
    "data.Name": "nxai_model.name",
    "data.Alias": "nxai_model.alias",
    "data.Documentation": "nxai_model.documentation",
    "data.Customization": "nxai_model.customization",
    "data.InputDriver": "nxai_model.input_driver",
    "data.InputDriverDetails": "nxai_model.input_details",
    "data.OutputDriver": "nxai_model.output_driver",
    "data.OutputDriverDetails": "nxai_model.output_details",
    "data.NamedInput": "the service reads it from the file",
    "data.NamedOutput": "the service reads it from the file",
    "data.EnableConversions": "nxai_model.conversions",
    "data.SourceName": "nxai_model.source_name",
    "data.SourceUrl": "nxai_model.source_url",
    "data.Site": _NOT_KNOWN,
    "data.Catalogues": "nxai_model.catalogues",
    "data.Catalogues.[].UUID": "nxai_model.catalogues",
    "file": "nxai_model.file",
}
BODIES = {
    "create_model": _MODEL_BODY,
    "update_model": _MODEL_BODY,
    "create_catalogue": {"Name": "nxai_catalogue.name"},
    "rename_catalogue": {"Name": "nxai_catalogue.new_name"},
    "put_pipelines": {
        "Devices": "nxai_pipeline.devices",
        "Functions": "follows from nxai_pipeline.pipelines",
        "Pipelines": "nxai_pipeline.pipelines",
        **{
            f"Pipelines.[].{name}": "nxai_pipeline.pipelines"
            for name in ("modelUUID", "modelNMS", "resizingMethod", "Preprocessor", "Postprocessor", "chains")
        },
        "Pipelines.[].UserSettings": "nxai_pipeline.pipelines",  # in extra
    },
    "update_registry_device": {
        "Name": "nxai_device.new_name",
        **dict.fromkeys(("Runtime", "Serial", "Type"), "set when the device registers itself"),
    },
    "join_group": {"Devices": "nxai_device.name"},
}
