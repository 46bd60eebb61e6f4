# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The simulator's OpenAPI documents, to be changed: their places, and the same in other formats."""

from __future__ import annotations

import copy
import json
from typing import Any

from simulator import openapi
from simulator.table import COMPUTE, DEVICE

Json = dict[str, Any]


def documents() -> dict[str, Json]:
    """Copies of the simulator's documents, by the client's name of the API."""
    made = {"compute": openapi.document("cpt", COMPUTE), "device": openapi.document("dev", DEVICE)}
    return json.loads(json.dumps(made))  # type: ignore[no-any-return]


def call(document: Json, method: str, path: str) -> Any:
    return document["paths"][path][method]


def parameter(document: Json, path: str, name: str) -> Any:
    return next(each for each in call(document, "get", path)["parameters"] if each.get("name") == name)


def row(document: Json, path: str) -> Any:
    return call(document, "get", path)["responses"]["200"]["content"]["application/json"]["schema"]["items"]


def body(document: Json, method: str, path: str, media: str = "application/json") -> Any:
    return call(document, method, path)["requestBody"]["content"][media]["schema"]


def as_3_0(document: Json) -> Json:
    """The same in OpenAPI 3.0: references and allOf, nullable in place of types that are lists."""

    def old(value: Any) -> Any:
        if isinstance(value, list):
            return [old(each) for each in value]
        if not isinstance(value, dict):
            return value
        made = {key: old(each) for key, each in value.items()}
        if isinstance(made.get("type"), list):
            made["nullable"] = True
            made["type"] = made["type"][0]
        return made

    made: Json = old(document)
    made["openapi"] = "3.0.3"
    rows = row(made, "/catalogues") if "/catalogues" in made["paths"] else row(made, "/systems")
    made["components"]["schemas"]["Row"] = copy.deepcopy(rows)
    rows.clear()
    rows["allOf"] = [{"$ref": "#/components/schemas/Row"}, {"type": "object", "properties": {"More": {}}}]
    return made


def as_swagger(document: Json) -> Json:
    made = as_3_0(document)
    paths: Json = {}
    for path, methods in made["paths"].items():
        for method, each in methods.items():
            new: Json = {"parameters": list(each.get("parameters", [])), "responses": {}}
            content = each.get("requestBody", {}).get("content", {})
            if "multipart/form-data" in content:
                new["consumes"] = ["multipart/form-data"]
                new["parameters"] += [
                    {"name": "data", "in": "formData", "type": "string", "required": method == "post"},
                    {"name": "file", "in": "formData", "type": "file"},
                ]
            elif content:
                schema = content["application/json"]["schema"]
                new["parameters"].append({"name": "body", "in": "body", "schema": schema})
            for code, answer in each["responses"].items():
                schema = answer.get("content", {}).get("application/json", {}).get("schema")
                new["responses"][code] = {"description": "-", **({"schema": schema} if schema else {})}
            paths.setdefault(path, {})[method] = new
    text = json.dumps({"paths": paths, "definitions": made["components"]["schemas"]})
    base = made["servers"][0]["url"]
    swagger = json.loads(text.replace("#/components/schemas/", "#/definitions/"))
    return {"swagger": "2.0", "basePath": base, "parameters": made["components"]["parameters"], **swagger}
