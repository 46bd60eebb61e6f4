# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One simulator behind one layer for all variants, and the account of what was observed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from ansible.plugins.loader import init_plugin_loader
from starlette.types import ASGIApp

from simulator.testing import Served, serve
from tools.workplace import CACHE, COLLECTIONS, prepare

prepare()
init_plugin_loader([str(COLLECTIONS)])

from contract.layer import Layer  # noqa: E402
from contract.variants import VARIANTS  # noqa: E402
from contract.world import SEED  # noqa: E402

OBSERVED: dict[str, tuple[str, str]] = {}  # name of the variant -> what was observed, and how it ended
REPORT: Path = CACHE / "contract" / "observed.txt"


@contextmanager
def staged(speed: float = 1.0) -> Iterator[tuple[Served, Layer]]:
    """A simulator behind a layer. ``speed``: simulated seconds in each second."""
    layers: list[Layer] = []

    def around(app: ASGIApp) -> ASGIApp:
        def now() -> float:
            return served.world.clock.now()

        layers.append(Layer(app, now))
        return layers[0]

    with serve(SEED, speed=speed, around=around) as served:
        yield served, layers[0]


@pytest.fixture(scope="session")
def stage() -> Iterator[tuple[Served, Layer]]:
    with staged() as both:
        yield both


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    if report.when == "call":
        OBSERVED.update((name, tuple(value)) for name, value in report.user_properties)  # type: ignore[arg-type,misc]


def pytest_unconfigure(config: pytest.Config) -> None:
    if hasattr(config, "workerinput") or not OBSERVED:  # of pytest-xdist: its parent counts
        return
    declared = {each.name: each for each in VARIANTS}
    outcomes = sorted(OBSERVED.items())
    rows = [
        f"{declared[name].area} | {name} | {declared[name].outcome} | {observed} | {ends}"
        for name, (observed, ends) in outcomes
    ]
    REPORT.parent.mkdir(parents=True, exist_ok=True)
    REPORT.write_text("".join(f"{row}\n" for row in rows))
    others = [
        row for row, (name, (observed, _ends)) in zip(rows, outcomes, strict=True) if observed != declared[name].outcome
    ]
    count = Counter(observed for observed, _ends in OBSERVED.values())
    kinds = ("works", "adapted", "stops", "lost", "silent", "obscure")
    print("\nnot as declared (area | variant | declared | observed | how it ended):" if others else "")
    print("".join(f"{row[:400]}\n" for row in others), end="")
    print(f"variants={len(OBSERVED)} {' '.join(f'{kind}={count[kind]}' for kind in kinds)}")
    print(f"All of them: {REPORT}")
