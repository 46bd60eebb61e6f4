# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The data for a controller: that they are what the roles read, and that everything that they name is there."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import yaml
from controller_data import FOLDER, linked, options, refused, seen_by_roles, variables_of
from controller_schema import SCHEMAS
from jsonschema import Draft202012Validator

from tools.workplace import ROOT

Data = dict[str, Any]


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Data:
    return seen_by_roles(tmp_path_factory.mktemp("data"))


@pytest.fixture(scope="module")
def templates(data: Data) -> dict[str, Data]:
    return {each["name"]: each for each in data["controller_templates"]}


def wrappers() -> set[str]:
    [play] = yaml.safe_load((ROOT / "playbooks" / "controller_project.yml").read_text())
    return {f"{name}.yml" for name in play["vars"]["__playbooks"]}


def survey(of: Data) -> dict[str, Data]:
    return {each["variable"]: each for each in of.get("survey_spec", {}).get("spec", [])}


def test_the_files_hold_what_the_roles_read_and_names_of_our_own() -> None:
    names = [name for file in FOLDER.glob("*.yml") for name in yaml.safe_load(file.read_text())]
    assert max(Counter(names).values()) == 1
    assert {name for name in names if not name.startswith("nxai_")} == set(SCHEMAS)


@pytest.mark.parametrize("name", sorted(SCHEMAS))
def test_a_variable_is_as_its_role_and_the_controller_want_it(data: Data, name: str) -> None:
    validator = Draft202012Validator(SCHEMAS[name])
    assert [f"{each.json_path}: {each.message}" for each in validator.iter_errors(data[name])] == []


def test_one_name_is_one_thing_that_can_be_run(data: Data) -> None:
    kinds = ("templates", "workflows", "projects", "inventory_sources")
    names = Counter(each["name"] for kind in kinds for each in data[f"controller_{kind}"])
    assert {name for name, number in names.items() if number > 1} == set()


def test_settings_of_ones_own_are_everywhere(tmp_path: Path) -> None:
    own = ("-e", "nxai_controller_organization=Cameras", "-e", "nxai_controller_credential=Robot")
    data = seen_by_roles(tmp_path, *own, "-e", '{"nxai_controller_instance_groups": ["large"]}')
    kinds = [name for name in SCHEMAS if name != "controller_credential_types"]
    assert {each["organization"] for kind in kinds for each in data[kind]} == {"Cameras"}
    assert {tuple(each["credentials"]) for each in data["controller_templates"]} == {("Robot",)}
    assert [each["instance_groups"] for each in data["controller_templates"] if "instance_groups" in each] == [
        ["large"]
    ]


def test_what_is_named_is_there(data: Data, templates: dict[str, Data]) -> None:
    there = {kind: {each["name"] for each in data[f"controller_{kind}"]} for kind in (
        "execution_environments", "projects", "inventories", "notifications", "workflows")}  # fmt: skip
    for each in templates.values():
        assert each["inventory"] in there["inventories"] and each["project"] in there["projects"]
        assert each["execution_environment"] in there["execution_environments"]
    for kind in ("controller_templates", "controller_workflows"):
        for each in data[kind]:
            heard = [name for key, names in each.items() if key.startswith("notification_templates_") for name in names]
            assert set(heard) <= there["notifications"], each["name"]
    for source in data["controller_inventory_sources"]:
        assert source["inventory"] in there["inventories"] and source["source_project"] in there["projects"]
        assert source["execution_environment"] in there["execution_environments"]
    assert {each["unified_job_template"] for each in data["controller_schedules"]} <= there["workflows"]


def test_no_job_sees_a_part_of_the_inventory(data: Data, templates: dict[str, Data]) -> None:
    for each in templates.values():
        assert each["job_slice_count"] == 1 and each["ask_job_slice_count_on_launch"] is False
        assert each["ask_limit_on_launch"] is False and "limit" not in each
    for each in data["controller_workflows"]:
        assert each["ask_limit_on_launch"] is False and "limit" not in each


def test_a_plan_writes_nothing(templates: dict[str, Data]) -> None:
    plans = {name for name, each in templates.items() if name.endswith("plan")}
    assert plans == {name for name, each in templates.items() if each["job_type"] == "check"} and len(plans) == 2
    assert all(templates[name]["diff_mode"] for name in plans)


def test_a_playbook_is_in_the_project_and_in_the_collection(templates: dict[str, Data]) -> None:
    assert {each["playbook"] for each in templates.values()} <= wrappers()
    assert wrappers() <= {path.name for path in (ROOT / "playbooks").glob("*.yml")}


def test_what_is_asked_is_a_variable_of_the_playbook(templates: dict[str, Data]) -> None:
    for name, each in templates.items():
        assert {*survey(each), *each.get("extra_vars", {})} <= variables_of(each["playbook"]), name


def test_a_question_is_asked_and_its_default_can_be_given(data: Data) -> None:
    questions, declared = data["nxai_questions"], options()
    asked = [each for kind in ("templates", "workflows") for each in data[f"controller_{kind}"]]
    assert {each["variable"] for each in questions.values()} == {
        variable for each in asked for variable in survey(each)
    }
    for question in questions.values():
        nothing = question["default"] == "" and (question["required"] or question["min"] == 0)
        assert nothing or not refused(question, question["default"]), question["variable"]
        choices = declared.get(question["variable"], {}).get("choices")
        assert (
            "choices" not in question or choices is None or set(question["choices"].splitlines()) == {*choices} - {""}
        )
        assert question["question_description"].endswith((".", "]")), question["variable"]


