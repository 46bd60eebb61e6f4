# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Every option of every module changes what is sent, and every property that can be sent is an option, or says why."""

from __future__ import annotations

import copy
import json
import re
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import requests
from module_runs import RunModule
from wire_rows import BODIES, FILE, LOCAL, NOTES, ROWS, WITHOUT_REQUESTS, WORLD, Row

from ansible_collections.nxai.cloud.plugins.module_utils._api.contract.operations import OPERATIONS
from ansible_collections.nxai.cloud.plugins.module_utils._first_contact.openapi.terms import TERMS
from ansible_collections.nxai.cloud.plugins.module_utils._http.operation import PREFIX
from ansible_collections.nxai.cloud.plugins.module_utils._http.transport import Transport
from simulator.testing import Served

MODULES = sorted(path.stem for path in (Path(__file__).parents[3] / "plugins" / "modules").glob("nxai_*.py"))
Specs = Callable[[str], dict[str, Any]]
NOT_SENT = ("NamedInput", "NamedOutput", "Site")  # see BODIES


@pytest.fixture
def wire(cloud: Served, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What is sent: method, address, headers and body of each request. What is made by chance is left out."""
    sent: list[str] = []
    once = Transport._once

    def spied(self: Transport, call: Any, url: str, header: str | None) -> Any:
        body = call.upload._text + str(call.upload._file) if call.upload else (call.content or b"").decode()
        headers = {**self._headers(call, header), "Content-Type": ""}
        query = "&".join(f"{name}={value}" for name, value in call.query.items())
        whole = f"{call.operation.method} {url}?{query} {headers} {body}".replace(cloud.url, "http://cloud")
        sent.append(re.sub(r"nxcdb-[\w.-]+", "nxcdb-", whole))
        return once(self, call, url, header)

    monkeypatch.setattr(Transport, "_once", spied)
    return sent


@pytest.fixture
def given(onnx_file: Path, tmp_path: Path, cloud: Served) -> Callable[[Mapping[str, Any]], dict[str, Any]]:
    """Replaces the words of the table by files, and by what the world holds."""
    (tmp_path / "notes.md").write_text("DOC-2")
    (tmp_path / "token").write_text("FROM-FILE")
    good = {"access_token": "GOOD", "expires_at": int((time.time() + 3600) * 1000)}
    (tmp_path / "good.json").write_text(json.dumps(good))

    def replaced(options: Mapping[str, Any]) -> dict[str, Any]:
        site = next(each for each in cloud.world.sites.values() if each.name == "Shop 1")
        till = next(each.nxid for each in site.devices.values() if each.name == "Till")
        words = {
            FILE: str(onnx_file),
            NOTES: str(tmp_path / "notes.md"),
            "TOKENS": str(tmp_path / "token"),
            "STILL-GOOD": str(tmp_path / "good.json"),
            "SNAPSHOT": [{"site": site.id, "device": till, "pipelines": [{"modelUUID": "RESTORED"}]}],
        }
        return {
            name: words.get(value, value) if isinstance(value, str) else copy.deepcopy(value)
            for name, value in options.items()
        }

    return replaced


def identifier(row: Row) -> str:
    inner = f".{[*row.value[0]][-1]}" if row.option == "pipelines" else ""
    return f"{row.module}.{row.option}{inner}"


@pytest.mark.parametrize("row", ROWS, ids=identifier)
def test_an_option_reaches_the_wire(
    row: Row,
    cloud: Served,
    run_module: RunModule,
    wire: list[str],
    given: Callable[[Mapping[str, Any]], dict[str, Any]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("NXAI_RETRY_BUDGET", "0")
    if {"username", "password", "refresh_token", "token_file"} & {row.option, *row.base} or row.module == "nxai_token":
        monkeypatch.delenv("NXAI_TOKEN")
    seen = []
    for options in (row.base, {**row.base, row.option: row.value}):
        cloud.reset(seed=WORLD)
        wire.clear()
        said = run_module(row.module, warns=None, **given(options)).get("msg")
        seen.append("\n".join(wire))
    without, with_it = seen
    assert with_it != without, said
    assert row.text in with_it and (not row.text or row.text not in without)


def test_no_option_is_forgotten(specs: Specs) -> None:
    """Those of the connection need one row each, for any module."""
    rows = {f"{row.module}.{row.option}" for row in ROWS}
    connection = set(specs("nxai_site_info")) - {"sites"}
    wanted = {
        f"{module}.{option}"
        for module in MODULES
        if module not in WITHOUT_REQUESTS
        for option in specs(module)
        if option not in connection
    } | {f"nxai_site_info.{option}" for option in connection}
    local = {each for each in wanted if each in LOCAL or each.split(".")[1] in LOCAL}
    assert sorted(wanted - rows - local) == ["nxai_site_info.customization"], "which nxai_pipeline has a row for"
    assert sorted(rows & local) == []
    assert (
        sorted(each for each in LOCAL if not {each, *(name.split(".")[1] for name in wanted)} & {*wanted, each}) == []
    )


@pytest.mark.parametrize("api", ["compute", "device"])
def test_every_property_that_can_be_sent_is_an_option_or_says_why(api: str, cloud: Served, specs: Specs) -> None:
    document = requests.get(f"{cloud.url}{PREFIX[api]}/openapi.json", timeout=10).json()
    for name, operation in OPERATIONS.items():
        if operation.api != api or operation.path == "/openapi.json":
            continue
        described = document["paths"][operation.path][operation.method.lower()]
        content = described.get("requestBody", {}).get("content", {})
        schema = content.get("multipart/form-data") or content.get("application/json") or {}
        assert set(properties(schema.get("schema", {}), document)) == set(BODIES.get(name, {})), name
        known = {*TERMS[name].sends, *TERMS[name].may_send, "data", "file", *NOT_SENT}
        assert {each.removeprefix("data.").partition(".")[0] for each in BODIES.get(name, {})} <= known, name
    for wanted in BODIES.values():
        for option in (each for each in wanted.values() if each.startswith("nxai_")):
            module, named = option.split(".")
            assert named in specs(module), option


def properties(schema: Mapping[str, Any], document: Mapping[str, Any], before: str = "") -> Iterator[str]:
    """The paths of all properties of a schema, as ``Pipelines.[].modelUUID``."""
    while "$ref" in schema:
        found: Any = document
        for step in schema["$ref"].split("/")[1:]:
            found = found[step]
        schema = found
    for choice in (each for word in ("allOf", "anyOf", "oneOf") for each in schema.get(word, [])):
        yield from properties(choice, document, before)
    for name, inner in schema.get("properties", {}).items():
        yield before + name
        yield from properties(inner, document, f"{before}{name}.")
    if isinstance(schema.get("items"), dict):
        yield from properties(schema["items"], document, f"{before}[].")
