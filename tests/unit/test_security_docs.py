# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The table of threats: each line names a test, as pytest takes it, and that test exists."""

from __future__ import annotations

import ast
import re

import pytest

from tools.workplace import ROOT

LINES = [
    [cell.strip() for cell in line.strip("|").split("|")]
    for line in (ROOT / "docs" / "security.md").read_text().splitlines()
    if line.startswith("| ")
][1:]


@pytest.mark.parametrize("cells", LINES, ids=lambda cells: " ".join(cells[1].split()[:6]))
def test_what_shows_it_exists(cells: list[str]) -> None:
    _number, threat, stopped_by, shown_by = cells
    assert threat and stopped_by
    tests = re.findall(r"`([^`:]+)::([^`]+)`", shown_by)
    assert bool(tests) is (stopped_by != "Not stopped yet."), f"no test: {shown_by}"
    for path, name in tests:
        assert (ROOT / path).is_file(), path
        assert name in _tests_of(ast.parse((ROOT / path).read_text())), f"{path}::{name}"


def _tests_of(body: ast.Module | ast.ClassDef) -> set[str]:
    """Their names as they stand after FILE::, those in a class with its name before them."""
    names = {node.name for node in body.body if isinstance(node, ast.FunctionDef)}
    inner = {f"{node.name}::{name}" for node in body.body if isinstance(node, ast.ClassDef) for name in _tests_of(node)}
    return names | inner


def test_every_number_of_the_review_has_its_line() -> None:
    assert {int(cells[0]) for cells in LINES if cells[0]} == set(range(1, 15))
