# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the Makefile's tools decide: the tarball, the newest ansible-core, and the shared parts of RETURN blocks."""

from __future__ import annotations

import shutil
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from tools import lines, venvs
from tools.gates import files_in, tracked
from tools.pythons import Core
from tools.report import Failed, Shell, Step, run_steps
from tools.returns import SOURCE, NoPlace, main, outdated
from tools.workplace import ROOT, users_environment

RELEASED = {"CHANGELOG.md", "LICENSE", "README.md", "SECURITY.md", "changelogs/changelog.yaml", "requirements.txt"}
FOLDERS = (
    "docs/", "extensions/controller/", "extensions/eda/", "extensions/ee/", "meta/", "playbooks/", "plugins/", "roles/",
)  # fmt: skip


def test_the_tarball_holds_what_is_for_users_and_nothing_that_git_does_not_track(tmp_path: Path) -> None:
    clone = tmp_path / "clone"
    for name in tracked(ROOT) - {""}:
        (clone / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, clone / name)
    for command in (["init", "-q"], ["add", "-A"]):
        subprocess.run(["git", *command], cwd=clone, check=True)
    released = RELEASED | {name for name in tracked(clone) if name.startswith(FOLDERS)}
    folders = (
        "",
        "docs/",
        "extensions/controller/",
        "extensions/ee/",
        "meta/",
        "playbooks/",
        "playbooks/group_vars/",
        "plugins/",
        "plugins/modules/",
        "roles/x/",
    )
    for folder in folders:
        (clone / folder).mkdir(parents=True, exist_ok=True)
        for name in ("nxai.env", "a.md", "a.py", "all.yml", "a.nxai.yml"):
            (clone / folder / name).write_text("NXAI_TOKEN=secret\n")

    command = [sys.executable, "-m", "ansible", "galaxy", "collection", "build", "--output-path", str(tmp_path)]
    subprocess.run(command, cwd=clone, env=users_environment(tmp_path), check=True, capture_output=True, timeout=120)

    (tarball,) = tmp_path.glob("*.tar.gz")
    assert files_in(tarball) == released


@pytest.fixture
def cores(monkeypatch: pytest.MonkeyPatch) -> None:
    """Three that every Python runs, and no environment is made."""
    released = ("2.16.19", "2.21.5", "2.22.0rc1")
    monkeypatch.setattr(venvs, "CORES", tuple(Core(release[:4], release, 10, 14) for release in released))
    monkeypatch.setattr(venvs.Venv, "make", lambda venv: venv)


def test_a_release_candidate_is_run_by_test_all_and_is_never_the_newest(cores: None) -> None:
    assert venvs.newest_core().minor == "2.21"
    assert [venv.core.minor for venv in venvs.older_venvs(every=False)] == ["2.16"]
    assert [venv.core.minor for venv in venvs.older_venvs(every=True)] == ["2.16", "2.22"]


def test_the_oldest_core_has_the_oldest_libraries_that_are_allowed(cores: None) -> None:
    oldest, other = venvs.older_venvs(every=True)
    lines = [line for line in oldest._constraints().splitlines() if line.startswith(("requests==", "urllib3=="))]
    assert lines == ["requests==2.31", "urllib3==1.26.20"]
    assert "requests==2.31\n" not in other._constraints()


MODULE = '''\
DOCUMENTATION = r"""
error: not here
"""

RETURN = r"""
{rows}:
  description: The rows of this module.
  type: list
  contains:
    own:
      description: Of this module alone.
    size:
      description: An old text.
    old:
      description: Of an older source.
error:
  returned: never
"""

import sys
'''
PLACES = """\
places:
  "*.py":
    error: [ERROR]
  a.py:
    rows.contains: [SIZE, own]
    rows.contains.size: [description, FLOW]
parts:
  ERROR: [source.txt, error]
  SIZE: [source.txt, rows.contains, size]
  FLOW: [source.txt, rows.contains.size, sample]
"""
SHARED = '''\
RETURN = r"""
rows:
  contains:
    size:
      description: A size.
      sample: [1, 2]
    not_shared:
      description: Of the source alone.
error:
  returned: failure
  sample: {status: 401}
"""
'''
WRITTEN = '''\
DOCUMENTATION = r"""
error: not here
"""

RETURN = r"""
rows:
  description: The rows of this module.
  type: list
  contains:
    size:
      description: A size.
      sample: [1, 2]
    own:
      description: Of this module alone.
error:
  returned: failure
  sample: {status: 401}
"""

import sys
'''


