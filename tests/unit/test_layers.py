# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The layers of ``plugins/``: what a folder and a file import, and that an import does nothing else."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterable
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

from tools.workplace import COLLECTIONS

PLUGINS = Path(__file__).parents[2] / "plugins"
GROUND = ("core", "connection", "http", "api", "engine")
CONCERNS = (
    "onnx",
    "models",
    "fleet",
    "pipelines",
    "token",
    "rollout",
    "first_contact",
    "doctor",
    "estate",
)  # each may use those before
INSIDE = {
    "api": ("contract", "records"),
    "onnx": ("graph",),
    "rollout": ("page",),
    "first_contact": ("openapi", "inference"),
    "estate": ("fleet", "page"),
}  # below their folder
ABOVE = {"core": ("page",), "onnx": ("prepare",)}  # inside their folder, and built upon it
FROM_THE_GROUND_UP = (
    *(
        f"module_utils/_{name}{inner}"
        for name in (*GROUND, *CONCERNS)
        for inner in (
            *(f"/{each}" for each in INSIDE.get(name, ())),
            "",
            *(f"/{each}" for each in ABOVE.get(name, ())),
        )
    ),
    *("plugin_utils/_expressions", "plugin_utils/_options", "plugin_utils/_inventory", "plugin_utils/_rollout"),
    "plugin_utils/_events",
    *("action", "doc_fragments", "filter", "inventory", "lookup", "modules"),
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
    assert len((*GROUND, *CONCERNS)) <= 14


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(PLUGINS).as_posix())
def test_a_file_has_at_most_400_lines(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 400


PROGRAM = """
import importlib, sys

def watch(event, arguments):
    writes = event == "open" and isinstance(arguments[1], str) and set(arguments[1]) & set("wax+")
    if event in ("socket.connect", "socket.getaddrinfo", "socket.bind", "subprocess.Popen", "os.system") or writes:
        sys.exit(f"{name}: {event} {arguments}")

name = ""
import ansible.plugins.inventory, ansible.plugins.lookup, requests, requests_toolbelt  # not ours to watch
sys.addaudithook(watch)
for name in sys.argv[1:]:
    importlib.import_module("ansible_collections.nxai.cloud.plugins." + name)
print(len(sys.argv) - 1)
"""


def imported_alone(paths: Iterable[Path], program: str) -> tuple[str, str]:
    """How many modules that is, and what the program says that imports them in a process of its own."""
    names = [".".join(path.relative_to(PLUGINS).with_suffix("").parts) for path in paths]
    env = {"PYTHONPATH": str(COLLECTIONS), "HOME": "/nonexistent", "ANSIBLE_HOME": "/nonexistent"}
    command = [sys.executable, "-B", "-c", program, *names]
    done = subprocess.run(command, env=env, capture_output=True, text=True, check=False)
    return str(len(names)), done.stdout.strip() + done.stderr


def test_an_import_opens_no_connection_starts_no_program_and_writes_no_file() -> None:
    number, said = imported_alone([path for path in FILES if path.name != "__init__.py"], PROGRAM)
    assert said == number and int(number) > 80


def test_the_lower_layers_do_not_load_what_only_modules_need() -> None:
    """``ansible.module_utils.basic`` costs 0.3 s for each task of an inventory, a lookup or an action."""
    low = [path for layer in ("_core", "_http", "_api") for path in (PLUGINS / "module_utils" / layer).rglob("*.py")]
    program = f"{PROGRAM}\nprint('ansible.module_utils.basic' in sys.modules)".replace(
        "import ansible.plugins.inventory, ansible.plugins.lookup, requests, requests_toolbelt", "import requests"
    )
    number, said = imported_alone(low, program)
    assert said.split() == [number, "False"], said
