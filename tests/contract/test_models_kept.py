# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Models and catalogues of a service that shows, or keeps, less than is sent: nothing is lost without a word."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from simulator.testing import Served

from .layer import Asked, Layer, Rewrite
from .rewrites import before, with_data
from .tasks import Play, judged
from .world import COUNTS, FOREIGN

Stage = tuple[Served, Layer]


def _keeps_last(asked: Asked) -> None:
    """A change keeps the last of the catalogues alone."""
    last = "Catalogues"
    asked.body = with_data(asked.body, lambda data: {**data, **({last: data[last][-1:]} if last in data else {})})


@pytest.mark.parametrize(
    ("module", "options"),
    [
        ("nxai_model", {"name": COUNTS, "catalogues": ["Fleet"]}),
        ("nxai_model", {"name": COUNTS, "catalogues": ["Fleet"], "wait": False}),
        ("nxai_catalogue", {"name": "Fleet", "models": [COUNTS]}),
    ],
)
def test_a_membership_that_is_taken_away_is_told(
    module: str, options: dict[str, Any], stage: Stage, tmp_path: Path
) -> None:
    service: Rewrite = before(("update_model",), _keeps_last)
    play = Play(*stage, (service,), tmp_path, "")
    play.task("nxai_catalogue", name="Fleet")
    result = play.attempt(module, **options)
    assert play.truth().models[FOREIGN]["catalogues"] == ["Fleet"]
    assert result["failed"] and result["changed"]
    assert "fields.model.catalogues" in judged(module, result)[1]
