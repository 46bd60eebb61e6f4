# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The live documents against what the collection relies on: drift, formats, broken documents, completeness."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from contract_documents import Json, as_3_0, as_swagger, body, call, documents, parameter, row
from module_runs import RunModule

from ansible_collections.nxai.cloud.plugins.module_utils._api.contract.file import contract_of
from ansible_collections.nxai.cloud.plugins.module_utils._api.contract.operations import OPERATIONS
from ansible_collections.nxai.cloud.plugins.module_utils._core.errors import Unexpected
from ansible_collections.nxai.cloud.plugins.module_utils._first_contact.openapi.comparison import (
    compare,
    operations_of,
    table,
)
from ansible_collections.nxai.cloud.plugins.module_utils._first_contact.openapi.document import Document
from ansible_collections.nxai.cloud.plugins.module_utils._first_contact.openapi.terms import TERMS
from ansible_collections.nxai.cloud.plugins.module_utils._http.operation import PREFIX


def compared(api: str, document: Any, changes: Any = None) -> list[Any]:
    table_of_calls = contract_of(changes).operations
    return compare(Document(document, PREFIX[api], "GET it"), operations_of(api, table_of_calls))  # type: ignore[index]


def move(holder: Json, old: str, new: str) -> None:
    holder[new] = holder.pop(old)


def model_data(document: Json) -> Any:
    return upload(document)["properties"]["data"]


def drift_path_plural(d: Json) -> None:
    d["paths"] = {path: each for path, each in d["paths"].items() if path not in ("/catalogues/{uuid}",)}
    move(d["paths"], "/catalogue/{uuid}", "/catalogues/{id}")


def answer(d: Json) -> Any:
    """That to the listing of sites."""
    return call(d, "get", "/systems")["responses"]["200"]


def drift_wrapped(d: Json) -> None:
    content = answer(d)["content"]["application/json"]
    content["schema"] = {"type": "object", "properties": {"Rows": content["schema"]}}


def drift_reference(d: Json) -> None:
    answer(d)["content"]["application/json"]["schema"] = {"$ref": "#/components/schemas/Gone"}


def drift_request_body(d: Json) -> None:
    schema = {"type": "object", "required": ["Sure"]}
    call(d, "delete", "/catalogue/{uuid}")["requestBody"] = {"content": {"application/json": {"schema": schema}}}


def assignment(d: Json) -> Any:
    return body(d, "put", "/system/{site_id}/devices/pipelines")["properties"]


def upload(d: Json) -> Json:
    return body(d, "post", "/functions", "multipart/form-data")


def demand(name: str, place: str) -> Callable[[Json], None]:
    """Another parameter that a listing of sites has to have."""
    wanted = {"name": name, "in": place, "required": True}
    return lambda d: call(d, "get", "/systems")["parameters"].append(wanted)


def respell(path: str, old: str, new: str) -> Callable[[Json], None]:
    return lambda d: parameter(d, path, old).update(name=new)


def drift_base(d: Json) -> None:
    d["servers"] = [{"url": "https://api.example.com/elsewhere"}]
    d["paths"] = {"/x" + path: each for path, each in d["paths"].items()}


def drift_raw(d: Json) -> None:
    for methods in d["paths"].values():
        for each in methods.values():
            each["security"] = [{"raw": []}]


def drift_threshold(d: Json) -> None:
    move(assignment(d)["Pipelines"]["items"]["properties"], "modelNMS", "modelThreshold")


def drift_media_type(d: Json) -> None:
    call(d, "post", "/functions")["requestBody"]["content"].pop("multipart/form-data")


def drop_row_field(path: str, name: str) -> Callable[[Json], None]:
    return lambda d: row(d, path)["properties"].pop(name)


def of_model(d: Json) -> Any:
    return row(d, "/functions")["properties"]


