# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""nxai_model_prepare as a module: its result, check mode, what it says without libraries."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from module_runs import QUICK, Calls, RunModule

from tools.trained_model import classifier, ultralytics


@pytest.fixture
def export(tmp_path: Path) -> Path:
    path = tmp_path / "best.onnx"
    path.write_bytes(ultralytics().SerializeToString())
    return path


def test_from_an_export_to_a_model_in_the_cloud(
    run_module: RunModule, export: Path, tmp_path: Path, reads: Calls
) -> None:
    options = {"src": str(export), "dest": str(tmp_path / "nx.onnx")}
    plan = run_module("nxai_model_prepare", check=True, **options)
    assert plan["changed"] is True and not (tmp_path / "nx.onnx").exists()
    assert "image [1, 3, 64, 64] float32" in plan["diff"]["after"]
    made = run_module("nxai_model_prepare", **options)
    assert made["changed"] is True and made["head"] == "ultralytics"
    again = run_module("nxai_model_prepare", **options)
    assert again["changed"] is False and again["settings"] == made["settings"] and again["proof"] is None
    assert reads() == [], "and nobody was asked for anything"
    sent = run_module("nxai_model", name="D", file=made["dest"], check_file="strict", **made["settings"], **QUICK)
    assert sent["changed"] is True and sent["findings"] == []
    assert run_module("nxai_model_check", file=made["dest"])["classes"] == {"0": "person", "1": "bicycle"}


def test_the_proof_is_in_the_result(run_module: RunModule, tmp_path: Path) -> None:
    pytest.importorskip("onnxruntime")
    (tmp_path / "cls.onnx").write_bytes(classifier().SerializeToString())
    options = {"src": str(tmp_path / "cls.onnx"), "dest": str(tmp_path / "nx.onnx"), "classes": list("abcd")}
    made = run_module("nxai_model_prepare", proof="require", **options)
    assert made["proof"]["compared"] == 16 and made["proof"]["largest_difference"]["score"] < 1e-5


def test_an_error_says_what_to_do(run_module: RunModule, export: Path, tmp_path: Path) -> None:
    failed = run_module("nxai_model_prepare", src=str(export), dest=str(tmp_path / "nx.onnx"), classes=["one"])
    assert failed["failed"] and "1 class names are given" in failed["msg"] and failed["error"]["advice"]


@pytest.mark.parametrize("library", ["onnx", "onnxruntime"])
def test_without_a_library(
    run_module: RunModule, export: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, library: str
) -> None:
    monkeypatch.setitem(sys.modules, library, None)
    failed = run_module("nxai_model_prepare", src=str(export), dest=str(tmp_path / "nx.onnx"), proof="require")
    assert failed["failed"] and f"pip install {library}" in failed["msg"]
