# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import os
import random
from pathlib import Path

import pytest
from module_runs import QUICK, Calls, RunModule

from simulator.testing import Served


def test_upload_waits_until_ready(
    cloud: Served, upload: RunModule, onnx_file: Path, writes: Calls, reads: Calls
) -> None:
    made = upload(documentation="Finds things.", scales=[255, 255, 255])
    assert made["changed"] is True
    assert made["model"]["state"] == "ready"
    assert made["model"]["documentation"] == "Finds things."
    assert made["model"]["scales"] == [255, 255, 255]
    assert made["model"]["file"]["size"] == onnx_file.stat().st_size
    assert made["file_in_cloud"] == "same"
    assert writes() == ["POST /cpt/functions"]
    cloud.clear_log()

    again = upload(documentation="Finds things.", scales=[255, 255, 255])
    assert again["changed"] is False
    assert again["model"] == made["model"]
    assert writes() == [] and reads() == ["/cpt/functions"]


def test_in_catalogues_costs_one_more_read(
    cloud: Served, upload: RunModule, run_module: RunModule, writes: Calls, reads: Calls
) -> None:
    uuid = run_module("nxai_catalogue", name="Shop models")["catalogue"]["uuid"]
    made = upload(catalogues=["Shop models"])
    assert made["model"]["catalogues"] == [uuid]
    assert made["diff"]["after"]["catalogues"] == ["Shop models"]
    cloud.clear_log()
    assert upload(catalogues=["Shop models"])["changed"] is False
    assert writes() == [] and sorted(reads()) == ["/cpt/catalogues", "/cpt/functions"]


def test_catalogues_append_and_exact(upload: RunModule, run_module: RunModule) -> None:
    one, two = (run_module("nxai_catalogue", name=name)["catalogue"]["uuid"] for name in ("One", "Two"))
    upload(catalogues=["One"])
    assert upload(catalogues=["Two"])["model"]["catalogues"] == [one, two]
    assert upload(catalogues=["One", "Two"])["changed"] is False
    assert upload(catalogues=["Two"], catalogues_mode="exact")["model"]["catalogues"] == [two]
    assert upload(catalogues=[], catalogues_mode="exact")["model"]["catalogues"] == []


def test_unknown_catalogue(upload: RunModule, writes: Calls) -> None:
    failed = upload(catalogues=["No such"])
    assert failed["failed"] and "no such catalogue" in failed["msg"]
    planned = upload(catalogues=["No such"], check=True)
    assert planned["diff"]["after"]["catalogues"] == ["No such"]
    assert planned["model"]["uuid"] is None
    assert writes() == []


def test_metadata_changes_without_the_file(cloud: Served, upload: RunModule, onnx_file: Path, writes: Calls) -> None:
    made = upload(documentation="Old", means=[1, 2, 3])
    cloud.clear_log()
    changed = upload(documentation="New", means=[1, 2, 3], width=64)
    assert changed["diff"]["before"]["documentation"] == "Old"
    assert changed["diff"]["after"]["documentation"] == "New"
    assert "file" not in changed["diff"]["after"] and "means" not in changed["diff"]["after"]
    assert changed["model"]["file"] == made["model"]["file"]
    assert changed["model"]["means"] == [1, 2, 3], "a sibling of a nested value was reset"
    assert writes() == [f"PATCH /cpt/function/{made['model']['uuid']}"]
    assert sum(each.bytes for each in cloud.log()) < onnx_file.stat().st_size + 2000


def test_another_file_is_sent_and_converted_again(upload: RunModule, onnx_file: Path, tmp_path: Path) -> None:
    made = upload()
    other = tmp_path / "other.onnx"
    other.write_bytes(onnx_file.read_bytes() + b"\x1a\x01x")  # one more field, still a valid message
    sent = upload(file=str(other))
    assert sent["changed"] is True
    assert made["model"]["file"]["sha256"] in sent["diff"]["before"]["file"]
    assert sent["model"]["uuid"] == made["model"]["uuid"]
    assert sent["model"]["file"]["size"] == other.stat().st_size
    assert sent["model"]["state"] == "ready"
    assert upload(file=str(other))["changed"] is False


def test_a_model_without_a_digest_is_unknown(cloud: Served, upload: RunModule, writes: Calls) -> None:
    made = upload()
    cloud.world.models[made["model"]["uuid"]].members["Documentation"] = "Uploaded in the portal."
    cloud.clear_log()
    for _run in range(2):
        found = upload(warns=True)
        assert found["changed"] is False and found["file_in_cloud"] == "unknown"
        assert "carries no digest" in found["warnings"][0] and "force: true" in found["warnings"][0]
    assert writes() == []
    forced = upload(force=True)
    assert forced["changed"] is True and forced["file_in_cloud"] == "same"
    assert forced["model"]["documentation"] == "Uploaded in the portal."
    assert upload(force=True)["changed"] is False


