# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The OpenAPI 3.1 documents, made from the table of operations."""

from __future__ import annotations

import html as markup
import re
from collections.abc import Mapping
from typing import Any

from . import schemas
from .access import ACT_AS_ID, ACT_AS_KIND, KINDS
from .answers import PAGE_HEADER
from .operations import Operation

TITLES = {"cpt": "Nx AI Cloud simulator: Compute API", "dev": "Nx AI Cloud simulator: Device API"}
ABOUT = (
    "What this simulator answers. It follows what is publicly known of the service; `x-evidence` says how sure each "
    "operation and field is: documented, observed (against the service), client (an official client sends it), or "
    "inferred (a guess)."
)
REASONS = {
    400: "The request makes no sense.",
    401: "No token, or one that is not accepted.",
    403: "The caller may not do that.",
    404: "There is no such thing, or it is not seen from where the caller stands.",
    409: "The state of the thing does not allow it.",
    413: "Too much was sent.",
    422: "The request was understood, but cannot be carried out.",
}
# By the first word of a path: the tag, and what it is about. "System" is the vendor's own, the others are guesses.
AREAS = {
    "function": ("Function", "Models."),
    "catalogue": ("Catalogue", "Named sets of models."),
    "configuration": ("Configuration", "Parameters of the service."),
    "rpc": ("Pipeline", "What a site may use."),
    "system": ("System", "Sites, their servers and devices, and the pipelines of these."),
    "device": ("Device", "The older registry of devices."),
    "group": ("Group", "Groups of that registry."),
}
ACT_AS = (
    ("ActAsKind", ACT_AS_KIND, {"type": "string", "enum": list(KINDS)}),
    ("ActAsID", ACT_AS_ID, schemas.UUID),
)


def document(api: str, operations: tuple[Operation, ...]) -> dict[str, Any]:
    paths: dict[str, dict[str, Any]] = {}
    for operation in operations:
        paths.setdefault(operation.path, {})[operation.method.lower()] = _operation(operation)
    return {
        "openapi": "3.1.0",
        "info": {"title": TITLES[api], "version": "1.0.1", "description": ABOUT},
        "servers": [{"url": f"/{api}"}],
        "tags": [{"name": name, "description": about} for name, about in dict.fromkeys(map(_area, paths))],
        "paths": paths,
        "components": {
            "schemas": {"Outcome": schemas.OUTCOME},
            "parameters": {
                key: {
                    "name": name,
                    "in": "header",
                    "required": False,
                    "schema": schema,
                    "description": "Act for an organisation. Both headers or none: one alone is a 400.",
                    "x-evidence": "documented",
                }
                for key, name, schema in ACT_AS
            },
            "securitySchemes": {
                "bearer": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT, with or without nxcdb-"},
                "raw": {
                    "type": "apiKey",
                    "in": "header",
                    "name": "Authorization",
                    "description": "The token as the identity provider gave it, with nxcdb- and no scheme word.",
                    "x-evidence": "observed",
                },
            },
        },
    }


def _area(path: str) -> tuple[str, str]:
    return AREAS[path.split("/")[1].removesuffix("s")]


def _operation(operation: Operation) -> dict[str, Any]:
    shape: dict[str, Any] = {
        "operationId": operation.name,
        "tags": [_area(operation.path)[0]],
        "summary": operation.summary,
        "x-evidence": operation.evidence,
        "security": [{"bearer": []}, {"raw": []}],
        "parameters": _parameters(operation),
        "responses": _responses(operation),
    }
    if operation.note:
        shape["description"] = operation.note
    if operation.body is not None:
        shape["requestBody"] = {"required": True, "content": _content(operation)}
    return shape


def _parameters(operation: Operation) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for name in re.findall(r"\{(\w+)\}", operation.path):
        schema = schemas.NAME if name == "customization" else schemas.UUID
        found.append({"name": name, "in": "path", "required": True, "schema": schema})
    for item in operation.query:
        about = {"description": f"{item.about} The case of the name does not matter.", "x-evidence": item.evidence}
        found.append({"name": item.name, "in": "query", "required": False, "schema": item.schema, **about})
    return [*found, *({"$ref": f"#/components/parameters/{key}"} for key, _name, _schema in ACT_AS)]


def _content(operation: Operation) -> dict[str, Any]:
    assert operation.body is not None
    if not operation.upload:
        return {"application/json": {"schema": operation.body}}
    file = {"type": "string", "format": "binary"}
    required = ["data"] if operation.method == "POST" else []
    parts = {"type": "object", "properties": {"data": operation.body, "file": file}, "required": required}
    properties = {**operation.body["properties"], "OnnxModel": schemas.ONNX_MODEL}
    return {
        "multipart/form-data": {
            "schema": parts,
            "encoding": {
                "data": {"contentType": "application/json"},
                "file": {"contentType": "application/octet-stream"},
            },
        },
        "application/json": {"schema": {**operation.body, "properties": properties}},
    }


def _responses(operation: Operation) -> dict[str, Any]:
    content = {"application/json": {"schema": operation.answer}}
    success: dict[str, Any] = {"description": "Done.", "content": content}
    if operation.paged:
        total = {"required": True, "schema": schemas.COUNT, "description": "Rows in all, whatever the page."}
        success["headers"] = {PAGE_HEADER: total}
    refused = {400, 401, 403, *operation.refusals}
    if operation.query or operation.body is not None:
        refused.add(operation.invalid)
    error = {"application/json": {"schema": {"$ref": "#/components/schemas/Outcome"}}}
    errors = {str(code): {"description": REASONS[code], "content": error} for code in sorted(refused)}
    return {"200": success, **errors} if operation.answer else errors


def html(shape: Mapping[str, Any]) -> str:
    title = markup.escape(shape["info"]["title"])
    rows = [
        f"<tr><td>{method.upper()}</td><td>{markup.escape(path)}</td><td>{markup.escape(item['summary'])}</td>"
        f"<td>{item['x-evidence']}</td></tr>"
        for path, methods in shape["paths"].items()
        for method, item in methods.items()
    ]
    return (
        f"<!doctype html><html lang='en'><head><meta charset='utf-8'><title>{title}</title></head><body>"
        f"<h1>{title}</h1>"
        f"<p>{markup.escape(shape['info']['description'])}</p><table>{''.join(rows)}</table></body></html>"
    )
