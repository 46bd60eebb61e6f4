# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a Jinja expression reads, and whether it always gives the same for the same values."""

from __future__ import annotations

from typing import Any

from jinja2 import Environment, TemplateError, nodes

from .native import native
from .untrusted import TEMPLATE


def words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# What these give, no variable tells.
GLOBALS = words(
    "caller cycler dict finalize hostvars joiner kwargs lipsum lookup loop namespace now omit q query range self super "
    "undef varargs vars"
)
PURE_FILTERS = words(
    "abs b64decode b64encode basename batch bool capitalize combine count d default dict2items dictsort difference "
    "dirname first flatten float from_json hash int intersect items2dict join last length list lower map max md5 min "
    "regex_findall regex_replace regex_search reject rejectattr replace reverse round select selectattr sha1 sort "
    "split splitext string sum symmetric_difference ternary title to_json to_nice_json trim truncate type_debug union "
    "unique upper zip"
)
PURE_TESTS = words(
    "all any boolean contains defined divisibleby eq equalto even false falsy float ge greaterthan gt in integer "
    "iterable le lessthan lower lt mapping match ne none number odd regex search sequence string subset superset true "
    "truthy undefined upper version version_compare"
)
PURE_METHODS = words(
    "capitalize casefold count endswith find get index items join keys lower lstrip partition removeprefix "
    "removesuffix replace rpartition rsplit rstrip split splitlines startswith strip swapcase title upper values "
    "zfill"
)
# Filters and tests that are told by name which filter or test to use, and at which place.
_BY_NAME = {"map": (0, PURE_FILTERS), "select": (0, PURE_TESTS), "reject": (0, PURE_TESTS)}
_BY_NAME |= {"selectattr": (1, PURE_TESTS), "rejectattr": (1, PURE_TESTS)}
_PURE_NODES = (
    *(nodes.Name, nodes.Const, nodes.TemplateData, nodes.Getattr, nodes.Getitem, nodes.Slice, nodes.Compare),
    *(nodes.Operand, nodes.Not, nodes.And, nodes.Or, nodes.CondExpr, nodes.Concat, nodes.List, nodes.Tuple, nodes.Dict),
    *(nodes.Pair, nodes.Keyword, nodes.BinExpr, nodes.UnaryExpr, nodes.Filter, nodes.Test, nodes.Call, nodes.Output),
)


class Expression:
    """An expression, or with ``is_template`` a template, as a user wrote it.

    ``names`` are the variables that it reads, sorted. ``pure``: the same values always give the same result. ``native``
    gives the result as ansible-core 2.19 would, or is None.
    """

    def __init__(self, source: Any, is_template: bool = False) -> None:
        text = str(source) if is_template else str(source).strip()
        parts = _parse(text if is_template else f"{{{{ {text} }}}}", text)
        all_nodes = [node for part in parts for node in (part, *part.find_all(nodes.Node))]
        self.names = sorted({node.name for node in all_nodes if isinstance(node, nodes.Name)})
        is_one = len(parts) == 1 or (is_template and bool(parts))
        self.pure = is_one and all(map(_is_pure, all_nodes)) and GLOBALS.isdisjoint(self.names)
        self.native = native(parts) if self.pure else None


def _parse(template: str, source: str) -> list[nodes.Expr]:
    """The parts of a template that is text and ``{{ }}`` only; none of any other one.

    Backslashes are escaped by ansible-core in ways that depend on the place, and a hyphen or plus at an end of the
    expression can control white space. A line break at the end of a template is kept by some versions.
    """
    if "\\" in source or source[:1] in ("+", "-") or source[-1:] in ("+", "-", "\n"):
        return []
    try:
        body = Environment(autoescape=False).parse(template).body
    except (TemplateError, RecursionError):
        return []
    return list(body[0].nodes) if len(body) == 1 and isinstance(body[0], nodes.Output) else []


def _is_pure(node: Any) -> bool:
    if getattr(node, "dyn_args", None) or getattr(node, "dyn_kwargs", None):
        return False  # *a or **a
    match node:
        case nodes.Const(value=str() as text):
            return not TEMPLATE.search(text)
        case nodes.Call(node=of):
            return isinstance(of, nodes.Getattr) and of.attr in PURE_METHODS
        case nodes.Test(name=name):
            return _short(name) in PURE_TESTS
        case nodes.Filter(name=name, args=args):
            place, known = _BY_NAME.get(_short(name), (len(args), PURE_FILTERS))
            named = [getattr(arg, "value", None) for arg in args[place : place + 1]]
            return _short(name) in PURE_FILTERS and known.issuperset(named)
    return isinstance(node, _PURE_NODES)


def _short(name: str) -> str:
    return name.removeprefix("ansible.builtin.")
