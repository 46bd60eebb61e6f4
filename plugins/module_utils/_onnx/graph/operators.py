# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Operators and their attributes, held against the standard. Each combination once, however many nodes have it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from .tensors import Flaw
from .wire import text

_LAST_ML = 4  # the newest ai.onnx.ml of ONNX 1.15
_STANDARD = ("", "ai.onnx.ml")
_UNDEFINED = 0  # the type of an attribute in files of IR version 1, which do not say it
_SINGLE = 0  # how an input is required
_LISTED = 10


class Signature(NamedTuple):
    """How an operator is used. ``place``: 0 in the graph, else the function (from 1) that has opsets of its own.

    ``empty``: which inputs and outputs are left out, as ``blanks`` numbers them.
    """

    place: int
    domain: str
    operator: str
    inputs: int
    outputs: int
    attributes: tuple[tuple[str, int], ...]
    empty: tuple[int, ...] = ()

    def plain(self) -> Signature:
        """In text, where the file has bytes that are none, and with the one name of the standard domain."""
        domain, operator = text(self.domain), text(self.operator)
        attributes = tuple((text(name), kind) for name, kind in self.attributes)
        return self._replace(domain="" if domain == "ai.onnx" else domain, operator=operator, attributes=attributes)

    @property
    def title(self) -> str:
        return f"{self.domain or 'ai.onnx'}.{self.operator}"[:80]


def blanks(inputs: Sequence[str], outputs: Sequence[str]) -> tuple[int, ...]:
    """Inputs that are left out, from 0, and outputs that are, from -1 down."""
    left_out = [index for index, name in enumerate(inputs) if not name]
    return (*left_out, *(~index for index, name in enumerate(outputs) if not name))


def check_operators(
    onnx: Any, used: Iterator[Signature], opsets: Mapping[int, Mapping[str, int]],
    own: Mapping[tuple[str, str], tuple[int, int]], foreign: set[str], is_old: bool,
) -> Iterator[Flaw]:  # fmt: skip
    """``opsets``: by place, then domain. ``own``: functions of the model. ``foreign``: domains that are right here.

    ``is_old``: of IR version 1, where attributes do not say their types.
    """
    unknown: set[str] = set()
    wrong: set[str] = set()
    undeclared: set[str] = set()
    for signature in used:
        each = signature.plain()
        if each.domain in foreign:
            continue
        versions = opsets.get(each.place, {})
        sides = own.get((each.domain, each.operator))
        if each.domain not in versions and (versions or sides or each.place):
            undeclared.add(each.domain or "ai.onnx")
        if sides is not None:
            wrong.update(f"{each.title} {text}" for text in _more_than(each, sides))
            continue
        version = versions.get(each.domain, onnx.defs.onnx_opset_version() if not each.domain else 1)
        schema = _schema(onnx, each, version)
        if schema is None:
            unknown.add(each.title)
        else:
            wrong.update(f"{each.title} {text} (opset {version})" for text in _misuse(each, schema, is_old))
    if unknown:
        yield Flaw(
            "operator",
            "error",
            f"These operators are not in the ONNX standard: {_list(unknown)}.",
            "Export without optimisations for one runtime, or with a newer onnx library where the operator is newer.",
        )
    if wrong:
        answer = f"Operators are used as their version does not allow: {_list(wrong)}. No runtime loads that."
        advice = "Its opset was changed without its nodes, or a tool wrote nodes of another version. Export it again."
        yield Flaw("attribute", "error", answer, advice)
    if undeclared and not unknown:
        answer = f"The file does not say which version of the operators of {_list(undeclared)} it uses."
        yield Flaw("operator", "error", answer, "Export the model again.")


def check_opsets(opsets: Mapping[str, int]) -> Iterator[Flaw]:
    """Of the graph itself."""
    if not opsets:
        answer = "The file does not say which opset it uses: it is cut short, or the tool that wrote it left it out."
        yield Flaw("opset_missing", "error", answer, "Export the model again, or copy the file again.")
    if opsets.get("ai.onnx.ml", 0) > _LAST_ML:
        answer = f"It has version {opsets['ai.onnx.ml']} of ai.onnx.ml; the runtime of Nx knows it up to {_LAST_ML}."
        yield Flaw("opset", "error", answer, "Export it with an older version of the converter.")


def _schema(onnx: Any, used: Signature, version: int) -> Any:
    if used.domain not in _STANDARD:
        return None
    try:
        found = onnx.defs.get_schema(used.operator, version, used.domain)
    except onnx.defs.SchemaError:
        return None
    return None if found.deprecated else found


def _misuse(used: Signature, schema: Any, is_old: bool) -> Iterator[str]:
    if not schema.min_input <= used.inputs <= schema.max_input:
        yield f"has {used.inputs} inputs"
    if not schema.min_output <= used.outputs <= schema.max_output:
        yield f"has {used.outputs} outputs"
    yield from _left_out(used, schema)
    names = {name for name, _kind in used.attributes}
    if len(names) < len(used.attributes):
        yield "has an attribute twice"
    for name, kind in used.attributes:
        known = schema.attributes.get(name)
        if known is None:
            yield f"has no attribute {name[:40]}"
        elif kind != _kind(known) and not (is_old and kind == _UNDEFINED):
            yield f"has an attribute {name[:40]} of another type"
    for name, known in schema.attributes.items():
        if known.required and name not in names:
            yield f"lacks the attribute {name}"


def _more_than(used: Signature, sides: tuple[int, int]) -> Iterator[str]:
    """Than a function of the model has."""
    for word, there, most in zip(("inputs", "outputs"), (used.inputs, used.outputs), sides, strict=True):
        if there > most:
            yield f"has {there} {word}, and its function {most}"


def _left_out(used: Signature, schema: Any) -> Iterator[str]:
    for place in used.empty:
        word, formal, index = ("input", schema.inputs, place) if place >= 0 else ("output", schema.outputs, ~place)
        if index < len(formal) and _number(formal[index].option) == _SINGLE:
            yield f"lacks {word} {index + 1}"


def _kind(attribute: Any) -> int:
    """Of a schema: an enumeration of its own in every version of the library."""
    return _number(attribute.type)


def _number(kind: Any) -> int:
    return int(getattr(kind, "value", kind))


def _list(texts: set[str]) -> str:
    listed = sorted(texts)[:_LISTED]
    return ", ".join(listed) + (f", and {len(texts) - _LISTED} more" if len(texts) > _LISTED else "")
