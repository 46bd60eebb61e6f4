# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Every variable of every role and playbook has a form for surveys, and is read once, at the edge."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator

from ansible_collections.nxai.cloud.plugins.plugin_utils._expressions.untrusted import TAGS
from ansible_collections.nxai.cloud.plugins.plugin_utils._options.answers import form_of, read
from tools.workplace import ROOT

ROLES = sorted((ROOT / "roles").iterdir())
PLAYBOOKS = [path for path in sorted((ROOT / "playbooks").glob("*.yml")) if not path.name.endswith(".nxai.yml")]
EXPRESSIONS = ("when", "until", "that", "failed_when", "changed_when", "var")
BY_USERS_GATES = {"pipeline_rollout_wave", "pipeline_rollout_gate_failures"}  # tasks of the user's share these
DEFAULTS_THAT_ARE_WORKED_OUT = {"first_contact_dir", "model_file"}


def _specs(folder: Path) -> dict[str, dict[str, Any]]:
    document = yaml.safe_load((folder / "meta" / "argument_specs.yml").read_text(encoding="utf-8"))
    return {name: entry["options"] for name, entry in document["argument_specs"].items()}


ENTRIES = [(folder.name, name, options) for folder in ROLES for name, options in _specs(folder).items()]
ENTRIES += [("", name, options) for name, options in _specs(ROOT / "playbooks").items()]
OPTIONS = {name: spec for _role, _entry, options in ENTRIES for name, spec in options.items()}


@pytest.mark.parametrize(("name", "spec"), OPTIONS.items(), ids=list(OPTIONS))
def test_each_variable_has_a_form_for_surveys(name: str, spec: dict[str, Any]) -> None:
    form_of(spec)
    if spec.get("choices"):
        assert spec["choices"][0] == "", "ansible-core would refuse what is not filled in"
    if not spec.get("required"):
        assert read(name, "", spec) == read(name, None, spec)
    assert not hasattr(dict, name), "a template would find the method of this name"


@pytest.mark.parametrize(("role", "entry", "options"), ENTRIES, ids=[f"{each[0]}.{each[1]}" for each in ENTRIES])
def test_ansible_core_lets_all_of_it_pass(role: str, entry: str, options: dict[str, Any]) -> None:
    """It looks at the variables of a role before any task does."""
    texts = {name: "- {from: a, to: b}" for name, spec in options.items() if not spec.get("choices")}
    nulls = [dict.fromkeys(options)] if role and TAGS else []  # what a controller leaves empty is null then
    alike = [dict.fromkeys(options, ""), dict.fromkeys(texts, '[{"a": 1}]'), dict.fromkeys(texts, "5")]
    for given in (*alike, *nulls, texts):
        needed = {name: given.get(name) or "x" for name, spec in options.items() if spec.get("required")}
        assert ArgumentSpecValidator(options).validate({**given, **needed}).error_messages == []


@pytest.mark.parametrize("role", ROLES, ids=lambda path: path.name)
def test_the_defaults_are_those_that_are_documented(role: Path) -> None:
    defaults = yaml.safe_load((role / "defaults" / "main.yml").read_text(encoding="utf-8"))
    declared = {name: spec for options in _specs(role).values() for name, spec in options.items()}
    own = {name: spec for name, spec in declared.items() if name.startswith(role.name) and not spec.get("required")}
    assert defaults.keys() == own.keys()
    for name, spec in own.items():
        if spec["type"] != "list":
            assert defaults[name] == read(name, None, spec)
        else:  # null would not get past ansible-core if the specification had it
            assert "default" not in spec and (not defaults[name] or "y default" in str(spec["description"])), name


def _expressions(value: Any, key: str = "") -> Iterator[str]:
    """What Ansible evaluates, without the texts in it."""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from _expressions(inner, name)
    elif isinstance(value, list):
        for inner in value:
            yield from _expressions(inner, key)
    elif isinstance(value, str):
        bare = [value] if key in EXPRESSIONS else re.findall(r"\{[{%](.*?)[%}]\}", value, re.DOTALL)
        yield from (re.sub(r"'[^']*'|\"[^\"]*\"", "''", each) for each in bare)


FILES = [path for folder in ROLES for name in ("tasks", "vars") for path in sorted((folder / name).glob("*.yml"))]
OWN = "|".join([*(folder.name for folder in ROLES), *(name for _role, name, _options in ENTRIES if name != "main")])
PUBLIC = re.compile(rf"(?<![\w.])(?:(?:{OWN})_\w+|{'|'.join(OPTIONS)})\b(?!\s*=[^=])")


@pytest.mark.parametrize("path", [*FILES, *PLAYBOOKS], ids=lambda path: path.relative_to(ROOT).as_posix())
def test_nothing_uses_a_variable_that_was_not_read(path: Path) -> None:
    """Nor an artefact of an earlier job, which AWX puts over the facts of this one."""
    document = yaml.safe_load(path.read_text(encoding="utf-8"))
    used = {name for text in _expressions(document) for name in PUBLIC.findall(text)}
    assert used - BY_USERS_GATES == set()


def test_that_would_be_noticed() -> None:
    tasks = [{"debug": {"msg": "{{ 'estate_path' ~ estate_path }}"}, "when": "model_release_result.new"}]
    found = {name for text in _expressions(tasks) for name in PUBLIC.findall(text)}
    assert found == {"estate_path", "model_release_result"}


@pytest.mark.parametrize("role", ROLES, ids=lambda path: path.name)
def test_each_entry_of_a_role_begins_by_reading(role: Path) -> None:
    for entry in _specs(role):
        first = yaml.safe_load((role / "tasks" / f"{entry}.yml").read_text(encoding="utf-8"))[0]
        assert first["nxai.cloud.read_variables"].get("entry_point", "main") == entry
        assert first["nxai.cloud.read_variables"]["role"] == role.name
        assert first["register"] == f"__{role.name}_given"


@pytest.mark.parametrize("path", PLAYBOOKS, ids=lambda path: path.stem)
def test_so_does_each_playbook_and_none_is_skipped_by_a_limit(path: Path) -> None:
    plays = yaml.safe_load(path.read_text(encoding="utf-8"))
    assert {play["hosts"] for play in plays} == {"{{ lookup('nxai.cloud.within_limit', 'localhost') }}"}
    first = plays[0].get("tasks", [{}])[0]
    expected = {"playbook": path.stem} if path.stem in _specs(ROOT / "playbooks") else None
    assert first.get("nxai.cloud.read_variables") == expected
    if expected is None:
        assert "include_role" in path.read_text(encoding="utf-8") or plays[0].get("roles")


def test_each_default_of_a_playbook_is_there_or_worked_out() -> None:
    options = [
        each
        for _role, _entry, options in ENTRIES[len(ENTRIES) - len(_specs(ROOT / "playbooks")) :]
        for each in options.items()
    ]
    without = {name for name, spec in options if "default" not in spec}
    assert without >= DEFAULTS_THAT_ARE_WORKED_OUT
