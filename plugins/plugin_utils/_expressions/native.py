# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The simplest Jinja expressions as Python: names, keys, comparisons, logic, joined text.

Nothing here evaluates text. An expression of the user's was parsed, and only the operations below are carried out.
Whatever is not certain raises ``Unsure``, and ansible-core decides.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Mapping
from typing import Any

from jinja2 import nodes

from .untrusted import TAGS, marked

if TAGS:
    from ansible.template import trust_as_template

    TEXTS = frozenset({str, type(trust_as_template("text"))})
else:
    TEXTS = frozenset({str, type(marked("text"))})

SCALARS = frozenset({bool, int, float, type(None)})
Read = Callable[[Mapping[str, Any]], Any]
TEMPLATE = re.compile(r"\{[{%#]|\A#jinja2:")  # what ansible-core would look for a template behind


def words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# Names that mean something though no variable is called so.
GLOBALS = words(
    "caller cycler dict finalize hostvars joiner kwargs lipsum lookup loop namespace now omit q query range self super "
    "undef varargs vars"
)


class Unsure(Exception):
    """Only ansible-core knows for certain what this gives."""


def settled(value: Any) -> bool:
    """Whether the value is all plain data: nothing in it could be a template, or is marked in a way of its own."""
    kind = type(value)
    if kind in TEXTS:
        return not ("{" in value or "#" in value) or not TEMPLATE.search(value)
    if kind in SCALARS:
        return True
    if isinstance(value, dict):
        return all(settled(key) and settled(item) for key, item in value.items())
    return isinstance(value, list) and all(settled(item) for item in value)


def _checked(value: Any) -> Any:
    """A value that is certain. Of a list or mapping, ansible-core looks at an element when it is asked for."""
    if isinstance(value, (list, dict)) or settled(value):
        return value
    raise Unsure


def compiled(parts: list[nodes.Expr]) -> Read | None:
    try:
        if len(parts) == 1 and not isinstance(parts[0], nodes.TemplateData):
            return _build(parts[0])
        return _joined([_build(part) for part in parts], none="")
    except Unsure:
        return None


def _build(node: nodes.Node) -> Read:
    builder = _BUILDERS.get(type(node))
    if builder is None:
        raise Unsure
    return builder(node)


def _const(node: Any) -> Read:
    value = node.data if isinstance(node, nodes.TemplateData) else node.value
    return lambda variables: value


def _name(node: nodes.Name) -> Read:
    name = node.name

    def read(variables: Mapping[str, Any]) -> Any:
        return _checked(variables.get(name, Unsure))

    return read


def _attribute(node: nodes.Getattr | nodes.Getitem) -> Read:
    """A key of a mapping or an element of a list. Jinja would take a method of that name for ``a.items``."""
    holder = _build(node.node)
    key: Any = _key(node)
    kind = dict if isinstance(key, str) else list

    def read(variables: Mapping[str, Any]) -> Any:
        value = holder(variables)
        if not isinstance(value, kind):
            raise Unsure
        try:
            return _checked(value[key])
        except LookupError:
            raise Unsure from None

    return read


def _key(node: nodes.Getattr | nodes.Getitem) -> Any:
    key: Any = node.attr if isinstance(node, nodes.Getattr) else getattr(node.arg, "value", None)
    usable = isinstance(key, str) and not hasattr(dict, key) and not key.startswith("_")
    if not usable and (isinstance(key, bool) or not isinstance(key, int)):
        raise Unsure
    return key


def _comparison(node: nodes.Compare) -> Read:
    if len(node.ops) != 1:
        raise Unsure
    operand = node.ops[0]
    left = _build(node.expr)
    right = _listed(operand.expr) if isinstance(operand.expr, (nodes.List, nodes.Tuple)) else _build(operand.expr)
    compare = _COMPARISONS[operand.op]
    ordered = operand.op in ("gt", "gteq", "lt", "lteq")

    def read(variables: Mapping[str, Any]) -> bool:
        a, b = left(variables), right(variables)
        if (ordered and not (_is_number(a) and _is_number(b))) or not (settled(a) and settled(b)):
            raise Unsure
        try:
            return bool(compare(a, b))
        except TypeError:
            raise Unsure from None

    return read


_COMPARISONS: dict[str, Callable[[Any, Any], Any]] = {
    "eq": operator.eq,
    "ne": operator.ne,
    "gt": operator.gt,
    "gteq": operator.ge,
    "lt": operator.lt,
    "lteq": operator.le,
    "in": lambda a, b: a in b,
    "notin": lambda a, b: a not in b,
}


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _listed(node: nodes.List | nodes.Tuple) -> Read:
    items = [_build(item) for item in node.items]
    return lambda variables: [item(variables) for item in items]


