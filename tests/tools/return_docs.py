# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a module returns, held against its RETURN block, at every depth."""

from __future__ import annotations

import importlib
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

import yaml

Docs = Mapping[str, Any]
TYPES: dict[str, type | tuple[type, ...]] = {
    "str": str, "int": int, "float": (int, float), "bool": bool, "list": list, "dict": dict, "raw": object,
}  # fmt: skip
# What ansible-core returns, or documents itself.
COMMON = {"changed", "diff", "exception", "failed", "invocation", "msg", "msg_to_log", "warnings"}
# Dictionaries whose keys are the cloud's or the user's.
OPEN = {"classes", "contract", "declared", "found", "input_details", "names", "output_details", "option", "written"}


@cache
def return_docs(module: str) -> Docs:
    found = importlib.import_module(f"ansible_collections.nxai.cloud.plugins.modules.{module}")
    docs: Docs = yaml.safe_load(found.RETURN)
    return docs


def differences(module: str, result: Mapping[str, Any]) -> list[str]:
    """What is returned and not documented, documented and not returned, null without a word, or of another type."""
    return held_against(return_docs(module), result, module)


def held_against(docs: Docs, result: Mapping[str, Any], where: str) -> list[str]:
    """What a success always returns has ``returned: success``, and deeper down no ``returned`` at all."""
    ours = {name: value for name, value in result.items() if name not in COMMON}
    always = {name for name, doc in docs.items() if doc["returned"].split(", and")[0] == "success"}
    return [*_of_keys(docs, ours, set() if result.get("failed") else always, where)]


def _of_keys(docs: Docs, values: Mapping[str, Any], wanted: set[str], where: str) -> Iterator[str]:
    yield from (f"{where}.{name} is not documented" for name in values if name not in docs)
    yield from (f"{where}.{name} is documented and not returned" for name in sorted(wanted - set(values)))
    for name in set(docs) & set(values):
        yield from _of_value(docs[name], values[name], f"{where}.{name}")


def _of_value(doc: Docs, value: Any, where: str) -> Iterator[str]:
    if value is None:
        if "V(null)" not in str(doc["description"]):
            yield f"{where} is null, and its description does not say when"
    elif not _is(doc["type"], value):
        yield f"{where} is documented as {doc['type']}: {value!r}"
    elif isinstance(value, list):
        for each in value:
            if not _is(doc["elements"], each):
                yield f"{where} is documented as a list of {doc['elements']}: {each!r}"
            elif isinstance(each, dict):
                yield from _of_dict(doc, each, f"{where}[]")
    elif isinstance(value, dict):
        yield from _of_dict(doc, value, where)


def _of_dict(doc: Docs, value: Mapping[str, Any], where: str) -> Iterator[str]:
    """A dictionary that has no ``contains`` has the keys of its sample."""
    if "contains" in doc:
        wanted = {name for name, each in doc["contains"].items() if "returned" not in each}
        yield from _of_keys(doc["contains"], value, wanted, where)
    elif where.rpartition(".")[2] not in OPEN:
        sample = doc["sample"][0] if isinstance(doc["sample"], list) and doc["sample"] else doc["sample"]
        if set(sample) != set(value):
            yield f"{where} has {sorted(value)}, and in its sample {sorted(sample)}"


def _is(kind: str, value: Any) -> bool:
    return isinstance(value, TYPES[kind]) and (kind in ("bool", "raw") or not isinstance(value, bool))
