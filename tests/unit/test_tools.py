# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the Makefile's tools decide: the contents of the tarball, and which ansible-core is the newest."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tools import venvs
from tools.gates import files_in, tracked
from tools.pythons import Core
from tools.workplace import ROOT, users_environment

RELEASED = {"CHANGELOG.md", "LICENSE", "README.md", "SECURITY.md", "changelogs/changelog.yaml", "requirements.txt"}
FOLDERS = ("docs/", "meta/", "playbooks/", "plugins/", "roles/")


def test_the_tarball_holds_what_is_for_users_and_nothing_that_git_does_not_track(tmp_path: Path) -> None:
    clone = tmp_path / "clone"
    for name in tracked(ROOT) - {""}:
        (clone / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, clone / name)
    for command in (["init", "-q"], ["add", "-A"]):
        subprocess.run(["git", *command], cwd=clone, check=True)
    released = RELEASED | {name for name in tracked(clone) if name.startswith(FOLDERS)}
    folders = ("", "docs/", "meta/", "playbooks/", "playbooks/group_vars/", "plugins/", "plugins/modules/", "roles/x/")
    for folder in folders:
        (clone / folder).mkdir(parents=True, exist_ok=True)
        for name in ("nxai.env", "a.md", "a.py", "all.yml", "a.nxai.yml"):
            (clone / folder / name).write_text("NXAI_TOKEN=secret\n")

    command = [sys.executable, "-m", "ansible", "galaxy", "collection", "build", "--output-path", str(tmp_path)]
    subprocess.run(command, cwd=clone, env=users_environment(tmp_path), check=True, capture_output=True, timeout=120)

    (tarball,) = tmp_path.glob("*.tar.gz")
    assert files_in(tarball) == released


def test_a_release_candidate_is_run_by_test_all_and_is_never_the_newest(monkeypatch: pytest.MonkeyPatch) -> None:
    cores = tuple(Core(release[:4], release, 10, 14) for release in ("2.16.19", "2.21.5", "2.22.0rc1"))
    monkeypatch.setattr(venvs, "CORES", cores)
    monkeypatch.setattr(venvs.Venv, "make", lambda venv: venv)

    assert venvs.newest_core().minor == "2.21"
    assert [venv.core.minor for venv in venvs.older_venvs(every=False)] == ["2.16"]
    assert [venv.core.minor for venv in venvs.older_venvs(every=True)] == ["2.16", "2.22"]


def test_the_oldest_core_has_the_oldest_libraries_that_are_allowed(monkeypatch: pytest.MonkeyPatch) -> None:
    cores = tuple(Core(release[:4], release, 10, 14) for release in ("2.16.19", "2.20.1", "2.21.5"))
    monkeypatch.setattr(venvs, "CORES", cores)
    monkeypatch.setattr(venvs.Venv, "make", lambda venv: venv)
    oldest, other = venvs.older_venvs(every=True)
    lines = oldest._constraints().splitlines()
    assert [line for line in lines if line.startswith(("requests==", "urllib3=="))] == [
        "requests==2.31",
        "urllib3==1.26.20",
    ]
    assert "requests==2.31\n" not in other._constraints()