def test_choices_of_a_role_are_asked_as_choices(data: Data) -> None:
    declared = options()
    for question in data["nxai_questions"].values():
        assert ("choices" in declared.get(question["variable"], {})) <= (question["type"] == "multiplechoice")


def test_a_survey_is_switched_on_where_there_is_one(data: Data) -> None:
    for each in data["controller_templates"] + data["controller_workflows"]:
        assert each.get("survey_enabled", False) is ("survey_spec" in each), each["name"]
        variables = [question["variable"] for question in each.get("survey_spec", {}).get("spec", [])]
        assert len(variables) == len(set(variables))


def test_a_node_runs_a_template_and_leads_to_nodes(data: Data, templates: dict[str, Data]) -> None:
    for workflow in data["controller_workflows"]:
        nodes = {node["identifier"]: node for node in workflow["simplified_workflow_nodes"]}
        assert len(nodes) == len(workflow["simplified_workflow_nodes"])
        links = linked(nodes.values())
        assert {other for _node, other in links} <= set(nodes)
        assert [node for node in nodes.values() if ("approval_node" in node) == ("unified_job_template" in node)] == []
        assert {node["unified_job_template"] for node in nodes.values() if "approval_node" not in node} <= set(
            templates
        )


def test_a_node_gets_all_that_its_template_must_be_told(data: Data, templates: dict[str, Data]) -> None:
    for workflow in data["controller_workflows"]:
        asked = survey(workflow)
        for node in workflow["simplified_workflow_nodes"]:
            own = node.get("extra_data", {})
            wanted = survey(templates[node["unified_job_template"]]) if "unified_job_template" in node else {}
            where = f"{workflow['name']}: {node['identifier']}"
            # A node may only say what its template asks for, and what the workflow asks goes before it.
            assert set(own) <= set(wanted) - set(asked), where
            assert [reason for name in own if (reason := refused(wanted[name], own[name]))] == [], where
            silent = {name for name in set(wanted) - set(own) - set(asked) if wanted[name]["default"] == ""}
            assert {name for name in silent if wanted[name]["required"]} == set(), where


def test_jobs_of_one_rollout_are_told_the_same(data: Data, templates: dict[str, Data]) -> None:
    """What is declared cannot change after the first request, so no default of a template may come between."""
    for workflow in data["controller_workflows"]:
        asked = survey(workflow)
        told: dict[str, set[str]] = {}
        for node in workflow["simplified_workflow_nodes"]:
            for name, question in survey(templates.get(node.get("unified_job_template", ""), {})).items():
                if name not in asked and name not in node.get("extra_data", {}):
                    told.setdefault(name, set()).add(str(question["default"]))
        assert {name: each for name, each in told.items() if len(each) > 1} == {}, workflow["name"]


def test_templates_that_run_side_by_side_may(data: Data, templates: dict[str, Data]) -> None:
    for workflow in data["controller_workflows"]:
        nodes = workflow["simplified_workflow_nodes"]
        led_to = {other for _node, other in linked(nodes)}
        roots = Counter(node["unified_job_template"] for node in nodes if node["identifier"] not in led_to)
        assert all(templates[name]["allow_simultaneous"] for name, number in roots.items() if number > 1)


def test_eight_parts_are_all_of_it_and_are_added_up(data: Data) -> None:
    [workflow] = [each for each in data["controller_workflows"] if "parts" in each["name"]]
    *parts, total, last = workflow["simplified_workflow_nodes"]
    assert [part["extra_data"] for part in parts] == [{"pipeline_rollout_part": f"{n}/8"} for n in range(1, 9)]
    assert linked(parts) == [(part["identifier"], total["identifier"]) for part in parts]
    assert all("always_nodes" in part for part in parts) and total["all_parents_must_converge"]
    assert total["unified_job_template"] == "Nx AI rollout total" and linked([total]) == [("total", "status")]
    assert last["unified_job_template"] == "Nx AI rollout status"


def test_whatever_fails_after_a_write_leads_to_a_question_whether_to_take_back(data: Data) -> None:
    for workflow in data["controller_workflows"]:
        nodes = {node["identifier"]: node for node in workflow["simplified_workflow_nodes"]}
        writes = [
            node for node in nodes.values() if re.search("rollout$|release$", node.get("unified_job_template", ""))
        ]
        for node in writes:
            [question] = node["failure_nodes"]
            [back] = nodes[question]["success_nodes"]
            assert "approval_node" in nodes[question] and nodes[back]["unified_job_template"].endswith("take back")
            # A workflow that took back does not end as if all were well.
            assert nodes[nodes[back]["always_nodes"][0]]["unified_job_template"] == "Nx AI take back status"


def test_nothing_is_written_before_somebody_has_seen_the_plan(data: Data, templates: dict[str, Data]) -> None:
    for workflow in data["controller_workflows"]:
        nodes = {node["identifier"]: node for node in workflow["simplified_workflow_nodes"]}
        if "plan" not in nodes:
            continue
        first = next(iter(nodes))
        assert first == "plan" and templates[nodes[first]["unified_job_template"]]["job_type"] == "check"
        assert linked([nodes["plan"]]) == [("plan", nodes["plan"]["success_nodes"][0])]
        assert "approval_node" in nodes[nodes["plan"]["success_nodes"][0]]
        assert {name for name in nodes if name not in {other for _node, other in linked(nodes.values())}} == {"plan"}
