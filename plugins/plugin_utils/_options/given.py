# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The options of a plugin as the user gave them: decrypted, rendered, and never half understood.

ansible-core takes what is no boolean word for false, an empty variable of the environment for a value, and neither
renders nor decrypts anything.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator, Mapping
from configparser import ConfigParser
from contextlib import contextmanager, suppress
from types import MappingProxyType
from typing import Any

from ansible import constants as C
from ansible.errors import AnsibleError
from ansible.module_utils.parsing.convert_bool import boolean

from ...module_utils._connection.settings import CONNECTION_FIELDS
from ...module_utils._connection.ways import OPTIONS, SIGN_IN, set_aside
from ...module_utils._core.errors import BadInput
from .._expressions.untrusted import TAGS, own_text

WORDS = "Write true or false (or yes, no, on, off, 1, 0)."
_VARIABLES = {each.name: each.environment for each in CONNECTION_FIELDS if each.name in OPTIONS}


class GivenOptions:
    """``set_options`` for a plugin. ``expressions`` are the options whose values it evaluates itself, for each host."""

    option_definitions: Mapping[str, Any]
    expressions: Collection[str] = ()
    templar: Any  # without one, values come as they are: as the arguments of a lookup, which are rendered
    _vars: Mapping[str, Any]
    _options: dict[str, Any]
    sources: Mapping[str, str] = MappingProxyType({})  # the variable or file that options of signing in come from

    def set_options(self, task_keys: Any = None, var_options: Any = None, direct: Any = None) -> None:
        """Raises BadInput, and what ansible-core raises for values of another type."""
        definitions = self.option_definitions
        given = {name: value for name in direct or {} if (value := self._read(name, direct[name])) is not None}
        for name, definition in definitions.items():
            if definition.get("type") == "bool":
                _check_word(name, definition, given)
        given.update(dict.fromkeys(self._aside(given), ""))  # which goes before environment and ansible.cfg
        with _no_empty_variables(definitions):
            super().set_options(task_keys=task_keys, var_options=var_options, direct=given)  # type: ignore[misc]
        for name, value in given.items():
            if value == "" and name in definitions:  # of an empty path, ansible-core makes the working directory
                self._options[name] = value
        outside = [name for name in OPTIONS if name in definitions and name not in given]
        self.sources = {name: source for name in outside if (source := _from_outside(definitions[name])[0])}

    def _aside(self, given: Mapping[str, Any]) -> set[str]:
        """The options of signing in that do not count: what the task or file says comes before the environment, and
        that before ansible.cfg, as a whole way."""
        said = {name for name in SIGN_IN if given.get(name)}
        there = {name for name, variable in _VARIABLES.items() if os.environ.get(variable)}
        known = (name for name in OPTIONS if name in self.option_definitions)
        in_file = {name for name in known if _of_file(self.option_definitions[name])[1]}
        if said:
            return set_aside(said, there | in_file)
        return set_aside(there.intersection(SIGN_IN), in_file).difference(given, there)

    def _read(self, name: str, value: Any) -> Any:
        definition = self.option_definitions.get(name)
        if definition is None:  # for the plugin to refuse
            return value
        try:
            found = self._rendered(value, name in self.expressions, definition.get("type"))
        except AnsibleError as error:
            advice = "Correct it. Variables come from -e, and a vault needs its password."
            raise BadInput(f"Read the option {name}", str(error), advice) from None
        return _texts(name, found) if definition.get("elements") == "str" and isinstance(found, list) else found

    def _rendered(self, value: Any, is_expression: bool, kind: str | None) -> Any:
        """Decrypted, in any depth. What was not encrypted is rendered, unless it is an expression."""
        if is_encrypted(value):
            text = str(value)
            return own_text(text) if is_expression else text
        if isinstance(value, Mapping):
            return {key: self._rendered(item, is_expression, "str") for key, item in value.items()}
        if isinstance(value, (list, tuple)):
            return [self._rendered(item, is_expression, "str") for item in value]
        templar = getattr(self, "templar", None)
        if is_expression or templar is None or not isinstance(value, str):
            return value
        templar.available_variables = self._vars
        if TAGS:
            return templar.template(value)
        # ansible-core before 2.19 reads Python in what comes out, also in a password that only looks like it.
        return templar.template(value, convert_data=kind in ("list", "dict", "bool", "int", "float", "raw"))


def _texts(name: str, values: list[Any]) -> list[Any]:
    """A list of texts, in which a number counts as one. BadInput for what YAML reads as anything else, such as No."""
    for value in values:
        if isinstance(value, bool) or not isinstance(value, (str, int)):
            raise BadInput(f"Read the option {name}", f"{value!r} is not a text", "Write a text, in quotes.")
    return [value if isinstance(value, str) else str(value) for value in values]


def is_encrypted(value: Any) -> bool:
    """Whether it is a text that ``!vault`` marks."""
    return hasattr(value, "_ciphertext") or bool(getattr(value, "__ENCRYPTED__", False))


def _check_word(name: str, definition: Mapping[str, Any], given: Mapping[str, Any]) -> None:
    """BadInput where what counts for a boolean option is no boolean word."""
    if name in given:
        source, value = "", given[name]
    else:
        source, value = _from_outside(definition)
    if value is None:
        return
    try:
        boolean(value, strict=True)
    except TypeError:
        where = f" from {source}" if source else ""
        raise BadInput(f"Read the option {name}{where}", f"{value!r} is not a boolean word", WORDS) from None


def _from_outside(definition: Mapping[str, Any]) -> tuple[str, str | None]:
    """The variable, or the file, that has a value for the option. Of several variables, the last one counts."""
    for entry in reversed(definition.get("env") or []):
        if value := os.environ.get(entry["name"]):
            return entry["name"], value
    return _of_file(definition)


def _of_file(definition: Mapping[str, Any]) -> tuple[str, str | None]:
    for entry in reversed(definition.get("ini") or []):
        value = _ini().get(entry.get("section", "defaults"), entry["key"], fallback=None) if C.CONFIG_FILE else None
        if value is not None:
            return f"{entry['key']} in {C.CONFIG_FILE}", value
    return "", None


def _ini() -> ConfigParser:
    """ansible.cfg, as ansible-core reads it."""
    parser = ConfigParser(inline_comment_prefixes=(";",), interpolation=None)
    with suppress(OSError, ValueError):
        parser.read(C.CONFIG_FILE, encoding="utf-8")
    return parser


@contextmanager
def _no_empty_variables(definitions: Mapping[str, Any]) -> Iterator[None]:
    """In here, the options have no empty variable in the environment: AWX sets one for each field not filled in."""
    names = [entry["name"] for definition in definitions.values() for entry in definition.get("env") or []]
    empty = [name for name in names if os.environ.get(name) == ""]
    for name in empty:
        del os.environ[name]
    try:
        yield
    finally:
        os.environ.update(dict.fromkeys(empty, ""))
