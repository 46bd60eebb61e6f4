# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from pathlib import Path

import pytest

from ansible_collections.nxai.cloud.plugins.module_utils._core.errors import BadInput
from ansible_collections.nxai.cloud.plugins.module_utils._onnx.header import inspect_file
from tools.demo_model import model
from tools.tflite_model import teachable_machine, tflite

MODEL = model().SerializeToString()


def test_a_large_tensor_is_skipped_not_read(tmp_path: Path) -> None:
    """A graph of 64 MiB: one length-delimited field."""
    path = tmp_path / "large.onnx"
    path.write_bytes(b"\x08\x08" + b"\x3a" + b"\x80\x80\x80\x20" + bytes(64 << 20))
    assert inspect_file(str(path)).size == (64 << 20) + 7


@pytest.mark.parametrize("content", [tflite(), teachable_machine(tflite())], ids=["tflite", "zip"])
def test_the_other_formats_of_the_portal(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "model"
    path.write_bytes(content)
    assert inspect_file(str(path)).size == len(content)


@pytest.mark.parametrize("end", range(1, len(MODEL), 7))
def test_any_cut_is_found(tmp_path: Path, end: int) -> None:
    """Cut anywhere but between the last fields, which is still a valid message."""
    path = tmp_path / "cut.onnx"
    path.write_bytes(MODEL[:end])
    with pytest.raises(BadInput, match="not those of a whole ONNX model"):
        inspect_file(str(path))


def test_unreadable(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "model.onnx"
    path.write_bytes(MODEL)

    def refuse(*_arguments: object, **_options: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("builtins.open", refuse)
    with pytest.raises(BadInput, match="Permission denied"):
        inspect_file(str(path))
