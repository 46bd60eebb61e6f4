# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""docs/fleet.md: its lines and its playbook run, and read only."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from simulator.testing import Served, serve
from tools.workplace import ROOT, ansible

GUIDE = (ROOT / "docs" / "fleet.md").read_text(encoding="utf-8")
LINES = [line for block in re.findall(r"```shell\n(.*?)```", GUIDE, re.DOTALL) for line in block.splitlines()]
SEED = Path(__file__).parents[2] / "simulator" / "demo.yml"


def play(cloud: Served, home: Path, *arguments: str) -> str:
    done = ansible(home, "playbook", *arguments, NXAI_API_URL=cloud.url, NXAI_TOKEN=cloud.token(), PWD=str(home))
    assert done.returncode == 0, done.stdout + done.stderr
    assert "WARNING]" not in done.stdout + done.stderr and {entry.method for entry in cloud.log()} == {"GET"}
    return done.stdout


@pytest.mark.parametrize("line", LINES)
def test_a_line_of_the_guide_runs(line: str, tmp_path: Path) -> None:
    command, *arguments = shlex.split(line)
    assert command == "ansible-playbook"
    with serve(SEED) as cloud:
        said = play(cloud, tmp_path, *arguments)
    folder = tmp_path / ("pages" if "fleet_dir=pages" in line else "fleet")
    assert sorted(each.name for each in folder.iterdir()) == ["fleet.html", "fleet.json"]
    assert "This is the first report" in said and str(folder / "fleet.html") in said


def test_check_mode_names_no_page_that_is_not_there(tmp_path: Path) -> None:
    with serve(SEED) as cloud:
        said = play(cloud, tmp_path, "nxai.cloud.fleet_report", "--check")
    assert "This is the first report" in said and "fleet.html" not in said and not (tmp_path / "fleet").exists()


def test_the_playbook_of_the_guide_tells_changes_only(tmp_path: Path) -> None:
    [book] = re.findall(r"```yaml\n(.*?)```", GUIDE, re.DOTALL)
    (tmp_path / "nightly.yml").write_text(book)
    with serve(SEED) as cloud:
        assert "changed=1 " in play(cloud, tmp_path, "nightly.yml")
        assert "changed=0 " in play(cloud, tmp_path, "nightly.yml")
        site = next(each for each in cloud.world.sites.values() if each.online)
        site.online = False
        said = play(cloud, tmp_path, "nightly.yml")
        assert "changed=1 " in said and "1 site: off-line" in said
