# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Every option shows a value, every return value is documented whole, and the check of each module's result sees it."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml
from module_runs import RunModule
from wire_rows import FILE, MODEL, WORLD

from simulator.testing import Served
from tools.return_docs import Docs, held_against, return_docs

PLUGINS = Path(__file__).parents[3] / "plugins"
KINDS = ("doc_fragments", "filter", "inventory", "lookup", "modules")
FILES = sorted(path for kind in KINDS for path in (PLUGINS / kind).glob("*.py"))
RETURNING = [path for path in FILES if path.parent.name in ("filter", "lookup", "modules")]
DOCS: Docs = {
    "rows": {
        "description": "Rows.",
        "returned": "success, and failure after the plan",
        "type": "list",
        "elements": "dict",
        "contains": {
            "name": {"description": "A name.", "type": "str", "sample": "A"},
            "size": {"description": "V(null) where not known.", "type": "int", "sample": 1},
            "more": {"description": "More.", "returned": "sometimes", "type": "dict", "sample": {"a": 1, "b": 2}},
        },
    }
}


def blocks_of(path: Path) -> dict[str, str]:
    """The documentation in a file, by the names of its variables, without importing it."""
    return {
        ast.unparse(node.targets[0]): ast.literal_eval(node.value)
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) in ("DOCUMENTATION", "EXAMPLES", "RETURN")
    }


def lacking(docs: Docs, where: str, top: bool = True) -> Iterator[str]:
    for name, doc in docs.items():
        needed = {"description", "type", *(["returned"] if top else []), "contains" if "contains" in doc else "sample"}
        needed |= {"elements"} if doc.get("type") == "list" else set()
        yield from (f"{where}.{name} has no {each}" for each in sorted(needed - set(doc)))
        yield from lacking(doc.get("contains", {}), f"{where}.{name}", top=False)
        if "contains" not in doc:
            yield from held_against({name: {"returned": "", **doc}}, {name: doc.get("sample")}, f"sample of {where}")


@pytest.mark.parametrize("path", RETURNING, ids=lambda path: path.stem)
def test_every_return_value_has_a_type_a_sample_and_says_when(path: Path) -> None:
    assert [*lacking(yaml.safe_load(blocks_of(path)["RETURN"]), path.stem)] == []


@pytest.mark.parametrize(
    ("row", "found"),
    [
        ({"name": "A", "size": 1}, []),
        ({"name": "A", "size": None}, []),
        ({"name": "A", "size": 1, "more": {"a": 1, "b": 2}}, []),
        ({"name": "A", "size": 1, "new": 1}, ["m.rows[].new is not documented"]),
        ({"size": 1}, ["m.rows[].name is documented and not returned"]),
        ({"name": None, "size": 1}, ["m.rows[].name is null, and its description does not say when"]),
        ({"name": "A", "size": True}, ["m.rows[].size is documented as int: True"]),
        ({"name": "A", "size": 1, "more": {"a": 1}}, ["m.rows[].more has ['a'], and in its sample ['a', 'b']"]),
    ],
)
def test_the_check_sees_what_is_deep_inside(row: dict[str, Any], found: list[str]) -> None:
    assert held_against(DOCS, {"changed": False, "rows": [row]}, "m") == found


def test_the_check_sees_what_is_missing_and_of_another_type() -> None:
    assert held_against(DOCS, {}, "m") == ["m.rows is documented and not returned"]
    assert held_against(DOCS, {"failed": True, "msg": "no"}, "m") == []
    assert held_against(DOCS, {"rows": {}}, "m") == ["m.rows is documented as list: {}"]
    assert held_against(DOCS, {"rows": ["A"]}, "m") == ["m.rows is documented as a list of dict: 'A'"]


QUICK = {"wait_timeout": 0.1, "wait_interval": 0.01}
DOOR = {"site": "Shop 1", "devices": ["Door"], "pipelines": [{"model": MODEL}], **QUICK}
GONE = "{00000000-0000-4000-8000-000000000001}"
SIGN_IN = {"username": "demo@example.com", "password": "demo", "return_token": True}
# Those that return everything that is documented to be there only at times.
AT_TIMES: dict[str, list[dict[str, Any]]] = {
    "nxai_catalogue": [{"name": "Old", "models": ["A"]}],
    "nxai_catalogue_info": [{"list_models": True}],
    "nxai_model": [{"name": "New", "file": FILE, "check_file": "warn"}, {"name": "B", "state": "absent"}],
    "nxai_model_info": [{"usage": True}],
    "nxai_pipeline": [
        {**DOOR, "site": "Shop 2", "devices": ["Gate"], "prove": "one", "prove_device": "Gate"},
        DOOR,
        {**DOOR, "devices": [GONE]},
    ],
    "nxai_token": [SIGN_IN],
}


def names(docs: Docs, where: str = "") -> set[str]:
    """The paths of what is there only at times."""
    return {where + name for name, doc in docs.items() if doc.get("returned", "success") != "success"} | {
        each for name, doc in docs.items() for each in names(doc.get("contains", {}), f"{where}{name}.")
    }


def paths(value: Any, where: str = "") -> set[str]:
    if isinstance(value, list):
        return {each for item in value for each in paths(item, where)}
    if not isinstance(value, dict):
        return set()
    return {where + name for name in value} | {
        each for name, item in value.items() for each in paths(item, f"{where}{name}.")
    }


@pytest.mark.parametrize("module", sorted(AT_TIMES))
def test_what_is_there_at_times_is_there_at_some(
    module: str,
    cloud: Served,
    run_module: RunModule,
    onnx_file: Path,
    rows_as: Callable[[Callable[[dict[str, Any]], dict[str, Any]]], None],
) -> None:
    cloud.reset(seed=WORLD)
    rows_as(lambda row: row if row["nxAI"]["pipelines"] else {**row, "nxAI": None})
    seen: set[str] = set()
    for options in AT_TIMES[module]:
        given = {name: str(onnx_file) if value == FILE else value for name, value in options.items()}
        seen |= paths(run_module(module, warns=None, **given))
    seen |= paths(
        run_module(module, api_url="http://localhost:1", cloud_url="http://localhost:1", retries=0, **options)
    )
    assert sorted(names(return_docs(module)) - seen) == []


def without_a_value(options: Mapping[str, Any], examples: str, above: str = "") -> Iterator[str]:
    for name, option in options.items():
        if "suboptions" in option:
            yield from without_a_value(option["suboptions"], examples, f"{above}{name}.")
            continue
        if "type" not in option:  # it is a fragment's, and only adds to that
            continue
        shown = option.get("choices") or option["type"] == "bool" or option.get("default")
        told = re.search(r"for example|such as", str(option["description"]), re.IGNORECASE)
        if not (shown or told or re.search(rf"\b{name}\b['\"]?[:=]", examples)):
            yield above + name


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_every_option_shows_a_value(path: Path) -> None:
    blocks = blocks_of(path)
    options = yaml.safe_load(blocks["DOCUMENTATION"]).get("options") or {}
    lacking = set(without_a_value(options, blocks.get("EXAMPLES", "")))
    if path.parent.name == "filter":  # what a filter takes by its position has no name in a template
        lacking -= {"_input", *re.findall(r"\w+", yaml.safe_load(blocks["DOCUMENTATION"]).get("positional", ""))}
    assert lacking == set()
