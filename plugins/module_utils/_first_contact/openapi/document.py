# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""An OpenAPI document of the live service, as far as the comparison needs it: 3.0, 3.1, and Swagger 2.0.

The document is foreign: whatever is not as it should be inside of it counts as not described. Only a document that
describes nothing at all, or is past a limit, is an error. A few references can stand for millions of properties, so
what is followed and joined is counted, not what was received.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import unquote, urlsplit

from ..._core.errors import Unexpected
from ..._core.values import mapping, text

METHODS = ("GET", "PUT", "POST", "DELETE", "PATCH")
# The documents of the service are not known to be public; those of such services have less than a tenth of each.
MOST_CALLS = 2_000
MOST_MEMBERS = 500  # properties of a schema, parameters of a call, parts of a schema and so on
MOST_STEPS = 200_000  # calls, references, parts and members looked at, each as often as it is
MOST_DEPTH = 50  # references and parts in each other
MOST_BROKEN = 5  # references that lead nowhere, of one schema
MOST_NAME = 1_000  # characters; what is longer is cut


@dataclass(frozen=True)
class Schema:
    """One schema with its parts joined. ``properties`` hold raw schemas; ``broken``: references that lead nowhere."""

    types: frozenset[str] = frozenset()
    properties: Mapping[str, Any] = field(default_factory=dict)
    required: frozenset[str] = frozenset()
    items: Any = None
    closed: bool = False
    broken: tuple[str, ...] = ()


@dataclass(frozen=True)
class Described:
    """One operation of the document. ``body``: media type -> raw schema. ``parameters``: (name, in, required)."""

    path: str
    method: str
    parameters: tuple[tuple[str, str, bool], ...]
    body: Mapping[str, Any]
    answer: Any
    raw_token_only: bool
    deprecated: bool


