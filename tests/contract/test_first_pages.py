# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A page of devices that is not that of all of them."""

from __future__ import annotations

from pathlib import Path

from simulator.testing import Served

from .layer import TOTAL, Ask, Asked, Layer, Told
from .tasks import Play, judged

Stage = tuple[Served, Layer]


def test_a_first_page_that_is_empty_need_not_be_the_last(stage: Stage, tmp_path: Path) -> None:
    """What is on a page is filtered afterwards, and there is no total."""

    async def rewrite(asked: Asked, ask: Ask) -> Told:
        behind = bool(asked.query.get("Offset"))
        if asked.operation == "list_devices":
            asked.query.pop("Offset", None)
        answer = await ask(asked)
        if asked.operation == "list_devices" and answer.good:
            answer.headers.pop(TOTAL)
            answer.data = answer.data if behind else []
        return answer

    play = Play(*stage, (rewrite,), tmp_path, "")
    result = play.attempt("nxai_device_info", concurrency=1)
    assert judged("nxai_device_info", result)[0] == "stops"
