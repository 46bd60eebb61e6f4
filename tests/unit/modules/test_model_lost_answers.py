# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The connection breaks during or after an upload: exactly one model each time."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path

from simulator.testing import Served

UPLOADS = 20


def test_twenty_lost_answers_make_twenty_models(
    cloud: Served, run_module: Callable, onnx_file: Path, tmp_path: Path
) -> None:
    """By turns the answer to a whole upload is lost, and the connection breaks at a random byte of it."""
    chance = random.Random(20)
    for number in range(UPLOADS):
        path = tmp_path / f"{number}.onnx"
        path.write_bytes(onnx_file.read_bytes() + b"\x1a\xff\xff\x1f" + chance.randbytes((1 << 19) - 1))
        if number % 2:
            cloud.fault("reset", "create_model", after_bytes=chance.randrange(1, path.stat().st_size))
        else:
            cloud.fault("reset", "create_model", handled=True)
        made = run_module("nxai_model", name=f"Detector {number}", file=str(path), wait_interval=0.01)
        assert made["changed"] is True and made["file_in_cloud"] == "same"
        cloud.clear_faults()
    names = sorted(model.name for model in cloud.world.models.values())
    assert names == sorted(f"Detector {number}" for number in range(UPLOADS))
    assert len(cloud.log("create_model")) == UPLOADS + UPLOADS // 2, (
        "only those that the service did not get come again"
    )


def test_a_lost_answer_to_a_new_file_is_repeated(
    cloud: Served, run_module: Callable, onnx_file: Path, tmp_path: Path
) -> None:
    """PATCH may be repeated: the same file again is the same model."""
    uuid = run_module("nxai_model", name="Detector", file=str(onnx_file), wait_interval=0.01)["model"]["uuid"]
    other = tmp_path / "other.onnx"
    other.write_bytes(onnx_file.read_bytes() + b"\x1a\x01x")
    cloud.fault("reset", "update_model", handled=True)
    changed = run_module("nxai_model", name="Detector", file=str(other), wait_interval=0.01)
    assert changed["model"]["uuid"] == uuid and changed["model"]["file"]["size"] == other.stat().st_size
    assert len(cloud.world.models) == 1