DRIFTS: list[tuple[str, str, str, Callable[[Json], Any]]] = [
    ("list_catalogues", "path", "error", lambda d: d["paths"].pop("/catalogues")),
    ("rename_catalogue", "path", "error", drift_path_plural),
    ("list_sites", "path", "error", lambda d: move(d["paths"], "/systems", "/v2/systems")),
    ("device", "base_path", "warning", drift_base),
    ("rename_catalogue", "method", "error", lambda d: move(d["paths"]["/catalogue/{uuid}"], "patch", "put")),
    ("delete_catalogue", "method", "error", lambda d: d["paths"]["/catalogue/{uuid}"].pop("delete")),
    ("list_models", "parameter_spelling", "warning", respell("/functions", "Limit", "limit")),
    ("list_sites", "parameter", "warning", respell("/systems", "Offset", "Skip")),
    ("list_models", "parameter", "error", respell("/functions", "Catalogue", "Folder")),
    ("list_sites", "parameter_required", "error", demand("Region", "query")),
    ("list_sites", "parameter_required", "error", demand("X-Key", "header")),
    ("put_pipelines", "request_field", "error", lambda d: move(assignment(d), "Devices", "Cameras")),
    ("put_pipelines", "request_field_spelling", "error", lambda d: move(assignment(d), "Pipelines", "pipelines")),
    ("put_pipelines", "request_field", "error", drift_threshold),
    ("create_model", "request_field_required", "error", lambda d: model_data(d)["required"].append("Licence")),
    ("create_model", "request_field_required", "warning", lambda d: model_data(d)["required"].append("Alias")),
    ("create_model", "media_type", "error", drift_media_type),
    ("create_model", "part", "error", lambda d: upload(d)["properties"].pop("file")),
    ("create_model", "part_required", "error", lambda d: upload(d)["required"].append("checksum")),
    ("list_models", "answer_field", "warning", drop_row_field("/functions", "Status")),
    ("list_models", "answer_field", "error", drop_row_field("/functions", "UUID")),
    ("list_models", "answer_field_spelling", "note", lambda d: move(of_model(d), "Name", "name")),
    ("list_models", "answer_field", "warning", lambda d: of_model(d)["Code"]["properties"].pop("Status")),
    ("list_models", "field_type", "error", lambda d: of_model(d).update(Code={"type": "string"})),
    ("list_sites", "answer_shape", "error", drift_wrapped),
    ("list_sites", "answer_undescribed", "note", lambda d: answer(d).pop("content")),
    ("list_sites", "deprecated", "note", lambda d: call(d, "get", "/systems").update(deprecated=True)),
    ("list_sites", "auth_scheme", "warning", drift_raw),
    ("list_sites", "reference", "warning", drift_reference),
    ("delete_catalogue", "request_body", "error", drift_request_body),
]


@pytest.mark.parametrize(
    ("operation", "kind", "severity", "change"),
    [pytest.param(*each, id=f"{number:02}-{each[0]}-{each[1]}") for number, each in enumerate(DRIFTS)],
)
def test_drift_is_told(operation: str, kind: str, severity: str, change: Callable[[Json], Any]) -> None:
    api = OPERATIONS[operation].api if operation in OPERATIONS else operation
    document = documents()[api]
    change(document)
    found = [each for each in compared(api, document) if each.operation == operation]
    assert (kind, severity) in [(each.kind, each.severity) for each in found], table(found)
    assert all(each.advice and each.expected and each.found for each in found)


def test_there_is_no_difference_to_the_simulator(run_module: RunModule, reads: Any) -> None:
    result = run_module("nxai_contract_info", token="")
    assert result["differences"] == [] and result["changed"] is False
    assert result["table"] == "No differences." and result["counts"] == {"error": 0, "warning": 0, "note": 0}
    assert reads() == ["/cpt/openapi.json", "/dev/openapi.json"]


