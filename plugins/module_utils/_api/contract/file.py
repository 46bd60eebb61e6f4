# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The option ``contract``: a file, JSON text or a dictionary, read within limits. What is in it is data, never code."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any, NoReturn, TypeVar

from ..._core.errors import BadInput, missing_library
from ..._core.files import check_trusted, read_regular
from ..._core.limits import MOST_DEPTH, is_deep, read_json
from ..._core.wording import printable
from ..._http.operation import TRIED
from .check import checked, shown_name
from .contract import Contract

Taken = TypeVar("Taken")
MOST_BYTES = 1 << 18
SHAPE = "docs/contract.md has a sample of each section."
_MOST_DIGITS = 40
_QUOTED = re.compile(r"'(?!<)[^']{3,}'")  # of the file, in YAML's own words; '<scalar>' is its own word
# What a YAML library makes of a value that is not what its form promises.
_NUMBERS = ("tag:yaml.org,2002:int", "tag:yaml.org,2002:float")
_MERGE = "tag:yaml.org,2002:merge"
_YAML_BREAKS = (ValueError, TypeError, LookupError, AttributeError, ArithmeticError, RecursionError)


def contract_of(given: Any, trusted_owner: str | None = None) -> Contract:
    """The contract of the option: a dictionary, JSON text of one, or the path of a file. Raises ``BadInput``.

    An error shows nothing of a file that may be something else, and hold secrets. The file has to be one that no
    stranger can change: see ``check_trusted``.
    """
    return _taken(given, trusted_owner, checked)


def document_of(given: Any, trusted_owner: str | None = None) -> dict[str, Any]:
    """The same as data, for who wants to write another one. Raises ``BadInput`` for what is no contract."""

    def whole(document: Any) -> dict[str, Any]:
        checked(document)
        return dict(document or {})

    return _taken(given, trusted_owner, whole)


def _taken(given: Any, trusted_owner: str | None, use: Callable[[Any], Taken]) -> Taken:
    if isinstance(given, str) and not given.lstrip().startswith(("{", "[")):
        path = os.path.expanduser(given)
        try:
            return use(_within_limits(_read(path, trusted_owner)))
        except BadInput as error:
            raise replace(error, tried=f"{TRIED} {printable(path)}") from None
    return use(_within_limits(_from_json(given.encode("utf-8", "replace")) if isinstance(given, str) else given))


def _read(path: str, trusted_owner: str | None) -> Any:
    try:
        content = read_regular(path, MOST_BYTES + 1)
    except (OSError, ValueError) as error:
        words = error.strerror if isinstance(error, OSError) else "it is no path"
        raise BadInput(TRIED, str(words), "Give contract (NXAI_CONTRACT) as a path, or as JSON text.") from None
    check_trusted(TRIED, path, trusted_owner)
    if len(content) > MOST_BYTES:
        raise BadInput(TRIED, f"it has more than {MOST_BYTES >> 10} KiB", f"Check that it is a contract. {SHAPE}")
    return _from_json(content) if content.lstrip().startswith(b"{") else _from_yaml(content)


def _from_json(content: bytes) -> Any:
    try:
        found = read_json(content)
        json.loads(content.decode("utf-8-sig", "surrogatepass"), object_pairs_hook=_each_once)
        return found
    except ValueError as error:
        raise BadInput(TRIED, f"it is not JSON: {error}", f"Write it as a dictionary. {SHAPE}") from None


def _each_once(members: list[tuple[str, Any]]) -> dict[str, Any]:
    """JSON takes the last of two members of one name, without a word."""
    found: dict[str, Any] = {}
    for name, value in members:
        if name in found:
            shown = shown_name(name)
            raise ValueError(f"{f'the key {shown}' if shown else 'a key'} is there twice")
        found[name] = value
    return found


def _within_limits(document: Any) -> Any:
    if is_deep(document):
        raise BadInput(TRIED, f"its values are nested more than {MOST_DEPTH} deep", SHAPE)
    if _has_long_number(document):
        raise BadInput(TRIED, f"it holds a number of more than {_MOST_DIGITS} digits", SHAPE)
    return document


def _has_long_number(document: Any) -> bool:
    """Python cannot even show one of thousands of digits."""
    waiting = [document]
    while waiting:
        value = waiting.pop()
        if isinstance(value, int) and value.bit_length() > 3 * _MOST_DIGITS:
            return True
        waiting += [*value, *value.values()] if isinstance(value, dict) else value if isinstance(value, list) else []
    return False


def _from_yaml(content: bytes) -> Any:
    try:
        import yaml
    except ImportError:
        advice = "Install it for the Python that runs this task (pip install PyYAML), or write the contract as JSON."
        raise missing_library(TRIED, "PyYAML", advice) from None

    class Loader(yaml.SafeLoader):
        """What JSON could say as well: no aliases, which a few bytes make millions of, no tags, no key twice.

        Long numbers are refused as they are: those to the base of 60 take seconds.
        """

        depth = 0

        def compose_node(self, parent: Any, index: Any) -> Any:
            event: Any = self.peek_event()  # type: ignore[no-untyped-call]
            if isinstance(event, yaml.AliasEvent) or getattr(event, "tag", None):
                self.refuse("it holds an alias or a tag", event)
            self.depth += 1
            if self.depth > MOST_DEPTH:
                self.refuse(f"its values are nested more than {MOST_DEPTH} deep", event)
            try:
                node = super().compose_node(parent, index)
            finally:
                self.depth -= 1
            if isinstance(node, yaml.ScalarNode) and node.tag in _NUMBERS and len(node.value) > _MOST_DIGITS:
                self.refuse(f"it holds a number of more than {_MOST_DIGITS} digits", event)
            return node

        def construct_mapping(self, node: Any, deep: bool = False) -> Any:
            seen: set[str] = set()
            for key in (key for key, _value in node.value if isinstance(key, yaml.ScalarNode)):
                if key.tag == _MERGE:  # its members go below those that are there, without a word
                    self.refuse("it holds a merge (<<)", key)
                if key.value in seen:
                    shown = shown_name(key.value)
                    self.refuse(f"{f'the key {shown}' if shown else 'a key'} is there twice", node)
                seen.add(key.value)
            return super().construct_mapping(node, deep)

        def refuse(self, problem: str, where: Any) -> NoReturn:
            line = where.start_mark.line + 1
            raise BadInput(TRIED, f"it is not plain YAML: {problem} in line {line}", SHAPE)

    try:
        return yaml.load(content, Loader)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f" in line {mark.line + 1}" if mark else ""
        problem = _QUOTED.sub("…", getattr(error, "problem", None) or "it is no text that YAML allows")
        raise BadInput(TRIED, f"it is not plain YAML: {problem}{where}", SHAPE) from None
    except _YAML_BREAKS:
        raise BadInput(TRIED, "it is not plain YAML: a value is not what its form promises", SHAPE) from None
