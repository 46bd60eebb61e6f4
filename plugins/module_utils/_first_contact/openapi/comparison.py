# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The live OpenAPI documents against what the collection sends and reads: pure, no I/O."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

from ..._api.contract.file import contract_of
from ..._api.contract.operations import OPERATIONS
from ..._core.errors import BadInput
from ..._core.redaction import one_line
from ..._core.wording import shortened
from ..._http.operation import PREFIX, Operation
from .document import Described, Document, Schema
from .terms import MULTIPART, TERMS, Terms

REPORT = "No option adapts this. Please report it, with the version of the collection."
SEVERITIES = ("error", "warning", "note")


@dataclass(frozen=True)
class Difference:
    """``option`` is what to add to the connection options, where there is one that adapts the collection."""

    operation: str
    kind: str
    severity: str
    expected: str
    found: str
    advice: str
    option: Mapping[str, Any] | None = None

    def as_result(self) -> dict[str, Any]:
        return {key: one_line(value) if isinstance(value, str) else value for key, value in asdict(self).items()}


def compare(document: Document, operations: Iterable[Operation]) -> list[Difference]:
    """All differences for these operations, which are of one API; the worst first."""
    found: list[Difference] = []
    operations = list(operations)
    if operations and _elsewhere(document, operations[0]):
        api = operations[0].api
        advice = "The document places the API elsewhere. If calls answer 404, check that api_url is the Nx AI Cloud."
        found.append(Difference(api, "base_path", "warning", PREFIX[api], document.base, advice))
    for operation in operations:
        terms = TERMS.get(operation.name)
        if terms is not None:
            found += _Comparison(document, operation, terms).differences()
    return sorted(found, key=lambda each: SEVERITIES.index(each.severity))


def table(differences: Iterable[Difference]) -> str:
    """For people: a line for each difference, with what to do below it."""
    lines = []
    for each in (difference.as_result() for difference in differences):
        lines.append(f"{each['severity'].upper():8}{each['operation']:24}{each['kind']}")
        lines.append(f"        expected: {each['expected']}; found: {each['found']}")
        lines.append(f"        {each['advice']}")
    return "\n".join(lines) or "No differences."


