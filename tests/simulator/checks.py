# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Checks of what comes in, against the same JSON schemas that the OpenAPI documents show."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from jsonschema import Draft202012Validator, FormatChecker, ValidationError

from .identifiers import is_uuid

Schema = Mapping[str, Any]
_FORMATS = FormatChecker(formats=())
_FORMATS.checks("uuid")(lambda value: not isinstance(value, str) or is_uuid(value))
# What was expected, in words, by the keyword of the schema. Those of jsonschema repeat the whole value.
_EXPECTED: dict[str, Callable[[Any], str]] = {
    "type": lambda wanted: f"must be {wanted if isinstance(wanted, str) else ' or '.join(wanted)}",
    "enum": lambda choices: f"must be one of {', '.join(choices)}",
    "format": lambda name: "must be a UUID",
    "pattern": lambda pattern: f"must match {pattern}",
    "minLength": lambda length: "must not be empty",
    "minimum": lambda least: f"must not be below {least}",
}


class Check:
    """One schema of OpenAPI 3.1, which is JSON Schema 2020-12, made ready once."""

    def __init__(self, schema: Schema) -> None:
        self._validator = Draft202012Validator(schema, format_checker=_FORMATS)

    def problems(self, value: Any, place: str = "body") -> dict[str, str]:
        """What is wrong, by where it is (``Name``, ``Pipelines.0.modelUUID``); empty when nothing is."""
        found: dict[str, str] = {}
        for error in self._validator.iter_errors(value):
            found.update(_described(error, place))
        return found


def _described(error: ValidationError, place: str) -> dict[str, str]:
    while error.context:  # of several choices the first
        error = error.context[0]
    path = [str(step) for step in error.absolute_path]
    if error.validator == "required":
        return {".".join([*path, name]): "is required" for name in error.validator_value if name not in error.instance}
    return {".".join(path) or place: _EXPECTED[error.validator](error.validator_value)}