def _logical(node: nodes.And | nodes.Or) -> Read:
    left, right, wanted = _build(node.left), _build(node.right), isinstance(node, nodes.Or)

    def read(variables: Mapping[str, Any]) -> Any:
        first = left(variables)
        return first if bool(first) is wanted else right(variables)

    return read


def _negation(node: nodes.Not) -> Read:
    inner = _build(node.node)
    return lambda variables: not inner(variables)


def _choice(node: nodes.CondExpr) -> Read:
    if node.expr2 is None:
        raise Unsure
    test, first, second = _build(node.test), _build(node.expr1), _build(node.expr2)
    return lambda variables: first(variables) if test(variables) else second(variables)


def _concatenation(node: nodes.Concat) -> Read:
    return _joined([_build(item) for item in node.nodes], none="None")


def _joined(readers: list[Read], none: str) -> Read:
    def piece(value: Any) -> str:
        if isinstance(value, (dict, list)):
            raise Unsure
        return none if value is None else str(value)

    return lambda variables: "".join([piece(read(variables)) for read in readers])


def _filter(node: nodes.Filter) -> Read:
    if node.name == "list" and isinstance(node.node, nodes.Filter) and node.node.name == "map":
        return _mapped(node.node)
    if node.node is None or node.kwargs or node.args or node.name not in _FILTERS:
        raise Unsure
    kinds, function = _FILTERS[node.name]
    inner = _build(node.node)

    def read(variables: Mapping[str, Any]) -> Any:
        value = inner(variables)
        if not isinstance(value, kinds):
            raise Unsure
        return function(value)

    return read


def _mapped(node: nodes.Filter) -> Read:
    """``map(attribute='key')`` of a list of mappings, as a list."""
    keywords: Any = node.kwargs
    given = {keyword.key: getattr(keyword.value, "value", None) for keyword in keywords}
    attribute = given.get("attribute")
    if (
        node.node is None
        or node.args
        or len(given) != 1
        or not isinstance(attribute, str)
        or not attribute.isidentifier()
    ):
        raise Unsure
    inner = _build(node.node)

    def read(variables: Mapping[str, Any]) -> list[Any]:
        items = inner(variables)
        if not isinstance(items, list) or not all(isinstance(item, dict) and attribute in item for item in items):
            raise Unsure
        return [_checked(item[attribute]) for item in items]

    return read


_FILTERS: dict[str, tuple[Any, Callable[[Any], Any]]] = {
    "length": ((str, list, dict), len),
    "count": ((str, list, dict), len),
    "lower": (str, lambda text: str(text).lower()),
    "upper": (str, lambda text: str(text).upper()),
    "trim": (str, lambda text: str(text).strip()),
}


def _test(node: nodes.Test) -> Read:
    """``is defined`` of a name, and ``is none``. Of an undefined value only the former tells anything."""
    if node.args or node.kwargs:
        raise Unsure
    if node.name in ("defined", "undefined") and isinstance(node.node, nodes.Name):
        name, wanted = node.node.name, node.name == "defined"
        if name in GLOBALS:
            raise Unsure
        reader = _name(node.node)
        return lambda variables: ((reader(variables), True)[1] if name in variables else False) is wanted
    if node.name == "none":
        inner = _build(node.node)
        return lambda variables: inner(variables) is None
    raise Unsure


def _method(node: nodes.Call) -> Read:
    """A method of a text with constant texts as arguments."""
    target = node.node
    constants = [arg.value for arg in node.args if isinstance(arg, nodes.Const) and isinstance(arg.value, str)]
    if not isinstance(target, nodes.Getattr) or target.attr not in _METHODS:
        raise Unsure
    if node.kwargs or len(constants) != len(node.args):
        raise Unsure
    inner, name = _build(target.node), target.attr

    def read(variables: Mapping[str, Any]) -> Any:
        value = inner(variables)
        if not isinstance(value, str):
            raise Unsure
        try:
            return getattr(str, name)(str(value), *constants)
        except (TypeError, ValueError):
            raise Unsure from None

    return read


_METHODS = words("endswith lower replace split startswith strip upper")
_BUILDERS: dict[type[nodes.Node], Callable[[Any], Read]] = {
    nodes.Const: _const,
    nodes.TemplateData: _const,
    nodes.Name: _name,
    nodes.Getattr: _attribute,
    nodes.Getitem: _attribute,
    nodes.Compare: _comparison,
    nodes.And: _logical,
    nodes.Or: _logical,
    nodes.Not: _negation,
    nodes.CondExpr: _choice,
    nodes.Concat: _concatenation,
    nodes.Filter: _filter,
    nodes.Test: _test,
    nodes.Call: _method,
}
