# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The layers of ``plugins/``: a folder imports only from folders below it, and files do not import in a circle."""

from __future__ import annotations

import ast
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

PLUGINS = Path(__file__).parents[2] / "plugins"
FROM_THE_GROUND_UP = (
    *(
        "module_utils/_core",
        "module_utils/_connection",
        "module_utils/_http",
        "module_utils/_api",
        "module_utils/_engine",
    ),
    # The concerns. Each may use those before it.
    *("module_utils/_onnx", "module_utils/_models", "module_utils/_fleet", "module_utils/_pipelines"),
    *("module_utils/_token", "module_utils/_rollout", "module_utils/_contract", "module_utils/_doctor"),
    *("plugin_utils/_expressions", "plugin_utils/_inventory"),
    *("doc_fragments", "filter", "inventory", "lookup", "modules"),
)
FILES = sorted(PLUGINS.rglob("*.py"))


def folder_of(path: Path) -> str:
    return path.parent.relative_to(PLUGINS).as_posix()


def imported(path: Path) -> set[Path]:
    """The files of the collection that a file imports, anywhere in it. All of these imports have to be relative."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        names = [each.name for each in node.names] if isinstance(node, ast.Import) else [getattr(node, "module", "")]
        assert not any((name or "").startswith("ansible_collections.nxai") for name in names), f"{path.name}: {names}"
        if isinstance(node, ast.ImportFrom) and node.level:
            target = path.parents[node.level - 1].joinpath(*(node.module or "").split("."))
            modules = [target] if target.with_suffix(".py").is_file() else [target / each.name for each in node.names]
            found |= {module.with_suffix(".py") for module in modules}
    return found


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(PLUGINS).as_posix())
def test_a_file_imports_nothing_from_above(path: Path) -> None:
    for other in imported(path):
        below = FROM_THE_GROUND_UP.index(folder_of(other)) <= FROM_THE_GROUND_UP.index(folder_of(path))
        assert below, f"{folder_of(other)} is above {folder_of(path)}"


def test_no_files_import_in_a_circle() -> None:
    order = list(TopologicalSorter({path: imported(path) for path in FILES}).static_order())
    assert sorted(order) == FILES


def test_there_are_only_folders_and_each_has_its_place() -> None:
    for utilities in ("module_utils", "plugin_utils"):
        assert [each.name for each in (PLUGINS / utilities).glob("*.py")] == []
    assert {folder_of(path) for path in FILES} == set(FROM_THE_GROUND_UP)
    assert len({name for name in FROM_THE_GROUND_UP if name.startswith("module_utils/")}) <= 14


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(PLUGINS).as_posix())
def test_a_file_has_at_most_400_lines(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 400
