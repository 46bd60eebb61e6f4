# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the controller renders itself: the environment that a credential gives to a job, and what a mail says."""

from __future__ import annotations

import re
from types import SimpleNamespace
from typing import Any

import pytest
import yaml
from controller_data import FOLDER, for_the_controller
from jinja2 import StrictUndefined
from jinja2.sandbox import ImmutableSandboxedEnvironment

from ansible_collections.nxai.cloud.plugins.doc_fragments.act_as import ModuleDocFragment as ActAs
from ansible_collections.nxai.cloud.plugins.doc_fragments.connection import ModuleDocFragment as Connection

TYPES = yaml.safe_load((FOLDER / "credential_types.yml").read_text())["controller_credential_types"]
[MAIL] = yaml.safe_load((FOLDER / "notifications.yml").read_text())["controller_notifications"]
DOCUMENTED = set(re.findall(r"E\((NXAI_\w+)\)", f"{Connection.DOCUMENTATION}{ActAs.DOCUMENTATION}"))
CAUSE = {"cause": "it did not report what was sent", "status": "pending", "devices": 2}
SUMMARY = {"status": "paused", "message": "Before wave 2.", "how_to_go_on": "Run it again.", "causes": [CAUSE]}


def rendered(template: str, strict: bool = False, **names: Any) -> str:
    """As a controller does it: strictly when the type is saved, and not when a job begins."""
    options: dict[str, Any] = {"undefined": StrictUndefined} if strict else {}
    return ImmutableSandboxedEnvironment(**options).from_string(template).render(**names)


def environment_of(kind: dict[str, Any], strict: bool = False, **given: str) -> dict[str, str]:
    """What a job finds in its environment, with the contents of files in place of their names."""
    injectors = for_the_controller(kind["injectors"])
    contents = {name.partition(".")[2]: rendered(text, strict, **given) for name, text in injectors["file"].items()}
    tower = SimpleNamespace(filename=SimpleNamespace(**{name: f"<{text}>" for name, text in contents.items()}))
    return {name: rendered(text, strict, tower=tower, **given) for name, text in injectors["env"].items()}


def test_there_are_three_ways_to_sign_in() -> None:
    assert [kind["name"].partition(", ")[2] for kind in TYPES] == ["password", "token", "refresh token"]


@pytest.mark.parametrize("kind", TYPES, ids=lambda kind: kind["name"])
def test_each_variable_is_one_that_modules_and_plugins_read(kind: dict[str, Any]) -> None:
    assert set(kind["injectors"]["env"]) <= DOCUMENTED


@pytest.mark.parametrize("kind", TYPES, ids=lambda kind: kind["name"])
def test_each_field_reaches_the_job_and_an_empty_one_is_an_empty_variable(kind: dict[str, Any]) -> None:
    fields = [field["id"] for field in kind["inputs"]["fields"]]
    assert len(set(fields)) == len(fields) and set(kind["inputs"]["required"]) <= set(fields)
    whole = environment_of(kind, strict=True, **{name: f"of {name}" for name in fields})
    assert sorted(value.strip("<>") for value in whole.values()) == sorted(f"of {name}" for name in fields)
    assert set(environment_of(kind).values()) == {""}
    alone = environment_of(kind, ca="PEM")
    assert alone.pop("NXAI_CA_PATH") == "<PEM>" and set(alone.values()) == {""}


@pytest.mark.parametrize("kind", TYPES, ids=lambda kind: kind["name"])
def test_what_is_secret_is_stored_as_a_secret(kind: dict[str, Any]) -> None:
    secret = {field["id"] for field in kind["inputs"]["fields"] if field.get("secret")}
    assert secret == {"password", "token", "refresh_token", "proxy"} & {each["id"] for each in kind["inputs"]["fields"]}


@pytest.mark.parametrize(
    "artifacts",
    [None, {}, {"pipeline_rollout_summary": {}}, {"pipeline_rollout_summary": SUMMARY}, {"model_release_result": {}}],
)
def test_each_message_renders_with_what_a_job_has_left(artifacts: Any) -> None:
    messages = for_the_controller(MAIL["messages"])
    job = {
        "id": 7,
        "name": "Nx AI rollout",
        "status": "failed",
        **({} if artifacts is None else {"artifacts": artifacts}),
    }
    names = {"job": job, "job_friendly_name": "Job", "url": "https://controller.example.com/7"}
    for when in ("success", "error"):
        subject, body = (rendered(messages[when][part], strict=True, **names) for part in ("message", "body"))
        assert subject == "Nx AI rollout: failed" and "Job 7, Nx AI rollout: failed" in body and names["url"] in body
        for said in ("Before wave 2.", "Run it again.", CAUSE["cause"]):
            assert (str(said) in body) == (SUMMARY in (artifacts or {}).values())
    names = {"approval_node_name": "Is the plan good?", "workflow_url": "https://controller.example.com/8"}
    for texts in messages["workflow_approval"].values():
        said = rendered(texts["message"], strict=True, **names)
        assert said.startswith("Is the plan good?") and names["workflow_url"] in rendered(texts["body"], True, **names)
