# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The option ``contract``: a file, JSON text or a dictionary, read within limits. What is in it is data, never code."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from dataclasses import replace
from typing import Any, TypeVar

from ..._core.errors import BadInput
from ..._core.files import check_trusted, read_regular
from ..._core.limits import MOST_DEPTH, is_deep, read_json
from ..._core.plain_yaml import MOST_DIGITS, plain_yaml, shown_name
from ..._core.wording import printable
from ..._http.operation import TRIED
from .check import checked
from .contract import Contract

Taken = TypeVar("Taken")
MOST_BYTES = 1 << 18
SHAPE = "docs/contract.md has a sample of each section."


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
        raise BadInput(TRIED, f"it holds a number of more than {MOST_DIGITS} digits", SHAPE)
    return document


def _has_long_number(document: Any) -> bool:
    """Python cannot even show one of thousands of digits."""
    waiting = [document]
    while waiting:
        value = waiting.pop()
        if isinstance(value, int) and value.bit_length() > 3 * MOST_DIGITS:
            return True
        waiting += [*value, *value.values()] if isinstance(value, dict) else value if isinstance(value, list) else []
    return False


def _from_yaml(content: bytes) -> Any:
    return plain_yaml(content, TRIED, SHAPE, ", or write the contract as JSON")
