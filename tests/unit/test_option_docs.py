# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Each option shows a value: a default, its choices, one in its description, or one in the examples."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

PLUGINS = Path(__file__).parents[2] / "plugins"
KINDS = ("doc_fragments", "filter", "inventory", "lookup", "modules")
FILES = sorted(path for kind in KINDS for path in (PLUGINS / kind).glob("*.py"))


def blocks_of(path: Path) -> dict[str, str]:
    return {
        ast.unparse(node.targets[0]): ast.literal_eval(node.value)
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) in ("DOCUMENTATION", "EXAMPLES")
    }


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
