# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Documents in which a few bytes stand for very much: an error that names the limit, in seconds and megabytes."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from contract_documents import call, documents, row

from ansible_collections.nxai.cloud.plugins.module_utils._first_contact.openapi.comparison import compare, operations_of
from ansible_collections.nxai.cloud.plugins.module_utils._first_contact.openapi.document import (
    MOST_CALLS,
    MOST_MEMBERS,
    MOST_STEPS,
    Document,
)
from ansible_collections.nxai.cloud.plugins.module_utils._http.operation import PREFIX
from tools.cost import MOST_MEMORY, cost_of


def compared(document: Any) -> list[Any]:
    return compare(Document(document, PREFIX["device"], "GET it"), operations_of("device"))


# Each takes the schema of one answer, or the whole document, and makes a few bytes stand for very much.
BOMBS = {
    "properties and references": """
schemas["A"] = {"properties": {f"p{n}": {} for n in range(200_000)}}
answer["schema"] = {"type": "array", "items": {"allOf": [{"$ref": "#/components/schemas/A"}] * 3000}}
""",
    "properties in parts": """
for n in range(3000):
    schemas[f"A{n}"] = {"properties": {f"p{n}-{m}": {} for m in range(60)}}
parts = [{"$ref": f"#/components/schemas/A{n}"} for n in range(400)]
answer["schema"] = {"type": "array", "items": {"anyOf": [{"allOf": parts}] * 400}}
""",
    "the same properties again and again": """
schemas["A"] = {"properties": {f"p{n}": {} for n in range(500)}}
answer["schema"] = {"type": "array", "items": {"oneOf": [{"$ref": "#/components/schemas/A"}] * 500}}
""",
    "a tower": """
for n in range(40):
    schemas[f"A{n}"] = {"allOf": [{"$ref": f"#/components/schemas/A{n + 1}"}] * 2}
answer["schema"] = {"type": "array", "items": {"$ref": "#/components/schemas/A0"}}
""",
    "a chain": """
for n in range(3000):
    schemas[f"A{n}"] = {"$ref": f"#/components/schemas/A{n + 1}"}
answer["schema"] = {"type": "array", "items": {"$ref": "#/components/schemas/A0"}}
""",
    "parts in parts": """
inner = {}
for n in range(90):
    inner = {"anyOf": [inner]}
answer["schema"] = inner
""",
    "required": """
answer["schema"] = {"type": "array", "items": {"properties": {"a": {}}, "required": [f"r{n}" for n in range(200_000)]}}
""",
    "kinds": 'answer["schema"] = {"type": [f"t{n}" for n in range(200_000)]}',
    "parameters": 'each["parameters"] = [{"name": f"p{n}", "in": "query", "required": True} for n in range(200_000)]',
    "the same parameters everywhere": """
for path, item in document["paths"].items():
    item["parameters"] = [{"$ref": "#/x"}] * 499
document["paths"] |= {f"/p{n}": {"$ref": "#/paths/~1systems"} for n in range(1500)}
""",
    "calls": 'document["paths"].update({f"/p{n}": {"get": {}, "put": {}} for n in range(100_000)})',
    "media types": 'each["requestBody"] = {"content": {f"m{n}": {} for n in range(200_000)}}',
    "codes": 'each["responses"] = {f"2{n}": {} for n in range(200_000)}',
    "ways to sign in": 'each["security"] = [{f"s{n}": [] for n in range(200_000)}]',
}
CHEAP = {
    "a circle": """
schemas["A"] = {"allOf": [{"$ref": "#/components/schemas/B"}]}
schemas["B"] = {"anyOf": [{"$ref": "#/components/schemas/A"}, {"$ref": "#/components/schemas/B"}]}
answer["schema"] = {"type": "array", "items": {"$ref": "#/components/schemas/A"}}
""",
    "a long reference": """
answer["schema"] = {"type": "array", "items": {"allOf": [{"$ref": "#/" + "a/" * 2000}] * 20}}
""",
    "long paths": """
document["paths"].update({"/" + "{" * 20_000 + str(n): {"get": {}} for n in range(500)})
document["servers"] = [{"url": "/" + "x" * 1_000_000}]
""",
    "long names": """
names = {"p" * 20_000 + str(n): {} for n in range(400)}
answer["schema"] = {"type": "array", "items": {"properties": names, "required": list(names)}}
""",
    "references that are none": """
answer["schema"] = {"type": "array", "items": {"allOf": [{"$ref": {"x": ["y"] * 1_000}}] * 400}}
""",
}
FRAME = """
from {openapi}.comparison import compare, operations_of, table
from {openapi}.document import Document
document = json.loads(open(sys.argv[1]).read())
schemas = document["components"]["schemas"]
each = document["paths"]["/systems"]["get"]
answer = each["responses"]["200"]["content"]["application/json"]
{bomb}
document = json.loads(json.dumps(document))
begin = time.process_time()
table(compare(Document(document, "/dev", "GET it"), operations_of("device")))
"""


@pytest.mark.parametrize("name", [*BOMBS, *CHEAP])
def test_a_document_that_stands_for_much_costs_little(tmp_path: Path, name: str) -> None:
    """It is an error that names the limit; or it is compared, where it does not matter."""
    (tmp_path / "document").write_text(json.dumps(documents()["device"]))
    found = cost_of(
        FRAME.format(openapi=compare.__module__.rpartition(".")[0], bomb={**BOMBS, **CHEAP}[name]),
        str(tmp_path / "document"),
    )
    assert found.seconds < 2 and found.mebibytes < MOST_MEMORY, found
    if name in BOMBS:
        assert re.match(r"Unexpected: GET it: the OpenAPI document has .* more than \d|.* has more than \d", found.said)
        assert "report this" in found.said
    else:
        assert found.said == "nothing"


def test_a_large_document_that_means_it_is_compared() -> None:
    """Half of each limit."""
    document = documents()["device"]
    properties = row(document, "/systems")["properties"]
    properties |= {f"p{number}": {"type": "string"} for number in range(MOST_MEMBERS // 2)}
    document["paths"] |= {f"/other{number}": {"get": {}} for number in range(MOST_CALLS // 2)}
    assert compared(document) == []


def test_the_documents_take_a_twentieth_of_the_steps_at_most() -> None:
    for api, document in documents().items():
        read = Document(document, PREFIX[api], "-")  # type: ignore[index]
        compare(read, operations_of(api))
        assert 100 < read._steps < MOST_STEPS / 20


def test_keys_that_are_no_text_describe_nothing() -> None:
    document = documents()["device"]
    document["paths"] |= {7: {"get": {}}, None: {"get": {"responses": {200: {}, None: {}, "200": {}}}}}
    each = call(document, "get", "/systems")
    each["responses"] |= {200: None, None: None}
    each["requestBody"] = {"content": {5: {"schema": {"properties": {5: {}, None: {}}, "required": [5, None]}}}}
    assert {each.operation for each in compared(document)} <= {"list_sites"}