class _Comparison:
    def __init__(self, document: Document, operation: Operation, terms: Terms) -> None:
        self._document = document
        self._operation = operation
        self._terms = terms

    def differences(self) -> list[Difference]:
        wanted = _shape(self._operation.path)
        same = [each for each in self._document.operations.values() if _shape(each.path) == wanted]
        described = next((each for each in same if each.method == self._operation.method), None)
        if described is None:
            return [self._absent(same)]
        looks = (self._way, self._parameters, self._request, self._answer)
        return [each for look in looks for each in look(described)]

    def _say(
        self, kind: str, severity: str, expected: str, found: str, advice: str = REPORT, change: Any = None
    ) -> Difference:
        option = None
        if change is not None and _works(self._operation.name, change):
            operations = {self._operation.name: change}
            option = {"contract": {"operations": operations}}
            advice = f"Set the option that is given here: contract: {{operations: {operations}}}"
        return Difference(self._operation.name, kind, severity, expected, found, advice, option)

    def _absent(self, same: list[Described]) -> Difference:
        operation = self._operation
        call = f"{operation.method} {operation.path}"
        if same:
            methods = sorted(each.method for each in same)
            writes = [each for each in methods if each in ("PUT", "PATCH")]
            change = {"method": writes[0]} if operation.method in ("PUT", "PATCH") and writes else None
            return self._say("method", "error", call, ", ".join(methods), change=change)
        near = [
            each.path
            for each in self._document.operations.values()
            if each.method == operation.method and _alike(each.path, operation.path)
        ]
        sure = len(near) == 1 and not _elsewhere(self._document, operation)
        change = {"path": _renamed(near[0], operation.path)} if sure else None
        return self._say("path", "error", call, ", ".join(near[:5]) or "nothing like it", change=change)

    def _way(self, described: Described) -> Iterator[Difference]:
        if described.deprecated:
            yield self._say("deprecated", "note", "a call that stays", "deprecated", "It works for now. " + REPORT)
        if described.raw_token_only:
            wanted, found = "Bearer and the token", "the token alone in the header Authorization"
            advice, option = "If signing in fails, set auth_scheme: raw.", {"auth_scheme": "raw"}
            yield Difference(self._operation.name, "auth_scheme", "warning", wanted, found, advice, option)

    def _parameters(self, described: Described) -> Iterator[Difference]:
        names = [name for name, where, _required in described.parameters if where == "query"]
        spelling = self._operation.spelling
        sent = [spelling.get(name, name) for name in (*self._terms.query, *self._terms.filters)]
        changes: dict[str, str] = {}
        for name in (*self._terms.query, *self._terms.filters):
            now = spelling.get(name, name)
            if now in names:
                continue
            near = next((each for each in names if _folded(each) == _folded(now)), None)
            if near is not None:
                changes[name] = near
            else:
                severity = "error" if name in self._terms.filters else "warning"
                line = f"operations.{self._operation.name}.query.{name}"
                advice = f"If another parameter means the same, name it in {line} of the contract. "
                advice += "Without paging, a listing that has more than one page fails."
                yield self._say("parameter", severity, f"query parameter {now}", _some(names), advice)
        for name, near in changes.items():
            change = {"query": {**spelling, **changes}}
            yield self._say("parameter_spelling", "warning", f"query parameter {name}", near, change=change)
        for name, where, required in described.parameters:
            known = where == "query" and any(_folded(name) == _folded(each) for each in sent)
            if required and not known and name.lower() not in ("authorization", "accept", "content-type"):
                yield self._say("parameter_required", "error", "no other required parameter", f"{where} {name}")

    def _request(self, described: Described) -> Iterator[Difference]:
        terms = self._terms
        if not terms.media:
            if any(self._document.schema(body).required for body in list(described.body.values())[:1]):
                yield self._say("request_body", "error", "no body", _some(described.body))
            return
        if not described.body:
            yield self._say("request_undescribed", "note", terms.media, "no request body", "Nothing to compare.")
            return
        if terms.media not in described.body:
            yield self._say("media_type", "error", terms.media, _some(described.body))
            return
        schema = self._document.schema(described.body[terms.media])
        if terms.media == MULTIPART:
            others = schema.required - {"data", "file"}
            if others:
                yield self._say("part_required", "error", "the parts data and file", _some(others))
            for part in ("data", "file"):
                if schema.properties and part not in schema.properties:
                    yield self._say("part", "error", f"the part {part}", _some(schema.properties))
            schema = self._document.schema(schema.properties.get("data"))
        if not schema.properties and not schema.broken:  # a part whose text is JSON is often described as a text
            return
        yield from self._broken(schema)
        for name in (*terms.sends, *terms.may_send):
            yield from self._field(schema, name, "request_field", exact=True)
        yield from self._newly_required(schema)
        yield from self._kinds(schema)

    def _newly_required(self, schema: Schema) -> Iterator[Difference]:
        terms = self._terms
        for name in sorted(schema.required):
            if name in terms.may_send and self._operation.method == "POST":
                advice = "Give the option of this field in each task that creates one."
                yield self._say("request_field_required", "warning", f"{name} may be left out", "required", advice)
            elif not any(_folded(name) == _folded(each) for each in (*terms.sends, *terms.may_send)):
                yield self._say("request_field_required", "error", "no other required field", name)

    def _answer(self, described: Described) -> Iterator[Difference]:
        terms = self._terms
        if not terms.answer:
            return
        schema = self._document.schema(described.answer)
        yield from self._broken(schema)
        if not schema.types and not schema.properties:
            if not schema.broken:
                yield self._say("answer_undescribed", "note", terms.answer, "no schema", "Nothing to compare.")
            return
        if terms.answer not in schema.types:
            yield self._say("answer_shape", "error", terms.answer, _some(schema.types))
            return
        if terms.answer == "array":
            schema = self._document.schema(schema.items)
            yield from self._broken(schema)
        if schema.properties:
            for name in terms.reads:
                yield from self._field(schema, name, "answer_field", exact=self._operation.method != "GET")
            if not terms.sends:
                yield from self._kinds(schema)

    def _field(self, schema: Schema, name: str, kind: str, exact: bool) -> Iterator[Difference]:
        """A field, also one inside of others; where an outer one is missing or not described, the inner is not told."""
        *outer, last = name.split(".")
        for step in outer:
            inner = self._inner(schema, step)
            if inner is None or not inner.properties:
                return
            schema = inner
        names = last.split("|")
        if any(each in schema.properties for each in names):
            return
        near = [each for each in schema.properties if any(_folded(each) == _folded(other) for other in names)]
        essential = name in (self._terms.reads[:1] if kind == "answer_field" else self._terms.sends)
        if near:
            severity = "error" if exact else "note"
            advice = REPORT if exact else "Nothing to do: fields are read without regard to case."
            yield self._say(f"{kind}_spelling", severity, name, near[0], advice)
        elif kind == "answer_field":
            advice = REPORT if essential else "The collection takes it for unknown. " + REPORT
            yield self._say(kind, "error" if essential else "warning", name, _some(schema.properties), advice)
        else:
            severity = "error" if essential or schema.closed else "warning"
            yield self._say(kind, severity, name, _some(schema.properties))

    def _kinds(self, schema: Schema) -> Iterator[Difference]:
        for name, wanted in self._terms.kinds:
            here: Schema | None = schema
            for step in name.split("."):
                here = self._inner(here, step) if here is not None else None
            if here is not None and here.types and wanted not in here.types:
                yield self._say("field_type", "error", f"{name}: {wanted}", _some(here.types))

    def _inner(self, schema: Schema, name: str) -> Schema | None:
        """The schema of a field, or of the rows of the array that it is; None if there is no such field."""
        raw = next((each for key, each in schema.properties.items() if _folded(key) == _folded(name)), None)
        if raw is None:
            return None
        found = self._document.schema(raw)
        if found.items is None:
            return found
        rows = self._document.schema(found.items)
        return replace(rows, types=found.types, items=found.items, broken=found.broken + rows.broken)

    def _broken(self, schema: Schema) -> Iterator[Difference]:
        for reference in schema.broken:
            advice = "The document itself is faulty: what it refers to cannot be compared."
            yield self._say("reference", "warning", "a reference that leads somewhere", reference, advice)


def _elsewhere(document: Document, operation: Operation) -> bool:
    prefix = PREFIX[operation.api]
    return document.base != "" and not f"{document.base}/".startswith(f"{prefix}/")


def _works(name: str, change: Mapping[str, Any]) -> bool:
    """Names come out of a foreign document: only what the option accepts is advised."""
    try:
        contract_of({"operations": {name: change}})
    except BadInput:
        return False
    return True


def _shape(path: str) -> str:
    return re.sub(r"\{[^{}]*\}", "{}", path.rstrip("/"))


def _alike(found: str, known: str) -> bool:
    """The same but for singular and plural, case, and steps before it such as a version."""
    one, other = ([step.lower().removesuffix("s") for step in _shape(path).split("/")[1:]] for path in (found, known))
    return len(one) >= len(other) and one[-len(other) :] == other


def _renamed(found: str, known: str) -> str:
    """The found path with the places of the known one, which are what the client fills in, in their order."""
    places = iter(re.findall(r"\{\w+\}", known))
    return re.sub(r"\{[^{}]*\}", lambda _found: next(places, "{}"), found)


def _folded(name: str) -> str:
    return name.lower().replace("-", "").replace("_", "")


def _some(names: Iterable[str]) -> str:
    return shortened(sorted(map(str, names))) or "none"


def operations_of(api: str, table_of_calls: Mapping[str, Operation] = OPERATIONS) -> list[Operation]:
    return [each for each in table_of_calls.values() if each.api == api]
