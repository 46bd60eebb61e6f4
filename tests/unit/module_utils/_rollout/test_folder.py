# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The folder of a rollout says what cameras are given back, so nobody else may have written to it."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml
from ansible.plugins.filter.core import regex_replace
from jinja2 import Environment
from rollout_runs import Runs, world

from ansible_collections.nxai.cloud.plugins.module_utils._core.errors import BadInput
from ansible_collections.nxai.cloud.plugins.module_utils._core.files import check_name
from simulator.testing import Served

Hire = Callable[..., Runs]
ROLE = Path(__file__).parents[4] / "roles" / "pipeline_rollout"
OTHER = 54321  # no user of this machine
FILES = {"journal.jsonl", "journal.lock", "rollout-report.json", "rollout-report.html"}
HOSTILE = ["../x", "/etc/x", "a\0", "a\nb", "a" * 300, ".", "", "CON", "\u0430", "{{ x }}", "Model@7 x", "-rf", "~"]


@pytest.fixture
def begun(runs: Hire) -> Runs:
    made = runs()
    made.run()
    return made


def test_all_of_it_is_for_the_owner_only_whatever_the_umask(runs: Hire) -> None:
    run = runs()
    old = os.umask(0)
    try:
        run.run()
    finally:
        os.umask(old)
    assert {path.name for path in run.folder.iterdir()} == FILES
    assert {stat.S_IMODE(path.stat().st_mode) for path in run.folder.iterdir()} == {0o600}
    assert stat.S_IMODE(run.folder.stat().st_mode) == 0o700


@pytest.mark.parametrize("name", ["", "journal.jsonl", "journal.lock", ".."])
@pytest.mark.parametrize("check", [False, True])
def test_what_everyone_can_write_to_is_not_used(begun: Runs, cloud: Served, name: str, check: bool) -> None:
    """Neither to go on nor to take back, and not for a plan. The lock alone decides nothing in a plan."""
    path = Path(os.path.normpath(begun.folder / name))
    mode, before = path.stat().st_mode, world(cloud)
    path.chmod(0o777)
    try:
        if not (check and name == "journal.lock"):
            with pytest.raises(BadInput, match=f"everyone can write to {path}\\."):
                begun.plan(action="rollback") if check else begun.run(action="rollback")
        assert world(cloud) == before
    finally:
        path.chmod(mode)
    begun.run(action="rollback")
    assert world(cloud) != before


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives files to others")
@pytest.mark.parametrize("name", ["", "journal.jsonl", "journal.lock"])
def test_what_somebody_else_owns_is_used_where_that_user_is_named(begun: Runs, name: str) -> None:
    os.chown(begun.folder / name, OTHER, -1)
    with pytest.raises(BadInput, match=f"belongs to the user with the number {OTHER}") as caught:
        begun.run(action="rollback")
    assert "trusted_owner (NXAI_TRUSTED_OWNER)" in caught.value.advice
    done = begun.run(action="rollback", trusted_owner=str(OTHER))
    assert done["summary"]["status"] == "rolled_back"


@pytest.mark.parametrize("name", ["journal.jsonl", "journal.lock"])
@pytest.mark.parametrize("kind", ["a pipe", "a link"])
def test_what_stands_in_the_place_of_a_file_is_refused(begun: Runs, tmp_path: Path, name: str, kind: str) -> None:
    path = begun.folder / name
    path.unlink()
    if kind == "a pipe":
        os.mkfifo(path, 0o600)
    else:
        path.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(BadInput):
        begun.run()
    assert not (tmp_path / "elsewhere").exists()


class TestGateTasks:
    @pytest.fixture
    def gate(self, tmp_path: Path) -> Path:
        path = tmp_path / "gate.yml"
        path.write_text("[]")
        path.chmod(0o602)
        return path

    def test_a_file_that_everyone_can_write_to_is_not_run(self, runs: Hire, gate: Path) -> None:
        run = runs(gate_tasks=str(gate))
        with pytest.raises(BadInput, match=f"Use the gate tasks {gate}: everyone can write to {gate}"):
            run.run()
        assert not run.folder.exists()
        gate.chmod(0o644)
        assert run.run()["summary"]["status"] == "finished"

    @pytest.mark.parametrize(("kind", "said"), [("pipe", "it is a pipe, not a file"), ("none", "No such file")])
    def test_what_is_no_file_is_not_waited_for(self, runs: Hire, tmp_path: Path, kind: str, said: str) -> None:
        path = tmp_path / kind
        if kind == "pipe":
            os.mkfifo(path, 0o600)
        run = runs(gate_tasks=str(path))
        with pytest.raises(BadInput, match=f"Use the gate tasks {path}: {said}"):
            run.run()
        assert not run.folder.exists()

    def test_it_does_not_keep_anybody_from_taking_back(self, begun: Runs, gate: Path) -> None:
        done = begun.run(gate_tasks=str(gate), action="rollback")
        assert done["summary"]["status"] == "rolled_back"


@pytest.mark.parametrize("name", HOSTILE, ids=ascii)
def test_whatever_a_rollout_is_called_its_files_stay_in_its_folder(runs: Hire, tmp_path: Path, name: str) -> None:
    """And the folder that it has by default is one name, beside where the command is run."""
    text = yaml.safe_load((ROLE / "vars" / "main.yml").read_text())["__pipeline_rollout_default_path"]
    environment = Environment()
    environment.filters["regex_replace"] = regex_replace
    check_name("Test", environment.from_string(text).render(__pipeline_rollout_name=name))
    run = runs()
    run.options["name"] = name
    run.run()
    assert {each.name for each in run.folder.iterdir()} == FILES
    assert [*run.folder.parent.iterdir()] == [run.folder]
