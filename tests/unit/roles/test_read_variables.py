# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The task that reads variables: what a template gives, what is hidden, and what is said."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tools.workplace import ansible

SIGNED = "https://store.example.com/r.html?signature=s3cret"


def _task(role: str, **variables: Any) -> dict[str, Any]:
    names = {"role": role} if role != "doctor" else {"playbook": role}
    return {"nxai.cloud.read_variables": names, "vars": variables, "register": "given", "ignore_errors": True}


def _shown(*names: str) -> dict[str, Any]:
    return {"ansible.builtin.debug": {"msg": [f"{{{{ given.{name} | to_json }}}}" for name in names]}}


def test_what_is_read_is_of_its_type_and_not_shown_and_what_is_wrong_is(tmp_path: Path) -> None:
    release = {"model_release_model": "0000", "model_release_version": 2026.48, "model_release_file": "{{ list }}"}
    rollout = {"pipeline_rollout_name": "{{ seven }}", "pipeline_rollout_report_to": SIGNED}
    rollout["pipeline_rollout_pipelines"] = [{"model": "{{ seven }}", "chains": [{"text": "{{ list }}"}]}]
    tasks = [
        _task("model_release", **release, model_release_check_file=False, model_release_keep="{{ seven }}"),
        _shown("model", "version", "file", "check_file", "keep", "prepare"),
        _task("pipeline_rollout", **rollout, pipeline_rollout_path="~"),
        _shown("name", "path", "waves"),
        _task("doctor", doctor_sites="{{ nothing_of_this_name }}"),
        _task("doctor", doctor_sites=[[]], doctor_fail_on_warnings="perhaps"),
        _task("no_such_role"),
    ]
    play = [{"hosts": "localhost", "gather_facts": False, "tasks": tasks, "vars": {"seven": "7", "list": "['a', 'b']"}}]
    (tmp_path / "play.yml").write_text(json.dumps(play))
    done = ansible(tmp_path, "playbook", "play.yml", "-vv")
    said = " ".join((done.stdout + done.stderr).replace('\\"', '"').split())
    assert done.returncode == 0, said
    assert "s3cret" not in said and "Traceback" not in said and "exception occurred" not in said
    for text in ('""0000"", ""2026.48"", ""[', '""off"", "7", "{}"', '""7"", ""~"",'):
        assert text in said, text
    assert "Read the variable doctor_sites: " in said and "nothing_of_this_name" in said
    assert "doctor_fail_on_warnings is 'perhaps': give true or false" in said and "doctor_sites is [[]]" in said
    assert "nxai.cloud has no role no_such_role with main" in said
