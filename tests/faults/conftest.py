# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Makes the collection importable by ansible-core's own importer, and counts the cells that passed."""

from __future__ import annotations

import pytest
from ansible.plugins.loader import init_plugin_loader

from tools.workplace import COLLECTIONS, prepare

prepare()
init_plugin_loader([str(COLLECTIONS)])

from fault_runs import closed_port, cloud, elsewhere, model_file, run, running  # noqa: E402

__all__ = ["closed_port", "cloud", "elsewhere", "model_file", "run", "running"]

PASSED: set[tuple[str, str]] = set()


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    if report.when == "call" and report.passed:
        PASSED.update(tuple(cell) for name, cell in report.user_properties if name == "cell")  # type: ignore[arg-type]


def pytest_unconfigure(config: pytest.Config) -> None:
    if hasattr(config, "workerinput"):  # of pytest-xdist: its parent counts
        return
    operations, faults = ({cell[place] for cell in PASSED} for place in (0, 1))
    print(f"cells={len(PASSED)} operations={len(operations)} faults={len(faults)}")
