# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The option ``contract``: a file, JSON text or a dictionary, read within limits. What is in it is data, never code."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from typing import Any, NoReturn, TypeVar

from .._core.errors import BadInput, missing_library
from .._core.files import read_regular
from .._core.limits import MOST_DEPTH, is_deep, read_json
from .._core.redaction import one_line
from .._core.wording import printable
from .._http.operation import TRIED
from .contract import Contract
from .contract_check import checked

Taken = TypeVar("Taken")
MOST_BYTES = 1 << 18
SHAPE = "docs/contract.md has a sample of each section."
# What a YAML library makes of a value that is not what its form promises.
_YAML_BREAKS = (ValueError, TypeError, LookupError, AttributeError, ArithmeticError, RecursionError)


def contract_of(given: Any) -> Contract:
    """The contract of the option: a dictionary, JSON text of one, or the path of a file. Raises ``BadInput``."""
    return _taken(given, checked)


def document_of(given: Any) -> dict[str, Any]:
    """The same as data, for who wants to write another one. Raises ``BadInput`` for what is no contract."""

    def whole(document: Any) -> dict[str, Any]:
        checked(document)
        return dict(document or {})

    return _taken(given, whole)


def _taken(given: Any, use: Callable[[Any], Taken]) -> Taken:
    if isinstance(given, str) and not given.lstrip().startswith(("{", "[")):
        path = os.path.expanduser(given)
        try:
            return use(_within_limits(_read(path)))
        except BadInput as error:
            raise replace(error, tried=f"{TRIED} {printable(path)}") from None
    return use(_within_limits(_from_json(given.encode("utf-8", "replace")) if isinstance(given, str) else given))


def _read(path: str) -> Any:
    try:
        content = read_regular(path, MOST_BYTES + 1)
    except (OSError, ValueError) as error:
        words = error.strerror if isinstance(error, OSError) else "it is no path"
        raise BadInput(TRIED, str(words), "Give contract (NXAI_CONTRACT) as a path, or as JSON text.") from None
    if len(content) > MOST_BYTES:
        raise BadInput(TRIED, f"it has more than {MOST_BYTES >> 10} KiB", f"Check that it is a contract. {SHAPE}")
    return _from_json(content) if content.lstrip().startswith(b"{") else _from_yaml(content)


def _from_json(content: bytes) -> Any:
    try:
        return read_json(content)
    except ValueError as error:
        raise BadInput(TRIED, f"it is not JSON: {error}", f"Write it as a dictionary. {SHAPE}") from None


def _within_limits(document: Any) -> Any:
    if is_deep(document):
        raise BadInput(TRIED, f"its values are nested more than {MOST_DEPTH} deep", SHAPE)
    return document


def _from_yaml(content: bytes) -> Any:
    try:
        import yaml
    except ImportError:
        advice = "Install it for the Python that runs this task (pip install PyYAML), or write the contract as JSON."
        raise missing_library(TRIED, "PyYAML", advice) from None

    class Loader(yaml.SafeLoader):
        """What JSON could say as well: no aliases, which a few bytes make millions of, no tags, no key twice."""

        depth = 0

        def compose_node(self, parent: Any, index: Any) -> Any:
            event: Any = self.peek_event()  # type: ignore[no-untyped-call]
            if isinstance(event, yaml.AliasEvent) or getattr(event, "tag", None):
                self.refuse("it holds an alias or a tag", event)
            self.depth += 1
            if self.depth > MOST_DEPTH:
                self.refuse(f"its values are nested more than {MOST_DEPTH} deep", event)
            try:
                return super().compose_node(parent, index)
            finally:
                self.depth -= 1

        def construct_mapping(self, node: Any, deep: bool = False) -> Any:
            keys = [key.value for key, _value in node.value if isinstance(key, yaml.ScalarNode)]
            twice = next((key for place, key in enumerate(keys) if key in keys[:place]), None)
            if twice is not None:
                self.refuse(f"the key {twice[:40]!a} is there twice", node)
            return super().construct_mapping(node, deep)

        def refuse(self, problem: str, where: Any) -> NoReturn:
            raise yaml.MarkedYAMLError(problem=problem, problem_mark=where.start_mark)

    try:
        return yaml.load(content, Loader)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f" in line {mark.line + 1}" if mark else ""
        problem = getattr(error, "problem", None) or "it is no text that YAML allows"
        raise BadInput(TRIED, f"it is not plain YAML: {problem}{where}", SHAPE) from None
    except _YAML_BREAKS as error:
        raise BadInput(TRIED, f"it is not plain YAML: {one_line(str(error))}", SHAPE) from None
