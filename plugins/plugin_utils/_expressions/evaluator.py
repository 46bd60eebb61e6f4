# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Expressions over the variables of many hosts, evaluated by ansible-core as seldom as can be.

ansible-core compiles an expression anew for each host. So the simplest ones are Python here (``_native``), and of all
others whose result depends on the values of variables alone, the result is remembered for those values. What is left
is ansible-core's.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from .expression import Expression
from .native import GLOBALS, SCALARS, TEXTS, Unsure, settled
from .untrusted import TAGS, holds_marked, marked

if TAGS:
    from ansible.template import is_trusted_as_template
else:

    def is_trusted_as_template(value: object) -> bool:
        return not hasattr(value, "__UNSAFE__")


REMEMBERED = 1 << 14  # results of one expression
Own = Callable[[Any, Mapping[str, Any]], Any]
_Finish = Callable[[Any, bool], Any]


def as_expression(value: Any, bare: bool) -> Any:
    """What core makes of a result: from 2.19 on the result. Before, its text, in which lists and booleans are read."""
    if TAGS:
        if not settled(value):
            raise Unsure
        return _own_copy(value)
    if value is None or isinstance(value, (list, dict)):
        raise Unsure
    if isinstance(value, bool) or (bare and not isinstance(value, str)):
        return value
    text = str(value)
    if text.startswith(("{", "[")) or text in ("True", "False"):
        raise Unsure
    return text


def as_condition(value: Any, bare: bool) -> bool:
    """Whether core takes a result for true: from 2.19 on it must be a boolean."""
    if TAGS and not isinstance(value, bool):
        raise Unsure
    return bool(value)


class Evaluator:
    """Gives what ``own(source, variables)`` would, which is ansible-core's evaluation, or raises what it raises."""

    def __init__(self, own: Own, finish: _Finish = as_expression, is_template: bool = False) -> None:
        self._own = own
        self._finish = finish
        self._is_template = is_template
        self._known: dict[tuple[type, str], _Remembering] = {}

    def expression(self, source: Any) -> Expression:
        return self._remembering(source).expression

    def __call__(self, source: Any, variables: Mapping[str, Any]) -> Any:
        return self._remembering(source)(variables)

    def _remembering(self, source: Any) -> _Remembering:
        key = type(source), source if isinstance(source, str) else str(source)
        if key not in self._known:
            self._known[key] = _Remembering(source, Expression(source, self._is_template), self._own, self._finish)
        return self._known[key]


class _Remembering:
    """One expression with what it gave. Its first native result is compared with core's, and if that is not the same,
    because this version of core differs or somebody's filter has the name of a usual one, no other is used."""

    def __init__(self, source: Any, expression: Expression, own: Own, finish: _Finish) -> None:
        self.expression = expression
        self._source = source
        self._own = own
        self._finish = finish
        self._native = expression.native
        self._proven = False
        self._results: dict[Any, tuple[Any, Exception | None]] = {}

    def __call__(self, variables: Mapping[str, Any]) -> Any:
        try:
            result = self._natively(variables)
        except Unsure:
            return self._remembered(variables)
        return result if self._proven else self._prove(result, variables)

    def _prove(self, result: Any, variables: Mapping[str, Any]) -> Any:
        native, self._native = self._native, None
        proof = self._own(self._source, variables)
        if _same(result, proof):
            self._native, self._proven = native, True
        return proof

    def _natively(self, variables: Mapping[str, Any]) -> Any:
        if self._native is None:
            raise Unsure
        if not TAGS and not all(settled(variables.get(name)) for name in self.expression.names):
            raise Unsure
        result = self._finish(self._native(variables), self.expression.bare)
        # Marked text that is not even used makes ansible-core mark the result.
        return marked(result) if any(holds_marked(variables.get(name)) for name in self.expression.names) else result

    def _remembered(self, variables: Mapping[str, Any]) -> Any:
        try:
            key = self._values(variables)
        except Unsure:
            return self._own(self._source, variables)
        if key not in self._results:
            if len(self._results) >= REMEMBERED:
                self._results.clear()
            self._results[key] = self._outcome(variables)
        result, error = self._results[key]
        if error is not None:
            raise error.with_traceback(None)
        return _own_copy(result)

    def _outcome(self, variables: Mapping[str, Any]) -> tuple[Any, Exception | None]:
        try:
            return self._own(self._source, variables), None
        except Exception as error:  # pylint: disable=broad-exception-caught  # ansible-core documents none
            return None, error

    def _values(self, variables: Mapping[str, Any]) -> tuple[Any, ...]:
        """Different for all that the expression could tell apart. Unsure if its result depends on more."""
        if not self.expression.pure:
            raise Unsure
        names = sorted(self.expression.names)
        if any(name not in variables and name in GLOBALS for name in names):
            raise Unsure
        return tuple(fingerprint(variables[name]) if name in variables else None for name in names)


def fingerprint(value: Any) -> Any:
    """The same for the same value, type and trust; hashable. Unsure for what is not plain data."""
    kind = type(value)
    if kind in TEXTS:
        if not settled(value):
            raise Unsure
        return value, kind is str, is_trusted_as_template(value)
    if kind in SCALARS:
        return kind, value
    if isinstance(value, dict):
        return kind, tuple([(fingerprint(key), fingerprint(item)) for key, item in value.items()])
    if isinstance(value, list):
        return kind, tuple([fingerprint(item) for item in value])
    raise Unsure


def _own_copy(value: Any) -> Any:
    """A list or mapping of its own for each host, as ``--yaml`` would write one that is shared by reference."""
    if isinstance(value, dict):
        return {key: _own_copy(item) for key, item in value.items()}
    return [_own_copy(item) for item in value] if isinstance(value, list) else value


def _same(one: Any, other: Any) -> bool:
    return bool(_shape(one) == _shape(other) and one == other)


def _shape(value: Any) -> Any:
    """What ``==`` passes over: whether texts are trusted, and types."""
    if isinstance(value, dict):
        return [(_shape(key), _shape(item)) for key, item in value.items()]
    if isinstance(value, list):
        return [_shape(item) for item in value]
    return isinstance(value, str), isinstance(value, bool), isinstance(value, float), is_trusted_as_template(value)