@pytest.mark.parametrize(
    ("api", "change", "operation"),
    [
        ("compute", drift_path_plural, "rename_catalogue"),
        ("device", lambda d: move(d["paths"], "/systems", "/v2/systems"), "list_sites"),
        ("compute", lambda d: move(d["paths"]["/catalogue/{uuid}"], "patch", "put"), "rename_catalogue"),
        ("compute", respell("/functions", "Limit", "limit"), "list_models"),
    ],
)
def test_the_option_that_is_advised_ends_the_difference(api: str, change: Any, operation: str) -> None:
    document = documents()[api]
    change(document)
    [option] = [each.option for each in compared(api, document) if each.operation == operation]
    assert option is not None
    assert [each for each in compared(api, document, option["contract"]) if each.operation == operation] == []


@pytest.mark.parametrize("api", ["compute", "device"])
@pytest.mark.parametrize("convert", [as_3_0, as_swagger])
def test_other_formats_say_the_same(api: str, convert: Callable[[Json], Json]) -> None:
    made = convert(documents()[api])
    assert compared(api, made) == []
    broken = documents()[api]
    path = "/catalogues" if api == "compute" else "/systems"
    row(broken, path)["properties"].pop("UUID")
    assert {each.kind for each in compared(api, convert(broken))} == {"answer_field"}


@pytest.mark.parametrize(
    "document",
    [None, [], "text", 7, {}, {"openapi": "4.0"}, {"openapi": "3.1.0"}, {"swagger": "2.0", "paths": []}, {"paths": {}}],
)
def test_what_is_no_document_is_an_error(document: Any) -> None:
    with pytest.raises(Unexpected, match="OpenAPI"):
        compared("compute", document)


@pytest.mark.parametrize("junk", [None, 7, "x", [], {}, [None], {"a": 1}, {"$ref": "#/paths"}, {"$ref": 3}, True])
@pytest.mark.parametrize("place", ["parameters", "requestBody", "responses", "security"])
def test_junk_inside_a_document_is_no_traceback(place: str, junk: Any) -> None:
    document = documents()["compute"]
    for methods in document["paths"].values():
        for each in methods.values():
            each[place] = junk
    document["paths"]["/junk"] = junk
    document["servers"] = junk
    table(compared("compute", document))


def test_circles_and_great_depth_come_to_an_end() -> None:
    document = documents()["device"]
    schemas = document["components"]["schemas"]
    schemas["A"] = {"allOf": [{"$ref": "#/components/schemas/A"}, {"$ref": "#/components/schemas/A"}]}
    answer = call(document, "get", "/systems")["responses"]["200"]["content"]["application/json"]
    answer["schema"] = {"$ref": "#/components/schemas/A"}
    assert [each.kind for each in compared("device", document)] == ["answer_undescribed"]


def test_names_of_the_document_are_cut_and_cleaned(run_module: RunModule) -> None:
    document = documents()["device"]
    call(document, "get", "/systems")["parameters"].append(
        {"name": "{{ lookup('pipe', 'id') }}\x1b[2J\n" + "x" * 9999, "in": "query", "required": True}
    )
    [found] = [each.as_result() for each in compared("device", document)]
    assert "\n" not in found["found"] and "\x1b" not in found["found"] and len(found["found"]) < 400


def test_a_name_that_the_option_would_not_take_is_not_advised() -> None:
    document = documents()["device"]
    move(document["paths"], "/systems", "/{{ evil }}/systems")
    [found] = [each for each in compared("device", document) if each.operation == "list_sites"]
    assert (found.kind, found.option) == ("path", None)


def test_each_operation_of_the_apis_is_compared() -> None:
    needed = {name for name, each in OPERATIONS.items() if each.api != "cloud" and not name.startswith("describe_")}
    assert set(TERMS) == needed
    for name in needed:
        read = {part.split("|")[0].split(".")[0] for part in TERMS[name].reads}
        alternatives = {each for part in TERMS[name].reads for each in part.split("|")}
        assert set(OPERATIONS[name].relies_on) <= read | alternatives, name