def test_rename_and_delete(cloud: Served, upload: RunModule, run_module: RunModule, writes: Calls) -> None:
    uuid = upload()["model"]["uuid"]
    cloud.clear_log()
    renamed = run_module("nxai_model", name="Detector", new_name="Old detector", **QUICK)
    assert (renamed["model"]["uuid"], renamed["model"]["name"]) == (uuid, "Old detector")
    assert run_module("nxai_model", name="Detector", new_name="Old detector", **QUICK)["changed"] is False
    assert run_module("nxai_model", name=uuid, state="absent")["changed"] is True
    assert run_module("nxai_model", name="Old detector", state="absent")["changed"] is False
    assert writes() == [f"PATCH /cpt/function/{uuid}", f"DELETE /cpt/function/{uuid}"]


def test_without_waiting_the_state_is_reported(cloud: Served, upload: RunModule) -> None:
    cloud.world.times.code = 30
    assert upload(wait=False)["model"]["state"] == "pending"
    late = upload(wait_timeout=0.05)
    assert late["failed"] and "not ready after" in late["msg"] and late["model"]["state"] == "pending"
    cloud.advance(60)
    assert upload()["model"]["state"] == "ready"


def test_check_mode_sends_no_write(upload: RunModule, writes: Calls) -> None:
    planned = upload(check=True)
    assert planned["changed"] is True and planned["diff"]["before"] == {}
    assert "sha256" in planned["diff"]["after"]["file"]
    assert writes() == []


def test_no_file_for_a_new_model(run_module: RunModule, writes: Calls) -> None:
    failed = run_module("nxai_model", name="Detector")
    assert failed["failed"] and "no file is given" in failed["msg"]
    assert writes() == []


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (None, "there is no such file"),
        (b"", "the file is empty"),
        (b"<html>404</html>", "it is an HTML file"),
        (b"not found", "its bytes are not those of a whole ONNX model"),
        (b"\x08\x08", "its bytes are not those of a whole ONNX model"),
    ],
)
def test_files_that_are_no_models(
    upload: RunModule, tmp_path: Path, reads: Calls, content: bytes | None, expected: str
) -> None:
    path = tmp_path / "model.onnx"
    if content is not None:
        path.write_bytes(content)
    failed = upload(file=str(path))
    assert failed["failed"] and expected in failed["msg"]
    assert reads() == [], "a bad file is found before anything is asked"


def test_what_is_no_file_is_not_waited_for(upload: RunModule, tmp_path: Path) -> None:
    assert "it is a directory, not a file" in upload(file=str(tmp_path))["msg"]
    os.mkfifo(tmp_path / "pipe")  # which nobody writes to
    assert "it is a pipe, not a file" in upload(file=str(tmp_path / "pipe"))["msg"]


def test_two_of_one_name_are_both_listed(cloud: Served, upload: RunModule, writes: Calls) -> None:
    one = upload(name="One")["model"]["uuid"]
    two = upload(name="Two")["model"]["uuid"]
    cloud.world.models[two].name = "One"
    cloud.clear_log()
    failed = upload(name="One")
    assert failed["failed"] and one in failed["msg"] and two in failed["msg"]
    assert writes() == []


UPLOADS = 20


def test_twenty_lost_answers_make_twenty_models(
    cloud: Served, upload: RunModule, onnx_file: Path, tmp_path: Path
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
        made = upload(name=f"Detector {number}", file=str(path))
        assert made["changed"] is True and made["file_in_cloud"] == "same"
        cloud.clear_faults()
    names = sorted(model.name for model in cloud.world.models.values())
    assert names == sorted(f"Detector {number}" for number in range(UPLOADS))
    assert len(cloud.log("create_model")) == UPLOADS + UPLOADS // 2, "only what the service did not get comes again"


def test_a_lost_answer_to_a_new_file_is_repeated(
    cloud: Served, upload: RunModule, onnx_file: Path, tmp_path: Path
) -> None:
    """PATCH may be repeated: the same file again is the same model."""
    uuid = upload()["model"]["uuid"]
    other = tmp_path / "other.onnx"
    other.write_bytes(onnx_file.read_bytes() + b"\x1a\x01x")
    cloud.fault("reset", "update_model", handled=True)
    changed = upload(file=str(other))
    assert changed["model"]["uuid"] == uuid and changed["model"]["file"]["size"] == other.stat().st_size
    assert len(cloud.world.models) == 1
