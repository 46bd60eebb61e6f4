# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""docs/doctor.md: its lines run, and its tables are what the doctor knows."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
import yaml

from ansible_collections.nxai.cloud.plugins.module_utils._doctor.checks import CHECKS
from ansible_collections.nxai.cloud.plugins.module_utils._doctor.kinds import KINDS
from ansible_collections.nxai.cloud.plugins.module_utils._doctor.places import MANY_OF_A_SITE, MANY_OF_ALL, ONE_IN
from simulator.testing import serve
from tools.workplace import ROOT, ansible

GUIDE = (ROOT / "docs" / "doctor.md").read_text(encoding="utf-8")
LINES = [line for block in re.findall(r"```shell\n(.*?)```", GUIDE, re.DOTALL) for line in block.splitlines()]
SEED = Path(__file__).parents[2] / "simulator" / "demo.yml"
FAILS = {"doctor_fail_on_warnings=true": 2}  # cameras of the demonstration run nothing


def rows(*columns: int) -> list[tuple[str, ...]]:
    """The cells of these columns, of each row of the tables that begins with a name in code, or with nothing."""
    cells = [
        [cell.strip(" `") for cell in line.split("|")[1:-1]] for line in GUIDE.splitlines() if line.startswith("| ")
    ]
    return [tuple(row[column] for column in columns) for row in cells if len(row) > max(columns)]


@pytest.mark.parametrize("line", LINES)
def test_a_line_of_the_guide_runs(line: str, tmp_path: Path) -> None:
    command, *arguments = shlex.split(line)
    assert command == "ansible-playbook"
    with serve(SEED) as cloud:
        done = ansible(tmp_path, "playbook", *arguments, NXAI_API_URL=cloud.url, NXAI_TOKEN=cloud.token())
    assert done.returncode == FAILS.get(arguments[-1], 0), done.stdout + done.stderr
    files = {"junit": "nxai_doctor.xml", "prometheus": "nxai_fleet.prom"}
    assert {name for name in files if name in line} == {name for name in files if (tmp_path / files[name]).exists()}


def test_a_report_that_cannot_be_written_is_not_shown(tmp_path: Path) -> None:
    arguments = ("nxai.cloud.doctor", "-e", "doctor_format=junit,prometheus", "-e", "doctor_path=no/such")
    with serve(SEED) as cloud:
        done = ansible(tmp_path, "playbook", *arguments, NXAI_API_URL=cloud.url, NXAI_TOKEN=cloud.token())
    said = done.stdout + done.stderr
    assert done.returncode == 2 and "make its folder" in said and "nxai_doctor.xml" in said
    assert "<testsuite" not in said and "# HELP" not in said


def test_each_check_and_kind_is_in_the_table_with_its_severity() -> None:
    table = [row for row in rows(0, 1, 2) if row[1] in KINDS]
    assert [row[1] for row in table] == list(KINDS)
    assert {row[1]: row[2] for row in table} == {kind.name: kind.severity for kind in KINDS.values()}
    assert {row[0] for row in table} - {"each", ""} == set(CHECKS)


def test_the_numbers_of_the_rule_for_cameras_that_are_not_enabled() -> None:
    assert (MANY_OF_A_SITE, MANY_OF_ALL, ONE_IN) == (3, 10, 10)
    assert "at least 3, and at least one in ten" in GUIDE and "at least 10, and at least one in ten" in GUIDE


def test_each_metric_is_in_the_table_with_its_labels(tmp_path: Path) -> None:
    with serve(SEED) as cloud:
        options = ("nxai.cloud.doctor", "-e", "doctor_format=prometheus")
        assert ansible(tmp_path, "playbook", *options, NXAI_API_URL=cloud.url, NXAI_TOKEN=cloud.token()).returncode == 0
    text = (tmp_path / "nxai_fleet.prom").read_text()
    families = re.findall("^# TYPE (.*) gauge$", text, re.MULTILINE)
    documented = {row[0]: set(re.findall(r"[a-z_]+", row[1])) for row in rows(0, 1) if row[0] in families}
    assert list(documented) == families
    for family, inside in re.findall(r"^(nxai_\w+)\{(.*)\} ", text, re.MULTILINE):
        assert set(re.findall(r'(\w+)="', inside)) == documented[family]


def test_the_other_blocks_are_yaml() -> None:
    blocks = [yaml.safe_load(block) for block in re.findall(r"```yaml\n(.*?)```", GUIDE, re.DOTALL)]
    assert len(blocks) == 2 and blocks[0]["fleet"]["artifacts"]["reports"]["junit"] == "nxai_doctor.xml"
