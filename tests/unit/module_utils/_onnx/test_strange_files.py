# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Archives and TensorFlow Lite files that were refused wrongly, crashed the check, or took long; and one trial."""

from __future__ import annotations

import io
import struct
import time
import zipfile
from pathlib import Path

import pytest
from made_models import checked, classifier, codes, saved

from ansible_collections.nxai.cloud.plugins.module_utils._core.errors import BadInput
from ansible_collections.nxai.cloud.plugins.module_utils._onnx.check import check_model
from tools.tflite_model import tflite

LABELS = b"0 Cat\n1 Dog\n"


def archive(compression: int = zipfile.ZIP_DEFLATED, **more: bytes) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", compression) as file:
        for name, content in {"model.tflite": tflite(), "labels.txt": LABELS, **more}.items():
            file.writestr(name, content)
    return made.getvalue()


def test_an_archive_that_a_mac_packed(tmp_path: Path) -> None:
    more = {"__MACOSX/._model.tflite": b"\0\5\x16\7", "__MACOSX/._labels.txt": b"x", "._labels.txt": b"x"}
    report = checked(tmp_path, archive(**more), "mac.zip")
    assert codes(report) == [] and report.classes == {0: "Cat", 1: "Dog"}


@pytest.mark.parametrize("compression", [zipfile.ZIP_LZMA, zipfile.ZIP_BZIP2, zipfile.ZIP_DEFLATED])
def test_a_damaged_archive_is_said_to_be_one(tmp_path: Path, compression: int) -> None:
    whole = archive(compression)
    assert codes(checked(tmp_path, whole, "whole.zip")) == []
    damaged = bytearray(whole)
    damaged[60:90] = bytes(each ^ 0x5A for each in damaged[60:90])
    with pytest.raises(BadInput, match="whole"):
        checked(tmp_path, bytes(damaged), "damaged.zip")


def test_parts_far_apart_take_no_minutes(tmp_path: Path) -> None:
    """150,000 tables whose fields are listed at the other end of the file: each look read 64 KiB anew."""
    count, gap = 150_000, 300_000
    made = bytearray(b"\0\0\0\0TFL3" + struct.pack("<8H", 16, 24, 4, 8, 12, 0, 16, 20) + struct.pack("<2H", 4, 4))
    made += bytes(gap)
    model = len(made)
    buffers = model + 24
    table = buffers + 4 + 4 * count
    made += struct.pack("<i", model - 8) + bytes(12) + struct.pack("<I", buffers - model - 16) + bytes(4)
    made += struct.pack("<I", count)
    made += b"".join(struct.pack("<I", table - buffers - 4 - 4 * index) for index in range(count))
    made += struct.pack("<i", table - 24)
    struct.pack_into("<I", made, 0, model)
    start = time.process_time()
    with pytest.raises(BadInput, match="it has no graph"):
        checked(tmp_path, bytes(made), "far.tflite")
    assert time.process_time() - start < 8


def test_an_image_that_is_not_fixed_is_not_said_to_have_run(tmp_path: Path) -> None:
    pytest.importorskip("onnxruntime")
    made = classifier()
    made.graph.input[0].type.tensor_type.shape.dim[2].dim_param = "height"
    run = check_model(saved(tmp_path, made), 1 << 30, runtime=True).runtime
    assert run is not None and (run.as_result()["loads"], run.as_result()["runs"]) == (True, False)
