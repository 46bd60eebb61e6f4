# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A check of values against the small part of JSON Schema that the simulator's documents use.

The schema that a document publishes is the one a request is checked against, so that the two cannot differ.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from .identifiers import is_uuid

Schema = Mapping[str, Any]
_TYPES: dict[str, tuple[type, ...]] = {
    "object": (dict,),
    "array": (list,),
    "string": (str,),
    "boolean": (bool,),
    "null": (type(None),),
}


def problems(value: Any, schema: Schema, where: str = "") -> dict[str, str]:
    """What is wrong, by the place of it (``Name``, ``Pipelines.0.modelUUID``); empty when nothing is."""
    if "anyOf" in schema:
        tries = [problems(value, choice, where) for choice in schema["anyOf"]]
        return {} if {} in tries else tries[0]
    types = schema.get("type", ())
    types = [types] if isinstance(types, str) else types
    if types and not any(_is(value, name) for name in types):
        return {where or "body": f"must be {' or '.join(types)}"}
    if isinstance(value, dict):
        return _object_problems(value, schema, where)
    if isinstance(value, list):
        found: dict[str, str] = {}
        for index, item in enumerate(value):
            found.update(problems(item, schema.get("items", {}), _join(where, str(index))))
        return found
    fault = _scalar_problem(value, schema)
    return {where or "value": fault} if fault else {}


def _object_problems(value: dict[str, Any], schema: Schema, where: str) -> dict[str, str]:
    found = {_join(where, name): "is required" for name in schema.get("required", ()) if name not in value}
    for name, part in schema.get("properties", {}).items():
        if name in value:
            found.update(problems(value[name], part, _join(where, name)))
    return found


def _scalar_problem(value: Any, schema: Schema) -> str:
    if "enum" in schema and value not in schema["enum"]:
        return f"must be one of {', '.join(map(str, schema['enum']))}"
    if isinstance(value, str):
        if schema.get("format") == "uuid" and not is_uuid(value):
            return "must be a UUID"
        if "pattern" in schema and not re.search(schema["pattern"], value):
            return f"must match {schema['pattern']}"
        if len(value) < schema.get("minLength", 0):
            return "must not be empty"
    elif isinstance(value, (int, float)) and not isinstance(value, bool):
        if value < schema.get("minimum", value):
            return f"must not be below {schema['minimum']}"
        if value > schema.get("maximum", value):
            return f"must not be above {schema['maximum']}"
    return ""


def _is(value: Any, name: str) -> bool:
    if name in ("integer", "number"):
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            return False
        return name == "number" or value == int(value)
    return isinstance(value, _TYPES[name])


def _join(where: str, name: str) -> str:
    return f"{where}.{name}" if where else name


def from_text(text: str, schema: Schema) -> Any:
    """The value of a query parameter; one that is not of the schema's type stays text, and fails the check."""
    if schema.get("type") == "integer" and re.fullmatch("-?[0-9]{1,1000}", text):
        return int(text)
    return text
