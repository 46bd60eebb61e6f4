# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The simplest expressions as Python, for those whose values are new on every host, which nothing could remember.

They are ``nxai_site_name ~ ' / ' ~ nxai_device_name``, ``nxai_raw.Name``, ``nxai_pipelines | length > 0`` and
``nxai_pipelines | map(attribute='model') | list``. Nothing here evaluates text: Jinja has parsed what the user wrote.
Whatever is not certain raises ``Unsure``, and ansible-core decides.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from jinja2 import nodes

from .plain import UNTRUSTED, Unsure, fingerprint

Read = Callable[[Mapping[str, Any]], Any]
_ORDER = {"gt": operator.gt, "gteq": operator.ge, "lt": operator.lt, "lteq": operator.le}
_COMPARE = {"eq": operator.eq, "ne": operator.ne, **_ORDER}


def native(parts: Sequence[nodes.Expr]) -> Read | None:
    """Gives the value of an expression, or the text of a template's parts. None: it is ansible-core's."""
    try:
        if len(parts) == 1 and not isinstance(parts[0], nodes.TemplateData):
            return _reader(parts[0])
        return _joined(parts, none="")
    except Unsure:
        return None


def _reader(node: nodes.Node | None) -> Read:
    match node:
        case nodes.Const(value=value) | nodes.TemplateData(data=value):
            return lambda variables: value
        case nodes.Name(name=key):
            return lambda variables: _element(variables, key)
        case nodes.Getattr(node=of, attr=key) | nodes.Getitem(node=of, arg=nodes.Const(value=str() as key)) if _is_key(
            key
        ):
            holder = _reader(of)
            return lambda variables: _element(holder(variables), key)
        case nodes.Concat(nodes=parts):
            return _joined(parts, none="None")
        case nodes.Filter(name="length", node=of, args=[], kwargs=[]):
            holder = _reader(of)
            return lambda variables: len(_one_of((str, list, dict), holder(variables)))
        case nodes.Filter(
            name="list",
            node=nodes.Filter(
                name="map",
                node=of,
                args=[],
                kwargs=[nodes.Helper(key="attribute", value=nodes.Const(value=str() as key))],
            ),
            args=[],
            kwargs=[],
        ) if _is_key(key):
            holder = _reader(of)
            return lambda variables: [_element(item, key) for item in _one_of(list, holder(variables))]
        case nodes.Compare(expr=left, ops=[nodes.Operand(op=name, expr=right)]) if name in _COMPARE:
            return _comparison(name, _reader(left), _reader(right))
    raise Unsure


def _is_key(key: str) -> bool:
    """Whether that finds an element of a mapping: Jinja takes a method of that name for ``a.items``."""
    return key.isidentifier() and not hasattr(dict, key) and not key.startswith("_")


def _element(holder: Any, key: str) -> Any:
    """A list or mapping in it, ansible-core looks at when an element is asked for."""
    value = _one_of(dict, holder).get(key, Unsure)
    if value.__class__ is not UNTRUSTED and not isinstance(value, (list, dict)):
        fingerprint(value)
    return value


def _one_of(kinds: Any, value: Any) -> Any:
    if isinstance(value, kinds):
        return value
    raise Unsure


def _joined(parts: Sequence[nodes.Node], none: str) -> Read:
    readers = [_reader(part) for part in parts]

    def text(value: Any) -> str:
        return none if value is None else str(_one_of((str, bool, int, float), value))

    return lambda variables: "".join([text(read(variables)) for read in readers])


def _comparison(name: str, left: Read, right: Read) -> Read:
    """Numbers have an order. Texts and the like are the same or not."""
    kinds = (int, float) if name in _ORDER else (str, bool, int, float, type(None))

    def read(variables: Mapping[str, Any]) -> bool:
        pair = [_one_of(kinds, side(variables)) for side in (left, right)]
        return bool(_COMPARE[name](*pair))

    return read