def folder(path: Path) -> Path:
    (path / "source.txt").write_text(SHARED)
    (path / "a.py").write_text(MODULE.format(rows="rows"))
    (path / "b.py").write_text(MODULE.format(rows="other"))
    return path


def test_a_place_gets_its_parts_and_keeps_its_own_keys_and_nothing_else_is_touched(tmp_path: Path) -> None:
    differ = outdated(folder(tmp_path), PLACES)
    assert differ[tmp_path / "a.py"] == WRITTEN
    error = "error:\n  returned: "
    assert differ[tmp_path / "b.py"] == MODULE.format(rows="other").replace(
        f"{error}never\n", f"{error}failure\n  sample: {{status: 401}}\n"
    )
    for path, text in differ.items():
        path.write_text(text)
    assert outdated(tmp_path, PLACES) == {}


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("rows.contains: ", "rows.inside: ", "a.py: rows.inside is no mapping, one key a line"),
        ("rows.contains: ", "lines.contains: ", "a.py: lines.contains is no mapping, one key a line"),
        ("[SIZE, own]", "[SIZE, another]", "a.py: rows.contains has no 'another'"),
        ("[ERROR]", "[MISTAKE]", "a.py: error has no 'MISTAKE'"),
        ('"*.py"', "c.py", "c.py is no file"),
        ("[source.txt, error]", "[none.txt, error]", "none.txt is no file"),
        ("[source.txt, error]", "[source.txt, rows.size]", "source.txt: rows.size is no mapping, one key a line"),
        ("contains, size]", "contains, length]", "source.txt: rows.contains has no 'length'"),
    ],
)
def test_a_place_that_is_not_there_is_an_error(tmp_path: Path, old: str, new: str, said: str) -> None:
    with pytest.raises(NoPlace) as error:
        outdated(folder(tmp_path), PLACES.replace(old, new))
    assert str(error.value) == said


def test_the_return_blocks_are_as_their_source_has_them() -> None:
    assert outdated(ROOT / "plugins", SOURCE.read_text(encoding="utf-8")) == {}


def test_the_gate_names_the_file_and_what_to_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.copytree(ROOT / "plugins", tmp_path / "plugins")
    changed = tmp_path / "plugins" / "modules" / "nxai_device_info.py"
    changed.write_text(changed.read_text(encoding="utf-8").replace("The UUID of the server", "The id of the server"))
    monkeypatch.setattr("tools.returns.ROOT", tmp_path)
    monkeypatch.setattr("sys.argv", ["returns", "--check"])
    assert main() == 1
    said = capsys.readouterr().out
    assert "plugins/modules/nxai_server_info.py" in said
    assert said.count("\n") == 1 and said.count("make returns") == 1
    shutil.rmtree(tmp_path / "plugins" / "modules")
    assert main() == 1 and capsys.readouterr().out == "modules/nxai_catalogue.py is no file\n"


def test_the_tables_of_the_api_are_those_of_the_contract(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    page = tmp_path / "api.md"
    page.write_text(lines.PAGE.read_text().replace("| `fields.device.id` |", "| `fields.device.nxid` |"))
    monkeypatch.setattr("sys.argv", ["lines", "--check"])
    assert lines.main() == 0
    monkeypatch.setattr(lines, "PAGE", page)
    monkeypatch.setattr(lines, "ROOT", tmp_path)
    assert lines.main() == 1
    monkeypatch.setattr("sys.argv", ["lines"])
    assert lines.main() == 0 and page.read_text() == (ROOT / "docs" / "api.md").read_text()


def test_steps_of_one_processor_run_side_by_side_and_a_failure_stops_what_follows(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("tools.report.os.cpu_count", lambda: 2)
    monkeypatch.setattr("tools.report.CACHE", tmp_path)
    both = threading.Barrier(2, timeout=20)  # broken where they do not run at one time
    ran: list[str] = []

    def meet(shell: Shell) -> None:
        both.wait()
        shell.run(["echo", "met"], {})

    def fail(shell: Shell) -> None:
        ran.append("alone")
        raise Failed("it is wrong")

    steps = [Step("one", meet), Step("two", meet), Step("three", fail, alone=True), Step("four", meet)]
    assert run_steps(steps, []) == 1
    assert [step.state for step in steps] == ["passed", "passed", "FAILED", "not run"]
    assert ran == ["alone"]
    assert capsys.readouterr().out.count("\nmet\n=== ") == 2
