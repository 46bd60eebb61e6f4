# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Contract files that somebody has written wrongly, on the service as it is known: their line is named."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from simulator.testing import Served

from .layer import Layer
from .scenes import SCENES, outcome
from .tasks import Play

FILES: dict[str, dict[str, Any]] = {
    "device id of the server": {"fields": {"device": {"id": ["Server.UUID"]}}},
    "device name is the id": {"fields": {"device": {"name": ["NxID"]}}},
    "device name of the server": {"fields": {"device": {"name": ["Server.Name"]}}},
    "catalogues are created as models": {"operations": {"create_catalogue": {"path": "/functions"}}},
    "height is width": {
        "fields": {"model": {"height": "InputDriverDetails.width", "width": "InputDriverDetails.height"}}
    },
    "catalogues somewhere else": {"fields": {"model": {"catalogues": ["NamedInput"]}}},
    "ready is failed": {"words": {"ready": ["failed"], "failed": ["ok"]}},
}


@pytest.mark.parametrize("name", FILES)
def test_a_wrong_line_is_named(name: str, stage: tuple[Served, Layer], tmp_path: Path) -> None:
    file = tmp_path / "contract.json"
    file.write_text(json.dumps(FILES[name]))
    ends = {}
    for scene in SCENES:
        own = tmp_path / scene.replace(" ", "-")
        own.mkdir()
        bad = outcome(Play(*stage, (), own, str(file)), scene)
        if bad:
            ends[scene] = (bad.kind, bad.text)
    assert ends and {kind for kind, _text in ends.values()} == {"stops"}, ends