class Document:
    """``operations`` by method and path; ``base`` is the path under which the document says that they are."""

    def __init__(self, data: Any, prefix: str, tried: str) -> None:
        root = mapping(data)
        version = str(root.get("openapi") or root.get("swagger") or "")
        self.swagger = version.startswith("2.")
        if not self.swagger and not version.startswith("3."):
            what = f"its version is {version[:40]!r}" if version else "it names no version of OpenAPI"
            raise Unexpected(
                tried, f"the answer is no OpenAPI document: {what}", "Check that api_url is the Nx AI Cloud."
            )
        if not isinstance(root.get("paths"), dict) or not root["paths"]:
            raise Unexpected(tried, "the OpenAPI document describes no paths", "Try again later, or report it.")
        self._root = root
        self._tried = tried
        self._steps = 0
        self.base = self._base()
        self.operations = {(each.method, each.path): each for each in self._read(prefix)}

    def _count(self, *members: Collection[Any]) -> None:
        """Count a step, and one for each of the members. Raises Unexpected past a limit."""
        self._steps += 1 + sum(map(len, members))
        if any(len(each) > MOST_MEMBERS for each in members):
            raise self._too_large(f"more than {MOST_MEMBERS:,} properties, parameters or the like in one place")
        if self._steps > MOST_STEPS:
            raise self._too_large(f"references and parts that take more than {MOST_STEPS:,} steps to follow")

    def _too_large(self, what: str) -> Unexpected:
        advice = "It cannot be compared. Check that api_url is the Nx AI Cloud; if it is, please report this."
        return Unexpected(self._tried, f"the OpenAPI document has {what}", advice)

    def _base(self) -> str:
        servers = self._root.get("servers")
        first = servers[0] if isinstance(servers, list) and servers else None
        url = self._root.get("basePath") if self.swagger else mapping(first).get("url")
        try:
            return urlsplit(text(url) or "").path.rstrip("/")[:MOST_NAME]
        except ValueError:
            return ""

    def _read(self, prefix: str) -> Iterator[Described]:
        calls = 0
        for path, raw in self._root["paths"].items():
            item = self._target(raw)
            full = self.base + _name(path)
            place = full[len(prefix) :] if full.startswith(f"{prefix}/") else _name(path)
            for method in METHODS:
                if isinstance(item.get(method.lower()), dict):
                    calls += 1
                    if calls > MOST_CALLS:
                        raise self._too_large(f"more than {MOST_CALLS:,} calls")
                    yield self._described(place, method, item, item[method.lower()])

    def _described(self, path: str, method: str, item: Mapping[str, Any], raw: Mapping[str, Any]) -> Described:
        listed = [*_list(item.get("parameters")), *_list(raw.get("parameters"))]
        self._count(listed)
        parameters = [self._target(each) for each in listed]
        body, answer = self._swagger_bodies(raw, parameters) if self.swagger else self._bodies(raw)
        return Described(
            path,
            method,
            tuple(
                (name, each["in"], each.get("required") is True)
                for each in parameters
                if (name := _name(each.get("name"))) and each.get("in") in ("query", "header")
            ),
            body,
            answer,
            self._raw_token_only(raw),
            raw.get("deprecated") is True,
        )

    def _bodies(self, raw: Mapping[str, Any]) -> tuple[dict[str, Any], Any]:
        content = mapping(self._target(raw.get("requestBody")).get("content"))
        answer = mapping(self._success(raw).get("content"))
        self._count(content, answer)
        body = {_media(name): mapping(each).get("schema") for name, each in content.items()}
        answers = [mapping(each).get("schema") for each in answer.values()]
        return body, next(iter(answers), None)

    def _swagger_bodies(self, raw: Mapping[str, Any], parameters: list[dict[str, Any]]) -> tuple[dict[str, Any], Any]:
        consumes = _list(raw.get("consumes")) or _list(self._root.get("consumes"))
        self._count(consumes)
        form = [each for each in parameters if each.get("in") == "formData"]
        whole = next((each.get("schema") for each in parameters if each.get("in") == "body"), None)
        if form:
            whole = {
                "type": "object",
                "properties": {_name(each.get("name")): each for each in form},
                "required": [_name(each.get("name")) for each in form if each.get("required") is True],
            }
        default = "multipart/form-data" if form else "application/json"
        body = {} if whole is None else {_media(name): whole for name in consumes or [default]}
        return body, self._success(raw).get("schema")

    def _success(self, raw: Mapping[str, Any]) -> dict[str, Any]:
        responses = mapping(raw.get("responses"))
        self._count(responses)
        codes = sorted((code for code in responses if str(code).startswith("2")), key=str)
        return self._target(responses.get(next(iter(codes), "default")))

    def _raw_token_only(self, raw: Mapping[str, Any]) -> bool:
        """Whether each way to sign in is an ``apiKey`` in the Authorization header, as Bearer is not."""
        schemes = mapping(self._root.get("securityDefinitions"))
        schemes = schemes or mapping(mapping(self._root.get("components")).get("securitySchemes"))
        needs = [mapping(need) for need in _list(raw.get("security", self._root.get("security")))]
        self._count(needs, *needs)
        kinds = {text(mapping(schemes.get(name)).get("type")) for need in needs for name in need}
        return not self.swagger and kinds == {"apiKey"}

    def _target(self, raw: Any) -> dict[str, Any]:
        """The object, or the one that its references lead to; empty if they lead nowhere."""
        for _step in range(20):
            self._count()
            found = mapping(raw)
            if "$ref" not in found:
                return found
            raw = self._at(found["$ref"])
        return {}

    def _at(self, reference: Any) -> Any:
        if not isinstance(reference, str) or not reference.startswith("#/"):
            return None
        steps = reference[2:MOST_NAME].split("/")
        self._count(steps)
        here: Any = self._root
        for step in steps:
            here = mapping(here).get(unquote(step).replace("~1", "/").replace("~0", "~"))
        return here

    def schema(self, raw: Any, followed: tuple[Any, ...] = ()) -> Schema:
        """The schema with its references followed, and ``allOf``, ``anyOf`` and ``oneOf`` joined.

        ``followed``: the references that lead here, and None for each other step; one in a circle adds nothing.
        """
        if len(followed) > MOST_DEPTH:
            raise self._too_large(f"references and parts in each other, more than {MOST_DEPTH} deep")
        here = mapping(raw)
        properties, required, kinds = mapping(here.get("properties")), _list(here.get("required")), _types(here)
        self._count(properties, required, kinds)
        own = Schema(
            kinds,
            {_name(name): each for name, each in properties.items()},
            frozenset(_name(each) for each in required if isinstance(each, str)),
            here.get("items"),
            here.get("additionalProperties") is False,
        )
        if "$ref" in here:
            own = self._both(own, self._referred(here["$ref"], followed))
        for part in self._parts(here, "allOf"):
            own = self._both(own, self.schema(part, (*followed, None)))
        for word in ("anyOf", "oneOf"):
            branches = [self.schema(part, (*followed, None)) for part in self._parts(here, word)]
            if branches:
                own = self._both(own, self._any(branches))
        return own

    def _referred(self, reference: Any, followed: tuple[Any, ...]) -> Schema:
        if reference in followed:
            return Schema()
        target = self._at(reference)
        if not isinstance(target, dict):
            return Schema(broken=(reference[:100] if isinstance(reference, str) else type(reference).__name__,))
        return self.schema(target, (*followed, reference))

    def _parts(self, raw: Mapping[str, Any], word: str) -> list[Any]:
        parts = _list(raw.get(word))
        self._count(parts)
        return parts

    def _both(self, one: Schema, other: Schema) -> Schema:
        joined = Schema(
            one.types | other.types,
            {**one.properties, **other.properties},
            one.required | other.required,
            one.items if one.items is not None else other.items,
            one.closed or other.closed,
            (one.broken + other.broken)[:MOST_BROKEN],
        )
        self._count(joined.types, joined.properties, joined.required)
        return joined

    def _any(self, branches: list[Schema]) -> Schema:
        """What any of the branches may have, and what each of them must."""
        joined = branches[0]
        for branch in branches[1:]:
            joined = self._both(joined, branch)
        needed = frozenset.intersection(*(each.required for each in branches))
        return replace(joined, required=needed, closed=False)


def _types(raw: Mapping[str, Any]) -> frozenset[str]:
    kind = raw.get("type")
    named = {each for each in (kind if isinstance(kind, list) else [kind]) if isinstance(each, str)}
    if not named and "properties" in raw:
        named = {"object"}
    return frozenset(named - {"null"})


def _media(name: Any) -> str:
    return _name(name).split(";")[0].strip().lower()


def _name(value: Any) -> str:
    return (text(value) or "")[:MOST_NAME]


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []
