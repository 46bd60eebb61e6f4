# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The directory of a rollout says what devices are given back, so nobody else may have written to it."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
import rollout_steps
import yaml
from ansible.plugins.filter.core import regex_replace
from jinja2 import Environment
from rollout_steps import Data, device, had, rows

from ansible_collections.nxai.cloud.plugins.module_utils._core.errors import BadInput
from ansible_collections.nxai.cloud.plugins.module_utils._core.files import check_name
from ansible_collections.nxai.cloud.plugins.module_utils._rollout.files import RolloutFolder

Step = Callable[..., Data]
ROLE = Path(__file__).parents[4] / "roles" / "pipeline_rollout"
OTHER = 54321  # no user of this machine


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "above" / "rollout"


@pytest.fixture
def step(home: Path) -> Step:
    return partial(rollout_steps.step, home, waves=[{"name": "100%", "devices": [device(1)]}])


@pytest.fixture
def begun(step: Step) -> Data:
    options = {"run": step("open")["run"], "wave": 1}
    step("begin", devices=rows([1], "planned"), snapshot=had([1]), **options)
    step("written", devices=rows([1], "applied"), **options)
    return options


def test_all_of_it_is_for_the_owner_only_whatever_the_umask(home: Path, step: Step) -> None:
    old = os.umask(0)
    try:
        step("open")
    finally:
        os.umask(old)
    assert {stat.S_IMODE(path.stat().st_mode) for path in home.iterdir()} == {0o600}
    assert [stat.S_IMODE(path.stat().st_mode) for path in (home, home.parent)] == [0o700, 0o700]


@pytest.mark.parametrize("name", ["", "state.json", "snapshot-wave-001-1.json", ".."])
@pytest.mark.parametrize("check", [False, True])
def test_what_everyone_can_write_to_is_not_used(home: Path, step: Step, begun: Data, name: str, check: bool) -> None:
    """Neither to go on nor to take back, and not for a plan."""
    path = Path(os.path.normpath(home / name))
    path.chmod(0o777)
    with pytest.raises(BadInput, match=f"everyone can write to {path}\\."):
        step("open", check, action="rollback")
    if name == "":
        with pytest.raises(BadInput, match="everyone can write to"):
            step("gate", **begun)
    path.chmod(0o770)
    assert step("open", check, action="rollback")["restore"][0]["pipelines"] == [{"modelUUID": "before"}]


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives files to others")
@pytest.mark.parametrize("name", ["", "state.json", "snapshot-wave-001-1.json"])
def test_what_somebody_else_owns_is_used_where_that_user_is_named(
    home: Path, step: Step, begun: Data, name: str
) -> None:
    os.chown(home / name, OTHER, -1)
    with pytest.raises(BadInput, match=f"belongs to the user with the number {OTHER}") as caught:
        step("open", action="rollback")
    assert "trusted_owner (NXAI_TRUSTED_OWNER)" in caught.value.advice
    assert step("open", action="rollback", trusted_owner=str(OTHER))["restore"]


def test_a_pipe_in_the_place_of_the_state_is_not_waited_for(home: Path, step: Step, begun: Data) -> None:
    (home / "state.json").unlink()
    os.mkfifo(home / "state.json", 0o600)
    with pytest.raises(BadInput, match="a pipe, not a file"):
        step("open")


class TestGateTasks:
    @pytest.fixture
    def gate(self, tmp_path: Path) -> Path:
        path = tmp_path / "gate.yml"
        path.write_text("[]")
        path.chmod(0o602)
        return path

    def test_a_file_that_everyone_can_write_to_is_not_run(self, home: Path, step: Step, gate: Path) -> None:
        with pytest.raises(BadInput, match=f"Use the gate tasks {gate}: everyone can write to {gate}"):
            step("open", gate_tasks=str(gate))
        assert not home.exists()
        gate.chmod(0o644)
        assert step("open", gate_tasks=str(gate))["todo"]

    @pytest.mark.parametrize(("kind", "said"), [("pipe", "it is a pipe, not a file"), ("none", "No such file")])
    def test_what_is_no_file_is_not_waited_for(
        self, home: Path, step: Step, tmp_path: Path, kind: str, said: str
    ) -> None:
        path = tmp_path / kind
        if kind == "pipe":
            os.mkfifo(path, 0o600)
        with pytest.raises(BadInput, match=f"Use the gate tasks {path}: {said}"):
            step("open", gate_tasks=str(path))
        assert not home.exists()

    def test_it_does_not_keep_anybody_from_taking_back(self, step: Step, begun: Data, gate: Path) -> None:
        assert step("open", gate_tasks=str(gate), action="rollback")["restore"]


HOSTILE = ["../x", "/etc/x", "a\0", "a\nb", "a" * 300, ".", "", "CON", "\u0430", "{{ x }}", "Model@7 x", "-rf", "~"]


@pytest.mark.parametrize("name", HOSTILE, ids=ascii)
def test_whatever_a_rollout_is_called_its_files_stay_in_its_directory(step: Step, home: Path, name: str) -> None:
    """And the directory that it has by default is one name, beside where the command is run."""
    text = yaml.safe_load((ROLE / "defaults" / "main.yml").read_text())["pipeline_rollout_path"]
    environment = Environment()
    environment.filters["regex_replace"] = regex_replace
    check_name("Test", environment.from_string(text).render(pipeline_rollout_name=name))
    step("open", name=name)
    assert {each.name for each in home.iterdir()} == {"state.json", "rollout-report.json", "rollout-report.html"}
    assert list(home.parent.iterdir()) == [home]


@pytest.mark.parametrize("name", ["../x", "/etc/x", "a\0", ".hidden"], ids=ascii)
def test_no_file_is_written_by_another_name(home: Path, name: str) -> None:
    with pytest.raises(BadInput, match="cannot be the name of a file"):
        RolloutFolder(str(home))._write(name, "text")
    assert not home.parent.exists()
