# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The table of floors in docs/developing.md: each file is on one of them, and imports nothing from above."""

from __future__ import annotations

import ast
import re
from fnmatch import fnmatchcase
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
FILES = sorted((ROOT / "plugins" / "module_utils").glob("*.py"))
PACKAGE = "ansible_collections.nxai.cloud.plugins."


def floors() -> list[list[str]]:
    """The patterns of each floor, from the ground up. The first one, of the plugins, has only folders."""
    table = (ROOT / "docs" / "developing.md").read_text(encoding="utf-8").split("|---|---|---|\n")[1].split("\n\n")[0]
    return [re.findall(r"`([\w*.]+\.py)`", row.split("|")[2]) for row in reversed(table.splitlines())]


def floor_of(name: str) -> int:
    found = [number for number, patterns in enumerate(floors()) if any(fnmatchcase(name, each) for each in patterns)]
    assert len(found) == 1, f"{name} is on the floors {found}"
    return found[0]


def imported(path: Path) -> set[str]:
    """The modules of the collection that a file imports, anywhere in it."""
    nodes = [node for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(node, ast.ImportFrom)]
    return {node.module.removeprefix(PACKAGE) for node in nodes if node.module and node.module.startswith(PACKAGE)}


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_file_imports_nothing_from_above(path: Path) -> None:
    for module in imported(path):
        assert module.startswith("module_utils."), f"{path.name} imports {module}"
        assert floor_of(f"{module.removeprefix('module_utils.')}.py") <= floor_of(path.name), f"{path.name}: {module}"


def test_there_are_floors() -> None:
    assert len(floors()) == 6 and floors()[-1] == []
    assert len(FILES) > 40
