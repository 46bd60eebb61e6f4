# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Templates run with what their surveys give where somebody answers only what has to be answered."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from controller_data import seen_by_roles

from simulator.testing import serve
from tools.rollouts import assign_something, first_model
from tools.workplace import ansible


@pytest.fixture(scope="module")
def templates(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    data = seen_by_roles(tmp_path_factory.mktemp("data"))
    return {each["name"]: each for each in data["controller_templates"]}


@pytest.mark.parametrize("name", ["Nx AI doctor", "Nx AI fleet report", "Nx AI plan"])
def test_the_defaults_of_a_survey_are_good(templates: dict[str, Any], name: str, tmp_path: Path) -> None:
    template = templates[name]
    asked = template["survey_spec"]["spec"]
    (tmp_path / "cameras.nxai.yml").write_text("plugin: nxai.cloud.nxai_devices\n")
    with serve(sites=2, servers=1, devices=3, models=2) as cloud:
        assign_something(cloud)
        answered = {"pipeline_rollout_name": "detector", "pipeline_rollout_model": first_model(cloud)}
        told = {each["variable"]: answered.get(each["variable"], each["default"]) for each in asked}
        playbook = f"nxai.cloud.{Path(template['playbook']).stem}"
        check = ["--check"] if template["job_type"] == "check" else []
        arguments = ("-i", "cameras.nxai.yml", playbook, *check, "-e", json.dumps(told))
        done = ansible(tmp_path, "playbook", *arguments, NXAI_API_URL=cloud.url, NXAI_TOKEN=cloud.token())
        assert done.returncode == 0, done.stdout + done.stderr
        assert "WARNING]" not in done.stdout + done.stderr
        assert {entry.method for entry in cloud.log()} == {"GET"}
