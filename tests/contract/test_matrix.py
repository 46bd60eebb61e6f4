# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The matrix: whatever differs, nothing is lost, nothing is silent, and an error names what may be changed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from simulator.testing import Served

from .judge import judge
from .layer import Layer
from .variant import ADAPTED, AREAS, STOPS, WORKS, Variant
from .variants import VARIANTS

Stage = tuple[Served, Layer]


def test_the_table_is_whole() -> None:
    assert [name for name, count in Counter(each.name for each in VARIANTS).items() if count > 1] == []
    assert {each.area for each in VARIANTS} == set(AREAS)
    assert {each.outcome for each in VARIANTS} == {WORKS, ADAPTED, STOPS}
    assert [each.name for each in VARIANTS if each.outcome == ADAPTED and not each.contract] == []
    assert sum(each.outcome != STOPS for each in VARIANTS) >= 0.85 * len(VARIANTS) >= 0.85 * 400


def test_the_service_as_it_is_known_works(stage: Stage, tmp_path: Path) -> None:
    verdict = judge(Variant("as known", "lists", "nothing", (), WORKS), *stage, tmp_path)
    assert verdict.observed == WORKS, verdict.line()
    assert not verdict.touched


@pytest.mark.parametrize("variant", VARIANTS, ids=lambda variant: f"{variant.area}: {variant.name}")
def test_variant(
    variant: Variant,
    stage: Stage,
    tmp_path: Path,
    record_property: Callable[[str, object], None],
) -> None:
    verdict = judge(variant, *stage, tmp_path)
    record_property(variant.name, (verdict.observed, verdict.line()))
    assert verdict.touched, "the rewrites of the variant change nothing"
    assert verdict.observed == variant.outcome, verdict.line()
