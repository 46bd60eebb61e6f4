# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""JSON schemas of requests and answers. ``x-evidence`` says how sure a field is; without it the operation's holds."""

from __future__ import annotations

from typing import Any

from .identifiers import NXID_PATTERN

Schema = dict[str, Any]


def guess(schema: Schema, evidence: str = "inferred") -> Schema:
    return {**schema, "x-evidence": evidence}


def record(required: tuple[str, ...], **properties: Schema) -> Schema:
    return {"type": "object", "properties": properties, "required": list(required)}


def array(items: Schema) -> Schema:
    return {"type": "array", "items": items}


UUID: Schema = {"type": "string", "format": "uuid"}
TEXT: Schema = {"type": "string"}
NAME: Schema = {"type": "string", "minLength": 1}
NXID: Schema = {"type": "string", "pattern": f"^{NXID_PATTERN}$"}
TIME: Schema = {"type": "string", "format": "date-time"}
FLAG: Schema = {"type": "boolean"}
COUNT: Schema = {"type": "integer", "minimum": 0}
OBJECT: Schema = {"type": "object"}
TEXT_OR_NULL: Schema = {"type": ["string", "null"]}
OBJECT_OR_NULL: Schema = {"type": ["object", "null"]}
OBJECTS_OR_NULL: Schema = {"type": ["array", "object", "null"]}  # NamedInput: arrays in a client, objects in a sample

OUTCOME = record(
    ("AuthorizationInvalid", "Email", "Field", "Message", "UUID"),
    AuthorizationInvalid=FLAG,
    Email=TEXT,
    Field=guess({"type": "object", "additionalProperties": TEXT}),
    Message=TEXT,
    UUID=UUID,
)
ORGANISATION = record(("UUID", "Name"), UUID=guess(UUID), Name=guess(TEXT))
CATALOGUE = record(("UUID", "Name", "Organisation"), UUID=UUID, Name=TEXT, Organisation=ORGANISATION)
CATALOGUE_NAME = record(("Name",), Name=NAME)

_REFERENCE = {"anyOf": [UUID, record(("UUID",), UUID=UUID), TEXT]}
CATALOGUE_REFERENCES = guess({"type": ["array", "null"], "items": _REFERENCE})
_MODEL_MEMBERS: dict[str, Schema] = {
    "Name": NAME,
    "Alias": guess(TEXT_OR_NULL, "client"),
    "Documentation": guess(TEXT_OR_NULL, "client"),
    "Customization": guess(TEXT_OR_NULL, "observed"),
    "InputDriver": guess(TEXT_OR_NULL, "client"),
    "InputDriverDetails": guess(OBJECT_OR_NULL, "client"),
    "OutputDriver": guess(TEXT_OR_NULL, "client"),
    "OutputDriverDetails": guess(OBJECT_OR_NULL, "client"),
    "NamedInput": guess(OBJECTS_OR_NULL, "observed"),
    "NamedOutput": guess(OBJECTS_OR_NULL, "observed"),
    "EnableConversions": guess({"type": ["array", "null"]}, "observed"),
    "SourceName": guess(TEXT_OR_NULL, "client"),
    "SourceUrl": guess(TEXT_OR_NULL, "client"),
    "Site": guess(TEXT_OR_NULL),
    "Catalogues": CATALOGUE_REFERENCES,
}
CREATE_MEMBERS = [
    "Name", "Customization", "InputDriver", "InputDriverDetails", "OutputDriver", "OutputDriverDetails",
    "EnableConversions",
]  # fmt: skip
MODEL_CREATE = record(("Name",), **_MODEL_MEMBERS)
MODEL_CHANGE = record((), **_MODEL_MEMBERS)
ONNX_MODEL = guess({"type": "string", "format": "byte"}, "client")

