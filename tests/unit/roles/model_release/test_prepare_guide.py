# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The guide "From an Ultralytics export to your cameras", followed as it stands on a real export out of a package."""

from __future__ import annotations

import importlib.util
import re
import shlex
import shutil
from pathlib import Path

import pytest

from simulator.testing import serve
from tools.workplace import ROOT, ansible

GUIDE = (ROOT / "docs" / "prepare.md").read_text()
FILES = {name: text for text, name in re.findall(r"```yaml\n(# ([\w.]+)\n.*?)```", GUIDE, re.DOTALL)}
COMMANDS = [
    line.partition("#")[0].strip()
    for block in re.findall(r"```shell\n(.*?)```", GUIDE, re.DOTALL)
    for line in block.splitlines()
    if line.startswith("ansible-playbook ")
]


@pytest.fixture
def export(tmp_path: Path) -> Path:
    """A detector of 18 classes as Ultralytics exported it, with any size and an IR version that is too new."""
    spec = importlib.util.find_spec("nudenet")  # does not import it
    assert spec is not None and spec.submodule_search_locations, "nudenet is in tests/requirements-models.txt"
    return Path(shutil.copy(Path(spec.submodule_search_locations[0], "320n.onnx"), tmp_path / "best.onnx"))


def test_each_command_of_the_guide_does_what_it_says(tmp_path: Path, export: Path) -> None:
    assert sorted(FILES) == ["person.yml", "prepare.yml"] and len(COMMANDS) == 5 and export.is_file()
    for name, text in FILES.items():
        (tmp_path / name).write_text(text.replace("/srv/models", str(tmp_path)))
    said = []
    with serve({"times": {"record": 0, "code": 0}}) as cloud:
        variables = {"NXAI_API_URL": cloud.url, "NXAI_TOKEN": cloud.token()}
        for command in COMMANDS:
            _program, *arguments = shlex.split(command)
            done = ansible(tmp_path, "playbook", *arguments, **variables)
            assert done.returncode == 0, f"{command}\n{done.stdout}{done.stderr}"
            said.append(done.stdout)
            assert (tmp_path / "detector.onnx").exists() is (len(said) > 1), command
            assert (tmp_path / "best.nx.onnx").exists() is (len(said) > 4), command
        names = [each.name for each in cloud.world.models.values()]
    assert "+input image [1, 3, 320, 320] float32" in said[0] and "changed=1" in said[1]
    assert "changed=0" in said[2] and "IR version 10 to 9" in said[3]
    assert names == ["Person detector@2026.48"]
