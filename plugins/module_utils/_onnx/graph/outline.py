# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The outline of an ONNX file: all that describes its graph, without its weights.

The library parses the file in portions, and what is found is counted before it is kept. So a file of any size costs
no more than its list of names.
"""

from __future__ import annotations

from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from .operators import Signature, blanks
from .scope import Scope, TooMuch
from .split import SMALL, portions
from .weights import WHOLE_NUMBERS, Weights, flaw_of_sparse, weights_in_file, weights_of
from .wire import Field, Fields, FileMessage, as_field, text

# Fields of the messages of onnx.proto.
_IR_VERSION, _PRODUCER, _GRAPH, _OPSETS, _METADATA, _FUNCTIONS = 1, 2, 7, 8, 14, 25
_NODE, _INITIALIZER, _INPUT, _OUTPUT, _SPARSE = 1, 5, 11, 12, 15
_ATTRIBUTE = 5  # of a node
_TENSOR, _INNER, _TENSORS, _INNERS, _SPARSE_ONE, _SPARSES = 5, 6, 10, 11, 22, 23  # of an attribute
_TENSOR_TYPE, _GRAPH_TYPE = 4, 5
_LOOKED_INTO = {_TENSOR_TYPE, _GRAPH_TYPE, 9, 10}  # types of attributes: also several tensors, and several graphs

_MOST_KEPT = 16 << 20  # bytes of the graph without weights, to infer shapes from
_MOST_NODE = 1 << 20  # bytes of one node
_MOST_VALUES, _MOST_VALUE_BYTES = 1_000, 1 << 20  # inputs and outputs: the names of 20,000 classes take half
_MOST_REMARK = 1 << 20
_MOST_SIGNATURES, _MOST_ATTRIBUTES = 50_000, 300_000
_MOST_FUNCTIONS, _MOST_INITIALIZERS = 10_000, 500_000
_LISTED = 5


@dataclass
class Outline:
    """``parts``: the graph in bytes, without large weights; None where it is too large, or where more is gone.

    ``functions``: how many inputs and outputs each has. ``is_guessed``: numbers are gone that shapes may depend on.
    """

    ir_version: int | None = None
    producer: str = ""
    doc: str = ""
    metadata: dict[str, str] = field(default_factory=dict)
    inputs: list[Any] = field(default_factory=list)
    outputs: list[Any] = field(default_factory=list)
    opsets: dict[int, dict[str, int]] = field(default_factory=lambda: {0: {}})
    functions: dict[tuple[str, str], tuple[int, int]] = field(default_factory=dict)
    function_parts: list[bytes] = field(default_factory=list)
    signatures: set[Signature] = field(default_factory=set)
    short: list[str] = field(default_factory=list)
    odd: list[str] = field(default_factory=list)
    places: set[str] = field(default_factory=set)
    is_external: bool = False
    twice: list[str] = field(default_factory=list)
    late: list[str] = field(default_factory=list)
    namesakes: list[str] = field(default_factory=list)
    unmade: list[str] = field(default_factory=list)
    unmade_outputs: list[str] = field(default_factory=list)
    nodes: int = 0
    parts: list[bytes] | None = field(default_factory=list)
    is_guessed: bool = False


class Reader:
    """Reads one file. Raises TooMuch, NotProtobuf, and the library's DecodeError."""

    def __init__(self, onnx: Any, source: FileMessage) -> None:
        self._onnx, self._source = onnx, source
        self.outline = Outline()
        self._kept = self._values = self._attributes = 0
        self._scope = Scope()
        self._initializers: set[int] = set()  # hashes: old files list their weights as inputs, too

    def read(self, places: Sequence[tuple[int, int, int]]) -> Outline:
        """``places``: number, begin and end of each field of the model."""
        for number, begin, end in places:
            if number == _GRAPH:
                self._graph(begin, end)
            else:
                self._remark(number, begin, end)
        return self.outline

    # The model -------------------------------------------------------------------------------------------------------

    def _remark(self, number: int, begin: int, end: int) -> None:
        found = self.outline
        if number not in (_IR_VERSION, _PRODUCER, _OPSETS, _METADATA, _FUNCTIONS):
            return
        if number == _FUNCTIONS:
            self._function(begin, end)
            return
        if end - begin > _MOST_REMARK:
            return
        content = self._source.read(begin, end - begin)
        model = self._onnx.ModelProto.FromString(
            b"\x08" + content if number == _IR_VERSION else as_field(number, content)
        )
        if number == _IR_VERSION:
            found.ir_version = model.ir_version
        elif number == _PRODUCER:
            found.producer = text(model.producer_name)
        for each in model.opset_import:
            domain = domain_of(each)  # where it is there twice, runtimes differ in which of them counts
            found.opsets[0][domain] = max(each.version, found.opsets[0].get(domain, each.version))
        for each in model.metadata_props:
            if len(found.metadata) < _MOST_VALUES:
                found.metadata[text(each.key)[:200]] = text(each.value)

    def _function(self, begin: int, end: int) -> None:
        if end - begin > _MOST_NODE or len(self.outline.functions) >= _MOST_FUNCTIONS:
            raise TooMuch(f"a function of more than {_MOST_NODE >> 20} MiB, or more than {_MOST_FUNCTIONS:,} of them")
        content = self._source.read(begin, end - begin)
        function = self._onnx.FunctionProto.FromString(content)
        title = text(function.name)
        if (domain_of(function), title) in self.outline.functions and not getattr(function, "overload", ""):
            self.outline.twice.append(title[:200])
        self.outline.functions[domain_of(function), title] = len(function.input), len(function.output)
        self.outline.function_parts.append(content)
        self._keep(b"", len(content))
        place = len(self.outline.opsets)
        self.outline.opsets[place] = {domain_of(each): each.version for each in function.opset_import}
        scope = Scope()
        for name in function.input:
            scope.give(name)
        for node in function.node:
            self._node(scope, node, place)
        self._close(scope)
        self.outline.unmade_outputs += [name for name in function.output if not scope.knows(name)]
        self.outline.unmade += scope.unmade

    # Graphs ----------------------------------------------------------------------------------------------------------

    def _graph(self, begin: int, end: int) -> None:
        for portion in portions(self._source, begin, end):
            if isinstance(portion, bytes):
                self._keep(self._portion(portion))
            else:
                self._large(self._scope, portion, outer=True)
        self._close(self._scope)
        found = self.outline
        found.inputs = [each for each in found.inputs if hash(text(each.name)) not in self._initializers]
        names = [text(each.name) for each in found.inputs]
        found.twice += sorted({name for name in names if names.count(name) > 1})[:_LISTED]
        found.unmade += self._scope.unmade
        names = [text(each.name) for each in found.outputs]
        found.unmade_outputs += [name for name in names if not name or not self._scope.knows(name)]

    def _portion(self, portion: bytes) -> bytes:
        """What is kept of it to infer shapes from: all but what the file itself says of shapes."""
        graph = self._onnx.GraphProto.FromString(portion)
        self._content(self._scope, graph)
        if len(self._initializers) < _MOST_INITIALIZERS:
            self._initializers.update(hash(text(each.name)) for each in graph.initializer)
        for each in graph.input:
            if hash(text(each.name)) not in self._initializers:
                self._value(self.outline.inputs, each)
        for each in graph.output:
            self._value(self.outline.outputs, each)
        if graph.doc_string:
            self.outline.doc = text(graph.doc_string)
        if not graph.output and not graph.value_info:
            return portion
        graph.ClearField("output")
        graph.ClearField("value_info")
        return bytes(graph.SerializeToString())

    def _value(self, kept: list[Any], value: Any) -> None:
        self._values += value.ByteSize()
        if len(kept) >= _MOST_VALUES:
            raise TooMuch(f"more than {_MOST_VALUES:,} inputs or outputs")
        if self._values > _MOST_VALUE_BYTES:
            raise TooMuch(f"inputs and outputs of more than {_MOST_VALUE_BYTES >> 20} MiB")
        kept.append(value)

    def _content(self, scope: Scope, graph: Any, place: int = 0) -> None:
        self.outline.nodes += len(graph.node)
        for node in graph.node:
            self._node(scope, node, place)
        for each in graph.initializer:
            self._weights(weights_of(each))
            scope.give(each.name)
        for each in graph.sparse_initializer:
            self._weights(weights_of(each.values))
            scope.give(each.values.name)
            self.outline.is_guessed = True  # the library infers nothing from these
            if len(self.outline.odd) < _LISTED and (flaw := flaw_of_sparse(each)):
                self.outline.odd.append(flaw)
        for value in graph.input:
            scope.give(value.name)
        scope.check_limit()

    def _node(
        self, scope: Scope, node: Any, place: int, inner: Sequence[str] = (), counted: Container[str] = ()
    ) -> None:
        """``inner``: what graphs in it take from outside; ``counted``: attributes that were looked into already."""
        # A slice of a field is a list in half the time that a loop over it takes.
        inputs, outputs, name, operator = node.input[:], node.output[:], node.name, node.op_type
        kinds: list[tuple[str, int]] = []
        for each in node.attribute[:]:
            kinds.append((each.name, each.type))
            if each.type in _LOOKED_INTO and each.name not in counted:
                inner = [*inner, *self._attribute(each, place, scope)]
        scope.use(inputs)
        if inner:
            scope.use(inner)
        scope.make(outputs)
        if name and operator != "Constant":  # those become weights, which need no name of a node
            scope.name(name)
        empty = blanks(inputs, outputs) if "" in inputs or "" in outputs else ()
        key = (place, node.domain, operator, len(inputs), len(outputs), tuple(kinds), empty)
        if key not in self.outline.signatures:
            self._signature(Signature(*key))

    def _signature(self, found: Signature) -> None:
        self._attributes += len(found.attributes)
        if len(self.outline.signatures) >= _MOST_SIGNATURES or self._attributes > _MOST_ATTRIBUTES:
            raise TooMuch(f"more than {_MOST_SIGNATURES:,} kinds of nodes")
        self.outline.signatures.add(found)

    def _attribute(self, attribute: Any, place: int, outer: Scope) -> Iterator[str]:
        """What the graphs in it take from outside."""
        for tensor in (*((attribute.t,) if attribute.type == _TENSOR_TYPE else ()), *attribute.tensors):
            self._weights(weights_of(tensor))
        for graph in (*((attribute.g,) if attribute.type == _GRAPH_TYPE else ()), *attribute.graphs):
            scope = Scope(outer)
            self._content(scope, graph, place)
            self._close(scope)
            self._returned(scope, [each.name for each in graph.output])
            yield from scope.unmade

    def _returned(self, scope: Scope, outputs: Sequence[str]) -> None:
        """An inner graph gives what it has made; runtimes refuse one that gives a value of the graph around it."""
        found = [text(name)[:200] for name in outputs if not scope.knows(name)]
        self.outline.unmade_outputs += found[: max(0, _LISTED - len(self.outline.unmade_outputs))]

    def _close(self, scope: Scope) -> None:
        self.outline.twice += scope.twice[:_LISTED]
        self.outline.late += scope.late[:_LISTED]
        self.outline.namesakes += scope.namesakes

    def _weights(self, found: Weights) -> None:
        self.outline.is_external = self.outline.is_external or found.external
        if len(self.outline.places) < _MOST_VALUES:
            self.outline.places.update(found.places)
        if len(self.outline.short) < _LISTED and (flaw := found.flaw):
            self.outline.short.append(flaw)
        if len(self.outline.odd) < _LISTED and not found.is_known:
            self.outline.odd.append(f"{found.name[:60]!r} is of no type that is known")

    def _guess(self, found: Weights) -> None:
        """Large lists of whole numbers are not kept, and a shape may be worked out from one."""
        self.outline.is_guessed = self.outline.is_guessed or found.kind in WHOLE_NUMBERS

    def _keep(self, part: bytes, size: int = 0) -> None:
        self._kept += len(part) + size
        if self._kept > _MOST_KEPT:
            self.outline.parts = None
        if self.outline.parts is not None:
            self.outline.parts.append(part)

    # Fields that are too large to be parsed as they stand ------------------------------------------------------------

    def _large(self, scope: Scope, part: Field, outer: bool) -> None:
        """One of a graph: of the outermost, or of one in a node."""
        if part.number == _NODE:
            stub, inner, counted = self._stub(part, scope)
            self._node(scope, self._onnx.NodeProto.FromString(stub), 0, inner, counted)
            if outer:
                self._keep(as_field(_NODE, stub))
        elif part.number == _INITIALIZER:
            found, stub = weights_in_file(self._source, part.begin, part.end)
            self._weights(found)
            self._guess(found)
            scope.give(found.name)
            if outer:
                self._initializers.add(hash(found.name))
                self._keep(as_field(_INITIALIZER, stub))
        elif part.number == _SPARSE:
            for name in self._sparse(part):
                scope.give(name)
            self.outline.parts = None
        elif part.number in (_INPUT, _OUTPUT):
            self._large_value(scope, part, outer)
        scope.check_limit()

    def _large_value(self, scope: Scope, part: Field, outer: bool) -> None:
        if part.end - part.begin > _MOST_VALUE_BYTES:
            raise TooMuch(f"inputs and outputs of more than {_MOST_VALUE_BYTES >> 20} MiB")
        value = self._onnx.ValueInfoProto.FromString(self._source.read(part.begin, part.end - part.begin))
        if part.number == _INPUT:
            scope.give(value.name)
        if outer:
            self._value(self.outline.inputs if part.number == _INPUT else self.outline.outputs, value)
            if part.number == _INPUT:
                self._keep(self._source.read(part.start, part.end - part.start))

    def _stub(self, node: Field, scope: Scope) -> tuple[bytes, list[str], set[str]]:
        """The node without what is large in it, what the graphs in it take from outside, and its large attributes."""
        stub, inner, large = bytearray(), [], set()
        for part in Fields(self._source, node.begin, node.end):
            if part.number == _ATTRIBUTE and part.end - part.begin > SMALL:
                content, names = self._large_attribute(part, scope)
                stub += as_field(_ATTRIBUTE, content)
                inner += names
                large.add(self._onnx.AttributeProto.FromString(content).name)
            elif part.end - part.begin <= SMALL:
                stub += self._source.read(part.start, part.end - part.start)
            if len(stub) > _MOST_NODE:
                raise TooMuch(f"a node of more than {_MOST_NODE >> 20} MiB without its weights")
        return bytes(stub), inner, large

    def _large_attribute(self, attribute: Field, scope: Scope) -> tuple[bytes, list[str]]:
        stub, names = bytearray(), []
        for part in Fields(self._source, attribute.begin, attribute.end):
            if part.number in (_TENSOR, _TENSORS):
                found, content = weights_in_file(self._source, part.begin, part.end)
                self._weights(found)
                self._guess(found)
                stub += as_field(part.number, content)
            elif part.number in (_INNER, _INNERS):
                names += self._inner(part, scope)
                self.outline.parts = None
            elif part.number in (_SPARSE_ONE, _SPARSES):
                self._sparse(part)
                self.outline.parts = None
            elif part.end - part.begin <= SMALL and len(stub) < _MOST_NODE:
                stub += self._source.read(part.start, part.end - part.start)
            else:
                self.outline.parts = None  # a long list of numbers: it is not looked at
        return bytes(stub), names

    def _inner(self, graph: Field, outer: Scope) -> list[str]:
        scope, outputs = Scope(outer), []
        for portion in portions(self._source, graph.begin, graph.end):
            if isinstance(portion, bytes):
                found = self._onnx.GraphProto.FromString(portion)
                self._content(scope, found)
                outputs += [each.name for each in found.output]
            else:
                self._large(scope, portion, outer=False)
        self._close(scope)
        self._returned(scope, outputs)
        return scope.unmade

    def _sparse(self, sparse: Field) -> list[str]:
        names = []
        for part in Fields(self._source, sparse.begin, sparse.end):
            if part.number == 1:
                found, _stub = weights_in_file(self._source, part.begin, part.end)
                self._weights(found)
                names.append(found.name)
        return names


def domain_of(owner: Any) -> str:
    """The standard operators' domain has two names."""
    domain = text(owner.domain)
    return "" if domain == "ai.onnx" else domain