DOWNLOAD = record(
    ("MIMEType", "Name", "Size", "URL"), MIMEType=guess(TEXT), Name=guess(TEXT), Size=guess(COUNT), URL=guess(TEXT)
)
CODE = record(("Status", "CDNURI"), Status=TEXT, CDNURI=TEXT)
FUNCTION = record(
    ("UUID", "Name", "Status", "Code", "Catalogues", "Organisation", "Downloads", "UpdatedAt"),
    **{
        **_MODEL_MEMBERS,
        "UUID": UUID,
        "Status": guess(TEXT, "observed"),
        "Code": guess(CODE, "observed"),
        "Catalogues": guess(array(UUID)),
        "Organisation": guess(ORGANISATION),
        "Downloads": array(DOWNLOAD),
        "Size": guess(COUNT),
        "ConversionLog": guess(TEXT),
        "UpdatedAt": TIME,
    },
)
REDUCED_FUNCTION = record(("UUID", "Name"), UUID=UUID, Name=TEXT)
AVAILABLE = record(("UUID", "Name"), UUID=UUID, Name=TEXT)

SITE = record(
    ("UUID", "Name", "Version", "UpdatedAt"),
    UUID=guess(UUID),
    Name=guess(TEXT),
    Version=guess(TEXT),
    Status=guess({"type": "string", "enum": ["online", "offline"]}),
    UpdatedAt=guess(TIME),
    Organisation=guess(ORGANISATION),
)
SUPPORTS = record(("Pipelines",), Pipelines=FLAG)
SERVER = record(
    ("UUID", "Name", "Status", "AIPluginVersion", "Supports"),
    UUID=guess(UUID),
    Name=guess(TEXT, "observed"),
    Status=guess(TEXT, "observed"),
    Version=guess(TEXT),
    AIPluginVersion=guess(TEXT, "observed"),
    Supports=guess(SUPPORTS, "observed"),
    Runtime=guess(TEXT),
    Platform=guess(TEXT),
    OS=guess(TEXT),
    OSVersion=guess(TEXT),
    Licensed=guess(FLAG),
    Preprocessors=guess(array(TEXT)),
    Postprocessors=guess(array(TEXT)),
)
PIPELINE = record(
    ("modelUUID",),
    modelUUID=UUID,
    modelNMS={"type": ["number", "null"]},
    resizingMethod=TEXT_OR_NULL,
    Preprocessor=TEXT_OR_NULL,
    Postprocessor=TEXT_OR_NULL,
    chains={"type": ["array", "null"]},
    UserSettings=guess({"description": "Settings of the postprocessor, with AI Manager 5. Its form is not known."}),
)
DEVICE_SERVER = record(
    ("Name", "Status", "AIPluginVersion", "Supports"),
    UUID=guess(UUID),
    Name=TEXT,
    Status=TEXT,
    AIPluginVersion=TEXT,
    Supports=SUPPORTS,
)
_NX_AI = record(
    ("models", "pipelines", "selectedPipeline"),
    models=guess(array(record(("UUID", "Name"), UUID=UUID, Name=TEXT))),
    pipelines=array(PIPELINE),
    selectedPipeline=guess({"anyOf": [UUID, {"type": "string", "enum": ["Custom", ""]}]}),
    PluginSettings=guess(OBJECT),
)
DEVICE = record(
    ("NxID", "Name", "Server"),
    NxID=NXID,
    Name=TEXT,
    Server=DEVICE_SERVER,
    V2=record(("id",), id=TEXT),
    Enabled=guess(FLAG),
    Group=guess(TEXT),
    nxAI={**_NX_AI, "type": ["object", "string"], "description": "An object, or text that is one in JSON (a guess)."},
)
ASSIGNMENT = record(("Devices", "Pipelines"), Devices=array(NXID), Functions=array(UUID), Pipelines=array(PIPELINE))

_REGISTRY_MEMBERS = dict.fromkeys(("Name", "Runtime", "Serial", "Type"), TEXT_OR_NULL)
REGISTRY_CREATE = record(("Name",), **{**_REGISTRY_MEMBERS, "Name": NAME, "RegistrationToken": TEXT_OR_NULL})
REGISTRY_CHANGE = record((), **{**_REGISTRY_MEMBERS, "Name": NAME})
REGISTRY_DEVICE = record(
    ("UUID", "Name"), UUID=UUID, **_REGISTRY_MEMBERS, Functions=guess(array(OBJECT)), Groups=guess(array(UUID))
)
REGISTRY_FUNCTIONS = array(record(("FunctionUUID",), FunctionUUID=UUID))
GROUP = record(("UUID", "Name"), UUID=guess(UUID), Name=guess(TEXT), Devices=guess(array(UUID)))
GROUP_DEVICES = record(("Devices",), Devices=array(UUID))
