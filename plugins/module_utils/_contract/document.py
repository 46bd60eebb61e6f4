# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""An OpenAPI document of the live service, as far as the comparison needs it: 3.0, 3.1, and Swagger 2.0.

The document is foreign: whatever is not as it should be inside of it counts as not described. Only a document that
describes nothing at all is an error.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote, urlsplit

from .._core.errors import Unexpected
from .._core.values import mapping, text

METHODS = ("GET", "PUT", "POST", "DELETE", "PATCH")
MOST_STEPS = 200  # references and parts followed for one schema: far more than a sensible one has


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
        self.base = self._base()
        self.operations = {(each.method, each.path): each for each in self._read(prefix)}

    def schema(self, raw: Any) -> Schema:
        """The schema with its references followed, and ``allOf``, ``anyOf`` and ``oneOf`` joined."""
        return self._join(raw, [MOST_STEPS])

    def _base(self) -> str:
        servers = self._root.get("servers")
        first = servers[0] if isinstance(servers, list) and servers else None
        url = self._root.get("basePath") if self.swagger else mapping(first).get("url")
        try:
            return urlsplit(text(url) or "").path.rstrip("/")
        except ValueError:
            return ""

    def _read(self, prefix: str) -> Iterator[Described]:
        for path, raw in self._root["paths"].items():
            item = self._target(raw)
            full = self.base + path
            place = full[len(prefix) :] if full.startswith(f"{prefix}/") else path
            for method in METHODS:
                if isinstance(item.get(method.lower()), dict):
                    yield self._described(place, method, item, item[method.lower()])

    def _described(self, path: str, method: str, item: Mapping[str, Any], raw: Mapping[str, Any]) -> Described:
        parameters = [self._target(each) for owner in (item, raw) for each in _list(owner.get("parameters"))]
        body, answer = self._swagger_bodies(raw, parameters) if self.swagger else self._bodies(raw)
        return Described(
            path,
            method,
            tuple(
                (name, str(each.get("in")), each.get("required") is True)
                for each in parameters
                if (name := text(each.get("name"))) and each.get("in") in ("query", "header")
            ),
            body,
            answer,
            self._raw_token_only(raw),
            raw.get("deprecated") is True,
        )

    def _bodies(self, raw: Mapping[str, Any]) -> tuple[dict[str, Any], Any]:
        content = mapping(self._target(raw.get("requestBody")).get("content"))
        body = {_media(name): mapping(each).get("schema") for name, each in content.items()}
        answers = [mapping(each).get("schema") for each in mapping(self._success(raw).get("content")).values()]
        return body, next(iter(answers), None)

    def _swagger_bodies(self, raw: Mapping[str, Any], parameters: list[dict[str, Any]]) -> tuple[dict[str, Any], Any]:
        consumes = _list(raw.get("consumes")) or _list(self._root.get("consumes"))
        form = [each for each in parameters if each.get("in") == "formData"]
        whole = next((each.get("schema") for each in parameters if each.get("in") == "body"), None)
        if form:
            whole = {
                "type": "object",
                "properties": {str(each.get("name")): each for each in form},
                "required": [str(each.get("name")) for each in form if each.get("required") is True],
            }
        default = "multipart/form-data" if form else "application/json"
        names = [str(each) for each in consumes] or [default]
        body = {} if whole is None else {_media(name): whole for name in names}
        return body, self._success(raw).get("schema")

    def _success(self, raw: Mapping[str, Any]) -> dict[str, Any]:
        responses = mapping(raw.get("responses"))
        codes = [code for code in sorted(responses) if code.startswith("2")]
        return self._target(responses.get(next(iter(codes), "default")))

    def _raw_token_only(self, raw: Mapping[str, Any]) -> bool:
        """Whether each way to sign in is an ``apiKey`` in the Authorization header, as Bearer is not."""
        schemes = mapping(self._root.get("securityDefinitions"))
        schemes = schemes or mapping(mapping(self._root.get("components")).get("securitySchemes"))
        needs = raw.get("security", self._root.get("security"))
        kinds = {mapping(schemes.get(name)).get("type") for need in _list(needs) for name in mapping(need)}
        return not self.swagger and kinds == {"apiKey"}

    def _target(self, raw: Any) -> dict[str, Any]:
        """The object, or the one that its references lead to; empty if they lead nowhere."""
        for _step in range(20):
            found = mapping(raw)
            if "$ref" not in found:
                return found
            raw = self._at(found["$ref"])
        return {}

    def _at(self, reference: Any) -> Any:
        if not isinstance(reference, str) or not reference.startswith("#/"):
            return None
        here: Any = self._root
        for step in reference[2:].split("/"):
            here = mapping(here).get(unquote(step).replace("~1", "/").replace("~0", "~"))
        return here

    def _join(self, raw: Any, steps: list[int]) -> Schema:
        here = mapping(raw)
        steps[0] -= 1
        if steps[0] < 0:
            return Schema()
        own = Schema(
            _types(here),
            mapping(here.get("properties")),
            frozenset(each for each in _list(here.get("required")) if isinstance(each, str)),
            here.get("items"),
            here.get("additionalProperties") is False,
        )
        if "$ref" in here:
            target = self._at(here["$ref"])
            if not isinstance(target, dict):
                own = Schema(broken=(str(here["$ref"])[:100],))
            else:
                own = _both(own, self._join(target, steps))
        for part in _list(here.get("allOf")):
            own = _both(own, self._join(part, steps))
        for word in ("anyOf", "oneOf"):
            branches = [self._join(part, steps) for part in _list(here.get(word))]
            if branches:
                own = _both(own, _any(branches))
        return own


def _both(one: Schema, other: Schema) -> Schema:
    return Schema(
        one.types | other.types,
        {**one.properties, **other.properties},
        one.required | other.required,
        one.items if one.items is not None else other.items,
        one.closed or other.closed,
        one.broken + other.broken,
    )


def _any(branches: list[Schema]) -> Schema:
    """What any of the branches may have, and what each of them must."""
    joined = branches[0]
    for branch in branches[1:]:
        joined = _both(joined, branch)
    needed = frozenset.intersection(*(each.required for each in branches))
    return Schema(joined.types, joined.properties, needed, joined.items, False, joined.broken)


def _types(raw: Mapping[str, Any]) -> frozenset[str]:
    kind = raw.get("type")
    named = {each for each in (kind if isinstance(kind, list) else [kind]) if isinstance(each, str)}
    if not named and "properties" in raw:
        named = {"object"}
    return frozenset(named - {"null"})


def _media(name: str) -> str:
    return name.split(";")[0].strip().lower()


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []
