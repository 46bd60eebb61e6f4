# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the rulebooks say, as comments, for a controller: templates of extensions/controller, told what they ask for."""

from __future__ import annotations

import re
import textwrap
from pathlib import Path
from typing import Any

import pytest
import yaml
from controller_data import refused, seen_by_roles

from tools.workplace import ROOT

RULEBOOKS = sorted((ROOT / "extensions" / "eda" / "rulebooks").glob("*.yml"))
KINDS = {"run_job_template": "controller_templates", "run_workflow_template": "controller_workflows"}


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    return seen_by_roles(tmp_path_factory.mktemp("data"))


def commented(path: Path) -> list[tuple[str, dict[str, Any]]]:
    """The kind of each action that is a comment, and what it says."""
    blocks = re.findall(r"(?:^ +# .*\n)+", path.read_text(encoding="utf-8"), re.MULTILINE)
    found: list[tuple[str, dict[str, Any]]] = []
    for block in blocks:
        actions = yaml.safe_load(textwrap.dedent(re.sub(r"^( +)# ", r"\1", block, flags=re.MULTILINE)))
        for action in actions if isinstance(actions, list) else [actions]:
            found.extend(action.items())
    return found


@pytest.mark.parametrize("path", RULEBOOKS, ids=lambda path: path.stem)
def test_a_rulebook_starts_what_a_controller_has_and_tells_it_what_it_asks(data: dict[str, Any], path: Path) -> None:
    actions = commented(path)
    assert actions != []
    for kind, action in actions:
        there = {each["name"]: each for each in data[KINDS[kind]]}
        assert action["organization"] == data["nxai_controller_organization"]
        asked = {each["variable"]: each for each in there[action["name"]]["survey_spec"]["spec"]}
        told = action["job_args"].pop("extra_vars")
        # No limit is taken. A survey must be told by a rule whatever it requires, also where it has a default.
        assert action["job_args"] == {} and set(told) <= set(asked)
        assert {name for name, question in asked.items() if question["required"]} <= set(told)
        plain = {name: value for name, value in told.items() if "{{" not in str(value)}
        assert [reason for name, value in plain.items() if (reason := refused(asked[name], value))] == []


def test_each_playbook_that_a_rulebook_runs_has_a_template(data: dict[str, Any]) -> None:
    names = {name for path in RULEBOOKS for name in re.findall(r"name: nxai\.cloud\.(\w+)", path.read_text())}
    assert {f"{name}.yml" for name in names} <= {each["playbook"] for each in data["controller_templates"]}


def test_the_guide_names_what_a_controller_has(data: dict[str, Any]) -> None:
    named = set(re.findall("`(Nx AI [^`]+)`", (ROOT / "docs" / "events.md").read_text(encoding="utf-8")))
    assert named and named <= {each["name"] for kind in KINDS.values() for each in data[kind]}
