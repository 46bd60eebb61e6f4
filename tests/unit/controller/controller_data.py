# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The data in ``extensions/controller`` as Ansible hands them to the roles, and what playbooks can be told."""

from __future__ import annotations

import ast
import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import yaml

from tools.workplace import ROOT, ansible

FOLDER = ROOT / "extensions" / "controller"
# Loads a folder as infra.aap_configuration.configure_aap does, and writes down what its roles would see.
_LOAD = """
- hosts: localhost
  gather_facts: false
  vars:
    found: "{{ query('ansible.builtin.varnames', '^(controller|nxai)_') }}"
  tasks:
    - ansible.builtin.include_vars:
        dir: "{{ data_folder }}"
        extensions: [yml]
    - ansible.builtin.copy:
        content: "{{ dict(found | zip(query('ansible.builtin.vars', *found))) | to_json }}"
        dest: "{{ data_seen }}"
        mode: "0600"
"""


def seen_by_roles(folder: Path, *arguments: str) -> dict[str, Any]:
    """All variables that begin with ``controller_`` or ``nxai_``, rendered."""
    (folder / "load.yml").write_text(_LOAD)
    seen = folder / "seen.json"
    places = ("-e", f"data_folder={FOLDER}", "-e", f"data_seen={seen}")
    done = ansible(folder, "playbook", "load.yml", *places, *arguments)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "WARNING]" not in done.stdout + done.stderr and "DEPRECATION" not in done.stdout + done.stderr, done.stderr
    found: dict[str, Any] = json.loads(seen.read_text())
    return found


def for_the_controller(value: Any) -> Any:
    """What the roles make of a template for the controller: two spaces between braces are taken out."""
    return ast.literal_eval(str(value).replace("{" + "  {", "{{"))


def variables_of(playbook: str) -> set[str]:
    """What a playbook of the collection can be told: its own variables, and those of the roles that it uses."""
    plays = yaml.safe_load((ROOT / "playbooks" / playbook).read_text())
    own = _specs(ROOT / "playbooks").get(Path(playbook).stem, {})
    specs = [own, *(spec for role in set(_roles(plays)) for spec in _specs(ROOT / "roles" / role).values())]
    return {name for spec in specs for name in spec.get("options", {})}


def options() -> dict[str, Any]:
    """Each variable of each role and playbook, as its argument specification has it."""
    folders = [ROOT / "playbooks", *(ROOT / "roles").iterdir()]
    specs = [spec for folder in folders for spec in _specs(folder).values()]
    return {name: option for spec in specs for name, option in spec.get("options", {}).items()}


def _specs(folder: Path) -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((folder / "meta" / "argument_specs.yml").read_text())["argument_specs"]
    return found


def _roles(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        for key, value in node.items():
            if key.rpartition(".")[2] in ("include_role", "import_role") and isinstance(value, dict):
                yield value["name"].removeprefix("nxai.cloud.")
            elif key == "role":
                yield value.removeprefix("nxai.cloud.")
            else:
                yield from _roles(value)
    elif isinstance(node, list):
        for each in node:
            yield from _roles(each)


def refused(question: dict[str, Any], answer: Any) -> str:
    """Why a controller would not take this answer; empty where it would."""
    kinds: dict[str, type | tuple[type, ...]] = {"integer": int, "float": (int, float)}
    if not isinstance(answer, kinds.get(question["type"], str)):
        return f"{answer!r} is no {question['type']}"
    if question["type"].startswith("multi"):
        return "" if answer in question["choices"].splitlines() else f"{answer!r} is no choice"
    size = len(answer) if isinstance(answer, str) else answer
    return "" if question["min"] <= size <= question["max"] else f"{answer!r} is too small or too large"


def linked(nodes: Iterable[dict[str, Any]]) -> list[tuple[str, str]]:
    """From which node to which."""
    kinds = ("success_nodes", "failure_nodes", "always_nodes")
    return [(node["identifier"], other) for node in nodes for kind in kinds for other in node.get(kind, ())]
