# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""docs/awx.md: its lines run here or name what is there, its picture is the workflow, and its tables are the data."""

from __future__ import annotations

import re
import shlex
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml
from controller_data import FOLDER, seen_by_roles
from test_controller_text import TYPES

from tools.workplace import ROOT, ansible, users_environment

GUIDE = (ROOT / "docs" / "awx.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```(\w+)\n(.*?)```", GUIDE, re.DOTALL)
LINES = [line for kind, text in BLOCKS if kind == "shell" for line in text.splitlines()]
FILES = {re.findall(r"# (\S+)\n", text)[0]: yaml.safe_load(text) for kind, text in BLOCKS if kind == "yaml"}
SETTINGS = yaml.safe_load((FOLDER / "settings.yml").read_text())
AUTHOR = {f"GIT_{who}_{what}": "me@example.com" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """With the settings of the guide."""
    folder = tmp_path_factory.mktemp("guide")
    text = yaml.safe_dump(FILES["controller.yml"] | {"vault_mail_password": "secret"})
    (folder / "controller.yml").write_text(text)
    return seen_by_roles(folder, "-e", f"@{folder / 'controller.yml'}")


def test_nothing_else_is_in_the_guide() -> None:
    assert {kind for kind, _text in BLOCKS} == {"shell", "yaml", "mermaid"}
    assert set(FILES) == {"controller.yml", "login.yml", "group_vars/all/release.yml"}


def test_the_first_lines_make_a_repository(tmp_path: Path) -> None:
    write, *commit = LINES[:4]
    done = ansible(tmp_path, "playbook", *shlex.split(write)[1:])
    assert done.returncode == 0, done.stdout + done.stderr
    for line in commit:
        command = shlex.split(line)
        assert command[0] == "git"
        subprocess.run(
            command, cwd=tmp_path, env=users_environment(tmp_path, **AUTHOR), check=True, capture_output=True
        )
    listing = ["git", "-C", "cameras", "ls-files"]
    tracked = subprocess.run(listing, cwd=tmp_path, capture_output=True, text=True, check=True).stdout.split()
    assert {"rollout.yml", "cameras.nxai.yml", "collections/requirements.yml", ".gitignore"} <= set(tracked)


def test_the_other_lines_name_what_is_there() -> None:
    copy, build, push, install, apply = (shlex.split(line) for line in LINES[4:])
    inside = "$HOME/.ansible/collections/ansible_collections/nxai/cloud/"
    assert copy[0] == "cp" and (ROOT / copy[1].removeprefix(inside)).name == "execution-environment.yml"
    assert (ROOT / copy[1].removeprefix(inside)).is_file()
    # ansible-builder takes the file of that name from where it is called; the gate of the environment calls it.
    image = FILES["controller.yml"]["nxai_controller_image"]
    assert build == ["ansible-builder", "build", "--tag", image] and push == ["podman", "push", image]
    assert install[:3] == ["ansible-galaxy", "collection", "install"]
    assert apply[:2] == ["ansible-playbook", "infra.aap_configuration.configure_aap"] and apply[1].startswith(
        install[3]
    )
    told = [apply[place + 1] for place, word in enumerate(apply) if word == "-e"]
    assert told[:2] == ["@controller.yml", "@login.yml"]
    name, _equals, folder = told[2].partition("=")
    assert name == "aap_configs_dir" and ROOT / folder.removeprefix(inside) == FOLDER


def test_the_settings_are_settings(data: dict[str, Any]) -> None:
    assert set(FILES["controller.yml"]) <= set(SETTINGS)
    assert set(FILES["controller.yml"]["nxai_controller_mail"]) == set(SETTINGS["nxai_controller_mail"])
    assert data["controller_notifications"][0]["notification_configuration"]["password"] == "secret"
    assert "TZID=Europe/Amsterdam:" in data["controller_schedules"][0]["rrule"]


def test_the_credential_is_of_a_type_that_has_these_fields(data: dict[str, Any]) -> None:
    [credential] = FILES["login.yml"]["controller_credentials"]
    [kind] = [each for each in TYPES if each["name"] == credential["credential_type"]]
    assert set(kind["inputs"]["required"]) <= set(credential["inputs"])
    assert set(credential["inputs"]) <= {field["id"] for field in kind["inputs"]["fields"]}
    assert credential["name"] == data["nxai_controller_credential"]
    assert credential["organization"] == FILES["controller.yml"]["nxai_controller_organization"]


def test_the_picture_is_the_workflow(data: dict[str, Any]) -> None:
    [picture] = [text for kind, text in BLOCKS if kind == "mermaid"]
    workflow = next(each for each in data["controller_workflows"] if each["name"] == "Nx AI approved rollout")
    nodes = workflow["simplified_workflow_nodes"]
    drawn = set(re.findall(r"^  ([\w-]+)\S*.*? -->\|(\w+)\| ([\w-]+)", picture, re.MULTILINE))
    kinds = ("success", "failure", "always")
    assert drawn == {
        (node["identifier"], kind, other) for node in nodes for kind in kinds for other in node.get(f"{kind}_nodes", ())
    }
    named = dict(re.findall(r'([\w-]+)(?:\[|\{\{)"(.*?)"', picture))
    assert named == {
        node["identifier"]: node.get("unified_job_template") or node["approval_node"]["name"].removeprefix("Nx AI - ")
        for node in nodes
    }


def test_the_tables_are_the_data(data: dict[str, Any]) -> None:
    rows = [[cell.strip(" `") for cell in line.split("|")[1:-1]] for line in GUIDE.splitlines() if line[:6] == "| `Nx "]
    templates = {row[0]: row[1] for row in rows if len(row) == 3}
    assert templates == {each["name"]: each["playbook"] for each in data["controller_templates"]}
    assert [row[0] for row in rows if len(row) == 2] == [each["name"] for each in data["controller_workflows"]]
    assert set(re.findall("`(Nx AI [^`]+)`", GUIDE)) <= {row[0] for row in rows}


def test_the_release_of_the_guide_is_the_one_of_the_project() -> None:
    [play] = yaml.safe_load((ROOT / "playbooks" / "controller_project.yml").read_text())
    [text] = [each["text"] for each in play["vars"]["__files"] if each["name"].endswith("release.yml")]
    uncommented = re.sub(r"^# (?=\w+: )", "", text, flags=re.MULTILINE)
    assert yaml.safe_load(uncommented) == FILES["group_vars/all/release.yml"]
