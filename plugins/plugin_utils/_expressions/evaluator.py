# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Expressions over the variables of many hosts, evaluated by ansible-core as seldom as can be.

ansible-core compiles an expression anew for each host, which takes half a millisecond. So the result of a pure
expression is remembered for the values that it read, and the simplest ones are Python (``native``).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Literal

from ansible import constants as C

from .expression import Expression
from .plain import UNTRUSTED, Unsure, copied, fingerprint
from .untrusted import TAGS, holds_marked, marked

REMEMBERED = 1 << 14  # results of one expression
Own = Callable[[Any, Mapping[str, Any]], Any]
Kind = Literal["expression", "key", "condition", "template"]


class Evaluator:
    """Gives what ``own(source, variables)`` would, which is ansible-core's evaluation, or raises what it raises."""

    def __init__(self, own: Own, kind: Kind = "expression") -> None:
        self._own = own
        self._kind: Kind = kind
        self._known: dict[tuple[type, str], _Remembering] = {}

    def expression(self, source: Any) -> Expression:
        return self._remembering(source).expression

    def __call__(self, source: Any, variables: Mapping[str, Any]) -> Any:
        return self._remembering(source)(variables)

    def of(self, source: Any) -> Callable[[Mapping[str, Any]], Any]:
        """The same for one source and many variables, without looking for the source each time."""
        return self._remembering(source)

    def _remembering(self, source: Any) -> _Remembering:
        key = type(source), source if isinstance(source, str) else str(source)
        if key not in self._known:
            self._known[key] = _Remembering(source, self._kind, self._own)
        return self._known[key]


class _Remembering:
    """One source with what it gave."""

    def __init__(self, source: Any, kind: Kind, own: Own) -> None:
        self.expression = Expression(source, is_template=kind == "template")
        self._source = source
        self._kind = kind
        self._own = own
        self._native = self.expression.native
        self._proven = False
        self._results: dict[Any, tuple[Any, Exception | None]] = {}

    def __call__(self, variables: Mapping[str, Any]) -> Any:
        if self._native is None:
            return self._remembered(variables)
        try:
            result = self._finished(self._native(variables), variables)
        except Unsure:
            return self._remembered(variables)
        return result if self._proven else self._prove(result, variables)

    def _finished(self, result: Any, variables: Mapping[str, Any]) -> Any:
        """What core makes of a native result."""
        if self._kind == "condition":
            if result is True or result is False:
                return result
            raise Unsure
        if not TAGS:
            if not _is_read_back(result) and not (self._kind == "key" and isinstance(result, str)):
                raise Unsure
            # Core marks the result if a variable of the expression holds marked text, even text that is not used.
            read = map(variables.get, self.expression.names)
            if result.__class__ is not UNTRUSTED and any(map(holds_marked, read)):
                result = marked(result)
        if result.__class__ is UNTRUSTED:
            return result
        fingerprint(result)
        return copied(result)

    def _prove(self, result: Any, variables: Mapping[str, Any]) -> Any:
        """Core's own result. If the first native one differs, because this version of core does or somebody's filter
        has the name of a usual one, no other is used."""
        native, self._native = self._native, None
        proof = self._own(self._source, variables)
        try:
            self._proven = fingerprint(copied(proof)) == fingerprint(result)
        except Unsure:
            return proof
        self._native = native if self._proven else None
        return proof

    def _remembered(self, variables: Mapping[str, Any]) -> Any:
        if not self.expression.pure:
            return self._own(self._source, variables)
        try:
            values = [fingerprint(variables[name]) if name in variables else None for name in self.expression.names]
        except Unsure:
            return self._own(self._source, variables)
        result, error = self._outcome(tuple(values), variables)
        if error is not None:
            raise error.with_traceback(None)
        return copied(result)

    def _outcome(self, values: tuple[Any, ...], variables: Mapping[str, Any]) -> tuple[Any, Exception | None]:
        if values not in self._results:
            if len(self._results) >= REMEMBERED:
                self._results.clear()
            try:
                self._results[values] = self._own(self._source, variables), None
            except Exception as error:  # pylint: disable=broad-exception-caught  # ansible-core documents none
                self._results[values] = None, error
        return self._results[values]


def _is_read_back(result: Any) -> bool:
    """Before 2.19, core writes a result as text, and reads lists and booleans in it: whether it gets the same."""
    if C.DEFAULT_JINJA2_NATIVE:
        return False
    if isinstance(result, list):
        return all(isinstance(item, str) for item in result)
    return isinstance(result, str) and not result.startswith(("{", "[")) and result not in ("True", "False")
