# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Pages of devices that do not show all of them, and totals that are no more than a page."""

from __future__ import annotations

from pathlib import Path

from simulator.testing import Served

from .layer import TOTAL, Ask, Asked, Layer, Told
from .rewrites import before
from .tasks import Play, judged

Stage = tuple[Served, Layer]


def test_a_total_of_devices_that_is_capped_is_noticed_though_that_of_sites_is_right(
    stage: Stage, tmp_path: Path
) -> None:
    def change(asked: Asked) -> None:
        asked.query["Limit"] = str(min(int(asked.query.get("Limit", 2)), 2))

    async def capped(asked: Asked, ask: Ask) -> Told:
        answer = await ask(asked)
        if asked.operation == "list_devices" and answer.good:
            answer.headers[TOTAL] = str(min(2, int(answer.headers[TOTAL])))
        return answer

    play = Play(*stage, (capped, before(("list_devices",), change)), tmp_path, "")
    assert len(play.attempt("nxai_device_info")["devices"]) == 7


def test_that_there_is_no_camera_at_all_is_not_said_of_pages_that_were_cut_first(stage: Stage, tmp_path: Path) -> None:
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
    result = play.attempt("nxai_device_info")
    assert judged("nxai_device_info", result)[0] == "stops" and "operations.list_devices" in result["msg"]
